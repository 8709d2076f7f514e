"""The leader's forecast: the light, a plot of whoever breaks first, the mends, and the dossiers that are not in time.

It is computed beside the screen. Enter on a mend that moves dossiers asks once, then reassigns them as one bulk; on
overtime it asks once, then puts the half days into the roster; on one that asks for papers it opens the form for the
first dossier, and after it for the next, as the mend grows smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from core.answers import InvalidInput, Refusal
from core.cover import Away
from core.forecast import OwnBreak
from core.mends import Mend, MendKind
from core.moments import legal_day
from core.outlook import Light, Outlook
from core.queue import BY_LAW
from core.rostering import SetRoster
from storage.cover import give_over, next_absence
from storage.drafts import finish
from storage.roster import overtime_set
from tui.dates import day_long, days_span
from tui.forecast import Naming, cost_lines, count_lines, for_people, hours_words, light_lines, mend_text, mends_head
from tui.foretelling import foretold
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.own_light import OwnLight
from tui.screens.foretold import COLUMNS, LISTED, ForetoldLine, ForetoldScreen
from tui.screens.parts import TextLines
from tui.sentences import bulk_words
from tui.widgets.listed import Listed
from tui.widgets.load_plot import LoadPlot
from tui.widgets.queue_table import LineTable
from tui.widgets.timeline import wrapped

_MARGIN = 8
_CLASSES = {Light.HOLDS: "fine", Light.TIGHT: "warning", Light.BREAKS: "problem"}


class ForecastScreen(ForetoldScreen):
    """Enter opens a dossier or follows a mend; Ctrl+Z takes back what was moved."""

    name_key = "title.forecast"
    hints: ClassVar[Sequence[str]] = ("open", "roster", "undo", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("undo", "undo"), bind("roster", "roster")]

    def body(self) -> ComposeResult:
        self._outlook: Outlook | None = None
        self._meant: Mend | None = None
        self._sure = False
        self._back: list[SetRoster] = []
        self._sure_back = False
        yield TextLines([tr("forecast.computing")], id="light")
        yield LoadPlot(id="plot")
        yield LineTable(COLUMNS, Listed(()), self.cells, self.mark, empty_key="forecast.no_lines", id="lines")

    def key_title(self, key_id: str) -> str | None:
        return tr("forecast.open") if key_id == "open" else None

    def uncovered(self) -> None:
        self._back, self._sure_back = [], False
        if self._outlook is not None:
            self.fill()

    def on_resize(self) -> None:
        """Mends are wrapped to the width."""
        if self._outlook is not None:
            self._show_lines(self._outlook)

    def foretell(self, folder: Path) -> Outlook | InvalidInput:
        return foretold(folder, None, mended=True)

    def show_foretold(self, seen: Outlook) -> None:
        """The light in the queue's foot is the same one: it does not stay behind until it looks again."""
        assert self.app.officer is not None
        self.app.light.take(OwnLight.Seen(self.app.officer.id, seen))
        self._show(seen)
        if self._meant is not None:
            self._meant_still(self._meant, seen)

    def _show(self, seen: Outlook) -> None:
        self._outlook = seen
        desk = self.app.desk
        naming = for_people(desk)
        light = self.query_one("#light", TextLines)
        own_order = [tr("forecast.own_order")] if desk.bounds().order != BY_LAW else []
        light.show_lines([*light_lines(seen, naming), *own_order])
        for one, name in _CLASSES.items():
            light.set_class(one is seen.light, name)
        whose, day = _plotted(seen, naming)
        self.query_one(LoadPlot).show_days(whose, seen.own_days or seen.days, day)
        self._show_lines(seen)

    def _show_lines(self, seen: Outlook) -> None:
        self.show_lines(list(self._lines(seen, for_people(self.app.desk))))

    def _lines(self, seen: Outlook, naming: Naming) -> Iterator[ForetoldLine]:
        head = mends_head(seen)
        if head:
            yield ForetoldLine("mends", f"── {head}")
            yield from self._mend_lines(seen.mends, naming)
        if seen.first_break is not None:
            yield from self._cover_lines(seen.first_break, naming)
            yield from self._late_lines(seen.first_break)
        width = max(20, self.size.width - _MARGIN)
        for place, text in enumerate([*count_lines(seen), *cost_lines(seen, self.app.desk)]):
            for number, line in enumerate(wrapped(text, width)):
                yield ForetoldLine(f"count {place} {number}", f"  {line}" if number else line)

    def _mend_lines(self, mends: Sequence[Mend], naming: Naming) -> Iterator[ForetoldLine]:
        width = max(20, self.size.width - _MARGIN)
        for place, mend in enumerate(mends, 1):
            first, *more = wrapped(f"{place}. {mend_text(mend, naming)}", width)
            for number, text in enumerate([first, *(f"   {line}" for line in more)]):
                yield ForetoldLine(f"mend {number} {_meaning(mend)}", text, mend)

    def _cover_lines(self, broken: OwnBreak, naming: Naming) -> Iterator[ForetoldLine]:
        """Of whoever breaks and is, or will be, away."""
        absence = None if broken.owner is None else next_absence(self.app.desk, broken.owner)
        if broken.owner is not None and absence is not None and absence.first <= broken.found.date:
            away = Away(broken.owner, max(absence.first, legal_day(self.app.desk.now())), absence.last)
            told = {"officer": naming.officer(broken.owner), "days": days_span(away.first, away.last)}
            yield ForetoldLine("cover", tr("forecast.cover", **told), cover=away)

    def _late_lines(self, broken: OwnBreak) -> Iterator[ForetoldLine]:
        found, at = broken.found, self.app.desk.bounds()
        told = {"day": day_long(found.date), "hours": hours_words(found.short_hours), "count": str(len(found.jobs))}
        yield ForetoldLine("late", f"── {tr('forecast.late', **told)}")
        for one in found.jobs[:LISTED]:
            row = self.app.desk.queries.row(one, at)
            if row is not None:
                yield ForetoldLine(one, "", row=row)
        if len(found.jobs) > LISTED:
            yield ForetoldLine("more", tr("law.more", count=len(found.jobs) - LISTED))

    async def catch_key(self, event: events.Key) -> bool:
        if self._meant is not None and event.key not in KEYS["open"].keys.split(","):
            self._forget()
            self.say("")
        if self._sure_back and event.key not in KEYS["undo"].keys.split(","):
            self._sure_back = False
            self.say("")
        return await super().catch_key(event)

    def open_line(self, line: ForetoldLine) -> None:
        if line.cover is not None:
            self.app.push(self.app.make("cover", line.cover))
        elif line.mend is not None:
            self._follow(line.mend)

    def action_roster(self) -> None:
        """`r`: who works when, and who is away."""
        self.app.push(self.app.make("roster"))

    def action_undo(self) -> None:
        """Overtime that was put into the roster just now is taken out again; else as everywhere."""
        if not self._back:
            super().action_undo()
        elif not self._sure_back:
            self._sure_back = True
            self.say(tr("undo.ask", what=tr("forecast.overtime.set")))
        else:
            self._sure_back = False
            if self._put(self._back):
                self._back = []
                self.say(tr("undo.done", what=tr("forecast.overtime.set")))

    def _follow(self, mend: Mend) -> None:
        """What a mend writes is asked for once, and done when what is shown is the newest."""
        assert self._outlook is not None
        if all(_meaning(one) != _meaning(mend) for one in self._outlook.mends):
            self.say(tr("forecast.stale"))
        elif mend.kind is MendKind.SUPPLEMENT:
            self.app.push(self.app.make("action_form", mend.asked[0], "supplement_requested"))
        elif self._meant is None or _meaning(mend) != _meaning(self._meant):
            self._meant = mend
            self.say(_question(mend))
        elif self._computing is not None:
            self._sure = True
            self.say(tr("forecast.computing"))
        else:
            self._carry_out(mend)

    def _meant_still(self, meant: Mend, seen: Outlook) -> None:
        """What somebody wrote meanwhile may have made the mend another one: then nothing is done."""
        mend = next((one for one in seen.mends if _meaning(one) == _meaning(meant)), None)
        if mend is None:
            self._forget()
            self.say(tr("forecast.stale"))
        elif self._sure:
            self._carry_out(mend)

    def give_up(self, why: InvalidInput) -> None:
        self._forget()
        super().give_up(why)

    def _forget(self) -> None:
        self._meant, self._sure = None, False

    def _carry_out(self, mend: Mend) -> None:
        self._forget()
        if mend.kind is MendKind.MOVE:
            self._move(mend)
        else:
            self._work_longer(mend)

    def _move(self, mend: Mend) -> None:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None and mend.officer is not None
        try:
            answers = give_over(desk, officer, mend.officer, mend.moves)
        except InvalidInput as error:
            self.refuse(error)
            return
        self._back = []
        self.fill()
        if isinstance(answers, Refusal):
            self.refuse(answers)
        else:
            self.say(bulk_words(answers))

    def _work_longer(self, mend: Mend) -> None:
        there, back = overtime_set(self.app.desk, mend.half_days, tr("forecast.overtime.reason"))
        if not there:
            self.say(tr("forecast.by_hand"))
        elif self._put(there):
            self._back = back
            self.say(f"✓ {tr('forecast.overtime.done', count=len(mend.half_days))}")

    def _put(self, rows: Sequence[SetRoster]) -> bool:
        """Set weeks of the roster, all or none; whether it was done."""
        officer = self.app.officer
        assert officer is not None
        try:
            answers = finish(self.app.desk, rows, officer)
        except InvalidInput as error:
            self.refuse(error)
            return False
        if isinstance(answers, Refusal):
            self.refuse(answers)
            return False
        self.fill()
        return True


def _meaning(mend: Mend) -> str:
    """What is done by it; what it leaves lacking, and which papers are still to be asked for, changes meanwhile."""
    return f"{mend.kind} {mend.officer} {mend.moves} {mend.half_days}"


def _question(mend: Mend) -> str:
    if mend.kind is MendKind.MOVE:
        return tr("forecast.sure", count=sum(len(dossiers) for _, dossiers in mend.moves))
    days = [day for _, day in mend.half_days]
    return tr("forecast.overtime.sure", count=len(days), days=days_span(min(days), max(days)))


def _plotted(seen: Outlook, naming: Naming) -> tuple[str, date | None]:
    """Whose days are plotted, and the one that is marked: whoever breaks first or is tight, else all together."""
    if seen.first_break is not None:
        return naming.owner(seen.first_break.owner), seen.first_break.found.date
    if seen.tight is not None:
        return naming.owner(seen.tight.owner), seen.tight.date
    return tr("forecast.unit"), None
