"""The folder hub and what may happen to it: every fault is told, nothing is adopted or lost."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.decisions import Undo
from core.moments import LEGAL_TIME
from core.record import NO_HASH, Event, read_event
from storage import outbox
from storage.database import DATABASE_NAME, open_database
from storage.desk import Desk
from storage.folder import read_identity, write_meta
from storage.founding import found
from storage.keys import database_key
from storage.sync.auditing import audit_again, audited
from storage.sync.batch import BatchHead, pack, unpack
from storage.sync.batches import cut_own
from storage.sync.exchange import LOCK_NAME, add_hub, exchange, exchange_all, open_hub
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.sync.protocol import Answer
from storage.sync.pulling import Pull
from storage.sync.tally import Tally
from storage.verification import verify
from tests.faults.memory_hub import MemoryHub
from tests.storage.sync_desks import OFFICERS, PIN, START, Station, act, cloned, dump, new_desk, officer_of, take_in


def events_of(desk: Desk, entity: str) -> list[Event]:
    """All that the log holds of it, under whichever epochs."""
    rows = desk.connection.execute("SELECT header, body FROM event WHERE entity = ?", (entity,)).fetchall()
    return [read_event(header, body) for header, body in rows]


def codes(station: Station, *numbers: int) -> list[str | None]:
    return [report.error.code if report.error else None for report in station.sync(*numbers)]


def test_the_layout_is_the_written_one(station: Station) -> None:
    take_in(station.desks[1])
    station.sync(1)
    names = [path.name for path in sorted(station.origin_folder(1).iterdir())]
    assert names[0] == "000000000001.batch" and all(len(name) == 18 for name in names)
    identity = station.desks[1].identity
    assert station.origin_folder(1).relative_to(station.root / "hub").parts == (
        identity.station,
        "origins",
        f"{identity.desk}-1",
    )


def test_the_report_counts_what_went_each_way(station: Station) -> None:
    take_in(station.desks[0])
    take_in(station.desks[0])
    sent, received = station.sync(0, 1)
    assert (sent.sent, sent.received, sent.pending, sent.behind, sent.conflicts) == (2, 0, 0, 0, 0)
    assert (received.sent, received.received, received.duplicates) == (0, 2, 0)
    assert sent.last_contact == START and sent.error is None and sent.clock_offset_s is None
    again = station.sync(0)[0]
    assert (again.sent, again.received) == (0, 0)


class SlowAnswers(FolderHub):
    """A folder with a clock that is the machine's own, and a long way back."""

    def now(self) -> datetime:
        told = datetime.now(LEGAL_TIME)
        time.sleep(0.2)
        return told


def test_the_clocks_offset_is_measured_in_fractions_halfway_through_the_question(tmp_path: Path) -> None:
    hub = SlowAnswers(tmp_path / "hub")
    hub.create()
    with closing(start_desk(tmp_path / "real", new_desk(1, test=False), [hub]).desk) as desk:
        for _ in range(3):
            begun = datetime.now(LEGAL_TIME)
            offset = exchange(desk, hub).clock_offset_s
            spent = (datetime.now(LEGAL_TIME) - begun).total_seconds()
            assert offset is not None and -spent / 2 < offset < 0


def test_effects_that_did_not_see_each_other_are_counted_as_a_conflict(station: Station) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    act(station.desks[0], dossier, "approved")
    act(station.desks[1], dossier, "refused", reason="không đủ điều kiện")
    reports = station.sync(0, 1, 0)
    assert [report.conflicts for report in reports] == [0, 1, 1]
    assert dump(station.desks[0]) == dump(station.desks[1])


def test_a_torn_own_file_is_replaced_by_the_same_bytes(station: Station) -> None:
    first = station.origin_folder(0) / "000000000001.batch"
    good = first.read_bytes()
    for torn in (good[:100], b"", good[:-1]):
        first.write_bytes(torn)
        station.sync(0)
        assert first.read_bytes() == good


def test_a_torn_last_file_is_replaced_by_the_same_bytes_although_more_was_done_since(station: Station) -> None:
    take_in(station.desks[0])
    station.sync(0)
    last = max(station.origin_folder(0).iterdir())
    good = last.read_bytes()
    last.write_bytes(good[:-7])
    take_in(station.desks[0])
    assert station.sync(0)[0].sent == 2
    assert last.read_bytes() == good


def test_a_torn_file_never_stands_in_the_way_of_a_reader(station: Station, tmp_path: Path) -> None:
    take_in(station.desks[0])
    station.sync(0, 1)
    shutil.copytree(station.root / "hub", tmp_path / "moved")
    moved = FolderHub(tmp_path / "moved")  # the same files under another name: nobody knows what was offered here
    first, *others = sorted((tmp_path / "moved").rglob(f"{station.origin_folder(0).name}/*.batch"))
    first.unlink()
    others[-1].write_bytes(b"torn")
    take_in(station.desks[0])
    assert exchange(station.desks[0], moved).error is None
    report = exchange(station.desks[1], moved)
    assert (report.error, report.received, report.behind) == (None, 1, 0)
    assert dump(station.desks[0]) == dump(station.desks[1])


def test_a_good_file_is_never_written_again(station: Station) -> None:
    batches = [path for path in station.files() if path.suffix == ".batch"]
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in batches}
    take_in(station.desks[0])
    station.sync(0, 1, 2, 0)
    assert all((path.stat().st_mtime_ns, path.read_bytes()) == known for path, known in before.items())
    assert not [path for path in station.files() if path.name.endswith("tmp")]


def test_one_flipped_bit_in_a_file_is_told_and_not_adopted(station: Station) -> None:
    take_in(station.desks[0])
    station.sync(0)
    last = max(station.origin_folder(0).iterdir())
    good = last.read_bytes()
    heads = station.desks[1].log.heads()
    for place in range(0, len(good), 37):
        altered = bytearray(good)
        altered[place] ^= 1 << place % 8
        last.write_bytes(altered)
        report = station.sync(1)[0]
        assert report.error is not None and report.error.code == "batch_damaged"
        assert report.behind == 1 and station.desks[1].log.heads() == heads
    assert codes(station, 0, 1) == [None, None]
    assert dump(station.desks[0]) == dump(station.desks[1])


@pytest.mark.parametrize(
    "name", ["{0} (conflicted copy).batch", "{0}.sync-conflict-20261123-080000-ABCDEFG.batch", "{0}.batch.conflict"]
)
def test_conflict_copies_are_read(station: Station, name: str) -> None:
    take_in(station.desks[0])
    station.sync(0)
    last = max(station.origin_folder(0).iterdir())
    last.replace(last.with_name(name.format(last.stem)))
    assert codes(station, 1) == [None]
    assert dump(station.desks[0]) == dump(station.desks[1])


def test_unknown_files_are_nobodys_business(station: Station) -> None:
    folder = station.origin_folder(0)
    for place in (folder, folder.parent, folder.parent.parent, station.root / "hub"):
        (place / "desktop.ini").write_bytes(b"x")
        (place / "0001").mkdir()
    (folder / "000000000099.batc").write_bytes(b"x")
    take_in(station.desks[0])
    assert codes(station, 0, 1, 2) == [None] * 3
    assert dump(station.desks[0]) == dump(station.desks[2])


def test_a_batch_signed_by_another_desk_is_not_taken(station: Station) -> None:
    take_in(station.desks[0])
    station.sync(0)
    last = max(station.origin_folder(0).iterdir())
    batch = unpack(last.read_bytes(), station.desks[0].keys())
    forged = batch.head.sign(station.desks[2].identity.sign_private)
    last.write_bytes(pack(forged, batch.events))
    before = station.desks[1].log.heads()
    assert codes(station, 1) == ["signature_wrong"]
    assert station.desks[1].log.heads() == before


def test_a_file_of_another_station_is_not_taken(station: Station, tmp_path: Path) -> None:
    other = start_desk(tmp_path / "other", new_desk(1, "T48.98"), [FolderHub(tmp_path / "station/hub")]).desk
    identity = other.identity
    theirs = station.root / "hub" / identity.station / "origins" / f"{identity.desk}-1"
    shutil.copytree(theirs, station.origin_folder(0).parent / theirs.name)
    before = dump(station.desks[1])
    assert codes(station, 1) == ["station_wrong"]
    assert dump(station.desks[1]) == before
    other.close()


def test_a_test_station_never_meets_a_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = FolderHub(tmp_path / "hub")
    hub.create()
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    start_desk(tmp_path / "trial", new_desk(1), [hub]).desk.close()
    monkeypatch.delenv("MOTCUA_NOW")
    with pytest.raises(InvalidInput) as refused:
        start_desk(tmp_path / "real", new_desk(2, test=False), [hub])
    assert refused.value.code == "station_test"
    assert not (tmp_path / "real" / "motcua.db").exists()


def test_a_second_founding_of_one_unit_is_told_and_stays_apart(station: Station, tmp_path: Path) -> None:
    other = found(tmp_path / "other", new_desk(4))
    before = dump(other)
    report = exchange(other, station.hub)
    assert report.error is not None and report.error.code == "station_founded_twice"
    assert dump(other) == before
    assert codes(station, 0) == [None]
    other.close()


def test_the_origin_of_a_second_founding_is_never_taken(station: Station, tmp_path: Path) -> None:
    apart = FolderHub(tmp_path / "apart")
    apart.create()
    other = start_desk(tmp_path / "other", new_desk(4), [apart]).desk
    shutil.copytree(tmp_path / "apart", station.root / "hub", dirs_exist_ok=True)
    before = dump(station.desks[0])
    assert codes(station, 0) == ["station_founded_twice"]
    assert dump(station.desks[0]) == before
    other.close()


def test_a_taken_desk_number_is_refused_and_leaves_no_desk(station: Station, tmp_path: Path) -> None:
    before = [path.name for path in station.files()]
    with pytest.raises(InvalidInput, match="desk_number_taken"):
        start_desk(tmp_path / "fourth", new_desk(2), [station.hub])
    assert not (tmp_path / "fourth" / "motcua.db").exists()
    assert [path.name for path in station.files()] == before
    started = start_desk(tmp_path / "fourth", new_desk(4), [station.hub])
    assert started.joined and started.problem is None and started.officer.name == OFFICERS[0]
    started.desk.close()


def test_a_joined_desk_gets_the_stations_key_and_then_knows_every_pin(station: Station) -> None:
    first, second = station.desks[0], station.desks[1]
    assert second.identity.station_private == first.identity.station_private is not None
    officer = second.officers.find(OFFICERS[0])
    assert second.officers.sign_in(officer, PIN) is None
    wrong = second.officers.sign_in(officer, "0000")
    assert wrong is not None and wrong.code == "pin_wrong"


def test_an_init_that_was_cut_off_does_not_stand_in_the_way(station: Station, tmp_path: Path) -> None:
    folder = tmp_path / "fourth"
    started = start_desk(folder, new_desk(4), [station.hub]).desk
    started.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    started.close()
    with pytest.raises(InvalidInput, match="folder_taken"):
        start_desk(folder, new_desk(5), [station.hub])
    for path in folder.glob("motcua.db*"):
        path.unlink()
    open_database(folder / DATABASE_NAME, database_key(folder), create=True).close()
    again = start_desk(folder, new_desk(5), [station.hub])
    assert again.joined
    again.desk.close()


def test_a_folder_that_is_gone_is_told_and_work_goes_on(station: Station) -> None:
    hub = station.root / "hub"
    take_in(station.desks[0])
    hub.rename(station.root / "away")
    report = station.sync(0)[0]
    assert report.error is not None and report.error.code == "hub_unreachable"
    assert (report.sent, report.pending) == (0, 1)
    assert not hub.exists()
    take_in(station.desks[0])
    (station.root / "away").rename(hub)
    assert codes(station, 0, 1) == [None, None]
    assert dump(station.desks[0]) == dump(station.desks[1])


class VanishingHub(FolderHub):
    """Its folder is unmounted after so many files were fetched."""

    def __init__(self, path: Path, fetches: int) -> None:
        super().__init__(path)
        self._path, self._fetches = path, fetches

    def fetch(self, offer):
        if self._fetches == 0:
            self._path.rename(self._path.with_name("away"))
        self._fetches -= 1
        return super().fetch(offer)


def test_a_folder_that_vanishes_half_way_keeps_what_was_taken(station: Station) -> None:
    for _ in range(3):
        take_in(station.desks[0])
        station.sync(0)
    report = exchange(station.desks[1], VanishingHub(station.root / "hub", 2))
    assert report.error is not None and report.error.code == "hub_unreachable"
    assert report.received == 2
    assert verify(station.desks[1]).holds
    (station.root / "away").rename(station.root / "hub")
    assert station.sync(1)[0].received == 1
    assert dump(station.desks[0]) == dump(station.desks[1])


@contextmanager
def without_rights() -> Iterator[None]:
    """As an account that is not the superuser."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="rights by mode bits are POSIX's")
def test_a_read_only_folder_is_read_and_the_rest_waits(station: Station) -> None:
    take_in(station.desks[0])
    station.sync(0)
    take_in(station.desks[1])
    open_to_all = Path(tempfile.mkdtemp())
    try:
        open_to_all.chmod(0o755)
        shutil.copytree(station.root / "hub", open_to_all / "hub")
        for path in [open_to_all / "hub", *(open_to_all / "hub").rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        hub = FolderHub(open_to_all / "hub")
        add_hub(station.desks[1], hub)
        audited(station.desks[1], hub)
        (station.desks[1].folder / LOCK_NAME).unlink(missing_ok=True)
        station.desks[1].folder = open_to_all / "lock"
        station.desks[1].folder.mkdir()
        station.desks[1].folder.chmod(0o777)
        with without_rights():
            report = exchange(station.desks[1], hub)
    finally:
        for path in open_to_all.rglob("*"):
            path.chmod(0o777)
        shutil.rmtree(open_to_all)
    assert report.error is not None and report.error.code == "hub_read_only"
    assert (report.received, report.sent) == (1, 0) and report.pending > 0


def test_a_desk_restored_from_a_backup_gets_its_own_work_back_under_a_new_epoch(
    station: Station, tmp_path: Path
) -> None:
    station.desks[0].close()
    shutil.copytree(station.root / "d0", tmp_path / "backup")
    station.desks[0] = Desk.open(station.root / "d0")
    dossiers = [take_in(station.desks[0]) for _ in range(3)]
    station.sync(0, 1)
    act(station.desks[1], dossiers[2], "noted", text="gọi lại")
    station.sync(1)
    lost = station.desks[0].identity
    station.desks[0].close()
    shutil.rmtree(station.root / "d0")
    shutil.copytree(tmp_path / "backup", station.root / "d0")
    station.desks[0] = Desk.open(station.root / "d0")
    report = station.sync(0)[0]
    assert (report.error, report.received) == (None, 4)
    assert (station.desks[0].identity.desk, station.desks[0].identity.epoch) == (lost.desk, 2)
    later = take_in(station.desks[0])
    station.sync(0, 1, 2)
    numbers = [station.desks[2].dossier(one).receipt_number for one in (*dossiers, later)]
    assert len(set(numbers)) == 4
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    assert all(verify(desk).holds for desk in station.desks)


def test_another_desk_of_the_folder_open_elsewhere_writes_under_the_new_epoch(station: Station) -> None:
    elsewhere = Desk.open(station.root / "d0")
    write_meta(station.desks[0].connection, {"epoch": 2})
    dossier = take_in(elsewhere)
    assert elsewhere.dossier(dossier).events[0].epoch == 2
    elsewhere.close()


def test_a_clone_that_wrote_under_the_same_name_is_a_fork_that_overwrites_nothing(
    station: Station, tmp_path: Path
) -> None:
    with cloned(station, 0, tmp_path / "clone") as clone:
        mine, theirs = take_in(station.desks[0]), take_in(clone, "Lê Thị Hoa")
        act(clone, theirs, "noted", text="gọi lại")
        station.sync(0)
        before = {path: path.read_bytes() for path in station.files()}
        report = exchange(clone, station.hub)
        assert report.error is not None and report.error.code == "hub_fork"
        assert {path: path.read_bytes() for path in before} == before
        assert clone.identity.epoch > 1
        report = exchange(clone, station.hub)
        assert (report.error, report.pending) == (None, 0)
        station.sync(1)
        third = station.desks[1]
        assert third.dossier(mine).applicant["name"] == "Nguyễn Văn An"
        assert third.dossier(theirs).applicant["name"] == "Lê Thị Hoa" and len(third.dossier(theirs).events) == 2
        exchange(clone, station.hub)
        assert dump(third) == dump(clone) and verify(clone).holds
        incidents = [one for one in third.log.events_of(f"desk:{clone.identity.desk}") if one.kind == "fork_found"]
        assert [one.body["epoch"] for one in incidents] == [1]


def test_work_of_a_backup_that_came_back_before_anyone_noticed_is_kept_beside_what_was_lost(
    station: Station, tmp_path: Path
) -> None:
    with cloned(station, 0, tmp_path / "newer") as newer:
        sent = [take_in(newer) for _ in range(3)]
        exchange(newer, station.hub)
    kept = take_in(station.desks[0], "Lê Thị Hoa")
    assert codes(station, 0) == ["hub_fork"]
    assert codes(station, 0, 1, 0) == [None] * 3
    for desk in station.desks[:2]:
        assert all(desk.dossier(one) is not None for one in (*sent, kept))
    assert dump(station.desks[0]) == dump(station.desks[1])
    assert verify(station.desks[0]).holds


def test_another_line_of_the_same_length_is_found_by_the_pull(station: Station, tmp_path: Path) -> None:
    with cloned(station, 0, tmp_path / "clone") as clone:
        take_in(station.desks[0])
        take_in(clone, "Lê Thị Hoa")
        station.sync(0)
        pull = Pull(clone, station.hub, Tally())
        pull.run(station.hub.heads(clone.identity.station, {}))
        assert pull.problem is not None and pull.problem.code == "hub_fork"


def test_what_a_copy_adds_to_a_forked_epoch_is_said_again_for_those_who_hold_the_other_line(
    station: Station, tmp_path: Path
) -> None:
    with cloned(station, 0, tmp_path / "clone") as clone:
        take_in(station.desks[0])
        take_in(clone, "Lê Thị Hoa")
        station.sync(0)
        exchange(clone, station.hub)  # says both lines again
        late = take_in(station.desks[0], "Võ Văn Cà")
        station.sync(0, 0)
        epochs = {event.epoch for event in events_of(station.desks[0], late)}
        assert len(epochs) == 2 and 1 in epochs


@pytest.mark.parametrize("copy_lives", [True, False])
def test_a_batch_that_reaches_over_what_a_copys_line_has_left_at_the_hub_is_seen(
    station: Station, tmp_path: Path, copy_lives: bool
) -> None:
    """The hub lost the copy's first batch: the author's line takes its place, over the others that still lie there."""
    with cloned(station, 0, tmp_path / "clone") as clone:
        before = set(station.files())
        theirs = [take_in(clone)]
        exchange(clone, station.hub)
        (first,) = set(station.files()) - before
        for _ in range(2):
            theirs.append(take_in(clone, "Lê Thị Hoa"))
            exchange(clone, station.hub)
        station.sync(1)
        first.unlink()
        if copy_lives:
            theirs.append(take_in(clone, "Võ Văn Cà"))
        mine = [take_in(station.desks[0]) for _ in range(8)]
        station.sync(0, 0)
        audit_again(station.desks[1])
        for _ in range(3):
            if copy_lives:
                exchange(clone, station.hub)
            station.sync(1, 0, 2)
        for desk in station.desks:
            assert [one for one in (*mine, *theirs) if desk.row(one) is None] == []
        assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])


def test_what_a_hub_lost_amid_a_signed_batch_comes_back_through_its_author(station: Station, tmp_path: Path) -> None:
    author, other, third = station.desks
    take_in(author)
    author.close()
    shutil.copytree(station.root / "d0", tmp_path / "kept")
    author = station.desks[0] = Desk.open(station.root / "d0")
    lost = take_in(author, "Lê Thị Hoa")
    before = set(station.files())
    station.sync(0, 1)
    (batch,) = set(station.files()) - before
    author.close()
    batch.unlink()
    shutil.copyfile(tmp_path / "kept" / "motcua.db", station.root / "d0" / "motcua.db")
    station.desks[0] = Desk.open(station.root / "d0")
    station.sync(0, 2)
    assert third.dossier(lost) is None
    audit_again(other)
    station.sync(1, 0, 1, 2, 0)
    assert third.dossier(lost) is not None
    assert dump(station.desks[0]) == dump(other) == dump(third)


@pytest.mark.parametrize("torn", [False, True])
def test_what_a_hub_cannot_take_amid_a_signed_batch_reaches_the_others(
    station: Station, tmp_path: Path, torn: bool
) -> None:
    author, other, third = station.desks
    elsewhere = FolderHub(tmp_path / "elsewhere")
    elsewhere.create()
    take_in(author)
    with cloned(station, 0, tmp_path / "clone") as copy:
        station.sync(0)
        late = take_in(copy, "Lê Thị Hoa")
        exchange(copy, elsewhere)
    exchange(other, elsewhere)
    station.sync(1)
    (left,) = [one for one in station.files() if one.name.startswith("fork-")]
    if torn:
        left.write_bytes(left.read_bytes()[:-9])
        assert station.sync(2)[0].received > 0 and third.dossier(late) is None
        station.sync(1)
    station.sync(2)
    assert third.dossier(late) is not None and dump(third) == dump(other)
    assert [report.received for report in station.sync(2)] == [0] and [*station.files()].count(left) == 1


def test_what_a_hub_has_spoilt_where_nobody_else_cut_it_so_reaches_the_others(station: Station, tmp_path: Path) -> None:
    author, other, third = station.desks
    hub, elsewhere = MemoryHub("spoilt"), FolderHub(tmp_path / "elsewhere")
    elsewhere.create()
    for desk in (author, other, third):
        exchange(desk, hub)
    take_in(author)
    with cloned(station, 0, tmp_path / "clone") as copy:
        author = station.desks[0]
        exchange(author, hub)
        late = take_in(copy, "Lê Thị Hoa")
        exchange(copy, elsewhere)
    batches = hub.stored[author.identity.station][author.identity.origin].batches
    batches[max(batches)] = batches[max(batches)][0], b"nothing"
    exchange(other, elsewhere)
    for desk in (other, third):
        audit_again(desk)
        exchange(desk, hub)
    assert third.dossier(late) is not None and dump(third) == dump(other)


@contextmanager
def set_back(station: Station, number: int, kept: Path) -> Iterator[None]:
    """What is done meanwhile is gone from the desk's database afterwards."""
    station.desks[number].close()
    shutil.copytree(station.root / f"d{number}", kept)
    station.desks[number] = Desk.open(station.root / f"d{number}")
    yield
    station.desks[number].close()
    shutil.copyfile(kept / DATABASE_NAME, station.root / f"d{number}" / DATABASE_NAME)
    station.desks[number] = Desk.open(station.root / f"d{number}")


@pytest.mark.parametrize("more", [0, 1, 2])
@pytest.mark.parametrize("noticed", [False, True])
def test_what_a_hub_that_lost_what_led_to_it_cannot_place_is_said_again(
    station: Station, tmp_path: Path, more: int, noticed: bool
) -> None:
    with set_back(station, 0, tmp_path / "kept"):
        lost = take_in(station.desks[0])
        before = set(station.files())
        station.sync(0)
        (only_copy,) = set(station.files()) - before
        act(station.desks[0], lost, "noted", text="gọi lại")
        left = take_in(station.desks[0], "Lê Thị Hoa")
        station.sync(0)
        only_copy.unlink()
    if not noticed:  # as where the whole folder came back
        write_meta(station.desks[0].connection, {"epoch": 1})
        station.desks[0].identity = read_identity(station.desks[0].connection)
    new = [take_in(station.desks[0], "Võ Văn Cà") for _ in range(more)]
    audit_again(station.desks[0])
    station.sync(0, 0, 0, 1, 0)
    assert codes(station, 0, 1) == [None, None]
    assert [report.pending + report.behind for report in station.sync(0, 1)] == [0, 0]
    for desk in station.desks[:2]:
        assert all(desk.dossier(one) is not None for one in (left, *new))
        assert [one.kind for one in events_of(desk, lost)] == ["noted"] and desk.row(lost) is None
    assert dump(station.desks[0]) == dump(station.desks[1]) and verify(station.desks[0]).holds


def test_what_a_hub_cannot_take_for_spoilt_bytes_of_a_longer_batch_is_said_again(
    station: Station, tmp_path: Path
) -> None:
    hub = MemoryHub("spoilt")
    for desk in (*station.desks, *station.desks):
        exchange(desk, hub)
    kept = take_in(station.desks[0])
    with set_back(station, 0, tmp_path / "kept"):
        take_in(station.desks[0], "Lê Thị Hoa")
        author = station.desks[0]
        exchange(author, hub)
        batches = hub.stored[author.identity.station][author.identity.origin].batches
        batches[max(batches)] = batches[max(batches)][0], b"nothing"
    author, other, _ = station.desks
    for desk in (author, author, author, other):
        audit_again(desk)
        report = exchange(desk, hub)
    assert other.dossier(kept) is not None
    assert report.error is not None and report.error.code == "batch_damaged"  # what it lacks itself is told
    report = exchange(author, hub)
    assert (report.pending, report.error) == (0, None)


@pytest.mark.parametrize("more", [1, 4])
def test_what_a_hub_cannot_take_for_spoilt_bytes_of_a_copys_batch_is_said_again(
    station: Station, tmp_path: Path, more: int
) -> None:
    hub = MemoryHub("spoilt")
    for desk in (*station.desks, *station.desks):
        exchange(desk, hub)
    with cloned(station, 0, tmp_path / "clone") as copy:
        for name in ("Lê Thị Hoa", "Võ Văn Tư"):
            take_in(copy, name)
        exchange(copy, hub)
    author, other, _ = station.desks
    batches = hub.stored[author.identity.station][author.identity.origin].batches
    batches[max(batches)] = batches[max(batches)][0], b"nothing"
    kept = [take_in(author) for _ in range(more)]
    for desk in (author, author, author, other):
        audit_again(desk)
        report = exchange(desk, hub)
    assert all(other.dossier(one) is not None for one in kept)
    report = exchange(author, hub)
    assert (report.pending, report.error) == (0, None)


def part(station: Station, number: int, folder: Path) -> None:
    """A clone and the desk write under one name; the desk says both again."""
    with cloned(station, number, folder) as copy:
        take_in(copy, "Lê Thị Hoa")
        exchange(copy, station.hub)
        take_in(station.desks[number])
        assert codes(station, number, number) == ["hub_fork", None]


def test_a_damaged_batch_of_an_epoch_whose_author_has_said_all_again_is_told_to_others_alone(
    station: Station, tmp_path: Path
) -> None:
    for number in (0, 1):
        part(station, number, tmp_path / f"clone{number}")
    assert codes(station, 1) == [None]
    (station.origin_folder(0).with_name(f"{station.desks[0].identity.desk}-1") / "000000000999.batch").touch()
    assert codes(station, 0, 1, 2) == [None, "batch_damaged", "batch_damaged"]


class Withholding(FolderHub):
    """A hub that takes none of one desk's batches, and says each time that something before is missing."""

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        return Answer.GAP


def test_a_hub_that_does_not_take_all_is_a_problem_and_the_next_exchange_sends_it(station: Station) -> None:
    desk = station.desks[0]
    take_in(desk)
    report = exchange(desk, Withholding(station.root / "hub"))
    assert report.error is not None and report.error.code == "hub_took_not_all"
    assert report.pending > 0 and report.last_contact is not None
    state = desk.sync_state()
    assert (state.word, state.problem, state.pending) == ("problem", "hub_took_not_all", report.pending)
    report = station.sync(0)[0]
    assert (report.error, report.pending, desk.sync_state().word) == (None, 0, "city")


class Dying(FolderHub):
    """A hub whose machine goes off once it has taken one batch."""

    _dead = False

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        if self._dead:
            raise InvalidInput("hub_unreachable", url=self.url)
        self._dead = True
        return super().push(station, head, data)


def test_after_half_an_exchange_every_place_counts_what_the_hub_has_acknowledged(station: Station) -> None:
    desk = station.desks[0]
    desk.now = lambda: START + timedelta(hours=3)
    take_in(desk, minutes=60)
    cut_own(desk)
    take_in(desk)
    before = desk.pending()
    report = exchange(desk, Dying(station.root / "hub"))
    assert report.error is not None and report.error.code == "hub_unreachable"
    assert report.sent > 0 and report.pending == before - report.sent > 0
    state = desk.sync_state()
    waits = outbox.waiting(desk)
    assert (state.word, state.pending) == ("here", report.pending)
    assert desk.pending() == sum(one.events for one in waits) == report.pending
    assert {one.reason for one in waits} == {"hub_unreachable"}
    assert {one.since for one in waits} == {desk.now()}, "however long ago the paper was handed in"
    (known,) = outbox.hubs(desk)
    assert known.about == {"url": known.url}
    assert report.last_contact == desk.now() and (known.last_contact, state.minutes) == (int(desk.now().timestamp()), 0)
    report = station.sync(0)[0]
    assert (report.error, report.pending, desk.pending()) == (None, 0, 0)
    desk.now = lambda: START + timedelta(hours=6)
    take_in(desk)
    (station.root / "hub").rename(station.root / "away")
    report = station.sync(0)[0]
    assert report.last_contact == START + timedelta(hours=3), "nothing went over"
    assert (desk.sync_state().minutes, desk.sync_state().pending) == (180, report.pending)


class Overtaken(FolderHub):
    """A hub at which somebody else writes between a desk's pull and its push."""

    def __init__(self, root: Path, first: Callable[[], object]) -> None:
        super().__init__(root)
        self._first: Callable[[], object] | None = first

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        first, self._first = self._first, None
        if first is not None:
            first()
        return super().push(station, head, data)


def test_a_fork_that_only_the_push_meets_is_a_problem_and_the_next_exchange_sends_the_rest(
    station: Station, tmp_path: Path
) -> None:
    with cloned(station, 0, tmp_path / "clone") as clone:
        mine, theirs = take_in(station.desks[0]), take_in(clone, "Lê Thị Hoa")
        report = exchange(clone, Overtaken(station.root / "hub", lambda: station.sync(0)))
        assert report.error is not None and report.error.code == "hub_fork" and report.pending > 0
        report = exchange(clone, station.hub)
        assert (report.error, report.pending) == (None, 0)
        station.sync(1)
        assert station.desks[1].dossier(mine) and station.desks[1].dossier(theirs)


def test_several_hubs_at_once_are_safe(station: Station, tmp_path: Path) -> None:
    other = FolderHub(tmp_path / "second")
    other.create()
    take_in(station.desks[0])
    for _ in range(2):
        for number in range(3):
            exchange(station.desks[number], other)
    assert dump(station.desks[0]) == dump(station.desks[1])
    assert codes(station, 0, 1, 2, 0, 1) == [None] * 5
    add_hub(station.desks[0], other)
    reports = exchange_all(station.desks[0])
    assert sorted(report.url for report in reports) == sorted([other.url, station.hub.url])
    assert all(report.pending == 0 and report.error is None for report in reports)


def test_an_undo_is_refused_once_the_work_was_offered_even_if_nobody_got_it(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    group = desk.dossier(dossier).events[0].event_id
    last = desk.log.heads()[desk.identity.origin].seq
    (station.origin_folder(0) / f"{last:012}.batch").mkdir()  # the write fails, the offer stands
    report = station.sync(0)[0]
    assert report.error is not None and (report.sent, report.pending) == (0, 1)
    refused = desk.do(Undo(dossier, group, desk.now()), officer_of(desk))
    assert getattr(refused, "code", None) == "undo_left_desk"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql:x/y", "postgresql://…"),
        ("ftp:x", "ftp:…"),
        ("mysql://u:s3cret@h/d", "mysql:…"),
        ("mysql://h/d?password=s3cret", "mysql:…"),
        ("s3cret@h", "…"),
        ("folder:", "folder:"),
        ("/mnt/share", "/mnt/share"),
    ],
)
def test_hub_urls_that_mean_nothing_are_refused_without_their_secrets(url: str, shown: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_hub(url)
    assert (refused.value.code, refused.value.params["url"]) == ("hub_url_invalid", shown)


def test_the_chain_of_an_empty_origin_begins_with_nothing(station: Station) -> None:
    desk = station.desks[0]
    assert desk.log.hash_at(desk.identity.origin, 0) == NO_HASH
    assert desk.log.hash_at(desk.identity.origin, 9999) is None


def test_a_desk_does_not_found_a_second_station_where_the_first_is_still_being_copied(
    station: Station, tmp_path: Path
) -> None:
    for path in station.files():
        path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(InvalidInput) as refused:
        start_desk(tmp_path / "fourth", new_desk(4), [station.hub])
    assert refused.value.code == "batch_damaged"
    assert not (tmp_path / "fourth" / "motcua.db").exists()
    station.sync(0, 1, 2)
    assert start_desk(tmp_path / "fourth", new_desk(4), [station.hub]).joined


def test_a_full_hub_is_left_without_half_files(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(station.desks[0])
    before = station.files()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        (report,) = station.sync(0)
    assert report.error is not None and report.error.code == "hub_full"
    assert station.files() == before
    (report,) = station.sync(0)
    assert (report.error, report.pending) == (None, 0)


def test_an_epoch_of_ten_digits_is_seen(station: Station) -> None:
    """Each fork and each restored backup draws up to 24 bits more."""
    first = station.desks[0]
    write_meta(first.connection, {"epoch": 2**31 - 1})
    dossier = take_in(first)
    station.sync(0, 1)
    assert station.desks[1].dossier(dossier) is not None
