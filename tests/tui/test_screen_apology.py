"""Apologies on the screens: the lists beside the queue, proposing and signing, one storm's many, a leader's duties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from core.moments import LEGAL_TIME
from storage.desk import Desk
from storage.spool import Spool
from tests.conftest import NOW, Office, act, officer, take_in
from tests.storage.test_press import text_of
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.apology import ApologyScreen
from tui.screens.duties import DutiesScreen
from tui.screens.queue import QueueScreen

MORNING = datetime(2026, 6, 1, 9, 0, tzinfo=LEGAL_TIME)
_NAMES = ("Nguyễn Thị Hồng Đào", "Phạm Gia Bảo", "Đặng Văn Đạt", "Lê Ngọc Ánh", "Vũ Đình Khánh", "Hoàng Thị Yến")


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """On Monday 1/6: one late, two due today, one of them proposed, one rescheduled before, one silent citizen."""
    desk = office.open()
    found = {}
    for place, (name, day) in enumerate((("late", 20), ("today", 21), ("proposed", 21), ("moved", 21), ("silent", 18))):
        at = NOW.replace(day=day) - timedelta(hours=1) + timedelta(minutes=place)
        found[name] = take_in(desk, _NAMES[place], at=at)
    act(desk, found["silent"], "supplement_requested", at=NOW.replace(day=19), items=["CT01"], answer_by="2026-05-29")
    due = "2026-06-10T17:00:00+07:00"
    act(desk, found["moved"], "rescheduled", by="lanh", due_at=due, reason="chờ xác minh")
    act(desk, found["moved"], "letter_issued", letter="apology", promised_at=due, confirmed=True)
    act(desk, found["proposed"], "apology_proposed", by="khai", code="overload", days=3, reason="thiếu máy")
    desk.close()
    monkeypatch.setenv("MOTCUA_NOW", MORNING.isoformat())
    return found


def shown(desktop: Desktop, table: str = "LineTable") -> list[str]:
    return [row.id for row, *_ in desktop.one(table).picture()]


def last(desk: Desk, dossier: str) -> tuple[str, dict[str, Any]]:
    event = desk.log.events_of(dossier)[-1]
    return event.kind, dict(event.body)


async def test_l_goes_through_the_lists_that_have_rows(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="hoa") as desktop:
        expected = [{"today", "proposed"}, {"proposed"}, {"silent"}, set(stories)]
        for names in expected:
            await desktop.press("l")
            assert set(shown(desktop)) == {stories[name] for name in names}
        await desktop.press("l", "escape")
        assert len(shown(desktop)) == len(stories)
        await desktop.press("slash")
        await desktop.type("cho ky xin loi")
        await desktop.press("enter")
        await desktop.settle()
        assert shown(desktop) == [stories["proposed"]]


async def test_an_officer_proposes(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="hoa") as desktop:
        assert shown(desktop)[0] == stories["late"]
        await desktop.press("x")
        assert isinstance(desktop.app.screen, ApologyScreen) and not desktop.app.screen.query("#signs")
        await desktop.press("right", "right", "right", "enter")
        await desktop.type("2")
        await desktop.settle(0.3)
        (seen,) = (row for row, *_ in desktop.one("LineTable").picture())
        assert f"{seen.after:%d/%m %H:%M}" == "02/06 17:00"
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, QueueScreen) and "1/1" in desktop.says()
        assert last(desktop.app.desk, stories["late"]) == ("apology_proposed", {"code": "overload", "days": 2})


async def test_a_leader_signs_as_proposed_and_the_letter_that_comes_out_pays_the_debt(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office, officer="lanh") as desktop:
        assert isinstance(desktop.app.screen, DutiesScreen)
        lines = shown(desktop)
        headings = [one for one in lines if " " not in one]
        assert headings == ["apology_owed", "to_sign", "apologise_now", "stop_proposed"]
        for _ in range(lines.index(f"to_sign {stories['proposed']}")):
            await desktop.press("down")
        await desktop.press("x", "f10")
        await desktop.settle(0.5)
        signed, issued = desktop.app.desk.log.events_of(stories["proposed"])[-2:]
        body = signed.body
        assert (signed.kind, body["days"], body["code"]) == ("rescheduled", 3, "overload")
        assert (body["signed_as"], body["due_at"]) == ("head", "2026-06-04T17:00:00+07:00")
        assert (issued.kind, issued.body["letter"], issued.body["number"]) == ("letter_issued", "apology", "01/VBXL-Q1")
        assert f"apology_owed {stories['proposed']}" not in shown(desktop)
        (job,) = Spool(desktop.app.desk).jobs()
        assert "02 tháng 6" not in text_of(job.content) and "04 tháng 6 năm 2026" in text_of(job.content)
        assert not any(one.startswith("to_sign") for one in shown(desktop))


async def test_many_at_once_show_who_may_not_and_ask_once(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="tmd") as desktop:
        desktop.app.push(desktop.app.make("apology", [*stories.values()]))
        await desktop.settle()
        await desktop.press("tab", "2", "f10")
        assert "Hãy chọn lý do" in desktop.says(), "none stands there of itself"
        await desktop.press("shift+tab", "right")
        await desktop.settle(0.3)
        rows = [row for row, *_ in desktop.one("LineTable").picture()]
        refused = [row.refused.code for row in rows if row.refused is not None]
        assert refused == ["reschedule_without_due", "already_rescheduled"], "by receipt number"
        events = {one: len(desktop.app.desk.log.events_of(one)) for one in stories.values()}
        await desktop.press("f10")
        assert "3 hồ sơ" in desktop.says() and "2" in desktop.says()
        assert {one: len(desktop.app.desk.log.events_of(one)) for one in stories.values()} == events
        await desktop.press("f10")
        await desktop.settle(0.8)
        assert "3 thư xin lỗi" in desktop.says()
        kinds = {name: [one.kind for one in desktop.app.desk.log.events_of(key)[-2:]] for name, key in stories.items()}
        assert kinds == {
            **{key: ["rescheduled", "letter_issued"] for key in ("late", "today", "proposed")},
            "moved": ["rescheduled", "letter_issued"],
            "silent": ["received", "supplement_requested"],
        }
        events = [desktop.app.desk.log.events_of(stories[name])[-2:] for name in ("late", "today")]
        assert {one.group[1] for pair in events for one in pair} == {1}
        (file,) = (office.folder / "letters").glob("apology-*.pdf")
        assert len(PdfReader(file).pages) == 3 and len(Spool(desktop.app.desk).jobs()) == 3
        assert sorted(str(pair[1].body["number"]) for pair in events) == ["01/VBXL-Q1", "02/VBXL-Q1"]


async def test_the_actions_lead_to_the_counted_date_and_to_reasons(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="tmd") as desktop:
        desktop.app.push(desktop.app.make("actions", stories["late"]))
        await desktop.settle()
        await desktop.type("xin loi va hen lai")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ApologyScreen)
        desktop.app.pop_screen()
        desktop.app.push(desktop.app.make("action_form", stories["silent"], "stopped"))
        await desktop.settle()
        assert desktop.one("#field_code").value == "not_supplemented"
        assert "chưa kiểm chứng" in " ".join(desktop.one("#basis").lines(200)), "it stands there already"
        await desktop.press("f10")
        kind, body = last(desktop.app.desk, stories["silent"])
        assert kind == "stopped" and "05" in body["basis"]


async def test_an_excuse_needs_its_basis(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="lanh") as desktop:
        desktop.app.push(desktop.app.make("action_form", stories["late"], "delay_excused"))
        await desktop.settle()
        desktop.one("#field_reason").value = "bão"
        await desktop.press("f10")
        assert "căn cứ" in desktop.says()
        desktop.one("#field_basis").value = "QĐ 15"
        await desktop.press("f10")
        assert last(desktop.app.desk, stories["late"])[0] == "delay_excused"


async def test_a_reason_tells_its_basis_and_that_nobody_verified_it(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="lanh") as desktop:
        desktop.app.push(desktop.app.make("action_form", stories["late"], "delay_excused"))
        await desktop.settle()
        await desktop.press("f10")
        assert "Thiếu trường «Lý do (mã)»" in desktop.says() and desktop.focus == "field_code"
        seen = []
        for _ in range(2):
            await desktop.press("right")
            await desktop.settle()
            seen.append(" ".join(desktop.one("#basis").lines(200)))
        assert "Đ.156.1 BLDS 2015" in seen[0] and "chưa kiểm chứng" in seen[0]
        assert seen[1].startswith("Chưa có căn cứ trong dữ liệu")


async def put_off_two_days(desktop: Desktop, dossier: str) -> None:
    """The form for one dossier, with the first reason and a new date, not signed yet."""
    desktop.app.push(desktop.app.make("apology", [dossier]))
    await desktop.settle()
    await desktop.press("right")
    desktop.one("#apology-days").value = "2"
    await desktop.settle(0.5)


async def test_who_was_excused_is_told_before_a_new_date_is_signed(office: Office, stories: dict[str, str]) -> None:
    desk = office.open()
    act(desk, stories["late"], "delay_excused", by="lanh", at=MORNING, reason="bão", basis="TB 41")
    desk.close()
    async with workstation(office, officer="lanh", size=WIDE) as desktop:
        await put_off_two_days(desktop, stories["late"])
        assert "đã miễn xin lỗi" in desktop.one("#apology-list").render_line(1).text
        events = len(desktop.app.desk.log.events_of(stories["late"]))
        await desktop.press("f10")
        assert len(desktop.app.desk.log.events_of(stories["late"])) == events, "it is asked once"
        await desktop.press("f10")
        assert len(desktop.app.desk.log.events_of(stories["late"])) > events


async def test_letters_that_a_power_cut_left_unprinted_come_in_one_action(
    office: Office, stories: dict[str, str]
) -> None:
    """Signed, and nothing issued: the debts stand, and the leader's key on their heading prints what is left."""
    desk = office.open()
    for name in ("late", "today"):
        act(desk, stories[name], "rescheduled", by="lanh", at=MORNING, code="storm_flood", days=2)
    desk.close()
    async with workstation(office, officer="lanh") as desktop:
        assert shown(desktop)[0] == "apology_owed"
        await desktop.press("x")
        await desktop.settle()
        await desktop.press("f10")
        await desktop.settle(0.8)
        assert "2 thư xin lỗi" in desktop.says()
        for name in ("late", "today"):
            assert last(desktop.app.desk, stories[name])[0] == "letter_issued"
        assert "apology_owed" not in shown(desktop)


async def test_a_name_that_no_font_has_is_told_before_the_letter_is_printed(
    office: Office, stories: dict[str, str]
) -> None:
    desk = office.open()
    act(desk, stories["late"], "corrected", field="applicant.name", new="Lê ☃ Bình", old="Nguyễn Thị Hồng Đào")
    desk.close()
    async with workstation(office, officer="lanh", size=WIDE) as desktop:
        await put_off_two_days(desktop, stories["late"])
        assert "không in được: ☃" in desktop.one("#apology-list").render_line(1).text
        await desktop.press("f10")
        assert "không có ký tự: ☃" in desktop.says() and Spool(desktop.app.desk).jobs() == []
        await desktop.press("f10")
        await desktop.settle(0.8)
        assert last(desktop.app.desk, stories["late"])[0] == "letter_issued"


async def test_a_fault_in_the_stations_own_letter_is_told_beside_a_printer_that_is_missing(
    office: Office, stories: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (office.folder / "templates").mkdir()
    (office.folder / "templates" / "apology.typ").write_text('#let d = json("data.json")\n#let x = \n#nothing(d)\n')
    desk = office.open()
    act(desk, stories["late"], "rescheduled", by="lanh", at=MORNING, code="storm_flood", days=2)
    desk.close()
    async with workstation(office, officer="lanh", size=WIDE) as desktop:
        await desktop.press("x")
        await desktop.settle()
        await desktop.press("f10")
        await desktop.settle(0.8)
        for told in ("1 thư xin lỗi", "chưa cài máy in; giấy được giữ lại", "«apology.typ» có lỗi ở dòng 2"):
            assert told in desktop.says(), told


async def test_nobody_else_is_stopped_at_sign_in(office: Office, stories: dict[str, str]) -> None:
    for code in ("hoa", "khai", "tmd"):
        async with workstation(office, officer=code) as desktop:
            assert isinstance(desktop.app.screen, QueueScreen)
    desk = office.open()
    for one in stories.values():
        act(desk, one, "withdrawn", at=MORNING)
    assert officer(desk, "lanh").signs == "head"
    desk.close()
    async with workstation(office, officer="lanh") as desktop:
        assert isinstance(desktop.app.screen, QueueScreen)


@pytest.mark.parametrize(
    ("size", "place"), [(NARROW, "duties"), (WIDE, "duties"), (NARROW, "apology"), (WIDE, "apology")]
)
def test_picture(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], place: str
) -> None:
    app = Workstation(office.folder, officer="lanh")

    async def before(pilot: Any) -> None:
        await pilot.pause(0.1)
        if place == "apology":
            app.push(app.make("apology", [*stories.values()]))
            await pilot.pause(0.1)
            await pilot.press("right", "tab", "2")
            await pilot.pause(0.4)

    assert snap_compare(app, terminal_size=size, run_before=before)
