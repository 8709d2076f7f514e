"""Which procedure could be faster: of each procedure and unit what its dossiers used, and the papers most asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from core.answers import InvalidInput
from core.faster import (
    Proposal,
    Quantile,
    Waits,
    Why,
    Yardstick,
    compared_in,
    proposals,
    quantile,
    reasons,
    single,
    spread,
    why,
)
from core.law import Law
from core.settled import OUTSIDE, Span
from core.text import fold
from core.time_limit import Limit, Phase, Unit
from storage.desk import Desk
from storage.passage import AskedOf, Ended, ended, papers_asked

DECIDED = frozenset({"result_ready", "refused"})
"""Ends that gave an answer; what was withdrawn or stopped tells nothing of how long one takes."""


class Kind(NamedTuple):
    """What is compared with each other: one case of a procedure at one unit under one limit."""

    procedure: str
    variant: str | None
    unit: str
    phases: tuple[Phase, ...]
    gate: str


class Case(NamedTuple):
    """One dossier and what it used."""

    ended: Ended
    amount: int
    work: int
    by: Yardstick


class Group:
    """The dossiers of one kind, in order of their ends."""

    def __init__(self, kind: Kind, cases: list[Case]) -> None:
        self.kind, self.cases = kind, cases

    @cached_property
    def amounts(self) -> list[int]:
        """What each used, ascending, in `unit`."""
        return sorted(case.amount for case in self.cases)

    @property
    def unit(self) -> Unit:
        return compared_in(self.kind.phases)

    @property
    def limit(self) -> Limit | None:
        """The limit that can be compared; None: it has parts, or no whole length."""
        return single(self.kind.phases)

    @property
    def median(self) -> int:
        return self.amounts[(len(self.amounts) - 1) // 2]

    @cached_property
    def most(self) -> Quantile:
        """The 95th percentile with its interval."""
        return quantile(self.amounts)

    @cached_property
    def proposals(self) -> list[Proposal]:
        return proposals(self.amounts, self.limit)

    @property
    def spread(self) -> list[tuple[int, int, int]]:
        return spread(self.amounts, self.limit)

    def missed(self, amount: int) -> list[Case]:
        """Those that a limit of `amount` would not have held, the longest first."""
        found = [case for case in self.cases if case.amount > amount]
        return sorted(found, key=lambda case: -case.amount)

    def why(self, amount: int) -> list[tuple[Why, int]]:
        """Why not, each reason with its number."""
        return reasons(self.reason_of[case.ended.id] for case in self.missed(amount))

    @property
    def reason_of(self) -> dict[str, Why]:
        """Why a shorter limit would not have held for each dossier, by its id."""
        return self._ran[0]

    @property
    def waits(self) -> list[tuple[tuple[str, str | None], Waits]]:
        """Where the working time lay, the most first: after which act, and which step it completed."""
        return self._ran[1]

    @cached_property
    def _ran(self) -> tuple[dict[str, Why], list[tuple[tuple[str, str | None], Waits]]]:
        found: dict[str, Why] = {}
        waits: dict[tuple[str, str | None], Waits] = {}
        for ran, _, _, by in self.cases:
            turns = ran.turns
            stretches = by.stretches(ran.received, ran.ended, ran.ending, turns)
            found[ran.id] = why(ran.judged, turns, stretches)
            for since, step, theirs, seconds in stretches:
                known = waits.get((since, step))
                if known is None:
                    known = waits[since, step] = Waits(theirs, [])
                known.seconds.append(seconds)
        return found, sorted(waits.items(), key=lambda one: -one[1].total)


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A paper by its code in the procedure's list; None: what was asked for stands in no list, in officers' own words.

    The dossiers that lacked it: asked for after receipt, and before it, at the counter.
    """

    procedure: str
    paper: str | None
    after: tuple[tuple[str, str | None], ...]
    before: tuple[tuple[str, str | None], ...]

    @property
    def many(self) -> int:
        return len(self.after) + len(self.before)


@dataclass(frozen=True)
class Faster:
    """`left_out`: how many ended dossiers are not measured, by the word for why; only those that are not 0."""

    span: Span
    unit: str | None
    groups: tuple[Group, ...]
    left_out: Mapping[str, int]
    asked: tuple[AskedPaper, ...]
    requests: Mapping[str, int]
    """How many dossiers of each procedure were asked for anything after receipt."""

    @property
    def measured(self) -> int:
        return sum(len(one.cases) for one in self.groups)


def faster(desk: Desk, first: date, last: date, unit: str | None = None) -> Faster:
    """What ended on the days `first` to `last`, as it is known now; decisions that fine somebody are no service.

    `unit` None: of all of the station.
    """
    span, law = Span(first, last, desk.now()), _Known(desk.law)
    outside = {one.name for one in desk.law.procedures if one.field in OUTSIDE}
    by_rules: dict[Yardstick, tuple[Kind, list[Case]]] = {}
    left_out: Counter[str] = Counter()
    for one in ended(desk.connection, span.begin, span.end, unit):
        if one.procedure in outside:
            continue
        found = _measured(one, law)
        if isinstance(found, str):
            left_out[found] += 1
            continue
        kind, case = found
        by_rules.setdefault(case.by, (kind, []))[1].append(case)
    requests = [
        one for one in papers_asked(desk.connection, span.begin, span.end, unit) if one.procedure not in outside
    ]
    late = {(one.procedure, one.dossier) for one in requests if one.kind == "supplement_requested"}
    cases: dict[Kind, list[Case]] = {}
    for kind, some in by_rules.values():
        cases.setdefault(kind, []).extend(some)
    groups = [Group(kind, some) for kind, some in cases.items()]
    return Faster(
        span=span,
        unit=unit,
        groups=tuple(sorted(groups, key=_place)),
        left_out=dict(sorted(left_out.items())),
        asked=tuple(_papers(requests, desk.law)),
        requests=dict(sorted(Counter(procedure for procedure, _ in late).items())),
    )


def _place(group: Group) -> tuple[str, str, str, int]:
    kind = group.kind
    return kind.procedure, kind.variant or "", kind.unit, -len(group.cases)


def _measured(one: Ended, law: _Known) -> tuple[Kind, Case] | str:
    if one.ending not in DECIDED:
        return one.ending
    if one.came:
        return "came"
    known = law.of(one)
    if known is None:
        return "no_law"
    kind, by = known
    try:
        plain = not one.clocked or (by.starts_at_receipt and not one.may_have_stood)
        found = by.plainly(one.received, one.ended) if plain else by.used(one.passage)
    except InvalidInput:
        return "no_law"
    return found if isinstance(found, str) else (kind, Case(one, *found, by))


class _Known:
    """The rules and days of what ended, by the row of law that judged it; each looked up once."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._offhours: dict[tuple[str, int], str] = {}
        self._rules: dict[tuple[str | None, ...], tuple[Kind, Yardstick] | None] = {}

    def of(self, one: Ended) -> tuple[Kind, Yardstick] | None:
        """None where no row here is the one that judged it."""
        day = (one.received + 25_200) // 86_400
        policy = self._offhours.get((one.unit, day))
        if policy is None:
            received = date.fromordinal(719_163 + day)
            policy = self._offhours[one.unit, day] = self._law.policy("offhours", one.unit, received)
        key = (one.law, one.procedure, one.variant, one.unit, policy)
        if key not in self._rules:
            self._rules[key] = self._looked_up(one, date.fromordinal(719_163 + day))
        return self._rules[key]

    def _looked_up(self, one: Ended, day: date) -> tuple[Kind, Yardstick] | None:
        version = None if one.law is None else self._law.version_by_hash(one.law)
        if version is None or version.variant(one.variant) is None:
            return None
        rules = self._law.clock_rules(version, one.variant, one.unit, day)
        phases = tuple(replace(phase, basis=None) for phase in rules.phases)  # another citation is no other limit
        kind = Kind(one.procedure, one.variant, one.unit, phases, rules.gate)
        return kind, Yardstick(rules, self._law.calendar(one.unit))


def _papers(requests: list[AskedOf], law: Law) -> list[AskedPaper]:
    """Each paper with the dossiers that lacked it, once each, most first. An officer's own words may name somebody:
    they are counted, never told."""
    names = _Names(law)
    found: dict[tuple[str, str | None], tuple[dict[str, str | None], dict[str, str | None]]] = {}
    for one in requests:
        for item in one.items or ("",):
            after, before = found.setdefault((one.procedure, names.of(one.procedure, item)), ({}, {}))
            (after if one.kind == "supplement_requested" else before)[one.dossier] = one.number
    rows = [
        AskedPaper(procedure, paper, tuple(after.items()), tuple(before.items()))
        for (procedure, paper), (after, before) in found.items()
    ]
    return sorted(rows, key=lambda one: (-one.many, one.procedure, one.paper or "\uffff"))


class _Names:
    """The papers of procedures by what people write for them: code or title, however typed."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._known: dict[str, dict[str, str]] = {}

    def of(self, procedure: str, item: str) -> str | None:
        """The paper's code; None where the procedure's lists have none of that name."""
        if procedure not in self._known:
            row = self._law.find(procedure)
            papers = [paper for version in row.versions for paper in version.papers] if row is not None else []
            self._known[procedure] = {
                fold(name): paper.code for paper in papers for name in (paper.code, paper.title_vi, paper.title_en)
            }
        return self._known[procedure].get(fold(item.strip()))


def paper_title(desk: Desk, procedure: str, code: str, *, english: bool) -> str:
    """What a paper of the procedure is called, by its last list that has it; its code where none has."""
    row = desk.law.find(procedure)
    papers = [paper for version in row.versions for paper in version.papers] if row is not None else []
    named = [paper for paper in papers if paper.code == code]
    return (named[-1].title_en if english else named[-1].title_vi) if named else code
