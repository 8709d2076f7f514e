"""What the fold makes of papers: issued for the citizen, seen to come out, wanted once more in another manner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from core import apology
from core.record import Event

if TYPE_CHECKING:
    from core.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Letter:
    """A paper that a unit issued for the citizen; `printed`: somebody said that it came out, or wrote it by hand.

    `replaced`: the issues of the same paper that it stands for, in another manner or of another desk.
    """

    issue: str
    kind: str
    unit: str
    number: str | None
    promised_at: datetime | None
    issued_at: datetime
    printed: bool
    replaced: tuple[str, ...] = ()


def _issued(dossier: Dossier, event: Event) -> None:
    body = event.body
    promised = datetime.fromisoformat(body["promised_at"]) if body.get("promised_at") else None
    by_hand = bool(body.get("by_hand"))
    number, replaced = body.get("number"), dossier.letters.get(str(body.get("replaces")))
    letter = Letter(event.event_id, body["letter"], event.unit, number, promised, event.at, printed=by_hand)
    if promised is not None:
        dossier.promised_at = promised
    if replaced is not None and not replaced.printed:  # the same paper once more: nobody saw this one
        del dossier.letters[replaced.issue]
        letter = replace(letter, replaced=(*replaced.replaced, replaced.issue))
    dossier.letters[event.event_id] = letter
    apology.letter_issued(dossier, event)


def _printed(dossier: Dossier, event: Event) -> None:
    issue = str(event.body["issue"])
    same = (one for one in dossier.letters.values() if issue in one.replaced)
    letter = dossier.letters.get(issue) or next(same, None)  # the one that was replaced did come out
    if letter is not None:
        dossier.letters[letter.issue] = replace(letter, printed=True)


EFFECTS: Mapping[str, Callable[[Dossier, Event], None]] = {"letter_issued": _issued, "letter_printed": _printed}
