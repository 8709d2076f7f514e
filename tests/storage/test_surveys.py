"""The box of surveys: what leaves it, what leads nowhere, and what the answers come to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.answers import InvalidInput, Refusal
from core.survey import OVERALL, Answer, read_answer
from storage.database import transaction
from storage.desk import Desk, Done
from storage.surveys import Box, box, new_codes, open_box, put_in, satisfaction, take_out
from tests.conftest import NOW, Office, officer, take_in
from tests.storage.sync_desks import Station

DAY = NOW.date()
GOOD = Answer("satisfied", (2,) * 9, procedure="permanent-residence")


def fill(desk: Desk, count: int, answer: Answer = GOOD) -> None:
    for _ in range(count):
        assert isinstance(put_in(desk, officer(desk), answer), Box)


def test_an_answer_waits_and_is_in_no_figure(desk: Desk) -> None:
    before = desk.log.last()
    fill(desk, 4)
    assert desk.log.last() == before, "nothing is written that could stand beside a dossier's event"
    assert satisfaction(desk, DAY, DAY).total.count == 0
    refused = open_box(desk, officer(desk))
    assert isinstance(refused, Refusal) and refused.code == "survey_box_few"
    fill(desk, 1)
    assert isinstance(open_box(desk, officer(desk)), Done)
    found = satisfaction(desk, DAY, DAY)
    assert (found.total.count, found.total.satisfied, found.total.points, found.waiting) == (5, 5, 90, 0)
    assert [one.name for one in found.procedures] == ["permanent-residence"]


def test_nothing_in_the_events_leads_back(desk: Desk) -> None:
    """Not the hour, not the order in which the forms were keyed in, no dossier, no code beside an answer."""
    take_in(desk)
    codes = new_codes(desk, 5)
    for code, step in zip(codes, ("neutral", *OVERALL[:4]), strict=True):
        assert isinstance(put_in(desk, officer(desk, "hoa"), Answer(step), code), Box)
    done = open_box(desk, officer(desk))
    assert isinstance(done, Done)
    *answered, spent = done.events
    assert {event.kind for event in answered} == {"survey_answered"} and spent.kind == "survey_codes_spent"
    assert {(event.at.hour, event.at.minute, event.by) for event in answered} == {(0, 0, officer(desk).id)}
    told = [event.body["answers"]["overall"] for event in answered]
    assert told == sorted(told) and set(answered[0].body) == {"answers", "channel"}
    assert list(spent.body["codes"]) == sorted(spent.body["codes"])
    text = str([event.body for event in done.events])
    assert not any(code in text or code.replace("-", "") in text for code in codes)


def test_what_only_few_name_is_left_out(desk: Desk) -> None:
    fill(desk, 3)
    fill(desk, 2, Answer("neutral", procedure="residence-confirmation", officer="hoa"))
    assert (box(desk).procedures_lost, box(desk).officers_lost) == (2, 2)
    open_box(desk, officer(desk))
    assert {one.name: one.count for one in satisfaction(desk, DAY, DAY).procedures} == {"": 2, "permanent-residence": 3}


def test_a_code_is_good_once_and_only_here(desk: Desk) -> None:
    first, *_ = new_codes(desk, 3)
    assert isinstance(put_in(desk, officer(desk), GOOD, first.lower().replace("-", " ")), Box)
    again = put_in(desk, officer(desk), GOOD, first)
    assert isinstance(again, Refusal) and again.code == "survey_code_used"
    for wrong in ("ABCD-EFGH-IJKL", "x", first[:-1] + ("A" if first[-1] != "A" else "B")):
        refused = put_in(desk, officer(desk), GOOD, wrong)
        assert isinstance(refused, Refusal) and refused.code == "survey_code_wrong"
    fill(desk, 4)
    open_box(desk, officer(desk))
    again = put_in(desk, officer(desk), GOOD, first)
    assert isinstance(again, Refusal) and again.code == "survey_code_used"
    assert box(desk).waiting == 0


def test_who_has_no_such_role_puts_nothing_in(desk: Desk) -> None:
    refused = put_in(desk, officer(desk, "tra"), GOOD)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    assert box(desk).waiting == 0


def test_an_officer_is_told_only_of_many_answers(desk: Desk) -> None:
    fill(desk, 29, Answer("satisfied", officer="hoa"))
    open_box(desk, officer(desk))
    found = satisfaction(desk, DAY, DAY)
    assert (found.officers, found.hidden, found.officer_least) == ((), 1, 30), "there is no other"
    fill(desk, 5, Answer("unsatisfied", officer="hoa"))
    open_box(desk, officer(desk))
    (told,) = satisfaction(desk, DAY, DAY).officers
    assert (told.name, told.count, told.satisfied) == (officer(desk, "hoa").id, 34, 29)


def test_another_day_and_another_unit_have_none(desk: Desk) -> None:
    fill(desk, 5)
    open_box(desk, officer(desk))
    assert satisfaction(desk, DAY + timedelta(days=1), DAY + timedelta(days=9)).total.count == 0
    assert satisfaction(desk, DAY, DAY, "nowhere").total.count == 0


def test_the_box_outlives_the_program_and_a_rebuild_changes_nothing(office: Office) -> None:
    desk = office.open()
    fill(desk, 5, Answer("neutral", (1,) * 8 + (None,)))
    desk.close()
    desk = office.open()
    assert box(desk).waiting == 5
    open_box(desk, officer(desk))
    before = list(desk.projection.dump())
    with transaction(desk.connection):
        desk.projection.rebuild()
    assert list(desk.projection.dump()) == before
    assert satisfaction(desk, DAY, DAY).total.whole == 0, "eight marks are no sum of nine"
    desk.close()


def test_a_code_of_one_desk_is_known_at_another_and_double_use_is_counted(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    station.sync(0, 1, 0, 1)
    (code,) = new_codes(one, 1)
    for desk in (one, two):
        who = desk.officers.all()[0]
        assert isinstance(put_in(desk, who, Answer("neutral"), code), Box)
        for _ in range(4):
            put_in(desk, who, Answer("satisfied"))
        assert isinstance(open_box(desk, who), Done)
    station.sync(0, 1, 0)
    day = one.now().date()
    found = [satisfaction(desk, day - timedelta(days=1), day + timedelta(days=1)) for desk in (one, two)]
    assert [(each.total.count, each.twice) for each in found] == [(10, 1), (10, 1)]
    assert list(one.projection.dump()) == list(two.projection.dump())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({}, "survey_empty"),
        ({"points": "---------"}, "survey_empty"),
        ({"overall": "6"}, "survey_overall"),
        ({"overall": "rất tốt"}, "survey_overall"),
        ({"points": "22222222"}, "survey_points"),
        ({"points": "2222222223"}, "survey_points"),
        ({"points": "22222222３"}, "survey_points"),
        ({"c1": "3"}, "survey_points"),
        ({"overall": "1", "channel": "zalo"}, "survey_channel"),
    ],
)
def test_what_is_no_answer(row: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_answer(row)
    assert error.value.code == code


def test_what_is_one() -> None:
    assert read_answer({"overall": 1, "points": "2, 1 0;2-22 2 2"}) == Answer(
        "very_satisfied", (2, 1, 0, 2, None, 2, 2, 2, 2)
    )
    assert read_answer({"c1": 2.0, "c9": "0", "channel": "phone"}) == Answer(None, (2, *(None,) * 7, 0), "phone")


def test_an_officer_who_is_hidden_is_never_the_only_one(desk: Desk) -> None:
    """Else the total less the others would tell of him."""
    for code, count in (("hoa", 34), ("khai", 31), ("lanh", 4)):
        fill(desk, count, Answer("satisfied", officer=code))
    open_box(desk, officer(desk))
    found = satisfaction(desk, DAY, DAY)
    assert ([one.name for one in found.officers], found.hidden) == ([officer(desk, "hoa").id], 2)


def test_an_answer_is_taken_out_again_by_what_it_says_and_its_code_is_good_again(desk: Desk) -> None:
    hoa, (code,) = officer(desk, "hoa"), new_codes(desk, 1)
    mistaken, other = Answer("satisfied", procedure="permanent-residence"), Answer("neutral")
    for answer, of in ((mistaken, code), (other, ""), (mistaken, "")):
        assert isinstance(put_in(desk, hoa, answer, of), Box)
    found = take_out(desk, hoa, mistaken, code)
    assert isinstance(found, Box) and found.waiting == 2
    assert isinstance(put_in(desk, hoa, other, code), Box), "the code was not used up after all"
    assert isinstance(take_out(desk, hoa, mistaken), Box)
    for unknown in (mistaken, Answer("very_satisfied"), Answer("neutral", channel="phone")):
        answered = take_out(desk, hoa, unknown)
        assert isinstance(answered, Refusal) and answered.code == "survey_not_in_box"
    refused = take_out(desk, officer(desk, "tra"), other)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    assert box(desk).waiting == 2


def test_a_box_that_comes_back_from_a_backup_is_not_counted_again(desk: Desk) -> None:
    codes = new_codes(desk, 6)
    for code in codes[:5]:
        assert isinstance(put_in(desk, officer(desk), GOOD, code), Box)
    kept = [desk.connection.execute(f"SELECT * FROM {name}").fetchall() for name in ("survey_box", "survey_box_code")]
    assert isinstance(open_box(desk, officer(desk)), Done)
    with transaction(desk.connection):  # as it stood when the backup was made
        desk.connection.executemany("INSERT INTO survey_box VALUES (?, ?)", kept[0])
        desk.connection.executemany("INSERT INTO survey_box_code VALUES (?)", kept[1])
    assert box(desk).waiting == 0
    again = open_box(desk, officer(desk))
    assert isinstance(again, Refusal) and again.code == "survey_box_few"
    found = put_in(desk, officer(desk), GOOD, codes[5])
    assert isinstance(found, Box) and found.waiting == 1
    fill(desk, 4)
    assert isinstance(open_box(desk, officer(desk)), Done)
    assert satisfaction(desk, DAY, DAY).total.count == 10
