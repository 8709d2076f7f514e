"""What must be true: along the way, and once the faults have stopped and everyone has exchanged (I1–I8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.dossier import Dossier
from core.merge import Relation, is_legal, relation
from core.record import Event, read_event
from storage.event_log import Origin
from storage.sync.batch import BatchBroken, unpack
from storage.sync.protocol import NOTHING, pull_plan
from storage.verification import verify
from tests.faults.world import AnyHub, Seat, Violated, World

ROUNDS = 8
"""So many exchanges of everyone with every hub must be enough once the faults have stopped; mostly it takes three."""
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
    """I7: rounds of exchanges until nothing moves any more; how many it took. A day passes where something is wrong."""
    wrong = True
    for number in range(1, ROUNDS + 1):
        world.t += 86400 * wrong
        reports = [world.exchange(seat, hub, {}) for seat in world.seats for hub in seat.hubs]
        wrong = any(one is None or one.error for one in reports)
        if not wrong and not any(one.sent or one.received or one.pending or one.behind for one in reports if one):
            return number
    told = [(one.sent, one.received, one.pending, one.behind, one.error and one.error.code) for one in reports if one]
    raise Violated(f"I7: not at rest after {ROUNDS} rounds: {told}")


def check(world: World, *, thorough: bool) -> None:
    """All invariants over desks at rest."""
    first, *others = world.seats
    for seat in world.seats:
        _contiguous(seat)
        if thorough and not verify(seat.desk).holds:
            raise Violated(f"I4: {seat.name} does not verify")
    events = _events(first)
    _nothing_lost(world, events)
    rows = list(first.desk.projection.dump())
    for seat in others:
        _alike(first, seat, events, rows)
    if not world.fired["desk_restored"] + world.fired["desk_cloned"]:
        _numbers_are_unique(first)
    _effects(first)


def _alike(first: Seat, seat: Seat, events: dict[str, str], rows: list[str]) -> None:
    if _events(seat).keys() != events.keys():
        raise Violated(f"I1: {first.name} and {seat.name} do not hold the same events")
    forked = _forked(first)
    ours, theirs = ({k: v for k, v in one.desk.log.heads().items() if k not in forked} for one in (first, seat))
    if ours != theirs:
        raise Violated(f"I1: {first.name} and {seat.name} do not hold the same chains")
    if list(seat.desk.projection.dump()) != rows:
        raise Violated(f"I3: {first.name} and {seat.name} hold the same events and other tables")
    if _entity_heads(seat) != _entity_heads(first):
        raise Violated(f"I3: the next events at {first.name} and {seat.name} would name other parents")


def _forked(seat: Seat) -> set[Origin]:
    """The epochs under whose name two histories were written: each hub keeps one, a later epoch says both again."""
    rows = seat.desk.connection.execute("SELECT header, body FROM event WHERE kind = 'fork_found'").fetchall()
    events = [read_event(header, body) for header, body in rows]
    return {Origin(event.entity.partition(":")[2], int(event.body["epoch"])) for event in events}


def _entity_heads(seat: Seat) -> list[tuple[str, str]]:
    return seat.desk.connection.execute("SELECT entity, event_id FROM head ORDER BY entity, event_id").fetchall()


def _contiguous(seat: Seat) -> None:
    broken = seat.desk.connection.execute(_TILED).fetchall()
    if broken:
        raise Violated(f"I4: {seat.name}: {broken}")


def _events(seat: Seat) -> dict[str, str]:
    """Every event's id and kind; I2: none stands twice but for what a desk that found a fork says again, unaltered."""
    rows = seat.desk.connection.execute("SELECT header, kind, digest FROM event").fetchall()
    found: dict[str, tuple[Event, bytes]] = {}
    forked = {origin.desk for origin in _forked(seat)} if rows else set()
    for header, _, digest in rows:
        event = read_event(header, None)
        known, same = found.setdefault(event.event_id, (event, digest))
        if known is event:
            continue
        again = event.desk == known.desk and event.desk in forked and event.epoch != known.epoch
        if not again or (digest, event.hlc, event.parents) != (same, known.hlc, known.parents):
            raise Violated(f"I2: {event.kind} stands twice at {seat.name}")
    return {name: event.kind for name, (event, _) in found.items()}


def _nothing_lost(world: World, events: dict[str, str]) -> None:
    lost = [one for name, one in world.promises.items() if name not in events and name not in world.excused]
    if lost:
        raise Violated(f"I1: lost {len(lost)}: {[(one.origin, one.seq) for one in lost[:3]]}")


def _numbers_are_unique(seat: Seat) -> None:
    """I5: no two receipts carry one number, be it given at once or later."""
    asked = "SELECT header, body FROM event WHERE kind IN ('received', 'receipt_number_given')"
    events = {event.event_id: event for event in (read_event(*row) for row in seat.desk.connection.execute(asked))}
    given = [event.body.get("receipt_number") or event.body.get("number") for event in events.values()]
    twice = sorted(number for number, times in Counter(given).items() if number and times > 1)
    if twice:
        raise Violated(f"I5: stand on two receipts: {twice}")


def _effects(seat: Seat) -> None:
    """I6: each legal effect holds, is explained by its mark, or waits in a conflict for a person."""
    rows = seat.desk.connection.execute("SELECT DISTINCT entity FROM event WHERE entity NOT LIKE '%:%'").fetchall()
    for (entity,) in rows:
        if entity == "calendar":
            continue
        dossier = seat.desk.projection.dossier(entity)
        if dossier is None:
            raise Violated(f"I6: no dossier {entity}")
        headers = seat.desk.connection.execute("SELECT header FROM event WHERE entity = ?", (entity,)).fetchall()
        known = sorted({read_event(header, None).event_id for (header,) in headers})
        if known != sorted(event.event_id for event in dossier.events):
            raise Violated(f"I6: events of {entity} stand outside its fold, or twice in it")
        _judge(dossier)


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


def _none_wins_by_a_clock(dossier: Dossier) -> None:
    """Two effects that hold and did not see each other must agree, or a person had decided between them."""
    seen = _seen_by(dossier.events)
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
            if relation(other, event) is Relation.CONFLICT and not any(pair <= one for one in (*decided, *waiting)):
                raise Violated(f"I6: {other.kind} and {event.kind} both hold unseen in {dossier.id}")


def _seen_by(events: Iterable[Event]) -> dict[str, frozenset[str]]:
    """What the author of each event had seen, from the parents alone."""
    seen: dict[str, frozenset[str]] = {}
    for event in events:
        before = [seen[parent] | {parent} for parent in event.parents if parent in seen]
        seen[event.event_id] = frozenset().union(*before)
    return seen
