"""What is typed to narrow the queue."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.filter import Narrowing, parse_filter, read_day

TODAY = date(2026, 11, 23)
WORDS = {"dang xu ly": "in_progress", "cho bo sung": "awaiting_supplement", "qua han": "overdue", "hom nay": "today"}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Narrowing()),
        ("Hồng Đào", Narrowing(text="hong dao")),
        ("0412", Narrowing(text="0412")),
        ("đang xử lý han<=25/11", Narrowing(state="in_progress", due_until=date(2026, 11, 25))),
        ("quá hạn", Narrowing(urgency="overdue")),
        ("hạn<25/11 hong", Narrowing(text="hong", due_until=date(2026, 11, 24))),
        ("tt:tach ho", Narrowing(procedure="tach ho")),
        ("tt:tách hộ han<=25 lan", Narrowing(text="lan", procedure="tach ho", due_until=date(2026, 11, 25))),
        ('tt:"tach ho" lan', Narrowing(text="lan", procedure="tach ho")),
        ("lan cb:tm cho bo sung", Narrowing(text="lan", officer="tm", state="awaiting_supplement")),
        ("hạn=25/11", Narrowing(due_from=date(2026, 11, 25), due_until=date(2026, 11, 25))),
        ("due:01/02/2027 lan", Narrowing("lan", due_from=date(2027, 2, 1), due_until=date(2027, 2, 1))),
        ("han=31/02", Narrowing(unknown=("han=31/02",))),
        ("due<=01/02/2027", Narrowing(due_until=date(2027, 2, 1))),
        ("han<=31/02", Narrowing(unknown=("han<=31/02",))),
        ("han<=abc x", Narrowing(text="x", unknown=("han<=abc",))),
        ("tt:", Narrowing()),
        ("xu ly dang", Narrowing(text="xu ly dang")),
    ],
)
def test_a_filter_is_read(typed, wanted):
    assert parse_filter(typed, WORDS, TODAY) == wanted


@pytest.mark.parametrize(
    ("typed", "today", "day"),
    [
        ("5/1", TODAY, date(2027, 1, 5)),
        ("30/12", date(2027, 1, 4), date(2026, 12, 30)),
        ("31", date(2026, 12, 2), date(2026, 12, 31)),
        ("3", date(2026, 11, 29), date(2026, 12, 3)),
        ("29/2/2027", TODAY, None),
    ],
)
def test_a_day_is_the_nearest_one(typed, today, day):
    assert read_day(typed, today) == day


@given(st.text(max_size=40))
def test_nothing_typed_is_a_fault(typed):
    found = parse_filter(typed, WORDS, TODAY)
    assert parse_filter(found.text, {}, TODAY).text == found.text or ":" in typed or "<" in typed or "=" in typed
