"""Feedback and outreach between desks: one state everywhere, limits by the unit's data, words that go for good."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from core.answers import Refusal
from core.catalogue import Policy
from core.feedback import ReceiveFeedback, owed_by
from core.moments import LEGAL_TIME
from core.outreach import HoldOutreach, window
from core.survey import OVERALL, Answer
from storage.database import transaction
from storage.desk import Desk, Done
from storage.feedback import answer, destroy, due_until, listed, load, open_before, receive, received_between, take_back
from storage.officers import Officer
from storage.outreach import entered_twice, held, hold
from storage.surveys import open_box, put_in, satisfaction
from storage.sync.desk_life import confirm_desk
from storage.verification import verify
from tests.conftest import NOW, officer
from tests.storage.sync_desks import START, Station, dump, officer_of
from tests.storage.test_desk_life import meet, newcomer
from tests.storage.test_destroying import at_the_hub, stored
from tui.reports import outreach as outreach_report

__all__ = ["newcomer"]
WORDS = "Cán bộ Nguyễn Văn Cần Xóa hẹn sai"


def given(desk: Desk, **more: object) -> ReceiveFeedback:
    return ReceiveFeedback(
        **{"id": desk.new_id(), "kind": "obstacle", "text": WORDS, "way": "phone", "at": desk.now()} | more
    )  # type: ignore[arg-type]


def received(desk: Desk, by: Officer, **more: object) -> str:
    one = given(desk, **more)
    assert isinstance(receive(desk, by, one), Done)
    return one.id


def test_it_stands_alike_on_every_desk_and_after_a_rebuild(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    name = received(one, officer_of(one))
    held_here = HoldOutreach(one.new_id(), "campaign", one.now().date(), "Đợt cao điểm", one.now(), audience=40)
    assert isinstance(hold(one, officer_of(one), held_here), Done)
    station.sync(0, 1)
    assert isinstance(answer(two, officer_of(two), name, "Đã hẹn lại.", "phone"), Done)
    station.sync(1, 0)
    assert dump(one) == dump(two)
    assert [row.is_open for row in listed(one, "all")] == [False] and [row.audience for row in held(two)] == [40]
    with transaction(two.connection):
        two.projection.rebuild()
    assert dump(one) == dump(two)


def test_one_meeting_that_two_desks_wrote_down_apart_is_known_as_such(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    for desk, title in ((one, "Hai quầy"), (two, "hai QUẦY"), (two, "Một quầy")):
        meeting = HoldOutreach(desk.new_id(), "meeting", desk.now().date(), title, desk.now())
        assert isinstance(hold(desk, officer_of(desk), meeting), Done)
    station.sync(0, 1, 0)
    for desk in (one, two):
        told = {row.title: [other.title for other in entered_twice(desk, row)] for row in held(desk)}
        assert told == {"Hai quầy": ["hai QUẦY"], "hai QUẦY": ["Hai quầy"], "Một quầy": []}
        facts = outreach_report.read(desk, START.date(), START.date())
        assert sum("hai quầy đã ghi cùng một buổi" in line for line in outreach_report.sheet(desk, facts).about) == 2


def test_two_answers_that_did_not_see_each_other_both_stand(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    name = received(one, officer_of(one))
    station.sync(0, 1)
    for desk in (one, two):
        assert isinstance(answer(desk, officer_of(desk), name, f"Trả lời {desk.identity.number}", "phone"), Done)
    station.sync(0, 1, 0)
    found = [load(desk, name) for desk in (one, two)]
    assert all(each is not None and len(each.answers) == 2 for each in found)
    assert dump(one) == dump(two)


def test_its_words_go_from_every_desk_and_from_the_hub(station: Station) -> None:
    first = station.desks[0]
    name = received(first, officer_of(first), who="Bà Phạm Thị Được Xóa")
    answer(first, officer_of(first), name, "Đã xin lỗi ông Cần Xóa", "phone")
    station.sync(0, 1, 2)
    assert "Cần Xóa".encode() in at_the_hub(station)
    assert isinstance(destroy(first, officer_of(first), name, "hết hạn lưu"), Done)
    station.sync(0, 1, 2, 0)
    for number, desk in enumerate(station.desks):
        for words in ("Cần Xóa", "Được Xóa"):
            assert words.encode() not in stored(station, number)
            assert words.encode() not in at_the_hub(station)
        assert verify(desk).holds
        assert dump(desk) == dump(first)
        (row,) = listed(desk, "all")
        assert row.destroyed and row.answered_at is not None and not row.is_open


def test_what_is_owed_comes_first_and_ends_with_its_answer(desk: Desk) -> None:
    who = officer(desk)
    late = received(desk, who, at=NOW - timedelta(days=6))
    later = received(desk, who, text="Khi nào xong?")
    unknown = received(desk, who, kind="complaint", text="Khiếu nại")
    assert [row.id for row in listed(desk, "open")] == [late, later, unknown]
    assert [row.id for row in listed(desk, "owed")] == [late, later]
    assert [row.id for row in due_until(desk, NOW.date() + timedelta(days=1), 9)] == [late]
    answer(desk, who, late, "Xong.", "counter")
    assert [row.id for row in listed(desk, "owed")] == [later]
    day = NOW.date()
    assert [row.id for row in received_between(desk, day - timedelta(days=6), day - timedelta(days=6))] == [late]
    assert open_before(desk, day) == []


def test_too_far_back_is_refused(desk: Desk) -> None:
    refused = receive(desk, officer(desk, "hoa"), given(desk, at=NOW - timedelta(days=30)))
    assert isinstance(refused, Refusal) and refused.code == "too_far_back"


@pytest.mark.parametrize(
    ("name", "value", "due"),
    [
        ("feedback_working_days.question", "5", "2026-05-28"),
        ("feedback_days.question", "9", "2026-06-01"),  # 30/5 is a Saturday
        ("feedback_days.question", "1", "2026-05-22"),
        ("feedback_working_days.question", "0", "2026-05-21"),
        ("soon_days", "3", None),
    ],
)
def test_a_limit_is_counted_as_its_policy_says(desk: Desk, name: str, value: str, due: str | None) -> None:
    policy = Policy(name, None, NOW.date(), value, "căn cứ", verified=False)
    found = owed_by(policy, desk.law.calendar(desk.identity.unit), NOW.date())
    assert (found.due.isoformat() if found.due else None) == due
    assert owed_by(None, desk.law.calendar(), NOW.date()).due is None


@pytest.mark.parametrize(
    ("today", "after"),
    [
        ("2026-05-10", None),
        ("2026-05-11", ("2026-05-11", "2026-05-11")),
        ("2026-07-01", ("2026-05-11", "2026-05-20")),
    ],
)
def test_the_days_before_and_after(today: str, after: tuple[str, str] | None) -> None:
    found = window(date(2026, 5, 8), date(2026, 5, 10), 10, date.fromisoformat(today))
    assert found.before == (date(2026, 4, 28), date(2026, 5, 7))
    assert (found.after and tuple(day.isoformat() for day in found.after)) == after


def test_what_an_unconfirmed_desk_writes_down_stands_and_what_it_counts_waits(station: Station, newcomer: Desk) -> None:
    first, who = station.desks[0], officer_of(newcomer)
    name = received(newcomer, who)
    assert [row.id for row in listed(newcomer, "open")] == [name]
    for _ in range(5):
        put_in(newcomer, who, Answer("satisfied"))
    assert isinstance(open_box(newcomer, who), Done)
    meet(station, newcomer)
    day = newcomer.now().date()
    assert [row.id for row in listed(first, "open")] == [name]
    assert [satisfaction(desk, day, day).total.count for desk in (first, newcomer)] == [0, 0]
    confirm_desk(first, officer_of(first), newcomer.identity.desk)
    meet(station, newcomer)
    assert [satisfaction(desk, day, day).total.count for desk in (first, newcomer)] == [5, 5]
    assert dump(first) == dump(newcomer)


def test_the_figures_of_a_period_as_they_are_found_from_the_events_alone(station: Station) -> None:
    """An independent slow way, over two desks and three days."""
    shuffle = random.Random(8)
    for day in range(3):
        for desk in station.desks[:2]:
            moment = START + timedelta(days=day)
            desk.now = lambda moment=moment: moment  # type: ignore[misc]
            for _ in range(shuffle.randint(5, 9)):
                marks = tuple(shuffle.choice([0, 1, 2, 2, None]) for _ in range(9))
                put_in(desk, officer_of(desk), Answer(shuffle.choice(OVERALL), marks))
            assert isinstance(open_box(desk, officer_of(desk)), Done)
    station.sync(0, 1, 0)
    desk, first, last = station.desks[0], START.date(), START.date() + timedelta(days=1)
    bodies = [
        event.body["answers"]
        for event, _ in desk.log.everything()
        if event.kind == "survey_answered" and first <= event.at.astimezone(LEGAL_TIME).date() <= last
    ]
    found = satisfaction(desk, first, last).total
    assert found.count == len(bodies) > 0
    assert found.steps == tuple(sum(one.get("overall") == step for one in bodies) for step in OVERALL)
    whole = [one for one in bodies if all(f"{place}" in one for place in range(1, 10))]
    sums = [sum(one[f"{place}"] for place in range(1, 10)) for one in whole]
    assert (found.whole, found.points, found.squares) == (len(whole), sum(sums), sum(one * one for one in sums))
    fourth = [one["4"] for one in bodies if "4" in one]
    assert found.marks[3] == (len(fourth), sum(fourth))


def test_what_another_desk_has_answered_was_no_mistake(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    answered, mistaken = received(one, officer_of(one)), received(one, officer_of(one), text="khác")
    station.sync(0, 1)
    assert isinstance(take_back(one, officer_of(one), answered, "nhầm"), Done)
    assert isinstance(take_back(one, officer_of(one), mistaken, "nhầm"), Done)
    assert isinstance(answer(two, officer_of(two), answered, "Đã trả lời", "phone"), Done)
    station.sync(0, 1)
    station.sync(0, 1)
    for desk in (one, two):
        assert [row.id for row in listed(desk, "all")] == [answered]
        found = load(desk, answered)
        assert found is not None and not found.withdrawn and len(found.answers) == 1
        before = dump(desk)
        with transaction(desk.connection):
            desk.projection.rebuild()
        assert dump(desk) == before
