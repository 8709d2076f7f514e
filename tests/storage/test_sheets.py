"""The commune's monthly sheet and Decision 766's groups: each figure again from raw events, no table read."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from core.moments import LEGAL_TIME
from core.service import is_online
from core.settled import Column
from storage.commune import KNOWN, commune
from storage.desk import Desk
from storage.qd766 import UNKNOWN, qd766
from storage.settled import settled
from tests.conftest import NOW, act, take_in
from tests.storage.lives import SEEDS, kept, lived, raw
from tests.storage.slow_form import form, story
from tests.storage.test_book import MONTHS
from tests.storage.test_settled import seen


def slow(desk: Desk, ids: list[str], first: date, last: date) -> dict[str, Counter[str]]:
    """The sheet by the story of each dossier; each one's late or not by a form of it alone."""
    begin, end = (datetime.combine(day, time(), LEGAL_TIME) for day in (first, last + timedelta(days=1)))
    found: dict[str, Counter[str]] = {}
    for name, events in raw(desk, ids).items():
        told = story(events)
        sheet = form(desk, [name], first, last, desk.now(), "ours")
        row = found.setdefault(told.procedure, Counter())
        if sheet[1]:
            way = "online" if told.online else "direct"
            row["settled_" + way] += sheet[5]
            row["pending_" + way] += sheet[9]
            row["late"] += sheet[8] + sheet[11]
            row["received_" + way] += sheet[2] + sheet[3]
        if told.received is not None and not told.void and begin <= told.received < end:
            paid = [one.body for one in kept(events) if one.kind == "payment_received"]
            row["paid_online"] += bool(paid) and all(
                one.get("channel") == "online" or one.get("method") == "portal" for one in paid
            )
        back = [one for one in kept(events) if one.kind == "result_returned"]
        if back and begin <= back[-1].at < end and not told.void:
            row["returned_online"] += back[-1].body.get("channel") == "online"
    return {name: row for name, row in found.items() if +row}


def more(desk: Desk) -> list[str]:
    """What random lives do not do: paid and returned online, in several ways, by post."""
    ids = []
    for channel, method, back in (("online", "portal", "online"), ("counter", "cash", "counter"), (None, None, "post")):
        ids.append(name := take_in(desk, at=NOW, channel=channel or "post"))
        if method:
            act(desk, name, "payment_received", amount="20000", method=method, channel=channel, reference="VN 1")
        act(desk, name, "result_ready")
        act(desk, name, "result_returned", channel=back, **({"reference": "VN 3"} if back == "online" else {}))
    several = take_in(desk, at=NOW, channel="counter")
    act(desk, several, "payment_received", amount="1000", method="cash", channel="counter")
    act(desk, several, "payment_received", amount="1000", method="portal", channel="online", reference="VN 2")
    return [*ids, several]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_sheet_is_what_the_raw_events_say(desk: Desk, seed: int) -> None:
    ids = [*more(desk), *lived(desk, seed)]
    for first, last in MONTHS:
        told = commune(desk, first, last)
        fast = {name: Counter({each: row[each] for each in KNOWN if row[each]}) for name, row in told.rows.items()}
        assert {name: row for name, row in fast.items() if row} == slow(desk, ids, first, last)
        whole = settled(desk, first, last).total
        total = told.total
        assert total["settled_direct"] + total["settled_online"] == whole[Column.SETTLED]
        assert total["pending_direct"] + total["pending_online"] == whole[Column.PENDING]
        assert total["late"] == whole[Column.LATE] + whole[Column.OVERDUE]
    may = commune(desk, *MONTHS[0])
    assert (may.total["paid_online"], may.total["returned_online"], may.several) == (1, 1, 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_desk_can_prove_is_counted_from_raw_events(desk: Desk, seed: int) -> None:
    ids = [*more(desk), *lived(desk, seed)]
    for first, last in MONTHS:
        found = {one.name: (one.count, one.of) for one in qd766(desk, first, last).indicators}
        sheet = form(desk, ids, first, last, desk.now(), "ours")
        assert found["settled_in_time"] == (sheet[6] + sheet[7], sheet[5])
        assert found["pending_in_time"] == (sheet[10], sheet[9])
        assert found["received_online"] == (sheet[2], sheet[2] + sheet[3])
        count, of = found["online_where_served"]
        assert 0 <= count <= of <= sheet[2] + sheet[3]
        assert found["satisfied"] == (0, 0)
    may = {one.name: (one.count, one.of) for one in qd766(desk, *MONTHS[0]).indicators}
    assert may["paid_online"] == (1, 3)
    assert not {one.group for one in qd766(desk, *MONTHS[0]).indicators} & set(UNKNOWN)


def test_only_procedures_that_are_online_services_count_as_served(desk: Desk) -> None:
    """In 2023 the identity card stayed at the counter."""
    day = date(2023, 5, 22)
    at = datetime(2023, 5, 22, 9, tzinfo=LEGAL_TIME)
    seen(desk, at)
    assert is_online(desk.law, "permanent-residence", day) and not is_online(desk.law, "identity-card", day)
    for procedure, channel in (
        ("permanent-residence", "online"),
        ("permanent-residence", "counter"),
        ("identity-card", "counter"),
    ):
        take_in(desk, at=at, channel=channel, procedure=procedure)
    found = {one.name: (one.count, one.of) for one in qd766(desk, day, day).indicators}
    assert found["online_where_served"] == (1, 2) and found["received_online"] == (1, 3)
