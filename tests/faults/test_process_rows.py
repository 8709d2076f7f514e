"""Rows 8, 9 and 17: processes that are killed, and several at one desk: whole commands and nothing else."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.answers import InvalidInput
from storage.desk import Desk
from storage.sync import exchange as exchange_module
from storage.sync import pulling
from storage.sync.exchange import exchange
from storage.verification import verify
from tests.faults.lines import Crash
from tests.faults.rows import at_rest
from tests.storage.sync_desks import Station, dump, take_in

_APPENDS = """
import sys
from pathlib import Path
from storage.desk import Desk
from tests.faults.lines import Crash
from tests.faults.rows import at_rest
from tests.storage.sync_desks import take_in
desk = Desk.open(Path(sys.argv[1]))
while True:
    take_in(desk)
    print(desk.log.heads()[desk.identity.origin].seq, flush=True)
"""
_EXCHANGES = """
import sys
from pathlib import Path
from storage.desk import Desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from tests.faults.lines import Crash
from tests.faults.rows import at_rest
from tests.storage.sync_desks import take_in
desk = Desk.open(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for _ in range(5):
        take_in(desk)
    exchange(desk, FolderHub(Path(sys.argv[2])))
"""
_HOLDS = """
import sys, time
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""
ROOT = Path(__file__).parents[2]


def child(program: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ})


def test_row_09_what_was_answered_before_a_kill_is_there_once(station: Station) -> None:
    desk = station.desks[0]
    for seed in range(3):
        process = child(_APPENDS, desk.folder)
        assert process.stdout is not None
        answered = int(process.stdout.readline())
        time.sleep(random.Random(seed).uniform(0, 0.15))
        process.kill()
        rest = process.stdout.read().split()
        process.wait()
        answered = int(rest[-1]) if rest else answered
        head = desk.log.heads()[desk.identity.origin].seq
        assert answered <= head <= answered + 1
        assert verify(desk).holds
    numbers = [row[0] for row in desk.connection.execute("SELECT receipt_number FROM dossier")]
    assert len(set(numbers)) == len(numbers) >= 3


def test_row_08_desks_killed_in_mid_exchange_still_end_alike(station: Station) -> None:
    for seed in range(4):
        processes = [child(_EXCHANGES, station.desks[number].folder, station.root / "hub") for number in (0, 1)]
        for process in processes:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for process in processes:
            time.sleep(random.Random(seed).uniform(0.02, 0.3))
            process.kill()
            process.wait()
            process.stdout.close()
    for report in station.sync(0, 1, 2, 0, 1, 2):
        assert report.error is None
    assert station.desks[0].log.heads() == station.desks[1].log.heads() == station.desks[2].log.heads()
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    assert all(verify(desk).holds for desk in station.desks)


def test_row_17_one_exchange_at_a_time_and_a_dead_ones_lock_is_free(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module, "_WAIT_S", 0.05)
    desk = station.desks[0]
    process = child(_HOLDS, desk.folder / exchange_module.LOCK_NAME)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    with pytest.raises(InvalidInput, match="sync_running"):
        exchange(desk, station.hub)
    process.kill()
    process.wait()
    process.stdout.close()
    assert exchange(desk, station.hub).error is None


def test_row_17_an_officer_can_work_while_another_process_exchanges(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "CHUNK", 100)
    for _ in range(300):
        take_in(station.desks[0])
    station.sync(0)
    elsewhere = Desk.open(station.desks[1].folder)
    seen: list[int] = []

    def work(done: int, total: int) -> None:
        assert done <= total
        seen.append(done)
        take_in(elsewhere)

    report = exchange(station.desks[1], station.hub, work)
    assert report.error is None and report.received == 300
    assert len(seen) >= 3 and seen == sorted(seen) and 300 in seen
    assert verify(station.desks[1]).holds
    elsewhere.close()


def test_row_17_two_processes_that_append_at_once_write_one_chain(station: Station) -> None:
    desk = station.desks[0]
    processes = [child(_APPENDS, desk.folder) for _ in range(2)]
    answered = 0
    for process in processes:
        assert process.stdout is not None
        answered = max([answered, *(int(process.stdout.readline()) for _ in range(10))])
    mine = take_in(desk)
    for process in processes:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert desk.log.last_seq(desk.identity.origin) > answered and desk.dossier(mine) is not None
    assert verify(desk).holds
    numbers = [row[0] for row in desk.connection.execute("SELECT receipt_number FROM dossier")]
    assert len(set(numbers)) == len(numbers) >= 20


def test_row_08_a_page_of_which_a_part_was_applied_is_taken_up_where_it_ended(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "CHUNK", 10)
    for _ in range(40):
        take_in(station.desks[0])
    station.sync(0)

    def dies(moved: int, _total: int) -> None:
        if moved >= 20:
            raise Crash

    with pytest.raises(Crash):
        exchange(station.desks[1], station.hub, dies)
    station.reopen(1)
    assert verify(station.desks[1]).holds
    assert exchange(station.desks[1], station.hub).received == 20
    at_rest(station)
