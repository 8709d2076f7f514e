"""Channels and uptake of a period: each figure again by reading every dossier."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from core.answering import answer_of
from core.answers import Refusal
from core.decisions import Act, TakeIn
from core.moments import legal_day
from core.states import BEFORE_RECEIPT
from storage.channels import PARTS, Channels, behind, channels
from storage.desk import Desk, Done
from storage.fines import NewFine, enter, pay
from tests.conftest import NOW, act, officer, take_in

FIRST = LAST = NOW.date()


def filled(desk: Desk) -> None:
    """One of each way, the days around it, and what counts nowhere."""
    for channel in ("counter", "counter", "online", "post"):
        take_in(desk, channel=channel)
    back = take_in(desk, channel="counter", procedure="household-split")
    act(desk, back, "payment_received", amount="10000", method="cash", channel="counter")
    act(desk, back, "result_ready")
    act(desk, back, "result_returned", channel="counter")
    posted = take_in(desk)
    act(desk, posted, "result_ready")
    act(desk, posted, "handed_to_post", carrier="VNPost")
    act(desk, posted, "result_returned", channel="post")
    for answer, reason in (("took", None), ("no", "no_device"), ("no", "no_device"), ("next_time", None)):
        asked = take_in(desk, channel="counter")
        act(desk, asked, "service_offered", answer=answer, **({"reason": reason} if reason else {}))
    act(desk, asked, "service_offered", answer="no", reason="too_hard")
    mixed = take_in(desk, channel="counter")
    for amount, method in (("5000", "cash"), ("5000", "transfer")):
        act(desk, mixed, "payment_received", amount=amount, method=method, channel="counter")
    online = take_in(desk, kind="submitted", channel="online", fee_paid="10000", at=NOW - timedelta(hours=1))
    assert isinstance(desk.do(TakeIn(online, "received", NOW, {}), officer(desk)), Done)
    take_in(desk, kind="submitted", channel="online")
    act(desk, take_in(desk), "voided", reason="nhầm")
    take_in(desk, channel="post", at=NOW - timedelta(days=1))
    taken_back = take_in(desk, channel="counter")
    done = act(desk, taken_back, "service_offered", answer="took")
    assert isinstance(desk.do(_undo(taken_back, done), officer(desk)), Done)


def _undo(dossier: str, done: Done) -> object:
    from core.decisions import Undo

    return Undo(dossier, done.events[0].event_id, NOW)


def slow(desk: Desk) -> dict[str, Counter[tuple[object, ...]]]:
    """The same figures from the folded dossiers alone."""
    found: dict[str, Counter[tuple[object, ...]]] = {part: Counter() for part in PARTS}
    for (name,) in desk.connection.execute("SELECT id FROM dossier"):
        one = desk.dossier(name)
        assert one is not None and one.first_at is not None
        if one.state == "voided":
            continue
        if FIRST <= legal_day(one.received_at or one.first_at) <= LAST:
            if one.state not in BEFORE_RECEIPT:
                found["came"][one.procedure, one.facts.get("channel"), None] += 1
                ways = {
                    f"{event.body.get('channel') or ''}/{event.body.get('method') or ''}"
                    for event in one.events
                    if event.kind == "payment_received" and event.event_id not in one.marks
                }
                if ways:
                    found["paid"][one.procedure, ways.pop() if len(ways) == 1 else "several", None] += 1
            offers = [event for event in one.events if event.kind == "service_offered"]
            standing = [event for event in offers if event.event_id not in one.marks]
            if standing:
                body = standing[-1].body
                found["offered"][one.procedure, body["answer"], body.get("reason")] += 1
        untold = one.submitted_at is None and one.state not in BEFORE_RECEIPT and one.facts.get("channel") == "online"
        if untold and FIRST <= legal_day(one.received_at or one.first_at) <= LAST:
            found["answered"][one.procedure, None, None] += 1
        if one.submitted_at is not None and FIRST <= legal_day(one.submitted_at) <= LAST:
            answer = answer_of(one, desk.law)
            assert answer is not None and answer.due_at is not None
            late = answer.late if answer.given else desk.now() > answer.due_at
            word = "late" if late else "in_time" if answer.given else "waiting"
            found["answered"][one.procedure, word, None] += 1
        if one.returned_at is not None and FIRST <= legal_day(one.returned_at) <= LAST:
            last = [event for event in one.events if event.kind == "result_returned"][-1]
            found["went"][one.procedure, last.body.get("channel"), None] += 1
    return found


def fast(facts: Channels) -> dict[str, Counter[tuple[object, ...]]]:
    return {
        part: Counter({(one.procedure, one.way, one.reason): one.count for one in getattr(facts, part)})
        for part in PARTS
    }


def test_every_figure_is_what_the_dossiers_say(desk: Desk) -> None:
    filled(desk)
    facts = channels(desk, FIRST, LAST)
    assert fast(facts) == slow(desk)
    assert [facts.count("came", way) for way in ("counter", "online", "post", None)] == [9, 2, 1, 1]
    assert [facts.count("offered", way) for way in ("took", "next_time", "no")] == [1, 0, 3]
    assert sorted((one.way, one.count, one.amount) for one in facts.paid) == [
        ("counter/cash", 1, 10000), ("online/", 1, 10000), ("several", 1, 10000),
    ]  # fmt: skip


def test_every_figure_opens_into_its_dossiers(desk: Desk) -> None:
    filled(desk)
    facts = channels(desk, FIRST, LAST)
    for part in PARTS:
        found = behind(desk, facts, part)
        assert Counter((one.procedure, one.way, one.reason) for one in found) == fast(facts)[part], part
        assert len({one.id for one in found}) == len(found) > 0
        ways = {one.way for one in found if one.way}
        for some in (set(), {min(ways)}, ways) if part not in ("offered", "answered") else ():
            assert behind(desk, facts, part, some) == [one for one in found if one.way in some]
    assert sum(one.amount for one in behind(desk, facts, "paid")) == sum(one.amount for one in facts.paid)


def test_parts_that_nobody_asks_for_are_not_counted(desk: Desk) -> None:
    filled(desk)
    every, some = channels(desk, FIRST, LAST), channels(desk, FIRST, LAST, parts=("paid", "went"))
    assert (some.paid, some.went) == (every.paid, every.went)
    assert (some.came, some.offered, some.answered) == ((), (), ()) and every.came and every.offered


def test_an_answer_is_judged_by_working_hours_and_one_that_is_not_given_by_the_clock(desk: Desk) -> None:
    def came(at: datetime) -> str:
        return take_in(desk, kind="submitted", channel="online", at=at)

    def on(day: date) -> dict[str | None, int]:
        return {one.way: one.count for one in channels(desk, day, day).answered}

    monday = NOW.replace(day=18, hour=9, minute=0)
    for minutes in (0, 1):
        one, given = came(monday), monday + timedelta(days=1, minutes=minutes)
        assert isinstance(desk.do(TakeIn(one, "received", given, {}), officer(desk)), Done)
    sent_home = came(monday)
    body = {"reason": "thiếu giấy", "missing": ["CT01"]}
    assert isinstance(desk.do(TakeIn(sent_home, "guided", monday + timedelta(hours=1), body), officer(desk)), Done)
    came(monday)
    assert on(monday.date()) == {"in_time": 2, "late": 2}, "eight hours on, a minute later, at once, and never"
    came(NOW)
    assert on(NOW.date()) == {"waiting": 1}
    assert on(date(2019, 3, 4)) == {}
    old = take_in(desk, kind="submitted", channel="online", at=NOW - timedelta(days=1))
    act(desk, old, "noted", text="x")
    assert on(NOW.date() - timedelta(days=1)) == {"waiting": 1} or desk.now() > NOW


def test_the_rebuilt_rows_give_the_same_figures(desk: Desk) -> None:
    filled(desk)
    before = channels(desk, FIRST, LAST)
    desk.projection.rebuild()
    assert channels(desk, FIRST, LAST) == before


def test_days_and_units_bound_it_and_an_empty_period_has_no_figure(desk: Desk) -> None:
    filled(desk)
    assert channels(desk, FIRST, LAST, "H99").procedures == []
    assert channels(desk, date(2025, 1, 1), date(2025, 1, 31)).procedures == []
    before = channels(desk, FIRST - timedelta(days=1), FIRST - timedelta(days=1))
    assert (before.count("came"), before.count("came", "post")) == (1, 1)
    assert channels(desk, FIRST, LAST, desk.identity.unit) == channels(desk, FIRST, LAST, desk.identity.unit)


def test_no_table_is_read_from_end_to_end(desk: Desk) -> None:
    asked: list[str] = []
    desk.connection.set_trace_callback(asked.append)
    try:
        channels(desk, FIRST, LAST)
    finally:
        desk.connection.set_trace_callback(None)
    for statement in asked:
        if "FROM dossier" in statement:
            plan = [row[-1] for row in desk.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert not any(step.startswith("SCAN dossier") for step in plan), (statement, plan)


def test_a_walk_in_is_asked_by_command_too(desk: Desk) -> None:
    one = take_in(desk, channel="counter")
    assert isinstance(desk.do(Act(one, "service_offered", NOW, {"answer": "took"}), officer(desk, "hoa")), Done)
    assert desk.row(one)["service_answer"] == "took"  # type: ignore[index]


def test_an_offer_goes_along_with_guidance_as_one_command(desk: Desk) -> None:
    one, other = desk.new_id(), desk.new_id()
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "Võ Ơn"}, "reason": "thiếu"}
    money = ("payment_received", {"amount": "5000"})
    answers = (("service_offered", {"answer": "took"}), money)
    done = desk.do(TakeIn(one, "guided", NOW, facts | {"channel": "counter"}, along=answers), officer(desk, "hoa"))
    assert isinstance(done, Done) and [event.kind for event in done.events] == ["guided", "service_offered"]
    wrong = (("service_offered", {"answer": "no"}),)
    refused = desk.do(TakeIn(other, "guided", NOW, facts, along=wrong), officer(desk, "hoa"))
    assert isinstance(refused, Refusal) and desk.dossier(other) is None
    assert isinstance(desk.do(_undo(one, done), officer(desk, "hoa")), Done)
    assert channels(desk, FIRST, LAST).count("offered") == 0


def test_a_fine_came_by_no_channel(desk: Desk) -> None:
    take_in(desk, channel="counter")
    before = channels(desk, FIRST, LAST)
    new = NewFine("QĐ 15", "Phạm Gia Bảo", "500000")
    entered = enter(desk, officer(desk), new)
    assert isinstance(entered, Done)
    assert isinstance(pay(desk, officer(desk), entered.dossiers[0]), Done)
    after = channels(desk, FIRST, LAST)
    assert [(part, getattr(after, part)) for part in PARTS] == [(part, getattr(before, part)) for part in PARTS]
    assert all(one.procedure != "seized-item-return" for part in PARTS for one in behind(desk, after, part))
