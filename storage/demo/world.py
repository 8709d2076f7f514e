"""The simulated station: two desks, their officers, and every dossier's story told in the order of time.

Each step of a story is decided by the house's own rules and appended to the log of the desk where it happens.
Nothing is projected here, and a dossier is forgotten when its story has ended, so memory follows the open ones.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.answers import Refusal
from core.decisions import Act, DossierCommand, Setting, TakeIn, Undo, decide
from core.dossier import Dossier, fold
from core.events import INTAKE_KINDS
from core.law import Law
from core.moments import legal_day
from core.record import Draft, Event
from storage.desk import Desk
from storage.event_log import bodies, epoch_ms, uuid7
from storage.lawbook.reasons import package_reasons
from storage.officers import Officer

ADMIN, CLERK_1, CLERK_2, WORKER, LEADER, AUDITOR = range(6)
"""The six officers by their place in `World.officers`; the first has every role but the auditor's."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an officer does with the story's dossier at `now`; `at`: when it truly happened, if earlier.

    `kind` is an event kind, or `undone` with the first event of the command in `fields["group"]`.
    `desk`: where, if not at the story's own desk (0 or 1). `along`: what belongs to the same command as an intake.
    """

    now: datetime
    kind: str
    who: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    desk: int | None = None
    along: tuple[tuple[str, Mapping[str, Any]], ...] = ()


Story = Generator[Step, Dossier, None]
"""Yields what happens next to one dossier and is sent the dossier as that desk then sees it."""


@dataclass(slots=True)
class Case:
    """A story under way. `told` is to happen next; `views`: the events that each desk has seen.

    `latest`: the dossier after its last step, where only one desk works on it.
    """

    dossier: str
    desk: int
    story: Story
    told: Step
    views: dict[int, list[Event]]
    latest: Dossier | None = None


class World:
    """Runs stories on two open desks. Both must be inside a transaction while something runs."""

    def __init__(self, desks: tuple[Desk, Desk], officers: tuple[Officer, ...], law: Law) -> None:
        self.desks = desks
        self.officers = officers
        self.law = law
        self.refused: list[Refusal] = []
        self._due: list[tuple[datetime, int, Case]] = []
        self._count = 0
        self._serials: dict[tuple[int, date], int] = {}
        self._batches: dict[tuple[int, str], list[str]] = {}
        self._shared: list[Case] = []

    def tell(self, story: Story, desk: int, *, shared: bool = False) -> None:
        """Begin a story at a desk; `shared` where both desks will work on the dossier."""
        first = next(story, None)
        if first is None:
            return
        case = Case(self.new_id(desk, first.now), desk, story, first, {desk: []})
        if shared:
            case.views[1 - desk] = []
            self._shared.append(case)
        self._await(case)

    def new_id(self, desk: int, now: datetime) -> str:
        return uuid7(epoch_ms(now), self.desks[desk].entropy)

    def run(self, until: datetime, *, only: int | None = None) -> None:
        """Tell everything up to the moment; with `only`, what other desks would do is left out for good."""
        while self._due and self._due[0][0] <= until:
            _, _, case = heapq.heappop(self._due)
            where = case.desk if case.told.desk is None else case.told.desk
            if only is not None and where != only:
                continue
            told = self._perform(case, where)
            if told is not None:
                case.told = told
                self._await(case)

    def exchange(self, now: datetime) -> None:
        """Carry each desk's events to the other one."""
        for source, target in (self.desks, self.desks[::-1]):
            carry(source, target, now)
        for case in self._shared:
            known = {event.event_id: event for view in case.views.values() for event in view}
            for desk in case.views:
                case.views[desk] = list(known.values())

    def send_post(self, now: datetime) -> None:
        """Sign over to the carrier the batches that were filled."""
        for (desk, number), dossiers in self._batches.items():
            body = {"carrier": "Bưu điện Hòa Hải", "dossiers": dossiers, "number": number}
            self._append(desk, (Draft("letters:post", "post_batch_sent", now, body),), CLERK_1 + desk, now)
        self._batches.clear()

    def under_way(self, desk: int) -> Dossier | None:
        """A received dossier on which only this desk works: the one that goes on next."""
        for _, _, case in sorted(self._due, key=lambda one: one[:2]):
            if case.desk == desk and case.latest is not None and case.latest.receipt_number is not None:
                return case.latest
        return None

    def serials(self, desk: int) -> dict[date, int]:
        """The last receipt serial of each day at a desk."""
        return {day: last for (where, day), last in self._serials.items() if where == desk}

    def _await(self, case: Case) -> None:
        self._count += 1
        heapq.heappush(self._due, (case.told.now, self._count, case))

    def _perform(self, case: Case, where: int) -> Step | None:
        step, seen = case.told, case.views[where]
        before = case.latest or (fold(case.dossier, seen, _anyone) if seen else None)
        answer = decide(before, _command(case.dossier, step), self._setting(step, where))
        if isinstance(answer, Refusal):
            self.refused.append(answer)
            case.story.close()
            return None
        events = self._append(where, answer, step.who, step.now)
        seen.extend(event for event in events if event.entity == case.dossier)
        if step.kind == "received":
            key = where, legal_day(step.at or step.now)
            self._serials[key] = self._serials.get(key, 0) + 1
        if "batch" in step.fields:
            self._batches.setdefault((where, step.fields["batch"]), []).append(case.dossier)
        after = fold(case.dossier, seen, _anyone)
        case.latest = after if len(case.views) == 1 else None
        try:
            return case.story.send(after)
        except StopIteration:
            return None

    def _append(self, where: int, drafts: tuple[Draft, ...], who: int, now: datetime) -> list[Event]:
        return self.desks[where].log.append(drafts, self.officers[who].id, epoch_ms(now))

    def _setting(self, step: Step, where: int) -> Setting:
        officer, identity = self.officers[step.who], self.desks[where].identity
        serial = self._serials.get((where, legal_day(step.at or step.now)), 0) + 1 if step.kind == "received" else 0
        return Setting(
            officer=officer.id,
            roles=officer.roles,
            now=step.now,
            unit=identity.unit,
            desk_number=identity.number,
            law=self.law,
            serial=serial,
            reasons=package_reasons(),
            signs=officer.signs,
            name=officer.name,
        )


def carry(source: Desk, target: Desk, now: datetime) -> list[Event]:
    """Give a desk the events that another one has; answers the new ones."""
    taken: list[Event] = []
    known = target.log.heads()
    for origin, head in source.log.heads().items():
        after = known[origin].seq if origin in known else 0
        while after < head.seq:
            chunk = source.log.stored(origin, after, 1000)
            taken += bodies(target.log.receive(origin, chunk, epoch_ms(now)))
            after += len(chunk)
    return taken


def _command(dossier: str, step: Step) -> DossierCommand:
    at = step.at or step.now
    if step.kind in INTAKE_KINDS:
        return TakeIn(dossier, step.kind, at, step.fields, along=step.along)
    if step.kind == "undone":
        return Undo(dossier, str(step.fields["group"]), at)
    return Act(dossier, step.kind, at, step.fields)


def _anyone(event: Event) -> bool:
    """Within a story every author has the right: `decide` has asked."""
    return True
