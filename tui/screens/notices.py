"""Ctrl+U: what the officer was told in the foot, the newest first; Enter goes to what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from textual.app import ComposeResult

from core.moments import LEGAL_TIME, legal_day
from core.notices import Notice, NoticeKind, Told
from tui.notice_words import SIGNS, notice_words
from tui.screens.base import OfficerScreen
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (Column("when", "notices.when", 11), Column("what", "notices.what", 40, grow=1))
_STYLES = {
    NoticeKind.DUE: "today",
    NoticeKind.ANSWER: "today",
    NoticeKind.APOLOGY: "apology_owed",
    NoticeKind.CONFLICT: "overdue",
    NoticeKind.REPORT: "today",
    NoticeKind.READY: "done",
}
_OF_DOSSIER = frozenset({NoticeKind.DUE, NoticeKind.ANSWER, NoticeKind.APOLOGY, NoticeKind.READY})


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as a row."""

    id: str
    told: Told
    cells: tuple[str, ...]


class NoticesScreen(OfficerScreen):
    """Whatever is shown here has been read."""

    AUTO_FOCUS = "LineTable"
    name_key = "title.notices"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def body(self) -> ComposeResult:
        self._shown: list[Notice] = []
        yield LineTable(_COLUMNS, Listed(()), lambda line: line.cells, _mark, empty_key="notices.none")

    def fill(self) -> None:
        today = str(legal_day(self.app.desk.now()))
        self._shown = [one.notice for one in self.app.notices.told]
        lines = [
            NoticeLine(f"{one.at} {one.notice.key}", one, (_when(one.at, today), notice_words(one.notice)))
            for one in self.app.notices.told
        ]
        table = self.query_one(LineTable)
        kept = table.current
        table.set_source(Listed(lines))
        if kept is not None:
            table.reload(kept.id)
        self.app.notices.read()

    def show_notices(self) -> None:
        """What is told while the list is open stands in it at once."""
        if self.stands and self._shown != [one.notice for one in self.app.notices.told]:
            self.fill()
        super().show_notices()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        notice = message.row.told.notice
        if notice.kind in _OF_DOSSIER:
            self.app.push(self.app.make("dossier", notice.subject.id))
        elif notice.kind is NoticeKind.CONFLICT:
            self.app.push(self.app.make("conflict", notice.subject.id))
        elif notice.kind is NoticeKind.ANSWER_OWED:
            self.app.push(self.app.make("voices"))
        elif notice.kind is NoticeKind.REPORT:
            from tui.reports import REPORTS

            name, last = notice.subject.name, notice.subject.id.rpartition(":")[2]
            self.app.push(self.app.make("reports", name if name in REPORTS else None, _day(last)))
        else:
            self.app.push(self.app.make("sync"))


def _day(text: str) -> date | None:
    """A day of the period that is owed; None of a notice that was kept before it said which."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _mark(line: NoticeLine) -> tuple[str, str]:
    kind = line.told.notice.kind
    return SIGNS[kind], _STYLES.get(kind, "overdue")


def _when(at: int, today: str) -> str:
    moment = datetime.fromtimestamp(at, LEGAL_TIME)
    return f"{moment:%H:%M}" if str(moment.date()) == today else f"{moment:%d/%m %H:%M}"
