"""Take in what others (and an earlier self) left at a hub: verified, whole commands, bounded transactions."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.answers import InvalidInput, Refusal
from core.record import Event
from core.uniting import UNION
from storage.database import streaming, transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent, bodies, epoch_ms
from storage.folder import read_identity, write_meta
from storage.series import FORKED, NUMBER_FIELDS
from storage.sync.batch import BatchBroken, Unpacked, unpack
from storage.sync.batches import fetched, keep, set_aside
from storage.sync.enrolment import revoked_from, sign_key
from storage.sync.forking import (
    EVIDENCE,
    clear,
    is_known,
    keep_beside,
    leave_evidence,
    other_line,
    part_ways,
    said_from,
)
from storage.sync.protocol import Hub, Offer, Offers, Reach, Taking
from storage.sync.tally import Tally
from storage.sync.uniting import is_signed_by_both, stays_apart

CHUNK = 1000
"""Events a transaction: an officer's command waits for less than a tenth of a second."""
_BREATH = 0.05
_EVIDENCE = re.compile(EVIDENCE + r"([0-9a-f-]{36})-(\d+)-(\d+)-(\d+)")
_OF_TWO = ("station_founded_twice", "unite_signature_wrong", "unite_outdated")
_LOOKED_AT = frozenset({"station_founded", "desk_enrolled", UNION})


@dataclass(slots=True)
class Pull:
    """One pull by one desk from one hub. `problem` is the first thing that an admin should look at."""

    desk: Desk
    hub: Hub
    tally: Tally
    received: int = 0
    duplicates: int = 0
    behind: int = 0
    problem: Refusal | None = None
    _reaches: Mapping[Origin, Reach] = field(default_factory=dict)
    _takings: dict[Origin, Taking] = field(default_factory=dict)
    _unknown: set[Origin] = field(default_factory=set)
    _apart: dict[Origin, str] = field(default_factory=dict)

    def run(self, reaches: Mapping[Origin, Reach]) -> None:
        """Rounds over the origins that have more until none brings anything: one's key may lie in another's batch.

        Raises InvalidInput `station_founded_twice` at a hub of another founding, where this desk never was (or
        `unite_signature_wrong`, where the union that lies there is not what both admins signed).
        """
        self._reaches = reaches
        self._stay_apart(reaches)
        self.tally.expect(sum(max(0, reaches[origin].claimed - self._have(origin)) for origin in self._wanted(reaches)))
        with streaming(self.desk.connection):
            while sum([self._origin(origin) for origin in self._wanted(reaches)]):
                pass
        for origin in self._wanted(reaches):
            self._leftover(origin)

    def take_rests(self, evidence: Iterable[str]) -> None:
        """Take what goes on where a hub's line ends amid a signed batch or is spoilt, and that lies beside the line.

        `evidence`: the names of what lies there. All that can be read of the hub's line must be held here. Of a revoked
        desk also another line than the one here is taken, for what others' events stand on.
        """
        left: dict[Origin, list[tuple[int, int, str]]] = {}
        for name in evidence:
            if found := _EVIDENCE.fullmatch(name):
                left.setdefault(Origin(found[1], int(found[2])), []).append((int(found[3]), int(found[4]), name))
        for origin, batches in left.items():
            reach = self._reaches.get(origin)
            known = None if reach is None else self.desk.log.hash_at(origin, reach.head.seq)
            forked = reach is None or known not in (None, reach.head.hash)
            if not forked and origin.desk != self.desk.identity.desk:
                while any(self._take_rest(origin, *one) for one in sorted(batches, reverse=True)):
                    pass
            place = revoked_from(self.desk, origin)
            if place is not None and origin.desk != self.desk.identity.desk:
                for first, last, name in batches:
                    self._take_beside(origin, max(place, first), last, name)

    def _take_beside(self, origin: Origin, first: int, last: int, name: str) -> None:
        """Of a batch that lies there what is from `first` on and another history than the one here."""
        data = self.hub.get_blob(self.desk.identity.station, name) if first <= last else None
        with contextlib.suppress(BatchBroken):
            batch = unpack(data or b"", self.desk.keys())
            if self._problem(origin, batch, ()) is None:
                line = enumerate(batch.events, batch.head.first_seq)
                keep_beside(
                    self.desk,
                    [one for seq, one in line if seq >= first and self.desk.log.hash_at(origin, seq) != one.hash],
                )

    def _take_rest(self, origin: Origin, first: int, last: int, name: str) -> bool:
        have = self._have(origin)
        if not first - 1 <= have < last:
            return False
        station = self.desk.identity.station
        try:
            batch = unpack(self.hub.get_blob(station, name) or b"", self.desk.keys())
        except BatchBroken:
            clear(self.hub, station, name)  # who holds it leaves it again
            return False
        head = batch.head
        if (head.first_seq, head.last) != (first, last) or self._problem(origin, batch, ()) is not None:
            return False
        before = head.prev if have == first - 1 else batch.events[have - first].hash
        return before == self.desk.log.hash_at(origin, have) and self._receive_all(origin, [(Offer(name, head), batch)])

    def _wanted(self, reaches: Mapping[Origin, Reach]) -> list[Origin]:
        """Own ones first: what this desk lost must be back before anyone's answers to it."""
        own = self.desk.identity.desk
        found = [origin for origin, reach in reaches.items() if self._differs(origin, reach)]
        return sorted(found, key=lambda origin: (origin.desk != own, origin.epoch, origin.desk))

    def _differs(self, origin: Origin, reach: Reach) -> bool:
        return reach.claimed > self._have(origin) or self.desk.log.hash_at(origin, reach.head.seq) != reach.head.hash

    def _stay_apart(self, reaches: Mapping[Origin, Reach]) -> None:
        known = self.desk.log.heads()
        if not known or any(origin.desk == self.desk.identity.desk for origin in reaches):
            return
        for origin in reaches:
            problem = None if origin in known else self._brings_a_founding(origin)
            if problem is not None:
                raise InvalidInput(problem, desk=origin.desk, epoch=origin.epoch)

    def _brings_a_founding(self, origin: Origin) -> str | None:
        """Why an origin that is not known here and begins with a founding that is not this station's stays apart."""
        for offer in self._offers(origin).batches[:1]:
            with contextlib.suppress(BatchBroken):
                return self._second_founding(_looked_at(unpack(self.hub.fetch(offer), {}).events))
        return None

    def _origin(self, origin: Origin) -> int:
        """Take what an origin has beyond what is here; how many events came."""
        before = self.received
        taking, offers = self._takings.setdefault(origin, Taking()), self._offers(origin)
        while path := taking.path(offers, self._have(origin), self.desk.log.chain(origin)):
            stopped = self._along(origin, path)
            if stopped is not None and stopped.place not in taking.aside:
                break
        if taking.forked:
            own = origin.desk == self.desk.identity.desk
            if not is_known(self.desk, self.hub, origin):
                self._tell_fork(origin)
            if own and part_ways(self.desk, self.hub, origin):
                self._takings.pop(origin)
                return 1 + self.received - before
            if not own:
                leave_evidence(self.desk, self.hub, origin)
        return self.received - before

    def _tell_fork(self, origin: Origin) -> None:
        """Of a desk that was revoked also where it parts: the admin may revoke it from there."""
        place = self.desk.projection.desks().revoked.get(origin.desk)
        other = other_line(self.desk, self.hub, origin)
        if place is not None and origin.desk == self.desk.identity.desk:
            self._note("desk_revoked", origin)
        elif place is None or other is None:
            self._note("hub_fork", origin)
        elif (origin.epoch, other[0]) < place:
            self._note("hub_chain_differs", origin, first=str(other[0]), last=str(self._have(origin)))
        else:
            keep_beside(self.desk, other[1])

    def _offers(self, origin: Origin) -> Offers:
        """What lies there beyond what is here; of a history that is another one there also where it ends.

        All of it, where that is not what the hub claims: a batch may reach over others that lie apart behind its start.
        """
        after, reach = self._have(origin), self._reaches.get(origin)
        if reach is not None and reach.head.seq <= after and self._differs(origin, reach):
            after = max(0, reach.head.seq - 1)
        found = self.hub.offers(self.desk.identity.station, origin, after)
        told = max([*found.damaged, *(offer.head.last for offer in found.batches)], default=0)
        if after and reach is not None and told < reach.claimed:
            found = self.hub.offers(self.desk.identity.station, origin, 0)
        return found

    def _have(self, origin: Origin) -> int:
        return self.desk.log.last_seq(origin)

    def _leftover(self, origin: Origin) -> None:
        offers, have = self._offers(origin), self._have(origin)
        place = revoked_from(self.desk, origin)
        if place is not None and have + 1 >= place:  # nobody waits for what has no effect
            return
        if any(first > have for first in offers.damaged) and said_from(self.desk, origin) is None:
            self._note("batch_damaged", origin)
        if origin in self._unknown:
            self._note("desk_not_enrolled", origin)
        if origin in self._apart:
            self._note(self._apart[origin], origin)
            return
        aside = self._takings[origin].aside if origin in self._takings else ()
        if is_known(self.desk, self.hub, origin):
            return
        claimed = [offer.head.last for offer in offers.batches if offer.place not in aside]
        self.behind += max([have, *offers.damaged, *claimed]) - have

    def _along(self, origin: Origin, path: Sequence[Offer]) -> Offer | None:
        """Take the batches of a path, small ones in one transaction; the one at which it stopped, None at its end.

        One that does not hold is set aside, one whose key is not here yet waits.
        """
        gathered: list[tuple[Offer, Unpacked]] = []
        arriving: list[Event] = []
        for offer in path:
            try:
                batch = self._checked(origin, offer, arriving)
            except InvalidInput:  # the line broke: what has come stays
                if gathered:
                    self._receive_all(origin, gathered)
                raise
            if gathered and (batch is None or sum(one.head.n for _, one in gathered) + batch.head.n > CHUNK):
                if not self._receive_all(origin, gathered):
                    return gathered[0][0]
                gathered, arriving = [], []
            if batch is None:
                return offer
            gathered.append((offer, batch))
            arriving += _looked_at(batch.events)
        return None if not gathered or self._receive_all(origin, gathered) else gathered[0][0]

    def _checked(self, origin: Origin, offer: Offer, arriving: Sequence[Event]) -> Unpacked | None:
        """A batch that may be taken, after those whose `arriving` events are not in the log yet."""
        problem: str | None = "batch_damaged"
        with contextlib.suppress(BatchBroken):
            batch = fetched(self.desk, self.hub, offer)
            problem = self._problem(origin, batch, arriving)
            if problem is None:
                return batch
        if problem == "desk_not_enrolled":
            self._unknown.add(origin)
        elif problem in _OF_TWO:  # the union that joins the two may be in what is still to come
            self._apart[origin] = str(problem)
        else:
            self._takings[origin].refused(offer)
            if problem != "batch_damaged" or said_from(self.desk, origin) is None:
                self._note(str(problem), origin)
        return None

    def _problem(self, origin: Origin, batch: Unpacked, arriving: Sequence[Event]) -> str | None:
        identity, head = self.desk.identity, batch.head
        if head.station != identity.station or head.origin != origin:
            return "station_wrong"
        events = _looked_at(batch.events)
        key = sign_key(self.desk, origin.desk, [*arriving, *events])
        if key is None:
            return "desk_not_enrolled"
        if not head.signed_by(key):
            return "signature_wrong"
        if any(event.kind == "station_founded" and event.destroyed for event in events):
            return "batch_damaged"  # it stands in the clear, or a desk without the key would not know it
        if any(bool(event.body.get("test")) != identity.test for event in _foundings(events)):
            return "station_test"
        return self._second_founding(events)

    def _second_founding(self, events: Sequence[Event]) -> str | None:
        problems = (stays_apart(self.desk, self.hub, event) for event in _foundings(events))
        return next((problem for problem in problems if problem is not None), None)

    def _receive_all(self, origin: Origin, gathered: Sequence[tuple[Offer, Unpacked]]) -> bool:
        """Take one batch, or small ones in a row; False, the first set aside, where they don't follow what is here."""
        batches = [batch for _, batch in gathered]
        events = [event for batch in batches for event in batch.events]
        here = max(0, self._have(origin) - batches[0].head.first_seq + 1)
        self.duplicates += here
        left = list(chunks(events[here:]))
        try:
            for chunk in left:
                begun = time.monotonic()
                self._receive(origin, chunk, batches if chunk is left[-1] else ())
                self.received += len(chunk)
                self.tally.add(len(chunk))
                if chunk is not left[-1]:  # an officer's waiting command takes its turn
                    time.sleep((time.monotonic() - begun) * _BREATH)
        except InvalidInput as error:
            if not error.code.startswith("chain_"):
                raise
            self._takings[origin].forked = True
            self._takings[origin].refused(gathered[0][0])
            return False
        self._unknown.discard(origin)
        self._apart.pop(origin, None)
        if any(one.kind == UNION and not is_signed_by_both(one) for one in _looked_at(events)):
            self._note("unite_signature_wrong", origin)
        return True

    def _receive(self, origin: Origin, chunk: Sequence[StoredEvent], ended: Sequence[Unpacked]) -> None:
        """Events, tables and vector move together; what ends with them is remembered as batches."""
        desk = self.desk
        with transaction(desk.connection):
            taken = bodies(desk.log.receive(origin, chunk, epoch_ms(desk.now()), proven=True))
            desk.projection.apply(taken)
            own = origin.desk == desk.identity.desk
            if own:
                if self._is_of_another_hand(origin, taken):
                    self._note("desk_runs_twice", origin)
                self._regain(origin, taken)
            for batch in ended:
                keep(desk, batch.head)
                if batch.sealed:
                    set_aside(desk, batch.head, batch.sealed)
        if own:
            desk.identity = read_identity(desk.connection)

    def _is_of_another_hand(self, origin: Origin, taken: Sequence[Event]) -> bool:
        """Whether own events were written under another epoch after this one began: by a copy that goes on working."""
        present = Origin(origin.desk, read_identity(self.desk.connection).epoch)
        begun = self.desk.log.stored(present, 0, 1)
        return (
            bool(begun) and present != origin and any(event.hlc >> 16 > begun[0].outline.hlc >> 16 for event in taken)
        )

    def _regain(self, origin: Origin, taken: Sequence[Event]) -> None:
        """Own events came back: this database had moved backwards. Number on above them, under a new epoch."""
        self.desk.count_numbers(taken)
        if any(event.destroyed and event.kind in NUMBER_FIELDS for event in taken):  # which ones can't be read
            self.desk.series.want(FORKED)
        if origin.epoch >= self.desk.identity.epoch:
            write_meta(self.desk.connection, {"epoch": origin.epoch + 1})

    def _note(self, code: str, origin: Origin, **more: str) -> None:
        if self.problem is None:
            self.problem = Refusal(code, params={"desk": origin.desk, "epoch": str(origin.epoch), **more})


def _looked_at(events: Sequence[StoredEvent]) -> list[Event]:
    """The events by which a batch is judged before anything of it is taken."""
    return [one.event for one in events if one.outline.kind in _LOOKED_AT]


def _foundings(events: Sequence[Event]) -> Iterator[Event]:
    return (event for event in events if event.kind == "station_founded" and not event.destroyed)


def chunks(events: Sequence[StoredEvent]) -> Iterator[Sequence[StoredEvent]]:
    """Parts that end with a command, each as soon as it has CHUNK events."""
    begin = 0
    for end, event in enumerate(events, start=1):
        position, size = event.outline.group
        if end - begin >= CHUNK and position == size - 1:
            yield events[begin:end]
            begin = end
    if begin < len(events):
        yield events[begin:]
