"""A dossier's history as it goes to another unit: events as they were written, with how their own unit judged them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.bodies import fault
from core.harmless import written_field
from core.merge import is_legal
from core.order import Ordered
from core.record import Event, read_event

if TYPE_CHECKING:
    from core.dossier import Dossier

Stored = tuple[Event, bytes, bytes | None]
"""An event with its header's and its body's bytes."""
BRINGING = frozenset({"transfer_accepted", "transfer_followed"})
"""Kinds whose `history` holds another unit's events."""
_STAYS = frozenset({*BRINGING, "transferred", "assigned", "undone", "body_destroyed", "conflict_resolved"})
_NO_EFFECT_THERE = frozenset({"conflict", "out_of_order", "late"})

_Take = Callable[["Dossier", Event], str | None]


def history_rows(events: Iterable[Stored], marks: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of `transfer_accepted.history`: header and body as they stand, `mark` where it had no effect."""
    rows = []
    for event, header, body in events:
        row = {"header": header.decode()}
        if body is not None:
            row["body"] = body.decode()
        if event.event_id in marks:
            row["mark"] = marks[event.event_id]
        rows.append(row)
    return rows


def history_of(body: Mapping[str, Any], dossier: str) -> Iterator[tuple[Event, str | None]]:
    """The events that a body brings, with their marks; what is none of the dossier's is left out."""
    for row in body.get("history") or ():
        found = _event(row)
        if found is not None and found.entity == dossier:
            mark = "destroyed" if found.destroyed else row.get("mark")
            yield found, None if mark is None else str(mark)


def is_acceptance(event: Event, dossier: Dossier, offer: str, station: str) -> bool:
    """Whether by this event the dossier was taken over from that station upon that offer."""
    told = event.body.get("offer"), event.body.get("station")
    return event.kind == "transfer_accepted" and told == (offer, station) and event.event_id not in dossier.marks


def bring_history(dossier: Dossier, accepted: Event, known: set[str], take: _Take) -> None:
    """Take over what the other unit wrote and judged, in its order."""
    brought = []
    for event, mark in _unknown(accepted, dossier, known):
        brought.append(event)
        mark = mark or fault(event)
        if mark is None and event.kind == "transfer_accepted" and dossier.away == event.unit:
            continue  # that it went there is noted already
        _judge(dossier, event, mark or take(dossier, event))
    _put_before(dossier, accepted, brought)


def bring_late(dossier: Dossier, followed: Event, known: set[str], take: _Take) -> None:
    """Take over what the former unit wrote without knowing of the offer.

    What is only added has its effect, and a field that nobody here wrote since; a legal effect is marked `late` and
    waits for people. A date that was promised earlier stands.
    """
    brought = []
    written = _written_here(dossier, followed)
    for event, mark in _unknown(followed, dossier, known):
        brought.append(event)
        mark = fault(event) or ("destroyed" if event.destroyed else None) or mark
        if is_legal(event) and mark in (None, *_NO_EFFECT_THERE):
            mark = "late"
            dossier.late = (*dossier.late, event.event_id)
        elif mark is None and written_field(event) in written:
            mark = "lost"
        promised = dossier.promised_at
        _judge(dossier, event, mark or take(dossier, event))
        if promised is not None:
            dossier.promised_at = min(promised, dossier.promised_at or promised)
    _put_before(dossier, followed, brought)


def follows(dossier: Dossier, event: Event) -> bool:
    """Whether an event that an accepted offer did not stand on goes to the other unit, as this unit judges it."""
    if event.kind in _STAYS or event.destroyed:
        return False
    mark = dossier.marks.get(event.event_id)
    return mark is None or (is_legal(event) and mark in _NO_EFFECT_THERE)


def unsettled(dossier: Dossier, history: Ordered) -> tuple[str, ...]:
    """The late effects upon which no officer who could see them has acted or written a note."""
    settled: set[str] = set()
    for place, followed in enumerate(history.events):
        if followed.kind == "transfer_followed" and _is_answered(dossier, history, place):
            settled.update(event.event_id for event, _ in history_of(followed.body, dossier.id))
    return tuple(one for one in dossier.late if one not in settled)


def accepted_apart(dossier: Dossier, history: Ordered) -> tuple[str, ...]:
    """The words of another unit that it has the dossier (`transferred`) which have no effect here, for what was decided
    here did not know of them; until an officer who could see them has acted or written a note."""
    told = [one for one in history.events if one.kind == "transferred"]
    if not told or dossier.away is not None or dossier.conflicts:
        return ()
    heeded = {one.body.get("offer") for one in told if one.event_id not in dossier.marks}
    return tuple(
        event.event_id
        for place, event in enumerate(history.events)
        if event.kind == "transferred"
        and dossier.marks.get(event.event_id) == "out_of_order"
        and event.body.get("offer") not in heeded
        and not _is_answered(dossier, history, place)
    )


def accepting_unit(dossier: Dossier, transferred: Event) -> str:
    """The unit that the offer behind the word was made to."""
    offers = (one for one in dossier.events if one.event_id == transferred.body.get("offer"))
    return next((str(one.body["unit"]) for one in offers), "")


def _is_answered(dossier: Dossier, history: Ordered, place: int) -> bool:
    later = enumerate(history.events[place + 1 :], place + 1)
    return any(
        event.by != event.desk
        and (event.kind == "noted" or is_legal(event))
        and event.event_id not in dossier.marks
        and history.saw(place, at)
        for at, event in later
    )


def _unknown(bringing: Event, dossier: Dossier, known: set[str]) -> Iterator[tuple[Event, str | None]]:
    for event, mark in history_of(bringing.body, dossier.id):
        if event.event_id not in known:
            known.add(event.event_id)
            yield event, mark


def _judge(dossier: Dossier, event: Event, mark: str | None) -> None:
    if mark is not None:
        dossier.marks[event.event_id] = mark
        dossier.needs_update = dossier.needs_update or (mark == "unknown" and event.must)


def _put_before(dossier: Dossier, bringing: Event, brought: list[Event]) -> None:
    place = _place(dossier, bringing)
    dossier.events = (*dossier.events[:place], *brought, *dossier.events[place:])


def _place(dossier: Dossier, event: Event) -> int:
    return dossier.events.index(event) if event in dossier.events else len(dossier.events)


def _written_here(dossier: Dossier, followed: Event) -> set[str]:
    """The fields that had been written since the dossier was taken over."""
    since: set[str] = set()
    for event in dossier.events[: _place(dossier, followed)]:
        if event.kind == "transfer_accepted":
            since = set()
        elif event.event_id not in dossier.marks and (name := written_field(event)) is not None:
            since.add(name)
    return since


def _event(row: Any) -> Event | None:
    header, body = row.get("header"), row.get("body")
    if not isinstance(header, str) or not isinstance(body, str | None):
        return None
    try:
        return read_event(header.encode(), None if body is None else body.encode())
    except ValueError:
        return None
