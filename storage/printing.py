"""Letters on paper: PDF by Typst from data (never from markup), and the way to a printer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from core.answers import Refusal
from core.forms import FormVersion, day_words, form_in_force
from core.letters import ReceiptSlip, TableSection, form_line, marks, number_words, paper_table, receipt_lines
from core.moments import LEGAL_TIME

_LETTERS = Path(__file__).parent / "letters"
_FORMS = Path(__file__).parents[1] / "core" / "data" / "forms.toml"
_PRINT_SECONDS = 20

Paper = Literal["a5", "a4"]


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """`printer` None: the system's default one. `viewer`: show the PDF, to be printed from there."""

    printer: str | None = None
    viewer: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """Who issues a record: the unit, its superior body, and the place before the date."""

    unit_name: str
    unit_parent: str
    place: str


@cache
def forms() -> tuple[FormVersion, ...]:
    """Every version of every form in the data."""
    data = tomllib.loads(_FORMS.read_text(encoding="utf-8"))
    return tuple(_form(row, data["words"]) for row in data["form"])


def _form(row: Mapping[str, Any], shared: Mapping[str, str]) -> FormVersion:
    return FormVersion(
        kind=row["kind"],
        number=row["number"],
        title=row["title"],
        instrument=row["instrument"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        lines=tuple(row["lines"]),
        added=tuple(row["added"]),
        paper_columns=tuple(row["paper_columns"]),
        notes=tuple(row["notes"]),
        words={**shared, **row["captions"]},
        verified=row["verified"],
        unverified_reason=row.get("unverified_reason"),
    )


def receipt_form(day: date) -> FormVersion:
    """Form 01 as it was on the day of receipt. Raises InvalidInput `form_unknown` before the first one."""
    return form_in_force(forms(), "receipt", day)


def render_receipt(slip: ReceiptSlip, *, paper: Paper = "a5") -> bytes:
    """The slip as PDF: two A5 pages, or both copies on one A4 sheet where they fit; same slip, same bytes."""
    return _compile("receipt.typ", receipt_data(slip, paper), slip.received_at)


def receipt_data(slip: ReceiptSlip, paper: Paper = "a5") -> dict[str, Any]:
    """What the template is given."""
    headers, rows = paper_table(slip)
    return {
        "paper": paper,
        "words": dict(slip.form.words),
        "title": slip.form.title,
        "parent": slip.unit_parent,
        "unit": slip.unit_name,
        "place_and_day": f"{slip.place}, {day_words(slip.received_at.astimezone(LEGAL_TIME).date())}",
        "number": number_words(slip),
        "qr": qr_svg(code) if (code := slip.code or slip.receipt_number) else None,
        "marks": marks(slip),
        "lines": [
            {"parts": line.parts, "papers": line.papers, "strong": line.name.split("+")[0] in ("subject", "due")}
            for line in receipt_lines(slip)
        ],
        "papers": {
            "headers": headers,
            "rows": rows,
            "widths": ["rest" if column == "title" else "auto" for column in slip.form.paper_columns],
        },
        "explanation": slip.explanation,
        "notices": slip.notices,
        "bringer": slip.bringer_name or slip.subject_name,
        "officer": slip.officer_name,
        "notes": slip.form.notes,
        "form": form_line(slip.form),
    }


def qr_svg(text: str) -> str:
    """A QR code (error level M, quiet zone of 2) as SVG."""
    import segno

    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=2, omitsize=True)
    return out.getvalue().decode("utf-8")


def render_table(
    title: str,
    meta: Sequence[tuple[str, str]],
    sections: Sequence[TableSection],
    *,
    heading: Heading,
    at: datetime,
    signatures: tuple[tuple[str, str], tuple[str, str]],
) -> bytes:
    """A record of `at` as A4 PDF: `meta` as «caption: words», sections, two boxes (role, name) to sign."""
    day = at.astimezone(LEGAL_TIME).date()
    data = {
        "title": title,
        "words": dict(receipt_form(day).words),
        "parent": heading.unit_parent,
        "unit": heading.unit_name,
        "place_and_day": f"{heading.place}, {day_words(day)}",
        "meta": meta,
        "sections": [_section_data(section) for section in sections],
        "signatures": signatures,
    }
    return _compile("table.typ", data, at)


def _section_data(section: TableSection) -> dict[str, Any]:
    columns = zip(section.columns, *section.rows, strict=True)
    return {
        "name": section.name,
        "columns": section.columns,
        "rows": section.rows,
        "empty": section.empty,
        "widths": [_share(cells) for cells in columns],
    }


def _share(cells: Sequence[str]) -> float:
    """A column's part of the width: its longest cell, up to a limit, but room for its longest word."""
    word = max((len(word) for cell in cells for word in cell.split()), default=1)
    return max(word * 1.25, min(40, max(map(len, cells))))


def _compile(template: str, data: dict[str, Any], made: datetime) -> bytes:
    day = made.astimezone(LEGAL_TIME)
    dated = {**data, "made": [day.year, day.month, day.day]}
    return compile_letter(template, dated, format="pdf", timestamp=int(made.timestamp()))


def compile_letter(template: str, data: dict[str, Any], **options: Any) -> bytes:
    """A template of ours with its data, by Typst with our fonts alone; `options` are Typst's (format, ppi, …)."""
    import typst  # a native library of 34 MB: only printing pays for it

    made = typst.compile(
        str(_LETTERS / template),
        root=str(_LETTERS),
        font_paths=[str(_LETTERS / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        **options,
    )
    return bytes(made)


def printers() -> tuple[str, ...]:
    """The names that the print system knows; none where it can't be asked."""
    asked = shutil.which("lpstat")
    if asked is None:
        return ()
    try:
        answer = subprocess.run([asked, "-e"], capture_output=True, text=True, timeout=_PRINT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(answer.stdout.split())


def send_to_printer(path: Path, settings: PrinterSettings) -> Refusal | None:
    """Hand a PDF to the printer or the viewer; None: it was taken (whether it came out, only a person sees).

    Refusals: `printer_missing` (no print system here), `printer_failed` (it said no), `viewer_missing`.
    """
    if sys.platform == "win32":
        return _windows(path, "open" if settings.viewer else "print")
    if settings.viewer:
        return _hand_to(shutil.which("xdg-open") or shutil.which("open"), [], path, "viewer_missing")
    for command, option in (("lp", "-d"), ("lpr", "-P")):
        if found := shutil.which(command):
            chosen = [option, settings.printer] if settings.printer else []
            return _hand_to(found, chosen, path, "printer_missing")
    return Refusal("printer_missing")


def _hand_to(command: str | None, options: list[str], path: Path, missing: str) -> Refusal | None:
    if command is None:
        return Refusal(missing)
    try:
        done = subprocess.run(
            [command, *options, str(path.resolve())], capture_output=True, timeout=_PRINT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Refusal("printer_failed")
    return None if done.returncode == 0 else Refusal("printer_failed")


def _windows(path: Path, verb: str) -> Refusal | None:
    """Windows prints a PDF through the program that is registered for it, on the default printer."""
    start = getattr(os, "startfile")  # noqa: B009  (missing elsewhere, so unknown to the type checker)
    try:
        start(str(path.resolve()), verb)
    except OSError:
        return Refusal("printer_missing" if verb == "print" else "viewer_missing")
    return None
