"""Notices in the foot: looked for aside, told once each, kept to be read. They take no focus and no key.

A thread reads what is so; what of it is new is found here, so that what was read meanwhile stays read.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.worker import get_current_worker

from core.answers import InvalidInput
from core.notices import Facts, NoticeLog, Subject, Told, read_all, tell
from storage.database import Connection
from storage.desk import Desk
from storage.folder import read_identity
from storage.notices import facts_for, load_log, save_log
from storage.officers import Officer
from tui.aside import ask_aside
from tui.notice_words import fresh_line, unread_line

if TYPE_CHECKING:
    from pathlib import Path

    from core.queue import Bounds
    from tui.app import Workstation

_AGAIN = 60.0
_SOON = 10.0
"""Seconds after which to look again: anyway, and where something was written."""
_SHOWN = 20.0
"""Seconds that what is new stands in the foot; then the foot says how many wait to be read."""


class Notices:
    """Looks for what whoever is signed in should know, and keeps what was told."""

    begins: ClassVar[float] = 1.0
    """Seconds after the program began."""

    class Found(Message):
        """What a look has found; `log` as it was kept, where this is the officer's first look."""

        def __init__(self, officer: str, log: NoticeLog | None, facts: Facts, event: int) -> None:
            super().__init__()
            self.officer = officer
            self.log = log
            self.facts = facts
            self.event = event

    def __init__(self, app: Workstation) -> None:
        self._app = app
        self._began = monotonic()
        self._officer = ""
        self._looked: tuple[float, int] | None = None
        self._log: NoticeLog | None = None
        self._fresh = ""
        self._until = 0.0

    @property
    def told(self) -> tuple[Told, ...]:
        """What the officer was told, the newest first."""
        return self._log.told if self._log is not None else ()

    def lines(self) -> tuple[str, str]:
        """What is new, in the place of all else in the foot's last line; else how many wait to be read, before it.

        Both are empty while nobody is at the desk.
        """
        if not self._is_watched or self._log is None:
            return "", ""
        if self._fresh and monotonic() < self._until:
            return self._fresh, ""
        return "", unread_line(self._log.unread)

    def tick(self) -> None:
        """Look again where it is time to."""
        officer = self._app.officer
        if officer is None or not self._is_watched or monotonic() - self._began < self.begins:
            return
        if officer.id != self._officer:
            self._officer, self._looked, self._log, self._fresh = officer.id, None, None, ""
        now, last = monotonic(), self._app.desk.log.last()
        if self._looked is not None:
            since, event = now - self._looked[0], self._looked[1]
            if since < _SOON or (since < _AGAIN and event == last):
                return
        self._looked = now, last
        desk = self._app.desk
        look = partial(self._look, desk.folder, officer, desk.bounds(), self._log, self._contested(officer))
        self._app.run_worker(look, thread=True, exclusive=True, group="notices", exit_on_error=False)

    def take(self, found: Found) -> None:
        """Keep what was found, and show what of it is new."""
        if found.officer != self._officer:
            return
        before = self._log or found.log or NoticeLog()
        self._log, new = tell(before, found.facts, found.event)
        if new:
            self._fresh, self._until = fresh_line(new), monotonic() + _SHOWN
        if new or before.looked is None or self._log.standing != before.standing:
            self._save()

    def read(self) -> None:
        """Everything was read."""
        if self._log is not None and (self._log.unread or self._fresh):
            self._log, self._fresh = read_all(self._log), ""
            self._save()

    @property
    def _is_watched(self) -> bool:
        return self._app.officer is not None and not self._app.is_locked

    def _contested(self, officer: Officer) -> tuple[Subject, ...]:
        """What desks decided apart beside dossiers, for whoever decides."""
        if "leader" not in officer.roles:
            return ()
        from tui.conflict_words import contested_station  # not before the first paint, which it would delay

        return tuple(Subject(entity, name=name) for entity, name in contested_station(self._app.desk))

    def _look(
        self, folder: Path, officer: Officer, at: Bounds, log: NoticeLog | None, contested: tuple[Subject, ...]
    ) -> None:
        def ask(connection: Connection) -> Notices.Found:
            known = log if log is not None else load_log(connection, officer.id)
            desk = Desk(folder, connection, read_identity(connection))
            return self.Found(officer.id, known, *facts_for(desk, officer, at, known, contested))

        found = ask_aside(folder, ask)
        if not isinstance(found, InvalidInput) and not get_current_worker().is_cancelled:
            self._app.post_message(found)

    def _save(self) -> None:
        """Aside: where another process writes for long, no key waits for it. What is lost would only be told again."""
        assert self._log is not None
        save = partial(save_log, officer=self._officer, log=self._log)
        work = partial(ask_aside, self._app.desk.folder, save)
        self._app.run_worker(work, thread=True, exclusive=True, group="notice_log", exit_on_error=False)
