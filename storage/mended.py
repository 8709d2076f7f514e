"""What had to be put right in a period, by cause: fields corrected, results corrected, voided, undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.record import Event, read_event
from core.text import fold
from storage.desk import Desk
from storage.recorded import recorded, written_at

KINDS = ("corrected", "result_corrected", "voided", "undone")
REASON_LEAST = 3
"""A reason is an officer's own words and might name a citizen: it is told only where as many dossiers have the same."""
OTHER = ""
"""The cause of what nobody told, or only few did."""
_BATCH = 500
_ABOUT = "SELECT id, receipt_number, procedure FROM dossier WHERE id IN ({})"
_UNDOING = "SELECT header, body FROM event WHERE entity = ? AND kind = 'undone'"
_BY_ID = "SELECT header, body FROM event WHERE entity = ?"


@dataclass(frozen=True, slots=True)
class Mended:
    """One act. `cause`: the field, whose fault, the reason, or the kind that was undone; `taken_back`: undone since."""

    kind: str
    cause: str
    dossier: str
    number: str | None
    procedure: str | None
    at: datetime
    officer: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Corrections:
    """The acts written on the days `first` to `last`, in the order of KINDS and of their times."""

    first: date
    last: date
    unit: str | None
    now: datetime
    acts: tuple[Mended, ...]

    def causes(self) -> dict[tuple[str, str], tuple[int, int]]:
        """By kind and cause: how many, and how many of them were taken back since."""
        many = Counter((one.kind, one.cause) for one in self.acts)
        back = Counter((one.kind, one.cause) for one in self.acts if one.taken_back)
        order = sorted(many, key=lambda one: (KINDS.index(one[0]), -many[one], one[1]))
        return {one: (many[one], back[one]) for one in order}


def corrections(desk: Desk, first: date, last: date, unit: str | None = None) -> Corrections:
    """What was put right; no citizen's name, no old and no new value goes along."""
    found = list(recorded(desk, first, last, KINDS, unit))
    known = _about(desk, {one.entity for one in found})
    reasons = _told_reasons(found)
    acts = []
    for event in found:
        number, procedure = known.get(event.entity, (None, None))
        cause, undone = _cause(desk, event, reasons), event.kind != "undone" and _is_undone(desk, event)
        told = Mended(event.kind, cause, event.entity, number, procedure, written_at(event), event.by, undone)
        acts.append(told)
    acts.sort(key=lambda one: (KINDS.index(one.kind), one.at, one.dossier))
    return Corrections(first, last, unit, desk.now(), tuple(acts))


def _about(desk: Desk, ids: Iterable[str]) -> dict[str, tuple[str | None, str]]:
    found: dict[str, tuple[str | None, str]] = {}
    names = sorted(ids)
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        for name, number, procedure in desk.connection.execute(_ABOUT.format(", ".join("?" * len(some))), some):
            found[name] = (number, procedure)
    return found


def _told_reasons(events: Sequence[Event]) -> Mapping[str, str]:
    """The reasons for voiding that enough dossiers share, by their folded words, as they were written first."""
    words: dict[str, str] = {}
    dossiers: dict[str, set[str]] = {}
    for one in events:
        reason = str(one.body.get("reason") or "").strip()
        if one.kind == "voided" and reason:
            words.setdefault(fold(reason), reason)
            dossiers.setdefault(fold(reason), set()).add(one.entity)
    return {key: words[key] for key, some in dossiers.items() if len(some) >= REASON_LEAST}


def _cause(desk: Desk, event: Event, reasons: Mapping[str, str]) -> str:
    body = event.body
    if event.kind == "voided":
        return reasons.get(fold(str(body.get("reason") or "").strip()), OTHER)
    if event.kind == "undone":
        first = next((one for one in _events(desk, _BY_ID, event.entity) if one.event_id == body.get("group")), None)
        return OTHER if first is None else first.kind
    return str(body.get("field" if event.kind == "corrected" else "fault") or OTHER)


def _is_undone(desk: Desk, event: Event) -> bool:
    """Whether the command that it is of was taken back."""
    undoing = {str(one.body.get("group")) for one in _events(desk, _UNDOING, event.entity)}
    if not undoing:
        return False
    return any(
        one.event_id in undoing and one.group_key == event.group_key for one in _events(desk, _BY_ID, event.entity)
    )


def _events(desk: Desk, asked: str, entity: str) -> Iterator[Event]:
    return (read_event(header, body) for header, body in desk.connection.execute(asked, (entity,)).fetchall())
