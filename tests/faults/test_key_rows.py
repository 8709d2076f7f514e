"""Rows 15, 16 and 37 where the key has changed or has not come: nothing unread is lost, nothing said twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.desk import Desk
from storage.event_log import unlocked
from storage.sync.auditing import audit_again
from storage.sync.desk_life import confirm_desk, desk_facts, revoke_desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.faults.template import copy_desk
from tests.storage.sync_desks import Station, cloned, dump, new_desk, officer_of, take_in


@pytest.fixture
def newcomer(station: Station, tmp_path: Path) -> Iterator[Desk]:
    """A fourth desk that came without a code, and holds no key yet."""
    desk = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    assert desk.keys() == {}
    yield desk
    desk.close()


def revoke_the_third(station: Station) -> None:
    first, third = station.desks[0], station.desks[2]
    assert revoke_desk(first, officer_of(first), third.identity.desk, 1, 999) is None
    station.sync(0)


def put_back(station: Station, number: int, kept: Path) -> Desk:
    """The whole folder comes back as it was."""
    station.desks[number].close()
    folder = station.root / f"d{number}"
    shutil.rmtree(folder)
    copy_desk(kept, folder)
    desk = station.desks[number] = Desk.open(folder)
    return desk


def test_15_a_desk_brought_back_from_before_the_key_changed_reads_its_own_work_and_goes_on_above_it(
    station: Station, tmp_path: Path
) -> None:
    second = station.desks[1]
    here = take_in(second)
    copy_desk(station.root / "d1", tmp_path / "kept")
    revoke_the_third(station)
    lost = take_in(second)
    number = second.row(lost)["receipt_number"]
    station.sync(1)
    second = put_back(station, 1, tmp_path / "kept")
    assert station.sync(1)[0].error is None
    assert [second.row(one) is not None for one in (here, lost)] == [True, True]
    waiting = take_in(second)
    station.sync(1, 1)
    given = {second.row(one)["receipt_number"] for one in (waiting, take_in(second))}
    assert len(given - {None, number}) == 2
    station.sync(1, 0)
    assert dump(second) == dump(station.desks[0]) and verify(second).holds


def test_15_the_admins_desk_brought_back_from_before_the_key_changed_gets_the_key_again(
    station: Station, tmp_path: Path
) -> None:
    copy_desk(station.root / "d0", tmp_path / "kept")
    revoke_the_third(station)
    keys = station.desks[0].keys()
    station.sync(1)
    take_in(station.desks[1])
    station.sync(1)
    first = put_back(station, 0, tmp_path / "kept")
    station.sync(0, 1, 0)
    assert first.keys() == keys and len(keys) == 2
    assert dump(first) == dump(station.desks[1]) and verify(first).holds


def test_15_the_admins_desk_finds_the_key_that_it_lost_in_what_another_desk_keeps_of_its_line(
    station: Station, tmp_path: Path
) -> None:
    """Found by history 780329: the batch that only the other desk has is sealed to the key which it brings itself."""
    first, second = station.desks[:2]
    shutil.copytree(station.root / "hub", tmp_path / "other")
    take_in(first)
    copy_desk(station.root / "d0", tmp_path / "kept")
    assert revoke_desk(first, officer_of(first), station.desks[2].identity.desk, 1, 999) is None
    lost, keys = take_in(first), first.keys()
    for desk in (first, second):
        assert exchange(desk, FolderHub(tmp_path / "other")).error is None
    first = put_back(station, 0, tmp_path / "kept")
    for _ in range(2):
        station.sync(0, 1)
    assert first.keys() == keys and len(keys) == 2
    assert first.dossier(lost) is not None and dump(first) == dump(second) and verify(first).holds


def test_16_a_copy_of_the_admins_desk_gets_the_key_that_was_changed_where_that_desk_could_not_be_read(
    station: Station, tmp_path: Path
) -> None:
    """Found by history 805775: the desk's own enrolment had rotted in its database when it changed the key."""
    with cloned(station, 0, tmp_path / "clone") as clone:
        first = station.desks[0]
        with unlocked(first.connection):
            altered = "UPDATE event SET body = x'7b7d' WHERE kind = 'desk_enrolled' AND origin = ?"
            first.connection.execute(altered, (first.log.number(first.identity.origin),))
        station.reopen(0)
        first = station.desks[0]
        assert revoke_desk(first, officer_of(first), station.desks[2].identity.desk, 1, 999) is None
        audit_again(first)
        for _ in range(3):
            station.sync(0, 1)
            exchange(clone, station.hub)
        assert clone.keys() == first.keys() and len(clone.keys()) == 2
        assert dump(clone) == dump(first) and verify(clone).holds


def test_16_a_clone_that_has_no_key_yet_says_nothing_again_that_it_can_not_read(
    station: Station, newcomer: Desk, tmp_path: Path
) -> None:
    copy_desk(tmp_path / "d3", tmp_path / "clone")
    clone = Desk.open(tmp_path / "clone")
    taken = [take_in(newcomer, "Trần Một"), take_in(clone, "Trần Hai")]
    for desk in (newcomer, clone, newcomer):
        exchange(desk, station.hub)
    assert not clone.keys() and not newcomer.keys()
    for _ in range(3):
        station.sync(0, 1)
        for desk in (clone, newcomer):
            exchange(desk, station.hub)
    for desk in (*station.desks[:2], newcomer, clone):
        assert [desk.row(one) is not None for one in taken] == [True, True]
        assert verify(desk).holds
    clone.close()


def test_16_a_clone_gives_no_number_that_the_other_may_have_given_where_it_can_not_read(
    station: Station, newcomer: Desk, tmp_path: Path
) -> None:
    copy_desk(tmp_path / "d3", tmp_path / "clone")
    clone = Desk.open(tmp_path / "clone")
    first = newcomer.row(take_in(newcomer))["receipt_number"]
    for desk in (newcomer, clone):
        exchange(desk, station.hub)
    assert not clone.keys()
    given = clone.row(take_in(clone))["receipt_number"]
    assert given != first and given is None
    for _ in range(4):
        reports = [exchange(desk, station.hub) for desk in (clone, newcomer)]
    assert [report.sent + report.received for report in reports] == [0, 0], "each has its number, and keeps it"
    clone.close()


@pytest.mark.parametrize("seq", [1, 2])
def test_38_an_altered_event_is_mended_where_the_key_has_not_come(station: Station, newcomer: Desk, seq: int) -> None:
    first = station.desks[0].identity.origin
    with unlocked(newcomer.connection):
        altered = "UPDATE event SET hash = zeroblob(32) WHERE origin = ? AND seq = ?"
        newcomer.connection.execute(altered, (newcomer.log.number(first), seq))
    audit_again(newcomer)
    assert exchange(newcomer, station.hub).error.code == "history_mended"
    for _ in range(2):
        station.sync(0)
        exchange(newcomer, station.hub)
    station.sync(0)
    assert verify(newcomer).holds and dump(newcomer) == dump(station.desks[0])


def test_37_a_confirmation_that_comes_before_its_desk_does_counts_once_it_has_come(
    station: Station, newcomer: Desk, tmp_path: Path
) -> None:
    first, third = station.desks[0], station.desks[2]
    station.sync(0)
    assert confirm_desk(first, officer_of(first), newcomer.identity.desk) is None
    station.sync(0)
    shutil.copytree(station.root / "hub", tmp_path / "part")
    for folder in (tmp_path / "part").rglob(f"{newcomer.identity.desk}-*"):
        shutil.rmtree(folder)
    exchange(third, FolderHub(tmp_path / "part"))
    assert [one.number for one in desk_facts(third)] == [1, 2, 3]
    station.sync(2, 0)
    assert [one.known.state for one in desk_facts(third)] == ["confirmed"] * 4
    assert dump(third) == dump(first)


def test_14_a_desk_without_the_key_passes_on_what_a_hub_and_its_author_have_lost(
    station: Station, newcomer: Desk, tmp_path: Path
) -> None:
    second = station.desks[1]
    copy_desk(station.root / "d1", tmp_path / "kept")
    before = set(station.files())
    lost = take_in(second)
    station.sync(1)
    (batch,) = set(station.files()) - before
    exchange(newcomer, station.hub)
    assert newcomer.keys() == {}
    batch.unlink()
    put_back(station, 1, tmp_path / "kept")
    exchange(newcomer, station.hub)
    station.sync(0, 1)
    assert station.desks[0].dossier(lost) is not None and station.desks[1].dossier(lost) is not None
