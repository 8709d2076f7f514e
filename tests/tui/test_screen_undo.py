"""What Ctrl+Z says that it would take back."""

from __future__ import annotations

import pytest

from core.decisions import Act
from storage.bulk import do_bulk
from tests.conftest import Office, officer, take_in
from tests.tui.workstation import WIDE, workstation


@pytest.mark.parametrize(("receivers", "named"), [(("khai", "khai"), True), (("khai", "hoa"), False)])
async def test_of_a_bulk_to_several_no_one_of_them_is_named(
    office: Office, receivers: tuple[str, ...], named: bool
) -> None:
    desk = office.open()
    at = desk.now()
    acts = [[Act(take_in(desk), "assigned", at, {"to": f"officer-{one}"})] for one in receivers]
    do_bulk(desk, officer(desk), acts)
    desk.close()
    async with workstation(office, "queue", size=WIDE) as desktop:
        await desktop.press("ctrl+z")
        said = desktop.says()
        assert "Phân công" in said and "2 hồ sơ" in said
        assert any(name in said for name in ("Khải", "Hoa")) == named
