"""F2: a dossier is handed in. One page; scan or type, choose the procedure, tick the papers, F10."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from core.answers import Refusal
from core.catalogue import Fee, ProcedureVersion
from core.duplicates import Duplicate
from storage.drafts import Drafts, SavedDraft
from storage.queries import Row
from tui.dates import epoch_end_long, epoch_long
from tui.dossier_words import paper_title, title_of
from tui.i18n import tr
from tui.keys import bind
from tui.post_words import post_words
from tui.print_words import words_of
from tui.printing import Handed
from tui.screens import intake_facts as facts
from tui.screens.draft_keeper import DraftKeeper
from tui.screens.intake_drafts import DraftPicker
from tui.screens.intake_due import DuePane, SavedPane, warnings_line
from tui.screens.intake_earlier import EarlierForm
from tui.screens.intake_form import IntakeForm
from tui.screens.intake_law import Procedures, law_words
from tui.screens.intake_offer import OfferScreen, offer_words
from tui.screens.intake_problem import Problem
from tui.screens.intake_promise import Earlier
from tui.screens.intake_taking import (
    fee_asked,
    known_texts,
    notes_of,
    problem_words,
    received_at,
    scanned,
    send_home,
    take_in,
)
from tui.screens.to_paper import print_paper
from tui.sentences import sentence
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.scan import ScanCatcher

_DRAFT_DELAY = 0.6
"""Seconds from a change to its being kept."""
_BRINGER = ("bringer_name", "bringer_number", "bringer_capacity")


class IntakeScreen(ScanCatcher, OfferScreen):
    """The form, the appointment that it would get, and what was just taken in."""

    name_key = "intake.title"
    hints = (
        "save",
        "save_only",
        "save_next",
        "send_home",
        "earlier",
        "duplicate",
        "service_slip",
        "discard",
        "on_roll",
        "two_languages",
        "large_print",
        "back",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "save('print')"),
        bind("save_only", "save('only')"),
        bind("save_next", "save('next')"),
        bind("send_home", "send_home"),
        bind("earlier", "earlier"),
        bind("duplicate", "open_duplicate"),
        bind("discard", "discard"),
        bind("undo", "restore_discarded"),
    ]

    def __init__(self, procedure: str = "") -> None:
        super().__init__()
        self._asked = procedure
        self._typed = facts.Form()
        self._draft_timer: Timer | None = None
        self._discarded: facts.Form | None = None
        self._alike: Sequence[tuple[Duplicate, Row]] = ()
        self._version: ProcedureVersion | None = None
        self._minute = -1
        self._fee = ""

    def body(self) -> ComposeResult:
        self._law = Procedures(self.app.desk)
        yield IntakeForm(self._law.find, self._procedure_chosen)
        yield DuePane()
        yield SavedPane()
        yield Problem()

    def on_mount(self) -> None:
        assert self.app.officer is not None
        self._officer = self.app.officer
        self._drafts = DraftKeeper(Drafts(self.app.desk.connection, self._officer.id))
        self.query_one(SavedPane).display = False
        super().on_mount()
        self._start(facts.Form({"procedure": self._asked} if self._asked else {}))
        if not self._asked:
            self._offer_drafts()

    def fill(self) -> None:
        """Another process wrote: the law or the person's dossiers may be others now."""
        self._show_law(self._typed)
        self._show_notes(self._typed)

    def tick(self) -> None:
        super().tick()
        minute = self.app.desk.now().minute
        if self.stands and minute != self._minute:
            self._minute = minute
            self._show_law(self._typed)

    def leave(self) -> None:
        self._typed = self.form.read()
        self._keep()

    def on_unmount(self) -> None:
        self._keep()

    @property
    def _unit(self) -> tuple[str, str]:
        return self.app.desk.identity.unit, self.app.desk.identity.unit_name

    @property
    def form(self) -> IntakeForm:
        return self.query_one(IntakeForm)

    # what the officer does

    async def take_scan(self, text: str) -> None:
        focused = self.focused.id if self.focused else None
        scan = scanned(self.app.desk, self.form.read(), text, of_bringer=focused in _BRINGER)
        if scan.problem is not None:
            self.refuse(scan.problem)
        else:
            self.say(warnings_line(scan.warnings) or scan.said)
        if scan.of == "nothing":
            self.app.bell()
            return
        if scan.blank:
            self.form.show_blank(scan.blank)
        self.form.put(scan.texts)
        self._changed("blank" if scan.of in ("blank", "note") else "scan")
        self.form.focus_on({"blank": "received_at", "note": "applicant_number"}.get(scan.of, "procedure"))

    def on_intake_form_changed(self, message: IntakeForm.Changed) -> None:
        self._changed(message.field)

    def on_choice_input_chosen(self) -> None:
        self._changed("procedure")

    def action_save(self, how: str) -> None:
        """Take it in; nothing that was typed is lost where it can't be."""
        self._choose_only_procedure()
        form = self.form.read()
        answer = take_in(self.app.desk, self._officer, form, self._version, self._drafts.current)
        if isinstance(answer, Refusal):
            self._tell_problem(answer)
            return
        self._saved(answer, form, how)

    def action_send_home(self) -> None:
        """The papers don't do: write down what is missing, and offer the paper that says so."""
        self._choose_only_procedure()
        form = self.form.read()
        answer = send_home(self.app.desk, self._officer, form, self.form.missing, self._drafts.current)
        if isinstance(answer, Refusal):
            self._tell_problem(answer)
            return
        self._start(facts.Form())
        self.say(tr("intake.sent_home"))
        self.app.push(self.app.make("letters", answer))

    def action_earlier(self) -> None:
        """Promise an earlier appointment, change that, or take it back."""
        desk, form = self.app.desk, self.form.read()
        now = received_at(form, desk.now())
        found = facts.outlook(desk.law, desk.identity.unit, form, now) if form.text("procedure") else None
        due = found.explanation.deadline.due_at if isinstance(found, facts.Outlook) else None
        if due is None:
            self.refuse(Refusal("promise_without_due"))
            return
        self.say("")
        calendar = desk.law.calendar(desk.identity.unit)
        self.app.push_screen(EarlierForm(Earlier(**form.earlier), due, now, calendar), self._promise)

    def _promise(self, promised: Earlier | None) -> None:
        if promised is not None:
            self.form.earlier = promised.content
            self._changed("earlier")

    def offered_version(self) -> ProcedureVersion | None:
        return self._version

    def offer_changed(self) -> None:
        self._changed("offer")

    def action_open_duplicate(self) -> None:
        if self._alike:
            self.leave()
            self.app.push(self.app.make("dossier", self._alike[0][1].id))

    def action_discard(self) -> None:
        """Throw the form away; Ctrl+Z brings it back while the screen is open."""
        self._discarded = self.form.read()
        problem = self._drafts.forget()
        if problem is not None:
            self.refuse(problem)
            return
        self._start(facts.Form())
        self.say(tr("intake.discarded"))

    def action_restore_discarded(self) -> None:
        if self._discarded is not None and self._typed.empty:
            self._start(self._discarded)
            self._discarded = None
            self._changed("restored", again=True)

    # the form from outside

    def _start(self, form: facts.Form, draft: str = "") -> None:
        """Show a form: an empty one, a draft, or the next one of a visit."""
        version = self._law.version(form.text("procedure"))
        choice = Choice(version.procedure, title_of(version, version.procedure)) if version else None
        self.form.fill(form, choice, version)
        self._typed = self.form.read()
        self.manner = None
        self.tell_manner()
        self._drafts.begin(draft or self.app.desk.new_id(), self._typed)
        self._version = version
        self.form.show_card("")
        self._show_law(self._typed)
        self._show_notes(self._typed)
        self.form.focus_on("procedure" if form.text("applicant_name") and not version else "applicant_number")

    def _offer_drafts(self) -> None:
        found = self._drafts.all()
        if len(found) == 1:
            self._take_draft(found[0])
        elif found:
            self.app.push_screen(DraftPicker(found), self._take_draft)

    def _take_draft(self, draft: SavedDraft | None) -> None:
        if draft is None:
            return
        self._start(facts.Form.read(draft.content), draft.id)
        self.say(tr("intake.draft_restored", time=epoch_long(draft.saved_at)))

    def _changed(self, field: str, *, again: bool = False) -> None:
        form = self.form.read()
        if form == self._typed and not again:
            return
        before, self._typed = self._typed, form
        self.query_one(Problem).answered(field)
        self._show_foot(saved=False)
        if form.text("procedure") != before.text("procedure"):
            self.form.offer = {}
            self._version = self._law.version(form.text("procedure"))
            self.form.offer_version(self._version)
            self._typed = form = self.form.read()
        if form.text("applicant_number") != before.text("applicant_number") and field != "scan":
            self._fill_known(form)
        if form.text("applicant_number") != before.text("applicant_number"):
            self.form.show_card(tr("intake.read_well") if field == "scan" else "")
        if form.kind != before.kind:
            self.tell_manner()
        self._show_law(form)
        self._show_notes(form)
        if self._draft_timer is None:
            self._draft_timer = self.set_timer(_DRAFT_DELAY, self._keep)

    def _procedure_chosen(self) -> None:
        self._changed("procedure")

    def _fill_known(self, form: facts.Form) -> None:
        new = known_texts(self.app.desk, form)
        if new:
            self.form.put(new)
            self.say(tr("intake.known_person"))

    def _choose_only_procedure(self) -> None:
        """Words that fit one procedure only are as good as having chosen it."""
        chooser = self.query_one(ChoiceInput)
        if chooser.choice is None and chooser.field.value and len(self._law.find(chooser.field.value)) == 1:
            chooser.take_marked()
            self._changed("procedure")

    # what it shows

    def _show_law(self, form: facts.Form) -> None:
        desk, now = self.app.desk, received_at(form, self.app.desk.now())
        found = facts.outlook(desk.law, desk.identity.unit, form, now) if form.text("procedure") else None
        self.query_one(DuePane).show_outlook(found)
        fee = facts.fee_of(found.version, form.text("channel"), now) if isinstance(found, facts.Outlook) else None
        self._ask_fee(form, fee)
        words = law_words(desk.law, self._unit, found, fee, now) if isinstance(found, facts.Outlook) else ""
        if words and form.text("return_by") == "post":
            words = f"{words}\n{post_words(desk, form.text('applicant_kind'), form.text('procedure'))}"
        self.form.show_law("\n".join([words, *offer_words(desk, form, self._version)]) if words else "")

    def _ask_fee(self, form: facts.Form, fee: Fee | None) -> None:
        """The amount that the law asks, as long as the officer has written none of their own."""
        asked = fee_asked(fee)
        if asked != self._fee and form.text("fee") in ("", self._fee):
            self.form.put({"fee": asked})
        self._fee = asked

    def _show_notes(self, form: facts.Form) -> None:
        """One line: a repeat first, then what does not fit the number, then other dossiers of the person."""
        elsewhere = self.form.focus_is_elsewhere("applicant_number")
        notes = notes_of(self.app.desk, self._law, form, is_whole=elsewhere, key=tr("intake.alike_key"))
        self._alike = notes.alike
        self.form.show_notes(notes.lines, repeat=notes.repeat)

    def _show_foot(self, *, saved: bool) -> None:
        self.query_one(SavedPane).display = saved
        self.query_one(DuePane).display = not saved

    def _tell_problem(self, problem: Refusal) -> None:
        place = facts.place_of(problem)
        if place is None:
            self.refuse(problem)
            return
        text = problem_words(problem)
        self.form.focus_on(place)
        self.query_one(Problem).tell(place, text)
        self.app.bell()

    def _keep(self) -> None:
        """Save the draft now, or forget one that became empty."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        problem = self._drafts.keep(self._typed, self.app.desk.now())
        if problem is not None and self.is_attached:
            self.refuse(problem)

    def _saved(self, dossier: str, form: facts.Form, how: str) -> None:
        row = self.app.desk.row(dossier)
        assert row is not None
        manner, missing = self.manner, [paper_title(code, self._version) for code in self.form.missing]
        self._start(form.same_visit() if how == "next" else facts.Form())
        due = epoch_end_long(row["binding_at"]) if row["due_at"] is not None else tr("intake.no_due_yet")
        printed = tr("intake.by_hand" if form.blank else "intake.not_printed")
        self.query_one(SavedPane).show_saved(row, tr("intake.saved_due", due=due), printed)
        self._show_foot(saved=True)
        told = tr("intake.saved", number=row["receipt_number"] or tr("queue.no_number"))
        self.say(f"{told} {tr('dossier.missing', papers='; '.join(missing))}" if missing else told)
        if how == "print" and not form.blank:
            begins = partial(self._tell_print, tr("intake.printing"))
            print_paper(self.app, dossier, "receipt", self._printed, begins=begins, manner=manner, gone_on=True)

    def _printed(self, handed: Handed | None) -> None:
        """The dossier is safe whatever came of its paper."""
        if handed is None:
            self._tell_print(tr("print.not_confirmed"))
        elif handed.refused is not None:
            why = sentence(handed.refused.code, handed.refused.params)
            self._tell_print(tr("intake.print_failed", why=why))
        else:
            self._tell_print(words_of(handed, tr("intake.printed")))

    def _tell_print(self, text: str) -> None:
        if self.is_attached:
            self.query_one(SavedPane).show_print(text)
            if text.startswith("✗"):
                self.say(text)

    # how the receipt comes

    def applicant_kind(self) -> str | None:
        return self._typed.kind

    def show_manner(self, words: str, *, usual: bool) -> None:
        self.query_one(DuePane).show_manner("" if usual else words)
