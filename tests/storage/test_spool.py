"""Papers: issued, sent, confirmed; after a crash the desk asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from storage.desk import Desk, Done
from storage.kept import kept
from storage.manner import Manner
from storage.press import Plate
from storage.spool import Job, Spool
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
    assert (job.issue, job.dossier, job.state, job.content) == (event.issue, dossier, "issued", b"%PDF")
    Spool(after_a_crash).sent(job.issue)
    assert Spool(desk).jobs()[0].state == "sent"
    assert isinstance(Spool(after_a_crash).confirm(officer(after_a_crash), job), Done)
    after_a_crash.close()
    assert Spool(desk).jobs() == []
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 0


def test_papers_of_one_second_wait_by_receipt_number(desk: Desk) -> None:
    numbers = {
        dossier: str(row["receipt_number"])
        for dossier in (take_in(desk) for _ in range(8))
        if (row := desk.row(dossier))
    }
    made = [(dossier, "", Plate(b"", "", 0, b"%PDF"), PROMISED) for dossier in sorted(numbers)[::-1]]
    Spool(desk).issue_all(officer(desk), "explanation", made)
    assert [numbers[job.dossier] for job in Spool(desk).jobs()] == sorted(numbers.values())


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
    assert job is not None and job.content == b"2"
    assert spool.job_of(dossier, "refusal") is None


def on_roll(number: str) -> Plate:
    return Plate(b"template", "{}", 0, b"\x1b@", Manner(roll=True, large=True))


def test_a_paper_is_kept_with_the_manner_in_which_it_came(office: Office, desk: Desk) -> None:
    job = Spool(desk).issue(officer(desk), take_in(desk), "receipt", on_roll, PROMISED)
    assert isinstance(job, Job) and (job.content, job.manner) == (b"\x1b@", Manner(roll=True, large=True))
    after_a_crash = office.open()
    assert Spool(after_a_crash).jobs() == [job]
    plate = kept(after_a_crash.connection, job.issue)
    after_a_crash.close()
    assert plate is not None and plate.manner == job.manner


def test_a_paper_that_replaces_one_is_the_only_one_to_be_asked_about(desk: Desk) -> None:
    dossier = take_in(desk)
    sheet = Spool(desk).issue(officer(desk), dossier, "receipt", plate(b"%PDF"), PROMISED)
    assert isinstance(sheet, Job)
    roll = Spool(desk).issue(officer(desk), dossier, "receipt", on_roll, PROMISED, replaces=sheet.issue)
    assert isinstance(roll, Job) and Spool(desk).jobs() == [roll]
    row = desk.row(dossier)
    assert row is not None and (row["unprinted"], row["promised_at"]) == (1, int(PROMISED.timestamp()))
    settled = Spool(desk).confirm(officer(desk), sheet)
    assert isinstance(settled, Refusal) and settled.code == "print_settled"
    assert isinstance(Spool(desk).confirm(officer(desk), roll), Done)
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 0


def test_what_was_seen_is_not_replaced(desk: Desk) -> None:
    dossier = take_in(desk)
    sheet = Spool(desk).issue(officer(desk), dossier, "receipt", plate(b"%PDF"), PROMISED)
    assert isinstance(sheet, Job) and isinstance(Spool(desk).confirm(officer(desk), sheet), Done)
    Spool(desk).issue(officer(desk), dossier, "receipt", on_roll, PROMISED, replaces=sheet.issue)
    folded = desk.dossier(dossier)
    assert folded is not None and [one.printed for one in folded.letters.values()] == [True, False]
