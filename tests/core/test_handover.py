"""The sheet that the program makes, and its two signatures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.answers import Refusal
from core.handover import (
    SECTIONS,
    AcceptHandover,
    Carried,
    HandOver,
    ShiftFacts,
    build_sheet,
    decide_handover,
    sheet_hash,
)
from core.queue import Urgency, Worklist
from core.record import canonical
from core.station import AddOfficer, decide_station
from tests.core.lives import NOW, Life

ONE = Carried(
    "d1", "H30-001-260521-0001", "Đặng Thị Đào", "permanent-residence", "received", Urgency.NORMAL, None, 0, False, 0,
    False, False, False,
)  # fmt: skip
NOTHING = ShiftFacts({}, {}, 0)


def places(dossier: Carried) -> list[str]:
    return [section["name"] for section in build_sheet([dossier], NOTHING) if section["items"]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["open"]),
        ({"urgency": Urgency.SOON}, ["open"]),
        ({"urgency": Urgency.APOLOGY_OWED}, ["apology_owed"]),
        ({"urgency": Urgency.APOLOGY_OWED, "worklists": (Worklist.TO_SIGN,)}, ["apology_owed", "to_sign"]),
        ({"urgency": Urgency.TODAY, "worklists": (Worklist.APOLOGISE_NOW,)}, ["today", "apologise_now"]),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement", "worklists": (Worklist.STOP,)},
         ["stop_proposed", "waiting"]),
        ({"urgency": Urgency.OVERDUE}, ["overdue"]),
        ({"urgency": Urgency.TODAY}, ["today"]),
        ({"urgency": Urgency.NEXT_DAY}, ["next_day"]),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement"}, ["waiting"]),
        ({"urgency": Urgency.DONE, "state": "result_ready"}, ["ready"]),
        ({"urgency": Urgency.DONE, "state": "result_ready", "at_post": True}, ["post"]),
        ({"urgency": Urgency.DONE, "state": "returned", "originals": 1}, ["held"]),
        ({"urgency": Urgency.TODAY, "originals": 2, "unprinted": 1, "here_only": True, "in_conflict": True},
         ["conflicts", "today", "held", "unprinted", "unsynced"]),
        ({"before_receipt": True, "state": "submitted"}, []),
    ],
)  # fmt: skip
def test_where_a_dossier_stands_on_the_sheet(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(replace(ONE, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        ({}, "finish"),
        ({"urgency": Urgency.APOLOGY_OWED}, "apologise"),
        ({"urgency": Urgency.APOLOGY_OWED, "awaits_letter": True}, "issue_apology"),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_payment"}, "await_payment"),
        ({"urgency": Urgency.PAUSED, "state": "suspended"}, "resume"),
        ({"urgency": Urgency.DONE, "state": "result_ready"}, "return_result"),
        ({"urgency": Urgency.DONE, "state": "result_ready", "at_post": True}, "track_post"),
    ],
)
def test_what_the_next_officer_does_first(changes: dict[str, Any], action: str) -> None:
    items = [item for section in build_sheet([replace(ONE, **changes)], NOTHING) for item in section["items"]]
    assert items[0]["next_action"] == action


def test_the_sections_stand_in_their_order_with_counts_and_money() -> None:
    sheet = build_sheet([], ShiftFacts({"received": 3, "guided": 1}, {"cash": Decimal("60000")}, 5))
    assert [section["name"] for section in sheet] == ["summary", *SECTIONS, "fees"]
    by_name = {section["name"]: section["items"] for section in sheet}
    assert by_name["summary"] == [{"kind": "guided", "count": 1}, {"kind": "received", "count": 3}]
    assert by_name["fees"] == [{"method": "cash", "amount": "60000"}]
    assert by_name["unsynced"] == [{"events": 5}]
    assert canonical(sheet)


def test_what_is_signed_is_the_sheet_to_the_letter() -> None:
    sheet = build_sheet([ONE], NOTHING)
    other = build_sheet([replace(ONE, applicant_name="Đặng Thị Đạo")], NOTHING)
    assert sheet_hash(sheet) == sheet_hash(build_sheet([ONE], NOTHING)) != sheet_hash(other)


OVER = HandOver("s1", "o2", tuple(build_sheet([ONE], NOTHING)), ("d1",), None, NOW)
TAKE = AcceptHandover("s1", "o2", "hash", False, ("d1", "d2"), {"d1": "một bộ"}, NOW)


def test_the_first_signature_moves_nothing() -> None:
    drafts = decide_handover(OVER, "o1")
    assert not isinstance(drafts, Refusal)
    assert [(draft.entity, draft.kind) for draft in drafts] == [("shift:s1", "shift_handed_over")]
    assert drafts[0].body["sha256"] == sheet_hash(OVER.sections)
    assert "note" not in drafts[0].body


def test_the_second_signature_moves_every_dossier_in_one_command() -> None:
    drafts = decide_handover(TAKE, "o2")
    assert not isinstance(drafts, Refusal)
    assert [(draft.entity, draft.kind) for draft in drafts] == [
        ("shift:s1", "shift_accepted"), ("d1", "assigned"), ("d2", "assigned"),
    ]  # fmt: skip
    assert drafts[1].body == {"to": "o2", "handover": "s1"}
    assert drafts[0].body["readback"] == {"d1": "một bộ"}


@pytest.mark.parametrize(
    ("command", "officer", "code"),
    [
        (OVER, "o2", "handover_to_self"),
        (TAKE, "o1", "handover_not_yours"),
        (TAKE, "o3", "handover_not_yours"),
        (replace(TAKE, accepted=True), "o2", "handover_accepted"),
    ],
)
def test_who_may_not_sign(command: HandOver | AcceptHandover, officer: str, code: str) -> None:
    answer = decide_handover(command, officer)
    assert isinstance(answer, Refusal) and answer.code == code


def test_an_auditor_signs_nothing_and_only_an_admin_adds_officers() -> None:
    life = Life()
    for command in (OVER, TAKE, AddOfficer("o9", "x", "Y", ("leader",), "00", NOW)):
        answer = decide_station(command, life.setting("auditor", officer="o2"))
        assert isinstance(answer, Refusal) and answer.code == "role_missing"
    assert not isinstance(decide_station(OVER, life.setting("front_desk")), Refusal)


@pytest.mark.parametrize(("roles", "code"), [((), "role_unknown"), (("general",), "role_unknown"), (("leader",), None)])
def test_an_officer_is_added_with_roles_that_there_are(roles: tuple[str, ...], code: str | None) -> None:
    answer = decide_station(AddOfficer("o9", "x", "Y", roles, "00", NOW), Life().setting("admin"))
    assert (answer.code if isinstance(answer, Refusal) else None) == code
