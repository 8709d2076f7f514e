"""A dossier that one unit offers and another accepts, over one hub, in whatever order the two meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.decisions import Act
from core.dossier import Dossier
from core.queue import LEGAL_TIME
from core.record import Draft, canonical
from storage.conflicts import open_conflicts, resolve
from storage.database import transaction
from storage.delays import delays
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.folder import station_id
from storage.keys import seal_public
from storage.sync.batch import pack
from storage.sync.batches import heads
from storage.sync.desk_life import revoke_desk
from storage.sync.exchange import HubReport, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.sync.letters import open_letter, write_letter
from storage.sync.postgres_hub import PostgresHub
from storage.sync.protocol import Hub
from storage.transfers import crossed, find_incoming, followed, following, incoming, outgoing, transfer_of
from tests.storage.sync_desks import START, act, code_from, dump, new_desk, officer_of, take_in

HERE, THERE = "T48.97", "T48.98"


@dataclass
class City:
    """A hub, and units that come to it when they are asked for."""

    root: Path
    desks: dict[str, Desk]
    hub: Hub

    def desk(self, unit: str, number: int = 1) -> Desk:
        name = f"{unit}-{number}"
        if name not in self.desks:
            code = code_from(self.desks[f"{unit}-1"], self.hub) if number > 1 else None
            self.desks[name] = start_desk(self.root / name, new_desk(number, unit), [self.hub], code).desk
            self.sync(*self.desks)
            self.sync(*self.desks)
        return self.desks[name]

    def sync(self, *names: str) -> list[HubReport]:
        reports = [exchange(self.desks[name], self.hub) for name in names]
        assert [report.error for report in reports] == [None] * len(reports)
        return reports

    def letters(self, unit: str) -> list[str]:
        return self.hub.blobs(station_id(unit), "inbox-")


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    yield from city_at(tmp_path, FolderHub(tmp_path / "hub"))


@pytest.fixture
def city_of_a_database(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    hub = PostgresHub(database)
    yield from city_at(tmp_path, hub)
    hub.close()


def city_at(root: Path, hub: Hub) -> Iterator[City]:
    made = City(root, {}, hub)
    hub.create()
    yield made
    for desk in made.desks.values():
        desk.close()


def offered(city: City, unit: str = HERE, to: str = THERE) -> str:
    desk = city.desk(unit)
    dossier = take_in(desk, minutes=30)
    assert isinstance(act(desk, dossier, "noted", text="đã xem hồ sơ"), Done)
    assert isinstance(act(desk, dossier, "transfer_offered", unit=to, reason="chuyển nơi ở"), Done)
    return dossier


def accepted(desk: Desk, dossier: str) -> Done | Refusal:
    found = find_incoming(desk, dossier)
    return found if isinstance(found, Refusal) else desk.do(transfer_of(desk, found), officer_of(desk))


def at(desk: Desk, dossier: str) -> Dossier:
    found = desk.dossier(dossier)
    assert found is not None
    return found


def lane(desk: Desk, dossier: str) -> int:
    row = desk.row(dossier)
    assert row is not None
    return int(row["lane"])


def later(city: City, minutes: int = 10) -> None:
    for desk in city.desks.values():
        now = desk.now() + timedelta(minutes=minutes)
        desk.now = lambda now=now: now.astimezone(LEGAL_TIME)  # type: ignore[assignment,misc]


def test_custody_moves_when_the_other_unit_accepts(city: City) -> None:
    city.desk(THERE)
    dossier = offered(city)
    here, there = city.desk(HERE), city.desk(THERE)
    number = at(here, dossier).receipt_number
    city.sync(f"{HERE}-1", f"{THERE}-1")
    (come,) = incoming(there)
    assert (come.dossier, come.unit, come.receipt_number, come.name) == (dossier, HERE, number, "Nguyễn Văn An")
    assert lane(here, dossier) < 4 and there.dossier(dossier) is None, "an offer moves nothing"
    later(city)
    assert isinstance(accepted(there, number or ""), Done)
    moved, before = at(there, dossier), at(here, dossier)
    assert (moved.receipt_number, moved.received_at, moved.state) == (number, before.received_at, before.state)
    assert (moved.unit, moved.officer, moved.desk) == (THERE, officer_of(there).id, there.identity.desk)
    assert not moved.marks and [event.kind for event in moved.events][-1] == "transfer_accepted"
    assert [event.event_id for event in moved.events][:-1] == [event.event_id for event in before.events]
    row, old = there.row(dossier), here.row(dossier)
    assert row is not None and old is not None and (row["due_at"], row["lane"]) == (old["due_at"], old["lane"])
    city.sync(f"{THERE}-1", f"{HERE}-1")
    gone = at(here, dossier)
    assert (gone.away, lane(here, dossier), outgoing(here)) == (THERE, 4, [])
    assert here.queries.find(number or "") == dossier, "it stays searchable"
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{THERE}-1")
    assert city.letters(HERE) == city.letters(THERE) == [] and not incoming(there)
    assert isinstance(act(there, dossier, "result_ready"), Done), "the work goes on there"


def test_a_delay_goes_with_the_dossier_and_is_told_by_the_unit_that_has_it(city: City) -> None:
    city.desk(THERE)
    here, there = city.desk(HERE), city.desk(THERE)
    dossier = take_in(here, minutes=30)
    assert isinstance(act(here, dossier, "delay_declared", reason="thiếu người"), Done)
    year = date(START.year, 1, 1), date(START.year, 12, 31)
    before = delays(here, *year).period
    assert isinstance(act(here, dossier, "transfer_offered", unit=THERE), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(accepted(there, dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1")
    gone, come = delays(here, *year), delays(there, *year)
    assert gone.period == gone.owed == ()
    assert [one.facts.limit_at for one in come.owed] == [one.facts.limit_at for one in before]
    assert come.period == come.owed


def test_nobody_works_on_what_is_no_longer_here(city: City) -> None:
    dossier = transferred(city)
    here = city.desk(HERE)
    refused = act(here, dossier, "result_ready")
    assert isinstance(refused, Refusal) and (refused.code, refused.params) == ("transferred_away", {"unit": THERE})
    assert isinstance(act(here, dossier, "noted", text="công dân hỏi"), Done)


def test_over_a_database_it_is_the_same(city_of_a_database: City) -> None:
    city = city_of_a_database
    dossier = transferred(city)
    assert at(city.desk(THERE), dossier).unit == THERE
    assert city.letters(HERE) == city.letters(THERE) == []


def transferred(city: City) -> str:
    city.desk(THERE)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{THERE}-1", f"{HERE}-1")
    assert at(city.desk(HERE), dossier).away == THERE
    return dossier


def test_an_offer_waits_for_a_unit_that_is_not_at_the_hub_yet(city: City) -> None:
    dossier = offered(city)
    city.sync(f"{HERE}-1")
    assert [one.sent for one in outgoing(city.desk(HERE))] == [False]
    there = city.desk(THERE)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert [one.sent for one in outgoing(city.desk(HERE))] == [True]
    assert [one.dossier for one in incoming(there)] == [dossier]


def test_reading_and_sending_again_changes_nothing(city: City) -> None:
    city.desk(THERE)
    dossier = offered(city)
    names = (f"{HERE}-1", f"{THERE}-1")
    city.sync(*names, *names, *names)
    there = city.desk(THERE)
    assert len(incoming(there)) == 1
    assert isinstance(accepted(there, dossier), Done)
    again = accepted(there, dossier)
    assert isinstance(again, Refusal) and again.code == "transfer_unknown"
    before = dump(there)
    city.sync(*names, *names, *names)
    assert dump(there) == before
    kinds = [event.kind for event in city.desk(HERE).log.events_of(dossier)]
    assert kinds.count("transferred") == 1


def test_a_lost_answer_is_given_again(city: City) -> None:
    city.desk(THERE)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1")
    (answer,) = city.letters(HERE)
    city.hub.delete_blob(station_id(HERE), answer)
    city.sync(f"{HERE}-1")
    assert at(city.desk(HERE), dossier).away is None
    city.sync(f"{THERE}-1", f"{HERE}-1")
    assert at(city.desk(HERE), dossier).away == THERE


def test_two_desks_that_accept_apart_accept_once(city: City) -> None:
    first, second = city.desk(THERE), city.desk(THERE, 2)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1", f"{THERE}-2")
    assert isinstance(accepted(first, dossier), Done)
    later(city)
    assert isinstance(accepted(second, dossier), Done)
    city.sync(f"{THERE}-1", f"{THERE}-2", f"{THERE}-1")
    assert dump(first) == dump(second)
    assert list(at(first, dossier).marks.values()) == ["coalesced"] and not at(first, dossier).conflicts
    assert at(first, dossier).officer == officer_of(first).id


def test_both_desks_of_the_sending_unit_learn_it(city: City) -> None:
    city.desk(THERE)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{HERE}-2", f"{THERE}-1")
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-2", f"{HERE}-1", f"{HERE}-2")
    assert at(first, dossier).away == at(second, dossier).away == THERE
    assert dump(first) == dump(second)


def closed_apart(city: City, first_is: str = "transfer_offered") -> str:
    """Offered at the first desk here, as the other unit knows; closed at the second, which has not seen the offer."""
    city.desk(THERE)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    dossier = take_in(first, minutes=30)
    city.sync(f"{HERE}-1", f"{HERE}-2")
    steps = [(first, "transfer_offered", {"unit": THERE}), (second, "result_ready", {})]
    for desk, kind, fields in steps if first_is == "transfer_offered" else reversed(steps):
        assert isinstance(act(desk, dossier, kind, **fields), Done)
        later(city, 1)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    return dossier


def test_closing_apart_from_the_transfer_is_a_conflict(city: City) -> None:
    """Row 31: what the other desk closed without having seen the offer, a person decides."""
    dossier = closed_apart(city)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-2", f"{HERE}-1", f"{HERE}-2")
    (conflict,) = at(first, dossier).conflicts
    assert len(conflict.branches) == 2 and dump(first) == dump(second)


def decided(desk: Desk, kept: str) -> Done | Refusal:
    (conflict,) = open_conflicts(desk)
    branch = next(one for one in conflict.branches if one.event.kind == kept)
    return resolve(desk, officer_of(desk), conflict, branch.event, None)


@pytest.mark.parametrize("first_is", ["transfer_offered", "result_ready"])
@pytest.mark.parametrize("order", [(1, 2, 1, 2), (2, 1, 2)])
def test_what_another_unit_has_cannot_be_kept_here(city: City, first_is: str, order: tuple[int, ...]) -> None:
    """Be it that the offer's desk notes that the dossier has gone, or that it lies in a conflict before it can."""
    dossier = closed_apart(city, first_is)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", *(f"{HERE}-{number}" for number in order))
    for desk in (first, second):
        refused = decided(desk, "result_ready")
        assert isinstance(refused, Refusal) and refused.code == "resolution_transferred", refused
        assert refused.params == {"unit": THERE}
    later(city)
    assert isinstance(decided(first, "transfer_offered"), Done)
    city.sync(f"{HERE}-1", f"{HERE}-1", f"{HERE}-2")
    assert at(first, dossier).away == at(second, dossier).away == THERE
    assert crossed(first) == crossed(second) == [] and dump(first) == dump(second)


def test_what_was_decided_without_knowing_that_it_had_gone_is_listed_for_a_person(city: City) -> None:
    dossier = closed_apart(city)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    city.sync(f"{HERE}-2")  # the second desk learns of the offer, and nobody yet of the acceptance
    later(city)
    assert isinstance(decided(second, "result_ready"), Done)
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{HERE}-2", f"{HERE}-1", f"{HERE}-2")
    assert at(first, dossier).state == at(second, dossier).state == "result_ready"
    for desk in (first, second):
        assert crossed(desk) == [(dossier, THERE)] and followed(desk) == []
    assert dump(first) == dump(second)
    later(city)
    assert isinstance(act(second, dossier, "noted", text="đã gọi đơn vị bạn"), Done)
    assert crossed(second) == [], "an officer has seen to it"


def test_what_crossed_on_the_way_is_listed_for_a_person(city: City) -> None:
    city.desk(THERE)
    dossier, here = offered(city), city.desk(HERE)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(act(here, dossier, "withdrawn"), Done)
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{THERE}-1", f"{HERE}-1")
    assert crossed(here) == [(dossier, THERE)]
    assert (at(here, dossier).state, at(here, dossier).away) == ("withdrawn", None)


def test_a_second_offer_replaces_the_first(city: City) -> None:
    city.desk(THERE)
    third = city.desk("T48.96")
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(act(city.desk(HERE), dossier, "transfer_offered", unit="T48.96"), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1", "T48.96-1")
    assert not incoming(city.desk(THERE)) and city.letters(THERE) == []
    assert [one.dossier for one in incoming(third)] == [dossier]


def test_it_may_come_back_with_all_that_was_done_there(city: City) -> None:
    dossier = transferred(city)
    here, there = city.desk(HERE), city.desk(THERE)
    later(city)
    assert isinstance(act(there, dossier, "supplement_requested", items=["CT01"]), Done)
    assert isinstance(act(there, dossier, "transfer_offered", unit=HERE), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1")
    later(city)
    assert isinstance(accepted(here, dossier), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1", f"{HERE}-1")
    back = at(here, dossier)
    assert (back.away, back.unit, back.state, back.supplements) == (None, HERE, "awaiting_supplement", 1)
    assert lane(here, dossier) < 4 and at(there, dossier).away == HERE
    assert isinstance(act(here, dossier, "supplement_received", papers=["CT01"]), Done)


@pytest.mark.parametrize("harm", ["flipped", "cut", "signed by nobody", "other name", "huge", "noise", "other station"])
def test_a_letter_that_does_not_hold_is_passed_over(city: City, harm: str) -> None:
    there = city.desk(THERE)
    dossier = offered(city)
    city.sync(f"{HERE}-1")
    (name,) = city.letters(THERE)
    whole = city.hub.get_blob(station_id(THERE), name) or b""
    place, bad, at_name = len(whole) // 2, whole, name
    if harm == "flipped":
        bad = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    elif harm == "cut":
        bad = whole[:place]
    elif harm == "signed by nobody":
        bad = whole[:-64] + bytes(64)
    elif harm == "other name":
        at_name = name[:-1] + ("0" if name[-1] != "0" else "1")
        city.hub.delete_blob(station_id(THERE), name)
    elif harm == "huge":
        bad = whole + bytes(9_000_000)
    elif harm == "noise":
        bad = b"{" * 5000
    elif harm == "other station":
        city.desk("T48.96")
        bad = whole
        there = city.desk("T48.96")
        city.hub.put_blob(station_id("T48.96"), name, whole)
        city.sync("T48.96-1")
        assert not incoming(there)
        return
    city.hub.put_blob(station_id(THERE), at_name, bad)
    city.sync(f"{THERE}-1")
    assert not incoming(there)
    city.hub.put_blob(station_id(THERE), name, whole)
    city.sync(f"{THERE}-1")
    assert [one.dossier for one in incoming(there)] == [dossier]


@pytest.mark.parametrize("key", [None, "zz", "11", "00" * 32])
def test_a_letter_that_could_not_be_answered_is_passed_over(city: City, key: str | None) -> None:
    """By a desk of the other unit that writes what this program would not: no key, or none that anything seals to."""
    here, there = city.desk(HERE), city.desk(THERE)
    dossier = offered(city)
    city.sync(f"{HERE}-1")
    (name,) = city.letters(THERE)
    whole = city.hub.get_blob(station_id(THERE), name) or b""
    letter = open_letter(there, city.hub, name, whole)
    assert letter is not None
    content = {**json.loads(letter.content), "key": key} if key else {"rows": json.loads(letter.content)["rows"]}
    bad = write_letter(here, "offer", station_id(THERE), there.station_key(), letter.subject, canonical(content))
    city.hub.put_blob(station_id(THERE), name, bad)
    city.sync(f"{THERE}-1")
    accepted(there, dossier)
    city.sync(f"{THERE}-1")
    assert there.dossier(dossier) is None


def test_what_is_offered_can_be_read_only_there(city: City) -> None:
    city.desk(THERE)
    offered(city)
    city.sync(f"{HERE}-1")
    (name,) = city.letters(THERE)
    letter = city.hub.get_blob(station_id(THERE), name) or b""
    assert "Nguyễn".encode() not in letter and b"0905123456" not in letter


def test_a_hub_that_puts_its_own_key_in_reads_nothing(city: City) -> None:
    there = city.desk(THERE)
    take_in(there)
    city.sync(f"{THERE}-1")
    origin = there.identity.origin
    head = heads(there, origin)[-1]
    forged = pack(
        replace(head, seal=seal_public(bytes(range(32))).hex()), there.log.stored(origin, head.first_seq - 1, head.n)
    )
    folder = city.root / "hub" / there.identity.station / "origins" / f"{origin.desk}-{origin.epoch}"
    (folder / f"{head.first_seq:012}.batch").write_bytes(forged)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert [one.dossier for one in incoming(there)] == [dossier]


@pytest.mark.parametrize(("unit", "code"), [(HERE, "transfer_own_unit")])
def test_what_may_not_be_offered(city: City, unit: str, code: str) -> None:
    desk = city.desk(HERE)
    refused = act(desk, take_in(desk), "transfer_offered", unit=unit)
    assert isinstance(refused, Refusal) and refused.code == code


def test_only_a_leader_accepts(city: City) -> None:
    there = city.desk(THERE)
    offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    (come,) = incoming(there)
    clerk = replace(officer_of(there), given=("front_desk",))
    refused = there.do(transfer_of(there, come), clerk)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"


def test_the_tables_are_rebuilt_to_the_same(city: City) -> None:
    dossier = transferred(city)
    for desk in city.desks.values():
        before = dump(desk)
        desk.projection.rebuild()
        assert dump(desk) == before
    assert isinstance(city.desk(THERE).do(Act(dossier, "noted", city.desk(THERE).now(), {"text": "x"}),
                                          officer_of(city.desk(THERE))), Done)  # fmt: skip


def test_each_desk_takes_only_its_own_station(city: City) -> None:
    here, there = city.desk(HERE), city.desk(THERE)
    take_in(here)
    take_in(there)
    city.sync(f"{HERE}-1", f"{THERE}-1", f"{HERE}-1", f"{THERE}-1")
    for desk in (here, there):
        assert {origin.desk for origin in desk.log.heads()} == {desk.identity.desk}
        assert desk.connection.execute("SELECT count(*) FROM dossier").fetchone()[0] == 1


def apart(city: City) -> tuple[Desk, str]:
    """A second desk of the first unit that has the dossier but has not heard of the offer, which is accepted."""
    city.desk(THERE)
    first, second = city.desk(HERE), city.desk(HERE, 2)
    dossier = take_in(first, minutes=30)
    city.sync(f"{HERE}-1", f"{HERE}-2")
    assert isinstance(act(first, dossier, "transfer_offered", unit=THERE), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert isinstance(accepted(city.desk(THERE), dossier), Done)
    later(city)
    return second, dossier


def rounds(city: City, count: int = 3) -> None:
    for _ in range(count):
        city.sync(*city.desks)


def test_money_and_papers_of_the_old_counter_follow_once(city: City) -> None:
    second, dossier = apart(city)
    assert isinstance(act(second, dossier, "payment_received", amount="20000"), Done)
    assert isinstance(act(second, dossier, "original_taken", paper="CT01"), Done)
    assert isinstance(act(second, dossier, "corrected", field="applicant.phone", new="0912000111"), Done)
    there, other = city.desk(THERE), city.desk(THERE, 2)
    rounds(city)
    assert isinstance(act(second, dossier, "payment_received", amount="5000"), Done), "after it was noted as gone, too"
    rounds(city)
    for desk in (there, other):
        found = at(desk, dossier)
        assert found.paid == [("20000", ""), ("5000", "")] and found.originals == {"CT01": 1}
        assert found.applicant["phone"] == "0912000111" and not found.late
    assert dump(there) == dump(other) and followed(there) == [] and following(city.desk(HERE)) == []
    assert city.letters(HERE) == city.letters(THERE) == []
    rounds(city)
    before = [desk.log.count_of(dossier) for desk in city.desks.values()]
    rounds(city)
    assert [desk.log.count_of(dossier) for desk in city.desks.values()] == before
    there.projection.rebuild()
    assert dump(there) == dump(other)


def test_what_is_written_here_since_stands_against_a_late_value(city: City) -> None:
    second, dossier = apart(city)
    there = city.desk(THERE)
    assert isinstance(act(second, dossier, "corrected", field="applicant.phone", new="0912000111"), Done)
    assert isinstance(act(there, dossier, "corrected", field="applicant.phone", new="0987000222"), Done)
    rounds(city)
    assert at(there, dossier).applicant["phone"] == "0987000222"
    assert "lost" in at(there, dossier).marks.values()


@pytest.mark.parametrize(("kind", "fields"), [("result_ready", {}), ("supplement_requested", {"items": ["CT01"]})])
def test_row_31_a_late_legal_effect_is_told_to_both_units(city: City, kind: str, fields: dict[str, object]) -> None:
    second, dossier = apart(city)
    there, state = city.desk(THERE), at(city.desk(THERE), dossier).state
    assert isinstance(act(second, dossier, kind, **fields), Done)
    rounds(city)
    assert at(second, dossier).conflicts, "there it is a conflict with the offer"
    found = at(there, dossier)
    assert found.state == state and len(found.late) == 1 and followed(there) == [dossier]
    assert [event.kind for event in found.events if found.marks.get(event.event_id) == "late"] == [kind]
    assert isinstance(act(there, dossier, "corrected", field="applicant.phone", new="0987000222"), Done)
    assert followed(there) == [dossier], "who writes a phone number has not settled it"
    assert isinstance(act(there, dossier, "noted", text="đã gọi đơn vị cũ"), Done)
    assert followed(there) == [] and not at(there, dossier).late


def test_a_late_fact_goes_on_to_a_third_unit(city: City) -> None:
    second, dossier = apart(city)
    third = city.desk("T48.96")
    rounds(city)
    assert isinstance(act(city.desk(THERE), dossier, "transfer_offered", unit="T48.96"), Done)
    rounds(city)
    assert isinstance(accepted(third, dossier), Done)
    rounds(city)
    assert isinstance(act(second, dossier, "payment_received", amount="20000"), Done)
    rounds(city, 5)
    assert at(third, dossier).paid == [("20000", "")]
    assert city.letters(HERE) == city.letters(THERE) == city.letters("T48.96") == []


def test_a_lost_late_letter_or_answer_is_said_again(city: City) -> None:
    second, dossier = apart(city)
    rounds(city)
    assert isinstance(act(second, dossier, "payment_received", amount="20000"), Done)
    city.sync(f"{HERE}-2", f"{HERE}-1")
    assert following(city.desk(HERE)) == [(dossier, THERE)]
    (letter,) = city.letters(THERE)
    city.hub.delete_blob(station_id(THERE), letter)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    (answer,) = city.letters(HERE)
    city.hub.delete_blob(station_id(HERE), answer)
    rounds(city)
    assert at(city.desk(THERE), dossier).paid == [("20000", "")] and following(city.desk(HERE)) == []
    assert city.letters(HERE) == city.letters(THERE) == []


@pytest.mark.parametrize("when", ["before the letter is read", "after the letter was read"])
def test_an_offer_by_a_desk_that_its_station_revoked_is_shown_and_not_accepted(city: City, when: str) -> None:
    there, first, second = city.desk(THERE), city.desk(HERE), city.desk(HERE, 2)
    dossier = take_in(second, minutes=30)
    assert isinstance(act(second, dossier, "transfer_offered", unit=THERE), Done)
    city.sync(f"{HERE}-2", f"{HERE}-1")
    if when.startswith("after"):
        city.sync(f"{THERE}-1")
        assert [one.revoked for one in incoming(there)] == [False]
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, 1_000) is None
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert [one.revoked for one in incoming(there)] == [True]
    refused = accepted(there, dossier)
    assert isinstance(refused, Refusal) and refused.code == "transfer_desk_revoked"
    assert isinstance(act(first, dossier, "transfer_offered", unit=THERE, reason="gửi lại"), Done)
    later(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    again = [one for one in incoming(there) if not one.revoked]
    assert len(again) == 1 and isinstance(there.do(transfer_of(there, again[0]), officer_of(there)), Done)


def test_a_revocation_that_the_admin_did_not_sign_says_nothing(city: City) -> None:
    there, first, second = city.desk(THERE), city.desk(HERE), city.desk(HERE, 2)
    dossier = take_in(second, minutes=30)
    assert isinstance(act(second, dossier, "transfer_offered", unit=THERE), Done)
    body = {"epoch": 1, "from_seq": 1, "signature": "00" * 64}
    draft = Draft(f"desk:{second.identity.desk}", "desk_revoked", first.now(), body)
    with transaction(first.connection):
        first.projection.apply(first.log.append([draft], officer_of(first).id, epoch_ms(first.now())))
    city.sync(f"{HERE}-2", f"{HERE}-1", f"{THERE}-1")
    assert [one.revoked for one in incoming(there)] == [False]


def test_the_answer_of_a_revoked_desk_gives_way_to_another_desks(city: City) -> None:
    here, there, second = city.desk(HERE), city.desk(THERE), city.desk(THERE, 2)
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-2")
    assert isinstance(accepted(second, dossier), Done)
    city.sync(f"{THERE}-2", f"{THERE}-1")
    assert len(city.letters(HERE)) == 1
    assert revoke_desk(there, officer_of(there), second.identity.desk, 1, 1_000) is None
    city.sync(f"{THERE}-1", f"{HERE}-1")
    assert at(here, dossier).away is None and city.letters(HERE) == []
    city.sync(f"{THERE}-1", f"{HERE}-1")
    assert at(here, dossier).away == THERE
