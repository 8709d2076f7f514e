"""The one suite that every hub passes: a new kind of hub gets a `Place` and a line in `place`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.record import NO_HASH
from storage.event_log import Head
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import DURABLE_AFTER_S, Answer, Hub, Reach
from tests.hubs.chains import OTHER, STATION, Chain
from tests.hubs.places import FolderPlace, MemoryPlace, Place, PostgresPlace

CHAIN = Chain()
CLONE = Chain(branch="clone", since=5)
LARGE = 8 * 1024 * 1024


@pytest.fixture(params=["folder", "memory", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "folder":
        made: Place = FolderPlace()
    elif request.param == "memory":
        made = MemoryPlace()
    else:
        made = PostgresPlace(request.getfixturevalue("database"))
    yield made
    made.close()


def push(hub: Hub, first: int, last: int, chain: Chain = CHAIN) -> Answer:
    return hub.push(chain.station, *chain.batch(first, last))


def reach(hub: Hub, chain: Chain = CHAIN, station: str = STATION) -> tuple[int, bytes]:
    found = hub.heads(station, {}).get(chain.origin, Reach(Head(0, NO_HASH), 0))
    return found.head.seq, found.head.hash


def spans(hub: Hub, after: int = 0, chain: Chain = CHAIN) -> list[tuple[int, int]]:
    offers = hub.offers(chain.station, chain.origin, after)
    assert offers.damaged == ()
    return sorted((one.head.first_seq, one.head.last) for one in offers.batches)


def code(raised: pytest.ExceptionInfo[InvalidInput]) -> str:
    return raised.value.code


def test_a_new_hub_holds_nothing(place: Place) -> None:
    hub = place.open()
    assert (hub.stations(), hub.heads(STATION, {}), spans(hub), hub.blobs(STATION, "")) == ([], {}, [], [])
    assert hub.durable_after() == DURABLE_AFTER_S


def test_making_it_ready_again_changes_nothing_but_what_is_said(place: Place) -> None:
    hub = place.open()
    push(hub, 1, 5)
    hub.create(durable_after=3600)
    hub.create()
    assert (place.open().durable_after(), reach(hub)[0]) == (3600, 5)


def test_batches_follow_each_other_and_move_the_head(place: Place) -> None:
    hub = place.open()
    assert [push(hub, 1, 5), push(hub, 6, 6), push(hub, 7, 12)] == [Answer.OK] * 3
    assert reach(place.open()) == (12, CHAIN.hash_at(12))
    assert hub.stations() == [STATION]


@pytest.mark.parametrize(
    ("first", "last", "chain", "said"),
    [
        (1, 5, CHAIN, Answer.DUPLICATE),
        (6, 10, CHAIN, Answer.DUPLICATE),
        (11, 15, CHAIN, Answer.OK),
        (12, 15, CHAIN, Answer.GAP),
        (40, 41, CHAIN, Answer.GAP),
        (6, 15, CHAIN, Answer.TRIM),
        (1, 15, CHAIN, Answer.TRIM),
        (6, 10, CLONE, Answer.FORK),
        (6, 15, CLONE, Answer.TRIM),
        (11, 15, CLONE, Answer.FORK),
        (1, 10, CLONE, Answer.FORK),
        (1, 5, Chain(branch="another"), Answer.FORK),
    ],
)
def test_a_batch_is_placed_by_the_chain_that_is_held(
    place: Place, first: int, last: int, chain: Chain, said: Answer
) -> None:
    hub = place.open()
    push(hub, 1, 5)
    push(hub, 6, 10)
    assert push(hub, first, last, chain) is said
    ahead = said is Answer.OK
    assert reach(hub) == (15 if ahead else 10, CHAIN.hash_at(15 if ahead else 10))
    assert spans(hub) == [(1, 5), (6, 10)] + [(11, 15)] * ahead


def test_a_chain_has_to_begin_at_its_beginning(place: Place) -> None:
    hub = place.open()
    assert push(hub, 6, 10) is Answer.GAP
    assert (reach(hub)[0], spans(hub)) == (0, [])


def test_a_delayed_batch_never_moves_the_head_back(place: Place) -> None:
    hub = place.open()
    for first in (1, 4, 7):
        push(hub, first, first + 2)
    for first in (7, 1, 4, 1):
        assert push(place.open(), first, first + 2) is Answer.DUPLICATE
    assert reach(hub) == (9, CHAIN.hash_at(9))


@pytest.mark.parametrize("rounds", [8])
def test_of_two_who_push_at_once_one_moves_the_head(place: Place, rounds: int) -> None:
    hubs = [place.open(), place.open()]
    for turn in range(rounds):
        first, said = turn * 3 + 1, list[str]()
        gate = threading.Barrier(2)

        def one(hub: Hub, first: int = first, said: list[str] = said, gate: threading.Barrier = gate) -> None:
            batch = CHAIN.batch(first, first + 2)
            gate.wait()
            try:
                said.append(hub.push(STATION, *batch))
            except InvalidInput as error:
                said.append(error.code)

        threads = [threading.Thread(target=one, args=(hub,)) for hub in hubs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Answer.OK in said and set(said) <= {Answer.OK, Answer.DUPLICATE}
        assert reach(hubs[0]) == (first + 2, CHAIN.hash_at(first + 2))
    assert spans(hubs[0]) == [(turn * 3 + 1, turn * 3 + 3) for turn in range(rounds)]


def test_a_push_whose_answer_was_lost_is_said_again_with_the_same_end(place: Place) -> None:
    push(place.open(), 1, 5)
    assert push(place.open(), 1, 5) is Answer.DUPLICATE
    assert spans(place.open()) == [(1, 5)]


def test_offers_begin_where_the_asker_stands_and_give_the_same_bytes_back(place: Place) -> None:
    hub = place.open()
    borders = [(first, first + 2) for first in range(1, 31, 3)]
    for first, last in borders:
        push(hub, first, last)
    assert spans(hub) == borders
    for after in (0, 1, 3, 4, 17, 29):
        assert [one for one in spans(hub, after) if one[1] > after] == [one for one in borders if one[1] > after]
    offers = sorted(hub.offers(STATION, CHAIN.origin, 9).batches, key=lambda one: one.head.first_seq)
    for offer in (*offers, *reversed(offers)):
        assert (offer.head, hub.fetch(offer)) == CHAIN.batch(offer.head.first_seq, offer.head.last)


@pytest.mark.parametrize("later", [b"torn", CLONE.batch(9, 10)[1]], ids=["torn", "another line"])
def test_a_folder_offers_what_reaches_past_a_file_that_begins_later(tmp_path: Path, later: bytes) -> None:
    hub = FolderHub(tmp_path)
    for first, last in ((1, 3), (4, 12)):
        push(hub, first, last)
    (file,) = tmp_path.rglob("*4.batch")
    file.with_name("000000000009.batch").write_bytes(later)
    found = hub.offers(STATION, CHAIN.origin, 8).batches
    assert (found[0].head.first_seq, found[0].head.last) == (4, 12)


def test_a_batch_is_written_again_without_a_destroyed_body(place: Place) -> None:
    hub = place.open()
    for first in (1, 4, 7):
        push(hub, first, first + 2)
    head, data = CHAIN.batch(4, 6, destroyed=5)
    offer = next(one for one in hub.offers(STATION, CHAIN.origin, 3).batches if one.head.first_seq == 4)
    hub.rewrite(STATION, offer, data)
    for again in (hub, place.open()):
        assert (reach(again), spans(again)) == ((9, CHAIN.hash_at(9)), [(1, 3), (4, 6), (7, 9)])
        offers = sorted(again.offers(STATION, CHAIN.origin, 0).batches, key=lambda one: one.head.first_seq)
        assert [one.head for one in offers] == [CHAIN.batch(first, first + 2)[0] for first in (1, 4, 7)]
        assert [again.fetch(one) == data for one in offers] == [False, True, False]
    assert head == offer.head and push(hub, 4, 6) is Answer.DUPLICATE
    assert hub.fetch(offer) == data, "who still has the body does not bring it back"


def test_origins_and_stations_stay_apart(place: Place) -> None:
    hub = place.open()
    later, elsewhere = Chain(epoch=2, branch="later"), Chain(station=OTHER, branch="elsewhere")
    for chain in (CHAIN, later, elsewhere):
        assert push(hub, 1, 4, chain) is Answer.OK
    push(hub, 5, 9, later)
    hub.put_blob(STATION, "join-a", b"one")
    hub.put_blob(OTHER, "join-a", b"two")
    assert sorted(hub.stations()) == [STATION, OTHER]
    assert {origin.epoch: one.head.seq for origin, one in hub.heads(STATION, {}).items()} == {1: 4, 2: 9}
    assert reach(hub, elsewhere, OTHER) == (4, elsewhere.hash_at(4))
    assert (hub.get_blob(STATION, "join-a"), hub.get_blob(OTHER, "join-a")) == (b"one", b"two")
    hub.delete_blob(STATION, "join-a")
    assert (hub.blobs(STATION, ""), hub.blobs(OTHER, "")) == ([], ["join-a"])


def test_a_batch_larger_than_any_limit_is_held(place: Place) -> None:
    hub = place.open()
    head, data = CHAIN.batch(1, 3)
    hub.push(STATION, head, data)
    chain = Chain(epoch=7)
    assert push(hub, 1, 6000, chain) is Answer.OK
    (offer,) = hub.offers(STATION, chain.origin, 0).batches
    assert hub.fetch(offer) == chain.batch(1, 6000)[1]


def test_blobs_are_kept_by_name(place: Place) -> None:
    hub = place.open()
    assert hub.get_blob(STATION, "join-a") is None
    hub.delete_blob(STATION, "join-a")
    for name in ("snapshot-0002", "snapshot-0001", "join-a", "join_b"):
        hub.put_blob(STATION, name, name.encode())
    assert place.open().blobs(STATION, "snapshot-") == ["snapshot-0001", "snapshot-0002"]
    assert place.open().blobs(STATION, "join_") == ["join_b"]
    hub.put_blob(STATION, "join-a", b"")
    assert place.open().get_blob(STATION, "join-a") == b""
    hub.delete_blob(STATION, "join-a")
    assert (hub.get_blob(STATION, "join-a"), hub.blobs(STATION, "join")) == (None, ["join_b"])


def test_a_blob_of_eight_megabytes_comes_back(place: Place) -> None:
    content = bytes(range(256)) * (LARGE // 256)
    place.open().put_blob(STATION, "snapshot-0001", content)
    assert place.open().get_blob(STATION, "snapshot-0001") == content


def test_a_hub_with_a_clock_tells_the_time(place: Place) -> None:
    told = place.open().now()
    assert (told is not None) == place.has_clock
    if told is not None:
        assert told.utcoffset() is not None and abs(told - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_hub_out_of_reach_is_named_and_nothing_else_is_said(place: Place) -> None:
    hub = place.out_of_reach()
    head, data = CHAIN.batch(1, 3)
    for ask in (
        lambda: hub.stations(),
        lambda: hub.heads(STATION, {}),
        lambda: hub.offers(STATION, CHAIN.origin, 0),
        lambda: hub.push(STATION, head, data),
        lambda: hub.put_blob(STATION, "join-a", b""),
        lambda: hub.get_blob(STATION, "join-a"),
        lambda: hub.blobs(STATION, ""),
    ):
        with pytest.raises(InvalidInput) as raised:
            ask()
        assert code(raised) == "hub_unreachable"
        assert raised.value.params == {"url": hub.url}


def test_a_hub_that_takes_nothing_is_read_all_the_same(place: Place) -> None:
    push(place.open(), 1, 5)
    place.open().put_blob(STATION, "join-a", b"here")
    batch = CHAIN.batch(6, 9)
    with place.read_only() as hub:
        assert reach(hub) == (5, CHAIN.hash_at(5))
        assert hub.get_blob(STATION, "join-a") == b"here"
        for write in (
            lambda: hub.push(STATION, *batch),
            lambda: hub.put_blob(STATION, "join-b", b""),
            lambda: hub.delete_blob(STATION, "join-a"),
            lambda: hub.rewrite(STATION, hub.offers(STATION, CHAIN.origin, 0).batches[0], CHAIN.batch(1, 5, 2)[1]),
        ):
            with pytest.raises(InvalidInput) as raised:
                write()
            assert code(raised) == "hub_read_only"
    assert push(place.open(), 6, 9) is Answer.OK


def test_a_batch_that_a_hub_lost_is_put_back(place: Place) -> None:
    hub = place.open()
    for first in (1, 4, 7):
        push(hub, first, first + 2)
    place.lose(CHAIN, 4)
    assert reach(place.open()) == (3, CHAIN.hash_at(3))
    assert push(hub, 4, 6) is Answer.OK
    assert (reach(place.open()), spans(hub)) == ((9, CHAIN.hash_at(9)), [(1, 3), (4, 6), (7, 9)])


def test_a_spoilt_batch_is_mended_by_whoever_pushes_it_again(place: Place) -> None:
    hub = place.open()
    for first in (1, 4, 7):
        push(hub, first, first + 2)
    place.spoil(CHAIN, 4)
    assert reach(place.open()) == (3, CHAIN.hash_at(3))
    assert push(hub, 4, 6) in (Answer.OK, Answer.DUPLICATE)
    offer = next(one for one in hub.offers(STATION, CHAIN.origin, 3).batches if one.head.first_seq == 4)
    assert hub.fetch(offer) == CHAIN.batch(4, 6)[1]
    assert reach(place.open()) == (9, CHAIN.hash_at(9))
