"""The bytes that keyboards, input methods and scanners really send, against what stands on the screen."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator

import pytest

from tests.tui.terminal import ROOT, Terminal

APP = str(ROOT / "tests" / "tui" / "pty_app.py")
QR = (
    "001085012345|012345678|Nguyễn Thị Hồng Đào|01011985|Nữ|"
    "Số 5 ngõ 12 Hòa Hải, Phường Hòa Hải, Quận Ngũ Hành Sơn, Đà Nẵng|25122021"
)


@pytest.fixture
def fields() -> Iterator[Terminal]:
    with Terminal.python(APP, "fields", columns=160) as terminal:
        terminal.wait_for("ready")
        yield terminal


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ("viê\x7f\x7f\x7f\x7fviệt", "việt"),
        ("vie\x7fê", "viê"),
        ("truong\x7f\x7f\x7f\x7fương", "trương"),
        ("viee\x7f\x7f\x7fiệt", "việt"),
        (unicodedata.normalize("NFD", "Việt"), "Việt"),
        (unicodedata.normalize("NFD", "Việt") + "\x7f\x7fên", "Viên"),
        ("\x1b[200~Đặng Văn Đạt\x1b[201~!", "Đặng Văn Đạt!"),
        ("\x1b[200~hai\ndòng\tnhé\x1b[201~", "hai dòng nhé"),
        ("abc\x1b[D\x1b[Dx\x1b[Fz", "axbcz"),
        ("a\x1b[Hđ", "đa"),
    ],
)
def test_a_fused_read_is_applied_in_order(fields: Terminal, keys: str, value: str) -> None:
    fields.write(keys)
    fields.wait_for(f"<{value}||>")


def test_a_letter_whose_bytes_come_apart_is_one_letter(fields: Terminal) -> None:
    for byte in "ường".encode():
        fields.write(bytes([byte]))
        time.sleep(0.02)
    fields.wait_for("<ường||>")


def test_a_mark_that_comes_late_joins_its_letter(fields: Terminal) -> None:
    for part in ("Vie", "\N{COMBINING CIRCUMFLEX ACCENT}", "\N{COMBINING DOT BELOW}", "t"):
        fields.write(part)
        fields.settle(0.1)
    fields.wait_for("<Việt||>")


@pytest.mark.parametrize("separator", ["\t", "\r"])
def test_a_separated_scan_fills_three_fields(fields: Terminal, separator: str) -> None:
    fields.write(separator.join(["001085012345", "Nguyễn Thị Hồng Đào", "01/01/1985"]))
    fields.wait_for("<001085012345|Nguyễn Thị Hồng Đào|01/01/1985>")


def test_corrections_and_moves_in_one_read_stay_in_order(fields: Terminal) -> None:
    fields.write("viee\x7f\x7f\x7fiệt\tnamm\x7f\x1b[Zx\rđ")
    fields.wait_for("<việtx|namđ|>")


def test_a_function_key_sees_all_text_before_it_and_none_after(fields: Terminal) -> None:
    fields.write("trươn\x7fng\x1bOQxyz")
    fields.wait_for("noted=trương.")
    fields.wait_for("<trươngxyz||>")


def test_a_whole_card_arrives_in_one_field(fields: Terminal) -> None:
    assert len(QR) >= 121
    fields.write(QR)
    fields.wait_for(f"<{QR}||>")


def test_the_kitty_protocol_is_not_asked_for(fields: Terminal) -> None:
    fields.settle()
    assert b"\x1b[>" not in fields.sent


def test_kitty_forms_keep_their_order_where_they_are_wanted() -> None:
    with Terminal.python(APP, "fields", env={"TEXTUAL_DISABLE_KITTY_KEY": "0"}) as terminal:
        terminal.wait_for("ready")
        terminal.write("vie\x1b[127u\x1b[0;;234u\x1b[116u\x1b[9u\x1b[0;;273:7843u")
        terminal.wait_for("<viêt|đả|>")


def test_a_step_inside_the_page_paints_two_lines_and_a_burst_of_keys_is_counted_whole() -> None:
    with Terminal.python(APP, "table", columns=100, lines=30) as terminal:
        terminal.wait_for("at d0.")
        terminal.settle()
        start = len(terminal.sent)
        terminal.write("\x1b[B")
        terminal.wait_for("at d1.")
        terminal.settle()
        assert len(terminal.sent) - start < 1500
        terminal.write("\x1b[B" * 300)
        terminal.wait_for("at d301.")
        assert any(row.startswith("▶") and "d301 " in row for row in terminal.rows)
        terminal.write("\x1b[F\r")
        terminal.wait_for("opened d99999.")
