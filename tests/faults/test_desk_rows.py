"""Rows 7, 10, 18 and 20: a desk's own disk, its locks and its power."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from core.answers import InvalidInput
from storage import database, room
from storage.database import DATABASE_NAME
from storage.desk import Desk
from storage.room import LEAST_FREE, WAL_BEHIND, room_warnings, wal_behind
from storage.sync.exchange import exchange
from storage.verification import verify
from tests.faults.rows import at_rest
from tests.faults.template import copy_desk
from tests.storage.sync_desks import Station, act, take_in

ROOT = Path(__file__).parents[2]
FULL = 2
LOOSE = {"storage/demo/station.py", "storage/database.py"}
"""A demo is made anew where it is cut off, and a snapshot is a file beside the desk's own."""


def refused(station: Station, number: int) -> str:
    with pytest.raises(InvalidInput) as raised:
        take_in(station.desks[number])
    return raised.value.code


@contextmanager
def full_disk(desk: Desk) -> Iterator[None]:
    """SQLite may not take one more page: what it says then is what it says of a full disk."""
    (pages,) = desk.connection.execute("PRAGMA page_count").fetchone()
    (most,) = desk.connection.execute("PRAGMA max_page_count").fetchone()
    desk.connection.execute(f"PRAGMA max_page_count = {pages}")
    yield
    desk.connection.execute(f"PRAGMA max_page_count = {most}")


def test_row_07_a_bit_that_flips_in_a_page_is_never_read_as_something_else(station: Station) -> None:
    desk = station.desks[0]
    for _ in range(5):
        take_in(desk)
    right = [event for event, _ in desk.log.everything()]
    desk.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    path = station.root / "d0" / DATABASE_NAME
    good = path.read_bytes()
    rng = Random(7)
    found = 0
    for place in rng.sample(range(len(good)), 25):
        altered = bytearray(good)
        altered[place] ^= 1 << rng.randrange(8)
        path.write_bytes(altered)
        try:
            again = Desk.open(station.root / "d0")
        except InvalidInput as error:
            assert error.code in ("database_unreadable", "database_damaged")
            found += 1
            continue
        try:
            with database.officer_errors():
                assert [event for event, _ in again.log.everything()] == right
        except InvalidInput as error:
            assert error.code == "database_damaged"
            found += 1
        again.close()
    assert found > 0
    path.write_bytes(good)
    station.desks[0] = Desk.open(station.root / "d0")
    at_rest(station)


def test_row_10_every_connection_of_a_desk_flushes_each_commit(station: Station) -> None:
    for desk in station.desks:
        assert desk.connection.execute("PRAGMA synchronous").fetchone()[0] == FULL
        assert desk.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    opened = {
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "storage").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("sqlite.connect", "sqlite3.connect")
    }
    assert opened == {"storage/database.py"}
    loose = {
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "storage").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "synchronous" in line and "= FULL" not in line
    }
    assert loose == LOOSE


def test_row_10_what_was_answered_before_the_power_went_is_there(station: Station, tmp_path: Path) -> None:
    desk = station.desks[0]
    for number in range(6):
        dossier = take_in(desk)
        act(desk, dossier, "noted", text="gọi lại")
        copy_desk(desk.folder, tmp_path / str(number))
        heads = desk.log.heads()
        after = Desk.open(tmp_path / str(number))
        assert after.log.heads() == heads and after.dossier(dossier) is not None
        assert verify(after).holds
        after.close()
    station.sync(0)
    desk.close()
    shutil.copytree(tmp_path / "5", station.root / "d0", dirs_exist_ok=True)
    station.desks[0] = Desk.open(station.root / "d0")
    take_in(station.desks[0])
    at_rest(station)


def test_row_18_on_a_full_disk_a_command_is_refused_in_words_and_leaves_nothing(station: Station) -> None:
    desk = station.desks[0]
    take_in(desk)
    heads = desk.log.heads()
    with full_disk(desk):
        codes = {refused(station, 0) for _ in range(3)} if _fill(station) else set()
        assert codes == {"disk_full"}
        heads = desk.log.heads()
        assert verify(desk).holds
    take_in(desk)
    assert desk.log.heads() != heads
    at_rest(station)


def _fill(station: Station) -> bool:
    """Take in until the last page is full."""
    for _ in range(500):
        try:
            take_in(station.desks[0])
        except InvalidInput:
            return True
    return False


def test_row_18_an_exchange_on_a_full_disk_takes_nothing_half_and_goes_on_when_there_is_room(station: Station) -> None:
    for _ in range(60):
        take_in(station.desks[0])
    station.sync(0)
    desk = station.desks[1]
    heads = desk.log.heads()
    with full_disk(desk):
        try:
            report = exchange(desk, station.hub)
            code = report.error.code if report.error else None
        except InvalidInput as error:
            code = error.code
        assert code == "disk_full"
        assert desk.log.heads() == heads and verify(desk).holds
    assert exchange(desk, station.hub).received == 60
    at_rest(station)


def test_row_20_who_waits_for_a_lock_is_told_in_the_end_and_nothing_is_lost(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, other = station.desks[0], Desk.open(station.desks[0].folder)
    desk.connection.execute("PRAGMA busy_timeout = 1")
    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=count().__next__, sleep=lambda seconds: None))
    other.connection.execute("BEGIN IMMEDIATE")
    heads = desk.log.heads()
    assert refused(station, 0) == "database_busy"
    assert desk.log.heads() == heads
    other.connection.execute("ROLLBACK")
    other.close()
    take_in(desk)
    at_rest(station)


def test_row_20_a_long_reader_holds_nobody_up_and_afterwards_the_file_beside_stops_to_grow(station: Station) -> None:
    desk, reader = station.desks[0], Desk.open(station.desks[0].folder)
    reader.connection.execute("BEGIN")
    before = len(reader.log.heads()), reader.log.last()
    for _ in range(60):
        take_in(desk)
    assert (len(reader.log.heads()), reader.log.last()) == before
    beside = desk.folder / f"{DATABASE_NAME}-wal"
    reader.connection.execute("ROLLBACK")
    reader.close()
    for _ in range(120):
        take_in(desk)
    grown = beside.stat().st_size
    for _ in range(400):
        take_in(desk)
    assert beside.stat().st_size <= max(grown, 1100 * 4096)
    at_rest(station)


def test_row_20_a_reader_that_keeps_the_file_beside_growing_is_told(station: Station) -> None:
    desk, reader = station.desks[0], Desk.open(station.desks[0].folder)
    bulk = "INSERT INTO hub_memory SELECT 'x', hex(randomblob(16)), hex(randomblob(20000)) FROM event LIMIT 20"
    reader.connection.execute("BEGIN")
    reader.log.last()
    while wal_behind(desk) < WAL_BEHIND // 2:
        desk.connection.execute(bulk)
    assert told(desk) == [], "half of it is no reason to be told"
    while wal_behind(desk) < WAL_BEHIND:
        desk.connection.execute(bulk)
    assert told(desk) == ["reader_holds_up"]
    assert exchange(desk, station.hub).error is None, "and nobody is held up"
    reader.connection.execute("ROLLBACK")
    reader.close()
    take_in(desk)
    assert (desk.folder / f"{DATABASE_NAME}-wal").stat().st_size >= WAL_BEHIND
    assert told(desk) == [], "a file that stayed large is no reason"
    at_rest(station)


def test_row_18_a_disk_that_is_nearly_full_is_told_before_it_is(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = station.desks[0]
    size = (desk.folder / DATABASE_NAME).stat().st_size
    for free, codes in ((LEAST_FREE + size, []), (LEAST_FREE + size - 1, ["disk_nearly_full"])):
        monkeypatch.setattr(room.shutil, "disk_usage", lambda folder, free=free: SimpleNamespace(free=free))
        assert told(desk) == codes


def told(desk: Desk) -> list[str]:
    return [one.code for one in room_warnings(desk)]
