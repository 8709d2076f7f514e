"""`motcua letter CODE receipt`: issued once, copied after it was seen, never thrown away."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.answers import InvalidInput
from core.forms import form_in_force
from storage.database import transaction
from storage.desk import Desk, Done
from storage.numbers import take_free_number
from storage.series import NO_WITNESS
from storage.spool import Spool
from tests.conftest import Ran, act, officer, take_in, written_earlier
from tests.schema_check import check
from tui.dossier_words import event_words
from tui.sentences import sentence

Cli = Callable[..., Ran]


def pdf_text(path: Path) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def issued(desk: Desk, dossier: str) -> list[str]:
    return [event.kind for event in desk.log.events_of(dossier) if event.kind.startswith("letter")]


def test_the_slip_says_what_the_citizen_must_know_and_promises_once(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk, by="hoa", papers=["CT01"], fee_paid="20000")
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    ran = cli("letter", dossier, "receipt", "--out", first, "--as", "hoa", "--json")
    check(ran.json, "letter")
    assert ran.json == {
        "receipt_number": "H30-001-260521-0001", "promised_at": "2026-06-01T17:00:00+07:00", "file": str(first),
    }  # fmt: skip
    text = pdf_text(first)
    for word in (
        "H30-001-260521-0001",
        "Đặng Thị Đào",
        "Đăng ký thường trú",
        "01 tháng 6 năm 2026",
        "20.000",
        "HẢI CHÂU",
    ):
        assert word.casefold() in text.casefold(), word
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 1 and row["promised_at"] is not None
    assert cli("letter", dossier, "receipt", "--out", second, "--as", "hoa").status == 0
    assert first.read_bytes() == second.read_bytes()
    assert issued(desk, dossier) == ["letter_issued"]


def test_after_it_was_seen_it_comes_again_as_a_copy(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk)
    original, copy = tmp_path / "1.pdf", tmp_path / "2.pdf"
    cli("letter", dossier, "receipt", "--out", original, "--as", "tmd")
    (job,) = Spool(desk).jobs()
    assert isinstance(Spool(desk).confirm(officer(desk), job), Done)
    assert cli("letter", dossier, "receipt", "--out", copy, "--as", "tmd").status == 0
    assert issued(desk, dossier) == ["letter_issued", "letter_printed"]
    assert "BẢN SAO" in pdf_text(copy).upper() or "IN LẠI" in pdf_text(copy).upper()
    assert pdf_text(copy) != pdf_text(original)


def test_a_date_that_moved_is_a_new_slip(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk)
    cli("letter", dossier, "receipt", "--out", tmp_path / "1.pdf", "--as", "tmd")
    act(desk, dossier, "rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="x")
    ran = cli("letter", dossier, "receipt", "--out", tmp_path / "2.pdf", "--as", "tmd", "--json")
    assert ran.json["promised_at"] == "2026-06-08T17:00:00+07:00"
    assert issued(desk, dossier) == ["letter_issued", "letter_issued"]


def test_text_is_shown_and_issues_nothing(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk)
    ran = cli("letter", dossier, "receipt", "--format", "text")
    assert ran.status == 0 and "H30-001-260521-0001" in ran.out
    cli("letter", dossier, "receipt", "--format", "text", "--out", tmp_path / "slip.txt")
    assert "Đặng Thị Đào" in (tmp_path / "slip.txt").read_text(encoding="utf-8")
    assert issued(desk, dossier) == []


def test_a_slip_without_a_number_is_another_paper_than_the_receipt_that_follows(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    desk.connection.execute("INSERT INTO hub (url, sent, received) VALUES ('folder:x', 0, 0)")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    dossier = take_in(desk)
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    ran = cli("letter", dossier, "receipt", "--out", first, "--as", "tmd", "--json")
    check(ran.json, "letter")
    assert ran.json["receipt_number"] is None
    assert "GIẤY TẠM" in pdf_text(first) and "chờ số quầy mới" in pdf_text(first)
    (job,) = Spool(desk).jobs()
    assert isinstance(Spool(desk).confirm(officer(desk), job), Done)
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 0
    desk.connection.execute("DELETE FROM hub")
    assert take_free_number(desk) == 2
    row = desk.row(dossier)
    assert row is not None and (row["unprinted"], row["receipt_number"]) == (1, "H30-001-260521-0501")
    assert cli("letter", dossier, "receipt", "--out", second, "--as", "tmd").status == 0
    text = pdf_text(second)
    assert "H30-001-260521-0501" in text and "GIẤY TẠM" not in text and "BẢN SAO" not in text
    (job,) = Spool(desk).jobs()
    Spool(desk).confirm(officer(desk), job)
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 0
    assert "quầy tự ghi" in cli("show", dossier).out


def test_a_number_past_the_range_is_marked_until_the_official_one_comes(cli: Cli, desk: Desk) -> None:
    desk.connection.execute("INSERT INTO series VALUES (1, '260521', 500, 0)")
    dossier = take_in(desk)
    slip = cli("letter", dossier, "receipt", "--format", "text").out
    assert "MÃ TẠM" in slip and "H30-001-260521-110001" in slip and "ánh xạ" in slip
    assert "mã tạm, sẽ được ánh xạ" in cli("show", dossier).out
    assert cli("act", dossier, "official_number_given", "--field", "number=H30.1-77", "--as", "tmd").status == 0
    assert "MÃ TẠM" not in cli("letter", "H30.1-77", "receipt", "--format", "text").out
    shown = cli("show", "H30.1-77").out
    assert "mã chính thức H30.1-77" in shown and "mã tạm" not in shown


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("{}", "receipt"), 2, "out_needed"),
        (("{}", "poem"), 2, "letter_unknown"),
        (("receipt",), 2, "letter_without_code"),
        (("9999", "receipt", "--format", "text"), 1, "code_unknown"),
        (("{}", "receipt", "--out", "/no/such/place/x.pdf", "--as", "tmd"), 1, "file_unwritable"),
        (("{}", "receipt", "--out", "x.pdf", "--as", "tra"), 1, "role_missing"),
        (("{}", "outage-kit"), 2, "letter_for_unit"),
        (("{}", "stop-notice", "--out", "x.pdf", "--as", "tmd"), 1, "letter_not_due"),
        (("{}", "refusal", "--format", "thermal", "--out", "x"), 2, "letter_format"),
        (("{}", "refusal", "--large", "--out", "x"), 2, "letter_one_way"),
        (("notice-sheet",), 2, "letter_for_procedure"),
        (("--unit", "H99", "--date", "2026-05-21", "register", "--format", "text"), 1, "letter_other_unit"),
    ],
)
def test_what_is_refused(
    cli: Cli,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    status: int,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    dossier = take_in(desk)
    ran = cli("letter", *(word.format(dossier) for word in words), "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)
    if code != "file_unwritable":
        assert issued(desk, dossier) == []
    else:
        assert len(Spool(desk).jobs()) == 1


def test_before_receipt_there_is_no_slip(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, kind="submitted")
    ran = cli("letter", dossier, "receipt", "--format", "text", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "no_receipt")


def test_a_day_before_the_first_form_is_told_in_words() -> None:
    assert sentence("form_unknown", {"form": "receipt", "day": "05/01/1999"}) == (
        "Ngày 05/01/1999 chưa có mẫu «Giấy hẹn» nào có hiệu lực."
    )
    with pytest.raises(InvalidInput) as refused:
        form_in_force((), "receipt", date(1999, 1, 5))
    assert refused.value.params["day"] == "05/01/1999"


UNVERIFIED = "driving-licence-exchange"


class Terminal(io.StringIO):
    """Somebody at a keyboard."""

    def isatty(self) -> bool:
        return True


def issue(desk: Desk, dossier: str) -> dict[str, Any]:
    (event,) = [event for event in desk.log.events_of(dossier) if event.kind == "letter_issued"]
    return dict(event.body)


def test_in_a_script_the_command_confirms_an_unverified_date_and_a_warning_stays(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    dossier = take_in(desk, procedure=UNVERIFIED)
    words = ("letter", dossier, "receipt", "--as", "hoa", "--out")
    ran = cli(*words, tmp_path / "1.pdf", "--json")
    assert ran.status == 0 and ran.json["promised_at"] == "2026-05-28T17:00:00+07:00"
    assert "TT 12/2025/TT-BCA" in ran.err and "17:00" in ran.err
    assert issue(desk, dossier)["confirmed"] is True
    assert "chưa được kiểm chứng" in pdf_text(tmp_path / "1.pdf")
    again = cli(*words, tmp_path / "2.pdf")
    assert (again.status, again.err) == (0, "")


@pytest.mark.parametrize(
    ("answer", "prints"), [("y\n", True), ("Có\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_at_a_terminal_the_officer_is_asked(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, prints: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    dossier = take_in(desk, procedure=UNVERIFIED)
    out = tmp_path / "1.pdf"
    ran = cli("letter", dossier, "receipt", "--out", out, "--as", "hoa")
    assert "(y/n)" in ran.err and out.exists() is prints
    assert issued(desk, dossier) == (["letter_issued"] if prints else [])
    assert ran.status == (0 if prints else 1)


def test_a_verified_date_asks_nothing(cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    dossier = take_in(desk)
    ran = cli("letter", dossier, "receipt", "--out", tmp_path / "1.pdf", "--as", "hoa")
    assert (ran.status, ran.err) == (0, "") and "confirmed" not in issue(desk, dossier)


def test_an_earlier_promise_is_what_the_slip_prints(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "promised_earlier", due_at="2026-05-28T15:00:00+07:00", reason="người già")
    ran = cli("letter", dossier, "receipt", "--out", tmp_path / "1.pdf", "--as", "hoa", "--json")
    assert ran.json["promised_at"] == issue(desk, dossier)["promised_at"] == "2026-05-28T15:00:00+07:00"
    text = pdf_text(tmp_path / "1.pdf")
    assert "28 tháng 5 năm 2026" in text and "sớm hơn thời hạn: 15:00 thứ Năm 28/05/2026" in text


PASSPORT = {"kind": "foreigner", "name": "John Smith", "id_type": "passport", "id_number": "K1234567"}
OLD_CARD = {"kind": "citizen", "name": "Lê Lan", "number": "201234567", "id_type": "old_card"}


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([], "Phí, lệ phí (nếu có): 20.000 đồng, chưa nộp"),
        ([{"amount": "20000", "method": "cash"}], "20.000 đồng, đã nộp 20.000 đồng (tiền mặt)"),
        ([{"amount": "0", "method": "exempt"}], "Phí, lệ phí (nếu có): Được miễn"),
        ([{"amount": "20000", "method": "ví điện tử"}], "20.000 đồng, đã nộp 20.000 đồng (ví điện tử)"),
        ([{"amount": "20000", "method": "card"}], "20.000 đồng, đã nộp 20.000 đồng (thẻ)"),
        ([{"amount": "5000", "method": "transfer"}], "20.000 đồng, đã nộp 5.000 đồng (chuyển khoản)"),
    ],
)
def test_the_slip_says_what_is_to_be_paid_and_what_was(
    cli: Cli, desk: Desk, events: list[dict[str, str]], says: str
) -> None:
    dossier = take_in(desk)
    for fields in events:
        written_earlier(desk, dossier, "payment_received", **fields)
    assert says in " ".join(cli("letter", dossier, "receipt", "--format", "text").out.split())


@pytest.mark.parametrize(
    ("method", "says"),
    [("cash", "tiền mặt"), ("card", "thẻ"), ("exempt", "miễn"), ("ví điện tử", "Hình thức ví điện tử")],
)
def test_the_history_says_with_what_was_paid(desk: Desk, method: str, says: str) -> None:
    dossier = take_in(desk)
    written_earlier(desk, dossier, "payment_received", amount="20000", method=method)
    found = desk.dossier(dossier)
    assert found is not None
    told = event_words(found.events[-1], {})
    assert told.partition(" · ")[0] == f"Đã nộp phí: 20.000đ; {says}"


@pytest.mark.parametrize(
    ("applicant", "says", "in_english"),
    [
        (PASSPORT, "CCCD/MST: hộ chiếu ••••4567", "passport ••••4567 / hộ chiếu ••••4567"),
        (OLD_CARD, "CCCD/MST: CMND •••••4567", "old identity card •••••4567 / CMND •••••4567"),
    ],
)
def test_a_number_of_another_paper_is_told_with_it(
    cli: Cli, desk: Desk, applicant: dict[str, str], says: str, in_english: str
) -> None:
    dossier = take_in(desk, applicant=applicant)
    act(desk, dossier, "supplement_requested", items=["Hợp đồng thuê nhà"], reason="x")
    for kind in ("receipt", "supplement-request"):
        assert says in " ".join(cli("letter", dossier, kind, "--format", "text").out.split())
    told = cli("letter", dossier, "receipt", "--format", "text", "--bilingual").out
    assert in_english in " ".join(told.split())


def test_the_mending_of_the_stations_own_error_costs_nothing(cli: Cli, desk: Desk) -> None:
    first = take_in(desk)
    act(desk, first, "result_ready")
    fields = ("--field", "fault=station", "--field", "taken_back=true", "--reason", "in sai", "--as", "tmd")
    assert cli("act", first, "result_corrected", *fields).status == 0
    ((second,),) = desk.connection.execute("SELECT id FROM dossier WHERE id != ?", (first,)).fetchall()
    said = " ".join(cli("letter", second, "receipt", "--format", "text").out.split())
    assert "Phí, lệ phí (nếu có): Không thu" in said


def test_a_slip_that_waits_for_a_payment_does_not_say_that_nothing_is_to_be_paid(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, procedure="seized-item-return")
    said = " ".join(cli("letter", dossier, "receipt", "--format", "text").out.split())
    assert "chờ công dân nộp phí" in said and "Phí, lệ phí (nếu có): …" in said
