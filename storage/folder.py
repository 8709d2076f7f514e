"""A desk's data folder: where it lies, what it says of itself, whose clock it follows."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from storage.database import DATABASE_NAME, Connection, officer_errors, open_database
from storage.event_log import Origin
from storage.keys import database_key, seal_public

_NAMESPACE = UUID("6f1d4c2e-52a7-5d0b-9f6e-0d8a3b7c1e94")
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which desk this is. Private keys are raw bytes; `station_private` is None until the desk has it."""

    station: str
    unit: str
    unit_name: str
    desk: str
    epoch: int
    number: int
    sign_private: bytes
    seal_private: bytes
    station_private: bytes | None
    test: bool

    @property
    def origin(self) -> Origin:
        return Origin(self.desk, self.epoch)


def default_folder() -> Path:
    """MOTCUA_DATA, else the machine's folder for the desk, which belongs to no one account."""
    if chosen := os.environ.get("MOTCUA_DATA"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "motcua"
    return Path("/var/lib/motcua")


def station_id(unit: str) -> str:
    """The permanent id of the station that was founded under a unit's code."""
    return str(uuid5(_NAMESPACE, unit))


def make_folder(folder: Path) -> None:
    """Create the data folder; an existing desk in it is a fault."""
    if (folder / DATABASE_NAME).exists():
        raise InvalidInput("folder_taken", path=folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("data_read_only") from error


def open_folder(folder: Path) -> tuple[Connection, Identity]:
    """Open the desk's database and read who it is."""
    if not (folder / DATABASE_NAME).exists():
        raise InvalidInput("desk_missing", path=folder)
    connection = open_database(folder / DATABASE_NAME, database_key(folder))
    with officer_errors():
        return connection, read_identity(connection)


def read_identity(connection: Connection) -> Identity:
    facts = dict(connection.execute("SELECT name, value FROM meta"))
    return Identity(
        station=facts["station"],
        unit=facts["unit"],
        unit_name=facts["unit_name"],
        desk=facts["desk"],
        epoch=int(facts["epoch"]),
        number=int(facts["number"]),
        sign_private=bytes(facts["sign_private"]),
        seal_private=bytes(facts["seal_private"]),
        station_private=bytes(facts["station_private"]) if facts.get("station_private") else None,
        test=bool(facts.get("test")),
    )


def write_meta(connection: Connection, values: dict[str, object]) -> None:
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def keep_station_key(connection: Connection, private: bytes) -> None:
    """Put a private half of the station's keys on the ring, inside the caller's transaction."""
    connection.execute("INSERT OR IGNORE INTO station_key VALUES (?, ?)", (seal_public(private).hex(), private))


def station_keys(connection: Connection) -> dict[str, bytes]:
    """The private halves of the station's keys that this desk holds, by their public ones (hex)."""
    return {public: bytes(private) for public, private in connection.execute("SELECT public, private FROM station_key")}


def fixed_now() -> datetime | None:
    """MOTCUA_NOW as a moment in legal time; InvalidInput `time_invalid`."""
    text = os.environ.get("MOTCUA_NOW")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("time_invalid", value=text) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_TIME)).astimezone(LEGAL_TIME)


def clock_of(connection: Connection, identity: Identity) -> Now:
    """The folder's clock: MOTCUA_NOW in test folders, a demo's stored clock running on, else the machine's.

    MOTCUA_NOW beside a real station is refused: InvalidInput `clock_not_test`.
    """
    fixed = fixed_now()
    if fixed is not None:
        if not identity.test:
            raise InvalidInput("clock_not_test")
        return lambda: fixed
    row = connection.execute("SELECT value FROM meta WHERE name = 'clock'").fetchone()
    if row is None:
        return lambda: datetime.now(LEGAL_TIME).replace(microsecond=0)
    last = connection.execute("SELECT value FROM meta WHERE name = 'hlc'").fetchone()
    stored = datetime.fromisoformat(row[0])
    latest = datetime.fromtimestamp((int(last[0]) >> 16) / 1000, LEGAL_TIME) if last else stored
    begin, started = max(stored, latest).replace(microsecond=0), time.monotonic()
    return lambda: begin + timedelta(seconds=int(time.monotonic() - started))
