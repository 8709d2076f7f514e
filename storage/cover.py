"""Absence cover on a desk's own tables; dossiers of one officer are given over to others as they were proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.answers import Refusal
from core.cover import Away, Cover, Moves, cover, still_holds, without_hours
from core.decisions import Act
from core.forecast import Queue
from core.moments import legal_day
from core.roster import Absence
from storage.bulk import do_bulk_within
from storage.database import transaction
from storage.desk import Desk, Done
from storage.forecast import queue_now
from storage.officers import Officer
from storage.roster import roster_of


def proposed(desk: Desk, away: Away) -> Cover:
    """Who would take over what. Noted days count as they are noted, all others as whole days away."""
    return cover(_queue(desk, away.officer, unnoted(desk, away)), away)


def give_over(
    desk: Desk, officer: Officer, owner: str, moves: Moves, away: Iterable[date] = ()
) -> list[Done | Refusal] | Refusal:
    """Give dossiers of `owner`'s to others in one transaction, undone as one. `away`: days that the roster lacks.

    Refused (`moves_stale`) where one is not his any more, or somebody else would be late by it now. Raises InvalidInput
    where the disk or a lock prevents it.
    """
    with transaction(desk.connection):
        if not still_holds(_queue(desk, owner, away), owner, moves):
            return Refusal("moves_stale")
        at = desk.now()
        acts = [[Act(one, "assigned", at, {"to": to})] for to, dossiers in moves for one in dossiers]
        return do_bulk_within(desk, officer, acts)


def next_absence(desk: Desk, officer: str) -> Absence | None:
    """The officer's absence that lasts today, or else begins next."""
    today = legal_day(desk.now())
    return next((one for one in roster_of(desk, officer).absences if one.last >= today), None)


def unnoted(desk: Desk, away: Away) -> list[date]:
    """Those days of an absence that the roster does not know of."""
    known = roster_of(desk, away.officer).absences
    return [day for day in away.days if not any(one.covers(day) for one in known)]


def _queue(desk: Desk, officer: str, away: Iterable[date]) -> Queue:
    return without_hours(queue_now(desk, (officer,)), officer, frozenset(away))
