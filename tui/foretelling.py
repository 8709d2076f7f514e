"""The forecast aside, by a desk of the thread's own: proofs over thousands of dossiers keep no key waiting."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from core.answers import InvalidInput
from storage.desk import Desk
from storage.officers import Officer

if TYPE_CHECKING:
    from core.cover import Away, Cover
    from core.outlook import Outlook


def foretold(folder: Path, officer: Officer | None, *, mended: bool) -> Outlook | InvalidInput:
    """`storage.forecast.outlook` of the unit (None) or an officer, or why the folder can't be read."""
    # not before the first paint, which it would delay
    from storage.forecast import outlook

    try:
        with closing(Desk.open(folder)) as desk:
            return outlook(desk, officer, mended=mended)
    except InvalidInput as error:
        return error


def unit_cover(folder: Path, away: Away) -> Cover | InvalidInput:
    """A proposed absence cover, or why the folder can't be read."""
    from storage.cover import proposed

    try:
        with closing(Desk.open(folder)) as desk:
            return proposed(desk, away)
    except InvalidInput as error:
        return error
