"""Printing from a screen, without holding up a key: what is doubtful is asked first, a thread waits for the printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from storage.manner import Manner
from tui.issuing import doubt_of
from tui.printing import Handed
from tui.screens.confirm_print import Answer, ConfirmPrint
from tui.sentences import sentence
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
    try:
        doubt = doubt_of(app.desk, dossier, kind)
    except InvalidInput as error:
        told(Handed(refused=Refusal(error.code, error.basis, error.params)))
        return

    def begin(*, confirmed: bool) -> None:
        begins()
        app.run_worker(_printed(app, dossier, kind, told, manner, confirmed, gone_on), exit_on_error=False)

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


def words_of(handed: Handed, done: str) -> str:
    """`done` where a printer took it, else why none did; then what there is to see before it is given away."""
    told = f"✗ {sentence(handed.refused.code, handed.refused.params)}" if handed.refused else done
    return " ".join([told, *(f"! {sentence(one.code, one.params)}" for one in handed.remarks)])


async def _printed(
    app: Workstation, dossier: str, kind: str, told: Told, manner: Manner | None, confirmed: bool, gone_on: bool
) -> None:
    assert app.officer is not None
    handed = await app.prints.paper_aside(
        app.officer, dossier, kind, app.settings, manner, confirmed=confirmed, gone_on=gone_on
    )
    if handed.refused is not None:
        app.bell()
    told(handed)
