"""What a correction or a decision on a conflict may not say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.answers import Refusal
from core.dossier import Dossier
from core.law import Law
from core.moments import legal_day, local_words
from core.transfer import accepting_unit

_GOES_WITH_ITS_OFFER = (None, "conflict", "out_of_order")
"""How the word that another unit has the dossier stands while its offer is in conflict."""
_BEFORE_RECEIPT = frozenset({"payment_received", "verification_completed"})


def correction_refused(dossier: Dossier, fields: Mapping[str, Any], at: datetime, law: Law) -> Refusal | None:
    """A procedure or case must be one in force on the day of receipt; a receipt lies not after the correction."""
    name, new = str(fields["field"]), str(fields["new"])
    day = legal_day(dossier.received_at or at)
    if name in ("procedure", "variant"):
        case = (new, None) if name == "procedure" else (dossier.procedure, new)
        found = law.case_on(case[0], case[1], day)
        return found if isinstance(found, Refusal) else None
    if name == "received_at":
        moved = datetime.fromisoformat(new)
        if moved > at:
            return Refusal("in_the_future", params={"at": local_words(moved)})
        begun = min((one.at for one in dossier.clock_events if one.kind not in _BEFORE_RECEIPT), default=moved)
        if moved > begun:
            return Refusal("receipt_after_event", params={"at": local_words(begun)})
    return None


def resolution_refused(dossier: Dossier, fields: Mapping[str, Any]) -> Refusal | None:
    """All branches of the conflicts that it touches must be named, no other event, and one of them kept: the offer,
    where the other unit has the dossier already."""
    named = set(fields["branches"])
    touched = [set(conflict.branches) for conflict in dossier.conflicts if named.intersection(conflict.branches)]
    if not touched or named != set().union(*touched) or fields["keep"] not in named:
        return Refusal("not_the_branches")
    told = (one for one in dossier.events if one.kind == "transferred" and one.body.get("offer") in named)
    gone = next((one for one in told if dossier.marks.get(one.event_id) in _GOES_WITH_ITS_OFFER), None)
    if gone is not None and fields["keep"] != gone.body["offer"]:
        return Refusal("resolution_transferred", params={"unit": accepting_unit(dossier, gone)})
    return None
