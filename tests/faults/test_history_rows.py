"""Rows 25, 38 and 45: long outages, a history that somebody altered, and one that a hub tells otherwise."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.record import body_hash, chain_hash
from storage.desk import Desk
from storage.event_log import Head, Origin, StoredEvent, unlocked
from storage.sync import exchange as exchanging
from storage.sync.batch import BatchHead, pack, unpack
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import Hub, Reach
from storage.sync.schedule import next_run
from storage.verification import verify
from tests.faults.memory_hub import MemoryHub
from tests.faults.rows import at_rest, code
from tests.storage.sync_desks import START, Station, act, cloned, dump, take_in

DAY = timedelta(days=1)
STATIONS = 70


def set_clocks(station: Station, moment: datetime) -> None:
    for desk in station.desks:
        desk.now = lambda: moment


@pytest.mark.parametrize("length", [timedelta(hours=1), 3 * DAY, 30 * DAY, 400 * DAY], ids=str)
def test_row_25_after_an_outage_of_any_length_two_exchanges_each_are_enough(
    station: Station, length: timedelta
) -> None:
    shared = take_in(station.desks[0])
    station.sync(0, 1, 2)
    hub = station.root / "hub"
    hub.rename(station.root / "away")
    apart: list[str] = []
    for part in range(5):
        set_clocks(station, START + length * (part + 1) / 5)
        for number, desk in enumerate(station.desks):
            apart.append(take_in(desk))
            act(desk, shared, "noted", text=f"{part} {number}")
            assert code(station.sync(number)[0]) == "hub_unreachable"
    (station.root / "away").rename(hub)
    at_rest(station)
    assert all(station.desks[2].dossier(dossier) is not None for dossier in apart)
    assert len(station.desks[0].dossier(shared).events) == 16


def test_row_25_stations_that_come_back_at_once_do_not_come_at_the_same_moment() -> None:
    hourly = "FREQ=HOURLY"
    for failures, least in ((0, 30), (1, 8), (6, 240)):
        due = [next_run(hourly, START, START, failures, Random(f"{seed}")) for seed in range(STATIONS)]
        seconds = Counter(int((one - START).total_seconds()) for one in due if one is not None)
        assert sum(seconds.values()) == STATIONS
        assert max(seconds) - min(seconds) >= least and max(seconds.values()) <= STATIONS // 5


@pytest.fixture
def worked(station: Station) -> Station:
    dossier = take_in(station.desks[0])
    act(station.desks[0], dossier, "approved")
    take_in(station.desks[0])
    station.sync(0, 1, 2, 0)
    return station


@pytest.mark.parametrize("number", [0, 1], ids=["own", "another's"])
@pytest.mark.parametrize("change", ["body = x'5b5d'", "hash = zeroblob(32)", "header = x'7b7d'", "kind = 'refused'"])
def test_row_38_an_event_altered_here_is_located_and_mended_at_the_next_days_exchange(
    worked: Station, number: int, change: str
) -> None:
    right, desk = dump(worked.desks[2]), worked.desks[number]
    (seq,) = desk.connection.execute("SELECT seq FROM event WHERE kind = 'approved'").fetchone()
    with unlocked(desk.connection):
        desk.connection.execute(f"UPDATE event SET {change} WHERE kind = 'approved'")
    (found,) = verify(desk).breaks
    assert (found.origin, found.seq) == (worked.desks[0].identity.origin, seq)
    set_clocks(worked, START + DAY)
    report = worked.sync(number)[0]
    assert report.error is not None and report.error.code == "history_mended"
    assert report.error.params["seq"] == str(seq)
    assert dump(desk) == right
    at_rest(worked)


def retold(worked: Station, target: Path) -> tuple[FolderHub, int]:
    """A hub that tells one desk's last event otherwise, whole and signed; where its batch begins."""
    desk = worked.desks[0]
    shutil.copytree(worked.root / "hub", target)
    path = max((target / desk.identity.station / "origins" / f"{desk.identity.desk}-1").iterdir())
    batch = unpack(path.read_bytes(), desk.keys())
    last, before = batch.events[-1], batch.events[-2].hash if batch.head.n > 1 else batch.head.prev
    body = last.body.replace(b"0905123456", b"0905123457")
    assert last.salt is not None and body != last.body
    digest = body_hash(last.salt, body)
    end = chain_hash(before, last.header, digest)
    events = [*batch.events[:-1], StoredEvent(last.header, digest, last.salt, body, end)]
    head = batch.head
    other = BatchHead(head.station, head.origin, head.first_seq, head.n, head.prev, end, seal=head.seal)
    path.write_bytes(pack(other.sign(desk.identity.sign_private), events))
    return FolderHub(target), head.first_seq


def assert_told_and_not_adopted(worked: Station, target: Path) -> None:
    """Another desk finds it, says where, adopts nothing, and goes on with everyone else."""
    hub, first = retold(worked, target)
    desk = worked.desks[1]
    heads, rows = desk.log.heads(), dump(desk)
    mine = take_in(desk)
    report = exchange(desk, hub)
    assert report.error is not None and report.error.code in ("hub_chain_differs", "hub_fork")
    assert report.error.params["desk"] == worked.desks[0].identity.desk
    assert report.error.params.get("first", str(first)) == str(first)
    theirs = worked.desks[0].identity.origin
    assert desk.log.heads()[theirs] == heads[theirs]
    assert [row for row in dump(desk) if mine not in row] == rows
    assert verify(desk).holds
    assert exchange(desk, worked.hub).error is None


def test_row_45_a_chain_that_a_hub_tells_otherwise_is_located_told_and_never_adopted(
    worked: Station, tmp_path: Path
) -> None:
    assert_told_and_not_adopted(worked, tmp_path / "lying")
    at_rest(worked)


def adopts(desk: Desk, hub: Hub, reaches: Mapping[Origin, Reach]) -> None:
    """The mutant: where the hashes differ, the hub's is taken for the right one."""
    with unlocked(desk.connection):
        for origin, head in desk.log.heads().items():
            reach = reaches.get(origin)
            if reach is not None and reach.head.seq == head.seq and reach.head.hash != head.hash:
                desk.log.move_head(origin, Head(head.seq, reach.head.hash))


def test_row_45_finds_a_desk_that_adopts_what_a_hub_says(
    worked: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare: Callable[..., object] = exchanging.compare

    def both(desk: Desk, hub: Hub, reaches: Mapping[Origin, Reach]) -> object:
        said = compare(desk, hub, reaches)
        adopts(desk, hub, reaches)
        return said

    monkeypatch.setattr(exchanging, "compare", both)
    with pytest.raises(AssertionError):
        assert_told_and_not_adopted(worked, tmp_path / "lying")


@pytest.mark.parametrize("more", [0, 1], ids=["another batch of the same length", "a longer one"])
def test_row_45_what_also_stands_under_a_later_epoch_waits_for_no_hub(
    station: Station, tmp_path: Path, more: int
) -> None:
    hub, first = MemoryHub("database"), station.desks[0]
    origin = Origin(first.identity.desk, 1)
    exchange(first, hub)
    with cloned(station, 0, tmp_path / "second") as second, cloned(station, 0, tmp_path / "third") as third:
        last = station.desks[0].log.last_seq(origin)
        for desk, name in ((station.desks[0], "Nguyễn Văn An"), (second, "Lê Thị Hoa"), (third, "Võ Văn Cà")):
            take_in(desk, name)
        for _ in range(more):
            take_in(third)
        exchange(station.desks[0], hub)
        exchange(second, hub)
        del hub.stored[first.identity.station][origin].batches[last + 1]
        for _ in range(3):
            report = exchange(third, hub)
        assert (report.error, report.pending, third.log.last_seq(origin)) == (None, 0, last + 1 + more)
