"""From where on a sheet counts what happened, and what lies in the drawer, over openings, closings and handovers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.answers import Refusal
from core.moments import legal_day
from core.shift import HANDED_OVER, Shift
from core.station import AmendLaw
from storage.blanks import take_blanks
from storage.desk import Desk, Done
from storage.handover import accept, count_drawer, drawer_of, hand_over
from storage.sheet import sheet_now
from storage.shift import close_shift, open_at_sign_in, open_shift, shift, shift_of
from tests.conftest import NOW, act, officer, take_in
from tests.readback import restated

Clock = Callable[[datetime], None]


@pytest.fixture
def clock(desk: Desk) -> Clock:
    """Sets the desk's clock."""

    def at(moment: datetime) -> None:
        desk.now = lambda: moment

    return at


def received(desk: Desk, who: str = "hoa") -> int:
    items = sheet_now(desk, officer(desk, who)).items("summary")
    return sum(item["count"] for item in items if item["kind"] == "received")


def since(desk: Desk, who: str = "hoa") -> set[str]:
    return {item["since"] for item in sheet_now(desk, officer(desk, who)).items("summary")}


def cash(desk: Desk, who: str = "hoa") -> int:
    items = sheet_now(desk, officer(desk, who)).items("fees")
    found = sum(int(item["amount"]) for item in items if item["method"] == "cash")
    counted = {ask.item: int(ask.expected) for ask in drawer_of(desk, officer(desk, who))}
    assert counted.get("money:cash", 0) == found, "what is counted is what the sheet says"
    return found


def paid(desk: Desk, who: str = "hoa") -> str:
    return take_in(desk, by=who, at=desk.now(), fee_paid="20000")


def handed_on(desk: Desk, sender: str, receiver: str) -> str:
    over = hand_over(desk, officer(desk, sender), officer(desk, receiver))
    assert isinstance(over, str), over
    done = accept(desk, officer(desk, receiver), over, restated(desk, over))
    assert isinstance(done, Done), done
    return over


def test_without_a_shift_the_day_counts_and_with_one_what_happened_since_it_was_opened(
    desk: Desk, clock: Clock
) -> None:
    paid(desk)
    assert (received(desk), since(desk)) == (1, {"2026-05-21T00:00:00+07:00"})
    clock(NOW + timedelta(hours=1))
    assert isinstance(open_shift(desk, officer(desk, "hoa")), Shift)
    assert received(desk) == 0
    clock(NOW + timedelta(hours=1, minutes=5))
    paid(desk)
    assert (received(desk), since(desk)) == (1, {"2026-05-21T10:00:00+07:00"})
    assert cash(desk) == 40000, "what was taken before the opening still lies there"


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_shift_over_midnight_counts_from_where_it_was_opened(desk: Desk, clock: Clock, by_hand: bool) -> None:
    evening, hoa = NOW.replace(hour=20), officer(desk, "hoa")
    clock(evening - timedelta(hours=1))
    paid(desk)
    clock(evening)
    plan = (evening, evening + timedelta(hours=10)) if by_hand else (None, None)
    assert isinstance(open_shift(desk, hoa, *plan), Shift)
    clock(evening + timedelta(hours=3))
    paid(desk)
    clock(evening + timedelta(hours=5))
    paid(desk)
    assert (received(desk), cash(desk)) == (2, 40000)
    again = open_shift(desk, hoa)
    assert isinstance(again, Refusal) and again.code == "shift_open_already"
    clock(evening + timedelta(days=1, hours=5))
    assert received(desk) == 0, "a shift that nobody closed does not count for days"


def test_a_handover_ends_the_senders_shift_and_empties_his_drawer_into_the_receivers(desk: Desk, clock: Clock) -> None:
    hoa = officer(desk, "hoa")
    opened = open_shift(desk, hoa)
    assert isinstance(opened, Shift)
    paid(desk)
    clock(NOW + timedelta(hours=2))
    over = hand_over(desk, hoa, officer(desk, "khai"))
    assert isinstance(over, str) and shift_of(desk, hoa.id) is not None, "until somebody has accepted it"
    clock(NOW + timedelta(hours=2, minutes=1))
    late = paid(desk)
    assert (received(desk), cash(desk)) == (2, 40000)
    clock(NOW + timedelta(hours=2, minutes=9))
    assert isinstance(accept(desk, officer(desk, "khai"), over, restated(desk, over)), Done)
    ended = shift(desk, opened.id)
    assert ended is not None and (ended.closed_at, ended.reason) == (NOW + timedelta(hours=2), HANDED_OVER)
    assert shift_of(desk, hoa.id) is None
    assert (received(desk), cash(desk)) == (1, 20000), "what came after the signature was not on the sheet"
    assert cash(desk, "khai") == 20000, "as it was on the sheet and counted"
    act(desk, late, "payment_received", by="khai", at=desk.now(), amount="5000", method="cash")
    clock(NOW + timedelta(hours=3))
    handed_on(desk, "khai", "lanh")
    assert (cash(desk, "khai"), cash(desk, "lanh")) == (0, 25000)


def test_a_shift_is_not_closed_over_a_drawer_that_nobody_has_counted(desk: Desk, clock: Clock) -> None:
    hoa = officer(desk, "hoa")
    first = open_shift(desk, hoa)
    assert isinstance(first, Shift)
    dossier = paid(desk)
    refused = close_shift(desk, hoa, first.id)
    assert isinstance(refused, Refusal) and refused.code == "drawer_uncounted"
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "20000"}), Done)
    act(desk, dossier, "payment_received", by="hoa", amount="5000", method="cash")
    refused = close_shift(desk, hoa, first.id)
    assert isinstance(refused, Refusal), "a count from before the last payment is none"
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "24000", "reason": "thiếu 1.000"}), Done)
    clock(NOW + timedelta(minutes=1))
    assert isinstance(close_shift(desk, hoa, first.id), Done)
    clock(NOW + timedelta(hours=4))
    second = open_shift(desk, hoa)
    assert isinstance(second, Shift) and cash(desk) == 0
    assert isinstance(close_shift(desk, hoa, second.id), Done), "an empty drawer needs no count"


def test_money_that_was_taken_over_in_the_evening_is_still_there_in_the_morning(desk: Desk, clock: Clock) -> None:
    paid(desk)
    clock(NOW.replace(hour=11))
    handed_on(desk, "hoa", "khai")
    clock(NOW + timedelta(days=4))
    assert cash(desk, "khai") == 20000
    act(desk, take_in(desk, at=NOW), "payment_received", by="khai", at=desk.now(), amount="5000", method="cash")
    handed_on(desk, "khai", "lanh")
    assert (cash(desk, "khai"), cash(desk, "lanh")) == (0, 25000)


def test_what_nobody_has_counted_stays_in_the_drawer_over_night(desk: Desk, clock: Clock) -> None:
    hoa = officer(desk, "hoa")
    paid(desk)
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "20000"}), Done)
    assert cash(desk) == 20000, "until the day's end"
    clock(NOW + timedelta(hours=8))
    paid(desk)
    clock(NOW + timedelta(days=1))
    assert cash(desk) == 20000, "what was counted yesterday is away, what came after it is not"
    paid(desk)
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "40000"}), Done)
    clock(NOW + timedelta(days=2))
    assert cash(desk) == 0


def test_a_handover_that_is_accepted_after_midnight_takes_the_evenings_money_along(desk: Desk, clock: Clock) -> None:
    late, hoa, khai = NOW.replace(hour=23, minute=50), officer(desk, "hoa"), officer(desk, "khai")
    clock(late)
    dossier = paid(desk)
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "20000"}), Done)
    over = hand_over(desk, hoa, khai)
    assert isinstance(over, str)
    clock(late + timedelta(minutes=20))
    assert isinstance(accept(desk, khai, over, restated(desk, over)), Done)
    row = desk.row(dossier)
    assert row is not None and row["officer"] == khai.id
    assert (cash(desk), cash(desk, "khai"), received(desk)) == (0, 20000, 0)


def test_a_count_in_a_shift_over_midnight_takes_nothing_out_of_it(desk: Desk, clock: Clock) -> None:
    evening, hoa = NOW.replace(hour=20), officer(desk, "hoa")
    clock(evening)
    assert isinstance(open_shift(desk, hoa, evening, evening + timedelta(hours=10)), Shift)
    paid(desk)
    clock(evening + timedelta(hours=3))
    assert isinstance(count_drawer(desk, hoa, {"money:cash": "20000"}), Done)
    clock(evening + timedelta(hours=6))
    assert cash(desk) == 20000


def test_stamped_forms_are_counted_too_and_a_leader_closes_for_who_has_gone(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    assert isinstance(take_blanks(desk, hoa, [legal_day(NOW)], 3), list)
    opened = open_shift(desk, hoa)
    assert isinstance(opened, Shift)
    refused = close_shift(desk, hoa, opened.id)
    assert isinstance(refused, Refusal) and refused.code == "drawer_uncounted"
    assert isinstance(close_shift(desk, officer(desk, "lanh"), opened.id, "về sớm"), Done)


def test_a_sign_in_after_midnight_opens_no_second_shift(desk: Desk, clock: Clock) -> None:
    row = {
        "name": "shift_at_sign_in", "value": "on", "unit": desk.identity.unit, "valid_from": "2026-01-01",
        "basis": "QĐ 1", "verified": True,
    }  # fmt: skip
    key = f"{desk.identity.unit}/shift_at_sign_in/2026-01-01"
    rows = {"calendar": [{"table": "policy", "key": key, "row": row}]}
    desk.do(AmendLaw(rows, (), (), {"source": "x", "decision": "QĐ 1"}, NOW), officer(desk))
    hoa, evening = officer(desk, "hoa"), NOW.replace(hour=20)
    clock(evening)
    assert isinstance(open_shift(desk, hoa, evening, evening + timedelta(hours=10)), Shift)
    clock(evening + timedelta(hours=5))
    assert open_at_sign_in(desk, hoa) is None
    clock(evening + timedelta(days=1))
    assert isinstance(open_at_sign_in(desk, hoa), Shift)
