"""One unit that was founded twice: two admins' signatures make one station, and nothing of either side is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.uniting import UniteStations, terms
from storage.desk import Desk
from storage.keys import sign
from storage.numbers import gap_report, itself
from storage.sync.desk_life import confirm_desk, revoke_desk
from storage.sync.exchange import add_hub, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.sync.uniting import apart, own_words, take_in, yield_to
from tests.storage.sync_desks import PIN, START, act, code_from, dump, new_desk, officer_of
from tests.storage.sync_desks import take_in as receive


@dataclass
class Two:
    """Two stations of one unit with two desks each; at `hub` only the one that stays was so far."""

    root: Path
    stays: list[Desk]
    yields: list[Desk]

    @property
    def hub(self) -> FolderHub:
        return FolderHub(self.root / "hub")

    @property
    def all(self) -> list[Desk]:
        return [*self.stays, *self.yields]

    def meet(self, *desks: Desk) -> list[str | None]:
        return [report.error.code if (report := exchange(desk, self.hub)).error else None for desk in desks]

    def sign(self) -> None:
        """Both admins, who have read each other their words."""
        first, second = self.stays[0], self.yields[0]
        assert yield_to(second, self.hub, officer_of(second), own_words(first)) is None
        assert take_in(first, self.hub, officer_of(first), own_words(second)) is None

    def settle(self, rounds: int = 4) -> list[str | None]:
        found: list[str | None] = []
        for _ in range(rounds):
            found = self.meet(*self.all)
        return found


def _founded(root: Path, name: str, hub: FolderHub, at: datetime) -> list[Desk]:
    first = start_desk(root / f"{name}1", replace(new_desk(1), now=at), [hub]).desk
    second = start_desk(root / f"{name}2", new_desk(2), [hub], code_from(first, hub)).desk
    for desk in (first, second, first):
        assert exchange(desk, hub).error is None
    return [first, second]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both stations made once, whichever founding is the earlier one; closed again."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_NOW", START.isoformat())
        for earlier in ("stays", "yields"):
            root = made[earlier] = tmp_path_factory.mktemp(f"{earlier}-first")
            hubs = {"stays": FolderHub(root / "hub"), "yields": FolderHub(root / "apart")}
            for name, hub in hubs.items():
                hub.create()
                for desk in _founded(root, name, hub, START - timedelta(hours=name == earlier)):
                    add_hub(desk, hubs["stays"])
                    desk.close()
    return made


def opened(founded: Path, root: Path) -> Two:
    shutil.copytree(founded, root)
    names = {side: [f"{side}{number}" for number in (1, 2)] for side in ("stays", "yields")}
    found = Two(root, *([Desk.open(root / name) for name in names[side]] for side in names))
    for desk in found.all:
        for table in ("hub", "accepted", "join_code"):
            desk.connection.execute(f"UPDATE {table} SET url = replace(url, ?, ?)", (str(founded), str(root)))
        desk.connection.execute("DELETE FROM hub_memory")
    return found


@pytest.fixture(params=["stays", "yields"])
def two(
    request: pytest.FixtureRequest, founded: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Two]:
    """Whichever founding is the earlier one."""
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    found = opened(founded[request.param], tmp_path / "two")
    yield found
    for desk in found.all:
        desk.close()


either = pytest.mark.parametrize("two", ["stays"], indirect=True)
"""Where it does not matter which founding is the earlier one."""


def works(two: Two) -> list[str]:
    """Something of each desk, one of it with a result."""
    found = [receive(desk, f"Nguyễn Văn {letter}") for desk, letter in zip(two.all, "ABCD", strict=True)]
    for desk, dossier in zip(two.all, found, strict=True):
        assert not isinstance(act(desk, dossier, "noted", text="xem lại"), Refusal)
    assert not isinstance(act(two.yields[0], found[2], "result_ready"), Refusal)
    return found


def test_two_stations_become_one_and_every_desk_holds_the_same(two: Two) -> None:
    dossiers = works(two)
    before = {event.event_id: stored.hash for desk in two.all for event, stored in desk.log.everything()}
    assert two.meet(*two.yields) == ["station_founded_twice"] * 2
    two.sign()
    assert two.settle() == [None] * 4
    assert len({tuple(dump(desk)) for desk in two.all}) == 1
    for desk in two.all:
        after = {event.event_id: stored.hash for event, stored in desk.log.everything()}
        assert before.items() <= after.items(), "every event of either side is here as it was written"
        assert all(desk.dossier(dossier) is not None for dossier in dossiers)
        assert all(event.body for event, _ in desk.log.everything()), "bodies of either side can be read"
        assert {one.state for one in desk.projection.desks().known.values()} == {"confirmed"}
        assert desk.projection.desks().admin_desk == two.stays[0].identity.desk
        again = dump(desk)
        desk.projection.rebuild()
        assert dump(desk) == again


@either
def test_work_and_pins_go_on_at_every_desk(two: Two) -> None:
    dossiers = works(two)
    two.sign()
    two.settle()
    for desk in two.all:
        for other in two.all:
            officer = desk.officers.get(officer_of(other).id)
            assert officer is not None and desk.officers.sign_in(officer, PIN) is None
    for desk, dossier in zip(two.all, reversed(dossiers), strict=True):
        assert not isinstance(act(desk, dossier, "noted", text="đã họp"), Refusal)
    assert two.settle(2) == [None] * 4
    assert len({tuple(dump(desk)) for desk in two.all}) == 1


def test_the_yielding_desks_take_other_numbers_and_printed_receipts_stay(two: Two) -> None:
    dossiers = works(two)
    printed = [desk.dossier(one).receipt_number for desk, one in zip(two.all, dossiers, strict=True)]  # type: ignore[union-attr]
    assert printed[:2] == printed[2:], "both sides printed the same numbers"
    two.sign()
    two.settle()
    assert [desk.identity.number for desk in two.stays] == [1, 2]
    assert sorted(desk.identity.number for desk in two.yields) == [3, 4]
    for desk in two.yields * 2:  # a number is used once each hub of the desk has shown no other claim
        exchange(desk, FolderHub(two.root / "apart"))
    for desk in two.all:
        found = [desk.dossier(one).receipt_number for one in dossiers]  # type: ignore[union-attr]
        assert found == printed
        told = [code for code, _ in gap_report(desk, START.date()).questions]
        assert told.count("twice") == 2
    new = [desk.dossier(receive(desk, "Trần Thị Mới")).receipt_number for desk in two.all]  # type: ignore[union-attr]
    assert None not in new and len(set(new)) == 4


def test_any_order_of_arrival_comes_to_the_same(two: Two, tmp_path: Path) -> None:
    works(two)
    two.sign()
    for desk in (*reversed(two.all), *two.yields, *two.stays, *two.all):
        two.meet(desk)
    assert two.settle() == [None] * 4
    assert len({tuple(dump(desk)) for desk in two.all}) == 1
    later = start_desk(tmp_path / "later", new_desk(9), [two.hub], code_from(two.stays[0], two.hub)).desk
    two.settle(2)
    assert exchange(later, two.hub).error is None
    two.settle(2)
    exchange(later, two.hub)
    assert dump(later) == dump(two.stays[0])
    later.close()


@either
def test_both_at_one_hub_by_chance(two: Two) -> None:
    """A race: both saw an empty hub, so each left its own there."""
    works(two)
    shutil.copytree(two.root / "apart", two.root / "hub", dirs_exist_ok=True)
    assert "station_founded_twice" in two.meet(*two.all)
    two.sign()
    assert two.settle() == [None] * 4
    assert len({tuple(dump(desk)) for desk in two.all}) == 1


@either
def test_only_admins_unite_and_only_by_the_others_words(two: Two) -> None:
    first, second = two.stays[0], two.yields[0]
    other = two.yields[1]
    words = own_words(first)

    def code(answer: Refusal | None) -> str | None:
        return None if answer is None else answer.code

    assert code(yield_to(other, two.hub, officer_of(other), words)) == "admin_key_elsewhere"
    assert code(yield_to(second, two.hub, officer_of(second), own_words(second))) == "unite_words_wrong"
    assert code(take_in(first, two.hub, officer_of(first), own_words(second))) == "unite_not_asked"
    assert [one.asked for one in apart(second, two.hub)] == [False]
    assert yield_to(second, two.hub, officer_of(second), f" {words.upper()} ") is None
    assert [one.asked for one in apart(first, two.hub)] == [True]
    assert code(take_in(first, two.hub, officer_of(first), words)) == "unite_not_asked"
    assert two.meet(*two.yields) == ["station_founded_twice"] * 2, "a request alone changes nothing"
    assert take_in(first, two.hub, officer_of(first), own_words(second)) is None
    assert apart(first, two.hub) == []


@either
@pytest.mark.parametrize("part", ["desks", "keys", "retired", "yielding_signature", "sealed"])
def test_an_altered_request_is_not_signed(two: Two, part: str) -> None:
    first, second = two.stays[0], two.yields[0]
    assert yield_to(second, two.hub, officer_of(second), own_words(first)) is None
    (name,) = two.hub.blobs(first.identity.station, "unite-")
    body = json.loads(two.hub.get_blob(first.identity.station, name) or b"")
    body[part] = (
        body[part][:-1] if isinstance(body[part], list) and body[part] else ["x"] if part == "retired" else "00"
    )
    two.hub.put_blob(first.identity.station, name, json.dumps(body).encode())
    answer = take_in(first, two.hub, officer_of(first), own_words(second))
    assert answer is not None and answer.code == "unite_signature_wrong"
    assert two.meet(*two.yields) == ["station_founded_twice"] * 2


@either
@pytest.mark.parametrize("part", ["kept_signature", "yielding_signature", "desks", "keys"])
def test_a_union_that_is_forged_or_signed_by_one_joins_nobody(two: Two, part: str) -> None:
    two.sign()
    station = two.stays[0].identity.station
    (name,) = two.hub.blobs(station, "united-")
    body = json.loads(two.hub.get_blob(station, name) or b"")
    body[part] = "" if isinstance(body[part], str) else body[part][:-1]
    two.hub.put_blob(station, name, json.dumps(body).encode())
    before = dump(two.yields[0])
    assert two.meet(*two.yields) == ["unite_signature_wrong"] * 2
    assert dump(two.yields[0]) == before


@either
@pytest.mark.parametrize("data", [b'{"kept": 1.5}', b'{"kept": "\\ud800"}', b"[" * 200_000, b"null"], ids=range(4))
def test_a_blob_that_is_no_union_stops_nobody(two: Two, data: bytes) -> None:
    station = two.stays[0].identity.station
    for name in ("unite-0-0", "united-0-0"):
        two.hub.put_blob(station, name, data)
    two.sign()
    two.settle()
    assert len({tuple(dump(desk)) for desk in two.all}) == 1


@either
def test_a_union_that_one_admin_alone_signed_has_no_effect_and_is_told(two: Two) -> None:
    """An enrolled desk writes it into its own log: as asked, forged, and with words that the other never signed."""
    first, other, second = two.stays[0], two.stays[1], two.yields[0]
    assert yield_to(second, two.hub, officer_of(second), own_words(first)) is None
    (name,) = two.hub.blobs(first.identity.station, "unite-")
    asked = json.loads(two.hub.get_blob(first.identity.station, name) or b"")
    forged = sign(other.identity.sign_private, terms(asked)).hex()
    before = dump(first)
    for more in ({}, {"kept_signature": forged}, {"kept_signature": asked["yielding_signature"]}):
        other.do(UniteStations({**asked, **more}, other.now()), itself(other))
    assert two.meet(other, first) == [None, "unite_signature_wrong"]
    assert dump(first) == before
    assert second.identity.desk not in first.projection.desks().known
    assert two.meet(*two.yields) == ["station_founded_twice"] * 2


@either
def test_a_union_of_other_foundings_says_nothing_of_these(two: Two, founded: dict[str, Path], tmp_path: Path) -> None:
    """Replayed: signed by both of another pair, in this station's place at the hub and in its log."""
    elsewhere = opened(founded["yields"], tmp_path / "elsewhere")
    elsewhere.sign()
    station = two.stays[0].identity.station
    (name,) = elsewhere.hub.blobs(station, "united-")
    union = elsewhere.hub.get_blob(station, name) or b""
    two.hub.put_blob(station, name, union)
    two.stays[1].do(UniteStations(json.loads(union), START), itself(two.stays[1]))
    before = dump(two.yields[0])
    assert two.meet(*two.stays) == [None, None]
    assert two.meet(*two.yields) == ["station_founded_twice"] * 2
    assert dump(two.yields[0]) == before
    for desk in elsewhere.all:
        desk.close()


@either
def test_both_admins_yielding_to_each_other_still_come_to_one_station(two: Two) -> None:
    first, second = two.stays[0], two.yields[0]
    shutil.copytree(two.root / "apart", two.root / "hub", dirs_exist_ok=True)
    assert yield_to(second, two.hub, officer_of(second), own_words(first)) is None
    assert yield_to(first, two.hub, officer_of(first), own_words(second)) is None
    assert take_in(first, two.hub, officer_of(first), own_words(second)) is None
    assert take_in(second, two.hub, officer_of(second), own_words(first)) is None
    assert two.settle(6) == [None] * 4
    assert len({tuple(dump(desk)) for desk in two.all}) == 1
    assert len({desk.projection.desks().admin_desk for desk in two.all}) == 1


@either
def test_what_the_yielding_admin_signs_afterwards_counts_no_more(two: Two) -> None:
    two.sign()
    two.settle()
    first, second = two.stays[0], two.yields[0]
    refused = confirm_desk(second, officer_of(second), first.identity.desk)
    assert refused is not None and (refused.code, refused.params) == ("admin_key_elsewhere", {"number": "1"})
    name = two.yields[1].identity.desk
    assert revoke_desk(first, officer_of(first), name, 1, 1) is None
    assert two.settle(3)[:3] == [None] * 3
    assert second.projection.desks().known[name].state == "revoked"


@either
def test_a_key_that_changed_since_the_yielding_admin_asked_is_asked_for_again(two: Two) -> None:
    second = two.yields[0]
    shutil.copytree(two.root / "apart", two.root / "hub", dirs_exist_ok=True)
    two.sign()
    two.meet(*two.stays)
    gone = two.yields[1].identity.desk
    assert revoke_desk(second, officer_of(second), gone, 1, 3) is None
    dossier = receive(second, "Nguyễn Văn Sau")
    assert two.meet(second) == ["unite_outdated"]
    two.sign()
    for _ in range(4):
        told = two.meet(*two.stays, second)
    assert told == [None] * 3
    assert len({tuple(dump(desk)) for desk in (*two.stays, second)}) == 1
    for desk in two.stays:
        assert desk.dossier(dossier) is not None
        assert desk.projection.desks().known[gone].revoked == (1, 3)
        assert all(event.body for event, _ in desk.log.everything())
