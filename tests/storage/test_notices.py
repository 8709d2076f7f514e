"""What is so for an officer: the own dossiers, what came by sync, the desk's own trouble; found without a scan."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from core.answers import InvalidInput, Refusal
from core.decisions import TakeIn
from core.moments import LEGAL_TIME
from core.notices import Facts, Notice, NoticeKind, NoticeLog, Subject, Told
from core.numbers import RANGE
from core.states import State
from storage import room
from storage.desk import Desk
from storage.folder import write_meta
from storage.notices import facts_for, load_log, save_log
from storage.officers import Officer
from tests.conftest import NOW, act, officer, take_in
from tests.storage import sync_desks
from tests.storage.amended import amend
from tests.storage.sync_desks import Station, officer_of
from tests.storage.test_blanks import taken

LAST_MINUTES = datetime(2026, 6, 1, 16, 30, tzinfo=LEGAL_TIME)
"""Half an hour before what was taken in at NOW falls due."""


def look(desk: Desk, by: Officer, log: NoticeLog | None = None, at: datetime | None = None) -> Facts:
    """At a moment, after a look a day before where no other log is given."""
    moment = at or desk.now()
    desk.now = lambda: moment
    looked = int((moment - timedelta(days=1)).timestamp())
    return facts_for(desk, by, desk.bounds(), log or NoticeLog(event=0, looked=looked))[0]


def names(subjects: tuple[Subject, ...]) -> list[str]:
    return [one.name for one in subjects]


def test_what_falls_due_within_the_hour_is_told_to_whose_it_is(desk: Desk) -> None:
    one = take_in(desk, "Của Hoa", by="hoa")
    row = desk.row(one)
    assert row is not None and row["binding_at"] == LAST_MINUTES.timestamp() + 1800
    due = look(desk, officer(desk, "hoa"), at=LAST_MINUTES).due
    assert due == (Subject(one, row["receipt_number"], "Của Hoa", row["binding_at"]),)
    assert look(desk, officer(desk, "khai"), at=LAST_MINUTES).due == ()
    assert look(desk, officer(desk, "hoa"), at=LAST_MINUTES - timedelta(hours=1)).due == ()
    desk.now = lambda: LAST_MINUTES
    act(desk, one, "result_ready", by="hoa", at=LAST_MINUTES)
    assert look(desk, officer(desk, "hoa"), at=LAST_MINUTES).due == ()


def test_what_came_online_is_told_to_whoever_takes_in_until_it_is_answered(desk: Desk) -> None:
    one = take_in(desk, "Nộp Mạng", kind="submitted", channel="online", by="tmd")
    due = NOW + timedelta(days=1)  # Thursday nine o'clock: eight working hours are over at nine on Friday
    assert look(desk, officer(desk, "hoa"), at=due - timedelta(minutes=61)).unanswered == ()
    soon = look(desk, officer(desk, "hoa"), at=due - timedelta(minutes=59))
    assert (names(soon.unanswered), soon.due) == (["Nộp Mạng"], ())
    assert look(desk, officer(desk, "khai"), at=due).unanswered == (), "who does not take in can't answer it"
    late = look(desk, officer(desk, "hoa"), at=due + timedelta(days=3))
    assert names(late.unanswered) == ["Nộp Mạng"] and late.owed == ()
    body = {"reason": "không thuộc thẩm quyền"}
    desk.do(TakeIn(one, "not_accepted", due, body), officer(desk, "hoa"))
    assert look(desk, officer(desk, "hoa"), at=due + timedelta(days=3)).unanswered == ()


def test_a_debt_is_told_at_the_first_look_after_its_day_and_to_a_leader_of_everybody(desk: Desk) -> None:
    take_in(desk, "Của Hoa", by="hoa")
    morning = LAST_MINUTES.replace(day=2, hour=7)
    assert names(look(desk, officer(desk, "hoa"), at=morning).owed) == ["Của Hoa"]
    assert names(look(desk, officer(desk, "lanh"), at=morning).owed) == ["Của Hoa"]
    assert look(desk, officer(desk, "khai"), at=morning).owed == ()
    just_now = NoticeLog(event=0, looked=int(morning.timestamp()) - 60)
    assert look(desk, officer(desk, "hoa"), just_now, at=morning).owed == ()
    assert look(desk, officer(desk, "hoa"), NoticeLog(), at=morning).owed == ()


def test_a_delay_that_a_leader_declared_is_a_debt_of_the_officer(desk: Desk) -> None:
    one = take_in(desk, "Của Hoa", by="hoa")
    seen = NoticeLog(event=desk.log.last(), looked=int(NOW.timestamp()))
    late = NOW + timedelta(days=13)
    desk.now = lambda: late
    act(desk, one, "delay_declared", by="lanh", at=late, reason="mất điện", code="unit_fault")
    assert names(look(desk, officer(desk, "hoa"), seen).owed) == ["Của Hoa"]
    assert look(desk, officer(desk, "lanh"), seen).owed == ()


def test_a_result_is_told_to_others_than_who_made_it(desk: Desk) -> None:
    one = take_in(desk, "Của Hoa", by="hoa")
    act(desk, one, "assigned", by="lanh", to="officer-khai")
    act(desk, one, "result_ready", by="lanh")
    for code, told in (("hoa", True), ("khai", True), ("lanh", False), ("tra", False)):
        assert names(look(desk, officer(desk, code)).ready) == (["Của Hoa"] if told else []), code
    seen = NoticeLog(event=desk.log.last(), looked=int(NOW.timestamp()))
    assert look(desk, officer(desk, "hoa"), seen).ready == ()
    act(desk, one, "result_returned", by="hoa", channel="counter")
    assert look(desk, officer(desk, "khai")).ready == ()


def test_what_another_desk_did_comes_by_sync(station: Station) -> None:
    here, there, _ = station.desks
    for number, one in enumerate(station.desks):
        now = here.now() + timedelta(minutes=5 * number)
        one.now = lambda now=now: now  # type: ignore[misc]
    dossier, contested = sync_desks.take_in(here, "Đặng Thị Đào"), sync_desks.take_in(here, "Lê Văn Hai")
    station.sync(0, 1)
    me, before = officer_of(here), NoticeLog(event=here.log.last(), looked=int(here.now().timestamp()))
    sync_desks.act(there, dossier, "result_ready", document="12/KQ")
    sync_desks.act(there, contested, "refused", reason="Chỗ ở đang tranh chấp")
    sync_desks.act(here, contested, "withdrawn")
    assert look(here, me, before).ready == ()
    station.sync(1, 0)
    found = look(here, me, before)
    assert names(found.ready) == ["Đặng Thị Đào"] and names(found.conflicts) == ["Lê Văn Hai"]
    assert found.contact is not None and not found.failing
    later = replace(before, event=here.log.last(), standing=frozenset({f"conflict {contested}"}))
    assert names(look(here, me, later).conflicts) == ["Lê Văn Hai"]
    assert look(here, me, replace(later, standing=frozenset())).conflicts == ()
    row = here.row(dossier)
    assert row is not None and row["state"] == State.RESULT_READY


def test_numbers_disk_and_hub(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    me = officer(desk)
    assert (look(desk, me).numbers_left, look(desk, me).contact, look(desk, me).short) == (RANGE, None, ())
    take_in(desk)
    assert look(desk, me).numbers_left == RANGE - 1
    monkeypatch.setattr(room.shutil, "disk_usage", lambda folder: SimpleNamespace(free=5_000_000))
    assert look(desk, me).short == (("disk_nearly_full", "5"),)
    write_meta(desk.connection, {"number_wanted": "forked"})
    found = look(desk, me)
    assert (found.without_number, found.numbers_left) == ("forked", None)


def test_blank_receipts_end_the_days_range_sooner(station: Station) -> None:
    desk = station.desks[0]
    taken(desk, RANGE - 10)
    assert look(desk, officer_of(desk)).numbers_left == 10


def test_no_table_is_read_from_end_to_end(desk: Desk) -> None:
    one = take_in(desk, by="hoa")
    act(desk, one, "result_ready", by="lanh")
    asked: list[str] = []
    for code in ("hoa", "lanh"):
        who, bounds = officer(desk, code), desk.bounds()
        log = NoticeLog(event=0, looked=0, standing=frozenset({f"conflict {one}"}))
        desk.connection.set_trace_callback(asked.append)
        try:
            facts_for(desk, who, bounds, log)
        finally:
            desk.connection.set_trace_callback(None)
    for statement in asked:
        if statement.lstrip().startswith("SELECT"):
            plan = [row[-1] for row in desk.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert not any(step.startswith(("SCAN dossier", "SCAN event")) for step in plan), (statement, plan)


def test_the_log_is_kept_for_each_officer_and_no_persons_name_with_it(desk: Desk) -> None:
    one = take_in(desk, "Đặng Thị Đào")
    notice = Notice(NoticeKind.READY, f"ready {one} 5", Subject(one, "H30-1", "Đặng Thị Đào", 5))
    law = Notice(NoticeKind.CONFLICT, "conflict calendar", Subject("calendar", name="Lịch"))
    log = NoticeLog((Told(notice, 7, read=True), Told(law, 6)), frozenset({f"ready {one} 5"}), 3, 9)
    save_log(desk.connection, "officer-hoa", log)
    (kept,) = desk.connection.execute("SELECT value FROM meta WHERE name = 'notices:officer-hoa'").fetchone()
    assert "Đào" not in kept and "Lịch" in kept
    assert load_log(desk.connection, "officer-hoa") == log, "the dossier says whose it is"
    assert load_log(desk.connection, "officer-khai") == NoticeLog()
    write_meta(desk.connection, {"notices:officer-hoa": '{"told": 3}'})
    assert load_log(desk.connection, "officer-hoa") == NoticeLog()


def test_an_answer_is_told_from_its_day_on_to_whom_it_is_given_or_to_the_counter(desk: Desk) -> None:
    from core.feedback import ReceiveFeedback
    from storage.feedback import answer, receive

    hoa, khai = officer(desk, "hoa"), officer(desk, "khai")
    for name, to in (("1" * 12, ""), ("2" * 12, khai.id)):
        given = ReceiveFeedback(name, "question", f"Hỏi {name}", "phone", NOW, officer=to)
        assert not isinstance(receive(desk, hoa, given), Refusal)
    eve, day = NOW.replace(day=27), NOW.replace(day=28)
    assert look(desk, officer(desk, "lanh"), at=eve).answers == ()
    assert names(look(desk, hoa, at=day).answers) == ["111111"]
    assert names(look(desk, khai, at=day).answers) == ["222222"]
    assert names(look(desk, officer(desk, "lanh"), at=day).answers) == ["111111", "222222"]
    assert look(desk, officer(desk, "tra"), at=day).answers == ()
    answer(desk, hoa, "1" * 12, "Bảy ngày.", "phone")
    assert look(desk, hoa, at=day).answers == ()


def test_a_report_is_told_near_its_day_until_it_was_sent_and_never_without_data(desk: Desk) -> None:
    from storage.frozen import freeze

    lead, april = officer(desk, "lanh"), (date(2026, 4, 1), date(2026, 4, 30))
    assert look(desk, lead).reports == (), "nobody set a day"
    rows = [{"name": "report_due_days.late", "value": "31", "valid_from": "2026-01-01"}]
    amend(desk, officer(desk), {"decision": "KH 9", "policy": rows})
    early, near, past = NOW.replace(day=25), NOW.replace(day=27), NOW.replace(month=6, day=30)
    assert look(desk, lead, at=early).reports == (), "the last day is Monday, the first of June: four working days off"
    due = Subject("report:late:2026-04-30", name="late", at=int(datetime(2026, 6, 2, tzinfo=LEGAL_TIME).timestamp()))
    assert look(desk, lead, at=near).reports == (due,)
    assert look(desk, officer(desk, "hoa"), at=near).reports == (), "who may not send is not told"
    for name, period in (("ii06a", april), ("late", (date(2026, 4, 1), date(2026, 4, 29)))):
        freeze(desk, lead, {"name": name}, period, None)
    assert look(desk, lead, at=near).reports == (due,), "another report, and other days"
    freeze(desk, lead, {"name": "late"}, april, None)
    assert look(desk, lead, at=near).reports == ()
    assert names(look(desk, lead, at=past).reports) == ["late"], "the next period, May"
    may = (date(2026, 5, 1), date(2026, 5, 31))
    desk.now = lambda: NOW
    freeze(desk, lead, {"name": "late"}, may, None)
    assert names(look(desk, lead, at=past).reports) == ["late"], "it was sent while May still ran: a part of it"
    desk.now = lambda: past
    freeze(desk, lead, {"name": "late"}, may, None)
    assert look(desk, lead, at=past).reports == ()


@pytest.mark.parametrize("value", ["", "x", "99999999999"])
def test_a_sending_day_that_is_none_tells_nothing(desk: Desk, value: str) -> None:
    rows = [{"name": "report_due_days.late", "value": value, "valid_from": "2026-01-01"}]
    with suppress(InvalidInput):
        amend(desk, officer(desk), {"decision": "KH 9", "policy": rows})
    assert look(desk, officer(desk, "lanh")).reports == ()
