"""Vietnamese composed by the fields: what officers type, see, erase, paste and scan while F8 is on."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from core.composing import Method, ToneStyle
from tui.widgets.composing import Typing
from tui.widgets.inputs import KeyedInput, PinInput, SearchInput
from tui.widgets.notes import KeyedNote

TELEX, VNI = Typing(Method.TELEX), Typing(Method.VNI)


class Fields(App[None]):
    def __init__(self, typing: Typing) -> None:
        super().__init__()
        self.typing = typing

    def compose(self) -> ComposeResult:
        yield KeyedInput(id="words", holds="words", max_length=40)
        yield KeyedInput(id="codes")
        yield SearchInput(id="both")
        yield PinInput(id="pin")
        yield KeyedNote(id="note")

    def field(self, name: str = "words") -> KeyedInput:
        return self.query_one(f"#{name}", KeyedInput)

    def shows(self, name: str = "words") -> str:
        """The text with the cursor in it."""
        field = self.field(name)
        return f"{field.value[: field.cursor_position]}|{field.value[field.cursor_position :]}"

    def write(self, text: str, name: str = "words") -> None:
        """Put a text with its cursor into a field that gets the focus."""
        field = self.field(name)
        field.value = text.replace("|", "")
        field.focus()
        field.cursor_position = text.index("|")


def pressed(keys: str) -> list[str]:
    """Keys of a table: `<` is Backspace, `[` and `]` go left and right."""
    named = {" ": "space", "-": "minus", "<": "backspace", "[": "left", "]": "right"}
    return [named.get(key, key) for key in keys]


def burst(field: KeyedInput, text: str, gap: float = 0.001, start: float = 1.0) -> float:
    """A scanner's keys, which come at its pace; answers when the last one came."""
    for place, letter in enumerate(text):
        key = events.Key(letter, letter)
        key.time = start + place * gap
        field.take_key(key)
    return start + (len(text) - 1) * gap


@pytest.mark.parametrize(
    ("typing", "given", "keys", "told"),
    [
        (TELEX, "|", "Nguyeenx Thij Hoongf Ddaof", "Nguyễn Thị Hồng Đào|"),
        (VNI, "|", "Nguye6n4 Thi5 Ho6ng2 D9ao2", "Nguyễn Thị Hồng Đào|"),
        (TELEX, "|", "hoaf thuys", "hòa thúy|"),
        (Typing(Method.TELEX, ToneStyle.NEW), "|", "hoaf thuys", "hoà thuý|"),
        (Typing(), "|", "Nguyeenx", "Nguyeenx|"),
        (TELEX, "|", "H'Hen Niee", "H'Hen Niê|"),
        (TELEX, "|", "ass", "as|"),
        (TELEX, "|", "www", "ww|"),
        (TELEX, "|", "tw<w", "tư|"),
        (VNI, "|", "a11", "a1|"),
        (TELEX, "|", "toans<", "tóa|"),
        (TELEX, "|", "vieejt<<t", "vit|"),
        (TELEX, "|", "Ddaof<<<<<", "|"),
        (TELEX, "hoà, |", "<<", "hoà|"),
        (TELEX, "Nguyen| Van A", "x", "Nguyẽn| Van A"),
        (TELEX, "hoa|n kiem", "f", "hoà|n kiem"),
        (TELEX, "h|oan", "f", "h|oàn"),
        (TELEX, "toa|án", "<", "to|án"),
        (TELEX, "Nguyễn Thị|", "[[[[s", "Nguyến| Thị"),
        (TELEX, "Tho|", "wr", "Thở|"),
        (TELEX, "|Nguyễn", "Ddawngj ", "Đặng |Nguyễn"),
        (TELEX, "Nguye\u0302\u0303n Thi|", "j", "Nguyễn Thị|"),
    ],
)  # fmt: skip
async def test_what_is_typed_where_the_cursor_stands(typing: Typing, given: str, keys: str, told: str) -> None:
    app = Fields(typing)
    async with app.run_test() as pilot:
        app.write(given)
        await pilot.press(*pressed(keys))
        assert app.shows() == told


async def test_numbers_codes_and_pins_are_as_typed() -> None:
    app = Fields(TELEX)
    async with app.run_test() as pilot:
        for name, told in (("codes", "DDaas1"), ("pin", "DDaas1"), ("both", "Đấ1")):
            app.field(name).focus()
            await pilot.press(*"DDaas1")
            assert app.field(name).value == told


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("43A1", "43A1"), ("E1234567", "E1234567"), ("EC1234567", "EC1234567"), ("H30-001-260521", "H30-001-260521"),
        ("A3", "A3"), ("0912", "0912"), ("nguye6n4 d9ao2", "nguyễn đào"), ("D9a85ng", "Đặng"), ("ke1t 2", "két 2"),
        ("TRA6N2", "TRẦN"), ("han11", "han1"),
    ],
)  # fmt: skip
async def test_in_a_search_box_vni_leaves_numbers_alone(keys: str, told: str) -> None:
    app = Fields(VNI)
    async with app.run_test() as pilot:
        app.write("|", "both")
        await pilot.press(*pressed(keys))
        assert app.field("both").value == told


async def test_a_key_takes_the_place_of_what_is_selected_and_backspace_takes_only_that() -> None:
    app = Fields(TELEX)
    async with app.run_test() as pilot:
        app.write("Tran Van An|")
        await pilot.press("shift+left", "shift+left", "A", "n", "h", "s")
        assert app.shows() == "Tran Van Ánh|"
        await pilot.press("shift+home", "backspace")
        assert app.shows() == "|"
        app.write("toán hoc|")
        await pilot.press("home", "right", "right", "shift+right", "shift+right", "backspace", "j")
        assert app.shows() == "tọ| hoc"


async def test_a_full_field_still_takes_the_marks_of_its_last_word() -> None:
    app = Fields(TELEX)
    async with app.run_test() as pilot:
        app.write("x" * 36 + " Hoa|")
        app.field().max_length = 40
        await pilot.press("f", "n")
        assert app.field().value == "x" * 36 + " Hòa"


async def test_what_an_input_method_or_the_clipboard_brings_is_only_normalised() -> None:
    app = Fields(TELEX)
    async with app.run_test():
        app.write("|")
        burst(app.field(), "Nguye\u0302\u0303n Đức", gap=0.05)
        assert app.field().value == "Nguyễn Đức"
        app.write("Ddaof |")
        app.field().take_paste("aas Thie\u0323\u0302n\n")
        assert app.shows() == "Ddaof aas Thiện|"


async def test_a_scanners_burst_is_never_composed() -> None:
    code = "AABBddoowwass12345/aa-oo"
    app = Fields(TELEX)
    async with app.run_test():
        app.write("Kệ |")
        burst(app.field(), code)
        assert app.shows() == f"Kệ {code}|"
        for end in ("enter", "tab"):
            app.write("Kệ | B")
            key = events.Key(end, None)
            key.time = burst(app.field(), "AAoowass") + 0.02
            app.field().take_key(key)
            assert app.field().value == "Kệ AAoowass B"


async def test_quick_typing_is_no_scan() -> None:
    app = Fields(TELEX)
    async with app.run_test():
        for text, gap, told in (("Ddaof", 0.01, "Đào"), ("Nguyeenx Thij Hoongf Ddaof", 0.04, "Nguyễn Thị Hồng Đào")):
            app.write("|")
            key = events.Key("enter", None)
            key.time = burst(app.field(), text, gap) + 0.01
            app.field().take_key(key)
            assert app.field().value == told


async def test_a_note_of_several_lines_is_composed_line_by_line_and_undone() -> None:
    app = Fields(TELEX)
    async with app.run_test() as pilot:
        note = app.query_one(TextArea)
        note.focus()
        await pilot.press(*pressed("Ddaof"), "enter", *pressed("toans<"))
        assert (note.text, note.cursor_location) == ("Đào\ntóa", (1, 3))
        note.selection = Selection((0, 2), (1, 1))
        await pilot.press(*pressed("nf"))
        assert (note.text, note.cursor_location) == ("Đanfóa", (0, 4))
        note.undo()
        note.undo()
        assert note.text == "Đào\ntóa"
