"""The periods of reports as a station sets them: rows of its law, each by itself, and none that is no period."""

from __future__ import annotations

from datetime import date

import pytest

from core.answers import InvalidInput
from storage.desk import Desk
from storage.periods import is_regular, periods_of
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
