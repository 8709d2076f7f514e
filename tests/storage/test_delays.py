"""The report on the debt of apology: what it finds, what it says of each dossier, and that it is the queue's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.decisions import Act, Undo
from core.moments import LEGAL_TIME
from core.queue import Urgency
from core.record import Draft
from storage.database import transaction
from storage.delays import Delay, Totals, delays, has_unit
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.queries import QueueFilter
from tests.conftest import NOW, UNIT, officer, take_in
from tests.storage.amended import amend, closed
from tests.storage.sync_desks import Station
from tests.storage.sync_desks import act as act_there
from tests.storage.sync_desks import take_in as take_in_there

Step = tuple[str, str, dict[str, Any]]
ON_TIME = "2026-06-01T16:00"  # the limit is Monday 1/6/2026 17:00
SIGNED = {"code": "overload", "days": 3}  # from 1/6: Thursday 4/6
LETTER = {"letter": "apology", "promised_at": "2026-06-04T17:00:00+07:00", "number": "12/TXL"}
EXCUSED = {"code": "force_majeure", "basis": "QĐ 15"}
ASKED: Step = ("2026-05-25T10:00", "supplement_requested", {"items": ["CT01"]})
JUNE = (date(2026, 6, 1), date(2026, 6, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def live(desk: Desk, *steps: Step, dossier: str | None = None) -> str:
    """A dossier to which each step happens at its moment, entered then."""
    dossier = dossier or take_in(desk)
    for moment, kind, fields in steps:
        desk.now = lambda moment=moment: at(moment)  # type: ignore[misc]
        if kind == "undo":
            folded = desk.dossier(dossier)
            assert folded is not None
            last = folded.events[-1]
            first = next(one for one in folded.events if one.group_key == last.group_key)
            done = desk.do(Undo(dossier, first.event_id, at(moment)), officer(desk))
        else:
            done = desk.do(Act(dossier, kind, at(moment), fields), officer(desk))
        assert isinstance(done, Done), done
    return dossier


def june(desk: Desk, now: str) -> tuple[Delay, ...]:
    desk.now = lambda: at(now)
    return delays(desk, *JUNE).period


READY: dict[str, Any] = {}
ENDED: Step = ("2026-06-05T09:00", "result_ready", READY)
WITHDRAWN: Step = ("2026-06-05T09:00", "withdrawn", READY)
UNDONE: Step = ("2026-05-28T10:00", "undo", {})
DECLARED: Step = ("2026-05-28T09:00", "delay_declared", {"reason": "thiếu người"})
IN_TIME: Step = ("2026-05-29T09:00", "rescheduled", SIGNED)
TOO_LATE: Step = ("2026-06-02T09:00", "rescheduled", SIGNED)
ISSUED: Step = ("2026-06-02T09:05", "letter_issued", LETTER)


@dataclass(frozen=True)
class Said:
    """What the report must say: missed, working days late, fate, whether the new appointment was kept."""

    missed: bool
    days: int
    fate: str
    kept: bool | None = None


@pytest.mark.parametrize(
    ("steps", "now", "said"),
    [
        pytest.param((), "2026-06-01T18:00", None, id="runs until the end of its day"),
        pytest.param((), "2026-06-03T09:00", Said(True, 2, "owed"), id="owed since its day"),
        pytest.param(((ON_TIME, "result_ready", READY),), "2026-06-03T09:00", None, id="ended in time"),
        pytest.param((("2026-06-01T18:00", "result_ready", READY),), "2026-06-03T09:00", None, id="after closing"),
        pytest.param((ENDED,), "2026-06-30T09:00", Said(True, 4, "ended"), id="late"),
        pytest.param((WITHDRAWN,), "2026-06-30T09:00", Said(True, 4, "ended"), id="left"),
        pytest.param((("2026-06-05T09:00", "voided", {"reason": "x"}),), "2026-06-30T09:00", None, id="voided"),
        pytest.param((DECLARED,), "2026-05-29T09:00", Said(False, 0, "owed"), id="declared before the date"),
        pytest.param((DECLARED, (ON_TIME, "result_ready", READY)), "2026-06-09T09:00", Said(False, 0, "ended"),
                     id="declared and yet in time"),
        pytest.param((IN_TIME,), "2026-05-29T10:00", Said(False, 0, "owed"), id="signed, no letter yet"),
        pytest.param((IN_TIME, ISSUED), "2026-06-04T09:00", Said(True, 3, "issued_in_time"), id="apology in time"),
        pytest.param((TOO_LATE, ISSUED), "2026-06-04T09:00", Said(True, 3, "issued_late"), id="apology after the date"),
        pytest.param((IN_TIME, ISSUED, ("2026-06-04T16:00", "result_ready", READY)), "2026-06-20T09:00",
                     Said(True, 3, "issued_in_time", True), id="new appointment kept"),
        pytest.param((IN_TIME, ISSUED, ("2026-06-08T16:00", "result_ready", READY)), "2026-06-20T09:00",
                     Said(True, 5, "issued_in_time", False), id="missed again"),
        pytest.param((IN_TIME, ISSUED), "2026-06-08T09:00", Said(True, 5, "issued_in_time", False), id="missed, runs"),
        pytest.param((IN_TIME, ISSUED, ("2026-06-03T16:00", "withdrawn", READY)), "2026-06-08T09:00",
                     Said(True, 2, "issued_in_time", None), id="withdrawn before the new date"),
        pytest.param((("2026-06-02T09:00", "delay_excused", EXCUSED),), "2026-06-03T09:00", Said(True, 2, "excused"),
                     id="excused"),
        pytest.param((ASKED,), "2026-06-20T09:00", None, id="paused in time"),
        pytest.param((("2026-06-03T10:00", "supplement_requested", {"items": ["CT01"]}),), "2026-06-20T09:00",
                     Said(True, 2, "paused"), id="paused when late already"),
        pytest.param((DECLARED, UNDONE), "2026-05-29T09:00", None, id="declared and undone"),
        pytest.param((ENDED, ("2026-06-05T09:10", "reopened", {"reason": "x"})),
                     "2026-06-08T09:00", Said(True, 5, "owed"), id="reopened"),
    ],
)  # fmt: skip
def test_what_became_of_a_limit(desk: Desk, steps: tuple[Step, ...], now: str, said: Said | None) -> None:
    dossier = live(desk, *steps)
    for again in (False, True):
        if again:
            with transaction(desk.connection):
                desk.projection.rebuild()
        found = june(desk, now)
        assert [one.id for one in found] == ([] if said is None else [dossier])
        for one in found:
            facts = one.facts
            assert Said(facts.missed, facts.days_late, facts.fate.value, facts.kept) == said
            assert facts.limit_at == at("2026-06-01T17:00")
    assert delays(desk, date(2026, 6, 2), date(2026, 7, 31)).period == ()
    assert delays(desk, date(2026, 5, 1), date(2026, 5, 31)).period == ()


def test_an_apology_is_told_with_its_number_and_an_excuse_with_its_basis(desk: Desk) -> None:
    live(desk, IN_TIME, ISSUED)
    live(desk, ("2026-06-02T09:00", "delay_excused", EXCUSED))
    told = {one.facts.fate.value: one.facts for one in june(desk, "2026-06-03T09:00")}
    assert told["issued_in_time"].letter == "12/TXL"
    assert told["issued_in_time"].rescheduled_to == at("2026-06-04T17:00")
    excuse = told["excused"].excuse
    assert excuse is not None and (excuse.by, excuse.body["basis"]) == (officer(desk).id, "QĐ 15")


@pytest.mark.parametrize(
    ("steps", "now", "since"),
    [
        ((), "2026-06-03T09:00", "2026-06-01T17:00"),
        ((DECLARED,), "2026-06-03T09:00", "2026-05-28T09:00"),
        ((("2026-06-03T09:00", "delay_declared", {"reason": "x"}),), "2026-06-04T09:00", "2026-06-01T17:00"),
    ],
)
def test_a_debt_began_with_its_date_or_when_it_was_declared(desk: Desk, steps: Any, now: str, since: str) -> None:
    live(desk, *steps)
    (one,) = june(desk, now)
    assert one.facts.owed_since == at(since)


def test_the_limit_that_bound_stays_where_the_clock_began_anew(desk: Desk) -> None:
    """Late, then asked for papers and given: the new date is another one, the missed one is the old."""
    live(desk, ("2026-06-03T10:00", "supplement_requested", {"items": ["CT01"]}),
         ("2026-06-04T10:00", "supplement_received", {"papers": ["CT01"]}))  # fmt: skip
    (one,) = june(desk, "2026-06-05T09:00")
    assert (one.facts.limit_on, one.facts.fate) == (date(2026, 6, 1), "owed")


def test_what_an_earlier_version_wrote_without_the_date_is_found_by_its_clock(desk: Desk) -> None:
    dossier = take_in(desk)
    moved = {"due_at": "2026-06-04T17:00:00+07:00", "reason": "đông hồ sơ"}
    draft = Draft(dossier, "rescheduled", at("2026-06-02T09:00"), moved)
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([draft], officer(desk).id, epoch_ms(draft.at)))
    (one,) = june(desk, "2026-06-03T09:00")
    assert (one.facts.limit_on, one.facts.fate) == (date(2026, 6, 1), "issued_late")


def stories(desk: Desk) -> None:
    for steps in ((), (DECLARED,), (IN_TIME,), (IN_TIME, ISSUED), (TOO_LATE,), (ASKED,),
                  (("2026-06-02T09:00", "delay_excused", EXCUSED),), (("2026-06-03T09:00", "result_ready", READY),),
                  (DECLARED, UNDONE), (DECLARED, ("2026-05-28T10:00", "withdrawn", READY))):  # fmt: skip
        live(desk, *steps)
        take_in(desk, procedure="identity-card", by="lanh")


@pytest.mark.parametrize("day", range(20, 62, 3))
def test_what_is_owed_is_the_queues_own_debt_at_every_moment(desk: Desk, day: int) -> None:
    stories(desk)
    now = NOW.replace(day=1) + timedelta(days=day)
    desk.now = lambda: now
    report = delays(desk, *JUNE)
    queue = desk.queries.after(None, desk.bounds(), -1, QueueFilter(urgency=Urgency.APOLOGY_OWED))
    assert sorted(one.id for one in report.owed) == sorted(row.id for row in queue)
    assert report.totals().owed == desk.queries.count(desk.bounds())[Urgency.APOLOGY_OWED]
    assert all(one.facts.fate == "owed" for one in report.owed)
    by_procedure = [report.totals(name) for name in report.procedures]
    for name in ("missed", "owed", "issued_in_time", "issued_late", "excused", "ended"):
        assert sum(getattr(one, name) for one in by_procedure) == getattr(report.totals(), name)


def test_the_totals(desk: Desk) -> None:
    stories(desk)
    desk.now = lambda: at("2026-06-05T09:00")
    assert delays(desk, *JUNE).totals("permanent-residence") == Totals(
        missed=8, owed=5, issued_in_time=1, issued_late=0, excused=1, ended=1
    )


def test_a_later_law_does_not_move_a_limit_that_is_past_deciding(desk: Desk) -> None:
    live(desk, IN_TIME, ISSUED, ("2026-06-08T16:00", "result_ready", READY))
    live(desk, ("2026-06-08T16:00", "result_ready", READY))
    live(desk, IN_TIME, ISSUED)
    before = june(desk, "2026-06-20T09:00")
    assert len(before) == 3
    amend(desk, officer(desk), closed("2026-05-25"))
    assert [one.facts.limit_at for one in june(desk, "2026-06-20T09:00")] == [one.facts.limit_at for one in before]


def test_only_the_units_own_and_what_it_has_not_given_away(desk: Desk) -> None:
    live(desk)
    desk.now = lambda: at("2026-06-03T09:00")
    assert len(delays(desk, *JUNE, UNIT).period) == len(delays(desk, *JUNE, UNIT).owed) == 1
    assert delays(desk, *JUNE, "H30-002").period == delays(desk, *JUNE, "H30-002").owed == ()
    assert has_unit(desk, UNIT) and not has_unit(desk, "H30-002")


def test_two_desks_that_met_tell_the_same(station: Station) -> None:
    one, other, _ = station.desks
    dossier = take_in_there(one)
    station.sync(0, 1)
    act_there(one, dossier, "rescheduled", code="overload", days=2)
    act_there(other, dossier, "delay_declared", reason="đông")
    station.sync(0, 1, 0)
    year = (date(2026, 1, 1), date(2026, 12, 31))
    first, second = (delays(desk, *year) for desk in (one, other))
    assert len(first.period) == 1 and first.period == second.period and first.owed == second.owed
