"""A station's whole history as one file at a hub, so that a new desk need not fold it all again.

`snapshot-ID` is a signed manifest, `snapshot-ID.NNNN` are pieces of an encrypted database: the log, the tables made
from it, and nothing that belongs to one desk. Its key is sealed to the station's. Made by a desk that holds everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.answers import InvalidInput
from core.record import canonical
from storage.database import (
    DATABASE_NAME,
    SCHEMA_VERSION,
    Connection,
    copying,
    disk_errors,
    officer_errors,
    open_database,
    rekey,
)
from storage.desk import Desk
from storage.event_log import Head, Origin
from storage.files import give_name
from storage.keys import database_key, decrypt, derived, encrypt, sign, signature_holds
from storage.ledgers import LEDGERS
from storage.sync.batches import cut_own, has_sealed, is_cut
from storage.sync.protocol import Hub

PIECE = 8 * 1024 * 1024
WORTH_IT = 20_000
"""Events from which on a snapshot saves a new desk time."""
_FORMAT = 1
_NAME = re.compile(r"[0-9a-f-]{1,36}")
_MOST_PIECES = 10_000
_PART = DATABASE_NAME + ".part"
_SHARED = (
    *("origin", "event", "head", "beside", "awaited", "waiting", "acted", "batch"),
    *("dossier", "officer", "desk", "handover"),
    *LEDGERS,
    *("tally", "passage", "asked", "survey_answer", "survey_code", "outreach", "feedback", "_sqlite_migrations"),
)
_TEXT = "INSERT INTO copy.dossier_text (rowid, words) SELECT rowid, words FROM main.dossier_text"
_SCHEMA = """
SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'dossier_text_%'
ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds: its maker, each origin's head, and its pieces by their SHA-256."""

    name: str
    station: str
    maker: str
    schema: int
    heads: Mapping[Origin, Head]
    pieces: tuple[str, ...]
    size: int
    seal: str
    key: bytes = b""
    signature: bytes = b""

    @property
    def events(self) -> int:
        return sum(head.seq for head in self.heads.values())

    def database_key(self, keys: Mapping[str, bytes]) -> bytes | None:
        """The database's key, by the station's private keys; None where no holder of one of them made the manifest."""
        try:
            return decrypt(derived(keys[self.seal], self._purpose), self.key, self._about)
        except (KeyError, InvalidInput):
            return None

    def holding(self, private: bytes, key: bytes) -> Manifest:
        """The manifest with the database's key in it."""
        return replace(self, key=encrypt(derived(private, self._purpose), key, self._about))

    @property
    def _purpose(self) -> str:
        return f"snapshot {self.name}"

    @property
    def _about(self) -> bytes:
        return replace(self, key=b"").signed()

    def signed(self) -> bytes:
        """What the maker's signature covers."""
        heads = [
            [one.desk, one.epoch, head.seq, head.hash.hex()]
            for one, head in sorted(self.heads.items(), key=lambda one: (one[0].desk, one[0].epoch))
        ]
        return canonical(
            {
                "format": _FORMAT,
                "name": self.name,
                "station": self.station,
                "maker": self.maker,
                "schema": self.schema,
                "heads": heads,
                "pieces": list(self.pieces),
                "size": self.size,
                "seal": self.seal,
                "key": self.key.hex(),
            }
        )


def is_wanted(desk: Desk, hub: Hub) -> bool:
    """Whether the hub has none, or half as much again has been written since; and this desk holds everything."""
    count = sum(head.seq for head in desk.log.heads().values())
    if count < WORTH_IT or has_sealed(desk):
        return False
    lying, keys = manifests(hub, desk.identity.station), desk.keys()
    known = max((one.events for one in lying if one.database_key(keys) is not None), default=0)
    return count >= known * 1.5


def make(desk: Desk, hub: Hub) -> Manifest:
    """Leave a snapshot of what is here at the hub, the manifest last, and take older ones away."""
    key, name, path = desk.entropy(32), desk.new_id(), desk.folder / "motcua.snapshot"
    path.unlink(missing_ok=True)
    try:
        with officer_errors():
            cut_own(desk)
            while (heads := _copy(desk, path, key)) is None:  # an officer's command has come in between
                cut_own(desk)
        old = manifests(hub, desk.identity.station)
        pieces: list[str] = []
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                hub.put_blob(desk.identity.station, f"snapshot-{name}.{len(pieces):04}", piece)
                pieces.append(hashlib.sha256(piece).hexdigest())
        public, identity = desk.station_key(), desk.identity
        size = path.stat().st_size
        made = Manifest(name, identity.station, identity.desk, SCHEMA_VERSION, heads, tuple(pieces), size, public)
        made = made.holding(desk.keys()[public], key)
        signature = sign(identity.sign_private, made.signed())
        hub.put_blob(identity.station, f"snapshot-{name}", made.signed() + signature)
    finally:
        path.unlink(missing_ok=True)
    for one in old:
        _remove(hub, one)
    return made


def take_away(hub: Hub, station: str) -> None:
    """No snapshot stays: each holds what has been destroyed since. The next audit leaves another."""
    for one in manifests(hub, station):
        _remove(hub, one)


def manifests(hub: Hub, station: str) -> list[Manifest]:
    """The snapshots that lie whole at a hub, as their manifests tell; nothing is verified yet."""
    found = []
    for name in hub.blobs(station, "snapshot-"):
        if "." not in name:
            data = hub.get_blob(station, name)
            manifest = None if data is None else _manifest(data)
            if manifest is not None and (manifest.station, f"snapshot-{manifest.name}") == (station, name):
                found.append(manifest)
    return found


def fetch(folder: Path, hub: Hub, station: str, keys: Mapping[str, bytes]) -> bytes | None:
    """Bring the newest snapshot that this program can read into the folder, as its database.

    Pieces that came earlier are not fetched again. Answers the folder's key, which opens it; None where there is no
    snapshot.
    Raises InvalidInput `snapshot_broken` where a piece is not what the manifest says: the snapshot is taken away then.
    """
    known = [
        (one, key)
        for one in manifests(hub, station)
        if one.schema == SCHEMA_VERSION and (key := one.database_key(keys)) is not None
    ]
    if not known:
        return None
    manifest, key = max(known, key=lambda one: one[0].events)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / _PART
    try:
        with disk_errors():
            _bring(part, hub, manifest)
        _check(part, key, manifest)
        own = database_key(folder, create=True, entropy=lambda _: key)
        if own != key:  # the station keeps its keys in a place of its own
            _lock_anew(part, key, own)
    except InvalidInput as error:
        if error.code == "snapshot_broken":
            part.unlink(missing_ok=True)
            with suppress(InvalidInput):
                _remove(hub, manifest)
        raise
    give_name(part, folder / DATABASE_NAME)
    return own


def _lock_anew(part: Path, key: bytes, own: bytes) -> None:
    """Under the folder's key before it is the folder's database: whoever opens that has no other."""
    with closing(open_database(part, key)) as connection:
        rekey(connection, own)


def _bring(part: Path, hub: Hub, manifest: Manifest) -> None:
    for end in ("-journal", "-wal", "-shm"):  # of an attempt that was cut off: they are of other bytes
        part.with_name(part.name + end).unlink(missing_ok=True)
    with part.open("r+b" if part.exists() else "w+b") as file:
        for number, digest in enumerate(manifest.pieces):
            file.seek(number * PIECE)
            if hashlib.sha256(file.read(PIECE)).hexdigest() != digest:
                file.seek(number * PIECE)
                file.write(_piece(hub, manifest, number, digest))
        file.truncate(manifest.size)
        file.flush()
        os.fsync(file.fileno())


def _piece(hub: Hub, manifest: Manifest, number: int, digest: str) -> bytes:
    piece = hub.get_blob(manifest.station, f"snapshot-{manifest.name}.{number:04}")
    if piece is None or hashlib.sha256(piece).hexdigest() != digest:
        raise InvalidInput("snapshot_broken", piece=number + 1, pieces=len(manifest.pieces))
    return piece


def _check(path: Path, key: bytes, manifest: Manifest) -> None:
    """The manifest's signature is by a desk of the station that the snapshot itself knows, over just these heads."""
    connection = open_database(path, key)
    try:
        row = connection.execute("SELECT sign_key FROM desk WHERE id = ?", (manifest.maker,)).fetchone()
        told = connection.execute("SELECT desk, epoch, seq, hash FROM origin WHERE seq > 0").fetchall()
        heads = {Origin(desk, epoch): Head(seq, digest) for desk, epoch, seq, digest in told}
        sound = row is not None and signature_holds(bytes.fromhex(row[0]), manifest.signature, manifest.signed())
    finally:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    if not sound or heads != manifest.heads:
        raise InvalidInput("snapshot_broken", piece=0, pieces=len(manifest.pieces))


def _copy(desk: Desk, path: Path, key: bytes) -> dict[Origin, Head] | None:
    """The shared tables of one moment, indexes last; work at the desk goes on meanwhile.

    None where an own event is in no signed batch: who began with it could prove to nobody that it was written.
    """
    db: Connection = desk.connection
    with copying(db, path, key, durable=False):
        if not is_cut(desk):
            return None
        schema = db.execute(_SCHEMA).fetchall()
        for kind, name, made in schema:
            if kind == "table":
                db.execute(_into_copy(made, name))
        for table in _SHARED:
            db.execute(f"INSERT INTO copy.{table} SELECT * FROM main.{table}")
        db.execute(_TEXT)
        db.execute("INSERT INTO copy.meta SELECT * FROM main.meta WHERE name = 'hlc'")
        for kind, name, made in schema:
            if kind != "table":
                db.execute(_into_copy(made, name))
        return desk.log.heads()


def _into_copy(made: str, name: str) -> str:
    """The statement that makes a table, index or trigger, for the attached database."""
    return re.sub(rf'(?<=[ ])(["\[]?){re.escape(name)}\b', r"copy.\g<0>", made, count=1)


def _manifest(data: bytes) -> Manifest | None:
    """What stands in a blob that anyone may have left; None where it is no manifest."""
    try:
        told: dict[str, Any] = json.loads(data[:-64])
        heads = {
            Origin(str(desk), int(epoch)): Head(int(seq), bytes.fromhex(end)) for desk, epoch, seq, end in told["heads"]
        }
        pieces = tuple(str(piece) for piece in told["pieces"])
        names = (str(told["name"]), str(told["station"]), str(told["maker"]), int(told["schema"]))
        key = bytes.fromhex(told["key"])
        found = Manifest(*names, heads, pieces, int(told["size"]), str(told["seal"]), key, data[-64:])
        sound = data[:-64] == found.signed() and _NAME.fullmatch(found.name)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return found if sound and len(pieces) <= _MOST_PIECES else None


def _remove(hub: Hub, manifest: Manifest) -> None:
    hub.delete_blob(manifest.station, f"snapshot-{manifest.name}")
    for number in range(len(manifest.pieces)):
        hub.delete_blob(manifest.station, f"snapshot-{manifest.name}.{number:04}")
