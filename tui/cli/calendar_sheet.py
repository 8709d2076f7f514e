"""A year on one sheet: twelve months, days off in brackets, and why they are off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from core.calendar import DayRow, WorkCalendar
from core.day_kinds import proposed
from tui.day_words import reason_of, reception_words
from tui.i18n import tr

_CELL = 4
_WIDTH = 7 * _CELL
_BETWEEN = "   "


def year_sheet(year: int, calendar: WorkCalendar) -> Iterator[str]:
    """The lines of the sheet."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    total = tr("calendar.total", count=sum(calendar.is_working(day) for day in range(first, last + 1)))
    yield f"{tr('calendar.year', year=year)} · {total}"
    yield tr("calendar.legend")
    for month in range(1, 13, 2):
        yield ""
        left, right = _month(year, month, calendar), _month(year, month + 1, calendar)
        for one, other in zip_longest(left, right, fillvalue=""):
            yield f"{one:<{_WIDTH}}{_BETWEEN}{other}".rstrip()
    yield from _reasons(first, last, calendar)


def _month(year: int, month: int, calendar: WorkCalendar) -> list[str]:
    day = date(year, month, 1)
    heading = tr("calendar.months").split("|")[month - 1].center(_WIDTH).rstrip()
    week = "".join(name.center(_CELL) for name in tr("calendar.weekdays").split("|"))
    lines = [heading, week.rstrip()]
    cells = [" " * _CELL] * day.weekday()
    while day.month == month and day.year == year:
        cells.append(_cell(day, calendar))
        day = date.fromordinal(day.toordinal() + 1)
    return lines + ["".join(cells[start : start + 7]).rstrip() for start in range(0, len(cells), 7)]


def _cell(day: date, calendar: WorkCalendar) -> str:
    if not calendar.is_working(day):
        return f"[{day.day:2}]"
    return f" {day.day:2}{'*' if calendar.law.is_weekend(day.toordinal()) else ' '}"


def _reasons(first: int, last: int, calendar: WorkCalendar) -> Iterator[str]:
    law = calendar.law
    rows = [row for day in range(first, last + 1) for row in (law.row(day), proposed(law, day)) if row]
    if rows:
        yield ""
        yield tr("calendar.off")
    for row in rows:
        yield f"  {row.date:%d/%m}  {_told(row)}"
    openings = [one for day in range(first, last + 1) for one in law.openings(day)]
    if openings:
        yield ""
        yield tr("calendar.openings")
    for opening in openings:
        yield f"  {opening.date:%d/%m}  {reception_words(opening)}"
    if law.unconfirmed(last, last):
        yield tr("calendar.estimate")


def _told(row: DayRow) -> str:
    words = [reason_of(row)]
    if row.working:
        words.append(tr("calendar.working"))
    if not row.in_force:
        words.append(tr("calendar.announced"))
    elif not row.confirmed:
        words.append(tr("calendar.unconfirmed"))
    basis = f" ({row.basis})" if row.basis else ""
    return ", ".join(words) + basis
