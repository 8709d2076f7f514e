"""A shift opens and closes once; who may; what is left open is closed by the next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from core.answers import Refusal
from core.decisions import Setting
from core.moments import LEGAL_TIME
from core.record import Event
from core.shift import NEXT_OPENED, CloseShift, OpenShift, Shift, ShiftCommand, fold_shift
from core.station import decide_station
from storage.lawbook import package_law
from tests.core.writers import Writer

NOW = datetime(2026, 5, 21, 8, 0, tzinfo=LEGAL_TIME)
OPEN = Shift("s0", "o1", "d1", NOW - timedelta(hours=2))
STALE = Shift("s0", "o1", "d1", NOW - timedelta(days=1))
LATER = NOW + timedelta(hours=4)


def setting(officer: str, *roles: str) -> Setting:
    return Setting(officer, frozenset(roles), NOW, "U1", 1, package_law())


@pytest.mark.parametrize(
    ("command", "who", "expected"),
    [
        (OpenShift("s1", "d1", NOW), setting("o1", "front_desk"), ["shift_opened"]),
        (OpenShift("s1", "d1", NOW), setting("o1", "auditor"), "role_missing"),
        (OpenShift("s1", "d1", NOW, before=OPEN), setting("o1", "front_desk"), "shift_open_already"),
        (OpenShift("s1", "d1", NOW, before=STALE), setting("o1", "processing"),
         ["shift_closed", "shift_opened"]),
        (OpenShift("s1", "d1", NOW, LATER, NOW), setting("o1", "front_desk"), "shift_ends_before"),
        (CloseShift(OPEN, NOW), setting("o1", "front_desk"), ["shift_closed"]),
        (CloseShift(OPEN, NOW), setting("o9", "leader"), ["shift_closed"]),
        (CloseShift(OPEN, NOW, uncounted=True), setting("o1", "front_desk"), "drawer_uncounted"),
        (CloseShift(OPEN, NOW, uncounted=True), setting("o9", "leader"), ["shift_closed"]),
        (CloseShift(OPEN, NOW), setting("o2", "front_desk"), "shift_not_yours"),
        (CloseShift(Shift("s0", "o1", "d1", NOW, closed_at=NOW), NOW), setting("o1", "front_desk"),
         "shift_closed_already"),
    ],
)  # fmt: skip
def test_who_opens_and_closes(command: ShiftCommand, who: Setting, expected: list[str] | str) -> None:
    answer = decide_station(command, who)
    if isinstance(answer, Refusal):
        assert answer.code == expected
    else:
        assert [draft.kind for draft in answer] == expected
        if len(answer) == 2:
            assert (answer[0].entity, answer[0].body["reason"]) == ("shift:s0", NEXT_OPENED)


@pytest.mark.parametrize(
    ("hours", "until", "on"),
    [
        (1, None, True),
        (12, None, True),
        (24, None, False),
        (23, -9, False),
        (23, -7, True),
        (23, 1, True),
        (3, -5, True),
    ],
)
def test_a_shift_goes_on_over_midnight_and_not_for_ever(hours: int, until: int | None, on: bool) -> None:
    """`hours` since it was opened, `until`: hours from now to its planned end."""
    now = NOW.replace(hour=0, minute=30)
    end = None if until is None else now + timedelta(hours=until)
    assert Shift("s", "o1", "d1", now - timedelta(hours=hours), until=end).is_on(now) is on
    assert not Shift("s", "o1", "d1", now, until=end, closed_at=now).is_on(now)


def roles(event: Event) -> Collection[str]:
    return {"chief": ("leader", "front_desk", "processing"), "o1": ("front_desk",), "o2": ("front_desk",)}[event.by]


def test_a_shift_as_its_events_say() -> None:
    own, chief, other = Writer("a", "o1"), Writer("b", "chief", ahead=10), Writer("c", "o2", ahead=5)
    opened = own.write(("shift_opened", {"officer": "o1", "desk": "d1", "until": LATER.isoformat()}), at=NOW)
    assert fold_shift("s", opened, roles) == Shift("s", "o1", "d1", NOW, until=LATER)
    for writer in (other, chief):
        writer.learn(opened)
        writer.write(("shift_closed", {"officer": "o1", "reason": writer.by}), at=LATER)
    own.learn(chief.seen.values())
    own.write(("shift_closed", {"officer": "o1"}), at=LATER + timedelta(hours=1))
    everything = {**own.seen, **chief.seen, **other.seen}.values()
    closed = fold_shift("s", everything, roles)
    assert closed is not None and (closed.closed_at, closed.closed_by, closed.is_open) == (LATER, "chief", False)


def test_nobody_opens_another_officers_shift() -> None:
    writer = Writer("a", "chief")
    events = writer.write(("shift_opened", {"officer": "o1", "desk": "d1"}))
    assert fold_shift("s", events, roles) is None
