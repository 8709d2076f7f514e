"""F2: a dossier is handed in. Asked field by field, looked through, saved durably, its receipt printed."""

from __future__ import annotations

from core.answers import InvalidInput, Refusal
from core.decisions import no_promise
from storage.drafts import Drafts, SavedDraft
from tui.dates import end_long, epoch_end_long
from tui.explanation import explanation_lines, one_line
from tui.i18n import tr
from tui.limit_words import variant_words
from tui.offer_words import OFFERS, answer_words, said_line
from tui.plain.asking import Questions
from tui.plain.lines import Back, Leave, once, walk
from tui.plain.lists import show_dossier
from tui.plain.questions import label_of, missing_papers, missing_words
from tui.plain.session import Session
from tui.screens import intake_facts as facts
from tui.screens import intake_taking as taking
from tui.screens.draft_keeper import DraftKeeper, draft_words
from tui.screens.intake_facts import Form, Outlook
from tui.screens.intake_law import due_line
from tui.screens.intake_promise import Earlier, read_promise
from tui.sentences import sentence

_DRAFTS = 9
_LACKING = ("applicant_name", "procedure")


def take_in(session: Session) -> None:
    """Take dossiers in: a draft that was left, or a new form, then the next ones of the same visit."""
    keeper = DraftKeeper(Drafts(session.desk.connection, session.officer.id))
    found = _draft(session, keeper)
    form: Form | None = Form.read(found.content) if found else Form()
    draft = found.id if found else session.desk.new_id()
    while form is not None:
        keeper.begin(draft, form)
        try:
            form, draft = Intake(session, keeper, form).run(), session.desk.new_id()
        except (Back, Leave):
            session.say(*([] if form.empty else [tr("plain.draft_kept")]))
            raise


def _draft(session: Session, keeper: DraftKeeper) -> SavedDraft | None:
    """The draft to go on with; None: a new form."""
    drafts = keeper.all()[:_DRAFTS]
    if not drafts:
        return None
    session.say(tr("plain.drafts"), *(f"{number}. {draft_words(one)}" for number, one in enumerate(drafts, 1)))
    while True:
        typed = session.ask(tr("plain.drafts.which"))
        if typed == "0":
            return None
        if typed == "" or (typed.isdecimal() and int(typed) <= len(drafts)):
            return drafts[int(typed or 1) - 1]
        session.say(tr("plain.one_of", count=len(drafts)))


class Intake:
    """One form, from its first question to the saved dossier."""

    def __init__(self, session: Session, keeper: DraftKeeper, form: Form) -> None:
        self._session = session
        self._desk = session.desk
        self._keeper = keeper
        self._form = form
        self._questions = Questions(session, keeper, form)

    def run(self) -> Form | None:
        """Ask, show, save; the next form of the visit, where one is wanted. Raises Back before the first question."""
        name = self._form.text("applicant_name")
        self._session.say(tr("plain.intake.next", name=name) if name else tr("plain.intake.begin"))
        self._walk(self._first())
        while True:
            try:
                alike = tr("plain.review.alike") if self._questions.alike else ""
                alike += tr("plain.review.offer") if self._said() else ""
                typed = self._session.ask(tr("plain.review", alike=alike), tr("plain.review.help"))
            except Back:
                self._walk(self._questions.names()[-1])
                continue
            if typed in ("l", "n"):
                if (dossier := self._save()) is not None:
                    return self._saved(dossier, next_one=typed == "n")
            elif typed == "v":
                if self._sent_home():
                    return None
            elif typed == "o" and self._said():
                self._offer()
            elif typed == "x":
                if self._discarded():
                    return None
            else:
                self._change(typed)

    def _first(self) -> str | None:
        """Where the questions begin: at the first of an empty form, at what a draft or a visit lacks; None: nowhere."""
        if self._form.empty:
            return self._questions.names()[0]
        return next((name for name in _LACKING if not self._form.text(name)), None)

    def _walk(self, name: str | None) -> None:
        """The questions from this one on, then all of the form."""
        walk(self._questions.names, self._questions.ask, name)
        self._show()

    def _show(self) -> None:
        """What was answered, the appointment with its reason, and what is doubtful."""
        asked, say = self._questions, self._session.say
        say(tr("plain.review.title"))
        for number, name in enumerate(asked.names(), 1):
            words = asked.words(name) or (tr("plain.lacking") if name in _LACKING else "")
            if words:
                say(f"{number}. {label_of(self._form, name)}: {words}")
        say(*asked.law_lines())
        if said := self._said():
            answer = tr("offer.noted", answer=answer_words(self._form.offer)) if self._form.offer else ""
            say(said, *([answer] if answer else []))
        self._show_due()

    def _show_due(self) -> None:
        """What another answer may change: papers that are missing, the appointment, what is doubtful."""
        missing = missing_words(self._form, self._questions.version)
        told = [tr("dossier.missing", papers=missing)] if missing else []
        self._session.say(*told, *self._due_lines(), *self._questions.notes())

    def _due_lines(self) -> list[str]:
        """When it would be due, and which days are counted."""
        found = self._questions.outlook
        if found is None:
            return [tr("intake.due.none")]
        if isinstance(found, Refusal):
            return [f"✗ {sentence(found.code, found.params)}"]
        limit = found.case.phases[0].limit if len(found.case.phases) == 1 else None
        counted = one_line(found.explanation, limit)
        return [due_line(found), *([counted] if counted not in ("", variant_words(found.case)) else [])]

    def _change(self, typed: str) -> None:
        """What may be done beside saving: another answer, why, an earlier date, the dossier that is alike."""
        names = self._questions.names()
        if typed.isdecimal() and 1 <= int(typed) <= len(names):
            once(self._questions.ask, names[int(typed) - 1])
            self._show_due()
        elif typed == "":
            self._show()
        elif typed == "w":
            self._session.say(*self._why())
        elif typed == "e":
            self._earlier()
            self._show_due()
        elif typed == "d" and self._questions.alike:
            show_dossier(self._session, self._questions.alike[0])
        else:
            self._session.say(tr("plain.review.help"))

    def _why(self) -> list[str]:
        found = self._questions.outlook
        if not isinstance(found, Outlook):
            return self._due_lines()
        basis = found.case.basis or found.version.basis
        return explanation_lines(found.explanation, self._questions.calendar, basis)

    def _earlier(self) -> None:
        """Promise an earlier appointment, change that, or take it back."""
        found, now = self._questions.outlook, taking.received_at(self._form, self._desk.now())
        due = found.explanation.deadline.due_at if isinstance(found, Outlook) else None
        if due is None:
            self._session.refuse(Refusal("promise_without_due"))
            return
        calendar, before = self._questions.calendar, Earlier(**self._form.earlier)

        def moment(typed: str) -> str:
            read = read_promise(typed, now, calendar)
            problem = no_promise(read, due, now, calendar)
            if problem is not None:
                raise InvalidInput(problem.code, basis=problem.basis, **problem.params)
            return read.isoformat(timespec="seconds")

        self._session.say(tr("earlier.until", moment=end_long(due)))
        try:
            at = self._session.field(f"{tr('earlier.at')} ({tr('earlier.hint')})", before.due_at, check=moment)
            reason = self._reason(before.reason) if at else ""
        except Back:
            return
        self._form.earlier = Earlier(at, reason).content
        self._questions.keep()

    def _reason(self, before: str) -> str:
        while not (reason := self._session.field(tr("earlier.reason"), before, check=self._session.words)):
            self._session.say(tr("earlier.no_reason"))
        return reason

    def _said(self) -> str:
        """The line of the online service, where there is one to offer."""
        return said_line(self._desk, self._form, self._questions.version)

    def _offer(self) -> None:
        """What was answered to it, or nothing after all."""
        options = [("", tr("offer.unasked")), *((f"{place}", answer_words(one)) for place, one in enumerate(OFFERS))]
        held = f"{OFFERS.index(self._form.offer)}" if self._form.offer in OFFERS else ""
        try:
            chosen = self._session.choose(tr("offer.answer"), options, held)
        except Back:
            return
        self._form.offer = dict(OFFERS[int(chosen)]) if chosen else {}
        self._questions.keep()
        given = tr("offer.noted", answer=answer_words(self._form.offer)) if chosen else tr("offer.taken_back")
        self._session.say(given)

    def _discarded(self) -> bool:
        """Whether the form was thrown away."""
        if not self._session.yes(tr("plain.discard")):
            return False
        problem = self._keeper.forget()
        if problem is not None:
            self._session.refuse(problem)
        return problem is None

    def _sent_home(self) -> bool:
        """Whether the citizen goes home with what is missing in writing: nothing was received."""
        asked = self._questions
        missing = [one.code for one in missing_papers(self._form, asked.version)]
        answer = taking.send_home(self._desk, self._session.officer, self._form, missing, self._keeper.current)
        if isinstance(answer, Refusal):
            self._session.say(f"✗ {taking.problem_words(answer)}")
            return False
        self._session.say(tr("intake.sent_home"))
        self._session.print_paper(answer, "supplement-request")
        return True

    def _save(self) -> str | None:
        """The dossier, durable now; None: what is wrong was told, and asked again where it is a field's fault."""
        asked = self._questions
        answer = taking.take_in(self._desk, self._session.officer, self._form, asked.version, self._keeper.current)
        if isinstance(answer, str):
            return answer
        self._session.say(f"✗ {taking.problem_words(answer)}")
        place = facts.place_of(answer)
        if place in asked.names():
            once(asked.ask, place)
        return None

    def _saved(self, dossier: str, *, next_one: bool) -> Form | None:
        row = self._desk.row(dossier)
        assert row is not None
        due = epoch_end_long(row["binding_at"]) if row["due_at"] is not None else tr("intake.no_due_yet")
        number = row["receipt_number"] or tr("queue.no_number")
        self._session.say(tr("intake.saved", number=number), tr("intake.saved_due", due=due))
        if self._form.blank:
            self._session.say(tr("intake.by_hand"))
        else:
            self._session.print_paper(dossier)
        return self._form.same_visit() if next_one else None
