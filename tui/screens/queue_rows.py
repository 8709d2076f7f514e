"""The queue's rows in words: columns, signs of urgency, time that is left; and where the table gets them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.calendar import WorkCalendar
from core.catalogue import GATES
from core.law import Law
from core.moments import LEGAL_TIME
from core.place import Place
from core.queue import NEVER, Bounds, Urgency, urgency
from core.states import WORKING
from storage.queries import Queries, QueueFilter, Row
from tui.i18n import language, tr
from tui.widgets.columns import Column

SIGNS = {
    Urgency.APOLOGY_OWED: "X",
    Urgency.OVERDUE: "!",
    Urgency.TODAY: "=",
    Urgency.NEXT_DAY: "+",
    Urgency.SOON: "·",
    Urgency.NORMAL: "",
    Urgency.PAUSED: "~",
    Urgency.DONE: "v",
}
"""Urgency told without colour, one character each."""
COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 18, grow=3, most=40),
    Column("procedure", "queue.procedure", 20, priority=1, grow=4),
    Column("code", "queue.procedure", 8, instead_of="procedure"),
    Column("state", "queue.state", 15, priority=2),
    Column("due", "queue.due", 8, marked=True),
    Column("left", "queue.left", 12, marked=True),
)
_SECONDS_A_DAY = 86_400


def short_number(number: str | None) -> str:
    """A receipt number without the unit's code: «261113-0377»."""
    return "-".join(number.split("-")[-2:]) if number else tr("queue.no_number")


def titles(law: Law) -> dict[str, str]:
    """Every procedure's latest title in the interface's language, by its name."""
    english = language() == "en"
    latest = {one.name: one.versions[-1] for one in law.procedures}
    return {name: version.title_en if english else version.title_vi for name, version in latest.items()}


@dataclass(frozen=True, slots=True)
class RowWords:
    """Makes a row's texts; holds what all rows of one reading share, so that a row asks nothing."""

    calendar: WorkCalendar
    now: datetime
    titles: dict[str, str]
    codes: dict[str, str]

    @classmethod
    def of(cls, law: Law, unit: str, now: datetime) -> RowWords:
        codes = {one.name: one.aliases[0] if one.aliases else one.name for one in law.procedures}
        return cls(law.calendar(unit), now.astimezone(LEGAL_TIME), titles(law), codes)

    def cells(self, row: Row) -> tuple[str, ...]:
        """One text for each of COLUMNS."""
        procedure = str(row["procedure"])
        return (
            short_number(row["receipt_number"]),
            str(row["applicant_name"]),
            self.titles.get(procedure, procedure),
            self.codes.get(procedure, procedure),
            self.state(row),
            self.due(row),
            self.left(row),
        )

    def mark(self, row: Row) -> tuple[str, str]:
        """The sign of a row and the style of it."""
        return ("?" if row["in_conflict"] else SIGNS[row.urgency]), row.urgency.value

    def state(self, row: Row) -> str:
        """The state, or what is done before the limit, or the next part of it, starts."""
        if row["in_conflict"]:
            return tr("queue.in_conflict")
        waits = row["waiting_for"] if row["state"] in WORKING else None
        return tr(f"waits.{waits}" if waits in GATES[1:] else f"state.{row['state']}")

    def due(self, row: Row) -> str:
        """The binding date: «19/11», «15:00» for hours that end today, with its year where it is another one."""
        seconds = int(row["binding_at"])
        if seconds >= NEVER:
            return "–"
        moment = last_moment(seconds)
        if moment.year != self.now.year:
            return f"{moment:%d/%m/%y}"
        if not row["by_date"] and moment.date() == self.now.date():
            return f"{moment:%H:%M}"
        return f"{moment:%d/%m}"

    def left(self, row: Row) -> str:
        """What is left until it is due, or how much it is past."""
        if row.urgency is Urgency.DONE:
            return tr(f"judged.{row['judged']}") if row["judged"] else "–"
        if row.urgency is Urgency.PAUSED:
            return tr("left.paused")
        seconds = int(row["binding_at"])
        if seconds >= NEVER:
            return tr("left.not_running")
        due = last_moment(seconds)
        gap = seconds - int(self.now.timestamp())
        days = self._working_days(due)
        if days == 0 or not row["by_date"]:
            return _hours(gap) if abs(gap) < _SECONDS_A_DAY else _days(days or (1 if gap > 0 else -1))
        return _days(days)

    def _working_days(self, due: datetime) -> int:
        """Working days from today to the due day, negative where it is past; at least one for another day."""
        first, last = self.now.date().toordinal(), due.date().toordinal()
        if first == last:
            return 0
        counted = self.calendar.count(min(first, last), max(first, last))
        return max(1, counted) * (1 if last > first else -1)


def last_moment(seconds: int) -> datetime:
    """The moment in legal time; midnight belongs to the day that it ends."""
    moment = datetime.fromtimestamp(seconds, LEGAL_TIME)
    at_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment - timedelta(seconds=1) if at_midnight else moment


def _days(days: int) -> str:
    return tr("left.days", days=days) if days > 0 else tr("left.late_days", days=-days)


def _hours(gap: int) -> str:
    late, minutes = gap < 0, abs(gap) // 60
    if minutes >= 60:
        return tr("left.late_hours" if late else "left.hours", hours=minutes // 60)
    return tr("left.late_minutes" if late else "left.minutes", minutes=minutes)


class QueueSource:
    """The rows of one filter for the table: seeks in the queue's order, or the matches of a text, held.

    `matches`: those of the text, where somebody has read them.
    """

    def __init__(
        self, queries: Queries, at: Bounds, wanted: QueueFilter, text: str = "", matches: Sequence[Row] | None = None
    ) -> None:
        self.wanted = wanted
        self.text = text
        self._queries = queries
        self._at = at
        if matches is None:
            matches = queries.matching(text, at, wanted) if text else ()
        self._matches = matches

    def refresh(self, at: Bounds) -> None:
        """Go by these bounds from now on; matches of a text stay until others are told."""
        self._at = at

    def match(self, matches: Sequence[Row]) -> None:
        """The text's matches now."""
        self._matches = matches

    def count(self, most: int = -1) -> dict[Urgency, int]:
        """How many rows each bucket of this filter has, as `Queries.count` has it."""
        if not self.text:
            return self._queries.count(self._at, self.wanted, most)
        counts: dict[Urgency, int] = {}
        for row in self._matches:
            counts[row.urgency] = counts.get(row.urgency, 0) + 1
        return counts

    def first(self, size: int) -> Sequence[Row]:
        return self._matches[:size] if self.text else self._queries.after(None, self._at, size, self.wanted)

    def last(self, size: int) -> Sequence[Row]:
        if self.text:
            return self._matches[-size:] if size else ()
        return self._queries.before(None, self._at, size, self.wanted)

    def after(self, row: Row, size: int) -> Sequence[Row]:
        if self.text:
            start = bisect_right(self._matches, self._now(row).place(self._at), key=self._place)
            return self._matches[start : start + size]
        return self._queries.after(self._now(row), self._at, size, self.wanted)

    def before(self, row: Row, size: int) -> Sequence[Row]:
        if self.text:
            end = bisect_left(self._matches, self._now(row).place(self._at), key=self._place)
            return self._matches[max(0, end - size) : end]
        return self._queries.before(self._now(row), self._at, size, self.wanted)

    def _place(self, row: Row) -> Place:
        return row.place(self._at)

    def _now(self, row: Row) -> Row:
        """The row where it would stand by the present bounds."""
        return Row(row.values, urgency(row["lane"], row["binding_at"], bool(row["by_date"]), self._at))
