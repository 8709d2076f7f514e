"""Ctrl+L: messages to citizens that wait or could not be sent, with the phone numbers: somebody calls, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from storage.messages import Message, gather, open_messages, told_by_phone, try_again
from storage.wording import Words
from tui.i18n import tr
from tui.keys import bind
from tui.message_words import about_words, reason_words, state_words
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.queue_rows import short_number
from tui.sentences import sentence
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 14, grow=2),
    Column("phone", "messages.phone", 12),
    Column("about", "messages.about", 13, grow=1),
    Column("state", "messages.where", 18, grow=2),
)


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message as a row."""

    id: str
    message: Message
    cells: tuple[str, ...]


class MessagesScreen(OfficerScreen):
    """What could not be sent stands first. F10 twice: told by phone. Ctrl+S: send once more. Enter: the dossier."""

    AUTO_FOCUS = "LineTable"
    name_key = "messages.title"
    hints: ClassVar[Sequence[str]] = ("save", "send_now", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "called"), bind("send_now", "again")]

    def body(self) -> ComposeResult:
        self._asked = ""
        yield TextLines(id="about")
        yield LineTable(_COLUMNS, Listed(()), lambda line: line.cells, _mark, empty_key="messages.none")

    def fill(self) -> None:
        desk = self.app.desk
        sending = bool(self.app.settings.deliver)
        try:
            gather(desk)
        except InvalidInput as error:  # a disk that takes nothing: what is there is shown all the same
            self.refuse(error)
        words = Words(desk.folder, desk.identity.unit_name, legal_day(desk.now()))
        told = [tr("messages.explained" if sending else "messages.no_delivery")]
        told += [f"✗ {sentence(one.code, one.params)}" for one in words.problems]
        self.query_one("#about", TextLines).show_lines(told)
        found = sorted(open_messages(desk), key=lambda one: one.state != "failed")
        lines = [MessageLine(one.id, one, self._cells(one, sending=sending)) for one in found]
        table = self.query_one(LineTable)
        kept = table.current
        table.set_source(Listed(lines))
        if kept is not None:
            table.reload(kept.id)

    def uncovered(self) -> None:
        self.fill()

    def key_title(self, key_id: str) -> str | None:
        return tr(f"messages.key.{key_id}") if key_id in ("save", "send_now") else None

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.message.dossier))

    def action_called(self) -> None:
        """The person was called; the same key must be pressed once more on the same row."""
        line: MessageLine | None = self.query_one(LineTable).current
        if line is None:
            self.say(tr("messages.none"))
            return
        if self._asked != line.id:
            self._asked = line.id
            self.say(tr("messages.sure", number=line.cells[0], about=line.cells[3]))
            return
        self._asked = ""
        assert self.app.officer is not None
        try:
            answer = told_by_phone(self.app.desk, self.app.officer, line.message)
        except InvalidInput as error:
            answer = Refusal(error.code, error.basis, error.params)
        self.fill()
        if isinstance(answer, Refusal):
            self.refuse(answer)
        else:
            self.say(tr("messages.done.told"))

    def action_again(self) -> None:
        """Put what could not be sent in the queue once more."""
        line: MessageLine | None = self.query_one(LineTable).current
        if line is None or line.message.state != "failed":
            self.say(tr("messages.not_failed"))
            return
        try:
            try_again(self.app.desk, line.message)
        except InvalidInput as error:
            self.refuse(error)
            return
        self.fill()
        self.say(tr("messages.done.again"))

    def _cells(self, one: Message, *, sending: bool) -> tuple[str, ...]:
        row = self.app.desk.row(one.dossier)
        number, name, phone = (row[column] if row else None for column in ("receipt_number", "applicant_name", "phone"))
        return (
            short_number(number),
            str(name or ""),
            str(phone or "–"),
            about_words(one.about),
            reason_words(one) if one.state == "failed" else state_words(one, sending=sending),
        )


def _mark(line: MessageLine) -> tuple[str, str]:
    return ("!", "overdue") if line.message.state == "failed" else ("", "normal")
