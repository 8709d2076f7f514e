"""Questions and answers on lines: what is said, what is typed, and the signs that lead about."""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
import warnings
from collections.abc import Callable, Mapping, Sequence
from getpass import GetPassWarning, getpass
from typing import TextIO

from core.answers import InvalidInput, Refusal
from core.text import clean_line, fold
from tui.i18n import tr
from tui.sentences import sentence

_BACK, _LEAVE, _HELP = "<", "!", "?"
_KEEP, _CLEAR = ".", "-"
_UNREADABLE = "\ufffd"
_YES, _NO = ("c", "co", "y", "yes"), ("k", "khong", "n", "no")
_HIDDEN = re.compile("•+")
_SIGNS = str.maketrans({"…": "...", "–": "-", "→": "->"})
_APART = re.compile(r"(?<=\S)(?: · |  +)(?=\S)")


def line_sentence(code: str, params: Mapping[str, str]) -> str:
    """As `sentence`; where that names a key of the screens, what one does here instead."""
    own = f"plain.error.{code}"
    return sentence(code, params) if tr(own) == own else tr(own, **params)


class Back(Exception):
    """«<»: to the question before, or out of what was begun."""


class Leave(Exception):
    """«!»: to the first question of all; what was typed is kept."""


class Lines:
    """Two streams and what goes over them. No cursor is moved and no colour is set; the input's end is an EOFError."""

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink

    def say(self, *texts: str) -> None:
        """Each text on lines of its own, wrapped where somebody sits at a terminal."""
        for text in texts:
            for line in text.split("\n"):
                self._sink.write("".join(f"{part}\n" for part in self._wrapped(spoken(line))))
        self._sink.flush()

    def refuse(self, problem: Refusal | InvalidInput) -> None:
        """Why not, with the article."""
        basis = f" ({problem.basis})" if problem.basis else ""
        self.say(f"✗ {line_sentence(problem.code, problem.params)}{basis}")

    def ask(self, prompt: str, *explained: str) -> str:
        """One line as it was typed, NFC and without blanks around it. `explained`: what «?» tells.

        Raises Back, Leave, and EOFError where nothing more will come.
        """
        while True:
            typed = unicodedata.normalize("NFC", self._read(prompt)).strip()
            if _UNREADABLE in typed:
                self.say(tr("plain.unreadable"))
            elif typed == _BACK:
                raise Back
            elif typed == _LEAVE:
                raise Leave
            elif typed == _HELP:
                self.say(*explained, tr("plain.signs"))
            else:
                return typed

    def field(self, prompt: str, held: str, *explained: str, check: Callable[[str], str] = clean_line) -> str:
        """What stands in a field now: an empty line or «.» keeps it, «-» empties it.

        `check` cleans what was typed; where it raises InvalidInput, that is told and the question comes again.
        """
        while True:
            typed = self.ask(f"{prompt}{f' [{held}]' if held else ''}", *explained)
            if typed in ("", _KEEP):
                return held
            if typed == _CLEAR:
                return ""
            try:
                return check(typed)
            except InvalidInput as error:
                self.refuse(error)

    def yes(self, question: str) -> bool:
        """A question that has no usual answer."""
        while True:
            typed = fold(self.ask(f"{question} {tr('plain.yes_no')}"))
            if typed in _YES:
                return True
            if typed in _NO:
                return False
            self.say(tr("plain.yes_or_no"))

    def choose(
        self,
        prompt: str,
        options: Sequence[tuple[str, str]],
        held: str,
        *,
        elsewhere: Callable[[str], object] = lambda typed: None,
    ) -> str:
        """One of `options` (word, how it reads) by its number or the beginning of how it reads.

        `elsewhere` is given what is none of them: it may raise a `Jump`.
        """
        listed = "; ".join(f"{number} {text or tr('plain.none')}" for number, (_, text) in enumerate(options, 1))
        names = dict(options)
        while True:
            typed = self.ask(f"{prompt}: {listed} [{names.get(held) or tr('plain.none')}]")
            if typed in ("", _KEEP):
                return held
            if typed.isdecimal() and 1 <= int(typed) <= len(options):
                return options[int(typed) - 1][0]
            meant = [word for word, text in options if text and fold(text).startswith(fold(typed))]
            if len(meant) == 1:
                return meant[0]
            elsewhere(typed)
            self.say(tr("plain.one_of", count=len(options)))

    def act(self, prompt: str, explained: str, acts: Mapping[str, Callable[[], object]]) -> None:
        """One of `acts` by what is typed, until it is done; «<» inside it, or a Refusal that it answers, asks again."""
        while True:
            typed = self.ask(prompt, explained)
            if typed not in acts:
                self.say(explained)
                continue
            try:
                answer = acts[typed]()
            except Back:
                continue
            except InvalidInput as error:
                answer = Refusal(error.code, error.basis, error.params)
            if not isinstance(answer, Refusal):
                return
            self.refuse(answer)

    def secret(self, prompt: str) -> str:
        """Typed unseen, as far as the terminal allows that."""
        if self._source.isatty():
            with warnings.catch_warnings():
                warnings.simplefilter("error", GetPassWarning)
                try:
                    return getpass(f"{prompt}: ")
                except GetPassWarning:
                    self.say(tr("plain.seen"))
        return self._read(prompt)

    def _read(self, prompt: str) -> str:
        self._sink.write("\n".join(self._wrapped(f"{spoken(prompt)}:")) + " ")
        self._sink.flush()
        line = self._source.readline()
        if not line or not self._source.isatty():  # no terminal has echoed the end of the line
            self._sink.write("\n")
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def _wrapped(self, line: str) -> list[str]:
        if not self._sink.isatty():
            return [line]
        return textwrap.wrap(line, shutil.get_terminal_size().columns - 1, break_on_hyphens=False) or [""]


def spoken(text: str) -> str:
    """A screen's sentence as it can be read aloud, nothing in it that a terminal would obey."""
    words: Mapping[str, str] = {"✗": tr("plain.attention"), "!": tr("plain.note"), "✓": "", "●": "", "→": ""}
    sign, blank, rest = text.partition(" ")
    if blank and sign in words:
        text = f"{words[sign]} {rest}".strip()
    text = _APART.sub(", ", _HIDDEN.sub("…", text)).translate(_SIGNS)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def numbers(typed: str, count: int) -> list[int]:
    """«1 3, 4»: numbers from 0 to `count`. Raises InvalidInput `numbers_unread`."""
    parts = re.findall(r"[^\s,;]+", typed)
    if not all(part.isdecimal() and int(part) <= count for part in parts):
        raise InvalidInput("numbers_unread", count=count)
    return [int(part) for part in parts]


class Jump(Exception):
    """To another question than the next one."""

    def __init__(self, name: str | None) -> None:
        super().__init__(name)
        self.name = name


def walk(names: Callable[[], Sequence[str]], ask: Callable[[str], None], name: str | None) -> None:
    """One question after another from `name` to the last; which there are depends on the answers.

    «<» goes to the one before; before the first it is raised.
    """
    while name is not None:
        step = 1
        try:
            ask(name)
        except Jump as jump:
            name = jump.name
            continue
        except Back:
            step = -1
        known = list(names())
        place = known.index(name) + step
        if place < 0:
            raise Back
        name = known[place] if place < len(known) else None


def once(ask: Callable[[str], None], name: str | None) -> None:
    """One question, and those that it leads to at once."""
    while name is not None:
        try:
            ask(name)
        except Back:
            return
        except Jump as jump:
            name = jump.name
        else:
            return
