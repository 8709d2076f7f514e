"""Which law this desk works by, and how old it is: read only."""

from __future__ import annotations

from datetime import date

from storage.desk import Desk
from tui.dates import moment_short
from tui.i18n import tr


def law_lines(desk: Desk, today: date) -> list[str]:
    """Calendar years, procedures in force, and when the law last came or was amended."""
    law = desk.law
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
    for entity, key in (("calendar", "settings.calendar_of"), ("catalogue", "settings.catalogue_of")):
        lines += _age_line(desk, entity, key, today)
    return lines


def _age_line(desk: Desk, entity: str, key: str, today: date) -> list[str]:
    names = [entity] if entity == "calendar" else [f"catalogue:{one.code or one.name}" for one in desk.law.procedures]
    events = [event for name in names for event in desk.log.events_of(name)]
    if not events:
        return []
    last = max(event.at for event in events)
    return [tr(key, moment=moment_short(last), days=max(0, (today - last.date()).days))]
