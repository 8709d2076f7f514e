"""What a citizen is told of a counter: its fees of today and its usual week."""

from __future__ import annotations

from core.catalogue import ProcedureVersion
from core.moments import legal_day
from storage.desk import Desk
from tui.dossier_words import money
from tui.i18n import tr
from tui.law_days import hours_words


def fees_words(desk: Desk, version: ProcedureVersion) -> str:
    """The fees of today by channel; nothing where none is known."""
    today = legal_day(desk.now())
    known = [fee for fee in version.fees if fee.in_force(today) and fee.amount is not None]
    return "; ".join(f"{tr(f'fee_channel.{fee.channel}')}: {money(fee.amount)}" for fee in known)


_WEEKS = 4
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours_of(desk: Desk) -> str:
    """The unit's usual week: of each weekday the longest hours of the next four weeks, for some are days off."""
    today = legal_day(desk.now()).toordinal()
    calendar = desk.law.calendar(desk.identity.unit)
    week: dict[str, list[list[str]]] = {}
    for day in range(today, today + 7 * _WEEKS):
        name = _WEEKDAYS[(day - 1) % 7]
        periods = [[_clock(opening), _clock(closing)] for opening, closing in calendar.periods(day)]
        week[name] = max(week.get(name, []), periods, key=len)
    return hours_words(week)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"
