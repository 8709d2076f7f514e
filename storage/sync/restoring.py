"""Put a backup, or what is left of a damaged database, in the place of a desk's database.

Nothing of what lies there is destroyed: it is kept beside, and what it holds beyond the backup is carried over first.
The new database is complete and verified before it takes its name. It goes on under a new epoch, and by its witness
(`storage.series`) above every number that was printed; what a hub holds of it comes back at the next exchange.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from storage.backup import read_backup, unpack
from storage.chains import first_breaks
from storage.database import (
    DATABASE_NAME,
    SCHEMA_VERSION,
    Connection,
    disk_errors,
    open_as_it_is,
    open_database,
    rekey,
    transaction,
)
from storage.desk import Desk
from storage.files import give_name, patiently
from storage.folder import read_identity, write_meta
from storage.keys import KEY_NAME, database_key, sign_public
from storage.recovery import read_recovery
from storage.sync.comparing import recall
from storage.sync.enrolment import sign_key
from storage.sync.exchange import LOCK_NAME, alone, hub_urls, open_hub
from storage.sync.forking import drawn_epoch
from storage.sync.pulling import Pull
from storage.sync.salvage import Carrying, OldDatabase
from storage.sync.tally import Tally
from storage.witness import sync_folder

_NEW = "motcua.restoring"
"""A folder in the data folder: the new desk is whole, with a witness of its own, before anything else is touched."""
_NEEDED = ("station", "unit", "unit_name", "desk", "epoch", "number", "sign_private", "seal_private")


@dataclass(frozen=True, slots=True)
class Restored:
    """A desk that is back. `carried` events came from the database that lay there, now `kept`; `left` of it did not."""

    desk: str
    events: int
    dossiers: int
    carried: int
    left: int
    kept: Path | None


def restore(file: Path, folder: Path) -> Restored:
    """Restore a desk from a backup; or, where `file` is the folder's own database, from what can be read of that.

    Raises InvalidInput: what `read_backup` and `unpack` raise, `history_broken`, `restore_other_desk`,
    `restore_in_use`, `restore_nothing_readable`, `disk_full`, …; nothing has changed then.
    """
    present = folder / DATABASE_NAME
    own = file.exists() and present.exists() and file.samefile(present)
    backup = None if own else read_backup(file)
    private = b"" if backup is None else read_recovery(folder)
    with _tidied(folder), ExitStack() as opened:
        new = folder / _NEW / DATABASE_NAME
        if backup is None:
            old = opened.enter_context(_old(folder))
            desk = opened.enter_context(_empty(new, database_key(folder), old))
        else:
            key = unpack(backup, private, new)
            desk = opened.enter_context(_verified(new, key))
            old = opened.enter_context(_old(folder, desk.identity.desk))
        restored = _complete(desk, old)
        if backup is not None:
            rekey(desk.connection, database_key(folder, create=True))
        opened.close()
        with disk_errors():
            return _put_in_place(folder, restored)


@contextmanager
def _tidied(folder: Path) -> Iterator[None]:
    """Alone with the folder; after a failure there is nothing that was not there before."""
    paths = (folder / KEY_NAME, folder / LOCK_NAME)
    before = folder.exists(), [path.exists() for path in paths]
    with disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
    done = False
    try:
        with alone(folder):
            with disk_errors():
                shutil.rmtree(folder / _NEW, ignore_errors=True)
                (folder / _NEW).mkdir()
            try:
                yield
                done = True
            finally:
                shutil.rmtree(folder / _NEW, ignore_errors=True)
    finally:
        with suppress(OSError):
            for path, was in zip(paths, before[1], strict=True):
                if not (done or was):
                    path.unlink(missing_ok=True)
            if not (done or before[0]):
                folder.rmdir()


@contextmanager
def _old(folder: Path, desk: str | None = None) -> Iterator[OldDatabase | None]:
    """The database that lies there, which nobody else writes to meanwhile; None where there is none.

    Raises InvalidInput `restore_other_desk` where it is not `desk`'s, `database_newer`, `restore_in_use`.
    """
    path = folder / DATABASE_NAME
    if not path.exists():
        yield None
        return
    key = database_key(folder)
    with closing(OldDatabase(path, key)) as old:
        if desk is not None and old.meta().get("desk", desk) != desk:
            raise InvalidInput("restore_other_desk")
        if old.schema() > SCHEMA_VERSION:
            raise InvalidInput("database_newer", found=old.schema(), known=SCHEMA_VERSION)
    with _reserved(path, key), closing(OldDatabase(path, key)) as old:
        yield old


@contextmanager
def _reserved(path: Path, key: bytes) -> Iterator[None]:
    """Bring a database's journal home and keep others from writing, as far as it can be read."""
    guard = open_as_it_is(path, key)
    try:
        with suppress(sqlite.DatabaseError):
            _reserve(guard)
        yield
    finally:
        with suppress(sqlite.Error):
            guard.execute("ROLLBACK")
            guard.execute("PRAGMA journal_mode = WAL")
        guard.close()


def _reserve(guard: Connection) -> None:
    try:
        guard.execute("PRAGMA query_only = OFF")
        mode = guard.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise InvalidInput("restore_in_use")
        guard.execute("BEGIN IMMEDIATE")
    except sqlite.OperationalError as error:
        if "locked" in str(error):
            raise InvalidInput("restore_in_use") from error
        raise


@contextmanager
def _empty(new: Path, key: bytes, old: OldDatabase | None) -> Iterator[Desk]:
    """A database with nothing but who this desk is."""
    told = {} if old is None else old.meta()
    if not all(name in told for name in _NEEDED):
        raise InvalidInput("restore_nothing_readable")
    with closing(open_database(new, key, create=True)) as connection:
        with transaction(connection):
            write_meta(connection, told)
        yield Desk(new.parent, connection, read_identity(connection))


@contextmanager
def _verified(new: Path, key: bytes) -> Iterator[Desk]:
    """A backup's database, if its whole history holds."""
    with closing(open_database(new, key)) as connection:
        desk = Desk(new.parent, connection, read_identity(connection))
        broken = first_breaks(desk.connection, desk.log)
        if broken:
            first = broken[0]
            raise InvalidInput("history_broken", desk=first.origin.desk, epoch=first.origin.epoch, seq=first.seq)
        if sign_key(desk, desk.identity.desk) != sign_public(desk.identity.sign_private):
            raise InvalidInput("restore_key_differs")
        yield desk


def _complete(desk: Desk, old: OldDatabase | None) -> Restored:
    """Carry the old database over and let the desk go on under a new epoch."""
    db, carrying = desk.connection, None if old is None else Carrying(desk, old)
    if carrying is not None:
        if carrying.run():
            _ask_hubs(desk)
        carrying.finish()
    with transaction(db):
        if carrying is None:
            write_meta(db, {"epoch": drawn_epoch(desk) + 1})
        else:
            desk.projection.rebuild()
        db.execute("DELETE FROM meta WHERE name = 'witness_first'")
        db.execute("UPDATE hub SET audited = NULL")
    events = sum(head.seq for head in desk.log.heads().values())
    dossiers = int(db.execute("SELECT count(*) FROM dossier").fetchone()[0])
    carried, left = (0, 0) if carrying is None else (carrying.carried, carrying.left)
    return Restored(desk.identity.desk, events, dossiers, carried, left, None)


def _ask_hubs(desk: Desk) -> None:
    """Let hubs fill the holes: what they hold need not be said again. One that is out of reach does so later."""
    for url in hub_urls(desk):
        with suppress(InvalidInput):
            hub = open_hub(url)
            recall(desk, hub)
            Pull(desk, hub, Tally(None)).run(hub.heads(desk.identity.station, {}))


def _put_in_place(folder: Path, restored: Restored) -> Restored:
    """Keep what lies there under another name, then let the new one have its name."""
    path, new = folder / DATABASE_NAME, folder / _NEW / DATABASE_NAME
    with new.open("r+b") as file:  # Windows lets no file be flushed that is only read
        os.fsync(file.fileno())
    kept = None
    if path.exists():
        kept = _free_name(folder)
        for end in ("", "-wal"):
            lying = path.with_name(path.name + end)
            if lying.exists():
                _twin(lying, kept.with_name(kept.name + end))
        sync_folder(folder)
        for end in ("-wal", "-shm"):  # or the new database would read the old one's journal
            patiently(partial(path.with_name(path.name + end).unlink, missing_ok=True))
    give_name(new, path)
    sync_folder(folder)
    shutil.rmtree(folder / _NEW, ignore_errors=True)
    return Restored(restored.desk, restored.events, restored.dossiers, restored.carried, restored.left, kept)


def _free_name(folder: Path) -> Path:
    begin = f"motcua-before-{datetime.now(LEGAL_TIME):%Y%m%d-%H%M%S}"
    names = (folder / f"{begin}{more}.db" for more in ("", *(f"-{count}" for count in range(2, 100))))
    return next(name for name in names if not name.exists())


def _twin(path: Path, twin: Path) -> None:
    """A second name for a file's content, before another file takes its first one."""
    try:
        os.link(path, twin)
    except OSError:
        shutil.copyfile(path, twin)
        with twin.open("r+b") as file:
            os.fsync(file.fileno())
