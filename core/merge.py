"""Which concurrent events of one dossier agree, coalesce or conflict; nothing here looks at a clock.

Two legal effects that did not see each other are one where they are equal, and conflict where they decide on the
same thing (`_topics`), which is the dossier's course for all kinds that are not named below.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.events import KINDS, Class
from core.order import Author, Ordered
from core.record import Event

May = Callable[[Event], bool]
"""Whether the event's author had the right, at the event's place in the one global order."""

HARMLESS_CORRECTIONS = frozenset(
    {"applicant.phone", "applicant.email", "note", "shelf", "ticket", "return_by", "bringer.phone"}
)
_AGREES_WITH_ALL = frozenset(
    {
        *("verification_completed", "delay_declared", "payment_reversed", "result_corrected", "undone"),
        "promised_earlier",
    }
)
_COURSE = "course"
DECISIONS = frozenset({"conflict_resolved", "handover_resolved"})
_SAME_BY = {"shift_accepted": frozenset({"receiver"})}
"""Kinds of which two are equal where these fields are: one officer who accepts at two desks has accepted once."""


class Relation(StrEnum):
    """What two events are to each other that did not see each other."""

    AGREE = "agree"
    COALESCE = "coalesce"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Legal effects that did not see each other, until a person decides.

    `branches` stand in the fold's order: until then the first one has its effect. `on_top`: for each branch the legal
    effects that were built on it, and on no other one.
    """

    branches: tuple[str, ...]
    on_top: tuple[tuple[str, ...], ...] = ()

    def lines(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each branch with what was built on it."""
        return zip(self.branches, self.on_top or ((),) * len(self.branches), strict=True)


def is_legal(event: Event) -> bool:
    """Whether the event has a legal effect, so that its concurrent opposite needs a person."""
    if event.kind == "corrected":
        return str(event.body.get("field")) not in HARMLESS_CORRECTIONS
    if event.kind == "assigned":
        return "handover" in event.body
    if event.kind == "original_released":
        return "way" in event.body
    kind = KINDS.get(event.kind)
    return kind is not None and kind.cls is Class.LEGAL


def relation(one: Event, other: Event) -> Relation:
    """Symmetric. Equal: same kind, same body but the note; of decisions, same branches and same choice."""
    if not (is_legal(one) and is_legal(other)):
        return Relation.AGREE
    return _relation(_effect(0, one, {}), _effect(0, other, {}))


@dataclass(frozen=True, slots=True)
class _Effect:
    """A legal effect at its place: equal ones have the same `essence`; only those with a common topic can conflict."""

    place: int
    event: Event
    essence: str
    topics: tuple[str, ...]
    branches: frozenset[str] = frozenset()
    keep: str | None = None

    @property
    def losers(self) -> frozenset[str]:
        """What a decision leaves without effect."""
        return self.branches - {self.keep or ""}


def _effect(place: int, event: Event, twin_of: dict[str, str]) -> _Effect:
    if event.kind not in DECISIONS:
        same = _SAME_BY.get(event.kind, event.body.keys() - {"note"})
        body = {name: value for name, value in event.body.items() if name in same}
        essence = f"{event.kind} {json.dumps(body, sort_keys=True)}"
        return _Effect(place, event, essence, tuple(_topics(event)))
    branches = frozenset(twin_of.get(str(one), str(one)) for one in event.body.get("branches", ()))
    keep = str(event.body.get("keep"))
    keep = twin_of.get(keep, keep)
    essence = json.dumps([event.kind, keep, *sorted(branches)])
    return _Effect(place, event, essence, tuple(sorted(branches)), branches, keep)


def _topics(event: Event) -> Iterator[str]:
    """What a legal effect decides on: none for what stands beside everything."""
    if event.kind == "corrected":
        yield f"corrected {event.body.get('field')}"
    elif event.kind == "assigned":
        yield "assigned"
    elif event.kind == "original_released":
        yield f"custody {event.body.get('paper')}"
    elif event.kind not in _AGREES_WITH_ALL:
        yield _COURSE


def _relation(one: _Effect, other: _Effect) -> Relation:
    if one.essence == other.essence:
        return Relation.COALESCE
    if not set(one.topics).intersection(other.topics):
        return Relation.AGREE
    return Relation.AGREE if one.keep is not None and one.keep == other.keep else Relation.CONFLICT


def settle(history: Ordered, may: May, skipped: dict[str, str]) -> tuple[Conflict, ...]:
    """Mark in `skipped` the twins, the branches in conflict and the lost ones; answers the open conflicts.

    Until a person decides, the branch that stands first in the fold's order has its effect. The work grows with the
    number of events times that of authors, however many of them did not see each other.
    """
    effects, twins = _distinct(history, may, skipped)
    decisions = [effect for effect in effects if effect.keep is not None]
    for decision in _holding(history, decisions):
        lost = _lost(history, effects, twins, decision)
        lost.update(one.event.event_id for one in decisions if _supersedes(history, decision, one))
        skipped.update(dict.fromkeys(lost, "lost"))
    rivals: dict[int, list[_Effect]] = {}
    in_force = _Unseen(history)
    for effect in effects:
        if effect.event.event_id in skipped:
            continue
        rival = next((one for one in in_force.of(effect) if _relation(one, effect) is Relation.CONFLICT), None)
        if rival is None:
            in_force.add(effect, effect.topics)
            continue
        skipped[effect.event.event_id] = "conflict"
        rivals.setdefault(rival.place, []).append(effect)
    return tuple(_conflict(history, effects, place, found, skipped) for place, found in rivals.items())


def _distinct(history: Ordered, may: May, skipped: dict[str, str]) -> tuple[list[_Effect], dict[str, list[int]]]:
    """The legal effects without those that equal an earlier one; by the effect, the places of all its equals."""
    twin_of: dict[str, str] = {}
    twins: dict[str, list[int]] = {}
    effects: list[_Effect] = []
    equal = _Unseen(history)
    for place, event in enumerate(history.events):
        if event.event_id in skipped or not is_legal(event) or not may(event):
            continue
        effect = _effect(place, event, twin_of)
        twin = next(equal.on(effect.essence, place), None)
        if twin is None:
            equal.add(effect, (effect.essence,))
            effects.append(effect)
            twins[event.event_id] = [place]
        else:
            skipped[event.event_id] = "coalesced"
            twin_of[event.event_id] = twin.event.event_id
            twins[twin.event.event_id].append(place)
    return effects, twins


@dataclass(slots=True)
class _Unseen:
    """Effects by topic and author, so that only those are looked at which an author had not seen."""

    history: Ordered
    _lines: dict[str, dict[Author, tuple[list[int], list[_Effect]]]] = field(default_factory=dict)

    def add(self, effect: _Effect, topics: Iterable[str]) -> None:
        for topic in topics:
            author = (effect.event.desk, effect.event.epoch)
            seqs, effects = self._lines.setdefault(topic, {}).setdefault(author, ([], []))
            seqs.append(effect.event.seq)
            effects.append(effect)

    def on(self, topic: str, place: int) -> Iterator[_Effect]:
        """Those of a topic that the author at `place` had not seen: author by author, who began first before others."""
        seen, begun = self.history.seen(place), []
        for author, (seqs, effects) in self._lines.get(topic, {}).items():
            first = bisect_right(seqs, seen.get(author, 0))
            if first < len(effects):
                begun.append((effects, first))
        for effects, first in sorted(begun, key=lambda line: line[0][line[1]].place):
            yield from effects[first:]

    def of(self, effect: _Effect) -> Iterator[_Effect]:
        for topic in effect.topics:
            yield from self.on(topic, effect.place)


def _holding(history: Ordered, decisions: Sequence[_Effect]) -> list[_Effect]:
    """The decisions that stand: not overruled by a later one, nor against one that had not seen them."""
    overruled = {loser for decision in decisions for loser in decision.losers}
    kept = [one for one in decisions if one.event.event_id not in overruled]
    kept = [one for one in kept if not any(_supersedes(history, later, one) for later in kept)]
    return [one for one in kept if not any(_clash(history, one, other) for other in kept)]


def _supersedes(history: Ordered, later: _Effect, earlier: _Effect) -> bool:
    """Whether who decided knew the earlier decision and decided on all of its branches again."""
    known = earlier.place < later.place and history.saw(earlier.place, later.place)
    return known and later.branches >= earlier.branches


def _clash(history: Ordered, one: _Effect, other: _Effect) -> bool:
    first, last = sorted((one.place, other.place))
    return first != last and _relation(one, other) is Relation.CONFLICT and history.concurrent(first, last)


def _lost(history: Ordered, effects: Sequence[_Effect], twins: dict[str, list[int]], decision: _Effect) -> set[str]:
    """The branches that were not kept, and what the decider saw built on them beside the kept one."""
    lost = set(decision.losers)
    kept = twins.get(decision.keep or "", [decision.place])
    losing = _Heads(history, [place for one in lost for place in twins.get(one, ())])
    for effect in effects:
        at = effect.place
        if at >= decision.place or not history.saw(at, decision.place) or not losing.under(at):
            continue
        if not any(history.saw(at, one) or history.saw(one, at) for one in kept):
            lost.add(effect.event.event_id)
    return lost


class _Heads:
    """Of each author the first of some events: enough to know whether another event stands on one of them."""

    def __init__(self, history: Ordered, places: Iterable[int]) -> None:
        self._history = history
        self._first: dict[Author, tuple[int, int]] = {}
        for place in places:
            self.add(place)

    def add(self, place: int) -> None:
        event = self._history.events[place]
        author = (event.desk, event.epoch)
        self._first[author] = min(self._first.get(author, (event.seq, place)), (event.seq, place))

    def under(self, place: int) -> list[int]:
        """The places of those that the event at `place` stands on, of each author at most one, in fold order."""
        seen, heads = self._history.seen(place), self._first
        known = (author for author in seen if author in heads) if len(seen) < len(heads) else heads
        return sorted(heads[one][1] for one in known if seen.get(one, 0) >= heads[one][0])


def _conflict(
    history: Ordered, effects: Sequence[_Effect], first: int, rivals: Sequence[_Effect], skipped: dict[str, str]
) -> Conflict:
    """One conflict of all that stand against the same effect: a branch is what nothing else of it stands under."""
    heads = _Heads(history, ())
    lines: dict[int, list[str]] = {first: []}
    for effect in rivals:
        under = heads.under(effect.place)
        if under:
            lines[under[0]].append(effect.event.event_id)
        else:
            lines[effect.place] = []
            heads.add(effect.place)
    for effect in effects:
        on_first = effect.place > first and history.saw(first, effect.place)
        if on_first and effect.event.event_id not in skipped and not heads.under(effect.place):
            lines[first].append(effect.event.event_id)
    return Conflict(
        tuple(history.events[place].event_id for place in lines), tuple(tuple(line) for line in lines.values())
    )
