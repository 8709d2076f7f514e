"""`motcua fines`: a decision from the street, what is owed and held by it, payment, and papers that go back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.fines import FIELD
from storage.desk import Desk
from storage.verification import verify
from tests.conftest import Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
AS = ("--as", "hoa", "--json")
MAY = ("--from", "2026-05-01", "--to", "2026-05-31")
WHO = ("--name", "Phạm Gia Bảo", "--number", "048085099999")


def add(cli: Cli, *words: str, decision: str = "QĐ 15/QĐ-XPHC", amount: str = "4000000") -> Ran:
    return cli("fines", "add", decision, *WHO, "--amount", amount, *words, *AS)


def listed(cli: Cli, name: str = "open") -> list[dict[str, Any]]:
    ran = cli("fines", "list", name, "--json")
    check(ran.json, "fines")
    return list(ran.json)


def code(ran: Ran) -> str:
    assert ran.status in (1, 2), ran.out
    return str(ran.json["error"]["code"])


def test_a_decision_from_the_street_with_a_held_licence(cli: Cli, desk: Desk) -> None:
    ran = add(
        cli, "--held", "GPLX=480123", "--handed-on", "2026-05-20", "--decided-on", "2026-05-19", "--shelf", "Két 2"
    )
    assert ran.status == 0, ran.out
    check(ran.json, "fines")
    (one,) = listed(cli)
    assert (one["stands"], one["owed"], one["held"], one["paid"]) == ("owed", "4000000", 1, "0")
    assert (one["due"], one["due_unverified"]) == ("2026-06-01", True)  # ten days from the 20th end on a Saturday
    assert "Đ.78" in one["due_basis"]
    assert code(cli("fines", "release", "qđ 15/QĐ-XPHC", *AS)) == "fine_not_proved"
    paid = cli("fines", "pay", "QĐ 15/qđ-xphc", "--channel", "online", "--proof", "DVC-77", *AS)
    assert (paid.json[0]["stands"], paid.json[0]["return_from"]) == ("held", "2026-05-21")
    spoken = cli("fines", "list").out
    assert "phải trả (từ 21/05/2026)" in spoken
    gone = cli("fines", "release", "QĐ 15/QĐ-XPHC", *AS)
    assert (gone.json[0]["stands"], gone.json[0]["held"]) == ("done", 0)
    assert listed(cli) == [] and len(listed(cli, "all")) == 1
    assert desk.row(one["id"])["state"] == "returned"
    assert verify(desk).holds


def test_a_decision_by_which_nothing_is_held_ends_when_it_is_paid(cli: Cli, desk: Desk) -> None:
    (one,) = add(cli).json
    assert (one["due"], one["held"]) == (None, 0)
    assert "chưa rõ ngày giao" in cli("fines", "list").out
    half = cli("fines", "pay", one["id"], "--amount", "1500000", "--proof", "BL 1", *AS).json
    assert (half[0]["owed"], half[0]["stands"]) == ("2500000", "owed")
    assert desk.row(one["id"])["state"] == "received"
    rest = cli("fines", "pay", one["id"], "--proof", "BL 2", *AS).json
    assert (rest[0]["owed"], rest[0]["paid"], rest[0]["stands"]) == ("0", "4000000", "done")
    assert desk.row(one["id"])["state"] == "returned"
    assert code(cli("fines", "pay", one["id"], *AS)) == "fine_nothing_owed"


def test_it_is_no_administrative_procedure_and_owes_no_apology(cli: Cli, desk: Desk) -> None:
    (one,) = add(cli, "--held", "GPLX", "--handed-on", "2026-05-01").json
    row = desk.row(one["id"])
    procedure = desk.law.find(row["procedure"])
    assert procedure is not None and procedure.field == FIELD
    assert (row["due_at"], row["apology_by"]) == (None, None)
    assert "quá hạn nộp 11/05/2026" in cli("fines", "list").out


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--decided-on", "2026-05-22"), "day_in_future"),
        (("--handed-on", "2026-06-01"), "day_in_future"),
        (("--decided-on", "2026-05-10", "--handed-on", "2026-05-09"), "handed_before_decided"),
        (("--decided-on", "hôm qua"), "date_invalid"),
    ],
)
def test_days_that_cannot_be(cli: Cli, desk: Desk, words: tuple[str, ...], wrong: str) -> None:
    assert code(add(cli, *words)) == wrong
    assert listed(cli, "all") == []


def test_awkward_decisions(cli: Cli, desk: Desk) -> None:
    assert code(add(cli, amount="0")) == "fine_amount_none"
    assert code(add(cli, amount="4.00.000")) == "amount_invalid"
    assert code(add(cli, amount="-5")) == "amount_invalid"
    assert code(add(cli, decision=" –/ ")) == "decision_missing"
    assert code(add(cli, decision="Đ" * 81)) == "decision_too_long"
    assert code(cli("fines", "add", "QĐ 9", "--name", "  ", "--amount", "5", *AS)) == "fine_person_missing"
    assert code(cli("fines", "pay", "QĐ 404", *AS)) == "code_unknown"
    assert code(cli("fines", "add", "QĐ 9", "--name", "A", "--amount", "5", "--as", "khai", "--json")) == "role_missing"


def test_the_same_decision_and_the_same_proof_count_once(cli: Cli, desk: Desk) -> None:
    first = add(cli, "--decided-on", "2026-05-19")
    assert first.status == 0 and code(add(cli, decision="qd 15 / QD-XPHC")) == "decision_known"
    assert add(cli, "--decided-on", "2025-05-19").status == 0
    assert add(cli, decision="QĐ 16").status == 0
    number = first.json[0]["id"]
    assert cli("fines", "pay", number, "--channel", "post", "--proof", "CT 9", "--amount", "1000", *AS).status == 0
    assert code(cli("fines", "pay", "QĐ 16", "--channel", "online", "--proof", "ct-9", *AS)) == "payment_known"
    assert code(cli("fines", "pay", "QĐ 16", "--channel", "online", *AS)) == "payment_proof_missing"
    assert code(cli("fines", "pay", "QĐ 15/QĐ-XPHC", *AS)) == "code_shared"


def test_before_payment_only_a_leader_with_a_decision_lets_a_paper_go(cli: Cli, desk: Desk) -> None:
    add(cli, "--held", "GPLX", "--held", "Đăng ký xe=43A")
    why = ("--basis", "QĐ hoãn thi hành 3/QĐ")
    assert code(cli("fines", "release", "QĐ 15/QĐ-XPHC", *why, *AS)) == "fine_not_proved"
    assert code(cli("fines", "release", "QĐ 15/QĐ-XPHC", "--as", "tmd", "--json")) == "fine_not_proved"
    gone = cli("fines", "release", "QĐ 15/QĐ-XPHC", "--paper", "GPLX", *why, "--as", "tmd", "--json")
    assert (gone.json[0]["held"], gone.json[0]["stands"]) == (1, "owed")
    assert code(cli("fines", "release", "QĐ 15/QĐ-XPHC", "--paper", "Hộ chiếu", *AS)) == "not_held"


def test_what_is_withdrawn_until_a_day_stays_until_then(cli: Cli, desk: Desk) -> None:
    add(cli, "--held", "GPLX", "--hold-until", "2026-07-01")
    cli("fines", "pay", "QĐ 15/QĐ-XPHC", *AS)
    (one,) = listed(cli, "held")
    assert (one["stands"], one["return_from"]) == ("held", "2026-07-01")
    assert code(cli("fines", "release", "QĐ 15/QĐ-XPHC", *AS)) == "held_until"
    assert "trả từ 01/07/2026" in cli("fines", "list").out


def test_what_may_be_done_is_said_where_nothing_may_go_back(cli: Cli, desk: Desk) -> None:
    add(cli, "--held", "GPLX=1", amount="5")
    assert "--basis" in cli("fines", "release", "QĐ 15/QĐ-XPHC", "--as", "hoa").err
    paid = ("fines", "pay", "QĐ 15/QĐ-XPHC", "--proof", "DVC 1", *AS)
    assert code(cli(*paid, "--channel", "online", "--method", "cash")) == "method_elsewhere"
    assert cli(*paid, "--channel", "online").status == 0
    assert cli("fines", "release", "QĐ 15/QĐ-XPHC", *AS).status == 0
    assert code(cli("fines", "release", "QĐ 15/QĐ-XPHC", *AS)) == "nothing_held"


def test_the_time_of_seizure_counts_from_the_day_of_seizure(cli: Cli, desk: Desk) -> None:
    held = ("--held", "Xe máy=43A1-12345", "--vehicle")
    (said,) = add(cli, *held, "--decided-on", "2026-05-20", "--seized-on", "2026-04-28").json
    assert (said["seized_on"], said["seized_until"]) == ("2026-04-28", "2026-05-11")
    (unsaid,) = add(cli, *held, decision="QĐ 16").json
    assert (unsaid["seized_on"], unsaid["seized_until"]) == (None, "2026-06-01")
    check([said, unsaid], "fines")
    told = cli("fines", "list").out
    assert "(tạm giữ từ 28/04/2026)" in told and "(tính từ ngày nhập)" in told
    counted = cli("report", "fines", *MAY, "--json").json["entered"]
    assert sorted(one["decision"] for one in counted) == ["QĐ 15/QĐ-XPHC", "QĐ 16"]
    assert code(add(cli, *held, "--seized-on", "2026-05-22", decision="QĐ 17")) == "day_in_future"
    assert code(add(cli, "--held", "GPLX", "--seized-on", "2026-05-20", decision="QĐ 17")) == "seized_on_alone"
    assert code(add(cli, *held, "--seized-on", "2026-05-20")) == "decision_known"
    assert len(listed(cli)) == 2 and verify(desk).holds


def test_a_vehicle_has_its_time_of_seizure_in_the_list(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(cli, "--held", "Xe máy=43A1-12345", "--plate", "43A1-12345", "--vehicle")
    (one,) = listed(cli)
    assert one["seized_until"] == "2026-06-01", "seven working days from the 21st"
    assert "hạn tạm giữ 01/06/2026" in cli("fines", "list").out
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-02T09:00:00+07:00")
    assert "hết hạn tạm giữ 01/06/2026" in cli("fines", "list").out
    cli("fines", "pay", "QĐ 15/QĐ-XPHC", *AS)
    assert cli("fines", "release", "QĐ 15/QĐ-XPHC", "--paper", "xe may", *AS).json[0]["held"] == 0


def test_a_fine_of_another_dossiers_paper_stands_in_the_list(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "original_taken", paper="GPLX", fine="500000", decision="QĐ 7")
    act(desk, dossier, "original_taken", paper="Hộ chiếu", fine="200000")
    assert [(one["decision"], one["owed"]) for one in listed(cli)] == [(None, "200000"), ("QĐ 7", "500000")]
    cli("fines", "pay", "QĐ 7", "--amount", "600000", "--more", *AS)
    assert [(one["decision"], one["owed"]) for one in listed(cli, "owed")] == [(None, "200000")]
    assert desk.row(dossier)["state"] == "received"
    act(desk, dossier, "payment_reversed", amount="600000", reason="gõ nhầm")
    assert [one["owed"] for one in listed(cli, "owed")] == ["200000", "500000"]
    assert verify(desk).holds


@pytest.mark.parametrize(
    ("written", "amount"),
    [("4.000.000", "4000000"), ("500.000đ", "500000"), ("750000", "750000"), ("1 200 000", "1200000")],
)
def test_an_amount_may_be_written_as_the_list_writes_it(cli: Cli, desk: Desk, written: str, amount: str) -> None:
    assert add(cli, amount=written).json[0]["amount"] == amount
    assert code(cli("fines", "pay", "QĐ 15/QĐ-XPHC", "--amount", "1.5", *AS)) == "amount_invalid"


@pytest.mark.parametrize("again", ["15/QĐ-XPHC", "Số 15/QĐ-XPHC", "Quyết định số 15/QĐ-XPHC", "qd15/qdxphc"])
def test_a_decision_is_the_same_with_or_without_its_first_words(cli: Cli, desk: Desk, again: str) -> None:
    assert add(cli).status == 0
    assert code(add(cli, decision=again)) == "decision_known"
    assert cli("fines", "pay", again, *AS).json[0]["owed"] == "0"


def test_a_companys_car_is_fined_in_the_companys_name(cli: Cli, desk: Desk) -> None:
    who = ("--name", "Công ty Vận tải Sông Hàn", "--kind", "organisation", "--number", "0401234567")
    ran = cli("fines", "add", "QĐ 17", *who, "--amount", "12000000", "--plate", "43C-01234", *AS)
    dossier = desk.dossier(ran.json[0]["id"])
    assert dossier is not None
    assert (dossier.applicant["kind"], dossier.applicant["id_type"]) == ("organisation", "business_code")
    assert cli("search", "0401234567", "--json").json[0]["id"] == dossier.id
    assert (
        code(cli("fines", "add", "QĐ 18", "--name", "A", "--number", "123", "--amount", "1000", *AS))
        == "number_invalid"
    )


def test_days_before_the_decision_are_refused(cli: Cli, desk: Desk) -> None:
    days = ("--decided-on", "2026-05-20")
    assert code(add(cli, *days, "--pay-by", "2026-05-01")) == "day_before_decision"
    assert code(add(cli, *days, "--held", "GPLX", "--hold-until", "2026-05-01")) == "day_before_decision"


def test_what_was_paid_too_much_is_told(cli: Cli, desk: Desk) -> None:
    add(cli, amount="500000")
    cli("fines", "pay", "15/QĐ-XPHC", "--amount", "5000000", "--more", *AS)
    assert "nộp thừa 4.500.000đ" in cli("fines", "list", "all").out


def test_a_payment_taken_back_may_come_again_by_its_proof(cli: Cli, desk: Desk) -> None:
    (one,) = add(cli).json
    pay = ("fines", "pay", "15/QĐ-XPHC", "--channel", "online", "--proof", "DVC-1", *AS)
    assert cli(*pay, "--amount", "400000").status == 0
    assert code(cli(*pay, "--amount", "400000")) == "payment_known"
    act(desk, one["id"], "payment_reversed", by="lanh", amount="400000", reason="nhầm")
    again = cli(*pay, "--amount", "4000000")
    assert again.json[0]["owed"] == "0", again.out
    assert desk.row(one["id"])["fees"] == 0, "a fine that is given back is no fee"
    assert verify(desk).holds


def test_only_what_was_paid_here_is_in_the_drawer(cli: Cli, desk: Desk) -> None:
    from storage.drawer import Drawer, own_events

    add(cli)
    for words in (("counter", "cash"), ("counter", "transfer"), ("post", ""), ("online", "")):
        channel, method = words
        given = ("--method", method) if method else ()
        proof = ("--proof", f"{channel}-{method}")
        assert (
            cli("fines", "pay", "15/QĐ-XPHC", "--amount", "100000", "--channel", channel, *given, *proof, *AS).status
            == 0
        )
    drawer = Drawer()
    for stored in own_events(desk, None, 0):
        drawer.take(stored)
    assert {name: int(amount) for name, amount in drawer.fees.items()} == {
        "cash": 100000, "transfer": 100000, "post": 100000, "portal": 100000,
    }  # fmt: skip


def test_somebody_else_may_fetch_what_is_held(cli: Cli, desk: Desk) -> None:
    (one,) = add(cli, "--held", "GPLX").json
    assert cli("fines", "pay", "QĐ 15/QĐ-XPHC", *AS).status == 0
    assert cli("fines", "release", "QĐ 15/QĐ-XPHC", "--to", "Lê Con", *AS).json[0]["stands"] == "done"
    assert desk.row(one["id"])["state"] == "returned"
