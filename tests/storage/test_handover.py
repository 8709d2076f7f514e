"""A shift changes hands by two signatures over the sheet of that very moment."""

from __future__ import annotations

from typing import Any

import pytest

from core.answers import Refusal
from storage.chains import first_breaks
from storage.desk import Desk, Done
from storage.handover import Sheet, accept, hand_over, sheet_now, sheet_of, waiting_for
from tests.conftest import Office, act, officer, take_in


def items(sheet: Sheet, name: str) -> list[Any]:
    return next(list(section["items"]) for section in sheet.sections if section["name"] == name)


def owner(desk: Desk, dossier: str) -> str:
    row = desk.row(dossier)
    assert row is not None
    return str(row["officer"])


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
    assert isinstance(accept(desk, khai, over, {shift[0]: "một hộ chiếu"}), Done)
    assert [owner(desk, one) for one in shift] == [khai.id] * 3 + [hoa.id]
    assert waiting_for(desk, khai) == []
    sheet = sheet_of(desk, over)
    assert sheet is not None
    assert [who for who, _ in sheet.signed] == [hoa.id, khai.id]
    assert len(items(sheet, "open")) == 1


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
    done = accept(desk, officer(desk, "khai"), over, {})
    assert isinstance(done, Done)
    assert [event.kind for event in done.events] == ["shift_accepted"]
    assert owner(desk, shift[0]) == "officer-lanh"


@pytest.mark.parametrize(
    ("who", "code"), [("hoa", "handover_not_yours"), ("lanh", "handover_not_yours"), ("tra", "role_missing")]
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
    assert isinstance(over, str) and isinstance(accept(desk, khai, over, {}), Done)
    twice, never = accept(desk, khai, over, {}), accept(desk, khai, "no-such", {})
    assert isinstance(twice, Refusal) and twice.code == "handover_accepted"
    assert isinstance(never, Refusal) and never.code == "handover_unknown"


def test_to_oneself_is_no_handover_and_an_auditor_has_none(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    self_given, by_auditor = hand_over(desk, hoa, hoa), hand_over(desk, officer(desk, "tra"), hoa)
    assert isinstance(self_given, Refusal) and self_given.code == "handover_to_self"
    assert isinstance(by_auditor, Refusal) and by_auditor.code == "role_missing"


def test_a_crash_between_the_signatures_leaves_it_waiting(office: Office, desk: Desk, shift: list[str]) -> None:
    over = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    pages = desk.connection.execute("PRAGMA page_count").fetchone()[0]
    assert isinstance(over, str) and pages

    def power_cut(_: int) -> None:
        raise KeyboardInterrupt

    desk.count_numbers = power_cut  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        accept(desk, officer(desk, "khai"), over, {})
    after = office.open()
    assert waiting_for(after, officer(after, "khai")) == [over]
    assert {owner(after, one) for one in shift} == {"officer-hoa"}
    assert first_breaks(after.connection, after.log) == []
    assert isinstance(accept(after, officer(after, "khai"), over, {}), Done)
    assert owner(after, shift[0]) == "officer-khai"
    after.close()
