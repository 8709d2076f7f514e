"""A morning's queue at the founded desk: dossiers of the days before, one of every urgency."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.moments import LEGAL_TIME
from storage.desk import Desk
from tests.conftest import NOW, act, take_in

MORNING = datetime(2026, 6, 15, 8, 42, tzinfo=LEGAL_TIME)
"""A Monday, three weeks after the founding."""
_NAMES = ("Nguyễn Thị Hồng Đào", "Phạm Gia Bảo", "Đặng Văn Đạt", "Lê Ngọc Ánh", "Vũ Đình Khánh", "Hoàng Thị Yến")


def fill_queue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Dossiers by the name of what became of them; the clock stands at MORNING afterwards."""
    days = {"apology": 13, "overdue": 12, "today": 7, "supplement": 4, "ready": 4, "returned": 6, "mine": 3, "fresh": 0}
    found: dict[str, str] = {}
    for place, (name, back) in enumerate(days.items()):
        at = (MORNING if back == 0 else MORNING - timedelta(days=back)).replace(hour=8, minute=place)
        monkeypatch.setenv("MOTCUA_NOW", max(at, NOW).isoformat())
        desk = Desk.open(folder)
        found[name] = _story(desk, name, at, place)
        desk.close()
    monkeypatch.setenv("MOTCUA_NOW", MORNING.isoformat())
    return found


def _story(desk: Desk, name: str, at: datetime, place: int) -> str:
    procedure = "household-split" if name == "today" else "permanent-residence"
    person = _NAMES[place % len(_NAMES)]
    applicant = {"kind": "citizen", "name": person, "number": f"04818500{1000 + place}", "birth": "1985-03-12"}
    by = "tmd" if name in ("mine", "apology") else "hoa"
    one = take_in(desk, procedure=procedure, applicant=applicant, papers=["CT01"], fee_paid="20000", by=by, at=at)
    if name == "overdue":
        act(desk, one, "delay_excused", by="lanh", at=at, reason="thiên tai", basis="QĐ 12")
    elif name == "supplement":
        act(desk, one, "supplement_requested", at=at, items=["Giấy tờ chứng minh chỗ ở hợp pháp"])
    elif name in ("ready", "returned"):
        act(desk, one, "result_ready", at=at)
        if name == "returned":
            act(desk, one, "result_returned", at=at, channel="counter")
    return one
