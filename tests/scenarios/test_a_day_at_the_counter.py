"""An officer's day, told through the desk: take in, supplement, result, post, handover, and the second desk sees it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.decisions import Act, TakeIn, Undo
from core.moments import LEGAL_TIME
from storage.desk import Desk, Done
from storage.founding import NewDesk
from storage.handover import accept, hand_over, waiting_for
from storage.manner import SHEET
from storage.officers import Officer
from storage.sheet import sheet_now
from storage.spool import Job, Spool
from storage.sync.exchange import exchange_all, open_hub
from storage.sync.join_codes import JoinCode, make_join_code
from storage.sync.joining import start_desk
from tests.readback import restated
from tui.issuing import Ready, prepare

MORNING = datetime(2026, 5, 18, 8, 0, tzinfo=LEGAL_TIME)
FACTS = {
    "procedure": "permanent-residence",
    "applicant": {"kind": "citizen", "name": "Nguyễn Thị Hồng Đào", "number": "048185012345", "phone": "0905123456"},
    "papers": ["CT01"],
}


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    monkeypatch.setenv("MOTCUA_NOW", MORNING.isoformat())
    hub = open_hub(f"folder:{tmp_path / 'hub'}")
    hub.create()
    names = ("Trần Minh", "Lê Hà")
    new = [NewDesk("K.01", "Công an phường Thử", n, names[n - 1], "2468", MORNING, test=True) for n in (1, 2)]
    first = start_desk(tmp_path / "one", new[0], [hub]).desk
    code = make_join_code(first, hub, first.officers.all()[0])
    assert isinstance(code, JoinCode)
    second = start_desk(tmp_path / "two", new[1], [hub], code.code).desk
    exchange_all(first)
    exchange_all(second)
    return first, second


def officer(desk: Desk, code: str) -> Officer:
    found = desk.officers.find(code)
    assert isinstance(found, Officer)
    return found


def at(desk: Desk, day: int, hour: int, minute: int = 0) -> datetime:
    """The clock of a test folder moves with the story."""
    moment = datetime(2026, 5, day, hour, minute, tzinfo=LEGAL_TIME)
    desk.now = lambda: moment
    return moment


def done(answer: object) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def state(desk: Desk, dossier: str) -> tuple[str, str | None]:
    row = desk.row(dossier)
    assert row is not None
    due = row["due_at"]
    return row["state"], None if due is None else f"{datetime.fromtimestamp(due, LEGAL_TIME):%d/%m %H:%M}"


def test_a_dossier_from_the_counter_to_the_post(desks: tuple[Desk, Desk]) -> None:
    desk, other = desks
    minh = officer(desk, "tm")
    dossier = desk.new_id()
    done(desk.do(TakeIn(dossier, "received", at(desk, 18, 9), FACTS), minh))
    assert state(desk, dossier) == ("received", "27/05 17:00")

    ready = prepare(desk, minh, dossier, "receipt", SHEET)
    assert isinstance(ready, Ready) and isinstance(ready.paper, Job)
    job = ready.paper
    Spool(desk).sent(job.issue)
    done(Spool(desk).confirm(minh, job))
    row = desk.row(dossier)
    assert row is not None
    assert row["promised_at"] == row["due_at"]

    done(desk.do(Act(dossier, "supplement_requested", at(desk, 20, 10), {"items": ["Giấy tờ chỗ ở"]}), minh))
    assert state(desk, dossier) == ("awaiting_supplement", None)
    done(desk.do(Act(dossier, "supplement_received", at(desk, 26, 10), {}), minh))
    assert state(desk, dossier) == ("in_progress", "04/06 17:00")

    done(desk.do(Act(dossier, "approved", at(desk, 28, 9), {}), minh))
    done(desk.do(Act(dossier, "result_ready", at(desk, 28, 10), {}), minh))
    done(desk.do(Act(dossier, "handed_to_post", at(desk, 28, 11), {"carrier": "VNPost"}), minh))
    assert [one.id for one in desk.queries.search("hong dao", desk.bounds(), 5)] == [dossier]

    exchange_all(desk)
    at(other, 28, 12)
    exchange_all(other)
    assert list(other.projection.dump()) == list(desk.projection.dump())
    assert state(other, dossier) == ("result_ready", "04/06 17:00")
    done(other.do(Act(dossier, "result_returned", at(other, 29, 9), {"channel": "post"}), officer(other, "lh")))
    exchange_all(other)
    exchange_all(desk)
    assert state(desk, dossier)[0] == "returned"
    folded = desk.dossier(dossier)
    assert folded is not None and folded.ending is not None
    assert folded.ending.judged == "early"


def test_what_came_with_a_dossier_goes_with_its_undo(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    minh = officer(desk, "tm")
    dossier = desk.new_id()
    along = (("payment_received", {"amount": "20000", "method": "cash"}), ("original_taken", {"paper": "CT01"}))
    taken = done(desk.do(TakeIn(dossier, "received", at(desk, 18, 9), FACTS, along=along), minh))
    row = desk.row(dossier)
    assert row is not None
    assert (row["fees"], row["originals"]) == (20000, 1)

    undone = done(desk.do(Undo(dossier, taken.events[0].event_id, at(desk, 18, 9, 1)), minh))
    assert [event.kind for event in undone.events] == ["undone", "number_voided"]
    assert desk.row(dossier) is None
    assert desk.queries.search("hong dao", desk.bounds(), 5) == []
    again = done(desk.do(TakeIn(desk.new_id(), "received", at(desk, 18, 9, 2), FACTS), minh))
    assert again.events[0].body["receipt_number"] == "K.01-260518-0002"


def test_a_shift_changes_hands_with_the_second_signature(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    minh, ha = officer(desk, "tm"), officer(desk, "lh")
    dossiers = [desk.new_id() for _ in range(3)]
    for dossier in dossiers:
        done(desk.do(TakeIn(dossier, "received", at(desk, 18, 9), FACTS), minh))
    done(desk.do(Act(dossiers[0], "supplement_requested", at(desk, 18, 10), {}), minh))
    sections = {section["name"]: section["items"] for section in sheet_now(desk, minh).sections}
    assert [item["id"] for item in sections["waiting"]] == [dossiers[0]]
    assert {"kind": "received", "count": 3, "since": at(desk, 18, 0).isoformat()} in sections["summary"]

    shift = hand_over(desk, minh, ha)
    assert isinstance(shift, str)
    assert waiting_for(desk, ha) == [shift]
    owners = {row["officer"] for row in desk.queries.after(None, desk.bounds(), 10)}
    assert owners == {minh.id}
    done(accept(desk, ha, shift, restated(desk, shift)))
    owners = {row["officer"] for row in desk.queries.after(None, desk.bounds(), 10)}
    assert (owners, waiting_for(desk, ha)) == ({ha.id}, [])
