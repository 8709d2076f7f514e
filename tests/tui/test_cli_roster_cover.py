"""`motcua roster cover`: proposed, applied, and what can't be covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import Ran, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
THURSDAY, LATER = "2026-05-21", "2026-06-30"


@pytest.fixture
def three(desk: Desk) -> list[str]:
    return [take_in(desk, by="hoa") for _ in range(3)]


def answered(ran: Ran) -> dict[str, Any]:
    assert ran.status == 0, ran.err
    document: dict[str, Any] = ran.json
    check(document, "roster-cover")
    return document


def owners(desk: Desk, dossiers: list[str]) -> set[str]:
    return {str(row["officer"]) for one in dossiers if (row := desk.row(one))}


def test_proposed_first_and_applied_when_asked(cli: Cli, desk: Desk, three: list[str]) -> None:
    away = ("roster", "away", "hoa", "--from", THURSDAY, "--to", LATER, "--reason", "ốm", "--as", "lanh")
    assert cli(*away).status == 0
    found = answered(cli("roster", "cover", "hoa", "--json"))
    assert (found["officer"], found["from"], found["to"], found["noted"]) == ("hoa", THURSDAY, LATER, True)
    assert (found["light_before"], found["light_after"]) == ("breaks", "holds")
    assert sorted(one["id"] for share in found["shares"] for one in share["dossiers"]) == sorted(three)
    assert found["left"] == [] and found["applied"] is None and owners(desk, three) == {"officer-hoa"}
    told = cli("roster", "cover", "hoa").out
    assert "ĐỎ → XANH" in told and "--apply" in told and "Khải" in told
    applied = answered(cli("roster", "cover", "hoa", "--apply", "--as", "lanh", "--json"))
    assert applied["applied"] == {"done": 3, "refused": []}
    assert "officer-hoa" not in owners(desk, three)
    again = answered(cli("roster", "cover", "hoa", "--json"))
    assert again["shares"] == [] and again["light_before"] == "holds"


def test_a_look_ahead_at_days_that_nobody_noted(cli: Cli, three: list[str]) -> None:
    assert cli("roster", "cover", "hoa", "--json").json["error"]["code"] == "absence_none"
    found = answered(cli("roster", "cover", "hoa", "--from", THURSDAY, "--to", LATER, "--json"))
    assert found["noted"] is False and sum(len(one["dossiers"]) for one in found["shares"]) == 3
    assert "motcua roster away" in cli("roster", "cover", "hoa", "--from", THURSDAY, "--to", LATER).out
    ran = cli("roster", "cover", "hoa", "--from", LATER, "--to", THURSDAY, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (2, "roster_days")
    ran = cli("roster", "cover", "hoa", "--from", "2026-05-11", "--to", "2026-05-15", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "cover_is_past")
    found = answered(cli("roster", "cover", "hoa", "--from", "2026-05-11", "--to", LATER, "--json"))
    assert found["from"] == THURSDAY


def test_where_nobody_is_left_it_says_what_is_lacking(cli: Cli, desk: Desk, three: list[str]) -> None:
    for one in ("hoa", "khai", "tmd"):
        away = ("roster", "away", one, "--from", THURSDAY, "--to", LATER, "--reason", "ốm", "--as", "lanh")
        assert cli(*away).status == 0
    found = answered(cli("roster", "cover", "hoa", "--apply", "--as", "lanh", "--json"))
    assert sorted(one["id"] for one in found["left"]) == sorted(three) and found["shares"] == []
    assert found["short_hours"] == sum(one["hours"] for one in found["left"]) and found["breaks_on"]
    assert found["applied"] == {"done": 0, "refused": []} and owners(desk, three) == {"officer-hoa"}
    assert "Không ai còn giờ cho 3 hồ sơ" in cli("roster", "cover", "hoa").out


def test_who_may_not_give_dossiers_away_is_refused_each(cli: Cli, desk: Desk, three: list[str]) -> None:
    words = ("roster", "cover", "hoa", "--from", THURSDAY, "--to", LATER, "--apply", "--as", "tra", "--json")
    ran = cli(*words)
    found = ran.json
    check(found, "roster-cover")
    assert ran.status == 1 and found["applied"]["done"] == 0
    assert {one["code"] for one in found["applied"]["refused"]} == {"role_missing"}
    assert owners(desk, three) == {"officer-hoa"}
