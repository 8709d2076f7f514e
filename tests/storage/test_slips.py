"""Signed slips between desks: whose signature counts, what a revocation changes, which law a date is counted by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.slip_claim import claim_of
from core.slip_code import open_slip, slip_text
from storage.database import transaction
from storage.desk import Desk
from storage.founding import found
from storage.keys import sign
from storage.numbers import take_free_number
from storage.series import NO_WITNESS
from storage.slips import check_slip, slip_code
from storage.sync.desk_life import confirm_desk, retire_desk, revoke_desk
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from tests.conftest import NOW, officer
from tests.conftest import take_in as receive
from tests.storage.amended import amend, closed
from tests.storage.sync_desks import Station, act, new_desk, officer_of, take_in


def slip(desk: Desk, dossier: str) -> str:
    known = desk.dossier(dossier)
    assert known is not None
    return slip_code(desk, known)


def signed_by(private: bytes, text: str, **facts: object) -> str:
    """A slip's claim with other facts, signed as ours are by another key that goes by the same name."""
    claim = replace(open_slip(text).claim, **facts)
    return slip_text(claim, lambda content: sign(private, b"motcua slip\0" + content))


@pytest.fixture
def newcomer(station: Station, tmp_path: Path) -> Iterator[Desk]:
    """A fourth desk that joined without a code and that nobody has met yet."""
    desk = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    yield desk
    desk.close()


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Desk]:
    """A desk of another unit's station."""
    desk = found(tmp_path / "far", new_desk(1, "T48.77"), lambda size: bytes(range(size)))
    yield desk
    desk.close()


def test_every_desk_of_the_station_checks_every_other_ones_slip(station: Station) -> None:
    first, second, third = station.desks
    dossier = take_in(second)
    text = slip(second, dossier)
    station.sync(1, 0, 2)
    for desk in (first, second, third):
        found_out = check_slip(desk, text)
        assert (found_out.verdict, found_out.desk.number, found_out.desk.state) == ("holds", 2, "confirmed")
        assert found_out.recount.result == "same"
        assert (found_out.dossier.id, found_out.dossier.same) == (dossier, True)


def test_before_the_dossier_has_come_the_signature_is_what_there_is(station: Station) -> None:
    first, second, _ = station.desks
    found_out = check_slip(first, slip(second, take_in(second)))
    assert (found_out.verdict, found_out.recount.result, found_out.dossier) == ("holds", "same", None)


def test_the_same_facts_are_signed_to_the_same_text(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    assert slip(desk, dossier) == slip(desk, dossier)
    assert slip(desk, dossier) != slip(desk, take_in(desk))


def test_a_signature_by_another_key_is_none(station: Station) -> None:
    first = station.desks[0]
    text = slip(first, take_in(first))
    forger = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).private_bytes_raw()
    due = open_slip(text).claim.due_at
    assert check_slip(first, signed_by(forger, text, due_at=due - timedelta(days=1))).verdict == "altered"
    assert check_slip(first, signed_by(forger, text)).verdict == "altered"
    own = first.identity.sign_private
    assert check_slip(first, signed_by(own, text)).verdict == "holds"
    wrong = check_slip(first, signed_by(own, text, due_at=due - timedelta(days=1)))
    assert (wrong.verdict, wrong.recount.result, wrong.dossier.same) == ("holds", "differs", False)
    unsalted = slip_text(open_slip(text).claim, lambda content: sign(own, content))
    assert check_slip(first, unsalted).verdict == "altered", "what the key signs elsewhere is no slip"


def test_a_desk_that_is_not_known_yet_is_told_from_another_units(
    station: Station, newcomer: Desk, stranger: Desk
) -> None:
    first = station.desks[0]
    text = slip(newcomer, take_in(newcomer))
    assert check_slip(first, text).verdict == "unknown_desk"
    assert check_slip(first, slip(stranger, take_in(stranger))).verdict == "not_ours"
    exchange(newcomer, station.hub)
    exchange(first, station.hub)
    found_out = check_slip(first, text)
    assert (found_out.verdict, found_out.desk.state) == ("holds", "unconfirmed")
    assert confirm_desk(first, officer_of(first), newcomer.identity.desk) is None
    assert check_slip(first, text).desk.state == "confirmed"


def test_of_a_revoked_desk_only_what_dossiers_bear_out_holds(station: Station) -> None:
    first, second, _ = station.desks
    before = slip(second, take_in(second, minutes=30))
    place = second.log.last_seq(second.identity.origin) + 1
    after = slip(second, take_in(second))
    station.sync(1, 0)
    assert check_slip(first, after).verdict == "holds"
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, place) is None
    kept = check_slip(first, before)
    assert (kept.verdict, kept.desk.state, kept.dossier.same) == ("holds", "revoked", True)
    assert check_slip(first, after).verdict == "revoked_desk"
    stolen = signed_by(second.identity.sign_private, before, receipt_number="T48.99-261101-0777")
    assert check_slip(first, stolen).verdict == "revoked_desk", "dated back by whoever has the desk"


def test_a_retired_desks_slips_go_on_holding(station: Station) -> None:
    first, second, _ = station.desks
    text = slip(second, take_in(second))
    station.sync(1, 0)
    assert retire_desk(first, officer_of(first), second.identity.desk) is None
    found_out = check_slip(first, text)
    assert (found_out.verdict, found_out.desk.state) == ("holds", "retired")


def test_a_desk_is_named_by_the_number_that_it_has_now(desk: Desk) -> None:
    text = slip(desk, receive(desk))
    assert check_slip(desk, text).desk.number == 1
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    assert take_free_number(desk) == 2
    assert check_slip(desk, text).desk.number == 2


def test_of_two_amendments_made_apart_the_one_that_the_date_is_printed_by_counts(station: Station) -> None:
    first, second, _ = station.desks
    dossier, storm = take_in(first), closed("2026-11-25", "2026-11-26")
    amend(first, officer_of(first), storm)
    station.sync(0, 1, 0)
    amend(first, officer_of(first), {"decision": "TB 2", "withdrawn": ["2026-11-25", "2026-11-26"]})
    second.now = lambda now=second.now: now() + timedelta(minutes=1)
    amend(second, officer_of(second), storm | {"decision": "TB 3"})
    station.sync(0, 1, 0)
    assert second.law.rivals
    for desk in (first, second):
        assert check_slip(desk, slip(desk, dossier)).recount.result == "same"


def test_what_another_desk_did_since_is_told(station: Station) -> None:
    first, second, _ = station.desks
    dossier = take_in(second, minutes=60)
    text = slip(second, dossier)
    station.sync(1, 0)
    act(first, dossier, "suspended", reason="x", basis="Đ.1")
    moved = check_slip(first, text).dossier
    assert (moved.same, [kind for kind, _ in moved.moved]) == (False, ["suspended"])
    assert moved.paused_since == first.now() and moved.due_at is None


def test_a_date_that_an_amendment_moved_is_counted_by_the_law_before_it(desk: Desk) -> None:
    dossier = receive(desk)
    text = slip(desk, dossier)
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    found_out = check_slip(desk, text)
    assert found_out.verdict == "holds"
    assert (found_out.recount.result, found_out.recount.amended_at) == ("amended", NOW)
    assert (found_out.dossier.same, found_out.dossier.moved) == (False, (("law", None),))
    assert check_slip(desk, slip(desk, dossier)).recount.result == "same"


def test_a_units_own_shorter_promise_is_cited_as_its_decision(desk: Desk) -> None:
    promise = {
        "decision": "QĐ 12/QĐ-CAP",
        "reason": "Rút ngắn",
        "commitment": [
            {"procedure": "permanent-residence", "valid_from": "2026-05-01", "amount": "4", "unit": "working_day"}
        ],
    }
    amend(desk, officer(desk), promise)
    found_out = check_slip(desk, slip(desk, receive(desk)))
    assert (found_out.claim.rests_on, found_out.claim.article) == ("commitment", "QĐ 12/QĐ-CAP")
    assert (found_out.claim.phases[0].limit.amount, found_out.recount.result) == (4, "same")


def test_a_corrected_receipt_is_another_than_the_slips(desk: Desk) -> None:
    dossier = receive(desk)
    text = slip(desk, dossier)
    known = desk.dossier(dossier)
    assert known is not None
    known.received_at = NOW - timedelta(days=1)
    other = claim_of(known, desk.law, unit="H30-001", desk_key=open_slip(text).claim.desk_key, test=True)
    wrong = slip_text(other, lambda content: sign(desk.identity.sign_private, b"motcua slip\0" + content))
    found_out = check_slip(desk, wrong)
    assert (found_out.verdict, found_out.dossier.same) == ("holds", False)
