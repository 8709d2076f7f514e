"""Another database wrote under this desk's name (a clone, a backup that came back): nothing is overwritten or lost.

The history at the hub stays under the epoch's name. Each line that was written apart is said again under an epoch of
its own, event by event under the same ids, so that whatever names them still does and every desk gets both; the fold
takes each id once. What the desk writes from then on stands under one more: within an epoch each event has seen those
before it (`core.order`), and of what it said again for another database a desk may miss what that stands on.

Another desk that holds a line which its author has lost, or which the hub cannot take since it ends amid one of the
signed batches, leaves it at the hub as `fork-DESK-EPOCH-FIRST-LAST`: the author says it again, others take what goes on
from what they hold (`pulling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from core.answers import InvalidInput
from core.record import NO_HASH, Draft, Event, chain_hash, header_bytes
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Head, Origin, StoredEvent, bodies, epoch_ms, unlocked
from storage.folder import read_identity, write_meta
from storage.keys import sign_public
from storage.series import FORKED
from storage.sync.batch import BatchBroken
from storage.sync.batches import borders, fetched, opened, whole
from storage.sync.enrolment import sign_key
from storage.sync.protocol import Hub, pull_plan

EVIDENCE = "fork-"
_ELSEWHERE = "SELECT 1 FROM accepted WHERE url <> ? AND desk = ? AND epoch = ? AND seq > ?"

_SEALED = "SELECT 1 FROM sealed WHERE origin = ? AND last_seq > ?"


def is_known(desk: Desk, hub: Hub, origin: Origin) -> bool:
    """Whether the origin's desk has told of its fork already.

    After its revocation only if both lines stand under other epochs, too: then they have the same effect everywhere.
    """
    known, desks = desk.log.understood(f"desk:{origin.desk}"), desk.projection.desks()
    told = [event for event in known if event.kind == "fork_found" and event.body.get("epoch") == origin.epoch]
    if not told or not all(desks.is_revoked(event) for event in told):
        return bool(told)
    other = other_line(desk, hub, origin)
    return other is None or not (
        _unsaid(desk, origin, _from(desk, origin, other[0])) or _unsaid(desk, origin, other[1])
    )


def _from(desk: Desk, origin: Origin, first: int) -> list[StoredEvent]:
    return desk.log.stored(origin, first - 1, max(0, desk.log.last_seq(origin) - first + 1))


def said_from(desk: Desk, origin: Origin) -> int | None:
    """After how many events of an own epoch all stand under later ones too; None where some may not.

    Of another desk's epoch this desk cannot tell, and answers None.
    """
    if origin.desk != desk.identity.desk:
        return None
    common = min((seq for epoch, seq in _told_by(desk) if epoch == origin.epoch), default=None)
    if common is None or desk.connection.execute(_SEALED, (desk.log.number(origin), common)).fetchone():
        return None
    return common


def parts_in_vain(desk: Desk, hub: Hub, origin: Origin) -> bool:
    """Whether the hub's history parts from the one here where their desk was revoked: neither has an effect there."""
    other = other_line(desk, hub, origin)
    return other is not None and (origin.epoch, other[0]) >= desk.projection.desks().revoked[origin.desk]


def other_line(desk: Desk, hub: Hub, origin: Origin) -> tuple[int, list[StoredEvent]] | None:
    """The seq from which on the hub's history of a revoked desk is another one than here, and what it is.

    None where that can't be told. Before the revocation's place both have effects, and their author's word none any
    more: the admin's is wanted.
    """
    if origin.desk not in desk.projection.desks().revoked:
        return None
    found = _other_history(desk, hub, origin, sign_key(desk, origin.desk) or b"")
    return None if found is None else (found[0] + 1, found[1])


def keep_beside(desk: Desk, events: Iterable[StoredEvent]) -> None:
    """Take a revoked desk's other line, from its place on, for what others' events stand on: it has no effect."""
    here = {row[0] for row in desk.connection.execute("SELECT event_id FROM beside")}
    new = [one.event for one in events if one.event.event_id not in here]
    if new:
        with transaction(desk.connection):
            desk.log.keep_beside(new)
            desk.projection.refold(event.entity for event in new)


def part_ways(desk: Desk, hub: Hub, origin: Origin) -> bool:
    """Say again what stands apart beyond the common history; whether there was anything to settle."""
    public, last = sign_public(desk.identity.sign_private), desk.log.last_seq(origin)
    found = _other_history(desk, hub, origin, public)
    if found is not None:
        common, theirs, readable = found
        asked = (hub.url, origin.desk, origin.epoch, common)
        elsewhere = desk.connection.execute(_ELSEWHERE, asked).fetchone() is not None
        tail = desk.log.stored(origin, common, last - common)
        if _say_again(desk, origin, common, [tail, theirs if readable else []], cut_back=not elsewhere):
            return True
    return _say_beside(desk, hub, origin, across=False)


def say_all_that_lies_beside(desk: Desk, hub: Hub, origins: Iterable[Origin]) -> None:
    """Say again what this desk wrote and lost, and a hub holds where nothing leads to it: it lost what came before.

    Who has what is missing may still bring it: an event that is said twice counts once.
    """
    for origin in origins:
        if origin.desk == desk.identity.desk:
            _say_beside(desk, hub, origin, across=True)


def say_unplaced(desk: Desk, hub: Hub, origin: Origin) -> bool:
    """Say again what a hub does not take, since spoilt bytes have its place; whether there was any.

    The author wrote that batch, and its database moved backwards since, or a copy of the desk wrote it: what it lacks
    itself, nobody can mend.
    """
    chain, last = desk.log.chain(origin), desk.log.last_seq(origin)
    for offer in hub.offers(desk.identity.station, origin, 0).batches:
        common = offer.head.first_seq - 1
        if common < last and chain(common) == offer.head.prev and chain(offer.head.last) != offer.head.end:
            try:
                fetched(desk, hub, offer)
            except BatchBroken:
                tail = desk.log.stored(origin, common, last - common)
                return _say_again(desk, origin, common, [tail], cut_back=False)
    return False


def leave_evidence(desk: Desk, hub: Hub, origin: Origin) -> None:
    """Another desk's signed line that the hub has another one for, until its author has said both again."""
    found = _other_history(desk, hub, origin, sign_key(desk, origin.desk) or b"")
    if found is None:
        return
    common, theirs, _ = found
    mine = desk.log.stored(origin, common, desk.log.last_seq(origin) - common)
    if not _unsaid(desk, origin, mine) and not _unsaid(desk, origin, theirs):
        return
    _leave(desk, hub, origin, common)


def leave_rest(desk: Desk, hub: Hub, origin: Origin, after: int) -> None:
    """Another desk's line beyond `after`, where the hub ends amid a signed batch or has spoilt bytes in its place.

    Only its author could cut it anew.
    """
    if _unsaid(desk, origin, desk.log.stored(origin, after, desk.log.last_seq(origin) - after)):
        _leave(desk, hub, origin, after)


def _leave(desk: Desk, hub: Hub, origin: Origin, after: int) -> None:
    line = f"{EVIDENCE}{origin.desk}-{origin.epoch}-"
    there = set(hub.blobs(desk.identity.station, line))
    for first, last in borders(desk, origin):
        name = f"{line}{first}-{last}"
        if last > after and name not in there:
            with _passing_over("history_broken", "hub_read_only"):
                hub.put_blob(desk.identity.station, name, whole(desk, origin, first)[1])


def say_rest(desk: Desk) -> None:
    """Say again what a copy of this desk added to an epoch that is told to be forked: not all can take it there."""
    for epoch, common in _told_by(desk):
        origin = Origin(desk.identity.desk, epoch)
        tail = desk.log.stored(origin, common, max(0, desk.log.last_seq(origin) - common))
        _say_again(desk, origin, common, [tail], cut_back=False)


def _told_by(desk: Desk) -> list[tuple[int, int]]:
    """The own epochs that this desk told to be forked, and after how many events."""
    own = desk.identity.desk
    told = [event for event in desk.log.understood(f"desk:{own}") if event.kind == "fork_found" and event.desk == own]
    return [(int(event.body["epoch"]), int(event.body["seq"])) for event in told]


def heed_evidence(desk: Desk, hub: Hub, names: Iterable[str]) -> None:
    """What others hold under this desk's name and signature, and this desk does not: both are said again.

    `names`: the evidence that lies at the hub. What waits for a key here stays there until the key has come.
    """
    station, own = desk.identity.station, desk.identity.desk
    public = sign_public(desk.identity.sign_private)
    for name in names:
        if not name.startswith(f"{EVIDENCE}{own}-"):
            continue
        data = hub.get_blob(station, name)
        try:
            batch = None if data is None else opened(desk, data)
        except BatchBroken:
            batch = None
        origin = batch.head.origin if batch is not None else None
        if batch is not None and origin is not None and origin.desk == own and batch.head.signed_by(public):
            chain = desk.log.chain(origin)
            placed = enumerate(batch.events, batch.head.first_seq)
            common = next((seq - 1 for seq, one in placed if chain(seq) != one.hash), None)
            if common is not None and not batch.sealed:
                tail = desk.log.stored(origin, common, max(0, desk.log.last_seq(origin) - common))
                line = batch.events[common + 1 - batch.head.first_seq :]
                _say_again(desk, origin, common, [tail, line], cut_back=False)
        if batch is None or not batch.sealed:
            clear(hub, station, name)


def clear(hub: Hub, station: str, name: str) -> None:
    """Take evidence away that was heeded; at a hub that takes no orders it is heeded again, and changes nothing."""
    with _passing_over("hub_read_only"):
        hub.delete_blob(station, name)


@contextmanager
def _passing_over(*codes: str) -> Iterator[None]:
    """A hub that is only read, as a bundle is, keeps nobody from reading on; what does not hold is not passed on."""
    try:
        yield
    except InvalidInput as error:
        if error.code not in codes:
            raise


def _say_again(
    desk: Desk, origin: Origin, common: int, parts: Sequence[Sequence[StoredEvent]], *, cut_back: bool
) -> bool:
    """`parts`: the own line and others. With `cut_back` the own one leaves the epoch to another.

    What waits for a key can't be said again: a body that is left behind would be lost to the new epoch.
    """
    tail, *others = parts
    if desk.connection.execute(_SEALED, (desk.log.number(origin), common)).fetchone():
        return False
    lines = [tail] if cut_back else [_unsaid(desk, origin, tail)]
    lines = [line for line in (*lines, *(_unsaid(desk, origin, other) for other in others)) if line]
    if not lines:
        return False
    with transaction(desk.connection):
        epoch = drawn_epoch(desk)
        if cut_back:
            _cut_back(desk, origin, common)
        moved: list[Event] = []
        for line in lines:  # an epoch each: none saw the others
            epoch += 1
            said = desk.log.receive(Origin(origin.desk, epoch), under_epoch(line, epoch), epoch_ms(desk.now()))
            moved += bodies(said)
        write_meta(desk.connection, {"epoch": epoch + 1})
        desk.series.want(FORKED)
        incident = Draft(f"desk:{origin.desk}", "fork_found", desk.now(), {"epoch": origin.epoch, "seq": common})
        written = desk.log.append([incident], origin.desk, epoch_ms(desk.now()))
        desk.projection.apply([*moved, *written])
    desk.identity = read_identity(desk.connection)
    return True


def drawn_epoch(desk: Desk) -> int:
    """An epoch above all of this desk's, behind which no copy of its database goes on."""
    known = (one.epoch for one in desk.log.heads() if one.desk == desk.identity.desk)
    return max(read_identity(desk.connection).epoch, *known, 0) + int.from_bytes(desk.entropy(3), "big")


def _other_history(desk: Desk, hub: Hub, origin: Origin, public: bytes) -> tuple[int, list[StoredEvent], bool] | None:
    """How far both histories are the same, what the hub has instead, and whether this desk holds the keys to read it.

    None where the desk signed no other one.
    """
    chain = desk.log.chain(origin)
    offers = [one for one in hub.offers(desk.identity.station, origin, 0).batches if one.head.signed_by(public)]
    theirs: list[StoredEvent] = []
    common: int | None = None
    readable = True
    for offer in pull_plan(offers, 0, lambda seq: None if seq else NO_HASH).path:
        if common is None and offer.head.end == chain(offer.head.last):
            continue
        try:
            batch = fetched(desk, hub, offer)
        except BatchBroken:
            return None
        readable = readable and not batch.sealed
        for seq, event in enumerate(batch.events, start=offer.head.first_seq):
            known = chain(seq)
            if common is None and known is None:
                return None
            if common is None and known != event.hash:
                common = seq - 1
            if common is not None:
                theirs.append(event)
    return None if common is None else (common, theirs, readable)


def _say_beside(desk: Desk, hub: Hub, origin: Origin, *, across: bool) -> bool:
    """What this desk signed and lies beside the hub's line; whether there was any.

    It is away from a place known here, as where another line has taken the place of one that the hub lost in part;
    `across`: or beyond what is missing both here and there.
    """
    chain, last = desk.log.chain(origin), desk.log.last_seq(origin)
    public = sign_public(desk.identity.sign_private)
    offers = hub.offers(desk.identity.station, origin, 0).batches
    path = pull_plan(offers, 0, lambda seq: None if seq else NO_HASH).path
    line, end = {offer.place for offer in path}, max((offer.head.last for offer in path), default=0)
    common = last if across else min(last, end)
    ends: set[tuple[int, bytes]] = set()
    found: set[str] = set()
    lines: dict[tuple[int, bytes], list[StoredEvent]] = {}
    for offer in sorted(offers, key=lambda one: (one.head.first_seq, one.head.last)):
        head, after = offer.head, offer.head.first_seq - 1
        placed = across or chain(after) is not None or (after, head.prev) in ends
        if offer.place in line or not placed or chain(head.last) == head.end or not head.signed_by(public):
            continue
        try:
            batch = fetched(desk, hub, offer)
        except BatchBroken:
            continue
        if not batch.sealed:
            ends.add((head.last, head.end))
            apart = [one for seq, one in enumerate(batch.events, start=head.first_seq) if chain(seq) != one.hash]
            new = [one for one in apart if one.event.event_id not in found]
            found |= {one.event.event_id for one in new}
            lines[head.last, head.end] = lines.pop((after, head.prev), []) + new
    tail = desk.log.stored(origin, common, last - common)
    return bool(found) and _say_again(desk, origin, common, [tail, *lines.values()], cut_back=False)


def _unsaid(desk: Desk, origin: Origin, events: Iterable[StoredEvent]) -> list[StoredEvent]:
    """Those that stand under no other epoch of this desk yet."""
    return [
        one
        for one in events
        if not any(
            known.name == one.event.name and known.epoch != origin.epoch
            for known in desk.log.events_of(one.event.entity)
        )
    ]


def _cut_back(desk: Desk, origin: Origin, common: int) -> None:
    """Take the tail out of the origin's chain. Heads stay: the same events come back under another name."""
    number, db = desk.log.number(origin), desk.connection
    with unlocked(db):
        db.execute("DELETE FROM event WHERE origin = ? AND seq > ?", (number, common))
    db.execute("DELETE FROM batch WHERE origin = ? AND last_seq > ?", (number, common))
    db.execute("DELETE FROM accepted WHERE desk = ? AND epoch = ? AND seq > ?", (origin.desk, origin.epoch, common))
    desk.log.move_head(origin, Head(common, desk.log.hash_at(origin, common) or NO_HASH))


def under_epoch(tail: Sequence[StoredEvent], epoch: int) -> list[StoredEvent]:
    """The same events, by the same ids, as a chain that begins a new epoch."""
    found: list[StoredEvent] = []
    previous = NO_HASH
    for seq, stored in enumerate(tail, start=1):
        header = header_bytes(replace(stored.event, epoch=epoch, seq=seq))
        previous = chain_hash(previous, header, stored.digest)
        found.append(StoredEvent(header, stored.digest, stored.salt, stored.body, previous))
    return found
