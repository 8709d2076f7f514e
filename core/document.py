"""What a letter says, block by block, before any layout: a form filled with a case's facts, and as plain lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter

from core.forms import FormVersion, form_line

BLANK = "…………"
TICKED, UNTICKED = "☑", "☐"
MAY_BREAK = "\u200b"
"""Where a word may go over to the next line in print; in plain lines it stands nowhere: they are copied."""

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Who issues a paper: the unit, its superior body, and the place before the date."""

    unit_name: str
    unit_parent: str
    place: str


@dataclass(frozen=True, slots=True)
class Said:
    """One line of captions with their values; «» is left to be filled in by hand. `strong`: the values stand out."""

    parts: tuple[tuple[str, str], ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or more of running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A caption and its numbered items; `ticks`: a box before each, crossed or not, in place of the number."""

    caption: str
    items: tuple[str, ...]
    ticks: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A heading with rows under columns; `empty` is printed when there are none."""

    name: str
    columns: tuple[str, ...]
    rows: Rows
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A heading with bars: label, drawing (SVG) and words of each; `empty` is printed when there are none."""

    name: str
    bars: Rows
    empty: str = ""


Block = Said | Paragraph | Items | Table | Picture


@dataclass(frozen=True, slots=True)
class Signature:
    """Where somebody signs: in which capacity (lines above one another), the name below, and how (`hint`)."""

    role: tuple[str, ...]
    name: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills a form: words by name, items by name (with ticks), rows by name. A name that is missing is a blank."""

    words: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ticks: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A letter ready for layout. `day_words`: the day as the form writes it.

    `number`: its number in the register with its symbol; None, it has none; «», it is written by hand. `marks` are
    stamped beside the title; `qr` is what a scanner reads. `since`: when what it tells of happened; None for one that
    tells how things stand. `promises`: the appointment that the citizen gets by it.
    """

    form: FormVersion
    heading: Heading
    day_words: str
    blocks: tuple[Block, ...]
    signatures: tuple[Signature, ...] = ()
    number: str | None = None
    to: str | None = None
    recipients: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    qr: str | None = None
    since: datetime | None = None
    promises: datetime | None = None

    @property
    def place_and_day(self) -> str:
        return f"{self.heading.place}, {self.day_words}"


def registered(document: Document) -> str | None:
    """Its number in the register as it is printed; None where it has none."""
    if document.number is None:
        return None
    number = document.number if document.number else f"{BLANK}/{document.form.symbol}"
    return document.form.words["number_value"].format(number=number)


def fill(form: FormVersion, facts: Facts) -> tuple[Block, ...]:
    """The form's blocks in its order; an `added` one is left out where there is nothing to say."""
    found: list[Block] = []
    for line in form.lines:
        kind, _, name = line.rpartition(":")
        block = _BLOCKS[kind](form, name, facts)
        if block is not None:
            found.append(block)
    return tuple(found)


def _said(form: FormVersion, name: str, facts: Facts, *, strong: bool = False) -> Block | None:
    keys = [key for key in name.split("+") if facts.words.get(key) or key not in form.added]
    if not keys:
        return None
    return Said(tuple((_filled(form.words[key], facts), facts.words.get(key, "")) for key in keys), strong)


def _strong(form: FormVersion, name: str, facts: Facts) -> Block | None:
    return _said(form, name, facts, strong=True)


def _paragraph(form: FormVersion, name: str, facts: Facts) -> Block | None:
    """The form's sentence with the facts that it names; an added one only where all of them are known."""
    sentence = form.words[name]
    if name in form.added and not all(facts.words.get(key) for key in _named(sentence)):
        return None
    return Paragraph(_filled(sentence, facts))


def _named(sentence: str) -> list[str]:
    return [key for _, key, _, _ in Formatter().parse(sentence) if key]


def _filled(sentence: str, facts: Facts) -> str:
    return sentence.format(**{key: facts.words.get(key) or BLANK for key in _named(sentence)})


def _items(form: FormVersion, name: str, facts: Facts) -> Block | None:
    items = facts.items.get(name, ())
    if not items and name in form.added:
        return None
    return Items(_filled(form.words[name], facts), items, facts.ticks.get(name, ()))


def _table(form: FormVersion, name: str, facts: Facts) -> Block | None:
    rows = facts.rows.get(name, ())
    if not rows and name in form.added:
        return None
    columns = tuple(form.words[f"{name}_{column}"] for column in form.columns[name])
    return Table(form.words.get(name, ""), columns, rows, form.words["none"])


_BLOCKS = {"": _said, "strong": _strong, "text": _paragraph, "items": _items, "table": _table}


def plain(document: Document, width: int = 80) -> str:
    """The letter as lines of at most `width` characters, for a message, a screen or a test."""
    words, out = document.form.words, list[str]()
    out += _centred((document.heading.unit_parent.upper(), document.heading.unit_name.upper()), width)
    if document.number is not None:
        out += _centred((registered(document) or "",), width)
    out += [*_centred((document.place_and_day,), width), ""]
    out += _centred((document.form.title, *document.marks), width)
    if document.to is not None:
        out += _centred((words["to"] + document.to,), width)
    for block in document.blocks:
        out += _lines(block, width)
    out += [""]
    for signature in document.signatures:
        out += _wrapped(f"{', '.join(signature.role)}: {signature.name or BLANK}", width)
    for recipient in document.recipients:
        out += _wrapped(recipient, width)
    return "\n".join([*out, *_wrapped(form_line(document.form), width)]) + "\n"


def _lines(block: Block, width: int) -> list[str]:
    if isinstance(block, Said):
        return _wrapped("  ".join(caption + (value or BLANK) for caption, value in block.parts), width)
    if isinstance(block, Paragraph):
        return _wrapped(block.text, width)
    if isinstance(block, Items):
        return [*_wrapped(block.caption, width), *_listed(block, width)]
    if isinstance(block, Picture):
        told = [f"  {label} | {words}" for label, _, words in block.bars]
        return [line for text in (block.name, *(told or [f"  {block.empty}"])) for line in _wrapped(text, width)]
    head = _wrapped(f"{block.name} {' | '.join(block.columns)}".strip(), width)
    rows = [line for row in block.rows for line in _wrapped("  " + " | ".join(row), width)]
    return head + (rows or _wrapped(f"  {block.empty}", width))


def _listed(block: Items, width: int) -> Iterable[str]:
    for place, item in enumerate(block.items):
        ticked = (TICKED if block.ticks[place] else UNTICKED) if block.ticks else f"{place + 1}."
        yield from _wrapped(f"  {ticked} {item}", width)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text.replace(MAY_BREAK, ""), width, subsequent_indent="  ", drop_whitespace=True) or [""]


def _centred(texts: Sequence[str], width: int) -> list[str]:
    return [row.center(width).rstrip() for text in texts for row in textwrap.wrap(text, width)]
