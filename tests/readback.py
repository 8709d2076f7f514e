"""What a receiver who has read the sheet says, for tests of what comes after."""

from __future__ import annotations

from core.readback import read_asks
from storage.desk import Desk
from storage.handover import sheet_of


def restated(desk: Desk, shift: str) -> dict[str, str]:
    """A read-back that is right in every item."""
    sheet = sheet_of(desk, shift)
    assert sheet is not None
    return {ask.item: ask.expected for ask in read_asks(sheet.sections)}
