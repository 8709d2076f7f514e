"""The forecast's queue as a desk's tables hold it."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from core.catalogue import ProcedureVersion
from core.mends import MendKind
from core.moments import LEGAL_TIME
from core.record import Draft
from core.rostering import NoteAbsence
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.forecast import outlook, queue_now
from tests.conftest import NOW, act, officer, take_in

LATE = NOW - timedelta(days=6)


def test_each_open_dossier_is_its_officers_job_until_the_day_that_binds(desk: Desk) -> None:
    mine, given = take_in(desk), take_in(desk, procedure="identity-card")
    act(desk, given, "assigned", to="officer-khai")
    act(desk, mine, "approved")
    for kind, fields in (("result_ready", {}), ("withdrawn", {"reason": "tự rút"})):
        act(desk, take_in(desk), kind, **fields)
    take_in(desk, kind="submitted")
    found = queue_now(desk)
    jobs = {job.id: (owner, job.hours, job.due) for owner, jobs in found.jobs.items() for job in jobs}
    due = {name: datetime.fromtimestamp(desk.row(name)["binding_at"], LEGAL_TIME).date() for name in (mine, given)}
    boss = officer(desk).id
    assert jobs == {mine: (boss, Fraction(1, 6), due[mine]), given: ("officer-khai", Fraction(1), due[given])}
    assert found.counts[boss].judged == 1 and found.counts[boss].paused == 0


def test_whoever_is_gone_for_good_has_no_hours_and_can_still_be_asked_about(desk: Desk) -> None:
    left = Draft("officer:officer-tra", "officer_changed", NOW, {"active": False})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([left], officer(desk).id, epoch_ms(NOW)))
    seen = outlook(desk, desk.officers.get("officer-tra"))
    assert seen.feasible and seen.days == () and seen.counts.judged == 0


def _asks_for_some_if_any(version: ProcedureVersion) -> bool:
    required = [paper.required for paper in version.papers]
    return any(required) and not all(required) and version.on_supplement != "none"


def _queue_breaks(desk: Desk) -> None:
    """Everybody is away for long."""
    for one in desk.officers.all():
        command = NoteAbsence(one.id, NOW.date(), NOW.date() + timedelta(days=90), "nghỉ", NOW)
        assert isinstance(desk.do(command, officer(desk)), Done)


@pytest.mark.parametrize(
    ("papers", "asked_before", "lacks"),
    [("other", False, True), ("other", True, False), ("required", False, False), ("none", False, False)],
)
def test_who_can_be_asked_for_papers(desk: Desk, papers: str, asked_before: bool, lacks: bool) -> None:
    in_force = [desk.law.version_on(procedure, LATE.date()) for procedure in desk.law.procedures]
    version = next(one for one in in_force if isinstance(one, ProcedureVersion) and _asks_for_some_if_any(one))
    needed = [paper.code for paper in version.papers if paper.required]
    facts = {"other": {"papers": ["other"]}, "required": {"papers": needed}, "none": {}}[papers]
    dossier = take_in(desk, at=LATE, procedure=version.procedure, **facts)
    if asked_before:
        act(desk, dossier, "supplement_requested", items=["CT01"], at=LATE)
        act(desk, dossier, "supplement_received", at=LATE)
    _queue_breaks(desk)
    assert [(mend.kind, mend.asked) for mend in outlook(desk).mends] == (
        [(MendKind.SUPPLEMENT, (dossier,))] if lacks else []
    )


def test_nobody_is_asked_where_the_clock_would_run_on(desk: Desk) -> None:
    for procedure in desk.law.procedures:
        version = desk.law.version_on(procedure, LATE.date())
        if isinstance(version, ProcedureVersion) and version.on_supplement == "none":
            take_in(desk, at=LATE, procedure=procedure.name, papers=["nothing that is asked"])
    _queue_breaks(desk)
    seen = outlook(desk)
    assert seen.counts.judged and not seen.feasible and seen.mends == ()
