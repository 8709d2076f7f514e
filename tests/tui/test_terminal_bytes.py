"""The bytes that keyboards, input methods and scanners really send, against what stands on the screen."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator

import pytest

from tests.tui.terminal import ROOT, Terminal
from tui.widgets.pace import PAUSE

APP = str(ROOT / "tests" / "tui" / "pty_app.py")
QR = (
    "001085012345|012345678|Nguyễn Thị Hồng Đào|01011985|Nữ|"
    "Số 5 ngõ 12 Hòa Hải, Phường Hòa Hải, Quận Ngũ Hành Sơn, Đà Nẵng|25122021"
)


@pytest.fixture
def fields() -> Iterator[Terminal]:
    with Terminal.python(APP, "fields", columns=160) as terminal:
        terminal.expect("ready")
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
    fields.expect(f"<{value}||>")


def test_a_letter_whose_bytes_come_apart_is_one_letter(fields: Terminal) -> None:
    for byte in "ường".encode():
        fields.write(bytes([byte]))
        time.sleep(0.02)
    fields.expect("<ường||>")


def test_bytes_of_another_encoding_are_text_that_says_so(fields: Terminal) -> None:
    fields.write("Trần Văn ".encode() + "Tèo".encode("latin-1") + b"\t")
    fields.expect("<Trần Văn T\ufffdo||>")
    fields.write("còn".encode())
    fields.expect("o|còn|>")


def test_esc_is_esc_once_nothing_has_followed_it(fields: Terminal) -> None:
    fields.write(b"a\x1b")
    time.sleep(0.06)
    fields.write(b"k")
    fields.expect("<ak||>")


def test_a_terminal_that_is_gone_ends_the_program(fields: Terminal) -> None:
    assert fields.leave() == 0


def test_alt_with_a_letter_is_a_key_and_no_text(fields: Terminal) -> None:
    for part in ("a", "\x1bk", "b"):
        fields.write(part)
        fields.settle(0.3)
    fields.expect("<ab||>")


def test_a_mark_that_comes_late_joins_its_letter(fields: Terminal) -> None:
    for part in ("Vie", "\N{COMBINING CIRCUMFLEX ACCENT}", "\N{COMBINING DOT BELOW}", "t"):
        fields.write(part)
        fields.settle(0.1)
    fields.expect("<Việt||>")


@pytest.mark.parametrize("separator", ["\t", "\r"])
def test_a_separated_scan_fills_three_fields(fields: Terminal, separator: str) -> None:
    fields.write(separator.join(["001085012345", "Nguyễn Thị Hồng Đào", "01/01/1985"]))
    fields.expect("<001085012345|Nguyễn Thị Hồng Đào|01/01/1985>")


def test_corrections_and_moves_in_one_read_stay_in_order(fields: Terminal) -> None:
    fields.write("viee\x7f\x7f\x7fiệt\tnamm\x7f\x1b[Zx\rđ")
    fields.expect("<việtx|namđ|>")


def test_a_function_key_sees_all_text_before_it_and_none_after(fields: Terminal) -> None:
    fields.write("trươn\x7fng\x1bOQxyz")
    fields.expect("noted=trương.")
    fields.expect("<trươngxyz||>")


def test_a_whole_card_arrives_in_one_field(fields: Terminal) -> None:
    assert len(QR) >= 121
    fields.write(QR)
    fields.expect(f"<{QR}||>")


def test_the_kitty_protocol_is_not_asked_for(fields: Terminal) -> None:
    fields.settle()
    assert b"\x1b[>" not in fields.sent


def test_kitty_forms_keep_their_order_where_they_are_wanted() -> None:
    with Terminal.python(APP, "fields", env={"TEXTUAL_DISABLE_KITTY_KEY": "0"}) as terminal:
        terminal.expect("ready")
        terminal.write("vie\x1b[127u\x1b[0;;234u\x1b[116u\x1b[9u\x1b[0;;273:7843u")
        terminal.expect("<viêt|đả|>")


def test_a_step_inside_the_page_paints_two_lines_and_a_burst_of_keys_is_counted_whole() -> None:
    with Terminal.python(APP, "table", columns=100, lines=30) as terminal:
        terminal.expect("at d0.")
        terminal.settle()
        start = len(terminal.sent)
        terminal.write("\x1b[B")
        terminal.expect("at d1.")
        terminal.settle()
        assert len(terminal.sent) - start < 1500
        terminal.write("\x1b[B" * 300)
        terminal.expect("at d301.")
        assert any(row.startswith("▶") and "d301 " in row for row in terminal.rows)
        terminal.write("\x1b[F\r")
        terminal.expect("opened d99999.")


@pytest.fixture
def scans() -> Iterator[Terminal]:
    with Terminal.python(APP, "scans", columns=160) as terminal:
        terminal.expect("ready")
        yield terminal


@pytest.mark.parametrize("end", ["", "\r", "\r\n"])
@pytest.mark.parametrize("tabs", [0, 2])
def test_a_scan_is_told_and_not_typed_wherever_the_focus_is(scans: Terminal, tabs: int, end: str) -> None:
    scans.write("\t" * tabs)
    scans.settle()
    scans.write(QR + end)
    scans.expect(f"scanned ({QR})")
    scans.write("\t" * (3 - tabs) + "after")
    scans.expect("<after|>")


@pytest.mark.parametrize("end", ["", "\r"])
@pytest.mark.parametrize("at", [1, 3, 12, 40, len(QR) - 3, len(QR)])
def test_a_scan_that_a_busy_machine_holds_up_is_one_scan(scans: Terminal, at: int, end: str) -> None:
    scans.write("Đào")
    scans.expect("<Đào|>")
    time.sleep(PAUSE + 0.1)
    scans.write(QR[:at])
    time.sleep(0.12)
    scans.write(QR[at:] + end)
    scans.expect(f"scanned ({QR})")
    scans.expect("<Đào|>")


def test_a_short_code_with_enter_is_a_scan_and_without_it_is_text(scans: Terminal) -> None:
    scans.write("H26-0431\r")
    scans.expect("scanned (H26-0431)")
    scans.write("H26-0433")
    scans.expect("<H26-0433|>")
    time.sleep(PAUSE)
    scans.write("\r")
    time.sleep(0.1)
    scans.write("x")
    scans.expect("<H26-0433|x>")


def test_a_scan_in_a_field_that_holds_text_leaves_that_text(scans: Terminal) -> None:
    scans.write("Đào")
    scans.expect("<Đào|>")
    time.sleep(0.2)
    scans.write("\x1b[D")
    scans.settle()
    scans.write(QR + "\r")
    scans.expect("scanned")
    scans.write("x")
    scans.expect("<Đàxo|>")


def test_an_input_methods_burst_stays_text_on_a_screen_that_catches_scans(scans: Terminal) -> None:
    scans.write("truong\x7f\x7f\x7f\x7fương \tviee\x7f\x7f\x7fiệt\x1b[Z!")
    scans.expect("<trương !|việt>")


def test_keys_pressed_before_a_screen_is_there_go_to_its_first_field(scans: Terminal) -> None:
    scans.write("old\x1bOQvie\x7fêt")
    scans.expect("<viêt|>")


def test_a_suggestion_is_taken_by_an_enter_in_the_same_read() -> None:
    with Terminal.python(APP, "gallery", columns=100, lines=30) as terminal:
        terminal.expect("Giúp")
        terminal.write("\ttạm\x1b[B\r")
        terminal.expect("chosen Khai báo tạm vắng.")
        terminal.write("\x1b[Zx")
        terminal.expect("chosen None.")


def test_a_note_of_several_lines_keeps_the_order_too() -> None:
    with Terminal.python(APP, "notes") as terminal:
        terminal.expect("ready")
        nfd = unicodedata.normalize("NFD", "Việt")
        terminal.write(f"a\tviee\x7f\x7f\x7fiệt\r{nfd}\x1b[200~ hai\ndòng\x1b[201~!\tb\x1b[Zx\x1b[Zy")
        terminal.expect("<ay|việt/Việt hai/dòng!x|b>")
