"""A proposed absence cover: who takes over what, what nobody has room for; F10 gives it over as one bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.answers import InvalidInput, Refusal
from core.cover import Away, Cover
from core.proof import Job
from storage.cover import give_over, unnoted
from tui.cover import head_lines, left_words, share_words
from tui.forecast import Naming, for_people
from tui.foretelling import unit_cover
from tui.i18n import tr
from tui.keys import bind
from tui.screens.foretold import COLUMNS, LISTED, ForetoldLine, ForetoldScreen
from tui.screens.parts import TextLines
from tui.sentences import bulk_words
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable


class CoverScreen(ForetoldScreen):
    """F10 accepts what is shown, while it is still true; Ctrl+Z takes it back; Enter opens a dossier."""

    name_key = "title.cover"
    hints: ClassVar[Sequence[str]] = ("save", "open", "undo", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("undo", "undo")]

    def __init__(self, away: Away) -> None:
        super().__init__()
        self._away = away
        self._found: Cover | None = None
        self._told_to_wait = False

    def body(self) -> ComposeResult:
        yield TextLines([tr("cover.computing")], id="light")
        yield LineTable(COLUMNS, Listed(()), self.cells, self.mark, empty_key="cover.nothing", id="lines")

    def key_title(self, key_id: str) -> str | None:
        return tr("cover.accept") if key_id == "save" else None

    def foretell(self, folder: Path) -> Cover | InvalidInput:
        return unit_cover(folder, self._away)

    def show_foretold(self, found: Cover) -> None:
        self._found = found
        if self._told_to_wait:
            self._told_to_wait = False
            self.say("")
        desk = self.app.desk
        naming, days = for_people(desk), unnoted(desk, self._away)
        self.query_one("#light", TextLines).show_lines(list(head_lines(found, naming, noted=not days)))
        self.show_lines(list(self._lines(found, naming)))

    def action_save(self) -> None:
        """Give the dossiers over as they are shown; what is no longer true is computed anew."""
        found, desk, officer = self._found, self.app.desk, self.app.officer
        if found is None or self._computing is not None:
            self._told_to_wait = True
            self.say(tr("cover.computing"))
            return
        if not found.shares:
            self.say(tr("cover.gives_none"))
            return
        assert officer is not None
        try:
            answers = give_over(desk, officer, self._away.officer, found.moves, unnoted(desk, self._away))
        except InvalidInput as error:
            self.refuse(error)
            return
        self.fill()
        if isinstance(answers, Refusal):
            self.refuse(answers)
        else:
            self.say(bulk_words(answers))

    def _lines(self, found: Cover, naming: Naming) -> Iterator[ForetoldLine]:
        for one in found.shares:
            yield from self._dossiers(one.officer, share_words(one, naming), one.jobs)
        if found.left:
            yield from self._dossiers("left", left_words(found.left), found.left)

    def _dossiers(self, name: str, words: str, jobs: Sequence[Job]) -> Iterator[ForetoldLine]:
        yield ForetoldLine(f"head {name}", f"── {words}")
        at = self.app.desk.bounds()
        for job in jobs[:LISTED]:
            row = self.app.desk.queries.row(job.id, at)
            if row is not None:
                yield ForetoldLine(job.id, "", row=row)
        if len(jobs) > LISTED:
            yield ForetoldLine(f"more {name}", tr("law.more", count=len(jobs) - LISTED))
