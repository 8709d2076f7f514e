"""Take in what others (and an earlier self) left at a hub: verified, whole commands, bounded transactions."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.answers import InvalidInput, Refusal
from core.record import Event
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Head, Origin, StoredEvent, epoch_ms
from storage.folder import read_identity, write_meta
from storage.series import FORKED
from storage.sync.batch import BatchBroken, Unpacked, unpack
from storage.sync.batches import keep, set_aside
from storage.sync.enrolment import revoked_from, sign_key
from storage.sync.forking import is_known, leave_evidence, part_ways, parts_in_vain
from storage.sync.protocol import Hub, Offer, Offers, Reach, Taking
from storage.sync.tally import Tally

CHUNK = 1000
"""Events a transaction: an officer's command waits for less than a tenth of a second."""
_BREATH = 0.05
_LOOKED_AT = frozenset({"station_founded", "desk_enrolled"})


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
    _takings: dict[Origin, Taking] = field(default_factory=dict)
    _unknown: set[Origin] = field(default_factory=set)

    def run(self, reaches: Mapping[Origin, Reach]) -> None:
        """Rounds over the origins that have more until none brings anything: one's key may lie in another's batch.

        Raises InvalidInput `station_founded_twice` at a hub of another founding, where this desk never was.
        """
        self._stay_apart(reaches)
        self.tally.expect(sum(max(0, reaches[origin].claimed - self._have(origin)) for origin in self._wanted(reaches)))
        while sum([self._origin(origin) for origin in self._wanted(reaches)]):
            pass
        for origin in self._wanted(reaches):
            self._leftover(origin)

    def _wanted(self, reaches: Mapping[Origin, Reach]) -> list[Origin]:
        """Own ones first: what this desk lost must be back before anyone's answers to it."""
        own = self.desk.identity.desk
        heads = self.desk.log.heads()
        found = [origin for origin, reach in reaches.items() if self._differs(origin, reach, heads.get(origin))]
        return sorted(found, key=lambda origin: (origin.desk != own, origin.epoch, origin.desk))

    def _differs(self, origin: Origin, reach: Reach, held: Head | None) -> bool:
        if held is None or reach.claimed > held.seq:
            return True
        return self.desk.log.hash_at(origin, reach.head.seq) != reach.head.hash

    def _stay_apart(self, reaches: Mapping[Origin, Reach]) -> None:
        known = self.desk.log.heads()
        if not known or any(origin.desk == self.desk.identity.desk for origin in reaches):
            return
        for origin in reaches:
            if origin not in known and self._brings_a_founding(origin):
                raise InvalidInput("station_founded_twice", desk=origin.desk, epoch=origin.epoch)

    def _brings_a_founding(self, origin: Origin) -> bool:
        """Whether an origin that is not known here begins with a founding that is not this station's."""
        for offer in self._offers(origin).batches[:1]:
            with contextlib.suppress(BatchBroken):
                events = unpack(self.hub.fetch(offer), {}).events
                return any(self._is_second_founding(event) for event in _looked_at(events))
        return False

    def _origin(self, origin: Origin) -> int:
        """Take what an origin has beyond what is here; how many events came."""
        before = self.received
        taking, offers = self._takings.setdefault(origin, Taking()), self._offers(origin)
        while path := taking.path(offers, self._have(origin), self.desk.log.chain(origin)):
            stopped = next((offer for offer in path if not self._take(origin, offer)), None)
            if stopped is not None and stopped.place not in taking.aside:
                break
        if taking.forked:
            own, known = origin.desk == self.desk.identity.desk, is_known(self.desk, origin)
            if not known and not parts_in_vain(self.desk, self.hub, origin):
                self._note("hub_fork", origin)
            if own and part_ways(self.desk, self.hub, origin):
                self._takings.pop(origin)
                return 1 + self.received - before
            if not own:
                leave_evidence(self.desk, self.hub, origin)
        return self.received - before

    def _offers(self, origin: Origin) -> Offers:
        return self.hub.offers(self.desk.identity.station, origin, self._have(origin))

    def _have(self, origin: Origin) -> int:
        return self.desk.log.last_seq(origin)

    def _leftover(self, origin: Origin) -> None:
        offers, have = self._offers(origin), self._have(origin)
        place = revoked_from(self.desk, origin)
        if place is not None and have + 1 >= place:  # nobody waits for what has no effect
            return
        if any(first > have for first in offers.damaged):
            self._note("batch_damaged", origin)
        if origin in self._unknown:
            self._note("desk_not_enrolled", origin)
        aside = self._takings[origin].aside if origin in self._takings else ()
        if is_known(self.desk, origin):
            return
        claimed = [offer.head.last for offer in offers.batches if offer.place not in aside]
        self.behind += max([have, *offers.damaged, *claimed]) - have

    def _take(self, origin: Origin, offer: Offer) -> bool:
        """Take one batch; one that does not hold is set aside, one whose key is not here yet waits."""
        try:
            batch = unpack(self.hub.fetch(offer), self.desk.keys())
            problem = self._problem(origin, batch)
            if problem == "desk_not_enrolled":
                self._unknown.add(origin)
                return False
            if problem is None:
                self._unknown.discard(origin)
                self._receive_all(origin, batch)
        except BatchBroken:
            problem = "batch_damaged"
        except InvalidInput as error:
            if not error.code.startswith("chain_"):
                raise
            self._takings[origin].forked = True
            self._takings[origin].refused(offer)
            return False
        if problem is not None:
            self._takings[origin].refused(offer)
            self._note(problem, origin)
        return problem is None

    def _problem(self, origin: Origin, batch: Unpacked) -> str | None:
        identity, head = self.desk.identity, batch.head
        if head.station != identity.station or head.origin != origin:
            return "station_wrong"
        events = _looked_at(batch.events)
        key = sign_key(self.desk, origin.desk, events)
        if key is None:
            return "desk_not_enrolled"
        if not head.signed_by(key):
            return "signature_wrong"
        for event in events:
            if event.kind == "station_founded" and not event.destroyed:
                if bool(event.body.get("test")) != identity.test:
                    return "station_test"
                if self._is_second_founding(event):
                    return "station_founded_twice"
        return None

    def _is_second_founding(self, event: Event) -> bool:
        known = self.desk.log.understood(f"unit:{self.desk.identity.unit}")
        return event.kind == "station_founded" and any(
            one.kind == "station_founded" and one.event_id != event.event_id for one in known
        )

    def _receive_all(self, origin: Origin, batch: Unpacked) -> None:
        here = max(0, self._have(origin) - batch.head.first_seq + 1)
        self.duplicates += here
        left = list(chunks(batch.events[here:]))
        for chunk in left:
            begun = time.monotonic()
            self._receive(origin, chunk, batch if chunk is left[-1] else None)
            self.received += len(chunk)
            self.tally.add(len(chunk))
            if chunk is not left[-1]:  # an officer's waiting command takes its turn
                time.sleep((time.monotonic() - begun) * _BREATH)

    def _receive(self, origin: Origin, chunk: Sequence[StoredEvent], ended: Unpacked | None) -> None:
        """Events, tables and vector move together; the batch itself is remembered with its last events."""
        desk = self.desk
        with transaction(desk.connection):
            taken = desk.log.receive(origin, chunk, epoch_ms(desk.now()), proven=True)
            desk.projection.apply(taken)
            own = origin.desk == desk.identity.desk
            if own:
                self._regain(origin, taken)
            if ended is not None:
                keep(desk, ended.head)
                if ended.sealed:
                    set_aside(desk, ended.head, ended.sealed)
                    if own:  # which numbers they gave can't be read
                        desk.series.want(FORKED)
        if own:
            desk.identity = read_identity(desk.connection)

    def _regain(self, origin: Origin, taken: Sequence[Event]) -> None:
        """Own events came back: this database had moved backwards. Number on above them, under a new epoch."""
        self.desk.count_numbers(taken)
        if origin.epoch >= self.desk.identity.epoch:
            write_meta(self.desk.connection, {"epoch": origin.epoch + 1})

    def _note(self, code: str, origin: Origin) -> None:
        if self.problem is None:
            self.problem = Refusal(code, params={"desk": origin.desk, "epoch": str(origin.epoch)})


def _looked_at(events: Sequence[StoredEvent]) -> list[Event]:
    """The events by which a batch is judged before anything of it is taken."""
    return [one.event for one in events if one.event.kind in _LOOKED_AT]


def chunks(events: Sequence[StoredEvent]) -> Iterator[Sequence[StoredEvent]]:
    """Parts that end with a command, each as soon as it has CHUNK events."""
    begin = 0
    for end, event in enumerate(events, start=1):
        position, size = event.event.group
        if end - begin >= CHUNK and position == size - 1:
            yield events[begin:end]
            begin = end
    if begin < len(events):
        yield events[begin:]
