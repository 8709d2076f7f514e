"""The unit's roster from the log: who works when, and who is away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from fractions import Fraction

from core.authority import Authority
from core.moments import legal_day
from core.overtime import overtime
from core.record import Event
from core.roster import ROSTER_KINDS, ROSTERED_ROLES, Folded, Roster, RosterRow, fold_roster
from core.rostering import SetRoster
from storage.desk import Desk
from storage.lawbook.figures import figure

_ROSTERED = f"""
SELECT DISTINCT substr(entity, 9) FROM event
WHERE kind IN ({", ".join(repr(kind) for kind in ROSTER_KINDS)}) AND instr(entity, ':')
"""


def roster(desk: Desk) -> Roster:
    """The hours of all officers who count here, by what is known here now."""
    law, unit, day = desk.law, desk.identity.unit, legal_day(desk.now())
    officers = [officer for officer in desk.officers.all() if officer.active and officer.here]
    share = min(100, int(figure(law, "work_share", unit, day)))
    return Roster(
        calendar=law.calendar(unit),
        share=Fraction(share, 100),
        usual=frozenset(one.id for one in officers if ROSTERED_ROLES.intersection(one.given)),
        folded=_folded(desk),
        active=frozenset(one.id for one in officers),
    )


def roster_of(desk: Desk, officer: str) -> Folded:
    """What the log says of one officer's weeks and absences."""
    return fold_roster(desk.log.understood(f"officer:{officer}"), roles_at(desk.projection.authority()))


def overtime_set(
    desk: Desk, half_days: Iterable[tuple[str, date]], reason: str
) -> tuple[list[SetRoster], list[SetRoster]]:
    """What puts half days of overtime (officer's id, day) into the roster, and what takes them out again.

    Both are empty where the roster can't say so of one of the officers (`core.overtime`).
    """
    known, now = roster(desk), desk.now()
    by_officer: dict[str, set[date]] = {}
    for officer, day in half_days:
        by_officer.setdefault(officer, set()).add(day)

    def command(officer: str, row: RosterRow) -> SetRoster:
        return SetRoster(officer, row.valid_from, row.week, now, row.desk, reason)

    there: list[SetRoster] = []
    back: list[SetRoster] = []
    for officer, days in by_officer.items():
        rows = overtime(known, officer, days, legal_day(now))
        if not rows:
            return [], []
        there += [command(officer, new) for new, _ in rows]
        back += [command(officer, before) for new, before in rows if new != before]
    return there, back


def _folded(desk: Desk) -> dict[str, Folded]:
    """Of the officers of whom the log says something."""
    rows = desk.connection.execute(_ROSTERED).fetchall()
    return {str(officer): roster_of(desk, str(officer)) for (officer,) in rows}


def roles_at(authority: Authority) -> Callable[[Event], Collection[str]]:
    """The roles of an event's author at its place, as for what counts for the whole station.

    A revoked desk's word has no effect, an unconfirmed one's waits.
    """
    desks = authority.desks

    def roles(event: Event) -> Collection[str]:
        if event.desk in desks.waiting or desks.is_revoked(event):
            return ()
        return authority.roles(event.by, event.order, event.desk)

    return roles
