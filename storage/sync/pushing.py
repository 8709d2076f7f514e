"""Leave this desk's own events at a hub: marked as offered first, then written, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.answers import Refusal
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent
from storage.folder import read_identity, write_meta
from storage.sync.batch import MAX_EVENTS, cut, group_place, pack, read_head
from storage.sync.protocol import Answer, Hub, answer, contiguous, missing_span

_HEAD = "SELECT seq, offered FROM hub_head WHERE url = ? AND desk = ? AND epoch = ?"
_MARK = """
INSERT INTO hub_head (url, desk, epoch, seq, offered) VALUES (:url, :desk, :epoch, :seq, :offered)
ON CONFLICT (url, desk, epoch) DO UPDATE SET seq = excluded.seq, offered = max(offered, excluded.offered)
"""


@dataclass(slots=True)
class Push:
    """One push by one desk to one hub: all its epochs, whatever part of them the hub lacks."""

    desk: Desk
    hub: Hub
    sent: int = 0
    duplicates: int = 0
    problem: Refusal | None = None

    def run(self) -> None:
        for origin in self._own():
            self._origin(origin)

    def left(self) -> int:
        """How many own events the hub is not known to hold."""
        return sum(seq - self._marks(origin)[0] for origin, seq in self._own().items())

    def _own(self) -> dict[Origin, int]:
        heads = self.desk.log.heads()
        return {origin: head.seq for origin, head in heads.items() if origin.desk == self.desk.identity.desk}

    def _origin(self, origin: Origin) -> None:
        """The hub's files are asked each time, not our memory: it may have been restored from a backup."""
        head = self._own()[origin]
        offers = self.hub.offers(self.desk.identity.station, origin, 0)
        firsts = [*offers.damaged, *(offer.head.first_seq for offer in offers.batches)]
        covered: list[tuple[int, int]] = []
        for offer in offers.batches:
            said = answer(offer.head, head, lambda seq: self.desk.log.hash_at(origin, seq))
            if said is Answer.DUPLICATE:
                covered.append((offer.head.first_seq, offer.head.last))
            elif said is Answer.FORK:
                self._forked(origin)
        said = Answer.OK
        while said is not Answer.FORK and (span := missing_span(firsts, covered, head, self._marks(origin)[1])):
            said, sent = self._send(origin, *span, contiguous(covered))
            covered.append(sent)
            firsts.append(sent[0])
        self._mark(origin, contiguous(covered), 0)

    def _send(self, origin: Origin, first: int, last: int, held: int) -> tuple[Answer, tuple[int, int]]:
        """Write the first batch of a span; the answer, and what it holds."""
        events = self._batch(origin, first, last)
        sent = first, first + len(events) - 1
        self._mark(origin, held, sent[1])
        said = self._put(origin, first, events)
        if said is Answer.FORK:
            self._forked(origin)
            return said, (0, 0)
        self.sent += len(events) if said is Answer.OK else 0
        self.duplicates += len(events) if said is Answer.DUPLICATE else 0
        return said, sent

    def _batch(self, origin: Origin, first: int, last: int) -> Sequence[StoredEvent]:
        events = self.desk.log.stored(origin, first - 1, min(MAX_EVENTS, last - first + 1))
        size = group_place(events[0])[1]
        if size > len(events):
            events = self.desk.log.stored(origin, first - 1, size)
        return events[: cut(events) or len(events)]

    def _put(self, origin: Origin, first: int, events: Sequence[StoredEvent]) -> Answer:
        identity = self.desk.identity
        before = self.desk.log.hash_at(origin, first - 1) or b""
        data = pack(identity.station, origin, first, before, events, identity.sign_private)
        return self.hub.put(identity.station, read_head(data), data)

    def _forked(self, origin: Origin) -> None:
        """Another database wrote under this name: what comes next gets an epoch of its own."""
        params = {"desk": origin.desk, "epoch": str(origin.epoch)}
        self.problem = self.problem or Refusal("hub_fork", params=params)
        desk = self.desk
        if origin == desk.identity.origin:
            with transaction(desk.connection):
                write_meta(desk.connection, {"epoch": origin.epoch + 1})
            desk.identity = read_identity(desk.connection)

    def _marks(self, origin: Origin) -> tuple[int, int]:
        row = self.desk.connection.execute(_HEAD, (self.hub.url, origin.desk, origin.epoch)).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def _mark(self, origin: Origin, held: int, offered: int) -> None:
        """Remember, in a transaction of its own, what the hub holds and what it may have seen."""
        values = {"url": self.hub.url, "desk": origin.desk, "epoch": origin.epoch, "seq": held, "offered": offered}
        with transaction(self.desk.connection):
            self.desk.connection.execute(_MARK, values)
