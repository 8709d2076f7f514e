"""Who may receive, who decides, and where somebody at the wrong door is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from core.catalogue import UNIT_KINDS, KnownUnit, ProcedureVersion
from core.days import OpeningRow
from core.doors import Door, door, receives_at
from core.law import Law
from core.moments import LEGAL_TIME
from storage.lawbook import package_law

LAW = package_law()
OFFICE = ((27_000, 41_400), (46_800, 61_200))  # 07:30–11:30, 13:00–17:00


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def version(procedure: str, day: str) -> ProcedureVersion:
    found = LAW.version_on(procedure, date.fromisoformat(day))
    assert isinstance(found, ProcedureVersion), found
    return found


def asked(procedure: str, kind: str | None, moment: str = "2026-05-21T09:00", law: Law = LAW) -> Door | None:
    return door(law, version(procedure, moment[:10]), kind, at(moment))


@pytest.mark.parametrize(
    ("procedure", "kind", "hand_on"),
    [
        ("permanent-residence", "ward", None),
        ("identity-card", "ward", "city"),
        ("identity-card", "city", None),
        ("passport-loss-report", "city", "ministry"),
        ("population-data-adjustment", "city", None),
    ],
)
def test_the_right_door_receives_and_hands_on_to_whoever_decides_above(
    procedure: str, kind: str, hand_on: str | None
) -> None:
    found = asked(procedure, kind)
    assert found is not None and (found.fits, found.hand_on, found.places) == (True, hand_on, ())


def test_the_wrong_door_names_the_kind_and_the_usual_hours_where_no_address_is_known() -> None:
    found = asked("fire-design-appraisal", "ward", "2026-05-21T09:00")
    assert found is not None and not found.fits
    (place,) = found.places
    assert (place.kind, place.unit, place.day, place.periods) == ("city", None, date(2026, 5, 21), OFFICE)


def unit(code: str, **more: object) -> KnownUnit:
    row = KnownUnit(code, "city", f"Phòng {code}", code, date(2025, 7, 1), None, "x", True, address="80 Lê Lợi")
    return replace(row, **more)  # type: ignore[arg-type]


def test_a_known_address_comes_with_that_units_own_hours_from_the_next_day_of_reception_on() -> None:
    evening = ((64_800, 72_000),)
    rows = {"PC07": (replace(LAW.hours[None][0], periods=(evening,) * 5 + ((),) * 2),)}
    units = (*LAW.units, unit("PC07"), unit("PC99", valid_to=date(2026, 1, 1)), unit("PC98", address=None))
    law = replace(LAW, units=units, hours={**LAW.hours, **rows})
    found = asked("fire-design-appraisal", "ward", "2026-05-23T09:00", law)
    assert found is not None
    (place,) = found.places
    assert place.unit is not None
    assert (place.unit.code, place.day, place.periods) == ("PC07", date(2026, 5, 25), evening)


@pytest.mark.parametrize(("day", "fits"), [("2025-02-28", True), ("2025-03-01", False)])
def test_district_police_receive_until_they_ended(day: str, fits: bool) -> None:
    everywhere = replace(version("identity-card", day), receiving=("district", "city"), deciding="city")
    found = door(LAW, everywhere, "district", at(f"{day}T09:00"))
    assert found is not None and found.fits is fits
    other = door(LAW, everywhere, "ward", at(f"{day}T09:00"))
    assert other is not None
    assert [place.kind for place in other.places] == (["district", "city"] if fits else ["city"])


def test_a_decider_that_has_ended_is_not_named() -> None:
    old = replace(version("identity-card", "2025-03-03"), receiving=("ward",), deciding="district")
    found = door(LAW, old, "ward", at("2025-03-03T09:00"))
    assert found is not None and found.hand_on is None


@pytest.mark.parametrize(("day", "anywhere"), [("2025-06-30", False), ("2025-07-01", True)])
def test_filing_regardless_of_area_begins_with_its_decree(day: str, anywhere: bool) -> None:
    found = asked("permanent-residence", "ward", f"{day}T09:00")
    assert found is not None and (found.filing is not None) is anywhere
    assert found.filing is None or (found.filing.basis, found.filing.verified) == ("NĐ 118/2025/NĐ-CP", False)


def test_a_law_without_the_policy_says_nothing_of_the_area() -> None:
    old = replace(LAW, policies=tuple(one for one in LAW.policies if one.name != "filing_place"))
    found = asked("permanent-residence", "ward", law=old)
    assert found is not None and found.filing is None


def test_of_an_unknown_kind_nothing_is_said() -> None:
    assert asked("permanent-residence", None) is None


def test_every_version_has_a_door_on_each_of_its_first_days() -> None:
    for procedure in LAW.procedures:
        for one in procedure.versions:
            moment = datetime.combine(one.valid_from, at("2026-01-01T09:00").timetz())
            kinds = [kind for kind in UNIT_KINDS if (found := door(LAW, one, kind, moment)) and found.fits]
            assert kinds, one
            wrong = [door(LAW, one, kind, moment) for kind in UNIT_KINDS if kind not in kinds]
            assert all(found is not None and found.places for found in wrong), one


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        ("2026-11-23T07:29", False),
        ("2026-11-23T07:30", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T17:00", True),
        ("2026-11-23T18:00", False),
        ("2026-11-24T09:00", False),
        ("2026-11-25T18:30", True),
        ("2026-11-28T09:00", False),
        ("2026-08-22T09:00", True),
    ],
)
def test_a_moment_of_reception_lies_in_hours_or_in_an_opening(moment: str, open_then: bool) -> None:
    evening = OpeningRow(date(2026, 11, 25), ((63_000, 72_000),), "xe lưu động", None)
    law = replace(LAW, openings={"H30-001": (evening,)})
    assert receives_at(law.calendar("H30-001"), at(moment)) is open_then
