"""The answer at a door in one line: take it here and hand it on, or where else to go, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.catalogue import Policy, ProcedureVersion, Variant
from core.days import Periods
from core.doors import Door, Place, door
from core.law import Law
from core.moments import legal_day
from tui.dates import day_short
from tui.i18n import language, tr

_NAMED = 2
_HOUR, _MINUTE = 3_600, 60


def door_line(
    law: Law, unit: tuple[str, str], version: ProcedureVersion, case: Variant, at: datetime, *, filing: bool = True
) -> str:
    """«! …» at the wrong door, «→ …» where it is handed on; "" where there is nothing to say or the kind is unknown.

    `unit`: code and name. `filing`: also say where the place of residence makes no difference.
    """
    kind = law.kind_of(*unit)
    found = door(law, version, kind, at)
    if found is None:
        return ""
    anywhere = _filing_words(found.filing) if filing and found.filing is not None else ""
    if not found.fits:
        told = tr("door.wrong", kind=tr(f"unit_kind.{kind}"), places=_places_words(found.places, at))
        return f"! {told}" + (f" ({anywhere})" if anywhere else "")
    if found.hand_on is None:
        return f"→ {tr('door.here')} ({anywhere})" if anywhere else ""
    told = tr("door.hand_on", kind=tr(f"unit_kind.{found.hand_on}"), start=_start_words(case))
    return f"→ {told}" + (f" ({anywhere})" if anywhere else "")


def door_note(law: Law, unit: tuple[str, str], version: ProcedureVersion, at: datetime) -> str | None:
    """What is written into a dossier that a unit took in though its kind is not among those that receive."""
    kind = law.kind_of(*unit)
    found = door(law, version, kind, at)
    if found is None or found.fits:
        return None
    return tr("door.note", kind=tr(f"unit_kind.{kind}"), doors=_kinds(found))


def _kinds(found: Door) -> str:
    return tr("door.or").join(dict.fromkeys(tr(f"unit_kind.{place.kind}") for place in found.places)) or "–"


def _start_words(case: Variant) -> str:
    """Whose clock runs, and from when."""
    return tr("door.from_received") if case.starts_on == "received" else tr(f"limit.from.{case.starts_on}")


def _places_words(places: Sequence[Place], at: datetime) -> str:
    known = [place for place in places if place.unit is not None]
    told = [_known_words(place, at) for place in known[:_NAMED]]
    if len(known) > _NAMED:
        told.append("…")
    others = [place for place in places if place.unit is None]
    if others:
        kinds = tr("door.or").join(tr(f"unit_kind.{place.kind}") for place in others)
        told.append(tr("door.unknown_address", kinds=kinds, hours=_hours(others[0], at)))
    return tr("door.or").join(told) or "–"


def _known_words(place: Place, at: datetime) -> str:
    assert place.unit is not None
    title = place.unit.title_vi if language() == "vi" else place.unit.title_en
    return f"{title}, {place.unit.address}, {_hours(place, at)}"


def _hours(place: Place, at: datetime) -> str:
    """«07:30–11:30, 13:00–17:00», with its day where it is not today's."""
    if not place.periods:
        return tr("door.no_hours")
    today = place.day == legal_day(at)
    return ("" if today else f"{day_short(place.day)} ") + _periods(place.periods)


def _periods(periods: Periods) -> str:
    return ", ".join(f"{_clock(opening)}–{_clock(closing)}" for opening, closing in periods)


def _clock(second: int) -> str:
    return f"{second // _HOUR:02}:{second % _HOUR // _MINUTE:02}"


def _filing_words(policy: Policy) -> str:
    key = "door.anywhere" if policy.verified else "door.anywhere.unverified"
    return tr(key, basis=policy.basis)
