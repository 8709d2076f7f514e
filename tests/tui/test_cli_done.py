"""What the command line says of what was written: where it has no effect yet, and where a clock was wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.desk import Desk
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from tests.conftest import Ran
from tests.storage.sync_desks import OFFICERS, PIN, START, UNIT, Station, act, new_desk, take_in

Cli = Callable[..., Ran]
NEWCOMER = "Phan Thị Tư"
FAR = ("1970-01-01T08:00:00+07:00", "2030-12-31T23:50:00+07:00", "2099-01-05T08:00:00+07:00")


@pytest.fixture
def at(station: Station, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """A command at a desk (by its folder's name) while its clock says `now`."""
    monkeypatch.setenv("MOTCUA_PIN", PIN)

    def run(name: str, now: str, *words: object, officer: str = OFFICERS[0]) -> Ran:
        monkeypatch.setenv("MOTCUA_NOW", now)
        acting = ("--as", officer) if words[0] in ("act", "resolve", "intake") else ()
        return cli(*words, *acting, "--data", station.root / name)

    return run


@pytest.fixture
def newcomer(station: Station) -> Desk:
    """A fourth desk, which nobody has confirmed yet."""
    desk = start_desk(station.root / "d3", replace(new_desk(4), officer=NEWCOMER), [station.hub]).desk
    station.sync(0)
    station.desks.append(desk)
    station.sync(3)
    return desk


def test_an_unconfirmed_desk_is_told_that_its_act_waits(
    station: Station, newcomer: Desk, at: Callable[..., Ran]
) -> None:
    foreign, other, own = take_in(station.desks[0]), take_in(station.desks[0]), take_in(newcomer)
    station.sync(0, 3)
    waits = at("d3", START.isoformat(), "act", foreign, "result_ready", officer=NEWCOMER)
    assert waits.status == 0 and "chưa có hiệu lực" in waits.err and "desk confirm" in waits.err
    assert at("d3", START.isoformat(), "act", foreign, "noted", "--field", "text=x", officer=NEWCOMER).err == ""
    assert at("d3", START.isoformat(), "act", own, "result_ready", officer=NEWCOMER).err == ""
    told = at("d3", START.isoformat(), "act", other, "approved", "--json", officer=NEWCOMER)
    assert json.loads(told.out)["state"] == "received" and told.err.count("\n") == 1


def test_an_unconfirmed_desk_is_told_that_its_decision_waits(
    station: Station, newcomer: Desk, at: Callable[..., Ran]
) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    act(station.desks[0], dossier, "result_ready")
    kept = act(station.desks[1], dossier, "refused", reason="x").events[0].event_id  # type: ignore[union-attr]
    station.sync(0, 1, 0, 3)
    decided = at("d3", START.isoformat(), "resolve", dossier, kept, officer=NEWCOMER)
    assert (decided.status, "chưa có hiệu lực" in decided.err) == (0, True)


def test_a_slow_clock_holds_up_nobody_and_is_told(station: Station, at: Callable[..., Ran]) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    slow = (START - timedelta(minutes=10)).isoformat()
    done = at("d1", slow, "act", dossier, "result_ready", "--json", officer=OFFICERS[1])
    assert done.status == 0 and "08:00" in done.err and "07:50" in done.err
    found = json.loads(done.out)
    assert (found["state"], found["events"][-1]["at"]) == ("result_ready", START.isoformat())
    near = (START - timedelta(minutes=1)).isoformat()
    assert at("d1", near, "act", dossier, "noted", "--field", "text=x", officer=OFFICERS[1]).err == ""


@pytest.mark.parametrize("now", FAR)
def test_a_clock_outside_the_calendars_years_stops_no_work(station: Station, at: Callable[..., Ran], now: str) -> None:
    dossier = take_in(station.desks[0])
    done = at("d0", now, "act", dossier, "noted", "--field", "text=x", "--json")
    assert done.status == 0 and [one["kind"] for one in json.loads(done.out)["events"]] == ["received", "noted"]
    assert at("d0", now, "queue", "--json").status == 0
    row = station.root / "row.csv"
    row.write_text("procedure,applicant_name\ntemporary-residence,Lê An\n", encoding="utf-8")
    taken = at("d0", now, "intake", row, "--json")
    assert taken.status == 0 and json.loads(taken.out)[0]["due_at"] is None
    shown = at("d0", START.isoformat(), "show", json.loads(taken.out)[0]["id"])
    assert shown.status == 0 and "{" not in shown.out


def test_an_offer_to_a_unit_that_nobody_here_knows_is_done_and_told(station: Station, at: Callable[..., Ran]) -> None:
    dossier, again = take_in(station.desks[0]), take_in(station.desks[0])
    told = at("d0", START.isoformat(), "act", dossier, "transfer_offered", "--field", "unit=99999", "--json")
    assert told.status == 0 and "«99999»" in told.err and told.err.count("\n") == 1
    with closing(start_desk(station.root / "other", new_desk(1, unit="T48.98"), [station.hub]).desk) as other:
        act(other, take_in(other), "transfer_offered", unit=UNIT)
        exchange(other, station.hub)
    station.sync(0)
    assert at("d0", START.isoformat(), "act", again, "transfer_offered", "--field", "unit=T48.98").err == ""
