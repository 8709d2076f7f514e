"""What a hub is, what it answers, and what a desk does next: pure state over heads; nothing here reads or writes.

An origin's chain is a line of batches. Whoever holds its events up to `seq` knows the hash at every place up to
there (`hash_at`), and that is all it takes to place another's batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.record import NO_HASH
from storage.event_log import Head, Origin
from storage.sync.batch import BatchHead

HashAt = Callable[[int], bytes | None]
"""The chain hash of one origin after `seq` events, where it is known."""
NOTHING = Head(0, NO_HASH)
DURABLE_AFTER_S = 24 * 3600
"""A hub that says nothing else is taken to be backed up once a day."""
_MOST_DURABLE_S = 366 * 24 * 3600
PASSWORD = "password"
"""The place in a hub's `memory` of what opens it."""


class Answer(StrEnum):
    """What a holder of an origin's chain says to a batch of it."""

    OK = "ok"  # follows at once
    DUPLICATE = "duplicate"  # all of it is held already
    TRIM = "trim"  # its beginning is held already
    GAP = "gap"  # something before it is missing
    FORK = "fork"  # another history under the same names
    REVOKED = "revoked"  # its desk was revoked from there on


@dataclass(frozen=True, slots=True)
class Offer:
    """A batch that lies at a hub; `place` is the hub's own name for it."""

    place: str
    head: BatchHead


@dataclass(frozen=True, slots=True)
class Offers:
    """Batches of one origin, and the first seqs of files that are damaged."""

    batches: tuple[Offer, ...] = ()
    damaged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PullPlan:
    """`path`: the batches to take, in order; `top`: the last seq that any offer claims."""

    path: tuple[Offer, ...]
    forked: bool
    top: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an origin's whole chain reaches at a hub; `claimed`: the last seq that anything there is named for."""

    head: Head
    claimed: int


class Hub(Protocol):
    """A passive place where batches lie, and named blobs. Every call may raise InvalidInput `hub_unreachable`.

    Writing calls may raise `hub_read_only` and `hub_full` too. `url` never shows a password.
    """

    @property
    def url(self) -> str: ...

    @property
    def memory(self) -> dict[str, str]:
        """What this object wants to know again at the next exchange; whoever uses it may keep it."""

    def create(self, durable_after: int | None = None) -> None:
        """Make the place ready, and say how long until it is backed up (s); harmless when done again."""

    def stations(self) -> list[str]: ...

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        """How far each origin's whole chain reaches here, with the hash there.

        `held` is what the asker holds: a hub that must read its batches to answer begins there.
        """

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        """The batches that may hold events with `seq > after`."""

    def fetch(self, offer: Offer) -> bytes: ...

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        """Durably store a batch that follows the origin's head; anything else changes nothing and says so."""

    def rewrite(self, station: str, offer: Offer, data: bytes) -> None:
        """Put the same batch, without bodies that were destroyed, in the place of an offered one; only by its desk."""

    def put_blob(self, station: str, name: str, data: bytes) -> None: ...

    def get_blob(self, station: str, name: str) -> bytes | None: ...

    def delete_blob(self, station: str, name: str) -> None: ...

    def blobs(self, station: str, prefix: str) -> list[str]: ...

    def now(self) -> datetime | None:
        """The hub's own clock; None where it has none."""

    def durable_after(self) -> int:
        """Seconds after which what was accepted survives the loss of the hub; 0: at once."""


def durable_seconds(said: str | None) -> int:
    """What a hub's own setting means; a day where it says nothing that could be meant."""
    text = said.strip() if said else ""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else DURABLE_AFTER_S
    return found if found <= _MOST_DURABLE_S else DURABLE_AFTER_S


def answer(head: BatchHead, seq: int, hash_at: HashAt) -> Answer:
    """Place a batch against a chain that is held up to `seq`."""
    if head.first_seq - 1 > seq:
        return Answer.GAP
    if hash_at(head.first_seq - 1) != head.prev:
        return Answer.FORK
    if head.last <= seq:
        return Answer.DUPLICATE if hash_at(head.last) == head.end else Answer.FORK
    return Answer.OK if head.first_seq - 1 == seq else Answer.TRIM


def pull_plan(offers: Sequence[Offer], seq: int, hash_at: HashAt) -> PullPlan:
    """The longest chain of batches from `seq` on; the same offers give every reader the same one."""
    placed = [(offer, answer(offer.head, seq, hash_at)) for offer in offers]
    starts = [offer for offer, said in placed if said in (Answer.OK, Answer.TRIM)]
    forked = any(said is Answer.FORK for _, said in placed) or _disagree(offers)
    following = _following(offers)
    path: list[Offer] = []
    at = max(starts, key=lambda offer: _rank(offer, following), default=None)
    while at is not None:
        path.append(at)
        at = following[at.place][1]
    top = max((offer.head.last for offer in offers), default=seq)
    return PullPlan(tuple(path), forked, max(top, seq))


def reached(offers: Sequence[Offer], start: Head) -> Head | None:
    """Where the whole chain of these batches ends that leads on from `start`; None where none does."""
    plan = pull_plan(offers, start.seq, lambda seq: start.hash if seq == start.seq else None)
    if plan.path:
        return Head(plan.path[-1].head.last, plan.path[-1].head.end)
    ends = start.seq == 0 or any((one.head.last, one.head.end) == (start.seq, start.hash) for one in offers)
    return start if ends else None


@dataclass(frozen=True, slots=True)
class Span:
    """Events of an origin that travel together; `whole`: as its desk first cut them."""

    first: int
    last: int
    whole: bool


@dataclass(slots=True)
class Sending:
    """What one origin's push sends next, and how it ended. `borders`: the batches as they were cut, in order; they may
    overlap where an author cut the same events twice.

    `done` is None while there is more to send: OK where the hub holds all of it then, REVOKED where some of that has no
    effect; it is sent all the same, for others' work may stand on it.
    """

    borders: Sequence[tuple[int, int]]
    hash_at: HashAt
    hub: Head
    revoked_from: int | None = None
    done: Answer | None = None
    asked: bool = field(default=False)

    def next(self) -> Span | None:
        """The span to send now; None where `done` says why not, or `asked` wants the hub's head anew."""
        if self.done is not None or self.asked:
            return None
        last = max((end for _, end in self.borders), default=0)
        known = self.hash_at(self.hub.seq)
        if known is not None and known != self.hub.hash:
            self.done = Answer.FORK
        elif self.hub.seq >= last:
            revoked = self.revoked_from is not None and last >= self.revoked_from
            self.done = Answer.REVOKED if revoked else Answer.OK
        else:
            after = [border for border in self.borders if border[0] <= self.hub.seq + 1 and border[1] > self.hub.seq]
            if not after:
                self.done = Answer.GAP
            else:
                first, end = max(after)
                return Span(self.hub.seq + 1, end, first == self.hub.seq + 1)
        return None

    def told(self, said: Answer, span: Span) -> None:
        """The hub's answer to a span: it moved on, or its head has to be asked for again."""
        if said in (Answer.OK, Answer.DUPLICATE):
            self.hub = Head(span.last, self.hash_at(span.last) or b"")
        elif said in (Answer.TRIM, Answer.GAP):
            self.asked = True
        else:
            self.done = said

    def stands_at(self, hub: Head) -> None:
        """The hub's head, asked for again; one that still is where it was will not take the batch."""
        self.asked = False
        if hub.seq == self.hub.seq:
            self.done = Answer.GAP
        self.hub = hub


@dataclass(slots=True)
class Taking:
    """What one origin's pull takes next. A batch that does not hold is set aside, and the way goes round it.

    `top`: the last seq that anything at the hub claims.
    """

    aside: set[str] = field(default_factory=set)
    forked: bool = False
    top: int = 0

    def path(self, offers: Offers, have: int, hash_at: HashAt) -> tuple[Offer, ...]:
        """The batches that lead on from what is held, in order."""
        wanted = [offer for offer in offers.batches if offer.place not in self.aside]
        plan = pull_plan(wanted, have, hash_at)
        self.forked = self.forked or plan.forked
        self.top = max([have, plan.top, *offers.damaged])
        return plan.path

    def refused(self, offer: Offer) -> None:
        self.aside.add(offer.place)


def first_difference(offers: Iterable[Offer], hash_at: HashAt) -> tuple[int, int] | None:
    """The first span of an origin where a hub's chain is not the one that is held here; None where there is none."""
    for offer in sorted(offers, key=lambda one: (one.head.first_seq, one.head.last)):
        for seq, told in ((offer.head.first_seq - 1, offer.head.prev), (offer.head.last, offer.head.end)):
            known = hash_at(seq)
            if known is not None and known != told:
                return offer.head.first_seq, offer.head.last
    return None


def _following(offers: Sequence[Offer]) -> dict[str, tuple[int, Offer | None]]:
    """For each offer how far a chain through it reaches, and the next one on that chain."""
    after: dict[tuple[int, bytes], list[Offer]] = {}
    for offer in offers:
        after.setdefault((offer.head.first_seq - 1, offer.head.prev), []).append(offer)
    found: dict[str, tuple[int, Offer | None]] = {}
    for offer in sorted(offers, key=lambda offer: -offer.head.last):
        successors = after.get((offer.head.last, offer.head.end), ())
        best = max(successors, key=lambda one: _rank(one, found), default=None)
        found[offer.place] = (offer.head.last if best is None else found[best.place][0], best)
    return found


def _rank(offer: Offer, following: dict[str, tuple[int, Offer | None]]) -> tuple[int, int, bytes, str]:
    return following[offer.place][0], offer.head.last, offer.head.end, offer.place


def _disagree(offers: Iterable[Offer]) -> bool:
    """Whether two batches that begin alike end differently at the same event."""
    ends: dict[tuple[int, int], bytes] = {}
    return any(ends.setdefault((o.head.first_seq, o.head.last), o.head.end) != o.head.end for o in offers)
