"""Rows of dossiers as aligned text, for people who read the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from storage.desk import Desk
from tui.handover import procedure_title
from tui.i18n import tr

_COLUMNS = (("receipt_number", 24), ("applicant_name", 26), ("procedure", 36), ("state", 16), ("binding_at", 12))


def print_rows(desk: Desk, rows: Iterable[Mapping[str, Any]]) -> None:
    """One line a dossier: urgency, number, name, procedure, state, when due."""
    titles: dict[str, str] = {}
    for row in rows:
        cells = [set_cell_size(tr(f"urgency.{row['urgency']}"), 14)]
        procedure = row["procedure"]
        if procedure not in titles:
            titles[procedure] = procedure_title(desk, procedure)
        for name, width in _COLUMNS:
            text = titles[procedure] if name == "procedure" else _text(name, row[name])
            cells.append(text if cell_len(text) > width else set_cell_size(text, width))
        print("  ".join(cells).rstrip())


def _text(name: str, value: object) -> str:
    if value is None:
        return "–"
    if name == "state":
        return tr(f"state.{value}")
    if name == "binding_at":
        return f"{datetime.fromisoformat(str(value)):%d/%m/%Y}"
    return str(value)
