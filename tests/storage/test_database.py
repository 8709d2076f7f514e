"""The one file of a desk: key, versions, durability, and what the engine's faults become."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from core.answers import InvalidInput
from core.decisions import Act
from storage.chains import first_breaks
from storage.database import DATABASE_NAME, SCHEMA_VERSION, open_database, transaction
from storage.desk import Desk
from storage.folder import open_folder
from storage.keys import database_key
from tests.conftest import NOW, Office, act, officer, take_in


def code_of(error: pytest.ExceptionInfo[InvalidInput]) -> str:
    return error.value.code


def test_the_file_is_encrypted_and_only_its_key_opens_it(office: Office) -> None:
    path = office.folder / DATABASE_NAME
    assert not path.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(InvalidInput) as error:
        open_database(path, bytes(32))
    assert code_of(error) == "database_unreadable"


def test_names_do_not_stand_in_the_clear_in_any_file(office: Office, desk: Desk) -> None:
    take_in(desk, "Nguyễn Thị Độc Nhất")
    for path in office.folder.iterdir():
        assert "Độc Nhất".encode() not in path.read_bytes(), path.name


def test_commits_are_durable_and_the_log_is_write_ahead(desk: Desk) -> None:
    pragma = {name: desk.connection.execute(f"PRAGMA {name}").fetchone()[0]
              for name in ("synchronous", "journal_mode", "foreign_keys", "user_version")}  # fmt: skip
    assert pragma == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "user_version": SCHEMA_VERSION}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event",
        "UPDATE event SET kind = 'noted'",
        "UPDATE event SET header = x'00' WHERE n = 1",
        "UPDATE event SET hash = x'00' WHERE n = 1",
        "UPDATE event SET seq = seq + 1000",
        "INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1",
    ],
)
def test_events_are_neither_changed_nor_removed(desk: Desk, statement: str) -> None:
    before = desk.connection.execute("SELECT n, header, hash FROM event ORDER BY n").fetchall()
    with pytest.raises(sqlite.DatabaseError):
        desk.connection.execute(statement)
    assert desk.connection.execute("SELECT n, header, hash FROM event ORDER BY n").fetchall() == before


def test_a_database_of_a_newer_version_is_left_alone(office: Office, desk: Desk) -> None:
    desk.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(InvalidInput) as error:
        office.open()
    assert code_of(error) == "database_newer"
    assert error.value.params == {"found": str(SCHEMA_VERSION + 1), "known": str(SCHEMA_VERSION)}


def test_a_damaged_file_is_said_to_be_one(office: Office) -> None:
    (office.folder / DATABASE_NAME).write_bytes(os.urandom(8192))
    with pytest.raises(InvalidInput) as error:
        office.open()
    assert code_of(error) == "database_unreadable"


def test_a_missing_desk_and_a_missing_file(office: Office, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        Desk.open(tmp_path / "nowhere")
    assert code_of(error) == "desk_missing"
    with pytest.raises(InvalidInput) as error:
        open_database(tmp_path / "none.db", bytes(32))
    assert code_of(error) == "database_missing"


def test_a_full_disk_refuses_the_command_and_leaves_nothing_half_written(desk: Desk) -> None:
    dossier = take_in(desk)
    before = (desk.log.heads(), list(desk.projection.dump()))
    pages = desk.connection.execute("PRAGMA page_count").fetchone()[0]
    desk.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(InvalidInput) as error:
        for _ in range(50):
            desk.do(Act(dossier, "noted", NOW, {"text": "dài " * 2000}), officer(desk))
            before = (desk.log.heads(), list(desk.projection.dump()))
    assert code_of(error) == "disk_full"
    assert (desk.log.heads(), list(desk.projection.dump())) == before
    assert first_breaks(desk.connection, desk.log) == []
    desk.connection.execute("PRAGMA max_page_count = 1073741823")
    act(desk, dossier, "noted", text="lại được")


def test_a_folder_that_cant_be_written_refuses(desk: Desk) -> None:
    dossier = take_in(desk)
    desk.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(InvalidInput) as error:
        act(desk, dossier, "noted", text="x")
    assert code_of(error) == "data_read_only"
    desk.connection.execute("PRAGMA query_only = OFF")
    assert first_breaks(desk.connection, desk.log) == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere, as all may there")
def test_a_read_only_folder_can_still_say_so(office: Office) -> None:
    office.folder.chmod(0o500)
    try:
        with pytest.raises(InvalidInput) as error:
            desk = office.open()
            take_in(desk)
        assert code_of(error) == "data_read_only"
    finally:
        office.folder.chmod(0o700)


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(desk: Desk) -> None:
    before = desk.log.heads()
    with pytest.raises(RuntimeError), transaction(desk.connection):
        desk.connection.execute("UPDATE origin SET seq = seq + 7")
        raise RuntimeError
    assert desk.log.heads() == before
    take_in(desk)


def test_a_writer_waits_for_the_other_and_then_is_told(office: Office, desk: Desk) -> None:
    other = office.open()
    other.connection.execute("PRAGMA busy_timeout = 0")
    with transaction(desk.connection):
        started = other.connection.execute("SELECT count(*) FROM event").fetchone()
        assert started[0] > 0
        with pytest.raises(sqlite.OperationalError, match="locked"):
            other.connection.execute("BEGIN IMMEDIATE")
    take_in(other)
    other.close()


WRITER = """
import sys
from pathlib import Path
from core.decisions import Act
from storage.desk import Desk, Done

folder, dossier, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
desk = Desk.open(folder)
officer = desk.officers.find("tmd")
for number in range(200):
    done = desk.do(Act(dossier, "noted", desk.now(), {"text": f"{name} {number}"}), officer)
    assert isinstance(done, Done), done
desk.close()
"""


def test_two_processes_append_to_one_folder_and_nothing_is_lost(office: Office, desk: Desk) -> None:
    dossiers = [take_in(desk, name) for name in ("Một", "Hai")]
    before = desk.log.last_seq(desk.identity.origin)
    words = [sys.executable, "-c", WRITER, str(office.folder)]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([*words, dossier, str(place)], cwd=root) for place, dossier in enumerate(dossiers)]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert desk.log.last_seq(desk.identity.origin) == before + 400
    assert first_breaks(desk.connection, desk.log) == []
    for place, dossier in enumerate(dossiers):
        folded = desk.dossier(dossier)
        assert folded is not None and folded.marks == {}
        notes = [event.body["text"] for event in folded.events if event.kind == "noted"]
        assert notes == [f"{place} {number}" for number in range(200)]
    clocks = [event.hlc for event, _ in desk.log.everything()]
    assert clocks == sorted(set(clocks))


def test_numbers_stay_unique_over_processes_and_rollbacks(office: Office, desk: Desk) -> None:
    other = office.open()
    numbers = []
    for number in range(6):
        which = (desk, other)[number % 2]
        with pytest.raises(RuntimeError), transaction(which.connection):
            raise RuntimeError
        row = which.row(take_in(which))
        assert row is not None
        numbers.append(row["receipt_number"])
    assert numbers == [f"H30-001-260521-{serial:04}" for serial in range(1, 7)]
    assert desk.changed_elsewhere() >= 1
    other.close()


def test_the_key_may_lie_elsewhere(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = tmp_path / "elsewhere.key"
    (office.folder / "motcua.key").rename(moved)
    with pytest.raises(InvalidInput) as error:
        open_folder(office.folder)
    assert code_of(error) == "key_unreadable"
    monkeypatch.setenv("MOTCUA_KEY_FILE", str(moved))
    assert len(database_key(office.folder)) == 32
    office.open().close()
