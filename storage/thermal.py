"""Receipt slip and checklist on an 80 mm printer: ESC/POS raster, for no printer has the code page of Vietnamese."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate

DOTS = 576
"""The printable width: 72 mm at 8 dots per millimetre."""

DOTS_PER_INCH = 8 * 25.4
_BAND_ROWS = 255
_LIGHTEST_INK = 159
_INK = bytes(ord("1") if grey <= _LIGHTEST_INK else ord("0") for grey in range(256))

_RESET = b"\x1b@"
_RASTER = b"\x1dv0\x00"
_FEED_PAST_THE_CUTTER = b"\x1bd\x05"
_CUT = b"\x1dV\x01"

_PNG_HEAD = len(b"\x89PNG\r\n\x1a\n")
_RGBA_OF_8_BITS = b"\x08\x06\x00\x00\x00"


def escpos_of(png: bytes) -> bytes:
    """A page of DOTS dots' width as a print job, cut off at its end; same page, same bytes."""
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
        return _sums(row, above)
    out, left, corner = bytearray(), 0, 0
    for value, up in zip(row, above, strict=True):
        if kind == 3:
            guess = (left + up) // 2
        elif corner == up:  # by far the most pixels are as white, or as black, as all around them
            guess = left
        else:
            guess = up if corner == left else _paeth(left, up, corner)
        left, corner = (value + guess) & 255, up
        out.append(left)
    return bytes(out)


def _sums(row: bytes, above: bytes) -> bytes:
    """Each byte's sum modulo 256, all of a row at once: the low seven bits are added, the eighth without its carry."""
    size = len(row)
    one, two = int.from_bytes(row, "big"), int.from_bytes(above, "big")
    low, high = int.from_bytes(b"\x7f" * size, "big"), int.from_bytes(b"\x80" * size, "big")
    return (((one & low) + (two & low)) ^ ((one ^ two) & high)).to_bytes(size, "big")


def _paeth(left: int, up: int, corner: int) -> int:
    """Whichever neighbour is nearest to left + up - corner; on a tie in this order."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
