"""Who may, by the rows of the fault matrix: 37 forged, foreign, replayed, expired, revoked; 39 a hub with two faces;
44 bodies that were destroyed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.record import Draft
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin, bodies, epoch_ms
from storage.folder import station_id
from storage.founding import join
from storage.numbers import gap_report
from storage.revoked import without_effect
from storage.sync.batch import BatchHead, pack
from storage.sync.batches import borders
from storage.sync.desk_life import desk_facts, revoke_desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.forking import under_epoch
from storage.sync.join_codes import offered
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.amended import amend, closed, due, rebuilt
from tests.storage.sync_desks import START, Station, act, cloned, dump, new_desk, officer_of, take_in


def next_batch(desk: Desk) -> tuple[BatchHead, bytes]:
    """What the desk would send next, with its own good signature."""
    origin = desk.identity.origin
    sent = borders(desk, origin)[-1][1]
    events = desk.log.stored(origin, sent, 100)
    prev = desk.log.hash_at(origin, sent) or b""
    head = BatchHead(
        desk.identity.station, origin, sent + 1, len(events), prev, events[-1].hash, seal=desk.station_key()
    ).sign(desk.identity.sign_private)
    return head, pack(head, events)


def forged(station: Station, head: BatchHead, data: bytes) -> bytes:
    """Signed by another desk."""
    other = head.sign(station.desks[2].identity.sign_private)
    return pack(other, station.desks[1].log.stored(head.origin, head.first_seq - 1, head.n))


def foreign(station: Station, head: BatchHead, data: bytes) -> bytes:
    """Its own desk's good signature, for another station."""
    other = replace(head, station=station_id("T48.98")).sign(station.desks[1].identity.sign_private)
    return pack(other, station.desks[1].log.stored(head.origin, head.first_seq - 1, head.n))


@pytest.mark.parametrize(("make", "code"), [(forged, "signature_wrong"), (foreign, "station_wrong")])
def test_37_what_its_desk_did_not_sign_for_this_station_is_not_taken(
    station: Station, make: Callable[[Station, BatchHead, bytes], bytes], code: str
) -> None:
    first, second = station.desks[:2]
    dossier = take_in(second)
    head, data = next_batch(second)
    (station.origin_folder(1) / f"{head.first_seq:012}.batch").write_bytes(make(station, head, data))
    before = dump(first)
    report = station.sync(0)[0]
    assert report.error is not None and report.error.code == code
    assert first.dossier(dossier) is None and dump(first) == before
    assert verify(first).holds


def test_37_a_batch_replayed_under_another_desks_name_is_not_taken(station: Station) -> None:
    first, second = station.desks[:2]
    take_in(second)
    head, data = next_batch(second)
    (station.origin_folder(2) / f"{head.first_seq:012}.batch").write_bytes(data)
    before = dump(first)
    report = station.sync(0)[0]
    assert report.error is not None and dump(first) == before and verify(first).holds


def test_37_a_forged_actor_is_stored_and_has_no_effect(station: Station) -> None:
    first, second = station.desks[:2]
    dossier = take_in(first)
    station.sync(0, 1)
    draft = Draft(dossier, "approved", second.now(), {})
    with transaction(second.connection):
        (event,) = second.log.append([draft], "nobody", epoch_ms(second.now()))
        second.projection.apply([event])
    station.sync(1, 0)
    for desk in (first, second):
        folded = desk.dossier(dossier)
        assert folded is not None and folded.marks == {event.event_id: "unauthorised"} and folded.outcome is None
    assert dump(first) == dump(second)


def test_37_an_admission_that_had_expired_confirms_nobody(station: Station, tmp_path: Path) -> None:
    first = station.desks[0]
    expired = offered(first, bytes(16), first.now().replace(hour=7))
    late = join(tmp_path / "late", new_desk(4), lambda desk: exchange(desk, station.hub) and None, admission=expired)
    exchange(late, station.hub)
    station.sync(0)
    assert [one.known.state for one in desk_facts(first)][3] == "unconfirmed"
    late.close()


def test_37_an_admission_copied_from_another_desk_confirms_nobody(station: Station, tmp_path: Path) -> None:
    first, second = station.desks[:2]
    copied = first.log.events_of(f"desk:{second.identity.desk}")[0].body["admission"]

    class Copied:
        keys = tuple(second.keys().values())

        def proof(self, *_: str) -> dict[str, str]:
            return dict(copied)

    thief = join(tmp_path / "thief", new_desk(4), lambda desk: exchange(desk, station.hub) and None, admission=Copied())
    exchange(thief, station.hub)
    station.sync(0)
    assert [one.known.state for one in desk_facts(first)] == ["confirmed"] * 3 + ["unconfirmed"]
    thief.close()


def test_37_a_receipt_of_a_revoked_desk_is_told_to_be_one(station: Station) -> None:
    first, second = station.desks[:2]
    station.sync(1, 0)
    place = second.log.last_seq(second.identity.origin) + 1
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, place) is None
    void = take_in(second)
    number = second.dossier(void).receipt_number
    station.sync(0, 1, 0)
    assert first.dossier(void).state is None
    told = without_effect(first, number[-11:])
    assert told is not None and (told.code, told.params["code"]) == ("receipt_of_revoked_desk", number)
    assert ("revoked", "0501") in gap_report(first, START.date()).questions
    assert without_effect(first, "261123-0502") is without_effect(second, number) is None


def test_37_a_revoked_desks_later_work_is_stored_marked_and_without_effect(station: Station) -> None:
    first, second, third = station.desks
    dossier = take_in(first)
    station.sync(0, 1)
    place = second.log.last_seq(second.identity.origin) + 1
    act(second, dossier, "refused", reason="x")
    station.sync(1, 2)
    assert third.dossier(dossier).outcome == "refused"
    station.sync(0)
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    station.sync(0, 2)
    for desk in (first, third):
        assert desk.dossier(dossier).outcome is None
        assert list(desk.dossier(dossier).marks.values()) == ["unauthorised"]
        assert len(desk.log.events_of(dossier)) == 2
    assert dump(first) == dump(third)


def test_37_law_that_a_revoked_desk_says_again_beyond_its_place_moves_the_dates_back(station: Station) -> None:
    """Found by histories 785824 and 787084: of what is said again the last copy counts, and that one is void."""
    first, second = station.desks[:2]
    dossier = take_in(first)
    before = due(first, dossier)
    amend(second, officer_of(second), closed("2026-11-25"))
    station.sync(1, 0)
    moved = due(first, dossier)
    origin, last = second.identity.origin, second.log.last_seq(second.identity.origin)
    assert revoke_desk(first, officer_of(first), origin.desk, origin.epoch, last + 1) is None
    assert due(first, dossier) == moved != before
    again = Origin(origin.desk, origin.epoch + 1)
    with transaction(first.connection):
        copies = under_epoch(second.log.stored(origin, last - 1, 1), again.epoch)
        first.projection.apply(bodies(first.log.receive(again, copies, epoch_ms(START))))
    assert due(first, dossier) == before and dump(first) == rebuilt(first)


@pytest.mark.parametrize(("beyond", "told"), [(0, None), (1, "hub_chain_differs")])
def test_37_two_histories_of_a_revoked_desk_are_told_only_where_they_part_before_its_place(
    station: Station, tmp_path: Path, beyond: int, told: str | None
) -> None:
    first, second = station.desks[:2]
    place = second.log.last_seq(second.identity.origin) + 1
    shutil.copytree(station.root / "hub", tmp_path / "other")
    shutil.copytree(station.root / "d1", tmp_path / "clone")
    clone = Desk.open(tmp_path / "clone")
    for desk, hub, times in ((second, station.hub, 1), (clone, FolderHub(tmp_path / "other"), 2)):
        for _ in range(times):
            take_in(desk)
        exchange(desk, hub)
    station.sync(0)
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, place + beyond) is None
    report = exchange(first, FolderHub(tmp_path / "other"))
    assert (report.error and report.error.code) == told
    assert told or report.behind == 0
    clone.close()


def test_37_a_fork_of_which_a_revoked_desk_can_say_but_one_history_again_is_settled_by_the_admin(
    station: Station, tmp_path: Path
) -> None:
    """A copy was never given the key of the other history: each hub would keep another one for good."""
    first, second, third = station.desks
    own, place = second.identity.desk, second.log.last_seq(second.identity.origin) + 1
    station.sync(1)
    shutil.copytree(station.root / "hub", tmp_path / "other")
    other = FolderHub(tmp_path / "other")
    with cloned(station, 1, tmp_path / "clone") as clone:
        second = station.desks[1]
        take_in(clone)
        exchange(clone, other)
        exchange(third, other)
        assert revoke_desk(first, officer_of(first), own, 1, place + 1) is None
        exchange(first, station.hub)
        exchange(second, station.hub)
        take_in(second)
        exchange(second, station.hub)
        exchange(clone, station.hub)
        assert "fork_found" in [one.kind for one in clone.log.understood(f"desk:{own}")]
    exchange(first, station.hub)
    parts = exchange(first, other).error
    assert parts is not None and (parts.code, parts.params["first"]) == ("hub_chain_differs", str(place))
    assert revoke_desk(first, officer_of(first), own, 1, place) is None
    for _ in range(2):
        told = [exchange(desk, hub).error for desk in (first, third) for hub in (station.hub, other)]
    assert told == [None] * 4 and dump(first) == dump(third)
    report = exchange(second, station.hub)
    assert report.error is not None and report.error.code == "desk_revoked"


def test_37_a_fork_that_was_said_again_whole_is_settled_though_the_desk_was_revoked_before_it_told(
    station: Station, tmp_path: Path
) -> None:
    """Both histories have the effect of their last saying on every desk: nobody need look for what is left."""
    first, second, third = station.desks
    own = second.identity.desk
    station.sync(1)
    shutil.copytree(station.root / "hub", tmp_path / "other")
    other = FolderHub(tmp_path / "other")
    with cloned(station, 1, tmp_path / "clone") as clone:
        for desk, hub in ((station.desks[1], station.hub), (clone, other)):
            take_in(desk)
            exchange(desk, hub)
        exchange(third, other)
        for hub in (station.hub, station.hub, other):
            exchange(clone, hub)
    exchange(first, station.hub)
    (told_at,) = (event for event in first.log.events_of(f"desk:{own}") if event.kind == "fork_found")
    assert revoke_desk(first, officer_of(first), own, told_at.epoch, told_at.seq) is None
    for _ in range(2):
        told = [exchange(desk, hub).error for desk in (first, third) for hub in (station.hub, other)]
    assert told == [None] * 4 and dump(first) == dump(third)


@pytest.mark.parametrize("meets_both", [True, False], ids=["at the other hub", "by what others left at the one"])
def test_37_work_that_stands_on_one_history_of_a_revoked_desk_waits_nowhere(
    station: Station, tmp_path: Path, meets_both: bool
) -> None:
    first, second, third = station.desks
    own, place = second.identity.desk, second.log.last_seq(second.identity.origin) + 1
    dossier = take_in(first)
    station.sync(0, 1, 2)
    shutil.copytree(station.root / "hub", tmp_path / "other")
    other = FolderHub(tmp_path / "other")
    with cloned(station, 1, tmp_path / "clone") as clone:
        for desk, hub in ((station.desks[1], station.hub), (clone, other)):
            act(desk, dossier, "noted", text="đã gọi")
            exchange(desk, hub)
    exchange(third, other)
    station.sync(0)
    act(first, dossier, "approved")
    assert revoke_desk(first, officer_of(first), own, 1, place) is None
    for _ in range(2):
        told = [exchange(first, hub).error for hub in ((station.hub,) if meets_both else (station.hub, other))]
        told += [exchange(third, hub).error for hub in ((station.hub, other) if meets_both else (other,))]
    assert not any(told)
    assert third.dossier(dossier).outcome == first.dossier(dossier).outcome == "approved"
    for desk in (first, third):
        found = desk.dossier(dossier)
        assert {found.marks.get(event.event_id) for event in found.events if event.desk == own} == {"unauthorised"}
    assert dump(first) == dump(third)
    with transaction(third.connection):
        third.projection.rebuild()
    assert dump(first) == dump(third) and verify(third).holds


def test_37_work_that_stands_on_a_revoked_desks_event_reaches_who_meets_it_at_another_hub(
    station: Station, tmp_path: Path
) -> None:
    first, second, third = station.desks
    dossier = take_in(first)
    station.sync(0, 1)
    shutil.copytree(station.root / "hub", tmp_path / "other")
    place = second.log.last_seq(second.identity.origin) + 1
    act(second, dossier, "noted", text="đã gọi")
    station.sync(1, 0)
    act(first, dossier, "noted", text="đã hẹn")
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    for desk in (first, third):
        assert exchange(desk, FolderHub(tmp_path / "other")).error is None
    assert [event.kind for event in third.dossier(dossier).events] == ["received", "noted", "noted"]
    assert dump(third) == dump(first)


def test_39_a_hub_that_shows_two_histories_is_found_out(station: Station, tmp_path: Path) -> None:
    """One face for the second desk, another for the third; when these two meet, a signed head disagrees."""
    first, second, third = station.desks
    shutil.copytree(station.root / "hub", tmp_path / "face")
    first.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(station.root / "d0", tmp_path / "clone")
    clone = Desk.open(tmp_path / "clone")
    clone.now = first.now
    one, other = take_in(first, "Nguyễn Văn Một"), take_in(clone, "Nguyễn Văn Hai")
    face = FolderHub(tmp_path / "face")
    exchange(clone, face)
    exchange(third, face)
    station.sync(0, 1)
    assert second.dossier(one) is not None and third.dossier(other) is not None
    report = exchange(third, station.hub)
    assert report.error is not None and report.error.code in ("hub_chain_differs", "hub_fork")
    assert third.dossier(one) is None, "told, and never adopted"
    assert verify(third).holds and verify(second).holds
    clone.close()


def test_44_a_destroyed_body_stays_gone_through_replay_and_rebuild(station: Station, tmp_path: Path) -> None:
    first, name = station.desks[0], "Nguyễn Văn Cần Xóa"
    dossier = take_in(first, name)
    for kind in ("approved", "result_ready", "result_returned"):
        act(first, dossier, kind)
    station.sync(0, 1)
    old = tmp_path / "old"
    shutil.copytree(station.root / "hub", old)
    named = [event.event_id for event in first.log.events_of(dossier)]
    act(first, dossier, "body_destroyed", events=named, reason="hết thời hạn lưu")
    station.sync(0, 1, 2, 0)
    for source in (station.root / "hub", old):  # replayed into a new desk, also from a hub that had kept the bodies
        late = start_desk(tmp_path / f"late-{source.name}", new_desk(4), [FolderHub(source)]).desk
        exchange(first, FolderHub(source))
        exchange(late, FolderHub(source))
        exchange(late, station.hub)
        for desk in (first, station.desks[1], late):
            bodies = desk.connection.execute("SELECT body FROM event WHERE entity = ? AND body IS NOT NULL", (dossier,))
            assert len(bodies.fetchall()) == 1, "the act alone"
            assert name not in "".join(dump(desk)) and verify(desk).holds
            before = dump(desk)
            with transaction(desk.connection):
                desk.projection.rebuild()
            assert dump(desk) == before
        late.close()
