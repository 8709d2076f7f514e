"""The demo's first hour in a real terminal: the bytes of its keys, and where it goes on after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.demo import make_demo
from tests.tui.terminal import Terminal

DOWN, ESCAPE, F2, LESSONS, CARD = "\x1b[B", "\x1b", "\x1bOQ", "\x1bg", "\x1bq"


def demo(folder: Path) -> Terminal:
    return Terminal.python("-m", "tui.cli.main", "demo", "--data", str(folder), env={"MOTCUA_LANG": "vi"})


@pytest.mark.skipif("sys.platform == 'win32'", reason="pseudo-terminals are POSIX")
def test_its_keys_reach_it_and_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make_demo(folder, dossiers=20)
    with demo(folder) as terminal:
        terminal.expect("Bài 1/10 · Đọc hàng đợi")
        terminal.write(DOWN)
        terminal.expect("Bấm w: vì sao hẹn.")
        terminal.write("w")
        terminal.expect("Xong bấm Esc.")
        terminal.write(ESCAPE)
        terminal.expect("✓ Tốt lắm. Bài 2/10")
        terminal.write(LESSONS)
        terminal.expect("Bỏ qua bài đang tập: Lọc và tìm")
        terminal.write("\r")
        terminal.expect("Bài 3/10 · Nhận hồ sơ")
        terminal.write(F2)
        terminal.expect("Bấm Alt+Q")
        terminal.write(CARD)
        terminal.expect("Nguyễn Thị Mẫu")
        terminal.expect("«tam tru», rồi Enter.")
    with demo(folder) as terminal:
        terminal.expect("Bài 3/10 · Nhận hồ sơ")
