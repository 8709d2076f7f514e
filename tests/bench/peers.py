"""The libraries that people count working days with, each told as much of our calendar as its interface takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from core.calendar import DayRow
from core.moments import LEGAL_TIME

EPOCH = date(1970, 1, 1).toordinal()
_ONE = timedelta(days=1)
_CLOSING = time(17)
_ALL = "all"
_DETOUR = "all, by a detour: six-day week, idle Saturdays as holidays"
_NO_SATURDAY = "days off; no worked Saturday"


@dataclass(frozen=True, slots=True)
class Job:
    """A receipt (its day and second of the day) and a limit in working days."""

    day: date
    second: int
    limit: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to answer jobs: `prepare` (not timed) makes its own types, `run` (timed) answers, `read` makes dates."""

    name: str
    told: str
    prepare: Callable[[Sequence[Job]], Any]
    run: Callable[[Any], Iterable[Any]]
    read: Callable[[Iterable[Any]], list[date]]


@dataclass(frozen=True, slots=True)
class Days:
    """Our cited days as plain facts, and the walk over them that says what is right."""

    off: frozenset[date]
    worked: frozenset[date]
    first: date
    last: date

    @classmethod
    def of_rows(cls, rows: Iterable[DayRow], first: date, last: date) -> Days:
        """The rows in force of `first`…`last`."""
        valid = [row for row in rows if row.in_force and first <= row.date <= last]
        off = frozenset(row.date for row in valid if not row.working)
        return cls(off, frozenset(row.date for row in valid if row.working), first, last)

    def working(self, day: date) -> bool:
        return day not in self.off and (day in self.worked or day.weekday() < 5)

    def due(self, job: Job) -> date:
        """Day by day, the day of receipt not counted."""
        day, left = job.day, job.limit
        while left:
            day += _ONE
            left -= self.working(day)
        return day

    @property
    def idle_saturdays(self) -> frozenset[date]:
        every = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return frozenset(day for day in every if day.weekday() == 5 and not self.working(day))


def one_at_a_time(days: Days) -> list[Entry]:
    """The peers' scalar calls."""
    return [*_numpy(days), *_pandas(days), *_holidays(days), *_workalendar(days), _rrule(days)]


def _dates(jobs: Sequence[Job]) -> list[tuple[date, int]]:
    return [(job.day, job.limit) for job in jobs]


def _numpy_weeks(days: Days) -> list[tuple[str, Any]]:
    import numpy as np

    plain = np.busdaycalendar("1111100", sorted(days.off))
    detour = np.busdaycalendar("1111110", sorted(days.off | days.idle_saturdays))
    return [(_NO_SATURDAY, plain), (_DETOUR, detour)]


def _numpy(days: Days) -> list[Entry]:
    from numpy import busday_offset, datetime64

    def prepare(jobs: Sequence[Job]) -> list[Any]:
        return [(datetime64(job.day), job.limit) for job in jobs]

    def run(week: Any, given: Any) -> Iterator[Any]:
        return (busday_offset(day, limit, roll="backward", busdaycal=week) for day, limit in given)

    def read(answers: Iterable[Any]) -> list[date]:
        return [answer.item() for answer in answers]

    def prepare_moments(jobs: Sequence[Job]) -> list[tuple[datetime, int]]:
        return [(_midnight(job.day) + timedelta(seconds=job.second), job.limit) for job in jobs]

    def run_moments(week: Any, given: Any) -> Iterator[datetime]:
        for moment, limit in given:
            due = busday_offset(moment.date(), limit, roll="backward", busdaycal=week)
            yield datetime.combine(due.item(), _CLOSING, LEGAL_TIME)

    def read_moments(answers: Iterable[datetime]) -> list[date]:
        return [answer.date() for answer in answers]

    name = "numpy.busday_offset, scalar"
    weeks = _numpy_weeks(days)
    told, week = weeks[-1]
    return [
        *(Entry(name, told, prepare, partial(run, week), read) for told, week in weeks),
        Entry(f"{name}, moment → due moment", told, prepare_moments, partial(run_moments, week), read_moments),
    ]


def numpy_at_once(days: Days) -> list[Entry]:
    """numpy on arrays, one call for each limit; last, from and to lists, as ours is called."""
    import numpy as np

    def prepare(jobs: Sequence[Job]) -> list[Any]:
        return [(limit, np.array(group) - EPOCH) for limit, group in by_limit(jobs)]

    def offset(day: Any, limit: int, week: Any) -> Any:
        return np.busday_offset(day.astype("datetime64[D]"), limit, roll="backward", busdaycal=week)

    def run(week: Any, given: Any) -> Iterator[Any]:
        return (offset(group, limit, week) for limit, group in given)

    def run_lists(week: Any, given: Any) -> Iterator[list[int]]:
        return ((offset(np.array(g) - EPOCH, n, week).astype("int64") + EPOCH).tolist() for n, g in given)

    def read(answers: Iterable[Any]) -> list[date]:
        return [day for answer in answers for day in answer.tolist()]

    weeks = _numpy_weeks(days)
    arrays = [
        Entry("numpy.busday_offset, array → array", told, prepare, partial(run, week), read) for told, week in weeks
    ]
    told, week = weeks[-1]
    name = "numpy.busday_offset, list of ordinals → list"
    return [*arrays, Entry(name, told, by_limit, partial(run_lists, week), from_ordinals)]


def by_limit(jobs: Sequence[Job]) -> list[tuple[int, list[int]]]:
    """Jobs in order of their limits as lists of ordinals, one for each limit."""
    groups = groupby(jobs, key=lambda job: job.limit)
    return [(limit, [job.day.toordinal() for job in group]) for limit, group in groups]


def from_ordinals(answers: Iterable[list[int]]) -> list[date]:
    """The dates of lists of ordinals."""
    return [date.fromordinal(day) for answer in answers for day in answer]


def _pandas(days: Days) -> list[Entry]:
    import pandas as pd

    def prepare(week: Any, jobs: Sequence[Job]) -> list[Any]:
        offsets = {n: pd.offsets.CustomBusinessDay(n, calendar=week) for n in {job.limit for job in jobs}}
        return [(pd.Timestamp(job.day), offsets[job.limit]) for job in jobs]

    def run(given: Any) -> Iterator[Any]:
        return (day + offset for day, offset in given)

    def read(answers: Iterable[Any]) -> list[date]:
        return [answer.date() for answer in answers]

    name = "pandas CustomBusinessDay"
    return [Entry(name, told, partial(prepare, week), run, read) for told, week in _numpy_weeks(days)]


def _holidays(days: Days) -> list[Entry]:
    import holidays

    years = range(days.first.year, days.last.year + 1)
    told = holidays.country_holidays("VN", years=years)
    for day in [day for day in told if days.first <= day <= days.last and day not in days.off]:
        told.pop(day)
    told.update(dict.fromkeys(days.off, "day off"))
    told.weekend_workdays |= days.worked

    def run(calendar: Any, given: Any) -> Iterator[date]:
        return (calendar.get_nth_working_day(day, limit) for day, limit in given)

    name = "holidays.get_nth_working_day"
    shipped = holidays.country_holidays("VN", years=years)
    return [
        Entry(name, "nothing: its own data for VN", _dates, partial(run, shipped), list),
        Entry(name, _ALL, _dates, partial(run, told), list),
    ]


def _workalendar(days: Days) -> list[Entry]:
    from workalendar.core import SAT, SUN, Calendar

    class Vietnam(Calendar):
        """workalendar has none; days off as a country's class of it tells them."""

        WEEKEND_DAYS = (SAT, SUN)

        def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
            return [(day, "day off") for day in sorted(days.off) if day.year == year]

    calendar, worked = Vietnam(), sorted(days.worked)

    def run(extra: list[date] | None, given: Any) -> Iterator[date]:
        add = calendar.add_working_days
        return (add(day, limit, extra_working_days=extra) for day, limit in given)

    name = "workalendar (no Vietnam: our subclass)"
    return [
        Entry(name, _NO_SATURDAY, _dates, partial(run, None), list),
        Entry(name, f"{_ALL} (`extra_working_days`)", _dates, partial(run, worked), list),
    ]


def _rrule(days: Days) -> Entry:
    from dateutil.rrule import DAILY, FR, MO, TH, TU, WE, rrule, rruleset

    rules = rruleset(cache=True)
    first, last = _midnight(days.first), _midnight(days.last)
    rules.rrule(rrule(DAILY, byweekday=(MO, TU, WE, TH, FR), dtstart=first, until=last))
    for day in days.worked:
        rules.rdate(_midnight(day))
    for day in days.off:
        rules.exdate(_midnight(day))

    def prepare(jobs: Sequence[Job]) -> list[tuple[datetime, int]]:
        return [(_midnight(job.day), job.limit) for job in jobs]

    def run(given: Any) -> Iterator[datetime]:
        for day, limit in given:
            *_, answer = rules.xafter(day, count=limit)
            yield answer

    def read(answers: Iterable[datetime]) -> list[date]:
        return [answer.date() for answer in answers]

    return Entry("dateutil rruleset.xafter, cached", f"{_ALL} (`rdate`, `exdate`)", prepare, run, read)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
