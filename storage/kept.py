"""Issued letters as they were: template and data, to make the very same pages again, or marked as a copy."""

from __future__ import annotations

import zlib
from hashlib import sha256

from storage.database import Connection
from storage.manner import Manner
from storage.press import Plate

_TEMPLATE = "INSERT OR IGNORE INTO template_kept VALUES (?, ?)"
_LETTER = "INSERT INTO letter_kept (issue, dossier, template, data, made, manner) VALUES (?, ?, ?, ?, ?, ?)"
_FIND = """
SELECT template_kept.text, letter_kept.data, letter_kept.made, letter_kept.manner FROM letter_kept
JOIN template_kept ON template_kept.sha256 = letter_kept.template WHERE letter_kept.issue = ?
"""


def keep(connection: Connection, issue: str, dossier: str, plate: Plate) -> None:
    """Inside the caller's transaction."""
    name = sha256(plate.template).hexdigest()
    connection.execute(_TEMPLATE, (name, zlib.compress(plate.template)))
    data = zlib.compress(plate.data.encode())
    connection.execute(_LETTER, (issue, dossier, name, data, plate.made, str(plate.manner)))


def kept(connection: Connection, issue: str) -> Plate | None:
    """What the letter was made of, its pages not made again yet; None where another desk issued it."""
    row = connection.execute(_FIND, (issue,)).fetchone()
    if row is None:
        return None
    template, data, made, manner = row
    return Plate(zlib.decompress(template), zlib.decompress(data).decode(), made, b"", Manner.read(manner))
