"""The due date of a dossier that moved between units: by the law of its day of receipt, and by whose days they were."""

# ruff: noqa: F811
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.answers import Refusal
from core.standing import standing
from storage.desk import Desk, Done
from storage.transfers import find_incoming, transfer_of
from tests.storage.amended import PERMIT, amend, closed, counted, due, dump, permit, version
from tests.storage.sync_desks import act, officer_of, take_in
from tests.storage.test_transfer import HERE, THERE, City, at, city, later  # noqa: F401

DAY = 24 * 60
FIVE_DAYS = permit(version("2026-01-01", counted("2026-05-05T09:00", "2026-05-12T17:00")))
HOLIDAY = {"decision": "QĐ 9/QĐ-TTg", "reason": "Quốc tang", "days_off": ["2026-12-01"]}


def moved(city: City, here: Desk, dossier: str, days: int = 0, clock: Any = None, to: str = THERE) -> Desk:
    """The dossier offered now and accepted some days later; `clock`: what came along instead."""
    assert isinstance(act(here, dossier, "transfer_offered", unit=to), Done)
    names = [name for name, desk in city.desks.items() if desk.identity.number == 1]
    city.sync(*names)
    later(city, days * DAY + 10)
    there = city.desk(to)
    found = find_incoming(there, dossier)
    assert not isinstance(found, Refusal)
    found = found if clock is None else replace(found, clock=clock)
    assert isinstance(there.do(transfer_of(there, found), officer_of(there)), Done)
    city.sync(*names)
    return there


def doubt(desk: Desk, dossier: str) -> str | None:
    return standing(at(desk, dossier), desk.law).elsewhere


def test_a_row_of_law_that_only_the_first_unit_has_goes_along_and_is_told(city: City) -> None:
    here, there = city.desk(HERE), city.desk(THERE)
    other = city.desk(THERE, 2)
    amend(here, officer_of(here), FIVE_DAYS)
    dossier = take_in(here, procedure=PERMIT)
    before = due(here, dossier)
    moved(city, here, dossier)
    city.sync(f"{THERE}-2")
    assert before == "2026-12-01T17:00" and (due(there, dossier), due(other, dossier)) == (before, before)
    assert doubt(there, dossier) == doubt(other, dossier) == "rules"
    assert (there.row(dossier) or {})["unverified"] == 1 and dump(there) == dump(other)
    later(city, 2 * DAY)
    assert isinstance(act(there, dossier, "supplement_requested", items=["x"]), Done)
    assert isinstance(act(there, dossier, "supplement_received", papers=["x"]), Done)
    assert due(there, dossier) == "2026-12-02T17:00", "and by its rules the clock restarts"
    amend(there, officer_of(there), FIVE_DAYS)
    assert doubt(there, dossier) is None and due(there, dossier) == "2026-12-02T17:00"
    assert isinstance(act(there, dossier, "result_ready"), Done)
    assert dump(there) == rebuilt_rows(there)


def rebuilt_rows(desk: Desk) -> list[str]:
    desk.projection.rebuild()
    return dump(desk)


@pytest.mark.parametrize("clock", [(), ({"version": 5},), ({"version": "0", "phases": [{"amount": "9e9"}]},)])
def test_what_came_without_its_rules_is_told(city: City, clock: Any) -> None:
    """By a release before, or by one that says it in another way."""
    here, there = city.desk(HERE), city.desk(THERE)
    dossier = take_in(here)
    before = due(here, dossier)
    moved(city, here, dossier, clock=clock)
    assert doubt(there, dossier) == "unknown" and due(there, dossier) == before
    assert dump(there) == rebuilt_rows(there)


def test_what_both_know_needs_no_word(city: City) -> None:
    here, there = city.desk(HERE), city.desk(THERE)
    dossier = take_in(here)
    before = due(here, dossier)
    moved(city, here, dossier)
    assert doubt(there, dossier) is None and due(there, dossier) == before
    row = there.row(dossier)
    assert row is not None and row["unverified"] == int(not standing(at(there, dossier), there.law).version.verified)


def test_each_unit_counts_the_days_that_it_had_the_dossier(city: City) -> None:
    here, there, third = city.desk(HERE), city.desk(THERE), city.desk("T48.96")
    for desk in (here, there, third):
        amend(desk, officer_of(desk), FIVE_DAYS)
    dossier = take_in(here, procedure=PERMIT)
    amend(here, officer_of(here), closed("2026-11-25"))
    amend(here, officer_of(here), closed("2026-11-30"))  # no longer its own by then
    amend(there, officer_of(there), closed("2026-11-26"))  # not its own yet
    moved(city, here, dossier, days=4)
    assert due(there, dossier) == "2026-12-02T17:00"
    amend(there, officer_of(there), closed("2026-12-01"))
    assert due(there, dossier) == "2026-12-03T17:00" and doubt(there, dossier) is None
    moved(city, there, dossier, to="T48.96", days=1)
    assert due(third, dossier) == "2026-12-02T17:00", "what the first one had closed counts there too"
    assert dump(third) == rebuilt_rows(third) and dump(there) == rebuilt_rows(there)


def test_the_promise_of_the_unit_that_received_it_goes_along(city: City) -> None:
    here, there = city.desk(HERE), city.desk(THERE)
    for desk in (here, there):
        amend(desk, officer_of(desk), FIVE_DAYS)
    entry = {"procedure": PERMIT, "amount": "2", "unit": "working_day", "valid_from": "2026-11-23", "decision": "QĐ 4"}
    amend(here, officer_of(here), {"commitment": [entry]})
    dossier = take_in(here, procedure=PERMIT)
    moved(city, here, dossier)
    assert due(there, dossier) == "2026-11-26T17:00"


def test_a_day_of_the_nation_that_only_one_of_them_knows_is_told(city: City) -> None:
    here, there = city.desk(HERE), city.desk(THERE)
    for desk in (here, there):
        amend(desk, officer_of(desk), FIVE_DAYS)
    amend(here, officer_of(here), HOLIDAY)
    dossier = take_in(here, procedure=PERMIT)
    moved(city, here, dossier)
    assert (due(there, dossier), doubt(there, dossier)) == ("2026-12-01T17:00", "days")
    amend(there, officer_of(there), HOLIDAY)
    assert (due(there, dossier), doubt(there, dossier)) == ("2026-12-02T17:00", None)
