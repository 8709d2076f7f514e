"""A tiny station, founded once in each process and copied for each history: five desks that have met, little law."""

from __future__ import annotations

import functools
import shutil
import tempfile
from datetime import datetime
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random

import pytest

from core.moments import LEGAL_TIME
from storage import founding
from storage.database import Connection
from storage.desk import Desk
from storage.folder import Identity, Now, station_id
from storage.founding import NewDesk, found, join
from storage.keys import Entropy
from storage.lawbook import LawRow, package_rows
from storage.officers import Officer
from storage.sync.bundle_policy import Policy, allow
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import Admission, JoinCode, make_join_code, redeem
from tests.storage.bundles import policy

START = datetime(2026, 11, 23, 8, 0, tzinfo=LEGAL_TIME)
UNIT = "T48.99"
DESKS = 5
UNCONFIRMED = 2
OFFICERS = ("Trần Minh", "Lê Thị Lan", "Võ Văn Ơn", "Phạm Thu", "Đỗ Hà")
PROCEDURES = ("permanent-residence", "residence-confirmation")
_YEARS = ("2026", "2027")
_CALENDAR = {"hours", "policy", "rule", "unit_kind"}


def little_law() -> tuple[LawRow, ...]:
    """Two procedures, each by the version in force, and two years of the package's law."""
    known = [row for row in package_rows() if row.table == "procedure_version" and row.key[-10:] <= f"{START:%Y-%m-%d}"]
    newest = {row.entity: row for row in sorted(known, key=lambda row: row.key)}
    days = (row for row in package_rows() if _in_calendar(row))
    return (*days, *(newest[f"catalogue:{name}"] for name in PROCEDURES))


def _in_calendar(row: LawRow) -> bool:
    if row.entity != "calendar":
        return False
    return row.table in _CALENDAR or (row.table in ("day", "year") and row.key[:4] in _YEARS)


def ram_folder() -> Path:
    """Where histories live: a disk in memory where the system has one."""
    shared = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="motcua-history-", dir=shared if shared.is_dir() else None))


@functools.cache
def template() -> Path:
    """The station's folder: `d0` … `d4`, closed, and their `hub`. The same keys and ids every time.

    It goes with the process, be it the first one or one of several that share the histories out.
    """
    root = ram_folder()
    Finalize(None, shutil.rmtree, (root, True), exitpriority=1)
    hub = FolderHub(root / "hub")
    hub.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(founding, "package_rows", little_law)
        patch.setenv("MOTCUA_NOW", START.isoformat())
        desks: list[Desk] = []
        for number in range(DESKS):
            desks.append(_start(root / f"d{number}", number, hub, desks[0] if desks else None))
        allowed = allow(desks[0], officer_of(desks[0]), policy(), None)
        assert isinstance(allowed, Policy), allowed
        for desk in (*desks, *desks):
            assert exchange(desk, hub).error is None
    for desk in desks:
        for table in ("hub", "accepted", "hub_memory"):
            desk.connection.execute(f"DELETE FROM {table}")
        desk.connection.execute("DELETE FROM meta WHERE name = 'clock'")  # made fast like a demo, but no demo
        desk.series.keep()
        desk.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        desk.close()
    return root


def _start(folder: Path, number: int, hub: FolderHub, first: Desk | None) -> Desk:
    """The first desk founds the station, the others are let in by its codes, but one that came by itself."""
    new = NewDesk(UNIT, "Công an phường Thử", number + 1, OFFICERS[number], "2468", START, test=True)
    entropy = Random(f"template {number}").randbytes
    if first is None:
        desk = found(folder, new, entropy)
    else:
        admission = None if number == UNCONFIRMED else _admission(first, hub)
        desk = join(folder, new, lambda joining: _meet(joining, hub), entropy, admission)
    _meet(desk, hub)
    return desk


def _admission(first: Desk, hub: FolderHub) -> Admission | None:
    made = make_join_code(first, hub, officer_of(first))
    assert isinstance(made, JoinCode), made
    return redeem([hub], station_id(UNIT), made.code, START, test=True)[1]


def _meet(desk: Desk, hub: FolderHub) -> None:
    assert exchange(desk, hub).error is None


def officer_of(desk: Desk) -> Officer:
    """The officer who came with the desk."""
    asked = "SELECT substr(name, 10) FROM meta WHERE name LIKE 'verifier:%'"
    found = desk.officers.get(desk.connection.execute(asked).fetchone()[0])
    assert found is not None
    return found


def copy_desk(source: Path, target: Path, *, beginning: str = "") -> None:
    """A data folder's files as they are (those whose names begin so): what backups, restores and clones copy."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if path.is_file() and path.name.startswith(beginning) and not path.name.endswith((".lock", "-shm")):
            shutil.copyfile(path, target / path.name)


def open_desk(folder: Path, entropy: Entropy, clock: Now) -> Desk:
    """The desk of a folder, with its entropy and its clock taken from the history from the first moment on."""

    class Seated(Desk):
        def __init__(self, folder: Path, connection: Connection, identity: Identity) -> None:
            super().__init__(folder, connection, identity, entropy)
            self.now = clock

    return Seated.open(folder)
