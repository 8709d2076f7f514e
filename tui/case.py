"""A dossier as its letters look at it, and what a letter's own kind gives to fill its form with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from core.document import Facts
from core.dossier import Dossier, fold
from core.forms import FormVersion
from core.moments import legal_day
from core.record import Event
from core.standing import Standing, standing
from storage.desk import Desk
from storage.officers import Officer
from tui.i18n import tr
from tui.unit_words import came_from, unit_words


@dataclass(slots=True)
class Case:
    """A dossier at its desk, as a letter looks at it."""

    desk: Desk
    dossier: Dossier
    officer: Officer | None
    form: FormVersion
    stands: Standing = field(init=False)

    def __post_init__(self) -> None:
        self.stands = standing(self.dossier, self.desk.law)

    @property
    def version(self) -> ProcedureVersion | None:
        """The law of its receipt; for who was sent home or refused at the counter that of today."""
        if self.dossier.received_at is not None:
            return self.stands.version
        found = self.desk.law.version_on(self.dossier.procedure, legal_day(self.desk.now()))
        return None if isinstance(found, Refusal) else found

    @property
    def unit(self) -> str:
        """The unit that issues the letter."""
        return self.desk.identity.unit_name

    @property
    def receiver(self) -> str:
        """The unit that received the dossier."""
        return came_from(self.desk, self.dossier) or self.unit

    def is_ours(self, event: Event) -> bool:
        """Whether this unit wrote it, and not the one that the dossier came from."""
        return event.unit == self.desk.identity.unit

    def last(self, *kinds: str) -> Event | None:
        """The newest of these events that has its effect."""
        marks = self.dossier.marks
        return next((e for e in reversed(self.dossier.events) if e.kind in kinds and e.event_id not in marks), None)

    def end(self, *kinds: str) -> Event | None:
        """The newest of these ends, if the dossier was not opened again since."""
        found = self.last(*kinds, "reopened")
        return None if found is None or found.kind == "reopened" else found

    def before(self, event: Event) -> Standing:
        """Where the dossier stood when the event came."""
        events, marks = self.dossier.events, self.dossier.marks
        earlier = fold(self.dossier.id, events[: events.index(event)], lambda one: one.event_id not in marks)
        return standing(earlier, self.desk.law)

    def name_of(self, officer: str | None) -> str:
        """«» for somebody who is not known here."""
        found = self.desk.officers.get(officer) if officer else None
        return found.name if found else ""

    def who(self, event: Event, officer: str) -> str:
        """An officer that an event names: by name, else by the unit that wrote it."""
        return self.name_of(officer) or tr("paper.officer_of", unit=unit_words(self.desk, event.unit))


@dataclass(frozen=True, slots=True)
class Filled:
    """What a letter's own kind gives: the facts, who signs by the form's words (and how), and to whom it goes.

    `since`: when what it tells of happened; None for a paper that tells how things stand now. `promises`: the new
    appointment that it brings.
    """

    facts: Facts
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    to: str | None = None
    marks: tuple[str, ...] = ()
    since: datetime | None = None
    promises: datetime | None = None
