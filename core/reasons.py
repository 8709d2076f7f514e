"""Reasons as data: why a date is missed, why no apology is owed, why a dossier is stopped; each between two dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.answers import Refusal

OTHER = "other"
"""The code of a reason that is one's own words."""
USES = ("reschedule", "excuse", "stop", "declare")


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its words; `use` is one of USES. `basis`: the article or convention that it rests on."""

    use: str
    code: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None
    basis: str | None
    verified: bool
    unverified_reason_vi: str | None = None
    unverified_reason_en: str | None = None

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def in_force(reasons: Iterable[Reason], use: str, day: date) -> tuple[Reason, ...]:
    """The reasons for a use on the day, in the order of the data."""
    return tuple(one for one in reasons if one.use == use and one.in_force(day))


def reason_on(reasons: Iterable[Reason], use: str, code: str, day: date) -> Reason | Refusal:
    """The reason of the code on the day; refusal `reason_unknown`, which names those that there are."""
    found = next((one for one in in_force(reasons, use, day) if one.code == code), None)
    return found or Refusal("reason_unknown", params={"code": code, "known": codes(reasons, use, day)})


def codes(reasons: Iterable[Reason], use: str, day: date) -> str:
    """The codes that there are for a use on the day, as a sentence lists them."""
    return ", ".join(one.code for one in in_force(reasons, use, day))


def words(reason: Reason, own: str | None) -> str:
    """What an event says of the reason: its Vietnamese words, with the officer's own after them."""
    own = (own or "").strip()
    if not own:
        return reason.title_vi
    return own if reason.code == OTHER else f"{reason.title_vi}: {own}"
