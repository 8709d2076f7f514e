"""Blank receipts for an outage: numbers that nothing else is given, keyed in afterwards, or voided."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.decisions import TakeIn, Undo
from core.numbers import set_aside
from storage.blanks import BlankDay, blank_days, blanks_to_count, take_blanks, void_left
from storage.database import transaction
from storage.desk import Desk, Done
from storage.numbers import close_days, gap_report
from storage.sync.exchange import exchange
from storage.witness import WITNESS_NAME
from tests.storage.sync_desks import START, Station, officer_of, take_in

DAY = START.date()


def taken(desk: Desk, count: int = 3, day: date = DAY) -> list[str]:
    found = take_blanks(desk, officer_of(desk), [day], count)
    assert not isinstance(found, Refusal), found
    return [one.number.rpartition("-")[2] for one in found]


def key_in(desk: Desk, tail: str, at: datetime = START, day: date = DAY) -> Done | Refusal:
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    number = f"{desk.identity.unit}-{day:%y%m%d}-{tail}"
    return desk.do(TakeIn(desk.new_id(), "received", at, facts, number=number), officer_of(desk))


def number_of(desk: Desk, done: Done | Refusal) -> str:
    assert isinstance(done, Done), done
    row = desk.row(done.dossiers[0])
    assert row is not None
    return str(row["receipt_number"]).rpartition("-")[2]


def refusal(done: Done | Refusal) -> str:
    assert isinstance(done, Refusal)
    return done.code


def give(desk: Desk) -> str:
    row = desk.row(take_in(desk))
    assert row is not None
    return str(row["receipt_number"]).rpartition("-")[2]


@pytest.mark.parametrize(
    ("number", "count", "last", "lowest", "wanted"),
    [
        (1, 30, 0, None, (471, 500)),
        (1, 30, 12, 471, (441, 470)),
        (19, 1, 0, None, (500, 500)),
        (1, 30, 470, None, (471, 500)),
        (1, 30, 471, None, None),
        (1, 30, 450, 471, None),
        (20, 30, 0, None, (9970, 9999)),
    ],
)
def test_serials_come_from_the_top_of_the_range_down(
    number: int, count: int, last: int, lowest: int | None, wanted: tuple[int, int] | None
) -> None:
    assert set_aside(number, count, last, lowest) == wanted


class TestSettingAside:
    def test_two_kits_share_no_number(self, station: Station) -> None:
        desk = station.desks[1]
        assert taken(desk) == ["0998", "0999", "1000"]
        assert taken(desk) == ["0995", "0996", "0997"]
        assert taken(desk, day=DAY + timedelta(days=1)) == ["0998", "0999", "1000"]

    def test_what_the_desk_gives_meanwhile_meets_none_and_goes_on_above_them(self, station: Station) -> None:
        desk = station.desks[0]
        assert len(taken(desk, 497)) == 497
        assert [give(desk) for _ in range(5)] == ["0001", "0002", "0003", "110001", "110002"]

    def test_what_was_voided_is_not_set_aside_again(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        (one,) = blank_days(desk)
        void_left(desk, officer_of(desk), one)
        assert taken(desk) == ["0495", "0496", "0497"]

    def test_those_of_a_number_that_is_gone_are_to_be_counted_at_once(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk, day=DAY + timedelta(days=1))
        assert blanks_to_count(desk) == 0
        with transaction(desk.connection):
            desk.series.settle(7)
        assert blanks_to_count(desk) == 3

    def test_a_day_that_has_no_room_gets_none_of_the_kit(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk, 497)
        both = take_blanks(desk, officer_of(desk), [DAY + timedelta(days=1), DAY], 10)
        assert isinstance(both, Refusal)
        assert both.code == "blanks_used_up"
        assert [one.day for one in blank_days(desk)] == [DAY]

    def test_a_desk_that_may_give_no_number_sets_none_aside(self, station: Station) -> None:
        station.desks[1].close()
        (station.root / "d1" / WITNESS_NAME).unlink()
        desk = Desk.open(station.root / "d1")
        refused = take_blanks(desk, officer_of(desk), [DAY], 1)
        assert isinstance(refused, Refusal)
        assert refused.code == "blanks_without_number"
        desk.close()


class TestKeyingIn:
    def test_the_dossier_has_the_number_and_the_time_of_the_paper(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        before = START - timedelta(hours=2)
        done = key_in(desk, "0499", before)
        assert number_of(desk, done) == "0499"
        assert isinstance(done, Done)
        folded = desk.dossier(done.dossiers[0])
        assert folded is not None and folded.received_at == before
        assert give(desk) == "0001"

    def test_a_number_is_keyed_in_once_and_only_if_it_was_set_aside_here_for_that_day(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        key_in(desk, "0499")
        assert refusal(key_in(desk, "0499")) == "blank_used"
        assert refusal(key_in(desk, "0400")) == "blank_not_here"
        assert refusal(key_in(desk, "0500", START - timedelta(days=1))) == "blank_other_day"
        assert refusal(key_in(station.desks[1], "0500")) == "blank_not_here"

    def test_what_was_keyed_in_by_mistake_waits_to_be_keyed_in_again(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        done = key_in(desk, "0499")
        assert isinstance(done, Done)
        group = done.events[0].event_id
        undone = desk.do(Undo(done.dossiers[0], group, desk.now()), officer_of(desk))
        assert isinstance(undone, Done)
        assert number_of(desk, key_in(desk, "0499")) == "0499"
        assert give(desk) == "0001"


class TestVoiding:
    def test_what_is_left_is_void_and_keyed_in_no_more(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        key_in(desk, "0499")
        (one,) = blank_days(desk)
        assert (one.left, one.used, one.voided) == ("0498, 0500", 1, 0)
        assert void_left(desk, officer_of(desk), one) is None
        assert blank_days(desk) == []
        assert refusal(key_in(desk, "0498")) == "blank_void"

    def test_only_what_was_counted(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        (one,) = blank_days(desk)
        key_in(desk, "0499")
        assert void_left(desk, officer_of(desk), one) == Refusal("blanks_moved")
        assert len(blank_days(desk)[0].open) == 2

    def test_those_of_days_that_are_over_are_to_be_counted(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        taken(desk, day=DAY + timedelta(days=1))
        assert blanks_to_count(desk) == 0
        desk.now = lambda: START + timedelta(days=1)
        assert blanks_to_count(desk) == 3


class TestTheDaysReport:
    def test_what_lies_on_paper_is_no_hole(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        give(desk)
        key_in(desk, "0499")
        (series,) = gap_report(desk, DAY).series
        assert (series.first, series.last, series.used, series.blanks) == ("0001", "0001", 2, ("0498", "0500"))
        assert (series.unused, series.voided, gap_report(desk, DAY).questions) == ((), (), ())

    def test_a_closed_day_says_what_is_still_out_and_again_when_it_is_void(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        key_in(desk, "0499")
        desk.now = lambda: START + timedelta(days=1)
        assert close_days(desk) == 1
        (one,) = blank_days(desk)
        void_left(desk, officer_of(desk), one)
        assert close_days(desk) == 1
        closed = [
            event.body for event in desk.log.events_of(f"desk:{desk.identity.desk}") if event.kind == "numbers_closed"
        ]
        assert [body.get("blanks") for body in closed] == [["0498", "0500"], None]
        assert [body["voided"] for body in closed] == [[], ["0498", "0500"]]
        assert [body["unused"] for body in closed] == [["0001-0497"], ["0001-0497"]]
        (series,) = gap_report(desk, DAY).series
        assert (series.voided, series.blanks, series.closed) == (("0498", "0500"), (), True)

    def test_other_desks_see_that_it_is_on_paper(self, station: Station) -> None:
        desk, other = station.desks[0], station.desks[1]
        taken(desk)
        exchange(desk, station.hub)
        exchange(other, station.hub)
        (series,) = gap_report(other, DAY).series
        assert (series.number, series.blanks, series.last) == (1, ("0498-0500",), "–")
        assert blank_days(other) == []


class TestACopiedDatabase:
    def test_goes_on_below_what_the_witness_saw_and_keys_nothing_in_twice(
        self, station: Station, tmp_path: Path
    ) -> None:
        folder = station.root / "d0"
        station.desks[0].close()
        shutil.copytree(folder, tmp_path / "before")
        desk = Desk.open(folder)
        desk.now = lambda: START
        taken(desk)
        key_in(desk, "0499")
        desk.close()
        for path in folder.glob("motcua.db*"):
            path.unlink()
        for path in (tmp_path / "before").glob("motcua.db*"):
            shutil.copy(path, folder)
        desk = Desk.open(folder)
        desk.now = lambda: START
        assert refusal(key_in(desk, "0499")) == "blank_used"
        assert [one.left for one in blank_days(desk)] == ["0498, 0500"]
        assert taken(desk, 1) == ["0497"]
        assert number_of(desk, key_in(desk, "0500")) == "0500"
        desk.close()

    def test_a_desk_that_is_restored_from_its_hub_knows_them(self, station: Station) -> None:
        desk = station.desks[0]
        taken(desk)
        key_in(desk, "0499")
        exchange(desk, station.hub)
        desk.connection.execute("DELETE FROM blank")
        own = list(desk.log.events_of(f"desk:{desk.identity.desk}"))
        received = [
            event for row in desk.connection.execute("SELECT id FROM dossier") for event in desk.log.events_of(row[0])
        ]
        desk.count_numbers([*own, *received])
        assert blank_days(desk) == [BlankDay(1, DAY, (498, 500), 1, 0)]
