"""The days on which the law changed under the desk's hands: the last moment before, and the first one after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.forms import form_in_force
from core.standing import Standing
from storage.press import forms
from tests.core.lives import DOSSIER, LAW, Life, TakeIn, at, due, happen, received, stand

Side = tuple[str | None, str | None]  # the case, and the due time counted by hand (None: no law yet)


def taken(procedure: str, when: str, case: str | None) -> Standing:
    return stand(received(LAW, when, procedure=procedure, **({"variant": case} if case else {})))


def check(procedure: str, when: str, side: Side) -> None:
    case, expected = side
    stands = taken(procedure, when, case)
    if expected is None:
        assert (stands.version, stands.due_at, stands.problem) == (None, None, "no_law")
        return
    assert stands.version is not None and stands.version.in_force(at(when).date())
    assert stands.due_at == at(expected), stands.due_at


@pytest.mark.parametrize(
    ("procedure", "first", "before", "after"),
    [
        # 1/7/2021, Luật Cư trú 2020 (a Thursday)
        ("permanent-residence", "2021-07-01", (None, "2021-07-15T17:00"), (None, "2021-07-12T17:00")),
        ("temporary-residence", "2021-07-01", (None, "2021-07-05T17:00"), (None, "2021-07-06T17:00")),
        ("temporary-residence-extension", "2021-07-01", (None, "2021-07-02T17:00"), (None, "2021-07-06T17:00")),
        ("household-split", "2021-07-01", (None, "2021-07-09T17:00"), (None, "2021-07-08T17:00")),
        ("residence-adjustment", "2021-07-01", (None, "2021-07-05T17:00"), (None, "2021-07-06T17:00")),
        ("permanent-residence-removal", "2021-07-01", (None, "2021-07-05T17:00"), (None, "2021-07-08T17:00")),
        ("residence-declaration", "2021-07-01", (None, None), ("data-exists", "2021-07-08T17:00")),
        # 1/1/2024, half a day for who stands in the database (a holiday, after a Sunday)
        ("residence-confirmation", "2024-01-01", (None, "2024-01-04T17:00"), (None, "2024-01-02T11:30")),
        # 1/7/2024, Luật Căn cước 2023 (a Monday)
        ("identity-card", "2024-07-01", ("elsewhere", "2024-07-19T17:00"), ("new", "2024-07-10T17:00")),
        ("identity-card", "2024-07-01", ("city-reissue", "2024-07-19T17:00"), ("reissue", "2024-07-10T17:00")),
        ("electronic-identity", "2024-07-01", (None, None), ("level-2", "2024-07-04T17:00")),
        # 1/1/2025, TT 79/2024 and Luật 42/2024 (a holiday, a Wednesday); what waits for its fee has no date yet
        ("vehicle-temporary-registration", "2025-01-01", (None, "2025-01-02T17:00"), None),
        ("support-tool-permit", "2025-01-01", (None, "2025-01-08T17:00"), (None, "2025-01-07T17:00")),
        ("vehicle-deregistration", "2025-01-01", (None, None), ("online", "2025-01-02T17:00")),
        # 1/3/2025, to the police, and no more districts (a Saturday)
        ("judicial-record", "2025-03-01", (None, "2025-03-10T17:00"), (None, "2025-03-11T17:00")),
        ("driving-licence-exchange", "2025-03-01", (None, None), (None, "2025-03-07T17:00")),
        ("identity-card", "2025-03-01", ("new", "2025-03-11T17:00"), ("new", "2025-03-11T17:00")),
        # 1/7/2025, Luật PCCC và CNCH 2024 (a Tuesday)
        ("fire-design-appraisal", "2025-07-01", ("design-a", "2025-07-21T17:00"), ("design-a", "2025-07-22T17:00")),
        ("fire-acceptance", "2025-07-01", ("group-a", "2025-07-14T17:00"), (None, "2025-07-10T17:00")),
        # 15/3/2026, NĐ 58/2026 (a Sunday)
        ("security-conditions-certificate", "2026-03-15", ("new", "2026-03-20T17:00"), ("new", "2026-03-19T17:00")),
        (
            *("security-conditions-certificate", "2026-03-15"),
            *(("exchange", "2026-03-19T17:00"), ("exchange", "2026-03-18T17:00")),
        ),
        ("fireworks-permit", "2026-03-15", ("purchase", "2026-03-20T17:00"), ("purchase", "2026-03-18T17:00")),
        ("population-data-adjustment", "2026-03-15", (None, None), (None, "2026-03-17T17:00")),
        (
            *("permanent-residence-removal", "2026-03-15"),
            *((None, "2026-03-20T17:00"), ("from-database", "2026-03-16T17:00")),
        ),
        ("temporary-residence", "2026-03-15", (None, "2026-03-18T17:00"), (None, "2026-03-18T17:00")),
        ("seal-specimen-registration", "2026-03-15", (None, "2026-03-18T17:00"), (None, "2026-03-18T17:00")),
        # 1/7/2026, the judicial record law amended, where a child lives (a Wednesday)
        ("judicial-record", "2026-07-01", (None, "2026-07-10T17:00"), (None, "2026-07-06T17:00")),
        ("permanent-residence", "2026-07-01", (None, "2026-07-09T17:00"), (None, "2026-07-10T17:00")),
        ("temporary-residence", "2026-07-01", (None, "2026-07-03T17:00"), (None, "2026-07-06T17:00")),
    ],
)  # fmt: skip
def test_each_side_of_the_day_has_its_own_law(procedure: str, first: str, before: Side, after: Side | None) -> None:
    last = date.fromisoformat(first) - timedelta(days=1)
    check(procedure, f"{last}T23:59:59", before)
    if after is not None:
        check(procedure, f"{first}T00:00:00", after)
    versions = [LAW.version_on(procedure, day) for day in (last, date.fromisoformat(first))]
    assert versions[0] != versions[1]


def test_the_day_is_vietnams_whatever_zone_the_moment_is_told_in() -> None:
    for moment, expected in (
        (datetime(2021, 6, 30, 16, 59, 59, tzinfo=UTC), "2021-07-15T17:00"),
        (datetime(2021, 6, 30, 17, 0, tzinfo=UTC), "2021-07-12T17:00"),
    ):
        life = Life(LAW, moment)
        assert life.take_in() is None
        assert due(life) == at(expected)


@pytest.mark.parametrize(
    ("procedure", "before", "paid", "after"),
    [
        ("vehicle-first-registration", "2025-01-03T17:00", "2025-01-02T09:00", "2025-01-06T17:00"),
        ("vehicle-temporary-registration", "2025-01-02T17:00", "2025-01-02T09:00", "2025-01-03T17:00"),
    ],
)
def test_from_2025_on_a_vehicles_clock_waits_for_its_fee(procedure: str, before: str, paid: str, after: str) -> None:
    assert due(received(LAW, "2024-12-31T23:59:59", procedure=procedure)) == at(before)
    life = received(LAW, "2025-01-01T00:00:00", procedure=procedure)
    clock = stand(life).deadline
    assert clock is not None and (clock.due_at, clock.waiting_for) == (None, "payment_received")
    assert due(happen(life, (paid, "payment_received", {"amount": "150000"}))) == at(after)


@pytest.mark.parametrize(
    ("procedure", "case", "first", "code"),
    [
        ("firefighting-plan-approval", None, "2025-07-01", "procedure_not_in_force"),
        ("identity-card", "elsewhere", "2024-07-01", "variant_unknown"),
        ("fire-design-appraisal", "basic-a", "2025-07-01", "variant_unknown"),
        ("fire-acceptance", "group-a", "2025-07-01", "variant_unknown"),
        ("vehicle-first-registration", "lost-certificate", "2025-01-01", "variant_unknown"),
    ],
)
def test_what_has_ended_is_taken_in_on_its_last_day_and_never_after(
    procedure: str, case: str | None, first: str, code: str
) -> None:
    last = date.fromisoformat(first) - timedelta(days=1)
    assert taken(procedure, f"{last}T23:59:59", case).version is not None
    facts = {"procedure": procedure, "applicant": {"kind": "citizen", "name": "A"}, "variant": case}
    refused = Life(LAW, at(f"{first}T00:00:00")).do(
        TakeIn(DOSSIER, "received", at(f"{first}T00:00:00"), {name: fact for name, fact in facts.items() if fact})
    )
    assert refused is not None and refused.code == code
    if code == "procedure_not_in_force":
        assert refused.params["last"] == last.isoformat()


def test_a_case_that_a_new_law_brings_is_not_there_before() -> None:
    for procedure, case, first in (
        ("permanent-residence-removal", "from-database", "2026-03-15"),
        ("temporary-residence-removal", "from-database", "2026-03-15"),
        ("residence-confirmation", "in-database", "2024-01-01"),
    ):
        last = date.fromisoformat(first) - timedelta(days=1)
        assert LAW.case_on(procedure, case, last).code == "variant_unknown"  # type: ignore[union-attr]
        assert taken(procedure, f"{first}T00:00:00", case).due_at is not None


def test_an_open_dossier_keeps_the_law_of_its_receipt_past_the_change() -> None:
    life = happen(
        received(LAW, "2026-03-13T09:00", procedure="security-conditions-certificate"),
        ("2026-03-16T09:00", "supplement_requested"),
        ("2026-03-18T09:00", "supplement_received"),
    )
    version = stand(life).version
    assert version is not None and version.valid_to == date(2026, 3, 14)
    assert due(life) == at("2026-03-25T17:00")


@pytest.mark.parametrize(("day", "instrument"), [("2025-09-14", "01/2018/TT-VPCP"), ("2025-09-15", "03/2025/TT-VPCP")])
def test_the_forms_change_in_september_2025(day: str, instrument: str) -> None:
    assert instrument in form_in_force(forms(), "receipt", date.fromisoformat(day)).instrument


@pytest.mark.parametrize(
    ("procedure", "last"),
    [
        ("permanent-residence", "2021-06-30"),
        ("vehicle-first-registration", "2024-12-31"),
        ("identity-card", "2025-02-28"),
        ("security-conditions-certificate", "2025-02-28"),
        ("passport-loss-report", "2025-02-28"),
    ],
)
def test_districts_receive_up_to_their_last_day(procedure: str, last: str) -> None:
    for days, expected in ((0, True), (1, False)):
        version = LAW.version_on(procedure, date.fromisoformat(last) + timedelta(days=days))
        assert ("district" in version.receiving) is expected  # type: ignore[union-attr]


def test_no_procedure_of_a_day_is_received_by_a_kind_of_unit_that_is_gone() -> None:
    kinds = {kind.code: kind for kind in LAW.kinds}
    for procedure in LAW.procedures:
        for version in procedure.versions:
            for code in {*version.receiving, version.deciding, version.level}:
                last = kinds[code].valid_to
                assert last is None or (version.valid_to is not None and version.valid_to <= last), version


@pytest.mark.parametrize(
    ("received_at", "expected"),
    [
        ("2020-08-31T09:00", "2020-09-04T17:00"),  # 2/9 alone is off: 1, 3, 4
        ("2021-08-31T09:00", "2021-09-07T17:00"),  # 2/9 and 3/9 are off: 1, 6, 7
        ("2025-11-21T09:00", "2025-11-26T17:00"),  # 24/11 is a working day: 24, 25, 26
        ("2026-11-20T09:00", "2026-11-26T17:00"),  # 24/11 is Vietnamese Culture Day: 23, 25, 26
    ],
)
def test_the_law_of_days_off_has_versions(received_at: str, expected: str) -> None:
    assert due(received(LAW, received_at, procedure="temporary-residence")) == at(expected)


def test_names_follow_the_law() -> None:
    def title(procedure: str, day: str) -> str:
        version = LAW.version_on(procedure, date.fromisoformat(day))
        return f"{version.title_vi} → {version.result_vi}"  # type: ignore[union-attr]

    assert "Căn cước công dân" in title("identity-card", "2024-06-30")
    assert "Căn cước công dân" not in title("identity-card", "2024-07-01")
    assert "Sở Tư pháp" in title("judicial-record", "2025-02-28")
    assert "Sở Tư pháp" not in title("judicial-record", "2025-03-01")
    assert title("fire-design-appraisal", "2025-06-30") != title("fire-design-appraisal", "2025-07-01")
