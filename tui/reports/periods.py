"""The line that says which days of which unit a report tells of, and when it was read."""

from __future__ import annotations

from datetime import date

from core.moments import LEGAL_TIME
from storage.desk import Desk
from tui.i18n import tr


def period_line(desk: Desk, first: date, last: date, unit: str | None) -> str:
    """The days, the unit (None: the whole station) and the moment of now."""
    return tr(
        "report.period",
        first=f"{first:%d/%m/%Y}",
        last=f"{last:%d/%m/%Y}",
        unit=unit or tr("report.whole_station"),
        now=f"{desk.now().astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}",
    )
