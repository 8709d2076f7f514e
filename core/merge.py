"""Which concurrent events of one dossier agree, coalesce or conflict; nothing here looks at a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.events import KINDS, Class
from core.order import Ordered
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


class Relation(StrEnum):
    """What two events are to each other that did not see each other."""

    AGREE = "agree"
    COALESCE = "coalesce"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Legal effects that did not see each other, until a person decides."""

    branches: tuple[str, ...]


def is_legal(event: Event) -> bool:
    """Whether the event has a legal effect, so that its concurrent opposite needs a person."""
    if event.kind == "corrected":
        return str(event.body.get("field")) not in HARMLESS_CORRECTIONS
    if event.kind == "assigned":
        return "handover" in event.body
    kind = KINDS.get(event.kind)
    return kind is not None and kind.cls is Class.LEGAL


def relation(one: Event, other: Event) -> Relation:
    """Symmetric; two legal effects `conflict` by default. Equal: same kind, same body but the note."""
    if not (is_legal(one) and is_legal(other)):
        return Relation.AGREE
    if one.kind == other.kind and _essence(one) == _essence(other):
        return Relation.COALESCE
    if one.kind in _AGREES_WITH_ALL or other.kind in _AGREES_WITH_ALL:
        return Relation.AGREE
    if one.kind == other.kind == "conflict_resolved":
        return Relation.CONFLICT if _branches(one) & _branches(other) else Relation.AGREE
    if "corrected" in (one.kind, other.kind):
        same = one.kind == other.kind and one.body.get("field") == other.body.get("field")
        return Relation.CONFLICT if same else Relation.AGREE
    if ("assigned" in (one.kind, other.kind)) and one.kind != other.kind:
        return Relation.AGREE
    return Relation.CONFLICT


def _essence(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.body.items() if name != "note"}


def _rivalry(event: Event) -> object:
    """Equal for any two legal effects that may not simply agree: no other pair need be looked at."""
    if event.kind == "corrected":
        return event.kind, event.body.get("field")
    if event.kind in _AGREES_WITH_ALL:
        texts = ((name, value) for name, value in event.body.items() if name != "note" and isinstance(value, str))
        return event.kind, frozenset(texts)
    return None


def settle(history: Ordered, may: May, skipped: dict[str, str]) -> tuple[Conflict, ...]:
    """Mark in `skipped` the twins, the branches in conflict and the lost ones; answers the open conflicts.

    Until a person decides, the branch that stands first in the fold's order has its effect.
    """
    legal = [
        (place, event)
        for place, event in enumerate(history.events)
        if event.event_id not in skipped and is_legal(event) and may(event)
    ]
    settled: list[set[str]] = []
    for place, event in _holding(history, [one for one in legal if one[1].kind == "conflict_resolved"]):
        settled.append(_branches(event))
        skipped.update(dict.fromkeys(_lost(history, legal, place, event), "lost"))
    conflicts: list[Conflict] = []
    standing: dict[object, list[tuple[int, Event]]] = {}
    for place, event in legal:
        if event.event_id in skipped:
            continue
        rivals = standing.setdefault(_rivalry(event), [])
        for earlier, other in rivals:
            if not history.concurrent(earlier, place):
                continue
            pair = (other.event_id, event.event_id)
            found = relation(other, event)
            if found is Relation.COALESCE:
                skipped[event.event_id] = "coalesced"
            elif found is Relation.CONFLICT and not any(branches.issuperset(pair) for branches in settled):
                skipped[event.event_id] = "conflict"
                conflicts.append(Conflict(pair))
            if event.event_id in skipped:
                break
        else:
            rivals.append((place, event))
    return tuple(conflicts)


def _holding(history: Ordered, resolutions: list[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """The resolutions that stand: not overruled by another, nor against one that had not seen them."""
    overruled = {loser for _, event in resolutions for loser in _losers(event)}
    kept = [one for one in resolutions if one[1].event_id not in overruled]
    return [one for one in kept if not any(_clash(history, *one, other) for other in kept)]


def _lost(history: Ordered, legal: list[tuple[int, Event]], place: int, resolution: Event) -> set[str]:
    """The branches that were not kept, and what the resolver saw built on them beside the kept one."""
    lost = _losers(resolution)
    kept = next((at for at, event in legal if event.event_id == resolution.body["keep"]), place)
    for at, event in legal:
        beside = at < place and _saw(history, at, place) and not (_saw(history, at, kept) or _saw(history, kept, at))
        if beside and any(_saw(history, before, at) for before, other in legal if other.event_id in lost):
            lost.add(event.event_id)
    return lost


def _saw(history: Ordered, earlier: int, later: int) -> bool:
    """Whether the event at `later` stands on the one at `earlier`, or is it."""
    return earlier == later or (earlier < later and not history.concurrent(earlier, later))


def _clash(history: Ordered, place: int, event: Event, other: tuple[int, Event]) -> bool:
    first, last = sorted((place, other[0]))
    return first != last and history.concurrent(first, last) and relation(event, other[1]) is Relation.CONFLICT


def _branches(event: Event) -> set[str]:
    return {str(branch) for branch in event.body["branches"]}


def _losers(event: Event) -> set[str]:
    return _branches(event) - {str(event.body["keep"])}
