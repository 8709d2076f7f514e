"""What an older database of the same desk still holds is carried over into the one that takes its place.

The older one may be damaged anywhere: what cannot be read is passed over. Events keep their names as long as their
chain leads on from what is here already; of what lies behind a hole the desk's own goes on under a new epoch, by the
same ids, and others' is brought by a hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from core.record import body_hash
from storage.database import Connection, open_as_it_is, transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent, bodies, epoch_ms, follows
from storage.folder import write_meta
from storage.sync.batch import BatchBroken, head_of
from storage.sync.forking import drawn_epoch, under_epoch

_CHUNK = 1000
_EVENTS = "SELECT header, digest, salt, body, hash FROM event WHERE n > ? AND n <= ? ORDER BY n"
DESKS_OWN = (
    *(
        "draft",
        "print_job",
        "letter_series",
        "template_kept",
        "letter_kept",
        "hub",
        "accepted",
        "join_code",
        "series",
        "heard",
        "bundle_taken",
        "blank",
        "message",
        "survey_box",
        "survey_box_code",
        "readback",
    ),
    *("hub_memory", "inbox", "sent_offer", "late", "station_read", "revoked_there", "elsewhere"),
)
"""Tables of one desk alone: the older database, which is the later one, has them right where it can be read."""
ADDED_TO = ("secret", "station_key", "suspect_time", "beside")
OF_ORIGINS = ("batch", "sealed", "destroyed_at")


class OldDatabase:
    """Reads what can be read: after each fault the file is opened anew."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._db: Connection = open_as_it_is(path, key)
        self.read = self.unreadable = 0
        """How many events could be read, and how many could not, at most."""

    def close(self) -> None:
        self._db.close()

    def schema(self) -> int:
        """The version of its schema; 0 where it cannot be read."""
        try:
            return int(self._db.execute("PRAGMA user_version").fetchone()[0])
        except sqlite.DatabaseError:
            self._open_again()
            return 0

    def meta(self) -> dict[str, Any]:
        """What can be read of what the desk says of itself."""
        return {str(row["name"]): row["value"] for row in self.table("meta")[0]}

    def table(self, name: str) -> tuple[list[dict[str, Any]], bool]:
        """The rows that come before any fault, and whether those are all.

        The cipher gives zeros for a page in the middle of a long value, and tells of it at the next page that it reads.
        """
        rows: list[dict[str, Any]] = []
        try:
            found = self._db.execute(f"SELECT * FROM {name}")
            names = [one[0] for one in found.description]
            rows.extend(dict(zip(names, row, strict=True)) for row in found)
            self._db.execute("PRAGMA shrink_memory")
            self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite.DatabaseError:
            self._open_again()
            return rows, False
        return rows, True

    def events(self) -> Iterator[list[StoredEvent]]:
        """All that can be read, in the order in which it came here, some at a time."""
        last = self._last()
        left = [(low, min(low + _CHUNK, last)) for low in range(0, last, _CHUNK)][::-1]
        while left:
            low, high = left.pop()
            try:
                rows = self._db.execute(_EVENTS, (low, high)).fetchall()
            except sqlite.DatabaseError:
                self._open_again()
                if high - low == 1:
                    self.unreadable += 1
                else:
                    middle = (low + high) // 2
                    left += [(middle, high), (low, middle)]
                continue
            found = [StoredEvent(*row) for row in rows]
            sound = [one for one in found if _is_sound(one)]
            self.read += len(sound)
            self.unreadable += len(found) - len(sound)
            yield sound

    def _last(self) -> int:
        try:
            return int(self._db.execute("SELECT max(n) FROM event").fetchone()[0] or 0)
        except sqlite.DatabaseError:
            self._open_again()
        heads = self.table("origin")[0]
        return 2 * sum(int(row["seq"]) for row in heads)  # events that were moved left numbers behind

    def _open_again(self) -> None:
        self._db.close()
        self._db = open_as_it_is(self._path, self._key)


@dataclass(slots=True)
class Carrying:
    """Carries one older database over, in transactions of its own. `carried` events came, `left` did not."""

    desk: Desk
    old: OldDatabase
    carried: int = 0
    left: int = 0
    _waiting: dict[Origin, list[StoredEvent]] = field(default_factory=dict)

    def run(self) -> bool:
        """All whose chain leads on from what is here; whether there are holes."""
        with transaction(self.desk.connection):
            for events in self.old.events():
                for origin, run in groupby(events, lambda one: Origin(one.event.desk, one.event.epoch)):
                    self._waiting.setdefault(origin, []).extend(run)
                    self._take(origin)
            self._take_all()
            self._tables()
            self._meta()
        return bool(self.old.unreadable) or any(self._waiting.values())

    def finish(self) -> None:
        """What leads on by now, then the desk's own from behind holes; the tables are to be rebuilt afterwards."""
        with transaction(self.desk.connection):
            self._take_all()
            self._move_on()
        self.left += self._unread()

    def _unread(self) -> int:
        """How many events could not be read: no more than the heads tell of, where those can be read."""
        heads, whole = self.old.table("origin")
        told = sum(int(row["seq"]) for row in heads) - self.old.read
        return min(self.old.unreadable, max(0, told)) if whole else self.old.unreadable

    def _take_all(self) -> None:
        for origin in sorted(self._waiting, key=lambda one: (one.desk, one.epoch)):
            self._waiting[origin].sort(key=lambda one: one.event.seq)
            self._take(origin)

    def _take(self, origin: Origin) -> None:
        """Take those of the waiting events whose chain leads on from here, whole commands only."""
        log, waiting = self.desk.log, self._waiting[origin]
        have = log.last_seq(origin)
        waiting = [one for one in waiting if one.event.seq > have]
        previous, whole, count = log.hash_at(origin, have) or b"", 0, 0
        for count, one in enumerate(waiting, start=1):
            if one.event.seq != have + count or not follows(previous, one):
                break
            previous = one.hash
            position, size = one.event.group
            whole = count if position == size - 1 else whole
        self._waiting[origin] = waiting[whole:]
        self._receive(origin, waiting[:whole])

    def _receive(self, origin: Origin, events: list[StoredEvent]) -> None:
        if events:
            taken = bodies(self.desk.log.receive(origin, events, epoch_ms(self.desk.now()), proven=True))
            self.carried += len(taken)
            if origin.desk == self.desk.identity.desk:
                self.desk.series.pass_by(taken)

    def _move_on(self) -> None:
        """A new epoch for this desk, which begins with its own events from behind a hole."""
        own, epoch = self.desk.identity.desk, drawn_epoch(self.desk) + 1
        write_meta(self.desk.connection, {"epoch": epoch})
        tail: list[StoredEvent] = []
        for origin in sorted(self._waiting, key=lambda one: (one.desk, one.epoch)):
            waiting = self._waiting[origin]
            mine = [one for one in _whole_commands(waiting) if not self._is_here(one)] if origin.desk == own else []
            self.left += len(waiting) - len(mine)
            tail += mine
        self._receive(Origin(own, epoch), under_epoch(tail, epoch))

    def _is_here(self, stored: StoredEvent) -> bool:
        known = self.desk.log.events_of(stored.event.entity)
        return any(one.name == stored.event.name for one in known)

    def _tables(self) -> None:
        db = self.desk.connection
        for name in (*DESKS_OWN, *ADDED_TO):
            rows, whole = self.old.table(name)
            if whole and name in DESKS_OWN:
                db.execute(f"DELETE FROM {name}")
            self._insert(name, rows)
        origins = {int(row["no"]): Origin(row["desk"], row["epoch"]) for row in self.old.table("origin")[0]}
        for name in OF_ORIGINS:
            known = (row for row in self.old.table(name)[0] if row["origin"] in origins)
            here = [row | {"origin": self.desk.log.number(origins[row["origin"]])} for row in known]
            self._insert(name, filter(self._fits, here))

    def _fits(self, row: dict[str, Any]) -> bool:
        """Whether the events that a row is about are here."""
        if not row["origin"]:
            return False
        origin = self.desk.log.origin(row["origin"])
        if "head" in row:
            try:
                head = head_of(row["head"], row["signature"])
            except BatchBroken:
                return False
            return self.desk.log.hash_at(origin, head.last) == head.end
        return int(row.get("last_seq", row.get("seq", 0))) <= self.desk.log.last_seq(origin)

    def _insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        known = {row[1] for row in self.desk.connection.execute(f"PRAGMA table_info({table})")}
        for row in rows:
            names = [name for name in row if name in known]
            asked = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            self.desk.connection.execute(asked, [row[name] for name in names])

    def _meta(self) -> None:
        """What the desk said of itself last; its clock and its epoch never go back."""
        db, told = self.desk.connection, self.old.meta()
        here = dict(db.execute("SELECT name, value FROM meta WHERE name IN ('epoch', 'hlc')"))
        for name, value in here.items():
            told[name] = max(int(told.get(name) or 0), int(value))
        write_meta(db, told)


def _is_sound(stored: StoredEvent) -> bool:
    """Whether the bytes are an event's: those of a rotten page may come as zeros."""
    try:
        known = stored.event.seq > 0
    except (ValueError, KeyError, TypeError):
        return False
    return known and (stored.body is None or body_hash(stored.salt or b"", stored.body) == stored.digest)


def _whole_commands(events: list[StoredEvent]) -> Iterator[StoredEvent]:
    for _, group in groupby(events, lambda one: one.event.seq - one.event.group[0]):
        members = list(group)
        if len({one.event.seq for one in members}) == members[0].event.group[1]:
            yield from members
