"""Typing into the other system: each field by one key in its order, and its number back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Office, act, take_in
from tests.tui.workstation import NARROW, Desktop, workstation

DAO = {"kind": "citizen", "name": "Đặng Thị Đào", "number": "048185012345", "birth": "1985-01-01"}


def two(office: Office) -> tuple[str, str]:
    desk = office.open()
    try:
        return take_in(desk, "Lê Ánh", at=NOW - timedelta(hours=1)), take_in(desk, applicant=DAO)
    finally:
        desk.close()


def lines(desktop: Desktop, selector: str) -> str:
    return "\n".join(desktop.one(selector).lines(120))


def copied(desktop: Desktop) -> str:
    return desktop.app.clipboard


async def test_each_field_is_one_key_in_that_systems_order(office: Office) -> None:
    two(office)
    async with workstation(office, "queue") as desktop:
        await desktop.press("alt+o")
        found = []
        for _ in range(4):
            await desktop.press("y")
            found.append(copied(desktop))
        assert found == ["1.004222", "Đăng ký thường trú", "Đặng Thị Đào", "048185012345"]
        assert desktop.one("#official_value").text == "048185012345"
        await desktop.press("3")
        assert copied(desktop) == "Đặng Thị Đào"
        await desktop.press("8")
        assert copied(desktop) == "Đặng Thị Đào", "there is no e-mail: nothing is copied over it"
        assert "không có" in desktop.says()
        await desktop.press("down", "3")
        assert copied(desktop) == "Lê Ánh"


async def test_the_number_that_came_back_takes_the_dossier_off_the_list(office: Office) -> None:
    other, one = two(office)
    desk = office.open()
    act(desk, other, "official_number_given", number="G-1")
    desk.close()
    async with workstation(office, "queue") as desktop:
        await desktop.press("alt+o")
        await desktop.press("tab")
        await desktop.type("G-1")
        await desktop.press("enter")
        assert "đã cấp cho hồ sơ" in desktop.says(), "another one bears it"
        desktop.one("#official_number").value = "G-2"
        await desktop.press("enter")
        assert desktop.app.desk.dossier(one).official_number == "G-2"
        assert "0 hồ sơ" in lines(desktop, "#official_about")
        await desktop.press("y")
        assert copied(desktop) == ""


def test_picture(office: Office, snap_compare: Callable[..., bool]) -> None:
    from tui.app import Workstation

    two(office)

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('queue')")
        await pilot.pause()
        await desktop.press("alt+o", "4", "3")

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=NARROW, run_before=before)


@pytest.mark.parametrize("language", ["en"])
async def test_the_fields_are_told_in_english_too(office: Office, language: str) -> None:
    from tui.i18n import set_language

    two(office)
    set_language(language)
    try:
        async with workstation(office, "queue") as desktop:
            await desktop.press("alt+o")
            assert "Subject: Đặng Thị Đào" in lines(desktop, "#official_fields")
    finally:
        set_language("vi")
