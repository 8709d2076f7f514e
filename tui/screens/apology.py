"""An apology for one dossier or for many: reason and days, each one's own new date seen before it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from core.answers import InvalidInput, Refusal
from core.events import KINDS
from core.moments import legal_day
from core.regime import CAPACITIES
from storage.glyphs import lacking
from storage.regime import Foreseen, Meant, carry_out, foresee
from tui.dates import moment_short
from tui.i18n import tr
from tui.keys import bind
from tui.reason_words import reason_words
from tui.screens.action_fields import reasons_for
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping, of_dossiers
from tui.screens.queue_rows import short_number
from tui.sentences import sentence
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.listed import Listed
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput
from tui.widgets.queue_table import LineTable

if TYPE_CHECKING:
    from tui.app import Workstation

_SURE = 3
_RESTING = 0.15
_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 16, grow=2),
    Column("before", "apology.before", 11),
    Column("after", "apology.after", 11, marked=True),
    Column("remark", "apology.remark", 22, grow=3),
)


class ApologyScreen(KeptTyping):
    """A leader signs, anyone else proposes. Above three, or where some may not, the same key is pressed once more."""

    DEFAULT_CSS = """
    ApologyScreen {
        #apology-form { height: auto; padding: 0 1; }
        #apology-form .line { height: 1; }
        #apology-form .wide { width: 22; }
        #apology-form OptionField { width: 1fr; }
        #apology-days { width: 8; }
    }
    """
    name_key = "title.apology"
    hints: ClassVar[Sequence[str]] = ("save", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def __init__(self, dossier_ids: Sequence[str]) -> None:
        super().__init__()
        self._ids = list(dossier_ids)
        self._foreseen: list[Foreseen] = []
        self._asked: Meant | None = None
        self._proposed = False
        self._timer: Timer | None = None

    @property
    def kept_as(self) -> str:
        return of_dossiers("apology", self._ids)

    @property
    def kept_about(self) -> Sequence[str]:
        return self._ids

    @property
    def _signs(self) -> bool:
        assert self.app.officer is not None
        return "leader" in self.app.officer.roles

    def key_title(self, key_id: str) -> str | None:
        return tr("apology.sign" if self._signs else "apology.propose") if key_id == "save" else None

    def body(self) -> ComposeResult:
        officer = self.app.officer
        assert officer is not None
        today = legal_day(self.app.desk.now())
        reasons = reason_words(reasons_for(KINDS["rescheduled"], today))
        proposals = [dossier.proposal for one in self._ids if (dossier := self.app.desk.dossier(one)) is not None]
        self._proposed = bool(proposals) and all(proposals)
        with Vertical(id="apology-form"):
            first = tr("apology.as_proposed" if self._proposed else "apology.choose")  # no reason stands there unsaid
            yield _line(tr("apology.reason"), OptionField([("", first), *reasons], id="apology-reason"))
            yield _line(tr("apology.days"), KeyedInput(id="apology-days", max_length=3))
            yield _line(tr("apology.words"), PhraseInput(id="apology-words", max_length=200, kind="apology"))
            if self._signs:
                may = CAPACITIES if officer.signs == "head" else (officer.signs,)
                yield _line(tr("field.signed_as"), OptionField([(one, tr(f"signs.{one}")) for one in may], id="signs"))
        yield Static("", id="apology-count", markup=False)
        yield LineTable(_COLUMNS, Listed(()), _cells, _mark, id="apology-list")

    def fill(self) -> None:
        """What each dossier would get by what stands in the fields."""
        meant = self._meant()
        assert self.app.officer is not None
        self._foreseen = foresee(self.app.desk, self.app.officer, self._ids, meant)
        if not self._complete(meant):
            self._foreseen = [replace(one, refused=None) if _unfinished(one) else one for one in self._foreseen]
        may = sum(one.after is not None for one in self._foreseen)
        may_not = sum(one.refused is not None and not _awaits_letter(one) for one in self._foreseen)
        told = tr("apology.count", count=len(self._ids), may=may, may_not=may_not)
        self.query_one("#apology-count", Static).update(told)
        self.query_one("#apology-list", LineTable).set_source(Listed(self._foreseen))

    @on(Input.Changed)
    @on(OptionField.Changed)
    def changed(self) -> None:
        """Count again once the fingers rest."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_RESTING, self.fill)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.dossier))

    def action_save(self) -> None:
        """Sign or propose what may be; what may not is in the list with its reason, before anything is written."""
        meant = self._meant()
        self.fill()
        may = [one for one in self._foreseen if one.after is not None]
        if not may and self._signs and all(map(_awaits_letter, self._foreseen)):
            self._leave_for_letters([one.dossier for one in self._foreseen])
            return
        refused = next((one.refused for one in self._foreseen if one.refused is not None), None)
        if not self._complete(meant) or (not may and refused is None):
            self.say(tr("apology.incomplete"))
            return
        if not may and refused is not None:
            self.refuse(refused)
            return
        boxes = lacking("".join(map(_name, may))) if self._signs else ""
        doubtful = boxes or any(one.excused for one in may)
        if (doubtful or len(may) > _SURE or len(may) < len(self._ids)) and self._asked != meant:
            self._asked = meant
            warned = f" ✗ {tr('print.confirm.glyphs', characters=' '.join(boxes))}" if boxes else ""
            self.say(tr("apology.sure", count=len(may), others=len(self._ids) - len(may)) + warned)
            return
        self._carry_out(may)

    def _carry_out(self, may: Sequence[Foreseen]) -> None:
        assert self.app.officer is not None
        try:
            answers = carry_out(self.app.desk, self.app.officer, may)
        except InvalidInput as error:
            self.refuse(error)
            return
        refused = next((answer for answer in answers if isinstance(answer, Refusal)), None)
        done = [one.dossier for one, answer in zip(may, answers, strict=True) if not isinstance(answer, Refusal)]
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            key = "apology.signed" if self._signs else "apology.proposed"
            why = f" ✗ {sentence(refused.code, refused.params)}" if refused else ""
            below.say(tr(key, done=len(done), count=len(self._ids)) + why)
            if self._signs and done:
                self._print(below, [*done, *(one.dossier for one in self._foreseen if _awaits_letter(one))])

    def _leave_for_letters(self, dossiers: Sequence[str]) -> None:
        """All are signed already, and something broke off before their letters: those are printed now."""
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            self._print(below, dossiers)

    def _print(self, below: OfficerScreen, dossiers: Sequence[str]) -> None:
        self.app.run_worker(_print_letters(self.app, below, dossiers), exit_on_error=False)

    def _meant(self) -> Meant:
        days = self.query_one("#apology-days", KeyedInput).value.strip()
        return Meant(
            sign=self._signs,
            code=self.query_one("#apology-reason", OptionField).value or None,
            days=int(days) if days.isdecimal() else None,
            words=self.query_one("#apology-words", KeyedInput).value.strip() or None,
            signed_as=self.query_one("#signs", OptionField).value if self._signs else None,
        )

    def _complete(self, meant: Meant) -> bool:
        return self._proposed if meant.code is None else meant.days is not None


async def _print_letters(app: Workstation, below: OfficerScreen, dossiers: Sequence[str]) -> None:
    """The letters of what was signed, in one PDF."""
    assert app.officer is not None
    try:
        count, problems = await app.prints.letters_aside(app.officer, dossiers, "apology", app.settings)
    except InvalidInput as error:
        below.refuse(error)
        return
    why = "".join(f" ✗ {sentence(problem.code, problem.params)}" for problem in problems)
    below.fill()
    below.say(tr("apology.printed", count=count) + why)


def _awaits_letter(one: Foreseen) -> bool:
    """Whether it was signed, but its letter never issued."""
    signed = one.refused is not None and one.refused.code == "already_rescheduled"
    return signed and one.row is not None and bool(one.row["awaits_letter"])


def _unfinished(one: Foreseen) -> bool:
    """Whether it may not only because the fields are not filled in yet."""
    return one.refused is not None and one.refused.code in ("reason_missing", "field_missing", "field_invalid")


def _cells(one: Foreseen) -> tuple[str, ...]:
    boxes = " ".join(lacking(_name(one)))
    number = short_number(one.row["receipt_number"]) if one.row is not None else one.dossier
    remark = tr("apology.lacking", characters=boxes) if boxes else ""
    if one.announced_late:
        remark = f"{tr('field.announced_late')} {remark}".rstrip()
    if one.excused:
        remark = f"{tr('apology.excused')} {remark}".rstrip()
    if one.refused is not None:
        remark = f"✗ {sentence(one.refused.code, one.refused.params)}"
    if _awaits_letter(one):
        remark = tr("apology.letter_only")
    return number, _name(one), _day(one.before), _day(one.after), remark


def _mark(one: Foreseen) -> tuple[str, str]:
    if _awaits_letter(one):
        return "!", "today"
    if one.refused is not None:
        return "✗", "overdue"
    return ("!", "today") if one.announced_late or one.excused or lacking(_name(one)) else ("", "normal")


def _name(one: Foreseen) -> str:
    return str(one.row["applicant_name"]) if one.row is not None else ""


def _day(moment: datetime | None) -> str:
    return "–" if moment is None else moment_short(moment)


def _line(label: str, field: Widget) -> Horizontal:
    return Horizontal(Static(label, classes="wide", markup=False), field, classes="line")
