"""Two desks that amend the same row apart: until somebody amends again, the earlier due date stands."""

from __future__ import annotations

from datetime import timedelta

from tests.storage.amended import amend, closed, due, dump, rebuilt
from tests.storage.sync_desks import Station, officer_of
from tests.storage.sync_desks import take_in as receive

_STORM = closed("2026-11-25", "2026-11-26")
_WITHDRAWN = {"decision": "TB 2", "withdrawn": ["2026-11-25", "2026-11-26"]}
_LONGER = closed("2026-11-25", "2026-11-26") | {"decision": "TB 3"}


def test_the_earlier_due_date_stands_until_somebody_amends_again(station: Station) -> None:
    one, other, _ = station.desks
    dossier = receive(one)
    plain = due(one, dossier)
    amend(one, officer_of(one), _STORM)
    station.sync(0, 1, 0)
    moved = due(other, dossier)
    assert plain is not None and moved is not None and plain < moved
    amend(one, officer_of(one), _WITHDRAWN)
    other.now = lambda now=other.now: now() + timedelta(minutes=1)  # type: ignore[misc]
    amend(other, officer_of(other), _LONGER)
    assert (due(one, dossier), due(other, dossier)) == (plain, moved)
    station.sync(0, 1, 0)
    assert due(one, dossier) == due(other, dossier) == plain
    assert len(one.law.rivals) == 1
    assert dump(one) == dump(other) == rebuilt(one) == rebuilt(other)
    amend(one, officer_of(one), _STORM | {"decision": "TB 4"})
    station.sync(0, 1)
    assert due(one, dossier) == due(other, dossier) == moved
    assert not other.law.rivals
    assert dump(one) == dump(other) == rebuilt(one)


def test_equal_amendments_of_two_desks_are_one(station: Station) -> None:
    one, other, _ = station.desks
    for desk in (one, other):
        amend(desk, officer_of(desk), _STORM)
    station.sync(0, 1, 0)
    assert not one.law.rivals and not other.law.rivals
