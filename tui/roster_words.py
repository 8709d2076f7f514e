"""Officers' hours and absences in words, for the roster's screens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from core.days import Periods
from core.roster import NOTHING, Absence, Roster, leads, written_periods
from storage.officers import Officer
from tui.dates import day_short, weekday_short
from tui.forecast import hours_words
from tui.i18n import tr

OFF = "–"


def week_of(day: date) -> list[date]:
    """The week's days, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def opening(found: Roster, day: date) -> Periods:
    """When the unit works on the day."""
    return found.calendar.periods(day.toordinal()) if found.calendar.is_working(day) else ()


def day_cell(found: Roster, officer: str, day: date) -> str:
    """«8 giờ», «vắng», «4 giờ ½» (half the day away), «–» (no work)."""
    planned, there = found.planned(officer, day), found.periods(officer, day)
    if not planned:
        return OFF
    if not there:
        return tr("roster.away")
    return hours_cell(there) + (" ½" if there != planned else "")


def hours_cell(periods: Periods) -> str:
    """The hours of a day's periods; «–» for none."""
    seconds = sum(closing - opening for opening, closing in periods)
    return tr("roster.hours", hours=hours_words(Fraction(seconds, 3600))) if seconds else OFF


def periods_words(periods: Periods) -> str:
    """«07:30–11:30, 13:00–17:00»; «–» for none."""
    return ", ".join("–".join(pair) for pair in written_periods(periods)) or OFF


def days_words(days: Sequence[tuple[date, Periods]]) -> str:
    """«T2–T6 07:30–11:30, 13:00–17:00; T7, CN –»: days of equal hours together."""
    parts = []
    for periods, group in groupby(days, key=lambda one: one[1]):
        run = [day for day, _ in group]
        first, last = weekday_short(run[0]), weekday_short(run[-1])
        parts.append(f"{first if len(run) == 1 else f'{first}–{last}'} {periods_words(periods)}")
    return "; ".join(parts)


def source_words(found: Roster, officer: str, day: date) -> str:
    """Whose hours hold for the officer."""
    row = found.row(officer, day)
    if row is None:
        return tr("cli.roster.unit" if officer in found.usual else "cli.roster.none")
    return tr(
        "roster.since", words=tr("cli.roster.own" if row.week else "cli.roster.unit"), day=f"{row.valid_from:%d/%m/%Y}"
    )


def absence_days(one: Absence) -> str:
    """«T2 15/06 – T6 19/06», «T2 15/06 (buổi sáng)»."""
    days = day_short(one.first) if one.first == one.last else f"{day_short(one.first)} – {day_short(one.last)}"
    return f"{days} ({tr(f'roster.half.{one.half}')})" if one.half else days


def absences_from(found: Roster, officer: str, day: date) -> list[Absence]:
    """The officer's absences that last on the day or come later."""
    return [one for one in found.folded.get(officer, NOTHING).absences if one.last >= day]


def absence_lines(found: Roster, officer: str, day: date, reader: Officer, officers: dict[str, str]) -> Iterator[str]:
    """Absences from the day on, with who noted them; why is told to who leads, and to the officer himself."""
    for one in absences_from(found, officer, day):
        told = f": {one.reason}" if leads(reader.roles) or reader.id == officer else ""
        by = officers.get(one.noted_by, one.noted_by)
        yield tr("roster.absence", days=absence_days(one), by=by) + told
