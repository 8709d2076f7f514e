"""The line mode in a real terminal that can't draw: text alone comes out, no PIN is seen, a kill loses nothing."""

from __future__ import annotations

import sys

import pytest

from storage.drafts import Drafts
from tests.conftest import PIN, Office, officer
from tests.tui.terminal import Terminal
from tests.tui.workstation import CARD

MOTCUA = ("-m", "tui.cli.main")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_dumb_terminal_gets_plain_text_an_unseen_pin_and_its_draft_back(office: Office) -> None:
    dumb = {"TERM": "dumb"}
    with Terminal.python(*MOTCUA, env=dumb) as terminal:
        terminal.expect("motcua --plain")
        assert terminal.ended() == 1
    with Terminal.python(*MOTCUA, "--plain", columns=60, env=dumb) as terminal:
        terminal.expect("Cán bộ (số hoặc mã):")
        terminal.write("tmd\n")
        terminal.expect("Mã PIN:")
        terminal.settle()
        terminal.write(f"{PIN}\n")
        terminal.expect("0 thoát):")
        terminal.write("2\n")
        terminal.expect("Chủ hồ sơ là")
        terminal.write(f"{CARD}\n")
        terminal.expect("Điện thoại:")
        terminal.kill()
        said = terminal.sent
    assert b"\x1b" not in said and PIN.encode() not in said
    assert all(byte >= 0x20 or byte in b"\r\n" for byte in said)
    desk = office.open()
    (draft,) = Drafts(desk.connection, officer(desk).id).all()
    desk.close()
    assert draft.content["texts"]["applicant_name"] == "Nguyễn Thị Hồng Đào"
