"""An officer at a desk, line by line: who it is, what is printed for them, and the lock of a desk that nobody is at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

from core.answers import InvalidInput, Refusal
from core.composing import Method, ToneStyle, compose
from core.text import clean_line, fold
from storage.desk import Desk
from storage.manner import HANDED_OUT, Manner
from storage.officers import Officer
from storage.settings import Settings, settings_at
from storage.shift import open_at_sign_in
from storage.spool import Job, Spool
from tui.i18n import tr
from tui.issuing import Doubt, doubt_of, waiting_for
from tui.pin_tries import PinTries
from tui.plain.lines import Back, Lines, line_sentence
from tui.print_words import doubt_lines, manner_words, words_of
from tui.printing import Prints

_MANNERS = {"1": "roll", "2": "bilingual", "3": "large"}


class Session(Lines):
    """`clock` tells seconds: after as many without a line as the desk's settings say, the PIN is asked for again."""

    def __init__(
        self, desk: Desk, source: TextIO, sink: TextIO, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(source, sink)
        self.desk = desk
        self.prints = Prints(desk)
        self._tries = PinTries()
        self._clock = clock
        self._officer: Officer | None = None

    @property
    def officer(self) -> Officer:
        """Who is signed in; only asked for once somebody is."""
        assert self._officer is not None
        return self._officer

    @property
    def is_signed_in(self) -> bool:
        return self._officer is not None

    def leave(self) -> None:
        """Nobody is at the desk any more."""
        self._officer = None

    @property
    def settings(self) -> Settings:
        """What was chosen for this desk."""
        return settings_at(self.desk.folder)

    def sign_in(self) -> None:
        """Ask who sits here until a PIN holds."""
        officers = [one for one in self.desk.officers.all() if one.active and one.here]
        listed = [f"{number}. {one.code}, {one.name}" for number, one in enumerate(officers, 1)]
        self.say(*listed)
        while True:
            typed = fold(self.ask(tr("plain.officer"), tr("plain.officer.help"), *listed))
            meant = [one for number, one in enumerate(officers, 1) if typed in (str(number), fold(one.code))]
            if not meant:
                self.say(tr("sign_in.choose"))
            elif self._holds(meant[0]):
                self.welcome(meant[0])
                return

    def welcome(self, officer: Officer) -> None:
        """The officer is at the desk from now on."""
        self._officer = officer
        with suppress(InvalidInput):  # a shift that can't be written keeps nobody out
            open_at_sign_in(self.desk, officer)

    def _holds(self, officer: Officer) -> bool:
        pin = self.secret(tr("sign_in.pin"))
        left = self._tries.wait()
        if left:
            self.say(tr("sign_in.wait", seconds=left))
            return False
        refused = self.desk.officers.sign_in(officer, pin)
        if refused is None:
            self._tries.held()
            return True
        if refused.code == "pin_wrong":
            self.say(f"✗ {self._tries.missed_words()}")
        else:
            self.refuse(refused)
        return False

    def _read(self, prompt: str) -> str:
        """A line that comes after a long silence may be anybody's: the PIN first, then the question once more."""
        while True:
            asked = self._clock()
            line = super()._read(prompt)
            minutes = self.settings.lock_minutes
            if self._officer is None or not 0 < minutes * 60 <= self._clock() - asked:
                return line
            self._unlock(self._officer)

    def _unlock(self, officer: Officer) -> None:
        """Ask for the officer's PIN until it holds; Ctrl+C is as the input's end."""
        self._officer = None
        try:
            self.say(tr("lock.held", name=officer.name))
            while not self._holds(officer):
                pass
        except KeyboardInterrupt:
            raise EOFError from None
        self._officer = officer

    def words(self, typed: str) -> str:
        """A field of words: composed from keys where the desk is set so; what it became is told."""
        line, settings = clean_line(typed), self.settings
        if settings.typing == "off":
            return line
        composed = compose(line, Method(settings.typing), ToneStyle(settings.tone_style))
        if composed != line:
            self.say(composed)
        return composed

    def print_paper(self, dossier: str, kind: str = "receipt") -> None:
        """Ask how and whether, print it, and ask whether it came out; a no prints the same paper again."""
        row = self.desk.row(dossier)
        usual = self.settings.manner(row["applicant_kind"] if row is not None else None)
        try:
            manner = self._manner(kind, usual)
            doubt = None if manner is None else doubt_of(self.desk, dossier, kind)
            if manner is None or (doubt is not None and not self._sure(doubt)):
                self.say(tr("plain.print.not", letter=tr(f"letter.{kind}")))
                return
            confirmed = doubt is not None and bool(doubt.reason)
            self._print(dossier, kind, manner if manner != usual else None, confirmed=confirmed)
        except InvalidInput as error:
            self.refuse(error)
        except Back:
            self.say(tr("plain.print.not", letter=tr(f"letter.{kind}")))

    def _sure(self, doubt: Doubt) -> bool:
        *why, asked = doubt_lines(doubt)
        self.say(*why)
        return self.yes(asked)

    def _print(self, dossier: str, kind: str, manner: Manner | None, *, confirmed: bool) -> None:
        settled = False
        while not settled:
            printing = self.prints.paper_aside(self.officer, dossier, kind, self.settings, manner, confirmed=confirmed)
            handed = asyncio.run(printing)
            self.say(words_of(handed, tr("plain.print.sent", letter=tr(f"letter.{kind}")), line_sentence))
            folded = self.desk.dossier(dossier)
            job = waiting_for(self.desk, folded, kind) if folded is not None else None
            settled = handed.refused is not None or job is None or self._settled(job)

    def _manner(self, kind: str, usual: Manner) -> Manner | None:
        """How it is to come; None: not now."""
        manner, letter = usual, tr(f"letter.{kind}")
        while True:
            asked = tr("plain.print.ask", letter=letter, manner=manner_words(manner))
            typed = fold(self.ask(asked, tr("plain.print.help")))
            if typed == "":
                return manner
            if typed in ("k", "n", "0"):
                return None
            if typed in _MANNERS and kind in HANDED_OUT:
                part = _MANNERS[typed]
                manner = replace(manner, **{part: not getattr(manner, part)})
            else:
                self.say(tr("plain.print.help"))

    def _settled(self, job: Job) -> bool:
        """Whether it is done with: somebody saw it, or it waits to be asked about."""
        if not self.yes(tr("plain.print.came_out")):
            return not self.yes(tr("plain.print.again"))
        done = Spool(self.desk).confirm(self.officer, job)
        if isinstance(done, Refusal):
            self.refuse(done)
        return True

    def ask_prints(self) -> None:
        """Papers of a session that broke off: did they come out?"""
        jobs = self.prints.asked()
        if not jobs or not self.yes(tr("plain.print.waiting", count=len(jobs))):
            return
        for job in jobs:
            row = self.desk.row(job.dossier)
            named = f"{row['receipt_number'] or tr('queue.no_number')}, {row['applicant_name']}" if row else job.dossier
            self.say(f"{tr(f'letter.{job.letter}')}: {named}, {tr(f'prints.state.{job.state}')}")
            while not self._settled(job):
                refused = asyncio.run(self.prints.again_aside(job, self.settings))
                if refused is not None:
                    self.refuse(refused)
                    break
