"""The log: chained, append-only, told where it does not hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.answers import InvalidInput
from core.record import read_event
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import EventLog, epoch_ms
from storage.verification import verify
from tests.storage.sync_desks import START, Station, act, dump, take_in

NOW_MS = epoch_ms(START)


def test_seqs_are_dense_clocks_move_on_and_parents_are_the_heads(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    act(desk, dossier, "step_completed", step="a")
    act(desk, dossier, "step_completed", step="b")
    events = desk.log.events_of(dossier)
    assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + 3))
    assert [event.parents for event in events] == [(), (events[0].event_id,), (events[1].event_id,)]
    assert events[0].hlc < events[1].hlc < events[2].hlc
    assert desk.log.heads_of(dossier) == (events[2].event_id,)


def test_a_clock_that_went_back_does_not_turn_the_order(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk, minutes=60)
    desk.now = lambda: START - timedelta(minutes=30)
    act(desk, dossier, "noted", text="một")
    first, second = desk.log.events_of(dossier)
    assert second.hlc > first.hlc and second.hlc >> 16 > epoch_ms(second.at)


def test_concurrent_events_leave_two_heads_that_the_next_one_joins(station: Station) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    act(station.desks[0], dossier, "noted", text="một")
    act(station.desks[1], dossier, "noted", text="hai")
    station.sync(0, 1, 0)
    for desk in station.desks[:2]:
        assert len(desk.log.heads_of(dossier)) == 2
    act(station.desks[0], dossier, "noted", text="ba")
    assert len(station.desks[0].log.heads_of(dossier)) == 1


def test_a_far_future_clock_is_taken_but_not_followed(station: Station) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    station.desks[0].now = lambda: START.replace(year=2099)
    act(station.desks[0], dossier, "noted", text="một")
    station.sync(0, 1)
    act(station.desks[1], dossier, "noted", text="hai")
    events = station.desks[1].log.events_of(dossier)
    assert events[-1].hlc < events[-2].hlc
    folded = station.desks[1].dossier(dossier)
    assert [event.body["text"] for event in folded.events[1:]] == ["một", "hai"]


def test_receiving_again_changes_nothing(station: Station) -> None:
    one, other = station.desks[0], station.desks[1]
    take_in(one)
    station.sync(0, 1)
    origin, before = one.identity.origin, dump(other)
    with transaction(other.connection):
        assert other.log.receive(origin, one.log.stored(origin, 0, 1000), NOW_MS) == []
    assert dump(other) == before


def test_a_gap_and_an_altered_event_are_refused(station: Station) -> None:
    one, other = station.desks[0], station.desks[1]
    for _ in range(2):
        take_in(one)
    origin = one.identity.origin
    new = one.log.stored(origin, other.log.heads()[origin].seq, 10)
    with pytest.raises(InvalidInput, match="chain_gap"), transaction(other.connection):
        other.log.receive(origin, new[1:], NOW_MS)
    altered = [type(new[0])(new[0].header, new[0].digest, new[0].salt, b"{}", new[0].hash)]
    with pytest.raises(InvalidInput, match="chain_broken"), transaction(other.connection):
        other.log.receive(origin, altered, NOW_MS)
    assert other.log.heads()[origin].seq == read_event(new[0].header, None).seq - 1


def test_events_can_be_neither_changed_nor_deleted(station: Station) -> None:
    connection = station.desks[0].connection
    for statement in ("UPDATE event SET header = x'00'", "DELETE FROM event", "UPDATE event SET seq = 9 WHERE n = 1"):
        with pytest.raises(Exception, match="events"):
            connection.execute(statement)


def by_hand(desk: Desk, statement: str) -> None:
    """What a database administrator can do who drops the triggers first."""
    for trigger in ("event_stays", "event_is_final"):
        desk.connection.execute(f"DROP TRIGGER {trigger}")
    desk.connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE event SET body = x'7b7d' WHERE seq = 5", "hash_wrong"),
        ("UPDATE event SET body = 'text' WHERE seq = 5", "event_unreadable"),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 5", "hash_wrong"),
        ("UPDATE event SET header = replace(header, '\"v\":1', '\"v\":2') WHERE seq = 5", "event_unreadable"),
        ("UPDATE event SET salt = zeroblob(16) WHERE seq = 5", "hash_wrong"),
        ("UPDATE event SET salt = NULL, body = x'7b7d' WHERE seq = 5", "hash_wrong"),
        ("UPDATE event SET salt = NULL, body = NULL WHERE seq = 5", "body_missing"),
        ("UPDATE event SET entity = 'x' WHERE seq = 5", "columns_wrong"),
        ("UPDATE event SET officer = 'x' WHERE seq = 5", "columns_wrong"),
        ("DELETE FROM event WHERE seq = 5", "seq_wrong"),
        ("UPDATE origin SET seq = 4 WHERE seq > 50", "head_wrong"),
    ],
)
def test_verify_finds_the_event_that_was_edited_by_hand(station: Station, statement: str, problem: str) -> None:
    desk = station.desks[1]
    assert verify(desk).holds
    by_hand(desk, statement)
    verdict = verify(desk)
    assert not verdict.holds
    found = next(one for one in verdict.breaks if one.origin == station.desks[0].identity.origin)
    assert found.problem == problem
    assert found.seq == 5 or problem == "head_wrong"


def test_verify_finds_a_row_that_was_edited_by_hand(station: Station) -> None:
    desk = station.desks[0]
    take_in(desk)
    desk.connection.execute("UPDATE dossier SET state = 'returned'")
    verdict = verify(desk)
    assert (verdict.breaks, verdict.projection, verdict.key) == ((), False, True)


def test_verify_finds_a_signing_key_that_is_not_the_enrolled_one(station: Station) -> None:
    desk = station.desks[0]
    desk.connection.execute("UPDATE meta SET value = zeroblob(32) WHERE name = 'sign_private'")
    station.reopen(0)
    assert verify(station.desks[0]).key is False


def test_verify_writes_nothing(station: Station) -> None:
    desk = station.desks[0]
    take_in(desk)
    before, changes = dump(desk), desk.connection.execute("PRAGMA data_version").fetchone()
    other = Desk.open(desk.folder)
    assert verify(other).holds
    assert isinstance(other.log, EventLog)
    other.close()
    assert dump(desk) == before and desk.connection.execute("PRAGMA data_version").fetchone() == changes
