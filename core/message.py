"""A message to the citizen from its template: what it may name, and that a text message stays one.

A text message has no diacritics: then it is 160 characters of the GSM alphabet instead of 70, arrives whole on every
phone, and costs one message. The words are kept with diacritics, which e-mail has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from string import Formatter

from core.answers import InvalidInput
from core.moments import LEGAL_TIME

SMS_LENGTH = 160
FACTS = ("number", "unit", "day", "before", "call")
"""All that a template may name: no procedure, no person. `before` and `call` are phrases with the day and the phone."""
PARTS = ("sms", "subject", "mail")
SHARED = ("before", "call")
_SHARED_FACTS = {"before": ("day",), "call": ("phone",)}
_PARTS = Formatter()
_GSM = frozenset("@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\n")
_WRITTEN = str.maketrans({"đ": "d", "Đ": "D", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "’": "'"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one message in one language between two dates (both in force); braces name FACTS."""

    about: str
    language: str
    valid_from: date
    valid_to: date | None
    sms: str
    subject: str
    mail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message tells; `until`: the day that it names; `phone`: the unit's, «» where nobody wrote it down."""

    number: str
    unit: str
    until: date | None
    phone: str


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is sent; `subject` None for a text message."""

    subject: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Sending:
    """When messages go: a while after the event, so that what was undone at once is never told, and not at night."""

    grace_seconds: int
    first_hour: time
    last_hour: time
    give_up_hours: int

    def next_time(self, moment: datetime) -> datetime:
        """The first time from `moment` on at which somebody may be written to."""
        local = moment.astimezone(LEGAL_TIME)
        if local.time() < self.first_hour:
            return datetime.combine(local.date(), self.first_hour, LEGAL_TIME)
        if local.time() >= self.last_hour:
            return datetime.combine(local.date() + timedelta(days=1), self.first_hour, LEGAL_TIME)
        return local


def wording_on(wordings: Iterable[Wording], about: str, language: str, day: date) -> Wording:
    """The words in force on a day. Raises InvalidInput `wording_missing`."""
    for one in wordings:
        named = (one.about, one.language) == (about, language)
        if named and one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
            return one
    raise InvalidInput("wording_missing", about=about)


def compose(wording: Wording, shared: Mapping[str, str], facts: Facts, channel: str) -> Text:
    """The text for a channel; a text message says the unit shorter, then no phone, before it is more than one.

    Raises InvalidInput `message_too_long` where even that does not fit.
    """
    if channel == "mail":
        return Text(_filled(wording.subject, shared, facts), _filled(wording.mail, shared, facts))
    short = replace(facts, unit=facts.unit.partition(",")[0].replace("Công an", "CA"))
    tried = [plain(_filled(wording.sms, shared, one)) for one in (facts, short, replace(short, phone=""))]
    found = next((text for text in tried if len(text) <= SMS_LENGTH), None)
    if found is None:
        raise InvalidInput("message_too_long", length=len(tried[-1]), most=SMS_LENGTH)
    return Text(None, found)


def plain(text: str) -> str:
    """Without diacritics, in characters that each take one place of a text message; what has none is left out."""
    bare = unicodedata.normalize("NFD", text.translate(_WRITTEN))
    return "".join(character for character in bare if character in _GSM)


def names_only(text: str, known: Iterable[str]) -> bool:
    """Whether the text's braces name nothing but these facts."""
    try:
        parts = list(_PARTS.parse(text))
    except ValueError:
        return False
    return all(name is None or (name in known and not form and not how) for _, name, form, how in parts)


def is_wording(part: str, text: object) -> bool:
    """Whether it can stand as that part of a message, or as one of the SHARED words."""
    known = _SHARED_FACTS.get(part, FACTS)
    return isinstance(text, str) and bool(text.strip()) and names_only(text, known)


def _filled(text: str, shared: Mapping[str, str], facts: Facts) -> str:
    day = f"{facts.until:%d/%m/%Y}" if facts.until else ""
    before = shared["before"].format(day=day) if day else ""
    call = shared["call"].format(phone=facts.phone) if facts.phone else ""
    return text.format(number=facts.number, unit=facts.unit, day=day, before=before, call=call)
