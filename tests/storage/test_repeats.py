"""The same person's same request at two counters that were cut off: never missed silently, and never guessed away."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest

from core.decisions import TakeIn
from core.duplicates import Case
from core.moments import LEGAL_TIME
from storage.desk import Desk, Done
from storage.keys import sign
from storage.repeats import find_repeats, repeats_of, told_elsewhere
from storage.sync.digests import meet_digests
from tests.storage.sync_desks import Station, act, dump, officer_of

LAN: dict[str, Any] = {"kind": "citizen", "name": "Lê Thị Lan", "number": "048085001234", "birth": "1985-03-02"}
NAMED = {"kind": "citizen", "name": "LE THI LAN", "birth": "1985-03-02"}
FIRM = {"kind": "organisation", "name": "Công ty Hòa Bình", "number": "0401234567"}
HOUSE, CAR = "permanent-residence", "vehicle-certificate-reissue"


def received(desk: Desk, applicant: dict[str, Any], procedure: str = HOUSE, **facts: Any) -> str:
    dossier = desk.new_id()
    body = {"procedure": procedure, "applicant": applicant, "channel": "counter", **facts}
    done = desk.do(TakeIn(dossier, "received", desk.now(), body), officer_of(desk))
    assert isinstance(done, Done), done
    return dossier


def pairs(desk: Desk) -> set[frozenset[str]]:
    return {frozenset((one.row.id, one.other.id)) for one in find_repeats(desk) if one.other is not None}


def a_week_later(station: Station) -> None:
    for desk in station.desks:
        week = desk.now() + timedelta(days=7)
        desk.now = lambda week=week: week.astimezone(LEGAL_TIME)  # type: ignore[assignment,misc]


@pytest.mark.parametrize(
    ("one", "other", "repeated"),
    [
        ((LAN, HOUSE, {}), (LAN, HOUSE, {}), True),
        ((LAN, HOUSE, {}), (NAMED, HOUSE, {}), True),
        ((NAMED, HOUSE, {}), (NAMED, HOUSE, {}), True),
        ((LAN, HOUSE, {}), (LAN, CAR, {}), False),
        ((LAN, HOUSE, {}), ({**LAN, "name": "Lê Thị Mai", "birth": "1990-01-01"}, HOUSE, {}), False),
        ((LAN, HOUSE, {}), ({**NAMED, "birth": "1985-03-03"}, HOUSE, {}), False),
        ((FIRM, HOUSE, {}), (FIRM, HOUSE, {}), False),
        ((LAN, CAR, {"matter": {"plate": "43A-1"}}), (LAN, CAR, {"matter": {"plate": "43A-2"}}), False),
        ((LAN, CAR, {"matter": {"plate": "43A-1"}}), (LAN, CAR, {"matter": {"plate": "43a-1"}}), True),
    ],
)
def test_two_desks_that_were_apart_for_a_week(station: Station, one: Any, other: Any, repeated: bool) -> None:
    first, second, third = station.desks
    here = received(first, one[0], one[1], **one[2])
    a_week_later(station)
    there = received(second, other[0], other[1], **other[2])
    assert [report.repeats for report in station.sync(0, 1, 0, 2)][1:] == [int(repeated)] * 3
    expected = {frozenset((here, there))} if repeated else set()
    assert [pairs(desk) for desk in (first, second, third)] == [expected] * 3
    assert bool(repeats_of(third, here)) == bool(repeats_of(third, there)) == repeated


def test_what_one_desk_took_in_twice_it_had_been_told(station: Station) -> None:
    first = station.desks[0]
    received(first, LAN)
    received(first, LAN)
    station.sync(0, 1)
    assert not pairs(first) and not pairs(station.desks[1])


def test_a_judgement_stands_at_every_desk_and_can_be_changed(station: Station) -> None:
    first, second, third = station.desks
    here, there = received(first, LAN), received(second, LAN)
    station.sync(0, 1, 2)
    assert isinstance(act(third, there, "repeat_judged", other=here, same=False), Done)
    assert not pairs(third)
    station.sync(2, 0, 1)
    assert not pairs(first) and not pairs(second) and not repeats_of(first, here)
    assert dump(first) == dump(third)
    assert isinstance(act(first, there, "repeat_judged", other=here, same=True), Done)
    assert pairs(first) == {frozenset((here, there))}


def test_a_dossier_that_has_ended_is_no_repeat(station: Station) -> None:
    first, second, _ = station.desks
    here, _ = received(first, LAN), received(second, LAN)
    assert isinstance(act(first, here, "withdrawn"), Done)
    station.sync(0, 1)
    assert not pairs(second)


def damage_first_desk(station: Station) -> None:
    """The last batch of the first desk is damaged at the hub, and nobody is there to mend it."""
    newest = max(station.origin_folder(0).iterdir())
    newest.write_bytes(newest.read_bytes()[:-40] + bytes(40))


def test_what_cannot_be_read_is_still_found_by_its_digest(station: Station) -> None:
    first, second, _ = station.desks
    hidden = received(first, LAN)
    station.sync(0)
    damage_first_desk(station)
    here = received(second, NAMED)
    (report,) = station.sync(1)
    assert report.error is not None and second.dossier(hidden) is None
    (found,) = find_repeats(second)
    assert (found.row.id, found.other, found.desk, report.repeats) == (here, None, first.identity.desk, 1)
    assert repeats_of(second, here) == [(None, first.identity.desk)]
    new = Case("", HOUSE, "citizen", "Lê Thị Lan", LAN["number"], None)
    assert told_elsewhere(second, new) == [first.identity.desk], "found at intake too"
    station.sync(0, 0)
    first.connection.execute("UPDATE hub SET audited = NULL")
    station.sync(0, 1)
    assert pairs(second) == {frozenset((hidden, here))}, "the dossier came: it is one line, the dossier's own"
    assert not told_elsewhere(second, new)


def test_a_digest_says_nothing_to_who_lacks_the_key(station: Station) -> None:
    first, second, _ = station.desks
    received(first, LAN)
    station.sync(0)
    blob = station.hub.get_blob(first.identity.station, f"digest-{first.identity.desk}") or b""
    assert LAN["number"].encode() not in blob and b"LAN" not in blob.upper()
    assert len(blob) < 1024
    second.connection.execute("DELETE FROM station_key")
    meet_digests(second, station.hub)
    assert not second.connection.execute("SELECT count(*) FROM elsewhere").fetchone()[0]


@pytest.mark.parametrize("forged", ["signature", "cut", "other desk", "huge", "json", "seal"])
def test_a_forged_digest_is_passed_over(station: Station, forged: str) -> None:
    first, second, third = station.desks
    received(first, LAN)
    station.sync(0)
    damage_first_desk(station)
    station_id, name = first.identity.station, f"digest-{first.identity.desk}"
    good = station.hub.get_blob(station_id, name) or b""
    signed = good[:-64]
    bad = {
        "signature": good[:-1] + bytes([good[-1] ^ 1]),
        "cut": signed[:-5] + sign(first.identity.sign_private, signed[:-5]),
        "other desk": signed + sign(third.identity.sign_private, signed),
        "huge": good + bytes(1_000_000),
        "json": b"[" * 5000 + sign(first.identity.sign_private, b"[" * 5000),
        "seal": b"",
    }[forged]
    if forged == "seal":
        other = signed.replace(first.station_key().encode(), b"0" * 64)
        bad = other + sign(first.identity.sign_private, other)
    station.hub.put_blob(station_id, name, bad)
    here = received(second, LAN)
    station.sync(1)
    assert not find_repeats(second)
    station.hub.put_blob(station_id, name, good)
    station.sync(1)
    assert [one.row.id for one in find_repeats(second)] == [here]


def test_a_digest_is_written_only_when_it_changed(station: Station) -> None:
    first = station.desks[0]
    received(first, LAN)
    station.sync(0)
    name = f"digest-{first.identity.desk}"
    station.hub.put_blob(first.identity.station, name, b"kept")
    station.sync(0)
    assert station.hub.get_blob(first.identity.station, name) == b"kept"
    received(first, {**LAN, "number": "048085009999", "name": "Lê Thị Mai"})
    station.sync(0)
    assert station.hub.get_blob(first.identity.station, name) != b"kept"


def test_the_index_is_made_for_a_station_of_an_earlier_version(station: Station) -> None:
    first = station.desks[0]
    here = received(first, LAN)
    first.connection.execute("UPDATE dossier SET person = NULL")
    first.projection.rebuild()
    assert first.row(here) is not None and first.row(here)["person"] == "le thi lan 1985-03-02"  # type: ignore[index]


def test_a_copy_of_the_hub_without_digests_is_no_problem(station: Station) -> None:
    first, second, _ = station.desks
    received(first, LAN)
    station.sync(0)
    shutil.rmtree(station.root / "hub" / first.identity.station / "blobs")
    (report,) = station.sync(1)
    assert report.error is None and second.connection.execute("SELECT count(*) FROM dossier").fetchone()[0] == 1
