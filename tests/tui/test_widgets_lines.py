"""The texts around the tables: ribbon, timeline, key line, cells. No screen is needed for most."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tests.tui.pty_app import NOVEMBER, Gallery
from tui.i18n import set_language
from tui.keys import FUNCTION_LINE
from tui.screens.parts import TextLines
from tui.widgets.cells import cut, fit, spread
from tui.widgets.inputs import KeyedInput, typed
from tui.widgets.ribbon import RibbonDay, ribbon, ribbon_days
from tui.widgets.status import StatusBar, key_line
from tui.widgets.timeline import TimelineEntry, timeline, wrapped

NAMES = st.text(alphabet="aăâbđeêiouưạảễ ộ\u0301\u0323\u4e2d\x1b\n\u200b", max_size=40)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    set_language("vi")
    yield
    set_language("vi")


def test_the_ribbon_names_every_day_of_a_limit() -> None:
    line = "24 lễ | 25 ① | 26 ② | 27 ③ | 28 T7 | 29 CN | 30 ④ | 01 ⑤ | 02 ⑥ | 03 ⑦"
    assert ribbon(NOVEMBER, 96) == [line]
    assert " | ".join(ribbon(NOVEMBER, 40)) == line
    assert ribbon(NOVEMBER, 96, plain=True)[0].startswith("24 lễ | 25 1 | 26 2")
    assert ribbon([], 40) == []


def test_a_long_holiday_is_folded_before_anything_is_left_out() -> None:
    tet = [RibbonDay(date(2026, 2, 14) + timedelta(n), "day_off") for n in range(9)]
    counted = [RibbonDay(date(2026, 2, 23) + timedelta(n), "counted", n + 1) for n in range(4)]
    assert ribbon([*tet, *counted], 40) == ["14–22/02 nghỉ | 23 ① | 24 ② | 25 ③", "26 ④"]


@given(count=st.integers(0, 200), width=st.integers(12, 120))
def test_the_ribbon_is_never_wider_than_two_lines_and_keeps_both_ends(count: int, width: int) -> None:
    days = [RibbonDay(date(2026, 1, 5) + timedelta(n), "counted", n + 1) for n in range(count)]
    lines = ribbon(days, width)
    assert len(lines) <= 2
    assert all(cell_len(line) <= width for line in lines)
    if count:
        assert lines[0].startswith("05 ①")
        assert f"{days[-1].day:%d} " in lines[-1]


def may(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def test_segments_become_days_and_the_effect_that_matters_most_wins() -> None:
    segments = [
        ("receipt_day", may(21, 9), may(22)),
        ("counted", may(22), may(23)),
        ("day_off", may(23), may(25)),
        ("counted", may(25), may(25, 10)),
        ("closed", may(25, 10), may(26)),
    ]
    assert ribbon(ribbon_days(segments), 80) == ["21 nhận | 22 ① | 23 T7 | 24 CN | 25 ②"]


def test_a_timeline_wraps_under_its_words() -> None:
    entries = [TimelineEntry("18/11 14:10", "Nhận hồ sơ", "quầy 1"), TimelineEntry("20/11", "a " * 20, sign="!")]
    assert timeline(entries, 40) == [
        "18/11 14:10   Nhận hồ sơ · quầy 1",
        "20/11       ! a a a a a a a a a a a a a",
        "              a a a a a a a",
    ]
    assert timeline([], 40) == []


def test_a_no_break_space_holds_words_together() -> None:
    assert wrapped("○\u00a01\u00a0Tốt · ○\u00a02\u00a0Kém", 10) == ["○ 1 Tốt ·", "○ 2 Kém"]


@given(text=NAMES, width=st.integers(1, 30))
def test_wrapped_text_loses_no_letter(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(fit(text, 200).split())


@given(text=NAMES, width=st.integers(0, 40))
def test_a_cell_is_exactly_as_wide_as_it_should_be_and_holds_no_control(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, "right")) == width
    assert fit(text, width).isprintable()
    assert cell_len(cut(text, width)) <= width


@given(left=NAMES, middle=NAMES, right=NAMES, width=st.integers(0, 100))
def test_three_texts_share_a_line_exactly(left: str, middle: str, right: str, width: int) -> None:
    assert cell_len(spread(left, middle, right, width)) == width


@given(text=NAMES)
def test_what_enters_a_field_is_composed_and_printable(text: str) -> None:
    entered = typed(text)
    assert entered.isprintable()
    assert unicodedata.is_normalized("NFC", entered)
    assert typed(entered) == entered


@pytest.mark.parametrize("language", ["vi", "en"])
def test_all_numbered_keys_fit_on_eighty_columns(language: str) -> None:
    set_language(language)
    keys = key_line(FUNCTION_LINE, 79)
    assert [key_id for key_id, _, _ in keys] == list(FUNCTION_LINE)
    assert key_line(FUNCTION_LINE, 120)[0][2].startswith(" ")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_numbered_key_is_there_on_sixty_columns(language: str) -> None:
    set_language(language)
    keys = key_line(FUNCTION_LINE, 59, bare=True)
    assert [key_id for key_id, _, _ in keys] == list(FUNCTION_LINE)
    assert keys[0][2] and keys[-1][2] and not keys[-2][2]
    assert cell_len(" ".join(label + words for _, label, words in keys)) <= 59


@given(width=st.integers(10, 100))
def test_help_is_always_among_the_keys(width: int) -> None:
    keys = key_line(FUNCTION_LINE, width)
    assert keys[-1][0] == "help"
    assert cell_len(" ".join(label + words for _, label, words in keys)) <= max(width, 8)


async def test_the_bars_tell_who_where_and_which_keys_and_a_click_presses_one() -> None:
    app = Gallery()
    pressed = []
    app.simulate_key = pressed.append  # type: ignore[method-assign]
    async with app.run_test(size=(100, 28)) as pilot:
        bar = app.query_one(StatusBar)
        text = [bar.render_line(y).text for y in range(3)]
        assert text[0].startswith(" Space Chọn/bỏ b Làm hàng loạt")
        assert text[1].startswith(" F1 Hàng đợi F2 Nhận")
        assert text[2].startswith(" ● Đồng bộ: 3 phút trước")
        await pilot.click(StatusBar, offset=(text[1].index("F3") + 1, 1))
        assert pressed == ["f3"]


class Cramped(App[None]):
    """Three lines in a room of two, a field narrower than its hint, a label longer than its room."""

    CSS = "TextLines { height: 2; width: 20; } KeyedInput { width: 14; }"

    def compose(self) -> ComposeResult:
        yield TextLines(["một hai ba bốn năm sáu bảy tám chín mười mười một"], id="lines")
        yield KeyedInput(placeholder="mã hồ sơ, số thẻ, họ tên", id="field")


async def test_words_that_have_no_room_end_in_an_ellipsis() -> None:
    app = Cramped()
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        lines = app.query_one("#lines", TextLines)
        assert lines.render_line(0).text.rstrip() == "một hai ba bốn năm"
        assert lines.render_line(1).text.rstrip() == "sáu bảy tám chín …"
        field = app.query_one("#field", KeyedInput)
        assert field.placeholder == "mã hồ sơ, s…" and field.render_line(0).text.rstrip().endswith("…")
        field.styles.width = 30
        await pilot.pause()
        assert field.placeholder == "mã hồ sơ, số thẻ, họ tên"


def test_what_a_no_break_space_joins_stays_on_one_line() -> None:
    from tui.widgets.timeline import GLUE, wrapped

    assert wrapped(f"2{GLUE}lần{GLUE}sau · 3{GLUE}không", 12) == ["2 lần sau ·", "3 không"]
    assert wrapped(f"a{GLUE}very long", 4) == ["a ve", "ry", "long"]
