"""Vietnamese that fields compose themselves, where the machine has no input method (F8): where, and of which keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from textual import events
from textual.app import App

from core.composing import Composer, Method, ToneStyle
from tui.widgets.pace import ENDED, GAP, LONG, PAUSE

Holds = Literal["words", "both", "codes"]
"""What stands in a field: words, which are composed; numbers and codes, which never are; or both, as in a search box:
there a digit composes only behind the letters of a word, so that «43A1», «E1234567» and «B3» are typed as they are."""


@dataclass(frozen=True, slots=True)
class Typing:
    """What F8 chose for the whole program; `method` None: keys stay as they are."""

    method: Method | None = None
    style: ToneStyle = ToneStyle.OLD

    def composes(self, holds: Holds) -> bool:
        """Whether keys are composed in a field that holds this."""
        return self.method is not None and holds != "codes"


def typing_of(app: App[Any]) -> Typing:
    """What is chosen in an app; nothing in one that has no such choice."""
    found = getattr(app, "typing", None)
    return found if isinstance(found, Typing) else Typing()


class Typist:
    """What a field remembers between two keys: the composer, and the run of keys that may prove to be a scanner's.

    Keys are composed as they come; once as many came without a gap as only a scanner sends (`tui.widgets.pace`), the
    field holds them as they were sent.
    """

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._composer: Composer | None = None
        self._last = float("-inf")
        self._keys = ""
        self._before = ("", "")
        self._left = ("", "")

    def key(self, typing: Typing, before: str, event: events.Key, after: str) -> tuple[str, str]:
        """The texts before and behind the cursor once a printable key was typed between them."""
        key = event.character or ""
        if event.time - self._last > GAP or self._left != (before, after):
            self._keys, self._before = "", (before, after)
        self._last, self._keys = event.time, self._keys + key
        if len(self._keys) >= LONG:
            told = self._before[0] + self._keys, self._before[1]
        elif self._holds == "both" and key.isdecimal() and not _is_mark(before, key):
            told = before + key, after
        else:
            left, right, self._composer = self._composer_of(typing).key_within(before, key, after)
            told = left, right
        self._left = told
        return told

    def ended(self, before: str, event: events.Key, after: str) -> tuple[str, str] | None:
        """The texts as a scanner sent them, where a key that ends a scan comes right behind one; else None."""
        keys, pause, self._keys = self._keys, event.time - self._last, ""
        if len(keys) < ENDED or pause > PAUSE or self._left != (before, after):
            return None
        return self._before[0] + keys, self._before[1]

    def erase(self, typing: Typing, before: str, after: str) -> tuple[str, str]:
        """The texts around the cursor once Backspace was pressed between them."""
        return self._composer_of(typing).erase_within(before, after)

    def _composer_of(self, typing: Typing) -> Composer:
        composer = self._composer
        if composer is None or (composer.method, composer.style) != (typing.method, typing.style):
            assert typing.method is not None
            composer = Composer(typing.method, typing.style)
        return composer


def _is_mark(before: str, digit: str) -> bool:
    """Whether a digit behind this text can be meant for a word and not for a number."""
    word = before.rpartition(" ")[2]
    is_word = bool(word) and not any(letter.isdecimal() for letter in word)
    short = len(word) == 1 or (len(word) == 2 and word.isupper())
    return is_word and (not short or (digit == "9" and word in ("d", "D")))
