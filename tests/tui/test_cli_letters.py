"""`motcua letter` for every kind: what must have happened first, what the paper says, what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.answers import Refusal
from storage.desk import Desk, Done
from storage.manner import Manner
from storage.results import Posting, send_post
from storage.spool import Spool
from tests.conftest import NOW, Office, Ran, act, officer, take_in
from tests.schema_check import check
from tests.storage.test_thermal import printed
from tests.tui.test_cli_letter import issued, pdf_text

Cli = Callable[..., Ran]
LATER = NOW + timedelta(minutes=1)
DUE = "2026-06-08T17:00:00+07:00"


def received(desk: Desk, **facts: object) -> str:
    applicant = {"kind": "citizen", "name": "Đặng Thị Đào", "phone": "0905123456", "address": "12 Trần Phú"}
    return take_in(desk, applicant=applicant, papers=["CT01"], **facts)


def asked(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "supplement_requested", items=["Hợp đồng thuê nhà"], reason="Chưa rõ nơi ở")
    return dossier


def refused(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "refused", reason="Không thuộc địa bàn")
    return dossier


def put_off(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "rescheduled", due_at=DUE, reason="Bão số 12")
    return dossier


def stopped(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "stopped", reason="Quá hạn bổ sung", basis="Điều 9")
    return dossier


def returned(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "result_ready", shelf="B2")
    taker = {"taker": "Đặng Văn Lê", "taker_number": "048060001234", "capacity": "parent", "proof": "Giấy khai sinh"}
    act(desk, dossier, "result_returned", **taker, thumbprint=True, witness="Lê Thị Lan", slip_lost=True, signed=True)
    return dossier


def kept(desk: Desk) -> str:
    dossier = received(desk)
    act(desk, dossier, "original_taken", paper="CT01", shelf="A3")
    return dossier


MADE = {
    "supplement-request": (asked, ("PHIẾU YÊU CẦU BỔ SUNG", "Hợp đồng thuê nhà", "Chưa rõ nơi ở")),
    "refusal": (refused, ("PHIẾU TỪ CHỐI", "Không thuộc địa bàn", "12 Trần Phú")),
    "apology": (put_off, ("VĂN BẢN XIN LỖI", "01 tháng 6", "08 tháng 6", "05 ngày làm việc", "Bão", "không thể trả")),
    "stop-notice": (stopped, ("THÔNG BÁO DỪNG", "Quá hạn bổ sung", "Điều 9")),
    "control-slip": (received, ("PHIẾU KIỂM SOÁT", "1. Giao:", "2. Nhận:")),
    "checklist": (received, ("PHIẾU HƯỚNG DẪN", "Đăng ký thường trú", "7 ngày làm việc")),
    "result-slip": (returned, ("GIẤY GIAO NHẬN KẾT QUẢ", "Đặng Văn Lê", "khai sinh", "điểm chỉ", "Thị Lan", "KỆ B2")),
    "custody": (kept, ("BIÊN NHẬN GIỮ BẢN CHÍNH", "A3", "Tờ khai")),
    "explanation": (received, ("GIẢI TRÌNH", "Đ.147", "khiếu nại")),
}  # fmt: skip


@pytest.mark.parametrize("kind", MADE)
def test_each_letter_says_its_facts_and_is_issued_once(cli: Cli, desk: Desk, tmp_path: Path, kind: str) -> None:
    make, told = MADE[kind]
    dossier, file = make(desk), tmp_path / "letter.pdf"
    before = desk.log.count_of(dossier)
    text = cli("letter", dossier, kind, "--format", "text").out
    assert desk.log.count_of(dossier) == before, "to read it changes nothing"
    for _ in range(2):
        ran = cli("letter", dossier, kind, "--out", file, "--as", "tmd", "--json")
        assert ran.status == 0, ran.out
        check(ran.json, "letter")
    assert issued(desk, dossier) == ["letter_issued"]
    for words in (*told, "Đặng Thị Đào", "CÔNG AN"):
        for where in (pdf_text(file), " ".join(text.split())):
            assert words.casefold() in where.casefold(), (words, where)


@pytest.mark.parametrize("kind", [kind for kind, (make, _) in MADE.items() if make is not received])
def test_a_letter_of_what_did_not_happen_is_refused(cli: Cli, desk: Desk, kind: str) -> None:
    ran = cli("letter", received(desk), kind, "--format", "text", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "letter_not_due")


def test_after_somebody_saw_it_come_out_it_is_a_copy_until_something_new_happened(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    dossier, file = stopped(desk), tmp_path / "a.pdf"
    cli("letter", dossier, "stop-notice", "--out", file, "--as", "tmd")
    assert "BẢN SAO" not in pdf_text(file)
    (job,) = Spool(desk).jobs()
    assert isinstance(Spool(desk).confirm(officer(desk), job), Done)
    cli("letter", dossier, "stop-notice", "--out", file, "--as", "tmd")
    assert "BẢN SAO" in pdf_text(file)


def test_a_checklist_comes_on_a_roll(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "roll"
    assert cli("letter", received(desk), "checklist", "--format", "thermal", "--out", file, "--as", "tmd").status == 0
    assert file.read_bytes().startswith(b"\x1b@\x1dv0")


@pytest.mark.parametrize("kind", ["receipt", "checklist"])
def test_what_is_handed_out_comes_in_two_languages_and_in_large_print(
    cli: Cli, desk: Desk, tmp_path: Path, kind: str
) -> None:
    dossier, plain_file, file = received(desk), tmp_path / "plain.pdf", tmp_path / "other.pdf"
    cli("letter", dossier, kind, "--out", plain_file, "--as", "tmd")
    for flags, told in ((("--bilingual",), True), (("--large",), False), (("--bilingual", "--large"), True)):
        assert cli("letter", dossier, kind, *flags, "--out", file, "--as", "tmd").status == 0
        text = pdf_text(file)
        assert ("Address / Địa chỉ" in text or "Opening hours / Giờ tiếp nhận" in text) is told
        assert ("RECEIPT OF DOSSIER" in text or "WHAT TO BRING" in text) is told
        assert ("17:00, 01/06/2026 / 17 giờ" in text) is (told and kind == "receipt")
        assert "Đặng Thị Đào" in text and file.read_bytes() != plain_file.read_bytes()
    assert len(Spool(desk).jobs()) == 1, "what is wanted otherwise replaces what nobody has seen"
    row = desk.row(dossier)
    assert row is not None and row["unprinted"] == 1


def on_roll(cli: Cli, dossier: str, kind: str, file: Path) -> bytes:
    assert cli("letter", dossier, kind, "--format", "thermal", "--out", file, "--as", "tmd").status == 0
    return file.read_bytes()


def test_a_roll_slip_is_issued_sent_confirmed_and_then_comes_as_a_copy(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier, file = received(desk), tmp_path / "roll"
    original = on_roll(cli, dossier, "receipt", file)
    (job,) = Spool(desk).jobs()
    assert (job.content, job.state, job.manner) == (original, "sent", Manner(roll=True))
    assert on_roll(cli, dossier, "receipt", file) == original and issued(desk, dossier) == ["letter_issued"]
    assert isinstance(Spool(desk).confirm(officer(desk), job), Done)
    copy = on_roll(cli, dossier, "receipt", file)
    assert copy != original
    assert cli("letter", dossier, "receipt", "--out", file, "--as", "tmd").status == 0
    assert "BẢN SAO" in pdf_text(file), "whatever it is printed on"
    assert Spool(desk).jobs() == []


def test_what_could_not_be_written_was_not_sent(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    refused = cli("letter", received(desk), "receipt", "--out", tmp_path / "none" / "a.pdf", "--as", "tmd")
    (job,) = Spool(desk).jobs()
    assert refused.status == 1 and job.state == "issued"


def test_a_broken_template_of_a_roll_is_told_and_ours_is_used(
    cli: Cli, office: Office, desk: Desk, tmp_path: Path
) -> None:
    templates = office.folder / "templates"
    templates.mkdir()
    for kind, name in (("receipt", "receipt-80mm.typ"), ("checklist", "letter-80mm.typ")):
        (templates / name).write_text("fine\n#let x = foo(\n", encoding="utf-8")
        ran = cli("letter", received(desk), kind, "--format", "thermal", "--out", tmp_path / "roll", "--as", "tmd")
        assert ran.status == 0 and f"«{name}» có lỗi ở dòng 2" in ran.err
        assert len(printed((tmp_path / "roll").read_bytes())) > 200


def test_characters_that_no_font_draws_are_told_of_a_roll_too(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk, "Lý Tiểu 龙", papers=["CT01"])
    ran = cli("letter", dossier, "receipt", "--format", "thermal", "--out", tmp_path / "roll", "--as", "tmd")
    assert ran.status == 0 and "龙" in ran.err


def text_of(ran: Ran) -> str:
    assert ran.status == 0, ran.err
    return " ".join(ran.out.split())


def test_the_register_lists_the_day(cli: Cli, desk: Desk) -> None:
    done, other = returned(desk), received(desk)
    unit = desk.identity.unit
    text = text_of(cli("letter", "--unit", unit, "--date", "2026-05-21", "register", "--format", "text", "--as", "tmd"))
    for dossier in (done, other):
        assert str(desk.row(dossier)["receipt_number"]).replace("-", "-\u200b") in text
    assert "SỔ THEO DÕI HỒ SƠ" in text and "Đặng Văn Lê" in text and text.count("Đăng ký thường trú") == 2
    empty = text_of(
        cli("letter", "--unit", unit, "--date", "2026-05-20", "register", "--format", "text", "--as", "tmd")
    )
    assert "Không có" in empty


def test_the_manifest_has_a_sheet_for_each_carrier(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    words: tuple[Any, ...] = ("letter", "--unit", desk.identity.unit, "--date", "2026-05-21", "post-manifest")
    assert cli(*words, "--format", "text", "--as", "tmd").status == 1
    for carrier, tracking in (("VNPost", "EA1"), ("VNPost", "EA2"), ("Viettel Post", "VT9")):
        dossier = received(desk)
        act(desk, dossier, "result_ready")
        sent = send_post(desk, officer(desk), carrier, [Posting(dossier, tracking)], at=NOW)
        assert not isinstance(sent, Refusal)
    text = text_of(cli(*words, "--format", "text", "--as", "tmd"))
    assert [text.count(word) for word in ("BẢNG KÊ", "EA1", "EA2", "VT9", "Tổng số: 02")] == [2, 1, 1, 1, 1]


@pytest.mark.parametrize("procedure", ["permanent-residence", "1.004222"])
def test_a_notice_sheet_comes_from_the_catalogue(cli: Cli, desk: Desk, tmp_path: Path, procedure: str) -> None:
    file = tmp_path / "a.pdf"
    assert cli("letter", "--procedure", procedure, "notice-sheet", "--out", file).status == 0
    text = pdf_text(file)
    for words in ("Đăng ký thường trú", "1.004222", "7 ngày làm việc", "Đ.22.3 Luật Cư trú 2020", "20.000đ"):
        assert words in text
