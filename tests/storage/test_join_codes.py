"""Join codes with a real folder hub: one code, one desk, one day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput, Refusal
from storage.desk import Desk
from storage.sync.desk_life import desk_facts
from storage.sync.exchange import exchange
from storage.sync.join_codes import VALID_FOR, make_join_code, read_code, shown
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.sync_desks import Station, act, code_from, dump, new_desk, officer_of, take_in

SECRET = bytes(range(16))


def blobs(station: Station) -> list[str]:
    return station.hub.blobs(station.desks[0].identity.station, "join-")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "d3"


def join(station: Station, folder: Path, code: str, number: int = 4) -> Desk:
    started = start_desk(folder, new_desk(number), [station.hub], code)
    assert started.joined and started.problem is None
    return started.desk


def test_who_comes_with_a_code_reads_everything_and_is_confirmed_everywhere_at_once(
    station: Station, folder: Path
) -> None:
    first, second = station.desks[:2]
    dossier = take_in(first)
    station.sync(0)
    fourth = join(station, folder, code_from(first, station.hub))
    assert fourth.keys() == first.keys()
    assert fourth.dossier(dossier).applicant["phone"] == "0905123456"
    assert not isinstance(act(fourth, dossier, "approved"), Refusal)
    exchange(fourth, station.hub)
    station.sync(1, 0)
    for desk in (first, second, fourth):
        assert [one.known.state for one in desk_facts(desk)] == ["confirmed"] * 4
        assert desk.dossier(dossier).outcome == "approved" and verify(desk).holds
    assert dump(first) == dump(second) == dump(fourth)
    assert [event.kind for event in first.log.events_of(f"desk:{fourth.identity.desk}")] == ["desk_enrolled"]
    fourth.close()


def test_a_code_of_another_desk_brings_the_key_and_no_confirmation(station: Station, folder: Path) -> None:
    made = make_join_code(station.desks[1], station.hub, officer_of(station.desks[1]))
    assert not isinstance(made, Refusal) and not made.confirms
    fourth = join(station, folder, made.code)
    station.sync(0)
    assert fourth.keys() == station.desks[0].keys()
    assert desk_facts(station.desks[0])[3].known.state == desk_facts(fourth)[3].known.state == "unconfirmed"
    fourth.close()


def test_the_maker_deletes_a_code_that_was_used_and_one_that_expired(station: Station, folder: Path) -> None:
    first = station.desks[0]
    station.sync(0)
    assert blobs(station) == []
    join(station, folder, code_from(first, station.hub)).close()
    unused = code_from(first, station.hub)
    assert len(blobs(station)) == 2
    station.sync(1)
    assert len(blobs(station)) == 2, "another desk's codes are not its business"
    station.sync(0)
    assert len(blobs(station)) == 1
    now = first.now()
    first.now = lambda: now + VALID_FOR + timedelta(seconds=1)
    station.sync(0)
    assert blobs(station) == []
    with pytest.raises(InvalidInput, match="join_code_unknown"):
        join(station, folder.with_name("d4"), unused, 5)


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ("wrong", "join_code_unknown"),
        ("mistyped", "join_code_mistyped"),
        ("expired", "join_code_expired"),
        ("used", "join_code_used"),
        ("tampered", "join_code_unknown"),
    ],
)
def test_a_code_that_does_not_hold_leaves_no_desk(station: Station, folder: Path, case: str, refusal: str) -> None:
    code, new = code_from(station.desks[0], station.hub), new_desk(4)
    if case == "wrong":
        code = shown(SECRET)
    elif case == "mistyped":
        code = ("1" if code[0] != "1" else "2") + code[1:]
    elif case == "expired":
        new = replace(new, now=new.now + VALID_FOR + timedelta(seconds=1))
    elif case == "used":
        join(station, folder.with_name("d4"), code, 5).close()
    else:
        station.hub.put_blob(station.desks[0].identity.station, blobs(station)[0], b"\x00" * 200)
    before = station.files()
    with pytest.raises(InvalidInput, match=refusal):
        start_desk(folder, new, [station.hub], code)
    assert not (folder / "motcua.db").exists()
    assert station.files() == before


def test_a_code_with_no_station_at_the_hub_founds_none(station: Station, folder: Path) -> None:
    code = code_from(station.desks[0], station.hub)
    with pytest.raises(InvalidInput, match="join_code_unknown"):
        start_desk(folder, new_desk(1, unit="T48.98"), [station.hub], code)
    assert not folder.exists()


def test_of_two_desks_with_one_code_only_the_first_is_confirmed(station: Station, folder: Path) -> None:
    first = station.desks[0]
    code = code_from(first, station.hub)
    apart = folder.with_name("apart")
    hub = station.hub.__class__(apart)
    shutil.copytree(station.root / "hub", apart)
    one = join(station, folder, code)
    other = start_desk(folder.with_name("d4"), new_desk(5), [hub], code).desk
    exchange(other, station.hub)
    station.sync(0)
    exchange(one, station.hub)
    enrolled = [first.log.events_of(f"desk:{desk.identity.desk}")[0] for desk in (one, other)]
    expected = {min(enrolled, key=lambda event: event.order).desk: "confirmed"}
    for desk in (first, one):
        told = {fact.known.id: fact.known.state for fact in desk_facts(desk)}
        assert {name: told[name] for name in expected} == expected
        assert sorted(told[event.desk] for event in enrolled) == ["confirmed", "unconfirmed"]
    one.close()
    other.close()


def test_only_an_admin_makes_codes_and_only_where_the_key_is(station: Station, folder: Path) -> None:
    fourth = start_desk(folder, new_desk(4), [station.hub]).desk
    refused = make_join_code(fourth, station.hub, officer_of(fourth))
    assert isinstance(refused, Refusal) and refused.code == "join_code_no_key"
    clerk = replace(officer_of(fourth), given=("front_desk",))
    refused = make_join_code(fourth, station.hub, clerk)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    assert blobs(station) == []
    fourth.close()


def test_a_code_is_read_however_it_is_typed() -> None:
    code = shown(SECRET)
    plain = code.replace("-", "")
    assert len(plain) == 28 and code.count("-") == 6 and set("ILOU").isdisjoint(plain)
    for text in (code, plain, code.lower(), f"  {code.replace('-', ' ')} ", code.replace("0", "o").replace("1", "l")):
        assert read_code(text) == SECRET
    for wrong in ("", plain[:-1], plain + "0", plain[:-1] + "U", "2" + plain[1:]):
        with pytest.raises(InvalidInput, match="join_code_mistyped"):
            read_code(wrong)


def test_nothing_at_the_hub_tells_the_code_or_the_key(station: Station) -> None:
    code = code_from(station.desks[0], station.hub)
    content = b"".join(path.read_bytes() + path.name.encode() for path in station.files())
    for private in station.desks[0].keys().values():
        assert private not in content and private.hex().encode() not in content
    assert read_code(code) not in content and code.encode() not in content
    rows = station.desks[0].connection.execute("SELECT * FROM join_code").fetchall()
    assert code not in str(rows) and read_code(code).hex() not in str(rows)
