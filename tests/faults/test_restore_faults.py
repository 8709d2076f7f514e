"""Faults of what a desk stands on: its file brought back, its disk full, its pages rotten, its snapshot broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.answers import InvalidInput
from storage.backup import Made, make_backup
from storage.database import DATABASE_NAME
from storage.desk import Desk
from storage.event_log import unlocked
from storage.recovery import RECOVERY_NAME
from storage.sync import snapshot
from storage.sync.exchange import exchange
from storage.sync.restoring import Restored, restore
from storage.verification import verify
from storage.witness import WITNESS_NAME
from tests.storage.sync_desks import START, Station, act, dump, officer_of, take_in

PAGE = 4096


@pytest.fixture
def backup(station: Station, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The first desk's backup after its first dossier, which the others know; its recovery key is in the safe."""
    monkeypatch.setenv("MOTCUA_RECOVERY_FILE", str(station.root / "recovery"))
    desk = station.desks[0]
    (desk.folder / RECOVERY_NAME).rename(station.root / "recovery")
    take_in(desk)
    made = make_backup(desk, station.root / "f.backup")
    station.sync(0, 1, 2)
    return made


def brought_back(station: Station, file: Path) -> Restored:
    folder = station.root / "d0"
    station.desks[0].close()
    restored = restore(file, folder)
    station.desks[0] = Desk.open(folder)
    return restored


def names(desk: Desk) -> list[str | None]:
    return [row[0] for row in desk.connection.execute("SELECT receipt_number FROM dossier ORDER BY 1")]


def ids(desk: Desk) -> set[str]:
    return {event.event_id for event, _ in desk.log.everything()}


def agree(station: Station) -> None:
    for _ in range(2):
        for report in station.sync(0, 1, 2):
            assert report.error is None, report.error
    first, *others = station.desks
    for other in others:
        assert dump(other) == dump(first) and ids(other) == ids(first)
    assert all(verify(desk).holds for desk in station.desks)


def test_row_15_a_desk_brought_back_gets_what_it_lost_from_the_hub_and_goes_on_under_a_new_epoch(
    station: Station, backup: Made
) -> None:
    desk = station.desks[0]
    lost = [take_in(desk, name) for name in ("Lê Thị Hoa", "Võ Văn Tư")]
    act(desk, lost[0], "noted", text="gọi lại")
    station.sync(0, 1)
    before, last, folder = dump(desk), desk.identity.epoch, desk.folder
    desk.close()
    for path in folder.glob(DATABASE_NAME + "*"):
        path.unlink()
    restored = restore(backup.file, folder)
    assert (restored.kept, restored.dossiers) == (None, 1)
    desk = station.desks[0] = Desk.open(folder)
    assert desk.identity.epoch > last and desk.row(lost[0]) is None
    assert desk.row(take_in(desk))["receipt_number"] == "T48.99-261123-0004"  # the witness lay beside
    agree(station)
    desk = station.desks[0]
    assert set(before) <= set(dump(desk)) and names(desk) == [f"T48.99-261123-000{n}" for n in (1, 2, 3, 4)]


def test_row_15_a_desk_brought_back_on_a_new_machine_gives_no_number_before_it_has_a_free_one(
    station: Station, backup: Made
) -> None:
    take_in(station.desks[0])
    station.sync(0)
    station.desks[0].close()
    folder = station.root / "new"
    restore(backup.file, folder)
    desk = station.desks[0] = Desk.open(folder)
    assert desk.series.state().wanted == "no_witness"
    early = take_in(desk)
    assert desk.row(early)["receipt_number"] is None
    agree(station)
    assert desk.row(early)["receipt_number"] == "T48.99-261123-1501"
    assert names(desk) == ["T48.99-261123-0001", "T48.99-261123-0002", "T48.99-261123-1501"]


def test_row_16_a_copy_that_goes_on_beside_the_one_brought_back_is_told_at_both(station: Station, backup: Made) -> None:
    copy = station.desks[0]
    take_in(copy, "Lê Thị Hoa")
    station.sync(0)
    restore(backup.file, station.root / "new")
    desk = Desk.open(station.root / "new")
    desk.now = lambda: START + timedelta(minutes=5)

    def told(one: Desk) -> str | None:
        error = exchange(one, station.hub).error
        return None if error is None else error.code

    assert told(desk) is None
    for _ in range(2):
        take_in(desk)
        assert told(desk) is None
    copy.now = lambda: START + timedelta(hours=1)
    take_in(copy)
    assert told(copy) == "desk_runs_twice"
    assert told(desk) == "desk_runs_twice"
    assert [told(one) for one in (copy, desk, copy, desk)] == [None] * 4
    assert dump(desk) == dump(copy) and len(set(names(desk))) == 5
    desk.close()


class Crammed:
    """A desk's connection on a disk with room for so many pages of a file that is attached."""

    def __init__(self, connection: Any, pages: int) -> None:
        self._connection = connection
        self._pages = pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> Any:
        answer = self._connection.execute(statement, *values)
        if statement.startswith("ATTACH"):
            self._connection.execute(f"PRAGMA {statement.split()[3]}.max_page_count = {self._pages}")
        return answer


@pytest.mark.parametrize("pages", [1, 60, 120])
def test_row_18_a_disk_full_during_a_backup_leaves_the_earlier_one(station: Station, backup: Made, pages: int) -> None:
    desk, earlier = station.desks[0], backup.file.read_bytes()
    connection, desk.connection = desk.connection, Crammed(desk.connection, pages)
    for _ in range(2):
        with pytest.raises(InvalidInput, match="disk_full"):
            make_backup(desk, backup.file)
    desk.connection = connection
    assert backup.file.read_bytes() == earlier
    assert [path.name for path in station.root.iterdir() if path.suffix == ".part"] == []
    take_in(desk)
    assert make_backup(desk, backup.file).events == backup.events + 1
    assert verify(desk).holds


def test_row_18_a_disk_full_during_a_snapshot_is_told_and_leaves_none(station: Station, backup: Made) -> None:
    desk = station.desks[0]
    connection, desk.connection = desk.connection, Crammed(desk.connection, 60)
    with pytest.raises(InvalidInput, match="disk_full"):
        snapshot.make(desk, station.hub)
    desk.connection = connection
    assert snapshot.manifests(station.hub, desk.identity.station) == []
    assert not list(desk.folder.glob("*snapshot*"))
    take_in(desk)
    assert station.sync(0)[0].error is None
    snapshot.make(desk, station.hub)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_row_18_a_disk_full_during_a_restore_changes_nothing(station: Station, backup: Made, share: float) -> None:
    station.desks[0].close()
    before = (station.root / "d0" / DATABASE_NAME).read_bytes()
    for folder in (station.root / "new", station.root / "d0"):
        with room_for(int(backup.size * share)), pytest.raises(InvalidInput, match="disk_full"):
            restore(backup.file, folder)
    assert not (station.root / "new").exists()
    assert (station.root / "d0" / DATABASE_NAME).read_bytes() == before
    station.desks[0] = Desk.open(station.root / "d0")
    assert station.desks[0].identity.epoch == 1


def rot(folder: Path, *pages: int) -> None:
    """Flip a bit in each of these pages of the encrypted file."""
    content = bytearray((folder / DATABASE_NAME).read_bytes())
    for page in pages:
        content[(page - 1) * PAGE + 100] ^= 1
    (folder / DATABASE_NAME).write_bytes(content)


def settled(desk: Desk) -> int:
    """How many pages the file has, once all of them are in it."""
    desk.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(desk.connection.execute("PRAGMA page_count").fetchone()[0])


@pytest.fixture
def worked(station: Station) -> Station:
    """The first desk has dossiers that the hub holds, and dossiers that only it has."""
    desk = station.desks[0]
    for number in range(30):
        act(desk, take_in(desk, f"Người Thứ {number}"), "noted", text="gọi lại" * 20)
    station.sync(0, 1, 2)
    for number in range(30):
        act(desk, take_in(desk, f"Người Sau {number}"), "noted", text="gọi lại" * 20)
    return station


def spread(desk: Desk, reached: bool) -> list[int]:
    """The pages that hold a table's beginning, and some in between; the schema's own beginning is left out."""
    tables = ["event", "sqlite_autoindex_event_1", "meta", "origin", "dossier", "series", "hub"][: 7 if reached else 1]
    count = settled(desk)
    asked = f"SELECT rootpage FROM sqlite_master WHERE name IN ({', '.join('?' * len(tables))})"
    between = range(count // 5, count, count // 5) if reached else (count // 3,)
    return sorted({*between, *(row[0] for row in desk.connection.execute(asked, tables))})


@pytest.mark.parametrize("reached", [True, False])
def test_row_21_wherever_a_page_has_rotted_the_desk_comes_back_with_all_that_can_be_read(
    worked: Station, reached: bool
) -> None:
    desk, hub = worked.desks[0], worked.root / "hub"
    shutil.copytree(hub, worked.root / "untouched")
    folder, pages, everything = desk.folder, spread(desk, reached), ids(desk)
    officer = officer_of(desk).id
    numbers, held = names(desk), ids(worked.desks[1])
    desk.close()
    whole, witness = (folder / DATABASE_NAME).read_bytes(), (folder / WITNESS_NAME).read_bytes()
    hopeless = []
    for page in pages:
        (folder / DATABASE_NAME).write_bytes(whole)
        (folder / WITNESS_NAME).write_bytes(witness)
        shutil.rmtree(hub)
        shutil.copytree(worked.root / "untouched", hub)
        rot(folder, page)
        if not reached:
            hub.rename(worked.root / "away")
        try:
            restored = restore(folder / DATABASE_NAME, folder)
        except InvalidInput as error:
            assert error.code == "restore_nothing_readable"
            hopeless.append(page)
            continue
        finally:
            if not reached:
                (worked.root / "away").rename(hub)
        desk = Desk.open(folder)
        assert len(everything - ids(desk)) <= restored.left, page
        assert reached is False or verify(desk).holds, page
        if desk.officers.get(officer) is not None:
            assert desk.row(take_in(desk))["receipt_number"] not in numbers, page
        error = exchange(desk, worked.hub).error
        assert error is None, (page, error)
        assert held <= ids(desk) and verify(desk).holds, page
        desk.close()
        assert restored.kept is not None and len(restored.kept.read_bytes()) == len(whole)
        restored.kept.unlink()
    assert len(hopeless) <= 1, "only without the desk's own keys there is nothing to go on from"
    worked.desks[0] = Desk.open(folder)


def test_row_21_a_file_of_which_not_even_the_desk_can_be_read_is_kept_beside_a_backup(
    station: Station, backup: Made
) -> None:
    folder, desk = station.root / "d0", station.desks[0]
    settled(desk)
    desk.close()
    rot(folder, 1)
    with pytest.raises(InvalidInput, match="database_unreadable"):
        Desk.open(folder)
    rotten = (folder / DATABASE_NAME).read_bytes()
    with pytest.raises(InvalidInput, match="restore_nothing_readable"):
        restore(folder / DATABASE_NAME, folder)
    assert (folder / DATABASE_NAME).read_bytes() == rotten
    restored = restore(backup.file, folder)
    assert restored.kept is not None and restored.kept.read_bytes() == rotten
    station.desks[0] = Desk.open(folder)
    agree(station)


def test_row_21_the_daily_audit_tells_of_a_rotten_page_and_work_goes_on(worked: Station) -> None:
    desk = worked.desks[0]
    page = desk.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'dossier_official'").fetchone()[0]
    settled(desk)
    desk.close()
    rot(worked.root / "d0", page)
    desk = worked.desks[0] = Desk.open(worked.root / "d0")
    desk.now = lambda: START + timedelta(days=1)
    error = exchange(desk, worked.hub).error
    assert error is not None and error.code == "database_damaged"
    with pytest.raises(InvalidInput, match="database_damaged"):
        make_backup(desk, worked.root / "f.backup")
    act(desk, take_in(desk), "noted", text="gọi lại")


@pytest.mark.parametrize("rotten", [False, True])
def test_row_41_what_no_hub_has_is_carried_into_what_is_put_in_its_place(
    station: Station, backup: Made, rotten: bool
) -> None:
    desk, folder = station.desks[0], station.root / "d0"
    late = [take_in(desk, f"Người Sau {number}") for number in range(20)]
    for dossier in late:
        act(desk, dossier, "noted", text="gọi lại" * 100)
    desk.connection.execute("INSERT INTO draft VALUES ('d', 'o', 1, 'một phần')")
    before, everything = dump(desk), ids(desk)
    settled(desk)
    root = desk.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'dossier'").fetchone()[0]
    desk.close()
    if rotten:
        rot(folder, root)
    restored = brought_back(station, backup.file)
    desk = station.desks[0]
    assert (restored.carried, restored.left) == (40, 0)
    assert dump(desk) == before and ids(desk) == everything
    assert desk.connection.execute("SELECT content FROM draft").fetchall() == [("một phần",)]
    assert desk.identity.epoch > 1 and desk.series.state().wanted is None
    assert desk.row(take_in(desk))["receipt_number"] == "T48.99-261123-0022"
    agree(station)


def test_row_41_own_work_behind_a_hole_goes_on_under_the_new_epoch_by_the_same_ids(
    station: Station, backup: Made
) -> None:
    desk = station.desks[0]
    for number in range(6):
        take_in(desk, f"Người Sau {number}")
    origin = desk.identity.origin
    hole = desk.log.last_seq(origin) - 3
    gone, *behind = [one.event.event_id for one in desk.log.stored(origin, hole - 1, 4)]
    with unlocked(desk.connection):
        desk.connection.execute("DELETE FROM event WHERE seq = ? AND origin = ?", (hole, desk.log.number(origin)))
    restored = brought_back(station, backup.file)
    desk = station.desks[0]
    assert restored.carried == 5
    under = {event.event_id: event.epoch for event, _ in desk.log.everything() if event.desk == origin.desk}
    assert gone not in under
    (epoch,) = {under[one] for one in behind}
    assert 1 < epoch <= desk.identity.epoch
    agree(station)
    assert verify(desk).holds


@pytest.mark.parametrize("altered", ["body = x'7b7d'", "hash = zeroblob(32)", "header = zeroblob(300)"])
def test_row_41_an_altered_event_is_not_believed_and_those_after_it_are_kept(
    station: Station, backup: Made, altered: str
) -> None:
    desk = station.desks[0]
    for number in range(6):
        take_in(desk, f"Người Sau {number}")
    origin, everything = desk.identity.origin, ids(desk)
    wrong = desk.log.last_seq(origin) - 3
    name = desk.log.stored(origin, wrong - 1, 1)[0].event.event_id
    with unlocked(desk.connection):
        number = desk.log.number(origin)
        desk.connection.execute(f"UPDATE event SET {altered} WHERE seq = ? AND origin = ?", (wrong, number))
    brought_back(station, backup.file)
    desk = station.desks[0]
    assert verify(desk).holds and everything - ids(desk) <= {name}
    agree(station)


def test_row_41_a_desk_that_was_brought_back_twice_says_nothing_twice(station: Station, backup: Made) -> None:
    for _ in range(2):
        take_in(station.desks[0])
        brought_back(station, backup.file)
    agree(station)
    desk = station.desks[0]
    assert names(desk) == [f"T48.99-261123-000{number}" for number in (1, 2, 3)]
    assert len(list(desk.log.everything())) == len(ids(desk))
