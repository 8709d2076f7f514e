"""The append-only, hash-chained log: the truth. Every write happens inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from core.answers import InvalidInput
from core.bodies import fault
from core.clock import AHEAD_MS, clock_warning, is_ahead
from core.events import KINDS
from core.order import fold_order, said_last
from core.record import (
    NO_HASH,
    Draft,
    Event,
    Places,
    body_hash,
    chain_hash,
    header_bytes,
    next_hlc,
    own_body,
    read_event,
    read_header,
    salt_for,
    with_body,
)
from storage.database import Connection
from storage.heads import Heads
from storage.keys import Entropy

_CLOCK_OFFSET = "SELECT clock_offset FROM hub WHERE clock_offset IS NOT NULL ORDER BY last_contact DESC LIMIT 1"
_SUSPECT = "INSERT OR IGNORE INTO suspect_time VALUES (?, ?)"
_HEAD = "SELECT no, seq, hash FROM origin WHERE desk = ? AND epoch = ?"
_INSERT = """
INSERT INTO event (origin, seq, entity, kind, officer, header, digest, salt, body, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COUNT = "SELECT (SELECT count(*) FROM event WHERE entity = ?1) + (SELECT count(*) FROM beside WHERE entity = ?1)"
_KEEP = "INSERT OR IGNORE INTO beside VALUES (?, ?, ?)"
_WHERE = "SELECT header, body, seq, origin FROM event WHERE {} ORDER BY n"
_ENTITY = _WHERE.format("entity = ?")
_RANGE = """
SELECT event.header, event.digest, event.salt, event.body, event.hash
FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq > ? ORDER BY event.seq LIMIT ?
"""
_ACTED = "INSERT OR IGNORE INTO acted VALUES (?)"
_HASH = """
SELECT event.hash FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq = ?
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes: one desk since its database last could have moved backwards."""

    desk: str
    epoch: int


@dataclass(slots=True)
class StoredEvent:
    """An event's bytes as they are kept and sent; `salt` and `body` are None once destroyed, or while sealed."""

    header: bytes
    digest: bytes
    salt: bytes | None
    body: bytes | None
    hash: bytes
    _header: Event | None = field(default=None, compare=False, repr=False)
    _event: Event | None = field(default=None, compare=False, repr=False)

    @property
    def outline(self) -> Event:
        """What the header says, read once: the body may still be empty. ValueError where the bytes are none."""
        if self._header is None:
            self._header = read_header(self.header)
        return self._header

    @property
    def event(self) -> Event:
        """The event with its body, read once; ValueError where the header's bytes are none."""
        if self._event is None:
            self._event = with_body(self.outline, self.body)
        return self._event


@dataclass(frozen=True, slots=True)
class Head:
    """Where an origin's chain ends."""

    seq: int
    hash: bytes


def uuid7(now_ms: int, entropy: Entropy) -> str:
    """A time-ordered UUID (RFC 9562, version 7) from the given clock and entropy."""
    noise = int.from_bytes(entropy(10), "big")
    value = now_ms << 80 | 7 << 76 | (noise >> 66 & 0xFFF) << 64 | 2 << 62 | (noise & (1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class EventLog:
    """Append own events, receive others', read them back, verify the whole."""

    def __init__(self, connection: Connection, own: Origin, unit: str, entropy: Entropy) -> None:
        self._db = connection
        self._own = own
        self._unit = unit
        self._entropy = entropy

    def append(self, drafts: Sequence[Draft], by: str, now_ms: int) -> list[Event]:
        """Write one command's events as a group at the end of the own chain. InvalidInput `body_too_large`."""
        own = self._writer()
        number, seq, previous = self._head(own)
        hlc, wrong = self._hlc(), clock_warning(self.clock_offset()) == "banner"
        written: list[Event] = []
        rows = []
        heads = Heads(self._db, {draft.entity for draft in drafts})
        seen: dict[str, tuple[str, ...]] = {}
        suspect: list[tuple[str, str]] = []
        for position, draft in enumerate(drafts):
            hlc, seq = next_hlc(hlc, now_ms), seq + 1
            kind = KINDS[draft.kind]
            event = Event(
                event_id=uuid7(now_ms, self._entropy),
                entity=draft.entity,
                kind=draft.kind,
                version=kind.version,
                at=draft.at,
                by=by,
                unit=self._unit,
                desk=own.desk,
                epoch=own.epoch,
                seq=seq,
                hlc=hlc,
                parents=seen[draft.entity] if draft.entity in seen else self._seen(draft.entity, heads),
                group=(position, len(drafts)),
                body=draft.body,
                must=kind.must_understand,
            )
            header, body = header_bytes(event), own_body(draft.body)
            salt = salt_for(self._secret(draft.entity), event.event_id)
            digest = body_hash(salt, body)
            previous = chain_hash(previous, header, digest)
            rows.append(_row(number, event, StoredEvent(header, digest, salt, body, previous)))
            heads.saw(event)
            seen[draft.entity] = (event.event_id,)
            if wrong or is_ahead(hlc, now_ms):
                suspect.append((event.entity, event.event_id))
            written.append(read_event(header, body))
        self._db.executemany(_INSERT, rows)
        self._db.executemany(_SUSPECT, suspect)
        self._db.executemany(_ACTED, {(event.by,) for event in written if ":" not in event.entity})
        heads.write()
        self._move_head(number, seq, previous)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('hlc', ?)", (hlc,))
        return written

    def receive(
        self, origin: Origin, events: Sequence[StoredEvent], now_ms: int, *, proven: bool = False
    ) -> list[StoredEvent]:
        """Take an origin's next events; at a break of its chain the caller's transaction must be rolled back.

        Answers those that were taken: what is here already is passed over. No body is read. `proven`: the events'
        chain among themselves was computed, so that only its beginning is held against what is here. Raises
        InvalidInput `chain_gap`, `chain_broken`.
        """
        number, seq, previous = self._head(origin)
        hlc, newest = self._hlc(), (now_ms + AHEAD_MS) << 16 | 0xFFFF
        taken: list[StoredEvent] = []
        suspect: list[tuple[str, str]] = []
        heads = Heads(self._db, {_readable(stored, origin, seq + 1).entity for stored in events})
        again = self._said_again(origin)
        desk, epoch, saw = origin.desk, origin.epoch, heads.saw
        for stored in events:
            event = stored.outline
            if event.seq > seq + 1 or event.desk != desk or event.epoch != epoch:
                raise InvalidInput("chain_gap", desk=desk, seq=seq + 1)
            if event.seq <= seq:
                continue
            if not (proven and taken) and not follows(previous, stored):
                raise InvalidInput("chain_broken", desk=desk, seq=event.seq)
            if not again:
                saw(event)
            elif not self._is_here(event):
                saw(event, stood_on=self._is_stood_on(event))
            seq, previous = event.seq, stored.hash
            if event.hlc > newest:
                suspect.append((event.entity, event.event_id))
            elif event.hlc > hlc:
                hlc = event.hlc
            taken.append(stored)
        came = [stored.outline for stored in taken]
        heads.wait(event.entity for event in came if event.group[1] > 1 and _end(event) > seq)
        self._db.executemany(_INSERT, [_row(number, *one) for one in zip(came, taken, strict=True)])
        self._db.executemany(_SUSPECT, suspect)
        self._db.executemany(_ACTED, {(event.by,) for event in came if ":" not in event.entity})
        heads.write()
        self._move_head(number, seq, previous)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('hlc', ?)", (hlc,))
        return taken

    def _said_again(self, origin: Origin) -> bool:
        """Whether the desk has several epochs: after a fork it may have said an event again under another one."""
        asked = "SELECT 1 FROM origin WHERE desk = ? AND epoch <> ? AND seq > 0"
        return self._db.execute(asked, (origin.desk, origin.epoch)).fetchone() is not None

    def _is_here(self, event: Event) -> bool:
        return any(one.event_id == event.event_id for one in self._headers(event.entity))

    def _is_stood_on(self, event: Event) -> bool:
        return any(event.event_id in one.parents for one in self._headers(event.entity))

    def _headers(self, entity: str) -> Iterator[Event]:
        for (header,) in self._db.execute("SELECT header FROM event WHERE entity = ?", (entity,)):
            yield read_event(header, None)

    def keep_beside(self, events: Iterable[Event]) -> None:
        """Remember, without bodies, what a revoked desk wrote after its place in another line than the one here.

        It has no effect, but events of others may stand on it and would wait for it.
        """
        self._db.executemany(_KEEP, [(one.event_id, one.entity, header_bytes(one)) for one in events])

    def events_of(self, entity: str) -> list[Event]:
        """The events of an entity whose whole command has arrived, and those that stand beside (`keep_beside`)."""
        found = self._whole(_ENTITY, (entity,))
        return found + self._beside((entity,), found)

    def _beside(self, entities: Sequence[str], known: Iterable[Event]) -> list[Event]:
        asked = f"SELECT header FROM beside WHERE entity IN ({', '.join('?' * len(entities))})"
        rows = self._db.execute(asked, tuple(entities)).fetchall()
        here = {event.name for event in known} if rows else ()
        return [event for (header,) in rows if (event := read_event(header, None)).name not in here]

    def events_of_each(self, entities: Sequence[str]) -> dict[str, list[Event]]:
        """The same of many entities in one reading; those of which nothing is here are left out."""
        found: dict[str, list[Event]] = {}
        here = self._whole(_WHERE.format(f"entity IN ({', '.join('?' * len(entities))})"), tuple(entities))
        for event in here + self._beside(entities, here):
            found.setdefault(event.entity, []).append(event)
        return found

    def where(self, condition: str, without: Places = frozenset()) -> list[Event]:
        """The events that meet an SQL condition, of commands that are here whole, as last said; `without` these yet."""
        found = self._whole(_WHERE.format(condition), ())
        return list(said_last([event for event in found if event.order not in without]))

    def _whole(self, asked: str, values: tuple[str, ...]) -> list[Event]:
        ends = dict(self._db.execute("SELECT no, seq FROM origin").fetchall())
        found: list[Event] = []
        for header, body, seq, origin in self._db.execute(asked, values):
            event = read_event(header, body)
            position, size = event.group
            if seq - position + size - 1 <= ends[origin]:
                found.append(event)
        return found

    def count_of(self, entity: str) -> int:
        """How many events of an entity are here, be it beside."""
        return int(self._db.execute(_COUNT, (entity,)).fetchone()[0])

    def understood(self, entity: str, without: Places = frozenset()) -> list[Event]:
        """Those of `events_of` that this program can read, as last said: others have no effect. `without` these yet."""
        found = [event for event in self.events_of(entity) if event.order not in without]
        return [event for event in said_last(found) if fault(event) is None]

    def suspect_times(self, entity: str) -> set[str]:
        """The entity's events that were written, or came here, by a clock that could not be trusted."""
        return {row[0] for row in self._db.execute("SELECT event_id FROM suspect_time WHERE entity = ?", (entity,))}

    def clock_offset(self) -> float | None:
        """Seconds: a hub's clock minus this machine's, when it was last measured; None: never."""
        row = self._db.execute(_CLOCK_OFFSET).fetchone()
        return None if row is None else float(row[0])

    def group_of(self, event: Event) -> list[Event]:
        """All events of the command that `event` belongs to."""
        first = event.seq - event.group[0]
        rows = self._db.execute(_RANGE, (event.desk, event.epoch, first - 1, event.group[1]))
        return [read_event(header, body) for header, _, _, body, _ in rows]

    def heads_of(self, entity: str) -> tuple[str, ...]:
        rows = self._db.execute("SELECT event_id FROM head WHERE entity = ? ORDER BY event_id", (entity,))
        return tuple(row[0] for row in rows)

    def _seen(self, entity: str, heads: Heads) -> tuple[str, ...]:
        """The parents of an own event: the heads of what has an effect here, not of what still waits for others."""
        if not heads.may_wait(entity):
            return heads.of(entity)
        ready = fold_order(self.events_of(entity)).events
        if len(ready) == self.count_of(entity):
            heads.complete(entity)
            return heads.of(entity)
        stood_on = {parent for event in ready for parent in event.parents}
        return tuple(sorted(event.event_id for event in ready if event.event_id not in stood_on))

    def last_seq(self, origin: Origin) -> int:
        """How many events of an origin are here."""
        row = self._db.execute(_HEAD, (origin.desk, origin.epoch)).fetchone()
        return 0 if row is None else int(row[1])

    def heads(self) -> dict[Origin, Head]:
        """The version vector with the chain hash at each head."""
        rows = self._db.execute("SELECT desk, epoch, seq, hash FROM origin WHERE seq > 0 ORDER BY desk, epoch")
        return {Origin(desk, epoch): Head(seq, digest) for desk, epoch, seq, digest in rows}

    def stored(self, origin: Origin, after: int, limit: int) -> list[StoredEvent]:
        """The bytes of an origin's events with `seq > after`."""
        return [StoredEvent(*row) for row in self._db.execute(_RANGE, (origin.desk, origin.epoch, after, limit))]

    def since(self, origin: Origin, begin_ms: int) -> list[StoredEvent]:
        """An origin's newest events whose clock is not before `begin_ms`, in chain order; bodies are not read yet."""
        found: list[StoredEvent] = []
        after = self.last_seq(origin)
        while after > 0:
            after, until = max(0, after - 500), after
            chunk = self.stored(origin, after, until - after)
            found[:0] = [one for one in chunk if one.outline.hlc >> 16 >= begin_ms]
            if chunk[0].outline.hlc >> 16 < begin_ms:
                break
        return found

    def last(self) -> int:
        """The local number of the newest event that is here."""
        return int(self._db.execute("SELECT max(n) FROM event").fetchone()[0] or 0)

    def number(self, origin: Origin) -> int:
        """The local number of an origin; 0 for one that nothing is known of."""
        row = self._db.execute(_HEAD, (origin.desk, origin.epoch)).fetchone()
        return 0 if row is None else int(row[0])

    def origin(self, number: int) -> Origin:
        """The origin behind its local number."""
        return Origin(*self._db.execute("SELECT desk, epoch FROM origin WHERE no = ?", (number,)).fetchone())

    def chain(self, origin: Origin) -> Callable[[int], bytes | None]:
        """`hash_at` of one origin."""
        return lambda seq: self.hash_at(origin, seq)

    def hash_at(self, origin: Origin, seq: int) -> bytes | None:
        """The chain hash of an origin after `seq` events; None where it is not known here."""
        if seq == 0:
            return NO_HASH
        row = self._db.execute(_HASH, (origin.desk, origin.epoch, seq)).fetchone()
        return None if row is None else bytes(row[0])

    def everything(self) -> Iterator[tuple[Event, StoredEvent]]:
        """All events, origin by origin, in chain order."""
        for origin in self.heads():
            after = 0
            while chunk := self.stored(origin, after, 1000):
                for stored in chunk:
                    yield read_event(stored.header, stored.body), stored
                after += len(chunk)

    def _writer(self) -> Origin:
        """The origin that writes now: an exchange in another process may have opened a new epoch."""
        row = self._db.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
        return self._own if row is None else Origin(self._own.desk, int(row[0]))

    def _head(self, origin: Origin) -> tuple[int, int, bytes]:
        row = self._db.execute(_HEAD, (origin.desk, origin.epoch)).fetchone()
        if row is None:
            self._db.execute(
                "INSERT INTO origin (desk, epoch, seq, hash) VALUES (?, ?, 0, ?)",
                (origin.desk, origin.epoch, NO_HASH),
            )
            row = self._db.execute(_HEAD, (origin.desk, origin.epoch)).fetchone()
        return row[0], row[1], row[2]

    def move_head(self, origin: Origin, head: Head) -> None:
        """Let an origin's chain end elsewhere, inside the caller's transaction."""
        self._move_head(self.number(origin), head.seq, head.hash)

    def _move_head(self, number: int, seq: int, digest: bytes) -> None:
        self._db.execute("UPDATE origin SET seq = ?, hash = ? WHERE no = ?", (seq, digest, number))

    def _secret(self, entity: str) -> bytes:
        row = self._db.execute("SELECT secret FROM secret WHERE entity = ?", (entity,)).fetchone()
        if row is not None:
            return bytes(row[0])
        secret = self._entropy(32)
        self._db.execute("INSERT INTO secret VALUES (?, ?)", (entity, secret))
        return secret

    def _hlc(self) -> int:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'hlc'").fetchone()
        return 0 if row is None else int(row[0])


def _end(event: Event) -> int:
    """The seq of the last event of its command."""
    return event.seq - event.group[0] + event.group[1] - 1


def _readable(stored: StoredEvent, origin: Origin, seq: int) -> Event:
    try:
        return stored.outline
    except ValueError as error:
        raise InvalidInput("chain_broken", desk=origin.desk, seq=seq) from error


def _row(number: int, event: Event, stored: StoredEvent) -> tuple[object, ...]:
    return (
        number, event.seq, event.entity, event.kind, event.by,
        stored.header, stored.digest, stored.salt, stored.body, stored.hash,
    )  # fmt: skip


_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event' ORDER BY name"


@contextmanager
def unlocked(connection: Connection) -> Iterator[None]:
    """Let events be moved or mended inside the caller's transaction; afterwards they are final again."""
    guards = connection.execute(_GUARDS).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, made in guards:
        connection.execute(made)


def follows(previous: bytes, stored: StoredEvent) -> bool:
    """Whether the bytes follow `previous`; of a destroyed body its salted hash stays in the chain."""
    if stored.body is not None and body_hash(stored.salt or b"", stored.body) != stored.digest:
        return False
    return chain_hash(previous, stored.header, stored.digest) == stored.hash


def bodies(events: Iterable[StoredEvent]) -> list[Event]:
    """The events with their bodies."""
    return [stored.event for stored in events]


def epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def entities(events: Iterable[Event]) -> list[str]:
    """The entities that the events touch, each once, in order."""
    return list(dict.fromkeys(event.entity for event in events))
