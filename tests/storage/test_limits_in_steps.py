"""A limit whose second part waits for the verification: until then the first part's own day binds, everywhere."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta

import pytest

from core.moments import LEGAL_TIME
from core.queue import NEVER, Urgency
from storage.desk import Desk
from storage.forecast import queue_now
from storage.queries import QueueFilter
from storage.sheet import sheet_now
from tests.conftest import NOW, Office, act, officer, take_in
from tests.storage.amended import amend, closed, dump, rebuilt

STEP = date(2026, 6, 22)  # 30 days after 21/5 are 20/6, a Saturday: the Monday after


def lost(desk: Desk, **facts: object) -> str:
    """A lost registration certificate: 30 days of verification, then two working days."""
    return take_in(desk, procedure="vehicle-certificate-reissue", variant="certificate", fee_paid="50000", **facts)


def due_on(desk: Desk, dossier: str) -> date:
    return datetime.fromtimestamp(desk.row(dossier)["binding_at"] - 1, LEGAL_TIME).date()


def order(desk: Desk) -> list[str]:
    return [row.id for row in desk.queries.after(None, desk.bounds(), 20, QueueFilter())]


def test_it_stands_in_the_queue_by_its_own_day(desk: Desk) -> None:
    step = lost(desk)
    before, after = take_in(desk), take_in(desk, procedure="permanent-residence")
    act(desk, after, "extended", amount="30", unit="working_day", reason="phức tạp")
    unpaid = take_in(desk, procedure="vehicle-first-registration")
    row = desk.row(step)
    assert (row["due_at"], row["waiting_for"], row.is_step) == (None, "verification_completed", True)
    assert due_on(desk, step) == STEP and row.urgency is Urgency.NORMAL
    assert order(desk) == [before, step, after, unpaid] and desk.row(unpaid)["binding_at"] == NEVER


@pytest.mark.parametrize(
    ("at", "word"),
    [
        ("2026-06-17T10:00", Urgency.SOON),
        ("2026-06-19T10:00", Urgency.NEXT_DAY),
        ("2026-06-22T17:30", Urgency.TODAY),
        ("2026-06-23T08:00", Urgency.OVERDUE),
    ],
)
def test_past_its_day_the_unit_is_late_and_no_apology_is_said_to_be_owed(
    office: Office, monkeypatch: pytest.MonkeyPatch, at: str, word: Urgency
) -> None:
    with closing(office.open()) as desk:
        step = lost(desk)
        monkeypatch.setenv("MOTCUA_NOW", f"{at}+07:00")
    with closing(office.open()) as desk:
        assert desk.row(step).urgency is word
        sheet = sheet_now(desk, officer(desk))
        section = {Urgency.SOON: "open", Urgency.NEXT_DAY: "next_day", Urgency.TODAY: "today"}.get(word, "overdue")
        (item,) = sheet.items(section)
        assert (item["id"], item["next_action"], item["due_at"][:10]) == (step, "verify", f"{STEP}")


def test_it_is_work_for_the_forecast_and_with_the_verification_its_limit_is_known(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, unpaid = lost(desk), take_in(desk, procedure="vehicle-first-registration")
    found = queue_now(desk)
    ((job,),) = [jobs for owner, jobs in found.jobs.items() if jobs]
    assert (job.id, job.due, found.counts[officer(desk).id].paused) == (step, STEP, 1)
    (item,) = sheet_now(desk, officer(desk)).items("undated")
    assert (item["id"], item["next_action"], item["next_check"]) == (unpaid, "collect_fee", "2026-05-21")
    act(desk, step, "verification_completed", at=NOW)
    assert due_on(desk, step) == date(2026, 5, 25) and not desk.row(step).is_step
    act(desk, unpaid, "payment_received", at=NOW, amount="20000")
    assert sheet_now(desk, officer(desk)).items("undated") == []


def test_a_closed_day_moves_it(desk: Desk) -> None:
    step = lost(desk)
    amend(desk, officer(desk), closed(f"{STEP}"))
    assert due_on(desk, step) == STEP + timedelta(days=1) and dump(desk) == rebuilt(desk)


def test_a_pause_stops_it(desk: Desk) -> None:
    paused = lost(desk)
    act(desk, paused, "supplement_requested", items=["CT01"])
    assert desk.row(paused).urgency is Urgency.PAUSED and desk.row(paused)["binding_at"] == NEVER
    act(desk, paused, "supplement_received")
    assert due_on(desk, paused) == STEP


def test_a_row_of_an_earlier_version_is_told_anew(desk: Desk) -> None:
    step, folder = lost(desk), desk.folder
    rows = dump(desk)
    desk.connection.execute("UPDATE dossier SET lane = 1, by_date = 0, binding_at = ? WHERE id = ?", (NEVER, step))
    desk.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm009_steps_of_limits'")
    desk.connection.execute("PRAGMA user_version = 8")
    desk.connection.close()
    with closing(Desk.open(folder)) as again:
        assert dump(again) == rows


def test_an_ended_one_is_never_late_by_a_step(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(office.open()) as desk:
        step = lost(desk)
        monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(days=60)).isoformat())
    with closing(office.open()) as desk:
        act(desk, step, "withdrawn", at=NOW + timedelta(days=60), reason="tìm lại được")
        assert (desk.row(step)["judged"], desk.row(step)["limit_at"]) == ("none", None)
