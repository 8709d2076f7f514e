"""A desk's life: unconfirmed, confirmed, revoked from a place on, retired; and what of the station's keys it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answers import Refusal
from core.decisions import Act
from core.record import Draft, Event
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import epoch_ms
from storage.officers import Officer
from storage.revoked import told_marks
from storage.staff import add_officer
from storage.sync.desk_life import confirm_desk, desk_facts, find_desk, retire_desk, revoke_desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import make_join_code
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.sync_desks import PIN, Station, act, cloned, dump, new_desk, officer_of, take_in
from tui.cli.show import dossier_json
from tui.conflict_words import revoked_lines


@pytest.fixture
def newcomer(station: Station, tmp_path: Path) -> Iterator[Desk]:
    """A fourth desk that joined without a code; it and the first have met."""
    desk = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    meet(station, desk)
    yield desk
    desk.close()


def meet(station: Station, *more: Desk) -> None:
    """Everybody exchanges until nobody has anything new."""
    for desk in (*station.desks, *more) * 2:
        exchange(desk, station.hub)


def states(desk: Desk) -> list[tuple[int, str]]:
    return [(one.number, one.known.state) for one in desk_facts(desk)]


def marks(desk: Desk, dossier: str) -> dict[str, str]:
    folded = desk.dossier(dossier)
    assert folded is not None
    kinds = {event.event_id: event.kind for event in folded.events}
    return {kinds[name]: mark for name, mark in folded.marks.items()}


def state_of(desk: Desk, dossier: str) -> str | None:
    folded = desk.dossier(dossier)
    return None if folded is None or folded.state is None else folded.state.value


def everything_agrees(*desks: Desk) -> None:
    assert all(dump(desk) == dump(desks[0]) for desk in desks[1:])
    assert all(verify(desk).holds for desk in desks)


def write(desk: Desk, *drafts: Draft) -> list[Event]:
    """Events that no command of ours would write."""
    with transaction(desk.connection):
        events = desk.log.append(drafts, officer_of(desk).id, epoch_ms(desk.now()))
        desk.projection.apply(events)
    return events


def test_who_comes_with_a_code_is_confirmed_and_who_comes_without_waits(station: Station, newcomer: Desk) -> None:
    for desk in (*station.desks, newcomer):
        assert states(desk) == [(1, "confirmed"), (2, "confirmed"), (3, "confirmed"), (4, "unconfirmed")]
    assert [one.admin for one in desk_facts(newcomer)] == [True, False, False, False]
    assert [one.officer.name if one.officer else None for one in desk_facts(station.desks[1])][3] == "Trần Minh"


def test_an_unconfirmed_desk_works_on_what_it_received_and_its_word_on_others_waits(
    station: Station, newcomer: Desk
) -> None:
    first = station.desks[0]
    own, others = take_in(newcomer, "Trần Thị Bích"), take_in(first)
    meet(station, newcomer)
    assert not isinstance(act(newcomer, own, "approved"), Refusal)
    assert not isinstance(act(newcomer, others, "approved"), Refusal)
    assert not isinstance(act(newcomer, others, "result_ready"), Refusal)
    assert not isinstance(act(newcomer, others, "result_returned"), Refusal), "it is not refused: it waits"
    assert not isinstance(act(newcomer, others, "noted", text="đã gọi"), Refusal)
    meet(station, newcomer)
    for desk in (first, newcomer):
        assert desk.dossier(own).outcome == "approved" and marks(desk, own) == {}
        waiting = dict.fromkeys(("approved", "result_ready", "result_returned"), "unconfirmed")
        assert (state_of(desk, others), marks(desk, others)) == ("received", waiting)
    everything_agrees(*station.desks, newcomer)
    assert confirm_desk(first, officer_of(first), newcomer.identity.desk) is None
    assert (state_of(first, others), marks(first, others)) == ("returned", {})
    meet(station, newcomer)
    assert first.row(others)["state"] == station.desks[1].row(others)["state"] == "returned"
    everything_agrees(*station.desks, newcomer)


def test_the_officers_of_an_unconfirmed_desk_count_there_alone(station: Station, newcomer: Desk) -> None:
    first, own = station.desks[0], officer_of(newcomer)
    assert newcomer.officers.sign_in(own, PIN) is None and "leader" in own.roles
    elsewhere = first.officers.get(own.id)
    assert elsewhere is not None and elsewhere.active and not elsewhere.roles
    assert isinstance(first.officers.find(own.id), Refusal)
    confirm_desk(first, officer_of(first), newcomer.identity.desk)
    assert "leader" in first.officers.get(own.id).roles


def test_an_unconfirmed_desk_changes_no_officer_and_no_law_of_others(station: Station, newcomer: Desk) -> None:
    first, boss = station.desks[0], officer_of(station.desks[0])
    write(
        newcomer,
        Draft(f"officer:{boss.id}", "officer_changed", newcomer.now(), {"roles": ["auditor"]}),
        Draft("calendar", "opening_held", newcomer.now(), {"date": "2026-11-29", "hours": [["08:00", "11:00"]]}),
    )
    meet(station, newcomer)
    assert officer_of(first).roles == boss.roles
    problems = [one.problem for one in first.projection.law_events() if one.event.desk == newcomer.identity.desk]
    assert problems == ["amendment_unauthorised"]
    everything_agrees(*station.desks, newcomer)
    confirm_desk(first, boss, newcomer.identity.desk)
    meet(station, newcomer)
    assert all(one.problem is None for one in first.projection.law_events())
    assert first.officers.get(boss.id).given == ("auditor",)
    everything_agrees(*station.desks, newcomer)


def test_only_the_admins_signature_confirms_and_revokes(station: Station, newcomer: Desk) -> None:
    second, entity = station.desks[1], f"desk:{newcomer.identity.desk}"
    forged = {"signature": "00" * 64}
    write(
        second,
        Draft(entity, "desk_confirmed", second.now(), forged),
        Draft(f"desk:{station.desks[2].identity.desk}", "desk_revoked", second.now(),
              {"epoch": 1, "from_seq": 1, **forged}),
        Draft("unit:T48.99", "station_key_changed", second.now(), {"station_key": "11" * 32, **forged}),
    )  # fmt: skip
    before = station.desks[0].station_key()
    meet(station, newcomer)
    for desk in (*station.desks, newcomer):
        assert states(desk) == [(1, "confirmed"), (2, "confirmed"), (3, "confirmed"), (4, "unconfirmed")]
        assert desk.station_key() == before
    everything_agrees(*station.desks, newcomer)


@pytest.mark.parametrize("late", [False, True])
def test_what_stands_after_a_revocation_has_no_effect_whenever_it_arrives(station: Station, late: bool) -> None:
    first, second, third = station.desks
    before = take_in(second, "Lê Văn Trước")
    place = second.log.last_seq(second.identity.origin) + 1
    after = take_in(second, "Lê Văn Sau")
    others = take_in(first)
    station.sync(0, 1, 0, 2)
    act(second, others, "approved")
    if not late:
        station.sync(1, 0, 2)
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, place) is None
    if late:  # its last words reach the third desk by a hub that does not know of the revocation yet
        exchange(second, station.hub)
    for number in (0, 2, 0, 2):
        exchange(station.desks[number], station.hub)
    for desk in (first, third):
        assert state_of(desk, before) == "received" and desk.row(before) is not None
        assert marks(desk, after) == {"received": "unauthorised"} and desk.row(after) is None
        assert marks(desk, others) == {"approved": "unauthorised"}
        assert states(desk)[1] == (2, "revoked")
    everything_agrees(first, third)


def test_officers_and_law_of_a_revoked_desk_go_with_it(station: Station) -> None:
    first, second, third = station.desks
    place = second.log.last_seq(second.identity.origin) + 1
    added = add_officer(second, officer_of(second), "Phan Thị Mới", ["leader"], "1357")
    assert not isinstance(added, Refusal)
    opening = {"date": "2026-11-29", "hours": [["08:00", "11:00"]]}
    write(second, Draft("calendar", "opening_held", second.now(), opening))
    station.sync(1, 0, 2)
    dossier = take_in(third)
    done = third.do(Act(dossier, "approved", third.now(), {}), third.officers.get(added.id))
    assert not isinstance(done, Refusal)
    station.sync(2, 0)
    assert first.dossier(dossier).outcome == "approved"
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    station.sync(0, 2)
    for desk in (first, third):
        assert desk.officers.get(added.id) is None
        assert marks(desk, dossier) == {"approved": "unauthorised"} and desk.row(dossier)["outcome"] is None
        assert [one.problem for one in desk.projection.law_events()][-1] == "amendment_unauthorised"
    everything_agrees(first, third)


def test_a_revocation_amid_a_forked_epoch_is_the_same_for_who_holds_either_line(
    station: Station, tmp_path: Path
) -> None:
    first, second, third = station.desks
    elsewhere = FolderHub(tmp_path / "elsewhere")
    elsewhere.create()
    place = second.log.last_seq(second.identity.origin) + 9
    with cloned(station, 1, tmp_path / "copy") as copy:
        second = station.desks[1]
        for desk, name in ((second, "Phan Thị Mới"), (copy, "Phan Thị Khác")):
            assert not isinstance(add_officer(desk, officer_of(desk), name, ["leader"], "1357"), Refusal)
            write(desk, Draft(f"desk:{desk.identity.desk}", "desk_renumbered", desk.now(), {"number": 7}))
        exchange(copy, elsewhere)
        exchange(third, elsewhere)
        station.sync(1, 0)
        exchange(copy, station.hub)  # says both lines again
        exchange(copy, station.hub)
    station.sync(0, 2, 0, 2)
    origin = second.identity.origin
    assert first.log.hash_at(origin, place - 8) != third.log.hash_at(origin, place - 8)
    assert {one.name for one in first.officers.all()} == {one.name for one in third.officers.all()}
    revoke_desk(first, officer_of(first), origin.desk, 1, place)
    station.sync(0, 2)
    everything_agrees(first, third)


def test_a_desk_number_that_a_revoked_desk_takes_does_not_count(station: Station) -> None:
    first, second, third = station.desks
    place = second.log.last_seq(second.identity.origin) + 1
    write(second, Draft(f"desk:{second.identity.desk}", "desk_renumbered", second.now(), {"number": 7}))
    station.sync(1, 0)
    assert [one.number for one in desk_facts(first)] == [1, 3, 7]
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    assert [one.number for one in desk_facts(first)] == [1, 2, 3]
    station.sync(0, 2)
    everything_agrees(first, third)


def test_a_revoked_desk_goes_on_locally_and_what_it_sends_has_no_effect(station: Station) -> None:
    first, second = station.desks[:2]
    place = second.log.last_seq(second.identity.origin) + 1
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    station.sync(0)
    dossier = take_in(second)
    report = station.sync(1)[0]
    assert report.error is not None and report.error.code == "desk_revoked"
    assert report.pending == 0
    assert state_of(second, dossier) == "received" and second.row(dossier) is not None
    assert not isinstance(act(second, dossier, "approved"), Refusal)
    assert verify(second).holds
    station.sync(1, 0)
    told = first.dossier(dossier)
    assert told is not None and set(told.marks.values()) == {"unauthorised"} and len(told.marks) == 2
    here = second.dossier(dossier)
    assert here is not None and here.marks == {} and told_marks(second, here) == told.marks
    (line,) = revoked_lines(second, here)
    assert f"từ sự kiện số {place}" in line and revoked_lines(first, told) == []
    shown = dossier_json(second, dossier)
    assert [event["mark"] for event in shown["events"]] == ["unauthorised"] * 2 and shown["state"] == "in_progress"
    assert first.row(dossier) is None


def test_the_stations_key_changes_with_a_revocation_and_the_revoked_desk_reads_no_more(station: Station) -> None:
    first, second, third = station.desks
    old = first.station_key()
    revoke_desk(first, officer_of(first), third.identity.desk, 1, 999)
    new = first.station_key()
    assert new != old and set(first.keys()) == {old, new}
    events = [event for event, _ in first.log.everything() if event.desk == first.identity.desk]
    changing = [event for event in events if event.group_key == events[-1].group_key]
    shared = {event.entity for event in changing if event.kind == "station_key_shared"}
    assert [event.kind for event in changing[:2]] == ["desk_revoked", "station_key_changed"]
    assert shared == {f"desk:{desk.identity.desk}" for desk in (first, second)}
    station.sync(0)
    dossier = take_in(first)
    station.sync(0, 1, 2)
    assert second.station_key() == new and set(second.keys()) == {old, new}
    assert state_of(second, dossier) == "received"
    assert set(third.keys()) == {old}
    assert third.dossier(dossier).events[0].destroyed, "sealed to a key that it never got"
    assert second.officers.sign_in(second.officers.find(officer_of(first).id), PIN) is None
    station.sync(1, 0)
    everything_agrees(first, second)


def test_who_joins_after_a_change_gets_every_key(station: Station, tmp_path: Path) -> None:
    first, third = station.desks[0], station.desks[2]
    dossier = take_in(third)
    station.sync(2, 0)
    revoke_desk(first, officer_of(first), third.identity.desk, 1, 999)
    late = take_in(first)
    station.sync(0)
    fourth = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    assert fourth.keys() == {}
    station.sync(0)
    exchange(fourth, station.hub)
    assert fourth.keys() == first.keys()
    assert [state_of(fourth, one) for one in (dossier, late)] == ["received", "received"]
    fourth.close()


def test_another_desk_hands_the_key_to_confirmed_ones_alone(station: Station, tmp_path: Path) -> None:
    fourth = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    station.sync(1, 2)
    exchange(fourth, station.hub)
    assert fourth.keys() == {}, "neither of them is the admin's"
    exchange(station.desks[0], station.hub)
    exchange(fourth, station.hub)
    assert fourth.keys() == station.desks[0].keys()
    fourth.close()


def test_a_strict_station_waits_with_the_key(station: Station, tmp_path: Path) -> None:
    first = station.desks[0]
    row = {"name": "strict_enrolment", "unit": "T48.99", "value": "on", "valid_from": "2026-01-01",
           "basis": "QĐ 1", "verified": True}  # fmt: skip
    rows = [{"table": "policy", "key": "T48.99/strict_enrolment/2026-01-01", "row": row}]
    write(first, Draft("calendar", "calendar_amended", first.now(), {"rows": rows}))
    fourth = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    for _ in range(2):
        station.sync(0, 1)
        exchange(fourth, station.hub)
    assert fourth.keys() == {}
    code = make_join_code(station.desks[1], station.hub, officer_of(station.desks[1]))
    assert isinstance(code, Refusal) and (code.code, code.params) == ("admin_key_elsewhere", {"number": "1"})
    assert state_of(fourth, take_in(fourth)) == "received", "it works all the same"
    exchange(fourth, station.hub)
    station.sync(0)
    confirm_desk(first, officer_of(first), fourth.identity.desk)
    station.sync(0)
    exchange(fourth, station.hub)
    assert fourth.keys() == first.keys()
    fourth.close()


def test_a_retired_desk_keeps_its_number_and_gets_no_keys(station: Station, tmp_path: Path) -> None:
    first, third = station.desks[0], station.desks[2]
    dossier = take_in(third)
    station.sync(2, 0)
    assert retire_desk(first, officer_of(first), third.identity.desk) is None
    assert states(first)[2] == (3, "retired")
    assert state_of(first, dossier) == "received"
    station.sync(0)
    with pytest.raises(Exception, match="desk_number_taken"):
        start_desk(tmp_path / "d3", new_desk(3), [station.hub])
    revoke_desk(first, officer_of(first), station.desks[1].identity.desk, 1, 999)
    station.sync(0, 2)
    assert not third.keys().get(first.station_key())


def test_what_an_admin_may_not_do_says_where_and_why(station: Station) -> None:
    first, second = station.desks[:2]
    boss, own, other = officer_of(first), first.identity.desk, second.identity.desk
    revoke_desk(first, boss, other, 1, 50)
    station.sync(0, 1)

    def code(answer: Refusal | None) -> str | None:
        return None if answer is None else answer.code

    third = station.desks[2].identity.desk
    elsewhere = confirm_desk(second, officer_of(second), third)
    assert elsewhere is not None and (elsewhere.code, elsewhere.params) == ("admin_key_elsewhere", {"number": "1"})
    assert code(revoke_desk(first, boss, own, 1, 1)) == "desk_is_admins"
    assert code(retire_desk(first, boss, own)) == "desk_is_admins"
    assert code(confirm_desk(first, boss, third)) == "desk_confirmed_already"
    assert code(revoke_desk(first, boss, other, 1, 60)) == "desk_revoked_already"
    assert code(revoke_desk(first, boss, other, 1, 40)) is None, "from an earlier place on"
    assert code(retire_desk(first, boss, other)) == "desk_revoked_already"
    assert retire_desk(first, boss, third) is None
    assert code(retire_desk(first, boss, third)) == "desk_retired_already"
    clerk = Officer("x", "x", "X", ("front_desk",), active=True)
    assert code(confirm_desk(first, clerk, third)) == "role_missing"


def test_a_desk_is_named_by_its_number_its_id_or_a_unique_ending(station: Station) -> None:
    first, second = station.desks[:2]
    name = second.identity.desk
    for text in ("2", name, name[-12:].upper(), f" {name} "):
        assert find_desk(first, text) == name
    for text, code in (("77", "desk_unknown"), ("", "desk_unknown"), ("nobody", "desk_unknown")):
        found = find_desk(first, text)
        assert isinstance(found, Refusal) and found.code == code


def test_the_events_arrive_in_any_order_and_give_the_same_tables(station: Station, newcomer: Desk) -> None:
    first, second, third = station.desks
    dossier = take_in(first)
    meet(station, newcomer)
    act(newcomer, dossier, "approved")
    act(third, dossier, "noted", text="x")
    place = second.log.last_seq(second.identity.origin) + 1
    act(second, dossier, "suspended", reason="chờ")
    meet(station, newcomer)
    confirm_desk(first, officer_of(first), newcomer.identity.desk)
    revoke_desk(first, officer_of(first), second.identity.desk, 1, place)
    station.sync(0, 2)
    exchange(newcomer, station.hub)
    expected = dump(first)
    with transaction(first.connection):
        first.projection.rebuild()
    assert dump(first) == dump(third) == dump(newcomer) == expected
