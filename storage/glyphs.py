"""Which characters our fonts can draw: what is outside of them would be a blank box on the citizen's paper."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

_FONTS = Path(__file__).parent / "letters" / "fonts"
_WINDOWS_UNICODE = {(3, 1), (3, 10), (0, 3), (0, 4)}
_NEVER_DRAWN = frozenset("\n\t\u200b\u00ad")


def lacking(text: str) -> str:
    """The characters of a text that none of our fonts has, each once, in their order."""
    return "".join(one for one in dict.fromkeys(text) if ord(one) not in _covered() and one not in _NEVER_DRAWN)


@cache
def _covered() -> frozenset[int]:
    """What every face has: bold words must be whole, too."""
    return frozenset.intersection(*(_characters(path.read_bytes()) for path in sorted(_FONTS.glob("*.ttf"))))


def _characters(font: bytes) -> frozenset[int]:
    """The characters of a TrueType font, by its «cmap» table (OpenType specification, formats 4 and 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        if (platform, encoding) in _WINDOWS_UNICODE:
            found |= _subtable(font, start + offset)
    return frozenset(found)


def _subtable(font: bytes, at: int) -> set[int]:
    (kind,) = struct.unpack_from(">H", font, at)
    if kind == 12:
        (groups,) = struct.unpack_from(">I", font, at + 12)
        spans = (struct.unpack_from(">III", font, at + 16 + 12 * number) for number in range(groups))
        return {one for first, last, _ in spans for one in range(first, last + 1)}
    if kind != 4:
        return set()
    (twice,) = struct.unpack_from(">H", font, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + twice)
    return {one for first, last in zip(starts, ends, strict=True) for one in range(first, last + 1) if one != 0xFFFF}
