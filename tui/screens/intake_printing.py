"""Printing after a dossier was taken in, without holding up a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from storage.officers import Officer
from tui.i18n import tr
from tui.printing import doubt_of
from tui.screens.confirm_print import Answer, ConfirmPrint
from tui.sentences import sentence
from tui.widgets.keyed import send_again

if TYPE_CHECKING:
    from tui.app import Workstation


def print_after(app: Workstation, officer: Officer, dossier: str, tell: Callable[[str], None]) -> None:
    """Print the receipt of a dossier that is safe already; a date that rests on an unverified limit is asked about."""
    doubt = doubt_of(app.desk, dossier)
    if doubt is None:
        _begin(app, officer, dossier, tell, confirmed=False)
        return

    def answered(answer: Answer | None) -> None:
        if answer is not None and answer.prints:
            tell(tr("intake.printing"))
            _begin(app, officer, dossier, tell, confirmed=True)
        else:
            tell(tr("print.not_confirmed"))
        if answer is not None:
            app.call_later(send_again, app, answer.typed)

    tell(tr("intake.not_printed"))
    app.push_screen(ConfirmPrint(doubt, keep_typing=True), answered)


def _begin(app: Workstation, officer: Officer, dossier: str, tell: Callable[[str], None], *, confirmed: bool) -> None:
    app.run_worker(print_aside(app, officer, dossier, tell, confirmed=confirmed), exit_on_error=False)


async def print_aside(
    app: Workstation, officer: Officer, dossier: str, tell: Callable[[str], None], *, confirmed: bool
) -> None:
    """Issue the receipt and hand it to the printer; `tell` says how it went. The dossier is safe whatever comes.

    The officer has gone on to this dossier, so the papers before it did come out.
    """
    refused: Refusal | None
    try:
        app.prints.came_out(officer)
        settings = app.printer_settings()
        refused = await app.prints.receipt_aside(officer, dossier, settings, confirmed=confirmed)
    except InvalidInput as error:
        refused = Refusal(error.code, error.basis, error.params)
    if refused is None:
        tell(tr("intake.printed"))
    else:
        tell(tr("intake.print_failed", why=sentence(refused.code, refused.params)))
        app.bell()
