"""When to exchange next: an RFC 5545 rule with jitter, backoff after a failure, catching up after sleep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import prod
from random import Random

from core.answers import InvalidInput
from core.moments import LEGAL_TIME

FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(minutes=15)
LONGEST_JITTER = timedelta(seconds=60)
_SLICE_S = 20.0
_DAYS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "WKST")
_MOMENTS = {
    "DAILY": ("BYHOUR", "BYMINUTE", "BYSECOND"),
    "HOURLY": ("BYMINUTE", "BYSECOND"),
    "MINUTELY": ("BYSECOND",),
    "SECONDLY": (),
}
"""What makes the moments of one step of such a rule, of which BYSETPOS takes some."""

Clock = Callable[[], datetime]
Wait = Callable[[float], bool]
"""Wait for up to so many seconds; true where the schedule shall end."""


def next_run(
    rule: str, now: datetime, last: datetime | None, failures: int, random: Random, begun: datetime | None = None
) -> datetime | None:
    """The moment of the next exchange, in aware times; None where the rule has no further one.

    After a failure 30 s, doubling up to 15 min, each between half and all of it. A run that was slept through is
    due at once, and only once. `begun`: from when a rule with COUNT counts. Raises InvalidInput `schedule_invalid`.
    """
    after = last or now
    due = _occurrence(rule, after, begun)
    if due is None:
        return None
    if failures:
        delay = min(LONGEST_BACKOFF, FIRST_BACKOFF * (1 << min(failures - 1, 10)))
        return now + delay * random.uniform(0.5, 1)
    following = _occurrence(rule, due, begun)
    interval = due - after if following is None else following - due
    return max(now, due + min(LONGEST_JITTER, interval / 10) * random.random())


def run_schedule(rule: str, once: Callable[[], bool], clock: Clock, wait: Wait, random: Random) -> bool:
    """Call `once` (true: every hub was reached) by the rule until `wait` says to end or the rule does.

    It waits in short slices and looks at the clock again each time: a machine that slept runs what it missed.
    Answers false where the rule's last run failed. Raises InvalidInput `schedule_invalid`, `schedule_over`.
    """
    failures, last = 0, clock()
    begun = last.replace(microsecond=0) + timedelta(seconds=1)
    if _occurrence(rule, last, begun) is None:
        raise InvalidInput("schedule_over", rule=rule)
    while (due := next_run(rule, clock(), last, failures, random, begun)) is not None:
        while (left := (due - clock()).total_seconds()) > 0:
            if wait(min(left, _SLICE_S)):
                return True
        last = clock()
        failures = 0 if once() else failures + 1
        if wait(0):
            return True
    return not failures


def _occurrence(rule: str, after: datetime, begun: datetime | None) -> datetime | None:
    """The rule's first moment after `after`; its hours and minutes are the day's, so it starts at the midnight before.

    A rule that counts its runs would have used them up since then: it starts when the schedule begins.
    """
    from dateutil.rrule import rrulestr

    start = after.replace(hour=0, minute=0, second=0, microsecond=0)
    if begun is not None and "COUNT" in rule.upper():
        start = begun
    try:
        parts = _parts(rule)
        if not _has_days(parts, start):
            return None
        found = rrulestr(_joined(parts), dtstart=start).after(after)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise InvalidInput("schedule_invalid", rule=rule) from error
    return found if isinstance(found, datetime) else None


def _parts(rule: str) -> dict[str, str]:
    """The parts of one rule, UNTIL in UTC. ValueError for what is none or would be searched for without an end.

    The library takes an INTERVAL of 0 and a BYSETPOS past the moments of a day, an hour or a minute, and then looks
    for ever; so it does where a start long past or an exclusion comes with the rule.
    """
    text = rule.strip().upper().removeprefix("RRULE:")
    pairs = [part.split("=") for part in text.split(";")]
    parts = {name: value for name, value in pairs}
    if len(parts) < len(pairs) or ":" in text or text.split() != [text]:
        raise ValueError(rule)
    if int(parts.get("INTERVAL", 1)) < 1:
        raise ValueError(rule)
    if "BYSETPOS" in parts and parts.get("FREQ") in _MOMENTS:
        most = prod(len(parts.get(name, "").split(",")) for name in _MOMENTS[parts["FREQ"]])
        if all(abs(int(place)) > most for place in parts["BYSETPOS"].split(",")):
            raise ValueError(rule)
    if "UNTIL" in parts and not parts["UNTIL"].endswith("Z"):
        parts["UNTIL"] = _in_utc(parts["UNTIL"])
    return parts


def _in_utc(until: str) -> str:
    """A date (all of its day) or a time without a zone is legal time."""
    moment = datetime.fromisoformat(until if "T" in until else f"{until}T235959")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_TIME)
    return f"{aware.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _has_days(parts: Mapping[str, str], start: datetime) -> bool:
    """Whether the calendar has any day that the rule allows; asked by years, which is quick."""
    from dateutil.rrule import rrulestr

    days = {name: value for name, value in parts.items() if name in _DAYS}
    if not days or parts.get("FREQ") in ("YEARLY", "MONTHLY"):
        return True
    return rrulestr(_joined({"FREQ": "YEARLY", **days}), dtstart=start).after(start, inc=True) is not None


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())
