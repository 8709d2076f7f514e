"""The regime for lateness at two desks that did not see each other, and a storm's many in one transaction."""

from __future__ import annotations

import pytest

from core.answers import InvalidInput
from core.queue import Urgency, Worklist
from core.record import Event
from storage.desk import Desk, Done
from storage.lawbook.reasons import reasons_of
from storage.queries import QueueFilter
from storage.regime import Meant, carry_out, count_duties, foresee
from tests.conftest import NOW, officer
from tests.conftest import act as act_at
from tests.conftest import take_in as take_in_at
from tests.storage.sync_desks import Station, act, dump, take_in

SIGNED = {"code": "storm_flood", "days": 3}


def owed(desk: Desk, dossier: str) -> tuple[Urgency, bool]:
    row = desk.row(dossier)
    assert row is not None
    to_sign = desk.queries.after(None, desk.bounds(), 5, QueueFilter(worklist=Worklist.TO_SIGN))
    return row.urgency, bool(to_sign)


@pytest.mark.parametrize("first", [0, 1])
def test_a_proposal_and_a_signature_that_met_late_leave_nothing_to_sign(station: Station, first: int) -> None:
    signing, proposing, third = station.desks
    dossier = take_in(signing)
    station.sync(0, 1)
    acts = [(signing, "rescheduled", SIGNED), (proposing, "apology_proposed", SIGNED)]
    for desk, kind, fields in acts if first == 0 else reversed(acts):
        assert isinstance(act(desk, dossier, kind, **fields), Done)
    assert owed(proposing, dossier) == (Urgency.NORMAL, True)
    station.sync(0, 1, 0, 2)
    assert owed(signing, dossier) == owed(proposing, dossier) == (Urgency.APOLOGY_OWED, False)
    assert dump(signing) == dump(proposing) == dump(third)
    folded = third.dossier(dossier)
    assert folded is not None and folded.conflicts == () and set(folded.marks.values()) == set()
    assert isinstance(act(proposing, dossier, "letter_issued", letter="apology", confirmed=True), Done)
    station.sync(1, 0)
    assert owed(signing, dossier)[0] is not Urgency.APOLOGY_OWED


def test_two_leaders_who_signed_apart_are_a_conflict_that_a_person_decides(station: Station) -> None:
    one, other, _ = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    act(one, dossier, "rescheduled", code="overload", days=2)
    act(other, dossier, "rescheduled", code="overload", days=5)
    station.sync(0, 1, 0)
    for desk in (one, other):
        row = desk.row(dossier)
        assert row is not None and row["in_conflict"] and row.urgency is Urgency.APOLOGY_OWED
    assert dump(one) == dump(other)


def test_what_became_impossible_since_it_was_seen_stops_none_of_the_others(desk: Desk) -> None:
    lead = officer(desk, "lanh")
    dossiers = [take_in_at(desk, f"Người {number}") for number in range(4)]
    seen = foresee(desk, lead, dossiers, Meant(sign=True, code="storm_flood", days=2))
    assert [one.refused for one in seen] == [None] * 4
    act_at(desk, dossiers[1], "withdrawn")
    answers = carry_out(desk, lead, seen)
    assert [isinstance(one, Done) for one in answers] == [True, False, True, True]
    assert count_duties(desk.queries, desk.bounds())["apology_owed"] == 3


def test_an_officer_puts_many_before_the_leader_who_signs_each_as_proposed(desk: Desk) -> None:
    dossiers = [take_in_at(desk, f"Người {number}") for number in range(3)]
    for days, dossier in enumerate(dossiers, 1):
        asked = Meant(sign=False, code="overload", days=days, words=f"đợt {days}")
        carry_out(desk, officer(desk, "hoa"), foresee(desk, officer(desk, "hoa"), [dossier], asked))
    assert count_duties(desk.queries, desk.bounds())["to_sign"] == 3
    lead = officer(desk, "lanh")
    answers = carry_out(desk, lead, foresee(desk, lead, dossiers, Meant(sign=True)))
    events: list[Event] = [answer.events[0] for answer in answers if isinstance(answer, Done)]
    assert [(event.body["days"], event.body["reason"][-5:]) for event in events] == [
        (1, "đợt 1"),
        (2, "đợt 2"),
        (3, "đợt 3"),
    ]
    duties = count_duties(desk.queries, desk.bounds())
    assert (duties["to_sign"], duties["apology_owed"]) == (0, 3)


def test_many_are_signed_and_so_printed_by_receipt_number_however_they_were_chosen(desk: Desk) -> None:
    dossiers = [take_in_at(desk, f"Người {number}") for number in range(6)]
    mixed = [dossiers[place] for place in (3, 0, 5, 2, 4, 1)]
    seen = foresee(desk, officer(desk, "lanh"), mixed, Meant(sign=True, code="storm_flood", days=2))
    numbers = [one.row["receipt_number"] for one in seen if one.row is not None]
    assert len(numbers) == 6 and numbers == sorted(numbers)


def test_an_officer_may_not_sign(desk: Desk) -> None:
    dossier = take_in_at(desk, at=NOW)
    (seen,) = foresee(desk, officer(desk, "hoa"), [dossier], Meant(sign=True, code="overload", days=1))
    assert seen.refused is not None and seen.refused.code == "role_missing"
    assert seen.after is None and seen.before is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"use": "because"}, "use"),
        ({"title_en": ""}, "title_en"),
        ({"valid_to": "1990-01-01"}, "valid_to"),
        ({"verified": True, "basis": None}, "basis"),
        ({"unverified_reason_vi": None}, "unverified_reason_vi"),
        ({"weight": "3"}, "weight"),
    ],
)
def test_a_reason_with_a_fault_is_named_with_its_field(changes: dict[str, object], field: str) -> None:
    row = {
        "use": "reschedule", "code": "flood", "title_vi": "Lũ", "title_en": "Flood", "valid_from": "1997-01-01",
        "verified": False, "unverified_reason_vi": "Chưa rõ", "unverified_reason_en": "Unknown", "basis": None,
    }  # fmt: skip
    assert reasons_of({"reason": [row]})[0].code == "flood"
    with pytest.raises(InvalidInput) as wrong:
        reasons_of({"reason": [row, row | changes]})
    assert "reason 2" in wrong.value.params["where"]
    assert field in " ".join(wrong.value.params.values())
