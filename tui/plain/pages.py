"""A list a page at a time: what its rows say, and which one a number means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from storage.queries import Row
from tui.i18n import tr
from tui.plain.session import Session
from tui.screens.queue_rows import RowWords, short_number
from tui.screens.search_rows import ListSource
from tui.widgets.window import Row as WindowRow

PAGE = 10
R = TypeVar("R", bound=WindowRow)


class Source(Protocol):
    """Rows by their neighbours, as the tables of the screens read them."""

    def first(self, size: int) -> Sequence[Any]: ...

    def after(self, row: Any, size: int) -> Sequence[Any]: ...

    def before(self, row: Any, size: int) -> Sequence[Any]: ...


class Browser:
    """A list that is read page by page; `number` of the first row that is told, from 1.

    `words`: what is said of a row that is no dossier.
    """

    def __init__(
        self, session: Session, title: str, source: Source, count: int, words: Callable[[Any], str] | None = None
    ) -> None:
        self._session = session
        self._title = title
        self._source = source
        self._count = count
        self._words = words
        self._number = 1
        self._rows = source.first(PAGE)

    @property
    def place(self) -> str:
        """Where one is, as the prompt says it."""
        if not self._rows:
            return tr("plain.list.empty", title=self._title)
        last = self._number + len(self._rows) - 1
        return tr("plain.list.place", title=self._title, first=self._number, last=last, count=self._count)

    def tell(self) -> None:
        """Read the page out."""
        if not self._rows:
            self._session.say(f"{self._title}: {tr('table.empty')}")
            return
        words = self._words or self._dossiers()
        self._session.say(*(f"{number}. {words(row)}" for number, row in enumerate(self._rows, self._number)))

    def _dossiers(self) -> Callable[[Any], str]:
        desk = self._session.desk
        words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        return lambda row: row_words(words, row)

    def turn(self, *, back: bool) -> None:
        """The next page, or the one before; where there is none, that is said."""
        if back:
            found = self._source.before(self._rows[0], PAGE) if self._rows else ()
            self._number = max(1, self._number - len(found)) if found else self._number
        else:
            found = self._source.after(self._rows[-1], PAGE) if self._rows else ()
            self._number += len(self._rows) if found else 0
        if found:
            self._rows = found
            self.tell()
        else:
            self._session.say(tr("plain.list.start" if back else "plain.list.end"))

    def row(self, typed: str) -> Any:
        """The row of this page that a number means, or None."""
        place = int(typed) - self._number if typed.isdecimal() else -1
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def answer(self, typed: str) -> Any:
        """Turn the page, or the row that is meant; what is none of these is told."""
        if typed in ("", "n"):
            self.turn(back=False)
        elif typed == "b":
            self.turn(back=True)
        elif (row := self.row(typed)) is not None:
            return row
        else:
            self._session.say(tr("plain.list.unknown"))
        return None


def row_words(words: RowWords, row: Row) -> str:
    """One dossier of a list in one sentence."""
    title = words.titles.get(str(row["procedure"]), str(row["procedure"]))
    told = [tr(f"urgency.{row.urgency}"), short_number(row["receipt_number"]), str(row["applicant_name"]), title]
    due = words.due(row)
    dated = [] if due == "–" else [tr("plain.list.due", due=due)]
    return "; ".join([*told, words.state(row), *dated, words.left(row)])


def pick(session: Session, rows: Sequence[R], title: str, words: Callable[[R], str] | None = None) -> R:
    """One of the rows by its number; a single one is meant at once. Raises Back."""
    if len(rows) == 1:
        return rows[0]
    browser = Browser(session, title, ListSource(rows), len(rows), words)
    browser.tell()
    while True:
        row: R | None = browser.answer(session.ask(browser.place, tr("plain.list.help")))
        if row is not None:
            return row
