"""The lines of a handover sheet in a table: headings, dossiers in columns, everything else as a whole line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.handover import Handed, Question
from storage.desk import Desk
from storage.sheet import Sheet
from tui.handover import dossier_cells, heading, item_line, section_title, summary_line
from tui.i18n import tr
from tui.screens.queue_rows import short_number
from tui.widgets.columns import Column

COLUMNS = (
    Column("number", "column.receipt_number", 11, marked=True),
    Column("name", "column.applicant_name", 18, grow=2),
    Column("procedure", "column.procedure", 18, priority=2, grow=2),
    Column("due", "column.due", 11, priority=1),
    Column("next", "column.next_action", 24, grow=3),
)
_SIGNS = {"apology_owed": "!", "overdue": "!", "today": "*"}
_BLIND = "fees"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A heading (`item` None), a line of a section, or a question about the handover `shift`."""

    id: int
    cells: tuple[str, ...]
    item: Mapping[str, Any] | None = None
    whole: str = ""
    question: Question | None = None
    shift: str | None = None


def sheet_lines(desk: Desk, sheet: Sheet, questions: Mapping[str, Handed], *, blind: bool) -> list[SheetLine]:
    """Questions first, then every section that has lines. `blind`: sums are not told, for they are still counted."""
    found = [*_questions(desk, questions)]
    for section in sheet.sections:
        if section["name"] != "readback":
            found += _section(desk, section, blind=blind)
    return [
        SheetLine(place, line.cells, line.item, line.whole, line.question, line.shift)
        for place, line in enumerate(found)
    ]


def _questions(desk: Desk, questions: Mapping[str, Handed]) -> Iterator[SheetLine]:
    """What was asked; once it was accepted without an answer, that the dossier has stayed with its sender."""
    for shift, handed in questions.items():
        numbers = {
            item["id"]: item["receipt_number"]
            for section in handed.sections
            for item in section["items"]
            if "id" in item
        }
        for one in handed.questions:
            number = short_number(numbers.get(one.item))
            words = tr("handover.question", number=number, question=one.text)
            words += f" → {one.answer}" if one.answer is not None else ""
            if handed.accepted is None:
                yield SheetLine(0, (words,), {"id": one.item}, words, one, shift)
            elif one.answer is not None or _stays(desk, one.item, handed):
                words = words if one.answer is not None else tr("handover.stayed", words=words)
                yield SheetLine(0, (words,), {"id": one.item}, words, one)


def _stays(desk: Desk, dossier: str, handed: Handed) -> bool:
    row = desk.row(dossier)
    return row is not None and row["officer"] == handed.sender


def _section(desk: Desk, section: Mapping[str, Any], *, blind: bool) -> Iterator[SheetLine]:
    name, items = section["name"], section["items"]
    if not items and name != "summary":
        return
    if name == "summary":
        title = heading(section) if items else section_title(name)
        words = f"── {title}: {summary_line(items)}"
        yield SheetLine(0, (words,), None, words)
        return
    title = f"── {heading(section)}"
    yield SheetLine(0, (title,), None, title)
    for item in items:
        words = item_line(desk, name, item)
        if "id" in item:
            number, *rest = dossier_cells(desk, item)
            owner = tr("handover.owner", owner=item["owner"]) if "owner" in item else ""
            yield SheetLine(0, (short_number(number), *rest), item, "  ".join(filter(None, (words, owner))))
        else:
            if blind and name == _BLIND:
                words = f"{tr('method.' + item['method'])}: {tr('handover.to_count')}"
            yield SheetLine(0, (words,), item, words)


def mark(line: SheetLine) -> tuple[str, str]:
    """A line's sign and its style."""
    if line.question is not None:
        return ("?", "today") if line.question.answer is None else ("", "normal")
    word = line.item.get("urgency", "normal") if line.item else "done"
    return _SIGNS.get(word, ""), word
