"""Why a dossier stands where it does in the queue: what put it into its bucket, and what a neighbour differs in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.queue import NEVER, Bounds, Lane, QueueOrder, Urgency, urgency

_CUTS = {
    Urgency.TODAY: "tomorrow",
    Urgency.NEXT_DAY: "after_next_day",
    Urgency.SOON: "after_soon",
    Urgency.NORMAL: "after_soon",
}
Place = tuple[int, int, int, str]
"""Bucket, the two columns that decide within it, id: what the queue is sorted by."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What put a dossier into its bucket: its lane and, where a date did, the bound that cut it off.

    `bound` is a field of `Bounds` (`bound_at` its value): the dossier is due until it, only of «normal» ones after
    it. None where the lane alone decides, or nothing is due.
    """

    urgency: Urgency
    lane: Lane
    bound: str | None = None
    bound_at: int | None = None


def grounds(lane: int, binding_at: int, by_date: bool, at: Bounds) -> Grounds:
    """The bucket of one dossier and why it is that one."""
    word = urgency(lane, binding_at, by_date, at)
    if lane not in (Lane.UNSETTLED, Lane.SETTLED) or binding_at >= NEVER:
        return Grounds(word, Lane(lane))
    bound = _CUTS.get(word) or ("today" if by_date else "now")
    return Grounds(word, Lane(lane), bound, getattr(at, bound))


def terms(word: Urgency, order: QueueOrder) -> tuple[str, ...]:
    """What is compared in the bucket, in order: a term for each part of a place."""
    return ("urgency", *order.ties_of(word), "id")


def decided_by(place: Place, other: Place, names: Sequence[str]) -> str:
    """The first term in which two places differ; `names` are those of the one that is explained."""
    return next(name for name, mine, theirs in zip(names, place, other, strict=True) if mine != theirs)
