"""Receipt numbers: whose they are, read back, and what a day leaves open."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numbers import free_number, is_overflow, read_number, receipt_number, spans, unused

DAY = date(2026, 5, 21)
DESKS, SERIALS = st.integers(1, 89), st.integers(1, 9999)


@pytest.mark.parametrize(
    ("desk", "serial", "tail"),
    [
        (1, 1, "0001"), (1, 500, "0500"), (2, 1, "0501"), (19, 500, "9500"), (1, 501, "110001"), (19, 502, "290002"),
        (20, 1, "300001"), (89, 1, "990001"), (1, 10_499, "119999"), (20, 9_999, "309999"),
    ],
)  # fmt: skip
def test_receipt_numbers_by_desk(desk: int, serial: int, tail: str) -> None:
    assert receipt_number("H30", DAY, desk, serial) == f"H30-260521-{tail}"


@pytest.mark.parametrize(("desk", "serial"), [(1, 10_500), (20, 10_000), (1, 0), (0, 1), (90, 1)])
def test_past_its_last_serial_a_desk_gives_no_number(desk: int, serial: int) -> None:
    assert receipt_number("H30", DAY, desk, serial) is None


@given(DESKS, DESKS, SERIALS, SERIALS)
def test_two_desks_never_give_one_number(one: int, other: int, first: int, second: int) -> None:
    same = receipt_number("H30", DAY, one, first) == receipt_number("H30", DAY, other, second)
    assert same == ((one, first) == (other, second))


@given(DESKS, SERIALS, st.dates(date(1990, 1, 1)), st.sampled_from(["H30-001", "T48.99", "A"]))
def test_a_number_reads_back_as_it_was_written(desk: int, serial: int, day: date, unit: str) -> None:
    written = receipt_number(unit, day, desk, serial)
    assert written is not None
    read = read_number(written)
    assert read is not None
    assert (read.unit, read.day, read.desk_number, read.serial) == (unit, f"{day:%y%m%d}", desk, serial)


@pytest.mark.parametrize(
    "text",
    ["", "H30-260521-0000", "H30-260521-9501", "H30-260521-100001", "H30-260521-110000", "H30-260521-12345", "x"],
)
def test_what_no_desk_gives_out_is_nobodys_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("tail", "over"), [("0001", False), ("0500", False), ("110001", True), ("300001", True), ("nope", False)]
)
def test_a_number_past_its_desks_range_is_to_be_mapped(tail: str, over: bool) -> None:
    assert is_overflow(f"H30-260521-{tail}") is over


@pytest.mark.parametrize(
    ("held", "free"), [(set(), 1), ({1, 2, 4}, 3), (set(range(1, 20)), 20), (set(range(1, 90)), None)]
)
def test_the_next_free_desk_number_has_a_range_where_one_is_left(held: set[int], free: int | None) -> None:
    assert free_number(held) == free


@given(st.permutations(range(12)), st.integers(2, 12), st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_two_desks_that_know_each_other_never_take_the_same_number(
    order: list[int], desks: int, known: set[int], known_to_the_other: set[int]
) -> None:
    one, other = [place for place in order if place < desks][:2]
    assert free_number(known, one, desks) != free_number(known_to_the_other, other, desks)


def test_a_desk_whose_own_numbers_are_gone_takes_any() -> None:
    assert free_number(range(1, 90, 2), 0, 2) == 2
    assert [free_number({1, 2, 3}, 1, 3, before) for before in (0, 1, 500)] == [5, 8, 88]


@pytest.mark.parametrize(
    ("desk", "last", "taken", "left"),
    [
        (1, 0, set(), ["0001-0500"]),
        (2, 3, {1, 3}, ["0502", "0504-1000"]),
        (1, 502, set(range(1, 499)) | {502}, ["0499-0500", "110001"]),
        (20, 3, {1, 3}, ["300002"]),
    ],
)
def test_what_a_day_leaves_unused(desk: int, last: int, taken: set[int], left: list[str]) -> None:
    assert unused(desk, last, taken) == left


@given(st.sets(st.integers(1, 60)))
def test_spans_hold_what_they_were_made_of(serials: set[int]) -> None:
    parts = spans(serials)
    assert {one for first, last in parts for one in range(first, last + 1)} == serials
    assert all(later[0] > earlier[1] + 1 for earlier, later in itertools.pairwise(parts))
