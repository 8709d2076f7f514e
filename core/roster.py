"""Who is at work when: officers' hours from their roster, the unit's calendar and their absences.

Two desks may write the same officer's roster without having seen each other. For a week's hours from one day on, and
for the day on which somebody is back, the later one in the fold's order stands and the other is kept and shown
(`Folded.replaced`): nothing of legal effect hangs on it, and a leader who sees it sets it again. Absences only add up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from fractions import Fraction
from typing import Any

from core.calendar import WorkCalendar
from core.days import Periods
from core.moments import DAY
from core.order import Ordered, fold_order
from core.record import Event

ROSTER_KINDS = ("roster_set", "absence_noted", "absence_ended")
HALVES = ("morning", "afternoon")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROSTERED_ROLES = frozenset({"processing", "front_desk"})
"""Who has these roles of his own works the unit's hours where no roster says otherwise."""
LEADING = frozenset({"leader", "admin"})
_NOON = DAY // 2


@dataclass(frozen=True, slots=True)
class RosterRow:
    """An officer's week from a day on: seconds after midnight by weekday, Monday first; None: the unit's hours.

    `desk`: the number of the desk that the officer sits at, where one was named.
    """

    valid_from: date
    week: tuple[Periods, ...] | None
    desk: int | None = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from `first` to `last`, both included, whole days or one half of each; `noted_by`: an officer's id."""

    id: str
    first: date
    last: date
    half: str | None
    reason: str
    noted_by: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day, or a half of it, is missing."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Replaced:
    """A roster or a return (event ids) that a later one, which had not seen it, has replaced."""

    event: str
    winner: str
    by: str


@dataclass(frozen=True, slots=True)
class Folded:
    """What the events of one officer say: weeks by first day, absences as they stand, and what was replaced unseen."""

    rows: tuple[RosterRow, ...] = ()
    absences: tuple[Absence, ...] = ()
    replaced: tuple[Replaced, ...] = ()


NOTHING = Folded()


@dataclass(frozen=True, slots=True)
class Roster:
    """The unit's officers over its calendar. `share`: the part of their hours that is left for dossiers (0 … 1).

    `usual`: the officers (ids) who work the unit's hours where no row says otherwise.
    """

    calendar: WorkCalendar
    share: Fraction
    usual: frozenset[str]
    folded: Mapping[str, Folded] = field(default_factory=dict)
    active: frozenset[str] = frozenset()

    def hours(self, officer: str, day: date) -> Fraction:
        """Hours of work on dossiers that the officer has on the day."""
        seconds = sum(closing - opening for opening, closing in self.periods(officer, day))
        return seconds * self.share / 3600

    def periods(self, officer: str, day: date) -> Periods:
        """When the officer is at work on the day, seconds after midnight; none where the unit does not work."""
        periods = self.planned(officer, day)
        for absence in self.folded.get(officer, NOTHING).absences if periods else ():
            if absence.covers(day):
                periods = _without(periods, absence.half)
        return periods

    def planned(self, officer: str, day: date) -> Periods:
        """`periods` as they would be without any absence.

        On a day that has hours of its own by decision those count; a weekend day made working is like Monday, as in the
        unit's calendar, where the officer's week has no hours for it.
        """
        if officer not in self.active or not self.calendar.is_working(day):
            return ()
        at, law = day.toordinal(), self.calendar.law
        row = self.row(officer, day)
        if row is None and officer not in self.usual:
            return ()
        special = law.row(at)
        if row is None or row.week is None or (special is not None and special.periods is not None):
            return self.calendar.periods(at)
        own = row.week[day.weekday()]
        return row.week[0] if not own and law.is_weekend(at) else own

    def row(self, officer: str, day: date) -> RosterRow | None:
        """The officer's own week that is in force on the day."""
        rows = [one for one in self.folded.get(officer, NOTHING).rows if one.valid_from <= day]
        return rows[-1] if rows else None

    def desk(self, officer: str, day: date) -> int | None:
        """The number of the desk that the roster gives the officer on the day."""
        row = self.row(officer, day)
        return None if row is None else row.desk


def _without(periods: Periods, half: str | None) -> Periods:
    if half is None:
        return ()
    low, high = (_NOON, DAY) if half == "morning" else (0, _NOON)
    kept = ((max(opening, low), min(closing, high)) for opening, closing in periods)
    return tuple((opening, closing) for opening, closing in kept if opening < closing)


def fold_roster(events: Iterable[Event], roles: Callable[[Event], Collection[str]]) -> Folded:
    """What the events of one officer's entity say. `roles`: those that an event's author held at its place.

    Events of other kinds are passed over, but tell who had seen what.
    """
    history = fold_order(list(events))
    said = _Said(history)
    for place, event in enumerate(history.events):
        if event.kind not in ROSTER_KINDS or event.destroyed or not _right(event, roles(event), said.absences):
            continue
        if event.kind == "roster_set":
            row = _row(event)
            if row is not None:
                said.set(row.valid_from, place, row)
        elif event.kind == "absence_noted":
            said.absences[event.event_id] = _absence(event)
        else:
            said.set(str(event.body["absence"]), place, date.fromisoformat(event.body["back"]))
    return said.folded()


@dataclass(slots=True)
class _Said:
    """What stands while the events are walked: a week under its first day, a return under its absence."""

    history: Ordered
    absences: dict[str, Absence] = field(default_factory=dict)
    _values: dict[object, tuple[int, Any]] = field(default_factory=dict)
    _unseen: list[tuple[object, int]] = field(default_factory=list)

    def set(self, key: object, place: int, value: Any) -> None:
        """The later one stands; one that its author had not seen is remembered."""
        before = self._values.get(key)
        if before is not None and self.history.concurrent(before[0], place):
            self._unseen.append((key, before[0]))
        self._values[key] = place, value

    def folded(self) -> Folded:
        """Rows and absences in order; what was replaced unseen, until somebody who saw it has set it again."""
        values = [value for _, value in self._values.values()]
        rows = sorted((one for one in values if isinstance(one, RosterRow)), key=lambda row: row.valid_from)
        ended = (
            _ended(one, self._values[one.id][1]) if one.id in self._values else one for one in self.absences.values()
        )
        kept = sorted((one for one in ended if one.first <= one.last), key=lambda one: (one.first, one.id))
        return Folded(tuple(rows), tuple(kept), tuple(self._replaced()))

    def _replaced(self) -> Iterator[Replaced]:
        for key, place in self._unseen:
            winner = self._values[key][0]
            if self.history.concurrent(place, winner):
                lost = self.history.events[place]
                yield Replaced(lost.event_id, self.history.events[winner].event_id, lost.by)


def leads(roles: Collection[str]) -> bool:
    """Whether the roles may set any officer's roster."""
    return not LEADING.isdisjoint(roles)


def _right(event: Event, roles: Collection[str], absences: Mapping[str, Absence]) -> bool:
    """Leader and admin write all of it. An officer notes his own absence, and ends the one that he noted himself."""
    if leads(roles) or event.kind == "roster_set":
        return leads(roles)
    own = bool(roles) and event.entity == f"officer:{event.by}"
    if event.kind == "absence_noted":
        return own
    noted = absences.get(str(event.body["absence"]))
    return own and noted is not None and noted.noted_by == event.by


def _absence(event: Event) -> Absence:
    body = event.body
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["to"])
    half = body.get("half") if body.get("half") in HALVES else None
    return Absence(event.event_id, first, last, half, str(body["reason"]), event.by)


def _ended(absence: Absence, back: date) -> Absence:
    return replace(absence, last=min(absence.last, back - timedelta(days=1)))


def _row(event: Event) -> RosterRow | None:
    """None for a week that cannot be read: another program wrote it."""
    week = event.body.get("week")
    try:
        read = None if week is None else tuple(read_periods(week.get(name, ())) for name in WEEKDAYS)
    except (TypeError, ValueError):
        return None
    return RosterRow(date.fromisoformat(event.body["valid_from"]), read, event.body.get("desk"), event.event_id)


def read_periods(pairs: Iterable[Sequence[str]]) -> Periods:
    """`[["07:30", "11:30"], …]` as seconds after midnight. ValueError where they are not in order and apart."""
    periods = tuple((_second(opening), _second(closing)) for opening, closing in pairs)
    bounds = [bound for period in periods for bound in period]
    if bounds != sorted(set(bounds)):
        raise ValueError("periods overlap")
    return periods


def _second(text: str) -> int:
    if text == "24:00":
        return DAY
    at = time.fromisoformat(text)
    return at.hour * 3600 + at.minute * 60 + at.second


def written_periods(periods: Periods) -> list[list[str]]:
    """What `read_periods` reads."""
    return [[f"{bound // 3600:02}:{bound % 3600 // 60:02}" for bound in period] for period in periods]
