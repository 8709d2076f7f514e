"""Bodies of earlier versions come to be the present one's, step by step; a version without a way on is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.bodies import misfit
from core.events import KINDS
from core.record import Event, canonical, header_bytes, read_event
from core.upcast import STEPS, UPCASTERS, identity, present, steps
from tests.core.writers import RECEIVED, Writer

BODIES = {"received": RECEIVED}
"""A body of version 1 of each kind that has a later one."""


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_earlier_version_of_every_kind_has_a_way_to_the_present_one(kind: object) -> None:
    row = KINDS[kind.name]  # type: ignore[attr-defined]
    ways = steps({row.name: row}, UPCASTERS).get(row.name, {})
    assert sorted(ways) == list(range(1, row.version))
    if row.version > 1:
        assert misfit(row, present(row.name, 1, BODIES[row.name], STEPS)) is None


def test_steps_follow_one_another_and_the_present_version_is_left_alone() -> None:
    noted = replace(KINDS["noted"], version=4)
    table = {
        ("noted", 1): lambda body: {"text": body["words"]},
        ("noted", 2): identity,
        ("noted", 3): lambda body: {**body, "text": body["text"] + "."},
    }
    known = steps({"noted": noted}, table)
    bodies = [present("noted", version, {"words": "gọi", "text": "đã"}, known) for version in (1, 2, 3, 4, 5)]
    assert [body["text"] for body in bodies] == ["gọi.", "đã.", "đã.", "đã", "đã"]


def test_a_version_without_a_way_on_is_a_fault_even_where_nothing_would_change() -> None:
    with pytest.raises(LookupError):
        steps({"noted": replace(KINDS["noted"], version=3)}, {("noted", 1): identity})


def test_reading_brings_the_body_to_the_present_and_keeps_what_its_author_said(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Writer("a").write(("noted", {"words": "gọi"}))[0]
    known = {"noted": {1: [lambda body: {"text": body["words"]}]}}
    monkeypatch.setattr("core.record.STEPS", known)
    read: Event = read_event(header_bytes(event), canonical(event.body))
    assert (read.version, read.body) == (1, {"text": "gọi"})
