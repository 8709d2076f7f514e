"""The questions about one dossier that is handed in: each asked, its answer kept, and what it changes told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from core.answers import Refusal
from core.calendar import WorkCalendar
from core.catalogue import Fee, ProcedureVersion
from core.intake import opening_of
from core.text import clean_line
from tui.choices import Choice
from tui.i18n import tr
from tui.plain import questions
from tui.plain.lines import Jump, numbers
from tui.plain.session import Session
from tui.screens import intake_facts as facts
from tui.screens import intake_taking as taking
from tui.screens.draft_keeper import DraftKeeper
from tui.screens.intake_facts import Form, Outlook
from tui.screens.intake_law import Procedures, law_words

_NEXT = ">"
_SHOWN = 9
_USUAL = {name: words[0] for name, words in facts.OFFERED.items() if words[0]}
_BRINGER = frozenset({"bringer_capacity", "bringer_name", "bringer_number"})
_EXPLAINED = frozenset({"applicant_number", "birth_date", "procedure"})
_READ = ("applicant_name", "birth_date", "sex", "address")


class Questions:
    """One form and what the law makes of it. A scan is taken at any question, «>» leads to the next part."""

    def __init__(self, session: Session, keeper: DraftKeeper, form: Form) -> None:
        self.form = form
        self.law = Procedures(session.desk)
        self.version: ProcedureVersion | None = self.law.version(form.text("procedure"))
        self.alike: tuple[str, ...] = ()
        """The person's open dossiers, the most alike first."""
        self._session = session
        self._desk = session.desk
        self._keeper = keeper
        self._fee_asked = taking.fee_asked(self.fee)
        self._told: set[str] = set()
        for name, word in _USUAL.items():
            form.texts.setdefault(name, word)

    @property
    def calendar(self) -> WorkCalendar:
        return self._desk.law.calendar(self._desk.identity.unit)

    @property
    def fee(self) -> Fee | None:
        if self.version is None:
            return None
        at = taking.received_at(self.form, self._desk.now())
        return facts.fee_of(self.version, self.form.text("channel"), at)

    @property
    def outlook(self) -> Outlook | Refusal | None:
        """What the law says of the procedure, were it received now."""
        if not self.form.text("procedure"):
            return None
        at = taking.received_at(self.form, self._desk.now())
        return facts.outlook(self._desk.law, self._desk.identity.unit, self.form, at)

    def law_lines(self) -> list[str]:
        """Limit, fee and article, the door, what nobody has verified; nothing where there is no law."""
        found, identity = self.outlook, self._desk.identity
        if not isinstance(found, Outlook):
            return []
        at = taking.received_at(self.form, self._desk.now())
        return law_words(self._desk.law, (identity.unit, identity.unit_name), found, self.fee, at).split("\n")

    def names(self) -> list[str]:
        """What is asked, by what was answered so far."""
        return questions.names_of(self.form, self.version, self.fee)

    def words(self, name: str) -> str:
        """The answer as it stands."""
        return questions.answer_of(self.form, name, self.version)

    def ask(self, name: str) -> None:
        """Ask it, keep the answer durably, and tell what it changes. Raises Back and Jump."""
        before = self.form.text("applicant_number")
        own: dict[str, Callable[[str], None]] = {
            "procedure": self._ask_procedure,
            "variant": self._ask_variant,
            "papers": self._ask_papers,
            "originals": self._ask_papers,
        }
        own.get(name, self._ask_word if name in facts.OFFERED else self._ask_text)(name)
        if self.form.text("applicant_number") != before:
            new = taking.known_texts(self._desk, self.form)
            self.form.texts |= new
            if new:
                self._session.say(tr("intake.known_person"))
        self._changed()

    def keep(self) -> None:
        """Durable now, as far as the disk takes it."""
        problem = self._keeper.keep(self.form, self._desk.now())
        if problem is not None:
            self._session.refuse(problem)

    def notes(self) -> list[str]:
        """What is open of this person already and what does not fit the number."""
        notes = taking.notes_of(self._desk, self.law, self.form, is_whole=True)
        self.alike = tuple(row.id for _, row in notes.alike)
        return [f"! {line}" for line in notes.lines]

    def _changed(self) -> None:
        asked = taking.fee_asked(self.fee)
        if asked != self._fee_asked and self.form.text("fee") in ("", self._fee_asked):
            self.form.texts["fee"] = asked
        self._fee_asked = asked
        self.keep()
        notes = self.notes()
        self._session.say(*(line for line in notes if line not in self._told))
        self._told |= set(notes)

    def _typed(self, name: str, typed: str) -> str:
        """What an answer is; a scan, or «>», is none and leads elsewhere."""
        if typed == _NEXT:
            raise Jump(questions.section_after(self.names(), name))
        if questions.is_scan(typed, name, self._desk.now()):
            raise Jump(self._scan(name, typed))
        return typed

    def _scan(self, name: str, text: str) -> str:
        """Use what a scanner read, whatever was asked; where to go on."""
        scan = taking.scanned(self._desk, self.form, text, of_bringer=name in _BRINGER)
        if scan.problem is not None:
            self._session.refuse(scan.problem)
        else:
            self._session.say(scan.said, *(f"! {warning}" for warning in scan.warnings))
        self.form.texts |= scan.texts
        self.form.blank = scan.blank or self.form.blank
        if scan.of == "person":
            self._session.say("; ".join(filter(None, map(self.words, _READ))))
        self._changed()
        names = self.names()
        wanted = {"person": "phone", "bringer": "procedure", "blank": "received_at"}.get(scan.of, name)
        place = names.index(name) if name in names else 0
        return wanted if scan.of == "blank" or names.index(wanted) > place else name

    def _prompt(self, name: str) -> str:
        """The question with its number on this form, and how papers are named."""
        how = f" ({tr(f'plain.intake.how.{name}')})" if name in ("papers", "originals") else ""
        return f"{self.names().index(name) + 1}. {questions.label_of(self.form, name)}{how}"

    def _field(self, name: str, held: str, check: Callable[[str], str]) -> str:
        explained = tr(f"plain.intake.help.{name}") if name in _EXPLAINED else ""
        return self._session.field(self._prompt(name), held, *filter(None, [explained]), check=check)

    def _ask_text(self, name: str) -> None:
        text = self._field(name, self.words(name), partial(self._checked, name))
        matter = name.removeprefix("matter:")
        if matter != name:
            self.form.matter[matter] = text
        else:
            self.form.texts[name] = text
        if name == "applicant_number" and not text and self.form.kind == "citizen":
            self._session.say(tr("plain.no_card"))

    def _checked(self, name: str, typed: str) -> str:
        text = self._typed(name, typed)
        text = self._session.words(text) if name in questions.WORDS else clean_line(text)
        questions.check_answer(self.form, name, text, opening_of(self.calendar))
        return text

    def _ask_word(self, name: str) -> None:
        held = self.form.text(name)
        if name == "bringer_capacity" and held == "self":
            held = self._likely_bringer()
        self._choose(name, facts.offered(name), held)

    def _choose(self, name: str, options: list[tuple[str, str]], held: str) -> None:
        elsewhere = partial(self._typed, name)
        self.form.texts[name] = self._session.choose(self._prompt(name), options, held, elsewhere=elsewhere)

    def _likely_bringer(self) -> str:
        """An organisation sends somebody; a child without a card of its own is brought by a parent."""
        likely = facts.likely_capacity(self.form, self._desk.now())
        child = likely == "parent" and not self.form.text("applicant_number")
        return likely if child or self.form.kind == "organisation" else "self"

    def _ask_variant(self, name: str) -> None:
        cases = questions.cases_of(self.version)
        held = self.form.text(name)
        self._choose(name, cases, held if held in dict(cases) else cases[0][0])

    def _ask_procedure(self, name: str) -> None:
        """By what people call it; where several are meant, one by its number, the likeliest first."""
        held, typed_of = self.words(name), partial(self._typed, name)
        typed = self._field(name, held, typed_of)
        while typed != held:
            found = self.law.find(typed)[:_SHOWN]
            if typed and not found:
                self._session.say(tr("plain.intake.unknown"))
                typed = self._field(name, held, typed_of)
                continue
            if len(found) > 1:
                typed = self._which(found, typed_of)
                if not typed.isdecimal():
                    continue
                found = [found[int(typed) - 1]]
            self._take_procedure(found[0].id if found else "")
            return

    def _which(self, found: Sequence[Choice], typed_of: Callable[[str], str]) -> str:
        """The number of one of these, or what is to be looked for instead."""
        self._session.say(*(f"{number}. {one.text}; {one.remark}" for number, one in enumerate(found, 1)))
        while True:
            typed = self._session.field(tr("plain.intake.which"), "1", check=typed_of)
            if typed and (not typed.isdecimal() or 1 <= int(typed) <= len(found)):
                return typed
            self._session.say(tr("plain.one_of", count=len(found)))

    def _take_procedure(self, procedure: str) -> None:
        """The procedure, and what it asks; answers that another one asked for are kept as far as they fit."""
        self.form.texts["procedure"] = procedure
        self.form.texts.pop("variant", None)
        version = self.version = self.law.version(procedure)
        asked = [paper.code for paper in version.papers] if version is not None else []
        self.form.papers = [code for code in asked if code in self.form.papers]
        self.form.originals = [code for code in self.form.papers if code in self.form.originals]
        self._session.say(*filter(None, [self.words("procedure")]), *self.law_lines())

    def _ask_papers(self, name: str) -> None:
        """Papers by their numbers: which were handed in, or whose originals stay here (those were handed in, too)."""
        assert self.version is not None
        form, papers = self.form, self.version.papers
        if name == "papers":
            for number, one in enumerate(papers, 1):
                remark = "" if one.required else f" ({tr('intake.if_needed')})"
                self._session.say(f"{number}. {questions.paper_words(one)}{remark}")
        chosen = form.papers if name == "papers" else form.originals
        held = " ".join(str(number) for number, one in enumerate(papers, 1) if one.code in chosen)
        meant = numbers(self._field(name, held, partial(self._paper_numbers, name)), len(papers))
        codes = [one.code for number, one in enumerate(papers, 1) if number in meant or (0 in meant and one.required)]
        if name == "papers":
            form.papers, form.originals = codes, [code for code in form.originals if code in codes]
            missing = questions.missing_words(form, self.version) or tr("dossier.nothing_missing")
            self._session.say(tr("dossier.missing", papers=missing))
        else:
            form.originals = codes
            form.papers = [one.code for one in papers if one.code in {*form.papers, *codes}]

    def _paper_numbers(self, name: str, typed: str) -> str:
        assert self.version is not None
        numbers(self._typed(name, typed), len(self.version.papers))
        return typed
