"""Receipt slip and checklist on an 80 mm printer: ESC/POS raster, for no printer has the code page of Vietnamese."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate

from core.document import Document
from core.letters import ReceiptSlip
from storage.press import Press, letter_data, receipt_data

DOTS = 576
"""The printable width: 72 mm at 8 dots per millimetre."""

_DOTS_PER_INCH = 8 * 25.4
_BAND_ROWS = 255
_LIGHTEST_INK = 159
_INK = bytes(ord("1") if grey <= _LIGHTEST_INK else ord("0") for grey in range(256))

_RESET = b"\x1b@"
_RASTER = b"\x1dv0\x00"
_FEED_PAST_THE_CUTTER = b"\x1bd\x05"
_CUT = b"\x1dV\x01"

_PNG_HEAD = len(b"\x89PNG\r\n\x1a\n")
_RGBA_OF_8_BITS = b"\x08\x06\x00\x00\x00"


def render_thermal(press: Press, slip: ReceiptSlip) -> bytes:
    """The citizen's copy of the slip as ESC/POS, cut off at its end; same slip, same bytes."""
    png = press.picture("receipt-80mm.typ", receipt_data(slip), _DOTS_PER_INCH)
    return escpos([ink(row) for row in grey_rows(png)])


def render_letter(press: Press, document: Document) -> bytes:
    """A letter for a roll as ESC/POS, cut off at its end; same letter, same bytes."""
    data = {"words": dict(document.form.words), "letter": letter_data(document)}
    png = press.picture("letter-80mm.typ", data, _DOTS_PER_INCH)
    return escpos([ink(row) for row in grey_rows(png)])


def escpos(rows: Sequence[bytes]) -> bytes:
    """A picture (rows of one bit per dot, 1 is black) as a print job: reset, raster in bands, feed, cut."""
    return _RESET + b"".join(bands(rows)) + _FEED_PAST_THE_CUTTER + _CUT


def bands(rows: Sequence[bytes]) -> Iterator[bytes]:
    """The rows as raster commands of at most 255 rows: printers differ in how much one command may hold."""
    for start in range(0, len(rows), _BAND_ROWS):
        band = rows[start : start + _BAND_ROWS]
        yield _RASTER + struct.pack("<HH", len(band[0]), len(band)) + b"".join(band)


def ink(grey: bytes) -> bytes:
    """A row of grey values (a multiple of 8) as bits: 1, black, for what is darker than a light grey."""
    return int(grey.translate(_INK), 2).to_bytes(len(grey) // 8, "big")


def grey_rows(png: bytes) -> Iterator[bytes]:
    """The rows of a PNG as Typst writes it (RGBA of 8 bits, opaque) whose colours are all grey."""
    width, _, depth = struct.unpack_from(">II5s", png, _PNG_HEAD + 8)
    assert depth == _RGBA_OF_8_BITS
    stride = 1 + 4 * width
    raw, above = zlib.decompress(_pixels(png)), bytes(width)
    for start in range(0, len(raw), stride):
        above = _unfiltered(raw[start], raw[start + 1 : start + stride : 4], above)
        yield above


def _pixels(png: bytes) -> bytes:
    """The compressed data of all IDAT chunks."""
    at, found = _PNG_HEAD, []
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IDAT":
            found.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return b"".join(found)


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """One channel of a PNG row without its filter (none, left, up, average, Paeth)."""
    if kind == 0:
        return row
    if kind == 1:
        sums: Iterator[int] = accumulate(row, lambda left, value: (left + value) & 255)
        return bytes(sums)
    if kind == 2:
        return bytes((value + up) & 255 for value, up in zip(row, above, strict=True))
    out, left, corner = bytearray(), 0, 0
    for value, up in zip(row, above, strict=True):
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        left, corner = (value + guess) & 255, up
        out.append(left)
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    """Whichever neighbour is nearest to left + up - corner; on a tie in this order."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
