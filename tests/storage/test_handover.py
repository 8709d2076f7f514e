"""A shift changes hands by two signatures over the sheet of that very moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.answers import Refusal
from core.handover import sheet_hash
from core.record import Draft
from core.shift import Shift
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.handover import (
    accept,
    answer_receiver,
    ask_sender,
    asked_of,
    count_drawer,
    given_by,
    hand_over,
    sheet_of,
    waiting_for,
)
from storage.sheet import Sheet, sheet_now
from storage.shift import open_shift, shift_of
from tests.conftest import NOW, act, officer, take_in
from tests.readback import restated


def items(sheet: Sheet, name: str) -> list[Any]:
    return sheet.items(name)


def owner(desk: Desk, dossier: str) -> str:
    row = desk.row(dossier)
    assert row is not None
    return str(row["officer"])


def gone(desk: Desk, who: str) -> None:
    """The officer has left the service."""
    draft = Draft(f"officer:{who}", "officer_changed", desk.now(), {"active": False})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([draft], officer(desk).id, epoch_ms(desk.now())))


@pytest.fixture
def shift(desk: Desk) -> list[str]:
    """Four dossiers of hoa: running, waiting, ready, and one that is over."""
    taken = [take_in(desk, f"Người {number}", by="hoa", fee_paid="20000") for number in range(4)]
    act(desk, taken[1], "supplement_requested", by="hoa", items=["CT01"])
    act(desk, taken[2], "result_ready", by="hoa")
    act(desk, taken[3], "withdrawn", by="hoa")
    act(desk, taken[0], "original_taken", by="hoa", paper="Hộ chiếu")
    return taken


def test_the_sheet_lists_what_the_officer_answers_for(desk: Desk, shift: list[str]) -> None:
    take_in(desk, "Của người khác", by="lanh")
    sheet = sheet_now(desk, officer(desk, "hoa"))
    found = {section["name"]: [item.get("id") for item in section["items"]] for section in sheet.sections}
    assert (found["open"], found["waiting"], found["ready"], found["held"]) == (
        [shift[0]],
        [shift[1]],
        [shift[2]],
        [shift[0]],
    )
    counts = {item["kind"]: item["count"] for item in items(sheet, "summary")}
    assert counts == {"received": 4, "supplement_requested": 1, "result_ready": 1}
    assert items(sheet, "fees") == [{"method": "cash", "amount": "80000"}]
    assert set(sheet.dossiers) == set(shift[:3])
    assert (sheet.id, sheet.signed) == (None, ())
    everybody = sheet_now(desk, None)
    assert len(items(everybody, "open")) == 2 and everybody.sender is None


def test_money_that_was_given_back_leaves_the_sum(desk: Desk, shift: list[str]) -> None:
    act(desk, shift[0], "payment_reversed", by="hoa", amount="20000", reason="thu trùng")
    assert items(sheet_now(desk, officer(desk, "hoa")), "fees") == [{"method": "cash", "amount": "60000"}]


def test_owners_change_with_the_second_signature_and_not_before(desk: Desk, shift: list[str]) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    over = hand_over(desk, hoa, khai, "hai hồ sơ gấp")
    assert isinstance(over, str)
    assert [owner(desk, one) for one in shift[:3]] == [hoa.id] * 3
    assert waiting_for(desk, khai) == [over] and waiting_for(desk, hoa) == []
    assert isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    assert [owner(desk, one) for one in shift] == [khai.id] * 3 + [hoa.id]
    assert waiting_for(desk, khai) == []
    sheet = sheet_of(desk, over)
    assert sheet is not None
    assert [who for who, _ in sheet.signed] == [hoa.id, khai.id]
    assert len(items(sheet, "open")) == 1


def test_a_signature_ends_the_shift_that_was_opened_in_its_second_and_no_later_one(
    desk: Desk, shift: list[str]
) -> None:
    hoa = officer(desk, "hoa")
    opened = open_shift(desk, hoa)
    given = hand_over(desk, hoa, officer(desk, "khai"))
    assert isinstance(opened, Shift) and isinstance(given, str)
    assert isinstance(accept(desk, officer(desk, "khai"), given, restated(desk, given)), Done)
    assert shift_of(desk, "officer-hoa") is None
    again = open_shift(desk, hoa)
    assert isinstance(again, Shift) and again.opened_at == opened.opened_at
    assert shift_of(desk, "officer-hoa") == again


def test_what_is_signed_stays_as_it_was(desk: Desk, shift: list[str]) -> None:
    over = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    assert isinstance(over, str)
    before = sheet_of(desk, over)
    act(desk, shift[0], "result_ready", by="hoa")
    assert sheet_of(desk, over) == before


def test_only_what_the_sender_still_owns_changes_hands(desk: Desk, shift: list[str]) -> None:
    over = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    act(desk, shift[0], "assigned", by="lanh", to="officer-lanh")
    act(desk, shift[1], "withdrawn", by="hoa")
    act(desk, shift[2], "result_returned", by="hoa")
    assert isinstance(over, str)
    done = accept(desk, officer(desk, "khai"), over, restated(desk, over))
    assert isinstance(done, Done)
    assert [event.kind for event in done.events] == ["shift_accepted", "money_counted"]
    assert owner(desk, shift[0]) == "officer-lanh"


@pytest.mark.parametrize(
    ("who", "code"), [("hoa", "handover_to_self"), ("lanh", "override_without_reason"), ("tra", "role_missing")]
)
def test_nobody_else_accepts(desk: Desk, shift: list[str], who: str, code: str) -> None:
    over = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    assert isinstance(over, str)
    refused = accept(desk, officer(desk, who), over, {})
    assert isinstance(refused, Refusal) and refused.code == code
    assert owner(desk, shift[0]) == "officer-hoa"


def test_nobody_accepts_twice_or_what_was_never_given(desk: Desk, shift: list[str]) -> None:
    khai = officer(desk, "khai")
    over = hand_over(desk, officer(desk, "hoa"), khai)
    assert isinstance(over, str)
    assert isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    twice, never = accept(desk, khai, over, {}), accept(desk, khai, "no-such", {})
    assert isinstance(twice, Refusal) and twice.code == "handover_accepted"
    assert isinstance(never, Refusal) and never.code == "handover_unknown"


def test_to_oneself_is_no_handover_and_an_auditor_has_none(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    self_given, by_auditor = hand_over(desk, hoa, hoa), hand_over(desk, officer(desk, "tra"), hoa)
    assert isinstance(self_given, Refusal) and self_given.code == "handover_to_self"
    assert isinstance(by_auditor, Refusal) and by_auditor.code == "role_missing"


def test_nobody_hands_over_to_whom_may_not_take_it(desk: Desk, shift: list[str]) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    gone(desk, khai.id)
    left = desk.officers.get(khai.id)
    assert left is not None
    for receiver in (officer(desk, "tra"), left):
        refused = hand_over(desk, hoa, receiver)
        assert isinstance(refused, Refusal) and refused.code == "receiver_may_not"


def test_a_newer_signature_of_the_sender_replaces_the_sheet_that_nobody_took_over(desk: Desk, shift: list[str]) -> None:
    hoa, khai, lanh = (officer(desk, code) for code in ("hoa", "khai", "lanh"))
    first = hand_over(desk, hoa, khai)
    assert isinstance(first, str) and given_by(desk, hoa) == first
    desk.now = lambda: NOW + timedelta(minutes=5)
    second = hand_over(desk, hoa, lanh)
    assert isinstance(second, str) and given_by(desk, hoa) == second
    assert waiting_for(desk, khai) == [] and waiting_for(desk, lanh) == [second]
    refused = accept(desk, khai, first, restated(desk, first))
    assert isinstance(refused, Refusal) and refused.code == "handover_replaced"
    assert isinstance(accept(desk, lanh, second, restated(desk, second)), Done)
    assert given_by(desk, hoa) is None and owner(desk, shift[0]) == lanh.id


@pytest.mark.parametrize(("hour", "counts"), [(11, False), (16, True), (19, True)])
def test_at_the_days_end_the_sender_counts_before_signing(
    desk: Desk, shift: list[str], hour: int, counts: bool
) -> None:
    hoa, khai, lanh = (officer(desk, code) for code in ("hoa", "khai", "lanh"))
    desk.now = lambda: NOW.replace(hour=hour)
    over = hand_over(desk, hoa, khai)
    if not counts:
        assert isinstance(over, str)
        return
    assert isinstance(over, Refusal) and over.code == "drawer_uncounted"
    assert isinstance(hand_over(desk, lanh, khai, sender=hoa, reason="đi viện"), str)
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "80.000"}), Done)
    assert isinstance(hand_over(desk, hoa, khai), str)


def test_what_was_closed_between_the_signatures_is_not_restated(desk: Desk, shift: list[str]) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    late = take_in(desk, at=NOW - timedelta(days=20))
    act(desk, late, "assigned", to=hoa.id)
    over = hand_over(desk, hoa, khai)
    assert isinstance(over, str)
    said = {item: words for item, words in restated(desk, over).items() if item != late}
    refused = accept(desk, khai, over, said)
    assert isinstance(refused, Refusal) and refused.code == "readback_missing"
    act(desk, late, "withdrawn", by="hoa")
    assert isinstance(accept(desk, khai, over, said), Done)
    assert (owner(desk, late), owner(desk, shift[0])) == (hoa.id, khai.id)


def test_no_half_acceptance_where_something_was_not_read_back(desk: Desk, shift: list[str]) -> None:
    khai = officer(desk, "khai")
    over = hand_over(desk, officer(desk, "hoa"), khai)
    assert isinstance(over, str)
    heads = desk.log.heads()
    right = restated(desk, over)
    for item in right:
        refused = accept(desk, khai, over, {name: said for name, said in right.items() if name != item})
        assert isinstance(refused, Refusal) and refused.params["item"] == item
    assert desk.log.heads() == heads and owner(desk, shift[0]) == "officer-hoa"
    assert isinstance(accept(desk, khai, over, right), Done)


def test_a_question_goes_to_the_senders_list_and_its_dossier_stays_there_until_it_is_answered(
    desk: Desk, shift: list[str]
) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    over = hand_over(desk, hoa, khai)
    assert isinstance(over, str)
    row = desk.row(shift[1])
    assert row is not None
    for item in (shift[0], str(row["receipt_number"])):
        assert isinstance(ask_sender(desk, khai, over, item, "bản chính để đâu?"), Done)
    assert asked_of(desk, hoa) == [over] and asked_of(desk, khai) == []
    assert isinstance(answer_receiver(desk, hoa, over, shift[0], "ngăn 3"), Done)
    assert isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    assert [owner(desk, one) for one in shift[:3]] == [khai.id, hoa.id, khai.id]


def test_what_was_asked_and_never_answered_stays_on_the_senders_list_until_he_hands_over_again(
    desk: Desk, shift: list[str]
) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    over = hand_over(desk, hoa, khai)
    assert isinstance(over, str)
    assert isinstance(ask_sender(desk, khai, over, shift[0], "bản chính để đâu?"), Done)
    assert isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    assert asked_of(desk, hoa) == [over] and owner(desk, shift[0]) == hoa.id
    desk.now = lambda: NOW + timedelta(hours=1)
    assert isinstance(hand_over(desk, hoa, khai), str)
    assert asked_of(desk, hoa) == []


def test_who_carries_nothing_hands_over_an_empty_sheet(desk: Desk) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    over = hand_over(desk, hoa, khai)
    assert isinstance(over, str)
    done = accept(desk, khai, over, {})
    assert isinstance(done, Done) and [event.kind for event in done.events] == ["shift_accepted"]


def test_a_leader_takes_over_from_and_for_who_is_gone(desk: Desk, shift: list[str]) -> None:
    hoa, khai, lanh = (officer(desk, code) for code in ("hoa", "khai", "lanh"))
    refused = hand_over(desk, lanh, khai, sender=hoa)
    assert isinstance(refused, Refusal) and refused.code == "override_without_reason"
    over = hand_over(desk, lanh, khai, sender=hoa, reason="đi viện")
    assert isinstance(over, str)
    done = accept(desk, lanh, over, restated(desk, over), reason="không đến")
    assert isinstance(done, Done)
    assert owner(desk, shift[0]) == lanh.id
    sheet = sheet_of(desk, over)
    assert sheet is not None
    assert (sheet.sender, sheet.receiver, sheet.overridden) == (hoa.id, lanh.id, ("đi viện", "không đến"))
    assert [who for who, _ in sheet.signed] == [lanh.id, lanh.id]


def test_the_drawer_is_counted_at_the_days_end_and_a_difference_needs_its_reason(desk: Desk, shift: list[str]) -> None:
    hoa = officer(desk, "hoa")
    for said, code in (({}, "readback_missing"), ({"money:cash": "75.000"}, "count_differs")):
        refused = count_drawer(desk, hoa, said)
        assert isinstance(refused, Refusal) and refused.code == code
    done = count_drawer(desk, hoa, {"money:cash": "75.000", "reason": "thối nhầm"})
    assert isinstance(done, Done)
    assert done.events[0].body == {
        "counted": {"money:cash": "75000"}, "expected": {"money:cash": "80000"}, "reason": "thối nhầm",
    }  # fmt: skip
    nothing = count_drawer(desk, officer(desk, "khai"), {"money:cash": "0"})
    assert isinstance(nothing, Refusal) and nothing.code == "nothing_to_count"


def test_the_next_sheet_says_what_came_and_went(desk: Desk, shift: list[str]) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    over = hand_over(desk, hoa, khai)
    assert items(sheet_now(desk, khai), "changed") == []
    assert isinstance(over, str) and isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    act(desk, shift[0], "result_ready", by="khai")
    act(desk, shift[2], "result_returned", by="hoa")
    changes = {
        one["section"]: (one["now"], one["added"], one["gone"]) for one in items(sheet_now(desk, khai), "changed")
    }
    assert changes == {"ready": (1, 1, 1), "waiting": (1, 0, 0), "held": (1, 0, 0)}


def test_a_sheet_that_was_signed_before_there_was_a_read_back_is_accepted_as_it_is(
    desk: Desk, shift: list[str]
) -> None:
    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    sections = [{"name": "open", "items": [{"id": shift[0], "receipt_number": None, "next_action": "finish"}]}]
    body = {
        "sender": hoa.id, "receiver": khai.id, "sheet": {"sections": sections, "dossiers": [shift[0]]},
        "sha256": sheet_hash(sections), "signed_at": "2026-05-21T09:00:00+07:00", "note": "lời dặn",
    }  # fmt: skip
    draft = Draft("shift:old", "shift_handed_over", desk.now(), body)
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([draft], hoa.id, epoch_ms(desk.now())))
    assert isinstance(accept(desk, khai, "old", {}), Done)
    assert owner(desk, shift[0]) == khai.id
