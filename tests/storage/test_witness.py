"""The witness file: written with every number, and what a folder's opening makes of it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.answers import InvalidInput, Refusal
from core.decisions import TakeIn
from storage import witness as witness_module
from storage.database import DATABASE_NAME, after_commit, transaction
from storage.demo.station import make_demo
from storage.desk import Desk, Done
from storage.folder import write_meta
from storage.press import Plate
from storage.spool import Spool
from storage.witness import WITNESS_NAME, machine_mark, read_witness
from tests.conftest import NOW, Office, act, officer, take_in

DAY = "1/260521"


def path_of(desk: Desk) -> Path:
    return desk.folder / WITNESS_NAME


def said(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path_of(desk).read_bytes())
    return found


def rewrite(folder: Path, **parts: object) -> None:
    path = folder / WITNESS_NAME
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **parts}), encoding="utf-8")


def number_of(desk: Desk, dossier: str) -> str | None:
    row = desk.row(dossier)
    assert row is not None
    number: str | None = row["receipt_number"]
    return number


def take(desk: Desk, count: int) -> list[str | None]:
    """Receive some; the ends of their numbers."""
    numbers = [number_of(desk, take_in(desk)) for _ in range(count)]
    return [number and number.rpartition("-")[2] for number in numbers]


def keep_copy(office: Office, name: str = "morning") -> Path:
    """The database as it is now, closed."""
    kept = office.folder.parent / name
    shutil.copyfile(office.folder / DATABASE_NAME, kept)
    return kept


def put_back(office: Office, kept: Path) -> None:
    for path in office.folder.glob(DATABASE_NAME + "*"):
        path.unlink()
    shutil.copyfile(kept, office.folder / DATABASE_NAME)


def worked(office: Office, count: int) -> None:
    """A session at the desk that receives some and ends."""
    desk = office.open()
    take(desk, count)
    desk.close()


def test_the_founding_is_witnessed_and_the_machine_not_named(desk: Desk) -> None:
    found = said(desk)
    assert (found["desk"], found["epoch"], found["number"], found["days"]) == (desk.identity.desk, 1, 1, {})
    assert found["machine"] == machine_mark(desk.identity.desk) != machine_mark("another desk")
    assert witness_module._machine() not in path_of(desk).read_text(encoding="utf-8")


def test_every_number_is_witnessed_with_the_head_and_nothing_else_is_written(desk: Desk) -> None:
    dossier = take_in(desk)
    head = desk.log.heads()[desk.identity.origin]
    first = path_of(desk).read_bytes()
    assert said(desk) | {"seq": head.seq, "hash": head.hash.hex(), "days": {DAY: 1}} == said(desk)
    act(desk, dossier, "noted", text="x")
    assert path_of(desk).read_bytes() == first
    take_in(desk)
    assert said(desk)["days"] == {DAY: 2}


def test_many_in_one_transaction_are_witnessed_at_its_end(desk: Desk) -> None:
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    before = path_of(desk).stat().st_ino
    with transaction(desk.connection):
        for _ in range(30):
            assert isinstance(desk.do_within(TakeIn(desk.new_id(), "received", NOW, facts), officer(desk)), Done)
        assert path_of(desk).stat().st_ino == before
    assert said(desk)["days"] == {DAY: 30}


def test_what_is_rolled_back_is_not_witnessed(desk: Desk) -> None:
    before = path_of(desk).read_bytes()
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    with pytest.raises(RuntimeError), transaction(desk.connection):
        desk.do_within(TakeIn(desk.new_id(), "received", NOW, facts), officer(desk))
        raise RuntimeError
    with transaction(desk.connection):
        desk.connection.execute("UPDATE meta SET value = value WHERE name = 'unit'")
    assert path_of(desk).read_bytes() == before


def test_a_step_after_the_commit_is_done_once_and_only_then(desk: Desk) -> None:
    done: list[bool] = []

    def step() -> None:
        done.append(bool(desk.connection.in_transaction))

    with transaction(desk.connection):
        after_commit(desk.connection, step)
        after_commit(desk.connection, step)
        assert done == []
    with transaction(desk.connection):
        pass
    assert done == [False]


def test_a_witness_that_is_behind_is_brought_up(office: Office) -> None:
    worked(office, 1)
    before = (office.folder / WITNESS_NAME).read_bytes()
    worked(office, 2)
    (office.folder / WITNESS_NAME).write_bytes(before)
    desk = office.open()
    assert (said(desk)["days"], desk.identity.epoch, desk.series.state().moved_back) == ({DAY: 3}, 1, None)
    assert take(desk, 1) == ["0004"]
    desk.close()


def test_a_database_copied_back_goes_on_above_what_was_given(office: Office) -> None:
    worked(office, 2)
    kept = keep_copy(office)
    worked(office, 3)
    put_back(office, kept)
    desk = office.open()
    state = desk.series.state()
    assert (desk.identity.epoch, state.number, state.wanted, state.moved_back) == (2, 1, None, NOW)
    assert take(desk, 1) == ["0006"]
    desk.close()
    again = office.open()
    assert (again.identity.epoch, take(again, 1)) == (2, ["0007"])
    again.close()


def test_a_database_copied_back_twice_opens_another_epoch_each_time(office: Office) -> None:
    worked(office, 1)
    kept = keep_copy(office)
    for epoch, number in ((2, "0003"), (3, "0004"), (4, "0005")):
        if epoch == 2:
            worked(office, 1)
        put_back(office, kept)
        desk = office.open()
        assert (desk.identity.epoch, take(desk, 1)) == (epoch, [number])
        desk.close()


def test_another_history_under_the_same_numbers_is_a_copy_too(office: Office) -> None:
    worked(office, 2)
    rewrite(office.folder, hash="00" * 32)
    desk = office.open()
    assert (desk.identity.epoch, take(desk, 1)) == (2, ["0003"])
    desk.close()


def test_a_database_that_lost_its_series_alone_goes_on_above_them(office: Office) -> None:
    worked(office, 2)
    desk = office.open()
    desk.connection.execute("DELETE FROM series")
    desk.close()
    desk = office.open()
    assert (desk.identity.epoch, take(desk, 1)) == (2, ["0003"])
    desk.close()


def no_witness(folder: Path) -> None:
    (folder / WITNESS_NAME).unlink()


def damaged(folder: Path) -> None:
    (folder / WITNESS_NAME).write_bytes((folder / WITNESS_NAME).read_bytes()[:-9])


def other_machine(folder: Path) -> None:
    rewrite(folder, machine="00" * 16)


def other_desk(folder: Path) -> None:
    rewrite(folder, desk="another")


UNSURE = [
    (no_witness, "no_witness"),
    (damaged, "no_witness"),
    (other_desk, "no_witness"),
    (other_machine, "other_machine"),
]


@pytest.mark.parametrize(("lose", "reason"), UNSURE)
def test_without_its_witness_a_desk_among_others_gives_no_number(
    office: Office, lose: Callable[[Path], None], reason: str
) -> None:
    worked(office, 2)
    desk = office.open()
    desk.connection.execute("INSERT INTO hub (url, sent, received) VALUES ('folder:x', 0, 0)")
    desk.close()
    lose(office.folder)
    desk = office.open()
    assert (desk.identity.epoch, desk.series.state().wanted, desk.identity.number) == (2, reason, 1)
    dossier = take_in(desk)
    folded = desk.dossier(dossier)
    assert folded is not None and folded.receipt_number is None and folded.marks == {}
    desk.close()
    again = office.open()
    assert (again.identity.epoch, again.series.state().wanted, take(again, 1)) == (2, reason, [None])
    again.close()


@pytest.mark.parametrize(("lose", "reason"), UNSURE)
def test_a_desk_that_is_alone_takes_another_number_at_once(
    office: Office, lose: Callable[[Path], None], reason: str
) -> None:
    worked(office, 2)
    lose(office.folder)
    desk = office.open()
    assert (desk.identity.number, desk.series.state().wanted, take(desk, 2)) == (2, None, ["0501", "0502"])
    told = [event for event in desk.log.events_of(f"desk:{desk.identity.desk}") if event.kind == "desk_renumbered"]
    assert [dict(event.body) for event in told] == [{"number": 2, "reason": reason}]
    assert desk.connection.execute("SELECT number FROM desk").fetchall() == [(2,)]
    desk.close()


def test_a_copy_from_before_the_desk_took_another_number_goes_on_with_it(office: Office) -> None:
    worked(office, 1)
    kept = keep_copy(office)
    no_witness(office.folder)
    worked(office, 2)
    put_back(office, kept)
    desk = office.open()
    assert (desk.identity.number, take(desk, 1)) == (2, ["0503"])
    assert desk.connection.execute("SELECT number FROM desk").fetchall() == [(2,)]
    desk.close()


def test_a_folder_copied_on_one_machine_goes_on(office: Office, tmp_path: Path) -> None:
    worked(office, 1)
    shutil.copytree(office.folder, tmp_path / "elsewhere")
    desk = Desk.open(tmp_path / "elsewhere")
    assert (desk.identity.epoch, take(desk, 1)) == (1, ["0002"])
    desk.close()


def test_a_database_of_an_earlier_version_writes_its_first_witness(office: Office) -> None:
    worked(office, 1)
    desk = office.open()
    with transaction(desk.connection):
        write_meta(desk.connection, {"witness_first": 1})
    desk.close()
    no_witness(office.folder)
    desk = office.open()
    assert (desk.identity.epoch, said(desk)["days"], take(desk, 1)) == (1, {DAY: 1}, ["0002"])
    desk.close()
    no_witness(office.folder)
    assert office.open().series.state().number == 2


def test_where_the_witness_cannot_be_written_nothing_is_printed(desk: Desk) -> None:
    dossier = take_in(desk)
    path_of(desk).unlink()
    path_of(desk).mkdir()
    assert take(desk, 1) == ["0002"]
    with pytest.raises(InvalidInput, match="witness_unwritable"):
        Spool(desk).issue(officer(desk), dossier, "receipt", lambda number: Plate(b"", "", 0, b"%PDF"), None)
    assert Spool(desk).jobs() == []
    path_of(desk).rmdir()
    assert not isinstance(
        Spool(desk).issue(officer(desk), dossier, "receipt", lambda number: Plate(b"", "", 0, b"%PDF"), None), Refusal
    )
    assert said(desk)["days"] == {DAY: 2}
    assert sorted(path.name for path in desk.folder.glob("*.tmp")) == []


def test_a_demo_needs_no_witness(tmp_path: Path) -> None:
    made = make_demo(tmp_path / "demo", dossiers=1)
    desk = Desk.open(made.data)
    assert desk.series.state().wanted is None and not path_of(desk).exists()
    day = desk.now().date()
    assert desk.series.next_serial(day)[1] > 0
    desk.close()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'"x"', b"\xff", b'{"desk": 1}'])
def test_what_is_no_witness_reads_as_none(tmp_path: Path, content: bytes) -> None:
    assert read_witness(tmp_path, "d") is None
    (tmp_path / WITNESS_NAME).write_bytes(content)
    assert read_witness(tmp_path, "d") is None


@pytest.mark.skipif(sys.platform == "win32", reason="the registry knows it there")
def test_a_machine_is_known_by_its_installation_and_else_by_its_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = []
    for name in ("one", "two", "missing"):
        if name != "missing":
            (tmp_path / name).write_text(f"{name}\n", encoding="ascii")
        monkeypatch.setattr(witness_module, "_MACHINE_FILES", (tmp_path / name,))
        marks.append(machine_mark("desk"))
        assert machine_mark("desk") == marks[-1]
    assert len(set(marks)) == 3


@pytest.mark.parametrize(
    "parts",
    [
        {"days": {"1 260521": 5}},
        {"days": {"1/2605x1": 5}},
        {"days": {"1/269921": 5}},
        {"days": {"1/260521": -1}},
        {"days": {"1/260521": 2**70}},
        {"epoch": 2**70},
        {"number": 0},
        {"number": 500},
        {"hash": 5},
        {"wanted": ["x"]},
    ],
    ids=str,
)
def test_a_witness_that_rotted_counts_as_none_and_the_folder_opens(office: Office, parts: dict[str, object]) -> None:
    worked(office, 2)
    rewrite(office.folder, **parts)
    desk = office.open()
    assert (desk.identity.number, take(desk, 1)) == (2, ["0501"]), "alone, it takes another number at once"
    desk.close()
