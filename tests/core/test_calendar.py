"""The working calendar: which days count, whose hours they have, how far it reaches."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.answers import InvalidInput
from core.calendar import DayRow, HoursRow, WorkCalendar
from core.days import CountingRule, OpeningRow
from core.moments import HOUR, LEGAL_TIME, clock_for
from tests.core.desk_calendar import HOURS, WEEK, at, desk_calendar

MORNING = ((27_000, 41_400),)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def off(text: str, **more: bool) -> DayRow:
    return DayRow(date.fromisoformat(text), False, "nghỉ", "off", "QĐ 1", **more)


def test_days_off_and_worked_weekend_days() -> None:
    calendar = desk_calendar()
    assert [calendar.is_working(day(text)) for text in ("2026-08-22", "2026-08-23", "2026-08-31", "2026-08-28")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert calendar.is_working(date(2026, 8, 22))


def test_working_days_of_a_year_as_counted_by_hand() -> None:
    calendar = desk_calendar()
    assert calendar.count(day("2025-12-31"), day("2026-12-31")) == 249
    assert calendar.count(day("2024-12-31"), day("2025-12-31")) == 250


def test_what_is_only_announced_is_shown_and_not_counted() -> None:
    calendar = desk_calendar((off("2026-11-23", confirmed=False, in_force=False),))
    assert calendar.is_working(day("2026-11-23"))
    assert calendar.law.announced(day("2026-11-23")) is not None
    assert calendar.unconfirmed(day("2026-11-20"), day("2026-11-25"))
    assert calendar.unconfirmed(day("2026-11-23"), day("2026-11-23"))
    assert not calendar.unconfirmed(day("2026-11-24"), day("2026-11-25"))
    assert not calendar.unconfirmed(day("2026-11-20"), day("2026-11-22"))


def test_every_day_of_an_undecided_year_is_an_estimate() -> None:
    calendar = WorkCalendar.from_rows(
        [], [HoursRow(date(2026, 1, 1), WEEK, None)], date(2026, 1, 1), date(2027, 12, 31),
        estimated_from=date(2027, 1, 1),
    )  # fmt: skip
    assert not calendar.unconfirmed(day("2026-01-01"), day("2026-12-31"))
    assert calendar.unconfirmed(day("2026-12-31"), day("2027-01-01"))


def test_hours_have_versions_and_a_made_up_day_has_mondays() -> None:
    saturday_morning = (HOURS,) * 5 + (MORNING, ())
    calendar = WorkCalendar.from_rows(
        [DayRow(date(2026, 8, 22), True, "làm bù", "make-up", None)],
        [HoursRow(date(2026, 1, 1), WEEK, None), HoursRow(date(2026, 7, 1), saturday_morning, None)],
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert calendar.periods(day("2026-06-27")) == ()
    assert calendar.periods(day("2026-08-15")) == MORNING
    assert not calendar.is_working(day("2026-08-15"))
    assert calendar.periods(day("2026-08-22")) == HOURS
    assert calendar.length(day("2026-08-22")) == 8 * HOUR
    assert calendar.length(day("2026-08-15")) == 0


def test_a_day_without_hours_ends_at_midnight() -> None:
    calendar = WorkCalendar.from_rows(
        [], [HoursRow(date(2026, 1, 1), (HOURS,) * 4 + ((),) * 3, None)], date(2026, 1, 1), date(2026, 12, 31)
    )
    friday = day("2026-05-22")
    assert calendar.is_working(friday)
    assert calendar.ending(friday) == at("2026-05-23T00:00")


def test_a_made_up_day_needs_hours_to_take() -> None:
    with pytest.raises(InvalidInput, match="calendar_invalid"):
        WorkCalendar.from_rows(
            [DayRow(date(2026, 8, 22), True, "", "", None)],
            [HoursRow(date(2026, 1, 1), ((), *WEEK[1:]), None)],
            date(2026, 1, 1),
            date(2026, 12, 31),
        )


def growing(weekend: frozenset[int], *rows: DayRow) -> WorkCalendar:
    hours = [HoursRow(date(1900, 1, 1), (HOURS,) * 7, None)]
    return WorkCalendar.from_rows(rows, hours, date(2026, 1, 1), date(2026, 2, 1), weekend, grows=True)


def test_a_calendar_that_grows_knows_three_centuries() -> None:
    calendar = growing(frozenset({6}))
    assert calendar.is_working(date(1900, 1, 1))
    assert calendar.is_working(date(2200, 12, 31))
    assert calendar.nth_after(day("2026-01-31"), 313 * 10) > day("2035-12-01")
    for beyond in (date(1899, 12, 31), date(2201, 1, 1)):
        with pytest.raises(InvalidInput) as error:
            calendar.is_working(beyond)
        assert error.value.code == "out_of_range"


def test_a_calendar_that_grows_looks_back_beyond_its_beginning() -> None:
    calendar = growing(frozenset({5, 6}), off("2026-01-01"))
    assert calendar.previous_working(day("2026-01-01")) == day("2025-12-31")
    again = growing(frozenset({5, 6}), off("2026-01-01"))
    assert [again.previous_working(day(text)) for text in ("2026-01-02", "2026-01-04")] == [day("2026-01-02")] * 2


def test_ten_years_without_work_are_no_calendar() -> None:
    calendar = growing(frozenset(range(7)), DayRow(date(2026, 1, 10), True, "", "", None))
    assert calendar.next_working(day("2026-01-05")) == day("2026-01-10")
    with pytest.raises(InvalidInput) as error:
        calendar.nth_after(day("2026-01-10"), 1)
    assert error.value.code == "calendar_invalid"
    sparse = [DayRow(date(year, 1, 10), True, "", "", None) for year in (2026, 2035)]
    assert growing(frozenset(range(7)), *sparse).nth_after(day("2026-01-10"), 1) == day("2035-01-10")


def test_a_calendar_of_data_has_the_range_of_its_data() -> None:
    with pytest.raises(InvalidInput, match="calendar_out_of_range"):
        desk_calendar().nth_after(day("2027-12-30"), 5)
    with pytest.raises(InvalidInput, match="calendar_out_of_range"):
        desk_calendar().previous_working(day("2023-12-30"))


def test_a_calendar_of_data_serves_up_to_its_last_closing() -> None:
    calendar = desk_calendar()
    opening = calendar.clock.seconds(at("2027-12-31T07:30"))
    assert calendar.after_work(opening, 8 * HOUR) == (calendar.closing(day("2027-12-31")), day("2027-12-31"))
    with pytest.raises(InvalidInput, match="calendar_out_of_range"):
        calendar.after_work(opening, 8 * HOUR + 1)
    assert calendar.nth_after(day("2027-12-30"), 1) == day("2027-12-31")


def test_a_calendar_of_data_serves_from_its_first_opening() -> None:
    calendar = desk_calendar()
    opening = calendar.clock.seconds(at("2024-01-01T07:30"))
    ended = calendar.clock.seconds(at("2024-01-02T08:30"))
    assert calendar.after_work(opening, 9 * HOUR) == (ended, day("2024-01-02"))
    assert calendar.work_between(opening, ended) == 9 * HOUR


def test_twelve_years_of_working_hours() -> None:
    calendar = growing(frozenset({5, 6}))
    start = day("2026-01-05")
    end, last = calendar.after_work(calendar.clock.at(start, 0), 3_125 * 8 * HOUR)
    assert (end, last) == (calendar.closing(last), calendar.nth_after(start - 1, 3_125))


def test_working_time_between_two_moments() -> None:
    calendar = desk_calendar()
    start, end = (calendar.clock.seconds(at(text)) for text in ("2026-05-22T15:30", "2026-05-25T10:00"))
    assert calendar.work_between(start, end) == 4 * HOUR
    assert calendar.work_between(end, start) == -4 * HOUR


def test_moments_go_to_seconds_and_back() -> None:
    moment = datetime(2026, 5, 22, 2, 0, 0, 999_999, tzinfo=UTC)
    for zone in (LEGAL_TIME, ZoneInfo("Europe/Berlin")):
        clock = clock_for(zone)
        again = clock.moment(clock.seconds(moment))
        assert again == moment.replace(microsecond=0)
        assert again.tzinfo is zone


def test_a_day_of_25_hours_has_them_all() -> None:
    clock = clock_for(ZoneInfo("Europe/Berlin"))
    changing = day("2026-10-25")
    assert clock.at(changing + 1, 0) - clock.at(changing, 0) == 25 * HOUR
    assert clock.day(clock.at(changing + 1, 0) - 1) == changing


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock_for(LEGAL_TIME).seconds(at("2026-05-22T09:00").replace(tzinfo=None) + timedelta(0))


def test_each_day_names_the_rule_or_decision_behind_it() -> None:
    law = desk_calendar().law
    assert law.basis(day("2026-05-20")) is None
    assert law.basis(day("2026-05-23")) == "QĐ 188/1999/QĐ-TTg"
    assert law.basis(day("2026-08-22")) == "CV hoán đổi"
    assert law.basis(day("2026-04-27")) == "BLLĐ Đ.112"
    assert not law.is_closure(day("2026-04-27"))
    assert not law.is_closure(day("2026-05-20"))


def test_an_article_is_cited_from_its_first_day_on() -> None:
    rules = [CountingRule("rolls", date(2006, 1, 1), "old"), CountingRule("rolls", date(2017, 1, 1), "new")]
    calendar = WorkCalendar.from_rows(
        [], [HoursRow(date(1997, 1, 1), WEEK, None)], date(1997, 1, 1), date(2026, 12, 31), rules=rules
    )
    cited = [
        calendar.law.cited("rolls", day(text)) for text in ("2005-12-31", "2006-01-01", "2016-12-31", "2017-01-01")
    ]
    assert cited == [None, "old", "old", "new"]
    assert calendar.law.cited("month", day("2026-01-01")) is None


def test_two_calendars_differ_on_the_days_whose_work_or_reception_is_not_the_same() -> None:
    evening = OpeningRow(date(2026, 3, 5), ((64_800, 72_000),), "nhà văn hoá", None)
    short = DayRow(date(2026, 3, 6), True, "nửa ngày", "half a day", None, periods=MORNING)

    def kept(*rows: DayRow, first: date, last: date, openings: tuple[OpeningRow, ...] = ()) -> WorkCalendar:
        return WorkCalendar.from_rows(rows, [HoursRow(date(2026, 1, 1), WEEK, None)], first, last, openings=openings)

    one = kept(off("2026-03-02"), off("2026-01-05"), off("2026-05-29"), first=date(2026, 1, 5), last=date(2026, 5, 29))
    saturday = DayRow(date(2026, 5, 30), True, "làm bù", "made up", None)
    beyond = (off("2026-01-02"), saturday, off("2026-06-01"))
    other = kept(short, *beyond, first=date(2026, 1, 1), last=date(2026, 6, 30), openings=(evening,))
    days = ["2026-01-05", "2026-03-02", "2026-03-05", "2026-03-06", "2026-05-29"]
    assert one.differs(other) == other.differs(one) == [day(text) for text in days]
    assert one.differs(one) == []


def test_a_saturday_before_the_five_day_week_was_decided_is_not_sure() -> None:
    rules = [
        CountingRule("weekend", date(1997, 1, 1), "quy ước", verified=False),
        CountingRule("weekend", date(1999, 10, 2), "QĐ 188/1999/QĐ-TTg"),
    ]
    calendar = WorkCalendar.from_rows(
        [], [HoursRow(date(1997, 1, 1), WEEK, None)], date(1997, 1, 1), date(2000, 12, 31), rules=rules
    )
    assert (calendar.law.basis(day("1999-09-25")), calendar.law.basis(day("1999-10-02"))) == (
        "quy ước",
        "QĐ 188/1999/QĐ-TTg",
    )
    assert calendar.unconfirmed(day("1999-09-20"), day("1999-09-25"))
    assert not calendar.unconfirmed(day("1999-09-20"), day("1999-09-24"))
    assert not calendar.unconfirmed(day("1999-09-26"), day("1999-10-09"))
