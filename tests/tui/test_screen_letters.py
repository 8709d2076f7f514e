"""A dossier's papers on the screen: what may be printed now, and what a print leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from storage.desk import Done
from storage.settings import Settings, save_settings
from storage.spool import Spool
from tests.conftest import Office, act, officer, take_in
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.letters import LettersScreen


@pytest.fixture
def stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """A dossier that was stopped; papers are shown by a program that is always there."""
    monkeypatch.setattr("storage.printing.shutil.which", lambda name: "/bin/true" if name == "xdg-open" else None)
    save_settings(office.folder, Settings(viewer=True))
    desk = office.open()
    dossier = take_in(desk, papers=["CT01"])
    act(desk, dossier, "stopped", reason="Quá hạn bổ sung", basis="Điều 9")
    desk.close()
    return dossier


async def opened(desktop: Desktop, dossier: str) -> None:
    desktop.app.push(desktop.app.make("dossier", dossier))
    await desktop.settle()
    await desktop.press("m")
    assert isinstance(desktop.app.screen, LettersScreen)


def offered(desktop: Desktop) -> set[str]:
    return set(desktop.app.screen._choices)


async def test_only_what_something_has_happened_for_is_offered(office: Office, stopped: str) -> None:
    async with workstation(office, officer="tmd") as desktop:
        await opened(desktop, stopped)
        assert offered(desktop) == {"stop-notice", "control-slip", "checklist", "explanation", "receipt"}


async def test_a_print_is_issued_with_its_number_and_then_comes_as_a_copy(office: Office, stopped: str) -> None:
    async with workstation(office, officer="tmd") as desktop:
        await opened(desktop, stopped)
        await desktop.type("dung")
        await desktop.press("enter")
        await desktop.settle(0.5)
        assert "Đã gửi in «Thông báo dừng»" in desktop.says()
        (job,) = Spool(desktop.app.desk).jobs()
        assert (job.letter, job.state) == ("stop-notice", "sent")
        dossier = desktop.app.desk.dossier(stopped)
        assert [one.number for one in dossier.letters.values()] == ["01/TBD-Q1"]
        assert isinstance(Spool(desktop.app.desk).confirm(officer(desktop.app.desk), job), Done)
        await desktop.type("dung")
        await desktop.press("enter")
        await desktop.settle(0.5)
        assert "bản sao" in desktop.says() and Spool(desktop.app.desk).jobs() == []
        texts = [PdfReader(path).pages[0].extract_text() for path in (office.folder / "letters").glob("stop-*.pdf")]
        assert sorted("BẢN SAO" in text for text in texts) == [False, True]
        assert all("Số: 01/TBD-Q1" in text for text in texts)


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_picture(office: Office, stopped: str, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = Workstation(office.folder, officer="tmd")

    async def before(pilot: Any) -> None:
        await pilot.pause(0.1)
        app.push(app.make("letters", stopped))
        await pilot.pause(0.2)

    assert snap_compare(app, terminal_size=size, run_before=before)
