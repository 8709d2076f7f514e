"""Another unit by name: what the law's data calls it, else its code."""

from __future__ import annotations

from core.dossier import Dossier
from storage.desk import Desk
from tui.i18n import language, tr


def unit_words(desk: Desk, code: str) -> str:
    """This desk's own unit by its name; one whose code is not in the data by that."""
    if code == desk.identity.unit:
        return desk.identity.unit_name
    known = desk.law.unit(code)
    if known is None:
        return tr("unit.by_code", code=code)
    return known.title_en if language() == "en" else known.title_vi


def came_from(desk: Desk, dossier: Dossier) -> str | None:
    """The other unit that received a dossier; None where this one did."""
    unit = next((one.unit for one in dossier.events if one.kind == "received"), desk.identity.unit)
    return None if unit == desk.identity.unit else unit_words(desk, unit)
