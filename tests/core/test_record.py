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
from msgspec.structs import replace

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.record import (
    BODY_LIMIT,
    NO_HASH,
    READ_LIMIT,
    Event,
    body_hash,
    canonical,
    chain_hash,
    header_bytes,
    next_hlc,
    own_body,
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


def test_whether_an_event_must_be_understood_is_written_only_where_it_need_not_be() -> None:
    plain, relaxed = header_bytes(EVENT), header_bytes(replace(EVENT, must=False))
    assert b"must" not in plain and read_event(plain, None).must
    assert not read_event(relaxed, None).must
    keys = [list(json.loads(header)) for header in (plain, relaxed)]
    assert keys == [sorted(keys[0]), sorted([*keys[0], "must"])]


def test_a_header_as_release_0_2_0_wrote_it_keeps_its_bytes() -> None:
    written = (
        b'{"at":"2026-05-21T09:30:15+07:00","by":"o1","desk":"d1","entity":"dossier-1","epoch":2,"group":[1,3],'
        b'"hlc":6488067,"id":"id-1","kind":"noted","parents":["p1","p2"],"seq":7,"unit":"H30","v":1}'
    )
    assert header_bytes(EVENT) == written
    newer = written.replace(b'"unit"', b'"threads":{"a":[1]},"body":7,"destroyed":true,"unit"')
    assert read_event(newer, canonical(EVENT.body)) == EVENT


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"text"', b"null", b'{"text":"\xff"}', b'{"text":"\xed\xa0\x80"}', b'{"text":"\\ud800"}',
        b'{"n":' + b"9" * 100_000 + b"}",
        b'{"a":' + b"[" * 140 + b"]" * 140 + b"}",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 1_000_000,
        b'{"text":"' + b"x" * READ_LIMIT + b'"}',
    ],
    ids=lambda body: f"{len(body)}-{body[:12].hex()}",
)  # fmt: skip
def test_a_body_that_cannot_be_read_leaves_the_event_readable(body: bytes) -> None:
    read = read_event(header_bytes(EVENT), body)
    assert read == replace(EVENT, body={}, unreadable=True)


def test_brackets_in_texts_and_many_beside_each_other_are_not_depth() -> None:
    for text in ("{[" * 500, '"{[' * 500, "\\" * 3 + "[" * 500):
        body = canonical({"text": text, "rows": [{"a": []}] * 500})
        assert read_event(header_bytes(EVENT), body).body["text"] == text


@pytest.mark.parametrize(
    "header", [b"", b"{}", b"[" * 100_000, header_bytes(EVENT)[:-1], b"\xff" + header_bytes(EVENT)]
)
def test_a_header_that_is_none_is_told_as_one_error(header: bytes) -> None:
    with pytest.raises(ValueError):
        read_event(header, b"{}")


def test_a_desk_writes_no_body_past_the_limit() -> None:
    assert own_body({"text": "x" * (BODY_LIMIT - 11)})
    with pytest.raises(InvalidInput, match="body_too_large"):
        own_body({"text": "x" * BODY_LIMIT})


def test_keys_that_are_spelled_apart_are_one_and_in_order() -> None:
    composed, apart = "\u00e0", "a\u0300"
    assert canonical({apart: 1, "b": 2}) == canonical({composed: 1, "b": 2}) == '{"b":2,"à":1}'.encode()
    once = canonical({apart: "Đặng", "b": unicodedata.normalize("NFD", "Đặng Thị Đào")})
    assert canonical(json.loads(once)) == once
