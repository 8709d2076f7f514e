"""The first commit of a desk: founding a station with its law, or joining one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.answers import InvalidInput
from core.events import ROLES
from core.numbers import LAST_DESK_NUMBER
from core.record import Draft
from core.text import clean_line
from storage.database import DATABASE_NAME, Connection, open_database, transaction
from storage.desk import Desk
from storage.event_log import epoch_ms, uuid7
from storage.folder import keep_station_key, make_folder, read_identity, station_id, write_meta
from storage.keys import (
    DEMO_MEMORY_KIB,
    PIN_MEMORY_KIB,
    Entropy,
    database_key,
    pin_verifier,
    seal,
    seal_public,
    sign_public,
)
from storage.lawbook import LawRow, package_rows
from storage.numbers import held_numbers
from storage.officers import short_code

ALL_ROLES = tuple(role for role in ROLES if role != "auditor")


@dataclass(frozen=True, slots=True)
class NewDesk:
    """What is asked of a new desk. `now` is the moment of founding; `test` marks a folder with a fixed clock."""

    unit: str
    unit_name: str
    number: int
    officer: str
    pin: str
    now: datetime
    test: bool = False
    demo_clock: bool = False
    city_key: str | None = None


Meet = Callable[[Desk], None]


def found(folder: Path, new: NewDesk, entropy: Entropy = os.urandom) -> Desk:
    """A desk that founds its station: its keys, the first officer with all roles, the law as whole rows."""
    desk, officer = _new_desk(folder, new, entropy, (entropy(32),))
    drafts = [_founding(desk, new), _enrolment(desk, new), _first_officer(desk, new, officer), *_law(new.now)]
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append(drafts, officer, epoch_ms(new.now)))
    desk.series.keep()
    return desk


class Admitted(Protocol):
    """What a join code opened (`storage.sync.join_codes`)."""

    @property
    def keys(self) -> tuple[bytes, ...]: ...

    def proof(self, station: str, desk: str, sign_key: str, seal_key: str) -> dict[str, str]: ...


def join(
    folder: Path,
    new: NewDesk,
    meet: Meet,
    entropy: Entropy = os.urandom,
    admission: Admitted | None = None,
    snapshot_key: bytes | None = None,
) -> Desk:
    """A desk that joins: `meet` brings what the hub has, then it enrols itself with its own first officer.

    With an admission it holds the station's keys from the start; with the key of a snapshot that lies in the folder it
    goes on from that. Raises InvalidInput `desk_number_taken`; nothing of the new desk was sent then.
    """
    desk, officer = _new_desk(folder, new, entropy, admission.keys if admission else (), snapshot_key)
    try:
        meet(desk)
        if new.number in held_numbers(desk):
            raise InvalidInput("desk_number_taken", number=new.number)
    except InvalidInput:
        desk.close()
        _forget(folder)
        raise
    with transaction(desk.connection):
        drafts = [_enrolment(desk, new, admission), _first_officer(desk, new, officer)]
        desk.projection.apply(desk.log.append(drafts, officer, epoch_ms(new.now)))
    desk.series.keep()
    return desk


def discard_unfinished(folder: Path) -> None:
    """Make way where an earlier `init` was cut off before its desk had written anything."""
    if not (folder / DATABASE_NAME).exists():
        return
    connection = open_database(folder / DATABASE_NAME, database_key(folder))
    own = "SELECT 1 FROM origin WHERE seq > 0 AND desk = (SELECT value FROM meta WHERE name = 'desk')"
    begun = connection.execute(own).fetchone()
    connection.close()
    if begun is None:
        _forget(folder)


def _new_desk(
    folder: Path, new: NewDesk, entropy: Entropy, keys: Sequence[bytes], snapshot_key: bytes | None = None
) -> tuple[Desk, str]:
    """`keys`: private halves of the station's keys that the desk may hold from the start, the newest first."""
    if not 1 <= new.number <= LAST_DESK_NUMBER:
        raise InvalidInput("desk_number_invalid", number=new.number)
    if snapshot_key is None:
        make_folder(folder)
        key = database_key(folder, create=True, entropy=entropy)
        connection = open_database(folder / DATABASE_NAME, key, create=True)
    else:
        connection = open_database(folder / DATABASE_NAME, snapshot_key)
    now_ms = epoch_ms(new.now)
    officer = uuid7(now_ms, entropy)
    with transaction(connection):
        write_meta(
            connection,
            {
                "station": station_id(new.unit),
                "unit": new.unit,
                "unit_name": new.unit_name,
                "desk": uuid7(now_ms, entropy),
                "epoch": 1,
                "number": new.number,
                "sign_private": entropy(32),
                "seal_private": entropy(32),
                "station_private": keys[0] if keys else None,
                "test": new.test,
                f"verifier:{officer}": pin_verifier(
                    new.pin, entropy, memory_kib=DEMO_MEMORY_KIB if new.demo_clock else PIN_MEMORY_KIB
                ),
                **({"clock": new.now.isoformat()} if new.demo_clock else {}),
            },
        )
        for private in keys:
            keep_station_key(connection, private)
    return Desk(folder, connection, read_identity(connection), entropy), officer


def _founding(desk: Desk, new: NewDesk) -> Draft:
    identity = desk.identity
    body = {
        "code": new.unit,
        "name": new.unit_name,
        "desk": identity.desk,
        "station_key": seal_public(identity.station_private or b"").hex(),
        "admin_key": sign_public(identity.sign_private).hex(),
        "test": new.test,
        **({"city_key": new.city_key} if new.city_key else {}),
    }
    return Draft(f"unit:{new.unit}", "station_founded", new.now, body)


def _enrolment(desk: Desk, new: NewDesk, admission: Admitted | None = None) -> Draft:
    sign_key = sign_public(desk.identity.sign_private).hex()
    seal_key = seal_public(desk.identity.seal_private).hex()
    body: dict[str, object] = {"number": new.number, "sign_key": sign_key, "seal_key": seal_key}
    if admission is not None:
        body["admission"] = admission.proof(desk.identity.station, desk.identity.desk, sign_key, seal_key)
    return Draft(f"desk:{desk.identity.desk}", "desk_enrolled", new.now, body)


def _first_officer(desk: Desk, new: NewDesk, officer: str) -> Draft:
    known = desk.officers.all()
    verifier = _own_verifier(desk.connection, officer)
    own = desk.identity.station_private
    told = desk.projection.desks().station_keys
    station_key = bytes.fromhex(told[-1]) if told or own is None else seal_public(own)
    body = {
        "code": short_code(new.officer, {one.code for one in known}),
        "name": clean_line(new.officer),
        "roles": list(ALL_ROLES),
        "verifier": seal(station_key, verifier.encode(), desk.entropy).hex(),
    }
    return Draft(f"officer:{officer}", "officer_added", new.now, body)


def _own_verifier(connection: Connection, officer: str) -> str:
    asked = "SELECT value FROM meta WHERE name = ?"
    return str(connection.execute(asked, (f"verifier:{officer}",)).fetchone()[0])


def _law(now: datetime) -> Iterable[Draft]:
    """The whole law of the package, one event for each entity, each year of the calendar on its own."""
    chunks: dict[tuple[str, str], list[LawRow]] = {}
    for row in package_rows():
        part = row.key[:4] if row.table in ("day", "year") else row.table
        chunks.setdefault((row.entity, part), []).append(row)
    for (entity, _), rows in chunks.items():
        kind = "calendar_amended" if entity == "calendar" else "catalogue_amended"
        body = {
            "rows": [{"table": row.table, "key": row.key, "row": row.row} for row in rows],
            "source": "package",
        }
        yield Draft(entity, kind, now, body)


def _forget(folder: Path) -> None:
    """Remove a desk that never wrote or sent anything of its own."""
    for path in folder.glob(DATABASE_NAME + "*"):
        path.unlink()
