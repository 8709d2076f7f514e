"""The city's calendar, a year at a time: what each day is and why, and how many open dossiers fall due on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from core.answers import InvalidInput
from core.day_kinds import DayKind, day_kind
from core.moments import legal_day
from storage.due_days import MOST, count_due, count_due_by_procedure
from tui.aside import ask_aside
from tui.day_words import day_lines
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.queue_rows import titles
from tui.sentences import sentence
from tui.widgets.year_grid import YearGrid

_RESTING = 0.15
"""Seconds that the cursor stands on a day before anything is counted."""


class CalendarScreen(OfficerScreen):
    """Counting is done aside, at most MOST rows of a day; Enter shows a day's dossiers in the queue."""

    AUTO_FOCUS = "YearGrid"
    name_key = "title.calendar"
    hints: ClassVar[Sequence[str]] = ("open", "page_before", "page_after", "today", "back")

    class Counted(Message):
        """How many fall due on each day of a year, or why that can't be told."""

        def __init__(self, year: int, found: dict[date, int] | InvalidInput) -> None:
            super().__init__()
            self.year = year
            self.found = found

    class Sorted(Message):
        """What falls due on one day, by procedure."""

        def __init__(self, day: date, found: list[tuple[str, int]] | InvalidInput) -> None:
            super().__init__()
            self.day = day
            self.found = found

    def body(self) -> ComposeResult:
        self._timer: Timer | None = None
        self._is_counted = False
        self._load: tuple[int, Mapping[date, int]] | None = None
        self._procedures: tuple[date, list[tuple[str, int]]] | None = None
        self._problem: InvalidInput | None = None
        self._today = legal_day(self.app.desk.now())
        yield TextLines(id="year")
        yield YearGrid(self._today, self._years(), self._kinds, self._open)
        yield TextLines(id="day")

    def key_title(self, key_id: str) -> str | None:
        return tr("calendar.open") if key_id == "open" else None

    def fill(self) -> None:
        """Read the law and count again."""
        self._today = legal_day(self.app.desk.now())
        self._grid.show_law(self._today, self._years())
        self._ask()

    def tick(self) -> None:
        super().tick()
        if self.stands and legal_day(self.app.desk.now()) != self._today:
            self.fill()

    def uncovered(self) -> None:
        self._ask()

    @property
    def _grid(self) -> YearGrid:
        return self.query_one(YearGrid)

    def _years(self) -> tuple[int, int]:
        """One year more on each side than the law has: there it says that it has none."""
        known = [one.year for one in self.app.desk.law.years] or [self._today.year]
        return known[0] - 1, known[-1] + 1

    def _kinds(self, year: int) -> Mapping[date, DayKind]:
        desk = self.app.desk
        if all(one.year != year for one in desk.law.years):
            return {}
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        try:
            law = desk.law.calendar(desk.identity.unit).law
            return {date.fromordinal(day): day_kind(law, day) for day in range(first, last + 1)}
        except InvalidInput as error:
            self.refuse(error)
            return {}

    # what falls due

    def on_year_grid_moved(self) -> None:
        self._tell()
        self._ask_soon()

    def _ask(self) -> None:
        self._is_counted = False
        self._tell()
        self._ask_soon()

    def _ask_soon(self) -> None:
        """Once the cursor rests: threads that nobody waits for any more would still read to their end."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_RESTING, self._ask_now)

    def _ask_now(self) -> None:
        folder, day = self.app.desk.folder, self._grid.day
        if not self._is_counted or self._load is None or self._load[0] != day.year:
            self._is_counted = True
            self._count(folder, day.year)
        self._sort(folder, day)

    @work(thread=True, exclusive=True, group="load", exit_on_error=False)
    def _count(self, folder: Path, year: int) -> None:
        found = ask_aside(folder, partial(count_due, first=date(year, 1, 1), last=date(year, 12, 31)))
        if not get_current_worker().is_cancelled:
            self.post_message(self.Counted(year, found))

    @work(thread=True, exclusive=True, group="day", exit_on_error=False)
    def _sort(self, folder: Path, day: date) -> None:
        found = ask_aside(folder, partial(count_due_by_procedure, day=day))
        if not get_current_worker().is_cancelled:
            self.post_message(self.Sorted(day, found))

    def on_calendar_screen_counted(self, message: Counted) -> None:
        if message.year == self._grid.day.year:
            self._problem = message.found if isinstance(message.found, InvalidInput) else None
            found = {} if isinstance(message.found, InvalidInput) else message.found
            self._load = (message.year, found)
            self._grid.show_load(found)
            self._tell()

    def on_calendar_screen_sorted(self, message: Sorted) -> None:
        if message.day == self._grid.day and not isinstance(message.found, InvalidInput):
            self._procedures = (message.day, message.found)
            self._tell()

    def _open(self, day: date) -> None:
        """The queue with what falls due on the day and is still open."""
        self.app.show_queue(tr("calendar.filter", day=f"{day:%d/%m/%Y}"))

    # what it says

    def _tell(self) -> None:
        """The year, and the day under the cursor."""
        day, desk, kinds = self._grid.day, self.app.desk, self._grid.kinds
        if not kinds:
            self.query_one("#year", TextLines).show_lines([""])
            self.query_one("#day", TextLines).show_lines([tr("calendar.years", years=self._known_years())])
            return
        calendar = desk.law.calendar(desk.identity.unit)
        year = [tr("calendar.year", year=day.year), tr("calendar.total", count=sum(map(calendar.is_working, kinds)))]
        if calendar.unconfirmed(day.toordinal(), day.toordinal()) and not self._is_decided(day.year):
            year.append(tr("calendar.estimate"))
        self.query_one("#year", TextLines).show_lines([" · ".join(year)])
        first, *more = day_lines(calendar.law, day, kinds[day], self._today)
        self.query_one("#day", TextLines).show_lines([first, self._due(day), *more])

    def _is_decided(self, year: int) -> bool:
        return any(one.year == year and one.decided for one in self.app.desk.law.years)

    def _known_years(self) -> str:
        known = [one.year for one in self.app.desk.law.years]
        return f"{known[0]}–{known[-1]}" if known else "–"

    def _due(self, day: date) -> str:
        """How many fall due on the day, and of which procedures; or why that can't be told."""
        if self._problem is not None:
            return f"✗ {sentence(self._problem.code, self._problem.params)}"
        load = self._load[1] if self._load is not None and self._load[0] == day.year else None
        if load is None:
            return tr("calendar.counting")
        count = load.get(day, 0)
        if not count:
            return tr("calendar.due.none")
        words = tr("calendar.due.most" if count >= MOST else "calendar.due", count=count)
        if self._procedures is None or self._procedures[0] != day:
            return words
        names = titles(self.app.desk.law)
        return f"{words} · " + ", ".join(f"{names.get(name, name)} {number}" for name, number in self._procedures[1])
