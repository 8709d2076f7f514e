"""The calendar's data against what was published, against `holidays` and against the moon."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import lunar_vn
import pytest

from storage.lawbook import package_law

LAW = package_law()
CALENDAR = LAW.calendar()
YEARS = range(1997, 2031)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "count"),
    [(2019, 252), (2020, 252), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 250), (2026, 249)],
)
def test_working_days_of_a_published_year(year: int, count: int) -> None:
    assert sum(CALENDAR.is_working(day) for day in days_of(year)) == count


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2019, "01-01 02-04 02-05 02-06 02-07 02-08 04-15 04-29 04-30 05-01 09-02"),
        (2020, "01-01 01-23 01-24 01-27 01-28 01-29 04-02 04-30 05-01 09-02"),
        (2021, "01-01 02-10 02-11 02-12 02-15 02-16 04-21 04-30 05-03 09-02 09-03"),
        (2022, "01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02"),
        (2023, "01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04"),
        (2024, "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03"),
        (2025, "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02"),
        (2026, "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24"),
    ],
)
def test_weekdays_off_are_those_of_the_published_notice(year: int, off: str) -> None:
    found = [day for day in days_of(year) if day.weekday() < 5 and not CALENDAR.is_working(day)]
    assert [f"{day:%m-%d}" for day in found] == off.split()


def test_worked_saturdays_are_those_of_the_published_exchanges() -> None:
    found = [day for year in range(2019, 2027) for day in days_of(year)]
    worked = [str(day) for day in found if day.weekday() >= 5 and CALENDAR.is_working(day)]
    assert worked == ["2019-01-05", "2019-05-04", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"]


EXCHANGES_THAT_THE_LIBRARY_LACKS = {
    "2011": {"2011-01-29", "2011-01-30", "2011-01-31", "2011-02-01", "2011-04-09", "2011-04-11"},
    "2013": {"2012-12-31", "2013-01-05", "2013-02-23"},
    "2014": {"2014-01-25", "2014-01-28", "2014-02-05", "2014-02-08"},
    "2026": {"2026-01-02", "2026-01-10"},
}


def test_every_day_agrees_with_the_library_but_for_cited_differences() -> None:
    """Each difference is an exchanged day or its other half, and the data cite the notice that made it."""
    library = holidays.country_holidays("VN", years=YEARS)
    different = {
        str(day)
        for year in YEARS
        for day in days_of(year)
        if CALENDAR.is_working(day) != ((day.weekday() < 5 and day not in library) or day in library.weekend_workdays)
    }
    assert different == set().union(*EXCHANGES_THAT_THE_LIBRARY_LACKS.values())
    rows = {str(row.date): row for row in LAW.days[None]}
    for day in different:
        assert rows[day].basis and rows[day].in_force, day


@pytest.mark.parametrize("year", YEARS)
def test_lunar_holidays_fall_where_the_moon_puts_them(year: int) -> None:
    new_year = lunar_vn.lunar_to_solar(lunar_vn.LunarDate(1, 1, year, False))
    reasons = {row.date: row.reason_en for row in LAW.days[None]}
    for n in range(-1, 3):
        assert reasons[new_year + timedelta(days=n)] == "Lunar New Year"
    kings = lunar_vn.lunar_to_solar(lunar_vn.LunarDate(10, 3, year, False))
    assert (reasons.get(kings) == "Hung Kings' Commemoration Day") == (year >= 2007)


@pytest.mark.parametrize(
    ("before", "after"),
    [("2020-09-03", "2021-09-03"), ("2025-11-24", "2026-11-24")],
)
def test_a_new_day_off_begins_with_its_law(before: str, after: str) -> None:
    assert CALENDAR.is_working(on(before))
    assert not CALENDAR.is_working(on(after))


def test_a_proposed_exchange_is_shown_but_not_counted() -> None:
    assert CALENDAR.is_working(on("2026-11-23"))
    assert not CALENDAR.is_working(on("2026-11-28"))
    announced = {str(row.date): row for row in LAW.days[None] if not row.in_force}
    assert set(announced) == {"2026-11-23", "2026-11-28"}
    assert not any(row.confirmed for row in announced.values())


def test_undecided_years_are_estimates() -> None:
    assert not CALENDAR.unconfirmed(on("2026-12-01").toordinal(), on("2026-12-31").toordinal())
    assert CALENDAR.unconfirmed(on("2026-12-31").toordinal(), on("2027-01-04").toordinal())
    assert [one.year for one in LAW.years if not one.decided] == [2027, 2028, 2029, 2030]


def test_every_row_is_cited_and_lies_in_its_year() -> None:
    known = {one.year for one in LAW.years}
    assert known == set(YEARS)
    assert all(row.basis and row.date.year in known for row in LAW.days[None])


def test_saturdays_before_the_forty_hour_week_are_marked_unverified() -> None:
    notes = {one.year: one.note_vi for one in LAW.years}
    assert all("QĐ 188/1999/QĐ-TTg" in notes[year] for year in (1997, 1998, 1999))
    assert "188/1999" not in notes[2000]
