"""Numbers, texts and names that nobody needs: what a hub or a stick may hold and no table, path or clock can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.record import NO_HASH
from storage.keys import seal_public, sign_public
from storage.sync.batch import BatchHead, pack, pack_compact
from storage.sync.desk_life import desk_facts
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from tests.faults.memory_hub import MemoryHub
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import UNIT, Station, new_desk, take_in
from tests.storage.test_hostile_hub import FORGER, hub_put

STRANGE = "0" * 8 + "-0000-7000-8000-" + "0" * 12


def enrolled() -> Stranger:
    """A desk that nobody asked for."""
    forger = Stranger("nobody", STRANGE)
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()}
    forger.write(f"desk:{forger.desk}", "desk_enrolled", body)
    return forger


@pytest.mark.parametrize(
    "header", [{"group": (2**70 - 1, 2**70)}, {"group": (-1, 0)}, {"group": (0, 0)}, {"hlc": 2**70}], ids=str
)
def test_a_header_beyond_what_tables_hold_stops_nobody(station: Station, header: dict[str, object]) -> None:
    forger = enrolled()
    forger.write(take_in(station.desks[0]), "noted", {"text": "x"}, **header)
    forger.events[1]._header = forger.events[0].outline  # or its own program could not pack it
    hub_put(station, forger.events, forger.origin, FORGER)
    dossier = take_in(station.desks[0])
    reports = station.sync(0, 1)
    assert [one.error.code for one in reports if one.error] == ["batch_damaged"] * 2
    assert station.desks[1].dossier(dossier) is not None and len(desk_facts(station.desks[1])) == 3


def test_a_letter_of_a_unit_that_no_text_can_be_stops_nobody(station: Station) -> None:
    desk = station.desks[0]
    head = {"format": 1, "kind": "offer", "from": "x", "unit": "\ud800", "desk": "d", "to": desk.identity.station}
    head |= {"dossier": "a", "offer": "b", "seal": desk.station_key()}
    station.hub.put_blob(desk.identity.station, "inbox-x-a-b", json.dumps(head).encode() + b"\n" + bytes(64))
    take_in(desk)
    (report,) = station.sync(0)
    assert (report.error, report.pending) == (None, 0)


def test_what_lies_in_the_place_of_a_file_fills_no_hub(station: Station) -> None:
    """Whatever keeps a file from its name, as a folder does or another program on Windows, leaves nothing beside it."""
    identity = station.desks[1].identity
    blob = station.root / "hub" / identity.station / "blobs" / f"digest-{identity.desk}"
    blob.unlink(missing_ok=True)
    blob.mkdir(parents=True)
    take_in(station.desks[1])
    (report,) = station.sync(1)
    assert report.error is not None and report.error.code == "hub_unreachable"
    assert not [path for path in station.files() if path.suffix == ".tmp"]


def test_a_desk_that_is_named_like_a_path_is_written_nowhere(station: Station) -> None:
    """A database takes any name; whoever carries its batches on to a folder makes one of it."""
    forger = Stranger("nobody", f"{station.root}/elsewhere")
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()}
    forger.write(f"desk:{forger.desk}", "desk_enrolled", body)
    hub, desk = MemoryHub("city"), station.desks[0]
    end, seal = forger.events[-1].hash, desk.station_key()
    head = BatchHead(desk.identity.station, forger.origin, 1, 1, NO_HASH, end, seal=seal).sign(FORGER)
    hub.push(head.station, head, pack(head, forger.events))
    report = exchange(desk, hub)
    assert report.error is not None and (report.error.code, report.pending) == ("batch_damaged", 0)
    station.sync(0)
    assert not list(station.root.glob("elsewhere*"))


def test_no_founding_hides_where_only_the_stations_key_reads(station: Station, tmp_path: Path) -> None:
    """A desk that has no key yet would take it, and find another admin once the key has come."""
    desk = station.desks[0]
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    forger = enrolled()
    (founding,) = [one for one in desk.log.understood(f"unit:{UNIT}") if one.kind == "station_founded"]
    body = dict(founding.body) | {"desk": STRANGE, "admin_key": sign_public(FORGER).hex()}
    forger.write(f"unit:{UNIT}", "station_founded", body, hlc=1)
    forger.events[1]._header = replace(forger.events[1].outline, kind="noted")  # by which it is packed
    hub_put(station, forger.events, forger.origin, FORGER)
    exchange(new, station.hub)
    station.sync(0)
    for _ in range(2):
        exchange(new, station.hub)
    assert new.projection.desks().admin_desk == desk.identity.desk
    assert not any(event.destroyed for event, _ in new.log.everything())
    new.close()


@pytest.mark.parametrize("seal", ["zz", "11", "00" * 32])
def test_a_batch_that_nothing_can_be_sealed_to_is_not_carried_on(station: Station, seal: str) -> None:
    """As it stands in a bundle its bodies can be read; to leave it at a hub they would have to be sealed again."""
    forger, desk, hub = enrolled(), station.desks[0], MemoryHub("city")
    end = forger.events[-1].hash
    head = BatchHead(desk.identity.station, forger.origin, 1, 1, NO_HASH, end, seal=seal).sign(FORGER)
    hub.push(head.station, head, pack_compact(head, forger.events))
    report = exchange(desk, hub)
    assert report.error is not None and (report.error.code, report.pending) == ("batch_damaged", 0)
    dossier = take_in(desk)
    (report,) = station.sync(0)
    assert (report.error, report.pending) == (None, 0)
    station.sync(1)
    assert station.desks[1].dossier(dossier) is not None
