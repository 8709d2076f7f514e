"""Desks for the tests of sync: one station of three desks, founded once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.decisions import Act, TakeIn
from core.queue import LEGAL_TIME
from storage.database import transaction
from storage.desk import Desk, Done
from storage.founding import NewDesk
from storage.numbers import renumber
from storage.officers import Officer
from storage.sync.exchange import HubReport, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import JoinCode, make_join_code
from storage.sync.joining import start_desk

START = datetime(2026, 11, 23, 8, 0, tzinfo=LEGAL_TIME)
UNIT = "T48.99"
OFFICERS = ("Trần Minh", "Lê Thị Lan", "Võ Văn Ơn")
PIN = "2468"


def new_desk(number: int, unit: str = UNIT, test: bool = True) -> NewDesk:
    return NewDesk(unit, "Công an phường Thử", number, OFFICERS[(number - 1) % 3], PIN, START, test=test)


@dataclass
class Station:
    """A copy of the station: a shared folder and its three desks."""

    root: Path
    desks: list[Desk]

    @property
    def hub(self) -> FolderHub:
        return FolderHub(self.root / "hub")

    def sync(self, *numbers: int) -> list[HubReport]:
        return [exchange(self.desks[number], self.hub) for number in numbers]

    def reopen(self, number: int) -> None:
        """As after the death of its process."""
        now = self.desks[number].now
        self.desks[number].close()
        self.desks[number] = Desk.open(self.root / f"d{number}")
        self.desks[number].now = now

    def files(self) -> list[Path]:
        return sorted(path for path in (self.root / "hub").rglob("*") if path.is_file())

    def origin_folder(self, number: int) -> Path:
        identity = self.desks[number].identity
        return self.root / "hub" / identity.station / "origins" / f"{identity.desk}-{identity.epoch}"


@contextmanager
def cloned(station: Station, number: int, folder: Path) -> Iterator[Desk]:
    """A second copy of a desk's folder, open beside it."""
    station.desks[number].close()
    shutil.copytree(station.root / f"d{number}", folder)
    station.desks[number], clone = Desk.open(station.root / f"d{number}"), Desk.open(folder)
    yield clone
    clone.close()


def officer_of(desk: Desk) -> Officer:
    """The desk's own first officer."""
    asked = "SELECT substr(name, 10) FROM meta WHERE name LIKE 'verifier:%'"
    found = desk.officers.get(desk.connection.execute(asked).fetchone()[0])
    assert found is not None
    return found


def take_in(desk: Desk, name: str = "Nguyễn Văn An", minutes: int = 0, procedure: str = "permanent-residence") -> str:
    dossier = desk.new_id()
    applicant = {"kind": "citizen", "name": name, "phone": "0905123456"}
    facts = {"procedure": procedure, "applicant": applicant, "channel": "counter"}
    done = desk.do(TakeIn(dossier, "received", desk.now() - timedelta(minutes=minutes), facts), officer_of(desk))
    assert isinstance(done, Done), done
    return dossier


def act(desk: Desk, dossier: str, kind: str, **fields: object) -> Done | Refusal:
    return desk.do(Act(dossier, kind, desk.now(), fields), officer_of(desk))


def claim_number(desk: Desk, number: int) -> None:
    """The desk claims this very number, as where it knows of other desks and numbers than others do."""
    with transaction(desk.connection):
        desk.series.claim(number, renumber(desk, number, "no_witness").event_id)


def code_from(desk: Desk, hub: FolderHub) -> str:
    made = make_join_code(desk, hub, officer_of(desk))
    assert isinstance(made, JoinCode), made
    return made.code


def dump(desk: Desk) -> list[str]:
    return list(desk.projection.dump())


def entity_heads(desk: Desk) -> list[tuple[str, str]]:
    """What the next event of each entity would name as its parents."""
    return desk.connection.execute("SELECT entity, event_id FROM head ORDER BY entity, event_id").fetchall()


def found_station(root: Path) -> None:
    """Three desks that have all heard of each other, the later ones let in by the first one's codes; closed again."""
    hub = FolderHub(root / "hub")
    hub.create()
    desks = [start_desk(root / "d0", new_desk(1), [hub]).desk]
    for number in (1, 2):
        desks.append(start_desk(root / f"d{number}", new_desk(number + 1), [hub], code_from(desks[0], hub)).desk)
    for desk in (*desks, *desks):
        assert exchange(desk, hub).error is None
    for desk in desks:
        desk.close()


@contextmanager
def copied(template: Path, root: Path) -> Iterator[Station]:
    shutil.copytree(template, root)
    desks = [Desk.open(root / f"d{number}") for number in range(3)]
    for desk in desks:
        for table in ("hub", "accepted", "join_code"):
            desk.connection.execute(f"UPDATE {table} SET url = ?", (FolderHub(root / "hub").url,))
        desk.connection.execute("DELETE FROM hub_memory")
    try:
        yield Station(root, desks)
    finally:
        for desk in desks:
            desk.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "station"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_NOW", START.isoformat())
        found_station(root)
    return root


@pytest.fixture
def station(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    with copied(template, tmp_path / "station") as made:
        yield made
