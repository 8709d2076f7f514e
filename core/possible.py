"""What may be done with a dossier now, and moments as an officer types them."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from datetime import datetime, time

from core.answers import InvalidInput
from core.dossier import Dossier
from core.events import DOSSIER_KINDS, KINDS, Class, Kind
from core.filter import read_day
from core.fines import PROCEDURE
from core.moments import LEGAL_TIME, legal_day
from core.states import BEFORE_RECEIPT, CLOSED, State

_BY_MACHINE = frozenset(
    {
        "submitted", "undone", "letter_issued", "letter_printed", "reader_noted", "transfer_offered",
        "transfer_accepted", "body_destroyed", "receipt_number_given", "repeat_judged",
        "transferred", "transfer_followed", "citizen_told",
    }
)  # fmt: skip
_RARE = frozenset(
    {
        "corrected", "assigned", "payment_reversed", "suspended", "extended", "delay_excused", "stopped", "voided",
        "original_taken", "original_released", "custody_checked", "official_number_given", "result_reminded",
        "result_archived", "result_corrected", "applicant_died", "service_offered", "post_tracked", "fine_decided",
    }
)  # fmt: skip
_ALSO_HARMLESS = frozenset({"corrected", "assigned"})
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def possible(dossier: Dossier, roles: AbstractSet[str]) -> list[Kind]:
    """The kinds that these roles may append from the dossier's state, in the order of the table, what is rare last.

    A dossier in conflict takes no legal effect until a person has decided, nor one that this program does not
    understand whole until it is updated. What the program writes by itself
    (letters, undo) is not an action.
    """
    fitting = [kind for kind in (KINDS[name] for name in DOSSIER_KINDS) if _fits(dossier, kind, roles)]
    return sorted(fitting, key=lambda kind: kind.name in _RARE)


def state_after(dossier: Dossier, kind: Kind) -> State | None:
    """The other state that the kind would bring this dossier to; None where it stays."""
    moves = kind.moves is None or dossier.state in kind.moves
    return kind.state_after if moves and kind.state_after is not dossier.state else None


def _fits(dossier: Dossier, kind: Kind, roles: AbstractSet[str]) -> bool:
    if kind.name in _BY_MACHINE or not kind.roles & roles:
        return False
    if not dossier.takes(kind):
        return False
    if dossier.away is not None and kind.cls is not Class.ADD_ONLY and kind.name != "conflict_resolved":
        return False
    if kind.legal_from is not None and dossier.state not in kind.legal_from:
        return False
    if kind.name == "conflict_resolved":
        return bool(dossier.conflicts)
    if dossier.conflicts and kind.cls is Class.LEGAL and kind.name not in _ALSO_HARMLESS:
        return False
    if kind.name in ("original_released", "custody_checked"):
        return any(dossier.originals.values())
    if kind.name == "payment_received" and dossier.state in CLOSED:
        return bool(dossier.fines)
    if kind.name in ("result_returned", "handed_to_post") and dossier.wrong:
        return False
    if kind.name in ("rescheduled", "apology_proposed"):
        return dossier.rescheduled_to is None
    if kind.name == "apology_declined":
        return dossier.proposal is not None
    if kind.name == "citizen_reminded":
        return dossier.state is State.AWAITING_SUPPLEMENT
    if kind.name == "post_returned":
        return dossier.at_post
    if kind.name == "post_tracked":
        return bool(dossier.sendings)
    if kind.name == "fine_decided":
        return dossier.procedure == PROCEDURE or bool(dossier.held)
    if kind.name == "corrected":
        return dossier.state not in BEFORE_RECEIPT
    return True


def read_moment(text: str, now: datetime) -> datetime:
    """«17:00» (today), «25/11 17:00», «17:00 25/11/2026» or ISO, in legal time.

    Raises InvalidInput `time_missing` for a date alone, `out_of_range` beyond what a calendar can write in legal
    time, else `time_invalid`.
    """
    words, today = text.split(), legal_day(now)
    clock = next((word for word in words if _TIME.fullmatch(word)), None)
    days = [word for word in words if word != clock]
    if len(days) <= 1:
        day = read_day(days[0], today) if days else today
        if day is not None and clock is None:
            raise InvalidInput("time_missing", value=text)
        if day is not None and clock is not None:
            return datetime.combine(day, _clock(clock, text), LEGAL_TIME)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("time_invalid", value=text) from None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_TIME)).astimezone(LEGAL_TIME)
    except OverflowError:
        raise InvalidInput("out_of_range") from None


def _clock(word: str, text: str) -> time:
    hour, minute = (int(part) for part in word.split(":"))
    if hour > 23 or minute > 59:
        raise InvalidInput("time_invalid", value=text)
    return time(hour, minute)
