"""The sheet that the program makes: where a dossier stands, what is done next, what changed, what if."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.forecast import Foreseen
from core.queue import Urgency, Worklist
from core.record import canonical
from core.sheet import SECTIONS, Carried, LastSheet, ShiftFacts, build_sheet, ids_by_section

TODAY = date(2026, 5, 21)
DUE = "2026-05-21T17:00:00+07:00"
ONE = Carried(
    id="d1",
    receipt_number="H30-001-260521-0001",
    applicant_name="Đặng Thị Đào",
    procedure="permanent-residence",
    state="received",
    urgency=Urgency.NORMAL,
    owner="hoa",
    due_at=DUE,
)
NOTHING = ShiftFacts()
_BESIDE = {"contingencies"}


def sheet(*carried: Carried, facts: ShiftFacts = NOTHING, before: LastSheet | None = None) -> dict[str, list[Any]]:
    return {one["name"]: one["items"] for one in build_sheet(carried, facts, TODAY, before)}


def places(dossier: Carried) -> list[str]:
    return [name for name, items in sheet(dossier).items() if items and name not in _BESIDE]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["open"]),
        ({"urgency": Urgency.SOON}, ["open"]),
        ({"urgency": Urgency.SOON, "by_hour": True}, ["open"]),
        ({"urgency": Urgency.APOLOGY_OWED}, ["apology_owed"]),
        ({"urgency": Urgency.APOLOGY_OWED, "worklists": (Worklist.TO_SIGN,)}, ["apology_owed", "to_sign"]),
        ({"urgency": Urgency.TODAY, "worklists": (Worklist.APOLOGISE_NOW,)}, ["today", "apologise_now"]),
        ({"urgency": Urgency.TODAY, "by_hour": True}, ["today", "promised"]),
        ({"urgency": Urgency.NEXT_DAY, "by_hour": True}, ["next_day", "promised"]),
        ({"urgency": Urgency.PAUSED, "state": "suspended", "worklists": (Worklist.STOP,), "answer_near": True},
         ["stop_proposed", "waiting"]),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement", "worklists": (Worklist.REMIND,)},
         ["remind", "waiting"]),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement", "answer_near": True}, ["near_limit", "waiting"]),
        ({"urgency": Urgency.OVERDUE}, ["overdue"]),
        ({"urgency": Urgency.TODAY}, ["today"]),
        ({"urgency": Urgency.NEXT_DAY}, ["next_day"]),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement"}, ["waiting"]),
        ({"urgency": Urgency.DONE, "state": "result_ready"}, ["ready"]),
        ({"urgency": Urgency.DONE, "state": "result_ready", "by_post": True}, ["to_post"]),
        ({"urgency": Urgency.DONE, "state": "result_ready", "by_post": True, "at_post": True}, ["post"]),
        ({"urgency": Urgency.DONE, "state": "returned", "originals": 1}, ["held"]),
        ({"urgency": Urgency.TODAY, "originals": 2, "unprinted": 1, "here_only": True, "in_conflict": True},
         ["today", "conflicts", "held", "unprinted", "unsynced"]),
        ({"due_at": None}, ["undated"]),
        ({"due_at": None, "waits_for": "payment_received"}, ["undated"]),
        ({"waits_for": "verification_completed"}, ["open"]),
        ({"before_receipt": True, "state": "submitted", "due_at": None}, ["undated"]),
        ({"before_receipt": True, "state": "guided", "due_at": None, "urgency": Urgency.DONE}, []),
    ],
)  # fmt: skip
def test_where_a_dossier_stands_on_the_sheet(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(replace(ONE, **changes)) == expected


@pytest.mark.parametrize(
    ("changes", "section", "action", "check"),
    [
        ({}, "open", "finish", DUE),
        ({"urgency": Urgency.TODAY}, "today", "finish", DUE),
        ({"urgency": Urgency.TODAY, "waits_for": "verification_completed"}, "today", "verify", DUE),
        ({"due_at": None, "waits_for": "payment_received"}, "undated", "collect_fee", "2026-05-21"),
        ({"due_at": None, "waits_for": "payment_received", "procedure": "seized-item-return"},
         "open", "await_fine", None),
        ({"due_at": None}, "undated", "tell_leader", "2026-05-21"),
        ({"before_receipt": True, "state": "submitted", "due_at": None},
         "undated", "answer_submission", "2026-05-21"),
        ({"urgency": Urgency.APOLOGY_OWED}, "apology_owed", "apologise", "2026-05-21"),
        ({"urgency": Urgency.APOLOGY_OWED, "awaits_letter": True}, "apology_owed", "issue_apology", "2026-05-21"),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_payment"}, "waiting", "await_payment", None),
        ({"urgency": Urgency.PAUSED, "state": "awaiting_supplement", "answer_by": "2026-06-20"},
         "waiting", "await_supplement", "2026-06-20"),
        ({"urgency": Urgency.PAUSED, "state": "suspended"}, "waiting", "resume", None),
        ({"urgency": Urgency.DONE, "state": "result_ready", "collect_on": "2026-06-05"},
         "ready", "return_result", "2026-06-05"),
        ({"urgency": Urgency.DONE, "state": "result_ready", "by_post": True}, "to_post", "hand_to_post", None),
        ({"urgency": Urgency.DONE, "state": "result_ready", "at_post": True, "due_at": None},
         "post", "track_post", None),
        ({"originals": 1, "custody_check": "2026-07-01"}, "held", "keep", "2026-07-01"),
        ({"in_conflict": True}, "conflicts", "resolve", "2026-05-21"),
    ],
)  # fmt: skip
def test_what_the_next_officer_does_first_and_when_somebody_looks_again(
    changes: dict[str, Any], section: str, action: str, check: str | None
) -> None:
    (item,) = sheet(replace(ONE, **changes))[section]
    assert (item["next_action"], item["next_check"], item["owner"]) == (action, check, "hoa")


def test_the_sections_stand_in_their_order_with_what_the_program_knows() -> None:
    facts = ShiftFacts(
        counts={"received": 3, "guided": 1},
        fees={"cash": Decimal("60000")},
        pending_events=5,
        degraded=[{"part": "network", "code": "hub_unreachable", "count": 1, "since": None}],
        notes=["chìa khóa tủ ở bàn trực"],
    )
    built = build_sheet([], facts, TODAY)
    assert [section["name"] for section in built] == [name for name in SECTIONS if name != "readback"]
    found = {section["name"]: section["items"] for section in built}
    assert found["summary"] == [{"kind": "guided", "count": 1}, {"kind": "received", "count": 3}]
    assert found["fees"] == [{"method": "cash", "amount": "60000"}]
    assert found["unsynced"] == [{"events": 5}]
    assert found["notes"] == [{"text": "chìa khóa tủ ở bàn trực"}]
    assert found["contingencies"] == [{"if": "no_network", "count": 1}]
    assert canonical(built)


def test_what_changed_since_the_last_handover_is_counted_both_ways() -> None:
    ready = replace(ONE, urgency=Urgency.DONE, state="result_ready")
    before = LastSheet("2026-05-20T17:00:00+07:00", ids_by_section(build_sheet([ready], NOTHING, TODAY)))
    now = sheet(replace(ready, id="d2"), replace(ready, id="d3"), replace(ONE, originals=1), before=before)
    changes = {one["section"]: (one["now"], one["added"], one["gone"]) for one in now["changed"]}
    assert changes == {"ready": (2, 2, 1), "held": (1, 1, 0)}
    assert sheet(ready)["changed"] == []


def test_contingencies_are_few_and_come_from_what_is_on_the_sheet() -> None:
    def codes(*carried: Carried, **facts: Any) -> list[str]:
        return [one["if"] for one in sheet(*carried, facts=ShiftFacts(**facts))["contingencies"]]

    printer = {"degraded": [{"part": "printer", "code": "not_sent", "count": 1, "since": None}]}
    blanks = {"forms": [{"day": "2026-05-21", "desk": 1, "open": "480–489", "left": 10, "used": 0, "voided": 0}]}
    today = replace(ONE, urgency=Urgency.TODAY, by_hour=True)
    assert codes(ONE) == []
    assert codes(today) == ["not_ready_today", "promise_slips"]
    assert codes(**printer) == ["no_printer_no_blanks"]
    assert codes(**printer, **blanks) == ["no_printer"]
    breaks = Foreseen(date(2026, 5, 26), Fraction(3), (ONE.id,))
    assert codes(ONE, foreseen=breaks) == ["still_foreseen"]
    assert codes(replace(today, originals=1), foreseen=breaks)[:3] == [
        "not_ready_today", "promise_slips", "still_foreseen",
    ]  # fmt: skip
    waiting = replace(ONE, urgency=Urgency.PAUSED, state="awaiting_supplement", answer_near=True, originals=1)
    ready = replace(ONE, urgency=Urgency.DONE, state="result_ready")
    assert len(codes(today, waiting, ready, **printer, **blanks)) == 5


def test_the_summary_says_since_when_it_counts() -> None:
    since = "2026-05-20T20:00:00+07:00"
    found = sheet(facts=ShiftFacts(counts={"received": 2}, since=since))["summary"]
    assert found == [{"kind": "received", "count": 2, "since": since}]


def test_nobody_is_told_to_look_again_on_a_day_that_has_passed() -> None:
    ready = replace(ONE, urgency=Urgency.DONE, state="result_ready", due_at="2026-05-04T17:00:00+07:00")
    for where, changes in (("ready", {"collect_on": "2026-05-20"}), ("post", {"at_post": True})):
        assert [one["next_check"] for one in sheet(replace(ready, **changes))[where]] == [TODAY.isoformat()]
    (held,) = sheet(replace(ready, originals=1, custody_check="2026-05-01", collect_on="2026-06-01"))["held"]
    assert held["next_check"] == TODAY.isoformat()


def test_the_earliest_promise_and_the_earliest_look_at_papers_stand_first() -> None:
    hours = [
        replace(ONE, id=f"d{n}", urgency=Urgency.TODAY, by_hour=True, due_at=f"2026-05-21T{n}:00") for n in (16, 10)
    ]
    assert [one["id"] for one in sheet(*hours)["promised"]] == ["d10", "d16"]
    papers = [replace(ONE, id=f"p{day}", originals=1, custody_check=day) for day in (None, "2026-07-01", "2026-06-01")]
    assert [one["id"] for one in sheet(*papers)["held"]] == ["p2026-06-01", "p2026-07-01", "pNone"]


def test_what_the_forecast_breaks_is_told_the_leader_and_looked_at_that_morning() -> None:
    carried = [replace(ONE, id=f"d{place}", due_at=DUE) for place in range(12)]
    found = Foreseen(date(2026, 5, 26), Fraction(13, 2), tuple(one.id for one in carried))
    items = sheet(*carried, facts=ShiftFacts(foreseen=found))["foreseen"]
    # no more than somebody reads
    assert [item["id"] for item in items] == [f"d{place}" for place in range(2, 12)]
    told = {(item["next_action"], item["next_check"], item["short_minutes"], item["owner"]) for item in items}
    assert told == {("tell_leader", "2026-05-26", 390, "hoa")}
    assert canonical(dict(items[0]))
