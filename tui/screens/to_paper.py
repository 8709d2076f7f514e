"""Printing from a screen, without holding up a key: what is doubtful is asked first, a thread waits for the printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from storage.manner import Manner
from tui.issuing import doubt_of
from tui.printing import Handed
from tui.screens.confirm_print import Answer, ConfirmPrint
from tui.widgets.keyed import send_again

if TYPE_CHECKING:
    from tui.app import Workstation

Told = Callable[[Handed | None], None]
"""Is told what came of it; None: the officer did not want it printed after all."""


def print_paper(
    app: Workstation,
    dossier: str,
    kind: str,
    told: Told,
    *,
    begins: Callable[[], None] = lambda: None,
    manner: Manner | None = None,
    gone_on: bool = False,
) -> None:
    """Issue a dossier's paper (or take the one that waits, or a copy) and hand it to the printer of its kind.

    `begins` is called where nothing is left to ask. `gone_on`: the officer may be at the next person already, so what
    was printed before did come out, and what is typed into the question is kept.
    """
    officer = app.officer
    assert officer is not None
    try:
        doubt = doubt_of(app.desk, dossier, kind)
    except InvalidInput as error:
        told(Handed(refused=Refusal(error.code, error.basis, error.params)))
        return

    async def printed(*, confirmed: bool) -> None:
        handed = await app.prints.paper_aside(
            officer, dossier, kind, app.settings, manner, confirmed=confirmed, gone_on=gone_on
        )
        if handed.refused is not None:
            app.bell()
        told(handed)

    def begin(*, confirmed: bool) -> None:
        begins()
        app.run_worker(printed(confirmed=confirmed), exit_on_error=False)

    if doubt is None:
        begin(confirmed=False)
        return
    confirmed = bool(doubt.reason)

    def answered(answer: Answer | None) -> None:
        if answer is not None and answer.prints:
            begin(confirmed=confirmed)
        else:
            told(None)
        if answer is not None:
            app.call_later(send_again, app, answer.typed)

    app.push_screen(ConfirmPrint(doubt, keep_typing=gone_on), answered)
