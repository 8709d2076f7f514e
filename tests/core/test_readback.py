"""What is read back of a sheet, and that neither silence nor one repeated key passes for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import Refusal
from core.queue import Urgency
from core.readback import (
    CHOICES,
    Ask,
    action_of,
    asks,
    choices,
    counted,
    most_one_by_one,
    read_amount,
    read_asks,
    readback_items,
    restates,
    unread,
)
from core.sheet import ACTIONS, Carried, ShiftFacts, build_sheet
from tests.core.lives import LAW
from tests.core.test_sheet import ONE, TODAY

WORDS = {
    "finish": ("giải quyết xong", "finish it"),
    "apologise": ("xin lỗi và hẹn lại",),
    "apologise_if_late": ("xin lỗi nếu không kịp",),
    "await_supplement": ("chờ dân bổ sung",),
    "await_payment": ("chờ nộp phí",),
}
LEFT = [{"day": "2026-05-21", "desk": 1, "open": "480–489", "left": 10, "used": 0, "voided": 0}]


def asked(*carried: Carried, most: int = 10, **facts: Any) -> list[Ask]:
    sections = build_sheet(carried, ShiftFacts(**facts), TODAY)
    found = asks(sections, [one.id for one in carried if one.moves], most)
    again = read_asks([*sections, {"name": "readback", "items": readback_items(found)}])
    assert [(one.item, one.expected) for one in again] == [(one.item, one.expected) for one in found]
    return found


def many(count: int, **changes: Any) -> list[Carried]:
    return [replace(ONE, id=f"{changes.get('state', '')}{n}", **changes) for n in range(count)]


def test_the_few_that_need_an_act_are_read_back_one_by_one_and_the_rest_by_what_is_to_be_done() -> None:
    today = many(12, urgency=Urgency.TODAY)
    waiting = many(3, urgency=Urgency.PAUSED, state="awaiting_supplement")
    found = asked(*today, *waiting, ONE)
    assert [one.kind for one in found] == ["one"] * 10 + ["group"] * 2
    assert {one.item: (one.expected, one.count) for one in found[10:]} == {
        "group:finish": ("finish", 3), "group:await_supplement": ("await_supplement", 3),
    }  # fmt: skip
    assert [one.kind for one in asked(*today, most=0)] == ["group"]


def test_the_worst_are_among_the_few_and_each_stands_once() -> None:
    late = replace(ONE, id="late", urgency=Urgency.OVERDUE, in_conflict=True)
    found = asked(*many(5, urgency=Urgency.TODAY), late, most=2)
    assert [one.item for one in found if one.kind == "one"] == ["late", "0"]
    assert sum(one.count for one in found) == 6


def test_results_and_papers_that_lie_here_are_confirmed_as_counts_and_money_as_it_was_counted() -> None:
    ready = many(4, urgency=Urgency.DONE, state="result_ready")
    held = replace(ONE, id="h", urgency=Urgency.DONE, state="returned", originals=2)
    fees = {"cash": Decimal(60000), "transfer": Decimal(0), "exempt": Decimal(5)}
    found = asked(*ready, held, fees=fees, forms=LEFT)
    assert {one.item: one.expected for one in found} == {
        "count:ready": "4", "count:held": "2", "money:cash": "60000", "forms": "10",
    }  # fmt: skip
    told = readback_items(found)
    assert all("60000" not in str(item) for item in told), "the sum is not told before it is counted"


def test_nothing_is_asked_of_an_empty_sheet_or_of_what_stays_with_its_officer() -> None:
    assert asked() == []
    assert asked(replace(ONE, before_receipt=True, state="submitted", in_conflict=True)) == []


def test_how_many_is_a_policy_and_ten_where_the_stations_law_is_older() -> None:
    assert most_one_by_one(LAW, "H30-001", TODAY) == 10
    older = replace(LAW, policies=tuple(one for one in LAW.policies if one.name != "readback_most"))
    assert most_one_by_one(older, "H30-001", TODAY) == 10


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("Giải quyết xong", "finish"),
        ("giai quyet xong", "finish"),
        ("  giải  quyết, xong! ", "finish"),
        ("finish it", "finish"),
        ("quyết xong", "finish"),
        ("xong", None),
        ("xin lỗi", None),
        ("xin loi va hen lai", "apologise"),
        ("hẹn lại", "apologise"),
        ("nếu không kịp", "apologise_if_late"),
        ("ờ", None),
        ("", None),
        ("i quyết xo", None),
    ],
)
def test_what_was_meant_by_what_was_typed(said: str, action: str | None) -> None:
    assert action_of(said, WORDS) == action


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("60000", 60000),
        ("60.000", 60000),
        ("60 000đ", 60000),
        ("-5000", -5000),
        ("1.260.000", 1260000),
        ("60,000 đồng", 60000),
        ("60\u00a0000 VNĐ", 60000),
        ("60.5", None),
        ("1.26.000", None),
        ("1.260,000", None),
        ("1 2 3", None),
        ("٣", None),
        ("", None),
        ("sáu mươi", None),
        ("1e3", None),
    ],
)
def test_a_sum_as_people_write_it(text: str, amount: int | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))


FULL = [
    Ask("d1", "one", "finish", "H30-1"), Ask("group:await_payment", "group", "await_payment"),
    Ask("count:ready", "count", "4"), Ask("money:cash", "money", "60000"), Ask("forms", "forms", "10"),
]  # fmt: skip
RIGHT = {
    "d1": "giải quyết xong", "group:await_payment": "await_payment", "count:ready": "4", "money:cash": "60.000",
    "forms": "10",
}  # fmt: skip


@pytest.mark.parametrize("item", list(RIGHT))
def test_an_item_that_was_left_out_refuses_all_of_it(item: str) -> None:
    said = {name: words for name, words in RIGHT.items() if name != item}
    answer = unread(FULL, said, (), WORDS)
    assert isinstance(answer, Refusal) and (answer.code, answer.params["item"]) == ("readback_missing", item)
    assert unread(FULL, said, [item], WORDS) is None, "unless it was settled otherwise"


@pytest.mark.parametrize(
    ("item", "said", "code"),
    [
        ("d1", "chờ nộp phí", "readback_wrong"),
        ("d1", "vâng", "readback_wrong"),
        ("group:await_payment", "finish", "readback_wrong"),
        ("count:ready", "5", "count_differs"),
        ("count:ready", "đủ", "readback_missing"),
        ("money:cash", "55.000", "count_differs"),
        ("money:cash", "đủ", "readback_missing"),
        ("forms", "9", "count_differs"),
    ],
)
def test_a_wrong_restatement_names_its_item(item: str, said: str, code: str) -> None:
    answer = unread(FULL, RIGHT | {item: said}, (), WORDS)
    assert isinstance(answer, Refusal) and (answer.code, answer.params["item"]) == (code, item)


def test_a_difference_in_the_drawer_passes_with_its_reason_and_is_kept() -> None:
    said = RIGHT | {"money:cash": "55.000", "reason": "trả lại nhầm 5.000đ"}
    assert unread(FULL, RIGHT, (), WORDS) is None and unread(FULL, said, (), WORDS) is None
    assert counted(FULL, said) == {
        "counted": {"money:cash": "55000", "forms": "10"},
        "expected": {"money:cash": "60000", "forms": "10"},
        "reason": "trả lại nhầm 5.000đ",
    }
    assert "reason" not in (counted(FULL, RIGHT | {"reason": "x"}) or {})
    assert counted(FULL[:3], RIGHT) is None


@given(st.text(max_size=12), st.lists(st.sampled_from(ACTIONS), min_size=2, max_size=30))
def test_no_single_key_is_right_for_two_that_follow_each_other(shift: str, expected: list[str]) -> None:
    found = choices(shift, [Ask(f"d{n}", "one", action) for n, action in enumerate(expected)])
    right = [offered.index(action) for offered, action in zip(found, expected, strict=True)]
    assert all(len(set(offered)) == CHOICES for offered in found)
    assert all(one != other for one, other in pairwise(right))
    assert found == choices(shift, [Ask(f"d{n}", "one", action) for n, action in enumerate(expected)])


def test_a_chosen_code_restates_only_its_own_action() -> None:
    assert restates("finish", FULL[0], {}) and not restates("resume", FULL[0], {})
    assert choices("s", FULL)[2:] == [(), (), ()]
