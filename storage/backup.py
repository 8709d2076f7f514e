"""A backup is one file: the encrypted database of one moment, then what it holds and its key, sealed for the admin.

The database is copied while work goes on, under a key of its own. That key is sealed to the recovery key's public half
(`storage.recovery`), so that the file alone opens nothing. What describes it stands at the end, for the database is
written in place, without a second copy of it on the disk.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.answers import InvalidInput
from core.record import canonical
from storage.database import DATABASE_NAME, SCHEMA_VERSION, Connection, copying, disk_errors, is_whole, open_database
from storage.desk import Desk
from storage.event_log import Head, Origin
from storage.files import give_name
from storage.keys import database_key, seal, unseal
from storage.recovery import RECOVERY_NAME, make_recovery, recovery_key
from storage.witness import sync_folder

_MARK = b"motcua backup\n"
_FORMAT = 1
_PIECE = 1024 * 1024
_HEADS = "SELECT desk, epoch, seq, hash FROM origin WHERE seq > 0"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and read again. `sha256`: of the whole file; `recovery`: a key still on the desk."""

    file: Path
    size: int
    events: int
    dossiers: int
    sha256: str
    recovery: Path | None


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. `size` and `sha256` are of the database in it, `key` is sealed to `recovery`."""

    file: Path
    schema: int
    size: int
    sha256: str
    recovery: str
    key: bytes


def make_backup(desk: Desk, file: Path) -> Made:
    """A consistent copy while others work, read again before it takes its name.

    Raises InvalidInput: `backup_in_the_way` (something else lies there), `backup_unwritable`, `database_damaged`,
    `backup_not_whole`, `disk_full`, …
    """
    _refuse_in_the_way(file)
    lying = desk.folder / RECOVERY_NAME
    recovery = make_recovery(desk) or (lying if lying.exists() else None)
    public, key, part = recovery_key(desk), desk.entropy(32), file.with_name(file.name + ".part")
    try:
        _clear(part, file)
        with disk_errors():
            if not is_whole(
                desk.folder / DATABASE_NAME, database_key(desk.folder)
            ):  # the copy would have zeros for what cannot be read
                raise InvalidInput("database_damaged")
            heads, dossiers = _copy(desk.connection, part, key)
            _check(part, key, heads)
            events = sum(head.seq for head in heads.values())
            told = Backup(file, SCHEMA_VERSION, part.stat().st_size, _digest(part), public.hex(), b"")
            _describe(part, told, seal(public, key, desk.entropy))
            made = Made(file, part.stat().st_size, events, dossiers, _digest(part), recovery)
            give_name(part, file)
            sync_folder(file.absolute().parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def read_backup(file: Path) -> Backup:
    """What a backup says of itself. Raises InvalidInput `backup_unreadable`, `backup_newer`."""
    try:
        with file.open("rb") as source:
            told = json.loads(_description(source))
        form, schema = int(told["format"]), int(told["schema"])
        size, digest = int(told["size"]), str(told["sha256"])
        found = Backup(file, schema, size, digest, str(told["recovery"]), bytes.fromhex(told["key"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput("backup_unreadable", file=file) from error
    if form > _FORMAT or schema > SCHEMA_VERSION:
        raise InvalidInput("backup_newer", file=file)
    return found


def unpack(backup: Backup, private: bytes, to: Path) -> bytes:
    """Write the database of a backup to a new file; answers its key.

    Raises InvalidInput: `recovery_wrong` (before anything is written), `backup_broken`, `disk_full`.
    """
    try:
        key = unseal(private, backup.key)
    except InvalidInput as error:
        raise InvalidInput("recovery_wrong", file=backup.file) from error
    left, digest = backup.size, hashlib.sha256()
    with disk_errors(), backup.file.open("rb") as source, to.open("wb") as target:
        while left and (piece := source.read(min(left, _PIECE))):
            digest.update(piece)
            target.write(piece)
            left -= len(piece)
        target.flush()
        os.fsync(target.fileno())
    if left or digest.hexdigest() != backup.sha256:
        raise InvalidInput("backup_broken", file=backup.file)
    return key


def _refuse_in_the_way(file: Path) -> None:
    try:
        taken = file.exists() and not _is_backup(file)
    except OSError as error:  # a name that no file can have
        raise InvalidInput("backup_unwritable", file=file) from error
    if taken:
        raise InvalidInput("backup_in_the_way", file=file)


def _clear(part: Path, file: Path) -> None:
    """An empty place for the copy; what is wrong with it must not be told of the desk's own folder."""
    try:
        part.unlink(missing_ok=True)
        part.touch()
    except OSError as error:
        raise InvalidInput("backup_unwritable", file=file) from error


def _copy(db: Connection, part: Path, key: bytes) -> tuple[dict[Origin, Head], int]:
    """The whole database of one moment, its heads and how many dossiers it has."""
    with copying(db, part, key, durable=True):
        db.execute("SELECT sqlcipher_export('copy')").fetchone()
        return _heads(db), int(db.execute("SELECT count(*) FROM dossier").fetchone()[0])


def _check(part: Path, key: bytes, heads: dict[Origin, Head]) -> None:
    whole = is_whole(part, key)
    with closing(open_database(part, key)) as connection:
        if not whole or _heads(connection) != heads:
            raise InvalidInput("backup_not_whole")


def _heads(db: Connection) -> dict[Origin, Head]:
    return {Origin(desk, epoch): Head(seq, digest) for desk, epoch, seq, digest in db.execute(_HEADS)}


def _describe(part: Path, told: Backup, sealed: bytes) -> None:
    facts = {
        "format": _FORMAT,
        "schema": told.schema,
        "size": told.size,
        "sha256": told.sha256,
        "recovery": told.recovery,
        "key": sealed.hex(),
    }
    description = canonical(facts)
    with part.open("ab") as target:
        target.write(description + len(description).to_bytes(4, "big") + _MARK)
        target.flush()
        os.fsync(target.fileno())


def _description(source: IO[bytes]) -> bytes:
    """The file's last part; ValueError where it is none."""
    end = source.seek(0, os.SEEK_END)
    foot = 4 + len(_MARK)
    source.seek(max(0, end - foot))
    found = source.read()
    length = int.from_bytes(found[:4], "big")
    if found[4:] != _MARK or not 0 < length <= end - foot:
        raise ValueError("no backup")
    source.seek(end - foot - length)
    return source.read(length)


def _is_backup(file: Path) -> bool:
    try:
        with file.open("rb") as source:
            _description(source)
    except (OSError, ValueError):
        return False
    return True


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
