"""The papers of a dossier that went from one unit to another: whose word each is, and what none may pretend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.forms import end_words
from storage.desk import Desk, Done
from storage.spool import Spool
from tests.conftest import Office, Ran
from tests.storage.sync_desks import PIN, START, act, officer_of, take_in
from tests.storage.test_transfer import HERE, THERE, City, accepted, city, later
from tests.tui.test_cli_letter import pdf_text
from tests.tui.workstation import WIDE, workstation

__all__ = ["city"]
Cli = Callable[..., Ran]
RESCHEDULED = {"code": "overload", "days": 3}


@pytest.fixture(autouse=True)
def _pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PIN", PIN)


def moved(city: City, do: Callable[[Desk, str], object] = lambda desk, dossier: None) -> tuple[Desk, Desk, str]:
    """A dossier that was received here, on which `do` was done here, and that the other unit has taken over."""
    city.desk(THERE)
    here, there = city.desk(HERE), city.desk(THERE)
    dossier = take_in(here, minutes=30)
    do(here, dossier)
    assert isinstance(act(here, dossier, "transfer_offered", unit=THERE, reason="chuyển nơi ở"), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    later(city)
    assert isinstance(accepted(there, dossier), Done)
    later(city)
    city.sync(f"{THERE}-1", f"{HERE}-1")
    return here, there, dossier


def said(cli: Cli, desk: Desk, dossier: str, kind: str) -> str:
    ran = cli("letter", dossier, kind, "--format", "text", "--data", desk.folder)
    assert ran.status == 0, ran.err
    return " ".join(ran.out.split())


def printed(cli: Cli, desk: Desk, dossier: str, kind: str) -> str:
    """As it comes on paper, and somebody has seen it come out."""
    file = Path(desk.folder) / "paper.pdf"
    ran = cli("letter", dossier, kind, "--out", file, "--data", desk.folder)
    assert ran.status == 0, ran.err
    for job in Spool(desk).jobs():
        Spool(desk).confirm(officer_of(desk), job)
    return pdf_text(file)


def asked(desk: Desk, dossier: str) -> None:
    assert isinstance(act(desk, dossier, "supplement_requested", items=["CT01"], reason="thiếu tờ khai"), Done)


def put_off(desk: Desk, dossier: str) -> None:
    assert isinstance(act(desk, dossier, "rescheduled", **RESCHEDULED), Done)


def test_the_control_slip_has_the_hand_over_between_the_units(cli: Cli, city: City) -> None:
    here, there, dossier = moved(city, lambda desk, one: act(desk, one, "assigned", to=officer_of(desk).id))
    there_said, here_said = (said(cli, desk, dossier, "control-slip") for desk in (there, here))
    for text in (there_said, here_said):
        assert "Chuyển đơn vị: chuyển nơi ở" in text
    assert f"1. Giao: đơn vị {HERE} 2. Nhận: Công an phường Thử | 08 giờ 10 phút" in there_said
    assert f"1. Giao: Bộ phận Tiếp nhận và Trả kết quả, đơn vị {HERE} 2. Nhận: cán bộ đơn vị {HERE}" in there_said
    assert f"1. Giao: {officer_of(there).name} 2. Nhận: …" in there_said, "it goes on with whoever took it over"
    assert "giải quyết hồ sơ: Công an phường Thử" in there_said
    assert f"1. Giao: Công an phường Thử 2. Nhận: đơn vị {THERE}" in here_said and "theo tin báo" in here_said
    assert f"giải quyết hồ sơ: đơn vị {THERE}" in here_said
    assert "2. Nhận: …" not in here_said, "it is in other hands"


def test_a_dossier_that_came_back_has_each_hand_over_once(cli: Cli, city: City) -> None:
    here, there, dossier = moved(city)
    assert isinstance(act(there, dossier, "transfer_offered", unit=HERE, reason="nhầm địa bàn"), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1")
    later(city)
    assert isinstance(accepted(here, dossier), Done)
    text = said(cli, here, dossier, "control-slip")
    assert text.count("Chuyển đơn vị") == 2
    assert f"1. Giao: đơn vị {THERE} 2. Nhận: Công an phường Thử" in text and "nhầm địa bàn" in text


@pytest.mark.parametrize(("kind", "do"), [("supplement-request", asked), ("apology", put_off)])
def test_no_copy_is_made_of_a_letter_that_another_unit_issued(
    cli: Cli, city: City, kind: str, do: Callable[[Desk, str], None]
) -> None:
    def told(desk: Desk, dossier: str) -> None:
        do(desk, dossier)
        printed(cli, desk, dossier, kind)

    here, there, dossier = moved(city, told)
    for words in (("--format", "text"), ("--out", there.folder / "a.pdf")):
        ran = cli("letter", dossier, kind, *words, "--data", there.folder)
        assert ran.status == 1
        assert f"do đơn vị {HERE} lập (số 01/" in ran.err and f"ngày {START:%d/%m/%Y}" in ran.err
    assert "BẢN SAO" in printed(cli, here, dossier, kind), "the original is here"


async def test_the_list_of_papers_says_whose_letter_it_is(cli: Cli, city: City) -> None:
    def told(desk: Desk, dossier: str) -> None:
        asked(desk, dossier)
        printed(cli, desk, dossier, "supplement-request")

    _, there, dossier = moved(city, told)
    async with workstation(Office(there.folder), officer=officer_of(there).code, size=WIDE) as desktop:
        desktop.app.push(desktop.app.make("letters", dossier))
        await desktop.settle()
        await desktop.type("bo sung")
        await desktop.press("enter")
        await desktop.settle()
        assert f"Giấy này do đơn vị {HERE} lập (số 01/PYC-Q1" in desktop.says()
        assert Spool(desktop.app.desk).jobs() == []


def test_an_apology_that_the_former_unit_signed_and_never_issued_waits_for_this_ones_head(cli: Cli, city: City) -> None:
    _, there, dossier = moved(city, put_off)
    text = said(cli, there, dossier, "apology")
    assert f"{START:%d/%m/%Y}, đơn vị {HERE} tiếp nhận giải quyết" in text
    assert "Công an phường Thử chân thành xin lỗi" in text
    assert "TRƯỞNG CÔNG AN PHƯỜNG THỬ: …" in text


def test_a_receipt_of_a_dossier_that_came_is_this_units_own_and_says_so(cli: Cli, city: City) -> None:
    def receive(desk: Desk, dossier: str) -> None:
        printed(cli, desk, dossier, "receipt")

    _, there, dossier = moved(city, receive)
    first = printed(cli, there, dossier, "receipt")
    assert "BẢN SAO" not in first and f"Hồ sơ do đơn vị {HERE} tiếp nhận, chuyển đến đây ngày" in first
    assert "BẢN SAO" in printed(cli, there, dossier, "receipt")


def test_who_worked_on_it_elsewhere_is_named_by_the_unit(cli: Cli, city: City) -> None:
    _, there, dossier = moved(city)
    shown = cli("show", dossier, "--data", there.folder).out
    assert f"Tiếp nhận  Cán bộ đơn vị {HERE}" in shown


def test_the_register_says_of_a_dossier_that_went_where_it_is(cli: Cli, city: City) -> None:
    here, _, _ = moved(city)
    words = ("--unit", HERE, "--date", f"{START:%Y-%m-%d}", "register", "--format", "text")
    ran = cli("letter", *words, "--data", here.folder)
    assert f"Đã chuyển cho đơn vị {THERE}" in " ".join(ran.out.split())


def test_each_unit_is_asked_about_its_own_papers_alone(cli: Cli, city: City) -> None:
    def issue(desk: Desk, dossier: str) -> None:
        assert cli("letter", dossier, "receipt", "--out", desk.folder / "a.pdf", "--data", desk.folder).status == 0

    here, there, dossier = moved(city, issue)
    rows = [desk.row(dossier) for desk in (here, there)]
    assert [row["unprinted"] for row in rows if row is not None] == [1, 0]


def test_a_supplemented_and_put_off_dossier_owes_its_letter_where_it_is(cli: Cli, city: City) -> None:
    def told(desk: Desk, dossier: str) -> None:
        asked(desk, dossier)
        assert isinstance(act(desk, dossier, "supplement_received", papers=["CT01"]), Done)
        put_off(desk, dossier)

    here, there, dossier = moved(city, told)
    shown = cli("show", dossier, "--json", "--data", there.folder).json
    assert (shown["urgency"], shown["apology"]["awaits_letter"]) == ("apology_owed", True)
    again = cli("act", dossier, "rescheduled", "--field", "code=overload", "--field", "days=2", "--data", there.folder)
    assert again.status == 1 and "118/2025" in again.err
    text = printed(cli, there, dossier, "apology")
    new = end_words(datetime.fromisoformat(shown["due_at"]))
    assert "thêm: 03 ngày làm việc" in text and f"trả kết quả lại: {new}" in text
    assert cli("show", dossier, "--json", "--data", there.folder).json["apology"]["owed"] is False
    gone = cli("show", dossier, "--json", "--data", here.folder).json
    assert gone["urgency"] == "done" and not gone["apology"]["owed"], "nothing is owed by who gave it away"
