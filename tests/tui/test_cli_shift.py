"""`motcua shift`: opened by the roster or by hand, closed, and what happened in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in
from tests.schema_check import check

pytestmark = pytest.mark.usefixtures("office")
Cli = Callable[..., Ran]
TODAY = NOW.date().isoformat()


def shifts(ran: Ran) -> list[dict[str, Any]]:
    assert ran.status == 0, ran.err
    check(ran.json, "shift")
    found: list[dict[str, Any]] = ran.json["shifts"]
    return found


def code(ran: Ran) -> tuple[int, str]:
    return ran.status, ran.json["error"]["code"]


def test_a_shift_by_the_roster_with_what_happened_in_it(cli: Cli, desk: Desk) -> None:
    assert shifts(cli("shift", "--json")) == [] and "Không có ca" in cli("shift").out
    (opened,) = shifts(cli("shift", "open", "--json", "--as", "hoa"))
    assert (opened["officer"], opened["desk"], opened["by_hand"]) == ("hoa", desk.identity.desk, False)
    assert (opened["from"], opened["until"]) == (f"{TODAY}T07:30:00+07:00", f"{TODAY}T17:00:00+07:00")
    assert code(cli("shift", "open", "--json", "--as", "hoa")) == (1, "shift_open_already")
    one = take_in(desk, by="hoa")
    act(desk, one, "noted", by="hoa", text="x")
    take_in(desk, by="tmd")
    (seen,) = shifts(cli("shift", "show", "--json"))
    assert seen == {**opened, "events": {"noted": 1, "received": 1, "shift_opened": 1}}
    assert "theo lịch 21/05 07:30 – 21/05 17:00" in cli("shift").out
    (closed,) = shifts(cli("shift", "close", "--json", "--reason", "hết việc", "--as", "hoa"))
    assert (closed["id"], closed["closed_by"], closed["reason"]) == (opened["id"], "hoa", "hết việc")
    assert shifts(cli("shift", "--json")) == [] and len(shifts(cli("shift", "--officer", "hoa", "--json"))) == 1
    assert "(hết việc)" in cli("shift", "--officer", "hoa").out
    assert code(cli("shift", "close", "--json", "--as", "hoa")) == (1, "shift_none")


def test_a_half_day_of_the_roster_is_the_shifts_time(cli: Cli) -> None:
    away = ("roster", "away", "hoa", "--from", TODAY, "--to", TODAY, "--half", "afternoon", "--reason", "họp")
    assert cli(*away, "--as", "hoa").status == 0
    (opened,) = shifts(cli("shift", "open", "--json", "--as", "hoa"))
    assert opened["until"] == f"{TODAY}T11:30:00+07:00"


def test_times_by_hand(cli: Cli) -> None:
    words = ("shift", "open", "--json", "--as", "hoa")
    assert code(cli(*words, "--from", "18:00")) == (2, "shift_times")
    assert code(cli(*words, "--from", "18:00", "--until", "17:00")) == (1, "shift_ends_before")
    assert code(cli(*words, "--from", "18:00", "--until", "tối")) == (1, "time_invalid")
    (opened,) = shifts(cli(*words, "--from", "18:00", "--until", "2026-05-22T02:00"))
    assert (opened["by_hand"], opened["from"], opened["until"]) == (
        True, f"{TODAY}T18:00:00+07:00", "2026-05-22T02:00:00+07:00",
    )  # fmt: skip
    assert "đặt bằng tay" in cli("shift").out


def test_a_leader_closes_anothers_and_nobody_else_does(cli: Cli) -> None:
    assert cli("shift", "open", "--as", "hoa").status == 0
    words = ("shift", "close", "--officer", "hoa", "--json", "--as")
    assert code(cli(*words, "khai")) == (1, "shift_not_yours")
    (closed,) = shifts(cli(*words, "lanh"))
    assert (closed["officer"], closed["closed_by"]) == ("hoa", "lanh")
    assert code(cli("shift", "open", "--json", "--as", "tra")) == (1, "role_missing")


def test_who_acts_may_be_named_before_the_action_too(cli: Cli) -> None:
    (opened,) = shifts(cli("shift", "--as", "hoa", "open", "--json"))
    assert opened["officer"] == "hoa"
    away = ("away", "hoa", "--from", TODAY, "--to", TODAY, "--reason", "họp")
    ran = cli("roster", "--as", "hoa", *away)
    assert ran.status == 0, ran.err
    assert cli("roster", "--as", "lanh", "cover", "hoa", "--apply").status == 0
