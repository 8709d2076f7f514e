"""Forms as data: the version in force on a day, and how official Vietnamese paper writes days and sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from core.answers import InvalidInput
from core.moments import LEGAL_TIME, limit_day
from core.time_limit import Limit, Unit

Size = Literal["a4", "a5", "a4-landscape"]


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One form between two dates (both in force): its words, and the order of its lines.

    `words` holds what all forms share and this one's captions; `added` names lines that the form itself lacks.
    `columns`: those of each table, by its name. `number` «»: a paper of the unit's own, by no circular. `symbol`: of
    the letters that get a number in the unit's register. `signatures`: who signs, from left to right. `english`: the
    words of a form that may be asked for in two languages, its `title` among them.
    """

    kind: str
    number: str
    title: str
    instrument: str
    valid_from: date
    valid_to: date | None
    lines: tuple[str, ...]
    added: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    words: Mapping[str, str]
    verified: bool
    unverified_reason: str | None
    size: Size = "a4"
    symbol: str | None = None
    signatures: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    two_languages: bool = False

    def bilingual(self) -> FormVersion:
        """The form in two languages, English first, where it has English words; else as it is."""
        if not self.english:
            return self
        both = {name: _both(text, self.words[name]) for name, text in self.english.items() if name in self.words}
        title = f"{self.english['title']}\n{self.title}"
        return replace(self, title=title, words={**self.words, **both}, two_languages=True)

    def moment_words(self, moment: datetime) -> str:
        """`moment_words`, in figures before it where the form speaks two languages."""
        told = moment_words(moment)
        return f"{moment.astimezone(LEGAL_TIME):%H:%M, %d/%m/%Y} / {told}" if self.two_languages else told

    def end_words(self, moment: datetime) -> str:
        """The same of `end_words`."""
        if not _ends_a_day(moment):
            return self.moment_words(moment)
        told = end_words(moment)
        return f"24:00, {limit_day(moment):%d/%m/%Y} / {told}" if self.two_languages else told


def _both(english: str, vietnamese: str) -> str:
    """«Address / Địa chỉ: »: a caption keeps its end."""
    if english.strip() == vietnamese.strip():
        return vietnamese
    text = english.rstrip().removesuffix(":") if vietnamese[-1:] in (" ", ":") else english
    return f"{text} / {vietnamese}"


def form_in_force(forms: Iterable[FormVersion], kind: str, day: date) -> FormVersion:
    """The version of a form for a letter of that day. Raises InvalidInput `form_unknown`."""
    for form in forms:
        if form.kind == kind and form.valid_from <= day and (form.valid_to is None or day <= form.valid_to):
            return form
    raise InvalidInput("form_unknown", form=kind, day=f"{day:%d/%m/%Y}")


def form_line(form: FormVersion) -> str:
    """Which form this is and whether its words were checked against the circular."""
    if not form.number:
        return form.words["own_form"]
    sentence = form.words["verified_form" if form.verified else "unverified_form"]
    return sentence.format(number=form.number, instrument=form.instrument)


def day_words(day: date) -> str:
    """«ngày 05 tháng 01 năm 2026»; days under 10 and months 1 and 2 take a leading 0 (Decree 30/2020)."""
    month = f"{day.month:02}" if day.month <= 2 else f"{day.month}"
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def moment_words(moment: datetime) -> str:
    """When something happened: «16 giờ 30 phút, ngày …»."""
    legal = moment.astimezone(LEGAL_TIME)
    return f"{_clock_words(legal.time())}, {day_words(legal.date())}"


def end_words(moment: datetime) -> str:
    """Until when something is due: as `moment_words`, but midnight is told as the day alone that it ends."""
    return day_words(limit_day(moment)) if _ends_a_day(moment) else moment_words(moment)


def _ends_a_day(moment: datetime) -> bool:
    return moment.astimezone(LEGAL_TIME).time() == time(0)


def _clock_words(clock: time) -> str:
    return f"{clock.hour:02} giờ {clock.minute:02} phút"


def money_words(amount: int) -> str:
    """«75.000 đồng»."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def limit_words(limits: Sequence[Limit], form: FormVersion) -> str:
    """«07 ngày làm việc»; phases are joined with «+»."""
    return " + ".join(_limit_words(limit, form.words) for limit in limits)


def _limit_words(limit: Limit, words: Mapping[str, str]) -> str:
    if limit.unit is Unit.SAME_DAY and limit.cutoff is not None:
        return words["unit_same_day_cutoff"].format(time=_clock_words(limit.cutoff))
    if limit.amount.denominator == 1:
        amount = f"{limit.amount.numerator:02}"
    else:
        exact = Decimal(limit.amount.numerator) / limit.amount.denominator
        amount = f"{exact:.2f}".rstrip("0").replace(".", ",")
    return words[f"unit_{limit.unit}"].format(amount=amount, time=_clock_words(limit.time or time(0)))
