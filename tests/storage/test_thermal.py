"""The 80 mm slip: what a printer is sent, read back as a picture."""

import struct
import zlib
from dataclasses import replace
from datetime import datetime
from itertools import groupby

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from core.letters import PaperRow
from core.moments import LEGAL_TIME
from storage.manner import Manner
from storage.press import Press
from storage.thermal import DOTS, escpos, grey_rows, ink
from tests.storage.test_printing import PRESS, SLIP, paeth

ROLL = Press(manner=Manner(roll=True))
RESET, RASTER, FEED, CUT = b"\x1b@", b"\x1dv0\x00", b"\x1bd", b"\x1dV"
BLANK = bytes(DOTS // 8)
COMPANY = "Công ty Trách nhiệm hữu hạn Một thành viên Thương mại và Dịch vụ Xuất nhập khẩu Đại Phước"


def printed(sent: bytes) -> list[bytes]:
    """The rows of dots of a print job, which ends with a feed and a cut."""
    assert sent.startswith(RESET)
    at, rows = len(RESET), []
    while sent.startswith(RASTER, at):
        width, height = struct.unpack_from("<HH", sent, at + len(RASTER))
        assert 0 < height <= 255
        at += len(RASTER) + 4
        rows += [sent[at + width * row : at + width * (row + 1)] for row in range(height)]
        at += width * height
    assert (sent[at : at + 2], sent[at + 3 : -1]) == (FEED, CUT)
    return rows


def slip_rows(**facts: object) -> list[bytes]:
    rows = printed(ROLL.receipt(replace(SLIP, **facts)).content)
    assert {len(row) for row in rows} == {DOTS // 8}
    return rows


def scanned(rows: list[bytes]) -> list[str]:
    dots = bytes(0 if byte >> bit & 1 else 255 for row in rows for byte in row for bit in range(7, -1, -1))
    return [code.text for code in zxingcpp.read_barcodes(memoryview(dots).cast("B", (len(rows), DOTS)))]


def tallest_line(rows: list[bytes]) -> tuple[int, int]:
    """Height and first row of the tallest run of rows without a blank one."""
    runs, at = [], 0
    for blank, run in groupby(rows, lambda row: row == BLANK):
        length = len(list(run))
        if not blank:
            runs.append((length, at))
        at += length
    return max(runs)


@pytest.mark.parametrize(
    "number", ["G01.826.001-261120-0042", "DEMO.PHUONG-261110-0002", "G01.826.001-261120-0042-BIS"]
)
def test_the_qr_scans_to_the_receipt_number(number):
    assert scanned(slip_rows(receipt_number=number, copy_mark=True, provisional=True)) == [number]


@pytest.mark.parametrize(
    "facts",
    [
        {"subject_name": COMPANY},
        {"subject_name": "X" * 60},
        {"email": "x" * 70 + "@example.vn"},
        {"officer_name": "Nguyễn" * 12},
        {"unit_name": "Công an " + "phường " * 20},
        {"papers": tuple(PaperRow(f"Giấy tờ số {n} " + "rất dài " * 9, 1, 1) for n in range(30))},
        {"due_at": None, "waits_for": "nộp bổ sung " * 6},
        {"receipt_number": "DEMO.PHUONG-261110-0002-" + "9" * 30},
    ],
)
def test_what_is_long_wraps_and_leaves_the_margins_white(facts):
    rows = slip_rows(**facts)
    assert len(rows) > len(slip_rows())
    assert {(row[0], row[-1]) for row in rows} == {(0, 0)}
    assert rows[0] == rows[-1] == BLANK


@pytest.mark.parametrize(
    "facts",
    [
        {"copy_mark": True},
        {"provisional": True},
        {"receipt_number": None},
        {"notices": ("BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ",)},
        {"explanation": ("Tính 07 ngày làm việc: từ 23/11 đến 01/12/2026",)},
        {"due_at": datetime(2026, 12, 3, 17, 0, tzinfo=LEGAL_TIME)},
        {"address": "162 Nguyễn Tất Thành"},
        {"bringer_name": "Trần Thị Bé"},
        {"papers": ()},
        {"form": PRESS.form("receipt", datetime(2025, 7, 1, tzinfo=LEGAL_TIME).date())},
    ],
)
def test_every_fact_changes_the_paper(facts):
    assert slip_rows(**facts) != slip_rows()


def test_the_appointment_is_the_biggest_thing_beside_the_qr():
    """Its box is what another date changes first, and it is taller than any other line."""
    rows = slip_rows()
    other = slip_rows(due_at=datetime(2026, 12, 3, 17, 0, tzinfo=LEGAL_TIME))
    changed = next(at for at, (one, two) in enumerate(zip(rows, other, strict=True)) if one != two)
    below_the_qr = len(rows) // 3
    height, start = tallest_line(rows[below_the_qr:])
    assert below_the_qr + start < changed < below_the_qr + start + height


def test_the_same_slip_gives_the_same_bytes():
    assert ROLL.receipt(SLIP).content == ROLL.receipt(SLIP).content == ROLL.receipt(SLIP).again()


def test_names_are_never_markup():
    assert slip_rows(subject_name='#panic("x") $a$ *b* \\ <c> [d] @e')


@given(st.integers(1, 1100), st.integers(1, 80))
def test_bands_together_are_the_whole_picture(height, width):
    rows = [bytes((row + column) % 256 for column in range(width)) for row in range(height)]
    assert printed(escpos(rows)) == rows


def test_dark_dots_are_ink_and_light_ones_are_not():
    assert ink(bytes((0, 255, 100, 200, 255, 255, 255, 0))) == bytes((0b10100001,))


def filtered(kind: int, row: bytes, above: bytes) -> bytes:
    """A row of RGBA pixels as a PNG encoder writes it."""
    out = bytearray([kind])
    for at, value in enumerate(row):
        left, corner = (row[at - 4], above[at - 4]) if at >= 4 else (0, 0)
        up = above[at]
        out.append((value - (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]) & 255)
    return bytes(out)


def png(rows: list[bytes], kinds: list[int]) -> bytes:
    """Opaque grey rows as a PNG with the given filters, its data in two chunks."""
    pixels = [b"".join(bytes((grey, grey, grey, 255)) for grey in row) for row in rows]
    above = [bytes(len(pixels[0])), *pixels]
    data = zlib.compress(b"".join(map(filtered, kinds, pixels, above)))
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data[:9]), (b"tEXt", b"a\0b"), (b"IDAT", data[9:]), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


@given(st.data())
def test_a_png_with_any_filters_gives_its_grey_rows(data):
    width = data.draw(st.integers(1, 12))
    rows = data.draw(st.lists(st.binary(min_size=width, max_size=width), min_size=1, max_size=8))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows)))
    assert list(grey_rows(png(rows, kinds))) == rows
