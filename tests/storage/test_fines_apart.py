"""Two desks enter and collect the same fine while they do not see each other: what stands once they met."""

from __future__ import annotations

import pytest

from storage.desk import Desk, Done
from storage.fine_counts import fine_counts
from storage.fines import Fine, NewFine, enter, fines, pay
from storage.verification import verify
from tests.storage.sync_desks import START, Station, dump, officer_of, station, template

__all__ = ["station", "template"]
NEW = NewFine("QĐ 15/QĐ-XPHC", "Phạm Gia Bảo", "900000", held=[("GPLX", "480123")])


def entered(desk: Desk, new: NewFine = NEW) -> str:
    done = enter(desk, officer_of(desk), new)
    assert isinstance(done, Done), done
    return done.dossiers[0]


def paid(desk: Desk, dossier: str, proof: str, amount: str | None = None) -> None:
    done = pay(desk, officer_of(desk), dossier, amount=amount, channel="online", proof=proof)
    assert isinstance(done, Done), done


def only(desk: Desk) -> Fine:
    (one,) = fines(desk, "all")
    return one


def test_one_payment_that_two_desks_wrote_down_is_one(station: Station) -> None:
    dossier = entered(station.desks[0])
    station.sync(0, 1)
    for place, proof in enumerate(("DVC-77", "dvc 77")):
        paid(station.desks[place], dossier, proof)
    station.sync(0, 1, 0)
    for desk in station.desks[:2]:
        assert (only(desk).paid, only(desk).over) == (900000, 0)
        assert fine_counts(desk, START.date(), START.date()).payments().amount == 900000
        assert verify(desk).holds
    assert dump(station.desks[0]) == dump(station.desks[1])


def test_two_payments_by_their_own_proofs_are_two_and_the_rest_is_told(station: Station) -> None:
    dossier = entered(station.desks[0])
    station.sync(0, 1)
    for place in range(2):
        paid(station.desks[place], dossier, f"DVC-{place}")
    station.sync(0, 1, 0)
    assert [only(desk).over for desk in station.desks[:2]] == [900000, 900000]


@pytest.mark.parametrize(("other_year", "twice"), [(False, True), (True, False)])
def test_one_decision_that_two_desks_entered_says_so(station: Station, other_year: bool, twice: bool) -> None:
    from dataclasses import replace
    from datetime import date

    second = replace(NEW, decided_on=date(2025, 11, 3)) if other_year else NEW
    first = replace(NEW, decided_on=date(2026, 11, 3)) if other_year else NEW
    entered(station.desks[0], first)
    entered(station.desks[1], second)
    station.sync(0, 1, 0)
    found = fines(station.desks[0], "all")
    assert len(found) == 2
    numbers = {one.receipt_number for one in found}
    assert {one.twice for one in found} == (numbers if twice else {None})
