"""Money for fines and fees by every door: no more back than was paid, each payment of its decision, none left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.desk import Desk
from storage.fine_counts import fine_counts
from storage.verification import verify
from tests.conftest import NOW, Ran, act, officer, take_in, written_earlier
from tests.schema_check import check
from tui.dossier_words import event_words

Cli = Callable[..., Ran]
AS = ("--as", "tmd", "--json")
CLERK = ("--as", "hoa", "--json")
MAY = ("--from", "2026-05-01", "--to", "2026-05-31")


def code(ran: Ran) -> str:
    assert ran.status in (1, 2), ran.out
    return str(ran.json["error"]["code"])


def add(cli: Cli, decision: str, amount: str, *words: str) -> str:
    ran = cli("fines", "add", decision, "--name", "Trần B", "--amount", amount, *words, *AS)
    assert ran.status == 0, ran.out
    return str(ran.json[0]["id"])


def do(cli: Cli, dossier: str, kind: str, *fields: str, by: tuple[str, ...] = AS) -> Ran:
    return cli("act", dossier, kind, *(word for one in fields for word in ("--field", one)), *by)


def owed(cli: Cli) -> dict[str | None, str]:
    found = cli("fines", "list", "all", "--json").json
    check(found, "fines")
    return {one["decision"]: one["owed"] for one in found}


def two_decisions(cli: Cli) -> str:
    dossier = add(cli, "800/QĐ", "200000")
    assert do(cli, dossier, "fine_decided", "decision=801/QĐ", "amount=6000000").status == 0
    return dossier


# no more is paid back than stands paid


def test_no_more_of_a_fine_is_paid_back_than_was_paid(cli: Cli, desk: Desk) -> None:
    dossier = add(cli, "QĐ 700", "1500000")
    assert code(do(cli, dossier, "payment_reversed", "amount=1", "reason=x")) == "reversed_too_much"
    cli("fines", "pay", "QĐ 700", *AS)
    assert code(do(cli, dossier, "payment_reversed", "amount=9000000", "reason=gõ nhầm")) == "reversed_too_much"
    assert do(cli, dossier, "payment_reversed", "amount=1500000", "reason=gõ nhầm").status == 0
    assert code(do(cli, dossier, "payment_reversed", "amount=1", "reason=x")) == "reversed_too_much"
    assert fine_counts(desk, NOW.date(), NOW.date()).payments().amount == 0
    assert verify(desk).holds


def test_a_fine_that_is_owed_again_is_told_as_owed(cli: Cli, desk: Desk) -> None:
    dossier = add(cli, "QĐ 700", "1500000")
    cli("fines", "pay", "QĐ 700", *AS)
    do(cli, dossier, "payment_reversed", "amount=1500000", "reason=gõ nhầm")
    (one,) = cli("fines", "list", "--json").json
    assert (one["stands"], one["owed"], one["paid_on"]) == ("owed", "1500000", None)
    assert "chưa nộp" in cli("fines", "list").out
    assert "QĐ 700: tiền phạt còn nợ 1.500.000đ" in cli("show", dossier).out
    assert cli("fines", "pay", "QĐ 700", *AS).json[0]["owed"] == "0"


def test_no_more_of_a_fee_is_paid_back_than_was_paid(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    assert code(do(cli, dossier, "payment_reversed", "amount=20000", "reason=x")) == "reversed_too_much"
    assert code(do(cli, dossier, "payment_reversed", "reason=x")) == "reversed_too_much"
    act(desk, dossier, "payment_received", amount="20000", method="cash")
    assert code(do(cli, dossier, "payment_reversed", "amount=20001", "reason=x")) == "reversed_too_much"
    assert do(cli, dossier, "payment_reversed", "amount=20000", "reason=x").status == 0
    assert desk.row(dossier)["fees"] == 0  # type: ignore[index]


def test_what_is_paid_back_of_a_fee_and_a_fine_says_of_which(cli: Cli, desk: Desk) -> None:
    """Where both would cover it, one taking back must not come off both."""
    dossier = take_in(desk)
    act(desk, dossier, "payment_received", amount="50000", method="cash")
    act(desk, dossier, "original_taken", paper="GPLX", fine="200000", decision="QĐ 7")
    cli("fines", "pay", "QĐ 7", *AS)
    back = ("amount=50000", "reason=thu trùng")
    assert code(do(cli, dossier, "payment_reversed", *back)) == "payment_purpose_missing"
    assert do(cli, dossier, "payment_reversed", *back, "purpose=fee").status == 0
    assert (desk.row(dossier)["fees"], owed(cli)) == (0, {"QĐ 7": "0"})  # type: ignore[index]
    assert code(do(cli, dossier, "payment_reversed", *back, "purpose=fee")) == "reversed_too_much"
    assert do(cli, dossier, "payment_reversed", *back).status == 0
    assert (desk.row(dossier)["fees"], owed(cli)) == (0, {"QĐ 7": "50000"})  # type: ignore[index]
    assert verify(desk).holds


# a payment is of its decision


def test_a_payment_is_of_the_decision_that_it_names(cli: Cli, desk: Desk) -> None:
    two_decisions(cli)
    ran = cli("fines", "pay", "800/QĐ", "--channel", "post", "--proof", "BC-800", *AS)
    assert ran.status == 0 and owed(cli) == {"800/QĐ": "0", "801/QĐ": "6000000"}
    assert code(cli("fines", "pay", "800/QĐ", *AS)) == "fine_nothing_owed"
    assert cli("fines", "pay", "qd 801/qd", "--amount", "200000", *AS).status == 0
    assert owed(cli) == {"800/QĐ": "0", "801/QĐ": "5800000"}
    assert verify(desk).holds


def test_the_second_decision_may_be_paid_first(cli: Cli, desk: Desk) -> None:
    dossier = two_decisions(cli)
    assert cli("fines", "pay", "801/QĐ", "--amount", "200000", *AS).status == 0
    assert owed(cli) == {"800/QĐ": "200000", "801/QĐ": "5800000"}
    assert code(do(cli, dossier, "payment_reversed", "amount=200000", "reason=x", "decision=800/QĐ")) == (
        "reversed_too_much"
    )
    assert do(cli, dossier, "payment_reversed", "amount=200000", "reason=x").status == 0
    assert desk.dossier(dossier).events[-1].body["decision"] == "801/QĐ"  # type: ignore[union-attr]
    assert owed(cli) == {"800/QĐ": "200000", "801/QĐ": "6000000"}


def test_a_dossier_that_owes_by_two_decisions_is_paid_by_one_of_them(cli: Cli, desk: Desk) -> None:
    dossier = two_decisions(cli)
    ran = cli("fines", "pay", dossier, *AS)
    assert code(ran) == "fine_which" and "801/QĐ" in ran.json["error"]["message"]
    cli("fines", "pay", "801/QĐ", *AS)
    assert cli("fines", "pay", dossier, *AS).status == 0
    assert owed(cli) == {"800/QĐ": "0", "801/QĐ": "0"}


def test_the_fine_of_a_paper_without_a_decision_can_be_paid_too(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "original_taken", paper="GPLX", fine="500000", decision="QĐ 7")
    event = act(desk, dossier, "original_taken", paper="Hộ chiếu", fine="200000").events[0].event_id
    ran = cli("fines", "pay", dossier, *AS)
    assert event in ran.json["error"]["message"]
    assert cli("fines", "pay", event, *AS).status == 0
    assert owed(cli) == {"QĐ 7": "500000", None: "0"}
    assert event not in event_words(desk.dossier(dossier).events[-1], {})  # type: ignore[union-attr]


def test_what_earlier_versions_wrote_goes_to_the_first_decision_first(cli: Cli, desk: Desk) -> None:
    dossier = two_decisions(cli)
    act(desk, dossier, "payment_received", amount="300000", purpose="fine", receipt="BL 1")
    assert owed(cli) == {"800/QĐ": "0", "801/QĐ": "5900000"}
    act(desk, dossier, "payment_received", amount="5900000", purpose="fine", receipt="BL 2")
    act(desk, dossier, "payment_reversed", amount="6200000", reason="x")
    assert owed(cli) == {"800/QĐ": "200000", "801/QĐ": "6000000"}


def test_what_was_taken_back_beyond_all_payments_is_read_as_before(cli: Cli, desk: Desk) -> None:
    dossier = two_decisions(cli)
    written_earlier(desk, dossier, "payment_received", amount="300000", purpose="fine")
    written_earlier(desk, dossier, "payment_reversed", amount="9000000", reason="gõ nhầm")
    assert owed(cli) == {"800/QĐ": "200000", "801/QĐ": "6000000"}
    assert fine_counts(desk, NOW.date(), NOW.date()).payments().amount == -8700000
    assert verify(desk).holds


def test_too_much_for_one_decision_proves_no_other(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "original_taken", paper="GPLX", fine="500000", decision="QĐ 7")
    act(desk, dossier, "original_taken", paper="Hộ chiếu", fine="200000", decision="QĐ 8")
    cli("fines", "pay", "QĐ 7", "--amount", "700000", "--more", *AS)
    assert owed(cli) == {"QĐ 7": "0", "QĐ 8": "200000"}
    assert code(do(cli, dossier, "original_released", "paper=Hộ chiếu")) == "fine_not_proved"


def test_a_payment_is_of_no_decision_that_the_dossier_does_not_have(cli: Cli, desk: Desk) -> None:
    dossier = add(cli, "800/QĐ", "200000")
    paid = ("amount=200000", "purpose=fine")
    assert code(do(cli, dossier, "payment_received", *paid, "decision=999/QĐ")) == "decision_not_here"
    assert code(do(cli, dossier, "payment_received", "amount=1", "purpose=fee", "decision=800/QĐ")) == "field_invalid"
    assert do(cli, dossier, "payment_received", "amount=200000", "decision=qđ 800/QĐ").status == 0
    body = desk.dossier(dossier).events[-1].body  # type: ignore[union-attr]
    assert (body["purpose"], body["decision"]) == ("fine", "800/QĐ")


def test_the_report_says_what_each_payment_was_of(cli: Cli, desk: Desk) -> None:
    two_decisions(cli)
    add(cli, "900/QĐ", "100000")
    for place, decision in enumerate(("801/QĐ", "800/QĐ", "900/QĐ")):
        cli("fines", "pay", decision, "--proof", f"BL {place}", *AS)
    found = cli("report", "fines", *MAY, "--json").json
    check(found, "report-fines")
    assert {one["proof"]: one["decision"] for one in found["paid"]} == {
        "BL 0": "801/QĐ", "BL 1": "800/QĐ", "BL 2": "900/QĐ",
    }  # fmt: skip
    lines = cli("report", "fines", *MAY).out.splitlines()
    assert any("801/QĐ" in line and "BL 0" in line for line in lines)


# the same checks through every door


@pytest.mark.parametrize("number", ["G 1", "G" * 61])
def test_an_official_number_is_checked_by_hand_as_in_a_file(cli: Cli, desk: Desk, number: str) -> None:
    assert code(do(cli, take_in(desk), "official_number_given", f"number={number}")) == "official_number_invalid"


def test_an_official_number_is_another_dossiers_in_any_letters(cli: Cli, desk: Desk, tmp_path: Any) -> None:
    one, other = take_in(desk), take_in(desk)
    act(desk, one, "official_number_given", number="H30.g-77Đ")
    for number in ("h30.G-77đ", "H30.g-77Đ"):
        assert code(do(cli, other, "official_number_given", f"number={number}")) == "official_number_taken"
    file = tmp_path / "xuat.csv"
    for dossier, told in ((other, "refused"), (one, "already")):
        own = desk.row(dossier)["receipt_number"]  # type: ignore[index]
        file.write_text(f"official_number,receipt_number\nh30.G-77đ,{own}\n", encoding="utf-8")
        assert [row["outcome"] for row in cli("official", "import", file, *AS).json] == [told]
    assert do(cli, one, "official_number_given", "number=H30.G-77Đ").status == 0


def test_a_long_official_number_is_compared_too(cli: Cli, desk: Desk) -> None:
    one, other = take_in(desk), take_in(desk)
    act(desk, one, "official_number_given", number="HETHONGQUOCGIA_7")
    assert code(do(cli, other, "official_number_given", "number=HeThongQuocGia_7")) == "official_number_taken"
    assert do(cli, other, "official_number_given", "number=HeThongQuocGiax7").status == 0


@pytest.mark.parametrize("kind", ["cash", "transfer", "card", "portal", "post", "exempt"])
def test_with_what_a_payment_is_made_is_one_of_the_known_ways(cli: Cli, desk: Desk, kind: str) -> None:
    dossier = take_in(desk)
    assert do(cli, dossier, "payment_received", "amount=20000", f"method={kind}").status == 0
    assert code(do(cli, dossier, "payment_received", "amount=20000", "method=vỏ ốc")) == "choice_unknown"


def test_a_known_way_is_asked_of_every_command(desk: Desk) -> None:
    from core.answers import InvalidInput
    from core.decisions import Act

    with pytest.raises(InvalidInput, match="choice_unknown"):
        desk.do(Act(take_in(desk), "payment_received", NOW, {"amount": "20000", "method": "vỏ ốc"}), officer(desk))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("payment_received", {"amount": "20000.5"}),
        ("payment_received", {"amount": "-20000"}),
        ("payment_requested", {"amount": "0.5"}),
        ("payment_reversed", {"amount": "-5", "reason": "x"}),
        ("fine_decided", {"decision": "QĐ 1", "amount": "1.5"}),
        ("original_taken", {"paper": "GPLX", "fine": "100.25"}),
        ("corrected", {"field": "fee_paid", "new": "1.5"}),
    ],
)
def test_money_is_whole_and_not_less_than_nothing(desk: Desk, kind: str, fields: dict[str, str]) -> None:
    from core.answers import InvalidInput
    from core.decisions import Act

    with pytest.raises(InvalidInput, match="amount_invalid"):
        desk.do(Act(take_in(desk), kind, NOW, fields), officer(desk))


def test_a_fee_of_a_file_is_whole_too(cli: Cli, desk: Desk, tmp_path: Any) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("procedure,applicant_name,fee_paid\npermanent-residence,An,20000.5\n", encoding="utf-8")
    (row,) = cli("intake", file, *AS).json
    assert row["error"]["code"] == "amount_invalid"


@pytest.mark.parametrize("proof", ["receipt=bl-1", "reference=BL 1"])
def test_a_proof_counts_once_by_every_door(cli: Cli, desk: Desk, proof: str) -> None:
    first, second = add(cli, "QĐ 1", "500000"), add(cli, "QĐ 2", "500000")
    cli("fines", "pay", "QĐ 1", "--proof", "BL 1", *AS)
    paid = ("amount=500000", "purpose=fine", proof)
    assert code(do(cli, second, "payment_received", *paid)) == "payment_known"
    assert code(do(cli, second, "payment_received", "amount=500000", proof)) == "payment_known"
    assert do(cli, second, "payment_received", "amount=500000", "purpose=fee", proof).status == 0
    do(cli, first, "payment_reversed", "amount=500000", "reason=x")
    assert do(cli, second, "payment_received", *paid).status == 0


def test_a_payment_back_of_one_decision_frees_no_proof_of_another(cli: Cli, desk: Desk) -> None:
    dossier = add(cli, "800/QĐ", "200000")
    do(cli, dossier, "fine_decided", "decision=801/QĐ", "amount=200000")
    for number in ("800", "801"):
        cli("fines", "pay", f"{number}/QĐ", "--proof", f"BL {number}", *AS)
    assert do(cli, dossier, "payment_reversed", "amount=200000", "reason=x", "decision=801/QĐ").status == 0
    assert code(cli("fines", "pay", "801/QĐ", "--proof", "BL 800", *AS)) == "payment_known"
    assert cli("fines", "pay", "801/QĐ", "--proof", "BL 801", *AS).status == 0


def test_a_decision_of_another_dossier_is_refused_by_every_door(cli: Cli, desk: Desk) -> None:
    first, second = add(cli, "QĐ 1", "500000", "--decided-on", "2026-05-19"), add(cli, "QĐ 2", "500000")
    again = ("decision=Số 1", "amount=100000")
    assert code(do(cli, second, "fine_decided", *again)) == "decision_known"
    assert do(cli, second, "fine_decided", *again, "decided_on=2025-05-19").status == 0
    assert {one["decision"] for one in cli("fines", "list", "--json").json if one["id"] == first} == {"QĐ 1"}
    assert code(do(cli, second, "fine_decided", "decision=–", "amount=1")) == "decision_missing"
    assert code(do(cli, second, "fine_decided", f"decision={'9' * 81}", "amount=1")) == "decision_too_long"
    assert code(do(cli, second, "fine_decided", "decision=QĐ 3", "amount=0")) == "fine_amount_none"


def test_only_a_leader_enters_a_decision_anew_and_what_is_not_said_stays(cli: Cli, desk: Desk) -> None:
    first = add(cli, "QĐ 1", "500000", "--handed-on", "2026-05-19", "--held", "GPLX=1")
    anew = ("decision=Số 1", "amount=400000")
    held = ("paper=Cà vẹt", "decision=QĐ 1")
    assert code(do(cli, first, "fine_decided", *anew, by=CLERK)) == "decision_leaders"
    assert code(do(cli, first, "original_taken", *held, "fine=1", by=CLERK)) == "decision_leaders"
    assert do(cli, first, "original_taken", *held, "fine=500000", by=CLERK).status == 0
    assert do(cli, first, "fine_decided", *anew).status == 0
    (told,) = (one for one in cli("fines", "list", "--json").json if one["id"] == first)
    assert (told["decision"], told["amount"], told["handed_on"]) == ("QĐ 1", "400000", "2026-05-19")


def test_a_paper_waits_for_a_decision_that_is_entered_once(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "original_taken", paper="GPLX", decision="QĐ 5", fine="200000")
    assert do(cli, dossier, "fine_decided", "decision=QĐ 5", "amount=300000", by=CLERK).status == 0
    assert code(do(cli, dossier, "fine_decided", "decision=QĐ 5", "amount=1", by=CLERK)) == "decision_leaders"


# what a command left out, or took without asking


def test_a_held_paper_has_a_name(cli: Cli, desk: Desk) -> None:
    words = ("fines", "add", "QĐ 1", "--name", "A", "--amount", "5")
    assert code(cli(*words, "--held", "=123", *AS)) == "held_unnamed"
    assert cli("fines", "list", "all", "--json").json == []


def test_more_than_the_fine_is_asked_about_first(cli: Cli, desk: Desk) -> None:
    add(cli, "909", "100000")
    pay = ("fines", "pay", "909", "--amount", "200000")
    ran = cli(*pay, *AS)
    assert code(ran) == "fine_more" and "--more" in ran.json["error"]["message"]
    assert owed(cli) == {"909": "100000"}
    assert cli(*pay, "--more", *AS).json[0]["paid"] == "200000"


@pytest.mark.parametrize("begun", ["submitted", "guided"])
def test_what_is_not_accepted_says_why(cli: Cli, desk: Desk, begun: str) -> None:
    extra = {"reason": "thiếu", "missing": ["CT01"]} if begun == "guided" else {}
    dossier = take_in(desk, kind=begun, channel="online", **extra)
    assert code(do(cli, dossier, "not_accepted")) == "field_missing"
    assert do(cli, dossier, "not_accepted", "reason=không thuộc thẩm quyền").status == 0
    assert "không thuộc thẩm quyền" in cli("letter", dossier, "refusal", "--format", "text").out


def test_the_note_of_a_files_row_is_why_it_was_not_accepted(cli: Cli, desk: Desk, tmp_path: Any) -> None:
    file = tmp_path / "rows.csv"
    row = "permanent-residence,An,not_accepted,không thuộc thẩm quyền"
    file.write_text(f"procedure,applicant_name,kind,note\n{row}\n", encoding="utf-8")
    (one,) = cli("intake", file, *AS).json
    assert one["error"] is None
    assert "không thuộc thẩm quyền" in cli("letter", one["id"], "refusal", "--format", "text").out
