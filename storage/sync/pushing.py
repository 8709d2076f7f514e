"""Leave at a hub what it lacks: own batches, signed and marked as offered first, and others' that came another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.answers import InvalidInput, Refusal
from storage.desk import Desk
from storage.event_log import Origin
from storage.sync.batches import borders, cut_own, fresh, whole
from storage.sync.enrolment import revoked_from
from storage.sync.forking import is_known, leave_rest, part_ways, said_from, say_unplaced
from storage.sync.protocol import NOTHING, Answer, Hub, Reach, Sending, Span
from storage.sync.tally import Tally

_PROBLEMS = {
    Answer.FORK: "hub_fork",
    Answer.REVOKED: "desk_revoked",
    Answer.GAP: "hub_took_not_all",
    Answer.TRIM: "hub_took_not_all",
}
"""What is told where own events stay behind."""


@dataclass(slots=True)
class Push:
    """One push by one desk to one hub: every origin that it holds, its own first."""

    desk: Desk
    hub: Hub
    tally: Tally
    sent: int = 0
    duplicates: int = 0
    problem: Refusal | None = None
    broken: Refusal | None = None
    taken: dict[Origin, int] = field(default_factory=dict)
    """How far the hub said that it has each origin now, be the rest of the exchange cut off."""
    _told: dict[Origin, Reach] = field(default_factory=dict)

    def run(self, reaches: Mapping[Origin, Reach]) -> dict[Origin, Reach]:
        """Send what is lacking; how far each origin reaches at the hub then, as far as it is known."""
        try:
            cut_own(self.desk)
        except InvalidInput as error:
            self._does_not_hold(error)
        self._told = dict(reaches)
        own = self.desk.identity.desk
        self.tally.expect(sum(self._lacking(origin) for origin in self.desk.log.heads()))
        for origin in sorted(self.desk.log.heads(), key=lambda one: (one.desk != own, one.desk, one.epoch)):
            self._origin(origin)
        return self._told

    def _lacking(self, origin: Origin) -> int:
        reach = self._told.get(origin)
        return max(0, self.desk.log.last_seq(origin) - (reach.head.seq if reach else 0))

    def _origin(self, origin: Origin) -> None:
        hash_at = self.desk.log.chain(origin)
        reach = self._told.get(origin)
        own = origin.desk == self.desk.identity.desk
        place = revoked_from(self.desk, origin) if own else None
        sending = Sending(borders(self.desk, origin), hash_at, reach.head if reach else NOTHING, place)
        while sending.done is None:
            span = sending.next()
            if span is not None:
                self._send(origin, sending, span)
            elif sending.asked:
                asked = self.hub.heads(self.desk.identity.station, {}).get(origin)
                sending.stands_at(asked.head if asked else NOTHING)
        self._told[origin] = Reach(sending.hub, max(sending.hub.seq, reach.claimed if reach else 0))
        self._end(origin, sending.done)
        if sending.done in (Answer.TRIM, Answer.GAP) and not own:
            leave_rest(self.desk, self.hub, origin, sending.hub.seq)

    def _send(self, origin: Origin, sending: Sending, span: Span) -> None:
        own = origin.desk == self.desk.identity.desk
        try:
            if span.whole:
                packed = whole(self.desk, origin, span.first)
            elif own:
                packed = fresh(self.desk, origin, span.first, span.last)
            else:
                sending.done = Answer.TRIM
                return
        except InvalidInput as error:
            self._does_not_hold(error)
            sending.done = Answer.GAP
            return
        said = self.hub.push(self.desk.identity.station, *packed)
        events = span.last - span.first + 1
        self.sent += events if said is Answer.OK else 0
        self.duplicates += events if said is Answer.DUPLICATE else 0
        self.tally.add(events)
        if said in (Answer.OK, Answer.DUPLICATE):
            self.taken[origin] = span.last
        sending.told(said, span)

    def _does_not_hold(self, error: InvalidInput) -> None:
        """What does not hold here is neither signed nor passed on; other origins are."""
        if error.code != "history_broken":
            raise error
        self.broken = self.broken or Refusal(error.code, params=error.params)

    def _stands_elsewhere(self, origin: Origin) -> bool:
        """Whether all that the hub does not take of an own epoch is said under a later one."""
        common = said_from(self.desk, origin)
        return common is not None and common <= self._told[origin].head.seq

    def _end(self, origin: Origin, done: Answer) -> None:
        if origin.desk != self.desk.identity.desk or done not in _PROBLEMS:
            return
        known = is_known(self.desk, self.hub, origin) and (done is Answer.FORK or self._stands_elsewhere(origin))
        parted = (done is Answer.FORK and part_ways(self.desk, self.hub, origin)) or say_unplaced(
            self.desk, self.hub, origin
        )
        if parted:  # what was said again goes at the next exchange
            cut_own(self.desk)
        if (parted or not known) and self.problem is None:
            code = _PROBLEMS[done if revoked_from(self.desk, origin) is None else Answer.REVOKED]
            self.problem = Refusal(code, params={"desk": origin.desk, "epoch": str(origin.epoch)})
