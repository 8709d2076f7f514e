"""What citizens say of the service, apart from any dossier: nine marks and one of five steps; and what they come to.

Answers wait in a box and leave it together, so that neither their time nor their order leads to whoever gave one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME, legal_day
from core.record import Draft, canonical
from core.text import fold

OVERALL = ("very_satisfied", "satisfied", "neutral", "unsatisfied", "very_unsatisfied")
"""The five steps, the best first."""
SATISFIED = OVERALL[:2]
CRITERIA = 9
MOST_POINTS = 2
CHANNELS = ("paper", "counter", "phone")
ENOUGH_FOR_A_MEAN = 30
"""Answers from which on a mean's interval is told: with fewer the normal distribution says too much."""
_Z = 1.959964
"""The normal distribution's 97.5 % point."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer. `points`: nine marks of 0, 1 or 2, None where one was left open. No dossier, no time."""

    overall: str | None
    points: tuple[int | None, ...] = (None,) * CRITERIA
    channel: str = "paper"
    procedure: str | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class OpenBox:
    """Count what lay in the box: `answers`, and apart from them the `codes` (digests) that were used up.

    `least`: with fewer answers the box stays shut. `shared`: a procedure or an officer that fewer answers name is left
    out of them. `batch` names the lot, at random.
    """

    batch: str
    answers: tuple[Answer, ...]
    codes: tuple[str, ...]
    least: int
    shared: int
    at: datetime


def read_answer(row: Mapping[str, object]) -> Answer:
    """An answer as a form or a file has it: `overall` (a word or 1–5), `points` (nine of 0, 1, 2 or -), or `c1`…`c9`.

    Raises InvalidInput `survey_overall`, `survey_points`, `survey_channel`, `survey_empty`.
    """
    overall = _overall(_text(row, "overall"))
    points = _points(row)
    channel = _text(row, "channel") or CHANNELS[0]
    if channel not in CHANNELS:
        raise InvalidInput("survey_channel", value=channel, known=", ".join(CHANNELS))
    if overall is None and all(mark is None for mark in points):
        raise InvalidInput("survey_empty")
    return Answer(overall, points, channel, _text(row, "procedure") or None, _text(row, "officer") or None)


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _overall(text: str) -> str | None:
    if not text:
        return None
    if text in OVERALL:
        return text
    if len(text) == 1 and text in "12345":
        return OVERALL[int(text) - 1]
    raise InvalidInput("survey_overall", value=text[:40])


def _points(row: Mapping[str, object]) -> tuple[int | None, ...]:
    text = "".join(_text(row, "points").replace(",", " ").replace(";", " ").split())
    marks = list(text) if text else [_text(row, f"c{place}") or "-" for place in range(1, CRITERIA + 1)]
    if len(marks) != CRITERIA or any(mark not in ("0", "1", "2", "-") for mark in marks):
        raise InvalidInput("survey_points", value="".join(marks)[:40])
    return tuple(None if mark == "-" else int(mark) for mark in marks)


def shared_only(answers: Sequence[Answer], shared: int) -> tuple[Answer, ...]:
    """The answers without a procedure that fewer than `shared` of them name, and without an officer so named for it."""
    procedures = Counter(one.procedure for one in answers)
    kept = [
        Answer(one.overall, one.points, one.channel, one.procedure if procedures[one.procedure] >= shared else None,
               one.officer)
        for one in answers
    ]  # fmt: skip
    officers = Counter((one.procedure, one.officer) for one in kept)
    return tuple(
        Answer(one.overall, one.points, one.channel, one.procedure,
               one.officer if officers[one.procedure, one.officer] >= shared else None)
        for one in kept
    )  # fmt: skip


def decide_box(command: OpenBox) -> tuple[Draft, ...] | Refusal:
    """The lot's events: the day alone is told, and they stand by what they say, not as they came."""
    if len(command.answers) < command.least:
        return Refusal("survey_box_few", params={"count": f"{len(command.answers)}", "least": f"{command.least}"})
    entity, at = f"survey:{command.batch}", _midnight(legal_day(command.at))
    bodies = sorted((_body(one) for one in shared_only(command.answers, command.shared)), key=canonical)
    drafts = [Draft(entity, "survey_answered", at, body) for body in bodies]
    if command.codes:
        drafts.append(Draft(entity, "survey_codes_spent", at, {"codes": sorted(command.codes)}))
    return tuple(drafts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), LEGAL_TIME)


def _body(one: Answer) -> dict[str, Any]:
    answers: dict[str, Any] = {f"{place}": mark for place, mark in enumerate(one.points, 1) if mark is not None}
    if one.overall is not None:
        answers["overall"] = one.overall
    named = {"procedure": one.procedure, "officer": one.officer}
    return {"answers": answers, "channel": one.channel} | {name: text for name, text in named.items() if text}


def answer_of(body: Mapping[str, Any]) -> Answer | None:
    """An event's body as an answer; None for one that says nothing that this version can count."""
    answers = body.get("answers")
    if not isinstance(answers, Mapping):
        return None
    overall = answers.get("overall")
    marks = tuple(_mark(answers.get(f"{place}")) for place in range(1, CRITERIA + 1))
    known = overall if overall in OVERALL else None
    if known is None and all(mark is None for mark in marks):
        return None
    return Answer(known, marks, str(body.get("channel") or ""), body.get("procedure"), body.get("officer"))


def _mark(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_POINTS
    return value if whole else None  # type: ignore[return-value]  # a whole number, as was just seen


def code_text(text: str) -> str:
    """A code as it is compared: what is written between its groups, and how large, says nothing."""
    return "".join(letter for letter in fold(text).upper() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Interval:
    """A share or a mean with the bounds between which, 19 times out of 20, the true one lies."""

    value: Fraction
    low: float
    high: float


def share(count: int, of: int) -> Interval | None:
    """A share with its 95 % interval by Wilson's score, which holds for few answers too; None of nothing."""
    if of <= 0:
        return None
    part, square = count / of, _Z * _Z
    middle = (part + square / (2 * of)) / (1 + square / of)
    half = _Z * (part * (1 - part) / of + square / (4 * of * of)) ** 0.5 / (1 + square / of)
    return Interval(Fraction(count, of), max(0.0, middle - half), min(1.0, middle + half))


def mean(total: int, squares: int, of: int, most: int) -> Interval | None:
    """A mean with its 95 % interval by the normal distribution; None of fewer than ENOUGH_FOR_A_MEAN."""
    if of < ENOUGH_FOR_A_MEAN:
        return None
    value = Fraction(total, of)
    spread = float(Fraction(squares - total * value) / (of - 1)) ** 0.5
    half = _Z * spread / of**0.5
    return Interval(value, max(0.0, float(value) - half), min(float(most), float(value) + half))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the nine, as the forms of a time say it; `verified` False where nobody has read the text."""

    place: int
    title_vi: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Band:
    """What `least` points of 18 and more are called."""

    code: str
    least: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The nine criteria and the bands between two dates, with the text that they rest on."""

    valid_from: date
    valid_to: date | None
    basis: str
    verified: bool
    unverified_reason_vi: str | None
    unverified_reason_en: str | None
    criteria: tuple[Criterion, ...]
    bands: tuple[Band, ...]

    def band(self, points: Fraction) -> str | None:
        """The band of a mean of points."""
        return next((one.code for one in self.bands if points >= one.least), None)


def scale_on(scales: Iterable[Scale], day: date) -> Scale | None:
    """The scale in force on the day; None where the data hold none."""
    return next((one for one in scales if one.valid_from <= day <= (one.valid_to or date.max)), None)
