"""What must be true: along the way, and once the faults have stopped and everyone has exchanged (I1–I8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.dossier import Dossier
from core.merge import Relation, is_legal, relation
from core.moments import LEGAL_TIME
from core.numbers import number_tail, read_number
from core.record import Event, read_event
from storage.event_log import Origin
from storage.numbers import gap_report
from storage.sync.batch import BatchBroken, unpack
from storage.sync.exchange import HubReport
from storage.sync.protocol import NOTHING, pull_plan
from storage.verification import verify
from tests.faults.lives import Ended, ended, revoke_where_it_parts
from tests.faults.world import AnyHub, Seat, Violated, World

_AFTER = """
SELECT DISTINCT entity FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND (origin.epoch, event.seq) >= (?, ?)
"""
ROUNDS = 16
"""So many exchanges of everyone with every hub must be enough once the faults have stopped; mostly it takes three.

Where a clone and a new desk claim a number at once and only one desk sees both hubs, each claim takes about three.
"""
_TILED = """
SELECT origin.desk, origin.epoch, origin.seq, count(event.n), min(event.seq), max(event.seq)
FROM origin LEFT JOIN event ON event.origin = origin.no GROUP BY origin.no
HAVING origin.seq != count(event.n) OR (origin.seq > 0 AND (min(event.seq) != 1 OR max(event.seq) != origin.seq))
"""


def excuse_what_is_nowhere(world: World) -> None:
    """After an injected loss: what no desk's database and no hub's chain holds any more, no protocol can bring back."""
    missing = world.promises.keys() - world.excused
    for seat in world.seats:
        if missing:
            missing -= {
                read_event(row[0], None).event_id for row in seat.desk.connection.execute("SELECT header FROM event")
            }
    for hub in world.hubs.values():
        if missing:
            missing -= set(_ids_at(hub, world.seats[0].desk.identity.station))
    world.excused.update(missing)
    if missing:
        world.say("lost with its only copy", len(missing))


def _ids_at(hub: AnyHub, station: str) -> Iterable[str]:
    """The events that a hub's whole chains hold."""
    for origin in hub.heads(station, {}):
        offers = hub.offers(station, origin, 0).batches
        for offer in pull_plan(offers, NOTHING.seq, lambda seq: NOTHING.hash if seq == 0 else None).path:
            try:
                yield from (event.event.event_id for event in unpack(hub.fetch(offer), {}).events)
            except BatchBroken:
                break


def converge(world: World) -> int:
    """I7: rounds of exchanges until nothing moves any more; how many it took. A day passes where something is wrong.

    A desk that was revoked is told so, and what it may not send waits there for good.
    """
    wrong = True
    for number in range(1, ROUNDS + 1):
        world.t += 86400 * wrong
        reports = [(seat, world.exchange(seat, hub, {})) for seat in world.seats for hub in seat.hubs]
        known = ended(world)
        staying = [
            one for seat, one in reports if not known.is_revoked(seat) and not _is_past_mending(seat, one, known)
        ]
        revoke_where_it_parts(world, [one.error for one in staying if one and one.error])
        wrong = any(one is None or one.error or one.behind or one.pending for one in staying)
        moved = any(one is None or one.sent or one.received for _, one in reports)
        if not moved and (not wrong or (_is_only_damaged(staying) and _nobody_has_it(world))):
            return number
    told = [
        (seat.name, one.sent, one.received, one.pending, one.behind, one.error and one.error.code)
        for seat, one in reports
        if one
    ]
    raise Violated(f"I7: not at rest after {ROUNDS} rounds: {told}")


def _is_only_damaged(reports: Iterable[HubReport | None]) -> bool:
    codes = {"" if one is None else one.error.code if one.error else None for one in reports}
    return codes <= {None, "batch_damaged"} and not any(one.pending for one in reports if one)


def _nobody_has_it(world: World) -> bool:
    """Whether what a hub tells of and cannot give is held by no desk: the only copy was spoilt, which stays told.

    Of an epoch that is told to be forked all that any desk holds stands under later ones.
    """
    hubs = {name: hub for seat in world.seats for name, hub in seat.hubs.items()}
    station = world.seats[0].desk.identity.station
    forked = set().union(*(_forked(seat) for seat in world.seats))
    return not any(
        seat.desk.log.last_seq(origin) > reach.head.seq
        for hub in hubs.values()
        for origin, reach in hub.heads(station, {}).items()
        if reach.claimed > reach.head.seq and origin not in forked
        for seat in world.seats
    )


def check(world: World, *, thorough: bool) -> None:
    """All invariants over desks at rest; of a desk that was revoked, that nothing is lost there.

    What rots where a desk that has gone lacks a key can be mended by nothing that it may read.
    """
    known = ended(world)
    for seat in world.seats:
        _contiguous(seat)
        if thorough and not (_is_without_key(seat, known) or verify(seat.desk).holds):
            raise Violated(f"I4: {seat.name} does not verify")
    first, *others = [seat for seat in world.seats if not known.is_revoked(seat)]
    events = _events(first, known)
    _nothing_lost(world, events, known)
    rows = list(first.desk.projection.dump())
    for seat in others:
        _alike(first, seat, events, known)
        if _holds_the_keys(seat, known) and _ids(seat) == _ids(first):
            _same_tables(first, seat, rows, known)
    _twice_is_told(world, first)
    _effects(first, known, world.excused)
    _nothing_after_revocation(first, known)


def _is_past_mending(seat: Seat, report: HubReport | None, known: Ended) -> bool:
    """Whether all that is wrong is an event that rotted where a desk has gone, in a batch that it may not read."""
    code = report.error.code if report and report.error else None
    return code == "history_broken" and _is_without_key(seat, known)


def _is_without_key(seat: Seat, known: Ended) -> bool:
    """Whether the desk was revoked or retired before the station's key was changed: it is never given the new one."""
    has_gone = known.is_revoked(seat) or seat.desk.identity.desk in known.retired
    return has_gone and not _holds_every_key(seat)


def _holds_every_key(seat: Seat) -> bool:
    return set(seat.desk.projection.desks().station_keys) <= set(seat.desk.keys())


def _holds_the_keys(seat: Seat, known: Ended) -> bool:
    """Whether the desk can read everything; one that was retired may have to do without the newest key."""
    held = _holds_every_key(seat)
    if not held and seat.desk.identity.desk not in known.retired:
        raise Violated(f"I3: {seat.name} was not given the station's key")
    return held


def _ids(seat: Seat) -> set[str]:
    """The ids of all events: of what has no effect, after a revocation, each desk may hold another part."""
    rows = seat.desk.connection.execute("SELECT header FROM event").fetchall()
    return {read_event(header, None).event_id for (header,) in rows}


def _alike(first: Seat, seat: Seat, events: set[str], known: Ended) -> None:
    if _events(seat, known) != events:
        raise Violated(f"I1: {first.name} and {seat.name} do not hold the same events")
    forked = _forked(first)
    ours, theirs = (
        {k: v for k, v in one.desk.log.heads().items() if k not in forked and not _is_cut(k, known)}
        for one in (first, seat)
    )
    if ours != theirs:
        raise Violated(f"I1: {first.name} and {seat.name} do not hold the same chains")


def _is_cut(origin: Origin, known: Ended) -> bool:
    """Whether a revocation stands in the origin, or before it: nobody need have what comes after."""
    place = known.revoked.get(origin.desk)
    return place is not None and origin.epoch >= place[0]


def _same_tables(first: Seat, seat: Seat, rows: list[str], known: Ended) -> None:
    if list(seat.desk.projection.dump()) != rows:
        raise Violated(f"I3: {first.name} and {seat.name} hold the same events and other tables")
    if _entity_heads(seat, known) != _entity_heads(first, known):
        raise Violated(f"I3: the next events at {first.name} and {seat.name} would name other parents")


def _forked(seat: Seat) -> set[Origin]:
    """The epochs under whose name two histories were written: each hub keeps one, a later epoch says both again."""
    rows = seat.desk.connection.execute("SELECT header, body FROM event WHERE kind = 'fork_found'").fetchall()
    events = [read_event(header, body) for header, body in rows]
    return {Origin(event.entity.partition(":")[2], int(event.body["epoch"])) for event in events}


def _entity_heads(seat: Seat, known: Ended) -> list[tuple[str, str]]:
    rows = seat.desk.connection.execute("SELECT entity, event_id FROM head ORDER BY entity, event_id").fetchall()
    if not known.revoked:
        return rows
    events = _events(seat, known)
    return [row for row in rows if row[1] in events]


def _contiguous(seat: Seat) -> None:
    broken = seat.desk.connection.execute(_TILED).fetchall()
    if broken:
        raise Violated(f"I4: {seat.name}: {broken}")


def _events(seat: Seat, known: Ended) -> set[str]:
    """The ids of all events but those that a revocation leaves without effect, be it only where they are said again.

    I2: none stands twice but for what a desk that found a fork says again, unaltered.
    """
    rows = seat.desk.connection.execute("SELECT header, kind, digest FROM event").fetchall()
    found: dict[str, tuple[Event, bytes]] = {}
    void: set[str] = set()
    forked = {origin.desk for origin in _forked(seat)} if rows else set()
    for header, _, digest in rows:
        event = read_event(header, None)
        if known.is_void(event):
            void.add(event.event_id)
        before, same = found.setdefault(event.event_id, (event, digest))
        if before is event:
            continue
        again = event.desk == before.desk and event.desk in forked and event.epoch != before.epoch
        if not again or (digest, event.hlc, event.parents) != (same, before.hlc, before.parents):
            raise Violated(f"I2: {event.kind} stands twice at {seat.name}")
    return set(found) - void


def _nothing_lost(world: World, events: set[str], known: Ended) -> None:
    """Each promised event is with all who stay; what its desk wrote after its revocation is somewhere still.

    A revoked desk whose database was copied back may have it no more: nobody brings it back what has no effect.
    """
    kept = events | {
        event.event_id
        for seat in world.seats
        for (header,) in seat.desk.connection.execute("SELECT header FROM event")
        if known.is_void(event := read_event(header, None))
    }
    lost = [one for name, one in world.promises.items() if name not in kept and name not in world.excused]
    if lost:
        raise Violated(f"I1: lost {len(lost)}: {[(one.origin, one.seq) for one in lost[:3]]}")


def _twice_is_told(world: World, seat: Seat) -> None:
    """I5: where a whole folder came back, a number that two dossiers carry now is among the questions of its day."""
    asked = "SELECT receipt_number FROM dossier WHERE receipt_number = ?"
    for number in sorted(world.numbers.twice):
        found = read_number(number)
        if found is None or len(seat.desk.connection.execute(asked, (number,)).fetchall()) < 2:
            continue
        tail = number_tail(found.desk_number, found.serial)
        day = datetime.strptime(found.day, "%y%m%d").replace(tzinfo=LEGAL_TIME).date()
        if ("twice", tail) not in gap_report(seat.desk, day).questions:
            raise Violated(f"I5: nobody is told that {number} stands on two receipts")


def _nothing_after_revocation(seat: Seat, known: Ended) -> None:
    """Row 37: what stands after its desk's revocation is marked, and no officer, law or desk rests on it."""
    for desk, place in known.revoked.items():
        rows = seat.desk.connection.execute(_AFTER, (desk, *place)).fetchall()
        for entity in {entity for (entity,) in rows if ":" not in entity and entity != "calendar"}:
            dossier = seat.desk.projection.dossier(entity)
            events = dossier.events if dossier else ()
            if any(known.is_void(event) and event.event_id not in dossier.marks for event in events):
                raise Violated(f"R37: a revoked desk's event has an effect on {entity}")


def _effects(seat: Seat, ends: Ended, lost: Iterable[str]) -> None:
    """I6: each legal effect holds, is explained by its mark, or waits in a conflict for a person.

    What a revoked desk wrote after its place may stand on what it never sent; so does what it said again there. What
    stands on events that were `lost` with their only copy waits for them for good.
    """
    rows = seat.desk.connection.execute("SELECT DISTINCT entity FROM event WHERE entity NOT LIKE '%:%'").fetchall()
    for (entity,) in rows:
        if entity == "calendar":
            continue
        dossier = seat.desk.projection.dossier(entity)
        headers = seat.desk.connection.execute("SELECT header FROM event WHERE entity = ?", (entity,)).fetchall()
        events = [read_event(header, None) for (header,) in headers]
        folded = dossier.events if dossier else ()
        void = {event.event_id for event in (*events, *folded) if ends.is_void(event)} | _standing_on(lost, events)
        known = sorted({event.event_id for event in events} - void)
        if dossier is None and known:
            raise Violated(f"I6: no dossier {entity}")
        if dossier is None:
            continue
        if known != sorted(event.event_id for event in dossier.events if event.event_id not in void):
            raise Violated(f"I6: events of {entity} stand outside its fold, or twice in it")
        _judge(dossier)


def _standing_on(lost: Iterable[str], events: Iterable[Event]) -> set[str]:
    """The ids of the events that need one of those, be it by others."""
    gone, found = set(lost), set[str]()
    waiting = list(events)
    while now := [one for one in waiting if gone.intersection(one.parents)]:
        found |= {one.event_id for one in now}
        gone |= found
        waiting = [one for one in waiting if one.event_id not in found]
    return found


def _judge(dossier: Dossier) -> None:
    by_id = {event.event_id: event for event in dossier.events}
    waiting = {name for conflict in dossier.conflicts for branch, top in conflict.lines() for name in (branch, *top)}
    if any(len(set(conflict.branches)) < 2 for conflict in dossier.conflicts):
        raise Violated(f"I6: a conflict of one branch in {dossier.id}")
    losers = {
        str(branch)
        for event in dossier.events
        if event.kind == "conflict_resolved"
        for branch in event.body["branches"]
        if branch != event.body["keep"]
    }
    for name, mark in dossier.marks.items():
        event = by_id[name]
        if mark == "conflict" and name not in waiting:
            raise Violated(f"I6: {event.kind} waits for nobody in {dossier.id}")
        if mark == "lost" and not losers:
            raise Violated(f"I6: {event.kind} lost without a decision in {dossier.id}")
        if mark == "coalesced" and not any(_twin(event, other) for other in dossier.events):
            raise Violated(f"I6: {event.kind} coalesced with nothing in {dossier.id}")
        if mark in ("unknown", "malformed", "destroyed"):
            raise Violated(f"I6: {event.kind} is {mark} in {dossier.id}")
    _none_wins_by_a_clock(dossier)


def _twin(event: Event, other: Event) -> bool:
    """Decisions may name other branches that equal each other: only their kind is looked at."""
    if event is other:
        return False
    decisions = event.kind == other.kind == "conflict_resolved"
    return decisions or relation(event, other) is Relation.COALESCE


def _keep_the_same(one: Event, other: Event, by_id: Mapping[str, Event]) -> bool:
    """Whether two decisions keep branches that equal each other: each desk names the one it had first."""
    if not one.kind == other.kind == "conflict_resolved":
        return False
    return relation(*(by_id[decision.body["keep"]] for decision in (one, other))) is Relation.COALESCE


def _none_wins_by_a_clock(dossier: Dossier) -> None:
    """Two effects that hold and did not see each other must agree, or a person had decided between them."""
    seen = _seen_by(dossier.events)
    by_id = {event.event_id: event for event in dossier.events}
    decided = [
        set(event.body["branches"])
        for event in dossier.events
        if event.kind == "conflict_resolved" and event.event_id not in dossier.marks
    ]
    waiting = [set(conflict.branches) for conflict in dossier.conflicts]
    holding = [event for event in dossier.events if is_legal(event) and event.event_id not in dossier.marks]
    for index, event in enumerate(holding):
        for other in holding[:index]:
            if other.event_id in seen[event.event_id] or event.event_id in seen[other.event_id]:
                continue
            pair = {event.event_id, other.event_id}
            if _keep_the_same(event, other, by_id):
                continue
            if relation(other, event) is Relation.CONFLICT and not any(pair <= one for one in (*decided, *waiting)):
                raise Violated(f"I6: {other.kind} and {event.kind} both hold unseen in {dossier.id}")


def _seen_by(events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """What the author of each event had seen, from the parents alone."""
    seen: dict[str, frozenset[str]] = {}
    for event in events:
        before = [seen[parent] | {parent} for parent in event.parents if parent in seen]
        seen[event.event_id] = frozenset().union(*before)
    return seen
