"""What citizens ask and what is owed to them, what was answered, and what was held for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.moments import legal_day
from storage.desk import Desk
from storage.feedback import FeedbackRow, listed, load, of_dossier, short
from storage.outreach import OutreachRow, held, uptake
from tui.feedback_words import due_words, limit_words
from tui.handover import procedure_title
from tui.i18n import tr
from tui.keys import bind
from tui.outreach_words import days_words, uptake_words
from tui.screens.base import OfficerScreen
from tui.screens.numbered import NumberedLists
from tui.screens.parts import TextLines
from tui.screens.picking import read_again
from tui.screens.queue_rows import short_number
from tui.screens.search_rows import ListSource
from tui.widgets.columns import Column
from tui.widgets.queue_table import LineTable

PLACES = ("open", "answered", "outreach")
OF_DOSSIER = "dossier"
"""The list of one dossier, from which the dossier's page leads here."""
_HINTS = {
    "open": ("note", "open", "duplicate", "remove", "back"),
    "answered": ("note", "duplicate", "remove", "back"),
    "outreach": ("note", "open", "remove", "back"),
    OF_DOSSIER: ("note", "open", "remove", "back"),
}
_FEEDBACK = (
    Column("code", "voices.code", 7),
    Column("kind", "voices.kind", 10),
    Column("day", "voices.day", 10, priority=1),
    Column("due", "voices.due", 24, marked=True),
    Column("text", "voices.text", 20, grow=2),
)
_OUTREACH = (
    Column("code", "voices.code", 7),
    Column("day", "voices.held_on", 10),
    Column("kind", "voices.kind", 18, priority=1),
    Column("title", "voices.title_of", 20, grow=2),
    Column("people", "voices.people", 16, priority=2),
)


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """One feedback or one outreach as a row."""

    id: str
    cells: tuple[str, ...]
    mark: tuple[str, str]
    feedback: FeedbackRow | None = None
    outreach: OutreachRow | None = None


class VoicesScreen(OfficerScreen):
    """1–3 choose the list; Enter answers, `g` writes down, Del takes back or destroys, Alt+1 opens the dossier."""

    AUTO_FOCUS = "LineTable"
    name_key = "voices.title"
    hints: ClassVar[Sequence[str]] = ("note", "open", "duplicate", "remove", "back")  # those of the first list
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("note", "note"),
        bind("remove", "remove"),
        bind("duplicate", "dossier"),
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, len(PLACES) + 1)),
    ]

    def __init__(self, place: str = PLACES[0], dossier: str = "") -> None:
        super().__init__()
        self._place = OF_DOSSIER if dossier else place
        self._dossier = dossier

    def body(self) -> ComposeResult:
        yield NumberedLists(id="lists")
        columns = _OUTREACH if self._place == "outreach" else _FEEDBACK
        yield LineTable(columns, ListSource(), lambda line: line.cells, lambda line: line.mark, empty_key="voices.none")
        yield TextLines(id="detail")

    def fill(self) -> None:
        desk = self.app.desk
        names = [f"{'▶' if one == self._place else ''}{n} {tr(f'voices.{one}')}" for n, one in enumerate(PLACES, 1)]
        if self._dossier:
            row = desk.row(self._dossier)
            number = short_number(row["receipt_number"]) if row else "–"
            mark = "▶" if self._place == OF_DOSSIER else ""
            names.insert(0, f"{mark}{tr('voices.of_dossier', number=number)}")
        self.query_one("#lists", TextLines).show_lines([" · ".join(names)])
        table = self.query_one(LineTable)
        read: Callable[[Desk], Iterable[VoiceLine]] = _held if self._place == "outreach" else self._asked
        read_again(table, list(read(desk)))
        self._show(table.current)

    def uncovered(self) -> None:
        self.fill()

    def key_title(self, key_id: str) -> str | None:
        if key_id.startswith("pick_"):
            place = int(key_id.removeprefix("pick_"))
            return tr(f"voices.{PLACES[place - 1]}") if place <= len(PLACES) else None
        if key_id == "note":
            return tr("voices.write_outreach" if self._place == "outreach" else "voices.write")
        if self._place == "open" and key_id == "remove":
            return tr("voices.withdraw")
        if self._place == "outreach" and key_id in ("open", "remove"):
            return tr("voices.write" if key_id == "open" else "voices.withdraw")
        keys = {"open": "voices.answer", "remove": "voices.destroy", "duplicate": "voices.dossier"}
        return tr(keys[key_id]) if key_id in keys else None

    # what the officer does

    def action_pick(self, place: int) -> None:
        """Another list."""
        self._place = PLACES[place - 1]
        table = self.query_one(LineTable)
        table.set_columns(_OUTREACH if self._place == "outreach" else _FEEDBACK)
        self.fill()
        self.hint(_HINTS[self._place])
        self.set_focus(table)

    def action_note(self) -> None:
        """Write down what came; of the outreach under the cursor, what was held is another form."""
        self.app.push(self.app.make("outreach_form" if self._place == "outreach" else "feedback_form"))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self._show(message.row)

    def on_numbered_lists_picked(self, message: NumberedLists.Picked) -> None:
        self.action_pick(message.place)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        """Answer what is open; what was raised at an outreach is written down there."""
        line: VoiceLine = message.row
        if line.outreach is not None:
            self.app.push(self.app.make("feedback_form", outreach=line.id))
        elif line.feedback is not None and line.feedback.is_open:
            self.app.push(self.app.make("feedback_form", kind="answer", feedback=line.id))
        else:
            self.say(tr("voices.nothing_owed"))

    def action_remove(self) -> None:
        """Take back what is open or an outreach, or destroy the words of what was answered: a form asks why."""
        line: VoiceLine | None = self.query_one(LineTable).current
        if line is not None:
            answered = "retract" if line.feedback is not None and line.feedback.is_open else "destroy"
            kind = answered if line.feedback is not None else "withdraw"
            self.app.push(self.app.make("feedback_form", kind=kind, feedback=line.id))

    def action_dossier(self) -> None:
        """The dossier of the row under the cursor."""
        line: VoiceLine | None = self.query_one(LineTable).current
        if line is not None and line.feedback is not None and line.feedback.dossier:
            self.app.push(self.app.make("dossier", line.feedback.dossier))
        else:
            self.say(tr("voices.no_dossier"))

    # what it shows

    def _asked(self, desk: Desk) -> Iterable[VoiceLine]:
        today = legal_day(desk.now())
        of_one = self._place == OF_DOSSIER
        for one in of_dossier(desk, self._dossier) if of_one else listed(desk, self._place):
            found = load(desk, one.id)
            text = " ".join((found.text("text") if found else "").split()) or tr("feedback.gone")
            kind = tr(f"feedback.kind.{one.kind}") if one.kind else "–"
            mark = ("normal", "") if not one.is_open else _urgency(one.days_late(today), one.due == today)
            cells = (short(one.id), kind, f"{one.received_at:%d/%m/%Y}", due_words(one, today), text)
            yield VoiceLine(one.id, cells, (mark[1], mark[0]), feedback=one)

    def _show(self, line: VoiceLine | None) -> None:
        """All that is known of the row under the cursor."""
        told: list[str] = []
        if line is not None:
            told = self._of_feedback(line.id) if line.feedback else self._of_outreach(line)
        self.query_one("#detail", TextLines).show_lines(told)

    def _of_feedback(self, name: str) -> list[str]:
        desk = self.app.desk
        found = load(desk, name)
        if found is None:
            return []
        dossier = desk.row(found.text("dossier")) if found.text("dossier") else None
        number = short_number(dossier["receipt_number"]) if dossier else ""
        way = tr(f"feedback.way.{found.text('way')}") if found.text("way") else ""
        about = " · ".join(filter(None, (found.text("who"), found.text("contact"), way, number)))
        text = found.text("text") or tr("feedback.gone")
        told = [*text.splitlines(), about, limit_words(found)]
        for event in found.answers:
            by = desk.officers.get(event.by)
            words = str(event.body.get("text") or tr("feedback.gone"))
            told.append(f"→ {event.at:%d/%m/%Y} {by.name if by else event.by}: {words}")
        return [one for one in told if one]

    def _of_outreach(self, line: VoiceLine) -> list[str]:
        assert line.outreach is not None
        procedures = ", ".join(procedure_title(self.app.desk, name) for name in line.outreach.procedures)
        told = [line.outreach.title, line.outreach.place or "", line.outreach.note or "", procedures]
        return [one for one in (*told, *uptake_words(uptake(self.app.desk, line.outreach))) if one]


def _held(desk: Desk) -> Iterable[VoiceLine]:
    for one in held(desk):
        people = tr("outreach.people", count=one.audience) if one.audience is not None else tr("outreach.uncounted")
        cells = (short(one.id), days_words(one), tr(f"outreach.kind.{one.kind}"), one.title, people)
        yield VoiceLine(one.id, cells, ("", "normal"), outreach=one)


def _urgency(late: int, today: bool) -> tuple[str, str]:
    """The style and the sign, as the queue has them."""
    return ("overdue", "!") if late else ("today", "=") if today else ("normal", "")
