"""Intake in a real terminal: everything that a fast officer sends is used, in the order in which it was sent."""

from __future__ import annotations

import pytest

from tests.conftest import Office
from tests.tui.terminal import Terminal
from tests.tui.workstation import CARD

F2, F10 = "\x1bOQ", "\x1b[21~"
PROGRAM = "tests/tui/desk_app.py"


@pytest.mark.skipif("sys.platform == 'win32'", reason="pseudo-terminals are POSIX")
def test_a_scan_and_the_keys_behind_it_in_one_read_become_one_dossier(office: Office) -> None:
    with Terminal.python(PROGRAM, str(office.folder), "tmd") as terminal:
        terminal.expect("Không có dòng nào")
        terminal.write(F2)
        terminal.expect("Số CC")
        terminal.write(f"{CARD}\rdktt\r0{F10}")
        terminal.expect("Đã lưu H30-001-260521-0001")
    desk = office.open()
    dossier = desk.dossier(str(desk.queries.find("260521-0001")))
    desk.close()
    assert dossier is not None
    assert dossier.procedure == "permanent-residence"
    assert dossier.applicant["number"] == "001185012345"
    assert dossier.facts["papers"] == ["CT01", "lawful-dwelling"]
