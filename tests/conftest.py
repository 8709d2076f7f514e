"""A founded station that tests get a copy of, its officers, and the command line as a function."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from core.decisions import Act, TakeIn
from core.moments import LEGAL_TIME
from core.record import Draft
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.founding import NewDesk, found
from storage.officers import Officer
from tests.postgres import database, postgres
from tui.cli.main import main
from tui.i18n import set_language

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # properties are judged by what they find, never by how long an example took

NOW = datetime(2026, 5, 21, 9, 0, tzinfo=LEGAL_TIME)
PIN = "246810"
UNIT = "H30-001"
OFFICERS = {
    "hoa": ("Lê Thị Hoa", ["front_desk"]),
    "khai": ("Vũ Quang Khải", ["processing"]),
    "lanh": ("Đỗ Văn Lành", ["leader"]),
    "tra": ("Ngô Thị Trà", ["auditor"]),
}
__all__ = ["database", "postgres"]
_VARIABLES = (
    "MOTCUA_LANG",
    "MOTCUA_KEY_FILE",
    "MOTCUA_JOIN",
    "MOTCUA_HUB_PASSWORD",
    "MOTCUA_NEW_PIN",
    "MOTCUA_DATA",
    "MOTCUA_NOW",
    "MOTCUA_PIN",
)


@dataclass(frozen=True, slots=True)
class Office:
    """A copy of the founded folder, for one test alone; `boss` is the founder, who has every role but auditor."""

    folder: Path

    def open(self) -> Desk:
        """The desk; whoever opens it closes it."""
        return Desk.open(self.folder)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every `office` is copied from: seeded entropy, four officers beside the founder."""
    folder = tmp_path_factory.mktemp("founded") / "desk"
    entropy = random.Random(20260521).randbytes
    desk = found(folder, NewDesk(UNIT, "Công an phường Hải Châu", 1, "Trần Minh Đức", PIN, NOW, test=True), entropy)
    boss = desk.officers.all()[0]
    verifier = desk.sealed_verifier(PIN)
    drafts = [
        Draft(
            f"officer:officer-{code}",
            "officer_added",
            NOW,
            {"code": code, "name": name, "roles": roles, "verifier": verifier},
        )
        for code, (name, roles) in OFFICERS.items()
    ]
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append(drafts, boss.id, epoch_ms(NOW)))
    desk.close()
    return folder


@pytest.fixture(autouse=True)
def _in_vietnamese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    set_language("vi")
    yield
    set_language("vi")


@pytest.fixture
def office(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy of the station on Thursday 2026-05-21 at nine, named to the commands by the environment."""
    folder = tmp_path / "desk"
    shutil.copytree(founded, folder)
    monkeypatch.setenv("MOTCUA_DATA", str(folder))
    monkeypatch.setenv("MOTCUA_NOW", NOW.isoformat())
    monkeypatch.setenv("MOTCUA_PIN", PIN)
    return Office(folder)


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    """The station's desk, open."""
    opened = office.open()
    yield opened
    opened.close()


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run one command as a script would: words in, status and both streams out."""

    def run(*words: object) -> Ran:
        capsys.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return run


def officer(desk: Desk, code: str = "tmd") -> Officer:
    """An officer by code; the founder where none is named."""
    found_officer = desk.officers.find(code)
    assert isinstance(found_officer, Officer), found_officer
    return found_officer


def take_in(desk: Desk, name: str = "Đặng Thị Đào", *, by: str = "tmd", at: datetime = NOW, **facts: object) -> str:
    """Receive one dossier and answer its id; `kind` and `procedure` may be named among the facts."""
    kind = str(facts.pop("kind", "received"))
    body = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": name}} | facts
    done = desk.do(TakeIn(desk.new_id(), kind, at, body), officer(desk, by))
    assert isinstance(done, Done), done
    return done.dossiers[0]


def act(desk: Desk, dossier: str, kind: str, *, by: str = "tmd", at: datetime = NOW, **fields: object) -> Done:
    """One action that must be accepted."""
    done = desk.do(Act(dossier, kind, at, fields), officer(desk, by))
    assert isinstance(done, Done), done
    return done


def written_earlier(desk: Desk, dossier: str, kind: str, *, at: datetime = NOW, **fields: object) -> None:
    """What an earlier version wrote without asking what is asked today: it is read all the same."""
    with transaction(desk.connection):
        desk._write([Draft(dossier, kind, at, fields)], officer(desk, "tmd").id)
