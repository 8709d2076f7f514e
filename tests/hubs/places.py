"""The hubs that the suite holds to the protocol. Whoever adds a hub adds a `Place` here and nothing else."""

from __future__ import annotations

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from storage.sync.folder_hub import FolderHub
from storage.sync.postgres_hub import PostgresHub
from storage.sync.protocol import Hub
from tests.faults.memory_hub import MemoryHub
from tests.hubs.chains import Chain
from tests.postgres import with_parts

_NOBODY = 65534


class Place(ABC):
    """Somewhere that a hub lies, seen by as many desks as a test wants."""

    has_clock: bool

    @abstractmethod
    def open(self) -> Hub:
        """The hub as one more desk sees it."""

    @abstractmethod
    def out_of_reach(self) -> Hub:
        """A hub of this kind that nobody can reach."""

    @abstractmethod
    @contextmanager
    def read_only(self) -> Iterator[Hub]:
        """The same hub while it takes nothing."""

    @abstractmethod
    def lose(self, chain: Chain, first: int) -> None:
        """Take one batch away behind the hub's back."""

    @abstractmethod
    def spoil(self, chain: Chain, first: int) -> None:
        """Alter one batch behind the hub's back."""

    @abstractmethod
    def close(self) -> None:
        """Leave nothing behind."""


class FolderPlace(Place):
    has_clock = False

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="motcua-hub-"))
        self._root.chmod(0o755)  # a reader without any rights finds its way in
        self.open().create()

    def open(self) -> Hub:
        return FolderHub(self._root / "hub")

    def out_of_reach(self) -> Hub:
        return FolderHub(self._root / "gone")

    @contextmanager
    def read_only(self) -> Iterator[Hub]:
        folders = [path for path in (self._root / "hub").rglob("*") if path.is_dir()]
        superuser = os.geteuid() == 0
        for path in (self._root / "hub", *folders):
            path.chmod(0o555)
        if superuser:
            os.seteuid(_NOBODY)
        try:
            yield self.open()
        finally:
            if superuser:
                os.seteuid(0)
            for path in (self._root / "hub", *folders):
                path.chmod(0o755)

    def lose(self, chain: Chain, first: int) -> None:
        self._file(chain, first).unlink()

    def spoil(self, chain: Chain, first: int) -> None:
        file = self._file(chain, first)
        file.write_bytes(file.read_bytes()[:-9])

    def _file(self, chain: Chain, first: int) -> Path:
        origin = chain.origin
        return self._root / "hub" / chain.station / "origins" / f"{origin.desk}-{origin.epoch}" / f"{first:012}.batch"

    def close(self) -> None:
        shutil.rmtree(self._root)


class MemoryPlace(Place):
    """The hub that the simulator meets at: all desks share one object."""

    has_clock = False

    def __init__(self) -> None:
        self._hub = MemoryHub("suite")

    def open(self) -> Hub:
        return self._hub

    def out_of_reach(self) -> Hub:
        hub = MemoryHub("gone")
        hub.refuses = "hub_unreachable"
        return hub

    @contextmanager
    def read_only(self) -> Iterator[Hub]:
        self._hub.refuses = "hub_read_only"
        yield self._hub
        self._hub.refuses = None

    def lose(self, chain: Chain, first: int) -> None:
        del self._hub.stored[chain.station][chain.origin].batches[first]

    def spoil(self, chain: Chain, first: int) -> None:
        batches = self._hub.stored[chain.station][chain.origin].batches
        batches[first] = batches[first][0], batches[first][1][8:]

    def close(self) -> None:
        """There is nothing to leave."""


class PostgresPlace(Place):
    has_clock = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: list[PostgresHub] = []
        self._keep(PostgresHub(url)).create()

    def open(self) -> Hub:
        return self._keep(PostgresHub(self._url))

    def out_of_reach(self) -> Hub:
        return self._keep(PostgresHub("postgresql://127.0.0.1:1/nowhere?connect_timeout=2"))

    @contextmanager
    def read_only(self) -> Iterator[Hub]:
        name = psycopg.conninfo.conninfo_to_dict(self._url)["dbname"]
        for value in ("on", "off"):
            with psycopg.connect(with_parts(self._url, database="postgres"), autocommit=True) as link:
                query = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
                link.execute(query.format(sql.Identifier(str(name)), sql.Literal(value)))
            if value == "on":
                yield self.open()

    def lose(self, chain: Chain, first: int) -> None:
        self._behind_its_back("DELETE FROM motcua.batch", chain, first)

    def spoil(self, chain: Chain, first: int) -> None:
        self._behind_its_back("UPDATE motcua.batch SET data = substr(data, 9)", chain, first)

    def _behind_its_back(self, query: str, chain: Chain, first: int) -> None:
        where = " WHERE station = %s AND desk = %s AND epoch = %s AND first_seq = %s"
        with psycopg.connect(self._url, autocommit=True) as link:
            done = link.execute(query + where, (chain.station, chain.desk, chain.epoch, first))
            assert done.rowcount == 1

    def close(self) -> None:
        for hub in self._opened:
            hub.close()

    def _keep(self, hub: PostgresHub) -> PostgresHub:
        self._opened.append(hub)
        return hub
