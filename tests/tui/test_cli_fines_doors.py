"""Money for fines and fees by every door: no more back than was paid, each payment of its decision, none left out."""

from __future__ import annotations

from collections.abc import Callable

from storage.desk import Desk
from storage.fine_counts import fine_counts
from storage.verification import verify
from tests.conftest import NOW, Ran, act, take_in, written_earlier
from tests.schema_check import check
from tui.dossier_words import event_words

Cli = Callable[..., Ran]
AS = ("--as", "tmd", "--json")
MAY = ("--from", "2026-05-01", "--to", "2026-05-31")


def code(ran: Ran) -> str:
    assert ran.status in (1, 2), ran.out
    return str(ran.json["error"]["code"])


def add(cli: Cli, decision: str, amount: str, *words: str) -> str:
    ran = cli("fines", "add", decision, "--name", "Trần B", "--amount", amount, *words, *AS)
    assert ran.status == 0, ran.out
    return str(ran.json[0]["id"])


def do(cli: Cli, dossier: str, kind: str, *fields: str) -> Ran:
    return cli("act", dossier, kind, *(word for one in fields for word in ("--field", one)), *AS)


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


# what is asked about first


def test_more_than_the_fine_is_asked_about_first(cli: Cli, desk: Desk) -> None:
    add(cli, "909", "100000")
    pay = ("fines", "pay", "909", "--amount", "200000")
    ran = cli(*pay, *AS)
    assert code(ran) == "fine_more" and "--more" in ran.json["error"]["message"]
    assert owed(cli) == {"909": "100000"}
    assert cli(*pay, "--more", *AS).json[0]["paid"] == "200000"
