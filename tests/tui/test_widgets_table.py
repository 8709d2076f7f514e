"""What the table shows and says, on a screen without a terminal."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from tests.tui.pty_app import COLUMNS, Table
from tests.tui.rows import Line, Rows
from tui.widgets.columns import Column, arrange
from tui.widgets.queue_table import LineTable


def lines(table: LineTable) -> list[str]:
    return [strip.text.rstrip() for strip in table.render_lines(Region(0, 0, *table.size))]


async def test_a_table_shows_its_columns_its_signs_and_its_cursor() -> None:
    app = Table(Rows.numbered(7))
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(LineTable)
        assert lines(table)[:3] == [
            "    id        name                           state      left",
            "▶ ! d0        Nguyễn Thị Hồng Đào 0          received      0",
            "  ! d1        Nguyễn Thị Hồng Đào 1          received      2",
        ]
        await pilot.press("down", "space", "v", "down", "down", "v", "down")
        assert table.selected == {"d1", "d2", "d3"}
        assert [line[:9] for line in lines(table)[1:6]] == [
            "  ! d0   ",
            " *! d1   ",
            " *! d2   ",
            " *! d3   ",
            "▶ ! d4   ",
        ]
        table.clear_selection()
        assert table.selected == frozenset()


async def test_a_text_that_does_not_fit_is_cut_and_control_characters_do_not_reach_the_terminal() -> None:
    app = Table(Rows([Line(1, "x", "Đặng\x1b[31m Thị\n Hồng Đào rất dài"), Line(2, "y", "e\u0302\u0323")]))
    async with app.run_test(size=(44, 6)):
        first, second = lines(app.query_one(LineTable))[1:3]
        assert "\x1b" not in first and "\n" not in first
        assert "…" in first and first.endswith("1")
        assert "ệ" in second and len(second) == len(first)


async def test_the_mouse_moves_the_cursor_and_a_double_click_opens() -> None:
    app = Table(Rows.numbered(100))
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(LineTable)
        await pilot.click(LineTable, offset=(5, 4))
        assert table.current.id == "d3"
        await pilot.click(LineTable, offset=(5, 0))
        assert table.current.id == "d3"
        await pilot.click(LineTable, offset=(5, 2), times=2)
        assert str(app.query_one("#said").render()) == "opened d1."


async def test_a_reload_keeps_the_officers_place_and_an_empty_list_says_so() -> None:
    rows = Rows.numbered(100)
    app = Table(rows)
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.query_one(LineTable)
        await pilot.press("pagedown", "pagedown")
        kept = table.current
        rows.replace("d2", Line(1, "new"))
        table.reload()
        assert table.current == kept
        table.set_source(Rows([]))
        await pilot.pause()
        assert table.current is None
        assert str(app.query_one("#said").render()) == "at None."
        assert any(line.strip() for line in lines(table)[1:])
        await pilot.press("down", "enter", "space", "v", "pageup", "home", "end")
        assert table.selected == frozenset()


@pytest.mark.parametrize(("width", "shown"), [(60, "id name state left"), (30, "id name left")])
def test_columns_go_by_priority(width: int, shown: str) -> None:
    assert " ".join(place.column.key for place in arrange(COLUMNS, width)) == shown


def test_a_short_column_takes_the_place_of_a_long_one() -> None:
    columns = [
        Column("a", "a", 10),
        Column("long", "l", 30, priority=1),
        Column("short", "s", 5, instead_of="long"),
    ]
    assert [place.column.key for place in arrange(columns, 50)] == ["a", "long"]
    assert [place.column.key for place in arrange(columns, 20)] == ["a", "short"]


def test_spare_room_is_shared_out_to_the_last_cell() -> None:
    columns = [Column("a", "a", 5, grow=1), Column("b", "b", 5, grow=2), Column("c", "c", 5)]
    places = arrange(columns, 40)
    assert sum(place.width + 1 for place in places) - 1 == 40
    assert places[2].width == 5


def test_on_the_widest_screen_what_belongs_together_stands_together() -> None:
    from tui.screens.queue_rows import COLUMNS

    widths = {place.column.key: place.width for place in arrange(COLUMNS, 196)}
    assert widths["name"] == 40 and widths["procedure"] > 90
    told = arrange([Column("a", "a", 10, grow=1, most=30), Column("words", "w", 20, grow=1)], 190)
    assert [place.width for place in told] == [30, 159]


def test_on_the_smallest_screen_names_give_way_to_dates_and_figures() -> None:
    from tui.screens.queue_rows import COLUMNS

    for width in (56, 60, 64, 70):
        places = arrange(COLUMNS, width)
        assert sum(place.width + 1 for place in places) - 1 <= width
        assert {"due": 8, "left": 12, "number": 11}.items() <= {p.column.key: p.width for p in places}.items()
