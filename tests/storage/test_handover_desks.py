"""One handover that two accept at two desks apart, and processes that die at every step of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.conflicts import conflicts_of, open_conflicts, resolve
from storage.desk import Desk, Done
from storage.handover import accept, hand_over, handover_of, waiting_for
from storage.officers import Officer
from storage.verification import verify
from tests.conftest import Office, officer, take_in
from tests.readback import restated
from tests.storage.sync_desks import Station, dump, officer_of
from tests.storage.sync_desks import take_in as taken_at

ROOT = Path(__file__).parents[2]
_GOES_ON = """
import os, sys
from pathlib import Path
from storage.desk import Desk
from tests.storage.test_handover_desks import go_on
desk = Desk.open(Path(sys.argv[1]))
left = int(sys.argv[2])

def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)

desk.connection.set_trace_callback(count)
go_on(desk)
print("done")
"""
DEATHS = (30, 66, 30, 50, 90, 30, 60, 12, 80, 95)
"""SQL statements till the process dies: in the first signature, at its end, in the question, the answer, the draft of
the read-back and the second signature, whose transactions take some 70, 45, 45, 7 and 90 of them."""


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


def go_on(desk: Desk) -> None:
    """The whole handover from wherever it stands, as two officers would resume it."""
    from storage.handover import answer_receiver, ask_sender, keep_said, said_so_far

    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    if not waiting_for(desk, khai):
        if desk.connection.execute("SELECT 1 FROM handover").fetchone():
            return
        assert isinstance(hand_over(desk, hoa, khai, "lời dặn"), str)
    (shift,) = waiting_for(desk, khai)
    found = handover_of(desk, shift)
    assert found is not None
    if not found.questions:
        assert isinstance(ask_sender(desk, khai, shift, found.dossiers[0], "ở đâu?"), Done)
    elif found.unanswered:
        assert isinstance(answer_receiver(desk, hoa, shift, found.unanswered[0].id, "ngăn 3"), Done)
    for item, said in restated(desk, shift).items():
        if item not in said_so_far(desk, khai, shift):
            keep_said(desk, khai, shift, item, said)
    done = accept(desk, khai, shift, said_so_far(desk, khai, shift))
    assert isinstance(done, Done), done


@pytest.mark.skipif(sys.platform == "win32", reason="needs a process that can be killed in the middle of a statement")
def test_a_process_that_dies_at_any_step_leaves_nothing_half_done_and_the_next_goes_on(office: Office) -> None:
    desk = office.open()
    dossiers = [take_in(desk, f"Người {number}", by="hoa", fee_paid="20000") for number in range(3)]
    ended = False
    for left in (*DEATHS, 10**9):
        command = [sys.executable, "-c", _GOES_ON, str(office.folder), str(left)]
        run = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
        assert run.returncode in (0, -9), run.stderr
        assert verify(desk).holds
        shifts = [str(row[0]) for row in desk.connection.execute("SELECT id FROM handover")]
        found = [handover_of(desk, shift) for shift in shifts]
        assert len(found) <= 1
        taken_over = bool(found) and found[0] is not None and found[0].accepted is not None
        assert owners(desk, dossiers) <= ({"officer-khai", "officer-hoa"} if taken_over else {"officer-hoa"})
        counted = desk.connection.execute("SELECT count(*) FROM event WHERE kind = 'money_counted'").fetchone()[0]
        assert counted == int(taken_over), "with the signature or not at all"
        assert bool(desk.connection.execute("SELECT 1 FROM readback").fetchone()) <= (not taken_over)
        if run.returncode == 0:
            ended = True
            break
    assert ended
    assert "officer-khai" in owners(desk, dossiers)
    desk.close()
