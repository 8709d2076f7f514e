"""What may be taken in, what the law says of it in two lines, and what of the person is open already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from core.catalogue import Fee, ProcedureVersion
from core.duplicates import Duplicate
from core.law import Law
from core.moments import legal_day
from storage.desk import Desk
from storage.queries import Row
from tui.choices import Choice
from tui.dates import end_long, moment_short
from tui.door_words import door_line
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.limit_words import limit_words, variant_words
from tui.screens.intake_facts import Outlook
from tui.screens.queue_rows import short_number
from tui.sentences import sentence


class Procedures:
    """What may be taken in today."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, text: str) -> list[Choice]:
        """Procedures in force today that the text may mean, best first; nothing for no text."""
        if not text.strip():
            return []
        found = []
        for procedure in self._desk.law.suggest(text, day=self._today()):
            version = self.version(procedure.name)
            if version is not None:
                limit = limit_words(version.variants[0].phases[0].limit)
                found.append(Choice(procedure.name, title_of(version, procedure.name), limit))
        return found

    def version(self, procedure: str) -> ProcedureVersion | None:
        """The version in force today."""
        found = self._desk.law.version_on(procedure, self._today()) if procedure else None
        return found if isinstance(found, ProcedureVersion) else None

    def _today(self) -> date:
        return legal_day(self._desk.now())


def law_words(law: Law, unit: tuple[str, str], found: Outlook, fee: Fee | None, at: datetime) -> str:
    """Limit, fee and article; below them the door (take it here, or where else), and that it was not verified."""
    version = found.version
    asked = tr("fee.unknown") if fee is None or fee.amount is None else tr("fee.amount", amount=grouped(fee.amount))
    basis = found.case.basis or version.basis
    lines = [tr("intake.law", limit=variant_words(found.case), basis=basis, fee=asked)]
    at_the_door = door_line(law, unit, version, found.case, at)
    if at_the_door:
        lines.append(at_the_door)
    if not version.verified:
        reason = version.unverified_reason if language() == "vi" else version.unverified_reason_en
        lines.append(f"! {tr('intake.unverified', reason=reason or '–')}")
    return "\n".join(lines)


def due_line(found: Outlook) -> str:
    """The appointment and its limit, or what the clock waits for."""
    deadline = found.explanation.deadline
    if deadline.due_at is None:
        return tr("explain.waiting", event=tr(f"kind.{deadline.waiting_for or 'received'}"))
    if found.too_late is not None:
        return f"✗ {sentence(found.too_late.code, found.too_late.params)}"
    if found.earlier is not None:
        return tr("intake.due.earlier", moment=end_long(found.earlier), due=moment_short(deadline.due_at))
    line = tr("intake.due", moment=end_long(deadline.due_at), why=variant_words(found.case))
    return line + (f" · {tr('intake.due.unconfirmed')}" if deadline.unconfirmed else "")


def grouped(amount: int) -> str:
    """«20.000»."""
    return f"{amount:,}".replace(",", ".")


def alike_words(procedures: Procedures, found: Sequence[tuple[Duplicate, Row]], *, repeat: bool, key: str) -> str:
    """The first open dossier of the person, and how many there are; `key`: which key shows it."""
    row = found[0][1]
    return tr(
        "intake.repeat" if repeat else "intake.same_person",
        number=short_number(row["receipt_number"]),
        procedure=title_of(procedures.version(row["procedure"]), row["procedure"]),
        count=len(found),
        key=key,
    )
