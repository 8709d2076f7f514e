"""Rows 1–7, 26, 27 and 46: what may happen between a desk and a hub."""

from __future__ import annotations

import shutil

import pytest

from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import Answer
from tests.faults.lines import Air, Weather
from tests.faults.rows import at_rest, code, line_of, over, until_no_call_is_left
from tests.storage.sync_desks import Station, act, take_in


def pushes(station: Station, number: int, commands: int = 1) -> Air:
    """What the desk pushes in an exchange after some work."""
    air = Air()
    for _ in range(commands):
        take_in(station.desks[number])
        assert code(over(station, number, line_of(station, air=air))) is None
    return air


def own_head(station: Station, number: int) -> int:
    desk = station.desks[number]
    return station.hub.heads(desk.identity.station, {})[desk.identity.origin].head.seq


def test_row_01_a_lost_request_is_made_again(station: Station) -> None:
    take_in(station.desks[1])
    station.sync(1)
    reports = until_no_call_is_left(station, 0, "request_lost", lambda: take_in(station.desks[0]))
    assert len(reports) > 3 and {code(report) for report in reports[:-1]} == {"hub_unreachable"}
    assert code(reports[-1]) is None
    at_rest(station)


def test_row_02_of_a_push_whose_answer_was_lost_the_hub_says_that_it_has_it(station: Station) -> None:
    take_in(station.desks[0])
    air = Air()
    report = over(station, 0, line_of(station, air=air, ack_lost=1))
    assert report is not None and code(report) == "hub_unreachable" and report.pending > 0
    assert station.hub.push(*air.seen[-1]) is Answer.DUPLICATE
    again = station.sync(0)[0]
    assert (again.error, again.sent, again.pending) == (None, 0, 0)
    at_rest(station)


def test_row_03_a_push_that_a_proxy_sent_twice_counts_once(station: Station) -> None:
    reports = until_no_call_is_left(station, 0, "push_duplicated", lambda: take_in(station.desks[0]))
    assert len(reports) > 1 and {code(report) for report in reports} == {None}
    at_rest(station)


def test_row_04_a_later_batch_that_comes_first_finds_a_gap_and_is_sent_again(station: Station) -> None:
    apart = FolderHub(station.root / "apart")
    apart.create()
    shutil.copytree(station.root / "hub", station.root / "apart", dirs_exist_ok=True)
    air = pushes(station, 0, commands=2)
    first, second = air.seen
    assert [apart.push(*second), apart.push(*second)] == [Answer.GAP, Answer.GAP]
    assert [apart.push(*first), apart.push(*second)] == [Answer.OK, Answer.OK]
    reports = until_no_call_is_left(station, 0, "push_delayed", lambda: take_in(station.desks[0]))
    assert code(reports[0]) == "hub_unreachable"
    at_rest(station)


def test_row_05_a_stale_batch_that_comes_after_newer_ones_moves_nothing_back(station: Station) -> None:
    air = pushes(station, 0, commands=3)
    head, files = own_head(station, 0), {path: path.read_bytes() for path in station.files()}
    for station_id, batch, data in reversed(air.seen):
        assert station.hub.push(station_id, batch, data) is Answer.DUPLICATE
    assert own_head(station, 0) == head
    assert {path: path.read_bytes() for path in station.files()} == files
    at_rest(station)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_row_06_of_a_batch_that_was_cut_off_nothing_is_stored(station: Station, share: float) -> None:
    pushes(station, 0)
    before = station.desks[1].log.heads()

    class Cut(type(station.hub)):
        def fetch(self, offer):
            data = super().fetch(offer)
            return data[: int(len(data) * share)]

    report = exchange(station.desks[1], Cut(station.root / "hub"))
    assert (code(report), report.received) == ("batch_damaged", 0)
    assert station.desks[1].log.heads() == before
    at_rest(station)


def test_row_07_a_bit_that_flips_on_the_way_is_noticed_and_the_batch_fetched_again(station: Station) -> None:
    pushes(station, 0)
    before = station.desks[1].log.heads()
    offer = station.hub.offers(station.desks[0].identity.station, station.desks[0].identity.origin, 0).batches[-1]
    size = len(station.hub.fetch(offer))

    class Flipping(type(station.hub)):
        place = 0

        def fetch(self, offer):
            altered = bytearray(super().fetch(offer))
            altered[Flipping.place] ^= 1 << Flipping.place % 8
            return bytes(altered)

    for place in range(0, size, 41):
        Flipping.place = place
        report = exchange(station.desks[1], Flipping(station.root / "hub"))
        assert (code(report), report.received) == ("batch_damaged", 0), place
    assert station.desks[1].log.heads() == before
    at_rest(station)


def test_row_26_over_a_flapping_link_every_exchange_that_reaches_a_batch_keeps_it(station: Station) -> None:
    pushes(station, 0, commands=8)
    pushes(station, 2, commands=8)
    received = []
    for _ in range(40):
        report = over(station, 1, line_of(station, Weather(calls_left=6)))
        assert report is not None
        received.append(report.received)
        if report.behind == 0 and report.error is None:
            break
    assert sum(received) >= 16 and max(received) < 16
    at_rest(station)


def test_row_27_what_can_be_pulled_comes_though_nothing_can_be_pushed(station: Station) -> None:
    pushes(station, 0)
    mine = take_in(station.desks[1])
    report = over(station, 1, line_of(station, Weather("pull_only")))
    assert report is not None and code(report) == "hub_unreachable"
    assert report.received > 0 and report.pending > 0
    at_rest(station)
    assert station.desks[0].dossier(mine) is not None


def test_row_27_what_can_be_pushed_goes_though_nothing_can_be_pulled(station: Station) -> None:
    theirs = take_in(station.desks[0])
    station.sync(0)
    mine = take_in(station.desks[1])
    report = over(station, 1, line_of(station, Weather("push_only")))
    assert report is not None and code(report) == "hub_unreachable"
    assert (report.received, report.pending) == (0, 0) and report.sent > 0
    station.sync(0)
    assert station.desks[0].dossier(mine) is not None and station.desks[1].dossier(theirs) is None
    at_rest(station)


@pytest.mark.parametrize("kind", ["crash_before_call", "crash_after_call"])
def test_row_46_an_exchange_that_was_broken_off_at_any_call_is_taken_up_again(station: Station, kind: str) -> None:
    dossier = take_in(station.desks[1])
    station.sync(1)
    reports = until_no_call_is_left(station, 0, kind, lambda: act(station.desks[0], dossier, "noted", text="gọi lại"))
    assert len(reports) > 3 and set(map(code, reports)) == {None} and reports[0] is None
    last = reports[-1]
    assert last is not None and (last.pending, last.behind) == (0, 0)
    at_rest(station)
