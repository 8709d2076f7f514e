"""A station's first commit: keys, the first officer, the whole law."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.law import Law
from storage.desk import Desk
from storage.folder import station_id
from storage.founding import ALL_ROLES, NewDesk, found
from storage.lawbook import package_law
from tests.conftest import NOW, PIN, UNIT, Office, officer

NEW = NewDesk(UNIT, "Công an phường Hải Châu", 1, "Trần Minh Đức", PIN, NOW, test=True)


def procedures(law: Law) -> dict[str, list[str]]:
    return {one.name: [version.row_hash for version in one.versions] for one in law.procedures}


def test_the_stations_law_is_in_its_log(desk: Desk) -> None:
    package = package_law()
    assert procedures(desk.law) == procedures(package)
    assert desk.law.years == package.years and desk.law.policies == package.policies
    day = NOW.date().toordinal()
    for unit in (None, UNIT):
        assert desk.law.calendar(unit).nth_after(day, 7) == package.calendar().nth_after(day, 7)


def test_founding_is_one_command_and_the_first_officer_has_every_role_but_one(desk: Desk) -> None:
    events = [event for event, _ in desk.log.everything()]
    founding = [event for event in events if event.group_key == events[0].group_key]
    assert [event.kind for event in founding[:3]] == ["station_founded", "desk_enrolled", "officer_added"]
    assert len(founding) == founding[0].group[1]
    boss = officer(desk)
    assert boss.given == ALL_ROLES and "auditor" not in boss.given
    assert {event.by for event in founding} == {boss.id}
    assert desk.projection.authority().roles(boss.id, (10**30, "", 0, 0)) == boss.roles


def test_the_station_is_named_by_its_code_and_marked_as_a_test(desk: Desk) -> None:
    assert desk.identity.station == station_id(UNIT) == station_id(UNIT) != station_id("H30-002")
    founded = desk.log.events_of(f"unit:{UNIT}")[0].body
    assert founded["test"] is True and desk.identity.test
    assert founded["station_key"] != founded["admin_key"]


def test_no_pin_stands_in_any_event(desk: Desk) -> None:
    for event, stored in desk.log.everything():
        assert b"argon2" not in (stored.body or b"") and PIN.encode() not in (stored.body or b""), event.kind


def test_one_seed_makes_one_station(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        desk = found(tmp_path / name, NEW, random.Random(5).randbytes)
        heads.append(desk.log.heads())
        desk.close()
    assert heads[0] == heads[1]


@pytest.mark.parametrize("number", [0, -1, 90, 1000])
def test_desks_are_numbered_1_to_89(tmp_path: Path, number: int) -> None:
    with pytest.raises(InvalidInput) as error:
        found(tmp_path / "desk", replace(NEW, number=number))
    assert error.value.code == "desk_number_invalid"
    assert not (tmp_path / "desk").exists()


def test_a_folder_holds_one_desk_and_must_be_one(office: Office, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        found(office.folder, NEW)
    assert error.value.code == "folder_taken"
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InvalidInput) as error:
            found(place, NEW)
        assert error.value.code == "data_read_only"
