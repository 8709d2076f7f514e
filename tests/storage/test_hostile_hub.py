"""A hub is nobody's friend: what whoever can write there may leave, and what a desk must make of it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput, Refusal
from core.record import NO_HASH, body_hash, chain_hash
from storage.database import SCHEMA_VERSION, transaction
from storage.event_log import Origin, StoredEvent, unlocked
from storage.keys import seal_public, sign, sign_public
from storage.sync import snapshot
from storage.sync.auditing import audit_again
from storage.sync.batch import BatchHead, pack, read_head, unpack
from storage.sync.desk_life import desk_facts, revoke_desk
from storage.sync.enrolment import sign_key
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import JoinCode, make_join_code
from storage.sync.joining import start_desk
from storage.sync.protocol import DURABLE_AFTER_S, Answer, Offer
from storage.verification import verify
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, Station, act, new_desk, officer_of, take_in

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
        {"epoch": 2**31},
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


def spoil_sealed(path: Path) -> bytes:
    """Garbage in the part that only the station's key opens, under right sums; what was there."""
    good = path.read_bytes()
    whole = bytearray(good[:-32])
    whole[-8:] = bytes(8)
    path.write_bytes(bytes(whole) + hashlib.sha256(whole).digest())
    return good


@pytest.mark.parametrize("audit_is_due", [False, True])
def test_bodies_that_no_key_opens_are_asked_for_again(station: Station, tmp_path: Path, audit_is_due: bool) -> None:
    """A desk without the key can't see that the sealed part is none; once the key has come it stops nobody."""
    dossier = take_in(station.desks[0], "Lê Thị Hoa")
    station.sync(0)
    path = max(station.origin_folder(0).iterdir())
    good = spoil_sealed(path)
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    path.write_bytes(good)
    station.sync(0)
    if audit_is_due:
        audit_again(new)
    for _ in range(3):
        report = exchange(new, station.hub)
    assert report.error is None
    folded = new.dossier(dossier)
    assert folded is not None and folded.applicant["name"] == "Lê Thị Hoa"
    assert verify(new).holds
    new.close()


def forget_last_batch(station: Station) -> Path:
    """The hub and the first desk lose the batch that the desk cut last: it cuts its events anew, with what follows."""
    first = station.desks[0]
    path = max(station.origin_folder(0).iterdir())
    path.unlink()
    with transaction(first.connection):
        (last,) = first.connection.execute("SELECT max(first_seq) FROM batch WHERE origin = 1").fetchone()
        first.connection.execute("DELETE FROM batch WHERE origin = 1 AND first_seq = ?", (last,))
    audit_again(first)
    return path


def test_of_two_batches_from_one_event_on_the_longer_one_is_passed_on(station: Station) -> None:
    """Found by history 640340: what only the longer one held could go to no hub any more but from its author."""
    first, _, third = station.desks
    take_in(first, "Lê Thị Hoa")
    station.sync(0, 1)
    path = forget_last_batch(station)
    later = take_in(first, "Trần Thị Lan")
    station.sync(0, 1)
    path.unlink()
    station.sync(1, 2)
    folded = third.dossier(later)
    assert folded is not None and folded.applicant["name"] == "Trần Thị Lan"


def test_of_two_sealed_batches_from_one_event_on_the_longer_one_is_opened(station: Station, tmp_path: Path) -> None:
    """Found by history 630083: a hub lost a batch, and its desk signed it anew together with what came after."""
    first = station.desks[0]
    dossier = take_in(first, "Lê Thị Hoa")
    station.sync(0)
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    forget_last_batch(station)
    later = take_in(first, "Trần Thị Lan")
    station.sync(0)
    for _ in range(2):
        exchange(new, station.hub)
    names = [folded.applicant["name"] for folded in map(new.dossier, (dossier, later)) if folded is not None]
    assert names == ["Lê Thị Hoa", "Trần Thị Lan"]
    new.close()


@pytest.mark.parametrize("said", ["9" * 30, "-5", "soon", "1.5"])
def test_a_hub_that_says_nonsense_of_its_backups_is_backed_up_once_a_day(station: Station, said: str) -> None:
    (station.root / "hub" / "durable-after").write_text(said)
    take_in(station.desks[0])
    (report,) = station.sync(0)
    assert report.error is None
    assert station.hub.durable_after() == DURABLE_AFTER_S


class ReadOnly(FolderHub):
    """As a share whose rights have been taken away."""

    def delete_blob(self, station: str, name: str) -> None:
        raise InvalidInput("hub_read_only", url=self.url)

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        raise InvalidInput("hub_read_only", url=self.url)


def test_evidence_that_cannot_be_taken_away_keeps_nobody_from_reading(station: Station) -> None:
    identity = station.desks[1].identity
    station.hub.put_blob(identity.station, f"fork-{identity.desk}-1-1", b"nothing")
    dossier = take_in(station.desks[0])
    station.sync(0)
    take_in(station.desks[1])
    report = exchange(station.desks[1], ReadOnly(station.root / "hub"))
    assert report.error is not None and (report.error.code, report.pending) == ("hub_read_only", 1)
    assert station.desks[1].dossier(dossier) is not None


@pytest.mark.parametrize("name", ["fork-{}-1-1", "digest-{}", "inbox-x", "snapshot-x", "join-x"])
@pytest.mark.parametrize("data", [b"", b"[" * 200_000, b"\xff" * 100, b"{}\n", b"null" + bytes(64)], ids=range(5))
def test_a_blob_of_anything_stops_nobody(station: Station, name: str, data: bytes) -> None:
    identity = station.desks[1].identity
    station.hub.put_blob(identity.station, name.format(identity.desk), data)
    take_in(station.desks[1])
    station.desks[1].now = lambda: START + timedelta(days=1)
    (report,) = station.sync(1)
    assert (report.error, report.pending) == (None, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "../x"},
        {"name": 5},
        {"pieces": 7},
        {"pieces": [None]},
        {"heads": [["d", 1, "x", "00"]]},
        {"heads": [["d", [], 1, "00"]]},
        {"seal": []},
        {"size": 2**70},
        {"size": -1},
        {"schema": None},
        {"key": "00"},
        {"maker": {}},
    ],
    ids=str,
)
def test_a_manifest_of_anything_is_none(station: Station, other: dict[str, object], tmp_path: Path) -> None:
    desk = station.desks[0]
    told = {
        "format": 1,
        "name": "0" * 8,
        "station": desk.identity.station,
        "maker": desk.identity.desk,
        "schema": SCHEMA_VERSION,
        "heads": [[desk.identity.desk, 1, 30_000, "11" * 32]],
        "pieces": ["22" * 32],
        "size": 4096,
        "seal": desk.station_key(),
        "key": "33" * 80,
    } | other
    station.hub.put_blob(desk.identity.station, "snapshot-00000000", json.dumps(told).encode() + bytes(64))
    code = make_join_code(desk, station.hub, officer_of(desk))
    assert isinstance(code, JoinCode)
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub], code.code).desk
    assert verify(new).holds and not list(new.folder.glob("*.part"))
    new.close()
    assert snapshot.make(desk, station.hub).events


def test_evidence_that_waits_for_a_key_is_left_until_the_key_has_come(station: Station) -> None:
    desk = station.desks[1]
    identity = desk.identity
    head = desk.log.heads()[identity.origin]
    forger = Stranger("nobody", identity.desk)
    seal = bytes(range(64, 96))
    forger.write("x", "noted", {"text": "x"}, epoch=identity.epoch, seq=head.seq + 1)
    (event,) = forger.events
    end = chain_hash(head.hash, event.header, event.digest)
    line = [StoredEvent(event.header, event.digest, event.salt, event.body, end)]
    signed = BatchHead(
        identity.station, identity.origin, head.seq + 1, 1, head.hash, end, seal=seal_public(seal).hex()
    ).sign(identity.sign_private)
    name = f"fork-{identity.desk}-{identity.epoch}-{head.seq + 1}"
    station.hub.put_blob(identity.station, name, pack(signed, line))
    station.sync(1)
    assert station.hub.get_blob(identity.station, name) is not None


def test_a_snapshot_that_no_desk_of_the_station_made_is_passed_by(station: Station, tmp_path: Path) -> None:
    """Whoever may write to the hub knows the station's public key, and may found the same unit elsewhere."""
    first, elsewhere = station.desks[0], FolderHub(tmp_path / "elsewhere")
    elsewhere.create()
    forger = start_desk(tmp_path / "forger", new_desk(1), [elsewhere]).desk
    for _ in range(9):
        take_in(forger, "Người Giả")
    identity = forger.identity
    made = snapshot.make(forger, elsewhere)
    key = made.database_key(forger.keys())
    assert key is not None
    forged = replace(made, seal=first.station_key()).holding(forger.keys()[forger.station_key()], key)
    for number in range(len(made.pieces)):
        name = f"snapshot-{made.name}.{number:04}"
        station.hub.put_blob(identity.station, name, elsewhere.get_blob(identity.station, name) or b"")
    data = forged.signed() + sign(identity.sign_private, forged.signed())
    station.hub.put_blob(identity.station, f"snapshot-{made.name}", data)
    code = make_join_code(first, station.hub, officer_of(first))
    assert isinstance(code, JoinCode)
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub], code.code).desk
    assert new.projection.desks().admin_desk == first.identity.desk
    new.close()
    forger.close()


@pytest.mark.parametrize(
    "other",
    [
        {"seal_key": "zz"},
        {"seal_key": "11"},
        {"seal_key": "00" * 32},
        {"number": 0},
        {"number": 2**60},
        {"admission": {"join_key": 5, "expires_at": 1.5, "signature": [], "proof": {}}},
        {"admission": {"join_key": "zz", "expires_at": {"x": 1.5}, "signature": "zz", "proof": "zz", "key": []}},
    ],
    ids=str,
)
def test_a_desk_that_enrols_with_anything_stops_nobody(station: Station, other: dict[str, object]) -> None:
    forger = Stranger("nobody", "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    body = {"number": 9, "sign_key": sign_public(FORGER).hex(), "seal_key": seal_public(FORGER).hex()} | other
    forger.write(f"desk:{forger.desk}", "desk_enrolled", body)
    hub_put(station, forger.events, forger.origin, FORGER)
    dossier = take_in(station.desks[0])
    (report,) = station.sync(0)
    assert (report.error, report.pending) == (None, 0)
    station.sync(1)
    assert station.desks[1].dossier(dossier) is not None
    first, gone = station.desks[0], station.desks[2].identity
    assert revoke_desk(first, officer_of(first), gone.desk, gone.epoch, 1) is None
    assert len(desk_facts(first)) == 4 and verify(first).holds


def test_a_code_lets_a_desk_into_the_station_that_made_it_alone(station: Station, tmp_path: Path) -> None:
    """A hub that shows another founding of the unit beside the code's own blob."""
    first, elsewhere = station.desks[0], FolderHub(tmp_path / "elsewhere")
    elsewhere.create()
    start_desk(tmp_path / "forger", new_desk(1), [elsewhere]).desk.close()
    code = make_join_code(first, station.hub, officer_of(first))
    assert isinstance(code, JoinCode)
    (name,) = station.hub.blobs(first.identity.station, "join-")
    elsewhere.put_blob(first.identity.station, name, station.hub.get_blob(first.identity.station, name) or b"")
    with pytest.raises(InvalidInput, match="join_code_other_station"):
        start_desk(tmp_path / "new", new_desk(4), [elsewhere], code.code)
    assert not (tmp_path / "new" / "motcua.db").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_is_no_file_is_not_waited_for(station: Station, kind: str) -> None:
    strange = station.origin_folder(1) / "000000000900.batch"
    blob = station.root / "hub" / station.desks[0].identity.station / "blobs" / f"digest-{'0' * 36}"
    for path in (strange, blob):
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if kind == "folder" else os.mkfifo(path)
    dossier = take_in(station.desks[1])
    (report,) = station.sync(1)
    assert report.pending == 0
    station.sync(0)
    assert station.desks[0].dossier(dossier) is not None
