"""Open, key and migrate the one SQLite file of a desk; turn the engine's errors into words for an officer."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from core.answers import InvalidInput
from storage.quiet import few_collections

SCHEMA_VERSION = 13
DATABASE_NAME = "motcua.db"
_CACHE_KIB = 32_000
_PATIENCE_MS = 5000
_ROOMY_KIB = 256_000
_CHECKPOINT_PAGES = 1000
_STATEMENTS = 1024
"""More than a desk ever says: a full cache of the driver gives up the newest statement first, each time anew."""
Connection = Any
"""A sqlcipher3 connection: the binding has no type information."""
for _type, _same in ((bytes, bytes), (bool, int), (type(None), {}.get)):
    # without an adapter the driver raises and catches two errors for each of these values: 1 µs, of 8 for a row
    sqlite.register_adapter(_type, _same)


class _DeskConnection(sqlite.Connection):  # type: ignore[misc]
    """A connection that knows what is to be done once its transaction is durable."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.then: list[Callable[[], None]] = []


def open_database(path: Path, key: bytes, *, create: bool = False) -> Connection:
    """Open the encrypted file at `path` with the raw 32-byte `key`, migrated to this version's schema.

    Raises InvalidInput: `database_missing`, `database_unreadable` (wrong key or damaged), `database_newer`,
    `data_read_only`, `disk_full`.
    """
    if not create and not path.exists():
        raise InvalidInput("database_missing", path=path)
    with officer_errors():
        connection, found = _opened(path, key)
        if found > SCHEMA_VERSION:
            connection.close()
            raise InvalidInput("database_newer", found=found, known=SCHEMA_VERSION)
        if found < SCHEMA_VERSION:
            _migrate(connection, path)
            connection.close()  # its cache of statements is full of what is said once, which the driver never lets go
            connection, _ = _opened(path, key)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # or REPLACE would remove events unseen
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA synchronous = FULL")
    return connection


def _opened(path: Path, key: bytes) -> tuple[Connection, int]:
    """A connection that waits its turn, and the version of the schema there."""
    connection = _connect(path, key)
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        return connection, connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite.OperationalError):
            raise
        raise InvalidInput("database_unreadable", path=path) from error


def _connect(path: Path, key: bytes) -> Connection:
    connection = sqlite.connect(
        str(path), isolation_level=None, timeout=5, cached_statements=_STATEMENTS, factory=_DeskConnection
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write on the officer's screen
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def is_behind(path: Path, key: bytes) -> bool:
    """Whether the database is of an earlier version: opening it writes every dossier's rows anew, which takes a while.

    False for one that can't be read, too: opening it tells why.
    """
    connection = open_as_it_is(path, key)
    try:
        return bool(connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION)
    except sqlite.DatabaseError:
        return False
    finally:
        connection.close()


def open_as_it_is(path: Path, key: bytes) -> Connection:
    """Open a database, which may be damaged, to read what can be read: nothing is migrated, nothing written.

    After any DatabaseError the connection reads nothing more.
    """
    connection = _connect(path, key)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _migrate(connection: Connection, path: Path) -> None:
    from filelock import FileLock

    from storage.migrations import migrate

    with FileLock(path.with_suffix(".migration-lock")):
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def copying(connection: Connection, path: Path, key: bytes, *, durable: bool) -> Iterator[None]:
    """The new database `copy` at `path`, beside one moment of this one: whole at the end or the fault is raised.

    Nobody else is held up. `durable`: what is there at the end has reached the disk.
    """
    connection.execute("ATTACH ? AS copy KEY ?", (str(path), f"x'{key.hex()}'"))
    try:
        connection.execute("PRAGMA copy.journal_mode = OFF")
        connection.execute(f"PRAGMA copy.synchronous = {'FULL' if durable else 'OFF'}")
        connection.execute("BEGIN")
        try:
            yield
            connection.execute(f"PRAGMA copy.user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has ended it
                connection.execute("ROLLBACK")
            raise
    finally:
        connection.execute("DETACH copy")


def rekey(connection: Connection, key: bytes) -> None:
    """Encrypt the whole file anew under another raw 32-byte key; nobody else may have it open."""
    with officer_errors():
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA journal_mode = WAL")


class Interrupted(Exception):
    """The connection was to break off what it reads."""


@contextmanager
def officer_errors() -> Iterator[None]:
    """Turn what the engine reports of disk, lock and rights into InvalidInput, what was broken off into Interrupted."""
    try:
        yield
    except sqlite.OperationalError as error:
        text = str(error)
        if text == "interrupted":
            raise Interrupted from error
        for part, code in _ENGINE_WORDS:
            if part in text:
                raise InvalidInput(code) from error
        raise
    except sqlite.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise InvalidInput("database_damaged") from error
        raise


@contextmanager
def disk_errors() -> Iterator[None]:
    """`officer_errors` for files of our own too."""
    try:
        with officer_errors():
            yield
    except OSError as error:
        raise InvalidInput("disk_full" if error.errno in _FULL else "data_read_only") from error


def is_whole(path: Path, key: bytes) -> bool:
    """Whether every page can be read and leads where it should; seen by a connection of its own, which may break."""
    connection = open_as_it_is(path, key)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite.DatabaseError as error:
        if isinstance(error, sqlite.OperationalError):
            raise
        return False
    finally:
        connection.close()


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ENGINE_WORDS = (
    ("readonly", "data_read_only"),
    ("read-only", "data_read_only"),
    ("disk is full", "disk_full"),
    ("locked", "database_busy"),
    ("unable to open", "data_read_only"),
    ("disk I/O error", "disk_failing"),
)


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """More pages in memory for work on many rows: pages that fall out of it must be decrypted again."""
    connection.execute(f"PRAGMA cache_size = -{_ROOMY_KIB}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


@contextmanager
def streaming(connection: Connection) -> Iterator[None]:
    """Much is written in many transactions: what is due every few of them anyhow is done less often.

    The log of writes is copied into the file after more pages, and cycles are seldom looked for: each event is several
    objects.
    """
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES * 4}")
    try:
        with few_collections():
            yield
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """One writing transaction: the write lock at once (≤ 5 s wait), durable at its end or without a trace."""
    with officer_errors():
        _begin(connection)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            connection.then.clear()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    while connection.then:
        connection.then.pop()()


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Whatever is read within stands for one moment, be it that others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:  # a broken disk has ended it
            connection.execute("ROLLBACK")


@contextmanager
def unsynced(connection: Connection) -> Iterator[None]:
    """Commits within wait for no disk: of what is derived and may be lost with the power, the latest first.

    A commit to the disk can take longer than all that is written, and nobody else can write meanwhile. Within a
    transaction that the caller holds nothing changes.
    """
    if connection.in_transaction:
        yield
        return
    before = connection.execute("PRAGMA synchronous").fetchone()[0]
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA synchronous = {before}")


def after_commit(connection: Connection, step: Callable[[], None]) -> None:
    """Do `step` once, as soon as the transaction that is open now is durable; not at all where it is rolled back."""
    if step not in connection.then:
        connection.then.append(step)


def _begin(connection: Connection) -> None:
    """BEGIN IMMEDIATE, asked for every few milliseconds.

    SQLite's own waits grow to a tenth of a second, so that beside a process that writes without a pause nobody else's
    turn comes; nor does it always wait for a lock that appears while a snapshot is upgraded.
    """
    deadline = time.monotonic() + _PATIENCE_MS / 1000
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.002)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
