"""A backup is of one moment, whole, opened by the recovery key alone; restoring destroys nothing."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.answers import InvalidInput
from storage.backup import Made, make_backup, read_backup
from storage.database import DATABASE_NAME, SCHEMA_VERSION, open_database
from storage.desk import Desk
from storage.keys import database_key, seal_public
from storage.recovery import RECOVERY_NAME, make_recovery, read_recovery
from storage.sync.comparing import recall
from storage.sync.exchange import add_hub, alone, exchange
from storage.sync.postgres_hub import PostgresHub
from storage.sync.restoring import restore
from storage.sync.salvage import ADDED_TO, DESKS_OWN, OF_ORIGINS
from storage.verification import verify
from tests.storage.sync_desks import Station, act, dump, take_in


def back_up(desk: Desk, name: str = "f.backup") -> Made:
    return make_backup(desk, desk.folder.parent / name)


def take_keys_away(desk: Desk, to: Path) -> None:
    (desk.folder / RECOVERY_NAME).rename(to)


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix not in (".lock", ".witness")}


@pytest.fixture
def recovery(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the admin keeps the recovery key of the station's first desk."""
    kept = tmp_path / "safe" / "recovery"
    kept.parent.mkdir()
    take_keys_away(station.desks[0], kept)
    monkeypatch.setenv("MOTCUA_RECOVERY_FILE", str(kept))
    return kept


def test_a_new_desk_has_a_recovery_key_that_is_made_once(station: Station) -> None:
    keys = {read_recovery(desk.folder) for desk in station.desks}
    assert len(keys) == 3
    assert all(make_recovery(desk) is None for desk in station.desks)


def test_a_desk_of_an_older_version_gets_its_key_at_its_first_backup(station: Station, recovery: Path) -> None:
    desk = station.desks[1]
    desk.connection.execute("DELETE FROM meta WHERE name = 'recovery'")
    assert back_up(desk).recovery == desk.folder / RECOVERY_NAME, "it still lies on the desk"
    (desk.folder / RECOVERY_NAME).unlink()
    made = back_up(desk)
    assert made.recovery is None, "the admin's key that lies there serves this desk too"
    assert read_backup(made.file).recovery == seal_public(bytes.fromhex(recovery.read_text("ascii").strip())).hex()
    station.desks[2].connection.execute("DELETE FROM meta WHERE name = 'recovery'")
    recovery.unlink()
    assert back_up(station.desks[2], "g.backup").recovery == recovery and recovery.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [("no key", "recovery_unreadable"), ("00ff", "recovery_unreadable"), (None, "recovery_missing")],
)
def test_a_recovery_file_that_holds_no_key_is_told_and_stays(
    station: Station, recovery: Path, content: str | None, code: str, tmp_path: Path
) -> None:
    made = back_up(station.desks[0])
    recovery.unlink() if content is None else recovery.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=code):
        restore(made.file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    if content is not None:
        station.desks[0].connection.execute("DELETE FROM meta WHERE name = 'recovery'")
        with pytest.raises(InvalidInput, match=code):
            back_up(station.desks[0])
        assert recovery.read_text(encoding="utf-8") == content


def test_a_backup_tells_what_it_holds_and_shows_nothing(station: Station, recovery: Path) -> None:
    desk = station.desks[0]
    take_in(desk, "Nguyễn Văn An")
    made = back_up(desk)
    assert (made.events, made.dossiers) == (sum(head.seq for head in desk.log.heads().values()), 1)
    content = made.file.read_bytes()
    assert made.size == len(content)
    for private in (b"SQLite format", "Nguyễn".encode(), desk.identity.sign_private, recovery.read_bytes().strip()):
        assert private not in content
    assert not list(made.file.parent.glob("*.part"))


def test_work_goes_on_during_a_backup_and_the_copy_is_of_one_moment(station: Station, recovery: Path) -> None:
    folder, stop, failed = station.root / "d0", threading.Event(), list[BaseException]()
    written = threading.Semaphore(0)

    def works() -> None:
        desk = Desk.open(folder)
        try:
            while not stop.is_set():
                act(desk, take_in(desk), "noted", text="gọi lại")
                written.release()
        except BaseException as error:
            failed.append(error)
        finally:
            desk.close()

    worker = threading.Thread(target=works)
    worker.start()
    try:
        made = []
        for number in range(3):
            made.append(back_up(station.desks[0], f"{number}.backup"))
            while written.acquire(blocking=False):
                pass
            assert written.acquire(timeout=60)
    finally:
        stop.set()
        worker.join()
    assert not failed
    counts = [one.events for one in made]
    assert counts == sorted(counts) and counts[0] < counts[-1]
    for one in made:
        into = station.root / one.file.stem
        assert restore(one.file, into).events == one.events
        desk = Desk.open(into)
        assert verify(desk).holds
        desk.close()


def test_a_backup_takes_the_place_of_an_earlier_one_and_of_nothing_else(station: Station, recovery: Path) -> None:
    desk = station.desks[0]
    first = back_up(desk)
    take_in(desk)
    assert back_up(desk).events == first.events + 1
    other = station.root / "thư.txt"
    other.write_text("x" * 100)
    for path in (other, desk.folder / DATABASE_NAME):
        before = path.read_bytes()
        with pytest.raises(InvalidInput, match="backup_in_the_way"):
            make_backup(desk, path)
        assert path.read_bytes() == before
    for path in (station.root / "missing" / "f", station.root / ("x" * 300)):
        with pytest.raises(InvalidInput, match="backup_unwritable"):
            make_backup(desk, path)


def test_an_empty_folder_becomes_the_desk_under_a_key_of_its_own(
    station: Station, recovery: Path, tmp_path: Path
) -> None:
    desk = station.desks[0]
    take_in(desk)
    made = back_up(desk)
    restored = restore(made.file, tmp_path / "a" / "b")
    assert (restored.desk, restored.kept, restored.carried, restored.left) == (desk.identity.desk, None, 0, 0)
    again = Desk.open(tmp_path / "a" / "b")
    assert dump(again) == dump(desk) and verify(again).holds
    assert again.identity.epoch > desk.identity.epoch
    assert again.series.state().wanted == "no_witness"
    assert (again.folder / "motcua.key").read_bytes() != (desk.folder / "motcua.key").read_bytes()
    again.close()


def test_a_desk_that_had_no_witness_yet_gives_no_number_either(
    station: Station, recovery: Path, tmp_path: Path
) -> None:
    station.desks[0].connection.execute("INSERT INTO meta VALUES ('witness_first', 1)")
    restore(back_up(station.desks[0]).file, tmp_path / "new")
    desk = Desk.open(tmp_path / "new")
    assert desk.series.state().wanted == "no_witness"
    desk.close()


def test_one_backup_restored_twice_is_two_epochs_that_meet_without_a_fork(
    station: Station, recovery: Path, tmp_path: Path
) -> None:
    made = back_up(station.desks[0])
    twins = []
    for name in ("a", "b"):
        restore(made.file, tmp_path / name)
        twins.append(Desk.open(tmp_path / name))
        take_in(twins[-1])
    for twin in (*twins, *twins):
        assert exchange(twin, station.hub).error is None
    assert len({twin.identity.epoch for twin in twins}) == 2
    assert len(list(twins[0].log.everything())) >= made.events + 2
    for twin in twins:
        twin.close()


def torn(content: bytes) -> bytes:
    return content[: len(content) * 99 // 100]


def altered(content: bytes) -> bytes:
    return content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]


def of_another_form(content: bytes) -> bytes:
    begin = content.rindex(b'{"')
    told = json.loads(content[begin : content.rindex(b"}") + 1])
    text = json.dumps(told | {"format": 2}, sort_keys=True).encode()
    return content[:begin] + text + len(text).to_bytes(4, "big") + b"motcua backup\n"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (torn, "backup_unreadable"),
        (lambda content: content[:3], "backup_unreadable"),
        (lambda content: b"", "backup_unreadable"),
        (lambda content: content[100:], "backup_broken"),
        (lambda content: content + b"x", "backup_unreadable"),
        (altered, "backup_broken"),
        (of_another_form, "backup_newer"),
    ],
)
@pytest.mark.parametrize("into", ["nothing", "the desk"])
def test_a_backup_that_is_none_any_more_changes_nothing(
    station: Station, recovery: Path, change: Callable[[bytes], bytes], code: str, into: str
) -> None:
    made = back_up(station.desks[0])
    made.file.write_bytes(change(made.file.read_bytes()))
    folder = station.root / ("d0" if into == "the desk" else "new")
    station.desks[0].close()
    before = listing(folder) if folder.exists() else None
    with pytest.raises(InvalidInput, match=code):
        restore(made.file, folder)
    assert (listing(folder) if folder.exists() else None) == before
    station.desks[0] = Desk.open(station.root / "d0")
    assert station.desks[0].identity.epoch == 1


def test_another_desks_key_opens_nothing(station: Station, recovery: Path, tmp_path: Path) -> None:
    made = back_up(station.desks[0])
    shutil.copyfile(station.desks[1].folder / RECOVERY_NAME, recovery)
    with pytest.raises(InvalidInput, match="recovery_wrong"):
        restore(made.file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_another_desks_folder_and_an_open_desk_are_left_alone(station: Station, recovery: Path) -> None:
    made = back_up(station.desks[0])
    with pytest.raises(InvalidInput, match="restore_in_use"):
        restore(made.file, station.root / "d0")
    take_in(station.desks[0])
    station.desks[1].close()
    before = listing(station.root / "d1")
    with pytest.raises(InvalidInput, match="restore_other_desk"):
        restore(made.file, station.root / "d1")
    assert listing(station.root / "d1") == before
    station.desks[1] = Desk.open(station.root / "d1")


def test_what_a_newer_program_wrote_is_left_alone(station: Station, recovery: Path) -> None:
    desk = station.desks[0]
    made = back_up(desk)
    desk.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    desk.close()
    before = listing(desk.folder)
    for file in (made.file, desk.folder / DATABASE_NAME):
        with pytest.raises(InvalidInput, match="database_newer"):
            restore(file, desk.folder)
    assert listing(desk.folder) == before


def test_a_history_that_does_not_hold_is_not_restored(station: Station, recovery: Path, tmp_path: Path) -> None:
    from storage.event_log import unlocked

    desk = station.desks[0]
    with unlocked(desk.connection):
        desk.connection.execute("UPDATE event SET body = x'7b7d' WHERE kind = 'desk_enrolled'")
    made = back_up(desk)
    with pytest.raises(InvalidInput, match="history_broken"):
        restore(made.file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_desk_that_lay_there_is_kept_and_opens_as_before(station: Station, recovery: Path) -> None:
    desk = station.desks[0]
    made = back_up(desk)
    take_in(desk)
    before, key = dump(desk), database_key(desk.folder)
    desk.close()
    kept = restore(made.file, desk.folder).kept
    assert kept is not None
    connection = open_database(kept, key)
    old = Desk(desk.folder, connection, station.desks[0].identity)
    assert dump(old) == before and verify(old).holds
    connection.close()
    station.desks[0] = Desk.open(desk.folder)


def test_every_table_is_carried_over_or_made_again(station: Station) -> None:
    asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'dossier_text_%'"
    tables = {row[0] for row in station.desks[0].connection.execute(asked)}
    from_events = {
        "event",
        "origin",
        "head",
        "awaited",
        "waiting",
        "acted",
        "dossier",
        "dossier_text",
        "officer",
        "desk",
        "handover",
        "touch",
        "touched",
        "tally",
        "passage",
        "asked",
        "sending",
        "fine",
        "fine_payment",
        "survey_answer",
        "survey_code",
        "outreach",
        "feedback",
    }
    others = {"meta", "_sqlite_migrations"}
    assert tables == {*DESKS_OWN, *ADDED_TO, *OF_ORIGINS, *from_events, *others}


def test_two_restores_at_once_leave_each_other_alone(
    station: Station, recovery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folder = back_up(station.desks[0]), station.desks[0].folder
    station.desks[0].close()
    monkeypatch.setattr("storage.sync.exchange._WAIT_S", 0)
    with alone(folder):
        (folder / "motcua.restoring").mkdir()
        (folder / "motcua.restoring" / DATABASE_NAME).write_bytes(b"being made")
        with pytest.raises(InvalidInput, match="sync_running"):
            restore(made.file, folder)
        assert (folder / "motcua.restoring" / DATABASE_NAME).read_bytes() == b"being made"
    restore(made.file, folder)
    assert not (folder / "motcua.restoring").exists()


@pytest.mark.parametrize("from_backup", [True, False])
def test_a_restored_desk_still_knows_the_password_of_its_hub(
    station: Station, recovery: Path, from_backup: bool
) -> None:
    desk = station.desks[0]
    add_hub(desk, PostgresHub("postgresql://quay:bi-mat@localhost/motcua"))
    made = back_up(desk)
    desk.close()
    restore(made.file if from_backup else desk.folder / DATABASE_NAME, desk.folder)
    again = Desk.open(desk.folder)
    hub = PostgresHub("postgresql://quay@localhost/motcua")
    recall(again, hub)
    assert hub.memory == {"password": "bi-mat"}
    again.close()


@pytest.mark.parametrize("table", ["batch", "sealed"])
def test_a_rotten_row_of_a_desk_s_own_tables_is_passed_over(station: Station, recovery: Path, table: str) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    station.sync(0)
    db = desk.connection
    if table == "batch":
        db.execute("UPDATE batch SET head = zeroblob(300) WHERE first_seq = 1")
    else:
        (public, last) = desk.station_key(), desk.log.last_seq(desk.identity.origin)
        number = desk.log.number(desk.identity.origin)
        db.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, zeroblob(300))", (number, last, last, public))
    desk.close()
    restore(desk.folder / DATABASE_NAME, desk.folder)
    again = Desk.open(desk.folder)
    assert exchange(again, station.hub).error is None
    assert again.dossier(dossier) is not None and verify(again).holds
    again.close()


def test_a_description_nested_without_end_is_no_backup(tmp_path: Path) -> None:
    nested = b"[" * 200_000
    (tmp_path / "f").write_bytes(nested + len(nested).to_bytes(4, "big") + b"motcua backup\n")
    with pytest.raises(InvalidInput, match="backup_unreadable"):
        read_backup(tmp_path / "f")
