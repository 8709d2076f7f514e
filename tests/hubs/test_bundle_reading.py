"""The reading half of the suite for a bundle: it answers as a folder does that holds the same batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.record import NO_HASH
from storage.event_log import Head, Origin
from storage.keys import seal_public
from storage.sync.batch import pack_compact, unpack
from storage.sync.bundle_file import Manifest, payload_of, spans_of, write_part
from storage.sync.bundle_hub import BundleHub, part_path
from storage.sync.protocol import Hub
from tests.hubs.chains import OTHER, STATION, Chain
from tests.hubs.places import FolderPlace

CHAIN, LATER = Chain(), Chain(epoch=2, branch="later")
BATCHES = [(CHAIN, first, first + 2) for first in range(1, 31, 3)] + [(LATER, 1, 4), (LATER, 5, 9)]
KEY = bytes(range(32, 64))
"""The private half of the key that the chains' batches are sealed to."""


def written(path: Path, batches: list[tuple[Chain, int, int]], parts: int) -> None:
    """A bundle of these batches, dealt out to so many files."""
    size = -(-len(batches) // parts)
    for number in range(parts):
        chosen = [chain.batch(first, last) for chain, first, last in batches[number * size : (number + 1) * size]]
        opened = [unpack(data, {seal_public(KEY).hex(): KEY}) for _, data in chosen]
        payload = payload_of(pack_compact(one.head, one.events) for one in opened)
        events = sum(head.n for head, _ in chosen)
        manifest = Manifest(
            "b", number + 1, parts, STATION, CHAIN.desk, 1, "2026-11-23T08:00:00+07:00", "", events, (),
            spans_of(head for head, _ in chosen), ("", "", ""), hashlib.sha256(payload).hexdigest(),
        )  # fmt: skip
        path_of = part_path(path, number + 1)
        path_of.write_bytes(write_part(manifest, payload, bytes(range(32)), [seal_public(KEY)]))


@pytest.fixture(params=[1, 4])
def bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Hub:
    written(tmp_path / "f", BATCHES, request.param)
    return BundleHub(tmp_path / "f", [KEY])


@pytest.fixture
def folder() -> Iterator[Hub]:
    place = FolderPlace()
    hub = place.open()
    for chain, first, last in BATCHES:
        hub.push(STATION, *chain.batch(first, last))
    yield hub
    place.close()


def spans(hub: Hub, origin: Origin, after: int) -> list[tuple[int, int]]:
    heads = [offer.head for offer in hub.offers(STATION, origin, after).batches]
    return sorted((head.first_seq, head.last) for head in heads if head.last > after)


def test_stations_and_heads_are_the_same(bundle: Hub, folder: Hub) -> None:
    assert bundle.stations() == folder.stations() == [STATION]
    for held in (
        {},
        {CHAIN.origin: Head(30, CHAIN.hash_at(30))},
        {CHAIN.origin: Head(8, CHAIN.hash_at(8)), LATER.origin: Head(4, LATER.hash_at(4))},
        {CHAIN.origin: Head(40, NO_HASH)},
    ):
        assert bundle.heads(STATION, held) == folder.heads(STATION, held)
    assert bundle.heads(OTHER, {}) == folder.heads(OTHER, {}) == {}


def test_offers_begin_where_the_asker_stands(bundle: Hub, folder: Hub) -> None:
    for origin in (CHAIN.origin, LATER.origin, Origin(CHAIN.desk, 3)):
        for after in (0, 1, 3, 4, 17, 29, 30, 99):
            assert spans(bundle, origin, after) == spans(folder, origin, after)
    assert bundle.offers(OTHER, CHAIN.origin, 0).batches == ()


def test_every_batch_comes_back_with_the_same_events_in_any_order(bundle: Hub) -> None:
    offers = [one for chain in (CHAIN, LATER) for one in bundle.offers(STATION, chain.origin, 0).batches]
    for offer in (*offers, *reversed(offers), *offers[::3]):
        chain = CHAIN if offer.head.origin == CHAIN.origin else LATER
        head, data = chain.batch(offer.head.first_seq, offer.head.last)
        found, known = unpack(bundle.fetch(offer), {}), unpack(data, {seal_public(KEY).hex(): KEY})
        assert (found.head, found.events, offer.head) == (head, known.events, head)


def test_blobs_and_clock_are_those_of_an_empty_place(bundle: Hub, folder: Hub) -> None:
    assert (bundle.blobs(STATION, ""), bundle.get_blob(STATION, "join-a"), bundle.now()) == ([], None, None)
    assert bundle.durable_after() == folder.durable_after()


def test_a_bundle_out_of_reach_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        BundleHub(tmp_path / "gone", [KEY])
    assert (raised.value.code, raised.value.params) == ("bundle_unreadable", {"file": "gone"})


def test_a_bundle_that_lost_a_file_offers_the_rest(tmp_path: Path) -> None:
    written(tmp_path / "f", BATCHES, 4)
    part_path(tmp_path / "f", 2).unlink()
    hub = BundleHub(tmp_path / "f", [KEY])
    assert hub.missing == [2]
    assert hub.heads(STATION, {})[CHAIN.origin].head == Head(9, CHAIN.hash_at(9))
    assert hub.heads(STATION, {})[CHAIN.origin].claimed == 30
