"""One dossier on the screen: its story, and only what is legal now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from core.moments import LEGAL_TIME
from core.states import State
from tests.conftest import Office, act, take_in
from tests.tui.queue_station import fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, painted, workstation
from tui.app import Workstation
from tui.screens.action_form import ActionForm
from tui.screens.confirm_print import ConfirmPrint
from tui.screens.dossier import DossierScreen
from tui.screens.queue import QueueScreen
from tui.themes import THEME_NAMES

CITIZEN = {"kind": "citizen", "name": "Đặng Thị Đào", "birth": "1985-03-12"}


def offered(desktop: Desktop) -> set[str]:
    return {choice.id for choice in desktop.app.screen._find("")}


def timeline(desktop: Desktop) -> str:
    return "\n".join(desktop.one("#timeline").lines(100))


async def test_a_supplement_is_asked_for_and_the_dossier_says_so(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk, papers=["CT01"])
        desktop.app.screen.fill()
        await desktop.press("enter", "a")
        await desktop.type("bo sung")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ActionForm)
        assert "chỗ ở" in desktop.one("#field_items").value
        await desktop.press("enter", "enter", "enter", "enter", "enter")
        assert isinstance(desktop.app.screen, DossierScreen)
        assert desktop.app.desk.dossier(one).state is State.AWAITING_SUPPLEMENT
        assert "Yêu cầu bổ sung" in timeline(desktop) and "✓" in desktop.says()


async def test_opening_a_dossier_reads_its_own_rows_once_and_leaving_it_none(office: Office) -> None:
    async with workstation(office) as desktop:
        db, asked = desktop.app.desk.connection, list[str]()
        take_in(desktop.app.desk, applicant={**CITIZEN, "number": "048185001234"})
        desktop.app.screen.fill()
        await desktop.settle()
        db.set_trace_callback(asked.append)
        await desktop.press("enter")
        await desktop.until(lambda: "Tiếp nhận" in timeline(desktop))
        db.set_trace_callback(None)
        reads = [one for one in asked if "FROM dossier " in one or "INDEXED BY" in one]
        plans = [row[-1] for one in reads for row in db.execute(f"EXPLAIN QUERY PLAN {one}") if "TEMP" not in row[-1]]
        known = (
            "(id=?)",
            "INDEX dossier_same_number (applicant_number=?",
            "INDEX dossier_same_person (person=?",
            "_dead",
        )
        assert [plan for plan in plans if not any(index in plan for index in known)] == []
        assert sum("dossier_same_" in plan for plan in plans) == 2
        del asked[:]
        db.set_trace_callback(asked.append)
        await desktop.press("escape")
        await desktop.settle()
        db.set_trace_callback(None)
        assert isinstance(desktop.app.screen, QueueScreen)
        assert [one for one in asked if "dossier" in one] == []


LEAVINGS = [("tab", "end"), ("ctrl+z",), ("y",), ("a", "escape")]
"""What an officer does on a dossier before Esc: of none of it is anything left on the next one."""


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_next_dossier_looks_as_on_a_screen_of_its_own(office: Office, size: tuple[int, int]) -> None:
    async with workstation(office, size=size) as desktop:
        app, desk = desktop.app, desktop.app.desk
        many = take_in(desk, papers=["CT01"])
        for number in range(30):
            act(desk, many, "noted", text=f"lần {number}")
        other = take_in(desk, name="Lê Ngọc Ánh", papers=["residence-change"])
        act(desk, other, "supplement_requested", items=["lawful-dwelling"])
        looks = []
        for dossier in (many, other, desk.new_id()):
            app.push(DossierScreen(dossier))
            await desktop.settle()
            looks.append((painted(app), app.screen.query("Page:focus").first().id))
            await desktop.press("escape")
        shown = set()
        for before, leaving in zip((0, 1, 2, 1), LEAVINGS, strict=True):
            for place, keys in ((before, leaving), ((before + 1) % 3, ())):
                app.push(app.make("dossier", (many, other, desk.new_id())[place]))
                await desktop.settle()
                assert (painted(app), app.screen.query("Page:focus").first().id) == looks[place]
                shown.add(app.screen)
                await desktop.press(*keys, "escape")
                assert isinstance(app.screen, QueueScreen)
        assert len(shown) == 1


async def test_a_dossier_over_a_dossier_leaves_the_lower_one_as_it_is(office: Office) -> None:
    async with workstation(office) as desktop:
        app = desktop.app
        one, other = take_in(app.desk), take_in(app.desk, name="Lê Ngọc Ánh")
        for dossier in (one, other):
            app.push(app.make("dossier", dossier))
            await desktop.settle()
        assert "Lê Ngọc Ánh" in painted(app)
        await desktop.press("escape")
        assert isinstance(app.screen, DossierScreen) and app.screen.dossier_id == one
        assert "Lê Ngọc Ánh" not in painted(app)


@pytest.mark.parametrize("change", ["window", "theme"])
async def test_a_dossier_fits_a_window_and_a_theme_that_changed_since_the_last_one(office: Office, change: str) -> None:
    async with workstation(office) as desktop:
        app = desktop.app
        one = take_in(app.desk)
        app.push(app.make("dossier", one))
        await desktop.press("escape")
        if change == "window":
            await desktop.pilot.resize_terminal(*WIDE)
        else:
            app.theme = THEME_NAMES["light"]
        await desktop.settle()
        app.push(app.make("dossier", one))
        await desktop.settle()
        kept = app.export_screenshot()
        await desktop.press("escape")
        app.push(DossierScreen(one))
        await desktop.settle()
        assert app.screen.size == app.size and app.export_screenshot() == kept


async def test_esc_and_enter_in_one_go_show_the_dossier_that_was_opened_last(office: Office) -> None:
    async with workstation(office) as desktop:
        for name in ("Đặng Thị Đào", "Lê Ngọc Ánh", "Y Blim Niê"):
            take_in(desktop.app.desk, name=name)
        desktop.app.screen.fill()
        await desktop.press("enter", "escape", "down", "enter", "escape", "down", "enter")
        await desktop.until(lambda: isinstance(desktop.app.screen, DossierScreen))
        await desktop.settle()
        assert desktop.app.desk.dossier(desktop.app.screen.dossier_id).applicant["name"] in painted(desktop.app)


async def test_an_act_in_a_dossier_is_seen_in_the_queue_behind_it(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        desktop.app.screen.fill()
        await desktop.press("enter")
        act(desktop.app.desk, one, "result_ready")
        await desktop.press("escape")
        await desktop.settle()
        assert desktop.one("QueueTable").current["state"] == State.RESULT_READY.value


async def test_what_a_supplement_was_asked_for_is_missing_until_it_comes(office: Office) -> None:
    async with workstation(office) as desktop:
        desk = desktop.app.desk
        one = take_in(desk, papers=["residence-change", "lawful-dwelling"])
        act(desk, one, "supplement_requested", items=["lawful-dwelling", "Hợp đồng thuê nhà"])
        desktop.app.push(desktop.app.make("dossier", one))
        await desktop.settle()
        asked = "Giấy tờ chứng minh chỗ ở hợp pháp"
        assert f"Còn thiếu: {asked}; Hợp đồng thuê nhà" in desktop.one("#facts").lines(200)
        assert f"Yêu cầu bổ sung: {asked}, Hợp đồng thuê nhà" in timeline(desktop)
        act(desk, one, "supplement_received")
        desktop.app.screen.fill()
        assert asked not in next(line for line in desktop.one("#facts").lines(200) if line.startswith("Còn thiếu"))


async def test_what_was_typed_into_an_action_outlives_a_wrong_key_and_a_crash(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        other = take_in(desktop.app.desk, name="Lê Ngọc Ánh")
        for leave in (("f1",), ("escape",), ("ctrl+o",)):
            desktop.app.push(ActionForm(one, "refused"))
            await desktop.settle()
            desktop.one("#field_reason").value = f"không đúng nơi cư trú {leave}"
            await desktop.press(*leave)
            kept = desktop.app.desk.connection.execute("SELECT content FROM draft").fetchall()
            assert len(kept) == 1 and str(leave) in kept[0][0]
    async with workstation(office) as desktop:
        desktop.app.push(ActionForm(other, "refused"))
        await desktop.settle()
        assert desktop.one("#field_reason").value == ""
        desktop.app.push(ActionForm(one, "refused"))
        await desktop.settle()
        assert desktop.one("#field_reason").value.startswith("không đúng nơi cư trú")
        assert "lấy lại" in desktop.says() and "Ctrl+D" in painted(desktop.app)
        await desktop.press("ctrl+d")
        assert desktop.one("#field_reason").value == ""
        desktop.one("#field_reason").value = "không đúng nơi cư trú"
        await desktop.settle(0.9)
        assert desktop.app.desk.connection.execute("SELECT count(*) FROM draft").fetchone()[0] == 1
        desktop.one("#field_decision").value = "12/QĐ"
        await desktop.press("f10")
        assert desktop.app.desk.dossier(one).outcome == "refused"
        assert desktop.app.desk.connection.execute("SELECT count(*) FROM draft").fetchone()[0] == 0
        await desktop.press("f2")
        assert type(desktop.app.screen).__name__ == "IntakeScreen"


async def test_what_is_missing_is_told_where_it_is_and_nothing_typed_is_lost(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        desktop.app.push(ActionForm(one, "refused"))
        await desktop.settle()
        desktop.one("#field_decision").value = "12/QĐ"
        desktop.one("#field_decision").focus()
        await desktop.press("f10")
        assert desktop.focus == "field_reason" and "Lý do" in desktop.says()
        assert desktop.one("#field_decision").value == "12/QĐ"
        await desktop.type("sai nơi nhận")
        await desktop.press("f10")
        assert desktop.app.desk.dossier(one).outcome == "refused"


async def test_a_refusal_tells_its_reason_and_the_form_stays(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        desktop.app.push(ActionForm(one, "noted"))
        await desktop.settle()
        await desktop.type("gọi lại")
        desktop.one("#at").value = "1/1 8:00"
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, ActionForm) and desktop.says().startswith("✗")
        desktop.one("#at").value = "hôm qua"
        await desktop.press("f10")
        assert "hôm qua" in desktop.says() and len(desktop.app.desk.dossier(one).events) == 1


@pytest.mark.parametrize(
    ("code", "may", "may_not"),
    [
        ("lanh", {"approved", "refused", "suspended", "noted"}, {"resumed", "result_returned", "undone"}),
        ("khai", {"result_ready", "supplement_requested"}, {"approved", "refused", "withdrawn"}),
        ("tra", set(), {"noted", "approved"}),
    ],
)
async def test_only_what_the_officer_may_is_offered(
    office: Office, code: str, may: set[str], may_not: set[str]
) -> None:
    opened = office.open()
    one = take_in(opened)
    opened.close()
    async with workstation(office, officer=code) as desktop:
        desktop.app.push(desktop.app.make("actions", one))
        await desktop.settle()
        assert may <= offered(desktop) and not may_not & offered(desktop)


async def test_an_assignment_names_its_officer(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        desktop.app.push(ActionForm(one, "assigned"))
        await desktop.settle()
        await desktop.type("khai")
        await desktop.press("enter", "f10")
        assert desktop.app.desk.dossier(one).officer == "officer-khai"


async def test_undo_on_the_dossier_and_back(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        act(desktop.app.desk, one, "noted", text="x")
        desktop.app.screen.fill()
        await desktop.press("enter", "u", "u")
        assert "Hoàn tác" in timeline(desktop)
        await desktop.press("escape")
        assert type(desktop.app.screen).__name__ == "QueueScreen"


async def test_why_tells_every_article(office: Office) -> None:
    async with workstation(office) as desktop:
        take_in(desktop.app.desk)
        desktop.app.screen.fill()
        await desktop.press("w")
        told = "\n".join(desktop.one("#reasons").lines(100))
        assert "7 ngày làm việc" in told and "Đ.147.2 BLDS 2015" in told
        await desktop.press("w")
        assert type(desktop.app.screen).__name__ == "QueueScreen"


async def test_a_slip_with_an_unverified_date_is_asked_about_once(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk, procedure="driving-licence-exchange")
        desktop.app.push(DossierScreen(one))
        await desktop.settle()

        def letters() -> list[str]:
            return [event.kind for event in desktop.app.desk.dossier(one).events if event.kind == "letter_issued"]

        await desktop.press("p", "p", "enter")
        assert isinstance(desktop.app.screen, ConfirmPrint) and letters() == []
        await desktop.press("escape")
        assert "Chưa in giấy hẹn" in desktop.says() and letters() == []
        await desktop.press("p")
        await desktop.settle(1.0)
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, DossierScreen) and letters() == ["letter_issued"]
        assert "cán bộ đã xác nhận ngày hẹn" in timeline(desktop)
        await desktop.press("p")
        assert isinstance(desktop.app.screen, DossierScreen) and letters() == ["letter_issued"]


async def test_an_earlier_promise_is_among_the_actions_and_binds(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        desktop.app.push(desktop.app.make("actions", one))
        await desktop.settle()
        assert "promised_earlier" in offered(desktop)
        desktop.app.push(ActionForm(one, "promised_earlier"))
        await desktop.settle()
        desktop.one("#field_due_at").value, desktop.one("#field_reason").value = "mai", "người già"
        await desktop.press("f10")
        row = desktop.app.desk.row(one)
        assert row["binding_at"] == datetime(2026, 5, 22, 17, tzinfo=LEGAL_TIME).timestamp()
        desktop.app.push(DossierScreen(one))
        await desktop.settle()
        assert "sớm hơn hạn 01/06 17:00" in " ".join(desktop.one("#head").lines(200))
        desktop.app.push(ActionForm(one, "promised_earlier"))
        await desktop.settle()
        desktop.one("#field_due_at").value, desktop.one("#field_reason").value = "1/6 17h", "x"
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, ActionForm) and "22/05/2026 17:00" in desktop.says()


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_picture(
    office: Office, monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    fill_queue(office.folder, monkeypatch)

    async def before(pilot: object) -> None:
        await pilot.press("7", "enter")  # type: ignore[attr-defined]
        await pilot.pause(0.2)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
