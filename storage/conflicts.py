"""What desks did apart and a person must decide: dossiers and the station's law, and the decision itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from core.answers import Refusal
from core.decisions import Act
from core.dossier import Dossier, fold
from core.issued import Letter
from core.merge import Conflict
from core.order import Ordered, fold_order
from core.queue import QueueOrder
from core.queue_order import KIND, chosen
from core.record import Event
from core.station import SetQueueOrder
from storage import outbox
from storage.amending import Proposal, apply, propose_again
from storage.desk import Desk, Done
from storage.handover import decide_accepted, decided_apart, handover_of, is_of_handover
from storage.lawbook.contested import LawConflict
from storage.officers import Officer

SHIFT = "shift:"


@dataclass(frozen=True, slots=True)
class Branch:
    """One side: what stands against the others, what was built on it, the last paper that its desk issued then."""

    event: Event
    on_top: tuple[Event, ...] = ()
    paper: Letter | None = None


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """`code`: the receipt number or id, of a station entity its name; `law` where it is one. Branches in fold order."""

    code: str
    entity: str
    branches: tuple[Branch, ...]
    law: LawConflict | None = None

    def branch(self, choice: str) -> Branch | None:
        """The branch whose event id ends so."""
        found = [one for one in self.branches if choice and one.event.event_id.endswith(choice)]
        return found[0] if len(found) == 1 else None


def open_conflicts(desk: Desk) -> list[OpenConflict]:
    """The station's law first, then handovers and what else is in conflict, the earliest due first.

    A dossier that two took over in one handover is decided with that.
    """
    found = law_conflicts(desk)
    found += [conflict for shift in handovers_in_conflict(desk) for conflict in handover_conflicts(desk, shift)]
    for row in outbox.conflicts(desk):
        found += [conflict for conflict in conflicts_of(desk, row.id) if not conflict.entity.startswith(SHIFT)]
    return found


def handovers_in_conflict(desk: Desk) -> list[str]:
    """Handovers that two have accepted apart, the earliest signed first."""
    asked = "SELECT id FROM handover WHERE in_conflict = 1 ORDER BY signed_at, id"
    return [str(row[0]) for row in desk.connection.execute(asked)]


def handover_conflicts(desk: Desk, shift: str) -> list[OpenConflict]:
    """The acceptances of a handover by two who did not know of each other."""
    found = handover_of(desk, shift)
    events = {event.event_id: event for event in desk.log.understood(f"{SHIFT}{shift}")}
    conflicts = found.conflicts if found else ()
    decided = decided_apart(conflicts, events)
    return [
        OpenConflict(f"{SHIFT}{shift}", f"{SHIFT}{shift}", tuple(Branch(events[branch]) for branch in one.branches))
        for one in conflicts
        if not decided.issuperset(one.branches)
    ]


def law_conflicts(desk: Desk) -> list[OpenConflict]:
    """Rows of law that desks amended apart."""
    return [
        OpenConflict(one.entity, one.entity, tuple(map(Branch, one.events)), one)
        for one in desk.projection.law_conflicts()
    ]


def conflicts_of(desk: Desk, entity: str) -> list[OpenConflict]:
    """The open conflicts of a dossier, of a handover or of an entity of law.

    Where two leaders decided apart, their decisions stand for what they decided on. Where two took a dossier over in
    one handover, that is the conflict.
    """
    if entity.startswith(SHIFT):
        return handover_conflicts(desk, entity.removeprefix(SHIFT))
    if ":" in entity or entity == "calendar":
        return [one for one in law_conflicts(desk) if one.entity == entity]
    dossier = desk.dossier(entity)
    if dossier is None or not dossier.conflicts:
        return []
    twice = handovers_in_conflict(desk)
    history = fold_order(desk.log.events_of(entity))
    code = dossier.receipt_number or entity
    events = {event.event_id: event for event in dossier.events}
    decided = decided_apart(dossier.conflicts, events)
    found = []
    for one in dossier.conflicts:
        shift = next((shift for shift in twice if is_of_handover(dossier, one, shift)), None)
        if shift is not None:
            found += handover_conflicts(desk, shift)
        elif not decided.issuperset(one.branches):
            found.append(OpenConflict(code, entity, tuple(_branches(dossier, one, history, events))))
    return list({one.branches[0].event.event_id: one for one in found}.values())


def _branches(dossier: Dossier, conflict: Conflict, history: Ordered, events: dict[str, Event]) -> Iterator[Branch]:
    place = {event.event_id: at for at, event in enumerate(history.events)}
    heads = [place[branch] for branch in conflict.branches]
    for head, (branch, above) in zip(heads, conflict.lines(), strict=True):
        letters = [
            dossier.letters[event.event_id]
            for at, event in enumerate(history.events)
            if event.event_id in dossier.letters
            and event.desk == events[branch].desk
            and [one for one in heads if history.saw(one, at)] == [head]
        ]
        yield Branch(events[branch], tuple(events[one] for one in above), letters[-1] if letters else None)


def kept(desk: Desk, conflict: OpenConflict, keep: Event) -> Dossier:
    """The dossier as it would be with the branch kept; nothing is written."""
    events = desk.log.events_of(conflict.entity)
    may = desk.projection.authority().may
    parents = tuple(event.event_id for event in events)
    hlc = max(event.hlc for event in events) + 1
    thought = replace(
        keep,
        event_id="",
        kind="conflict_resolved",
        version=1,
        desk="",
        epoch=0,
        seq=1,
        hlc=hlc,
        parents=parents,
        group=(0, 1),
        body=_decision(conflict, keep, None),
        destroyed=False,
    )
    return fold(conflict.entity, [*events, thought], lambda event: event is thought or may(event))


def desk_numbers(desk: Desk) -> dict[str, int]:
    """The station's desks by id."""
    return dict(desk.connection.execute("SELECT id, number FROM desk").fetchall())


def resolve(desk: Desk, officer: Officer, conflict: OpenConflict, keep: Event, reason: str | None) -> Done | Refusal:
    """Decide for one branch: a leader's event that names them all, or the kept rows of law amended again.

    An order of the queue moves no date: it is set again at once.

    Refusals: of `decide`, `propose_again` and `apply`.
    """
    if keep.kind == KIND:
        return desk.do(_order_again(desk, keep, reason), officer)
    if conflict.entity.startswith(SHIFT):
        return decide_accepted(desk, officer, conflict.entity.removeprefix(SHIFT), keep.event_id, reason)
    if conflict.law is None:
        return desk.do(
            Act(conflict.entity, "conflict_resolved", desk.now(), _decision(conflict, keep, reason)), officer
        )
    proposal = propose_again(desk, officer, conflict.law, keep, reason)
    return apply(desk, officer, proposal) if isinstance(proposal, Proposal) else proposal


def _order_again(desk: Desk, keep: Event, reason: str | None) -> SetQueueOrder:
    """The kept order of the queue once more, by somebody who has seen both."""
    order = chosen(keep.body["buckets"], keep.body["ties"])
    assert isinstance(order, QueueOrder)  # others make no row of law, so no conflict
    return SetQueueOrder(order.buckets, order.ties, reason or str(keep.body["reason"]), desk.now())


def _decision(conflict: OpenConflict, keep: Event, reason: str | None) -> dict[str, object]:
    body: dict[str, object] = {"branches": [one.event.event_id for one in conflict.branches], "keep": keep.event_id}
    return body | ({"reason": reason} if reason else {})
