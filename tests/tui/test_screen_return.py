"""Handing a result over: the right person, the originals with it, one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import Office, act, take_in
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.screens.return_form import ReturnForm

BAO = {"kind": "citizen", "name": "Phạm Gia Bảo", "number": "048085099999", "birth": "1985-02-03", "sex": "male"}
BAO_CARD = "048085099999||Phạm Gia Bảo|03021985|Nam|Hải Châu, Đà Nẵng|15042021"
RECEIPT = "H30-001-260521-0001"


def ready(desk: Desk, **facts: object) -> str:
    dossier = take_in(desk, applicant=BAO, **facts)
    act(desk, dossier, "original_taken", paper="lawful-dwelling")
    act(desk, dossier, "approved")
    act(desk, dossier, "result_ready", shelf="B3")
    return dossier


def prepared(office: Office, **facts: object) -> str:
    desk = office.open()
    dossier = ready(desk, **facts)
    desk.close()
    return dossier


def state(desktop: Desktop, dossier: str) -> str:
    return str(desktop.app.desk.row(dossier)["state"])


async def test_a_slip_four_digits_and_one_key(office: Office) -> None:
    dossier = prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        assert desktop.focus == "identity"
        await desktop.type("9999")
        await desktop.press("f10")
        assert desktop.keys == 6
        assert state(desktop, dossier) == "returned"
        found = desktop.app.desk.dossier(dossier)
        assert found.originals == {"lawful-dwelling": 0}
        assert found.events[-1].body == {"channel": "counter", "capacity": "self", "found_by": "slip"}
        assert desktop.one("#box").value == ""


async def test_the_card_alone_finds_and_checks(office: Office) -> None:
    dossier = prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(BAO_CARD)
        await desktop.press("f10")
        assert state(desktop, dossier) == "returned"


async def test_a_result_that_lies_ready_stands_before_any_number_of_newer_namesakes(office: Office) -> None:
    desk = office.open()
    dossier = ready(desk)
    for _ in range(51):
        take_in(desk, applicant=BAO)
    desk.close()
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia")
        await desktop.press("enter")
        assert desktop.focus == "identity"
        await desktop.type("9999")
        await desktop.press("f10")
        assert state(desktop, dossier) == "returned"


@pytest.mark.parametrize("digits", ["", "1234"])
async def test_whoever_is_not_checked_gets_nothing(office: Office, digits: str) -> None:
    dossier = prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        await desktop.type(digits)
        await desktop.press("f10")
        assert desktop.says("Problem")
        assert desktop.focus == "identity"
        assert state(desktop, dossier) == "result_ready"


async def test_somebody_else_is_named_by_their_card(office: Office) -> None:
    bringer = {"name": "Nguyễn Thị Hồng Đào", "capacity": "guardian"}
    dossier = prepared(office, bringer=bringer)
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        await desktop.scan(CARD)
        await desktop.press("f10")
        body = desktop.app.desk.dossier(dossier).events[-1].body
        assert body == {
            "channel": "counter",
            "capacity": "guardian",
            "taker": "Nguyễn Thị Hồng Đào",
            "taker_number": "001185012345",
            "found_by": "slip",
        }


async def test_what_goes_by_post_names_its_carrier(office: Office) -> None:
    dossier = prepared(office, return_by="post")
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        assert desktop.focus == "carrier"
        await desktop.press("f10")
        assert desktop.says("Problem")
        desktop.one("ReturnForm").put(carrier="VNPost", tracking="EP123")
        await desktop.press("f10")
        assert desktop.app.desk.dossier(dossier).at_post
        await desktop.scan(RECEIPT)
        assert "bưu chính" in " ".join(desktop.one("#person").lines(78))


async def test_a_result_that_is_not_there_says_when(office: Office) -> None:
    desk = office.open()
    dossier = take_in(desk, applicant=BAO)
    desk.close()
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia")
        await desktop.settle()
        assert "01/06/2026" in " ".join(desktop.one("#person").lines(78))
        assert not desktop.one("ReturnForm").visible
        await desktop.press("f10")
        assert desktop.says().startswith("✗")
        assert state(desktop, dossier) == "received"


@pytest.mark.parametrize(
    "keys", [("shift+tab", "shift+tab", "space", "down", "space"), ("alt+a",)], ids=["one by one", "one key"]
)
async def test_all_of_a_persons_results_go_together(office: Office, keys: tuple[str, ...]) -> None:
    desk = office.open()
    both = [ready(desk), ready(desk, procedure="household-split")]
    desk.close()
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        await desktop.type("9999")
        await desktop.press(*keys, "f10")
        assert [state(desktop, one) for one in both] == ["returned", "returned"]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    from tui.app import Workstation

    prepared(office)

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('return')")
        await pilot.pause()
        await desktop.scan(RECEIPT)
        assert isinstance(desktop.one("ReturnForm"), ReturnForm)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


def held_licence(desk: Desk, until: str) -> str:
    dossier = take_in(desk, applicant=BAO)
    act(desk, dossier, "original_taken", paper="GPLX", hold_until=until, shelf="Két 2")
    act(desk, dossier, "result_ready", shelf="B3")
    return dossier


async def test_a_paper_that_may_not_go_yet_gets_a_keeper(office: Office) -> None:
    desk = office.open()
    dossier = held_licence(desk, "2026-07-21")
    desk.close()
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        assert desktop.one("#keeper_line").display
        assert "21/07/2026" in " ".join(desktop.one("#person").lines(78))
        await desktop.type("9999")
        desktop.one("ReturnForm").put(place="")
        await desktop.press("f10")
        assert desktop.focus == "place"
        desktop.one("ReturnForm").put(place="Két 3")
        await desktop.press("f10")
        assert state(desktop, dossier) == "returned"
        (one,) = desktop.app.desk.dossier(dossier).held
        assert (one.place, str(one.next_check)) == ("Két 3", "2026-07-21")
        assert desktop.app.desk.officers.get(one.keeper).code == "tmd"


async def test_a_lost_slip_a_thumbprint_and_its_witness(office: Office) -> None:
    dossier = prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia")
        await desktop.press("enter")
        await desktop.type("9999")
        desktop.one("ReturnForm").put(slip="lost", sign="thumbprint")
        await desktop.press("f10")
        assert desktop.focus == "witness"
        await desktop.type("Tran Minh")
        await desktop.press("f10")
        assert desktop.app.desk.dossier(dossier).events[-1].body == {
            "channel": "counter",
            "capacity": "self",
            "found_by": "name",
            "slip_lost": True,
            "thumbprint": True,
            "witness": "Tran Minh",
        }


async def test_somebody_unknown_brings_a_paper_that_proves_it(office: Office) -> None:
    dossier = prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        await desktop.scan(CARD)
        await desktop.press("f10")
        assert desktop.focus == "proof"
        await desktop.type("UQ 12")
        await desktop.press("f10")
        assert desktop.app.desk.dossier(dossier).events[-1].body["proof"] == "UQ 12"


async def test_the_place_stands_in_big_letters(office: Office) -> None:
    prepared(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        assert desktop.one("BigText").text == "B3"
        assert desktop.one("BigText").size.height == 3


async def test_online_names_its_reference(office: Office) -> None:
    dossier = prepared(office, return_by="online")
    async with workstation(office, "return") as desktop:
        await desktop.scan(RECEIPT)
        assert desktop.focus == "reference"
        await desktop.press("f10")
        assert desktop.focus == "place", "nobody is there to take the original: somebody must keep it"
        await desktop.type("Ket 3")
        await desktop.press("f10")
        assert desktop.says("Problem")
        assert desktop.focus == "reference"
        await desktop.type("DT-7")
        await desktop.press("f10")
        found = desktop.app.desk.dossier(dossier)
        assert found.events[-1].body == {"channel": "online", "reference": "DT-7"}
        assert [(one.paper, one.place) for one in found.held] == [("lawful-dwelling", "Ket 3")]


async def test_one_key_takes_no_namesakes_result(office: Office) -> None:
    desk = office.open()
    own, other = ready(desk), ready(desk)
    act(desk, other, "corrected", field="applicant.number", new="048085088888")
    desk.close()
    async with workstation(office, "return") as desktop:
        await desktop.type("pham gia")
        await desktop.press("enter", "alt+a")
        chosen = desktop.one("LineTable").selected
        assert len(chosen) == 1 and set(chosen) < {own, other}
