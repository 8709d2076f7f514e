"""One handover that two accept at two desks apart, and processes that die at every step of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage.conflicts import conflicts_of, open_conflicts, resolve
from storage.desk import Desk, Done
from storage.handover import accept, drawer_of, hand_over, handover_of
from storage.officers import Officer
from storage.sheet import sheet_now
from tests.conftest import Office, take_in
from tests.readback import restated
from tests.storage.dying_handover import STEPS
from tests.storage.sync_desks import Station, act, dump, officer_of
from tests.storage.sync_desks import take_in as taken_at

ROOT = Path(__file__).parents[2]


def people(station: Station) -> tuple[Officer, Officer, Officer]:
    """Who hands over, who is meant to take over, and a leader, all known at each desk."""
    first, second, third = (officer_of(desk) for desk in station.desks)
    return first, second, third


def given_over(station: Station) -> tuple[str, list[str]]:
    """Signed over at the first desk to the second one's officer, and known everywhere."""
    sender, receiver, _ = people(station)
    dossiers = [taken_at(station.desks[0]) for _ in range(3)]
    shift = hand_over(station.desks[0], sender, receiver)
    assert isinstance(shift, str)
    assert all(report.error is None for report in station.sync(0, 1, 2, 0, 1, 2))
    return shift, dossiers


def accepted_apart(station: Station) -> tuple[str, list[str]]:
    """Whom it was meant for takes it over at one desk, a leader at another one; then they meet."""
    shift, dossiers = given_over(station)
    _, receiver, leader = people(station)
    for place, who, reason in ((1, receiver, None), (2, leader, "đồng chí nhận không đến")):
        done = accept(station.desks[place], who, shift, restated(station.desks[place], shift), reason=reason)
        assert isinstance(done, Done), done
    assert all(report.error is None for report in station.sync(1, 2, 0, 1, 2))
    return shift, dossiers


def owners(desk: Desk, dossiers: list[str]) -> set[str]:
    rows = [desk.row(one) for one in dossiers]
    return {str(row["officer"]) for row in rows if row is not None}


def test_two_who_accept_one_handover_apart_are_a_conflict_and_no_silent_winner(station: Station) -> None:
    shift, dossiers = accepted_apart(station)
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    _, receiver, leader = people(station)
    for desk in station.desks:
        (conflict,) = open_conflicts(desk)
        assert conflict.code == f"shift:{shift}"
        assert {str(one.event.body["receiver"]) for one in conflict.branches} == {receiver.id, leader.id}
        rows = [desk.row(one) for one in dossiers]
        assert all(row is not None and row["in_conflict"] for row in rows)
        assert len(owners(desk, dossiers)) == 1, "meanwhile one of them answers for all, and the same one everywhere"


@pytest.mark.parametrize("kept", [0, 1])
def test_a_leader_decides_for_one_and_all_its_dossiers_follow(station: Station, kept: int) -> None:
    shift, dossiers = accepted_apart(station)
    leader = people(station)[2]
    desk = station.desks[2]
    (conflict,) = conflicts_of(desk, f"shift:{shift}")
    keep = conflict.branches[kept].event
    assert isinstance(resolve(desk, leader, conflict, keep, "ai trực thì nhận"), Done)
    station.sync(2, 0, 1, 2)
    for one in station.desks:
        assert open_conflicts(one) == []
        assert owners(one, dossiers) == {keep.body["receiver"]}
        found = handover_of(one, shift)
        assert found is not None and found.accepted is not None and found.accepted.event_id == keep.event_id
        before = dump(one)
        one.projection.rebuild()
        assert dump(one) == before
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])


def test_two_leaders_who_decide_apart_settle_nothing_until_a_third_decision(station: Station) -> None:
    shift, dossiers = accepted_apart(station)
    for place, kept in ((0, 0), (2, 1)):
        desk = station.desks[place]
        (conflict,) = open_conflicts(desk)
        assert isinstance(resolve(desk, officer_of(desk), conflict, conflict.branches[kept].event, None), Done)
    station.sync(0, 2, 1, 0, 2)
    desk = station.desks[2]
    (again,) = open_conflicts(desk)
    assert {one.event.kind for one in again.branches} == {"handover_resolved"}
    assert isinstance(resolve(desk, officer_of(desk), again, again.branches[0].event, "theo sổ trực"), Done)
    station.sync(2, 0, 1, 2)
    assert all(open_conflicts(one) == [] for one in station.desks)
    assert len({frozenset(owners(one, dossiers)) for one in station.desks}) == 1
    assert len(owners(desk, dossiers)) == 1
    found = handover_of(desk, shift)
    assert found is not None and found.accepted is not None and owners(desk, dossiers) == {found.accepted.by}


def test_one_officer_who_accepts_at_two_desks_apart_is_no_conflict(station: Station) -> None:
    shift, dossiers = given_over(station)
    receiver = people(station)[1]
    for place in (1, 2):
        done = accept(station.desks[place], receiver, shift, restated(station.desks[place], shift))
        assert isinstance(done, Done)
    station.sync(1, 2, 0, 1, 2)
    assert open_conflicts(station.desks[0]) == []
    assert owners(station.desks[0], dossiers) == {receiver.id}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a process that can be killed in the middle of a statement")
def test_a_process_that_dies_at_any_step_leaves_nothing_half_done_and_the_next_goes_on(office: Office) -> None:
    desk = office.open()
    for number in range(3):
        take_in(desk, f"Người {number}", by="hoa", fee_paid="20000")
    desk.close()
    command = [sys.executable, "-m", "tests.storage.dying_handover", str(office.folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert list(report) == [step.__name__ for step in STEPS]
    for step, (count, undone, done) in report.items():
        assert count > 5 and undone > 1 and done > 0, step


def paid_at(desk: Desk) -> None:
    assert isinstance(act(desk, taken_at(desk), "payment_received", amount="20000", method="cash"), Done)


def cash(desk: Desk, who: Officer) -> list[str]:
    counted = [ask.expected for ask in drawer_of(desk, who) if ask.item == "money:cash"]
    assert counted == [fee["amount"] for fee in sheet_now(desk, who).items("fees")], "the sheet says what is counted"
    return counted


@pytest.mark.parametrize("kept", [0, 1])
def test_the_drawer_is_theirs_alone_who_has_the_handover(station: Station, kept: int) -> None:
    paid_at(station.desks[0])
    shift, _ = accepted_apart(station)
    sender, receiver, leader = people(station)
    places = {receiver.id: station.desks[1], leader.id: station.desks[2]}
    found = handover_of(station.desks[0], shift)
    assert found is not None and found.accepted is not None
    for who in (receiver, leader):
        assert cash(places[who.id], who) == (["20000"] if who.id == found.accepted.by else [])
    (conflict,) = conflicts_of(station.desks[2], f"shift:{shift}")
    keep = conflict.branches[kept].event
    assert isinstance(resolve(station.desks[2], leader, conflict, keep, "ai trực thì nhận"), Done)
    station.sync(2, 0, 1, 2)
    for who in (receiver, leader):
        assert cash(places[who.id], who) == (["20000"] if who.id == keep.by else [])
    assert cash(station.desks[0], sender) == []


def test_of_one_officer_who_accepts_at_two_desks_one_drawer_has_the_money(station: Station) -> None:
    paid_at(station.desks[0])
    shift, _ = given_over(station)
    _, receiver, _ = people(station)
    for place in (1, 2):
        done = accept(station.desks[place], receiver, shift, restated(station.desks[place], shift))
        assert isinstance(done, Done), done
    station.sync(1, 2, 0, 1, 2)
    assert sorted(cash(station.desks[place], receiver) for place in (1, 2)) == [[], ["20000"]]
