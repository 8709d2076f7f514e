"""Blank receipts on the screens: keyed in by their code with what stands on the paper, printed, counted and voided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.answers import Refusal
from core.moments import LEGAL_TIME
from core.slip_code import blank_text
from storage.blanks import blank_days, take_blanks, void_left
from storage.desk import Desk
from tests.conftest import NOW, UNIT, Office, officer
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation

PAPER = f"{UNIT}-260521-0499"
YESTERDAY = f"{UNIT}-260520-0500"


@pytest.fixture
def printed(office: Office) -> Office:
    """Two blank receipts of yesterday and two of today are in the drawer."""
    desk = office.open()
    for day in (20, 21):
        assert not isinstance(take_blanks(desk, officer(desk), [NOW.date().replace(day=day)], 2), Refusal)
    desk.close()
    return office


def only(desk: Desk) -> Any:
    (row,) = desk.queries.after(None, desk.bounds(), 20)
    return desk.dossier(row.id)


async def key_in(desktop: Desktop, paper: str, time: str, promised: str = "") -> None:
    await desktop.scan(blank_text(paper))
    assert desktop.focus == "received_at"
    await desktop.type(time)
    await desktop.press("enter")
    await desktop.type(promised)
    await desktop.scan(CARD)
    await desktop.type("dktt")
    await desktop.press("enter", "f10")
    await desktop.settle()


async def test_a_paper_is_keyed_in_with_its_number_its_time_and_its_date(printed: Office) -> None:
    async with workstation(printed, "intake") as desktop:
        await key_in(desktop, PAPER, "8h15", "10h 1/6")
        taken = only(desktop.app.desk)
        assert taken.receipt_number == PAPER
        assert taken.received_at == datetime(2026, 5, 21, 8, 15, tzinfo=LEGAL_TIME)
        assert taken.promised_at == datetime(2026, 6, 1, 10, 0, tzinfo=LEGAL_TIME)
        (letter,) = taken.letters.values()
        assert letter.printed, "the citizen holds it: another print is a copy"
        assert desktop.app.prints.asked() == []
        assert not desktop.one("#blank_panel").display, "the next person is nobody of yesterday"


async def test_the_date_of_the_table_needs_no_key(printed: Office) -> None:
    async with workstation(printed, "intake") as desktop:
        await key_in(desktop, YESTERDAY, "16:30")
        taken = only(desktop.app.desk)
        assert taken.receipt_number == YESTERDAY
        assert taken.promised_at == datetime(2026, 5, 29, 17, 0, tzinfo=LEGAL_TIME)


@pytest.mark.parametrize("time", ["", "25:00", "sáng"])
async def test_a_time_that_can_not_be_read_is_asked_for(printed: Office, time: str) -> None:
    async with workstation(printed, "intake") as desktop:
        await key_in(desktop, PAPER, time)
        assert desktop.focus == "received_at"
        assert desktop.one("Problem").display
        assert desktop.app.desk.queries.after(None, desktop.app.desk.bounds(), 20) == []
        assert len(blank_days(desktop.app.desk)[1].open) == 2


async def test_keying_in_can_be_taken_back_and_the_paper_is_open_again(printed: Office) -> None:
    async with workstation(printed, "intake") as desktop:
        await key_in(desktop, PAPER, "8:15")
        await desktop.press("f1", "ctrl+z", "ctrl+z")
        assert desktop.app.desk.queries.after(None, desktop.app.desk.bounds(), 20) == []
        await desktop.press("f2")
        await key_in(desktop, PAPER, "8:45")
        assert only(desktop.app.desk).receipt_number == PAPER


async def test_a_used_paper_is_told_and_changes_nothing(printed: Office) -> None:
    async with workstation(printed, "intake") as desktop:
        await key_in(desktop, PAPER, "8:15")
        await desktop.scan(blank_text(PAPER))
        assert "F3" in desktop.says()
        assert desktop.one("IntakeForm").read().blank == ""


async def test_a_paper_of_another_desk_or_a_void_one_goes_on_with_its_number_in_the_note(printed: Office) -> None:
    desk = printed.open()
    assert void_left(desk, officer(desk), blank_days(desk)[1]) is None
    desk.close()
    async with workstation(printed, "intake") as desktop:
        for paper in (PAPER, f"{UNIT}-260521-0999"):
            await desktop.scan(blank_text(paper))
            form = desktop.one("IntakeForm").read()
            assert paper in form.texts["note"]
            assert form.blank == ""


async def test_what_was_left_as_a_draft_is_still_that_paper(printed: Office) -> None:
    async with workstation(printed, "intake") as desktop:
        await desktop.scan(blank_text(PAPER))
        await desktop.type("8h15")
        await desktop.press("f1", "f2")
        form = desktop.one("IntakeForm").read()
        assert (form.blank, form.texts["received_at"]) == (PAPER, "8h15")


async def test_whoever_signs_in_is_shown_what_is_left_of_yesterday_and_voids_it_by_two_presses(printed: Office) -> None:
    async with workstation(printed) as desktop:
        assert type(desktop.app.screen).__name__ == "BlanksScreen"
        await desktop.press("delete")
        assert "0499-0500" in desktop.says()
        assert len(blank_days(desktop.app.desk)) == 2
        await desktop.press("delete")
        assert [one.day for one in blank_days(desktop.app.desk)] == [NOW.date()]
    async with workstation(printed) as desktop:
        assert type(desktop.app.screen).__name__ == "QueueScreen"


async def test_the_kit_goes_to_the_printer_and_its_file_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Path] = []
    monkeypatch.setattr("tui.printing.send_to_printer", lambda path, settings: sent.append(path))
    async with workstation(office) as desktop:
        await desktop.press("ctrl+b", "f10")
        for _ in range(100):
            if sent:
                break
            await desktop.settle()
        await desktop.settle()
        assert [path.read_bytes()[:5] for path in sent] == [b"%PDF-"]
        assert [len(one.open) for one in blank_days(desktop.app.desk)] == [30] * 5
        assert "150" in desktop.says()


@pytest.mark.parametrize("count", ["0", "201", "x", ""])
async def test_a_count_that_makes_no_sense_keeps_no_number(office: Office, count: str) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+b", "tab")
        desktop.one("#count").value = count
        await desktop.press("f10")
        assert blank_days(desktop.app.desk) == []
        assert "200" in desktop.says()


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_the_list_as_it_looks(snap_compare: Callable[..., bool], printed: Office, size: tuple[int, int]) -> None:
    from tui.app import Workstation

    assert snap_compare(Workstation(printed.folder, officer="tmd"), terminal_size=size)


async def test_each_of_several_days_that_are_over_stands_out(printed: Office) -> None:
    desk = printed.open()
    for day in (18, 19):
        assert not isinstance(take_blanks(desk, officer(desk), [NOW.date().replace(day=day)], 1), Refusal)
    desk.close()
    async with workstation(printed) as desktop:
        table = desktop.one("LineTable")
        assert [table.render_line(row).text[2] for row in range(1, 5)] == ["!", "!", "!", " "]
