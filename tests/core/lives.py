"""A dossier under decisions: intent in, events folded at once, with the package's law and a clock by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.answers import Refusal
from core.authority import effective_roles
from core.decisions import Act, DossierCommand, Setting, TakeIn, Undo, decide
from core.dossier import Dossier, fold
from core.law import Law
from core.moments import LEGAL_TIME
from core.record import Draft
from storage.lawbook import package_law
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

    @property
    def dossier(self) -> Dossier | None:
        events = list(self.writer.seen.values())
        return fold(DOSSIER, events, lambda _: True) if events else None

    def setting(self, *roles: str, officer: str = "o1") -> Setting:
        return Setting(officer, effective_roles(roles or EVERY), self.now, "H30-001", 1, self.law, serial=1)

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
