"""Results that nobody fetches: when whoever did not come is reminded, and when the result goes to the archive shelf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.answers import InvalidInput
from core.law import Law

REMIND, ARCHIVE = "remind", "archive"


@dataclass(frozen=True, slots=True)
class Collecting:
    """The days for a result that has lain ready since `since`."""

    since: date
    remind_on: tuple[date, ...]
    archive_on: date

    def step(self, today: date, reminded: date | None, archived: bool) -> str | None:
        """What is to be done now: `archive`, `remind` (a day for it has come since the last reminder), or nothing."""
        if archived:
            return None
        if today >= self.archive_on:
            return ARCHIVE
        come = [day for day in self.remind_on if day <= today and (reminded is None or reminded < day)]
        return REMIND if come else None

    def next_after(self, reminded: date | None) -> date:
        """The next day on which somebody must do something about it, after the last reminder."""
        return next((day for day in self.remind_on if reminded is None or reminded < day), self.archive_on)


def collecting(law: Law, unit: str, since: date) -> Collecting | None:
    """By the policy in force on the day on which the result came to lie there; None where the law holds none."""
    try:
        every = int(law.policy("uncollected_reminder_days", unit, since))
        archive = int(law.policy("uncollected_archive_days", unit, since))
    except InvalidInput:
        return None
    reminders = tuple(since + timedelta(days=days) for days in range(every, archive, every)) if every else ()
    return Collecting(since, reminders, since + timedelta(days=archive))
