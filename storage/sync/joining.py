"""A new desk: founds its station, or joins it at a hub that holds the unit, and tells every hub of itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.answers import InvalidInput, Refusal
from storage.database import transaction
from storage.desk import Desk
from storage.folder import read_identity, station_id, write_meta
from storage.founding import NewDesk, discard_unfinished, found, join
from storage.keys import Entropy, seal_public
from storage.officers import Officer
from storage.recovery import make_recovery
from storage.sync.auditing import audited
from storage.sync.exchange import UNREACHED, add_hub, exchange
from storage.sync.join_codes import Admission, redeem, refuse_other_station, refuse_used
from storage.sync.protocol import Hub
from storage.sync.snapshot import fetch


@dataclass(frozen=True, slots=True)
class Started:
    """A new desk, open; `problem` is the first thing that kept a hub from hearing of it, or its recovery key away.

    `recovery`: where its recovery key was left, for the admin to take off the desk.
    """

    desk: Desk
    officer: Officer
    joined: bool
    problem: Refusal | None
    recovery: Path | None


def holds_unit(hub: Hub, unit: str) -> bool:
    """Whether any desk of the unit has left something at the hub, be it damaged or still on its way."""
    return any(reach.claimed for reach in hub.heads(station_id(unit), {}).values())


def start_desk(
    folder: Path, new: NewDesk, hubs: Sequence[Hub], code: str | None = None, entropy: Entropy = os.urandom
) -> Started:
    """Join at the first hub that holds the unit, else found; remember the hubs and exchange with each.

    With a join code: join at the hub where it lies. Raises InvalidInput (`folder_taken`, `desk_number_taken`,
    `hub_unreachable`, `join_code_unknown`, …) and leaves no desk then.
    """
    discard_unfinished(folder)
    problem: Refusal | None = None
    known, admission = _place(new, hubs, code)
    if known is None:
        desk = found(folder, new, entropy)
    else:
        ring = {seal_public(private).hex(): private for private in admission.keys} if admission else {}
        snapshot_key, problem = _snapshot(folder, known, station_id(new.unit), ring)
        desk = join(
            folder,
            new,
            lambda joining: _meet(joining, known, admission, verified=snapshot_key is not None),
            entropy,
            admission=admission,
            snapshot_key=snapshot_key,
        )
    for hub in hubs:
        add_hub(desk, hub)
        problem = exchange(desk, hub).error or problem
    recovery = None
    try:
        recovery = make_recovery(desk)
    except InvalidInput as error:
        problem = problem or Refusal(error.code, params=error.params)
    return Started(desk, _first_officer(desk), known is not None, problem, recovery)


def _place(new: NewDesk, hubs: Sequence[Hub], code: str | None) -> tuple[Hub | None, Admission | None]:
    """Where to join, and what a code brings."""
    if code is not None:
        return redeem(hubs, station_id(new.unit), code, new.now, test=new.test)
    return next((hub for hub in hubs if holds_unit(hub, new.unit)), None), None


def _snapshot(folder: Path, hub: Hub, station: str, ring: Mapping[str, bytes]) -> tuple[bytes | None, Refusal | None]:
    """The key of the snapshot that was brought, or why there is none: then the batches are read, which takes longer."""
    try:
        return fetch(folder, hub, station, ring), None
    except InvalidInput as error:
        if error.code != "snapshot_broken":
            raise
        return None, Refusal(error.code, params=error.params)


def _meet(desk: Desk, hub: Hub, admission: Admission | None, *, verified: bool) -> None:
    """Bring the station's whole history; the desk takes the unit's name from its founding.

    `verified`: most of it came as a snapshot today, piece by piece as its maker signed it.
    """
    if verified:
        add_hub(desk, hub)
        audited(desk, hub)
    problem = exchange(desk, hub).error
    events = desk.log.understood(f"unit:{desk.identity.unit}")
    founded = [event for event in events if event.kind == "station_founded"]
    if problem is not None and (not founded or problem.code in UNREACHED):
        raise InvalidInput(problem.code, **problem.params)
    if not founded:
        raise InvalidInput("station_incomplete")
    if bool(founded[0].body.get("test")) != desk.identity.test:
        raise InvalidInput("station_test", desk=founded[0].desk, epoch=founded[0].epoch)
    if admission is not None:
        refuse_other_station(desk, admission)
        refuse_used(desk, admission)
    with transaction(desk.connection):
        write_meta(desk.connection, {"unit_name": founded[0].body["name"]})
    desk.identity = read_identity(desk.connection)


def _first_officer(desk: Desk) -> Officer:
    """The one who came with this desk: added by its own hand here."""
    for officer in desk.officers.all():
        added = desk.log.understood(f"officer:{officer.id}")[0]
        if (added.desk, added.by) == (desk.identity.desk, officer.id):
            return officer
    raise AssertionError("a desk without its first officer")
