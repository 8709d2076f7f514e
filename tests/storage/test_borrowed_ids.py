"""An event's id is no secret: whoever writes something else under it takes nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.states import State
from storage.desk import Desk
from storage.folder import write_meta
from storage.keys import seal_public, sign_public
from storage.sync.desk_life import revoke_desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from tests.storage.stranger import LATER_MS, Stranger, rebuilt
from tests.storage.sync_desks import Station, cloned, dump, officer_of, take_in

FORGER = bytes(range(32))


def stranger_at(desk: Desk) -> Stranger:
    """A desk that has enrolled itself and that nobody confirmed."""
    found = Stranger(officer_of(desk).id)
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()}
    found.write(f"desk:{found.desk}", "desk_enrolled", body)
    return found


@pytest.mark.parametrize("hlc", [1, LATER_MS << 16 | 0xFFFF], ids=["before", "after"])
def test_an_unconfirmed_desk_takes_no_receipt_away(station: Station, hlc: int) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    before = desk.dossier(dossier)
    assert before is not None
    stranger = stranger_at(desk)
    stranger.write(dossier, "noted", {"text": "x"}, id=before.events[0].event_id, hlc=hlc)
    stranger.reach(desk)
    after = desk.dossier(dossier)
    assert after is not None and (after.state, after.receipt_number) == (State.RECEIVED, before.receipt_number)
    assert dump(desk) == rebuilt(desk)


@pytest.mark.parametrize("kind", ["desk_revoked", "desk_confirmed"])
def test_no_desk_takes_its_own_revocation_back(station: Station, kind: str) -> None:
    desk, gone = station.desks[0], station.desks[2].identity
    assert revoke_desk(desk, officer_of(desk), gone.desk, gone.epoch, 1) is None
    place = desk.projection.desks().revoked[gone.desk]
    event = next(one for one in desk.log.understood(f"desk:{gone.desk}") if one.kind == "desk_revoked")
    stranger = stranger_at(desk)
    body = {"epoch": 9, "from_seq": 9, "signature": "00" * 64} if kind == "desk_revoked" else {"signature": "00" * 64}
    stranger.write(f"desk:{gone.desk}", kind, body, id=event.event_id)
    stranger.reach(desk)
    assert desk.projection.desks().revoked == {gone.desk: place}


def test_no_desk_takes_anothers_admission_away(station: Station) -> None:
    desk, other = station.desks[0], station.desks[1].identity
    known = desk.projection.desks()
    event = next(one for one in desk.log.understood(f"desk:{other.desk}") if one.kind == "desk_enrolled")
    stranger = Stranger(officer_of(desk).id)
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()}
    admission = {"join_key": "00" * 32, "expires_at": "x", "signature": "00" * 64, "proof": "00" * 64}
    stranger.write(f"desk:{stranger.desk}", "desk_enrolled", body | {"admission": admission}, id=event.event_id)
    stranger.reach(desk)
    assert desk.projection.desks().known[other.desk] == known.known[other.desk]
    assert desk.projection.desks().known[other.desk].confirmed


def test_what_stands_under_another_desks_id_is_still_said_again(station: Station, tmp_path: Path) -> None:
    """A forked line counts as said only where its own author said it."""
    other = FolderHub(tmp_path / "second")
    other.create()
    write_meta(station.desks[1].connection, {"epoch": 2})
    with cloned(station, 1, tmp_path / "clone") as clone:
        take_in(station.desks[1], "Lê Thị Hoa")
        station.sync(1)
        dossier = take_in(clone, "Trần Văn Ba")
        assert exchange(clone, other).error is None
        stranger = stranger_at(clone)
        for event in clone.log.events_of(dossier):
            stranger.write(dossier, "noted", {"text": "x"}, id=event.event_id)
        stranger.reach(clone)
        exchange(clone, station.hub)
        exchange(clone, station.hub)
    station.sync(0)
    found = station.desks[0].dossier(dossier)
    assert found is not None and found.state is State.RECEIVED
