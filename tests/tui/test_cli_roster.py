"""`motcua roster`: who works when, and who may say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.roster import WEEKDAYS
from storage.desk import Desk
from tests.conftest import Ran
from tests.schema_check import check

pytestmark = pytest.mark.usefixtures("office")
Cli = Callable[..., Ran]
THURSDAY, FRIDAY = "2026-05-21", "2026-05-22"


def answered(ran: Ran) -> dict[str, Any]:
    assert ran.status == 0, ran.err
    document: dict[str, Any] = ran.json
    check(document, "roster")
    return document


def days(document: dict[str, Any], code: str) -> list[tuple[Any, ...]]:
    (one,) = (one for one in document["officers"] if one["officer"] == code)
    return [(day["date"], len(day["periods"]), day["away"]) for day in one["days"]]


def test_a_week_from_today_of_everybody(cli: Cli) -> None:
    for words in (("roster", "--json"), ("roster", "show", "--json"), ("roster", "--json", "show")):
        document = answered(cli(*words))
        assert (document["from"], document["to"]) == (THURSDAY, "2026-05-27")
        assert {one["officer"]: one["source"] for one in document["officers"]} == {
            "hoa": "unit", "khai": "unit", "lanh": "none", "tmd": "unit", "tra": "none",
        }  # fmt: skip
        assert [periods for _, periods, _ in days(document, "hoa")] == [2, 2, 0, 0, 2, 2, 2]
    told = cli("roster", "--officer", "hoa", "--to", FRIDAY).out.splitlines()
    assert told[0].startswith("hoa") and len(told) == 3 and "07:30–11:30 13:00–17:00" in told[1]
    assert "lanh" not in cli("roster").out


def test_a_week_of_ones_own(cli: Cli, desk: Desk) -> None:
    words = ("roster", "set", "lanh", "--from", FRIDAY, "--desk", 2, "--json", "--as")
    hours = ("--hours", "mon-thu=08:00-11:00", "--hours", "fri=08:00-09:30,10:00-11:00")
    assert cli(*words, "hoa", *hours).json["error"]["code"] == "role_missing"
    (one,) = answered(cli(*words, "lanh", *hours))["officers"]
    assert (one["source"], one["valid_from"], one["desk_number"]) == ("own", FRIDAY, 2)
    assert [len(one["week"][day]) for day in WEEKDAYS] == [1, 1, 1, 1, 2, 0, 0]
    assert one["days"][0]["periods"] == [["08:00", "09:30"], ["10:00", "11:00"]]
    (one,) = answered(cli("roster", "set", "lanh", "--from", FRIDAY, "--json", "--as", "lanh"))["officers"]
    assert one["week"] is None and len(one["days"][0]["periods"]) == 2
    event = desk.log.events_of("officer:officer-lanh")[-1]
    assert (event.kind, event.by) == ("roster_set", "officer-lanh")


def test_away_and_back_and_who_is_told_why(cli: Cli) -> None:
    away = ("roster", "away", "khai", "--from", THURSDAY, "--to", FRIDAY, "--reason", "Nghỉ ốm", "--json", "--as")
    assert cli(*away, "hoa").json["error"]["code"] == "absence_not_yours"
    document = answered(cli(*away, "khai"))
    assert days(document, "khai") == [(THURSDAY, 0, True), (FRIDAY, 0, True)]
    for reader, reason in (
        ((), None),
        (("--as", "khai"), "Nghỉ ốm"),
        (("--as", "lanh"), "Nghỉ ốm"),
        (("--as", "hoa"), None),
    ):
        ran = cli("roster", "--officer", "khai", "--json", *reader)
        assert [one["reason"] for one in answered(ran)["officers"][0]["absences"]] == [reason], reader
    assert "báo vắng" in cli("roster", "--officer", "khai").out
    back = answered(cli("roster", "back", "khai", "--on", FRIDAY, "--json", "--as", "khai"))
    assert days(back, "khai")[0] == (FRIDAY, 2, False)
    assert cli("roster", "back", "khai", "--on", FRIDAY, "--as", "khai").status == 1
    gone = answered(cli("roster", "back", "khai", "--json", "--as", "lanh"))
    assert gone["officers"][0]["absences"] == []


def test_half_a_day(cli: Cli) -> None:
    words = (
        "roster",
        "away",
        "hoa",
        "--from",
        THURSDAY,
        "--reason",
        "họp",
        "--half",
        "morning",
        "--json",
        "--as",
        "hoa",
    )
    document = answered(cli(*words, "--to", THURSDAY))
    assert document["officers"][0]["days"][0]["periods"] == [["13:00", "17:00"]]
    assert cli(*words, "--to", FRIDAY).json["error"]["code"] == "absence_half_of_days"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--hours", "xyz=08:00-09:00"), "roster_hours_invalid"),
        (("--hours", "fri-mon=08:00-09:00"), "roster_hours_invalid"),
        (("--hours", "mon=09:00-08:00"), "roster_hours_invalid"),
        (("--hours", "mon=9-10"), "roster_hours_invalid"),
    ],
)
def test_hours_that_cannot_be_read_are_wrong_usage(cli: Cli, words: tuple[str, ...], code: str) -> None:
    ran = cli("roster", "set", "hoa", "--from", FRIDAY, "--json", "--as", "lanh", *words)
    assert (ran.status, ran.json["error"]["code"]) == (2, code)


@pytest.mark.parametrize("words", [("--from", FRIDAY, "--to", THURSDAY), ("--to", "2029-01-01")])
def test_days_that_are_none_or_too_many(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli("roster", "--json", *words)
    assert (ran.status, ran.json["error"]["code"]) == (2, "roster_days")
