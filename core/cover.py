"""Absence cover: the dossiers of an officer who is away, spread over the others' free hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Holds = Callable[[str, tuple[str, ...]], bool]
"""A proof for one officer: whether all these dossiers will be in time there."""
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Absence:
    """An officer who is away from the first to the last day, both included."""

    officer: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Workload:
    """What is open: for each officer the due day of each dossier; the hours of work that each dossier still needs; and
    for each officer the hours of dossier work on each day from today on (a day that is not named has none)."""

    dues: Mapping[str, Mapping[str, date]]
    work: Mapping[str, Fraction]
    hours: Mapping[str, Mapping[date, Fraction]]


@dataclass(frozen=True, slots=True)
class Cover:
    """`given`: dossiers with their receivers, in the order of their due days; `left`: nobody has the hours for them."""

    given: tuple[tuple[str, str], ...]
    left: tuple[str, ...]


def cover(absence: Absence, today: date, load: Workload, holds: Holds | None = None) -> Cover:
    """Who takes what falls due while the officer is away: the earliest due first, to whoever has most slack.

    Nobody gets more than the hours that are free before any due day. What was due before the absence stays with its
    officer, unless that has begun: then it is due at once. `holds` is asked of each proposal; where it says no, the
    next officer is tried.
    """
    taken = {one: dict(load.dues.get(one, {})) for one in load.hours if one != absence.officer}
    given, left = [], []
    mine = load.dues.get(absence.officer, {})
    for dossier, due in sorted(mine.items(), key=lambda one: (one[1], one[0])):
        if not _falls_due(absence, today, due):
            continue
        slacks = {one: slack(due, today, dues, load.work, load.hours[one]) for one, dues in taken.items()}
        fitting = [one for one in sorted(slacks) if slacks[one] >= load.work[dossier]]
        for one in sorted(fitting, key=lambda one: -slacks[one]):
            if holds is None or holds(one, (*taken[one], dossier)):
                taken[one][dossier] = due
                given.append((dossier, one))
                break
        else:
            left.append(dossier)
    return Cover(tuple(given), tuple(left))


def slack(
    due: date, today: date, dues: Mapping[str, date], work: Mapping[str, Fraction], hours: Mapping[date, Fraction]
) -> Fraction:
    """The hours that an officer has for one more dossier of that due day: the least that is left on it or a later one.

    Negative where the officer's own dossiers will not be in time. What is past is due today.
    """
    demand: dict[date, Fraction] = {max(due, today): _NONE}
    for dossier, day in dues.items():
        day = max(day, today)
        demand[day] = demand.get(day, _NONE) + work[dossier]
    needed, least = _NONE, None
    for day in sorted(demand):
        needed += demand[day]
        room = sum((more for one, more in hours.items() if today <= one <= day), _NONE) - needed
        if day >= due:
            least = room if least is None else min(least, room)
    assert least is not None
    return least


def _falls_due(absence: Absence, today: date, due: date) -> bool:
    return due <= absence.last and (due >= absence.first or absence.first <= today)
