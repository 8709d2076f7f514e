"""What a hub answers and what a desk does next: pure functions over heads; nothing here reads or writes.

An origin's chain is a line of batches. Whoever holds its events up to `seq` knows the hash at every place up to
there (`hash_at`), and that is all it takes to place another's batch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storage.event_log import Origin
from storage.sync.batch import BatchHead

HashAt = Callable[[int], bytes | None]
"""The chain hash of one origin after `seq` events, where it is known."""


class Answer(StrEnum):
    """What a holder of an origin's chain says to a batch of it."""

    OK = "ok"  # follows at once
    DUPLICATE = "duplicate"  # all of it is held already
    TRIM = "trim"  # its beginning is held already
    GAP = "gap"  # something before it is missing
    FORK = "fork"  # another history under the same names


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


class Hub(Protocol):
    """A passive place where batches lie. Every call may raise InvalidInput `hub_unreachable`."""

    @property
    def url(self) -> str: ...

    def origins(self, station: str) -> list[Origin]: ...

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        """The batches that may hold events with `seq > after`."""

    def fetch(self, offer: Offer) -> bytes: ...

    def put(self, station: str, head: BatchHead, data: bytes) -> Answer:
        """Durably store a batch: ok, duplicate or fork. Raises `hub_read_only`, `hub_full` too."""


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


def missing_span(
    firsts: Iterable[int], covered: Iterable[tuple[int, int]], head: int, offered: int
) -> tuple[int, int] | None:
    """The first span of 1…`head` that a batch must be written for; None where a hub lacks nothing.

    `firsts` are the names of an origin's files, good or not, `covered` what the good ones hold. A reader looks only
    at the last files that begin at or before what it wants, so they must lead on from wherever it stands. What was
    offered before keeps its border: an attempt whose outcome is unknown repeats the same bytes.
    """
    names = sorted(set(firsts))
    reach: dict[int, int] = {}
    for first, last in covered:
        reach[first] = max(last, reach.get(first, 0))
    places = {0, *reach.values(), *(first - 1 for first in names)}
    for at in sorted(place for place in places if place < head):
        index = bisect_right(names, at + 1)
        if index and reach.get(names[index - 1], 0) > at:
            continue
        last = min(head, names[index] - 1) if index < len(names) else head
        return at + 1, offered if at < offered < last else last
    return None


def contiguous(covered: Iterable[tuple[int, int]]) -> int:
    """How far the spans reach from 1 without a gap."""
    reached = 0
    for first, last in sorted(covered):
        if first > reached + 1:
            break
        reached = max(reached, last)
    return reached


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
