"""What is decided for the station itself: officers, and the desk's place in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.answers import Refusal
from core.decisions import Setting, role_missing
from core.events import KINDS, ROLES
from core.handover import AcceptHandover, HandOver, decide_handover
from core.record import Draft


@dataclass(frozen=True, slots=True)
class AddOfficer:
    """`verifier` is the PIN's verifier, sealed to the station's key (hex)."""

    officer: str
    code: str
    name: str
    roles: tuple[str, ...]
    verifier: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareStationKey:
    """Give a desk that joined the station's private key, sealed to that desk's own key (hex)."""

    desk: str
    sealed: str
    at: datetime


StationCommand = AddOfficer | ShareStationKey | HandOver | AcceptHandover


def decide_station(command: StationCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events that the command means, or why not."""
    if isinstance(command, ShareStationKey):
        return (Draft(f"desk:{command.desk}", "station_key_shared", command.at, {"sealed": command.sealed}),)
    if isinstance(command, HandOver | AcceptHandover):
        kind = KINDS["shift_handed_over" if isinstance(command, HandOver) else "shift_accepted"]
        return role_missing(kind, setting) or decide_handover(command, setting.officer)
    refused = role_missing(KINDS["officer_added"], setting)
    if refused:
        return refused
    unknown = [role for role in command.roles if role not in ROLES]
    if unknown or not command.roles:
        return Refusal("role_unknown", params={"role": ", ".join(unknown), "known": ", ".join(ROLES)})
    body = {
        "code": command.code,
        "name": command.name,
        "roles": list(command.roles),
        "verifier": command.verifier,
    }
    return (Draft(f"officer:{command.officer}", "officer_added", command.at, body),)
