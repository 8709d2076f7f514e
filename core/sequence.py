"""What an act comes after: what is said too early is refused, but not for a clock that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.answers import Refusal
from core.dossier import Dossier
from core.events import Kind
from core.moments import local_words
from core.states import PAUSED

_ASKED_BY = {
    "supplement_received": "supplement_requested", "payment_received": "payment_requested", "resumed": "suspended",
}  # fmt: skip
_ANSWERED_BY = {asked: answered for answered, asked in _ASKED_BY.items()}
_AFTER_THE_END = frozenset({"reopened", "handed_to_post", "result_returned"})


def too_early(dossier: Dossier, kind: Kind, at: datetime) -> Refusal | None:
    """Refusals: `before_receipt`, `before_end`, `before_answer`, `before_request`."""
    found = (Refusal(code, params={"at": local_words(after)}) for code, after in _after(dossier, kind) if at < after)
    return next(found, None)


def caught_up(dossier: Dossier, kind: Kind, at: datetime, now: datetime) -> datetime:
    """When it happened, no earlier than what another desk's clock put into this one's future.

    One of the two clocks is wrong, and no time that may be said at `now` is late enough. Whoever acts has seen what
    stands there, so that moment is the earliest: neither a slow clock here nor a fast one there holds anybody up.
    """
    return max([at, *(after for _, after in _after(dossier, kind) if after > now)])


def _after(dossier: Dossier, kind: Kind) -> Iterator[tuple[str, datetime]]:
    """What the kind comes after in this dossier, each with the refusal of whoever says an earlier time."""
    begun = dossier.received_at or dossier.first_at
    if begun is not None:
        yield "before_receipt", begun
    if kind.name in _AFTER_THE_END and dossier.ending is not None:
        yield "before_end", dossier.ending.at
    answers = [one.at for one in dossier.clock_events if one.kind == _ANSWERED_BY.get(kind.name)]
    if answers:
        yield "before_answer", max(answers)
    asked = [one.at for one in dossier.clock_events if one.kind == _ASKED_BY.get(kind.name)]
    if asked and dossier.state in PAUSED:
        yield "before_request", asked[-1]
