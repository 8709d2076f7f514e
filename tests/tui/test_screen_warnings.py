"""What every screen says of a clock that is off, and what a dossier says that only newer software understands."""

from __future__ import annotations

import pytest

from core.events import KINDS
from storage.desk import Desk
from tests.conftest import NOW, Office, Ran, act, take_in
from tests.schema_check import check
from tests.storage.stranger import Stranger
from tests.tui.test_cli_show import Cli
from tests.tui.workstation import WIDE, Desktop, workstation
from tui.screens.dossier import DossierScreen


def banner(desktop: Desktop) -> str:
    line = desktop.one("#clock")
    return " ".join(line.lines(200)) if line.display else ""


def measured(desk: Desk, offset: float) -> None:
    desk.connection.execute(
        "INSERT INTO hub (url, last_contact, sent, received, clock_offset) VALUES ('folder:x', ?, 0, 0, ?)",
        (int(NOW.timestamp()), offset),
    )


def newer(desk: Desk, dossier: str) -> None:
    """A later release's desk has done to the dossier what this one does not know; its clock runs a year ahead."""
    later = Stranger(desk.officers.all()[0].id)
    ahead = (int(NOW.timestamp()) + 365 * 86_400) * 1000 << 16
    later.write(dossier, "certified", {"seal": "x"}, desk.log.heads_of(dossier), unit="H30-001", hlc=ahead)
    later.reach(desk)


@pytest.mark.parametrize(
    ("offset", "foot", "above"),
    [(90, False, False), (-180, True, False), (180, True, False), (660, True, True), (-7200, True, True)],
)
async def test_a_clock_that_is_off_is_told_in_the_foot_and_past_ten_minutes_above_everything(
    office: Office, offset: int, foot: bool, above: bool
) -> None:
    desk = office.open()
    measured(desk, offset)
    desk.close()
    async with workstation(office, size=WIDE) as desktop:
        for place in ("intake", "queue", "sync"):
            await desktop.app.run_action(f"go('{place}')")
            await desktop.settle()
            minutes = f"{abs(offset) // 60} phút"
            assert (f"đồng hồ lệch {minutes}" in desktop.one("#status")._state) is foot
            assert (minutes in banner(desktop)) is above
        take_in(desktop.app.desk)


async def test_a_dossier_that_newer_software_wrote_to_says_so_and_offers_what_may_be_added(office: Office) -> None:
    async with workstation(office, size=WIDE) as desktop:
        desk = desktop.app.desk
        dossier = take_in(desk)
        newer(desk, dossier)
        desktop.app.push(DossierScreen(dossier))
        await desktop.settle()
        assert "Cần cập nhật phần mềm" in " ".join(desktop.one("#conflict").lines(200))
        told = " ".join(desktop.one("#timeline").lines(200))
        assert "certified" in told and "đồng hồ nơi ghi chạy sai" in told
        await desktop.press("a")
        offered = {choice.id for choice in desktop.app.screen._find("")}
        assert {"noted", "payment_received"} <= offered
        assert {KINDS[name].cls for name in offered if name in KINDS} == {KINDS["noted"].cls}


def test_show_and_act_say_it_too(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    newer(desk, dossier)
    found: Ran = cli("show", dossier, "--json")
    check(found.json, "show")
    assert found.json["needs_update"]
    assert [event["suspect_time"] for event in found.json["events"]] == [False, True]
    assert "Cần cập nhật phần mềm" in cli("show", dossier).out
    refused = cli("act", dossier, "withdrawn", "--as", "tmd", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "update_needed")
    act(desk, dossier, "noted", text="gọi lại")
    assert cli("show", dossier, "--json").json["events"][-1]["kind"] == "noted"
