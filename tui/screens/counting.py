"""What a screen lets the counting thread do, so that the desk works on: reports over years, and their files."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from textual.message import Message

from core.answers import InvalidInput, Refusal
from storage.database import Connection, Interrupted, officer_errors, snapshot
from storage.desk import Desk
from storage.folder import read_identity
from tui.i18n import in_language, language, tr
from tui.screens.base import OfficerScreen

_AT_ONCE = 0.05
"""Seconds that an answer is waited for; what takes longer is told when it comes."""
_T = TypeVar("_T")


class CountingScreen(OfficerScreen):
    """Of each asker the newest question counts: one that is overtaken is broken off."""

    class Answered(Message):
        """What the thread was asked for has come."""

        def __init__(self, asker: str, answer: Future[Any], then: Callable[[Any], object]) -> None:
            super().__init__()
            self.asker, self.answer, self.then = asker, answer, then

    def __init__(self) -> None:
        super().__init__()
        self._awaited: dict[str, Future[Any]] = {}

    @property
    def is_counting(self) -> bool:
        """Whether something that was asked for has yet to come."""
        return bool(self._awaited)

    def aside(self, asker: str, ask: Callable[[Desk], _T], then: Callable[[_T | InvalidInput], object]) -> None:
        """Let the thread answer from the file as it is at one moment; `then` is told, at once where that is quick."""
        moment, folder, spoken = self.app.desk.now(), self.app.desk.folder, language()
        answer: Future[_T | InvalidInput] = Future()

        def read_there(db: Connection) -> _T:
            desk = Desk(folder, db, read_identity(db))
            desk.now = lambda: moment
            try:
                with officer_errors(), in_language(spoken), snapshot(db):
                    return ask(desk)
            except (InvalidInput, Interrupted):
                raise
            except Exception as error:  # a fault of ours is one of the screen's, not a wait without an end
                answer.set_exception(error)
                raise

        self._awaited[asker] = answer
        self.app.counter.ask(asker, read_there, answer.set_result)
        try:
            found = answer.result(_AT_ONCE)
        except TimeoutError:
            answer.add_done_callback(lambda _: self.post_message(self.Answered(asker, answer, then)))
            if self.stands:
                self.say(tr("report.counting"))
        else:
            del self._awaited[asker]
            then(found)

    def make_file(self, path: Path, make: Callable[[Desk], _T | Refusal], words: Callable[[_T], str]) -> None:
        """Let the thread make it, and say so by `words`, or why not."""

        def written(desk: Desk) -> _T | Refusal:
            try:
                path.parent.mkdir(exist_ok=True)
                return make(desk)
            except OSError:
                return Refusal("file_unwritable", params={"file": path.name})

        def told(answer: _T | Refusal | InvalidInput) -> None:
            if isinstance(answer, Refusal | InvalidInput):
                self.refuse(answer)
            else:
                self.say(words(answer))

        self.aside(path.suffix, written, told)

    def on_counting_screen_answered(self, message: Answered) -> None:
        if self._awaited.get(message.asker) is message.answer:
            del self._awaited[message.asker]
            if self.stands:
                self.say("")
                message.then(message.answer.result())
