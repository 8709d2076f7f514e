"""What one officer hands to the next: the sheet that the program makes, most severe first, and its two signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from core.answers import Refusal
from core.queue import Urgency, Worklist
from core.record import Draft, canonical

SECTIONS = (
    "conflicts", "apology_owed", "overdue", "today", "next_day", "apologise_now", "to_sign", "remind", "stop_proposed",
    "waiting", "ready", "post", "held", "open", "unprinted", "unsynced",
)  # fmt: skip
_BY_URGENCY = {
    Urgency.APOLOGY_OWED: "apology_owed",
    Urgency.OVERDUE: "overdue",
    Urgency.TODAY: "today",
    Urgency.NEXT_DAY: "next_day",
    Urgency.PAUSED: "waiting",
    Urgency.SOON: "open",
    Urgency.NORMAL: "open",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One dossier that the outgoing officer answers for, as the queue knows it.

    `awaits_letter`: its new appointment is signed, the letter of apology is not issued.
    """

    id: str
    receipt_number: str | None
    applicant_name: str
    procedure: str
    state: str
    urgency: Urgency
    due_at: str | None
    originals: int
    at_post: bool
    unprinted: int
    in_conflict: bool
    here_only: bool
    before_receipt: bool
    worklists: tuple[Worklist, ...] = ()
    awaits_letter: bool = False
    next_check: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """What happened in the shift: counts by event kind, and fees taken by method (đồng)."""

    counts: Mapping[str, int]
    fees: Mapping[str, Decimal]
    pending_events: int


def build_sheet(carried: Iterable[Carried], facts: ShiftFacts) -> list[dict[str, Any]]:
    """The sheet's sections in their fixed order; a dossier stands once by urgency, and in the lists of what waits."""
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    for dossier in carried:
        for name in _places(dossier):
            sections[name].append(_item(dossier, name))
    sections["held"].sort(key=lambda item: (item["next_check"] is None, item["next_check"] or ""))
    summary = [{"kind": kind, "count": count} for kind, count in sorted(facts.counts.items())]
    fees = [{"method": method, "amount": f"{amount:f}"} for method, amount in sorted(facts.fees.items())]
    if facts.pending_events:
        sections["unsynced"].insert(0, {"events": facts.pending_events})
    return [
        {"name": "summary", "items": summary},
        *({"name": name, "items": items} for name, items in sections.items()),
        {"name": "fees", "items": fees},
    ]


def _places(dossier: Carried) -> list[str]:
    places = ["conflicts"] if dossier.in_conflict else []
    if dossier.state == "result_ready":
        places.append("post" if dossier.at_post else "ready")
    elif dossier.urgency in _BY_URGENCY and not dossier.before_receipt:
        places.append(_BY_URGENCY[dossier.urgency])
        places += [worklist.value for worklist in dossier.worklists]
    places += ["held"] if dossier.originals else []
    places += ["unprinted"] if dossier.unprinted else []
    return places + (["unsynced"] if dossier.here_only else [])


def _item(dossier: Carried, section: str) -> dict[str, Any]:
    held = {"originals": dossier.originals, "next_check": dossier.next_check} if section == "held" else {}
    return held | {
        "id": dossier.id,
        "receipt_number": dossier.receipt_number,
        "applicant_name": dossier.applicant_name,
        "procedure": dossier.procedure,
        "state": dossier.state,
        "urgency": dossier.urgency.value,
        "due_at": dossier.due_at,
        "next_action": _next_action(dossier, section),
    }


_OF_SECTION = {
    "conflicts": "resolve",
    "held": "keep",
    "unprinted": "ask_printed",
    "unsynced": "sync",
    "post": "track_post",
    "apologise_now": "apologise_if_late",
    "to_sign": "sign_apology",
    "remind": "remind_citizen",
    "stop_proposed": "propose_stop",
}


def _next_action(dossier: Carried, section: str) -> str:
    """What the next officer must do first: a code that the screens put into words."""
    if section in _OF_SECTION:
        return _OF_SECTION[section]
    if dossier.urgency is Urgency.APOLOGY_OWED:
        return "issue_apology" if dossier.awaits_letter else "apologise"
    waiting = {"awaiting_supplement": "await_supplement", "awaiting_payment": "await_payment", "suspended": "resume"}
    return waiting.get(dossier.state) or ("return_result" if dossier.state == "result_ready" else "finish")


def sheet_hash(sections: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) of the canonical sheet: what both officers sign."""
    return sha256(canonical(list(sections))).hexdigest()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The outgoing officer signs the sheet over to `receiver`; `dossiers` are those that will change owner."""

    shift: str
    receiver: str
    sections: tuple[Mapping[str, Any], ...]
    dossiers: tuple[str, ...]
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AcceptHandover:
    """The incoming officer signs; `dossiers` are those of the sheet that the sender still owns."""

    shift: str
    receiver: str
    sha256: str
    accepted: bool
    dossiers: tuple[str, ...]
    readback: Mapping[str, str]
    at: datetime


def decide_handover(command: HandOver | AcceptHandover, officer: str) -> tuple[Draft, ...] | Refusal:
    """The events of a signature: owners change together with the second one, or not at all."""
    entity = f"shift:{command.shift}"
    signed = command.at.isoformat(timespec="seconds")
    if isinstance(command, HandOver):
        if command.receiver == officer:
            return Refusal("handover_to_self")
        sheet = {"sections": list(command.sections), "dossiers": list(command.dossiers)}
        body = {
            "sender": officer,
            "receiver": command.receiver,
            "sheet": sheet,
            "sha256": sheet_hash(command.sections),
            "signed_at": signed,
            **({"note": command.note} if command.note else {}),
        }
        return (Draft(entity, "shift_handed_over", command.at, body),)
    if command.accepted:
        return Refusal("handover_accepted")
    if command.receiver != officer:
        return Refusal("handover_not_yours")
    accepted = {
        "receiver": officer,
        "sha256": command.sha256,
        "signed_at": signed,
        "readback": dict(command.readback),
    }
    moved = [
        Draft(dossier, "assigned", command.at, {"to": officer, "handover": command.shift})
        for dossier in command.dossiers
    ]
    return (Draft(entity, "shift_accepted", command.at, accepted), *moved)
