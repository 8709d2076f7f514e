"""Row 43: whatever a desk of the station writes into an event, the others take it, mark it, and go on."""

from __future__ import annotations

import json
import unicodedata

import pytest

from core.answers import InvalidInput
from core.record import BODY_LIMIT, READ_LIMIT
from core.states import State
from storage.desk import Done
from storage.verification import verify
from tests.storage.stranger import Stranger, rebuilt
from tests.storage.sync_desks import Station, act, dump, officer_of, take_in

DEEP = b'{"text":"a","more":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"
HUGE = b'{"text":"' + b"x" * (READ_LIMIT + 1) + b'"}'
WHOLE = {"procedure": "permanent-residence", "applicant": {"name": "A"}, "receipt_number": "x"}
BODIES = {
    "deep": ("noted", DEEP),
    "huge": ("noted", HUGE),
    "utf8": ("noted", b'{"text":"\xff\xfe"}'),
    "torn": ("noted", b'{"text":"'),
    "list": ("noted", b"[1,2]"),
    "empty": ("noted", b""),
    "wrong type": ("noted", {"text": {"a": 1}}),
    "float": ("payment_received", {"amount": 1e300}),
    "amount": ("payment_received", {"amount": "9" * 40}),
    "integer": ("received", WHOLE | {"applicant": {"name": "A", "number": 10**18 * 99}}),
    "year": ("promised_earlier", {"due_at": "9999-12-31T23:59:59-12:00", "reason": "x"}),
    "no zone": ("rescheduled", {"due_at": "2026-12-01T17:00:00", "reason": "x"}),
    "nothing": ("letter_issued", {}),
    "branches": ("conflict_resolved", {"branches": [1], "keep": 1}),
    "destroys": ("body_destroyed", {"events": 7, "reason": "x"}),
}
HEADERS = {
    "naive moment": {"at": "2026-11-23T08:00:00"},
    "year one": {"at": "0001-01-01T00:00:00+14:00"},
    "last year": {"at": "9999-12-31T23:59:59-14:00"},
    "version": {"v": -7},
    "newest version": {"v": 2**60, "must": False},
    "own parent": {"parents": ["stranger-000001"]},
    "no parent": {"parents": ["nobody"]},
    "group": {"group": [0, 2**40]},
    "far clock": {"hlc": 2**62},
}


def assert_usable(station: Station, dossier: str) -> None:
    """The desk works on, its tables are what a rebuild makes of the log, and its history holds."""
    desk = station.desks[0]
    assert isinstance(act(desk, dossier, "result_ready"), Done)
    folded = desk.dossier(dossier)
    assert folded is not None and folded.state is State.RESULT_READY
    assert dump(desk) == rebuilt(desk)
    assert verify(desk).holds


@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES)
def test_43_a_body_that_is_none_is_marked_and_has_no_effect(station: Station, kind: str, body: object) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    stranger = Stranger(officer_of(desk).id)
    event = stranger.write(dossier, kind, body, desk.log.heads_of(dossier))
    before = dump(desk)
    assert [one.event_id for one in stranger.reach(desk)] == [event]
    assert dump(desk) == before
    folded = desk.dossier(dossier)
    assert folded is not None and folded.marks[event] == "malformed"
    assert not folded.needs_update
    assert_usable(station, dossier)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_43_a_header_that_says_what_cannot_be_stops_nobody(station: Station, header: dict[str, object]) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    stranger = Stranger(officer_of(desk).id)
    more = {"parents": desk.log.heads_of(dossier)} | header
    stranger.write(dossier, "noted", {"text": "x"}, **more)
    before = desk.dossier(dossier)
    stranger.reach(desk)
    after = desk.dossier(dossier)
    assert (
        before is not None
        and after is not None
        and (after.state, after.received_at) == (before.state, before.received_at)
    )
    assert_usable(station, dossier)


@pytest.mark.parametrize(
    "header", [b"", b"{", b"\xff", b"[]", b"[" * 100_000], ids=["none", "torn", "utf8", "list", "deep"]
)
def test_43_bytes_that_are_no_header_are_refused_and_leave_nothing(station: Station, header: bytes) -> None:
    desk = station.desks[0]
    stranger = Stranger(officer_of(desk).id)
    stranger.write("unit:x", "noted", {"text": "x"})
    stranger.append(header, {"text": "x"})
    heads = desk.log.heads()
    with pytest.raises(InvalidInput, match="chain_broken"):
        stranger.reach(desk)
    assert desk.log.heads() == heads


SIDE = {"founding": "x", "desk": "x", "admin_key": "x", "station_key": "x"}
UNION = {
    **{"kept": SIDE, "yielding": {**SIDE, "founding": "y"}, "keys": ["x"], "desks": [], "sealed": "x"},
    **{"kept_signature": "x", "yielding_signature": "x"},
}


@pytest.mark.parametrize(
    ("entity", "kind", "body"),
    [
        ("officer:{officer}", "officer_changed", {"roles": 7}),
        ("officer:{officer}", "officer_changed", {"roles": [["leader"]]}),
        ("officer:{officer}", "noted", {"text": "x", "roles": [], "active": False}),
        ("officer:new", "officer_added", {}),
        ("desk:{desk}", "desk_enrolled", {"number": 2**70, "sign_key": "x", "seal_key": "x"}),
        ("desk:new", "desk_enrolled", {}),
        ("unit:{unit}", "station_founded", DEEP),
        ("unit:{unit}", "stations_united", DEEP),
        ("unit:{unit}", "stations_united", UNION),
        ("unit:{unit}", "stations_united", {**UNION, "kept": {"founding": 1}}),
        ("unit:{unit}", "stations_united", {**UNION, "revoked": [{"desk": "x", "epoch": "y", "from_seq": 2**70}]}),
        ("calendar", "calendar_amended", {"rows": [[1]]}),
        ("calendar", "opening_held", {"date": "never", "hours": 1}),
        ("catalogue:x", "catalogue_amended", {"rows": DEEP.decode()}),
        ("catalogue:x", "commitment_made", b"\xff"),
        ("shift:x", "shift_handed_over", {"sender": 1}),
        ("shift:x", "shift_accepted", {"receiver": "x"}),
        ("", "noted", {"text": "x"}),
        (":", "noted", {"text": "x"}),
    ],
)
def test_43_what_is_malformed_about_the_station_changes_nothing_of_it(
    station: Station, entity: str, kind: str, body: object
) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    officer, identity, before = officer_of(desk), desk.identity, dump(desk)
    stranger = Stranger(officer.id)
    place = entity.format(officer=officer.id, desk=identity.desk, unit=identity.unit)
    stranger.write(place, kind, body, desk.log.heads_of(place))
    stranger.reach(desk)
    assert dump(desk) == before
    assert officer_of(desk) == officer
    assert desk.station_key()
    assert_usable(station, dossier)


def test_43_an_event_with_a_hundred_thousand_parents_waits_for_them(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    stranger = Stranger(officer_of(desk).id)
    stranger.write(dossier, "noted", {"text": "x"}, [f"p{number:06}" for number in range(100_000)])
    stranger.reach(desk)
    folded = desk.dossier(dossier)
    assert folded is not None and [event.kind for event in folded.events] == ["received"]
    assert isinstance(act(desk, dossier, "withdrawn"), Done)
    assert dump(desk) == rebuilt(desk)


def test_43_ten_thousand_events_beside_each_other_fold_and_the_next_one_joins_them(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    heads = desk.log.heads_of(dossier)
    stranger = Stranger(officer_of(desk).id)
    for number in range(10_000):
        stranger.write(dossier, "delay_declared", {"reason": f"{number}"}, heads)
    stranger.reach(desk)
    assert len(desk.log.heads_of(dossier)) == 10_000
    assert_usable(station, dossier)
    assert len(desk.log.heads_of(dossier)) == 1
    folded = desk.dossier(dossier)
    assert folded is not None and len(folded.events) == 10_002 and folded.conflicts == ()


def test_43_names_that_are_spelled_apart_are_stored_and_found_as_one(station: Station) -> None:
    desk, other = station.desks[0], station.desks[1]
    apart = unicodedata.normalize("NFD", "Đặng Thị Ở")
    dossiers = [take_in(desk, name) for name in (apart, "Đặng Thị Ở")]
    bodies = [desk.log.stored(desk.identity.origin, 0, 10_000)[-number].body for number in (2, 1)]
    assert [json.loads(body or b"")["applicant"]["name"] for body in bodies] == ["Đặng Thị Ở"] * 2
    station.sync(0, 1)
    assert dump(desk) == dump(other)
    assert {row.id for row in other.queries.search("dang thi o", other.bounds(), 9)} == set(dossiers)


def test_43_a_desk_writes_nothing_that_is_too_large_and_nothing_of_its_command(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    before = desk.log.heads()
    with pytest.raises(InvalidInput, match="body_too_large"):
        act(desk, dossier, "noted", text="x" * BODY_LIMIT)
    assert desk.log.heads() == before
    assert_usable(station, dossier)
