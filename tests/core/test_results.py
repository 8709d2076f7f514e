"""Who may get a result and by what proof; a wrong one; one that nobody fetches; what the post costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.answers import InvalidInput, Refusal
from core.law import Law
from core.mending import CorrectResult, correction_of, decide_correction
from core.posting import batch_number, post_terms
from core.results import handed_over
from core.uncollected import collecting
from tests.core.lives import LAW, UNIT, Life, at, begun
from tests.core.writers import DOSSIER

AUTHORISED = {"capacity": "authorised", "taker": "Lê Văn Bình", "taker_number": "048085011111"}
MOTHER = {"name": "Nguyễn Thị Hoa", "capacity": "parent"}
COMPANY = {"kind": "organisation", "name": "Công ty Thử"}
SELF: dict[str, Any] = {"capacity": "self"}


def ready(**facts: Any) -> Life:
    life = begun(**facts)
    life.must("result_ready", shelf="B3")
    return life


def code(refused: Refusal | None) -> str | None:
    return None if refused is None else refused.code


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, None),
        (SELF, None),
        ({"capacity": "authorised"}, "taker_unknown"),
        ({"taker": "dang thi dao"}, None),
        ({"taker": "Lê Văn Bình"}, "capacity_missing"),
        (SELF | {"taker": "Lê Văn Bình"}, "capacity_missing"),
        ({"capacity": "heir", "taker": "Lê Văn Bình"}, "taker_number_missing"),
        (AUTHORISED, "proof_missing"),
        (AUTHORISED | {"proof": "Giấy ủy quyền 12/UQ"}, None),
        ({"slip_lost": True}, "slip_lost_unsigned"),
        ({"slip_lost": True, "signed": True, "found_by": "name"}, None),
        ({"thumbprint": True}, "witness_missing"),
        ({"thumbprint": True, "witness": "đặng thị đào"}, "witness_is_taker"),
        ({"thumbprint": True, "slip_lost": True, "witness": "Trần Minh"}, None),
        ({"channel": "online"}, "reference_missing"),
        ({"channel": "online", "reference": "DT-1"}, None),
        ({"channel": "post", "capacity": "authorised"}, None),
    ],
)
def test_who_may_get_a_result(fields: dict[str, Any], refused: str | None) -> None:
    assert code(ready().act("result_returned", **fields)) == refused


def test_who_brought_the_dossier_has_proved_it_then() -> None:
    life = ready(bringer=MOTHER)
    other = {"capacity": "authorised", "taker": MOTHER["name"]}
    assert code(life.act("result_returned", **other)) == "taker_number_missing"
    assert code(life.act("result_returned", capacity="parent", taker="nguyen thi hoa")) is None
    handed = handed_over(life.dossier)
    assert handed is not None
    assert (handed.taker, handed.capacity, handed.channel) == ("nguyen thi hoa", "parent", "counter")


def test_an_organisation_comes_as_somebody() -> None:
    life = ready(applicant=COMPANY)
    for fields in (SELF, {}):
        assert code(life.act("result_returned", **fields)) == "organisation_sends_somebody"
    given = {"capacity": "legal_representative", "taker": "Bình", "taker_number": "1", "proof": "GCN 01"}
    assert code(life.act("result_returned", **given)) is None


def test_nobody_who_died_fetches_a_result() -> None:
    life = ready()
    life.must("applicant_died", proof="Giấy chứng tử 12")
    for fields in (SELF, {}):
        assert code(life.act("result_returned", **fields)) == "applicant_died"
    heir = {"capacity": "heir", "taker": "Bình", "taker_number": "1", "proof": "VB 01"}
    assert code(life.act("result_returned", **heir)) is None


def test_mail_comes_back_to_the_queue() -> None:
    life = ready()
    assert code(life.act("post_returned")) == "not_at_post"
    life.must("handed_to_post", carrier="VNPost")
    assert code(life.act("handed_to_post", carrier="VNPost")) == "at_post_already"
    life.must("result_returned", channel="post")
    life.must("post_returned", shelf="H1", reason="không có người nhận")
    dossier = life.dossier
    assert dossier is not None
    assert (dossier.state, dossier.at_post, dossier.returned_at) == ("result_ready", False, None)
    assert (dossier.facts["shelf"], dossier.lies_since) == ("H1", life.now)


def test_what_is_at_the_post_is_not_handed_over_at_the_counter() -> None:
    life = ready()
    life.must("handed_to_post", carrier="VNPost")
    for fields in ({}, SELF, {"channel": "online", "reference": "DT-1"}):
        assert code(life.act("result_returned", **fields)) == "at_post_already"
    assert code(life.act("result_returned", channel="post")) is None


def test_what_was_voided_waits_for_nobody() -> None:
    life = ready()
    life.must("voided", reason="nhập nhầm")
    assert life.dossier is not None and life.dossier.lies_since is None


def corrected(life: Life, fault: str, law: Law = LAW) -> tuple[Any, ...]:
    life.law = law
    command = CorrectResult(DOSSIER, "dossier-2", life.now, "in sai số nhà", fault, taken_back=True)
    drafts = decide_correction(life.dossier, command, life.setting())
    assert not isinstance(drafts, Refusal), drafts
    return drafts


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("station", ["result_corrected", "received", "promised_earlier"]),
        ("citizen", ["result_corrected", "received"]),
    ],
)
def test_a_wrong_result_opens_a_linked_dossier(fault: str, kinds: list[str]) -> None:
    life = ready()
    life.must("result_returned")
    drafts = corrected(life, fault)
    assert [draft.kind for draft in drafts] == kinds
    marked, opened = drafts[0].body, drafts[1].body
    assert (marked["dossier"], marked["fault"], marked["taken_back"]) == ("dossier-2", fault, True)
    assert (opened["corrects"], opened["fault"]) == (DOSSIER, fault)
    if fault == "station":
        assert drafts[2].body["due_at"] == "2026-05-22T11:30:00+07:00"
    before = life.dossier
    assert before is not None
    life.write(drafts)
    after = life.dossier
    assert after is not None
    assert (after.corrections, after.ending, after.state) == (["dossier-2"], before.ending, "returned")


def test_the_stations_own_error_costs_nothing() -> None:
    life = begun(corrects="dossier-1", fault="station")
    assert code(life.act("payment_requested", amount="20000")) == "own_error_no_fee"
    assert code(life.act("payment_received", amount="20000")) == "own_error_no_fee"
    assert code(begun(corrects="dossier-1", fault="citizen").act("payment_received", amount="20000")) is None


def test_a_wrong_result_that_lies_here_is_not_handed_over() -> None:
    life = ready()
    life.write(corrected(life, "station"))
    assert code(life.act("result_returned")) == "result_was_wrong"
    assert code(life.act("handed_to_post", carrier="VNPost")) == "result_was_wrong"
    again = CorrectResult(DOSSIER, "dossier-3", life.now, "in sai số nhà", "station")
    answer = decide_correction(life.dossier, again, life.setting())
    assert isinstance(answer, Refusal) and answer.code == "result_was_wrong", "one dossier mends it"
    life.must("reopened", reason="làm lại")
    life.must("result_ready")
    assert code(life.act("result_returned")) is None


def test_a_correction_names_whose_error_it_was() -> None:
    with pytest.raises(InvalidInput, match="field_missing"):
        correction_of("one", "two", at("2026-05-21T09:00"), {"reason": "x"})


@pytest.mark.parametrize(
    ("today", "reminded", "archived", "step"),
    [
        ("2026-06-04", None, False, None),
        ("2026-06-05", None, False, "remind"),
        ("2026-06-10", "2026-06-05", False, None),
        ("2026-06-20", "2026-06-05", False, "remind"),
        ("2026-08-18", None, False, "remind"),
        ("2026-08-19", "2026-08-18", False, "archive"),
        ("2026-08-19", None, True, None),
    ],
)
def test_when_a_result_is_reminded_of_and_archived(
    today: str, reminded: str | None, archived: bool, step: str | None
) -> None:
    found = collecting(LAW, UNIT, date(2026, 5, 21))
    assert found is not None
    last = date.fromisoformat(reminded) if reminded else None
    assert found.step(date.fromisoformat(today), last, archived) == step


def test_a_law_without_the_policies_says_nothing() -> None:
    empty = replace(LAW, policies=())
    assert collecting(empty, UNIT, date(2026, 5, 21)) is None
    assert post_terms(empty, UNIT, date(2026, 5, 21)) is None


def test_an_archived_result_can_still_be_fetched() -> None:
    life = ready()
    life.must("result_reminded", how="điện thoại")
    life.must("result_archived", shelf="L7")
    dossier = life.dossier
    assert dossier is not None
    assert (dossier.facts["shelf"], dossier.reminded_at, dossier.archived_at) == ("L7", life.now, life.now)
    assert code(life.act("result_returned")) is None


def test_the_post_costs_what_the_district_decided_and_says_when_nobody_read_it() -> None:
    terms = post_terms(LAW, UNIT, date(2026, 5, 21))
    assert terms is not None
    assert (terms.fee, terms.payer, terms.verified) == (None, "citizen", False)
    assert terms.basis
    assert batch_number(date(2026, 5, 21), 3, 0) == "BC-260521-03-01"
