"""Printing after a dossier was taken in, without holding up a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from storage.officers import Officer
from tui.i18n import tr
from tui.sentences import sentence

if TYPE_CHECKING:
    from tui.app import Workstation


async def print_aside(app: Workstation, officer: Officer, dossier: str, tell: Callable[[str], None]) -> None:
    """Issue the receipt and hand it to the printer; `tell` says how it went. The dossier is safe whatever comes.

    The officer has gone on to this dossier, so the papers before it did come out.
    """
    refused: Refusal | None
    try:
        app.prints.came_out(officer)
        refused = await app.prints.receipt_aside(officer, dossier, app.printer_settings())
    except InvalidInput as error:
        refused = Refusal(error.code, error.basis, error.params)
    if refused is None:
        tell(tr("intake.printed"))
    else:
        tell(tr("intake.print_failed", why=sentence(refused.code, refused.params)))
        app.bell()
