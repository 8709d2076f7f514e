"""The periods of reports as a station sets them: rows of its law, each by itself, and none that is no period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.answers import InvalidInput
from storage.desk import Desk
from storage.periods import is_regular, period_around, period_before, periods_of
from tests.conftest import officer
from tests.storage.amended import amend, asked

DAY = date(2026, 5, 20)


def setting(name: str, value: str) -> dict[str, object]:
    return {"decision": "KH 9", "policy": [{"name": name, "value": value, "valid_from": "2026-01-01"}]}


def test_a_first_day_alone_makes_months_from_that_day_on(desk: Desk) -> None:
    assert periods_of(desk, "commune", DAY).around(DAY) == (date(2026, 5, 1), date(2026, 5, 31))
    amend(desk, officer(desk), setting("report_first_day.commune", "15"))
    assert periods_of(desk, "commune", DAY).around(DAY) == (date(2026, 5, 15), date(2026, 6, 14))
    assert not is_regular(desk, "commune", DAY), "nobody has said that it is owed"


def test_each_day_is_in_one_period_whatever_is_changed_when(desk: Desk) -> None:
    for name, value, begin in (
        ("report_first_day.commune", "15", "2026-09-01"),
        ("report_months.commune", "3", "2027-02-10"),
        ("report_first_day.commune", "1", "2027-07-20"),
    ):
        row = {"name": name, "value": value, "valid_from": begin}
        amend(desk, officer(desk), {"decision": f"KH {begin}", "policy": [row]})
    day, found = date(2026, 7, 1), []
    while day < date(2028, 1, 1):
        first, last = period_around(desk, "commune", day)
        assert first == day <= last and period_around(desk, "commune", last) == (first, last)
        assert not found or period_before(desk, "commune", day) == found[-1]
        found.append((first, last))
        day = last + timedelta(days=1)
    assert found[:5] == [
        (date(2026, 7, 1), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 14)),
        (date(2026, 9, 15), date(2026, 10, 14)),
        (date(2026, 10, 15), date(2026, 11, 14)),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("report_months.ii06a", "5"), ("report_months.ii06a", "0"), ("report_first_day.ii06a", "32"),
     ("report_first_day.ii06a", "0"), ("report_first_day.ii06a", "29")],
)  # fmt: skip
def test_what_is_no_period_is_refused_where_it_is_set(desk: Desk, name: str, value: str) -> None:
    before = periods_of(desk, "ii06a", DAY)
    with pytest.raises(InvalidInput, match="report_period_unknown"):
        asked(desk, officer(desk), setting(name, value))
    assert periods_of(desk, "ii06a", DAY) == before
