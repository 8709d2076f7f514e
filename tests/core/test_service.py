"""The offer of the online service and its answer; levels and reasons by the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.answers import Refusal
from core.decisions import Act, TakeIn
from core.service import WHY_NOT, is_online, read_offer, service_on
from storage.lawbook.services import package_services
from tests.core.lives import LAW, Life
from tests.core.writers import DOSSIER


def offered(life: Life, *roles: str, **fields: Any) -> Refusal | None:
    return life.do(Act(DOSSIER, "service_offered", life.now, fields), *roles)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"answer": "took"}, "took"),
        ({"answer": "next_time"}, "next_time"),
        *(({"answer": "no", "reason": reason}, f"no:{reason}") for reason in WHY_NOT),
    ],
)
def test_an_answer_is_kept_with_its_reason(fields: dict[str, str], kept: str) -> None:
    life = Life()
    assert life.take_in() is None
    assert offered(life, **fields) is None
    assert life.dossier is not None and life.dossier.service_answer == kept
    assert read_offer(kept) == (fields["answer"], fields.get("reason"))


def test_asked_twice_the_last_answer_stands_and_undone_none_does() -> None:
    life = Life()
    assert life.take_in() is None
    assert offered(life, answer="no", reason="no_device") is None
    life.later(minutes=1)
    assert offered(life, answer="took") is None
    assert life.dossier is not None and life.dossier.service_answer == "took"
    assert life.undo() is None
    assert life.dossier is not None and life.dossier.service_answer == "no:no_device"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"answer": "perhaps"}, "service_answer_unknown"),
        ({"answer": "no"}, "service_reason_unknown"),
        ({"answer": "no", "reason": "không thích"}, "service_reason_unknown"),
        ({"answer": "took", "reason": "no_device"}, "service_reason_unknown"),
    ],
)
def test_what_counts_nowhere_is_refused(fields: dict[str, str], code: str) -> None:
    life = Life()
    assert life.take_in() is None
    refused = offered(life, **fields)
    assert isinstance(refused, Refusal) and refused.code == code


def test_only_who_takes_in_offers_and_only_what_is_online_that_day() -> None:
    life = Life()
    assert life.take_in(procedure="seized-item-return") is None
    refused = offered(life, answer="took")
    assert isinstance(refused, Refusal) and refused.code == "service_not_online"
    life = Life()
    assert life.take_in() is None
    refused = offered(life, "processing", answer="took")
    assert isinstance(refused, Refusal) and refused.code == "role_missing"


def test_who_came_online_is_offered_nothing() -> None:
    life = Life()
    assert life.take_in(channel="online") is None
    refused = offered(life, answer="took")
    assert isinstance(refused, Refusal) and refused.code == "offered_online_dossier"


def test_an_offer_at_intake_is_of_the_same_command_and_judged_with_it() -> None:
    life = Life()
    along = (("service_offered", {"answer": "no", "reason": "no_account"}),)
    facts = {"procedure": "seized-item-return", "applicant": {"name": "Đào"}}
    refused = life.do(TakeIn(DOSSIER, "received", life.now, facts, along=along))
    assert isinstance(refused, Refusal) and refused.code == "service_not_online" and life.dossier is None
    assert life.do(TakeIn(DOSSIER, "received", life.now, facts | {"procedure": "household-split"}, along=along)) is None
    assert life.dossier is not None and life.dossier.service_answer == "no:no_account"


@pytest.mark.parametrize(
    ("procedure", "day", "level", "counter_only"),
    [
        ("permanent-residence", "2022-08-14", None, None),
        ("permanent-residence", "2022-08-15", "partial", False),
        ("identity-card", "2020-01-02", "level_2", False),
        ("vehicle-first-registration", "2021-01-04", "level_3", False),
        ("vehicle-first-registration", "2022-08-15", None, None),
        ("seized-item-return", "2026-05-21", None, True),
    ],
)
def test_a_service_is_what_the_day_says(procedure: str, day: str, level: str | None, counter_only: bool | None) -> None:
    on = date.fromisoformat(day)
    version = LAW.version_on(procedure, on)
    assert not isinstance(version, Refusal)
    found = service_on(version, package_services(), on)
    assert (found.level, found.counter_only) == (level, counter_only)
    assert found.online is is_online(LAW, procedure, on)


def test_no_level_outlives_its_scale() -> None:
    scales = package_services().scales
    for version in (one for procedure in LAW.procedures for one in procedure.versions):
        for service in version.services:
            kind = "levels" if service.level.startswith("level_") else "extent"
            fitting = [one for one in scales if one.scale == kind]
            assert service.valid_from >= min(one.valid_from for one in fitting), version.procedure
            ends = [one.valid_to for one in fitting]
            assert None in ends or (service.valid_to or date.max) <= max(filter(None, ends)), version.procedure


def test_level_two_only_informs() -> None:
    assert not is_online(LAW, "identity-card", date(2020, 1, 2))
    assert is_online(LAW, "vehicle-first-registration", date(2021, 1, 4))


def test_a_portal_is_named_only_where_the_data_holds_one() -> None:
    data = package_services()
    assert data.portal("residence").address == "https://dichvucong.bocongan.gov.vn"  # type: ignore[union-attr]
    assert data.portal("judicial-record").address == "https://dichvucong.gov.vn"  # type: ignore[union-attr]
    assert all(one.doubt is not None for one in data.portals), "nobody has held them against their source"
