"""Form II.06a from the tables: equal to the slow path over random lives, period after period, and after a rebuild."""

from __future__ import annotations

import shutil
import uuid
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.decisions import Act, TakeIn, Undo
from core.moments import LEGAL_TIME
from core.settled import Column, Reading
from storage.database import transaction
from storage.desk import Desk
from storage.settled import settled
from storage.tally import write_tally
from tests.conftest import NOW, Office, act, officer, take_in
from tests.storage.slow_form import form
from tests.storage.sync_desks import Station
from tests.storage.sync_desks import act as act_there
from tests.storage.sync_desks import take_in as take_in_there

JUNE, JULY = (date(2026, 6, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 7, 31))
PROCEDURES = ("permanent-residence", "residence-confirmation", "seized-item-return", "judicial-record")
LIFE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("supplement_requested", {"reason": "thiếu"}),
    ("supplement_received", {}),
    ("suspended", {"reason": "chờ"}),
    ("resumed", {}),
    ("delay_declared", {"reason": "thiếu người"}),
    ("rescheduled", {"code": "overload", "days": 3}),
    ("extended", {"amount": "3", "unit": "working_day", "reason": "x"}),
    ("result_ready", {}),
    ("result_ready", {}),
    ("refused", {"reason": "không đủ"}),
    ("withdrawn", {}),
    ("stopped", {"code": "no_supplement", "reason": "x"}),
    ("reopened", {"reason": "x"}),
    ("voided", {"reason": "x"}),
    ("corrected", {"field": "channel", "new": "online"}),
    ("corrected", {"field": "procedure", "new": "residence-confirmation"}),
    ("undo", {}),
)
GAPS = st.sampled_from([timedelta(0), timedelta(hours=3), timedelta(days=1), timedelta(days=4), timedelta(days=11)])
STEPS = st.lists(
    st.tuples(GAPS, st.one_of(st.just("take"), st.integers(0, len(LIFE) - 1)), st.integers(0, 5)),
    min_size=4,
    max_size=25,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def seen(desk: Desk, moment: datetime) -> None:
    desk.now = lambda: moment


def live(desk: Desk, steps: list[tuple[timedelta, str | int, int]]) -> list[str]:
    """Let what may happen happen; what is refused does not."""
    ids: list[str] = []
    moment = NOW
    for gap, what, which in steps:
        moment += gap
        seen(desk, moment)
        if what == "take" or not ids:
            kind = ("received", "received", "received", "submitted", "guided", "not_accepted")[which]
            facts: dict[str, Any] = {
                "procedure": PROCEDURES[which % 4],
                "applicant": {"kind": "citizen", "name": "Đặng Thị Đào"},
                "channel": ("counter", "online", "post")[which % 3],
            }
            if kind in ("guided", "not_accepted"):
                facts["reason"] = "thiếu"
            desk.do(TakeIn(new := desk.new_id(), kind, moment, facts), officer(desk))
            ids.append(new)
            continue
        kind, fields = LIFE[int(what)]
        name = ids[-1 - which % len(ids)]
        try:
            if kind == "undo":
                folded = desk.dossier(name)
                if folded is None or not folded.events:
                    continue
                last = folded.events[-1]
                first = next(one for one in folded.events if one.group_key == last.group_key)
                desk.do(Undo(name, first.event_id, moment), officer(desk))
            else:
                desk.do(Act(name, kind, moment, fields), officer(desk))
        except InvalidInput:
            continue
    return ids


def figures(desk: Desk, first: date, last: date, reading: str) -> dict[int, int]:
    found = settled(desk, first, last, None, reading)
    by_field = {one: sum(rows[one] for rows in found.fields.values()) for one in Column}
    listed = {one: sum(one in behind.where for behind in found.behind) for one in Column}
    assert by_field == dict(found.total), "the fields add up to the total"
    assert all(listed[one] in (found.total[one], 0) for one in Column) and len(found.behind) == found.total[Column(1)]
    return {int(one): many for one, many in found.total.items()}


def test_what_ended_at_its_very_limit_at_the_end_of_a_period_was_never_past_it(desk: Desk) -> None:
    """Twelve hours from noon of 30/6 end at 24:00: that is in time, and June had it within its limit."""
    seen(desk, at("2026-06-30T12:00"))
    take_in(desk, at=at("2026-06-30T12:00"), procedure="foreigner-stay-declaration", variant="standard")
    name = take_in(desk, at=at("2026-06-30T12:00"), procedure="foreigner-stay-declaration", variant="standard")
    seen(desk, at("2026-07-01T00:00"))
    act(desk, name, "result_ready", at=at("2026-07-01T00:00"))
    seen(desk, at("2026-07-20T08:00"))
    found = settled(desk, *JUNE)
    assert [found.total[column] for column in (Column.WITHIN, Column.OVERDUE)] == [2, 0]
    assert settled(desk, *JULY).total[Column.ON_TIME] == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, cuts=st.sets(st.integers(1, 120), min_size=1, max_size=3), late=st.integers(0, 60))
def test_any_life_counts_as_the_slow_path_says(
    founded: Path, tmp_path: Path, steps: list[tuple[timedelta, str | int, int]], cuts: set[int], late: int
) -> None:
    folder = tmp_path / uuid.uuid4().hex
    shutil.copytree(founded, folder)
    desk = Desk.open(folder)
    try:
        ids = live(desk, steps)
        seen(desk, now := desk.now() + timedelta(days=late))
        days = [
            date(2026, 5, 20),
            *(date(2026, 5, 21) + timedelta(days=one) for one in sorted(cuts)),
            date(2026, 12, 1),
        ]
        for again in (False, True):
            if again:
                with transaction(desk.connection):
                    desk.projection.rebuild()
            for reading in Reading:
                before = None
                for first, after in pairwise(days):
                    last = after - timedelta(days=1)
                    found = figures(desk, first, last, reading)
                    assert found == form(desk, ids, first, last, now, reading)
                    assert found[1] == found[5] + found[9] == found[2] + found[3] + found[4]
                    assert before is None or found[4] == before, "what was pending is carried over"
                    before = found[9]
    finally:
        desk.close()


def test_the_borders_of_a_period_are_midnight(desk: Desk) -> None:
    for moment in ("2026-06-30T23:59:59", "2026-07-01T00:00:00"):
        seen(desk, at(moment))
        take_in(desk, at=at(moment))
    seen(desk, at("2026-08-03T10:00"))
    assert [figures(desk, *one, "ours")[3] for one in (JUNE, JULY)] == [1, 1]
    assert [figures(desk, *one, "ours")[4] for one in (JUNE, JULY)] == [0, 1]


def test_due_on_the_last_day_is_past_only_when_the_day_is_over(desk: Desk) -> None:
    """Received 21/5, due on Monday 1/6 at 17:00."""
    dossier = take_in(desk)
    until_the_first = (date(2026, 5, 1), date(2026, 6, 1))
    seen(desk, at("2026-06-01T18:00"))
    assert figures(desk, *until_the_first, "ours")[11] == 0
    seen(desk, at("2026-06-02T08:00"))
    assert figures(desk, *until_the_first, "ours")[11] == 1
    assert figures(desk, *until_the_first, "portal")[11] == 0, "due on the last day is not before it"
    seen(desk, at("2026-06-10T09:00"))
    act(desk, dossier, "result_ready", at=at("2026-06-10T09:00"))
    assert figures(desk, *until_the_first, "ours")[11] == 1, "it was pending and past its date, whatever came later"
    assert figures(desk, *JUNE, "ours")[8] == 1


def test_an_appointment_made_later_does_not_mend_the_period_before(desk: Desk) -> None:
    dossier = take_in(desk)
    seen(desk, at("2026-07-02T09:00"))
    act(desk, dossier, "rescheduled", at=at("2026-07-02T09:00"), code="overload", days=30)
    assert figures(desk, *JUNE, "ours")[11] == 1
    assert figures(desk, *JULY, "ours")[10] == 1


def test_what_is_told_beside_the_form(desk: Desk) -> None:
    for kind in ("submitted", "guided", "not_accepted"):
        take_in(desk, kind=kind, **({} if kind == "submitted" else {"reason": "x"}))
    take_in(desk, procedure="seized-item-return")
    gone = take_in(desk)
    act(desk, gone, "withdrawn")
    found = settled(desk, date(2026, 5, 1), date(2026, 5, 31))
    assert found.beside == {"submitted": 1, "guided": 1, "not_accepted": 1, "outside": 1, "withdrawn": 1}
    assert found.total[Column.RECEIVED] == 1


def test_a_correction_is_counted_and_told(desk: Desk) -> None:
    from core.mending import CorrectResult
    from storage.desk import Done

    wrong = take_in(desk)
    act(desk, wrong, "result_ready")
    command = CorrectResult(wrong, desk.new_id(), NOW, reason="sai tên", fault="station", taken_back=False)
    assert isinstance(desk.do(command, officer(desk)), Done)
    found = settled(desk, date(2026, 5, 1), date(2026, 5, 31))
    assert found.beside["mends"] == 1 and found.total[Column.RECEIVED] == 2


def test_a_reopened_dossier_has_not_ended(desk: Desk) -> None:
    dossier = take_in(desk)
    seen(desk, at("2026-06-05T09:00"))
    act(desk, dossier, "result_ready", at=at("2026-06-05T09:00"))
    assert figures(desk, *JUNE, "ours")[5] == 1
    seen(desk, at("2026-07-02T09:00"))
    act(desk, dossier, "reopened", at=at("2026-07-02T09:00"), reason="x")
    assert figures(desk, *JUNE, "ours")[5] == 0
    assert figures(desk, *JUNE, "ours")[9] == figures(desk, *JULY, "ours")[4] == 1


def test_what_another_desk_wrote_counts_alike(station: Station) -> None:
    one, other = station.desks[:2]
    dossier = take_in_there(one)
    station.sync(0, 1)
    act_there(other, dossier, "result_ready")
    station.sync(1, 0)
    rows = [desk.connection.execute("SELECT * FROM tally").fetchall() for desk in (one, other)]
    assert rows[0] == rows[1] and rows[0][0][2] is not None
    folded = one.dossier(dossier)
    assert folded is not None
    with transaction(one.connection):
        write_tally(one.connection, folded)
    assert one.connection.execute("SELECT * FROM tally").fetchall() == rows[0]


@pytest.mark.parametrize("unit", ["H30-001", None])
def test_of_one_unit_or_of_all(office: Office, desk: Desk, unit: str | None) -> None:
    take_in(desk)
    month = (date(2026, 5, 1), date(2026, 5, 31))
    assert settled(desk, *month, unit).total[Column.RECEIVED] == 1
    assert settled(desk, *month, "H30-999").total[Column.RECEIVED] == 0
