"""What goes wrong beside the line: hubs and desks lose and change their files, clocks jump, disks fill up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from core.answers import InvalidInput
from storage.chains import first_breaks
from storage.database import DATABASE_NAME
from storage.event_log import unlocked
from storage.sync.batch import BatchHead
from storage.sync.protocol import Hub
from storage.witness import WITNESS_NAME
from tests.faults import lives
from tests.faults.given import Life
from tests.faults.lines import ON_CALL, Weather
from tests.faults.memory_hub import MemoryHub
from tests.faults.oracles import excuse_what_is_nowhere
from tests.faults.template import copy_desk, open_desk
from tests.faults.world import Seat, World

HOUR, DAY, YEAR = 3600.0, 86400.0, 365 * 86400.0
JUMPS = {"+1h": HOUR, "-5min": -300.0, "+3min": 180.0, "+1y": YEAR, "-1d": -DAY}
OUTAGES = (HOUR, 3 * DAY, 30 * DAY)
_LAST_EVENTS = """
SELECT n, desk, epoch, event.seq, event.hash FROM event JOIN origin ON origin.no = event.origin
ORDER BY n DESC LIMIT 60
"""
ROOM = "PRAGMA max_page_count = 1073741823"
PER_CALL = 0.25
"""How often an active fault fires where it can."""


class Chaos:
    """The faults of one history: each kind is on with 50 %; `later` puts something on the history's heap."""

    def __init__(self, world: World, later: Callable[[float, Callable[[], None]], None], kinds: frozenset[str]) -> None:
        self.world, self.rng, self.later = world, world.rng, later
        self.hub_backups: dict[str, list[object]] = {name: [] for name in world.hubs}
        self.sticks = self.machines = 0
        self.on = {kind for kind in sorted(kinds) if self.rng.random() < 0.5}
        self.at_large = [kind for kind in sorted(self.on) if kind in AT_LARGE and self.is_possible(kind)]
        world.air.delayed = self._delayed

    def armed(self) -> dict[str, int]:
        """The faults of one exchange, each after so many of its calls."""
        return {kind: self.rng.randrange(6) for kind in ON_CALL if kind in self.on and self.rng.random() < PER_CALL}

    def dies_after(self) -> int | None:
        """After how many received events the desk dies in this exchange."""
        fires = "crash_between_chunks" in self.on and self.rng.random() < PER_CALL
        return self.rng.randrange(20) if fires else None

    def strike(self) -> None:
        """One fault at large."""
        if self.at_large:
            self.do(self.rng.choice(self.at_large))

    def do(self, kind: str) -> None:
        """One fault of this kind, where there is anything that it could strike."""
        if kind in LOSSES and self._is_broken():  # else what would mend it might be the only one that is right
            return
        if self.is_possible(kind) and AT_LARGE[kind](self):
            self.world.fire(kind)

    def _is_broken(self) -> bool:
        """Whether an altered event has not been mended yet."""
        return "event_altered" in self.on and any(
            first_breaks(seat.desk.connection, seat.desk.log) for seat in self.world.seats
        )

    def stop(self) -> None:
        """Everything that lasts ends: links are up, disks have room, clocks are right."""
        world = self.world
        world.read_only.clear()
        world.offsets.clear()
        for seat in world.seats:
            seat.weather = {hub: Weather() for hub in seat.hubs}
            seat.desk.connection.execute(ROOM)

    def is_possible(self, kind: str) -> bool:
        """Whether there is anything here that the fault could strike."""
        if kind == "hub_restored":
            return bool(self._copyable())
        place = {"file": "folder", "batch": "memory"}.get(kind.partition("_")[0], "")
        return any(name.startswith(place) for name in self.world.hubs)

    def _copyable(self) -> list[str]:
        """The hubs whose whole content a history may copy: a real database is another test's to restore."""
        return sorted(name for name in self.world.hubs if not name.startswith("postgresql"))

    def _seat(self) -> Seat:
        return self.rng.choice(self.world.seats)

    def _delayed(self, hub: Hub, station: str, head: BatchHead, data: bytes) -> None:
        def arrive() -> None:
            self.world.say("late batch", head.first_seq, head.last, _answered(hub, station, head, data))

        self.later(self.rng.choice((60.0, HOUR, DAY)), arrive)

    def _outage(self) -> bool:
        """All lines of a desk, or of a hub, are down for long."""
        seat, length = self._seat(), self.rng.choice(OUTAGES)
        for weather in seat.weather.values():
            weather.link = "down"
        self.later(length, lambda: self._clears(seat))
        if length > HOUR and self.rng.random() < 0.3:  # the others wait it out too: the station's day goes on after it
            self.world.t += length / 2
        return True

    def _clears(self, seat: Seat) -> None:
        for weather in seat.weather.values():
            weather.link, weather.calls_left = "up", None

    def _swizzle(self) -> bool:
        """Clog the desks one after another in one order and free them in another."""
        seats = self.rng.sample(self.world.seats, len(self.world.seats))
        for place, seat in enumerate(seats):
            self.later(300.0 * place, lambda seat=seat: [setattr(one, "link", "down") for one in seat.weather.values()])
        for place, seat in enumerate(self.rng.sample(seats, len(seats))):
            self.later(300.0 * (len(seats) + place), lambda seat=seat: self._clears(seat))
        return True

    def _one_way(self) -> bool:
        seat = self._seat()
        way = self.rng.choice(("pull_only", "push_only"))
        for weather in seat.weather.values():
            weather.link = way
        self.later(3 * HOUR, lambda: self._clears(seat))
        return True

    def _flapping(self) -> bool:
        seat = self._seat()
        for weather in seat.weather.values():
            weather.calls_left = self.rng.randrange(1, 12)
        self.later(HOUR, lambda: self._clears(seat))
        return True

    def _refusing(self, code: str) -> Callable[[], bool]:
        def strike() -> bool:
            hub = self.rng.choice(sorted(self.world.hubs))
            self.world.read_only[hub] = code
            self.later(HOUR, lambda: self.world.read_only.pop(hub, None))
            return True

        return strike

    def _hub_restored(self) -> bool:
        """Half the time the hub is copied, else an earlier copy comes back in its place."""
        name = self.rng.choice(self._copyable())
        hub, kept = self.world.hubs[name], self.hub_backups[name]
        if not kept or self.rng.random() < 0.5:
            kept.append(hub.backup() if isinstance(hub, MemoryHub) else self._copied(name, len(kept)))
            return False
        back = self.rng.choice(kept)
        if isinstance(hub, MemoryHub):
            hub.restore(back)
        else:
            shutil.rmtree(self.world.root / name)
            shutil.copytree(back, self.world.root / name)
        excuse_what_is_nowhere(self.world)
        return True

    def _copied(self, name: str, number: int) -> Path:
        target = self.world.root / f"{name}-backup{number}"
        shutil.copytree(self.world.root / name, target)
        return target

    def _file(self) -> Path | None:
        files = sorted(path for name in self.world.hubs for path in (self.world.root / name).rglob("*.batch"))
        return self.rng.choice(files) if files else None

    def _on_file(self, change: Callable[[Path], None]) -> bool:
        path = self._file()
        if path is not None:
            change(path)
            excuse_what_is_nowhere(self.world)
        return path is not None

    def _torn(self, path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * self.rng.random())])

    def _rotten(self, path: Path) -> None:
        data = path.read_bytes()
        if data:
            path.write_bytes(self._flipped(data))

    def _conflict_copy(self, path: Path) -> None:
        copy = path.with_name(f"{path.name[:12]} (copy of {path.stem[12:]}).batch")
        if self.rng.random() < 0.5:
            path.replace(copy)
        else:
            shutil.copyfile(path, copy)

    def _on_batch(self, change: Callable[[bytes], bytes | None]) -> bool:
        """Behind a database's back: its heads stay where they are."""
        hubs = [hub for hub in self.world.hubs.values() if isinstance(hub, MemoryHub)]
        origins = [one for of in self.rng.choice(hubs).stored.values() for one in of.values() if one.batches]
        if not origins:
            return False
        batches = self.rng.choice(origins).batches
        first = self.rng.choice(sorted(batches))
        head, data = batches.pop(first)
        if (altered := change(data)) is not None:
            batches[first] = head, altered
        excuse_what_is_nowhere(self.world)
        return True

    def _flipped(self, data: bytes) -> bytes:
        altered = bytearray(data)
        altered[int(len(data) * self.rng.random())] ^= 1 << self.rng.randrange(8)
        return bytes(altered)

    def _restored(self, beginning: str = "", *, elsewhere: bool = False) -> bool:
        """Half the time a desk is backed up, else an earlier copy of its folder (or of its database) comes back."""
        seat = self._seat()
        if not seat.backups or self.rng.random() < 0.5:
            folder = self.world.root / f"{seat.name}-backup{len(seat.backups)}"
            seat.backups.append((folder, seat.life))
            copy_desk(seat.folder, folder)
            return False
        folder, source = self.rng.choice(seat.backups)
        life = None if beginning else self._life(seat, elsewhere)
        self.world.replace(seat, folder, beginning=beginning, life=life, source=source)
        excuse_what_is_nowhere(self.world)
        return True

    def _life(self, seat: Seat, elsewhere: bool) -> Life:
        """Of a whole folder that comes to another machine, or to the one on which its witness was written."""
        self.machines += elsewhere
        machine = self.world.root / f"machine{self.machines}"
        if elsewhere:
            machine.write_text(machine.name, encoding="ascii")
        return Life((machine,) if elsewhere else seat.life.machine)

    def _witness_lost(self) -> bool:
        """The file that says how far the numbers had come is gone when the desk is opened again."""
        seat = self._seat()
        (seat.folder / WITNESS_NAME).unlink(missing_ok=True)
        seat.desk.close()
        self.world.open(seat)
        return True

    def _cloned(self, *, elsewhere: bool = False) -> bool:
        """A copy of a desk goes on beside it, both at once; not more than one in a history."""
        if any(seat.name.endswith("'") for seat in self.world.seats):
            return False
        seat = self._seat()
        folder = self.world.root / f"{seat.name}-clone"
        copy_desk(seat.folder, folder)
        life = self._life(seat, elsewhere)
        for one in (seat, self.world.add_seat(f"{seat.name}'", folder, seat, life)):
            self.world.work(one)
        return True

    def _altered(self) -> bool:
        """An administrator of databases changes an event that a hub and another desk hold as it was."""
        seat, others = self._seat(), self.world.seats
        held = [set(one.desk.connection.execute("SELECT hash FROM event")) for one in others if one is not seat]
        at_hub = _accepted(seat)
        rows = seat.desk.connection.execute(_LAST_EVENTS).fetchall()
        rows = [row for row in rows if row[3] <= at_hub.get(row[1:3], 0) and any((row[4],) in one for one in held)]
        if not rows:
            return False
        seat.desk.connection.execute(ROOM)
        change = self.rng.choice(("body = x'7b7d'", "hash = zeroblob(32)", "kind = 'noted'", "officer = 'x'"))
        with unlocked(seat.desk.connection):
            seat.desk.connection.execute(f"UPDATE event SET {change} WHERE n = ?", (self.rng.choice(rows)[0],))
        return True

    def _stick(self) -> bool:
        """A bundle goes by hand to some of the other desks, soon or late, whole or cut off, to one of them twice."""
        seat, self.sticks = self._seat(), self.sticks + 1
        path = self.world.root / f"stick{self.sticks}" / "bundle"
        path.parent.mkdir()
        if not self.world.export(seat, path):
            return False
        others = [one for one in self.world.seats if one is not seat]
        for other in self.rng.choices(others, k=self.rng.randrange(1, 4)):
            self.later(self.rng.choice((60.0, HOUR, DAY)), lambda other=other: self.world.take_in_bundle(other, path))
        if self.rng.random() < 0.2:
            self.later(30.0, lambda: self._torn(path))
        return True

    def _second_process(self) -> bool:
        """Another process opens the same folder, does a command and exchanges."""
        seat = self._seat()
        mine, seat.desk = seat.desk, open_desk(seat.folder, seat.desk.entropy, seat.desk.now)
        other = seat.desk
        try:
            self.world.work(seat)
            self.world.exchange(seat, self.rng.choice(sorted(seat.hubs)), {})
        finally:
            other.close()
            seat.desk = mine
        return True

    def _disk_full(self) -> bool:
        seat = self._seat()
        connection = seat.desk.connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

        def room() -> None:
            if seat.desk.connection is connection:
                connection.execute(ROOM)

        self.later(HOUR, room)
        return True

    def _power_cut(self) -> bool:
        seat = self._seat()
        image = self.world.root / f"{seat.name}-image"
        shutil.rmtree(image, ignore_errors=True)
        copy_desk(seat.synced or seat.folder, image)
        self.world.replace(seat, image)
        return True

    def _clock(self) -> bool:
        seat = self._seat()
        self.world.offsets[seat.name] = self.rng.choice(sorted(JUMPS.values()))
        return True

    def _far_future(self) -> bool:
        """One command under a clock that runs ten years ahead, then the clock is set right."""
        seat = self._seat()
        self.world.offsets[seat.name] = 10 * YEAR
        self.world.work(seat)
        self.world.offsets[seat.name] = 0
        return True

    def _in_transaction(self) -> bool:
        """The process ends amid an officer's transaction or an exchange's."""
        seat, left, image = self._seat(), int(2 ** self.rng.uniform(0, 10)), self.world.root / "amid"

        def tick() -> int:
            nonlocal left
            left -= 1
            if left == 0:
                shutil.rmtree(image, ignore_errors=True)
                copy_desk(seat.folder, image)
            return int(left <= 0)

        seat.desk.connection.set_progress_handler(tick, 20)
        try:
            if self.rng.random() < 0.5:
                self.world.work(seat)
            else:
                self.world.exchange(seat, self.rng.choice(sorted(seat.hubs)), {})
        except Exception:
            if left > 0:  # else it is the end of that process, by whatever name
                raise
        finally:
            seat.desk.connection.set_progress_handler(None, 0)
        if left <= 0:
            self.world.replace(seat, image)
        return left <= 0


def _accepted(seat: Seat) -> dict[tuple[str, int], int]:
    """How far any hub is known to hold each origin."""
    asked = "SELECT desk, epoch, max(seq) FROM accepted GROUP BY desk, epoch"
    return {(desk, epoch): seq for desk, epoch, seq in seat.desk.connection.execute(asked)}


def _answered(hub: Hub, station: str, head: BatchHead, data: bytes) -> str:
    try:
        return hub.push(station, head, data).value
    except InvalidInput as error:
        return error.code


AT_LARGE: dict[str, Callable[[Chaos], bool]] = {
    "crash_in_transaction": Chaos._in_transaction,
    "power_cut": Chaos._power_cut,
    "hub_read_only": lambda chaos: chaos._refusing("hub_read_only")(),
    "hub_restored": Chaos._hub_restored,
    "desk_restored": Chaos._restored,
    "desk_restored_elsewhere": lambda chaos: chaos._restored(elsewhere=True),
    "database_copied_back": lambda chaos: chaos._restored(DATABASE_NAME),
    "desk_cloned": Chaos._cloned,
    "desk_cloned_elsewhere": lambda chaos: chaos._cloned(elsewhere=True),
    "witness_lost": Chaos._witness_lost,
    "desk_revoked": lambda chaos: lives.revoke(chaos.world),
    "desk_retired": lambda chaos: lives.retire(chaos.world),
    "desk_joins": lambda chaos: lives.join(chaos.world, code=False),
    "desk_joins_by_code": lambda chaos: lives.join(chaos.world, code=True),
    "snapshot_start": lambda chaos: lives.join(chaos.world, code=True, shot=True),
    "snapshot_cut": lambda chaos: lives.join(chaos.world, code=True, shot=True, cut=True),
    "event_altered": Chaos._altered,
    "stick": Chaos._stick,
    "second_process": Chaos._second_process,
    "desk_disk_full": Chaos._disk_full,
    "hub_disk_full": lambda chaos: chaos._refusing("hub_full")(),
    "file_torn": lambda chaos: chaos._on_file(chaos._torn),
    "file_rotten": lambda chaos: chaos._on_file(chaos._rotten),
    "file_lost": lambda chaos: chaos._on_file(Path.unlink),
    "file_copied": lambda chaos: chaos._on_file(chaos._conflict_copy),
    "file_stray": lambda chaos: chaos._on_file(lambda path: path.with_name("Thumbs.db").write_bytes(b"junk")),
    "batch_spoilt": lambda chaos: chaos._on_batch(chaos._flipped),
    "batch_lost": lambda chaos: chaos._on_batch(lambda data: None),
    "clock_jump": Chaos._clock,
    "far_future": Chaos._far_future,
    "outage": Chaos._outage,
    "swizzle_clog": Chaos._swizzle,
    "flapping": Chaos._flapping,
    "one_way": Chaos._one_way,
}
"""Faults that strike on their own."""
LOSSES = frozenset(
    {"event_altered", "batch_lost", "batch_spoilt", "hub_restored", "desk_restored", "desk_restored_elsewhere"}
    | {"database_copied_back", "file_torn", "file_rotten", "file_lost"}
)
"""Faults that may take the last right copy of what another fault has spoilt."""
ROWS: dict[str, int] = {
    "request_lost": 1, "ack_lost": 2, "push_duplicated": 3, "offers_shuffled": 4, "push_replayed": 4,
    "push_delayed": 5, "fetch_truncated": 6, "file_torn": 6, "bits_flipped": 7, "file_rotten": 7, "file_lost": 7,
    "file_copied": 7, "file_stray": 7, "batch_spoilt": 7, "batch_lost": 7, "crash_between_chunks": 8,
    "crash_in_transaction": 9, "power_cut": 10, "hub_read_only": 13, "hub_restored": 14, "desk_restored": 15,
    "desk_restored_elsewhere": 15, "desk_cloned": 16, "desk_cloned_elsewhere": 16, "witness_lost": 16,
    "database_copied_back": 16, "second_process": 17, "desk_disk_full": 18, "hub_disk_full": 19, "clock_jump": 22,
    "far_future": 23, "outage": 25, "swizzle_clog": 25, "flapping": 26, "one_way": 27, "desk_revoked": 37,
    "desk_retired": 37, "desk_joins": 37, "desk_joins_by_code": 37, "event_altered": 38, "snapshot_start": 40,
    "snapshot_cut": 40, "stick": 42, "crash_before_call": 46, "crash_after_call": 46,
}  # fmt: skip
"""Each kind and its row of the fault matrix."""
