"""The light in the queue's foot: whose it is, when it is looked for, and how much of it is said."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from core.forecast import Counts, OwnBreak
from core.moments import LEGAL_TIME
from core.outlook import Light, Outlook, Tight
from core.proof import Break
from core.rostering import NoteAbsence
from storage.desk import Desk, Done
from tests.conftest import Office, officer
from tests.tui.queue_station import fill_queue
from tests.tui.workstation import NARROW, Desktop, workstation
from tui.i18n import set_language
from tui.own_light import OwnLight, light_forms
from tui.widgets.status import StatusBar

LATE = OwnBreak("a", Break(date(2026, 11, 26), Fraction(6), ("d1",)))
NEAR = Tight("a", date(2026, 11, 26))


def seen(light: Light, guessed: int = 0, tight: Tight = NEAR) -> Outlook:
    first = LATE if light is Light.BREAKS else None
    near = tight if light is Light.TIGHT else None
    return Outlook(light, first, (), (), Counts(judged=1, guessed=guessed), tight=near)


@pytest.mark.parametrize(
    ("light", "whole", "longest", "shorter"),
    [
        (Light.HOLDS, False, "● XANH: kịp hạn hết", "● XANH: kịp hạn hết"),
        (Light.TIGHT, False, "▲ VÀNG: sát hạn T5 26/11, mất nửa ngày là trễ", "▲ VÀNG: sát hạn 26/11"),
        (
            Light.TIGHT,
            True,
            "▲ VÀNG đơn vị: Lê A: sát hạn T5 26/11, mất nửa ngày là trễ",
            "▲ VÀNG đơn vị: sát hạn 26/11",
        ),
        (Light.BREAKS, False, "✗ ĐỎ: không kịp từ T5 26/11, thiếu 6 giờ", "✗ ĐỎ: không kịp từ 26/11"),
        (Light.BREAKS, True, "✗ ĐỎ đơn vị: không kịp từ T5 26/11, thiếu 6 giờ", "✗ ĐỎ đơn vị: không kịp từ 26/11"),
    ],
)
def test_a_sign_a_word_and_a_sentence(light: Light, whole: bool, longest: str, shorter: str) -> None:
    set_language("vi")
    name = {"a": "Lê A"}.__getitem__ if whole else None
    forms = light_forms(seen(light), name)
    assert forms[0] == longest and forms[-2] == shorter and forms[-1] == shorter.partition(":")[0]
    assert light_forms(seen(light, guessed=1), name)[0] == f"{longest} · chưa đủ số liệu"


def test_yellow_over_what_is_nobodys_says_so() -> None:
    set_language("vi")
    forms = light_forms(seen(Light.TIGHT, tight=Tight(None, NEAR.date)), str)
    assert forms[1] == "▲ VÀNG đơn vị: Hồ sơ chưa giao: sát hạn T5 26/11"


def foot(desktop: Desktop) -> str:
    return str(desktop.one("StatusBar").render_line(2).text)


async def lit(desktop: Desktop, sign: str) -> str:
    for _ in range(300):
        if sign in foot(desktop):
            break
        await desktop.settle(0.05)
    return foot(desktop)


@pytest.fixture
def shining(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    fill_queue(office.folder, monkeypatch)
    monkeypatch.setattr(OwnLight, "begins", 0.0)
    return office


def everybody_goes(office: Office) -> None:
    desk = Desk.open(office.folder)
    today = desk.now().astimezone(LEGAL_TIME).date()
    for one in desk.officers.all():
        away = NoteAbsence(one.id, today, today + timedelta(days=90), "ốm", desk.now())
        assert isinstance(desk.do(away, officer(desk)), Done)
    desk.close()


@pytest.mark.parametrize(("code", "begins"), [("hoa", "✗ ĐỎ"), ("lanh", "✗ ĐỎ đơn vị")])
async def test_it_comes_by_itself_and_is_there_when_the_queue_is_shown_again(
    shining: Office, code: str, begins: str
) -> None:
    everybody_goes(shining)
    async with workstation(shining, size=NARROW, officer=code) as desktop:
        # what waits for a leader stands over his queue at first
        await desktop.press("escape")
        assert f"{begins}: không kịp từ" in await lit(desktop, "ĐỎ")
        assert foot(desktop).startswith(" ● Đã lưu tại quầy · chưa nối máy chủ đồng bộ  ")
        await desktop.press("f2", "f1")
        assert "ĐỎ" in foot(desktop)


async def test_another_officer_does_not_see_it(shining: Office) -> None:
    everybody_goes(shining)
    async with workstation(shining, officer="hoa") as desktop:
        await lit(desktop, "ĐỎ")
        desktop.app.officer = officer(desktop.app.desk, "khai")
        desktop.app.screen.show_light()
        assert "ĐỎ" not in foot(desktop)


async def test_what_can_not_be_forecast_is_not_shown_and_the_state_goes_before_the_light(office: Office) -> None:
    async with workstation(office, officer="hoa") as desktop:
        bar, app = desktop.one("StatusBar"), desktop.app
        known = officer(app.desk, "hoa").id
        app.on_own_light_seen(OwnLight.Seen(known, seen(Light.BREAKS)))
        assert "ĐỎ" in foot(desktop)
        assert isinstance(bar, StatusBar)
        bar.tell("● " + "x" * 75)
        assert "✗ ĐỎ" not in foot(desktop) and "x" * 75 in foot(desktop)
        app.on_own_light_seen(OwnLight.Seen(known, None))
        assert app.light.forms() is None
