"""Letters to another unit on a medium, where the two stations share no hub (docs/sync.md «Transfer»).

A desk keeps a small folder hub of its own, `post`: there lie what it was told of other stations (the first and the
last batch of their founding desk and of the writing desk), their letters, and its own to them. A file carries one
desk's side of it: magic «MOTCUAP» · version (1) · length (4) · manifest · Ed25519 over the manifest (64) · zstandard of
the batches and letters; sealed (age) to the other station's key. Until that key is known the file introduces this
station alone, in the clear: nothing stands in it that a hub does not show to everybody.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.answers import InvalidInput, Refusal
from core.record import canonical
from core.station import LogBundle
from storage.database import transaction
from storage.desk import Desk
from storage.folder import station_id
from storage.keys import sign, signature_holds
from storage.officers import Officer
from storage.sync.age import MAGIC as AGE
from storage.sync.age import CannotOpen, decrypt, encrypt
from storage.sync.batch import BatchBroken, read_head
from storage.sync.batches import borders, cut_own, whole
from storage.sync.bundle_export import own_keys
from storage.sync.bundle_file import LARGEST, words_for
from storage.sync.bundle_medium import put_in_place, unfinished, write_through
from storage.sync.bundle_policy import Policy, policy_of
from storage.sync.exchange import alone
from storage.sync.folder_hub import FolderHub, write_whole
from storage.sync.inbox import meet_inbox
from storage.sync.letters import founding_there, sign_key_of, station_key_of

_FORMAT = 1
_MAGIC = b"MOTCUAP"
_FIXED = struct.Struct(">7sBI")
_SIGNATURE = 64
_MOST = 64 * 1024 * 1024
_NAME = re.compile(r"inbox-[0-9a-f-]{1,150}")
_TEXTS = ("from", "unit", "desk", "to", "created")
_SENT = "INSERT OR IGNORE INTO sent_offer VALUES (?, ?, ?, ?, ?)"
_UNSENT = "DELETE FROM sent_offer WHERE (url, station, name, dossier, offer) = (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Posted:
    """A file for another unit that stands whole on its medium. `letters` is 0 while it only introduces this station."""

    file: str
    sha256: str
    size: int
    unit: str
    letters: int
    introduces: bool
    words: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Received:
    """What another unit's file brought: how many letters lie there now, of which `new` came with it."""

    bundle: str
    unit: str
    maker: str
    created: str
    letters: int
    new: int
    words: str


class Post(FolderHub):
    """This desk's own mailbox; its URL names no place."""

    @property
    def url(self) -> str:
        return "post:"

    def keep(self, data: bytes) -> None:
        """Put a batch where a hub would have it, whatever lies before it."""
        head = read_head(data)
        folder = self._folder(head.station, head.origin)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{head.first_seq:012}.batch", data)


def export_letters(desk: Desk, officer: Officer, path: Path, unit: str) -> Posted | Refusal:
    """Write this desk's letters to another unit (and who this station is) at `path`; read back before it is done.

    Refusals: of `policy_of`. Raises InvalidInput as `export_bundle`.
    """
    policy = policy_of(desk)
    if isinstance(policy, Refusal):
        return policy
    there, own = station_id(unit), desk.identity.station
    with alone(desk.folder):
        cut_own(desk)
        post = _post(desk)
        new = _meet(desk, post)
        key = station_key_of(post, there, unit, test=desk.identity.test)
        names = post.blobs(there, f"inbox-{own}-") if key else []
        signed, content = _file(desk, there, {name: post.get_blob(there, name) or b"" for name in names}, key)
        digest = hashlib.sha256(content).hexdigest()
        with unfinished([path]) as temporary:
            write_through(temporary[0], content, lambda found: found == content)
            body = {"file": path.name, "sha256": digest, "receiver": unit, "events": len(names)}
            done = desk.do(LogBundle(desk.identity.desk, (body,), desk.now()), officer)
            if isinstance(done, Refusal):
                return done
            put_in_place(temporary, [path])
        _change(desk, _SENT, {row for row in new if row[2] in names})
    return Posted(path.name, digest, len(content), unit, len(names), key is None, words_for([signed]), policy)


def import_letters(desk: Desk, path: Path) -> Received | Refusal | None:
    """Take in another unit's file: None where it is no such file for this desk. Again, or an older one: nothing moves.

    Refusals: of `policy_of`, `letters_other_station`. Raises InvalidInput `bundle_damaged`, `bundle_wrong_receiver`,
    `bundle_signature_wrong`, `sync_running`.
    """
    plain = _opened(desk, path)
    if plain is None:
        return None
    told, signed, signature, payload = _parsed(plain)
    policy = policy_of(desk)
    if isinstance(policy, Refusal):
        return policy
    unit = str(told["unit"])
    if told["to"] != desk.identity.station:
        raise InvalidInput("bundle_wrong_receiver", file=path.name)
    with alone(desk.folder):
        post = _post(desk)
        refused = _known_sender(desk, post, told, payload["batches"], (signed, signature))
        if refused is not None:
            return refused
        for data in payload["batches"]:
            post.keep(data)
        new = _take(desk, post, told, payload["letters"])
        _meet(desk, post)
    bundle = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    count = len(payload["letters"])
    return Received(bundle, unit, str(told["desk"]), str(told["created"]), count, new, words_for([signed]))


def _post(desk: Desk) -> Post:
    post = Post(desk.folder / "post")
    post.create()
    return post


def _meet(desk: Desk, post: Post) -> set[tuple[str, ...]]:
    """An exchange with the own mailbox; the offers that were put there, which count as sent once a medium has them."""
    before = _sent(desk)
    meet_inbox(desk, post)
    new = _sent(desk) - before
    _change(desk, _UNSENT, new)
    return new


def _sent(desk: Desk) -> set[tuple[str, ...]]:
    """Which letters are noted as left in the post."""
    return set(desk.connection.execute("SELECT * FROM sent_offer WHERE url = 'post:'").fetchall())


def _change(desk: Desk, statement: str, rows: set[tuple[str, ...]]) -> None:
    with transaction(desk.connection):
        desk.connection.executemany(statement, sorted(rows))


def _card(desk: Desk) -> list[bytes]:
    """The first and the last batch of the station's founding desk and of this one: whose keys they are."""
    founded = [one for one in desk.log.understood(f"unit:{desk.identity.unit}") if one.kind == "station_founded"]
    found: list[bytes] = []
    for name in dict.fromkeys((*(one.desk for one in founded[:1]), desk.identity.desk)):
        origins = sorted((one for one in desk.log.heads() if one.desk == name), key=lambda one: one.epoch)
        for origin, place in ((origins[0], 0), (origins[-1], -1)):
            packed = whole(desk, origin, borders(desk, origin)[place][0])
            if packed[1] not in found:
                found.append(packed[1])
    return found


def _file(desk: Desk, there: str, letters: Mapping[str, bytes], key: str | None) -> tuple[bytes, bytes]:
    import zstandard

    identity = desk.identity
    packed = {"batches": [_text(one) for one in _card(desk)], "letters": {k: _text(v) for k, v in letters.items()}}
    payload = canonical(packed)
    manifest = {
        "format": _FORMAT,
        "from": identity.station,
        "unit": identity.unit,
        "desk": identity.desk,
        "made": [identity.epoch, desk.log.last_seq(identity.origin)],
        "to": there,
        "created": desk.now().isoformat(timespec="seconds"),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    signed = canonical(manifest)
    fixed = _FIXED.pack(_MAGIC, _FORMAT, len(signed))
    parts = (fixed, signed, sign(identity.sign_private, signed), zstandard.ZstdCompressor().compress(payload))
    return signed, b"".join(parts) if key is None else encrypt(b"".join(parts), [bytes.fromhex(key)])


def _opened(desk: Desk, path: Path) -> bytes | None:
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        plain = decrypt(content, own_keys(desk)) if content.startswith(AGE) else content
    except (OSError, CannotOpen):
        return None
    return plain if plain.startswith(_MAGIC) else None


def _parsed(plain: bytes) -> tuple[dict[str, Any], bytes, bytes, dict[str, Any]]:
    import zstandard

    try:
        _, version, length = _FIXED.unpack_from(plain)
        end = _FIXED.size + length
        signed, signature = plain[_FIXED.size : end], plain[end : end + _SIGNATURE]
        told = json.loads(signed)
        packed = plain[end + _SIGNATURE :]
        if version != _FORMAT or not 0 <= zstandard.frame_content_size(packed) <= _MOST:
            raise ValueError("size")
        payload = zstandard.ZstdDecompressor().decompress(packed)
        if hashlib.sha256(payload).hexdigest() != told["sha256"]:
            raise ValueError("payload")
        inside = json.loads(payload)
        batches = [base64.b64decode(one, validate=True) for one in inside["batches"]]
        letters = {str(k): base64.b64decode(v, validate=True) for k, v in inside["letters"].items()}
        told["made"] = [int(one) for one in told["made"]]
        if not all(type(told[name]) is str for name in _TEXTS) or told["from"] != station_id(told["unit"]):
            raise ValueError("manifest")
        heads = [read_head(one) for one in batches]
        if any(head.station != told["from"] for head in heads) or not all(map(_NAME.fullmatch, letters)):
            raise ValueError("station")
    except (
        struct.error, zstandard.ZstdError, BatchBroken, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise InvalidInput("bundle_damaged", file="") from error
    return told, signed, signature, {"batches": batches, "letters": letters}


def _known_sender(
    desk: Desk, post: Post, told: Mapping[str, Any], batches: Iterable[bytes], signed: tuple[bytes, bytes]
) -> Refusal | None:
    """The file is by a desk of the station that it names, and that is the one which is known under the unit's code."""
    station, test = str(told["from"]), desk.identity.test
    with TemporaryDirectory() as folder:
        brought = Post(Path(folder))
        for data in batches:
            brought.keep(data)
        founding = founding_there(brought, station, test=test)
        key = sign_key_of(brought, station, str(told["desk"]), test=test)
    if founding is None or key is None or not signature_holds(key, signed[1], signed[0]):
        raise InvalidInput("bundle_signature_wrong")
    known = founding_there(post, station, test=test)
    if known is not None and known.event_id != founding.event_id:
        return Refusal("letters_other_station", params={"unit": str(told["unit"])})
    return None


def _take(desk: Desk, post: Post, told: Mapping[str, Any], letters: Mapping[str, bytes]) -> int:
    """Put the letters of one desk's file in the place of those that it brought before; how many are new."""
    own, sender, mark = desk.identity.station, str(told["from"]), f"made-{told['desk']}"
    if told["made"] < json.loads(post.get_blob(sender, mark) or b"[0, 0]"):
        return 0
    lying = post.blobs(own, f"inbox-{sender}-")
    for name in lying:
        if name not in letters and _writer(post.get_blob(own, name) or b"") == told["desk"]:
            post.delete_blob(own, name)
            post.delete_blob(sender, name.replace(f"inbox-{sender}-", f"inbox-{own}-", 1))
    new = [name for name in letters if name not in lying and name.startswith(f"inbox-{sender}-")]
    for name in new:
        post.put_blob(own, name, letters[name])
    post.put_blob(sender, mark, canonical(told["made"]))
    return len(new)


def _writer(letter: bytes) -> str | None:
    """The desk that a letter says it is of."""
    try:
        return str(json.loads(letter.partition(b"\n")[0])["desk"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
