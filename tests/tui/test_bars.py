"""Bars: as long as their values, in eighths or in ASCII; and the charts of each report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.moments import LEGAL_TIME
from storage.daily import daily
from storage.desk import Desk
from tests.conftest import act, take_in
from tui.bars import Bar, Chart, bar, chart_lines, pictured, svg
from tui.reports import report
from tui.reports.pictures import charts, pictures

EIGHTHS = " ▏▎▍▌▋▊▉█"


@pytest.mark.parametrize(
    ("value", "top", "expected", "plain"),
    [
        (0, 8, "", ""),
        (8, 8, "████", "####"),
        (4, 8, "██", "##"),
        (1, 8, "▌", "#"),
        (3, 8, "█▌", "##"),
        (1, 1000, "▏", "#"),
        (99, 8, "████", "####"),
        (5, 0, "", ""),
        (-1, 8, "", ""),
    ],
)
def test_a_bar_by_hand(value: float, top: float, expected: str, plain: str) -> None:
    assert (bar(value, top, 4), bar(value, top, 4, plain=True)) == (expected, plain)


@given(value=st.integers(0, 10_000), more=st.integers(0, 10_000), top=st.integers(1, 10_000), width=st.integers(0, 80))
def test_no_bar_is_too_long_and_more_is_never_shorter(value: int, more: int, top: int, width: int) -> None:
    for plain in (False, True):
        one, other = bar(value, top, width, plain=plain), bar(value + more, top, width, plain=plain)
        assert cell_len(one) <= width and length(one) <= length(other)
        assert bool(one) == bool(value and width)
        assert not plain or one.isascii()


def length(drawn: str) -> int:
    return sum(EIGHTHS.index(sign) if sign in EIGHTHS else 8 for sign in drawn)


@given(values=st.lists(st.integers(0, 99), max_size=9), width=st.integers(30, 120))
def test_a_chart_keeps_to_its_width_and_tells_every_value(values: list[int], width: int) -> None:
    chart = Chart("t", tuple(Bar(f"ngày {place}", one, str(one)) for place, one in enumerate(values)), empty="–")
    lines = chart_lines(chart, width)
    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == (1 + len(values) if values else 2)
    assert all(line.endswith(str(one)) for line, one in zip(lines[1:], values, strict=False))


@given(value=st.floats(0, 1e6), top=st.floats(0, 1e6))
def test_the_svg_is_one_that_can_be_read(value: float, top: float) -> None:
    found = ET.fromstring(svg(Bar("<&>", value, "x"), top))
    assert 0 <= float(found[-1].attrib["width"]) <= 200


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def test_days_are_counted_once_each(desk: Desk) -> None:
    desk.now = lambda: at("2026-06-03T09:00")
    take_in(desk, at=at("2026-05-21T23:59"))
    take_in(desk, at=at("2026-05-22T00:00"), channel="online")
    done = take_in(desk, at=at("2026-05-22T09:00"), channel="counter")
    act(desk, done, "result_ready", at=at("2026-05-25T09:00"))
    found = daily(desk, date(2026, 5, 1), date(2026, 6, 30))
    assert found.came == {date(2026, 5, 21): 1, date(2026, 5, 22): 2}
    assert (found.online, found.known) == ({date(2026, 5, 22): 1}, {date(2026, 5, 22): 2})
    assert found.ended == {date(2026, 5, 25): 1}
    assert sum(found.due.values()) == 3 and max(found.due) == date(2026, 6, 2)
    assert daily(desk, date(2026, 5, 1), date(2026, 6, 30), "H30-999").came == {}


@pytest.mark.parametrize(
    ("first", "last", "bars"),
    [
        (date(2026, 5, 1), date(2026, 5, 31), 11),
        (date(2026, 5, 1), date(2026, 7, 31), 11),
        (date(2026, 1, 1), date(2026, 12, 31), 8),
        (date(1, 1, 2), date(9998, 12, 31), 12),  # from its receipt to its due day
        (date(2019, 1, 1), date(2020, 12, 31), 0),
    ],
)
def test_by_day_by_week_by_month(desk: Desk, first: date, last: date, bars: int) -> None:
    """From the day of the receipt on: before it nothing was counted."""
    take_in(desk)
    desk.now = lambda: at("2027-01-01T09:00")
    form = report("ii06a")
    facts = form.read(desk, first, last, None)
    found = charts(desk, form.sheet(desk, facts), facts)
    assert [len(one.bars) for one in found[:1]] == [bars] and sum(one.value for one in found[0].bars) == bool(bars)
    assert found[1].bars == () and found[1].empty, "nothing ended"
    assert found[3].bars == () and "Chưa có số liệu" in found[3].empty, "no channel is known"
    assert all(words == one.words for one, (_, _, words) in zip(found[0].bars, pictures(found)[0].bars, strict=True))


def test_of_many_years_a_bar_is_a_year(desk: Desk) -> None:
    take_in(desk)
    desk.now = lambda: at("2030-06-03T09:00")
    take_in(desk, at=at("2030-06-03T09:00"))
    form = report("ii06a")
    facts = form.read(desk, date(2000, 1, 1), date(2050, 12, 31), None)
    found = charts(desk, form.sheet(desk, facts), facts)
    assert [(one.label, one.value) for one in found[0].bars if one.value] == [("2026", 1), ("2030", 1)]


def test_what_is_past_the_limit_stands_out(desk: Desk) -> None:
    desk.now = lambda: at("2026-06-30T09:00")
    act(desk, take_in(desk), "result_ready", at=at("2026-06-05T09:00"))
    form = report("faster")
    facts = form.read(desk, date(2026, 6, 1), date(2026, 6, 30), None)
    (chart,) = charts(desk, form.sheet(desk, facts), facts)
    assert [(one.label, one.strong) for one in chart.bars if one.value] == [("11 ▶", True)]
    none = form.read(desk, date(2020, 6, 1), date(2020, 6, 30), None)
    assert "Chưa có số liệu." in "\n".join(pictured(charts(desk, form.sheet(desk, none), none), 80))


def test_no_bar_is_of_days_that_nobody_can_know(desk: Desk) -> None:
    """Nothing was counted before 21/5, and after that day nothing has come yet; what falls due then is known."""
    form = report("ii06a")
    take_in(desk)
    facts = form.read(desk, date(2026, 5, 19), date(2026, 6, 2), None)
    came, ended, due, uptake = charts(desk, form.sheet(desk, facts), facts)
    assert [bar.label for bar in came.bars] == ["21/05"]
    assert ended.bars == () and [bar.label for bar in uptake.bars] in ([], ["21/05"])
    assert [bar.label for bar in due.bars][:1] == ["21/05"] and due.bars[-1].label == "02/06"
    assert [bar.label for bar in due.bars if bar.value] == ["01/06"]


def test_a_period_that_has_not_begun_says_so(desk: Desk) -> None:
    form = report("ii06a")
    take_in(desk)
    told = form.sheet(desk, form.read(desk, date(2026, 7, 1), date(2026, 7, 31), None))
    runs = form.sheet(desk, form.read(desk, date(2026, 5, 1), date(2026, 5, 31), None))
    assert any("Kỳ chưa bắt đầu" in words for words in told.about)
    assert any("Kỳ chưa hết" in words for words in runs.about)
