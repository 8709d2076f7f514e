"""Rosters and shifts of a real desk, and of two that meet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from core.answers import Refusal
from core.moments import LEGAL_TIME
from core.roster import WEEKDAYS
from core.rostering import NoteAbsence, SetRoster
from core.shift import NEXT_OPENED, Shift
from storage.desk import Desk, Done
from storage.lawbook.figures import figure
from storage.roster import roster, roster_of
from storage.shift import close_shift, events_in, last_shifts, open_at_sign_in, open_shift, planned, shift, shift_of
from tests.conftest import NOW, officer, take_in
from tests.storage.sync_desks import Station, officer_of

THURSDAY = NOW.date()
MORNING = (((28_800, 39_600),),) * 5 + ((), ())


def hours(desk: Desk, code: str, day: date = THURSDAY) -> Fraction:
    return roster(desk).hours(officer(desk, code).id, day)


def shares(desk: Desk) -> Fraction:
    return Fraction(int(figure(desk.law, "work_share", desk.identity.unit, THURSDAY)), 100)


def test_counter_and_processing_work_the_units_hours(desk: Desk) -> None:
    whole = 8 * shares(desk)
    found = {one.code: hours(desk, one.code) for one in desk.officers.all()}
    assert found == {"hoa": whole, "khai": whole, "lanh": 0, "tra": 0, "tmd": whole}
    assert hours(desk, "hoa", THURSDAY + timedelta(days=2)) == 0


def test_a_week_and_an_absence_go_through_the_one_door(desk: Desk) -> None:
    hoa, lanh = officer(desk, "hoa"), officer(desk, "lanh")
    assert isinstance(desk.do(SetRoster(lanh.id, THURSDAY, MORNING, NOW), hoa), Refusal)
    assert isinstance(desk.do(SetRoster(lanh.id, THURSDAY, MORNING, NOW), lanh), Done)
    assert isinstance(desk.do(NoteAbsence(hoa.id, THURSDAY, THURSDAY, "ốm", NOW, "morning"), hoa), Done)
    assert (hours(desk, "lanh"), hours(desk, "hoa")) == (3 * shares(desk), 4 * shares(desk))


def test_two_desks_set_one_week_and_see_the_same(station: Station) -> None:
    """Both founders are admins; who wrote later stands, and what it replaced is shown at both desks."""
    station.sync(0, 1, 0)
    mine = officer_of(station.desks[0])
    for number, week in enumerate((None, MORNING)):
        desk = station.desks[number]
        done = desk.do(SetRoster(mine.id, THURSDAY, week, desk.now()), officer_of(desk))
        assert isinstance(done, Done), done
    station.sync(0, 1, 0)
    found = [roster_of(desk, mine.id) for desk in station.desks[:2]]
    assert found[0] == found[1]
    assert len(found[0].rows) == 1 and len(found[0].replaced) == 1


def test_a_shift_opens_by_the_roster_and_closes(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    opened = open_shift(desk, hoa)
    assert isinstance(opened, Shift) and opened == shift_of(desk, hoa.id)
    assert (opened.start, opened.until) == planned(desk, hoa.id)
    assert opened.start is not None and (opened.start.hour, opened.start.minute) == (7, 30)
    again = open_shift(desk, hoa)
    assert isinstance(again, Refusal) and again.code == "shift_open_already"
    dossier = take_in(desk, by="hoa")
    take_in(desk, by="tmd")
    assert dossier in {event.entity for event in events_in(desk, opened)}
    assert {event.by for event in events_in(desk, opened)} == {hoa.id}
    refused = close_shift(desk, officer(desk, "khai"), opened.id)
    assert isinstance(refused, Refusal) and refused.code == "shift_not_yours"
    assert isinstance(close_shift(desk, officer(desk, "lanh"), opened.id, "về sớm"), Done)
    assert shift_of(desk, hoa.id) is None
    closed = shift(desk, opened.id)
    assert closed is not None and (closed.closed_by, closed.reason) == ("officer-lanh", "về sớm")
    unknown = close_shift(desk, hoa, "none")
    assert isinstance(unknown, Refusal) and unknown.code == "shift_unknown"


def test_times_by_hand_and_a_shift_that_was_left_open(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    start, until = NOW.replace(hour=18), NOW.replace(hour=21)
    by_hand = open_shift(desk, hoa, start, until)
    assert isinstance(by_hand, Shift) and (by_hand.start, by_hand.until, by_hand.by_hand) == (start, until, True)
    tomorrow = NOW + timedelta(days=1)
    desk.now = lambda: tomorrow
    following = open_shift(desk, hoa)
    assert isinstance(following, Shift)
    assert [(one.id, one.reason) for one in last_shifts(desk, hoa.id)] == [
        (following.id, None),
        (by_hand.id, NEXT_OPENED),
    ]
    assert shift_of(desk, hoa.id) == following


def test_signing_in_opens_a_shift_where_the_unit_says_so(desk: Desk) -> None:
    from core.station import AmendLaw

    hoa = officer(desk, "hoa")
    assert open_at_sign_in(desk, hoa) is None and shift_of(desk, hoa.id) is None
    row = {
        "name": "shift_at_sign_in", "value": "on", "unit": desk.identity.unit, "valid_from": "2026-01-01",
        "basis": "QĐ 1", "verified": True,
    }  # fmt: skip
    key = f"{desk.identity.unit}/shift_at_sign_in/2026-01-01"
    rows = {"calendar": [{"table": "policy", "key": key, "row": row}]}
    desk.do(AmendLaw(rows, (), (), {"source": "x", "decision": "QĐ 1"}, NOW), officer(desk))
    assert isinstance(open_at_sign_in(desk, hoa), Shift)
    assert open_at_sign_in(desk, hoa) is None, "a lock and its end are no new shift"
    assert isinstance(open_at_sign_in(desk, officer(desk, "tra")), Refusal), "an auditor has none"


def test_the_roster_stands_in_the_words_that_data_files_use() -> None:
    assert [datetime(2026, 5, 18 + n, tzinfo=LEGAL_TIME).strftime("%a").lower() for n in range(7)] == list(WEEKDAYS)
