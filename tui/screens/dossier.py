"""One dossier: who and what, where it stands and why, every event; the actions that are legal now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.dossier import Dossier
from core.record import Event
from core.standing import Standing, explained, standing
from core.trace import Explanation
from core.transfer import accepting_unit
from storage.conflicts import desk_numbers
from storage.desk import Desk
from storage.repeats import repeats_of
from storage.revoked import told_marks
from tui.conflict_words import lost_lines, revoked_lines
from tui.custody_words import lying_lines
from tui.dates import end_long, moment_short
from tui.dossier_words import (
    apology_lines,
    author,
    bringer_line,
    event_marks,
    event_moment,
    event_words,
    fee_line,
    kind_words,
    mark_sign,
    missing_papers,
    notes,
    numbers_line,
    officer_names,
    papers_held,
    person_line,
    title_of,
)
from tui.explanation import one_line
from tui.feedback_words import said_lines
from tui.i18n import tr
from tui.keys import bind
from tui.message_words import telling_lines
from tui.number_words import shared_lines
from tui.screens.parts import Columns, Page, TextLines
from tui.screens.queue_preview import days_of
from tui.screens.queue_rows import short_number
from tui.screens.undoing import UndoScreen
from tui.why_words import why_lines
from tui.widgets.ribbon import Ribbon
from tui.widgets.timeline import Timeline, TimelineEntry


class DossierScreen(UndoScreen):
    """↑↓ scroll; Enter opens what was said of the dossier; Esc goes back to where the officer came from."""

    AUTO_FOCUS = "Page"
    name_key = "title.dossier"
    hints: ClassVar[Sequence[str]] = ("actions", "note", "why", "undo", "reprint", "letters", "copy", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("actions", "over('actions')"),
        bind("note", "over('action_form', 'noted')"),
        bind("decide", "over('conflict')"),
        bind("why", "over('why')"),
        bind("undo", "undo"),
        bind("copy", "copy"),
        bind("reprint", "reprint"),
        bind("letters", "over('letters')"),
        bind("open", "feedback"),
    ]

    def __init__(self, dossier_id: str) -> None:
        super().__init__()
        self.dossier_id = dossier_id
        self._number = ""
        self._contested = False
        self._said = False

    def again(self, dossier_id: str) -> None:
        """This screen, which nobody sees now, is about to be shown with this dossier, as if it were new."""
        self.dossier_id = dossier_id
        for page in self.query(Page):
            page.scroll_home(animate=False, immediate=True)
        self.set_focus(self.query_one("#left"))
        self.renew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a conflict can be decided, and only what was said opened."""
        if action == "feedback":
            return self._said
        return self._contested or (action, parameters) != ("over", ("conflict",))

    def body(self) -> ComposeResult:
        yield TextLines(id="head")
        yield TextLines(id="conflict", classes="problem")
        with Columns(id="middle"):
            with Page(classes="page", id="left"):
                yield Timeline(id="timeline")
            with Page(classes="page", id="right"):
                yield TextLines(id="facts")
                yield TextLines(id="reasons", classes="spaced")
                yield Ribbon(id="days")

    def fill(self) -> None:
        desk = self.app.desk
        dossier = desk.dossier(self.dossier_id)
        if dossier is None or dossier.state is None:
            self._number, self._contested, self._said = "", False, False
            self.query_one("#head", TextLines).show_lines([tr("error.dossier_unknown")])
            for name in ("#conflict", "#facts", "#reasons"):
                self.query_one(name, TextLines).show_lines([])
            self.query_one("#conflict").display = False
            self.query_one(Ribbon).show_days([])
            self.query_one("#timeline", Timeline).show_entries([])
            return
        self._number = dossier.receipt_number or ""
        officers = officer_names(desk.officers.all())
        law = desk.law_for(dossier)
        stands, reason = standing(dossier, law), explained(dossier, law)
        self.query_one("#head", TextLines).show_lines(list(_head(dossier, stands, reason, officers)))
        self._contested = bool(dossier.conflicts)
        conflicts = [*_update(dossier), *revoked_lines(desk, dossier), *_conflicts(dossier, officers)]
        self.query_one("#conflict", TextLines).show_lines(conflicts)
        self.query_one("#conflict", TextLines).display = bool(conflicts)
        said = list(said_lines(desk, dossier.id))
        self._said = bool(said)
        self.query_one("#facts", TextLines).show_lines(
            [
                *lost_lines(desk, dossier, officers),
                *apology_lines(dossier, officers),
                *_custody(dossier),
                *lying_lines(desk, dossier, law),
                *_repeats(desk, dossier),
                *shared_lines(desk, dossier.id),
                *([*said, tr("feedback.opened_by")] if said else ()),
                *telling_lines(desk, dossier, sending=bool(self.app.settings.deliver)),
                *_facts(dossier, stands),
            ]
        )
        self.query_one("#reasons", TextLines).show_lines(why_lines(dossier, stands, reason, law))
        self.query_one(Ribbon).show_days(days_of(reason))
        suspect = desk.log.suspect_times(dossier.id)
        marks = told_marks(desk, dossier)
        entries = [
            _entry(stands, event, officers, marks.get(event.event_id), event.event_id in suspect)
            for event in dossier.events
        ]
        self.query_one("#timeline", Timeline).show_entries(entries)
        self.call_after_refresh(self.query_one("#left", Page).scroll_end, animate=False)

    def uncovered(self) -> None:
        self.fill()

    def action_over(self, name: str, *more: object) -> None:
        """A screen about this dossier, over it."""
        self.app.push(self.app.make(name, self.dossier_id, *more))

    def action_feedback(self) -> None:
        """What was said of this dossier, as a list of its own."""
        self.app.push(self.app.make("voices", dossier=self.dossier_id))

    def key_title(self, key_id: str) -> str | None:
        return tr("voices.title") if key_id == "open" else super().key_title(key_id)

    def action_reprint(self) -> None:
        self.print_slip(self.dossier_id)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._number)
        self.say(tr("copied", text=self._number))


def _head(dossier: Dossier, stands: Standing, reason: Explanation | None, officers: dict[str, str]) -> Iterator[str]:
    outcome = f" ({tr(f'outcome.{dossier.outcome}')})" if dossier.outcome else ""
    yield f"{numbers_line(dossier)} · {tr(f'state.{dossier.state}')}{outcome}"
    yield person_line(dossier)
    if brought := bringer_line(dossier):
        yield brought
    yield f"{title_of(stands.version, dossier.procedure)} · {officers.get(dossier.officer, '')}"
    due = stands.binding_at or stands.step_at
    key = "dossier.due_step" if stands.step_at else "dossier.due"
    key = "dossier.answer_by" if stands.answer is not None and stands.answer.given is None else key
    words = tr(key, moment=end_long(due) if due else "–")
    yield words + _because(dossier, stands, reason)


def _because(dossier: Dossier, stands: Standing, reason: Explanation | None) -> str:
    """The judgement of an ended dossier, else the shortest reason of the date."""
    if dossier.ending is not None:
        return f" · {tr(f'judged.{dossier.ending.judged}')}" if dossier.ending.judged else ""
    if stands.binding_at and stands.due_at and stands.binding_at < stands.due_at:
        return f" ({tr('dossier.earlier', due=moment_short(stands.due_at))})"
    case = stands.version.variant(dossier.variant) if stands.version else None
    short = one_line(reason, case.phases[0].limit) if reason and case and (stands.binding_at or stands.step_at) else ""
    return f" ({short})" if short else ""


def _facts(dossier: Dossier, stands: Standing) -> Iterator[str]:
    yield tr("dossier.papers", papers="; ".join(papers_held(dossier, stands.version)) or tr("dossier.nothing_missing"))
    yield tr(
        "dossier.missing",
        papers="; ".join(missing_papers(dossier, stands.version)) or tr("dossier.nothing_missing"),
    )
    shelf = dossier.facts.get("shelf")
    if dossier.lies_since is not None and shelf:
        yield tr("dossier.shelf", shelf=shelf)
    yield fee_line(dossier)
    if dossier.matter:
        yield tr("dossier.matter", facts="; ".join(f"{tr(f'matter.{k}')}: {v}" for k, v in dossier.matter.items()))
    for note in notes(dossier):
        yield tr("dossier.note", text=note)


def _custody(dossier: Dossier) -> Iterator[str]:
    """Another unit that has the dossier, or is asked to take it."""
    if dossier.away is not None:
        yield tr("dossier.away", unit=dossier.away)
    elif dossier.open_offer is not None:
        yield tr("dossier.offered", unit=dossier.open_offer.body["unit"])
    for event in dossier.events:
        if event.event_id in dossier.late and event.kind == "transferred":
            yield tr("dossier.crossed", unit=accepting_unit(dossier, event))
        elif event.event_id in dossier.late:
            yield tr("dossier.late", unit=event.unit, what=kind_words(event), moment=moment_short(event.at))


def _repeats(desk: Desk, dossier: Dossier) -> Iterator[str]:
    """The same person's same request at another desk, as far as nobody has judged it."""
    found = repeats_of(desk, dossier.id)
    numbers = desk_numbers(desk) if found else {}
    for other, name in found:
        where = numbers.get(name, "–")
        if other is None:
            yield tr("dossier.repeat_elsewhere", desk=where)
        else:
            yield tr("dossier.repeat", number=short_number(other["receipt_number"]), desk=where)


def _conflicts(dossier: Dossier, officers: dict[str, str]) -> Iterator[str]:
    """Each branch of a conflict in words; a person decides, nobody's clock does."""
    known = {event.event_id: event for event in dossier.events}
    for conflict in dossier.conflicts:
        yield tr("conflict.told")
        for branch in conflict.branches:
            event = known.get(branch)
            if event is not None:
                yield f"- {event_words(event, officers)} · {author(event, officers)} · {moment_short(event.at)}"


def _update(dossier: Dossier) -> list[str]:
    """What only a newer program understands keeps the dossier from legal effects here."""
    return [tr("dossier.needs_update")] if dossier.needs_update else []


def _entry(stands: Standing, event: Event, officers: dict[str, str], mark: str | None, suspect: bool) -> TimelineEntry:
    at = event_moment(event)
    told = event_words(event, officers, stands.version)
    what = " ".join(part for part in (told, event_marks(mark, suspect=suspect)) if part)
    return TimelineEntry(moment_short(at) if at else "–", what, author(event, officers), mark_sign(mark))
