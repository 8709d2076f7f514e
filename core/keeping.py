"""When a paper that lies here may go, and when a dossier may close while one stays."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.answers import Refusal
from core.custody import Held, first_of
from core.dossier import Dossier
from core.fines import owed
from core.law import Law
from core.moments import legal_day
from core.payments import dong, is_for_fine
from core.standing import version_of
from core.states import CLOSED

_GIVEN_BACK = frozenset({"returned", "post"})
_BY_LAW = frozenset({"retained", "destroyed"})
_ELSEWHERE = frozenset({"online", "post"})


def fine_proved(dossier: Dossier) -> bool:
    """Whether what was paid, or proved to be paid elsewhere, covers all fines that papers here wait for."""
    if not dossier.fines:
        return True
    return dossier.fine_proofs > 0 and not any(one.left for one in owed(dossier))


def kept_back(dossier: Dossier, one: Held, day: date, law: Law) -> Refusal | None:
    """Why the paper may not go back to its owner on the day: the fine is not proved, or the withdrawal still runs."""
    if (one.fine is not None or one.decision in dossier.fines) and not fine_proved(dossier):
        left = sum((every.left for every in owed(dossier)), Decimal(0))
        return Refusal("fine_not_proved", basis=_basis(dossier, one, law), params={"amount": dong(left)})
    if one.hold_until is not None and day < one.hold_until:
        return Refusal("held_until", basis=_basis(dossier, one, law), params={"day": f"{one.hold_until:%d/%m/%Y}"})
    return None


def release_refusal(
    dossier: Dossier, fields: Mapping[str, Any], at: datetime, law: Law, roles: AbstractSet[str]
) -> Refusal | None:
    """Why keeping may not end in the way that is meant.

    Before the fine is proved a paper goes back only by a leader who names the decision that allows it (`basis`).
    """
    one, way = first_of(dossier.held, str(fields["paper"])), str(fields.get("way") or "returned")
    if one is None:
        return Refusal("not_held")
    if way in _GIVEN_BACK:
        refused = kept_back(dossier, one, legal_day(at), law)
        by_leader = "leader" in roles and bool(fields.get("basis"))
        return None if refused is not None and refused.code == "fine_not_proved" and by_leader else refused
    if way == "transferred":
        lacks = [name for name in ("to", "minutes") if not fields.get(name)]
        return Refusal("minutes_missing") if lacks else None
    if not fields.get("basis"):
        return Refusal("basis_missing")
    return None if "leader" in roles else Refusal("leader_ends_custody")


def check_refusal(dossier: Dossier, fields: Mapping[str, Any], at: datetime) -> Refusal | None:
    """Why nobody can take it upon himself to look again on that day."""
    paper = fields.get("paper")
    if not dossier.held or (paper and first_of(dossier.held, str(paper)) is None):
        return Refusal("not_held")
    if date.fromisoformat(str(fields["next_check"])) < legal_day(at):
        return Refusal("check_in_past")
    return None


def closing_refusal(dossier: Dossier, at: datetime) -> Refusal | None:
    """A dossier closes with papers here only where each has a person, a place and a coming day of the next check."""
    day = legal_day(at)
    loose = [one for one in dossier.held if not one.owned or (one.next_check is not None and one.next_check < day)]
    return Refusal("custody_open", params={"count": f"{len(loose)}"}) if loose else None


def payment_refusal(dossier: Dossier, fields: Mapping[str, Any]) -> Refusal | None:
    """Money for a fine that was paid elsewhere is known by its receipt or the payment's reference."""
    if (
        is_for_fine(dossier, fields)
        and fields.get("channel") in _ELSEWHERE
        and not (fields.get("receipt") or fields.get("reference"))
    ):
        return Refusal("payment_proof_missing")
    return Refusal("nothing_to_pay") if dossier.state in CLOSED and not dossier.fines else None


def _basis(dossier: Dossier, one: Held, law: Law) -> str | None:
    """The decision by which it is kept, else the article of a procedure that is about fines: a residence's says nothing
    of a licence."""
    if one.decision:
        return one.decision
    found, version = law.find(dossier.procedure), version_of(dossier, law)
    return version.basis if found is not None and found.field == "fines" and version is not None else None
