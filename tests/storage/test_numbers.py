"""Desk numbers that are taken when they must be, receipts that wait for theirs, days closed and days reported."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.decisions import Act, TakeIn, Undo
from core.record import Draft, chain_hash
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import bodies, epoch_ms
from storage.numbers import close_days, gap_report, holdings, take_free_number
from storage.official import bears_too, given_twice
from storage.sync.desk_life import revoke_desk
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from storage.witness import WITNESS_NAME
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, UNIT, Station, act, claim_number, dump, new_desk, officer_of, take_in
from tui.screens.sync_rows import sync_rows

DAY = START.date()


def settle(desk: Desk, station: Station) -> int | None:
    """A claim, its confirmation and what that gives: three exchanges. Answers the number, None where none is had."""
    for _ in range(3):
        assert exchange(desk, station.hub).error is None
    state = desk.series.state()
    return None if state.wanted else state.number


def lose_witness(station: Station, number: int) -> Desk:
    station.desks[number].close()
    (station.root / f"d{number}" / WITNESS_NAME).unlink()
    station.desks[number] = Desk.open(station.root / f"d{number}")
    return station.desks[number]


def tail(desk: Desk, dossier: str) -> str | None:
    row = desk.row(dossier)
    assert row is not None
    number: str | None = row["receipt_number"]
    return number and number.partition("-")[2]


def at(desk: Desk, moment: datetime) -> None:
    desk.now = lambda: moment


def taken_on(desk: Desk, moment: datetime) -> str:
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    done = desk.do(TakeIn(desk.new_id(), "received", moment, facts, imported=True), officer_of(desk))
    assert isinstance(done, Done), done
    return done.dossiers[0]


class TestTakingANumber:
    def test_a_desk_that_may_go_on_takes_none(self, station: Station) -> None:
        assert settle(station.desks[0], station) == 1
        assert [one.number for one in holdings(station.desks[0])] == [1, 2, 3]

    def test_a_claim_counts_once_nobody_can_have_made_it_before(self, station: Station) -> None:
        desk = lose_witness(station, 1)
        waiting = take_in(desk)
        exchange(desk, station.hub)
        state = desk.series.state()
        assert (state.number, state.claimed, state.wanted, desk.identity.number) == (5, True, "no_witness", 5)
        assert tail(desk, take_in(desk, minutes=-1)) is None
        exchange(desk, station.hub)
        assert desk.series.state().wanted is None
        assert tail(desk, waiting) == "261123-2001"
        folded = desk.dossier(waiting)
        assert folded is not None and folded.marks == {}
        assert [event.kind for event in folded.events] == ["received", "receipt_number_given"]

    def test_numbers_are_given_by_the_day_of_receipt_and_all_desks_see_them(self, station: Station) -> None:
        desk = lose_witness(station, 1)
        yesterday = take_in(desk, minutes=24 * 60)
        today = [take_in(desk, minutes=1), take_in(desk)]
        assert settle(desk, station) == 5
        assert [tail(desk, one) for one in (yesterday, *today)] == ["261122-2001", "261123-2001", "261123-2002"]
        assert tail(desk, take_in(desk)) == "261123-2003"
        station.sync(1, 0, 2)
        assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
        assert station.desks[0].queries.find("261123-2002") == today[1]
        assert station.desks[2].connection.execute("SELECT number FROM desk ORDER BY number").fetchall() == [
            (1,), (3,), (5,),
        ]  # fmt: skip

    def test_a_number_that_a_desk_ever_had_is_taken(self, station: Station) -> None:
        assert settle(lose_witness(station, 1), station) == 5
        with pytest.raises(InvalidInput, match="desk_number_taken"):
            start_desk(station.root / "new", new_desk(2), [station.hub])
        assert settle(lose_witness(station, 1), station) == 5 + 3

    def test_two_that_claim_one_number_apart_both_look_for_another(self, station: Station) -> None:
        one, other = lose_witness(station, 0), lose_witness(station, 1)
        for desk in (one, other):
            claim_number(desk, 6)
        for desk in (one, other):
            exchange(desk, station.hub)
        settle(one, station)
        settle(other, station)
        settle(one, station)
        numbers = [desk.identity.number for desk in (one, other)]
        assert len(set(numbers)) == 2 and min(numbers) > 3 and 6 not in numbers
        assert [desk.series.state().wanted for desk in (one, other)] == [None, None]

    def test_of_two_desks_that_joined_with_one_number_the_later_takes_another(self, station: Station) -> None:
        later = station.desks[2]
        doubled = Draft(f"desk:{later.identity.desk}", "desk_renumbered", START, {"number": 2})
        with transaction(later.connection):
            later.projection.apply(later.log.append([doubled], later.identity.desk, epoch_ms(START)))
            later.series.settle(2)
        exchange(later, station.hub)
        earlier = station.desks[1]
        assert settle(earlier, station) == 2
        assert settle(later, station) == 6
        told = [event.body for event in later.log.events_of(f"desk:{later.identity.desk}")][-1]
        assert told == {"number": 6, "reason": "number_taken"}

    def test_only_the_hub_that_has_the_claim_can_confirm_it(self, station: Station) -> None:
        desk = lose_witness(station, 1)
        exchange(desk, station.hub)
        reaches = station.hub.heads(desk.identity.station, {})
        assert take_free_number(desk, "folder:another", reaches) is None
        assert take_free_number(desk, station.hub.url, reaches) == 5

    def test_a_hub_that_was_set_back_confirms_nothing_that_it_lost(self, station: Station, tmp_path: Path) -> None:
        """Found by history 620511: what it had acknowledged once was gone, and another desk got the same number."""
        desk = lose_witness(station, 1)
        before = tmp_path / "before"
        shutil.copytree(station.root / "hub", before)
        exchange(desk, station.hub)
        shutil.rmtree(station.root / "hub")
        shutil.copytree(before, station.root / "hub")
        exchange(desk, station.hub)
        assert desk.series.state().wanted is not None, "the claim went there in this very exchange"
        exchange(desk, station.hub)
        assert (desk.identity.number, desk.series.state().wanted) == (5, None)

    def test_where_no_number_is_left_the_desk_works_on_without(self, station: Station) -> None:
        desk = lose_witness(station, 1)
        drafts = [
            Draft(f"desk:{desk.identity.desk}", "desk_renumbered", START, {"number": number}) for number in range(1, 90)
        ]
        with transaction(desk.connection):
            desk.projection.apply(desk.log.append(drafts, desk.identity.desk, epoch_ms(START)))
        assert settle(desk, station) is None
        assert tail(desk, take_in(desk)) is None

    def test_what_is_no_number_of_a_desk_is_not_held(self, station: Station) -> None:
        desk, other = station.desks[0], station.desks[1].identity.desk
        drafts = [
            Draft(f"desk:{desk.identity.desk}", "desk_renumbered", START, {"number": 0}),
            Draft(f"desk:{desk.identity.desk}", "desk_renumbered", START, {"number": "7"}),
            Draft(f"desk:{other}", "desk_renumbered", START, {"number": 8}),
        ]
        with transaction(desk.connection):
            desk.projection.apply(desk.log.append(drafts, desk.identity.desk, epoch_ms(START)))
        assert [one.number for one in holdings(desk)] == [1, 2, 3]


class TestOverflow:
    @pytest.mark.parametrize(("last", "given"), [(499, "0500"), (500, "110001"), (10_499, None)])
    def test_past_its_range_a_desk_goes_on_and_in_the_end_without_a_number(
        self, station: Station, last: int, given: str | None
    ) -> None:
        desk = station.desks[0]
        desk.connection.execute("INSERT INTO series VALUES (1, '261123', ?, 0)", (last,))
        assert tail(desk, take_in(desk)) == (given and f"261123-{given}")

    def test_an_official_number_maps_it_when_it_comes(self, station: Station) -> None:
        desk = station.desks[0]
        desk.connection.execute("INSERT INTO series VALUES (1, '261123', 500, 0)")
        dossier = take_in(desk)
        assert gap_report(desk, DAY).series[0].unmapped == ("110001",)
        act(desk, dossier, "official_number_given", number="H30.9-0042")
        assert gap_report(desk, DAY).series[0].unmapped == ()
        assert desk.queries.find("H30.9-0042") == desk.queries.find("110001") == dossier

    def test_an_official_number_is_one_dossiers_alone(self, station: Station) -> None:
        desk = station.desks[0]
        first, second, third = take_in(desk), take_in(desk), take_in(desk)
        act(desk, first, "official_number_given", number="H30.9-0042")
        for taken in ("H30.9-0042", f"{UNIT}-261123-0003"):
            assert act(desk, second, "official_number_given", number=taken).code == "official_number_taken"  # type: ignore[union-attr]
        act(desk, third, "voided", reason="x")
        assert isinstance(act(desk, second, "official_number_given", number=f"{UNIT}-261123-0003"), Done)
        assert isinstance(act(desk, first, "official_number_given", number="H30.9-0042"), Done), "said again"

    @pytest.mark.parametrize("spelled", ["h30.9-0042", "Mã-0042"])
    def test_one_number_in_other_capitals_is_asked_about_too(self, station: Station, spelled: str) -> None:
        one, other = station.desks[:2]
        for desk, number in ((one, spelled), (other, spelled.upper())):
            act(desk, take_in(desk), "official_number_given", number=number)
        station.sync(0, 1, 0)
        assert gap_report(one, DAY).questions == (("official", min(spelled, spelled.upper())),)
        assert [len(rows) for rows in given_twice(one)] == [2]

    def test_an_official_number_that_two_desks_gave_apart_is_asked_about(self, station: Station) -> None:
        one, other = station.desks[:2]
        for desk in (one, other):
            act(desk, take_in(desk), "official_number_given", number="H30.9-0042")
        assert gap_report(one, DAY).questions == ()
        station.sync(0, 1, 0)
        for desk in (one, other):
            assert gap_report(desk, DAY).questions == (("official", "H30.9-0042"),)
            ((later, earlier),) = given_twice(desk)
            assert [row.id for row in bears_too(desk, later)] == [earlier.id] and bears_too(desk, earlier) == [later]
            (line,) = [row for row in sync_rows(desk, desk.now()) if row.id == f"number {later.id}"]
            assert "H30.9-0042" in line.what and line.dossier and line.entity == later.id
        act(one, str(other.queries.find(f"{UNIT}-261123-0501")), "official_number_given", number="H30.9-0043")
        assert gap_report(one, DAY).questions == () and given_twice(one) == []


class TestClosedDays:
    def closings(self, desk: Desk) -> list[dict[str, object]]:
        own = desk.log.events_of(f"desk:{desk.identity.desk}")
        return [dict(event.body) for event in own if event.kind == "numbers_closed"]

    def test_a_day_is_closed_once_when_it_is_past(self, station: Station) -> None:
        desk = station.desks[1]
        first = take_in(desk)
        take_in(desk)
        done = desk.do(Undo(first, self.group(desk, first), desk.now()), officer_of(desk))
        assert isinstance(done, Done)
        assert close_days(desk) == 0
        at(desk, START + timedelta(days=1))
        assert (close_days(desk), close_days(desk)) == (1, 0)
        assert self.closings(desk) == [
            {
                "day": "2026-11-23", "number": 2, "used": 1, "last": 2, "unused": ["0503-1000"], "voided": ["0501"],
            }
        ]  # fmt: skip

    def group(self, desk: Desk, dossier: str) -> str:
        folded = desk.dossier(dossier)
        assert folded is not None
        return folded.events[0].event_id

    def test_a_paper_of_a_closed_day_opens_it_again(self, station: Station) -> None:
        desk = station.desks[1]
        take_in(desk)
        at(desk, START + timedelta(days=1))
        close_days(desk)
        late = taken_on(desk, START)
        assert tail(desk, late) == "261123-0502"
        assert close_days(desk) == 1
        assert [one["used"] for one in self.closings(desk)] == [1, 2]

    def test_what_an_event_says_already_is_not_said_again(self, station: Station) -> None:
        desk = station.desks[1]
        take_in(desk)
        at(desk, START + timedelta(days=1))
        close_days(desk)
        desk.connection.execute("UPDATE series SET closed = 0")
        assert close_days(desk) == 0 and len(self.closings(desk)) == 1

    def test_holes_that_a_copied_database_left_are_documented(self, station: Station) -> None:
        desk = station.desks[1]
        take_in(desk)
        desk.connection.execute("UPDATE series SET last = 4")
        take_in(desk)
        assert ("hole", "0502-0504") in gap_report(desk, DAY).questions
        at(desk, START + timedelta(days=1))
        close_days(desk)
        report = gap_report(desk, DAY)
        assert report.questions == () and report.series[0].unused == ("0502-0504",) and report.series[0].closed


class TestGapReport:
    def test_an_empty_day_has_nothing_to_tell(self, station: Station) -> None:
        report = gap_report(station.desks[0], DAY)
        assert (report.series, report.questions) == ((), ())

    def test_the_whole_station_is_reported_where_it_is_known(self, station: Station) -> None:
        for number, count in ((0, 2), (1, 1)):
            for _ in range(count):
                take_in(station.desks[number])
        station.sync(0, 1, 0)
        report = gap_report(station.desks[0], DAY)
        assert [(one.number, one.first, one.last, one.used, one.closed) for one in report.series] == [
            (1, "0001", "0002", 2, False),
            (2, "0501", "0501", 1, False),
        ]
        assert report.series[1].desks == (station.desks[1].identity.desk,)

    def test_what_nobody_explains_is_asked(self, station: Station) -> None:
        desk = station.desks[0]
        take_in(desk)
        desk.connection.execute("UPDATE series SET last = 0")
        take_in(desk)
        lost = lose_witness(station, 2)
        take_in(lost)
        station.sync(2, 0)
        assert gap_report(desk, DAY).questions == (("twice", "0001"), ("without", "1"))


def test_a_copied_back_database_regains_what_it_lost_and_stays_apart(station: Station, tmp_path: Path) -> None:
    take_in(station.desks[0])
    station.desks[0].close()
    shutil.copyfile(station.root / "d0" / "motcua.db", tmp_path / "kept.db")
    station.desks[0] = Desk.open(station.root / "d0")
    lost = [take_in(station.desks[0]) for _ in range(3)]
    station.sync(0)
    station.desks[0].close()
    for path in (station.root / "d0").glob("motcua.db*"):
        path.unlink()
    shutil.copyfile(tmp_path / "kept.db", station.root / "d0" / "motcua.db")
    desk = station.desks[0] = Desk.open(station.root / "d0")
    desk.connection.execute("UPDATE hub SET url = ?", (station.hub.url,))
    assert tail(desk, take_in(desk)) == "261123-0005"
    station.sync(0, 1, 2, 0)
    assert {tail(desk, one) for one in lost} == {"261123-0002", "261123-0003", "261123-0004"}
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])


def test_an_undo_voids_only_a_number_that_was_given(station: Station) -> None:
    desk = lose_witness(station, 0)
    dossier = take_in(desk)
    folded = desk.dossier(dossier)
    assert folded is not None
    done = desk.do(Undo(dossier, folded.events[0].event_id, desk.now()), officer_of(desk))
    assert isinstance(done, Done) and [event.kind for event in done.events] == ["undone"]


def test_nobody_gives_a_receipt_number_by_hand(station: Station) -> None:
    desk = lose_witness(station, 0)
    command = Act(take_in(desk), "receipt_number_given", desk.now(), {"number": "T48.99-261123-0009"})
    with pytest.raises(InvalidInput, match="kind_unknown"):
        desk.do(command, officer_of(desk))


@pytest.mark.parametrize("body", [{}, {"day": "2026-11-23"}, {"day": "2026-11-23", "number": 1, "last": "x"}])
def test_a_closing_that_says_nothing_explains_nothing(station: Station, body: dict[str, object]) -> None:
    """A desk that writes what no desk of this program would."""
    desk = station.desks[0]
    taken_on(desk, START)
    stranger = Stranger("nobody")
    stranger.write(f"desk:{stranger.desk}", "numbers_closed", body)
    stranger.write(f"desk:{stranger.desk}", "desk_enrolled", {"number": 1})
    stranger.write(f"desk:{stranger.desk}", "number_voided", {"number": 7})
    stranger.reach(desk)
    report = gap_report(desk, START.date())
    assert [one.closed for one in report.series] == [False] and report.questions == ()


def test_a_revoked_desk_claims_no_number(station: Station) -> None:
    """Found by history 572221: it and another desk made room for each other's claims for ever."""
    first, gone = station.desks[0], lose_witness(station, 1)
    own = gone.identity
    assert revoke_desk(first, officer_of(first), own.desk, own.epoch, 1) is None
    for _ in range(3):
        exchange(first, station.hub)
        exchange(gone, station.hub)
    state = gone.series.state()
    assert (state.wanted, state.claimed) == ("desk_revoked", False)
    assert "desk_renumbered" not in [event.kind for event in gone.log.events_of(f"desk:{own.desk}")]
    assert tail(gone, take_in(gone)) is None


def test_a_desk_that_knows_that_it_was_revoked_gives_no_number(station: Station) -> None:
    """Found by history 611545: another desk had its number by then, and both gave the same receipt number."""
    first, gone = station.desks[0], station.desks[1]
    assert tail(gone, take_in(gone)) is not None
    assert revoke_desk(first, officer_of(first), gone.identity.desk, gone.identity.epoch, 1) is None
    exchange(first, station.hub)
    exchange(gone, station.hub)
    assert tail(gone, take_in(gone)) is None
    assert gone.series.state().wanted == "desk_revoked"


def test_a_revoked_desk_takes_no_number_away(station: Station) -> None:
    """Whatever its clock says: what it writes from there on has no effect."""
    first, gone = station.desks[0], station.desks[1].identity
    head = first.log.heads()[gone.origin]
    assert revoke_desk(first, officer_of(first), gone.desk, gone.epoch, head.seq + 1) is None
    stranger = Stranger("nobody", gone.desk)
    body = {"number": first.identity.number, "reason": "no_witness"}
    stranger.write(f"desk:{gone.desk}", "desk_renumbered", body, epoch=gone.epoch, seq=head.seq + 1, hlc=1)
    (event,) = stranger.events
    event.hash = chain_hash(head.hash, event.header, event.digest)
    with transaction(first.connection):
        first.projection.apply(bodies(first.log.receive(gone.origin, [event], epoch_ms(START))))
    assert take_free_number(first, station.hub.url) is None
    assert first.series.state().wanted is None
