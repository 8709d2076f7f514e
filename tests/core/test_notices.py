"""Which notices follow from what is so, which are new, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.notices import (
    AHEAD_S,
    FAILING_S,
    FEW_NUMBERS,
    KEPT,
    SILENT_S,
    Facts,
    NoticeKind,
    NoticeLog,
    Subject,
    notices,
    read_all,
    tell,
)

NOW = 1_800_000_000
DAY = "2027-01-15"
QUIET = Facts(NOW, DAY)


def dossier(name: str, at: int = NOW + 60) -> Subject:
    return Subject(name, f"H30-270115-{name}", f"Người {name}", at)


def kinds(facts: Facts) -> list[NoticeKind]:
    return [one.kind for one in notices(facts)]


def test_a_quiet_desk_says_nothing() -> None:
    assert notices(QUIET) == [] and tell(NoticeLog(), QUIET, 7)[1] == []


def test_the_most_severe_stands_first_and_what_is_due_sooner_before_what_is_due_later() -> None:
    facts = replace(
        QUIET,
        due=(dossier("late", NOW + 900), dossier("soon", NOW + 300)),
        owed=(dossier("owed", NOW - 60),),
        answers=(Subject("feedback:1", name="a1b2c3", at=NOW),),
        ready=(dossier("ready"),),
        reports=(Subject("report:late", name="late", at=NOW),),
        conflicts=(Subject("calendar", name="Lịch"),),
        short=(("disk_nearly_full", "12"),),
        without_number="forked",
        numbers_left=3,
        contact=NOW - SILENT_S,
    )
    assert kinds(facts) == [
        NoticeKind.ROOM, NoticeKind.NO_NUMBER, NoticeKind.DUE, NoticeKind.DUE, NoticeKind.APOLOGY,
        NoticeKind.ANSWER_OWED, NoticeKind.CONFLICT, NoticeKind.FEW_NUMBERS, NoticeKind.SYNC, NoticeKind.REPORT,
        NoticeKind.READY,
    ]  # fmt: skip
    assert [one.subject.id for one in notices(facts) if one.kind is NoticeKind.DUE] == ["soon", "late"]


@pytest.mark.parametrize(("ahead", "told"), [(-1, False), (0, True), (AHEAD_S, True), (AHEAD_S + 1, False)])
def test_what_is_due_within_the_hour_is_told(ahead: int, told: bool) -> None:
    assert (kinds(replace(QUIET, due=(dossier("a", NOW + ahead),))) == [NoticeKind.DUE]) is told


@pytest.mark.parametrize(
    ("silent", "failing", "told"),
    [
        (FAILING_S - 1, True, False),
        (FAILING_S, True, True),
        (FAILING_S, False, False),
        (SILENT_S, False, True),
        (None, True, False),
    ],
)
def test_a_hub_that_was_not_reached_for_long_is_told(silent: int | None, failing: bool, told: bool) -> None:
    facts = replace(QUIET, contact=None if silent is None else NOW - silent, failing=failing)
    assert (kinds(facts) == [NoticeKind.SYNC]) is told


@pytest.mark.parametrize(("left", "told"), [(FEW_NUMBERS, True), (0, True), (FEW_NUMBERS + 1, False), (None, False)])
def test_few_numbers_are_told(left: int | None, told: bool) -> None:
    assert (kinds(replace(QUIET, numbers_left=left)) == [NoticeKind.FEW_NUMBERS]) is told


def test_each_is_told_once_and_a_new_date_is_another_thing() -> None:
    facts = replace(QUIET, due=(dossier("a", NOW + 600),))
    log, first = tell(NoticeLog(), facts, 1)
    log, second = tell(log, replace(facts, now=NOW + 60), 2)
    assert len(first) == 1 and second == [] and log.event == 2 and log.looked == NOW + 60
    log, third = tell(log, replace(facts, due=(dossier("a", NOW + 1200),)), 3)
    assert len(third) == 1 and [one.notice.subject.at for one in log.told] == [NOW + 1200, NOW + 600]


def test_numbers_that_become_fewer_are_told_once_a_day() -> None:
    log, new = tell(NoticeLog(), replace(QUIET, numbers_left=9), 1)
    assert len(new) == 1
    log, new = tell(log, QUIET, 1)
    log, new = tell(log, replace(QUIET, numbers_left=8), 1)
    assert new == []
    log, new = tell(log, replace(QUIET, numbers_left=8, day="2027-01-16"), 1)
    assert len(new) == 1


def test_an_outage_is_told_once_and_the_next_one_again() -> None:
    failing = replace(QUIET, failing=True, contact=NOW - FAILING_S)
    log, _ = tell(NoticeLog(), failing, 1)
    log, again = tell(log, replace(failing, now=NOW + 600), 1)
    assert again == []
    later = replace(failing, now=NOW + 9000, contact=NOW + 600)
    assert len(tell(log, later, 1)[1]) == 1


def test_a_conflict_that_was_decided_may_come_again() -> None:
    facts = replace(QUIET, conflicts=(dossier("a"),))
    log, first = tell(NoticeLog(), facts, 1)
    log, again = tell(log, facts, 2)
    assert len(first) == 1 and again == []
    log, _ = tell(log, QUIET, 3)
    assert len(tell(log, facts, 4)[1]) == 1


def test_what_was_read_stays_read_and_no_more_than_some_are_kept() -> None:
    many = replace(QUIET, ready=tuple(dossier(f"{number:03}") for number in range(KEPT + 5)))
    log, new = tell(NoticeLog(), many, 1)
    assert len(new) == KEPT + 5 and len(log.told) == KEPT == log.unread
    log = read_all(log)
    assert log.unread == 0
    log, _ = tell(log, replace(QUIET, due=(dossier("a"),)), 2)
    assert log.unread == 1 and len(log.told) == KEPT and not log.told[0].read
