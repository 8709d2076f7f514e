"""Numbers of letters, and letters that are made again from what was kept."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from core.answers import Refusal
from storage.database import DATABASE_NAME, transaction
from storage.desk import Desk
from storage.kept import kept
from storage.press import Press
from storage.series import NO_WITNESS
from storage.spool import Job, Spool
from tests.conftest import NOW, Office, act, officer, take_in
from tests.storage.test_press import document


def issue(desk: Desk, letter: str = "supplement-request", by: str = "tmd") -> Job | Refusal:
    press = Press()
    form = press.form(letter, NOW.date())
    dossier = take_in(desk, at=desk.now())
    return Spool(desk).issue(
        officer(desk, by), dossier, letter, lambda number: press.letters([document(form)], NOW), symbol=form.symbol
    )


def number_of(desk: Desk, job: Job | Refusal) -> str | None:
    assert isinstance(job, Job)
    dossier = desk.dossier(job.dossier)
    assert dossier is not None
    return dossier.letters[job.issue].number


def test_each_kind_counts_for_itself_and_each_year_begins_anew(desk: Desk) -> None:
    given = [number_of(desk, issue(desk, kind)) for kind in ("supplement-request", "apology", "supplement-request")]
    assert given == ["01/PYC-Q1", "01/VBXL-Q1", "02/PYC-Q1"]
    assert number_of(desk, issue(desk, "checklist")) == "01/HD-Q1"
    assert number_of(desk, issue(desk, "control-slip")) is None, "it goes by the dossier's number"
    desk.now = lambda: NOW.replace(year=2027)
    assert number_of(desk, issue(desk)) == "01/PYC-Q1"


def test_a_refused_letter_takes_no_number(desk: Desk) -> None:
    refused = issue(desk, by="tra")
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    assert number_of(desk, issue(desk)) == "01/PYC-Q1" and len(Spool(desk).jobs()) == 1


def test_a_desk_that_may_give_no_number_leaves_it_to_the_hand(desk: Desk) -> None:
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    assert number_of(desk, issue(desk)) is None


def test_a_database_that_is_copied_back_gives_no_number_again(office: Office, tmp_path: Path) -> None:
    desk = office.open()
    assert number_of(desk, issue(desk)) == "01/PYC-Q1"
    desk.close()
    shutil.copyfile(office.folder / DATABASE_NAME, tmp_path / "morning")
    desk = office.open()
    assert number_of(desk, issue(desk)) == "02/PYC-Q1"
    desk.close()
    for name in (f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"):
        (office.folder / name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "morning", office.folder / DATABASE_NAME)
    desk = office.open()
    assert desk.series.state().moved_back is not None
    assert number_of(desk, issue(desk)) == "03/PYC-Q1"
    desk.close()


def test_the_same_pages_can_be_made_again(desk: Desk) -> None:
    job = issue(desk)
    assert isinstance(job, Job)
    (said,) = [event for event in desk.log.events_of(job.dossier) if event.kind == "letter_issued"]
    plate = kept(desk.connection, job.issue)
    assert plate is not None and plate.again() == job.content
    assert sha256(job.content).hexdigest() == said.body["sha256"]
    assert plate.copy() != job.content and kept(desk.connection, "another") is None


def test_templates_are_kept_once(desk: Desk) -> None:
    for _ in range(3):
        issue(desk)
    count = "SELECT (SELECT count(*) FROM template_kept), (SELECT count(*) FROM letter_kept)"
    assert desk.connection.execute(count).fetchone() == (1, 3)


@pytest.mark.parametrize("others", [0, 1])
def test_what_is_destroyed_is_not_kept(desk: Desk, others: int) -> None:
    job = issue(desk)
    assert isinstance(job, Job)
    for _ in range(others):
        issue(desk)
    act(desk, job.dossier, "withdrawn", reason="x")
    events = [event.event_id for event in desk.log.events_of(job.dossier) if event.kind == "letter_issued"]
    act(desk, job.dossier, "body_destroyed", events=events, reason="hết hạn lưu")
    assert kept(desk.connection, job.issue) is None
    assert desk.connection.execute("SELECT count(*) FROM letter_kept").fetchone()[0] == others
