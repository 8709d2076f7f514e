"""Taking dossiers in at the counter: few keys, nothing lost, nothing said before it is durable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.answers import Refusal
from storage.database import transaction
from storage.drafts import Drafts
from storage.press import Press
from storage.series import NO_WITNESS
from tests.conftest import Office, officer, take_in
from tests.storage.amended import amend, closed
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.screens.confirm_print import ConfirmPrint
from tui.screens.intake import IntakeScreen
from tui.screens.intake_due import DuePane, SavedPane
from tui.screens.intake_earlier import EarlierForm
from tui.screens.intake_form import IntakeForm
from tui.screens.letters import LettersScreen
from tui.slips import receipt_slip

NUMBER = "001185012345"
DAO = {"kind": "citizen", "name": "Nguyễn Thị Hồng Đào", "number": NUMBER, "birth": "1985-01-01", "sex": "female"}


def texts(desktop: Desktop) -> dict[str, str]:
    return dict(desktop.one("IntakeForm").read().texts)


def drafts(desktop: Desktop) -> list[dict[str, Any]]:
    found = Drafts(desktop.app.desk.connection, officer(desktop.app.desk).id).all()
    return [dict(one.content["texts"]) for one in found]


def taken_in(desktop: Desktop) -> list[Any]:
    rows = desktop.app.desk.queries.after(None, desktop.app.desk.bounds(), 20)
    return [desktop.app.desk.dossier(row.id) for row in sorted(rows, key=lambda row: str(row["receipt_number"]))]


async def choose(desktop: Desktop, words: str = "dktt") -> None:
    await desktop.type(words)
    await desktop.press("enter")


async def test_a_desk_that_may_give_no_number_takes_in_and_says_so(office: Office) -> None:
    desk = office.open()
    desk.connection.execute("INSERT INTO hub (url, sent, received) VALUES ('folder:x', 0, 0)")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    desk.close()
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("0", "f10")
        (dossier,) = taken_in(desktop)
        assert dossier.receipt_number is None
        assert desktop.one("#number").value == "–"
        assert "chưa có mã" in desktop.says("#whose")
        assert "None" not in desktop.says("#whose") + desktop.says()


async def test_a_common_dossier_takes_a_scan_and_seven_keys(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        assert desktop.focus == "papers"
        await desktop.press("0", "f10")
        assert desktop.keys == 8
        (dossier,) = taken_in(desktop)
        assert dossier.applicant["number"] == NUMBER
        assert dossier.applicant["address"] == "Số 5 ngõ 12, Hòa Hải, Đà Nẵng"
        assert dossier.facts["papers"] == ["CT01", "lawful-dwelling"]
        assert desktop.one("#number").value == "260521-0001"
        assert dossier.receipt_number in desktop.says("#whose")
        assert "01/06/2026" in desktop.says("#until")
        assert desktop.one("IntakeForm").read().empty
        assert desktop.focus == "applicant_number"
        assert drafts(desktop) == []


async def test_what_is_taken_in_without_a_paper_is_told_with_it(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("1", "alt+l")
        (dossier,) = taken_in(desktop)
        assert dossier.facts["papers"] == ["CT01"]
        assert "Còn thiếu: Giấy tờ chứng minh chỗ ở hợp pháp" in desktop.says()
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("0", "alt+l")
        assert "Còn thiếu" not in desktop.says()


async def test_the_appointment_follows_what_is_chosen(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        assert "HẸN TRẢ" not in desktop.says("#due")
        await desktop.scan(CARD)
        await choose(desktop)
        assert "01/06/2026" in desktop.says("#due")
        assert "Luật Cư trú" in desktop.says("#law")
        assert texts(desktop)["fee"] == "20.000"
        desktop.one("IntakeForm").put({"channel": "online"})
        await desktop.settle()
        assert texts(desktop)["fee"] == "10.000"
        desktop.one("IntakeForm").focus_on("fee")
        await desktop.press("ctrl+a", "backspace")
        assert "fee" not in texts(desktop)


async def test_a_clock_that_waits_for_the_fee_starts_with_the_payment(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop, "cap giay chung nhan du dieu kien")
        form: IntakeForm = desktop.one("IntakeForm")
        form.put({"fee": "300.000", "method": "transfer"})
        await desktop.press("alt+l")
        (dossier,) = taken_in(desktop)
        assert dossier.paid == [("300000", "transfer")]


async def test_warnings_never_block_and_a_code_that_is_no_card_is_named(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan("https://dichvucong.gov.vn/p/home")
        assert "không phải thẻ" in desktop.says()
        assert desktop.one("IntakeForm").read().empty
        await desktop.scan(CARD.replace("|Nữ|", "|Nam|").replace("01011985", "01011990"))
        assert "không khớp" in desktop.says("#notes")
        await choose(desktop)
        await desktop.press("alt+l")
        assert [dossier.applicant["birth"] for dossier in taken_in(desktop)] == ["1990-01-01"]


async def test_a_bad_field_is_told_below_it_and_nothing_typed_is_lost(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.type("12345")
        form: IntakeForm = desktop.one("IntakeForm")
        form.put({"applicant_name": "Lê An", "note": "đến sau 16 giờ"})
        form.focus_on("procedure")
        await choose(desktop)
        await desktop.press("f10")
        assert "12" in desktop.says("Problem")
        assert desktop.focus == "applicant_number"
        assert texts(desktop)["note"] == "đến sau 16 giờ"
        assert taken_in(desktop) == []
        await desktop.press("6")
        assert desktop.says("Problem") == ""


async def test_what_is_missing_gets_the_focus(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.press("f10")
        assert desktop.focus == "ChoiceField"
        assert "thủ tục" in desktop.says("Problem")
        await choose(desktop)
        assert desktop.says("Problem") == ""
        await desktop.press("f10")
        assert desktop.focus == "applicant_name"
        assert "họ tên" in desktop.says("Problem")


async def test_a_repeat_is_told_and_opened(office: Office) -> None:
    desk = office.open()
    before = take_in(desk, applicant=DAO)
    take_in(desk, applicant=DAO | {"phone": "0912345678"}, procedure="household-split")
    desk.close()
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        assert "còn 2 hồ sơ đang mở" in desktop.says("#notes")
        assert texts(desktop)["phone"] == "0912345678"
        await choose(desktop)
        assert "Trùng: 260521-0001" in desktop.says("#notes")
        assert desktop.one("#notes").has_class("-repeat")
        await desktop.press("alt+1")
        assert type(desktop.app.screen).__name__ == "DossierScreen"
        assert before == desktop.app.desk.queries.find("260521-0001")
        await desktop.press("escape")
        assert texts(desktop)["applicant_number"] == NUMBER


async def test_a_child_is_brought_by_a_parent_whose_card_is_scanned(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        desktop.one("IntakeForm").put({"applicant_name": "Lê An", "birth_date": "01/05/2023"})
        await desktop.settle()
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("alt+l")
        (dossier,) = taken_in(desktop)
        assert dossier.applicant["name"] == "Lê An"
        assert dossier.bringer == {"capacity": "parent", "name": "Nguyễn Thị Hồng Đào", "number": NUMBER}


async def test_foreigners_and_organisations_have_papers_of_their_own(office: Office) -> None:
    asked = {
        "foreigner": {"id_number": "C1234567", "id_type": "passport", "nationality": "Pháp"},
        "organisation": {"id_number": "0312345678-001", "id_type": "business_code"},
    }
    async with workstation(office, "intake") as desktop:
        form: IntakeForm = desktop.one("IntakeForm")
        for kind, expected in asked.items():
            form.put({"applicant_kind": kind})
            await desktop.settle()
            await desktop.type(expected["id_number"])
            form.put({"applicant_name": "Jean Dupont", "nationality": "Pháp", "birth_date": "1990"})
            form.focus_on("procedure")
            await choose(desktop)
            await desktop.press("alt+l")
            applicant = taken_in(desktop)[-1].applicant
            assert {name: applicant.get(name) for name in expected} == expected
            assert ("birth" in applicant) == ("nationality" in applicant) == (kind == "foreigner")


async def test_the_next_dossier_of_a_visit_keeps_its_people_and_originals_stay_in_custody(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("0", "2", "o", "alt+n")
        assert texts(desktop)["applicant_name"] == "Nguyễn Thị Hồng Đào"
        assert "procedure" not in texts(desktop)
        assert desktop.focus == "ChoiceField"
        await choose(desktop, "tach ho")
        await desktop.press("alt+l")
        first, second = taken_in(desktop)
        assert (first.procedure, second.procedure) == ("permanent-residence", "household-split")
        assert first.originals == {"lawful-dwelling": 1}
        assert first.facts["visit"] == second.facts["visit"]
        assert "papers" not in second.facts


async def test_a_form_outlives_every_way_of_leaving_it(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await desktop.settle(0.8)
        assert [one["applicant_number"] for one in drafts(desktop)] == [NUMBER]
        await desktop.type("dk")
        await desktop.press("f1", "f2")
        assert texts(desktop)["applicant_name"] == "Nguyễn Thị Hồng Đào"
        assert "nháp" in desktop.says()
        desktop.one("IntakeForm").put({"note": "khoá máy"})
        await desktop.press("ctrl+o")
        assert [one["note"] for one in drafts(desktop)] == ["khoá máy"]
    async with workstation(office, "intake") as desktop:
        assert texts(desktop)["note"] == "khoá máy"
        await desktop.press("ctrl+d")
        assert drafts(desktop) == []
        await desktop.press("ctrl+z")
        assert texts(desktop)["note"] == "khoá máy"


async def test_a_numbered_key_from_what_stands_over_the_form_keeps_the_draft(office: Office) -> None:
    for way in (("f12", "f1"), ("ctrl+p", "f3"), ("ctrl+t", "f1"), ("f12", "ctrl+o")):
        async with workstation(office, "intake") as desktop:
            desktop.one("#note").value = f"khoá {way[0]}"
            await desktop.press(*way)
            assert type(desktop.app.screen).__name__ != "IntakeScreen"
            assert drafts(desktop)[0]["note"] == f"khoá {way[0]}"


async def test_of_several_drafts_one_is_chosen(office: Office) -> None:
    desk = office.open()
    kept = Drafts(desk.connection, officer(desk).id)
    kept.save("1", {"texts": {"applicant_name": "Lê An"}}, 100)
    kept.save("2", {"texts": {"applicant_name": "Lê Bình"}}, 200)
    desk.close()
    async with workstation(office, "intake") as desktop:
        await desktop.press("2")
        assert isinstance(desktop.app.screen, IntakeScreen)
        assert texts(desktop)["applicant_name"] == "Lê An"


async def test_an_auditor_is_refused_and_keeps_the_form(office: Office) -> None:
    async with workstation(office, "intake", officer="tra") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("f10")
        assert desktop.says().startswith("✗")
        assert texts(desktop)["applicant_number"] == NUMBER
        assert taken_in(desktop) == []


def events_of(desktop: Desktop) -> list[str]:
    (dossier,) = taken_in(desktop)
    return [event.kind for event in dossier.events]


async def fill_in(desktop: Desktop, words: str) -> None:
    """Everything but F10."""
    await desktop.scan(CARD)
    await choose(desktop, words)
    await desktop.press("0")


async def printed(desktop: Desktop) -> None:
    """Wait until the slip was handed on, or could not be."""
    for _ in range(100):
        if "Đang in" not in desktop.says("#print"):
            return
        await desktop.settle(0.05)


async def test_the_door_is_told_beside_the_law_and_the_wrong_one_is_recorded(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "cap the can cuoc")
        assert "chuyển Công an tỉnh, thành phố quyết định" in desktop.says("#law")
        await desktop.press("ctrl+d")
        await fill_in(desktop, "mau con dau")
        assert "! Không nhận tại đây (Công an xã, phường" in desktop.says("#law")
        await desktop.press("alt+l")
        (dossier,) = taken_in(desktop)
        assert [event.kind for event in dossier.events] == ["received", "noted"]
        assert "Tiếp nhận khác cửa" in dossier.events[-1].body["text"]


async def test_an_unverified_date_is_printed_only_after_a_calm_enter(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "doi giay phep lai xe")
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, ConfirmPrint)
        assert events_of(desktop) == ["received"]
        await desktop.press("f10", "enter", "enter")
        assert isinstance(desktop.app.screen, ConfirmPrint)
        await desktop.settle(1.0)
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, IntakeScreen)
        await printed(desktop)
        (dossier,) = taken_in(desktop)
        (letter,) = [event for event in dossier.events if event.kind == "letter_issued"]
        assert letter.body["confirmed"] is True and letter.body["promised_at"]


async def test_esc_leaves_the_slip_unprinted_and_what_was_typed_on_is_kept(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "doi giay phep lai xe")
        await desktop.press("f10")
        await desktop.settle(1.0)
        await desktop.type("048085")
        await desktop.settle(1.0)
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ConfirmPrint) and "Esc" in "".join(desktop.one("#keys").lines(200))
        await desktop.press("escape")
        await desktop.settle()
        assert isinstance(desktop.app.screen, IntakeScreen)
        assert texts(desktop)["applicant_number"] == "048085"
        assert "Chưa in giấy hẹn" in desktop.says()
        assert events_of(desktop) == ["received"]


async def promise(desktop: Desktop, when: str, reason: str) -> None:
    await desktop.press("ctrl+e")
    for field, text in (("#earlier_at", when), ("#earlier_reason", reason)):
        desktop.one(field).value = text
    await desktop.press("f10")


async def test_an_earlier_promise_is_the_appointment_and_goes_with_its_undo(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "dktt")
        await promise(desktop, "28/5 15h", "người già đi lại khó")
        assert isinstance(desktop.app.screen, IntakeScreen)
        assert "15:00 thứ Năm 28/05/2026 (hẹn sớm hơn; hạn 01/06 17:00)" in desktop.says("#due")
        await desktop.settle(0.8)
        await desktop.press("f1", "f2")
        assert "hẹn sớm hơn" in desktop.says("#due")
        await desktop.press("alt+l")
        assert "15:00 thứ Năm 28/05/2026" in desktop.says("#until")
        (dossier,) = taken_in(desktop)
        assert [event.kind for event in dossier.events] == ["received", "promised_earlier"]
        row = desktop.app.desk.row(dossier.id)
        assert row["binding_at"] == row["promised_at"] < row["due_at"]
        assert receipt_slip(Press(), desktop.app.desk, dossier).due_at == dossier.promised_at
        await desktop.press("f1", "ctrl+z", "ctrl+z")
        assert desktop.app.desk.row(dossier.id) is None


async def test_a_promise_on_a_day_that_was_closed_meanwhile_is_not_taken_in(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "dktt")
        await promise(desktop, "28/5 15h", "người già")
        desk = office.open()
        amend(desk, officer(desk), closed("2026-05-28"))
        desk.close()
        await desktop.press("alt+l")
        assert taken_in(desktop) == [] and "không phải giờ tiếp công dân" in desktop.says()
        await promise(desktop, "27/5 15h", "người già")
        await desktop.press("alt+l")
        assert events_of(desktop) == ["received", "promised_earlier"]


@pytest.mark.parametrize(
    ("when", "reason", "told"),
    [
        ("1/6", "x", "01/06/2026 17:00"),
        ("20/5", "x", "tương lai"),
        ("24/5 9h", "x", "không phải giờ tiếp công dân"),
        ("28/5", "", "lý do"),
        ("sớm nhất", "x", "«sớm nhất»"),
    ],
)
async def test_a_promise_that_is_none_is_told_in_its_form(office: Office, when: str, reason: str, told: str) -> None:
    async with workstation(office, "intake") as desktop:
        await fill_in(desktop, "dktt")
        await promise(desktop, when, reason)
        assert isinstance(desktop.app.screen, EarlierForm)
        assert told in " ".join(desktop.one("#earlier_problem").lines(200))
        await desktop.press("escape")
        assert "hẹn sớm hơn" not in desktop.says("#due")


async def test_a_promise_is_taken_back_by_emptying_it_and_needs_a_due_date(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.press("ctrl+e")
        assert isinstance(desktop.app.screen, IntakeScreen) and desktop.says().startswith("✗")
        await fill_in(desktop, "dktt")
        await promise(desktop, "28/5", "người già")
        await desktop.press("ctrl+e")
        assert desktop.one("#earlier_at").value == "17:00 28/05/2026"
        desktop.one("#earlier_at").value = ""
        await desktop.press("enter")
        assert "hẹn sớm hơn" not in desktop.says("#due")
        await desktop.press("alt+l")
        assert events_of(desktop) == ["received"]


@pytest.mark.parametrize(
    ("size", "saved"),
    [(NARROW, False), (WIDE, False), (NARROW, True)],
    ids=["form-narrow", "form-wide", "saved-narrow"],
)
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int], saved: bool) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('intake')")
        await pilot.pause()
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("1", *(["alt+l"] if saved else []))
        assert pilot.app.screen.query_one(SavedPane).display is saved
        assert pilot.app.screen.query_one(DuePane).display is not saved

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


@pytest.mark.parametrize("asked", ["confirm", "earlier"])
def test_picture_of_a_question(office: Office, snap_compare: Callable[..., bool], asked: str) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('intake')")
        await pilot.pause()
        await fill_in(desktop, "doi giay phep lai xe")
        await desktop.press("f10" if asked == "confirm" else "ctrl+e")

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=NARROW, run_before=before)


async def test_the_online_service_is_offered_and_its_answer_is_one_key(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.press("alt+2")
        assert "Không có dịch vụ" in desktop.says()
        await desktop.scan(CARD)
        await choose(desktop)
        said = desktop.says("#law")
        assert "«Thủ tục này nộp trực tuyến được (một phần; lệ phí 10.000đ, tại quầy 20.000đ).»" in said
        await desktop.press("alt+2", "alt+5")
        assert "✓5 không có tài khoản" in desktop.says("#law") and "✓2" not in desktop.says("#law")
        await desktop.press("alt+5", "alt+5")
        assert desktop.one("IntakeForm").read().offer == {"answer": "no", "reason": "no_account"}
        await desktop.press("1", "alt+l")
        (dossier,) = taken_in(desktop)
        assert dossier.service_answer == "no:no_account"
        assert [event.kind for event in dossier.events][:2] == ["received", "service_offered"]
        assert desktop.one("IntakeForm").read().offer == {}, "the next citizen is asked anew"


async def test_what_stays_at_the_counter_or_came_otherwise_is_not_offered(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.scan(CARD)
        await choose(desktop, "trả lại giấy tờ tạm giữ")
        assert desktop.says("#law") and "Alt+S" not in desktop.says("#law")
        await desktop.press("alt+s")
        assert "Không có dịch vụ" in desktop.says()


async def test_another_procedure_takes_the_answer_away(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("alt+2")
        desktop.app.screen.form.focus_on("procedure")
        desktop.one("#procedure").choose(None)
        desktop.app.screen.form.focus_on("procedure")
        await choose(desktop, "tach ho")
        assert desktop.one("IntakeForm").read().offer == {}


async def test_the_online_slip_is_printed_with_the_portals_address(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("alt+s")
        await desktop.settle()
        assert (office.folder / "letters" / "service-slip-permanent-residence.pdf").read_bytes().startswith(b"%PDF")


async def test_who_lacks_a_paper_is_sent_home_with_what_to_bring_and_nothing_is_received(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("1", "o")
        desktop.one("#fee").value, desktop.one("#shelf").value = "20.000", "A3"
        desktop.one("#note").value = "giấy tờ chỗ ở phải còn hạn"
        await desktop.press("alt+h")
        await desktop.settle()
        screen = desktop.app.screen
        assert isinstance(screen, LettersScreen)
        dossier = desktop.app.desk.dossier(screen.dossier_id)
        assert dossier is not None and dossier.state == "guided" and dossier.receipt_number is None
        (told,) = dossier.events
        version = desktop.app.desk.law.version_on(dossier.procedure, told.at.date())
        assert not isinstance(version, Refusal)
        assert told.body["missing"] == [paper.code for paper in version.papers if paper.required][1:] != []
        assert told.body["reason"] == "giấy tờ chỗ ở phải còn hạn"
        assert not {"fee_paid", "shelf", "note"} & told.body.keys()
        assert [one.id for one in taken_in(desktop)] == [dossier.id] and drafts(desktop) == []
        assert {"supplement-request", "checklist"} <= {choice.id for choice in screen.choices(dossier)}
        await desktop.press("escape")
        assert isinstance(desktop.app.screen, IntakeScreen) and not texts(desktop).get("applicant_name")


async def test_the_answer_to_the_online_service_goes_home_with_the_citizen(office: Office) -> None:
    async with workstation(office, "intake", size=WIDE) as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("alt+4", "alt+h")
        await desktop.settle()
        dossier = desktop.app.desk.dossier(desktop.app.screen.dossier_id)
        assert dossier is not None and (dossier.state, dossier.service_answer) == ("guided", "no:no_device")


async def test_nobody_is_sent_home_for_nothing_and_a_receipt_by_hand_stays_one(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await choose(desktop)
        await desktop.press("0", "alt+h")
        assert "cần bổ sung" in desktop.says("Problem") and desktop.focus == "note"
        assert isinstance(desktop.app.screen, IntakeScreen) and texts(desktop)["applicant_name"] == DAO["name"]
