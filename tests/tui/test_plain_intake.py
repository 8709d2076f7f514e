"""Taking a dossier in line by line: the same facts as by the screen, nothing lost, nothing said too early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core.dossier import Dossier
from core.slip_code import blank_text
from storage.blanks import take_blanks
from storage.channels import channels
from storage.desk import Desk
from storage.drafts import Drafts
from storage.settings import Settings, save_settings
from tests.conftest import NOW, Office, officer, take_in
from tests.tui.spoken import talk
from tests.tui.workstation import CARD, workstation

NUMBER = "001185012345"
DAO = {"kind": "citizen", "name": "Nguyễn Thị Hồng Đào", "number": NUMBER, "birth": "1985-01-01", "sex": "female"}
REST = (">", ">")
"""Nothing more to say of the papers, nor of how it comes and goes."""
SAVE = ("l", "k")
"""Saved, and not printed."""


def taken_in(desk: Desk) -> list[Dossier]:
    rows = desk.queries.after(None, desk.bounds(), 20)
    dossiers = [desk.dossier(row.id) for row in sorted(rows, key=lambda row: str(row["receipt_number"]))]
    return [one for one in dossiers if one is not None]


def drafts(desk: Desk, by: str = "tmd") -> list[dict[str, Any]]:
    return [dict(one.content) for one in Drafts(desk.connection, officer(desk, by).id).all()]


def intake(desk: Desk, *typed: str, by: str = "tmd") -> str:
    return talk(desk, "2", *typed, by=by)


def test_a_card_a_procedure_and_its_papers(desk: Desk) -> None:
    said = intake(desk, CARD, "0905123456", ">", "dktt", "1", "0", "2", *REST, *SAVE)
    (dossier,) = taken_in(desk)
    assert said.index("Xem lại hồ sơ, chưa lưu") < said.index("Đã lưu H30-001-260521-0001")
    assert dossier.applicant == {
        **DAO, "id_type": "citizen_number", "address": "Số 5 ngõ 12, Hòa Hải, Đà Nẵng", "phone": "0905123456",
    }  # fmt: skip
    assert (dossier.procedure, dossier.facts["papers"]) == ("permanent-residence", ["CT01", "lawful-dwelling"])
    assert dossier.originals == {"lawful-dwelling": 1}
    assert (dossier.facts["channel"], dossier.facts["return_by"]) == ("counter", "counter")
    assert drafts(desk) == []


def test_why_it_is_due_is_told_before_it_is_saved(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "w")
    assert "HẸN TRẢ: 17:00 thứ Hai 01/06/2026 (7 ngày làm việc)" in said
    assert "7 ngày làm việc: 22, 25, 26, 27, 28, 29/5, 1/6" in said
    assert "không tính ngày nhận (Đ.147.2 BLDS 2015)" in said
    assert "Còn thiếu: Tờ khai thay đổi thông tin cư trú; Giấy tờ chứng minh chỗ ở hợp pháp" in said
    assert taken_in(desk) == []


async def test_lines_and_screen_write_the_same(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await desktop.type("dktt")
        await desktop.press("enter", "0", "alt+l")
    desk = office.open()
    intake(desk, "0", CARD, "", "", "1", "dktt", "1", "0", *REST, *SAVE)
    by_screen, by_lines = taken_in(desk)
    desk.close()
    assert by_lines.applicant == by_screen.applicant
    ignored = {"visit"}
    facts = [{k: v for k, v in one.facts.items() if k not in ignored} for one in (by_screen, by_lines)]
    assert facts[0] == facts[1]
    assert by_lines.bringer == by_screen.bringer


@pytest.mark.parametrize(
    ("typed", "told", "held"),
    [
        (("1", "12345"), "12 (hoặc 9) chữ số", {}),
        (("1", NUMBER, "An", "31/02/2020"), "ngày sinh", {"applicant_name": "An"}),
        (("1", "", "Lê An", "1990", "2", "Huế", "12"), "điện thoại", {"birth_date": "1990", "sex": "male"}),
        (("1", "", "Lê An", "1990", "2", "Huế", "", "ai"), "thư điện tử", {"address": "Huế"}),
        (("1", "", "A\x1b[A"), "ký tự điều khiển", {}),
    ],
)
def test_a_mistyped_answer_is_told_at_once_and_asked_again(
    desk: Desk, typed: tuple[str, ...], told: str, held: dict[str, str]
) -> None:
    said = intake(desk, *typed)
    assert told in said.lower()
    asked, again = said.split("Chú ý: ")[0].rstrip().split("\n")[-1], said.rstrip().split("\n")[-2].rstrip()
    assert asked == again
    kept = drafts(desk)
    assert all(kept[0]["texts"][name] == text for name, text in held.items()) if held else kept == []


def test_what_does_not_fit_the_number_is_a_warning_and_no_refusal(desk: Desk) -> None:
    said = intake(desk, "1", NUMBER, "Nguyễn Thị Hồng Đào", "1985", "2", "", "", "", "1", "dktt", "1", *REST, *SAVE)
    assert "Lưu ý: " in said and len(taken_in(desk)) == 1


@pytest.mark.parametrize(
    ("scan", "told"),
    [
        ("https://dichvucong.gov.vn/x", "địa chỉ trang mạng"),
        ("00020101021238570010A000000727", "chuyển tiền ngân hàng"),
        ("a|b|c", "không phải mã QR của thẻ"),
        ("H30-001-260521-0001", "mã hồ sơ trên giấy hẹn"),
        ("MCB:XXXX", "phiếu viết tay"),
    ],
)
@pytest.mark.parametrize("before", [(), ("1", NUMBER), (CARD, ">")])
def test_a_code_that_is_no_card_is_named_at_any_question(
    desk: Desk, scan: str, told: str, before: tuple[str, ...]
) -> None:
    said = intake(desk, *before, scan)
    assert told in said
    assert not drafts(desk) or scan not in str(drafts(desk))


def test_a_child_without_a_card_is_brought_by_a_parent_whose_card_is_scanned(desk: Desk) -> None:
    said = intake(desk, "1", "", "Y Blim Niê", "3/2019", "2", "", "", "", CARD, "dktt", "1", *REST, *SAVE)
    (dossier,) = taken_in(desk)
    assert "Trẻ em chưa có thẻ" in said
    assert dossier.applicant == {"kind": "citizen", "name": "Y Blim Niê", "birth": "2019-03", "sex": "male"}
    assert dossier.bringer == {"name": "Nguyễn Thị Hồng Đào", "number": NUMBER, "capacity": "parent"}


def test_a_child_is_brought_by_a_parent_unless_somebody_says_otherwise(desk: Desk) -> None:
    assert "[cha/mẹ]" in intake(desk, "1", "", "Y Blim Niê", "2019", "", "", "", "")
    assert "[chính chủ]" in talk(desk, "2", "0", "1", "", "Y Blim Niê", "1985", "", "", "", "")


def test_a_foreigner_by_passport_and_an_organisation_by_its_code(desk: Desk) -> None:
    passport = ("2", "C1234567", "Anna de Souza", "3/1990", "3", "Brasil", "", "", "", "1")
    intake(desk, *passport, "dktt", "1", *REST, *SAVE)
    company = ("3", "0401234567", "Công ty Biển Xanh", "", "", "", "", "Trần Văn Bốn", "048085001234")
    said = intake(desk, *company, "dktt", "1", *REST, *SAVE)
    foreigner, organisation = taken_in(desk)
    assert foreigner.applicant == {
        "kind": "foreigner", "name": "Anna de Souza", "id_type": "passport", "id_number": "C1234567",
        "nationality": "Brasil", "birth": "1990-03", "sex": "female",
    }  # fmt: skip
    assert organisation.applicant["id_type"] == "business_code" and "birth" not in organisation.applicant
    assert organisation.bringer["capacity"] == "legal_representative"
    assert "Ngày sinh" not in said


def test_a_person_who_was_here_is_filled_in(desk: Desk) -> None:
    take_in(desk, applicant=DAO | {"phone": "0905123456", "address": "Hòa Hải"})
    passport = {
        "kind": "foreigner",
        "name": "Anna",
        "id_type": "passport",
        "id_number": "C1234567",
        "nationality": "Brasil",
    }
    take_in(desk, applicant=passport)
    assert "3. Họ tên [Nguyễn Thị Hồng Đào]" in intake(desk, "1", NUMBER, "!")
    assert "3. Họ tên [Anna]" in talk(desk, "2", "0", "2", "C1234567")


def test_what_people_call_a_procedure_is_chosen_by_number(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "zzzz", "tam tru", "99", "2", ">", *REST, *SAVE)
    assert "Không có thủ tục nào như vậy" in said
    listed = [line for line in said.split("\n") if line.startswith("2. ")]
    (dossier,) = taken_in(desk)
    title = listed[-1].removeprefix("2. ").partition(";")[0] if listed else ""
    assert title and title in said.split("Xem lại hồ sơ")[1]
    assert dossier.procedure != "temporary-residence"


def test_enter_takes_the_likeliest_procedure_of_a_list(desk: Desk) -> None:
    intake(desk, CARD, ">", "dktt", "", *REST, *SAVE)
    assert taken_in(desk)[0].procedure == "permanent-residence"


def test_a_procedure_without_a_fee_asks_for_no_money(desk: Desk) -> None:
    with_fee = intake(desk, CARD, ">", "dktt", "1", ">", "", "", "", "2")
    assert "Thu lệ phí" in with_fee and "Lệ phí [20.000]" in with_fee
    without = talk(desk, "2", "0", CARD, ">", "tam vang", "1", ">", *REST, *SAVE)
    assert "Thu lệ phí" not in without
    assert len(taken_in(desk)) == 1 and not taken_in(desk)[0].paid


def test_what_was_paid_is_an_event_of_its_own(desk: Desk) -> None:
    intake(desk, CARD, ">", "dktt", "1", ">", "", "", "", "2", "", "", "", "", *SAVE)
    assert [str(amount) for amount, _ in taken_in(desk)[0].paid] == ["20000"]


def test_the_next_dossier_of_a_visit_keeps_its_people(desk: Desk) -> None:
    said = intake(
        desk,
        CARD,
        "0905123456",
        ">",
        "dktt",
        "1",
        "0",
        ">",
        *[""] * 7,
        "n",
        "k",
        "tach ho",
        "1",
        "0",
        ">",
        *[""] * 7,
        *SAVE,
    )
    first, second = taken_in(desk)
    assert "Nhận hồ sơ của Nguyễn Thị Hồng Đào" in said
    assert first.applicant == second.applicant and first.procedure != second.procedure
    assert first.facts["visit"] == second.facts["visit"]


def test_a_repeat_is_told_at_once_and_can_be_opened_before_saving(desk: Desk) -> None:
    take_in(desk, applicant=DAO)
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "d", "<")
    assert "Lưu ý: Người này còn 1 hồ sơ đang mở: 260521-0001" in said
    assert "Lưu ý: Trùng: 260521-0001 đang mở" in said
    assert said.index("Xem lại hồ sơ") < said.index("Hồ sơ H30-001-260521-0001 (w")


def test_back_keep_and_clear(desk: Desk) -> None:
    said = intake(desk, "1", "", "Lê An", "<", ".", "1990", "<", "-", "<", "<", "!")
    assert "3. Họ tên [Lê An]" in said and "4. Ngày sinh [1990]" in said
    assert drafts(desk)[0]["texts"]["applicant_name"] == "Lê An"
    assert not drafts(desk)[0]["texts"]["birth_date"]
    assert "Đã giữ nháp." in said
    assert intake(desk, "0", "<").count("Việc (1 hàng đợi") == 2, "before the first question is home"


def test_any_field_is_changed_by_its_number_before_saving(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "3", "Nguyễn Đào", "99", *SAVE)
    assert taken_in(desk)[0].applicant["name"] == "Nguyễn Đào"
    assert "l: lưu, rồi hỏi in giấy hẹn" in said


def test_every_answer_is_durable_and_the_form_goes_on_where_it_stopped(office: Office) -> None:
    desk = office.open()
    intake(desk, "1", "", "Lê An", "1990")
    desk.close()
    desk = office.open()
    assert drafts(desk)[0]["texts"]["birth_date"] == "1990"
    said = intake(desk, "", "dktt", "1", *REST, *SAVE)
    assert "Lê An" in said.split("Mở nháp số mấy")[0]
    assert taken_in(desk)[0].applicant["birth"] == "1990"
    assert drafts(desk) == []
    desk.close()


async def test_a_draft_of_the_screen_is_gone_on_with_in_lines_and_the_other_way(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await desktop.type("dktt")
        await desktop.press("enter", "0", "f1")
    desk = office.open()
    said = intake(desk, "1", "!")
    assert "Xem lại hồ sơ, chưa lưu" in said and "Tờ khai thay đổi thông tin cư trú" in said
    desk.close()
    async with workstation(office, "intake") as desktop:
        assert desktop.one("IntakeForm").read().texts["applicant_name"] == "Nguyễn Thị Hồng Đào"
        await desktop.press("alt+l")
        assert len(taken_in(desktop.app.desk)) == 1


def test_of_several_drafts_one_is_chosen_and_a_form_is_thrown_away(desk: Desk) -> None:
    intake(desk, "1", "", "Lê An", "!")
    talk(desk, "2", "0", "1", "", "Lê Bình", "!")
    said = intake(desk, "7", "2", "dktt", "1", *REST, "x", "c")
    assert "Gõ một số từ 1 đến 2." in said
    assert len(drafts(desk)) == 1


def test_an_earlier_promise_needs_a_reason_and_can_be_taken_back(desk: Desk) -> None:
    common = (CARD, ">", "dktt", "1", *REST)
    said = intake(desk, *common, "e", "2/6", "28/5 15h", "", "người già", "e", "-", "e", "28/5 15h", "người già", *SAVE)
    assert "Cần ghi lý do" in said and "15:00 thứ Năm 28/05/2026 (hẹn sớm hơn; hạn 01/06 17:00)" in said
    (dossier,) = taken_in(desk)
    assert [event.kind for event in dossier.events] == ["received", "promised_earlier"]


def test_an_auditor_is_refused_and_keeps_the_form(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "l", by="tra")
    assert taken_in(desk) == [] and len(drafts(desk, "tra")) == 1
    assert said.rstrip().split("Chú ý: ")[-1]


def test_what_is_missing_is_told_and_asked(desk: Desk) -> None:
    said = intake(desk, "1", "", "", "1990", ">", "", ">", "l", "dktt", "1", "l", "Lê An", *SAVE)
    assert "Chưa có họ tên chủ hồ sơ." in said and "Chưa chọn thủ tục" in said
    assert taken_in(desk)[0].applicant["name"] == "Lê An"


def test_a_blank_receipt_is_keyed_in_with_its_number_and_its_time(desk: Desk) -> None:
    blanks = take_blanks(desk, officer(desk), [NOW.date()], 1)
    assert isinstance(blanks, list)
    said = intake(desk, blank_text(blanks[0].number), "8h15", "", "1", "", "Lê An", ">", "dktt", "1", *REST, "l")
    (dossier,) = taken_in(desk)
    assert dossier.receipt_number == blanks[0].number and f"{dossier.received_at:%H:%M}" == "08:15"
    assert "Người nộp đã có phiếu viết tay." in said
    assert "In Giấy hẹn" not in said


def test_where_the_desk_composes_vietnamese_the_line_mode_does(desk: Desk) -> None:
    save_settings(desk.folder, Settings(typing="telex"))
    said = intake(desk, "1", "", "Nguyeexn Thij Ddaof", "!")
    assert drafts(desk)[0]["texts"]["applicant_name"] == "Nguyễn Thị Đào"
    assert "\nNguyễn Thị Đào\n" in said


def printed(desk: Desk) -> Sequence[str]:
    return [event.kind for event in taken_in(desk)[0].events][1:]


def test_a_receipt_goes_through_the_spool_until_somebody_saw_it(desk: Desk) -> None:
    save_settings(desk.folder, Settings(paper="roll", roll_printer="/dev/null"))
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "l", "2", "3", "", "k", "c", "k", "k")
    assert "cuộn 80 mm, song ngữ, chữ to 16 pt" in said
    assert said.count("Đã gửi «Giấy hẹn» tới máy in.") == 2
    assert printed(desk) == ["letter_issued"]
    again = talk(desk, "c", "c")
    assert "Giấy hẹn: H30-001-260521-0001, Nguyễn Thị Hồng Đào, đã gửi máy in" in again
    assert printed(desk) == ["letter_issued", "letter_printed"]
    assert "chưa ai xác nhận" not in talk(desk)


def test_a_receipt_that_no_printer_takes_is_safe_and_asked_about_later(desk: Desk) -> None:
    save_settings(desk.folder, Settings(paper="roll"))
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "l", "")
    assert said.index("Đã lưu") < said.rindex("Chú ý: ")
    assert printed(desk) == ["letter_issued"]
    assert "gõ p rồi gõ 1" in said and "F9" not in said
    assert "Có 1 giấy đã phát hành" in talk(desk)


def test_who_lacks_a_paper_is_sent_home_with_what_is_missing(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "v", "k")
    assert "Đã ghi hướng dẫn bổ sung, chưa nhận hồ sơ" in said
    (row,) = desk.queries.search("hong dao", desk.bounds(), 5)
    dossier = desk.dossier(row.id)
    assert dossier is not None and dossier.state == "guided" and dossier.receipt_number is None
    assert dossier.events[0].body["missing"] == ["CT01", "lawful-dwelling"]
    assert drafts(desk) == []
    nothing = intake(desk, CARD, ">", "dktt", "1", "0", *REST, "v")
    assert "Chưa thiếu giấy nào" in nothing and len(drafts(desk)) == 1


def test_the_line_of_the_online_service_is_said_and_its_answer_kept(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "o", "4", "", *SAVE)
    assert "Nói: «Thủ tục này nộp trực tuyến được" in said and "o dân trả lời" in said
    assert said.index("Nói: «") < said.index("Đã lưu H30")
    assert said.count("Đã ghi: không có máy") == 2, "at once, and when it is read again"
    (dossier,) = taken_in(desk)
    assert dossier.service_answer == "no:no_device"


def test_an_answer_to_the_online_service_is_taken_back_and_survives_a_draft(desk: Desk) -> None:
    intake(desk, CARD, ">", "dktt", "1", *REST, "o", "2", "!")
    assert drafts(desk)[0]["offer"] == {"answer": "took"}
    intake(desk, "1", *SAVE)
    assert taken_in(desk)[0].service_answer == "took"
    said = intake(desk, CARD, ">", "dktt", "1", *REST, "o", "9", "nhan", "o", "chưa hỏi", *SAVE)
    assert "Đã bỏ câu trả lời" in said
    assert taken_in(desk)[1].service_answer is None


def test_who_came_by_post_is_not_asked_for_the_online_service(desk: Desk) -> None:
    said = intake(desk, CARD, ">", "dktt", "1", ">", "bưu", ">", "o")
    assert "Nói: «" not in said and "o dân trả lời" not in said


def test_who_is_sent_home_has_answered_too(desk: Desk) -> None:
    intake(desk, CARD, ">", "dktt", "1", *REST, "o", "3", "v", "k")
    (dossier,) = taken_in(desk)
    assert (dossier.state, dossier.service_answer) == ("guided", "next_time")
    assert channels(desk, NOW.date(), NOW.date()).count("offered", "next_time") == 1
