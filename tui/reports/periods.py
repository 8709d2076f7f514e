"""The line of a report that says of which days and which unit it is, and when it was made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from core.moments import LEGAL_TIME
from tui.i18n import tr


class Period(Protocol):
    """What every report's facts have."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def now(self) -> datetime: ...


def period_words(facts: Period) -> str:
    """«01/06/2026 – 30/06/2026, of all units, made at …»."""
    return tr(
        "report.period",
        first=f"{facts.first:%d/%m/%Y}",
        last=f"{facts.last:%d/%m/%Y}",
        unit=facts.unit or tr("report.all_units"),
        now=f"{facts.now.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}",
    )
