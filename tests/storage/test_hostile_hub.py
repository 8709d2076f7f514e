"""A hub is nobody's friend: what whoever can write there may leave, and what a desk must make of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.record import NO_HASH, body_hash, chain_hash
from storage.event_log import Origin, StoredEvent, unlocked
from storage.keys import seal_public, sign_public
from storage.sync.batch import BatchHead, pack, read_head, unpack
from storage.sync.enrolment import sign_key
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import Offer
from storage.verification import verify
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, Station, act, officer_of, take_in

FORGER = bytes(range(32))


def leave(station: Station, origin: Origin, head: bytes, first: int = 1, rest: bytes = b"") -> None:
    """Any bytes as a batch's head, in a file whose own sums are right."""
    folder = station.root / "hub" / station.desks[0].identity.station / "origins" / f"{origin.desk}-{origin.epoch}"
    folder.mkdir(exist_ok=True)
    whole = (
        b"MOTCUAB\x02" + b"".join(len(part).to_bytes(4, "big") for part in (head, rest, b"")) + head + bytes(64) + rest
    )
    (folder / f"{first:012}.batch").write_bytes(whole + hashlib.sha256(whole).digest())


def facts(desks: Station, origin: Origin, **other: object) -> bytes:
    told = {
        "proto": 2,
        "station": desks.desks[0].identity.station,
        "desk": origin.desk,
        "epoch": origin.epoch,
        "first_seq": 1,
        "n": 1,
        "prev": NO_HASH.hex(),
        "end": "11" * 32,
        "seal": "22" * 32,
    } | other
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "other",
    [
        {"n": 2**70},
        {"n": 2**62},
        {"seal": [1]},
        {"seal": 5},
        {"seal": "xyz"},
        {"desk": ["x"]},
        {"epoch": "1"},
        {"first_seq": True},
        {"n": True},
        {"end": "11"},
        {"prev": ""},
        {"station": None},
        {"proto": True},
    ],
    ids=str,
)
def test_a_head_of_wrong_types_is_a_damaged_file_and_stops_nobody(station: Station, other: dict[str, object]) -> None:
    strange = Origin("0" * 8 + "-0000-7000-8000-" + "0" * 12, 1)
    leave(station, strange, facts(station, strange, **other))
    dossier = take_in(station.desks[1])
    (report,) = station.sync(1)
    assert report.error is not None and report.error.code in ("batch_damaged", "desk_not_enrolled")
    assert report.pending == 0
    station.sync(0)
    assert station.desks[0].dossier(dossier) is not None


def test_a_head_nested_without_end_stops_nobody(station: Station) -> None:
    strange = Origin("0" * 8 + "-0000-7000-8000-" + "0" * 12, 1)
    leave(station, strange, b"[" * 200_000)
    (report,) = station.sync(1)
    assert report.error is not None and report.error.code == "batch_damaged"


@pytest.mark.parametrize("epoch", [0, 7])
def test_nobody_enrols_under_the_name_of_a_desk_that_is_known(station: Station, epoch: int) -> None:
    victim = station.desks[1].identity
    right, waiting = sign_key(station.desks[0], victim.desk), station.desks[0].projection.desks().waiting
    forger = Stranger(officer_of(station.desks[1]).id, victim.desk)
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()}
    forger.write(f"desk:{victim.desk}", "desk_enrolled", body, epoch=epoch)
    hub_put(station, forger.events, Origin(victim.desk, epoch), FORGER)
    station.sync(0)
    assert sign_key(station.desks[0], victim.desk) == right
    assert station.desks[0].projection.desks().waiting == waiting
    assert Origin(victim.desk, epoch) not in station.desks[0].log.heads()
    dossier = take_in(station.desks[1])
    station.sync(1, 0)
    assert station.desks[0].dossier(dossier) is not None


@pytest.mark.parametrize("key", ["zz", "", "11"])
def test_an_enrolment_without_a_key_stops_nobody(station: Station, key: str) -> None:
    forger = Stranger("nobody", "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    forger.write(f"desk:{forger.desk}", "desk_enrolled", {"number": 9, "sign_key": key, "seal_key": key})
    hub_put(station, forger.events, forger.origin, FORGER)
    (report,) = station.sync(0)
    assert report.error is not None and report.error.code in ("signature_wrong", "desk_not_enrolled")
    assert forger.origin not in station.desks[0].log.heads()


def hub_put(station: Station, events: list[StoredEvent], origin: Origin, private: bytes) -> None:
    head = BatchHead(
        station.desks[0].identity.station, origin, 1, len(events), NO_HASH, events[-1].hash,
        seal=station.desks[0].station_key(),
    ).sign(private)  # fmt: skip
    station.hub.push(head.station, head, pack(head, events))


def test_a_head_that_nobody_signed_makes_nothing_accepted(station: Station) -> None:
    """A forged batch after the true ones lets the hub seem to be ahead."""
    desk = station.desks[1]
    head = desk.log.heads()[desk.identity.origin]
    ahead = facts(station, desk.identity.origin, first_seq=head.seq + 1, n=50, prev=head.hash.hex())
    leave(station, desk.identity.origin, ahead, head.seq + 1)
    dossier = take_in(desk)
    for _ in range(2):
        (report,) = station.sync(1)
        assert report.error is not None
        assert report.pending > 0
    station.sync(0)
    assert station.desks[0].dossier(dossier) is None


class Lying(FolderHub):
    """Offers what is there and hands out something else."""

    def __init__(self, path: Path, instead: dict[str, bytes]) -> None:
        super().__init__(path)
        self.instead = instead

    def fetch(self, offer: Offer) -> bytes:
        return self.instead.get(offer.place) or super().fetch(offer)


def test_a_batch_without_destroyed_bodies_is_sealed_to_no_other_key(station: Station) -> None:
    """What lies at the hub under another seal, or under none, is not written again in that shape."""
    first = station.desks[0]
    dossier = take_in(first, "Nguyễn Văn Cần Xóa")
    for kind in ("approved", "result_ready", "result_returned"):
        act(first, dossier, kind)
    act(first, dossier, "noted", text="điều riêng tư")
    act(first, dossier, "noted", text="điều khác")
    station.sync(0, 1)
    spy = bytes(range(32, 64))
    path = max(station.origin_folder(0).iterdir())
    head = read_head(path.read_bytes())
    events = unpack(path.read_bytes(), first.keys()).events
    path.write_bytes(pack(replace(head, seal=seal_public(spy).hex()), [without_body(one) for one in events]))
    named = [event.event_id for event in first.log.events_of(dossier) if event.kind == "noted"][:1]
    assert not isinstance(act(first, dossier, "body_destroyed", events=named, reason="hết hạn"), Refusal)
    station.sync(0)
    for file in station.origin_folder(0).iterdir():
        found = unpack(file.read_bytes(), {seal_public(spy).hex(): spy})
        assert not any("điều khác".encode() in (one.body or b"") for one in found.events)


def without_body(one: StoredEvent) -> StoredEvent:
    return StoredEvent(one.header, one.digest, None, None, one.hash)


def test_a_break_is_not_mended_from_what_its_desk_did_not_sign(station: Station) -> None:
    """The head that is offered is right, the bytes under it are another batch's."""
    first, victim = station.desks[0], station.desks[1].identity
    take_in(station.desks[1])
    station.sync(1, 0)
    origin = victim.origin
    hub = Lying(station.root / "hub", {})
    (*_, last) = hub.offers(victim.station, origin, 0).batches
    genuine = first.log.stored(origin, last.head.first_seq - 1, last.head.n)
    forged_head = genuine[-1].header.replace(b'"kind":"received"', b'"kind":"noted"')
    salt, body = bytes(16), b'{"text":"forged"}'
    digest = body_hash(salt, body)
    before = genuine[-2].hash if len(genuine) > 1 else last.head.prev
    forged = StoredEvent(forged_head, digest, salt, body, chain_hash(before, forged_head, digest))
    events = [*genuine[:-1], forged]
    head = replace(last.head, end=forged.hash).sign(FORGER)
    hub.instead[last.place] = pack(head, events)
    with unlocked(first.connection):
        first.connection.execute("UPDATE event SET hash = zeroblob(32) WHERE n = (SELECT max(n) FROM event)")
    first.now = lambda: START + timedelta(days=1)
    report = exchange(first, hub)
    assert report.error is not None and report.error.code == "history_broken"
    assert not any(b"forged" in (one.body or b"") for one in first.log.stored(origin, 0, 1000))
    honest = exchange(first, station.hub)
    assert honest.error is not None and honest.error.code == "history_mended"
    assert verify(first).holds
