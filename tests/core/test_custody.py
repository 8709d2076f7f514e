"""Papers that lie here: what each one waits for, how its keeping ends, and when a dossier may close beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.answers import Refusal
from core.custody import next_check
from core.keeping import fine_proved
from tests.core.lives import Life, at, begun, due, happen
from tests.core.test_merge import folded, two_desks
from tests.core.test_results import code

LICENCE = {
    "paper": "GPLX",
    "number": "480123456789",
    "decision": "QĐ 15",
    "fine": "4000000",
    "hold_until": "2026-07-21",
}


def holding(**fields: Any) -> Life:
    life = begun()
    life.must("original_taken", **({"paper": "GPLX"} | fields))
    return life


def release(life: Life, **fields: Any) -> Refusal | None:
    return life.act("original_released", **({"paper": "GPLX"} | fields))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, None),
        ({"paper": "Sổ hộ khẩu"}, "not_held"),
        ({"way": "post", "carrier": "VNPost"}, None),
        ({"way": "transferred", "to": "Cơ quan điều tra"}, "minutes_missing"),
        ({"way": "transferred", "to": "Cơ quan điều tra", "minutes": "BB 7"}, None),
        ({"way": "retained"}, "basis_missing"),
        ({"way": "destroyed", "basis": "Đ.82"}, None),
    ],
)
def test_how_keeping_ends(fields: dict[str, Any], refused: str | None) -> None:
    life = holding()
    assert code(release(life, **fields)) == refused
    dossier = life.dossier
    assert dossier is not None
    assert len(dossier.held) == (1 if refused else 0)


def test_only_the_leader_keeps_or_destroys_a_citizens_paper() -> None:
    life = holding()
    fields = {"paper": "GPLX", "way": "destroyed", "basis": "Đ.82"}
    assert code(life.act("original_released", None, "front_desk", **fields)) == "leader_ends_custody"


@pytest.mark.parametrize(
    ("paid", "day", "refused"),
    [
        (None, "2026-08-01T09:00", "fine_not_proved"),
        ({"amount": "3000000"}, "2026-08-01T09:00", "fine_not_proved"),
        ({"amount": "4000000", "purpose": "fee"}, "2026-08-01T09:00", "fine_not_proved"),
        ({"amount": "4000000"}, "2026-07-20T23:00", "held_until"),
        ({"amount": "4000000"}, "2026-07-21T08:00", None),
        ({"amount": "4000000", "channel": "online", "reference": "KB-99"}, "2026-08-01T09:00", None),
    ],
)
def test_a_held_licence_goes_back_once_the_fine_is_proved_and_the_withdrawal_is_over(
    paid: dict[str, str] | None, day: str, refused: str | None
) -> None:
    life = holding(**LICENCE)
    if paid is not None:
        life.must("payment_received", **paid)
    life.now = at(day)
    answer = release(life)
    assert code(answer) == refused
    assert not isinstance(answer, Refusal) or answer.basis == "QĐ 15", "no law of residence keeps a licence back"


def test_money_that_is_given_back_proves_nothing() -> None:
    life = holding(**LICENCE)
    life.must("payment_received", amount="4000000")
    assert fine_proved(life.dossier)
    life.must("payment_reversed", amount="4000000", reason="nhầm")
    assert not fine_proved(life.dossier)


def test_two_papers_of_one_decision_wait_for_the_one_fine() -> None:
    life = holding(**LICENCE)
    life.must("original_taken", **(LICENCE | {"paper": "Đăng ký xe"}))
    life.must("payment_received", amount="4000000")
    assert fine_proved(life.dossier)


def test_a_fine_paid_elsewhere_is_known_by_its_receipt() -> None:
    life = holding(**LICENCE)
    assert code(life.act("payment_received", amount="4000000", channel="online")) == "payment_proof_missing"
    assert code(life.act("payment_received", amount="4000000", channel="post", receipt="00218")) is None


def test_a_fine_is_no_fee() -> None:
    """It starts no clock that waits for the fee, and is not on the receipt as one."""
    life = begun(procedure="vehicle-first-registration", variant="certificate")
    life.must("payment_requested", amount="500000")
    life.must("payment_received", amount="4000000", purpose="fine", channel="online", reference="KB-99")
    dossier = life.dossier
    assert dossier is not None
    assert (dossier.state, dossier.paid) == ("awaiting_payment", [])
    assert [one.amount for one in dossier.fine_payments] == [Decimal(4000000)]
    assert due(life) is None
    life.must("payment_received", amount="500000", purpose="fee")
    assert life.dossier is not None and life.dossier.state == "in_progress" and due(life) is not None


def test_investigators_get_a_forged_paper_whatever_it_waits_for() -> None:
    assert release(holding(**LICENCE), way="transferred", to="PC02", minutes="BB 7") is None


def test_a_dossier_closes_only_where_somebody_owns_what_stays() -> None:
    life = holding(**LICENCE)
    life.must("result_ready")
    assert code(life.act("result_returned")) == "custody_open"
    own = {"keeper": "o1", "shelf": "Két 2", "next_check": "2026-07-21"}
    assert code(life.act("custody_checked", **(own | {"next_check": "2026-05-20"}))) == "check_in_past"
    life.must("custody_checked", **own)
    life.must("result_returned")
    dossier = life.dossier
    assert dossier is not None
    assert (dossier.state, next_check(dossier.held)) == ("returned", date(2026, 7, 21))
    life.must("payment_received", amount="4000000", reference="KB-99", channel="online")
    life.now = at("2026-07-21T08:00")
    assert release(life, to="Đặng Thị Đào") is None
    assert code(life.act("payment_received", amount="1")) is None


@pytest.mark.parametrize("kind", ["withdrawn", "stopped", "voided"])
def test_however_a_dossier_closes_somebody_owns_what_stays(kind: str) -> None:
    life = holding()
    assert code(life.act(kind, reason="x")) == "custody_open"
    life.must("custody_checked", keeper="o1", shelf="Két 2", next_check="2026-07-21")
    assert code(life.act(kind, reason="x")) is None


def test_mail_that_comes_back_brings_only_what_went_with_it() -> None:
    life = holding()
    life.must("result_ready")
    assert release(life, way="post") is None
    life.must("handed_to_post", carrier="VNPost")
    life.must("result_returned", channel="post")
    life.must("reopened", reason="làm lại")
    life.must("result_ready")
    life.must("handed_to_post", carrier="VNPost")
    life.must("post_returned")
    assert life.dossier is not None and life.dossier.held == []


def test_a_day_that_has_passed_owns_nothing() -> None:
    life = holding(shelf="Két 2", keeper="o1", next_check="2026-05-22")
    life.must("result_ready")
    life.now = at("2026-05-25T09:00")
    assert code(life.act("result_returned")) == "custody_open"


def test_a_closed_dossier_without_a_fine_takes_no_money() -> None:
    life = happen(begun(), ("2026-05-21T10:00", "result_ready"), ("2026-05-21T11:00", "result_returned"))
    assert code(life.act("payment_received", amount="1")) == "nothing_to_pay"


def test_what_went_with_the_mail_comes_back_with_it() -> None:
    life = holding()
    life.must("result_ready")
    assert release(life, way="post") is None
    life.must("handed_to_post", carrier="VNPost")
    life.must("post_returned")
    dossier = life.dossier
    assert dossier is not None
    assert (dossier.originals, [one.paper for one in dossier.held], dossier.sent) == ({"GPLX": 1}, ["GPLX"], [])


def test_what_a_paper_says_of_itself() -> None:
    life = holding(**LICENCE, shelf="Két 2", receipt="BN 3", note="bản giấy")
    dossier = life.dossier
    assert dossier is not None
    (one,) = dossier.held
    assert (one.fine, one.hold_until, one.place, one.receipt) == (
        Decimal(4_000_000),
        date(2026, 7, 21),
        "Két 2",
        "BN 3",
    )
    assert one.look_on == date(2026, 7, 21)


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ({"to": "An"}, {"to": "Bình"}, True),
        ({"to": "An"}, {"to": "An"}, False),
        ({"to": "An"}, {"paper": "Đăng ký xe", "to": "Bình"}, False),
    ],
)
def test_two_desks_that_end_the_keeping_of_one_paper_meet(
    one: dict[str, str], other: dict[str, str], conflict: bool
) -> None:
    first, second = two_desks()
    first.write(("original_taken", {"paper": "GPLX"}))
    first.write(("original_taken", {"paper": "Đăng ký xe"}))
    second.learn(first.seen.values())
    first.write(("original_released", {"paper": "GPLX", "way": "returned"} | one))
    second.write(("original_released", {"paper": "GPLX", "way": "returned"} | other))
    dossier = folded(first, second)
    assert bool(dossier.conflicts) is conflict
    assert dossier.originals["GPLX"] == 0


def test_releases_of_before_go_on_standing_beside_each_other() -> None:
    first, second = two_desks()
    first.write(("original_taken", {"paper": "GPLX"}))
    second.learn(first.seen.values())
    first.write(("original_released", {"paper": "GPLX", "to": "An"}))
    second.write(("original_released", {"paper": "GPLX", "to": "Bình"}))
    assert folded(first, second).conflicts == ()


def test_an_archive_shelf_does_not_move_what_was_fetched_meanwhile() -> None:
    first, second = two_desks()
    first.write(("result_ready", {"shelf": "B3"}))
    second.learn(first.seen.values())
    first.write(("result_returned", {}))
    second.write(("result_archived", {"shelf": "L7"}))
    dossier = folded(first, second)
    assert dossier.state == "returned"
    assert dossier.lies_since is None
