"""Printing after a dossier was taken in, without holding up a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from storage.desk import Desk
from storage.officers import Officer
from storage.printing import PrinterSettings
from storage.settings import Settings, load_settings
from storage.spool import Job
from tui.i18n import tr
from tui.printing import issue_receipt, print_job
from tui.sentences import sentence

if TYPE_CHECKING:
    from tui.app import Workstation


async def print_receipt(app: Workstation, officer: Officer, dossier: str, tell: Callable[[str], None]) -> None:
    """Issue the receipt and hand it to the printer; `tell` says how it went. The dossier is safe whatever comes."""
    try:
        job = issue_receipt(app.desk, officer, dossier)
        refused = job if isinstance(job, Refusal) else await asyncio.to_thread(_send, app.desk.folder, job)
    except InvalidInput as error:
        refused = Refusal(error.code, error.basis, error.params)
    if refused is None:
        tell(tr("intake.printed"))
    else:
        tell(tr("intake.print_failed", why=sentence(refused.code, refused.params)))
        app.bell()


def _send(folder: Path, job: Job) -> Refusal | None:
    """In a thread, with a connection of its own: a printer may take its time."""
    desk = Desk.open(folder)
    try:
        return print_job(desk, job, printer_settings(folder))
    finally:
        desk.close()


def printer_settings(folder: Path) -> PrinterSettings:
    """The printer that the desk chose; the system's default one where the settings can't be read."""
    try:
        settings = load_settings(folder)
    except InvalidInput:
        settings = Settings()
    return PrinterSettings(settings.printer or None, settings.viewer)
