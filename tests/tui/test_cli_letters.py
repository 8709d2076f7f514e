"""`motcua letter` for every kind: what must have happened first, what the paper says, what it leaves behind."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.answers import Refusal
from core.decisions import TakeIn
from storage.desk import Desk, Done
from storage.manner import Manner
from storage.results import Posting, send_post
from storage.settings import Settings
from storage.spool import Spool
from tests.conftest import NOW, Office, Ran, act, officer, take_in
from tests.schema_check import check
from tests.storage.test_thermal import printed
from tests.tui.test_cli_letter import issued, pdf_text
from tui.printing import hand_out

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
    act(desk, dossier, "result_ready", shelf="Kệ B2")
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


def test_a_copy_of_what_another_desk_issued_bears_the_day_and_the_name_of_the_original(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier, file = asked(desk), tmp_path / "a.pdf"
    cli("letter", dossier, "supplement-request", "--out", file, "--as", "tmd")
    (job,) = Spool(desk).jobs()
    assert isinstance(Spool(desk).confirm(officer(desk), job), Done)
    desk.connection.execute("DELETE FROM letter_kept")
    monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(days=5)).isoformat())
    cli("letter", dossier, "supplement-request", "--out", file, "--as", "hoa")
    copy = pdf_text(file)
    for told in ("BẢN SAO", "Số: 01/PYC-Q1", "ngày 21 tháng 5 năm 2026", f"liên hệ với {officer(desk).name}"):
        assert told in copy, told


@pytest.mark.parametrize(
    ("kind", "make", "then", "told"),
    [
        ("control-slip", received, ("step_completed", {"step": "Xác minh nơi ở"}), "Xác minh nơi ở"),
        (
            "explanation",
            received,
            ("promised_earlier", {"due_at": "2026-05-28T16:00:00+07:00", "reason": "x"}),
            "16 giờ",
        ),
        ("custody", kept, ("original_taken", {"paper": "Sổ đỏ"}), "Sổ đỏ"),
    ],
)
def test_a_paper_that_nobody_saw_is_made_anew_where_it_is_no_longer_true(
    cli: Cli, desk: Desk, tmp_path: Path, kind: str, make: Callable[[Desk], str], then: tuple[str, Any], told: str
) -> None:
    dossier, file = make(desk), tmp_path / "a.pdf"
    cli("letter", dossier, kind, "--out", file, "--as", "tmd")
    assert told not in pdf_text(file)
    act(desk, dossier, then[0], at=LATER, **then[1])
    cli("letter", dossier, kind, "--out", file, "--as", "tmd")
    assert told in pdf_text(file)
    assert issued(desk, dossier).count("letter_issued") == 2


def test_a_custody_receipt_names_no_paper_that_went_back(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier, file = kept(desk), tmp_path / "a.pdf"
    act(desk, dossier, "original_taken", paper="Sổ đỏ")
    cli("letter", dossier, "custody", "--out", file, "--as", "tmd")
    act(desk, dossier, "original_released", at=LATER, paper="Sổ đỏ")
    cli("letter", dossier, "custody", "--out", file, "--as", "tmd")
    assert "Sổ đỏ" not in pdf_text(file)


def test_a_job_whose_issue_has_no_effect_is_not_printed_for_it(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """As where the officer's rights had ended at another desk."""
    dossier, file = stopped(desk), tmp_path / "a.pdf"
    add = "INSERT INTO print_job (issue, dossier, letter, state, made_at, pdf) VALUES (?, ?, ?, 'issued', 1, ?)"
    for issue, letter in (("nowhere", "stop-notice"), ("there", "receipt")):
        desk.connection.execute(add, (issue, dossier, letter, b"%PDF"))
    assert cli("letter", dossier, "stop-notice", "--out", file, "--as", "tmd").status == 0
    assert "THÔNG BÁO DỪNG" in pdf_text(file)
    assert cli("letter", dossier, "receipt", "--out", file, "--as", "tmd").status == 0


def signed(desk: Desk, dossier: str, day: int) -> None:
    act(desk, dossier, "rescheduled", at=NOW.replace(month=6, day=day), code="overload", days=3)


def apology(cli: Cli, dossier: str, file: Path) -> str:
    ran = cli("letter", dossier, "apology", "--out", file, "--as", "tmd")
    assert ran.status == 0, ran
    return pdf_text(file)


def test_the_apology_is_for_the_date_that_stood_and_its_own_binds(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of 1/6 that a supplement has made void since is not what was missed."""
    dossier = received(desk)
    cli("letter", dossier, "receipt", "--out", tmp_path / "slip.pdf", "--as", "tmd")
    act(desk, dossier, "supplement_requested", items=["CT01"])
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-04T09:00:00+07:00")
    desk.now = lambda: NOW.replace(month=6, day=4)
    act(desk, dossier, "supplement_received", at=NOW.replace(month=5, day=26))
    assert str(desk.dossier(dossier).clock_events[-1].at.date()) == "2026-05-26"
    signed(desk, dossier, 4)
    text = apology(cli, dossier, tmp_path / "a.pdf")
    assert "Thời gian hẹn trả kết quả: 17 giờ 00 phút, ngày 04 tháng 6" in text
    assert "thêm: 03 ngày làm việc" in text and "không thể trả" in text
    assert "17 giờ 00 phút, ngày 09 tháng 6" in text
    found = desk.dossier(dossier)
    assert found.promised_at == found.rescheduled_to and found.apology_settled


def test_an_apology_promises_no_date_that_a_pause_has_moved(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-05T09:00:00+07:00")
    dossier = received(desk)
    desk.now = lambda: NOW.replace(month=6, day=5)
    signed(desk, dossier, 1)
    act(desk, dossier, "suspended", at=NOW.replace(month=6, day=2), reason="x")
    assert cli("letter", dossier, "apology", "--format", "text").status == 1, "there is no date to promise"
    act(desk, dossier, "resumed", at=NOW.replace(month=6, day=4))
    assert "17 giờ 00 phút, ngày 08 tháng 6" in apology(cli, dossier, tmp_path / "a.pdf")
    assert desk.dossier(dossier).promised_at == NOW.replace(month=6, day=8, hour=17)


def test_who_was_sent_home_once_and_came_back_with_all_is_asked_for_nothing(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, kind="guided", missing=["CT01"])
    assert cli("letter", dossier, "supplement-request", "--format", "text").status == 0
    assert isinstance(desk.do(TakeIn(dossier, "received", NOW, {"papers": ["CT01"]}), officer(desk)), Done)
    ran = cli("letter", dossier, "supplement-request", "--format", "text", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "letter_not_due")


@pytest.mark.parametrize(("signs", "told"), [({"signed": True}, "đã ký"), ({}, "đã điểm chỉ")])
def test_who_lost_the_slip_is_said_to_have_done_what_they_did(
    cli: Cli, desk: Desk, signs: dict[str, Any], told: str
) -> None:
    dossier = received(desk)
    act(desk, dossier, "result_ready")
    act(desk, dossier, "result_returned", slip_lost=True, thumbprint=True, witness="Lê Thị Lan", **signs)
    text = text_of(cli("letter", dossier, "result-slip", "--format", "text"))
    assert f"Mất giấy hẹn, người nhận {told} cam kết" in text


def test_a_citizens_paper_does_not_lie_about_for_days(desk: Desk) -> None:
    old, record = (desk.folder / "letters" / name for name in ("receipt-old.pdf", "handover-old.pdf"))
    old.parent.mkdir()
    for file in (old, record):
        file.write_bytes(b"%PDF")
        os.utime(file, (0, 0))
    for name in ("receipt-1.pdf", "apology-2.pdf"):
        hand_out(desk, b"%PDF", name, Settings(printer="nowhere"))
    assert {one.name for one in old.parent.iterdir()} == {"handover-old.pdf", "receipt-1.pdf", "apology-2.pdf"}


def test_a_paper_is_printed_again_while_the_viewer_shows_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' viewers let nobody write into what they show."""
    letters, write = desk.folder / "letters", Path.write_bytes

    def refused_while_shown(path: Path, content: bytes) -> int:
        if path.name == "handover-draft.pdf" and path.exists():
            raise PermissionError(13, "in use")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refused_while_shown)
    for content in (b"%PDF 1", b"%PDF 2"):
        hand_out(desk, content, "handover-draft.pdf", Settings(printer="nowhere"))
    assert {path.read_bytes() for path in letters.iterdir()} == {b"%PDF 1", b"%PDF 2"}


def test_an_organisation_is_not_addressed_as_a_person(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, applicant={"kind": "organisation", "name": "Công ty Sông Hàn"})
    act(desk, dossier, "rescheduled", due_at=DUE, reason="Bão số 12")
    text = text_of(cli("letter", dossier, "apology", "--format", "text"))
    assert "Ông/Bà" not in text
    assert "Kính gửi: Công ty Sông Hàn" in text and "của Công ty Sông Hàn." in text
    assert "chân thành xin lỗi Quý tổ chức" in text


@pytest.mark.parametrize(("make", "kind"), [(refused, "refusal"), (stopped, "stop-notice")])
def test_what_was_opened_again_was_neither_refused_nor_stopped(
    cli: Cli, desk: Desk, make: Callable[[Desk], str], kind: str
) -> None:
    dossier = make(desk)
    act(desk, dossier, "reopened", reason="xem lại")
    ran = cli("letter", dossier, kind, "--format", "text", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "letter_not_due")


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
        assert str(desk.row(dossier)["receipt_number"]) in text
    assert "SỔ THEO DÕI HỒ SƠ" in text and "Đặng Văn Lê" in text and text.count("Đăng ký thường trú") == 2
    empty = text_of(
        cli("letter", "--unit", unit, "--date", "2026-05-20", "register", "--format", "text", "--as", "tmd")
    )
    assert "Không có" in empty


def test_the_register_says_of_each_what_is_true_now(cli: Cli, desk: Desk) -> None:
    """A date that nobody printed, a result that came back with the mail; and who was sent home is not in it."""
    take_in(desk, "Về Nhà", kind="guided", missing=["CT01"])
    dossier = received(desk)
    act(desk, dossier, "result_ready")
    act(desk, dossier, "handed_to_post", carrier="VNPost")
    act(desk, dossier, "result_returned", channel="post")
    act(desk, dossier, "post_returned", reason="không có người nhận")
    words = ("letter", "--unit", desk.identity.unit, "--date", "2026-05-21", "register", "--format", "text")
    text = text_of(cli(*words, "--as", "tmd"))
    assert "Về Nhà" not in text
    assert "17:00 01/06/2026 | | | | Trần Minh Đức | Có kết quả" in text


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
    number = next(word for word in text.split() if word.startswith(f"{desk.identity.unit}-"))
    assert number.isprintable() and cli("show", number).status == 0


@pytest.mark.parametrize("procedure", ["permanent-residence", "1.004222"])
def test_a_notice_sheet_comes_from_the_catalogue(cli: Cli, desk: Desk, tmp_path: Path, procedure: str) -> None:
    file = tmp_path / "a.pdf"
    assert cli("letter", "--procedure", procedure, "notice-sheet", "--out", file).status == 0
    text = pdf_text(file)
    for words in ("Đăng ký thường trú", "1.004222", "7 ngày làm việc", "Đ.22.3 Luật Cư trú 2020", "20.000đ"):
        assert words in text


@pytest.mark.parametrize(
    ("procedure", "told"),
    [
        ("foreigner-visa", "Tờ khai đề nghị cấp thẻ tạm trú (Cấp thẻ tạm trú) (nếu có)"),
        ("fireworks-permit", "Phí, lệ phí: Chưa có dữ liệu"),
        ("temporary-residence-extension", "Lưu ý: Công dân nộp trong 15 ngày trước khi hết hạn tạm trú"),
    ],
)
def test_a_notice_sheet_leaves_out_nothing_that_the_catalogue_knows(
    cli: Cli, desk: Desk, procedure: str, told: str
) -> None:
    assert told in text_of(cli("letter", "--procedure", procedure, "notice-sheet", "--format", "text"))


def test_an_online_slip_has_the_portals_address_and_says_what_nobody_has_checked(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    assert cli("letter", "--procedure", "1.004222", "service-slip", "--out", file).status == 0
    text = pdf_text(file)
    for words in ("PHIẾU HƯỚNG DẪN NỘP HỒ SƠ TRỰC TUYẾN", "https://dichvucong.bocongan.gov.vn", "1.004222", "10.000đ"):
        assert words in text
    plain = text_of(cli("letter", "--procedure", "1.004222", "service-slip", "--format", "text"))
    assert "chưa đối chiếu" in plain
    dated = cli(
        "letter", "--procedure", "1.004222", "service-slip", "--format", "text", "--date", "2021-08-01", "--json"
    )
    assert (dated.status, dated.json["error"]["code"]) == (2, "letter_option")
    refused = cli("letter", "--procedure", "seized-item-return", "service-slip", "--format", "text", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "service_not_online")


def test_what_nobody_has_seen_yet_is_made_anew_where_it_is_no_longer_true(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip without the last hand-over, or with the name before it was corrected, is no paper to hand out."""
    file, dossier = tmp_path / "a.pdf", received(desk)
    for kind in ("control-slip", "receipt", "explanation"):
        cli("letter", dossier, kind, "--out", file, "--as", "tmd")
    act(desk, dossier, "assigned", to=officer(desk).id)
    act(desk, dossier, "corrected", field="applicant.name", new="Đặng Thị Đào Hoa")
    monkeypatch.setenv("MOTCUA_NOW", LATER.isoformat())
    for kind in ("control-slip", "receipt", "explanation"):
        assert cli("letter", dossier, kind, "--out", file, "--as", "tmd").status == 0
        assert "Đặng Thị Đào Hoa" in pdf_text(file), kind
    cli("letter", dossier, "control-slip", "--out", file, "--as", "tmd")
    assert pdf_text(file).count("1. Giao:") == 4
    assert issued(desk, dossier).count("letter_issued") == 6, "the same paper again while it is true"


def test_who_was_sent_home_gets_a_checklist_with_all_that_is_missing(cli: Cli, desk: Desk) -> None:
    text = text_of(cli("letter", received(desk, kind="guided"), "checklist", "--format", "text"))
    assert "☐ Tờ khai thay đổi thông tin cư trú" in text and "☑ Giấy tờ chứng minh chỗ ở hợp pháp" in text


@pytest.mark.parametrize("kind", ["receipt", "control-slip", "explanation"])
def test_where_there_is_no_date_a_paper_says_what_it_waits_for(cli: Cli, desk: Desk, kind: str) -> None:
    paused, unpaid = asked(desk), take_in(desk, procedure="vehicle-first-registration")
    for dossier, event in ((paused, "chờ công dân bổ sung hồ sơ"), (unpaid, "chờ công dân nộp phí, lệ phí")):
        assert f"Chưa hẹn ngày: {event}" in text_of(cli("letter", dossier, kind, "--format", "text"))
    if kind != "control-slip":
        assert "2 ngày làm việc kể từ khi nộp đủ lệ phí" in text_of(cli("letter", unpaid, kind, "--format", "text"))


def test_a_paper_in_two_languages_says_its_facts_in_both(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    file, paused = tmp_path / "a.pdf", asked(desk)
    told = {
        "receipt": (
            "Registration of permanent residence / Đăng ký thường trú",
            "7 working days / 7 ngày làm việc",
            "No date yet: waiting for the supplement / Chưa hẹn ngày: chờ công dân bổ sung",
            "/ Tờ khai thay đổi thông tin cư trú",
        ),
        "checklist": ("7 working days / 7 ngày làm việc", "Counter: 20,000 đ; Online: 10,000 đ / Trực tiếp: 20.000đ"),
    }
    for kind, sentences in told.items():
        cli("letter", paused, kind, "--bilingual", "--out", file, "--as", "tmd")
        for words in sentences:
            assert words in pdf_text(file), (kind, pdf_text(file))


def test_the_control_slip_is_signed_at_each_hand_over(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    act(desk, dossier, "assigned", to=officer(desk).id)
    text = text_of(cli("letter", dossier, "control-slip", "--format", "text"))
    assert text.count("Người giao") == text.count("Người nhận") == text.count("1. Giao:") == 4


def test_the_register_has_the_appointment_whether_or_not_a_slip_was_printed(cli: Cli, desk: Desk) -> None:
    received(desk)
    unit = desk.identity.unit
    text = text_of(cli("letter", "--unit", unit, "--date", "2026-05-21", "register", "--format", "text", "--as", "tmd"))
    assert "17:00 01/06/2026" in text


def test_a_slip_with_the_new_date_is_not_what_the_citizen_was_told_before(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Printed in the very minute of the apology, before its letter."""
    dossier, file = put_off(desk), tmp_path / "a.pdf"
    assert cli("letter", dossier, "receipt", "--out", file, "--as", "tmd").status == 0
    text = text_of(cli("letter", dossier, "apology", "--format", "text"))
    assert "Thời gian hẹn trả kết quả: 17 giờ 00 phút, ngày 01 tháng 6 năm 2026" in text


def test_a_result_slip_says_what_was_handed_over_and_how_it_was_signed_for(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    dossier = received(desk)
    act(desk, dossier, "result_ready", document="125/QĐ")
    act(desk, dossier, "result_returned", thumbprint=True, witness="Lê Thị Lan")
    file = tmp_path / "letter.pdf"
    cli("letter", dossier, "result-slip", "--out", file, "--as", "tmd")
    said = pdf_text(file)
    assert "số 125/QĐ" in said and "(Điểm chỉ)" in said and "Số: 01/GNKQ" in said


def test_nobody_signs_for_a_result_that_was_sent_through_the_portal(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    act(desk, dossier, "result_ready")
    act(desk, dossier, "result_returned", channel="online", reference="KQ-9")
    said = cli("letter", dossier, "result-slip", "--format", "text").out
    assert "NGƯỜI TRẢ KẾT QUẢ" in said and "NGƯỜI NHẬN KẾT QUẢ" not in said


def test_a_supplement_request_without_a_reason_leaves_its_line_to_the_hand(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    act(desk, dossier, "supplement_requested", items=["Hợp đồng thuê nhà"])
    assert "Lý do: …" in cli("letter", dossier, "supplement-request", "--format", "text").out


@pytest.mark.parametrize("kind", ["checklist", "result-slip", "custody", "explanation"])
def test_each_of_our_own_papers_has_its_number_too(cli: Cli, desk: Desk, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "letter.pdf"
    cli("letter", MADE[kind][0](desk), kind, "--out", file, "--as", "tmd")
    assert re.search(r"Số: 01/[A-Z]+-Q\d", pdf_text(file))


def test_large_print_gets_a_sheet_that_is_large_enough(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    from pypdf import PdfReader

    file = tmp_path / "letter.pdf"
    cli("letter", received(desk), "checklist", "--out", file, "--as", "tmd", "--large", "--bilingual")
    reader = PdfReader(file)
    assert [round(page.mediabox.width / 72 * 25.4) for page in reader.pages] == [210]


def test_the_register_says_once_what_its_columns_share(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    received(desk)
    file = tmp_path / "letter.pdf"
    words = ("letter", "--unit", desk.identity.unit, "--date", f"{NOW:%Y-%m-%d}", "register", "--as", "tmd")
    cli(*words, "--out", file)
    said = pdf_text(file)
    assert said.count("Ngày, tháng, năm") == 1 and said.count("Trả kết quả") == 1 and "|" not in said
    assert "Ngày, tháng, năm | Nhận hồ sơ" in " ".join(cli(*words, "--format", "text").out.split())


def test_a_custody_receipt_says_all_that_a_paper_waits_for(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    held = {"paper": "Giấy phép lái xe", "decision": "15/QĐ-XPHC", "fine": "5000000", "hold_until": "2026-08-01"}
    act(desk, dossier, "original_taken", **held)

    def said() -> str:
        return " ".join(cli("letter", dossier, "custody", "--format", "text").out.split())

    assert "Khi có chứng từ nộp phạt 5.000.000đ; từ ngày 01/08/2026 (15/QĐ-XPHC)" in said()
    act(desk, dossier, "payment_received", amount="5000000", purpose="fine", receipt="00219")
    assert "Từ ngày 01/08/2026 (15/QĐ-XPHC)" in said()


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("stopped", {"reason": "x", "basis": "Điều 9"}, "Không còn hẹn ngày: dừng giải quyết"),
        ("withdrawn", {}, "Không còn hẹn ngày: đã rút"),
        (None, {}, "Chưa hẹn ngày: chờ công dân bổ sung hồ sơ"),
    ],
)
def test_a_dossier_that_ended_waits_for_no_date(
    cli: Cli, desk: Desk, kind: str | None, fields: dict[str, str], says: str
) -> None:
    dossier = asked(desk)
    if kind is not None:
        act(desk, dossier, kind, **fields)
    for letter in ("receipt", "explanation"):
        assert says in " ".join(cli("letter", dossier, letter, "--format", "text").out.split()), letter


def test_the_control_slip_of_a_finished_dossier_tells_who_gave_what_to_the_counter(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    act(desk, dossier, "result_ready")
    said = " ".join(cli("letter", dossier, "control-slip", "--format", "text").out.split())
    assert "1. Giao: Trần Minh Đức 2. Nhận: Bộ phận Tiếp nhận và Trả kết quả" in said
    assert "trước hạn" in said and said.count("1. Giao:") == 1


def test_for_an_organisation_somebody_signs_by_hand(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    firm, file = "Công ty Sông Hàn", tmp_path / "a.pdf"
    dossier = take_in(desk, applicant={"kind": "organisation", "name": firm}, papers=["CT01"])
    cli("letter", dossier, "receipt", "--out", file, "--as", "tmd")
    assert pdf_text(file).count(firm) == 2, "in each copy whose dossier it is, and not as who signs"
    act(desk, dossier, "original_taken", paper="CT01", shelf="A3")
    assert "NGƯỜI GIAO GIẤY TỜ: …" in text_of(cli("letter", dossier, "custody", "--format", "text"))
    act(desk, dossier, "original_released", paper="CT01")
    act(desk, dossier, "result_ready")
    act(desk, dossier, "result_returned", channel="post")
    assert "NGƯỜI NHẬN KẾT QUẢ: …" in text_of(cli("letter", dossier, "result-slip", "--format", "text"))


def test_a_step_of_whoever_has_the_dossier_is_no_hand_over(cli: Cli, desk: Desk) -> None:
    dossier = received(desk)
    act(desk, dossier, "assigned", to=officer(desk, "khai").id)
    act(desk, dossier, "step_completed", by="khai", step="Xác minh nơi ở")
    text = text_of(cli("letter", dossier, "control-slip", "--format", "text"))
    assert text.count("2. Nhận: Vũ Quang Khải") == 1 and "Xác minh nơi ở" in text


def test_a_register_that_fills_its_page_is_signed_below_what_was_counted(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    from pypdf import PdfReader

    file, unit = tmp_path / "a.pdf", desk.identity.unit
    alone = []
    for _ in range(5):
        received(desk)
    for _ in range(8):
        received(desk)
        cli("letter", "--unit", unit, "--date", f"{NOW:%Y-%m-%d}", "register", "--out", file, "--as", "tmd")
        last = PdfReader(file).pages[-1].extract_text()
        alone.append("Tổng số" not in last)
    assert len(PdfReader(file).pages) == 2 and not any(alone)
