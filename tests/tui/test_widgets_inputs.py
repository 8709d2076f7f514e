"""What the inputs promise beyond the order of keys."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from textual.app import App, ComposeResult

from tests.tui.pty_app import procedures
from tests.tui.terminal import Terminal
from tui.widgets.choice import ChoiceInput, ChoiceList
from tui.widgets.inputs import KeyedInput, PinInput, SearchInput


class Form(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[str] = []
        self.chosen: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield KeyedInput(id="number", max_length=12, jump_when_full=True, restrict=r"\d*")
        yield KeyedInput(id="name")
        yield PinInput(id="pin")
        yield SearchInput(id="search")
        yield ChoiceInput(procedures)

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        self.accepted.append(message.value)

    def on_choice_input_chosen(self, message: ChoiceInput.Chosen) -> None:
        self.chosen.append(message.choice.text if message.choice else None)

    def holds(self, name: str) -> str:
        return self.query_one(f"#{name}", KeyedInput).value


async def test_a_full_field_goes_on_by_itself_and_refuses_what_it_may_not_hold() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press(*"0010x85012345", "Đ", "à", "o")
        assert (app.holds("number"), app.holds("name")) == ("001085012345", "Đào")


async def test_enter_tells_the_value_and_goes_on_but_stays_in_pin_and_search() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press("1", "enter", "a", "enter", "7", "enter", "8", "tab", "x", "enter", "y")
        assert app.accepted == ["1", "a", "7", "x"]
        assert app.holds("search") == "xy"
        await pilot.press("escape")
        assert app.holds("search") == ""


async def test_a_pin_is_masked_never_copied_and_gone_once_taken() -> None:
    app = Form()
    async with app.run_test() as pilot:
        pin = app.query_one("#pin", PinInput)
        pin.focus()
        await pilot.press(*"2468", "ctrl+a", "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        assert "2468" not in pin.render_line(0).text
        assert pin.take() == "2468"
        assert pin.value == ""


async def test_a_choice_is_taken_by_enter_and_dropped_when_its_text_changes() -> None:
    app = Form()
    async with app.run_test() as pilot:
        choice = app.query_one(ChoiceInput)
        choice.field.focus()
        await pilot.press("z", "z", "enter")
        assert choice.choice is None
        assert app.focused is choice.field
        await pilot.press("backspace", "backspace", "down", "enter")
        assert choice.choice is not None
        assert app.focused is not choice.field
        choice.field.focus()
        await pilot.press("!")
        assert app.chosen == ["Đăng ký tạm trú", None]


async def test_a_click_takes_a_suggestion_and_the_list_scrolls_with_the_mark() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.click(ChoiceList, offset=(4, 2))
        choice = app.query_one(ChoiceInput)
        assert choice.choice is not None
        assert choice.choice.text == "Tách hộ"
        choice.choose(None)
        choice.field.focus()
        await pilot.press("down", "down", "down", "down")
        shown = [app.query_one(ChoiceList).render_line(y).text.strip() for y in range(3)]
        assert shown[2].startswith("> Khai báo tạm vắng")


def run(code: str, **environment: str) -> str:
    settings = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    ).stdout.strip()


def test_the_switches_are_set_before_textual_is_imported_and_a_persons_own_wins() -> None:
    code = "import sys; from tui.terminal import prepare; prepare(); print('textual' in sys.modules);"
    code += "from textual import constants as c; print(c.DISABLE_KITTY_KEY, c.TEXTUAL_ANIMATIONS, c.ESCAPE_DELAY)"
    assert run(code).split() == ["False", str(os.name != "nt"), "none", "0.01"]
    assert run(code, TEXTUAL_DISABLE_KITTY_KEY="0", ESCDELAY="250").split() == ["False", "False", "none", "0.25"]


def test_no_terminal_is_a_reason_not_to_open_the_screens() -> None:
    assert run("from tui.terminal import refusal; print(refusal())") == "terminal.not_a_terminal"


@pytest.mark.parametrize(("term", "reason"), [("dumb", "terminal.dumb"), ("linux", "None"), ("xterm-256color", "None")])
def test_a_dumb_terminal_is_a_reason_not_to_open_the_screens(term: str, reason: str) -> None:
    with Terminal.python("-c", "from tui.terminal import refusal; print(refusal())", env={"TERM": term}) as terminal:
        terminal.expect(reason)
