"""Law asked for a day: versions, units, promises, policies; and the days on which it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.calendar import DayRow, HoursRow
from core.catalogue import CalendarYear, Commitment, KnownUnit, Policy, ProcedureVersion
from core.deadline import ClockEvent, deadline
from core.law import Law
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Unit
from storage.lawbook import package_law

LAW = package_law()
DAY = date(2026, 5, 21)


def limits(procedure: str, day: str, variant: str | None = None) -> list[tuple[str, str, str | None]]:
    found = LAW.case_on(procedure, variant, date.fromisoformat(day))
    assert not isinstance(found, Refusal), found
    return [(str(one.limit.amount), str(one.limit.unit), one.starts_on) for one in found[1].phases]


def version(procedure: str, day: str) -> ProcedureVersion:
    found = LAW.version_on(procedure, date.fromisoformat(day))
    assert isinstance(found, ProcedureVersion), found
    return found


@pytest.mark.parametrize(
    ("procedure", "variant", "last_day", "old", "first_day", "new"),
    [
        ("permanent-residence", None, "2021-06-30", ("15", "day"), "2021-07-01", ("7", "working_day")),
        ("temporary-residence-extension", None, "2021-06-30", ("2", "working_day"), "2021-07-01", ("3", "working_day")),
        ("household-split", None, "2021-06-30", ("7", "working_day"), "2021-07-01", ("5", "working_day")),
        ("permanent-residence-removal", None, "2021-06-30", ("3", "working_day"), "2021-07-01", ("5", "working_day")),
        ("residence-confirmation", None, "2023-12-31", ("3", "working_day"), "2024-01-01", ("1/2", "working_day")),
        ("identity-card", "elsewhere", "2024-06-30", ("15", "working_day"), "2024-07-01", None),
        ("vehicle-temporary-registration", None, "2024-12-31", ("0", "same_day"), "2025-01-01", ("1", "working_day")),
        ("temporary-residence-removal", None, "2025-01-09", ("2", "working_day"), "2025-01-10", ("3", "working_day")),
        ("fire-design-appraisal", "basic-a", "2025-06-30", ("10", "working_day"), "2025-07-01", None),
        (
            *("security-conditions-certificate", None),
            *("2026-03-14", ("5", "working_day"), "2026-03-15", ("4", "working_day")),
        ),
        (
            *("security-conditions-certificate", "exchange"),
            *("2026-03-14", ("4", "working_day"), "2026-03-15", ("3", "working_day")),
        ),
        ("fireworks-permit", None, "2026-03-14", ("5", "working_day"), "2026-03-15", ("3", "working_day")),
        ("judicial-record", None, "2026-06-30", ("10", "day"), "2026-07-01", ("5", "day")),
    ],
)  # fmt: skip
def test_a_limit_changes_on_its_day(
    procedure: str,
    variant: str | None,
    last_day: str,
    old: tuple[str, str],
    first_day: str,
    new: tuple[str, str] | None,
) -> None:
    assert limits(procedure, last_day, variant)[0][:2] == old
    if new is None:
        assert isinstance(LAW.case_on(procedure, variant, date.fromisoformat(first_day)), Refusal)
    else:
        assert limits(procedure, first_day, variant)[0][:2] == new


def test_the_vehicle_clock_waits_for_the_fee_from_2025_on() -> None:
    case = version("vehicle-first-registration", "2024-12-31").variant("certificate")
    gated = version("vehicle-first-registration", "2025-01-01").variant("certificate")
    assert case is not None and gated is not None
    assert (case.starts_on, gated.starts_on) == ("received", "payment_received")


def test_the_level_of_a_procedure_follows_the_police_reform() -> None:
    assert "district" in version("identity-card", "2025-02-28").receiving
    assert version("identity-card", "2025-03-01").receiving == ("ward", "city")
    assert version("permanent-residence", "2021-06-30").level == "district"
    assert version("permanent-residence", "2021-07-01").level == "ward"


def test_citizen_card_becomes_identity_card() -> None:
    assert version("identity-card", "2024-06-30").result_vi == "Thẻ Căn cước công dân"
    assert version("identity-card", "2024-07-01").result_vi == "Thẻ căn cước"


def test_police_take_in_judicial_records_and_licences_from_march_2025() -> None:
    assert "Sở Tư pháp" in version("judicial-record", "2025-02-28").title_vi
    assert "Sở Tư pháp" not in version("judicial-record", "2025-03-01").title_vi
    before = LAW.version_on("driving-licence-exchange", date(2025, 2, 28))
    assert isinstance(before, Refusal) and before.code == "procedure_not_yet_in_force"
    assert version("driving-licence-exchange", "2025-03-01").procedure == "driving-licence-exchange"


def test_fire_approval_ends_with_its_law() -> None:
    found = LAW.version_on("firefighting-plan-approval", date(2025, 7, 1))
    assert isinstance(found, Refusal) and found.code == "procedure_not_in_force"
    assert found.params["last"] == "2025-06-30"
    assert version("fire-design-appraisal", "2025-07-01").title_vi.startswith("Thẩm định")


def test_phases_and_kinds_of_limit_are_there() -> None:
    assert limits("vehicle-certificate-reissue", "2026-05-21") == [
        ("30", "day", None),
        ("2", "working_day", "verification_completed"),
    ]
    assert limits("vehicle-deregistration", "2026-05-21", "online") == [("8", "working_hour", None)]
    assert limits("stay-notice", "2026-05-21", "night") == [("1", "by_time", None)]
    assert limits("foreigner-stay-declaration", "2026-05-21") == [("12", "hour", None)]
    assert limits("electronic-identity", "2026-05-21", "level-1") == [("1", "working_day", None)]
    assert limits("electronic-identity", "2026-05-21", "level-2") == [("3", "working_day", None)]


@given(st.dates(date(2007, 7, 1), date(2030, 12, 31)), st.sampled_from(LAW.procedures))
def test_at_most_one_version_governs_a_day(day: date, procedure) -> None:
    governing = [one for one in procedure.versions if one.in_force(day)]
    assert len(governing) <= 1
    found = LAW.version_on(procedure, day)
    assert governing == ([] if isinstance(found, Refusal) else [found])


def test_a_procedure_is_found_by_code_and_name_exactly() -> None:
    assert LAW.find("1.004222") is LAW.find(" permanent-residence ")
    assert LAW.find("1.00422") is None
    found = LAW.version_on("khong-co", DAY)
    assert isinstance(found, Refusal) and found.code == "procedure_unknown"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dktt", "permanent-residence"),
        ("hộ khẩu", "permanent-residence"),
        ("tam tru", "temporary-residence"),
        ("gia han", "temporary-residence-extension"),
        ("ct07", "residence-confirmation"),
        ("CĂN CƯỚC", "identity-card"),
        ("sang ten", "vehicle-transfer"),
        ("con dau", "seal-specimen-registration"),
        ("lltp", "judicial-record"),
        ("1.004194", "temporary-residence"),
    ],
)
def test_a_few_letters_suggest_what_is_meant(typed: str, meant: str) -> None:
    assert LAW.suggest(typed)[0].name == meant


def test_suggestions_can_be_held_to_a_day_and_a_number() -> None:
    assert "firefighting-plan-approval" in {one.name for one in LAW.suggest("phuong an", 20)}
    assert "firefighting-plan-approval" not in {one.name for one in LAW.suggest("phuong an", 20, DAY)}
    assert len(LAW.suggest("", 3)) == 3
    assert LAW.suggest("zzzz") == ()


@given(st.text(max_size=40))
def test_any_text_may_be_typed(text: str) -> None:
    assert len(LAW.suggest(text, 5)) <= 5


def test_an_unknown_case_is_named_with_the_known_ones() -> None:
    found = LAW.case_on("residence-confirmation", "other", DAY)
    assert isinstance(found, Refusal) and found.params["known"] == "in-database, to-verify"
    with pytest.raises(InvalidInput, match="variant_unknown"):
        LAW.clock_rules(version("residence-confirmation", "2026-05-21"), "other", None, DAY)


def test_clock_rules_carry_the_case_and_the_policy() -> None:
    rules = LAW.clock_rules(version("vehicle-transfer", "2026-05-21"), None, "U1", DAY)
    assert (rules.gate, rules.on_supplement, rules.on_payment) == ("payment_received", "restart", "pause")
    assert rules.offhours == "as_received"
    assert rules.basis == "Đ.7.1a TT 79/2024/TT-BCA"


def small(**fields: object) -> Law:
    week = tuple(((27_000, 41_400), (46_800, 61_200)) if n < 5 else () for n in range(7))
    base: dict[str, object] = {
        "procedures": (),
        "years": (CalendarYear(2026, True, "x", "", ""), CalendarYear(2027, False, "x", "", "")),
        "days": {None: (DayRow(date(2026, 1, 1), False, "Tết", "New Year", "x"),)},
        "hours": {None: (HoursRow(date(2000, 1, 1), week, None),)},
    }
    return Law(**{**base, **fields})  # type: ignore[arg-type]


def test_a_unit_closes_and_opens_for_itself() -> None:
    storm = DayRow(date(2026, 10, 5), False, "Bão", "Storm", "CĐ 1", closure=True)
    van = DayRow(date(2026, 10, 10), True, "Làm bù", "Made up", "QĐ 1")
    new_year = DayRow(date(2026, 1, 1), False, "Tết", "New Year", "x")
    law = small(days={None: (new_year,), "U1": (storm, van)})
    assert law.calendar() is law.calendar("U2")
    assert law.calendar().is_working(date(2026, 10, 5))
    assert not law.calendar("U1").is_working(date(2026, 10, 5))
    assert law.calendar("U1").is_working(date(2026, 10, 10))
    assert not law.calendar("U1").is_working(date(2026, 1, 1))


def test_a_unit_keeps_its_own_hours_from_their_first_day() -> None:
    early = tuple(((25_200, 39_600),) if n < 5 else () for n in range(7))
    national = small().hours[None]
    law = small(hours={None: national, "U1": (HoursRow(date(2026, 6, 1), early, "QĐ 2"),)})
    calendar = law.calendar("U1")
    assert calendar.periods(date(2026, 5, 29).toordinal()) == national[0].periods[0]
    assert calendar.periods(date(2026, 6, 1).toordinal()) == ((25_200, 39_600),)


def unit(code: str, first: date, *, after: tuple[str, ...] = ()) -> KnownUnit:
    return KnownUnit(code, "ward", code, code, first, None, "NQ 1/2025", True, successors=after)


MERGED = (
    unit("U1", date(2020, 1, 1), after=("U9",)),
    unit("U2", date(2020, 1, 1), after=("U9",)),
    unit("U9", date(2026, 7, 1)),
)


def test_a_merged_unit_counts_by_what_it_was_merged_into_from_that_day_on() -> None:
    early = tuple(((25_200, 39_600),) if n < 5 else () for n in range(7))
    late = tuple(((30_600, 45_000),) if n < 5 else () for n in range(7))
    old, new = (DayRow(date(2026, month, 6), False, "Bão", "Storm", "CĐ 1", closure=True) for month in (4, 10))
    national = small().hours[None]
    law = small(
        units=MERGED,
        days={"U1": (old, replace(new, date=date(2026, 9, 7))), "U9": (replace(old, date=date(2026, 5, 4)), new)},
        hours={
            None: national,
            "U1": (HoursRow(date(2025, 1, 1), early, "QĐ 1"),),
            "U9": (HoursRow(date(2026, 3, 2), late, "QĐ 2"),),
        },
        policies=(policy(None, date(2000, 1, 1), "as_received"), policy("U9", date(2026, 7, 1), "next_working_day")),
        commitments=(
            Commitment("U9", "p", None, date(2026, 7, 1), None, Limit(Fraction(1), Unit.WORKING_DAY), "QĐ 3"),
        ),
    )
    calendar = law.calendar("U1")
    assert calendar.periods(date(2026, 6, 30).toordinal()) == ((25_200, 39_600),)
    assert calendar.periods(date(2026, 7, 1).toordinal()) == ((30_600, 45_000),)
    assert law.calendar("U2").periods(date(2026, 6, 30).toordinal()) == national[0].periods[1]
    assert [calendar.is_working(day) for day in (old.date, date(2026, 5, 4), date(2026, 9, 7), new.date)] == [
        False, True, True, False,
    ]  # fmt: skip
    for day, offhours, promised in (
        (date(2026, 6, 30), "as_received", False),
        (date(2026, 7, 1), "next_working_day", True),
    ):
        assert law.policy("offhours", "U1", day) == offhours
        assert (law.commitment("U1", "p", None, day) is not None) is promised


@pytest.mark.parametrize(
    "units",
    [
        (unit("U1", date(2020, 1, 1), after=("U8", "U9")), unit("U8", date(2026, 7, 1)), unit("U9", date(2026, 7, 1))),
        (unit("U1", date(2020, 1, 1), after=("U9",)),),
        (unit("U1", date(2020, 1, 1), after=("U1",)),),
    ],
)
def test_a_unit_that_was_divided_or_whose_heir_nobody_knows_goes_by_its_own_code(units: tuple[KnownUnit, ...]) -> None:
    assert small(units=units).code_on("U1", date(2026, 12, 1)) == "U1"


def test_two_units_that_name_each_other_end_somewhere() -> None:
    law = small(units=(unit("U1", date(2020, 1, 1), after=("U2",)), unit("U2", date(2026, 7, 1), after=("U1",))))
    assert law.code_on("U1", date(2026, 12, 1)) == "U2"


def test_years_from_the_first_undecided_one_on_are_estimates() -> None:
    calendar = small().calendar()
    assert not calendar.unconfirmed(date(2026, 12, 1).toordinal(), date(2026, 12, 31).toordinal())
    assert calendar.unconfirmed(date(2026, 12, 1).toordinal(), date(2027, 1, 4).toordinal())


@pytest.mark.parametrize("fields", [{"years": ()}, {"hours": {}}])
def test_law_without_a_calendar_says_so(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="calendar_missing"):
        small(**fields).calendar()


def policy(unit: str | None, first: date, value: str) -> Policy:
    return Policy("offhours", unit, first, value, "QĐ", True)


def test_a_policy_is_the_units_own_before_the_national_one_by_date() -> None:
    law = small(
        policies=(
            policy(None, date(2000, 1, 1), "as_received"),
            policy("U1", date(2026, 1, 1), "as_received"),
            policy("U1", date(2026, 6, 1), "next_working_day"),
            policy("U3", date(2026, 6, 1), "next_working_day"),
        )
    )
    assert law.policy("offhours", "U1", date(2026, 5, 31)) == "as_received"
    assert law.policy("offhours", "U1", date(2026, 6, 1)) == "next_working_day"
    assert law.policy("offhours", "U2", date(2026, 6, 1)) == "as_received"
    assert law.policy("offhours", "U3", date(2026, 5, 31)) == "as_received"
    assert law.policy("offhours", None, date(1999, 1, 1)) == "as_received"
    with pytest.raises(InvalidInput, match="policy_unknown"):
        law.policy("weather", "U1", DAY)


def test_a_promise_binds_its_unit_between_its_dates() -> None:
    def promise(variant: str | None, days: int, first: date, last: date | None) -> Commitment:
        return Commitment("U1", "p", variant, first, last, Limit(Fraction(days), Unit.WORKING_DAY), "QĐ 3")

    general = promise(None, 5, date(2026, 1, 1), date(2026, 12, 31))
    special = promise("urgent", 2, date(2025, 1, 1), None)
    law = small(commitments=(general, special))
    assert law.commitment("U1", "p", "standard", DAY) == general
    assert law.commitment("U1", "p", "urgent", DAY) == special
    assert law.commitment("U1", "p", "standard", date(2027, 1, 1)) is None
    assert law.commitment("U2", "p", "standard", DAY) is None
    assert law.commitment(None, "p", "standard", DAY) is None


def test_only_published_units_are_known() -> None:
    ministry = LAW.unit("G01")
    assert ministry is not None and ministry.kind == "ministry"
    assert LAW.unit("G01.899") is None
    district = next(kind for kind in LAW.kinds if kind.code == "district")
    assert district.valid_to == date(2025, 2, 28)


def test_what_is_unverified_says_why_in_both_languages() -> None:
    every = [one for procedure in LAW.procedures for one in procedure.versions]
    for one in every:
        if not one.verified or not one.papers or not one.fees:
            assert one.unverified_reason and one.unverified_reason_en
    assert 0 < sum(not one.verified for one in every) < len(every) / 2


def test_every_case_has_limits_and_citations() -> None:
    for procedure in LAW.procedures:
        assert procedure.aliases
        for one in procedure.versions:
            assert one.basis and one.receiving
            for case in one.variants:
                assert case.basis and case.phases and all(phase.basis for phase in case.phases)


@pytest.mark.parametrize(
    ("procedure", "variant", "received", "events", "due"),
    [
        ("permanent-residence", None, "2021-06-30T09:00", {}, "2021-07-15T17:00"),
        ("permanent-residence", None, "2021-07-01T09:00", {}, "2021-07-12T17:00"),
        ("residence-confirmation", "in-database", "2026-05-22T08:30", {}, "2026-05-22T14:00"),
        ("security-conditions-certificate", None, "2026-03-13T09:00", {}, "2026-03-20T17:00"),
        ("security-conditions-certificate", None, "2026-03-16T09:00", {}, "2026-03-20T17:00"),
        ("vehicle-transfer", None, "2026-05-21T09:00", {}, None),
        ("vehicle-transfer", None, "2026-05-21T09:00", {"payment_received": "2026-05-22T10:00"}, "2026-05-26T17:00"),
        ("vehicle-certificate-reissue", None, "2026-05-21T09:00", {}, None),
        (
            *("vehicle-certificate-reissue", None, "2026-05-21T09:00"),
            *({"verification_completed": "2026-06-01T10:00"}, "2026-06-03T17:00"),
        ),
        ("foreigner-stay-declaration", None, "2026-05-23T20:00", {}, "2026-05-24T08:00"),
        ("stay-notice", "night", "2026-05-22T23:30", {}, "2026-05-23T08:00"),
    ],
)  # fmt: skip
def test_the_clock_runs_by_the_law_of_the_day(
    procedure: str, variant: str | None, received: str, events: dict[str, str], due: str | None
) -> None:
    at = datetime.fromisoformat(received).replace(tzinfo=LEGAL_TIME)
    rules = LAW.clock_rules(version(procedure, str(at.date())), variant, None, at.date())
    happened = [
        ClockEvent(kind, datetime.fromisoformat(moment).replace(tzinfo=LEGAL_TIME)) for kind, moment in events.items()
    ]
    found = deadline(at, rules, happened, LAW.calendar()).due_at
    assert found == (datetime.fromisoformat(due).replace(tzinfo=LEGAL_TIME) if due else None)
