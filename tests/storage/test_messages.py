"""Messages to citizens: queued from events, sent by a real command, told once, and never to who said no or is dead."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.answers import Refusal
from core.decisions import TakeIn, Undo
from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.delivery import Outcome, deliver
from storage.desk import Desk, Done
from storage.messages import (
    count_failed,
    find_message,
    gather,
    has_work,
    is_dead,
    message_id,
    messages_of,
    open_messages,
    told_by_phone,
    try_again,
)
from storage.results import listed
from storage.sending import Round, send
from storage.series import NO_WITNESS
from tests.conftest import NOW, act, officer, take_in
from tests.gateway import Gateway
from tests.storage.sync_desks import Station, dump, officer_of
from tests.storage.sync_desks import act as act_at

DAO = {
    "kind": "citizen", "name": "Đặng Thị Đào", "number": "001185012345", "birth": "1985-01-01", "phone": "0905123456",
}  # fmt: skip
TOLD = DAO | {"tell": "sms"}
MAIL = DAO | {"tell": "mail", "email": "dao@vi.example"}
SOON = timedelta(minutes=3)
"""Past the time in which an event may still be undone."""
Clock = Callable[..., datetime]


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway.at(tmp_path / "gateway")


@pytest.fixture
def later(desk: Desk) -> Clock:
    """Move the desk's clock to so long after nine on the first day."""
    moment = [NOW]
    desk.now = lambda: moment[0]  # type: ignore[method-assign]

    def move(delta: timedelta | None = None, **parts: float) -> datetime:
        moment[0] = NOW + (delta or timedelta(**parts))
        return moment[0]

    return move


def ready(desk: Desk, applicant: dict[str, Any] = TOLD, **facts: Any) -> str:
    dossier = take_in(desk, applicant=applicant, **facts)
    act(desk, dossier, "result_ready", at=desk.now())
    return dossier


def told(desk: Desk, dossier: str) -> list[dict[str, Any]]:
    folded = desk.dossier(dossier)
    assert folded is not None
    return [dict(event.body) for event in folded.events if event.kind == "citizen_told"]


def states(desk: Desk, dossier: str) -> list[tuple[str, str | None]]:
    return [(one.state, one.reason) for one in messages_of(desk, dossier)]


def test_a_result_is_told_once_after_the_time_in_which_it_could_be_undone(
    desk: Desk, gateway: Gateway, later: Clock
) -> None:
    dossier = ready(desk)
    assert send(desk, gateway.command) == Round() and gateway.got == []
    at = later(SOON)
    assert send(desk, gateway.command) == Round(told=1)
    (got,) = gateway.got
    number = desk.row(dossier)["receipt_number"]
    expected = {"channel": "sms", "to": "0905123456", "subject": None, "language": "vi", "attempt": 1}
    assert {name: got[name] for name in expected} == expected
    assert number in got["text"] and got["text"].isascii() and len(got["text"]) <= 160
    folded = desk.dossier(dossier)
    assert folded is not None
    event = folded.events[-1]
    assert (event.kind, event.by, event.at, event.body["channel"]) == ("citizen_told", desk.identity.desk, at, "sms")
    assert folded.marks == {} and not {*DAO.values()} & set(map(str, event.body.values()))
    later(days=1)
    assert send(desk, gateway.command) == Round() and len(gateway.got) == 1


def test_without_consent_nothing_is_queued_and_with_it_given_later_what_still_holds_is(
    desk: Desk, gateway: Gateway, later: Clock
) -> None:
    dossier = ready(desk, DAO)
    later(SOON)
    assert send(desk, gateway.command) == Round() and messages_of(desk, dossier) == []
    act(desk, dossier, "corrected", field="applicant.tell", new="sms")
    assert send(desk, gateway.command) == Round(told=1)


def test_who_takes_the_consent_back_hears_nothing_more(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = ready(desk)
    gather(desk)
    act(desk, dossier, "corrected", field="applicant.tell", new="none")
    later(SOON)
    assert send(desk, gateway.command) == Round(dropped=1) and gateway.got == []
    assert states(desk, dossier) == [("dropped", "no_consent")]
    act(desk, dossier, "corrected", field="applicant.tell", new="sms")
    assert send(desk, gateway.command).told == 1 and len(told(desk, dossier)) == 1


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("result_returned", {"capacity": "self"}, "closed"),
        ("reopened", {"reason": "xét lại"}, "superseded"),
        ("voided", {"reason": "trùng"}, "closed"),
        ("handed_to_post", {"carrier": "VNPost"}, "superseded"),
        ("applicant_died", {"proof": "Trích lục khai tử 12"}, "died"),
    ],
)
def test_what_has_passed_is_not_told(
    desk: Desk, gateway: Gateway, later: Clock, kind: str, fields: dict[str, Any], reason: str
) -> None:
    dossier = ready(desk)
    gather(desk)
    act(desk, dossier, kind, **fields)
    later(SOON)
    assert send(desk, gateway.command) == Round(dropped=1) and gateway.got == []
    assert states(desk, dossier) == [("dropped", reason)]


def test_what_was_undone_in_time_is_never_told(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = ready(desk)
    gather(desk)
    folded = desk.dossier(dossier)
    assert folded is not None
    assert isinstance(desk.do(Undo(dossier, folded.events[-1].event_id, desk.now()), officer(desk)), Done)
    later(SOON)
    assert send(desk, gateway.command) == Round(dropped=1) and gateway.got == []


def test_a_supplement_its_reminder_and_what_was_handed_in(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = take_in(desk, applicant=MAIL)
    act(desk, dossier, "supplement_requested", items=["CT01"])
    later(SOON)
    assert send(desk, gateway.command) == Round(told=1)
    assert gateway.got[0]["channel"] == "mail" and gateway.got[0]["to"] == "dao@vi.example"
    assert "22/06/2026" in gateway.got[0]["text"] and gateway.got[0]["subject"]
    later(days=25, hours=-1)
    assert send(desk, gateway.command) == Round(told=1)
    assert desk.row(dossier)["reminded_at"] is None and desk.row(dossier)["remind_from"] is None
    assert [one["about"] for one in told(desk, dossier)] == ["supplement", "reminder"]
    later(days=26)
    assert send(desk, gateway.command) == Round() and len({one["id"] for one in gateway.got}) == 2
    act(desk, dossier, "supplement_received", papers=["CT01"], at=desk.now())
    act(desk, dossier, "supplement_requested", items=["CT02"], reason="x", leader="Lành", at=desk.now())
    act(desk, dossier, "supplement_received", papers=["CT02"], at=desk.now())
    later(days=26, minutes=5)
    assert send(desk, gateway.command) == Round() and len(gateway.got) == 2


def test_an_apology_tells_the_new_date(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = take_in(desk, applicant=TOLD)
    act(desk, dossier, "rescheduled", code="overload", days=3)
    later(SOON)
    assert send(desk, gateway.command) == Round()
    act(desk, dossier, "letter_issued", letter="apology", confirmed=True, at=desk.now())
    later(minutes=9)
    assert send(desk, gateway.command) == Round(told=1)
    assert "04/06/2026" in gateway.got[0]["text"]


def test_a_result_that_nobody_fetches_is_reminded_of_and_the_list_knows(
    desk: Desk, gateway: Gateway, later: Clock
) -> None:
    dossier, by_post = ready(desk), ready(desk, return_by="post")
    later(SOON)
    assert send(desk, gateway.command) == Round(told=2)
    later(days=15)
    assert {one.id for one in listed(desk, "uncollected")} == {dossier, by_post}
    assert send(desk, gateway.command) == Round(told=1)
    assert [one.id for one in listed(desk, "uncollected")] == [by_post]
    later(days=16)
    assert send(desk, gateway.command) == Round()


def test_nobody_is_written_to_at_night(desk: Desk, gateway: Gateway, later: Clock) -> None:
    later(hours=11)
    dossier = ready(desk)
    later(hours=12)
    assert send(desk, gateway.command) == Round()
    (one,) = messages_of(desk, dossier)
    assert datetime.fromtimestamp(one.next_at, LEGAL_TIME).hour == 7
    later(hours=23)
    assert send(desk, gateway.command) == Round(told=1)


def test_a_gateway_that_fails_is_asked_again_with_the_same_id_ever_later_until_somebody_must_call(
    desk: Desk, gateway: Gateway, later: Clock
) -> None:
    dossier = ready(desk)
    gateway.answer(75)
    later(SOON)
    moments, passed = [], SOON
    while send(desk, gateway.command).failed == 0:
        (one,) = messages_of(desk, dossier)
        assert (one.state, one.reason, one.detail) == ("waiting", "gateway_refused", "75")
        assert send(desk, gateway.command) == Round()
        passed = datetime.fromtimestamp(one.next_at, LEGAL_TIME) - NOW
        moments.append(passed)
        later(passed)
    waits = [after - before for before, after in zip([SOON, *moments], moments, strict=False)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert timedelta(hours=60) < passed < timedelta(hours=72)
    assert all(7 <= (NOW + one).hour < 20 for one in moments)
    assert len({one["id"] for one in gateway.got}) == 1 and len(gateway.got) == len(moments) + 1
    assert [one["attempt"] for one in gateway.got] == list(range(1, len(gateway.got) + 1))
    assert count_failed(desk.connection) == 1 and told(desk, dossier) == []
    (failed,) = open_messages(desk)
    try_again(desk, failed)
    gateway.answer(0)
    assert send(desk, gateway.command) == Round(told=1) and gateway.got[-1]["id"] == failed.id
    assert count_failed(desk.connection) == 0


def test_a_gateway_that_is_down_is_asked_a_few_times_in_a_round(desk: Desk, gateway: Gateway, later: Clock) -> None:
    for _ in range(5):
        ready(desk)
    gateway.answer(75)
    later(SOON)
    assert send(desk, gateway.command) == Round(later=3) and len(gateway.got) == 3


def test_what_must_be_settled_here_first_is_looked_at_again_later(desk: Desk, gateway: Gateway, later: Clock) -> None:
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    dossier = ready(desk)
    assert desk.row(dossier)["receipt_number"] is None
    later(SOON)
    assert send(desk, gateway.command) == Round(later=1) and gateway.got == []
    assert states(desk, dossier) == [("waiting", "number_missing")]
    act(desk, dossier, "corrected", field="applicant.tell", new="none")
    later(minutes=10)
    assert has_work(desk.connection, desk.now(), sending=True)[0]
    assert send(desk, gateway.command) == Round(dropped=1)


def test_a_bad_address_is_not_tried_again_and_somebody_calls(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = ready(desk)
    gateway.answer(65)
    later(SOON)
    assert send(desk, gateway.command) == Round(failed=1)
    assert states(desk, dossier) == [("failed", "address_refused")]
    (one,) = open_messages(desk)
    refused = told_by_phone(desk, officer(desk, "tra"), one)
    assert isinstance(refused, Refusal) and refused.code == "role_missing" and open_messages(desk) != []
    done = told_by_phone(desk, officer(desk, "hoa"), one)
    assert isinstance(done, Done) and done.events[0].by == officer(desk, "hoa").id
    assert told(desk, dossier)[0]["channel"] == "phone" and open_messages(desk) == []
    again = told_by_phone(desk, officer(desk, "hoa"), one)
    assert isinstance(again, Refusal) and again.code == "told_already" and len(told(desk, dossier)) == 1


def test_a_call_that_was_written_down_by_mistake_is_undone_and_the_message_goes(
    desk: Desk, gateway: Gateway, later: Clock
) -> None:
    dossier = ready(desk)
    gather(desk)
    (one,) = open_messages(desk)
    done = told_by_phone(desk, officer(desk), one)
    assert isinstance(done, Done)
    assert isinstance(desk.do(Undo(dossier, done.events[0].event_id, desk.now()), officer(desk)), Done)
    gather(desk)
    later(minutes=9)
    assert send(desk, gateway.command) == Round(told=1)


def test_what_a_person_took_home_leaves_the_list_of_whom_to_call(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = ready(desk)
    gateway.answer(65)
    later(SOON)
    send(desk, gateway.command)
    act(desk, dossier, "result_returned", capacity="self")
    assert open_messages(desk) == [] and gather(desk) == 1 and count_failed(desk.connection) == 0


def test_a_correction_to_no_address_is_shown(desk: Desk, gateway: Gateway, later: Clock) -> None:
    dossier = ready(desk, DAO | {"tell": "mail"})
    later(SOON)
    assert send(desk, gateway.command) == Round(failed=1)
    assert states(desk, dossier) == [("failed", "address_missing")]


def test_without_a_command_nothing_counts_as_sent(desk: Desk, later: Clock) -> None:
    dossier = ready(desk)
    later(SOON)
    assert send(desk, ()) == Round()
    assert states(desk, dossier) == [("waiting", None)] and told(desk, dossier) == []
    later(hours=73)
    send(desk, ())
    assert states(desk, dossier) == [("failed", "not_sent_in_time")]


def test_a_crash_between_the_command_and_the_event_sends_once_more_under_the_same_id(
    desk: Desk, gateway: Gateway, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = ready(desk)
    later(SOON)

    def cut_off(command: object, message: Any) -> Outcome:
        deliver(gateway.command, message)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("storage.sending.deliver", cut_off)
        with pytest.raises(KeyboardInterrupt):
            send(desk, gateway.command)
    assert states(desk, dossier) == [("sending", None)]
    assert send(desk, gateway.command) == Round(), "another process may still be at it"
    later(SOON + timedelta(minutes=3))
    assert send(desk, gateway.command) == Round(told=1)
    first, second = gateway.got
    assert first["id"] == second["id"] == message_id(dossier, told(desk, dossier)[0]["cause"])
    assert (first["attempt"], second["attempt"]) == (1, 2) and len(told(desk, dossier)) == 1


def test_two_processes_of_a_desk_never_send_the_same(desk: Desk, gateway: Gateway, later: Clock) -> None:
    for _ in range(5):
        ready(desk)
    later(SOON)
    other = Desk.open(desk.folder)
    other.now = desk.now  # type: ignore[method-assign]
    inside: list[Round] = []
    command = deliver

    def meanwhile(argv: Any, message: Any) -> Outcome:
        if not inside:
            inside.append(Round())
            inside.append(send(other, gateway.command))
        return command(argv, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.sending.deliver", meanwhile)
        done = send(desk, gateway.command)
    other.close()
    assert (done.told, inside[1].told) == (1, 4)
    assert len({one["id"] for one in gateway.got}) == len(gateway.got) == 5


@pytest.mark.parametrize(
    ("other", "stopped"),
    [
        (TOLD, True),
        (TOLD | {"name": "Tên Khác"}, True),
        ({name: one for name, one in TOLD.items() if name != "number"}, True),
        (TOLD | {"number": "048085099999"}, False),
        (TOLD | {"number": "048085099999", "name": "Lê An"}, False),
    ],
)
def test_a_death_stops_all_messages_of_the_person_here(
    desk: Desk, gateway: Gateway, later: Clock, other: dict[str, Any], stopped: bool
) -> None:
    dossier, death = ready(desk, other), take_in(desk, applicant=DAO)
    act(desk, death, "applicant_died", proof="Giấy báo tử 5", died_on="2026-05-20")
    later(SOON)
    assert is_dead(desk, dossier) is stopped
    assert send(desk, gateway.command).told == (0 if stopped else 1)
    act(desk, death, "applicant_died", proof="nhầm người", mistaken=True)
    later(minutes=9)
    assert not is_dead(desk, dossier)
    send(desk, gateway.command)
    later(minutes=15)
    send(desk, gateway.command)
    assert len(gateway.got) == 1


def test_the_desk_that_wrote_the_event_sends_and_no_other(station: Station, tmp_path: Path) -> None:
    gateway = Gateway.at(tmp_path / "gateway")
    one, other, _ = station.desks
    dossier = one.new_id()
    facts = {"procedure": "permanent-residence", "applicant": TOLD}
    assert isinstance(one.do(TakeIn(dossier, "received", one.now(), facts), officer_of(one)), Done)
    station.sync(0, 1, 0)
    assert isinstance(act_at(other, dossier, "supplement_requested", items=["CT01"]), Done)
    station.sync(1, 0)
    begun = one.now()

    def at(delta: timedelta) -> None:
        for desk in station.desks:
            desk.now = lambda: begun + delta  # type: ignore[method-assign]

    at(timedelta(hours=1))
    assert send(one, gateway.command) == Round()
    assert send(other, gateway.command) == Round(told=1)
    station.sync(1, 0)
    at(timedelta(days=25))
    assert send(other, gateway.command) == Round(), "a reminder is the owner's"
    assert send(one, gateway.command) == Round(told=1)
    station.sync(0, 1, 0)
    assert len({got["id"] for got in gateway.got}) == 2 and dump(one) == dump(other)


def test_the_workstation_knows_cheaply_whether_there_is_something_to_do(desk: Desk, later: Clock) -> None:
    db = desk.connection
    take_in(desk, applicant=DAO)
    work, seen = has_work(db, desk.now(), sending=True)
    assert (work, has_work(db, desk.now(), seen, sending=True)) == (False, (False, seen))
    ready(desk)
    assert has_work(db, desk.now(), seen, sending=True)[0]
    gather(desk)
    assert not has_work(db, desk.now(), seen, sending=True)[0]
    later(SOON)
    assert has_work(db, desk.now(), seen, sending=True)[0]
    assert not has_work(db, desk.now(), seen, sending=False)[0]
    later(hours=13)
    assert not has_work(db, desk.now(), seen, sending=True)[0]


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("import sys; sys.exit(0)", Outcome(None)),
        ("import sys; sys.exit(65)", Outcome("address_refused", again=False)),
        ("import sys; sys.exit(75)", Outcome("gateway_refused", "75")),
        ("import sys; sys.exit(1)", Outcome("gateway_refused", "1")),
        ("import time; time.sleep(60)", Outcome("gateway_timeout", "0.5")),
    ],
)
def test_what_a_command_answers(program: str, outcome: Outcome) -> None:
    seconds = 0.5 if outcome.reason == "gateway_timeout" else 60
    assert deliver([sys.executable, "-c", program], {"id": "1"}, seconds) == outcome


@pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes there")
def test_a_command_that_hangs_ends_with_what_it_started(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    started = f"import time; told = open({str(pipe)!r}, 'w'); time.sleep(5); told.write('still here')"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {started!r}])"
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as heard:
        assert deliver([sys.executable, "-c", program], {"id": "1"}, 2).reason == "gateway_timeout"
        os.set_blocking(heard.fileno(), True)
        assert heard.read() == ""


@pytest.mark.parametrize("command", [["/no/such/program"], ["bad\0name"]])
def test_a_command_that_is_none(command: list[str]) -> None:
    assert deliver(command, {}) == Outcome("gateway_missing")


def test_a_message_is_found_by_a_beginning_of_its_id(desk: Desk) -> None:
    ready(desk)
    gather(desk)
    (one,) = open_messages(desk)
    assert find_message(desk, one.id[:8]) == one
    for wrong in ("", "zz"):
        found = find_message(desk, wrong)
        assert isinstance(found, Refusal) and found.code == "message_unknown"


def test_what_is_asked_every_second_reads_neither_old_messages_nor_old_events(desk: Desk) -> None:
    """A partial index is used only where the query says its condition in the same words."""
    take_in(desk, applicant=TOLD)
    asked: list[str] = []
    desk.connection.set_trace_callback(asked.append)
    try:
        count_failed(desk.connection)
        has_work(desk.connection, NOW, sending=True)
    finally:
        desk.connection.set_trace_callback(None)
    asked = [one for one in asked if one.startswith(("SELECT", "\nSELECT")) and ("EXISTS" in one or "state" in one)]
    plans = [" ".join(row[-1] for row in desk.connection.execute(f"EXPLAIN QUERY PLAN {one}")) for one in asked]
    assert len(plans) >= 3, asked
    assert not [plan for plan in plans if "SCAN event" in plan or "SCAN message" in plan], plans
