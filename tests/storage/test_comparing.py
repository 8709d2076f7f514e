"""Units and years beside each other: each row is the form of that unit, of that year, by the slow path."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.settled import Column, Reading
from storage.comparing import YEARS, by_unit, by_year, same_days
from storage.database import transaction
from storage.desk import Desk
from storage.settled import settled
from storage.tally import write_tally
from tests.conftest import NOW, act, take_in
from tests.storage.slow_form import form
from tests.storage.test_settled import seen

MAY = (date(2026, 5, 1), date(2026, 5, 31))


def lived(desk: Desk) -> list[str]:
    """Some of last year's May (from 15/5/2025 on), some of this one's."""
    then = NOW - timedelta(days=371)
    ids = []
    for at in (then, then, NOW, NOW, NOW):
        seen(desk, at)
        ids.append(take_in(desk, at=at, channel="online" if len(ids) % 2 else "counter"))
    act(desk, ids[0], "result_ready", at=NOW)
    act(desk, ids[2], "withdrawn", at=NOW)
    act(desk, ids[3], "voided", by="lanh", at=NOW, reason="nhầm")
    take_in(desk, at=NOW, procedure="seized-item-return")
    seen(desk, NOW + timedelta(days=60))
    return ids


@pytest.mark.parametrize("reading", list(Reading))
def test_each_year_is_the_form_of_its_own_days(desk: Desk, reading: Reading) -> None:
    ids = lived(desk)
    told = by_year(desk, *MAY, None, reading)
    assert [row.first.year for row in told.rows] == [2026, 2025, 2024, 2023, 2022] and len(told.rows) == YEARS
    for row in told.rows[:2]:
        slow = form(desk, ids, row.first, row.last, desk.now(), reading)
        assert row.figures is not None and {int(one): many for one, many in row.figures.items()} == slow
        assert slow[1] > 0
    assert [row.known_from for row in told.rows] == [None, date(2025, 5, 15), None, None, None]
    assert all(row.figures is None for row in told.rows[2:]), "no data is not 0"


def test_a_desk_that_never_received_has_no_data(desk: Desk) -> None:
    assert all(row.figures is None for row in by_year(desk, *MAY).rows)
    (own,) = by_unit(desk, *MAY).rows
    assert own.figures is not None and set(own.figures.values()) == {0}


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        ("2025-02-01", "2025-02-28", ("2024-02-01", "2024-02-29")),
        ("2024-02-29", "2024-03-14", ("2023-02-28", "2023-03-14")),
        ("2025-12-15", "2026-01-14", ("2024-12-15", "2025-01-14")),
    ],
)
def test_the_same_days_a_year_before(first: str, last: str, before: tuple[str, str]) -> None:
    found = same_days(date.fromisoformat(first), date.fromisoformat(last), 1)
    assert found == (date.fromisoformat(before[0]), date.fromisoformat(before[1]))


@pytest.mark.parametrize("reading", list(Reading))
def test_units_add_up_and_each_is_its_own_form(desk: Desk, reading: Reading) -> None:
    ids = lived(desk)
    with transaction(desk.connection):
        for name in ids[3:]:
            dossier = desk.dossier(name)
            assert dossier is not None
            write_tally(desk.connection, replace(dossier, unit="H30-002"))
    told = by_unit(desk, *MAY, None, reading)
    assert [row.name for row in told.rows] == [desk.identity.unit, "H30-002"], "the own one first"
    for row, its in zip(told.rows, (ids[:3], ids[3:]), strict=True):
        assert row.figures is not None
        slow = form(desk, its, *MAY, desk.now(), reading)
        assert {int(one): many for one, many in row.figures.items()} == slow
        assert row.figures == settled(desk, *MAY, row.name, reading).total
    assert told.total == settled(desk, *MAY, None, reading).total and told.total[Column.RECEIVED] == 4
    (only,) = by_unit(desk, *MAY, "H30-002", reading).rows
    assert only == told.rows[1]
