"""The words of messages: those that the program brings, and a station's own before them.

A station's own stand in its data folder's `templates/messages.toml` (docs/messages.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from core.message import PARTS, SHARED, Facts, Sending, Text, Wording, compose, is_wording, wording_on
from core.telling import ABOUT
from storage.lawbook.package import DATA
from storage.press import TEMPLATES, Press

OWN = "messages.toml"
LANGUAGES = ("vi", "en")
_LONGEST = "H30.12.345-260521-10001"
"""A receipt number of a sub-code's unit past its desk's range: the longest that there is."""


@dataclass(frozen=True, slots=True)
class Book:
    """All words of messages in one file, by language and day."""

    wordings: tuple[Wording, ...]
    shared: Mapping[str, Mapping[str, str]]
    sending: Sending


class Words:
    """What one data folder's messages say. `problems`: what is wrong with its own words (ours were used)."""

    def __init__(self, folder: Path, unit_name: str, day: date) -> None:
        self._day = day
        self._unit = unit_name
        press = Press(folder)
        self._phone = press.form("receipt", day).words["office_phone"]
        self._own: Mapping[str, Any] = {}
        self.problems: list[Refusal] = []
        self._own = self._read(folder / TEMPLATES / OWN)

    def text(self, about: str, language: str, channel: str, number: str, until: date | None) -> Text:
        """The message. Raises InvalidInput `message_too_long`."""
        facts = Facts(number, self._unit, until, self._phone)
        return self._composed(about, language, channel, facts)

    def _composed(self, about: str, language: str, channel: str, facts: Facts) -> Text:
        own = self._own.get(language, {})
        wording = replace(wording_on(book().wordings, about, language, self._day), **own.get(about, {}))
        shared = {**book().shared[language], **{name: own[name] for name in SHARED if name in own}}
        return compose(wording, shared, facts, channel)

    def _read(self, path: Path) -> Mapping[str, Any]:
        try:
            text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before it
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError):
            return self._broken("?")
        try:
            own = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            return self._broken(next(iter(re.findall(r"line (\d+)", str(error))), f"{len(text.splitlines())}"))
        wrong = next(_misfits(own), None) or self._too_long(own)
        return own if wrong is None else self._broken(_line_of(text, wrong))

    def _too_long(self, own: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The first text message that is longer than one with this unit's name, phone and the longest number."""
        before, self._own = self._own, own
        facts = Facts(_LONGEST, self._unit, self._day, self._phone)
        try:
            for language, about in ((one, name) for one in own for name in own[one] if name in ABOUT):
                try:
                    self._composed(about, language, "sms", facts)
                except InvalidInput:
                    return language, about, "sms"
        finally:
            self._own = before
        return None

    def _broken(self, line: str) -> Mapping[str, Any]:
        self.problems.append(Refusal("template_broken", params={"file": OWN, "line": line}))
        return {}


def _misfits(own: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Where a station's own words are none: the way of names to the first wrong place."""
    for language, parts in own.items():
        if language not in LANGUAGES or not isinstance(parts, Mapping):
            yield (language,)
            continue
        for name, words in parts.items():
            if (name in SHARED and not is_wording(name, words)) or (
                name not in SHARED and (name not in ABOUT or not isinstance(words, Mapping))
            ):
                yield language, name
            elif name in ABOUT:
                yield from ((language, name, part) for part, text in words.items() if not _fits(part, text))


def _fits(part: str, text: object) -> bool:
    return part in PARTS and is_wording(part, text)


def _line_of(text: str, way: tuple[str, ...]) -> str:
    """The line that names the last of the way, from the line on that names what it stands in."""
    rows, start = text.splitlines(), 0
    for name in way:
        start = next(
            (place for place in range(start, len(rows)) if re.search(rf"\b{re.escape(name)}\b", rows[place])), start
        )
    return f"{start + 1}"


@cache
def book() -> Book:
    """The words that this version of the program brings. Raises InvalidInput `law_row_invalid` for a broken row."""
    content = tomllib.loads((DATA / OWN).read_text(encoding="utf-8"))
    wordings = tuple(_wording(row, f"{OWN}: message {place}") for place, row in enumerate(content["message"], 1))
    return Book(wordings, content["shared"], Sending(**content["sending"]))


def _wording(row: Mapping[str, Any], where: str) -> Wording:
    wrong = next((part for part in PARTS if not _fits(part, row.get(part))), None)
    if wrong is not None or row["about"] not in ABOUT or row["language"] not in LANGUAGES:
        raise InvalidInput("law_row_invalid", where=where, problem=wrong or row["about"])
    return Wording(**{"valid_to": None, **row, "mail": row["mail"].strip() + "\n"})
