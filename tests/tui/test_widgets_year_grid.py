"""How a year is cut to a terminal, and how a day's load is written."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from core.day_kinds import DayKind
from tui.i18n import set_language, tr
from tui.widgets.year_grid import frame_for, legend, load_bar, load_number


@pytest.mark.parametrize(
    ("size", "months", "tall"),
    [
        ((120, 26), 12, False),
        ((200, 50), 12, True),
        ((92, 34), 12, False),
        ((100, 17), 6, False),
        ((80, 14), 3, True),
        ((80, 13), 2, False),
        ((60, 10), 2, False),
        ((20, 5), 1, False),
    ],
)
def test_as_many_months_as_fit(size: tuple[int, int], months: int, tall: bool) -> None:
    frame = frame_for(*size)
    assert (frame.months, frame.tall) == (months, tall)
    assert 12 % frame.months == 0


@pytest.mark.parametrize("width", range(60, 201, 7))
@pytest.mark.parametrize("height", range(10, 60, 3))
def test_nothing_stands_outside(width: int, height: int) -> None:
    frame = frame_for(width, height)
    assert frame.width <= width
    assert frame.rows * frame.block - frame.apart <= height


@pytest.mark.parametrize(
    ("count", "width", "text"), [(0, 3, ""), (45, 3, "45"), (100, 3, "99+"), (999, 4, "999"), (1000, 4, "999+")]
)
def test_a_number_says_where_it_is_more(count: int, width: int, text: str) -> None:
    assert load_number(count, width) == text


def test_a_bar_is_there_as_soon_as_one_falls_due() -> None:
    assert [load_bar(count, 100) for count in (0, 1, 50, 100)] == [" ", "▁", "▄", "█"]
    assert [load_bar(count, 3) for count in (1, 3)] == ["▁", "▃"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_has_a_sign_of_its_own(language: str) -> None:
    set_language(language)
    signs = [tr(f"calendar.sign.{kind}") for kind in DayKind if kind is not DayKind.WORKING]
    assert len(set(signs)) == len(signs) and all(cell_len(sign) == 1 for sign in signs)
    assert cell_len(legend(78, tall=True)) <= 78 and all(sign in legend(120, tall=False) for sign in signs)
    assert legend(3, tall=False) == ""
