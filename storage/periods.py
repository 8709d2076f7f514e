"""Which period a report is of, and until when it is to be sent: dated settings of the station's law."""

from __future__ import annotations

from datetime import date, timedelta

from core.answers import InvalidInput
from core.periods import MONTHLY, Periods, read_periods
from storage.desk import Desk
from storage.lawbook.figures import figure, figure_if_any


def periods_of(desk: Desk, report: str, day: date) -> Periods:
    """The report's periods as they are set on the day (`report_months.NAME`, `report_first_day.NAME`); calendar months
    where nothing is set, or amiss."""
    law, unit = desk.law, desk.identity.unit
    try:
        first_day = figure_if_any(law, f"report_first_day.{report}", unit, day) or "1"
        return read_periods(figure(law, f"report_months.{report}", unit, day), first_day)
    except InvalidInput:
        return MONTHLY


def is_regular(desk: Desk, report: str, day: date) -> bool:
    """Whether somebody set the periods in which the report is owed."""
    return figure_if_any(desk.law, f"report_months.{report}", desk.identity.unit, day) is not None


def send_by(desk: Desk, report: str, last: date) -> date | None:
    """The last day to send the report of a period that ends on `last` (`report_due_days.NAME`: days after it).

    None: nobody has set one, which is no data and no leave. On a day off it is the next working day.
    """
    try:
        days = figure(desk.law, f"report_due_days.{report}", desk.identity.unit, last)
        wanted = last + timedelta(days=int(days))
        return date.fromordinal(desk.law.calendar(desk.identity.unit).next_working(wanted.toordinal()))
    except (InvalidInput, ValueError, OverflowError):
        return None
