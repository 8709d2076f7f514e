"""F5: the sheet that the program made, signed over by one officer and taken over by the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from storage.handover import accept, hand_over, sheet_of, waiting_for
from storage.officers import Officer
from storage.sheet import Sheet, sheet_now
from tui.handover import dossier_cells, item_line, section_title
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput, PinInput
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "column.receipt_number", 14, marked=True),
    Column("name", "column.applicant_name", 20, grow=3),
    Column("procedure", "column.procedure", 18, priority=2, grow=2),
    Column("due", "column.due", 11, priority=1),
    Column("next", "column.next_action", 20, grow=1),
)
_SIGNS = {"apology_owed": "!", "overdue": "!", "today": "*"}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A heading or an item of the sheet; `item` is None for a heading."""

    id: int
    cells: tuple[str, ...]
    item: Mapping[str, Any] | None


class HandoverScreen(OfficerScreen):
    """Gives over what this officer carries, or takes over what waits for this officer's signature."""

    DEFAULT_CSS = """
    HandoverScreen {
        #handover-signing { height: auto; border-top: solid $border-blurred; }
        #handover-signing .line { height: auto; }
        #handover-signing .wide { width: 26; }
    }
    """
    name_key = "key.handover"
    hints: ClassVar[Sequence[str]] = ("open", "save", "reprint", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "sign"), bind("reprint", "record")]

    def key_title(self, key_id: str) -> str | None:
        return tr("handover.sign") if key_id == "save" else None

    def __init__(self) -> None:
        super().__init__()
        self._sheet: Sheet | None = None
        self._receiver: Officer | None = None

    def body(self) -> ComposeResult:
        yield Static("", id="handover-who", markup=False)
        yield LineTable(
            _COLUMNS,
            Listed(()),
            cells=lambda line: line.cells,
            mark=_mark,
            empty_key="handover.none",
            id="handover-sheet",
        )
        with Vertical(id="handover-signing"):
            with Horizontal(classes="line"):
                yield Static(tr("handover.to"), classes="wide")
                yield ChoiceInput(self._officers, rows=2, id="handover-to")
            with Horizontal(classes="line"):
                yield Static(tr("handover.note"), classes="wide")
                yield KeyedInput(id="handover-note", max_length=200)
            with Horizontal(classes="line"):
                yield Static("", id="handover-pin-label", classes="wide", markup=False)
                yield PinInput(id="handover-pin")

    def fill(self) -> None:
        """Show the sheet that waits for this officer's signature, else the one to be handed over now."""
        officer = self.app.officer
        assert officer is not None
        desk = self.app.desk
        waiting = waiting_for(desk, officer)
        self._show(sheet_of(desk, waiting[0]) if waiting else sheet_now(desk, officer))

    def action_sign(self) -> None:
        """F10: the next signature that is missing, by the PIN of whose turn it is."""
        sheet = self._sheet
        if sheet is None:
            return
        signer = self._signer(sheet)
        if signer is None:
            self.say(tr("handover.choose_receiver"))
            self.query_one("#handover-to", ChoiceInput).field.focus()
            return
        pin = self.query_one("#handover-pin", PinInput)
        wrong = self.app.desk.officers.sign_in(signer, pin.take())
        if wrong is not None:
            self.refuse(wrong)
            pin.focus()
            return
        try:
            self._sign(sheet, signer)
        except InvalidInput as error:
            self.refuse(error)

    def action_record(self) -> None:
        """`p`: the record as PDF, to the printer or the viewer."""
        if self._sheet is None:
            return
        from tui.handover import sheet_pdf
        from tui.printing import hand_out

        name = f"handover-{self._sheet.id or 'draft'}.pdf"
        answer = hand_out(self.app.desk, sheet_pdf(self.app.desk, self._sheet), name, self.app.settings)
        if isinstance(answer, Path):
            self.say(tr("handover.recorded", file=answer))
        else:
            self.refuse(answer)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        item = message.row.item
        if item is not None and "id" in item:
            self.app.push(self.app.make("dossier", item["id"]))

    def on_choice_input_chosen(self, message: ChoiceInput.Chosen) -> None:
        chosen = message.choice
        self._receiver = self.app.desk.officers.get(chosen.id) if chosen else None

    def _sign(self, sheet: Sheet, signer: Officer) -> None:
        desk = self.app.desk
        if sheet.id is None:
            assert self._receiver is not None
            note = self.query_one("#handover-note", KeyedInput).value.strip() or None
            signed = hand_over(desk, signer, self._receiver, note)
            if isinstance(signed, Refusal):
                self.refuse(signed)
                return
            self._show(sheet_of(desk, signed))
            self.say(tr("handover.countersign", name=self._receiver.name))
            return
        taken = accept(desk, signer, sheet.id, {})
        if isinstance(taken, Refusal):
            self.refuse(taken)
            return
        self.app.officer = signer
        self._show(sheet_of(desk, sheet.id))
        self.show_heading()
        self.say(tr("handover.done", name=signer.name))

    def _signer(self, sheet: Sheet) -> Officer | None:
        """Whose PIN comes next; None while nobody is chosen to take over."""
        if sheet.id is None:
            return self.app.officer if self._receiver is not None else None
        return self.app.desk.officers.get(sheet.receiver or "")

    def _show(self, sheet: Sheet | None) -> None:
        assert sheet is not None
        self._sheet = sheet
        desk = self.app.desk
        sender, receiver = (desk.officers.get(one) if one else None for one in (sheet.sender, sheet.receiver))
        names = [one.name if one else "…" for one in (sender, receiver)]
        self.query_one("#handover-who", Static).update(tr("handover.who", sender=names[0], receiver=names[1]))
        self.query_one("#handover-sheet", LineTable).set_source(Listed(self._lines(sheet)))
        given = sheet.id is not None
        self.query_one("#handover-to").display = self.query_one("#handover-note").display = not given
        for label in self.query("#handover-signing Horizontal").results(Horizontal):
            label.display = any(child.display and not isinstance(child, Static) for child in label.children)
        self.query_one("#handover-signing").display = len(sheet.signed) < 2
        whose = receiver if given else self.app.officer
        pin_label = tr("handover.pin", name=whose.name if whose else "…")
        self.query_one("#handover-pin-label", Static).update(pin_label)
        if given and len(sheet.signed) < 2:
            self.query_one("#handover-pin", PinInput).focus()

    def _lines(self, sheet: Sheet) -> list[SheetLine]:
        lines: list[SheetLine] = []
        for section in sheet.sections:
            items = section["items"]
            if not items:
                continue
            heading = (f"── {len(items)}", section_title(section["name"]), "", "", "")
            lines.append(SheetLine(len(lines), heading, None))
            for item in items:
                cells = self._cells(item)
                lines.append(SheetLine(len(lines), cells, item))
        return lines

    def _cells(self, item: Mapping[str, Any]) -> tuple[str, ...]:
        if "next_action" not in item:
            return ("", item_line(self.app.desk, item), "", "", "")
        number, *rest = dossier_cells(self.app.desk, item)
        return (short_number(number), *rest)

    def _officers(self, text: str) -> list[Choice]:
        from core.text import fold

        wanted = fold(text)
        own = self.app.officer
        return [
            Choice(one.id, one.name, one.code)
            for one in self.app.desk.officers.all()
            if one.active
            and one.here
            and own is not None
            and one.id != own.id
            and wanted in fold(f"{one.code} {one.name}")
        ]


def short_number(number: str) -> str:
    """`yymmdd-nnnn`: lists leave out the unit."""
    return "-".join(number.rsplit("-", 2)[-2:])


def _mark(line: SheetLine) -> tuple[str, str]:
    word = line.item.get("urgency", "normal") if line.item else "done"
    return _SIGNS.get(word, ""), word
