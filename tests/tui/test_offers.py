"""After an action the line says which paper goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.desk import Desk
from storage.manner import SHEET
from tests.conftest import NOW, act, officer, take_in
from tui.issuing import Ready, prepare
from tui.offers import offered

DUE = "17:00 thứ Ba 02/06/2026"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("supplement_requested", "bấm m để in «Phiếu yêu cầu bổ sung»"),
        ("stopped", "bấm m để in «Thông báo dừng»"),
        ("original_taken", "bấm m để in «Biên nhận bản chính»"),
        ("noted", ""),
    ],
)
def test_a_letter_goes_with_what_it_tells_of(desk: Desk, kind: str, told: str) -> None:
    assert offered(desk, take_in(desk), kind) == told


def test_a_new_slip_is_offered_where_the_date_is_another_than_the_printed_one(desk: Desk) -> None:
    dossier = take_in(desk)
    assert isinstance(prepare(desk, officer(desk), dossier, "receipt", SHEET), Ready)
    act(desk, dossier, "payment_received", amount="20000")
    assert offered(desk, dossier, "payment_received") == ""
    act(desk, dossier, "supplement_requested", items=["CT01"])
    assert offered(desk, dossier, "payment_received") == "", "there is no date to print"
    later = NOW + timedelta(days=1)
    desk.now = lambda: later
    act(desk, dossier, "supplement_received", at=later, papers=["CT01"])
    assert offered(desk, dossier, "supplement_received") == f"bấm p để in giấy hẹn mới: {DUE}"
