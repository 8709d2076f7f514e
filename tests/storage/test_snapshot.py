"""A new desk begins from a snapshot: in pieces, resumed, verified, then caught up like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.answers import InvalidInput, Refusal
from storage.desk import Desk
from storage.sync import snapshot
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import JoinCode, make_join_code
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.sync_desks import Station, act, dump, new_desk, officer_of, take_in


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "WORTH_IT", 10)
    monkeypatch.setattr(snapshot, "PIECE", 64 * 1024)


@pytest.fixture
def shot(station: Station) -> Station:
    """Desk 0 has left a snapshot, and something has happened since."""
    take_in(station.desks[0])
    station.sync(0, 1, 2, 0)
    for one in snapshot.manifests(station.hub, station.desks[0].identity.station):
        snapshot._remove(station.hub, one)
    snapshot.make(station.desks[0], station.hub)
    take_in(station.desks[1], "Lê Thị Hoa")
    station.sync(1, 0)
    return station


class Counting(FolderHub):
    """Tells which pieces were asked for, and whether any batch was."""

    def __init__(self, path: Path, fail_at: int | None = None) -> None:
        super().__init__(path)
        self.pieces: list[str] = []
        self.batches = 0
        self._fail_at = fail_at

    def get_blob(self, station: str, name: str) -> bytes | None:
        if name.startswith("snapshot-") and "." in name:
            if len(self.pieces) == self._fail_at:
                raise InvalidInput("hub_unreachable", url=self.url)
            self.pieces.append(name)
        return super().get_blob(station, name)

    def fetch(self, offer):
        self.batches += 1
        return super().fetch(offer)


def begin(station: Station, folder: Path, hub: FolderHub, number: int = 7) -> Desk:
    code = make_join_code(station.desks[0], station.hub, officer_of(station.desks[0]))
    assert isinstance(code, JoinCode)
    return start_desk(folder, new_desk(number), [hub], code.code).desk


def test_a_desk_from_a_snapshot_is_as_one_that_read_every_batch(shot: Station, tmp_path: Path) -> None:
    hub = Counting(shot.root / "hub")
    desk = begin(shot, tmp_path / "new", hub)
    assert len(hub.pieces) > 3 and hub.batches <= 4
    shot.sync(0)
    exchange(desk, shot.hub)
    assert dump(desk) == dump(shot.desks[0])
    assert verify(desk).holds
    assert take_in(desk, "Trần Văn Ba")
    assert not list((tmp_path / "new").glob("*.part"))
    desk.close()
    Desk.open(tmp_path / "new").close()


def test_a_snapshot_holds_nothing_that_is_one_desks_own(shot: Station, tmp_path: Path) -> None:
    from storage.database import open_database

    desk = shot.desks[0]
    key = snapshot.fetch(tmp_path, shot.hub, desk.identity.station, desk.keys())
    assert key is not None
    connection = open_database(tmp_path / "motcua.db", key)
    assert [row[0] for row in connection.execute("SELECT name FROM meta")] == ["hlc"]
    for table in ("secret", "station_key", "draft", "print_job", "hub", "accepted", "series"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table
    connection.close()


def test_the_daily_audit_leaves_one_and_takes_the_older_away(shot: Station) -> None:
    from datetime import timedelta

    from tests.storage.sync_desks import START

    station = shot.desks[0].identity.station
    (first,) = snapshot.manifests(shot.hub, station)
    for _ in range(first.events):
        take_in(shot.desks[0])
    shot.desks[0].now = lambda: START + timedelta(days=1)
    shot.sync(0)
    (second,) = snapshot.manifests(shot.hub, station)
    assert second.name != first.name and second.events > first.events
    assert {path.name.split(".")[0] for path in (shot.root / "hub").rglob("snapshot-*")} == {f"snapshot-{second.name}"}


def test_what_was_destroyed_lies_in_no_snapshot_either(shot: Station) -> None:
    first = shot.desks[0]
    dossier = take_in(first, "Nguyễn Văn Cần Xóa")
    for kind in ("approved", "result_ready", "result_returned"):
        act(first, dossier, kind)
    shot.sync(0)
    for one in snapshot.manifests(shot.hub, first.identity.station):
        snapshot._remove(shot.hub, one)
    before = snapshot.make(first, shot.hub)
    named = [event.event_id for event in first.log.events_of(dossier) if event.kind == "received"]
    assert not isinstance(act(first, dossier, "body_destroyed", events=named, reason="hết hạn"), Refusal)
    shot.sync(0)
    assert before.name not in {one.name for one in snapshot.manifests(shot.hub, first.identity.station)}
    assert not list((shot.root / "hub").rglob(f"snapshot-{before.name}*"))
