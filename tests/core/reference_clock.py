"""The slow reference of a dossier's clock: counted day by day and minute by minute, as the page tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from core.deadline import ClockEvent, ClockRules
from core.time_limit import Limit, Phase, Unit
from tests.core.reference import MINUTE, ONE, Week, midnight

HOUR_UNITS = (Unit.HOUR, Unit.WORKING_HOUR, Unit.IMMEDIATE)


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def corresponding(start: date, months: int) -> date:
    """The corresponding date, or the month's last day where there is none."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    for day in range(start.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


@dataclass(frozen=True)
class Told:
    """What the reference says: a due day (`date`), an instant (`datetime`), or None while it waits or is paused."""

    end: date | datetime | None
    waiting_for: str | None = None
    paused_since: datetime | None = None


class Story:
    """One dossier's clock, retold from its events."""

    def __init__(self, received: datetime, rules: ClockRules, events: Sequence[ClockEvent], week: Week) -> None:
        self.received, self.rules, self.week = naive(received), rules, week
        self.events = [(one.kind, max(naive(one.at), self.received), one) for one in events]
        self.pauses: list[tuple[datetime, datetime, date]] = []
        self.open: list[datetime] = []
        self.asks_again = False
        if rules.on_supplement == "pause":
            self.pair("supplement_requested", "supplement_received")
        if rules.on_supplement == "restart":
            self.asks_again = self.unanswered("supplement_requested", "supplement_received")
        if rules.on_payment == "pause":
            self.pair("payment_requested", "payment_received")
        self.pair("suspended", "resumed")

    def unanswered(self, asks: str, answers: str) -> bool:
        asked = None
        for kind, at, _ in self.events:
            asked = (asked or at) if kind == asks else None if kind == answers else asked
        self.open += [asked] if asked else []
        return asked is not None

    def pair(self, asks: str, answers: str) -> None:
        """Each pause from its first request to the next answer; what is asked before the gate is part of the gate."""
        asked, paid = None, self.rules.gate != "payment_received"
        for kind, at, _ in self.events:
            if kind == asks and (asks != "payment_requested" or paid):
                asked = asked or at
            elif kind == answers:
                if asked:
                    day = at.date() if answers == "resumed" else self.receipt(at)[0]
                    self.pauses.append((asked, at, day))
                asked = None
            paid = paid or kind == "payment_received"
        self.open += [asked] if asked else []

    def receipt(self, moment: datetime) -> tuple[date, datetime]:
        """The day and the moment that a receipt counts as."""
        day, week = moment.date(), self.week
        if self.rules.offhours == "next_working_day" and (not week.working(day) or moment > week.receives_until(day)):
            day = week.next(day + ONE)
            return day, week.opening(day)
        return day, moment

    def paused_day(self, day: date) -> bool:
        return any(asked.date() < day <= answered for asked, _, answered in self.pauses)

    def paused(self, moment: datetime) -> bool:
        return any(asked <= moment < answered for asked, answered, _ in self.pauses)

    def trigger(self) -> datetime | None:
        gates = [at for kind, at, _ in self.events if kind == self.rules.gate]
        if self.rules.gate == "received":
            gates = [self.received]
        if not gates:
            return None
        again = [at for kind, at, _ in self.events if kind == "supplement_received"]
        return max(gates[0], again[-1]) if again and self.rules.on_supplement == "restart" else gates[0]

    def tell(self, phases: Sequence[Phase]) -> Told:
        """One limit through its phases."""
        trigger = self.trigger()
        if trigger is None:
            return Told(None, self.rules.gate, min(self.open, default=None))
        end: date | datetime | None = None
        for number, phase in enumerate(phases):
            begins = trigger
            if number and phase.starts_on:
                happened = [at for kind, at, _ in self.all_events() if kind == phase.starts_on]
                if not happened:
                    return Told(None, phase.starts_on, self.paused_since(end))
                begins = min((at for at in happened if at >= trigger), default=trigger)
            if end is None or phase.starts_on:
                start: date | datetime = begins
                if phase.limit.unit not in (Unit.HOUR, Unit.IMMEDIATE) and self.is_receipt(number, phase):
                    start = self.receipt(begins)[1]
            else:
                start = end
            more = self.extensions() if number == len(phases) - 1 else []
            end = self.phase(phase.limit, more, start, first=self.rules.count_first_day and number == 0)
        since = self.paused_since(end)
        return Told(None if since else end, None, since)

    def is_receipt(self, number: int, phase: Phase) -> bool:
        papers = ("received", "supplement_received", "payment_received", self.rules.gate)
        return number == 0 or phase.starts_on in papers

    def all_events(self) -> Iterator[tuple[str, datetime, ClockEvent | None]]:
        yield "received", self.received, None
        yield from self.events

    def extensions(self) -> list[Limit]:
        return [one.limit for _, _, one in self.events if one.limit is not None]

    def paused_since(self, end: date | datetime | None) -> datetime | None:
        """The open request, if it came before the limit (or the new appointment) ran out."""
        if not self.open or end is None:
            return None
        asked, appointment = min(self.open), self.appointment()
        last = end if isinstance(end, datetime) else midnight(end + ONE)
        if appointment is not None:
            last = self.appointed(*appointment)
            if not isinstance(end, datetime):
                last = midnight(self.appointed_day(last) + ONE)
        return asked if self.asks_again or asked < last else None

    def appointment(self) -> tuple[datetime, datetime] | None:
        made = None
        for kind, at, one in self.events:
            if kind == "extended" or (kind == "supplement_received" and self.rules.on_supplement == "restart"):
                made = None
            elif one.due_at is not None:
                made = (at, naive(one.due_at))
        return made

    def appointed(self, made: datetime, moment: datetime) -> datetime:
        """The new appointment, moved on by the working days that pauses which began after it took from it."""
        for asked, day in self.later_pauses(made):
            if asked < moment:
                old = self.appointed_day(moment)
                left = sum(self.week.working(asked.date() + n * ONE) for n in range(1, (old - asked.date()).days + 1))
                new = self.week.next(day)
                while left:
                    day += ONE
                    left -= self.week.working(day)
                    new = day
                at_closing = moment == self.week.closing(old)
                moved = self.week.closing(new) if at_closing else midnight(new) + (moment - midnight(old))
                moment = max(moment, moved)
        return moment

    def later_pauses(self, made: datetime) -> list[tuple[datetime, date]]:
        """Pauses that began after the appointment was made: (request, day of receipt), overlapping ones as one."""
        joined: list[tuple[datetime, date]] = []
        for asked, _, day in sorted(self.pauses):
            if joined and asked.date() <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(day, joined[-1][1]))
            elif asked >= made:
                joined.append((asked, day))
        return joined

    def appointed_day(self, moment: datetime) -> date:
        before = moment.date() - ONE
        return before if self.week.closing(before) == moment else moment.date()

    def phase(self, limit: Limit, more: Sequence[Limit], start: date | datetime, *, first: bool) -> date | datetime:
        """A limit with its extensions, each counted on from the unrolled end before it; rolled once at the end."""
        amounts = [limit]
        for extension in more:
            if amounts[-1].unit is extension.unit:
                amounts[-1] = Limit(amounts[-1].amount + extension.amount, extension.unit)
            else:
                amounts.append(extension)
        end = start
        for number, part in enumerate(amounts):
            end = self.count(part, end, first=first and number == 0)
        if amounts[-1].unit in (Unit.DAY, Unit.MONTH, Unit.YEAR):
            return self.week.next(end)
        return end

    def count(self, limit: Limit, start: date | datetime, *, first: bool) -> date | datetime:
        day = start.date() if isinstance(start, datetime) else start
        amount, unit = limit.amount, limit.unit
        if unit in HOUR_UNITS:
            return self.hours(limit, start)
        if unit is Unit.BY_TIME:
            return self.by_time(limit, start, day)
        if unit is Unit.SAME_DAY or (unit is Unit.WORKING_DAY and not amount):
            return self.same_day(limit, start, day)
        if unit in (Unit.MONTH, Unit.YEAR):
            months = int(amount) * (12 if unit is Unit.YEAR else 1)
            days = (corresponding(day, months) - day).days
            return self.days(day, days, first=first and days > 0, working=False)
        if amount == Fraction(1, 2):
            return self.work(start, self.week.length(self.week.next(day)) / 2)
        end = self.days(day, int(amount), first=first and amount > 0, working=unit is Unit.WORKING_DAY)
        if amount.denominator == 2:
            end = self.days(end, 1, first=False, working=True)
            return self.work(midnight(end), self.week.length(end) / 2)
        return end

    def days(self, start: date, amount: int, *, first: bool, working: bool) -> date:
        """Walk day by day: day 1 is the day after the start (or the start itself)."""
        day = start - ONE if first else start
        while amount:
            day += ONE
            if (self.week.working(day) or not working) and not self.paused_day(day):
                amount -= 1
        return day

    def same_day(self, limit: Limit, start: date | datetime, day: date) -> date:
        if not self.week.working(day):
            return self.week.next(day)
        if isinstance(start, datetime):
            cutoff = limit.cutoff or time(23, 59, 59)
            taken = max(start, self.week.opening(day))
            if taken > self.week.closing(day) or taken > datetime.combine(day, cutoff):
                return self.week.next(day + ONE)
        return day

    def by_time(self, limit: Limit, start: date | datetime, day: date) -> datetime:
        assert limit.time is not None
        begins = start if isinstance(start, datetime) else midnight(day + ONE)
        end = datetime.combine(day, limit.time) + int(limit.amount) * ONE
        return end if end >= begins else end + ONE

    def hours(self, limit: Limit, start: date | datetime) -> datetime:
        if limit.unit is Unit.WORKING_HOUR:
            return self.work(start, timedelta(hours=1) * float(limit.amount))
        moment = start if isinstance(start, datetime) else self.week.open_from(midnight(start + ONE))
        return self.walk(moment, timedelta(hours=1) * float(limit.amount), working=False)

    def work(self, start: date | datetime, length: timedelta) -> datetime:
        moment = start if isinstance(start, datetime) else midnight(start + ONE)
        return self.walk(moment, length, working=True) if length else self.week.open_from(moment)

    def walk(self, moment: datetime, length: timedelta, *, working: bool) -> datetime:
        """Walk minute by minute."""
        minutes = round(length / MINUTE)
        while not minutes and any(asked < moment < answered for asked, answered, _ in self.pauses):
            moment += MINUTE
        while minutes:
            if (self.week.inside(moment) or not working) and not self.paused(moment):
                minutes -= 1
            moment += MINUTE
        return moment
