"""Actions on results and held papers by their forms: a correction, a keeper, mail that was delivered."""

from __future__ import annotations

from storage.desk import Desk
from storage.results import listed, manifests
from tests.conftest import NOW, Office, act, take_in
from tests.tui.workstation import Desktop, workstation

BAO = {"kind": "citizen", "name": "Phạm Gia Bảo", "number": "048085099999"}


def ready(desk: Desk, **facts: object) -> str:
    dossier = take_in(desk, applicant=BAO, **facts)
    act(desk, dossier, "result_ready", shelf="B3")
    return dossier


def prepared(office: Office, **facts: object) -> str:
    desk = office.open()
    dossier = ready(desk, **facts)
    desk.close()
    return dossier


async def form(desktop: Desktop, dossier: str, kind: str) -> None:
    desktop.app.push(desktop.app.make("dossier", dossier))
    await desktop.settle()
    desktop.app.push(desktop.app.make("action_form", dossier, kind))
    await desktop.settle()


async def test_a_correction_is_opened_and_named(office: Office) -> None:
    first = prepared(office)
    async with workstation(office, "queue") as desktop:
        await form(desktop, first, "result_corrected")
        await desktop.type("in sai")
        await desktop.press("f10")
        assert desktop.says().startswith("✗")
        desktop.one("#field_fault").value = "station"
        desktop.one("#field_taken_back").value = "yes"
        await desktop.press("f10")
        (opened,) = desktop.app.desk.dossier(first).corrections
        assert desktop.app.desk.row(opened)["receipt_number"] in desktop.says()
        desktop.app.push(desktop.app.make("dossier", opened))
        await desktop.settle()
        assert "H30-001-260521-0001" in " ".join(desktop.one("#facts").lines(200))


async def test_a_keeper_is_chosen_among_the_officers(office: Office) -> None:
    desk = office.open()
    dossier = ready(desk)
    act(desk, dossier, "original_taken", paper="GPLX", shelf="Két 2")
    desk.close()
    async with workstation(office, "queue") as desktop:
        await form(desktop, dossier, "custody_checked")
        await desktop.type("hoa")
        await desktop.press("enter")
        desktop.one("#field_next_check").value = "25/6"
        await desktop.press("f10")
        (one,) = desktop.app.desk.dossier(dossier).held
        assert (one.keeper, one.place, str(one.next_check)) == ("officer-hoa", "Két 2", "2026-06-25")


async def test_what_goes_by_post_by_its_form_stands_in_the_manifest(office: Office) -> None:
    dossier = prepared(office, return_by="post")
    async with workstation(office, "queue") as desktop:
        await form(desktop, dossier, "handed_to_post")
        desktop.one("#field_carrier").value = "VNPost"
        await desktop.press("f10")
        assert [one.carrier for one in manifests(desktop.app.desk, NOW.date())] == ["VNPost"]
        await desktop.app.run_action("go('lists')")
        await desktop.press("3", "f10")
        assert [one.id for one in listed(desktop.app.desk, "at_post")] == [dossier]
        await desktop.press("space", "f10", "f10")
        assert desktop.app.desk.row(dossier)["state"] == "returned"
