"""A dossier goes to a unit that is at no common hub, and the answer comes back, by a stick alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from core.answers import InvalidInput, Refusal
from core.record import NO_HASH
from storage.desk import Desk, Done
from storage.folder import station_id
from storage.sync.batch import BatchHead, pack
from storage.sync.bundle_export import exports
from storage.sync.bundle_import import import_bundle
from storage.sync.bundle_policy import Policy, allow
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.sync.post import Posted, Received, export_letters, import_letters
from storage.transfers import find_incoming, incoming, outgoing, transfer_of
from tests.storage.bundles import policy
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, act, new_desk, officer_of, take_in

HERE, THERE, ELSEWHERE = "T48.97", "T48.98", "T48.96"


@dataclass
class Apart:
    """Units that never meet, and a stick between them."""

    root: Path
    desks: dict[str, Desk]
    made: int = 0

    def desk(self, unit: str, folder: str = "") -> Desk:
        name = folder or unit
        if name not in self.desks:
            hub = FolderHub(self.root / f"hub-{name}")
            hub.create()
            desk = self.desks[name] = start_desk(self.root / name, new_desk(1, unit), [hub]).desk
            assert isinstance(allow(desk, officer_of(desk), policy((HERE, THERE, ELSEWHERE)), None), Policy)
            assert exchange(desk, hub).error is None
        return self.desks[name]

    def write(self, desk: Desk, unit: str) -> tuple[Posted, Path]:
        self.made += 1
        path = self.root / "stick" / f"f{self.made}"
        done = export_letters(desk, officer_of(desk), path, unit)
        assert isinstance(done, Posted), done
        return done, path

    def carry(self, sender: str, receiver: str) -> tuple[Posted, Received]:
        done, path = self.write(self.desk(sender), receiver)
        taken = import_letters(self.desk(receiver), path)
        assert isinstance(taken, Received) and taken.words == done.words
        return done, taken


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    (tmp_path / "stick").mkdir()
    made = Apart(tmp_path, {})
    yield made
    for desk in made.desks.values():
        desk.close()


def offered(desk: Desk, to: str = THERE) -> str:
    dossier = take_in(desk, minutes=30)
    assert isinstance(act(desk, dossier, "transfer_offered", unit=to, reason="chuyển nơi ở"), Done)
    return dossier


def known(apart: Apart) -> None:
    """Both units have heard of each other."""
    apart.carry(HERE, THERE)
    apart.carry(THERE, HERE)


def accepted(desk: Desk, dossier: str) -> None:
    found = find_incoming(desk, dossier)
    assert not isinstance(found, Refusal)
    assert isinstance(desk.do(transfer_of(desk, found), officer_of(desk)), Done)


def test_a_dossier_and_its_answer_go_by_stick(apart: Apart) -> None:
    here, there = apart.desk(HERE), apart.desk(THERE)
    dossier = offered(here)
    first, taken = apart.carry(HERE, THERE)
    assert (first.introduces, first.letters, taken.letters, incoming(there)) == (True, 0, 0, [])
    assert [one.sent for one in outgoing(here)] == [False]
    back, _ = apart.carry(THERE, HERE)
    assert (back.introduces, back.letters) == (False, 0)
    sent, taken = apart.carry(HERE, THERE)
    assert (sent.introduces, sent.letters, taken.new) == (False, 1, 1)
    assert [one.sent for one in outgoing(here)] == [True]
    assert [(one.dossier, one.unit, one.name) for one in incoming(there)] == [(dossier, HERE, "Nguyễn Văn An")]
    accepted(there, dossier)
    answer, _ = apart.carry(THERE, HERE)
    assert answer.letters == 1
    gone, moved = here.dossier(dossier), there.dossier(dossier)
    assert gone is not None and moved is not None and (gone.away, moved.unit) == (THERE, THERE)
    last, taken = apart.carry(HERE, THERE)
    assert (last.letters, taken.letters) == (0, 0)
    assert apart.carry(THERE, HERE)[0].letters == 0, "nobody repeats what is settled"
    assert [event.body["receiver"] for event in exports(here)] == [THERE] * 3


def test_again_and_in_the_wrong_order_changes_nothing(apart: Apart) -> None:
    here, there = apart.desk(HERE), apart.desk(THERE)
    known(apart)
    empty = apart.write(here, THERE)[1]
    dossier = offered(here)
    full = apart.write(here, THERE)[1]
    for path, new in ((full, 1), (full, 0), (empty, 0)):
        taken = import_letters(there, path)
        assert isinstance(taken, Received) and taken.new == new
        assert [one.dossier for one in incoming(there)] == [dossier]
    assert isinstance(act(here, dossier, "withdrawn"), Done)
    apart.carry(HERE, THERE)
    assert incoming(there) == []


def test_only_the_unit_that_it_is_for_opens_it(apart: Apart) -> None:
    here, other = apart.desk(HERE), apart.desk(ELSEWHERE)
    known(apart)
    offered(here)
    path = apart.write(here, THERE)[1]
    content = path.read_bytes()
    assert b"0905123456" not in content and HERE.encode() not in content
    assert import_letters(other, path) is None
    with pytest.raises(InvalidInput, match="bundle_wrong_receiver"):
        import_bundle(other, path)
    first = apart.write(other, THERE)[1]
    with pytest.raises(InvalidInput, match="bundle_wrong_receiver"):
        import_letters(here, first)


def test_a_file_that_does_not_hold_is_not_taken(apart: Apart) -> None:
    here, there = apart.desk(HERE), apart.desk(THERE)
    path = apart.write(here, THERE)[1]
    whole = path.read_bytes()
    for place in (7, 40, 300, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InvalidInput) as raised:
            import_letters(there, path)
        assert raised.value.code in ("bundle_damaged", "bundle_signature_wrong", "bundle_wrong_receiver")
    path.write_bytes(b"x")
    assert import_letters(there, path) is None
    assert not list((there.folder / "post").rglob("*.batch"))


def told(there: Desk, **other: object) -> dict[str, object]:
    sender, receiver = station_id(HERE), there.identity.station
    made = {"format": 1, "from": sender, "unit": HERE, "desk": "d", "made": [1, 1], "to": receiver, "created": "now"}
    return {name: value for name, value in (made | other).items() if value is not None}


def introduce(path: Path, manifest: dict[str, object], batches: list[bytes]) -> Path:
    """A file of anything, in the clear as a first one is, that nobody signed."""
    payload = json.dumps({"batches": [base64.b64encode(one).decode() for one in batches], "letters": {}}).encode()
    signed = json.dumps(manifest | {"sha256": hashlib.sha256(payload).hexdigest()}).encode()
    fixed = b"MOTCUAP\x01" + len(signed).to_bytes(4, "big")
    path.write_bytes(fixed + signed + bytes(64) + zstandard.ZstdCompressor().compress(payload))
    return path


@pytest.mark.parametrize(
    "other", [{"to": None}, {"unit": None}, {"unit": "\ud800"}, {"desk": None}, {"from": 5}], ids=str
)
def test_a_manifest_of_anything_is_a_damaged_file(apart: Apart, other: dict[str, object]) -> None:
    there = apart.desk(THERE)
    with pytest.raises(InvalidInput, match="bundle_damaged"):
        import_letters(there, introduce(apart.root / "stick" / "f", told(there, **other), []))


@pytest.mark.parametrize("name", ["{}/elsewhere", "../../../../elsewhere"])
def test_no_file_names_a_place_outside_of_the_post(apart: Apart, name: str) -> None:
    """A batch's desk becomes a folder's name, before anybody can know whose signature it bears."""
    there = apart.desk(THERE)
    forger = Stranger("nobody", name.format(apart.root))
    forger.write("unit:x", "noted", {"text": "x"})
    end, seal = forger.events[-1].hash, there.station_key()
    head = BatchHead(station_id(HERE), forger.origin, 1, 1, NO_HASH, end, bytes(64), seal)
    path = introduce(apart.root / "stick" / "f", told(there), [pack(head, forger.events)])
    with pytest.raises(InvalidInput, match="bundle_damaged"):
        import_letters(there, path)
    assert not list(apart.root.glob("elsewhere*"))


def test_another_station_under_a_known_code_is_refused(apart: Apart) -> None:
    here = apart.desk(HERE)
    known(apart)
    path = apart.write(apart.desk(THERE, folder="impostor"), HERE)[1]
    refused = import_letters(here, path)
    assert isinstance(refused, Refusal) and (refused.code, refused.params) == ("letters_other_station", {"unit": THERE})
    offered(here)
    sent = apart.write(here, THERE)[1]
    assert isinstance(import_letters(apart.desk(THERE), sent), Received)
    assert import_letters(apart.desk(THERE, folder="impostor"), sent) is None


def test_a_stick_that_cannot_be_written_leaves_the_offer_unsent(apart: Apart) -> None:
    here = apart.desk(HERE)
    known(apart)
    offered(here)
    (apart.root / "stick" / "there").touch()
    with pytest.raises(InvalidInput, match="bundle_exists"):
        export_letters(here, officer_of(here), apart.root / "stick" / "there", THERE)
    assert [one.sent for one in outgoing(here)] == [False]
    assert apart.carry(HERE, THERE)[0].letters == 1
