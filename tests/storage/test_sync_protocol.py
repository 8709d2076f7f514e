"""Batches and plans: pure functions over bytes and heads."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.record import NO_HASH, canonical
from storage.event_log import Origin, StoredEvent
from storage.keys import sign_public
from storage.sync.batch import BatchBroken, BatchHead, cut, pack, read_head, unpack
from storage.sync.protocol import Answer, Offer, answer, pull_plan
from tests.storage.sync_desks import Station, take_in

ORIGIN = Origin("01a205ea-be80-77f4-8bce-5f89fc40de24", 1)


def hash_at(seq: int, branch: str = "") -> bytes:
    """An invented chain; `branch` diverges after the fifth event."""
    return NO_HASH if seq == 0 else hashlib.sha256(f"{seq}{branch if seq > 5 else ''}".encode()).digest()


def offer(first: int, last: int, branch: str = "", before: str = "") -> Offer:
    head = BatchHead("s", ORIGIN, first, last - first + 1, hash_at(first - 1, before or branch), hash_at(last, branch))
    return Offer(f"{first:012}-{last}{branch}", head)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (offer(9, 12), Answer.OK),
        (offer(3, 8), Answer.DUPLICATE),
        (offer(1, 8), Answer.DUPLICATE),
        (offer(6, 12), Answer.TRIM),
        (offer(10, 12), Answer.GAP),
        (offer(9, 12, "x"), Answer.FORK),
        (offer(3, 8, "x"), Answer.FORK),
        (offer(7, 12, "x"), Answer.FORK),
    ],
)
def test_a_batch_is_placed_by_the_chain_up_to_eight(one: Offer, said: Answer) -> None:
    assert answer(one.head, 8, hash_at) is said


def test_the_longest_chain_is_pulled_whatever_the_order_of_the_offers() -> None:
    offers = [offer(1, 4), offer(5, 6), offer(5, 9), offer(7, 8), offer(9, 12), offer(10, 11)]
    for turned in (offers, offers[::-1]):
        plan = pull_plan(turned, 0, hash_at)
        assert [(one.head.first_seq, one.head.last) for one in plan.path] == [(1, 4), (5, 6), (7, 8), (9, 12)]
        assert (plan.forked, plan.top) == (False, 12)


def test_a_plan_stops_at_a_gap_and_still_tells_what_is_claimed() -> None:
    plan = pull_plan([offer(1, 4), offer(9, 12)], 0, hash_at)
    assert ([one.head.last for one in plan.path], plan.top) == ([4], 12)


def test_two_histories_under_one_name_are_a_fork() -> None:
    assert pull_plan([offer(6, 9, before="-"), offer(6, 9, "x", before="-")], 5, hash_at).forked
    assert pull_plan([offer(9, 10, "x")], 8, hash_at).forked
    assert not pull_plan([offer(6, 9), offer(6, 8)], 5, hash_at).forked


@pytest.fixture
def events(station: Station) -> list[StoredEvent]:
    desk = station.desks[0]
    for _ in range(3):
        take_in(desk)
    return desk.log.stored(desk.identity.origin, 0, 1000)


def signed(station: Station, events: list[StoredEvent], first: int = 1, prev: bytes = NO_HASH) -> BatchHead:
    identity, seal = station.desks[0].identity, station.desks[0].station_key()
    head = BatchHead(identity.station, identity.origin, first, len(events), prev, events[-1].hash, seal=seal)
    return head.sign(identity.sign_private)


def packed(station: Station, events: list[StoredEvent]) -> bytes:
    return pack(signed(station, events), events)


def test_a_batch_comes_back_as_it_went(station: Station, events: list[StoredEvent]) -> None:
    desk = station.desks[0]
    data = packed(station, events)
    batch = unpack(data, desk.keys())
    assert (batch.events, batch.sealed) == (events, b"")
    assert (batch.head.station, batch.head.origin) == (desk.identity.station, desk.identity.origin)
    assert batch.head.last == len(events)
    assert batch.head.signed_by(sign_public(desk.identity.sign_private))
    assert not batch.head.signed_by(sign_public(station.desks[1].identity.sign_private))
    assert packed(station, events) == data


def test_who_lacks_the_key_reads_the_chain_and_the_clear_kinds_alone(
    station: Station, events: list[StoredEvent]
) -> None:
    data = packed(station, events)
    assert b"Nguy" not in data
    batch = unpack(data, {})
    assert [one.hash for one in batch.events] == [one.hash for one in events]
    told = {one.event.kind for one in batch.events if one.body is not None}
    assert told == {"station_founded", "desk_enrolled", "catalogue_amended", "calendar_amended"}
    assert unpack(batch.sealed, station.desks[0].keys()).events == events
    with pytest.raises(BatchBroken):
        unpack(batch.sealed, {batch.head.seal: bytes(range(32))})


def test_a_version_1_batch_is_still_read(station: Station, events: list[StoredEvent]) -> None:
    head = replace(signed(station, events), proto=1, seal="").sign(station.desks[0].identity.sign_private)
    batch = unpack(pack(head, events), {})
    assert (batch.events, batch.head.proto) == (events, 1)


def test_a_destroyed_body_leaves_a_whole_batch(station: Station, events: list[StoredEvent]) -> None:
    one = events[-1]
    events[-1] = StoredEvent(one.header, one.digest, None, None, one.hash)
    found = unpack(packed(station, events), station.desks[0].keys()).events
    assert found[-1].body is None and found[-2].body is not None


def test_one_flipped_bit_anywhere_is_found(station: Station, events: list[StoredEvent]) -> None:
    short = pack(signed(station, events[-1:], len(events), events[-2].hash), events[-1:])
    assert read_head(short).n == 1
    for place in range(len(short)):
        altered = bytearray(short)
        altered[place] ^= 1 << place % 8
        with pytest.raises(BatchBroken):
            read_head(bytes(altered))


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_other_bytes_are_no_batch(data: bytes) -> None:
    for start in (b"", b"MOTCUAB\x01", b"MOTCUAB\x02"):
        with pytest.raises(BatchBroken):
            unpack(start + data, {})


def test_a_torn_file_is_found_at_every_length(station: Station, events: list[StoredEvent]) -> None:
    data = packed(station, events)
    for length in range(0, len(data), 97):
        with pytest.raises(BatchBroken):
            read_head(data[:length])


def group(size: int, body: int = 10) -> list[StoredEvent]:
    head = {
        "at": "2026-11-23T08:00:00+07:00",
        "by": "",
        "desk": "",
        "entity": "",
        "epoch": 1,
        "hlc": 1,
        "id": "",
        "kind": "",
        "parents": [],
    }
    headers = [canonical({**head, "group": [at, size], "seq": 1, "unit": "", "v": 1}) for at in range(size)]
    return [StoredEvent(header, b"", b"", b'{"x":"%s"}' % (b"x" * body), b"") for header in headers]


def test_batches_end_with_a_command() -> None:
    three = group(2) + group(3) + group(1)
    assert cut(three) == 6
    assert cut(three, most=4) == 2
    assert cut(three, most=5) == 5
    assert cut(group(9) + group(1), most=4) == 9
    assert cut(group(1, 3000) + group(1, 3000), most_bytes=4000) == 1
    assert cut(group(3)[:2]) == 0
