"""Ctrl+B: the kit for an outage is printed, and of days that are over the blank receipts that are left are voided."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from storage.blanks import BlankDay, blank_days, void_left
from storage.press import Press
from tui.dates import day_long
from tui.i18n import tr
from tui.keys import bind
from tui.outage_kit import BLANKS, MOST_BLANKS, outage_kit, take_kit
from tui.printing import hand_out
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.search_rows import ListSource
from tui.sentences import sentence
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("day", "blanks.day", 22),
    Column("left", "blanks.left", 8),
    Column("numbers", "blanks.numbers", 16, grow=1),
    Column("used", "blanks.used", 9),
    Column("voided", "blanks.voided", 8),
)


@dataclass(frozen=True, slots=True)
class BlankLine:
    """A day as a row."""

    id: str
    day: BlankDay


class BlanksScreen(OfficerScreen):
    """F10 prints the kit of the coming week; Del, pressed twice, voids what is left of the day under the cursor."""

    AUTO_FOCUS = "LineTable"
    name_key = "blanks.title"
    hints: ClassVar[Sequence[str]] = ("save", "remove", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("remove", "remove")]

    def body(self) -> ComposeResult:
        self._asked: BlankDay | None = None
        self._printing = False
        yield TextLines([tr("blanks.about")])
        yield LineTable(_COLUMNS, ListSource(), self._cells, self._mark, empty_key="blanks.none")
        with Horizontal(classes="line"):
            yield Static(tr("blanks.count"), classes="label", markup=False)
            yield KeyedInput(f"{BLANKS}", id="count", classes="middle", enter_moves=False)

    def fill(self) -> None:
        lines = [BlankLine(f"{one.number} {one.day}", one) for one in blank_days(self.app.desk)]
        self.query_one(LineTable).set_source(ListSource(lines))

    def key_title(self, key_id: str) -> str | None:
        return {"save": tr("blanks.print"), "remove": tr("blanks.void")}.get(key_id)

    def action_save(self) -> None:
        """Set the numbers aside, then make and print the pages while keys go on."""
        assert self.app.officer is not None
        typed = self.query_one("#count", KeyedInput).value.strip()
        if not typed.isdecimal() or not 1 <= int(typed) <= MOST_BLANKS:
            self.say(f"✗ {tr('blanks.count_wrong', most=MOST_BLANKS)}")
            self.set_focus(self.query_one("#count", KeyedInput))
            return
        if not self._printing:
            self._printing = True
            self.app.run_worker(self._print(int(typed)), exit_on_error=False)

    async def _print(self, count: int) -> None:
        desk, officer, settings = self.app.desk, self.app.officer, self.app.settings
        assert officer is not None
        self.say(tr("blanks.printing"))
        try:
            today = legal_day(desk.now())
            blanks = take_kit(desk, officer, today, count)
            if isinstance(blanks, Refusal):
                self.refuse(blanks)
                return
            press = Press(desk.folder)
            plate = await asyncio.to_thread(outage_kit(press, desk, today, blanks))
            name = f"outage-kit-{desk.now():%Y%m%d-%H%M%S}.pdf"
            answer = await asyncio.to_thread(hand_out, desk, plate.content, name, settings)
        except InvalidInput as error:
            self.refuse(error)
            return
        finally:
            self._printing = False
        self.fill()
        if isinstance(answer, Path):
            self.say(tr("blanks.printed", count=len(blanks), file=answer))
        else:
            self.say(f"✗ {tr('blanks.unprinted', file=name, why=sentence(answer.code, answer.params))}")
            self.app.bell()

    def action_remove(self) -> None:
        """Ask whether the papers were counted, then void them."""
        assert self.app.officer is not None
        line: BlankLine | None = self.query_one(LineTable).current
        if line is None:
            return
        one = line.day
        if self._asked != one:
            self._asked = one
            self.say(tr("blanks.sure", count=len(one.open), numbers=one.left, day=day_long(one.day)))
            return
        self._asked = None
        try:
            refused = void_left(self.app.desk, self.app.officer, one)
        except InvalidInput as error:
            self.refuse(error)
            return
        if refused is not None:
            self.refuse(refused)
        else:
            self.say(tr("blanks.done", count=len(one.open), day=day_long(one.day)))
        self.fill()

    def _cells(self, line: BlankLine) -> tuple[str, ...]:
        one = line.day
        return day_long(one.day), f"{len(one.open)}", one.left, f"{one.used}", f"{one.voided}"

    def _mark(self, line: BlankLine) -> tuple[str, str]:
        desk = self.app.desk
        over = line.day.day < legal_day(desk.now()) or line.day.number != desk.series.state().number
        return ("!", "overdue") if over else ("", "done")
