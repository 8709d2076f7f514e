"""The answer to a question without a dossier: when it is due, what is doubtful, and why."""

from __future__ import annotations

from textual.app import ComposeResult

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from core.law import Law, known_units
from tui.dates import end_long, moment_long
from tui.door_words import door_line
from tui.dossier_words import title_of
from tui.explanation import explanation_lines
from tui.i18n import language, tr
from tui.limit_words import limit_words, variant_words
from tui.screens.parts import Page, TextLines
from tui.screens.queue_preview import days_of
from tui.screens.what_if_asked import Found
from tui.sentences import sentence
from tui.widgets.ribbon import Ribbon

_MOST_DAYS = 800
"""A longer stretch is told in words alone: two lines could show none of it."""
_PARTS = ("due", "doubts", "dates", "reasons", "law")


class AnswerPane(Page):
    """Scrolls by itself; what has nothing to say takes no room."""

    def compose(self) -> ComposeResult:
        yield TextLines(id="due")
        yield TextLines(id="doubts", classes="warning")
        yield TextLines(id="dates")
        yield Ribbon(id="days")
        yield TextLines(id="reasons")
        yield TextLines(id="law", classes="spaced")

    def show(self, found: Found | Refusal | None, law: Law, unit: str, own_unit: str, own_name: str = "") -> None:
        """Nothing asked yet, why there is no answer, or the answer for the unit."""
        texts: dict[str, list[str]] = {}
        if found is None:
            texts["due"] = [tr("what_if.nothing")]
        elif isinstance(found, Refusal):
            basis = f" ({found.basis})" if found.basis else ""
            texts["due"] = [f"✗ {sentence(found.code, found.params)}{basis}"]
        else:
            texts = {
                "due": [due_line(found)],
                "doubts": doubt_lines(found, law, unit, own_unit, own_name),
                "dates": date_lines(found),
                "reasons": explanation_lines(found.explanation, found.calendar, found.basis),
                "law": law_lines(found),
            }
        for name in _PARTS:
            part = self.query_one(f"#{name}", TextLines)
            part.show_lines(texts.get(name, []))
            part.display = bool(texts.get(name))
        days = days_of(found.explanation) if isinstance(found, Found) else []
        ribbon = self.query_one(Ribbon)
        ribbon.display = 0 < len(days) <= _MOST_DAYS
        ribbon.show_days(days if ribbon.display else [])


def due_line(found: Found) -> str:
    """The due date and the limit that gives it, or what the clock waits for."""
    deadline = found.explanation.deadline
    if deadline.paused_since is not None:
        return tr("explain.paused", moment=moment_long(deadline.paused_since))
    if deadline.due_at is None:
        return tr("explain.waiting", event=tr(f"kind.{deadline.waiting_for or 'received'}"))
    return tr("intake.due", moment=end_long(deadline.due_at), why=_giving(found))


def doubt_lines(found: Found, law: Law, unit: str, own_unit: str, own_name: str = "") -> list[str]:
    """Unverified, the wrong door, a unit that no data knows, days that nobody has decided yet."""
    lines = []
    version = found.version
    if version is not None and not version.verified:
        reason = version.unverified_reason if language() == "vi" else version.unverified_reason_en
        lines.append(f"! {tr('intake.unverified', reason=reason or '–')}")
    if version is not None and found.case is not None:
        name = own_name if unit == own_unit else unit
        at_the_door = door_line(law, (unit, name), version, found.case, found.received, filing=False)
        if at_the_door:
            lines.append(at_the_door)
    if unit != own_unit and unit not in known_units(law):
        lines.append(f"! {tr('what_if.unknown_unit', unit=unit)}")
    if found.explanation.deadline.unconfirmed:
        lines.append(f"! {tr('intake.due.unconfirmed')}")
    return lines


def date_lines(found: Found) -> list[str]:
    """By law, by the unit's promise, and until when a delay is to be announced."""
    deadline, lines = found.explanation.deadline, []
    if deadline.statutory_due_at is not None and (found.committed or _appointed(found)):
        lines.append(tr("what_if.by_law", moment=end_long(deadline.statutory_due_at), limit=_limit_words(found)))
    if found.committed is not None and deadline.committed_due_at is not None:
        limit = limit_words(found.committed.limit)
        told = f"{limit}, {found.committed.basis}" if found.committed.basis else limit
        lines.append(tr("what_if.by_promise", moment=end_long(deadline.committed_due_at), limit=told))
    if deadline.apology_owed_by is not None:
        lines.append(tr("what_if.apology", moment=end_long(deadline.apology_owed_by)))
    elif deadline.due_at is not None:
        once = found.calendar.law.cited("one_apology", found.calendar.clock.day_of(found.received))
        lines.append(tr("what_if.once", basis=once) if _rescheduled(found) else tr("what_if.no_apology"))
    return lines


def law_lines(found: Found) -> list[str]:
    """Which rule was asked."""
    version, case = found.version, found.case
    if version is None or case is None:
        return [tr("what_if.own_limit", limit=_limit_words(found))]
    named = title_of(version, version.procedure)
    if len(version.variants) > 1:
        named += f", {case.title_vi if language() == 'vi' else case.title_en}"
    return [tr("what_if.rule", title=named, limit=variant_words(case), basis=found.basis or "–"), _in_force(version)]


def _in_force(version: ProcedureVersion) -> str:
    first = f"{version.valid_from:%d/%m/%Y}"
    if version.valid_to is None:
        return tr("what_if.in_force_since", first=first)
    return tr("what_if.in_force", first=first, last=f"{version.valid_to:%d/%m/%Y}")


def _giving(found: Found) -> str:
    """The limit that the due date comes from, with what it was extended by."""
    if _appointed(found):
        return tr("ribbon.rescheduled")
    if (
        found.committed is not None
        and found.explanation.other is not None
        and found.explanation.other[0] == "statutory"
    ):
        base = limit_words(found.committed.limit)
    else:
        base = _limit_words(found)
    more = [limit_words(event.limit) for event in found.events if event.limit is not None]
    return " + ".join((base, *more))


def _limit_words(found: Found) -> str:
    return variant_words(found.case) if found.case else limit_words(found.limit) if found.limit else ""


def _appointed(found: Found) -> bool:
    """Whether the due date is a new appointment, not where a limit ends."""
    deadline = found.explanation.deadline
    return deadline.due_at not in (deadline.statutory_due_at, deadline.committed_due_at, None)


def _rescheduled(found: Found) -> bool:
    return any(event.kind == "rescheduled" for event in found.events)
