"""F6 and the command line where desks and units meet: what may be there twice, and dossiers from other units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.answers import Refusal
from core.decisions import Act, TakeIn
from storage.desk import Desk, Done
from storage.founding import NewDesk
from storage.sync.exchange import add_hub, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from tests.conftest import NOW, PIN, UNIT, Office, Ran, take_in
from tests.storage.sync_desks import code_from
from tests.tui.workstation import workstation
from tui.dossier_words import event_words

LAN = {"kind": "citizen", "name": "Lê Thị Lan", "number": "048085001234", "birth": "1985-03-02"}
OTHER = NewDesk("H30-002", "Công an phường Cẩm Lệ", 1, "Hồ Thị Sen", PIN, NOW, test=True)


def hub_of(office: Office) -> FolderHub:
    hub = FolderHub(office.folder.parent / "hub")
    hub.create()
    desk = office.open()
    add_hub(desk, hub)
    assert exchange(desk, hub).error is None
    desk.close()
    return hub


def taken_in_at(office: Office, hub: FolderHub, new: NewDesk, offer_to: str | None = None) -> str:
    """What another new desk received, and offered where that is asked; the office's desk has heard of it."""
    desk = office.open()
    code = code_from(desk, hub) if new.unit == UNIT else None
    other = start_desk(office.folder.parent / "other", new, [hub], code).desk
    sen = other.officers.find(new.officer)
    assert not isinstance(sen, Refusal)
    facts = {"procedure": "permanent-residence", "applicant": LAN, "channel": "counter"}
    done = other.do(TakeIn(other.new_id(), "received", NOW, facts), sen)
    assert isinstance(done, Done)
    if offer_to is not None:
        offered = other.do(Act(done.dossiers[0], "transfer_offered", NOW, {"unit": offer_to}), sen)
        assert isinstance(offered, Done), offered
    for one in (other, desk):
        assert exchange(one, hub).error is None
        one.close()
    return done.dossiers[0]


async def test_what_may_be_there_twice_is_listed_until_somebody_says_no(office: Office) -> None:
    hub = hub_of(office)
    desk = office.open()
    here = take_in(desk, applicant=LAN)
    desk.close()
    there = taken_in_at(office, hub, replace(OTHER, unit=UNIT, number=2))
    async with workstation(office, "sync") as desktop:
        table = desktop.one("LineTable")
        assert {table.current.entity, table.current.other} == {here, there}
        assert "nghi trùng" in table.current.what and "quầy" in table.current.what
        await desktop.press("enter")
        assert "Nghi trùng" in "\n".join(desktop.one("#facts").lines(200))
        await desktop.press("escape", "k")
        assert "không phải một yêu cầu" in desktop.says()
        assert not getattr(table.current, "other", "")


async def test_an_offer_to_a_unit_that_nobody_here_knows_is_asked_about_once(office: Office) -> None:
    desk = office.open()
    dossier = take_in(desk, applicant=LAN)
    desk.close()
    async with workstation(office) as desktop:
        desktop.app.push(desktop.app.make("action_form", dossier, "transfer_offered"))
        await desktop.settle()
        desktop.one("#field_unit").value = "99999"
        await desktop.press("f10")
        assert "«99999»" in desktop.says()
        assert desktop.app.desk.dossier(dossier).open_offer is None
        await desktop.press("f10")
        assert desktop.app.desk.dossier(dossier).open_offer is not None


async def test_an_incoming_dossier_is_accepted_with_one_key(office: Office) -> None:
    dossier = taken_in_at(office, hub_of(office), OTHER, offer_to=UNIT)
    async with workstation(office, "sync") as desktop:
        table = desktop.one("LineTable")
        assert "chuyển đến từ H30-002" in table.current.what
        await desktop.press("t")
        assert "Đã nhận hồ sơ" in desktop.says()
        found = desktop.app.desk.dossier(dossier)
        assert found is not None and found.unit == UNIT
        history = [event_words(event, {}) for event in found.events]
        assert history[-1] == "Nhận chuyển" and LAN["number"] not in " ".join(history)


def test_an_incoming_dossier_is_accepted_from_the_command_line(office: Office, cli: Callable[..., Ran]) -> None:
    dossier = taken_in_at(office, hub_of(office), OTHER, offer_to=UNIT)
    refused = cli("act", dossier, "transfer_accepted", "--as", "hoa", "--json")
    assert refused.status == 1
    ran = cli("act", dossier, "transfer_accepted", "--as", "lanh", "--json")
    assert ran.status == 0 and ran.json["events"][-1]["kind"] == "transfer_accepted"
    again = cli("act", dossier, "transfer_accepted", "--as", "lanh", "--json")
    assert again.status == 1


async def test_what_the_other_unit_did_meanwhile_is_told_until_somebody_has_dealt_with_it(office: Office) -> None:
    hub = hub_of(office)
    dossier = taken_in_at(office, hub, OTHER, offer_to=UNIT)
    async with workstation(office, "sync") as desktop:
        await desktop.press("t")
    other, desk = Desk.open(office.folder.parent / "other"), office.open()
    sen = other.officers.find(OTHER.officer)
    assert not isinstance(sen, Refusal)
    assert isinstance(other.do(Act(dossier, "delay_declared", NOW, {"reason": "thiếu người"}), sen), Done)
    for one in (desk, other, desk):
        assert exchange(one, hub).error is None
    other.close()
    desk.close()
    async with workstation(office, "sync") as desktop:
        table = desktop.one("LineTable")
        assert table.current.entity == dossier and "đơn vị chuyển còn làm việc khác" in table.current.what
        await desktop.press("enter")
        facts = "\n".join(desktop.one("#facts").lines(200))
        assert "H30-002 còn ghi" in facts and "chưa có hiệu lực" in facts
        noted = desktop.app.do(Act(dossier, "noted", desktop.app.desk.now(), {"text": "đã gọi"}))
        assert isinstance(noted, Done)
    async with workstation(office, "sync") as desktop:
        assert "followed" not in str(getattr(desktop.one("LineTable").current, "id", ""))
