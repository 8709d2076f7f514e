"""Batches and plans: pure functions over bytes and heads."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.record import NO_HASH
from storage.event_log import Origin, StoredEvent
from storage.keys import sign_public
from storage.sync.batch import BatchBroken, BatchHead, cut, pack, read_head, unpack
from storage.sync.protocol import Answer, Offer, answer, contiguous, missing_span, pull_plan
from tests.storage.sync_desks import Station, take_in

ORIGIN = Origin("01a205ea-be80-77f4-8bce-5f89fc40de24", 1)


def hash_at(seq: int, branch: str = "") -> bytes:
    """An invented chain; `branch` diverges after the fifth event."""
    return NO_HASH if seq == 0 else hashlib.sha256(f"{seq}{branch if seq > 5 else ''}".encode()).digest()


def offer(first: int, last: int, branch: str = "", before: str = "") -> Offer:
    head = BatchHead(
        "s", ORIGIN, first, last - first + 1, hash_at(first - 1, before or branch), hash_at(last, branch), b""
    )
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


@pytest.mark.parametrize(
    ("firsts", "covered", "offered", "span"),
    [
        ([], [], 0, (1, 20)),
        ([], [], 8, (1, 8)),
        ([1], [(1, 8)], 8, (9, 20)),
        ([1, 9], [(1, 8), (9, 20)], 20, None),
        ([1, 9], [(9, 20)], 20, (1, 8)),  # the first one is torn: the same border again
        ([1, 9], [(1, 8)], 20, (9, 20)),
        ([1, 9, 13], [(1, 8), (13, 20)], 0, (9, 12)),
        ([1, 9], [(1, 12)], 0, (9, 20)),  # a torn file stands in the way of who has eight
        ([1, 9], [(1, 20), (9, 12)], 20, (13, 20)),  # one that came back stands in the way of who has twelve
    ],
)
def test_what_a_hub_lacks(
    firsts: list[int], covered: list[tuple[int, int]], offered: int, span: tuple[int, int] | None
) -> None:
    assert missing_span(firsts, covered, 20, offered) == span


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9), st.booleans())), st.integers(0, 30))
def test_after_filling_every_reader_gets_on_from_wherever_it_stands(
    files: list[tuple[int, int, bool]], offered: int
) -> None:
    firsts = [first for first, _, _ in files]
    covered = [(first, min(30, first + more)) for first, more, good in files if good]
    for _ in range(100):
        span = missing_span(firsts, covered, 30, offered)
        if span is None:
            break
        firsts.append(span[0])
        covered.append(span)
    assert contiguous(covered) == 30
    for place in range(30):
        begin = max(first for first in firsts if first <= place + 1)
        assert max(last for first, last in covered if first == begin) > place


@pytest.fixture
def events(station: Station) -> list[StoredEvent]:
    desk = station.desks[0]
    for _ in range(3):
        take_in(desk)
    return desk.log.stored(desk.identity.origin, 0, 1000)


def packed(station: Station, events: list[StoredEvent]) -> bytes:
    identity = station.desks[0].identity
    return pack(identity.station, identity.origin, 1, NO_HASH, events, identity.sign_private)


def test_a_batch_comes_back_as_it_went(station: Station, events: list[StoredEvent]) -> None:
    identity = station.desks[0].identity
    data = packed(station, events)
    head, found = unpack(data)
    assert found == events
    assert (head.station, head.origin, head.last) == (identity.station, identity.origin, len(events))
    assert head.signed_by(sign_public(identity.sign_private))
    assert not head.signed_by(sign_public(station.desks[1].identity.sign_private))
    assert packed(station, events) == data


def test_a_destroyed_body_leaves_a_whole_batch(station: Station, events: list[StoredEvent]) -> None:
    one = events[-1]
    events[-1] = StoredEvent(one.header, one.digest, None, None, one.hash)
    assert unpack(packed(station, events))[1][-1].body is None


def test_one_flipped_bit_anywhere_is_found(station: Station, events: list[StoredEvent]) -> None:
    data = packed(station, events[-1:])
    identity = station.desks[0].identity
    short = pack(identity.station, identity.origin, len(events), events[-2].hash, events[-1:], identity.sign_private)
    assert read_head(short).n == 1 and len(short) < len(data) + 500
    for place in range(len(short)):
        altered = bytearray(short)
        altered[place] ^= 1 << place % 8
        with pytest.raises(BatchBroken):
            read_head(bytes(altered))


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_other_bytes_are_no_batch(data: bytes) -> None:
    with pytest.raises(BatchBroken):
        unpack(data)
    with pytest.raises(BatchBroken):
        unpack(b"MOTCUAB\x01" + data)


def test_a_torn_file_is_found_at_every_length(station: Station, events: list[StoredEvent]) -> None:
    data = packed(station, events)
    for length in range(0, len(data), 97):
        with pytest.raises(BatchBroken):
            read_head(data[:length])


def group(size: int, body: int = 10) -> list[StoredEvent]:
    return [StoredEvent(b'{"group":[%d,%d]}' % (at, size), b"", b"", b"x" * body, b"") for at in range(size)]


def test_batches_end_with_a_command() -> None:
    three = group(2) + group(3) + group(1)
    assert cut(three) == 6
    assert cut(three, most=4) == 2
    assert cut(three, most=5) == 5
    assert cut(group(9) + group(1), most=4) == 9
    assert cut(group(1, 3000) + group(1, 3000), most_bytes=4000) == 1
    assert cut(group(3)[:2]) == 0
