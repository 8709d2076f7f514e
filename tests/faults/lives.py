"""A desk's life amid the faults: revoked from a place on, retired, let in by a code, begun from a snapshot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.answers import InvalidInput, Refusal
from core.record import Event, read_event
from storage import founding
from storage.chains import first_breaks
from storage.founding import NewDesk
from storage.keys import DEMO_MEMORY_KIB
from storage.numbers import held_numbers
from storage.sync import snapshot
from storage.sync.desk_life import retire_desk, revoke_desk
from storage.sync.join_codes import make_join_code
from storage.sync.joining import start_desk
from storage.sync.protocol import Hub
from storage.verification import verify
from tests.faults.given import Life, Violated
from tests.faults.template import UNIT
from tests.faults.world import Seat, World

OWN_RANGES = 19
"""Desk numbers with a range: a newcomer gets the last free one, a desk that needs another one the first."""
FIRST_WORDS = 4
"""A desk's events up to here let it in, and its officer."""
PIECE = 64 * 1024
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ended:
    """What the admin has said of desks: from which (epoch, seq) on they are revoked, which are retired."""

    revoked: Mapping[str, Place]
    retired: frozenset[str]

    def is_void(self, event: Event) -> bool:
        """Whether the event stands after its desk's revocation."""
        place = self.revoked.get(event.desk)
        return place is not None and (event.epoch, event.seq) >= place

    def is_revoked(self, seat: Seat) -> bool:
        return seat.desk.identity.desk in self.revoked


def ended(world: World) -> Ended:
    """By the events alone that any desk holds; what was lost with its only copy counts for nobody."""
    revoked: dict[str, Place] = {}
    retired: set[str] = set()
    if world.fired["desk_revoked"] + world.fired["desk_retired"]:
        asked = "SELECT header, body FROM event WHERE kind IN ('desk_revoked', 'desk_retired') AND body IS NOT NULL"
        for seat in world.seats:
            for event in (read_event(*row) for row in seat.desk.connection.execute(asked)):
                name = event.entity.partition(":")[2]
                if event.kind == "desk_retired":
                    retired.add(name)
                else:
                    place = int(event.body["epoch"]), int(event.body["from_seq"])
                    revoked[name] = min(place, revoked.get(name, place))
    return Ended(revoked, frozenset(retired))


def revoke(world: World) -> bool:
    """The admin revokes a desk, from a place on that is behind, at or ahead of what is known of it there."""
    admin = world.seats[0]
    name = _chosen(world, staying=3)
    if name is None:
        return False
    newest = max((one for one in admin.desk.log.heads() if one.desk == name), key=lambda one: one.epoch)
    last = admin.desk.log.last_seq(newest)
    first = FIRST_WORDS if newest.epoch == 1 else 1
    place = max(first, last + 1 - world.rng.choice((-2, 0, 0, 1, 3, 8)))
    return _said(world, lambda: revoke_desk(admin.desk, admin.officer, name, newest.epoch, place), "revoked")


def revoke_where_it_parts(world: World, told: Iterable[Refusal]) -> None:
    """The admin, who is told that a revoked desk's history parts before its place, revokes it from there."""
    for problem in told:
        place = ended(world).revoked.get(problem.params.get("desk", ""))
        if problem.code == "hub_chain_differs" and place is not None:
            parting = int(problem.params["epoch"]), int(problem.params["first"])
            if parting < place:
                admin = world.seats[0]
                again = partial(revoke_desk, admin.desk, admin.officer, problem.params["desk"], *parting)
                _said(world, again, "revoked")


def retire(world: World) -> bool:
    """The admin retires a desk, which may hold work that it has not sent."""
    admin = world.seats[0]
    name = _chosen(world, staying=2)
    return name is not None and _said(world, lambda: retire_desk(admin.desk, admin.officer, name), "retired")


def _chosen(world: World, staying: int) -> str | None:
    """One of the desks that the admin knows, where so many are left before."""
    desks = world.seats[0].desk.projection.desks()
    here = {seat.desk.identity.desk for seat in world.seats}
    left = sorted(one.id for one in desks.known.values() if one.is_served and one.id in here)
    others = [name for name in left if name != desks.admin_desk]
    return world.rng.choice(others) if len(left) >= staying and others else None


def _said(world: World, command: Any, word: str) -> bool:
    admin = world.seats[0]
    before = admin.desk.log.last()
    admin.life.begin()
    try:
        refused = command()
        said = refused.code if refused else word
    except InvalidInput as error:
        said = error.code
    world.promise(admin, before)
    world.say(admin.name, said)
    return bool(said == word)


class Cut:
    """A hub whose line breaks when so many pieces of a snapshot have come; `got`: those that came."""

    def __init__(self, hub: Hub, pieces: int | None = None) -> None:
        self._hub = hub
        self._pieces = pieces
        self.got: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hub, name)

    def get_blob(self, station: str, name: str) -> bytes | None:
        if name.startswith("snapshot-") and "." in name:
            if len(self.got) == self._pieces:
                raise InvalidInput("hub_unreachable", url=self._hub.url)
            self.got.append(name)
        return self._hub.get_blob(station, name)


def join(world: World, *, code: bool, shot: bool = False, cut: bool = False) -> bool:
    """A new desk comes to a hub, with a code of some desk or without, and begins from a snapshot where one lies there.

    One in a history. With `cut` the line breaks at the snapshot's last piece, and the second try goes on there.
    """
    host = world.rng.choice(world.seats) if code else world.seats[0]
    free = set(range(1, OWN_RANGES + 1)) - held_numbers(host.desk)
    if any(seat.name.startswith("new") for seat in world.seats) or not free:
        return False
    name = world.rng.choice(sorted(host.hubs))
    new = NewDesk(UNIT, "Công an phường Thử", max(free), "Ngô Mới", "2468", world.clock(host.name)(), test=True)
    with _as_a_process_would(world, host):
        try:
            if shot and not _leave_snapshot(host, host.hubs[name]):
                return False
            seat = _begin(world, host, name, new, _code(host, name) if code else None, cut=cut)
        except (InvalidInput, _Refused) as error:
            world.say("new", getattr(error, "code", error))
            return False
    if shot and not verify(seat.desk).holds:
        raise Violated("I4: a desk that began from a snapshot does not verify")
    seat.held = 0
    world.promise(seat, 0)
    world.nothing_left(seat)
    world.say("new", "joined", new.number)
    return True


class _Refused(Exception):
    pass


@contextmanager
def _as_a_process_would(world: World, host: Seat) -> Iterator[None]:
    """The newcomer's clock is the host's while it begins; pieces are small, and a PIN costs no more than in a demo."""
    piece, snapshot.PIECE = snapshot.PIECE, PIECE
    memory, founding.PIN_MEMORY_KIB = founding.PIN_MEMORY_KIB, DEMO_MEMORY_KIB
    os.environ["MOTCUA_NOW"] = world.clock(host.name)().isoformat()
    host.life.begin()
    try:
        yield
    finally:
        snapshot.PIECE, founding.PIN_MEMORY_KIB = piece, memory
        del os.environ["MOTCUA_NOW"]


def _leave_snapshot(host: Seat, hub: Hub) -> bool:
    """As the daily audit does where there is enough to be worth it; by a desk that holds and can read everything."""
    desk = host.desk
    sealed = desk.connection.execute("SELECT 1 FROM sealed LIMIT 1").fetchone()
    if sealed or desk.station_key() not in set(desk.keys()) or any(first_breaks(desk.connection, desk.log)):
        return False
    snapshot.make(desk, hub)
    return True


def _code(host: Seat, hub: str) -> str:
    made = make_join_code(host.desk, host.hubs[hub], host.officer)
    if isinstance(made, Refusal):
        raise _Refused(made.code)
    return made.code


def _begin(world: World, host: Seat, name: str, new: NewDesk, code: str | None, *, cut: bool) -> Seat:
    folder, entropy = world.root / "new", world.entropy("new")
    lost: list[str] = []
    if cut:
        pieces = len(
            max(snapshot.manifests(host.hubs[name], host.desk.identity.station), key=lambda one: one.events).pieces
        )
        broken = Cut(host.hubs[name], pieces - 1)
        try:
            start_desk(folder, new, [broken], code, entropy).desk.close()  # type: ignore[list-item]
            raise Violated("R40: a snapshot of which a piece is missing was taken")
        except InvalidInput as error:
            if error.code != "hub_unreachable":
                raise
        lost = broken.got
    hub = Cut(host.hubs[name])
    start_desk(folder, new, [hub], code, entropy).desk.close()  # type: ignore[list-item]
    if set(lost) & set(hub.got):
        raise Violated("R40: a piece was fetched twice")
    return world.add_seat("new", folder, host, Life(host.life.machine))
