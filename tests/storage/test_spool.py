"""Papers: issued, sent, confirmed; after a crash the desk asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from storage.desk import Desk, Done
from storage.press import Plate
from storage.spool import Spool
from tests.conftest import NOW, Office, officer, take_in


def plate(pdf: bytes) -> Callable[[str], Plate]:
    return lambda number: Plate(b"", number, 0, pdf)


PROMISED = datetime(2026, 6, 1, 17, 0, tzinfo=LEGAL_TIME)


def test_an_issued_paper_waits_with_its_promise_until_somebody_saw_it(office: Office, desk: Desk) -> None:
    dossier = take_in(desk)
    event = Spool(desk).issue(officer(desk), dossier, "receipt", plate(b"%PDF"), PROMISED)
    assert not isinstance(event, Refusal)
    row = desk.row(dossier)
    assert row is not None and (row["unprinted"], row["promised_at"]) == (1, int(PROMISED.timestamp()))
    after_a_crash = office.open()
    (job,) = Spool(after_a_crash).jobs()
    assert (job.issue, job.dossier, job.state, job.pdf) == (event.issue, dossier, "issued", b"%PDF")
    Spool(after_a_crash).sent(job.issue)
    assert Spool(desk).jobs()[0].state == "sent"
    assert isinstance(Spool(after_a_crash).confirm(officer(after_a_crash), job), Done)
    after_a_crash.close()
    assert Spool(desk).jobs() == []
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 0


def test_a_refused_paper_leaves_no_job(desk: Desk) -> None:
    dossier = take_in(desk)
    refused = Spool(desk).issue(officer(desk, "tra"), dossier, "receipt", plate(b"%PDF"), PROMISED)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    assert Spool(desk).jobs() == []


def test_event_and_job_stand_or_fall_together(desk: Desk) -> None:
    dossier = take_in(desk)
    heads = desk.log.heads()
    pages = desk.connection.execute("PRAGMA page_count").fetchone()[0]
    desk.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(InvalidInput) as error:
        Spool(desk).issue(officer(desk), dossier, "receipt", plate(b"x" * 200_000), PROMISED)
    assert error.value.code == "disk_full"
    assert desk.log.heads() == heads and Spool(desk).jobs() == []


def test_the_newest_job_of_a_paper_is_found(desk: Desk) -> None:
    dossier, other = take_in(desk), take_in(desk)
    spool = Spool(desk)
    spool.issue(officer(desk), dossier, "receipt", plate(b"1"), None)
    desk.now = lambda: NOW + timedelta(seconds=1)
    spool.issue(officer(desk), dossier, "receipt", plate(b"2"), None)
    spool.issue(officer(desk), other, "receipt", plate(b"3"), None)
    job = spool.job_of(dossier, "receipt")
    assert job is not None and job.pdf == b"2"
    assert spool.job_of(dossier, "refusal") is None
