"""The reports: one module and one row here each. A module has what `Report` names."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, cast

from core.answers import Refusal
from storage.desk import Desk
from storage.officers import Officer
from storage.quiet import few_collections
from tui.reports.sheet import Sheet

REPORTS: Mapping[str, str] = {
    "apologies": "tui.reports.apologies",
    "ii06a": "tui.reports.ii06a",
    "late": "tui.reports.late",
    "channels": "tui.reports.channels",
    "faster": "tui.reports.faster",
    "satisfaction": "tui.reports.satisfaction",
    "outreach": "tui.reports.outreach",
    "feedback": "tui.reports.feedback",
    "post": "tui.reports.post",
    "fines": "tui.reports.fines",
    "register": "tui.reports.register",
    "commune": "tui.reports.commune",
    "corrections": "tui.reports.corrections",
    "day": "tui.reports.day",
    "units": "tui.reports.units",
    "years": "tui.reports.years",
    "qd766": "tui.reports.qd766",
}
"""By the name that a command calls it by; its words are `report.<name>` and `report.<name>.about`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days, which unit (None: all of the station), by which reading (none: the usual one)."""

    first: date
    last: date
    unit: str | None = None
    reading: tuple[str, ...] = ()


class Report(Protocol):
    """What a report's module has: the facts first, so that they are read once for whatever they are told in."""

    NAME: str

    def read(self, desk: Desk, first: date, last: date, unit: str | None, *reading: str) -> Any:
        """The facts of the days `first` to `last`; `unit` None: of all of the station. `reading`: one of `readings`."""

    def sheet(self, desk: Desk, facts: Any) -> Sheet:
        """The facts as tables, in the language that is spoken now."""

    def document(self, desk: Desk, facts: Any) -> dict[str, Any]:
        """The facts as JSON, by docs/schemas/report-<name>.json."""


def report(name: str) -> Report:
    """The report's module; imported only when it is asked for."""
    return cast(Report, importlib.import_module(REPORTS[name]))


def months(found: Report) -> int:
    """How many months the screen shows of it, the chosen one the last: what is rare needs more than one."""
    return int(getattr(found, "MONTHS", 1))


def readings(found: Report) -> tuple[str, ...]:
    """By whose judgement the report can be told, the usual one first; none where there is no choice."""
    return tuple(getattr(found, "READINGS", ()))


@few_collections()
def read(found: Report, desk: Desk, officer: Officer | None, asked: Asked) -> Any:
    """The facts that this officer may see; a report that asks who sees it has `read_for`. Refusal `report_whose`
    where it does and nobody is there."""
    days = (asked.first, asked.last, asked.unit)
    read_for = getattr(found, "read_for", None)
    if read_for is None:
        return found.read(desk, *days, *asked.reading)
    return Refusal("report_whose") if officer is None else read_for(desk, *days, officer)


def asks_who(found: Report) -> bool:
    """Whether what it tells depends on who asks."""
    return hasattr(found, "read_for")


def not_sent(found: Report) -> Refusal | None:
    """Why the report is not one to be sent: what is sent stays for good, on every desk."""
    return None if getattr(found, "IS_SENT", True) else Refusal("report_not_sent", params={"report": found.NAME})
