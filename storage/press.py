"""Letters from words to pages: the forms as data, and PDF by Typst from data (never from markup).

A station's own words and templates stand in its data folder's `templates` (docs/letters.md) and come before ours.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from core.answers import Refusal
from core.document import Block, Document, Items, Paragraph, Picture, Said, Table, registered
from core.forms import FormVersion, Size, form_in_force, form_line
from core.letters import ReceiptSlip, marks, number_words, paper_table, receipt_lines
from core.moments import LEGAL_TIME
from storage.glyphs import lacking
from storage.manner import SHEET, Manner

TEMPLATES = "templates"
WORDS = "words.toml"
_LETTERS = Path(__file__).parent / "letters"
_FORMS = Path(__file__).parents[1] / "core" / "data" / "forms.toml"
_POINTS: Mapping[Size, float] = {"a4": 13, "a5": 10.5, "a4-landscape": 12}
_ROLL_POINTS = 10.5
_LARGE_POINTS = 16
_WRITTEN_IN = "xxxx"
"""The narrowest column: what is empty is written into by hand."""
_BREAKS = re.compile(r"[\s\u200b]+|(?<=-)(?=\D)")
_GROUPED = " | "
"""In a column's caption: what stands before it is said once above all columns beside each other that have it."""
_UNBROKEN = 24
"""A longer word is broken anywhere, by the templates too."""
_MEASURED = 4
"""Of the longest words by letters one is the widest in print."""
_PARTS = Formatter()
_PLACE = re.compile(r":(\d+):\d+")

Sheet = Literal["a5", "a4"]


@dataclass(frozen=True, slots=True)
class Plate:
    """A paper with all that it was made of: the template, its data as JSON, the moment in epoch seconds, its manner.

    `content` is what a printer gets: a PDF, or for a roll ESC/POS.
    """

    template: bytes
    data: str
    made: int
    content: bytes
    manner: Manner = SHEET

    def again(self) -> bytes:
        """The same bytes once more, as long as the fonts and the typesetter are the same."""
        return _printable(self.template, self.data, self.made, self.manner)

    def says(self, document: Document) -> bool:
        """Whether it tells what this letter does, whenever it was made and whatever its number."""
        return self._has(letter_data(document), ("to", "blocks", "signatures"))

    def says_receipt(self, slip: ReceiptSlip) -> bool:
        """`says` of a receipt."""
        return self._has(receipt_data(slip), ("number", "lines", "papers", "bringer"))

    def _has(self, now: Mapping[str, Any], parts: Sequence[str]) -> bool:
        (then, *more) = _letters_of(json.loads(self.data))
        told = json.loads(_told({part: now[part] for part in parts}))
        return not more and all(then.get(part) == told[part] for part in parts)

    def copy(self) -> bytes:
        """The same pages, each stamped as a copy."""
        data = json.loads(self.data)
        for letter in _letters_of(data):
            letter["marks"] = [*letter["marks"], data["words"]["copy_mark"]]
        return _printable(self.template, _told(data), self.made, self.manner)


def _letters_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    """A PDF has many letters, a roll one; a receipt is its data itself."""
    found: list[dict[str, Any]] = data.get("letters", [data.get("letter", data)])
    return found


class Press:
    """The letters of one data folder, in one manner.

    `problems`: what is wrong with its own words and templates (ours were used), and characters that no font of ours
    can draw.
    """

    def __init__(self, folder: Path | None = None, manner: Manner = SHEET) -> None:
        self.manner = manner
        self._own = None if folder is None else folder / TEMPLATES
        self.problems: list[Refusal] = []
        self._words = self._own_words()

    def form(self, kind: str, day: date) -> FormVersion:
        """A form as it is on a day. Raises InvalidInput `form_unknown` before the first one."""
        form = form_in_force(forms(), kind, day)
        form = replace(form, words={**form.words, **self._words}) if self._words else form
        return form.bilingual() if self.manner.bilingual else form

    def letters(self, documents: Sequence[Document], made: datetime) -> Plate:
        """Letters of one form as one PDF, each from a page 1 on, or one letter for a roll; same letters, same bytes."""
        form, large = documents[0].form, self.manner.large
        if self.manner.roll:
            (letter,) = map(letter_data, documents)
            points = _LARGE_POINTS if large else _ROLL_POINTS
            on_roll = {"points": points, "words": dict(form.words), "letter": letter}
            return self._plate(("letter-80mm.typ",), on_roll, made)
        data = {
            "size": "a4" if large and form.size == "a5" else form.size,
            "points": _LARGE_POINTS if large else _POINTS[form.size],
            "words": dict(form.words),
            "letters": [letter_data(document) for document in documents],
        }
        return self._plate((f"{form.kind}.typ", "letter.typ"), data, made)

    def receipt(self, slip: ReceiptSlip, *, paper: Sheet = "a5") -> Plate:
        """The slip: two A5 pages, both copies on one A4 sheet where they fit, or the citizen's copy on a roll.

        Same slip, same bytes.
        """
        data = receipt_data(slip, paper, large=self.manner.large)
        return self._plate(("receipt-80mm.typ" if self.manner.roll else "receipt.typ",), data, slip.received_at)

    def kit(self, data: dict[str, Any], made: datetime) -> Plate:
        """The kit for an outage (`tui.outage_kit`) as PDF."""
        return self._plate(("outage-kit.typ",), data, made)

    def _plate(self, names: tuple[str, ...], data: dict[str, Any], made: datetime) -> Plate:
        day, seconds = made.astimezone(LEGAL_TIME), int(made.timestamp())
        told = _told({**data, "made": [day.year, day.month, day.day]})
        blank = lacking(told)
        if blank:
            self.problems.append(Refusal("letter_glyphs", params={"characters": " ".join(blank)}))
        template, content = self._made(names, told, seconds)
        return Plate(template, told, seconds, content, self.manner)

    def _made(self, names: tuple[str, ...], data: str, made: int) -> tuple[bytes, bytes]:
        """The template that was used and what came of it.

        It is the station's of the first name that it has one of; ours where that is none or broken.
        """
        import typst  # a native library of 34 MB: only printing pays for it

        own = next((path for name in names if (path := self._template(name)) is not None), None)
        if own is not None:
            line = "?"
            try:
                text = own.read_bytes()
                if text.decode("utf-8").strip():  # an empty one would make an empty page
                    return text, _printable(text, data, made, self.manner)
            except typst.TypstError as error:
                place = _PLACE.search(error.diagnostic)
                line = place[1] if place else line
            except (OSError, UnicodeDecodeError):
                pass
            self.problems.append(Refusal("template_broken", params={"file": own.name, "line": line}))
        text = (_LETTERS / names[-1]).read_bytes()
        return text, _printable(text, data, made, self.manner)

    def _template(self, name: str) -> Path | None:
        path = None if self._own is None else self._own / name
        return path if path is not None and path.is_file() else None

    def _own_words(self) -> Mapping[str, str]:
        path = self._template(WORDS)
        if path is None:
            return {}
        try:
            text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before it
            words = tomllib.loads(text)
            broken = next((name for name, told in words.items() if not _is_sentence(name, told)), None)
            if broken is None:
                return words
            line = next((f"{number}" for number, row in enumerate(text.splitlines(), 1) if broken in row), "?")
        except tomllib.TOMLDecodeError as error:
            line = next(iter(re.findall(r"line (\d+)", str(error))), f"{len(text.splitlines())}")
        except (OSError, UnicodeDecodeError):
            line = "?"
        self.problems.append(Refusal("template_broken", params={"file": WORDS, "line": line}))
        return {}


def _is_sentence(name: str, words: object) -> bool:
    """Whether it is text whose braces name facts: in a word of the program's own, only those that are known there."""
    try:
        named = {key for _, key, _, _ in _PARTS.parse(words) if key is not None} if isinstance(words, str) else {""}
    except ValueError:
        return False
    return all(key.isidentifier() for key in named) and named <= _known_facts().get(name, named)


@cache
def _known_facts() -> Mapping[str, set[str]]:
    """What may stand in braces, by the name of the word; a caption that is not here prints dots for what is unknown."""
    shared = tomllib.loads(_FORMS.read_text(encoding="utf-8"))["words"]
    own = {name: text for form in forms() for name, text in form.words.items() if name.endswith("_value")}
    known = {name: {key for _, key, _, _ in _PARTS.parse(text) if key} for name, text in (shared | own).items()}
    return {name: facts | {"unit"} if name.startswith("sign_") else facts for name, facts in known.items()}


def _told(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _printable(template: bytes, data: str, made: int, manner: Manner) -> bytes:
    """What a printer of that manner gets; the same for the same words at the same moment."""
    if not manner.roll:
        return _compiled(template, data, {"format": "pdf", "timestamp": made})
    from storage.thermal import DOTS_PER_INCH, escpos_of

    return escpos_of(_compiled(template, data, {"format": "png", "ppi": DOTS_PER_INCH}))


def _compiled(template: bytes, data: str, options: dict[str, Any]) -> bytes:
    import typst

    made = typst.compile(
        template,
        root=str(_LETTERS),
        font_paths=[str(_LETTERS / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        **options,
    )
    assert isinstance(made, bytes)
    return made


@cache
def forms() -> tuple[FormVersion, ...]:
    """Every version of every form in the data."""
    data = tomllib.loads(_FORMS.read_text(encoding="utf-8"))
    return tuple(_form(row, data["words"], data["english"]) for row in data["form"])


def _form(row: Mapping[str, Any], shared: Mapping[str, str], english: Mapping[str, str]) -> FormVersion:
    return FormVersion(
        kind=row["kind"],
        number=row["number"],
        title=row["title"],
        instrument=row["instrument"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        lines=tuple(row["lines"]),
        added=tuple(row["added"]),
        columns={name: tuple(columns) for name, columns in row.get("columns", {}).items()},
        notes=tuple(row.get("notes", ())),
        words={**shared, **row["captions"]},
        verified=row["verified"],
        unverified_reason=row.get("unverified_reason"),
        size=row.get("size", "a4"),
        symbol=row.get("symbol"),
        signatures=tuple(row.get("signatures", ())),
        recipients=tuple(row.get("recipients", ())),
        english={**english, **row["english"]} if "english" in row else {},
    )


def receipt_data(slip: ReceiptSlip, paper: Sheet = "a5", *, large: bool = False) -> dict[str, Any]:
    """What the template is given."""
    headers, rows = paper_table(slip)
    lines = receipt_lines(slip)
    return {
        "paper": paper,
        "large": large,
        "words": dict(slip.form.words),
        "title": slip.form.title.split("\n"),
        "parent": slip.unit_parent,
        "unit": slip.unit_name,
        "place_and_day": slip.place_and_day,
        "number": number_words(slip),
        "qr": qr_svg(code) if (code := slip.code or slip.receipt_number) else None,
        "marks": marks(slip),
        "lines": [
            {"parts": line.parts, "papers": line.papers, "strong": line.name.split("+")[0] in ("subject", "due")}
            for line in lines
        ],
        "due": [line.name.split("+")[0] == "due" for line in lines],
        "papers": {
            "headers": headers,
            "rows": rows,
            "widths": ["rest" if column == "title" else "auto" for column in slip.form.columns["papers"]],
        },
        "explanation": slip.explanation,
        "notices": slip.notices,
        "bringer": slip.submitter,
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


def letter_data(document: Document) -> dict[str, Any]:
    """What a template is given of one letter."""
    words = document.form.words
    return {
        "title": document.form.title.split("\n"),
        "parent": document.heading.unit_parent,
        "unit": document.heading.unit_name,
        "place_and_day": document.place_and_day,
        "number": registered(document),
        "to": None if document.to is None else words["to"] + document.to,
        "blocks": [_block_data(block) for block in document.blocks],
        "signatures": [asdict(signature) for signature in document.signatures],
        "recipients": document.recipients,
        "marks": document.marks,
        "qr": None if document.qr is None else qr_svg(document.qr),
        "notes": document.form.notes,
        "form": form_line(document.form),
    }


def _block_data(block: Block) -> dict[str, Any]:
    data = {"kind": _KINDS[type(block)], **{one.name: getattr(block, one.name) for one in fields(block)}}
    if isinstance(block, Table):
        heads = [column.rpartition(_GROUPED) for column in block.columns]
        data["heads"] = [{"group": group, "words": words} for group, _, words in heads]
        data["longest"] = [_longest(cells) for cells in zip([words for _, _, words in heads], *block.rows, strict=True)]
    return data


_KINDS = {Said: "said", Paragraph: "text", Items: "items", Table: "table", Picture: "picture"}


def _longest(cells: Sequence[str]) -> dict[str, Any]:
    """What the template measures a column by: its longest words, or room to write in, and its longest cell."""
    words = {word[:_UNBROKEN] for cell in cells for word in _BREAKS.split(cell)}
    return {"words": [_WRITTEN_IN, *sorted(words, key=len)[-_MEASURED:]], "cell": max(cells, key=len)}
