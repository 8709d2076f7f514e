"""The demo's station on its first morning: two desks and six officers, all drawn from the demo's seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

from core.record import Draft
from core.station import AddOfficer
from storage.database import transaction
from storage.demo.world import ADMIN, CLERK_2, carry
from storage.demo_people import People
from storage.desk import Desk
from storage.event_log import epoch_ms
from storage.founding import NewDesk, found, join
from storage.keys import DEMO_MEMORY_KIB
from storage.officers import Officer, short_code
from storage.sync.join_codes import VALID_FOR, offered

UNIT = "DEMO.PHUONG"
UNIT_NAME = "Công an phường Hòa Hải (trình diễn)"
WARD = "phường Hòa Hải"
ROLES = ("admin", "front_desk", "front_desk", "processing", "leader", "auditor")
"""By the officers' places in `World`; the admin's roles are all but the auditor's."""


@dataclass(frozen=True, slots=True)
class Player:
    """An officer before the station exists."""

    code: str
    name: str
    role: str
    pin: str


@dataclass(frozen=True, slots=True)
class Seed:
    """Names a demo; every kind of randomness in it has a source of its own."""

    text: str

    def random(self, part: str) -> Random:
        return Random(f"{self.text}/{part}")

    def people(self, now: datetime) -> People:
        """The demo's people as they are first asked: the officers come before any citizen."""
        return People(self.random("people"), now.date(), ward=WARD)


def cast(seed: Seed, people: People) -> tuple[Player, ...]:
    """The six officers with codes and PINs, the same before and after the demo is made."""
    secrets = seed.random("pins")
    names = [people.person_between(24, 56).name for _ in ROLES]
    codes: dict[int, str] = {}
    for place in sorted(range(len(ROLES)), key=lambda place: place == CLERK_2):
        codes[place] = short_code(names[place], set(codes.values()))
    return tuple(
        Player(codes[place], names[place], role, f"{secrets.randrange(10**6):06}") for place, role in enumerate(ROLES)
    )


def found_station(
    folder: Path, seed: Seed, players: Sequence[Player], begin: datetime
) -> tuple[tuple[Desk, Desk], tuple[Officer, ...]]:
    """Desk 1 in the folder, desk 2 in `desk-2`, and the officers in the order of the players."""
    admin = players[ADMIN]
    new = NewDesk(UNIT, UNIT_NAME, 1, admin.name, admin.pin, begin, test=True, demo_clock=True)
    first = found(folder, new, seed.random("desk 1").randbytes)
    hold(first, begin)
    founder = first.officers.all()[0]
    for place, player in enumerate(players):
        if place not in (ADMIN, CLERK_2):
            verifier = first.sealed_verifier(player.pin, memory_kib=DEMO_MEMORY_KIB)
            added = AddOfficer(first.new_id(), player.code, player.name, (player.role,), verifier, begin)
            first.do(added, founder)
    clerk = players[CLERK_2]
    joining = replace(new, number=2, officer=clerk.name, pin=clerk.pin)
    admission = offered(first, seed.random("join code").randbytes(16), begin + VALID_FOR)
    entropy = seed.random("desk 2").randbytes
    second = join(folder / "desk-2", joining, lambda desk: _meet(first, desk, begin), entropy, admission)
    hold(second, begin)
    _meet(second, first, begin)
    _narrow(first, founder, clerk, begin)
    _meet(first, second, begin)
    known = {one.code: one for one in first.officers.all()}
    return (first, second), tuple(known[player.code] for player in players)


def hold(desk: Desk, moment: datetime) -> None:
    """Stop the desk's clock at a moment of the story."""
    desk.now = lambda: moment


def _meet(source: Desk, target: Desk, now: datetime) -> None:
    with transaction(target.connection):
        target.projection.apply(carry(source, target, now))


def _narrow(desk: Desk, founder: Officer, clerk: Player, now: datetime) -> None:
    """Who joins with a desk has every role; the admin leaves the second desk's clerk the clerk's own."""
    joined = next(one for one in desk.officers.all() if one.code == clerk.code)
    change = Draft(f"officer:{joined.id}", "officer_changed", now, {"roles": [clerk.role]})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([change], founder.id, epoch_ms(now)))
