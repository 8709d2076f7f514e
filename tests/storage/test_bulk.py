"""Many dossiers at once: one transaction, and one undo until the work has left the desk."""

from __future__ import annotations

import pytest

from core.answers import Refusal
from core.decisions import Act, Undo
from core.record import Draft
from storage.bulk import do_bulk
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.undo import last_commands
from tests.conftest import NOW, act, officer, take_in
from tests.storage.sync_desks import Station, officer_of
from tests.storage.sync_desks import take_in as receive


@pytest.fixture
def three(desk: Desk) -> list[str]:
    return [take_in(desk) for _ in range(3)]


def owners(desk: Desk, dossiers: list[str]) -> list[str]:
    return [str(row["officer"]) for one in dossiers if (row := desk.row(one))]


def hand(desk: Desk, dossiers: list[str], to: str, note: str | None = None) -> list[Done | Refusal]:
    more = [("noted", {"text": note})] if note else []
    acts = [[Act(one, kind, NOW, fields) for kind, fields in (("assigned", {"to": to}), *more)] for one in dossiers]
    return do_bulk(desk, officer(desk), acts)


def undo(desk: Desk) -> list[Done | Refusal]:
    found = last_commands(desk, officer(desk))
    return desk.do_all([Undo(one.entity, one.event_id, NOW) for one in found], officer(desk))


def test_a_bulk_is_undone_as_one(desk: Desk, three: list[str]) -> None:
    boss = officer(desk).id
    assert owners(desk, three) == [boss] * 3
    act(desk, three[0], "noted", text="trước đó")
    assert all(isinstance(one, Done) for one in hand(desk, three, "officer-hoa", note="nghỉ phép"))
    assert owners(desk, three) == ["officer-hoa"] * 3
    assert all(isinstance(one, Done) for one in undo(desk))
    assert owners(desk, three) == [boss] * 3
    first = desk.dossier(three[0])
    assert first is not None
    kept = [event.body for event in first.events if event.kind == "noted" and event.event_id not in first.marks]
    assert kept == [{"text": "trước đó"}]
    assert last_commands(desk, officer(desk)) == []


def test_two_bulks_are_two_undos_and_a_single_act_is_one(desk: Desk, three: list[str]) -> None:
    hand(desk, three, "officer-hoa")
    hand(desk, three[:2], "officer-khai")
    assert len(last_commands(desk, officer(desk))) == 2
    act(desk, three[2], "noted", text="x")
    (last,) = last_commands(desk, officer(desk))
    assert (last.entity, last.kind) == (three[2], "noted")


def test_a_refused_dossier_stops_none_and_has_nothing_of_the_bulk(desk: Desk, three: list[str]) -> None:
    act(desk, three[1], "result_ready")
    act(desk, three[1], "result_returned", channel="counter")
    answers = hand(desk, three, "officer-hoa", note="x")
    assert [isinstance(one, Done) for one in answers] == [True, False, True]
    gone = desk.dossier(three[1])
    assert gone is not None and gone.events[-1].kind == "result_returned"
    assert len(last_commands(desk, officer(desk))) == 2


@pytest.mark.parametrize("to", ["officer-tra", "nobody"])
def test_nothing_is_given_to_who_does_not_work_here(desk: Desk, three: list[str], to: str) -> None:
    """An officer who has left between the list and the key, or one whom nobody knows."""
    boss = officer(desk).id
    left = Draft("officer:officer-tra", "officer_changed", NOW, {"active": False})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([left], boss, epoch_ms(NOW)))
    answers = hand(desk, three, to, note="x")
    assert [one.code for one in answers if isinstance(one, Refusal)] == ["officer_gone"] * 3
    assert owners(desk, three) == [boss] * 3 and last_commands(desk, officer(desk))[0].kind == "received"


def test_what_was_printed_after_it_is_not_undone(desk: Desk, three: list[str]) -> None:
    hand(desk, three, "officer-hoa")
    act(desk, three[1], "letter_issued", by="hoa", letter="receipt")
    codes = [one.code if isinstance(one, Refusal) else "" for one in undo(desk)]
    assert sorted(codes) == ["", "", "undo_left_desk"]
    assert owners(desk, three)[1] == "officer-hoa"


def test_what_somebody_built_on_stays_and_the_rest_is_undone(desk: Desk, three: list[str]) -> None:
    hand(desk, three, "officer-hoa")
    act(desk, three[0], "noted", by="hoa", text="đã xem")
    answers = undo(desk)
    refused = [one.code for one in answers if isinstance(one, Refusal)]
    assert refused == ["undo_not_last"]
    assert owners(desk, three) == ["officer-hoa", *[officer(desk).id] * 2]


def test_what_a_hub_was_offered_is_not_undone(station: Station) -> None:
    desk = station.desks[0]
    dossiers = [receive(desk) for _ in range(2)]
    to = officer_of(station.desks[1]).id
    station.sync(1, 0)
    done = do_bulk(desk, officer_of(desk), [[Act(one, "assigned", desk.now(), {"to": to})] for one in dossiers])
    assert all(isinstance(one, Done) for one in done)
    station.sync(0)
    found = last_commands(desk, officer_of(desk))
    answers = desk.do_all([Undo(one.entity, one.event_id, desk.now()) for one in found], officer_of(desk))
    assert len(answers) == 2
    assert all(isinstance(one, Refusal) and one.code == "undo_left_desk" for one in answers)
