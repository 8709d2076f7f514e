"""On 60 × 20 cells no screen loses its foot or the end of a field, and words without room end in «…»."""

from __future__ import annotations

import pytest
from textual.widget import Widget

from tests.conftest import Office, take_in
from tests.tui.workstation import painted, workstation
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.status import StatusBar

LEAST = (60, 20)
PLACES = ("settings", "sync", "return", "search")
BESIDE = ("official", "post", "fines", "lists", "calendar")


@pytest.mark.parametrize("place", [*PLACES, *BESIDE])
async def test_foot_and_fields_are_whole_on_the_smallest_screen(office: Office, place: str) -> None:
    desk = office.open()
    home = "K199/20 Ngô Quyền, phường Hòa Hải, quận Ngũ Hành Sơn, thành phố Đà Nẵng"
    for name in ("Đặng Thị Đào", "Lê Ngọc Ánh", "Nguyễn Thị Hồng Đào"):
        take_in(desk, applicant={"kind": "citizen", "name": name, "address": home})
    desk.close()
    async with workstation(office, size=LEAST) as desktop:
        await desktop.app.run_action(f"beside('{place}')" if place in BESIDE else f"go('{place}')")
        await desktop.settle(0.3)
        foot = desktop.app.screen.query_one(StatusBar)
        assert (foot.region.y, foot.region.bottom) == (17, 20)
        for field in desktop.app.screen.query("KeyedInput, OptionField"):
            assert isinstance(field, KeyedInput | OptionField)
            if field.display and field.region.area:
                assert field.region.right <= LEAST[0], field.id
                assert isinstance(field.parent, Widget) and field.region.right <= field.parent.region.right, field.id
        for field in desktop.app.screen.query(KeyedInput):
            assert len(field.placeholder) <= max(field.content_size.width, 0) or not field.region.area


async def test_the_state_of_the_exchange_is_whole(office: Office) -> None:
    async with workstation(office, "sync", size=LEAST) as desktop:
        state = desktop.one("#state")
        state.update("● Đã lưu tại quầy · 5 sự kiện chờ gửi · liên lạc cách đây 6 phút")
        await desktop.settle()
        assert "6 phút" in painted(desktop.app)


async def test_the_settings_name_their_keys(office: Office) -> None:
    async with workstation(office, "settings", size=LEAST) as desktop:
        shown = painted(desktop.app)
        assert "←→: đổi" in shown and "F10: lưu" in shown and "Esc: giữ cũ" in shown
