"""Row 42 of the fault matrix (and 7 for bundles): what may happen to a stick, each case by name.

Whatever happens, nothing is lost, nothing taken twice, and desks that were given everything are the same.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from core.answers import InvalidInput
from storage.desk import Desk
from storage.keys import seal_public, sign
from storage.sync import bundle_export, bundle_file, bundle_hub
from storage.sync.age import decrypt, encrypt
from storage.sync.bundle_export import export_bundle, exports, own_keys
from storage.sync.bundle_file import read_part
from storage.verification import verify
from tests.storage.bundles import allowed, export, refused, take
from tests.storage.sync_desks import Station, cloned, dump, officer_of, station, take_in, template

__all__ = ["station", "template"]


@pytest.fixture
def ready(station: Station) -> Station:
    return allowed(station)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files so small that every batch has its own."""
    monkeypatch.setattr(bundle_export, "MOST_PLAIN", 1)


def whole(*desks: Desk) -> None:
    """The same state everywhere, and every chain holds."""
    assert all(verify(desk).holds for desk in desks)
    assert len({tuple(dump(desk)) for desk in desks}) == 1


def names(stick: Path) -> list[str]:
    return sorted(path.name for path in stick.iterdir())


def parts_of(ready: Station, stick: Path) -> list[Path]:
    """A bundle of several files with work of the first desk in all of them."""
    for minutes in range(3):
        take_in(ready.desks[0], minutes=minutes)
        ready.sync(0)
    take_in(ready.desks[0])
    done = export(ready.desks[0], stick / "f", since="all")
    assert len(done.files) >= 4
    return [stick / name for name, _, _ in done.files]


def test_row_42_imported_twice(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    export(one, stick / "f")
    first = take(two, stick / "f")
    events = two.connection.execute("SELECT count(*) FROM event").fetchone()
    second = take(two, stick / "f")
    assert first.received > 0 and (second.received, second.duplicates, second.error) == (0, second.events, None)
    assert two.connection.execute("SELECT count(*) FROM event").fetchone() == events
    whole(one, two)


def test_row_42_out_of_order(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    for name in ("a", "b", "c"):
        take_in(one)
        export(one, stick / name)
    assert take(two, stick / "c").error is None
    for name in ("a", "b"):
        late = take(two, stick / name)
        assert (late.received, late.behind, late.error) == (0, 0, None)
    whole(one, two)


def test_row_42_out_of_order_files_of_one_bundle(ready: Station, stick: Path, small: None) -> None:
    """The last file first, alone; then the others: what came early is taken once what it follows is there."""
    one, two = ready.desks[0], ready.desks[1]
    paths = parts_of(ready, stick)
    kept = {path: path.read_bytes() for path in paths}
    for path in paths[:-1]:
        path.unlink()
    told = take(two, paths[-1])
    assert told.error is not None and told.error.code == "bundle_part_missing" and len(told.missing) == len(paths) - 1
    for path, content in kept.items():
        path.write_bytes(content)
    assert take(two, paths[0]).error is None
    whole(one, two)


def test_row_42_a_file_of_it_missing(ready: Station, stick: Path, small: None) -> None:
    one, two = ready.desks[0], ready.desks[1]
    paths = parts_of(ready, stick)
    kept = paths[2].read_bytes()
    paths[2].unlink()
    told = take(two, paths[0])
    assert told.missing == (3,) and told.words is None
    assert told.error is not None and told.error.code in ("bundle_part_missing", "bundle_gap")
    paths[2].write_bytes(kept)
    told = take(two, paths[0])
    assert (told.missing, told.behind, told.error) == ((), 0, None)
    whole(one, two)


def test_row_42_a_file_of_another_bundle_under_its_name(ready: Station, stick: Path, small: None) -> None:
    one, two = ready.desks[0], ready.desks[1]
    paths = parts_of(ready, stick)
    take_in(one)
    export(one, stick / "g", since="all")
    right = paths[1].read_bytes()
    paths[1].write_bytes((stick / "g.002").read_bytes())
    told = take(two, paths[0])
    held = sum(read_part(path.read_bytes(), own_keys(two)).manifest.events for path in paths if path != paths[1])
    assert told.missing == (2,) and told.error is not None and told.events == held
    paths[1].write_bytes(right)
    assert take(two, paths[0]).missing == ()


@pytest.mark.parametrize("kept", [0, 1, 21, 100, 0.5, 0.99, -1])
def test_row_42_half_copied(ready: Station, stick: Path, kept: float) -> None:
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    export(one, stick / "f")
    content = (stick / "f").read_bytes()
    (stick / "f").write_bytes(content[: int(kept * len(content)) if 0 < kept < 1 else int(kept)])
    assert refused(two, stick / "f") in ("bundle_damaged", "bundle_not_one", "bundle_wrong_receiver")
    (stick / "f").write_bytes(content)
    assert take(two, stick / "f").error is None
    whole(one, two)


def test_row_42_half_copied_in_one_of_several_files(ready: Station, stick: Path, small: None) -> None:
    one, two = ready.desks[0], ready.desks[1]
    paths = parts_of(ready, stick)
    right = paths[1].read_bytes()
    paths[1].write_bytes(right[:-5])
    told = take(two, paths[0])
    assert told.error is not None and told.error.code == "bundle_damaged" and told.error.params["file"] == "f.002"
    paths[1].write_bytes(right)
    assert take(two, paths[0]).error is None
    whole(one, two)


@pytest.mark.parametrize(
    ("call", "fault", "code"),
    [
        ("write", errno.EIO, "bundle_unwritable"),
        ("write", errno.ENOSPC, "bundle_medium_full"),
        ("fsync", errno.EIO, "bundle_unwritable"),
        ("fsync", errno.ENOSPC, "bundle_medium_full"),
        ("rename", errno.ENODEV, "bundle_unwritable"),
    ],
)
def test_row_42_stick_pulled_or_full_mid_write(
    ready: Station, stick: Path, small: None, monkeypatch: pytest.MonkeyPatch, call: str, fault: int, code: str
) -> None:
    """The second file can't be finished: nothing stands under a final name, and the next stick has it all."""
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    with monkeypatch.context() as patch:
        _break(patch, call, fault)
        with pytest.raises(InvalidInput) as raised:
            export_bundle(one, officer_of(one), stick / "f")
    assert raised.value.code == code
    assert [name for name in names(stick) if not name.startswith(".")] == []
    assert bool(exports(one)) == (call == "rename")  # told before the files get their names
    export(one, stick / "g")
    assert take(two, stick / "g").error is None
    whole(one, two)


def _break(patch: pytest.MonkeyPatch, call: str, fault: int) -> None:
    """The medium answers one call with a fault, the second time that it is asked."""
    where, real = {"write": (Path, Path.open), "fsync": (os, os.fsync), "rename": (Path, Path.rename)}[call]
    asked: list[object] = []

    def broken(*words: object, **named: object) -> object:
        if call != "write" or ".tmp" in str(words[0]):
            asked.append(words)
            if len(asked) == 2:
                raise OSError(fault, "medium")
        return real(*words, **named)  # type: ignore[operator]

    patch.setattr(where, "open" if call == "write" else call, broken)


def test_row_42_medium_gone_before_it_began(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    with pytest.raises(InvalidInput) as raised:
        export_bundle(one, officer_of(one), stick / "pulled" / "f")
    assert raised.value.code == "bundle_unwritable" and exports(one) == []


def test_row_42_medium_that_reads_back_something_else(
    ready: Station, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ready.desks[0]
    real = Path.read_bytes

    def altered(path: Path) -> bytes:
        content = real(path)
        return content[:-1] + bytes([content[-1] ^ 1]) if path.name.endswith(".tmp") else content

    monkeypatch.setattr(Path, "read_bytes", altered)
    with pytest.raises(InvalidInput) as raised:
        export_bundle(one, officer_of(one), stick / "f")
    assert raised.value.code == "bundle_not_read_back" and names(stick) == [] and exports(one) == []


def test_row_42_never_over_a_bundle_that_is_there(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    export(one, stick / "f")
    content = (stick / "f").read_bytes()
    with pytest.raises(InvalidInput) as raised:
        export_bundle(one, officer_of(one), stick / "f")
    assert raised.value.code == "bundle_exists" and (stick / "f").read_bytes() == content and names(stick) == ["f"]


def test_row_42_wrong_recipient(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    export(one, stick / "f")
    plain = decrypt((stick / "f").read_bytes(), [one.identity.seal_private])
    (stick / "f").write_bytes(encrypt(plain, [seal_public(bytes(range(32)))]))
    assert refused(two, stick / "f") == "bundle_wrong_receiver"


def test_row_42_two_carriers(ready: Station, stick: Path) -> None:
    """Two sticks with overlapping bundles of two desks, in both orders."""
    one, two, three = ready.desks
    take_in(one)
    take_in(two)
    export(one, stick / "a")
    take(two, stick / "a")
    take_in(one)
    export(one, stick / "b")
    export(two, stick / "c")
    for desk, order in ((three, ("b", "c")), (one, ("c",)), (two, ("b", "a"))):
        for name in order:
            assert take(desk, stick / name).error is None
    export(one, stick / "d")
    for desk in (two, three):
        take(desk, stick / "d")
    whole(one, two, three)


def test_row_42_stale_stick(ready: Station, stick: Path) -> None:
    """A bundle found months later changes nothing and moves no head back."""
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    export(one, stick / "old")
    take_in(one)
    export(one, stick / "new")
    take(two, stick / "new")
    heads, before = two.log.heads(), dump(two)
    told = take(two, stick / "old")
    assert (told.received, told.behind, told.error) == (0, 0, None)
    assert two.log.heads() == heads and dump(two) == before


def test_row_16_a_clones_line_is_told_and_stops_nothing(ready: Station, stick: Path, tmp_path: Path) -> None:
    """The bundle of a desk's copy tells another history of it than the hub did, beside others' work."""
    with cloned(ready, 1, tmp_path / "clone") as clone:
        take_in(ready.desks[1], "Lê Thị Hoa")
        ready.sync(1, 2)
        take_in(clone, "Trần Văn Ba")
        dossier = take_in(ready.desks[0])
        export(ready.desks[0], stick / "first")
        take(clone, stick / "first")
        export(clone, stick / "f", since="all")
    taken = take(ready.desks[2], stick / "f")
    assert taken.error is not None and taken.error.code == "hub_fork"
    assert ready.desks[2].dossier(dossier) is not None
    assert verify(ready.desks[2]).holds


def test_row_42_cut_off_while_taking_in(ready: Station, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk dies between two transactions: what was taken stays, the rest comes the next time."""
    one, two = ready.desks[0], ready.desks[1]
    for minutes in range(4):
        take_in(one, minutes=minutes)
        ready.sync(0)
    export(one, stick / "f")
    real = bundle_hub.BundleHub.fetch
    fetched: list[object] = []

    def dying(hub: bundle_hub.BundleHub, offer: object) -> bytes:
        fetched.append(offer)
        if len(fetched) == 3:
            raise KeyboardInterrupt
        return real(hub, offer)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(bundle_hub.BundleHub, "fetch", dying)
        with pytest.raises(KeyboardInterrupt):
            take(two, stick / "f")
    ready.reopen(1)
    two = ready.desks[1]
    taken = two.log.last_seq(one.identity.origin)
    told = take(two, stick / "f")
    assert 0 < taken < two.log.last_seq(one.identity.origin) and told.error is None and told.duplicates > 0
    whole(one, two)


def test_row_7_a_flipped_bit_anywhere_takes_nothing(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    export(one, stick / "f")
    content = (stick / "f").read_bytes()
    for place in range(0, len(content), max(1, len(content) // 60)):
        altered = bytearray(content)
        altered[place] ^= 0x10
        (stick / "f").write_bytes(altered)
        try:
            told = take(two, stick / "f")
        except InvalidInput as error:
            assert error.code in ("bundle_damaged", "bundle_not_one", "bundle_wrong_receiver")
        else:  # a stanza that is another desk's
            assert told.error is None


class TestForged:
    """Whoever can seal to the station (its key is no secret) still cannot speak for a desk."""

    @pytest.fixture
    def plain(self, ready: Station, stick: Path) -> Iterator[bytes]:
        take_in(ready.desks[0])
        export(ready.desks[0], stick / "f")
        yield decrypt((stick / "f").read_bytes(), [ready.desks[0].identity.seal_private])

    def sealed(self, ready: Station, stick: Path, plain: bytes) -> Path:
        (stick / "f").write_bytes(encrypt(plain, [bytes.fromhex(ready.desks[0].station_key())]))
        return stick / "f"

    def test_another_manifest(self, ready: Station, stick: Path, plain: bytes) -> None:
        forged = plain.replace(b'"created":"2026', b'"created":"2027', 1)
        assert forged != plain
        assert refused(ready.desks[1], self.sealed(ready, stick, forged)) == "bundle_signature_wrong"

    def test_another_payload(self, ready: Station, stick: Path, plain: bytes) -> None:
        begin = plain.rindex(zstandard.FRAME_HEADER)
        forged = plain[:begin] + zstandard.compress(zstandard.decompress(plain[begin:]) + b"\x00\x00\x00\x00")
        assert refused(ready.desks[1], self.sealed(ready, stick, forged)) == "bundle_damaged"

    def test_a_payload_that_would_fill_the_memory(self, ready: Station, stick: Path, plain: bytes) -> None:
        begin = plain.rindex(zstandard.FRAME_HEADER)
        bomb = zstandard.compress(bytes(bundle_file._MOST_UNPACKED + 1))
        assert refused(ready.desks[1], self.sealed(ready, stick, plain[:begin] + bomb)) == "bundle_damaged"

    @pytest.mark.parametrize("start", [b"", b"PK\x03\x04", b"MOTCUAU", b"MOTCUAU\x01\xff\xff\xff\xff{}"])
    def test_something_else_in_the_envelope(self, ready: Station, stick: Path, plain: bytes, start: bytes) -> None:
        assert refused(ready.desks[1], self.sealed(ready, stick, start)) in ("bundle_not_one", "bundle_damaged")

    def test_a_later_format_says_so(self, ready: Station, stick: Path, plain: bytes) -> None:
        forged = plain[:7] + b"\x02" + plain[8:]
        assert refused(ready.desks[1], self.sealed(ready, stick, forged)) == "bundle_newer"

    def test_a_manifest_nested_without_end(self, ready: Station, stick: Path, plain: bytes) -> None:
        nested = b"[" * 100_000
        forged = plain[:8] + len(nested).to_bytes(4, "big") + nested + bytes(64)
        assert refused(ready.desks[1], self.sealed(ready, stick, forged)) == "bundle_damaged"


def test_a_huge_file_is_not_read(ready: Station, stick: Path) -> None:
    with (stick / "f").open("wb") as file:
        file.truncate(bundle_file.LARGEST + 1)
    assert refused(ready.desks[1], stick / "f") == "bundle_too_large"


def test_a_file_stays_below_64_mb_even_where_nothing_can_be_compressed(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    export(one, stick / "f")
    manifest = read_part((stick / "f").read_bytes(), [one.identity.seal_private]).manifest
    noise = os.urandom(1_000_000)
    file = bundle_file.write_part(manifest, noise, one.identity.sign_private, [bytes.fromhex(one.station_key())])
    assert len(file) / len(noise) * bundle_file.MOST_PLAIN < 64_000_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("events", float("inf")),
        ("holds", [["x", 1, float("inf")]]),
        ("holds", [["x", 1, 2**70]]),
        ("holds", [["x", 2**70, 1]]),
        ("parts", float("nan")),
        ("spans", [[1, 2]]),
        ("policy", []),
        ("part", 2**70),
    ],
    ids=str,
)
def test_row_42_a_manifest_of_anything_is_a_damaged_bundle(
    ready: Station, stick: Path, name: str, value: object
) -> None:
    """A file needs no more than the station's public key to be opened here."""
    one, two = ready.desks[0], ready.desks[1]
    export(one, stick / "f")
    plain = decrypt((stick / "f").read_bytes(), own_keys(two))
    length = int.from_bytes(plain[8:12], "big")
    told = json.loads(plain[12 : 12 + length]) | {name: value}
    manifest = json.dumps(told).encode()
    signature = sign(one.identity.sign_private, manifest)
    whole = plain[:8] + len(manifest).to_bytes(4, "big") + manifest + signature + plain[12 + length + 64 :]
    (stick / "f").write_bytes(encrypt(whole, [seal_public(two.identity.seal_private)]))
    assert refused(two, stick / "f") == "bundle_damaged"
