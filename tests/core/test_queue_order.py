"""What a leader may choose of the queue's order, and how a dossier's place in it is told."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import Refusal
from core.place import Grounds, decided_by, grounds, terms
from core.queue import BY_DUE, BY_LAW, BY_RECEIPT, FREE, NEVER, Lane, QueueOrder, Urgency, urgency
from core.queue_order import chosen, read_order, written
from tests.core.lives import at
from tests.core.test_queue import CUT, cuts, rows

ALL = tuple(Urgency)
MIXED = ("normal", "next_day", "soon")


@pytest.mark.parametrize(
    ("buckets", "ties", "order"),
    [
        (FREE, (), BY_LAW),
        (FREE, ("binding_at",), BY_LAW),
        (ALL, BY_DUE, BY_LAW),
        (MIXED, ("received_at",), QueueOrder(tuple(map(Urgency, MIXED)), BY_RECEIPT)),
        ((*ALL[:3], *MIXED, *ALL[-2:]), BY_RECEIPT, QueueOrder(tuple(map(Urgency, MIXED)), BY_RECEIPT)),
    ],
)
def test_what_may_be_chosen(buckets: tuple[str, ...], ties: tuple[str, ...], order: QueueOrder) -> None:
    assert chosen(buckets, ties) == order


@pytest.mark.parametrize(
    ("buckets", "ties", "code"),
    [
        (("next_day", "today", "soon", "normal"), BY_DUE, "order_hides"),
        (("overdue", "apology_owed", *ALL[2:]), BY_DUE, "order_hides"),
        ((*ALL[:3], "paused", *FREE, "done"), BY_DUE, "order_hides"),
        ((*ALL[:6], "done", "paused"), BY_DUE, "order_hides"),
        (ALL[::-1], BY_DUE, "order_hides"),
        (("soon", "normal"), BY_DUE, "order_buckets"),
        (("soon", "normal", "normal"), BY_DUE, "order_buckets"),
        (("soon", "normal", "next_day", "urgent"), BY_DUE, "order_buckets"),
        ((), BY_DUE, "order_buckets"),
        (FREE, ("officer",), "order_ties"),
        (FREE, ("binding_at", "id"), "order_ties"),
        (FREE, ("binding_at", "binding_at"), "order_ties"),
    ],
)
def test_what_may_not_be_chosen(buckets: tuple[str, ...], ties: tuple[str, ...], code: str) -> None:
    found = chosen(buckets, ties)
    assert isinstance(found, Refusal) and found.code == code


@pytest.mark.parametrize("free", permutations(FREE))
@pytest.mark.parametrize("ties", [BY_DUE, BY_RECEIPT])
def test_an_order_is_read_as_it_was_written(free: tuple[Urgency, ...], ties: tuple[str, ...]) -> None:
    order = QueueOrder(free, ties)
    assert read_order(written(order)) == order
    assert order.buckets[:3] == ALL[:3] and order.buckets[-2:] == ALL[-2:]


WORDS = st.sampled_from((*(word.value for word in Urgency), "urgent", "", "id"))
COLUMNS = st.sampled_from(("binding_at", "received_at", "id", "lane", "officer", ""))


@given(
    st.lists(WORDS, max_size=9) | st.permutations(list(Urgency)) | st.permutations(list(FREE)),
    st.lists(COLUMNS, max_size=3),
)
def test_whatever_a_leader_names_the_law_stands_first_or_it_is_refused(buckets: list[str], ties: list[str]) -> None:
    """An order that is taken is one that was named; no row that is owed, overdue or due today stands below another."""
    found = chosen(buckets, ties)
    if isinstance(found, Refusal):
        assert found.code in ("order_buckets", "order_hides", "order_ties")
        return
    assert found.buckets[:3] == ALL[:3] and found.buckets[-2:] == ALL[-2:] and sorted(found.buckets) == sorted(ALL)
    assert list(buckets) in ([*found.buckets], [*found.free])
    assert [*found.ties[: len(ties)]] == ties and len(ties) < 3


@pytest.mark.parametrize("value", ["", "next_day soon normal", "x / binding_at", "next_day soon normal / binding_at"])
def test_nothing_else_is_read_as_an_order(value: str) -> None:
    with pytest.raises(ValueError):
        read_order(value)


@pytest.mark.parametrize(
    ("lane", "binding", "by_date", "told"),
    [
        (Lane.DECLARED, "2026-06-26T17:00", True, (Urgency.APOLOGY_OWED, None)),
        (Lane.UNSETTLED, "2026-05-20T17:00", True, (Urgency.APOLOGY_OWED, "today")),
        (Lane.UNSETTLED, "2026-05-21T08:59", False, (Urgency.APOLOGY_OWED, "now")),
        (Lane.SETTLED, "2026-05-20T17:00", True, (Urgency.OVERDUE, "today")),
        (Lane.UNSETTLED, "2026-05-21T17:00", True, (Urgency.TODAY, "tomorrow")),
        (Lane.SETTLED, "2026-05-22T17:00", True, (Urgency.NEXT_DAY, "after_next_day")),
        (Lane.UNSETTLED, "2026-05-26T17:00", True, (Urgency.SOON, "after_soon")),
        (Lane.UNSETTLED, "2026-05-27T17:00", True, (Urgency.NORMAL, "after_soon")),
        (Lane.PAUSED, "2026-05-01T17:00", True, (Urgency.PAUSED, None)),
        (Lane.DONE, "2026-05-01T17:00", True, (Urgency.DONE, None)),
    ],
)
def test_the_bound_that_cut_a_bucket_is_told(
    lane: Lane, binding: str, by_date: bool, told: tuple[Urgency, str | None]
) -> None:
    found = grounds(lane, int(at(binding).timestamp()), by_date, CUT)
    word, bound = told
    assert found == Grounds(word, lane, bound, getattr(CUT, bound) if bound else None)


def test_what_has_no_due_date_is_cut_by_nothing() -> None:
    assert grounds(Lane.UNSETTLED, NEVER, True, CUT) == Grounds(Urgency.NORMAL, Lane.UNSETTLED)


@given(st.data())
def test_the_bound_told_is_one_that_holds(data: st.DataObject) -> None:
    cut = data.draw(cuts())
    lane, binding, by_date = data.draw(rows(cut))
    found = grounds(lane, binding, by_date, cut)
    assert found.urgency is urgency(lane, binding, by_date, cut)
    if found.bound is not None:
        assert found.bound_at == getattr(cut, found.bound)
        assert (binding <= found.bound_at) is (found.urgency is not Urgency.NORMAL)


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ((2, 5, 5, "a"), "urgency"),
        ((3, 4, 9, "z"), "received_at"),
        ((3, 5, 6, "a"), "binding_at"),
        ((3, 5, 5, "b"), "id"),
    ],
)
def test_the_first_term_that_differs_decides(other: tuple[int, int, int, str], name: str) -> None:
    assert decided_by((3, 5, 5, "a"), other, terms(Urgency.NEXT_DAY, QueueOrder(ties=BY_RECEIPT))) == name


def test_what_is_done_stands_by_its_due_date_in_any_order() -> None:
    assert terms(Urgency.DONE, QueueOrder(ties=BY_RECEIPT)) == ("urgency", "binding_at", "received_at", "id")
