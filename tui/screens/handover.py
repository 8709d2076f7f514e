"""F5: the sheet that the program made, signed over by one officer, read back and taken over by the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.authority import effective_roles
from core.events import KINDS
from core.handover import Handed
from core.readback import read_asks
from core.text import fold
from storage.desk import Done
from storage.handover import (
    accept,
    answer_receiver,
    asked_of,
    given_by,
    hand_over,
    handover_of,
    said_so_far,
    sheet_of,
    still_owned,
    waiting_for,
)
from storage.officers import Officer
from storage.sheet import Sheet, sheet_now
from storage.shift import open_at_sign_in
from tui.dates import moment_short
from tui.handover import action_words
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.handover_lines import COLUMNS, SheetLine, mark, sheet_lines
from tui.screens.kept_typing import Kept, KeptTyping
from tui.screens.parts import TextLines
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.inputs import KeyedInput, PinInput
from tui.widgets.listed import Listed
from tui.widgets.phrases import PhraseInput
from tui.widgets.queue_table import LineTable


class HandoverScreen(KeptTyping):
    """Gives over what this officer carries, or goes on with what waits for the second signature.

    `shift`: a handover that was opened from the list of past ones; a leader may take it over in another's place.
    """

    AUTO_FOCUS = "LineTable"
    name_key = "key.handover"
    hints: ClassVar[Sequence[str]] = ("save", "next_open", "count", "worklist", "reprint")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "sign"),
        bind("reprint", "record"),
        bind("next_open", "read_back"),
        bind("count", "count"),
        bind("worklist", "past"),
        bind("discard", "anew"),
    ]

    def key_title(self, key_id: str) -> str | None:
        own = {"save": "handover.sign", "next_open": "readback.start", "worklist": "past.open",
               "discard": "handover.anew"}  # fmt: skip
        return tr(own[key_id]) if key_id in own else None

    def __init__(self, shift: str | None = None) -> None:
        super().__init__()
        self._shift = shift
        self._sheet: Sheet | None = None
        self._receiver: Officer | None = None
        self._asks_for_receiver = False
        self._gone: Officer | None = None
        """In whose place a leader signs the sheet over."""
        self._anew = False
        """Whether a sheet is to be signed although another one waits."""
        self._lines: list[SheetLine] = []

    may_discard = False

    @property
    def kept_as(self) -> str:
        return "handover"

    def _fields(self) -> list[Kept]:
        """Whom somebody signs for is said anew each time: it changes whose sheet is read."""
        return [field for field in super()._fields() if field.id != "handover-for"]

    def body(self) -> ComposeResult:
        yield Static("", id="handover-who", markup=False)
        yield LineTable(
            COLUMNS, Listed(()), lambda line: line.cells, mark, empty_key="handover.none", id="handover-sheet"
        )
        yield TextLines(id="handover-line")
        with Vertical(id="handover-signing"):
            with Horizontal(classes="line"):
                yield Static(tr("handover.in_place_of"), classes="wide")
                yield ChoiceInput(self._senders, rows=1, id="handover-for")
            with Horizontal(classes="line"):
                yield Static(tr("handover.to"), classes="wide")
                yield ChoiceInput(self._receivers, rows=2, id="handover-to")
            with Horizontal(classes="line"):
                yield Static(tr("handover.note"), classes="wide")
                yield PhraseInput(id="handover-note", max_length=200, kind="handover")
            with Horizontal(classes="line"):
                yield Static(tr("field.reason"), classes="wide")
                yield PhraseInput(id="handover-reason", max_length=200, kind="reason")
            with Horizontal(classes="line"):
                yield Static("", id="handover-pin-label", classes="wide", markup=False)
                yield PinInput(id="handover-pin")

    def fill(self) -> None:
        """The sheet that waits for the second signature, else the one to be handed over now."""
        self._read()
        if self.query_one("#handover-pin", PinInput).display and self._sheet is not None and self._sheet.id:
            self.query_one("#handover-pin", PinInput).focus()

    def news(self) -> None:
        """Another process has written: what is being typed, and where, stays."""
        self._read()

    def _read(self) -> None:
        desk, officer = self.app.desk, self._officer
        shift = self._shift or self._waiting()
        given = sheet_of(desk, shift) if shift else None
        self._show(given or sheet_now(desk, self._gone or officer))

    def _waiting(self) -> str | None:
        """What this officer is to take over, else has signed over to somebody who has not come yet."""
        if self._anew or self._gone is not None:
            return None
        to_take = waiting_for(self.app.desk, self._officer)
        return to_take[0] if to_take else given_by(self.app.desk, self._officer)

    def action_sign(self) -> None:
        """F10: the next signature that is missing, by the PIN of whose turn it is."""
        sheet = self._sheet
        if sheet is None or len(sheet.signed) > 1:
            return
        signer = self._signer(sheet)
        if signer is None:
            self.say(tr("handover.choose_receiver"))
            self._asks_for_receiver = True
            self.query_one("#handover-to", ChoiceInput).field.focus()
            return
        if sheet.id is not None and self._left(sheet, signer):
            self.say(tr("handover.read_back_first", count=self._left(sheet, signer)))
            return
        try:
            if self._pin_holds(signer):
                self._sign(sheet, signer)
        except InvalidInput as error:
            self.refuse(error)

    def _pin_holds(self, signer: Officer) -> bool:
        pin = self.query_one("#handover-pin", PinInput)
        typed, tries = pin.take(), self.app.pin_tries
        pin.focus()
        if tries.wait():
            self.say(tr("sign_in.wait", seconds=tries.wait()))
            return False
        wrong = self.app.desk.officers.sign_in(signer, typed)
        if wrong is None:
            tries.held()
        elif wrong.code == "pin_wrong":
            self.missed_pin()
        else:
            self.refuse(wrong)
        return wrong is None

    def action_record(self) -> None:
        """`p`: the record as PDF, to the printer or the viewer."""
        if self._sheet is not None:
            hand_out_record(self, self._sheet)

    def action_read_back(self) -> None:
        """`n`: restate what the sheet asks, from where it was left."""
        sheet = self._sheet
        if sheet is None or sheet.id is None or len(sheet.signed) > 1:
            self.say(tr("readback.not_yet"))
            return
        signer = self._signer(sheet)
        if signer is None:
            self.say(tr("handover.receiver_unknown"))
            return
        self.app.push(self.app.make("readback", sheet.id, signer))

    def action_count(self) -> None:
        """Ctrl+N: count one's own drawer, at the day's end or before signing over."""
        self.app.push(self.app.make("readback", None, self._officer))

    def action_anew(self) -> None:
        """Ctrl+D: the sheet of now although another one waits; once more: back to that one."""
        self._anew = not self._anew
        self._shift = None
        self._read()
        self.say("" if self._sheet is None or self._sheet.id else tr("handover.anew_said"))

    def action_past(self) -> None:
        self.app.push(self.app.make("past_handovers"))

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: SheetLine = message.row
        if line.question is not None and line.question.answer is None and line.shift is not None:
            say = partial(self._answer, line.shift, line.question.id)
            self.app.push(self.app.make("one_line", "handover.answer", [line.whole], say))
        elif line.item is not None and "id" in line.item:
            self.app.push(self.app.make("dossier", line.item["id"]))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        row: SheetLine | None = message.row
        self.query_one("#handover-line", TextLines).show_lines([row.whole] if row is not None else [])

    def on_choice_input_chosen(self, message: ChoiceInput.Chosen) -> None:
        chosen = self.app.desk.officers.get(message.choice.id) if message.choice else None
        if message.choice_input.id == "handover-to":
            self._receiver = chosen
            if chosen is not None and self._asks_for_receiver:
                self.say("")
                self._asks_for_receiver = False
        else:
            self._gone = chosen
            self.query_one("#handover-to", ChoiceInput).suggest()
            self._read()

    @property
    def _officer(self) -> Officer:
        officer = self.app.officer
        assert officer is not None
        return officer

    @property
    def _reason(self) -> str | None:
        return self.query_one("#handover-reason", KeyedInput).value.strip() or None

    def _sign(self, sheet: Sheet, signer: Officer) -> None:
        desk = self.app.desk
        if sheet.id is None:
            assert self._receiver is not None
            note = self.query_one("#handover-note", KeyedInput).value.strip() or None
            signed = hand_over(desk, signer, self._receiver, note, sender=self._gone, reason=self._reason)
            if isinstance(signed, Refusal):
                self.refuse(signed)
                return
            self.carried_out()
            self._shift, self._anew = signed, False
            self._show(sheet_of(desk, signed))
            self.query_one(LineTable).focus()
            self.say(tr("handover.countersign", name=self._receiver.name))
            return
        said = said_so_far(desk, signer, sheet.id)
        taken: Done | Refusal = accept(desk, signer, sheet.id, said, action_words(), self._reason)
        if isinstance(taken, Refusal):
            self.refuse(taken)
            return
        with suppress(InvalidInput):  # a shift that can't be written undoes no signature
            open_at_sign_in(desk, signer)
        self.carried_out()
        self.app.officer = signer
        self._show(sheet_of(desk, sheet.id))
        self.show_heading()
        self.say(tr("handover.done", name=signer.name))

    def _answer(self, shift: str, query: str, words: str) -> Refusal | None:
        done = answer_receiver(self.app.desk, self._officer, shift, query, words)
        return done if isinstance(done, Refusal) else None

    def _signer(self, sheet: Sheet) -> Officer | None:
        """Whose PIN comes next; None while nobody is chosen to take over."""
        if sheet.id is None:
            return self._officer if self._receiver is not None else None
        return self._officer if self._in_place(sheet) else self.app.desk.officers.get(sheet.receiver or "")

    def _in_place(self, sheet: Sheet) -> bool:
        """Whether it is a leader who takes over what was meant for another and opened it for that."""
        others = self._officer.id not in (sheet.receiver, sheet.sender, *(who for who, _ in sheet.signed))
        return sheet.id is not None and others and "leader" in self._officer.roles

    def _left(self, sheet: Sheet, signer: Officer) -> int:
        """How many things are still to be read back."""
        assert sheet.id is not None
        found = handover_of(self.app.desk, sheet.id)
        done = found.settled(still_owned(self.app.desk, found)) if found else set()
        done |= said_so_far(self.app.desk, signer, sheet.id).keys()
        return sum(ask.item not in done for ask in read_asks(sheet.sections))

    def _show(self, sheet: Sheet | None) -> None:
        assert sheet is not None
        self._sheet = sheet
        desk = self.app.desk
        given, over = sheet.id is not None, len(sheet.signed) > 1
        sender, receiver = (desk.officers.get(one) if one else None for one in (sheet.sender, sheet.receiver))
        names = [one.name if one else "…" for one in (sender, receiver)]
        signer = self._signer(sheet) if given else self._officer
        left = self._left(sheet, signer) if given and signer and not over else 0
        state = f" · {tr('handover.waits', at=moment_short(sheet.signed[0][1]))}" if given and not over else ""
        state += f" · {tr('handover.left', count=left)}" if left else ""
        who = tr("handover.who", sender=names[0], receiver=names[1]) + state
        self.query_one("#handover-who", Static).update(who)
        others = self._anew or (given and not over)
        self.hint((*self.hints, "discard") if others else self.hints)
        self._list(sheet_lines(desk, sheet, self._questions(sheet), blind=not over))
        leads = "leader" in self._officer.roles
        shown = {
            "handover-for": not given and leads,
            "handover-to": not given,
            "handover-note": not given,
            "handover-reason": (not given and self._gone is not None) or (not over and self._in_place(sheet)),
            "handover-pin": not left,
        }
        for name, visible in shown.items():
            field = self.query_one(f"#{name}")
            field.display = visible
            assert field.parent is not None
            field.parent.display = visible  # type: ignore[attr-defined]  # the line that the field stands in
        self.query_one("#handover-signing").display = not over and any(shown.values())
        pin_label = tr("handover.pin", name=signer.name if signer else "…")
        self.query_one("#handover-pin-label", Static).update(pin_label)

    def _list(self, lines: list[SheetLine]) -> None:
        """Show these lines; where they have changed under the cursor it stays on its dossier."""
        if lines == self._lines:
            return
        self._lines = lines
        table = self.query_one("#handover-sheet", LineTable)
        before: SheetLine | None = table.current
        table.set_source(Listed(lines))
        same = (one for one in lines if before and before.item and one.item and _same(one.item, before.item))
        found = next(same, None)
        if found is not None:
            table.show(found)

    def _questions(self, sheet: Sheet) -> dict[str, Handed]:
        """What was asked about the sheet that is shown, or about those that this officer has signed over."""
        shifts = [sheet.id] if sheet.id else asked_of(self.app.desk, self._officer)
        found = ((shift, handover_of(self.app.desk, shift)) for shift in shifts)
        return {shift: handed for shift, handed in found if handed is not None}

    def _receivers(self, text: str) -> list[Choice]:
        """Who may take over: everybody but the sender who works here, also the leader who signs in his place."""
        may, sender = KINDS["shift_accepted"].roles, (self._gone or self._officer).id
        return self._choices(text, lambda one: one.id != sender and not may.isdisjoint(one.roles))

    def _senders(self, text: str) -> list[Choice]:
        """Whom a leader may sign for: everybody else, and who has left."""
        may, own = KINDS["shift_handed_over"].roles, self._officer.id
        return self._choices(text, lambda one: one.id != own and not may.isdisjoint(effective_roles(one.given)))

    def _choices(self, text: str, may: Callable[[Officer], bool]) -> list[Choice]:
        wanted, everybody = fold(text), self.app.desk.officers.all()
        found = (one for one in everybody if may(one) and wanted in fold(f"{one.code} {one.name}"))
        return [Choice(one.id, one.name, one.code) for one in found]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two lines are of one dossier, with the same act."""
    return "id" in one and (one["id"], one.get("next_action")) == (other.get("id"), other.get("next_action"))


def hand_out_record(screen: OfficerScreen, sheet: Sheet) -> None:
    """The record of a handover to the printer or the viewer; the screen tells where it is."""
    from tui.handover_record import sheet_pdf
    from tui.printing import hand_out

    app = screen.app
    name = f"handover-{sheet.id or 'draft'}.pdf"
    answer = hand_out(app.desk, sheet_pdf(app.desk, sheet), name, app.settings)
    if isinstance(answer, Path):
        screen.say(tr("handover.recorded", file=answer))
    else:
        screen.refuse(answer)
