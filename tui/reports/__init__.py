"""The reports: one module and one row here each. A module has what `Report` names."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol, cast

from storage.desk import Desk
from tui.reports.sheet import Sheet

REPORTS: Mapping[str, str] = {
    "apologies": "tui.reports.apologies",
    "ii06a": "tui.reports.ii06a",
    "late": "tui.reports.late",
    "channels": "tui.reports.channels",
    "satisfaction": "tui.reports.satisfaction",
    "outreach": "tui.reports.outreach",
    "feedback": "tui.reports.feedback",
    "units": "tui.reports.units",
    "years": "tui.reports.years",
}
"""By the name that a command calls it by; its words are `report.<name>` and `report.<name>.about`."""


class Report(Protocol):
    """What a report's module has: the facts first, so that they are read once for whatever they are told in."""

    def read(self, desk: Desk, first: date, last: date, unit: str | None, *reading: str) -> Any:
        """The facts of the days `first` to `last`; `unit` None: of all of the station. `reading`: one of `readings`."""

    def sheet(self, desk: Desk, facts: Any) -> Sheet:
        """The facts as tables, in the language that is spoken now."""

    def document(self, desk: Desk, facts: Any) -> dict[str, Any]:
        """The facts as JSON, by docs/schemas/report-<name>.json."""


def report(name: str) -> Report:
    """The report's module; imported only when it is asked for."""
    return cast(Report, importlib.import_module(REPORTS[name]))


def readings(found: Report) -> tuple[str, ...]:
    """By whose judgement the report can be told, the usual one first; none where there is no choice."""
    return tuple(getattr(found, "READINGS", ()))
