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
    """A paper that a unit issued for the citizen; `printed`: somebody said that it came out, or wrote it by hand."""

    issue: str
    kind: str
    unit: str
    number: str | None
    promised_at: datetime | None
    issued_at: datetime
    printed: bool


def _issued(dossier: Dossier, event: Event) -> None:
    body = event.body
    promised = datetime.fromisoformat(body["promised_at"]) if body.get("promised_at") else None
    by_hand = bool(body.get("by_hand"))
    dossier.letters[event.event_id] = Letter(
        event.event_id, body["letter"], event.unit, body.get("number"), promised, event.at, printed=by_hand
    )
    if promised is not None:
        dossier.promised_at = promised
    replaced = dossier.letters.get(str(body.get("replaces")))
    if replaced is not None and not replaced.printed:  # the same paper in another manner: nobody saw this one
        del dossier.letters[replaced.issue]
    apology.letter_issued(dossier, event)


def _printed(dossier: Dossier, event: Event) -> None:
    letter = dossier.letters.get(str(event.body["issue"]))
    if letter is not None:
        dossier.letters[letter.issue] = replace(letter, printed=True)


EFFECTS: Mapping[str, Callable[[Dossier, Event], None]] = {"letter_issued": _issued, "letter_printed": _printed}
