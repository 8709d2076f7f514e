"""What is typed into any form outlives a wrong key, a lock and a crash, and comes back where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Office, act, take_in
from tests.tui.workstation import Desktop, painted, workstation
from tui.screens.kept_typing import KeptTyping

BAO = {"kind": "citizen", "name": "Phạm Gia Bảo", "number": "048085099999", "address": "5 Hàn Thuyên"}
ANH = {"kind": "citizen", "name": "Lê Ngọc Ánh", "number": "048085011111", "address": "6 Hàn Thuyên"}
KEPT = "SELECT content FROM draft"


@dataclass(frozen=True)
class Form:
    """How a form is opened, and what is typed into which of its fields."""

    name: str
    arguments: tuple[Any, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


FORMS = (
    Form("fine_form", (), (("decision", "QĐ 15/QĐ-XPHC"), ("amount", "4000000"), ("vehicle", "seizure"))),
    Form("fines", (), (("amount", "500000"), ("channel", "online"), ("proof", "dvc77"))),
    Form("post", (), (("day", "20/5"), ("proof", "BP 12"))),
    Form("lists", (), (("archive_shelf", "Kho 3"), ("carrier", "VNPost"))),
    Form("queue_order", (), (("reason", "theo chỉ đạo"),)),
    Form("usb", ("export",), (("path", "E:/gói"),)),
    Form("one_line", ("readback.ask", ["Phạm Gia Bảo"], lambda words: None), (("words", "giấy ở đâu?"),)),
    Form(
        "law_amend",
        (["closure", "opening"],),
        (("kind", "opening"), ("day", "28/5"), ("hours", "17:30–20:00"), ("place", "Nhà văn hóa")),
    ),
)


async def opened(desktop: Desktop, form: Form) -> None:
    desktop.app.push(desktop.app.make(form.name, *form.arguments))
    await desktop.settle()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
async def test_what_was_typed_outlives_a_crash_and_may_be_thrown_away(office: Office, form: Form) -> None:
    async with workstation(office) as desktop:
        await opened(desktop, form)
        before = {name: desktop.one(f"#{name}").value for name, _ in form.texts}
        for name, text in form.texts:
            desktop.one(f"#{name}").value = text
        await desktop.until(lambda: bool(desktop.app.desk.connection.execute(KEPT).fetchall()))
    async with workstation(office) as desktop:
        await opened(desktop, form)
        assert {name: desktop.one(f"#{name}").value for name, _ in form.texts} == dict(form.texts)
        assert "Ctrl+D" in painted(desktop.app)
        assert "lấy lại" in desktop.says() or form.name == "usb", "that it may not be done at all is told there"
        await desktop.press("ctrl+d")
        assert {name: desktop.one(f"#{name}").value for name, _ in form.texts} == before
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


@pytest.mark.parametrize("leave", ["ctrl+y", "f1", "escape"])
async def test_the_chosen_officer_of_a_bulk_action_is_chosen_again(office: Office, leave: str) -> None:
    async with workstation(office) as desktop:
        ids = [take_in(desktop.app.desk, applicant=one) for one in (BAO, ANH)]
        desktop.app.push(desktop.app.make("bulk", ids))
        await desktop.settle()
        desktop.app.screen.set_focus(desktop.one("#to").field)
        await desktop.type("hoa")
        await desktop.press("enter")
        chosen = desktop.one("#to").choice
        assert chosen is not None
        await desktop.press(leave)
    async with workstation(office) as desktop:
        desktop.app.push(desktop.app.make("bulk", ids))
        await desktop.settle()
        assert desktop.one("#to").choice == chosen and "lấy lại" in desktop.says()
        await desktop.press("f10")
        assert all(desktop.app.desk.dossier(one).officer == chosen.id for one in ids)
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


async def test_a_promise_comes_back_with_its_procedure_and_case(office: Office) -> None:
    promise = Form("law_amend", (["closure", "commitment"],))
    async with workstation(office) as desktop:
        await opened(desktop, promise)
        desktop.one("#kind").value = "commitment"
        await desktop.settle()
        desktop.app.screen.set_focus(desktop.one("#procedure").field)
        await desktop.type("xac nhan thong tin")
        await desktop.press("enter")
        procedure = desktop.one("#procedure").choice
        variant = desktop.one("#variant")
        variant.action_step(1)
        await desktop.settle()
        case = variant.value
        assert procedure is not None and case
        desktop.one("#limit").value = "5 nlv"
        await desktop.press("f1")
    async with workstation(office) as desktop:
        await opened(desktop, promise)
        assert desktop.one("#procedure").choice == procedure
        assert (desktop.one("#variant").value, desktop.one("#limit").value) == (case, "5 nlv")
        assert desktop.one("#variant_line").display and desktop.one("#limit_line").display


def ready(office: Office) -> list[str]:
    desk = office.open()
    found = []
    for applicant in (BAO, ANH):
        found.append(take_in(desk, applicant=applicant))
        act(desk, found[-1], "original_taken", paper="GPLX", hold_until="2027-01-01")
        act(desk, found[-1], "approved")
        act(desk, found[-1], "result_ready", shelf="B3")
    desk.close()
    return found


async def test_who_takes_a_result_comes_back_with_whose_it_is_and_with_nobody_elses(office: Office) -> None:
    bao, _ = ready(office)
    typed = {"capacity": "authorised", "taker": "Vũ Đình Khánh", "proof": "Giấy uỷ quyền số 5", "place": "Két 2"}
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia bao")
        await desktop.press("enter")
        for name, text in typed.items():
            desktop.one(f"#{name}").value = text
        await desktop.settle()
        desktop.one("#box").value = "ngoc anh"
        await desktop.settle(0.2)
        assert desktop.one("#taker").value == "" and "lấy lại" not in desktop.says()
        desktop.one("#box").value = "gia bao"
        await desktop.settle(0.2)
        assert {name: desktop.one(f"#{name}").value for name in typed} == typed
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia bao")
        await desktop.press("enter")
        assert {name: desktop.one(f"#{name}").value for name in typed} == typed
        assert "lấy lại" in desktop.says() and "Ctrl+D" in painted(desktop.app)
        (kept,) = desktop.app.desk.connection.execute("SELECT id, content FROM draft").fetchall()
        assert BAO["number"] not in kept[0] and bao in kept[1]
        desktop.one("#taker_number").value = "048085022222"
        await desktop.press("f10")
        assert desktop.app.desk.row(bao)["state"] == "returned"
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


async def test_a_form_that_an_officer_only_looked_at_is_no_draft(office: Office) -> None:
    ready(office)
    async with workstation(office, "return") as desktop:
        for words in ("pham gia bao", "ngoc anh", "nobody"):
            desktop.one("#box").value = words
            await desktop.settle(0.2)
        await desktop.press("f1")
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


async def test_scanned_tracking_numbers_outlive_a_wrong_key_until_they_are_sent(office: Office) -> None:
    desk = office.open()
    at = NOW - timedelta(days=1)
    ids = [take_in(desk, applicant=one, at=at, by="lanh", return_by="post") for one in (BAO, ANH)]
    for one in ids:
        act(desk, one, "result_ready", by="lanh", at=at)
    desk.close()
    async with workstation(office, "lists") as desktop:
        await desktop.press("2")
        desktop.app.screen.set_focus(desktop.one("#tracking"))
        for number in ("EB1VN", "EB2VN"):
            await desktop.type(number)
            await desktop.press("enter")
        await desktop.press("f1")
    async with workstation(office, "lists") as desktop:
        await desktop.press("2")
        assert "EB1VN" in painted(desktop.app) and "EB2VN" in painted(desktop.app)
        desktop.one("#carrier").value = "VNPost"
        await desktop.press("f10", "f10")
        assert all(desktop.app.desk.dossier(one).at_post for one in ids)
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


async def test_the_procedures_of_a_meeting_come_back(office: Office) -> None:
    async with workstation(office) as desktop:
        await opened(desktop, Form("outreach_form"))
        desktop.app.screen.set_focus(desktop.one("#procedure").field)
        await desktop.type("thuong tru")
        await desktop.press("enter")
        await desktop.settle()
        listed = desktop.one("#chosen").lines(80)
        assert "thường trú" in listed[0]
        await desktop.press("f1")
    async with workstation(office) as desktop:
        await opened(desktop, Form("outreach_form"))
        assert desktop.one("#chosen").lines(80) == listed
        await desktop.press("ctrl+d")
        assert desktop.one("#chosen").lines(80) == []


async def test_a_number_of_the_national_system_stays_with_its_dossier(office: Office) -> None:
    desk = office.open()
    for applicant in (BAO, ANH):
        take_in(desk, applicant=applicant)
    desk.close()
    async with workstation(office) as desktop:
        await desktop.app.run_action("beside('official')")
        await desktop.settle()
        first = desktop.one("LineTable").current
        desktop.one("#official_number").value = "000.01"
        await desktop.press("down")
        assert desktop.one("LineTable").current != first
        assert desktop.one("#official_number").value == ""
        await desktop.press("f1")
    async with workstation(office) as desktop:
        await desktop.app.run_action("beside('official')")
        await desktop.settle()
        assert desktop.one("LineTable").current.id == first.id
        field = desktop.one("#official_number")
        assert field.value == "000.01"
        desktop.app.screen.set_focus(field)
        await desktop.press("enter")
        assert desktop.app.desk.dossier(first.id).official_number == "000.01"
        assert desktop.app.desk.connection.execute(KEPT).fetchall() == []


KEEPS_ITSELF = {
    "IntakeScreen": "a draft of its own",
    "SearchScreen": "a search",
    "SettingsScreen": "the desk's own file",
    "SignInScreen": "a PIN",
    "LockScreen": "a PIN",
    "PreviewScreen": "a PIN",
    "PaletteScreen": "a search",
    "HelpScreen": "a search",
    "SurveyScreen": "kept nowhere, on purpose: who gave a mark is told to nobody",
    "ReadbackScreen": "written down with each answer",
    "BlanksScreen": "a count",
    "WhatIfScreen": "a question, no record",
    "QueueScreen": "a filter",
    "SetupScreen": "the first start: there is no desk yet",
}
"""Screens with a field that is no draft, each with the reason."""


def screens_with_a_field() -> list[Any]:
    import importlib
    import inspect

    from tui.app import SCREENS

    found = []
    for module, kind in SCREENS.values():
        screen: Callable[..., Any] = getattr(importlib.import_module(module), kind)
        source = inspect.getsource(importlib.import_module(module))
        if any(f"{word}(" in source for word in ("KeyedInput", "PhraseInput", "ChoiceInput", "OptionField")):
            found.append(screen)
    return found


def test_every_screen_with_a_field_keeps_it_or_says_why_not() -> None:
    loses = {screen.__name__ for screen in screens_with_a_field() if not issubclass(screen, KeptTyping)}
    assert loses - KEEPS_ITSELF.keys() == set()
