"""When to exchange next: an RFC 5545 rule with jitter, backoff after a failure, catching up after sleep."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from core.answers import InvalidInput

FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(minutes=15)
LONGEST_JITTER = timedelta(seconds=60)
_OF_A_DAY = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_AHEAD = (timedelta(days=9 * 366), timedelta(days=400))
"""How far a rule's next moment is looked for: of days or more (29/2 is in it), and of parts of a day."""
_LOCAL_UNTIL = re.compile(r"\bUNTIL=([0-9]{8})(T[0-9]{6})?(?![0-9TZ])", re.IGNORECASE)
_SLICE_S = 20.0

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

    A rule that counts its runs would have used them up since then: it starts when the schedule begins. What does not
    come within `_AHEAD` counts as never.
    """
    from dateutil.rrule import rrulestr

    start = after.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        parts = dict(part.split("=") for part in rule.upper().removeprefix("RRULE:").split(";"))
        if int(parts.get("INTERVAL", "1")) < 1:
            raise ValueError(rule)  # it would be looked for without an end
        if begun is not None and "COUNT" in parts:
            start = begun
        found = rrulestr(_until_in_utc(rule, after), dtstart=start)
        ahead = after + _AHEAD[parts["FREQ"] in _OF_A_DAY]
        comes = found.replace(count=None, until=ahead).after(after) is not None
        due = found.after(after) if comes else None
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise InvalidInput("schedule_invalid", rule=rule) from error
    return due if isinstance(due, datetime) else None


def _until_in_utc(rule: str, now: datetime) -> str:
    """UNTIL may be a day, to its end, or a moment of legal time, as RFC 5545 has it where the start is local."""

    def moment(found: re.Match[str]) -> str:
        local = datetime.strptime(found[1] + (found[2] or "T235959"), "%Y%m%dT%H%M%S").replace(tzinfo=now.tzinfo)
        return f"UNTIL={local.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _LOCAL_UNTIL.sub(moment, rule)
