"""Once a day everything is read again: what has rotted is found, mended from whoever has it right, and told."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from storage.desk import Desk
from storage.event_log import unlocked
from storage.projection import Projection
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.verification import verify
from tests.storage.stranger import rebuilt
from tests.storage.sync_desks import START, Station, act, dump, take_in
from tests.storage.test_sync_folder import cloned


def tomorrow(station: Station, days: int = 1) -> None:
    for desk in station.desks:
        desk.now = lambda: START + timedelta(days=days)


def code(station: Station, number: int) -> str | None:
    (report,) = station.sync(number)
    return report.error.code if report.error else None


def alter(station: Station, number: int, statement: str) -> None:
    connection = station.desks[number].connection
    with unlocked(connection):
        connection.execute(statement)


@pytest.fixture
def worked(station: Station) -> Station:
    dossier = take_in(station.desks[0])
    act(station.desks[0], dossier, "noted", text="gọi lại")
    station.sync(0, 1, 2, 0)
    return station


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = x'7b7d' WHERE kind = 'noted'",
        "UPDATE event SET hash = zeroblob(32) WHERE kind = 'noted'",
        "UPDATE event SET kind = 'approved' WHERE kind = 'noted'",
        "DELETE FROM event WHERE kind = 'noted'",
        "UPDATE event SET header = x'7b7d' WHERE kind = 'received'",
        "UPDATE event SET body = x'7b7d' WHERE kind = 'desk_enrolled'",
        "UPDATE event SET body = x'7b7d' WHERE kind = 'station_founded'",
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_an_altered_event_is_located_and_mended_from_the_hub(worked: Station, number: int, statement: str) -> None:
    right = dump(worked.desks[2])
    alter(worked, number, statement)
    assert not verify(worked.desks[number]).holds
    tomorrow(worked)
    assert code(worked, number) == "history_mended"
    assert verify(worked.desks[number]).holds and dump(worked.desks[number]) == right
    assert code(worked, number) is None


@pytest.mark.parametrize("altered", ["body = x'7b7d'", "hash = zeroblob(32)"])
def test_what_a_copy_of_the_desk_wrote_is_never_written_over_what_stands_here(
    station: Station, tmp_path: Path, altered: str
) -> None:
    desk = station.desks[0]
    shared = take_in(desk)
    with cloned(station, 0, tmp_path / "clone") as copy:
        kept = [take_in(copy, name) for name in ("Lê Thị Hoa", "Võ Văn Tư")]
        made = take_in(station.desks[0], "Phạm Văn Ba")
        station.sync(0)
        with unlocked(copy.connection):
            copy.connection.execute(f"UPDATE event SET {altered} WHERE entity = ?", (shared,))
        copy.now = lambda: START + timedelta(days=1)
        for _ in range(3):
            exchange(copy, station.hub)
        station.sync(0, 1)
        for one in (copy, station.desks[0], station.desks[1]):
            assert all(one.dossier(name) is not None for name in (shared, *kept, made))
        assert verify(copy).holds and dump(copy) == dump(station.desks[1])


class Killed(BaseException):
    """The process ends there."""


@pytest.mark.parametrize("again", [True, False], ids=["opened again", "goes on"])
def test_the_tables_show_what_was_mended_where_that_was_cut_off(
    worked: Station, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = dump(worked.desks[2])
    alter(
        worked,
        0,
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'Văn', 'Vân') AS BLOB) WHERE kind = 'received'",
    )
    assert rebuilt(worked.desks[0]) != right
    tomorrow(worked)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Projection, "rebuild", cut_off)
        worked.sync(0)
    if again:
        worked.reopen(0)
    assert code(worked, 0) is None
    assert dump(worked.desks[0]) == right and verify(worked.desks[0]).holds


def cut_off(_: Projection) -> None:
    raise Killed


def test_what_does_not_hold_is_not_signed_and_goes_once_it_holds(worked: Station) -> None:
    desk = worked.desks[0]
    dossier = take_in(desk, "Lê Thị Hoa")
    (last, right) = desk.connection.execute("SELECT max(n), hash FROM event").fetchone()
    alter(worked, 0, f"UPDATE event SET hash = zeroblob(32) WHERE n = {last}")
    assert code(worked, 0) == "history_broken"
    alter(worked, 0, f"UPDATE event SET hash = x'{right.hex()}' WHERE n = {last}")
    assert code(worked, 0) is None
    worked.sync(1)
    assert worked.desks[1].dossier(dossier) is not None


def test_what_no_hub_holds_cannot_be_mended_and_work_goes_on(worked: Station) -> None:
    dossier = take_in(worked.desks[0], "Lê Thị Hoa")
    alter(worked, 0, "UPDATE event SET body = x'7b7d' WHERE seq = (SELECT max(seq) FROM event WHERE origin = 1)")
    tomorrow(worked)
    assert code(worked, 0) == "history_broken"
    assert worked.desks[0].dossier(dossier) is not None
    assert take_in(worked.desks[0], "Trần Văn Ba")


def test_a_rotten_file_that_kept_its_date_is_found_the_next_day_and_written_again(worked: Station) -> None:
    path = max(worked.origin_folder(0).iterdir())
    good, facts = path.read_bytes(), path.stat()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert code(worked, 0) is None and path.read_bytes() != good
    tomorrow(worked)
    assert code(worked, 0) is None and path.read_bytes() == good


def test_another_desks_file_that_is_lost_is_written_again_by_whoever_holds_it(worked: Station) -> None:
    paths = sorted(worked.origin_folder(0).iterdir())
    good = [path.read_bytes() for path in paths]
    for path in paths[1:]:
        path.unlink()
    tomorrow(worked)
    assert code(worked, 1) is None
    assert [path.read_bytes() for path in paths] == good


def test_a_desk_at_two_hubs_carries_others_work_between_them(station: Station, tmp_path: Path) -> None:
    other = FolderHub(tmp_path / "second")
    other.create()
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    assert exchange(station.desks[1], other).error is None
    station.desks[2].now = lambda: START
    assert exchange(station.desks[2], other).error is None
    assert station.desks[2].dossier(dossier) is not None
    assert dump(station.desks[2]) == dump(station.desks[1])


def test_what_was_altered_here_is_never_carried_to_another_hub(worked: Station, tmp_path: Path) -> None:
    other = FolderHub(tmp_path / "second")
    other.create()
    exchange(worked.desks[1], other)
    dossier = take_in(worked.desks[0])
    worked.sync(0, 1)
    alter(worked, 1, f"UPDATE event SET body = x'7b7d' WHERE entity = '{dossier}'")
    reports = [exchange(worked.desks[1], hub) for hub in (other, worked.hub, other)]
    said = [report.error.code if report.error else None for report in reports]
    assert said == ["history_broken", "history_mended", None]
    assert verify(worked.desks[1]).holds
    assert exchange(worked.desks[2], other).error is None and worked.desks[2].dossier(dossier) is not None


def test_work_that_goes_on_during_an_audit_is_no_break(worked: Station) -> None:
    """An officer's process writes between two looks at the chain that it writes to."""
    desk, other = worked.desks[0], Desk.open(worked.desks[0].folder)
    seen: list[str] = []

    def look(statement: str) -> None:
        if "event.officer FROM event" in statement and len(seen) < 2:
            seen.append(statement)
            take_in(other, "Lê Thị Hoa")

    desk.connection.set_trace_callback(look)
    tomorrow(worked)
    assert code(worked, 0) is None
    desk.connection.set_trace_callback(None)
    assert seen and verify(desk).holds
    other.close()
