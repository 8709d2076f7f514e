"""Faults of the snapshot that a new desk begins from: cut off, altered, forged, of another version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.answers import InvalidInput
from storage.database import SCHEMA_VERSION
from storage.keys import sign
from storage.sync import snapshot
from storage.sync.join_codes import JoinCode, make_join_code
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.sync_desks import Station, new_desk, officer_of
from tests.storage.test_snapshot import Counting, begin, shot, small

__all__ = ["shot", "small"]


def test_row_40_a_download_that_was_cut_goes_on_where_it_ended(shot: Station, tmp_path: Path) -> None:
    cut = Counting(shot.root / "hub", fail_at=3)
    with pytest.raises(InvalidInput, match="hub_unreachable"):
        begin(shot, tmp_path / "new", cut)
    again = Counting(shot.root / "hub")
    begin(shot, tmp_path / "new", again).close()
    assert not set(cut.pieces) & set(again.pieces) and again.pieces


@pytest.mark.parametrize("piece", ["0000", "0002"])
def test_row_40_a_damaged_piece_is_refused_and_the_batches_are_read_instead(
    shot: Station, tmp_path: Path, piece: str
) -> None:
    path = next((shot.root / "hub").rglob(f"snapshot-*.{piece}"))
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    _assert_begins_from_batches(shot, tmp_path / "new")


def test_row_40_a_manifest_that_nobody_of_the_station_signed_is_refused(shot: Station, tmp_path: Path) -> None:
    path = next(one for one in (shot.root / "hub").rglob("snapshot-*") if "." not in one.name)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    _assert_begins_from_batches(shot, tmp_path / "new")


def _assert_begins_from_batches(shot: Station, folder: Path) -> None:
    """The broken snapshot is told and taken away, and at the next audit, here the new desk's, a whole one is left."""
    (told,) = snapshot.manifests(shot.hub, shot.desks[0].identity.station)
    code = make_join_code(shot.desks[0], shot.hub, officer_of(shot.desks[0]))
    assert isinstance(code, JoinCode)
    started = start_desk(folder, new_desk(7), [shot.hub], code.code)
    assert started.problem is not None and started.problem.code == "snapshot_broken"
    assert verify(started.desk).holds and started.desk.log.heads().keys() > shot.desks[0].log.heads().keys()
    started.desk.close()
    assert not list(folder.glob("*.part"))
    (whole,) = snapshot.manifests(shot.hub, shot.desks[0].identity.station)
    assert not list((shot.root / "hub").rglob(f"snapshot-{told.name}*")) and whole.name != told.name


def test_row_40_a_download_cut_in_its_last_piece_goes_on_there(shot: Station, tmp_path: Path) -> None:
    (told,) = snapshot.manifests(shot.hub, shot.desks[0].identity.station)
    last = len(told.pieces) - 1
    with pytest.raises(InvalidInput, match="hub_unreachable"):
        begin(shot, tmp_path / "new", Counting(shot.root / "hub", fail_at=last))
    part = tmp_path / "new" / "motcua.db.part"
    part.write_bytes(part.read_bytes()[:-1])
    again = Counting(shot.root / "hub")
    desk = begin(shot, tmp_path / "new", again)
    assert {name.rpartition(".")[2] for name in again.pieces} == {f"{last - 1:04}", f"{last:04}"}
    assert verify(desk).holds
    desk.close()


@pytest.mark.parametrize("schema", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_row_40_a_snapshot_of_another_version_is_passed_by_for_the_batches(
    shot: Station, tmp_path: Path, schema: int
) -> None:
    identity = shot.desks[0].identity
    (told,) = snapshot.manifests(shot.hub, identity.station)
    other = replace(told, schema=schema)
    name = f"snapshot-{told.name}"
    shot.hub.put_blob(identity.station, name, other.signed() + sign(identity.sign_private, other.signed()))
    hub = Counting(shot.root / "hub")
    desk = begin(shot, tmp_path / "new", hub)
    assert not hub.pieces and hub.batches
    assert verify(desk).holds
    desk.close()
