"""What is said before a paper is printed, and of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from storage.manner import Manner
from tui.dates import end_long
from tui.i18n import tr
from tui.issuing import Doubt
from tui.printing import Handed
from tui.sentences import sentence


def doubt_lines(doubt: Doubt) -> list[str]:
    """What is doubtful about a paper, and as the last line the question whether to print it."""
    why = [tr("print.confirm.why", reason=doubt.reason)] if doubt.reason else []
    why += [tr("print.confirm.glyphs", characters=doubt.characters)] if doubt.characters else []
    if doubt.reason and doubt.appointment is not None:
        return [*why, tr("print.confirm.ask", moment=end_long(doubt.appointment))]
    return [*why, tr("print.confirm.ask_anyway")]


def words_of(handed: Handed, done: str, say: Callable[[str, Mapping[str, str]], str] = sentence) -> str:
    """`done` where a printer took it, else why none did; then what there is to see before it is given away.

    `say`: the sentence of a refusal.
    """
    told = f"✗ {say(handed.refused.code, handed.refused.params)}" if handed.refused else done
    return " ".join([told, *(f"! {say(one.code, one.params)}" for one in handed.remarks)])


def manner_words(manner: Manner) -> str:
    """«cuộn 80 mm · song ngữ · chữ to»."""
    named = (
        tr("manner.roll" if manner.roll else "manner.sheet"),
        tr("manner.bilingual" if manner.bilingual else "manner.vietnamese"),
        tr("manner.large") if manner.large else "",
    )
    return " · ".join(filter(None, named))
