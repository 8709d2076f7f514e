"""The record of a handover as PDF: every section, what was read back, and room for two signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.document import MAY_BREAK, Document, Said, Signature, Table
from core.forms import day_words
from core.moments import legal_day
from core.readback import REASON, Told, read_asks, told
from storage.desk import Desk
from storage.handover import handover_of
from storage.press import Press
from storage.sheet import Sheet
from tui.dates import moment_long
from tui.handover import (
    ask_words,
    dossier_cells,
    due_reason,
    expected_words,
    heading,
    item_line,
    question_lines,
    said_words,
    section_title,
)
from tui.i18n import in_language, tr
from tui.papers import heading_of

_COLUMNS = ("receipt_number", "applicant_name", "procedure", "due", "next_action")
_EXPLAINED = frozenset({"apology_owed", "overdue", "today", "next_day"})


def sheet_pdf(desk: Desk, sheet: Sheet) -> bytes:
    """The record, in Vietnamese."""
    with in_language("vi"):
        press = Press(desk.folder)
        names = [_name(desk, sheet.sender), _name(desk, sheet.receiver)]
        at = sheet.signed[-1][1] if sheet.signed else desk.now()
        day = legal_day(at)
        form = press.form("handover", day)
        meta = [
            (tr("handover.from"), names[0]),
            (tr("handover.to"), names[1]),
            *((tr("handover.signed", name=_name(desk, who)), moment_long(when)) for who, when in sheet.signed),
            *((tr("handover.overridden"), reason) for reason in sheet.overridden),
            *(((tr("handover.sha256"), sheet.sha256),) if sheet.signed else ()),
        ]
        shared = sheet.sender is None
        said = (Said(((f"{caption}: ", words),), strong=True) for caption, words in meta)
        roles = ((tr("handover.sender"), names[0]), (tr("handover.receiver"), names[1]))
        document = Document(
            form=form,
            heading=heading_of(desk, form),
            day_words=day_words(day),
            blocks=(
                *said,
                *(_table(desk, one, shared=shared) for one in sheet.sections if one["name"] != "readback"),
                *_read_back(sheet),
                *_asked(desk, sheet),
            ),
            signatures=tuple(Signature((role.upper(),), name, form.words["sign_here"]) for role, name in roles),
        )
        return press.letters([document], at).content


def _table(desk: Desk, section: Mapping[str, Any], *, shared: bool) -> Table:
    """A section; of a sheet that is `shared` each dossier with whose it is."""
    name, items = section["name"], section["items"]
    title = heading(section)
    dossiers = [item for item in items if "id" in item]
    if dossiers:
        columns = tuple(tr(f"column.{name}") for name in _COLUMNS)
        rows = tuple(_broken(dossier_cells(desk, item)) for item in dossiers)
        if shared:
            columns = (*columns, tr("column.owner"))
            rows = tuple((*row, item["owner"]) for row, item in zip(rows, dossiers, strict=True))
        if name in _EXPLAINED:
            columns = (*columns, tr("column.reason"))
            rows = tuple((*row, due_reason(desk, item["id"])) for row, item in zip(rows, dossiers, strict=True))
        return Table(title, columns, rows, tr("handover.none"))
    rows = tuple((item_line(desk, name, item),) for item in items)
    return Table(title, (tr("column.content"),), rows, tr("handover.none"))


def _read_back(sheet: Sheet) -> tuple[Table | Said, ...]:
    """What the receiver said beside what the program knew, and why a count differs; nothing before it was accepted."""
    if not sheet.readback:
        return ()
    found = {one.ask.item: one for one in told(read_asks(sheet.sections), sheet.readback)}
    rows = tuple(
        (ask_words(ask).replace("-", f"-{MAY_BREAK}"), expected_words(ask), _heard(found.get(ask.item)))
        for ask in read_asks(sheet.sections)
    )
    columns = (tr("column.content"), tr("readback.expected"), tr("readback.said"))
    table = Table(section_title("readback"), columns, rows, tr("handover.none"))
    if not any(one.differs for one in found.values()):
        return (table,)
    return table, Said(((f"{tr('readback.why')}: ", sheet.readback.get(REASON, "–")),), strong=True)


def _heard(one: Told | None) -> str:
    if one is None:
        return "–"
    return tr("readback.differing", said=one.said) if one.differs else said_words(one.said)


def _asked(desk: Desk, sheet: Sheet) -> tuple[Table, ...]:
    """What the receiver asked, and what the sender answered."""
    found = handover_of(desk, sheet.id) if sheet.id else None
    if found is None or not found.questions:
        return ()
    lines = question_lines(found)
    return (Table(tr("handover.questions"), (tr("column.content"),), tuple((one,) for one in lines), ""),)


def _broken(cells: tuple[str, ...]) -> tuple[str, ...]:
    """A receipt number may go over to the next line behind each of its hyphens."""
    return (cells[0].replace("-", f"-{MAY_BREAK}"), *cells[1:])


def _name(desk: Desk, officer: str | None) -> str:
    found = desk.officers.get(officer) if officer else None
    return found.name if found else "…………"
