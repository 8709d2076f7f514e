"""F7: the reports, a period at a time: totals, the dossiers behind them, the file, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME, legal_day
from storage.desk import Desk
from storage.frozen import Sent, freeze, same_period
from storage.officers import Officer
from storage.periods import is_regular, period_around, send_by
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.reports import REPORTS, Asked, Report, months, not_sent, read, readings, report
from tui.reports.adjusting import adjusting, sendable
from tui.reports.files import write
from tui.reports.packet import packet
from tui.reports.sheet import Line, Part, Sheet, cell_text, headers
from tui.screens.parts import Page, TextLines
from tui.screens.queue_rows import SIGNS, short_number
from tui.screens.report_list import KEYED
from tui.screens.report_pictures import FOLDER, ReportPictures
from tui.screens.search_rows import ListSource
from tui.widgets.cells import cut
from tui.widgets.charts import ChartLines
from tui.widgets.queue_table import LineTable

_HEAD = "── "
"""What the head of a list begins with."""
_ABOUT = 5
"""Lines of what is counted on a low screen, twice as many on a high one."""
_ONE = timedelta(days=1)
_WORDS = {
    "month_before": "period_before",
    "month_after": "period_after",
    "save": "write_xlsx",
    "reprint": "write_pdf",
    "send_now": "send",
    "next_open": "next_list",
    "letters": "faster.paper_key",
    "worklist": "choose",
}
"""What keys mean here, as `report.<word>`."""


class About(TextLines):
    """What is counted, as far as there is room; a sign says where there is more of it."""

    def lines(self, width: int) -> list[str]:
        found, most = super().lines(width), _ABOUT * (1 + self.screen.has_class("-tall"))
        return found if len(found) <= most else [*found[: most - 1], f"{cut(found[most - 1], width - 2)} …"]


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Counted:
    """A report as it was at one moment: what tells and sends it, and what was sent of its period before."""

    told: Report
    facts: Any
    sheet: Sheet
    sent: Sent | None
    last_event: int
    officer: Officer | None


def count(desk: Desk, name: str, officer: Officer | None, asked: Asked) -> Counted:
    """Read a report of a period as the officer may see it."""
    found, last_event = report(name), desk.log.last()
    facts, told = read(found, desk, officer, asked), adjusting(found, desk, officer, asked)
    sent = same_period(desk, name, (asked.first, asked.last), None, "".join(asked.reading))
    sheet = told.sheet(desk, facts)
    for part in (sheet.totals, *sheet.lists, *sheet.more):
        next(iter(part.lines), None)  # lines are made when they are looked at first: here
    return Counted(told, facts, sheet, sent, last_event, officer)


class ReportsScreen(ReportPictures):
    """←/→ change the period, `s` by whose judgement, `l` lists every report; Enter on a total shows only its dossiers,
    on a dossier opens it; `n` goes to the next list, `h` shows the pictures in their place; F10 and `p` write a file;
    Ctrl+S twice sends it.

    It tells of the moment when it was read: what other desks write meanwhile does not move it under the officer's eyes.
    A thread counts and writes the files: over millions of dossiers that takes seconds, and the desk works on.
    """

    AUTO_FOCUS = "#lines"
    name_key = "title.reports"
    hints: ClassVar[Sequence[str]] = (
        "month_before",
        "month_after",
        "open",
        "save",
        "reprint",
        "worklist",
        "picture",
        "back",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "write('.xlsx')"),
        bind("reprint", "write('.pdf')"),
        bind("month_before", "month(-1)"),
        bind("month_after", "month(1)"),
        bind("reading", "reading"),
        bind("send_now", "send"),
        bind("packet", "packet"),
        bind("picture", "picture"),
        bind("letters", "proposal"),
        bind("next_open", "next_list"),
        bind("worklist", "choose"),
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, min(KEYED, len(REPORTS)) + 1)),
    ]

    def __init__(self, name: str | None = None, day: date | None = None) -> None:
        """`day`: one of the period that is shown first; none: today."""
        super().__init__()
        self._name = name or next(iter(REPORTS))
        self._report = report(self._name)
        self._readings = readings(self._report)
        self._group: str | None = None
        self._day = day
        self._about_to_send = False
        self._counted: Counted | None = None

    def body(self) -> ComposeResult:
        yield TextLines(id="report_names")
        yield About(id="report_about")
        self._count()
        if self._counted is not None:
            yield from self._tables(self._counted.sheet)

    def _tables(self, sheet: Sheet) -> ComposeResult:
        totals, lines = sheet.totals.columns, sheet.lists[0].columns
        yield LineTable(totals, ListSource(), self._cells, self._mark, id="totals")
        yield LineTable(lines, ListSource(), self._cells, self._mark, empty_key="report.nothing", id="lines")
        yield Page(ChartLines(id="charts"), id="pictures")

    def _count(self, after: str = "") -> None:
        """Read the period's report, or this month's; `after`: what is said once it is shown."""
        self._day = self._day or legal_day(self.app.desk.now())
        self._about_to_send = False
        asked = Asked(*self._period, reading=self._readings[:1])
        ask = partial(count, name=self._name, officer=self.app.officer, asked=asked)
        self.aside("report", ask, partial(self._show, after=after))

    def _show(self, found: Counted | InvalidInput, after: str) -> None:
        if isinstance(found, InvalidInput):
            self.call_later(self.refuse, found)
            return
        is_first, self._counted = self._counted is None, found
        if self.stands:
            if is_first:
                self.mount_all(self._tables(found.sheet), after="#report_about")
                self.set_focus(self.query_one("#lines"))
            self.fill()
            self.say(after)

    @property
    def _sheet(self) -> Sheet:
        assert self._counted is not None
        return self._counted.sheet

    @property
    def _facts(self) -> Any:
        return None if self._counted is None else self._counted.facts

    @property
    def _around(self) -> tuple[date, date]:
        """The station's period that has the day."""
        assert self._day is not None
        return period_around(self.app.desk, self._name, self._day)

    @property
    def _period(self) -> tuple[date, date]:
        first, last = self._around
        for _ in range(months(self._report) - 1):
            first = (first - _ONE).replace(day=1)
        return first, last

    def _file(self, ending: str) -> Path:
        """Where the period's file goes: by its month, or by its days where it is no whole month."""
        first, last = self._period
        span = f"{first:%Y-%m}" if first.day == 1 and last == _month_end(first) else f"{first}_{last}"
        path: Path = self.app.desk.folder / FOLDER / f"{self._name}-{span}{ending}"
        return path

    def fill(self) -> None:
        if self._counted is None:
            self.query_one("#report_about", TextLines).show_lines([tr("report.counting")])
            return
        sheet = self._sheet
        place = list(REPORTS).index(self._name) + 1
        present = tr("report.present", place=place, many=len(REPORTS), name=sheet.title)
        keys = f"1–{min(KEYED, len(REPORTS))}, {KEYS['worklist'].label}: {tr('report.choose')}"
        self.query_one("#report_names", TextLines).show_lines([f"{present} · {keys}"])
        about = [sheet.period, *self._told_of_sending(), *sheet.about]
        self.query_one("#report_about", TextLines).show_lines(about)
        self.query_one("#totals", LineTable).set_source(ListSource(sheet.totals.lines))
        self._fill_lines()
        self._draw()

    def _heads(self, part: Part) -> list[str]:
        """Of a list with columns of its own, what stands in them behind its name; else none."""
        own = part.columns != self._sheet.lists[0].columns
        return [tr(column.title_key) for column in part.columns[2:]] if own else []

    def _told_of_sending(self) -> list[str]:
        assert self._counted is not None
        one, (_, last) = self._counted.sent, self._period
        if not_sent(self._report) is not None:
            return []
        owed: list[str] = []
        if (one is None or one.early) and is_regular(self.app.desk, self._name, last):
            day = send_by(self.app.desk, self._name, last)
            today = legal_day(self.app.desk.now())
            word = "no_day" if day is None else "overdue" if day < today else "by"
            owed = [tr(f"report.send_{word}", day="" if day is None else f"{day:%d/%m/%Y}")]
        if one is None:
            return owed
        early = [tr("report.sent_early"), *owed] if one.early else []
        officer = self.app.desk.officers.get(one.by)
        at = f"{one.at.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}"
        return [tr("report.sent_by", at=at, by=officer.name if officer else one.by, hash=one.sha256[:16]), *early]

    def _fill_lines(self) -> None:
        found: list[Line] = []
        for part in self._sheet.lists:
            lines = [line for line in part.lines if self._group in (None, line.group)] if part.lines else []
            if lines:
                if len(part.columns) != len(self._sheet.lists[0].columns):
                    found += _whole(part, lines)
                    continue
                heads = self._heads(part)
                words = (f"── {len(lines)}", part.title, *heads) if heads else (f"── {part.title} ({len(lines)})",)
                found += [Line(f"{_HEAD}{part.title}", words, mark="done"), *lines]
        if self._group is None:
            for part in self._sheet.more:
                found += _whole(part, part.lines)
        self._shown = found
        self.query_one("#lines", LineTable).set_source(ListSource(found))

    def news(self) -> None:
        """Nothing: the period's line says when it was read."""

    def uncovered(self) -> None:
        one = self._counted
        if one is None or (self.app.desk.log.last(), self.app.officer) != (one.last_event, one.officer):
            self._count()

    def key_title(self, key_id: str) -> str | None:
        place = int(key_id.removeprefix("pick_")) if key_id.startswith("pick_") else 0
        if place:
            return tr(f"report.{list(REPORTS)[place - 1]}") if place <= min(KEYED, len(REPORTS)) else None
        return tr(f"report.{_WORDS[key_id]}") if key_id in _WORDS else None

    # what the officer does

    def action_pick(self, place: int) -> None:
        self.app.switch(self.app.make("reports", list(REPORTS)[place - 1]))

    def action_choose(self) -> None:
        """Every report with what it counts."""
        self.app.push(self.app.make("report_list", self._name))

    def action_month(self, step: int) -> None:
        """The month before, or the one after it; none that has not begun."""
        first, last = self._around
        moved = first - _ONE if step < 0 else last + _ONE
        if moved > legal_day(self.app.desk.now()):
            self.app.bell()
            return
        self._day, self._group = moved, None
        self._count()

    def action_reading(self) -> None:
        """The same month by the other judgement, where the report has one."""
        if len(self._readings) < 2:
            self.app.bell()
            return
        self._readings = (*self._readings[1:], self._readings[0])
        self._count()

    def action_send(self) -> None:
        """Freeze the month's report and note it as sent; it asks once, for what is sent stays."""
        officer, refused, one = self.app.officer, not_sent(self._report), self._whole()
        if refused is not None:
            self.refuse(refused)
            return
        if one is None or officer is None:
            return
        if not self._about_to_send:
            self._about_to_send = True
            at = "" if one.sent is None else f"{one.sent.at.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}"
            self.say(" ".join(filter(None, (at and tr("report.send_another", at=at), tr("report.send_again")))))
            return
        meant = partial(self._freeze, officer, self._period)  # whatever is shown, and whoever sits here, by then
        self.aside("send", lambda desk: sendable(one.told, desk, one.facts), meant)

    def _freeze(self, officer: Officer, period: tuple[date, date], document: dict[str, Any] | InvalidInput) -> None:
        try:
            if isinstance(document, InvalidInput):
                raise document
            answer = freeze(self.app.desk, officer, document, period, None)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self._count(after=tr("report.was_sent", hash=answer.sha256[:16]))

    def _whole(self) -> Counted | None:
        """What is shown, where it is what was asked for; else the bell."""
        if self._counted is None or "report" in self._awaited:
            self.app.bell()
            return None
        return self._counted

    def action_packet(self) -> None:
        """The month's inspection packet, masked; the command writes one that names citizens, by an order's number."""
        one, officer = self._whole(), self.app.officer
        if self._name != "late" or one is None or officer is None:
            self.app.bell()
            return
        path = self._file(".zip")
        self.make_file(
            path,
            lambda desk: packet(desk, one.told, one.facts, path, officer),
            lambda many: tr("packet.written", file=path, count=many),
        )

    def action_next_list(self) -> None:
        """The cursor to the head of the next list, from the last one to the first."""
        if self._whole() is None:
            return
        table = self.query_one("#lines", LineTable)
        heads = [place for place, line in enumerate(self._shown) if line.id.startswith(_HEAD)]
        here = next((place for place, line in enumerate(self._shown) if line is table.current), -1)
        if not heads:
            self.app.bell()
            return
        table.action_move(next((place for place in heads if place > here), heads[0]) - max(here, 0))
        self.set_focus(table)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: Line = message.row
        if message.table.id == "totals":
            self._group, self._pictured = line.group, False
            self._draw()
            self._fill_lines()
            self.set_focus(self.query_one("#lines"))
        elif line.dossier is not None:
            self.app.push(self.app.make("dossier", line.dossier))
        elif line.group is not None:
            self._group = line.group
            self._fill_lines()

    def action_write(self, ending: str) -> None:
        """The whole report as a file in the data folder's `reports`; one of the same period is replaced."""
        one = self._whole()
        if one is None:
            return
        by = "" if self._readings == readings(self._report) else f"-{self._readings[0]}"
        path = self._file(f"{by}{ending}")
        self.make_file(
            path, lambda desk: write(desk, one.told, one.facts, path), lambda _: tr("report.saved", file=path)
        )

    # what it shows

    def _cells(self, line: Line) -> tuple[str, ...]:
        first, *rest = line.cells
        if not rest:
            return (str(first),)
        number = short_number(str(first)) if line.dossier is not None else str(first)
        return number, *(cell_text(cell) for cell in rest)

    def _mark(self, line: Line) -> tuple[str, str]:
        signs = {word.value: sign for word, sign in SIGNS.items()}
        return signs.get(line.mark, "") if line.dossier is not None else "", line.mark


def _whole(part: Part, lines: Sequence[Line]) -> list[Line]:
    """The part's head and its lines, each across the whole table."""
    head = Line(f"{_HEAD}{part.title}", (f"{_HEAD}{part.title} ({len(lines)})",), mark="done")
    return [head, *(line._replace(cells=(_across(part, line),)) for line in lines)]


def _across(part: Part, line: Line) -> str:
    """A line of a table whose columns are not the list's: what it is of, and each cell behind its head."""
    first, *rest = zip(headers(part), map(cell_text, line.cells), strict=True)
    words = short_number(first[1]) if line.dossier is not None else first[1]
    return " · ".join((words, *(f"{head}: {cell}" for head, cell in rest if cell)))


def _month_end(first: date) -> date:
    return (first + 31 * _ONE).replace(day=1) - _ONE
