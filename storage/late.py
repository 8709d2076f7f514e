"""Every dossier whose limit of a period was missed or moved: a row with what became of it, missing apologies first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.dossier import Dossier
from core.lateness import Fate
from core.law import Law
from core.lost import Lost, lost
from core.record import Event
from core.standing import calendar_of
from storage.delays import Delay, Delays, delays_behind, place
from storage.desk import Desk

MISSING = frozenset({Fate.OWED, Fate.ENDED})


@dataclass(frozen=True, slots=True)
class Late:
    """`apology`: its letter's event; `signer` of the new appointment: an officer's id, or a name."""

    delay: Delay
    promised_at: datetime | None
    ended_at: datetime | None
    lost: Lost | None
    apology: Event | None
    signer: str | None

    @property
    def missing(self) -> bool:
        """Whether an apology is owed, or was never given."""
        return self.delay.facts.fate in MISSING and (self.delay.facts.missed or self.delay.facts.fate is Fate.OWED)


@dataclass(frozen=True, slots=True)
class LateList:
    """The rows of a period as they stand at `found.now`."""

    found: Delays
    rows: tuple[Late, ...]

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.rows)


def late(desk: Desk, first: date, last: date, unit: str | None = None) -> LateList:
    """The limits of the days `first` to `last`; `unit` None: of all of the station."""
    found, behind = delays_behind(desk, first, last, unit)
    rows = sorted(_rows(found, behind), key=lambda one: (not one.missing, place(one.delay)))
    return LateList(found, tuple(rows))


def _rows(found: Delays, behind: Mapping[str, tuple[Dossier, Law]]) -> Iterator[Late]:
    for one in found.period:
        dossier, law = behind[one.id]
        calendar = calendar_of(dossier, law)
        moved = next((event for event in reversed(dossier.delays) if event.kind == "rescheduled"), None)
        yield Late(
            delay=one,
            promised_at=dossier.promised_at,
            ended_at=None if dossier.ending is None else dossier.ending.at,
            lost=lost(dossier, calendar, found.now),
            apology=_apology(dossier),
            signer=None if moved is None else str(moved.body.get("signer") or moved.by),
        )


def _apology(dossier: Dossier) -> Event | None:
    if dossier.rescheduled_to is None:
        return None
    issues = {one.issue for one in dossier.letters.values() if one.kind == "apology"}
    return next((one for one in reversed(dossier.events) if one.event_id in issues), None)
