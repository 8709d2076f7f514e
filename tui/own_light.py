"""The light in the queue's foot: will the officer's dossiers be in time, and a leader's whole unit's?

It is looked for in a thread by a desk of its own, after the first paint, and again when something was written since,
at most once a minute; no key ever waits for it. Where no forecast can be made nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual.message import Message
from textual.worker import get_current_worker

from core.answers import InvalidInput
from core.outlook import Light, Outlook
from core.roster import leads
from storage.officers import Officer
from tui.dates import day_short
from tui.forecast import hours_words
from tui.foretelling import foretold
from tui.i18n import tr
from tui.interpreter import RESTS

if TYPE_CHECKING:
    from tui.app import Workstation

_AGAIN = 60.0
_HOURS_PASS = 600.0
"""Today's hours become fewer though nobody writes: seconds after which that may matter."""
_SIGNS = {Light.HOLDS: "●", Light.TIGHT: "▲", Light.BREAKS: "✗"}
"""Apart without any colour."""


@dataclass(frozen=True, slots=True)
class _Asked:
    officer: str
    at: float
    heads: Any


class OwnLight:
    """Looks for the light of whoever is signed in, and keeps the last one."""

    begins: ClassVar[float] = 0.5
    """Seconds after the queue was first seen."""

    class Seen(Message):
        """What a look has found; None: no forecast can be made."""

        def __init__(self, officer: str, found: Outlook | None) -> None:
            super().__init__()
            self.officer = officer
            self.found = found

    def __init__(self, app: Workstation) -> None:
        self._app = app
        self._began = monotonic()
        self._asked: _Asked | None = None
        self._seen: tuple[str, Outlook | None] | None = None

    def tick(self) -> None:
        """Look again where it is time to."""
        officer, now = self._app.officer, monotonic()
        if officer is None or now - self._began < self.begins or self._app.idle < RESTS:
            return
        last = self._asked
        if last is not None and last.officer == officer.id:
            if now - last.at < _AGAIN:
                return
            if now - last.at < _HOURS_PASS and last.heads == self._app.desk.log.heads():
                return
        self._asked = _Asked(officer.id, now, self._app.desk.log.heads())
        look = partial(self._look, self._app.desk.folder, officer)
        self._app.run_worker(look, thread=True, exclusive=True, group="light", exit_on_error=False)

    def take(self, seen: Seen) -> None:
        """Keep what was found."""
        self._seen = seen.officer, seen.found

    def forms(self) -> tuple[Light, list[str]] | None:
        """The light and its words from the longest to the shortest form; None where nothing is known."""
        officer = self._app.officer
        if officer is None or self._seen is None or self._seen[0] != officer.id or self._seen[1] is None:
            return None
        return self._seen[1].light, light_forms(self._seen[1], self._name if leads(officer.roles) else None)

    def _name(self, officer: str) -> str:
        found = self._app.desk.officers.get(officer)
        return found.name if found else officer

    def _look(self, folder: Path, officer: Officer) -> None:
        found = foretold(folder, None if leads(officer.roles) else officer, mended=False)
        if not get_current_worker().is_cancelled:
            self._app.post_message(self.Seen(officer.id, None if isinstance(found, InvalidInput) else found))


def light_forms(seen: Outlook, name: Callable[[str], str] | None = None) -> list[str]:
    """Sign, word and sentence, then ever less of them. `name`: an officer's; None where it is of one officer only."""
    lit = f"{_SIGNS[seen.light]} {tr(f'forecast.light.{seen.light}')}"
    lit = tr("light.unit", lit=lit) if name else lit
    if seen.tight is not None:
        words = tr("light.tight", day=day_short(seen.tight.date))
        why = tr("light.tight_why", words=words)
        owner = seen.tight.owner
        who = (tr("forecast.nobodys") if owner is None else name(owner)) if name else ""
        longer = [f"{who}: {why}", f"{who}: {words}"] if who else [why]
        sentences = [*longer, words, tr("light.tight", day=f"{seen.tight.date:%d/%m}")]
    elif seen.first_break is None:
        sentences = [tr(f"light.{seen.light}")]
    else:
        found = seen.first_break.found
        words = tr("light.breaks", day=day_short(found.date))
        why = tr("light.breaks_why", words=words, hours=hours_words(found.short_hours))
        sentences = [why, words, tr("light.breaks", day=f"{found.date:%d/%m}")]
    told = [f"{lit}: {sentence}" for sentence in sentences]
    note = [] if seen.enough_history else [f"{told[0]} · {tr('light.guessed')}"]
    return [*note, *told, lit]
