"""Events as bytes: canonical bodies, the salted chain, clocks and ids."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.moments import LEGAL_TIME
from core.record import (
    NO_HASH,
    Event,
    body_hash,
    canonical,
    chain_hash,
    header_bytes,
    next_hlc,
    read_event,
    salt_for,
)
from storage.event_log import uuid7

AT = datetime(2026, 5, 21, 9, 30, 15, tzinfo=LEGAL_TIME)
EVENT = Event(
    "id-1", "dossier-1", "noted", 1, AT, "o1", "H30", "d1", 2, 7, 99 << 16 | 3, ("p1", "p2"), (1, 3), {"text": "ghi"}
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def chain(bodies: list[bytes]) -> list[bytes]:
    hashes, previous = [], NO_HASH
    for number, body in enumerate(bodies):
        previous = chain_hash(previous, f"header {number}".encode(), body_hash(b"salt" * 4, body))
        hashes.append(previous)
    return hashes


@given(BODIES)
def test_canonical_is_one_spelling_of_a_body(body: object) -> None:
    stored = canonical(body)
    assert canonical(json.loads(stored)) == stored
    assert unicodedata.is_normalized("NFC", stored.decode())


def test_canonical_sorts_keys_writes_no_blanks_and_composes() -> None:
    assert canonical({"b": 1, "a": ["x", None]}) == b'{"a":["x",null],"b":1}'
    assert canonical("Đào".replace("à", "a\u0300")) == '"Đào"'.encode()


@pytest.mark.parametrize("body", [1.5, {"a": [1.0]}, {"a": {"b": float("nan")}}, ({"x": 2.5},)])
def test_a_float_is_refused_wherever_it_hides(body: object) -> None:
    with pytest.raises(TypeError, match="decimal string"):
        canonical(body)


def test_a_header_reads_back_as_it_was_written() -> None:
    assert read_event(header_bytes(EVENT), canonical(EVENT.body)) == EVENT
    assert b"ghi" not in header_bytes(EVENT)


def test_a_destroyed_body_leaves_its_header_readable_and_its_chain_whole() -> None:
    gone = read_event(header_bytes(EVENT), None)
    assert gone.destroyed and gone.body == {}
    assert header_bytes(gone) == header_bytes(EVENT)


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=2, max_size=6), st.data())
def test_any_changed_byte_breaks_the_chain_from_there_on(bodies: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(bodies) - 1))
    byte = data.draw(st.integers(0, len(bodies[place]) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(bodies[place])
    changed[byte] ^= 1 << bit
    whole, broken = chain(bodies), chain([*bodies[:place], bytes(changed), *bodies[place + 1 :]])
    assert whole[:place] == broken[:place]
    assert all(one != other for one, other in zip(whole[place:], broken[place:], strict=True))


def test_a_salt_depends_on_secret_and_event() -> None:
    salts = {salt_for(secret, event) for secret in (b"a" * 32, b"b" * 32) for event in ("e1", "e2")}
    assert len(salts) == 4
    assert all(len(salt) == 16 for salt in salts)


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=30))
def test_the_clock_never_goes_back_whatever_the_machine_says(times: list[int]) -> None:
    last = 0
    for now in times:
        after = next_hlc(last, now)
        assert after > last
        assert after >> 16 >= now
        last = after


def test_the_counter_overflows_into_the_next_millisecond() -> None:
    full = 1000 << 16 | 0xFFFF
    assert next_hlc(full, 1000) == 1001 << 16
    assert next_hlc(full, 5000) == 5000 << 16


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [uuid7(1_779_000_000_000 + step, os.urandom) for step in range(200)]
    assert ids == sorted(ids)
    assert all(one[14] == "7" and one[19] in "89ab" and len(one) == 36 for one in ids)
    assert len({uuid7(5, os.urandom) for _ in range(100)}) == 100


def test_a_moment_keeps_its_offset_and_whole_seconds() -> None:
    head: Mapping[str, object] = json.loads(header_bytes(EVENT))
    assert head["at"] == "2026-05-21T09:30:15+07:00"
    assert read_event(header_bytes(EVENT), None).at - AT == timedelta(0)
