"""Which law this desk works by, and how old it is: read only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.law import Law
from core.moments import legal_day
from core.queue_order import POLICY
from storage.desk import Desk
from storage.law_changes import LawCommand, RowChange, untaken_rows
from tui.dates import moment_short
from tui.i18n import tr


def law_lines(law: Law, history: Sequence[LawCommand], today: date) -> list[str]:
    """Calendar years, procedures in force, and when the law last came or was amended."""
    decided = [one.year for one in law.years if one.decided]
    estimated = [one.year for one in law.years if not one.decided and one.year >= today.year]
    versions = [one for procedure in law.procedures for one in procedure.versions if one.in_force(today)]
    unverified = sum(not one.verified for one in versions)
    lines = [
        tr("settings.calendar", first=min(decided, default="–"), last=max(decided, default="–")),
        tr("settings.procedures", count=len(versions), unverified=unverified),
    ]
    if estimated:
        lines.insert(1, tr("settings.estimated", years=", ".join(map(str, estimated))))
    for part, key in (("calendar", "settings.calendar_of"), ("catalogue", "settings.catalogue_of")):
        lines += _age_line(history, part, key, today)
    return lines


def amended_line(history: Sequence[LawCommand], today: date) -> str:
    """The last amendment that has an effect, and how long ago it was."""
    amended = [one for one in history if one.standing != "founding" and one.problem is None]
    if not amended:
        return tr("law.never_amended")
    day = legal_day(amended[0].at)
    return tr("law.last_amended", day=f"{day:%d/%m/%Y}", ago=_ago((today - day).days))


def package_line(desk: Desk) -> str:
    """What this version of the program brings that the station has not taken."""
    rows = untaken_rows(desk)
    if not rows:
        return tr("law.package_taken")
    calendar = sum(row.entity == "calendar" for row in rows)
    return tr("law.package_news", calendar=calendar, catalogue=len(rows) - calendar)


def _age_line(history: Sequence[LawCommand], part: str, key: str, today: date) -> list[str]:
    """When the last command that has an effect on this part of the law was given."""
    given = [one.at for one in history if one.problem is None and any(_of(change, part) for change in one.changes)]
    if not given:
        return []
    days = (today - legal_day(given[0])).days
    return [tr(key, moment=moment_short(given[0]), ago=_ago(days))]


def _ago(days: int) -> str:
    return tr("days_ago", days=days) if days > 0 else tr("today")


def _of(change: RowChange, part: str) -> bool:
    """The order of the queue stands in the calendar's rows, and says nothing of it."""
    return change.row.entity.partition(":")[0] == part and change.row.row.get("name") != POLICY
