"""Officers' hours: the unit's calendar, a week of one's own, absences; who may write them; two desks apart."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import Refusal
from core.calendar import WorkCalendar
from core.days import DayRow, HoursRow, Periods
from core.decisions import Setting
from core.moments import LEGAL_TIME
from core.record import Event
from core.roster import Absence, Folded, Roster, RosterRow, fold_roster, read_periods, written_periods
from core.rostering import EndAbsence, NoteAbsence, RosterCommand, SetRoster, decide_roster
from core.station import decide_station
from storage.lawbook import package_law
from tests.core.writers import Writer

DAY = ((27_000, 41_400), (46_800, 61_200))  # 07:30–11:30 13:00–17:00
MORNING = ((28_800, 39_600),)  # 08:00–11:00
SHORT = ((28_800, 36_000),)
MONDAY = date(2026, 5, 18)
CALENDAR = WorkCalendar.from_rows(
    [
        DayRow(MONDAY + timedelta(days=1), False, "đóng cửa", "closed", "QĐ 1", closure=True),
        DayRow(MONDAY + timedelta(days=5), True, "làm bù", "made working", "QĐ 2"),
        DayRow(MONDAY + timedelta(days=6), True, "làm bù", "made working", "QĐ 2", periods=SHORT),
    ],
    [HoursRow(date(2000, 1, 1), (DAY,) * 5 + ((), ()), None)],
    date(2026, 1, 1),
    date(2026, 12, 31),
)
OWN: tuple[Periods, ...] = (MORNING,) * 5 + ((), ())
ACTIVE = frozenset({"o1", "o2", "chief"})
NOW = datetime(2026, 5, 18, 8, 0, tzinfo=LEGAL_TIME)


def roster(folded: Folded | None = None, share: Fraction = Fraction(1)) -> Roster:
    return Roster(CALENDAR, share, frozenset({"o1", "o2"}), {"o1": folded} if folded else {}, ACTIVE)


def week(found: Roster, officer: str = "o1") -> list[Fraction]:
    return [found.hours(officer, MONDAY + timedelta(days=n)) for n in range(7)]


def away(first: int, last: int, half: str | None = None) -> Absence:
    return Absence("a", MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), half, "ốm")


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        (None, [8, 0, 8, 8, 8, 8, 2]),
        (Folded((RosterRow(MONDAY, OWN),)), [3, 0, 3, 3, 3, 3, 2]),
        (Folded((RosterRow(MONDAY + timedelta(days=3), OWN),)), [8, 0, 8, 3, 3, 3, 2]),
        (Folded((RosterRow(MONDAY, OWN), RosterRow(MONDAY + timedelta(days=3), None))), [3, 0, 3, 8, 8, 8, 2]),
        (Folded((RosterRow(MONDAY, ((),) * 7),)), [0, 0, 0, 0, 0, 0, 2]),
        (Folded((RosterRow(MONDAY, (MORNING, MORNING, (), DAY, (), (), ())),)), [3, 0, 0, 8, 0, 3, 2]),
        (Folded((), (away(0, 3),)), [0, 0, 0, 0, 8, 8, 2]),
        (Folded((), (away(2, 2, "morning"), away(3, 3, "afternoon"))), [8, 0, 4, 4, 8, 8, 2]),
        (Folded((), (away(2, 2, "morning"), away(2, 2, "afternoon"), away(2, 2, "morning"))), [8, 0, 0, 8, 8, 8, 2]),
    ],
)
def test_hours_day_by_day(folded: Folded | None, expected: list[int]) -> None:
    """Tuesday is closed, Saturday made working like Monday, Sunday made working with hours of its own."""
    assert week(roster(folded)) == expected
    assert week(roster(folded, Fraction(7, 10))) == [hours * Fraction(7, 10) for hours in expected]


def test_who_has_no_roster_has_no_hours() -> None:
    assert week(roster(), "chief") == week(roster(), "gone") == [0] * 7
    row = Folded((RosterRow(MONDAY, OWN, desk=2),))
    found = Roster(CALENDAR, Fraction(1), frozenset(), {"chief": row, "gone": row}, ACTIVE)
    assert week(found, "chief")[0] == 3 and week(found, "gone") == [0] * 7
    assert found.desk("chief", MONDAY) == 2 and found.desk("chief", MONDAY - timedelta(days=1)) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from([None, "morning", "afternoon"])), max_size=5
    )
)
def test_an_absence_only_takes_hours_away(given_absences: list[tuple[int, int, str | None]]) -> None:
    before = week(roster())
    for count in range(len(given_absences) + 1):
        absences = tuple(away(*one) for one in given_absences[:count])
        after = week(roster(Folded((), absences)))
        assert all(0 <= less <= more for less, more in zip(after, before, strict=True))
        before = after


@given(st.lists(st.integers(0, 1440), max_size=8, unique=True))
def test_periods_are_read_as_they_were_written(minutes: list[int]) -> None:
    bounds = sorted(minute * 60 for minute in minutes)
    periods = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    assert read_periods(written_periods(periods)) == periods


@pytest.mark.parametrize("wrong", [[["08:00", "08:00"]], [["09:00", "08:00"]], [["8", "9:61"]], [["08:00"]]])
def test_periods_that_are_none_are_refused(wrong: list[list[str]]) -> None:
    with pytest.raises(ValueError):
        read_periods(wrong)


def setting(officer: str, *roles: str) -> Setting:
    return Setting(officer, frozenset(roles), NOW, "U1", 1, package_law())


NOTED = Absence("a", MONDAY, MONDAY + timedelta(days=2), None, "ốm", noted_by="o1")
SET = SetRoster("o1", MONDAY, OWN, NOW)
AWAY = NoteAbsence("o1", MONDAY, MONDAY, "ốm", NOW)
BACK = EndAbsence("o1", NOTED, MONDAY + timedelta(days=1), NOW)


@pytest.mark.parametrize(
    ("command", "who", "refused"),
    [
        (SET, setting("o9", "leader"), None),
        (SET, setting("o9", "admin"), None),
        (SET, setting("o1", "front_desk"), "role_missing"),
        (AWAY, setting("o9", "leader"), None),
        (AWAY, setting("o1", "processing"), None),
        (AWAY, setting("o2", "processing"), "absence_not_yours"),
        (AWAY, setting("o1"), "absence_not_yours"),
        (BACK, setting("o1", "front_desk"), None),
        (BACK, setting("o2", "front_desk"), "absence_not_yours"),
        (EndAbsence("o1", Absence("a", MONDAY, MONDAY, None, "", "o9"), MONDAY, NOW), setting("o1", "front_desk"),
         "absence_not_yours"),
        (EndAbsence("o1", NOTED, MONDAY + timedelta(days=3), NOW), setting("o9", "leader"), "absence_over"),
        (NoteAbsence("o1", MONDAY, MONDAY - timedelta(days=1), "ốm", NOW), setting("o9", "leader"),
         "absence_ends_before"),
        (NoteAbsence("o1", MONDAY, MONDAY + timedelta(days=1), "ốm", NOW, "morning"), setting("o9", "leader"),
         "absence_half_of_days"),
        (NoteAbsence("o1", MONDAY, MONDAY, "ốm", NOW, "night"), setting("o9", "leader"), "absence_half_of_days"),
    ],
)  # fmt: skip
def test_who_may_write_what(command: RosterCommand, who: Setting, refused: str | None) -> None:
    answer = decide_station(command, who)
    assert (answer.code if isinstance(answer, Refusal) else None) == refused


ROLES = {"chief": ("leader",), "o1": ("front_desk",), "o2": ("front_desk",)}


def roles(event: Event) -> Collection[str]:
    return ROLES.get(event.by, ())


def written(writer: Writer, command: RosterCommand) -> Event:
    """The event of a command on o1, by whoever writes: what a changed program might write is judged when folding."""
    drafts = decide_roster(command, setting("chief", "leader"))
    assert not isinstance(drafts, Refusal)
    (event,) = writer.write((drafts[0].kind, dict(drafts[0].body)), at=NOW)
    from msgspec.structs import replace

    event = writer.seen[event.event_id] = replace(event, entity="officer:o1")
    return event


def folded(*writers: Writer) -> Folded:
    return fold_roster({event.event_id: event for one in writers for event in one.seen.values()}.values(), roles)


def test_a_week_stands_from_its_day_on_and_the_later_word_on_one_day_holds() -> None:
    chief = Writer("a", "chief")
    written(chief, SET)
    written(chief, SetRoster("o1", MONDAY, None, NOW, desk=3))
    assert [(row.week, row.desk) for row in folded(chief).rows] == [(None, 3)]
    assert folded(chief).replaced == ()


def test_of_two_desks_apart_the_later_stands_and_the_other_is_shown_until_it_is_set_again() -> None:
    here, there = Writer("a", "chief"), Writer("b", "chief", ahead=10)
    written(there, SetRoster("o1", MONDAY, None, NOW))
    lost = written(here, SET)
    for one in (folded(here, there), folded(there, here)):
        assert [row.week for row in one.rows] == [None]
        assert [(gone.event, gone.by) for gone in one.replaced] == [(lost.event_id, "chief")]
    here.learn(there.seen.values())
    written(here, SET)
    assert [row.week for row in folded(here).rows] == [OWN] and folded(here).replaced == ()


def test_an_absence_ends_on_the_day_before_somebody_is_back() -> None:
    chief = Writer("a", "chief")
    noted = written(chief, NoteAbsence("o1", MONDAY, MONDAY + timedelta(days=4), "phép", NOW))
    (absence,) = folded(chief).absences
    assert (absence.id, absence.last, absence.noted_by) == (noted.event_id, MONDAY + timedelta(days=4), "chief")
    written(chief, EndAbsence("o1", absence, MONDAY + timedelta(days=2), NOW))
    assert [one.last for one in folded(chief).absences] == [MONDAY + timedelta(days=1)]
    written(chief, EndAbsence("o1", absence, MONDAY, NOW))
    assert folded(chief).absences == ()


def test_absences_of_two_desks_both_stand() -> None:
    here, there = Writer("a", "chief"), Writer("b", "o1")
    written(here, AWAY)
    written(there, AWAY)
    assert len(folded(here, there).absences) == 2 and folded(here, there).replaced == ()


@pytest.mark.parametrize(
    ("by", "command", "counts"),
    [("o2", AWAY, False), ("o1", AWAY, True), ("o1", SET, False), ("nobody", AWAY, False)],
)
def test_what_its_author_had_no_right_to_write_is_passed_over(by: str, command: RosterCommand, counts: bool) -> None:
    writer = Writer("a", by)
    written(writer, command)
    found = folded(writer)
    assert bool(found.rows or found.absences) is counts


def test_an_officer_ends_no_absence_that_the_leader_noted() -> None:
    chief, own = Writer("a", "chief"), Writer("b", "o1")
    noted = written(chief, AWAY)
    own.learn([noted])
    written(own, EndAbsence("o1", Absence(noted.event_id, MONDAY, MONDAY, None, ""), MONDAY, NOW))
    assert len(folded(chief, own).absences) == 1


@pytest.mark.parametrize("broken", [{"mon": [["x", "y"]]}, {"mon": 5}, {"mon": [["09:00", "08:00"]]}])
def test_a_week_that_cannot_be_read_is_passed_over(broken: dict[str, Any]) -> None:
    chief = Writer("a", "chief")
    (event,) = chief.write(("roster_set", {"valid_from": "2026-05-18", "week": broken}))
    assert fold_roster([event], roles).rows == ()
