"""When the next exchange comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.queue import LEGAL_TIME
from storage.sync.schedule import next_run, run_schedule

NOW = datetime(2026, 11, 23, 8, 7, tzinfo=LEGAL_TIME)
QUARTERS = "FREQ=MINUTELY;INTERVAL=15"


@given(st.integers(0, 2**32))
def test_a_run_comes_within_a_tenth_of_its_interval_and_a_minute(seed: int) -> None:
    due = next_run(QUARTERS, NOW, NOW, 0, Random(seed))
    assert due is not None
    assert NOW.replace(minute=15) <= due <= NOW.replace(minute=16)
    soon = next_run("FREQ=SECONDLY;INTERVAL=10", NOW, NOW, 0, Random(seed))
    assert soon is not None and timedelta(seconds=10) <= soon - NOW <= timedelta(seconds=11)


@given(st.integers(1, 10_000), st.integers(0, 2**32))
def test_after_failures_it_backs_off_to_a_quarter_of_an_hour(failures: int, seed: int) -> None:
    due = next_run(QUARTERS, NOW, NOW, failures, Random(seed))
    whole = min(900, 30 * 2 ** min(failures - 1, 20))
    assert due is not None and whole / 2 <= (due - NOW).total_seconds() <= whole


def test_what_was_slept_through_is_due_at_once_and_once() -> None:
    woken = NOW + timedelta(hours=9)
    assert next_run(QUARTERS, woken, NOW, 0, Random(1)) == woken
    after = next_run(QUARTERS, woken, woken, 0, Random(1))
    assert after is not None and after > woken


def test_an_exact_rule_runs_at_its_times_of_day() -> None:
    due = next_run("FREQ=DAILY;BYHOUR=11,17;BYMINUTE=25;BYSECOND=0", NOW, NOW, 0, Random(3))
    assert due is not None and (due.hour, due.minute) in ((11, 25), (11, 26))


@pytest.mark.parametrize(
    "rule",
    [
        "", "HOURLY", "FREQ=NEVER", "FREQ=DAILY;INTERVAL=x", "FREQ=SECONDLY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;UNTIL=20271332", "FREQ=DAILY;UNTIL=00010101", "FREQ=MONTHLY;BYDAY=99MO", "FREQ=DAILY;FREQ=HOURLY",
        "FREQ=SECONDLY;BYSETPOS=2", "FREQ=HOURLY;BYMINUTE=0,30;BYSETPOS=-3", "FREQ=DAILY;BYHOUR=8,11;BYSETPOS=3",
        "DTSTART:20200101T000000Z RRULE:FREQ=SECONDLY", "RRULE:FREQ=SECONDLY EXRULE:FREQ=SECONDLY",
    ],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInput, match="schedule_invalid"):
        next_run(rule, NOW, None, 0, Random())


def test_a_rule_that_has_ended_has_no_next_run() -> None:
    assert next_run("FREQ=DAILY;UNTIL=20261123T000000Z", NOW, NOW, 0, Random()) is None


@pytest.mark.parametrize("until", ["20261124", "20261124T000000", "20261123T170000Z"])
def test_an_end_without_a_zone_is_legal_time_and_a_date_all_of_its_day(until: str) -> None:
    due = next_run(f"FREQ=DAILY;UNTIL={until}", NOW, NOW, 0, Random())
    assert due is not None and due.date() == NOW.date() + timedelta(days=1)
    assert next_run(f"FREQ=DAILY;UNTIL={until}", due, due, 0, Random()) is None
    evening = next_run(f"FREQ=HOURLY;UNTIL={until}", due, due, 0, Random())
    assert (evening is not None) is (until == "20261124")


def test_the_29th_of_february_comes() -> None:
    due = next_run("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", NOW, NOW, 0, Random())
    assert due is not None and f"{due:%d/%m/%Y}" == "29/02/2028"


@pytest.mark.parametrize("days", ["BYMONTH=2;BYMONTHDAY=30", "BYMONTH=13", "BYMONTH=6;BYWEEKNO=1"])
@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "YEARLY"])
def test_a_rule_of_days_that_never_come_has_no_next_run(frequency: str, days: str) -> None:
    assert next_run(f"FREQ={frequency};{days}", NOW, NOW, 0, Random()) is None


def test_a_failed_run_is_not_repeated_past_the_rules_end() -> None:
    assert next_run("FREQ=DAILY;UNTIL=20261123T000000Z", NOW, NOW, 3, Random()) is None


class Machine:
    """A clock that runs only while somebody waits, and sleeps once."""

    def __init__(self, waits: int, sleeps_at: int = -1) -> None:
        self.now, self.waits, self.sleeps_at = NOW, waits, sleeps_at

    def wait(self, seconds: float) -> bool:
        self.waits -= 1
        self.now += timedelta(seconds=seconds)
        if self.waits == self.sleeps_at:
            self.now += timedelta(hours=5)
        return self.waits < 0


def run(machine: Machine, outcomes: list[bool], rule: str = QUARTERS, ends_well: bool = True) -> list[datetime]:
    runs: list[datetime] = []

    def once() -> bool:
        runs.append(machine.now)
        return outcomes[len(runs) - 1] if len(runs) <= len(outcomes) else True

    assert run_schedule(rule, once, lambda: machine.now, machine.wait, Random(5)) is ends_well
    return runs


def test_the_loop_keeps_to_the_rule_until_it_is_told_to_stop() -> None:
    runs = run(Machine(waits=200), [])
    assert len(runs) >= 3
    assert all(moment.minute % 15 <= 1 for moment in runs)


def test_the_loop_retries_a_failure_soon_and_then_goes_back_to_the_rule() -> None:
    runs = run(Machine(waits=200), [False, False, True])
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(runs)]
    assert 15 <= gaps[0] <= 31 and 30 <= gaps[1] <= 61 and gaps[2] > 61


def test_after_sleep_the_loop_runs_once_for_all_that_it_missed() -> None:
    runs = run(Machine(waits=60, sleeps_at=50), [])
    slept = [moment for moment in runs if moment > NOW + timedelta(hours=5)]
    assert slept[0] - NOW < timedelta(hours=5, minutes=5)
    assert slept[1] - slept[0] > timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rule", "outcomes", "minutes"),
    [
        ("FREQ=MINUTELY;COUNT=3", [], [0, 1, 2]),
        ("RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=2", [], [0, 15]),
        ("FREQ=SECONDLY;COUNT=1", [False], [0]),
    ],
)
def test_a_rule_with_a_count_runs_so_often_from_now_on(rule: str, outcomes: list[bool], minutes: list[int]) -> None:
    runs = run(Machine(waits=1000), outcomes, rule, ends_well=not outcomes)
    late = [(moment - NOW).total_seconds() - minute * 60 for moment, minute in zip(runs, minutes, strict=True)]
    assert all(0 < seconds <= 61 for seconds in late)


@pytest.mark.parametrize("rule", ["FREQ=HOURLY;COUNT=0", "FREQ=DAILY;UNTIL=20261122T000000Z"])
def test_a_rule_without_any_run_is_told_and_not_waited_for(rule: str) -> None:
    with pytest.raises(InvalidInput, match="schedule_over"):
        run(Machine(waits=5), [], rule)
