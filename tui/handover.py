"""The handover sheet in words: its lines for command and screen, and the record as PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.answers import Refusal
from core.document import Document, Said, Signature, Table
from core.forms import day_words, money_words
from core.moments import legal_day
from core.standing import explained, version_of
from storage.desk import Desk
from storage.press import Press
from storage.sheet import Sheet
from tui.dates import day_short, moment_long, moment_short
from tui.explanation import one_line
from tui.i18n import in_language, tr
from tui.papers import heading_of

_COLUMNS = ("receipt_number", "applicant_name", "procedure", "due", "next_action")
_EXPLAINED = frozenset({"apology_owed", "overdue", "today", "next_day"})


def section_title(name: str) -> str:
    return tr(f"handover.{name}")


def item_line(desk: Desk, item: Mapping[str, Any]) -> str:
    """One line of a section: a count, a sum of money, or a dossier with its next action."""
    if "count" in item:
        return f"{tr('kind.' + item['kind'])}: {item['count']}"
    if "amount" in item:
        return f"{tr('method.' + item['method'])}: {money_words(int(float(item['amount'])))}"
    if "events" in item:
        return tr("handover.pending", events=item["events"])
    cells = dossier_cells(desk, item)
    return "  ".join(cell for cell in cells if cell)


def dossier_cells(desk: Desk, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Number, name, procedure, when due, next action."""
    due = item["due_at"]
    return (
        item["receipt_number"] or "–",
        item["applicant_name"],
        procedure_title(desk, item["procedure"]),
        moment_short(datetime.fromisoformat(due)) if due else "–",
        _next(item),
    )


def _next(item: Mapping[str, Any]) -> str:
    """What to do first; of papers in custody also when somebody looks again."""
    check = item.get("next_check")
    words = tr(f"next.{item['next_action']}")
    return tr("next.keep_until", words=words, day=day_short(date.fromisoformat(check))) if check else words


def due_reason(desk: Desk, dossier_id: str) -> str:
    """Why the dossier is due when it is, in one line; nothing where it has no due date."""
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return ""
    law = desk.law_for(dossier)
    reason, version = explained(dossier, law), version_of(dossier, law)
    case = version.variant(dossier.variant) if version else None
    if reason is None or case is None or reason.deadline.due_at is None:
        return ""
    return one_line(reason, case.phases[0].limit)


def procedure_title(desk: Desk, name: str) -> str:
    """What people call the procedure today, or its last title."""
    found = desk.law.find(name)
    if found is None:
        return name
    version = desk.law.version_on(found, desk.now().date())
    shown = found.versions[-1] if isinstance(version, Refusal) else version
    return shown.title_en if tr("language.code") == "en" else shown.title_vi


def sheet_pdf(desk: Desk, sheet: Sheet) -> bytes:
    """The record of a handover, in Vietnamese, with room for two signatures."""
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
        ]
        said = (Said(((f"{caption}: ", words),), strong=True) for caption, words in meta)
        roles = ((tr("handover.sender"), names[0]), (tr("handover.receiver"), names[1]))
        document = Document(
            form=form,
            heading=heading_of(desk, form),
            day_words=day_words(day),
            blocks=(*said, *(_table(desk, section) for section in sheet.sections)),
            signatures=tuple(Signature((role.upper(),), name, form.words["sign_here"]) for role, name in roles),
        )
        return press.letters([document], at).content


def _table(desk: Desk, section: Mapping[str, Any]) -> Table:
    items = section["items"]
    title = f"{section_title(section['name'])} ({len(items)})"
    dossiers = [item for item in items if "next_action" in item]
    if dossiers:
        columns = tuple(tr(f"column.{name}") for name in _COLUMNS)
        rows = tuple(_broken(dossier_cells(desk, item)) for item in dossiers)
        if section["name"] in _EXPLAINED:
            columns = (*columns, tr("column.reason"))
            rows = tuple((*row, due_reason(desk, item["id"])) for row, item in zip(rows, dossiers, strict=True))
        return Table(title, columns, rows, tr("handover.none"))
    rows = tuple((item_line(desk, item),) for item in items)
    return Table(title, (tr("column.content"),), rows, tr("handover.none"))


def _broken(cells: tuple[str, ...]) -> tuple[str, ...]:
    """A receipt number may go over to the next line behind each of its hyphens."""
    return (cells[0].replace("-", "-\u200b"), *cells[1:])


def _name(desk: Desk, officer: str | None) -> str:
    found = desk.officers.get(officer) if officer else None
    return found.name if found else "…………"
