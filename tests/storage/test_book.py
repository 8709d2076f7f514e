"""The register of a period: each row again from the dossier's raw events."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from core.moments import LEGAL_TIME
from core.standing import standing
from storage.book import book
from storage.desk import Desk
from tests.conftest import NOW, act, take_in
from tests.storage.lives import SEEDS, kept, lived, raw
from tests.storage.slow_form import story

MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1)) for month in (5, 6, 7, 8)]


def slow(desk: Desk, ids: list[str], first: date, last: date) -> list[tuple[object, ...]]:
    """Number, name, procedure, receipt, due date and channel of what was received on these days."""
    begin, end = (datetime.combine(day, time(), LEGAL_TIME) for day in (first, last + timedelta(days=1)))
    found: list[tuple[object, ...]] = []
    for name, events in raw(desk, ids).items():
        told, one = story(events), desk.dossier(name)
        if told.received is None or one is None or not begin <= told.received < end:
            continue
        (received,) = (each for each in kept(events) if each.kind == "received")
        taken = next(each.body for each in kept(events) if "applicant" in each.body)
        due = standing(one, desk.law_for(one)).binding_at
        found.append(
            (
                received.body["receipt_number"],
                taken["applicant"]["name"],
                told.procedure,
                int(told.received.timestamp()),
                None if due is None else int(due.timestamp()),
            )
        )
    return sorted(found, key=lambda row: str(row[0]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_book_is_what_the_raw_events_say(desk: Desk, seed: int) -> None:
    ids = lived(desk, seed)
    told = 0
    for first, last in MONTHS:
        rows = book(desk, first, last).rows
        fast = [(one.receipt_number, one.applicant_name, one.procedure, one.received_at, one.due_at) for one in rows]
        assert fast == slow(desk, ids, first, last)
        told += len(rows)
    assert told > 2


def test_what_was_voided_stays_in_the_book_and_what_was_not_received_is_none_of_it(desk: Desk) -> None:
    voided = take_in(desk, "Nguyễn Văn Ất")
    act(desk, voided, "voided", by="lanh", reason="nhầm")
    take_in(desk, kind="guided", reason="thiếu")
    back = take_in(desk, channel="post")
    act(desk, back, "result_ready")
    act(desk, back, "result_returned", channel="counter")
    first, second = book(desk, NOW.date(), NOW.date()).rows
    assert (first.state, first.applicant_name) == ("voided", "Nguyễn Văn Ất")
    assert (second.returned_at, second.returned_by, second.channel) == (int(NOW.timestamp()), "counter", "post")
    assert not book(desk, NOW.date(), NOW.date(), "H30-999").rows
