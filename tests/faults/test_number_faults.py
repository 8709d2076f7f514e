"""Faults of receipt numbers: a desk killed, copied, copied back, cloned, past its range, past midnight."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.decisions import TakeIn
from core.record import Draft
from storage.database import DATABASE_NAME, transaction
from storage.desk import Desk, Done
from storage.event_log import Head, Origin, epoch_ms, unlocked
from storage.numbers import gap_report, take_free_number
from storage.sync.auditing import audit_again
from storage.sync.desk_life import revoke_desk
from storage.sync.exchange import add_hub, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import Reach
from storage.verification import verify
from storage.witness import read_witness
from tests.storage.sync_desks import START, Station, claim_number, dump, officer_of, take_in

ROOT = Path(__file__).parents[2]
_RECEIVES = """
import sys
from pathlib import Path
from storage.desk import Desk
from tests.storage.sync_desks import take_in
desk = Desk.open(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    print(desk.row(take_in(desk))["receipt_number"], flush=True)
"""
_DIES_BEFORE_THE_WITNESS = """
import os, signal, sys
from pathlib import Path
from storage import series
from storage.desk import Desk
from tests.storage.sync_desks import take_in
desk = Desk.open(Path(sys.argv[1]))
series.write_witness = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
take_in(desk)
"""
_ELSEWHERE = """
import sys
from pathlib import Path
from storage import witness
from storage.desk import Desk
from storage.numbers import take_free_number
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.folder_hub import FolderHub
from tests.storage.sync_desks import take_in
witness._MACHINE_FILES = (Path(sys.argv[3]),)
desk = Desk.open(Path(sys.argv[1]))
taken = [take_in(desk)]
for _ in range(3):
    exchange(desk, FolderHub(Path(sys.argv[2])))
    take_free_number(desk)
taken += [take_in(desk), take_in(desk)]
exchange(desk, FolderHub(Path(sys.argv[2])))
for dossier in taken:
    print(desk.row(dossier)["receipt_number"])
"""


def child(program: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ})


def said_by(program: str, *words: object) -> list[str]:
    process = child(program, *words)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return said.split()


def killed(program: str, seed: int, *words: object) -> list[str]:
    """What a process had told by the time that it was killed."""
    process = child(program, *words)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.1))
    process.kill()
    told = [first, *process.stdout.read().splitlines(keepends=True)]
    process.wait()
    return [line.strip() for line in told if line.endswith("\n")]


def numbers(desk: Desk) -> list[str]:
    rows = desk.connection.execute("SELECT receipt_number FROM dossier ORDER BY receipt_number")
    return [row[0] for row in rows]


def tail(desk: Desk, dossier: str) -> str | None:
    row = desk.row(dossier)
    assert row is not None
    number: str | None = row["receipt_number"]
    return number and number.partition("-")[2]


def taken_on(desk: Desk, moment: datetime) -> str | None:
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    done = desk.do(TakeIn(desk.new_id(), "received", moment, facts, imported=True), officer_of(desk))
    assert isinstance(done, Done), done
    return tail(desk, done.dossiers[0])


def put_back(folder: Path, kept: Path) -> None:
    for path in folder.glob(DATABASE_NAME + "*"):
        path.unlink()
    shutil.copyfile(kept, folder / DATABASE_NAME)


def set_hub_back(station: Station, kept: Path) -> None:
    """The hub is as it was when it was kept."""
    shutil.rmtree(station.root / "hub")
    shutil.copytree(kept, station.root / "hub")


def want_a_number(desk: Desk) -> None:
    with transaction(desk.connection):
        desk.series.want("no_witness")


def drawn(lot: int) -> Callable[[int], bytes]:
    """Entropy whose two bytes, with which a number is drawn, are this one."""
    return lambda size: lot.to_bytes(2, "big") if size == 2 else os.urandom(size)


@contextmanager
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What is opened here is opened on another machine."""
    (tmp_path / "machine").write_text("another machine\n", encoding="ascii")
    with monkeypatch.context() as patch:
        patch.setattr("storage.witness._MACHINE_FILES", (tmp_path / "machine",))
        yield


def test_row_09_a_desk_killed_between_commit_and_answer_has_its_event_and_its_number_once(station: Station) -> None:
    folder, desk = station.root / "d0", station.desks[0]
    told: list[str] = []
    for seed in range(3):
        told += killed(_RECEIVES, seed, folder, 1000)
    station.reopen(0)
    desk = station.desks[0]
    there = numbers(desk)
    assert len(set(there)) == len(there) and set(told) <= set(there) and len(there) <= len(told) + 3
    witness = read_witness(folder, desk.identity.desk)
    assert witness is not None and witness.days == {"1/261123": len(there)}
    assert (desk.identity.epoch, desk.series.state().wanted) == (1, None)
    assert verify(desk).holds


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_row_09_a_desk_killed_between_commit_and_witness_goes_on_as_if_nothing_was(station: Station) -> None:
    folder = station.root / "d0"
    assert child(_DIES_BEFORE_THE_WITNESS, folder).wait(timeout=120) != 0
    desk = Desk.open(folder)
    assert (numbers(desk), desk.identity.epoch) == (["T48.99-261123-0001"], 1)
    assert tail(desk, take_in(desk)) == "261123-0002"
    desk.close()


def test_row_16_a_file_copied_back_from_this_morning_gives_no_number_again(station: Station, tmp_path: Path) -> None:
    folder = station.root / "d0"
    station.desks[0].close()
    given = said_by(_RECEIVES, folder, 2)
    shutil.copyfile(folder / DATABASE_NAME, tmp_path / "morning")
    for seed in range(3):
        given += killed(_RECEIVES, seed, folder, 1000)
        put_back(folder, tmp_path / "morning")
    given += said_by(_RECEIVES, folder, 2)
    assert len(set(given)) == len(given)
    desk = station.desks[0] = Desk.open(folder)
    assert desk.identity.epoch == 4 and desk.series.state().moved_back is not None
    assert ("hole" in {code for code, _ in gap_report(desk, START.date()).questions}) is True


def test_row_16_a_clone_on_another_machine_takes_another_number(station: Station, tmp_path: Path) -> None:
    original = station.desks[0]
    before = tail(original, take_in(original))
    station.sync(0)
    original.close()
    shutil.copytree(station.root / "d0", tmp_path / "clone")
    (tmp_path / "machine").write_text("another machine\n", encoding="ascii")
    clones = said_by(_ELSEWHERE, tmp_path / "clone", station.root / "hub", tmp_path / "machine")
    assert clones == [f"T48.99-261123-{serial}" for serial in (1501, 1502, 1503)]
    original = station.desks[0] = Desk.open(station.root / "d0")
    own = [tail(original, take_in(original)) for _ in range(2)]
    station.sync(0, 1, 2, 0)
    assert own == ["261123-0002", "261123-0003"] and before == "261123-0001"
    assert tail(original, take_in(original)) == "261123-0004" and original.series.state().number == 1
    station.sync(0, 1, 2)
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    assert len(numbers(original)) == len(set(numbers(original))) == 7


def test_row_16_a_clone_that_keeps_the_machines_identity_is_told_as_a_fork_and_gives_its_numbers_up(
    station: Station, tmp_path: Path
) -> None:
    station.desks[0].close()
    shutil.copytree(station.root / "d0", tmp_path / "clone")
    original, clone = station.desks[0], Desk.open(tmp_path / "clone")
    original = station.desks[0] = Desk.open(station.root / "d0")
    for desk in (original, clone):
        take_in(desk)
    assert exchange(original, station.hub).error is None
    error = exchange(clone, station.hub).error
    assert error is not None and error.code == "hub_fork"
    assert clone.identity.epoch > original.identity.epoch
    for _ in range(3):
        for desk in (clone, original):
            exchange(desk, station.hub)
    assert [tail(desk, take_in(desk)) for desk in (original, clone)] == ["261123-0002", "261123-1501"]
    exchange(original, station.hub)
    assert [question for question in gap_report(original, START.date()).questions if question[0] == "twice"] == [
        ("twice", "0001")
    ]
    clone.close()


def test_row_34_past_its_range_a_desk_goes_on_with_six_digits_and_then_without(station: Station) -> None:
    desk = station.desks[1]
    desk.connection.execute("INSERT INTO series VALUES (2, '261123', 499, 0)")
    assert [tail(desk, take_in(desk)) for _ in range(3)] == ["261123-1000", "261123-120001", "261123-120002"]
    assert gap_report(desk, START.date()).series[0].unmapped == ("120001", "120002")
    desk.connection.execute("UPDATE series SET last = 10498")
    assert [tail(desk, take_in(desk)) for _ in range(2)] == ["261123-129999", None]
    desk.now = lambda: START + timedelta(days=1)
    assert tail(desk, take_in(desk)) == "261124-0501"


def test_row_34_of_two_desks_with_one_number_the_later_goes_on_with_another(station: Station) -> None:
    later = station.desks[2]
    doubled = Draft(f"desk:{later.identity.desk}", "desk_renumbered", START, {"number": 2})
    with transaction(later.connection):
        later.projection.apply(later.log.append([doubled], later.identity.desk, epoch_ms(START)))
        later.series.settle(2)
    for _ in range(3):
        for desk in station.desks[1:]:
            assert exchange(desk, station.hub).error is None
            take_free_number(desk)
    assert [desk.series.state().number for desk in station.desks[1:]] == [2, 6]
    assert [tail(desk, take_in(desk)) for desk in station.desks[1:]] == ["261123-0501", "261123-2501"]


def test_row_34_of_two_desks_that_claim_one_number_over_two_hubs_each_soon_has_another(
    station: Station, tmp_path: Path
) -> None:
    shutil.copytree(station.root / "hub", tmp_path / "other")
    hubs, desks = (station.hub, FolderHub(tmp_path / "other")), station.desks[1:]
    for desk, hub in zip(desks, hubs, strict=True):
        want_a_number(desk)
        claim_number(desk, 4)
        assert exchange(desk, hub).error is None
    exchange(desks[0], hubs[1])
    for _ in range(4):
        for desk in reversed(desks):
            for hub in hubs:
                assert exchange(desk, hub).error is None
    states = [desk.series.state() for desk in desks]
    assert len({one.number for one in states}) == 2 and [one.wanted for one in states] == [None, None]


def test_row_16_a_claim_that_came_along_with_a_copied_database_is_the_other_ones(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    want_a_number(station.desks[1])
    station.sync(1)
    assert station.desks[1].series.state().claimed
    station.desks[1].close()
    shutil.copytree(station.root / "d1", tmp_path / "clone")
    station.desks[1] = Desk.open(station.root / "d1")
    with elsewhere(monkeypatch, tmp_path):
        clone = Desk.open(tmp_path / "clone")
    assert (clone.series.state().wanted, clone.series.state().claimed) == ("other_machine", False)
    for _ in range(3):
        for desk in (station.desks[1], clone):
            exchange(desk, station.hub)
    assert [desk.series.state().number for desk in (station.desks[1], clone)] == [5, 8]
    clone.close()


def test_row_16_two_copies_that_claim_one_number_apart_part(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.desks[1].close()
    shutil.copytree(station.root / "d1", tmp_path / "clone")
    shutil.copytree(station.root / "hub", tmp_path / "other")
    station.desks[1] = Desk.open(station.root / "d1")
    with elsewhere(monkeypatch, tmp_path):
        clone = Desk.open(tmp_path / "clone")
    want_a_number(station.desks[1])
    desks, hubs = (station.desks[1], clone), (station.hub, FolderHub(tmp_path / "other"))
    for desk, hub in zip(desks, hubs, strict=True):
        exchange(desk, hub)
    assert {desk.series.state().number for desk in desks} == {5}
    for _ in range(5):
        for desk in desks:
            for hub in hubs:
                exchange(desk, hub)
    states = [desk.series.state() for desk in desks]
    assert len({one.number for one in states}) == 2 and [one.wanted for one in states] == [None, None]
    clone.close()


met_before = pytest.mark.parametrize("meet", [exchange, add_hub], ids=["met before", "never reached yet"])


@met_before
def test_row_34_a_claimed_number_waits_for_each_hub_of_the_desk(
    station: Station, tmp_path: Path, meet: Callable[[Desk, FolderHub], object]
) -> None:
    shutil.copytree(station.root / "hub", tmp_path / "other")
    desk, other = station.desks[1], FolderHub(tmp_path / "other")
    meet(desk, other)
    want_a_number(desk)
    for _ in range(3):
        station.sync(1)
    assert desk.series.state().wanted == "no_witness"
    for _ in range(2):
        exchange(desk, other)
    assert desk.series.state().wanted is None and tail(desk, take_in(desk)) == "261123-2001"


def test_row_14_after_a_hub_was_set_back_two_desks_do_not_take_the_same_free_number(
    station: Station, tmp_path: Path
) -> None:
    one, other = station.desks[:2]
    shutil.copytree(station.root / "hub", tmp_path / "last night")
    take_in(other)
    want_a_number(one)
    station.sync(1, 0, 0)
    assert one.series.state().number == 4 and tail(one, take_in(one)) == "261123-1501"
    set_hub_back(station, tmp_path / "last night")
    other.entropy = drawn(7)
    want_a_number(other)
    station.sync(1, 1)
    assert other.series.state().wanted is None and tail(other, take_in(other)) == "261123-360001"
    station.sync(0, 1, 0)
    assert len(set(numbers(one))) == len(numbers(one)) and dump(one) == dump(other)


def test_row_14_where_nobody_can_tell_that_a_hub_was_set_back_two_desks_do_not_take_the_same_free_number(
    station: Station, tmp_path: Path
) -> None:
    """Found by history 773428: what the hub had lost, the other desk had not seen."""
    one, other = station.desks[:2]
    shutil.copytree(station.root / "hub", tmp_path / "last night")
    want_a_number(one)
    station.sync(0, 0)
    given = tail(one, take_in(one))
    set_hub_back(station, tmp_path / "last night")
    want_a_number(other)
    station.sync(1, 1)
    assert (given, tail(other, take_in(other))) == ("261123-1501", "261123-2001")
    station.sync(0, 1, 0)
    assert numbers(one) == ["T48.99-261123-1501", "T48.99-261123-2001"] and dump(one) == dump(other)


@pytest.mark.parametrize(
    ("far", "other_line", "number"),
    [(0, False, 5), (1, False, 26), (0, True, 26)],
    ids=["all of it is read", "a batch is lost", "another line lies there"],
)
def test_rows_07_and_16_what_a_hub_has_and_cannot_be_read_may_hold_a_claim(
    station: Station, far: int, other_line: bool, number: int
) -> None:
    desk, identity = station.desks[1], station.desks[0].identity
    author = Origin(identity.desk, identity.epoch)
    head = desk.log.heads()[author]
    reach = Reach(Head(head.seq, b"\x01" * 32) if other_line else head, head.seq + far)
    desk.entropy = drawn(7)
    want_a_number(desk)
    assert take_free_number(desk, station.hub.url, {author: reach}) == number


@met_before
def test_row_34_a_claimed_number_does_not_wait_for_a_hub_that_has_been_silent_for_a_week(
    station: Station, tmp_path: Path, meet: Callable[[Desk, FolderHub], object]
) -> None:
    shutil.copytree(station.root / "hub", tmp_path / "other")
    desk = station.desks[1]
    meet(desk, FolderHub(tmp_path / "other"))
    desk.now = lambda: START + timedelta(days=8)
    want_a_number(desk)
    for _ in range(2):
        station.sync(1)
    assert desk.series.state().wanted is None


def test_row_34_a_number_that_a_revoked_desk_had_is_not_used_again(station: Station) -> None:
    first, desk, gone = station.desks
    assert revoke_desk(first, officer_of(first), gone.identity.desk, 1, 1) is None
    want_a_number(desk)
    claim_number(desk, 3)
    for _ in range(4):
        station.sync(0, 1)
    state = desk.series.state()
    assert (state.number, state.wanted) == (8, None)


def test_row_38_no_number_is_claimed_while_the_log_does_not_hold(station: Station) -> None:
    desk = station.desks[1]
    want_a_number(desk)
    with transaction(desk.connection), unlocked(desk.connection):
        desk.connection.execute("UPDATE event SET body = '{}' WHERE kind = 'desk_enrolled' AND seq = 1")
    assert take_free_number(desk, station.hub.url) is None
    audit_again(desk)
    for _ in range(3):
        station.sync(1)
    assert (desk.series.state().number, desk.series.state().wanted) == (5, None)


def test_row_34_at_midnight_offline_a_new_day_begins_and_yesterdays_goes_on_for_its_paper(station: Station) -> None:
    desk = station.desks[0]
    late = START.replace(hour=23, minute=59)
    desk.now = lambda: late
    assert [tail(desk, take_in(desk)) for _ in range(2)] == ["261123-0001", "261123-0002"]
    desk.now = lambda: late + timedelta(minutes=2)
    assert tail(desk, take_in(desk)) == "261124-0001"
    assert taken_on(desk, START) == "261123-0003"
    station.reopen(0)
    desk = station.desks[0]
    assert taken_on(desk, late + timedelta(minutes=1)) == "261124-0002"
    desk.now = lambda: late - timedelta(days=1)
    assert tail(desk, take_in(desk)) == "261122-0001"
    desk.now = lambda: late
    assert tail(desk, take_in(desk)) == "261123-0004"
