"""The table's sliding window behaves as the whole list would, and reads little of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.rows import Line, Rows
from tui.widgets.selection import Selection
from tui.widgets.window import PAGES, Window

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-40, 40)),
        st.tuples(st.just("scroll"), st.integers(-40, 40)),
        st.tuples(st.sampled_from(["home", "end", "reload"]), st.just(0)),
        st.tuples(st.just("resize"), st.integers(1, 15)),
    ),
    max_size=40,
)


@given(count=st.integers(0, 120), height=st.integers(1, 12), steps=STEPS)
def test_the_window_shows_what_the_whole_list_would(count: int, height: int, steps: list[tuple[str, int]]) -> None:
    source = Rows.numbered(count)
    window = Window(source, height)
    for name, amount in steps:
        before = source.rows.index(window.current) if window.current else 0
        if name in ("move", "scroll", "resize"):
            getattr(window, name)(amount)
        else:
            getattr(window, name)()
        if not count:
            assert window.current is None
            continue
        now = source.rows.index(window.current)
        expected = {
            "move": max(0, min(before + amount, count - 1)),
            "home": 0,
            "end": count - 1,
            "reload": before,
        }
        if name in expected:
            assert now == expected[name]
        start = source.rows.index(window.visible[0])
        assert window.visible == source.rows[start : start + window.height]
        assert len(window.visible) == min(window.height, count)
        assert window.current in window.visible
        assert len(window.rows) <= (PAGES + 4) * max(height, window.height, 40)


def test_each_key_reads_at_most_three_screens_of_a_hundred_thousand_rows() -> None:
    source = Rows.numbered(100_000)
    window = Window(source, 20)
    keys = [lambda: window.move(1)] * 50 + [lambda: window.move(19)] * 20 + [window.end, lambda: window.move(-1)]
    keys += [lambda: window.move(-19)] * 20 + [window.reload, window.home]
    for press in keys:
        source.calls = source.read = 0
        press()
        assert source.calls <= 2
        assert source.read <= 3 * window.height
        assert len(window.rows) <= PAGES * window.height


def test_reload_keeps_the_row_and_its_line_when_rows_come_before_it() -> None:
    source = Rows.numbered(100)
    window = Window(source, 10)
    window.move(30)
    kept, line = window.current, window.cursor - window.top
    for place in (1, 3, 55):
        source.replace("", Line(place, f"new{place}"))
    window.reload()
    assert window.current == kept
    assert window.cursor - window.top == line


def test_reload_gives_the_cursor_to_the_row_that_took_the_place_of_one_that_is_gone() -> None:
    source = Rows.numbered(100)
    window = Window(source, 10)
    window.move(30)
    source.replace("d30")
    window.reload()
    assert window.current is not None
    assert window.current.id == "d31"


def test_reload_follows_a_row_that_moved_near_by_and_shows_its_new_text() -> None:
    source = Rows.numbered(100)
    window = Window(source, 10)
    window.move(30)
    source.replace("d30", Line(67, "d30", "moved"))
    window.reload(keep="d30")
    assert window.current == Line(67, "d30", "moved")


def test_a_list_that_was_empty_shows_its_first_rows_on_reload() -> None:
    source = Rows([])
    window = Window(source, 5)
    source.replace("", Line(1, "first"))
    window.reload()
    assert [row.id for row in window.visible] == ["first"]


def test_the_last_row_of_a_list_can_go() -> None:
    source = Rows([Line(1, "only")])
    window = Window(source, 5)
    source.replace("only")
    window.reload()
    assert window.current is None


def test_show_finds_a_row_far_away() -> None:
    source = Rows.numbered(1000)
    window = Window(source, 10)
    window.show(source.rows[700])
    assert window.current == source.rows[700]
    assert len(window.visible) == 10


def test_a_range_follows_the_cursor_and_shrinks_when_it_returns() -> None:
    rows = Rows.numbered(50).rows
    selection = Selection()
    selection.toggle("d1")
    selection.toggle_range("d10")
    selection.extend(rows, rows[10], 14)
    assert selection.ids == {"d1", "d10", "d11", "d12", "d13", "d14"}
    selection.extend(rows, rows[14], 8)
    assert selection.ids == {"d1", "d8", "d9", "d10"}
    selection.stop_range()
    selection.extend(rows, rows[8], 20)
    assert selection.ids == {"d1", "d8", "d9", "d10"}
