"""What reads beside the keys: the newest question alone is answered, and nothing waits for it."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from core.answers import InvalidInput
from storage.database import Connection
from storage.repeats import read_ahead
from tests.conftest import Office, take_in
from tests.tui.workstation import workstation
from tui.aside import Reader

_ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
_PATIENCE = 30


def test_the_newest_question_breaks_off_the_one_before(office: Office) -> None:
    office.open().close()
    reader, begun, told, done = Reader(office.folder), Event(), [], Event()

    def endless(db: Connection) -> Any:
        begun.set()
        return db.execute(_ENDLESS).fetchone()

    reader.ask("a", endless, told.append)
    assert begun.wait(_PATIENCE)
    reader.ask("a", lambda _: "passed over", told.append)
    reader.ask("a", lambda db: db.execute("SELECT count(*) FROM dossier").fetchone()[0], told.append)
    reader.ask("b", lambda _: "another's", lambda found: (told.append(found), done.set()))
    assert done.wait(_PATIENCE)
    reader.close()
    assert told == [0, "another's"]


def test_what_is_read_ahead_gives_way_to_every_question(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.open().close()
    reader, begun, told, done = Reader(office.folder), Event(), [], Event()

    def endless(db: Connection, _: str) -> None:
        begun.set()
        db.execute(_ENDLESS).fetchone()

    monkeypatch.setattr("tui.aside.read_ahead", endless)
    reader.read_ahead("a dossier")
    assert begun.wait(_PATIENCE)
    reader.ask("a", lambda _: "asked", lambda found: (told.append(found), done.set()))
    assert done.wait(_PATIENCE)
    reader.close()
    assert told == ["asked"]


def test_what_is_read_ahead_is_the_dossier_with_what_its_person_has_open(office: Office) -> None:
    desk = office.open()
    numbers = ("048190004321", "048190004321", "048190004322")
    one, other, another = (
        take_in(desk, applicant={"kind": "citizen", "name": "Đặng Thị Đào", "number": number}) for number in numbers
    )
    read: list[str] = []
    desk.connection.set_trace_callback(read.append)
    read_ahead(desk.connection, one)
    desk.connection.set_trace_callback(None)
    assert [name in read[-1] for name in (one, other, another)] == [True, True, False]
    read_ahead(desk.connection, "unknown")


def test_a_folder_that_cannot_be_read_is_told_and_closing_breaks_off(tmp_path: Path, office: Office) -> None:
    told: list[Any] = []
    answered = Event()
    nowhere = Reader(tmp_path / "nowhere")
    nowhere.ask("a", lambda _: None, lambda found: (told.append(found), answered.set()))
    assert answered.wait(_PATIENCE)
    nowhere.close()
    (found,) = told
    assert isinstance(found, InvalidInput) and found.code == "desk_missing"
    office.open().close()
    reader, begun = Reader(office.folder), Event()

    def endless(db: Connection) -> Any:
        begun.set()
        return db.execute(_ENDLESS).fetchone()

    reader.ask("a", endless, told.append)
    assert begun.wait(_PATIENCE)
    reader.close()
    assert len(told) == 1


async def test_letters_are_shown_and_enter_opens_while_the_reader_is_held_up(office: Office) -> None:
    desk = office.open()
    take_in(desk, name="Lê Ngọc Ánh")
    wanted = take_in(desk, name="Phạm Văn Bảo")
    desk.close()
    held = Event()
    try:
        async with workstation(office, "search") as desktop:
            desktop.app.reader.ask("other", lambda _: held.wait(_PATIENCE), lambda _: None)
            await desktop.type("bao")
            assert desktop.one("#box").value == "bao"
            await desktop.settle(0.1)
            assert desktop.one("LineTable").current is None
            await desktop.press("enter")
            assert type(desktop.app.screen).__name__ == "DossierScreen"
            await desktop.press("escape")
            assert desktop.one("LineTable").current.id == wanted
            await desktop.press("escape", "escape", "slash")
            await desktop.type("le ngoc")
            await desktop.settle(0.1)
            assert len(desktop.one("QueueTable").picture()) == 2
            await desktop.press("enter", "enter")
            assert type(desktop.app.screen).__name__ == "DossierScreen"
            held.set()
            await desktop.press("escape")
            assert len([row for row, *_ in desktop.one("QueueTable").picture() if row]) == 1
    finally:
        held.set()
