"""A dossier under decisions: intent in, events folded at once, with the package's law and a clock by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.answers import Refusal
from core.authority import effective_roles
from core.decisions import Act, DossierCommand, Setting, TakeIn, Undo, decide
from core.dossier import Dossier, fold
from core.law import Law
from core.moments import LEGAL_TIME
from core.record import Draft
from core.standing import Standing, standing
from storage.lawbook import package_law
from storage.lawbook.reasons import package_reasons
from tests.core.writers import DOSSIER, Writer

LAW = package_law()
NOW = datetime(2026, 5, 21, 9, 0, tzinfo=LEGAL_TIME)
EVERY = ("front_desk", "processing", "leader", "admin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


class Life:
    """One dossier at one desk."""

    def __init__(self, law: Law = LAW, now: datetime = NOW) -> None:
        self.law, self.now = law, now
        self.writer = Writer("a", "o1")
        self.beside: list[Draft] = []
        self.signs = "head"

    @property
    def dossier(self) -> Dossier | None:
        events = list(self.writer.seen.values())
        return fold(DOSSIER, events, lambda _: True) if events else None

    def setting(self, *roles: str, officer: str = "o1") -> Setting:
        return Setting(
            officer,
            effective_roles(roles or EVERY),
            self.now,
            "H30-001",
            1,
            self.law,
            serial=1,
            reasons=package_reasons(),
            signs=self.signs,
        )

    def ask(self, command: DossierCommand, *roles: str, officer: str = "o1") -> tuple[Draft, ...] | Refusal:
        return decide(self.dossier, command, self.setting(*roles, officer=officer))

    def write(self, drafts: tuple[Draft, ...]) -> None:
        own = [draft for draft in drafts if draft.entity == DOSSIER]
        self.beside += [draft for draft in drafts if draft.entity != DOSSIER]
        self.writer.write(*((draft.kind, dict(draft.body)) for draft in own), at=own[0].at)

    def do(self, command: DossierCommand, *roles: str, officer: str = "o1") -> Refusal | None:
        answer = self.ask(command, *roles, officer=officer)
        if isinstance(answer, Refusal):
            return answer
        self.write(answer)
        return None

    def take_in(self, kind: str = "received", when: datetime | None = None, **facts: Any) -> Refusal | None:
        body = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "Đặng Thị Đào"}} | facts
        return self.do(TakeIn(DOSSIER, kind, when or self.now, body))

    def act(self, kind: str, when: datetime | None = None, *roles: str, **fields: Any) -> Refusal | None:
        return self.do(Act(DOSSIER, kind, when or self.now, fields), *roles)

    def must(self, kind: str, when: datetime | None = None, **fields: Any) -> None:
        refused = self.act(kind, when, **fields)
        assert refused is None, refused

    def undo(self, *roles: str, officer: str = "o1") -> Refusal | None:
        assert self.dossier is not None
        last = self.dossier.events[-1]
        first = next(event for event in self.dossier.events if event.group_key == last.group_key)
        return self.do(Undo(DOSSIER, first.event_id, self.now), *roles, officer=officer)

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def begun(**facts: Any) -> Life:
    """A dossier that was just received."""
    life = Life()
    assert life.take_in(**facts) is None
    return life


UNIT = "H30-001"
DUE = at("2026-06-01T17:00")  # seven working days after Thursday 21/5/2026
MOVED = ("2026-05-26T09:00", "rescheduled", {"due_at": "2026-06-08T17:00:00+07:00", "reason": "đông hồ sơ"})
ASKED = ("2026-05-25T10:00", "supplement_requested", {"items": ["CT01"]})
BROUGHT = ("2026-05-27T10:00", "supplement_received", {"papers": ["CT01"]})


def with_rules(**rules: str) -> Law:
    """The same law, where permanent residence has other rules for its clock."""
    found = LAW.find("permanent-residence")
    assert found is not None
    versions = tuple(replace(version, **rules) for version in found.versions)  # type: ignore[arg-type]
    others = [one for one in LAW.procedures if one.name != found.name]
    return replace(LAW, procedures=(replace(found, versions=versions), *others))


PAUSE, NONE = with_rules(on_supplement="pause"), with_rules(on_supplement="none")


def received(law: Law = LAW, when: str = "2026-05-21T09:00", **facts: Any) -> Life:
    """A dossier that was received then, under that law."""
    life = Life(law, at(when))
    assert life.take_in(**facts) is None
    return life


def happen(life: Life, *steps: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> Life:
    """Each step is entered when it happens: (moment, kind, fields)."""
    for moment, kind, *fields in steps:
        life.now = at(moment)
        life.must(kind, **(fields[0] if fields else {}))
    return life


def stand(life: Life) -> Standing:
    assert life.dossier is not None
    return standing(life.dossier, life.law)


def due(life: Life) -> datetime | None:
    return stand(life).due_at
