"""What the receipt slip (form 01) says, before any layout.

The forms are Vietnamese whatever the interface's language: their words come with the `FormVersion`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from core.forms import FormVersion, day_words, form_line, money_words
from core.identity import mask
from core.moments import legal_day

_BLANK = "…………"

Channel = Literal["counter", "online", "post"]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper that was handed in; a count of 0 is printed as a blank."""

    title: str
    originals: int = 0
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Fee:
    """In đồng; `how` in words (tiền mặt, chuyển khoản). `exempt`: asked for by law, but not from this applicant."""

    amount: int
    paid: int = 0
    how: str | None = None
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptSlip:
    """All facts of form 01. Times are legal time (+07:00); `limit`, `waits_for` and the lists are words.

    `due_at` None needs `waits_for`: what the appointment waits for (`ended`: as what the dossier ended without one),
    and `waits_for_en` on a form in two languages. `desk` names the counter as printed.
    `receipt_number` None: the desk may give none yet, and the slip says so. `masked` hides all but the last four of
    `subject_number`, `number_as` tells with it what it is the number of. `provisional`: the number is not the official
    one yet. `copy_mark`: a reprint that must not be taken for the first print. `code`: what its QR says (None: the bare
    number, where there is one). `dated`: the paper's own day, where it is not that of receipt. `organisation`: the
    subject is one, for which somebody signs.
    """

    form: FormVersion
    unit_name: str
    unit_parent: str
    desk: str
    receipt_number: str | None
    place: str
    received_at: datetime
    subject_name: str
    procedure_title: str
    limit: str
    officer_name: str
    due_at: datetime | None = None
    waits_for: str | None = None
    waits_for_en: str | None = None
    ended: bool = False
    subject_number: str | None = None
    masked: bool = False
    number_as: str = "{number}"
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    bringer_name: str | None = None
    bringer_capacity: str | None = None
    papers: tuple[PaperRow, ...] = ()
    sets: int = 1
    return_by: Channel = "counter"
    fee: Fee | None = None
    register_book: str | None = None
    register_number: str | None = None
    explanation: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    provisional: bool = False
    copy_mark: bool = False
    code: str | None = None
    dated: date | None = None
    organisation: bool = False
    official_number: str | None = None

    @property
    def submitter(self) -> str:
        """Who signs for having handed it in; «» leaves the name to the hand."""
        return self.bringer_name or ("" if self.organisation else self.subject_name)

    @property
    def place_and_day(self) -> str:
        return f"{self.place}, {day_words(self.dated or legal_day(self.received_at))}"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: captions with their values («» is left to be filled in by hand)."""

    name: str
    parts: tuple[tuple[str, str], ...]

    @property
    def papers(self) -> bool:
        """Whether the table of papers follows this line."""
        return self.name == "papers"


def receipt_lines(slip: ReceiptSlip) -> tuple[Line, ...]:
    """The form's lines in its order; lines that the form lacks are left out where there is nothing to say."""
    values = _receipt_values(slip)
    form, lines = slip.form, []
    for name in form.lines:
        keys = name.split("+")
        parts = tuple((form.words[key], values[key]) for key in keys if values[key] or key not in form.added)
        if parts:
            lines.append(Line(name, parts))
    return tuple(lines)


def _receipt_values(slip: ReceiptSlip) -> dict[str, str]:
    words = slip.form.words
    number = slip.subject_number or ""
    capacity = f" ({slip.bringer_capacity})" if slip.bringer_capacity else ""
    return {
        "desk": slip.desk,
        "subject": slip.subject_name,
        "number": number and slip.number_as.format(number=mask(number) if slip.masked else number),
        "bringer": slip.bringer_name + capacity if slip.bringer_name else "",
        "address": slip.address or "",
        "phone": slip.phone or "",
        "email": slip.email or "",
        "request": slip.procedure_title,
        "papers": "" if slip.papers else f" {words['none']}",
        "sets": words["sets_value"].format(sets=f"{slip.sets:02}"),
        "limit": slip.limit,
        "received": slip.form.moment_words(slip.received_at),
        "due": _due_words(slip),
        "return": words[f"return_{slip.return_by}"],
        "fee": _fee_words(slip.fee, words),
        "register": words["register_value"].format(
            book=slip.register_book or _BLANK, number=slip.register_number or _BLANK
        ),
    }


def _due_words(slip: ReceiptSlip) -> str:
    if slip.due_at is not None:
        return slip.form.end_words(slip.due_at)
    sentence = slip.form.words["no_date_ended" if slip.ended else "no_date"]
    return sentence.format(reason=slip.waits_for or _BLANK, reason_en=slip.waits_for_en or _BLANK)


def _fee_words(fee: Fee | None, words: Mapping[str, str]) -> str:
    if fee is None:
        return ""
    if fee.exempt:
        return words["exempt"]
    if fee.amount == 0 and fee.paid == 0:
        return words["free"]
    if not fee.paid:
        paid = words["not_paid"]
    elif fee.how:
        paid = words["paid_how"].format(amount=money_words(fee.paid), how=fee.how)
    else:
        paid = words["paid"].format(amount=money_words(fee.paid))
    return f"{money_words(fee.amount)}, {paid}"


def paper_table(slip: ReceiptSlip) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headers and rows of the papers, in the columns of the form."""
    words, columns = slip.form.words, slip.form.columns["papers"]
    headers = tuple(words[f"papers_{column}"] for column in columns)
    rows = []
    for place, paper in enumerate(slip.papers, start=1):
        cells = {
            "no": f"{place}",
            "title": paper.title,
            "originals": _count(paper.originals),
            "copies": _count(paper.copies),
            "kind": _paper_kind(paper, words),
            "count": _count(paper.originals + paper.copies),
        }
        rows.append(tuple(cells[column] for column in columns))
    return headers, tuple(rows)


def _count(count: int) -> str:
    return f"{count:02}" if count else ""


def _paper_kind(paper: PaperRow, words: Mapping[str, str]) -> str:
    if paper.originals and paper.copies:
        return words["kind_both"]
    return words["kind_original"] if paper.originals else words["kind_copy"] if paper.copies else ""


def marks(slip: ReceiptSlip) -> tuple[str, ...]:
    """What is stamped beside the title: a copy, a number that is not official yet, a slip without one."""
    words = slip.form.words
    unnumbered = slip.receipt_number is None
    stamps = (
        (slip.copy_mark, "copy_mark"),
        (slip.provisional and not unnumbered, "provisional_mark"),
        (unnumbered, "unnumbered_mark"),
    )
    return tuple(words[key] for so, key in stamps if so)


def number_words(slip: ReceiptSlip) -> str:
    """The number, or that there is none yet; the official one with it, once it was given."""
    number = slip.receipt_number or slip.form.words["no_number"]
    official = slip.official_number
    return f"{number}{slip.form.words['official_number'].format(number=official)}" if official else number


def receipt_text(slip: ReceiptSlip, width: int = 42) -> str:
    """The slip as plain lines of at most `width` characters, for a narrow printer or a message."""
    words = slip.form.words
    out = _centred((slip.unit_parent.upper(), slip.unit_name.upper(), words["counter"]), width)
    out += ["-" * width]
    out += _centred((slip.form.title, *marks(slip)), width)
    out += _wrapped(words["code"] + number_words(slip), width)
    for line in receipt_lines(slip):
        out += _wrapped("  ".join(caption + (value or _BLANK) for caption, value in line.parts), width, line)
        if line.papers and slip.papers:
            out += _paper_lines(slip, width)
    for heading, sentences in (("explanation", slip.explanation), ("notices", slip.notices)):
        if sentences:
            out += [words[heading]]
            out += [row for sentence in sentences for row in _wrapped(f"- {sentence}", width)]
    out += ["-" * width, *_wrapped(slip.place_and_day, width)]
    out += _wrapped(f"{words['sign_receiver'].capitalize()}: {slip.officer_name}", width)
    out += _wrapped(form_line(slip.form), width)
    return "\n".join(out) + "\n"


def _paper_lines(slip: ReceiptSlip, width: int) -> list[str]:
    lines = []
    for place, paper in enumerate(slip.papers, start=1):
        kind = _paper_kind(paper, slip.form.words)
        counted = f" ({kind.lower()}: {_count(paper.originals + paper.copies)})" if kind else ""
        lines += _wrapped(f"  {place}. {paper.title}{counted}", width)
    return lines


def _wrapped(text: str, width: int, line: Line | None = None) -> list[str]:
    if line is not None and line.papers and not line.parts[0][1]:
        text = line.parts[0][0]
    return textwrap.wrap(text, width, subsequent_indent="  ") or [""]


def _centred(texts: Iterable[str], width: int) -> list[str]:
    return [row.center(width).rstrip() for text in texts for row in textwrap.wrap(text, width)]
