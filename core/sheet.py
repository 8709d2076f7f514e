"""The handover's sheet, which the program makes: most severe first, each line with act, owner and next check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from core.fines import PROCEDURE as FINE
from core.forecast import Foreseen
from core.queue import Urgency, Worklist

WATCHERS = (
    "overdue", "apology_owed", "today", "next_day", "promised", "stop_proposed", "remind", "near_limit", "conflicts",
    "foreseen", "undated", "to_sign", "apologise_now",
)  # fmt: skip
"""Sections of dossiers that somebody must not lose sight of."""
_DOSSIERS = (*WATCHERS, "waiting", "ready", "to_post", "post", "held")
SECTIONS = (
    "summary", *_DOSSIERS, "fees", "forms", "unprinted", "unsynced", "outage", "degraded", "changed", "contingencies",
    "notes", "open", "readback",
)  # fmt: skip
"""Every section of a sheet, in its order; of long lists what is in no danger stands last."""
COMPARED = ("overdue", "apology_owed", "today", "waiting", "ready", "to_post", "post", "held")
"""Sections of which a sheet says what came and went since the last handover."""
_BY_URGENCY = {
    Urgency.APOLOGY_OWED: "apology_owed",
    Urgency.OVERDUE: "overdue",
    Urgency.TODAY: "today",
    Urgency.NEXT_DAY: "next_day",
    Urgency.PAUSED: "waiting",
    Urgency.SOON: "open",
    Urgency.NORMAL: "open",
}
_AT_ONCE = frozenset(
    {"overdue", "apology_owed", "stop_proposed", "remind", "conflicts", "undated", "to_sign", "unprinted"}
)
_MOST_CONTINGENCIES = 5
_MOST_FORESEEN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One dossier that the outgoing officer answers for, as the queue knows it. Days and moments are ISO texts.

    `owner`: an officer's short code. `waits_for`: the event that its limit, or the next part of it, starts with.
    `by_hour`: the citizen was told an hour, or the limit runs in hours. `awaits_letter`: its new appointment is signed,
    the letter of apology is not issued. `answer_by`: the citizen's last day; `answer_near`: it comes within the days
    that count as soon. `custody_check`, `collect_on`: when somebody looks at the papers here, or reminds of the result.
    """

    id: str
    receipt_number: str | None
    applicant_name: str
    procedure: str
    state: str
    urgency: Urgency
    owner: str
    due_at: str | None = None
    waits_for: str | None = None
    by_hour: bool = False
    originals: int = 0
    at_post: bool = False
    by_post: bool = False
    unprinted: int = 0
    in_conflict: bool = False
    here_only: bool = False
    before_receipt: bool = False
    worklists: tuple[Worklist, ...] = ()
    awaits_letter: bool = False
    answer_by: str | None = None
    answer_near: bool = False
    custody_check: str | None = None
    collect_on: str | None = None

    @property
    def moves(self) -> bool:
        """Whether it changes owner with the second signature: what runs, waits, or lies ready."""
        return not self.before_receipt and (self.state == "result_ready" or self.urgency is not Urgency.DONE)


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """What the sheet says beside dossiers, each a list of items as JSON has them.

    `counts` by event kind; `since`: when the shift began; `fees` in the drawer by method (đồng); `forms`: blank
    receipts that are open, by day; `outage`: what was entered after the fact; `degraded`: parts that do not work;
    `notes`: what the officer adds; `foreseen`: what will not be done in time by the forecast.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    fees: Mapping[str, Decimal] = field(default_factory=dict)
    pending_events: int = 0
    forms: Sequence[Mapping[str, Any]] = ()
    outage: Sequence[Mapping[str, Any]] = ()
    degraded: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    foreseen: Foreseen | None = None
    since: str | None = None


Sections = dict[str, list[dict[str, Any]]]


def build_sheet(
    carried: Sequence[Carried], facts: ShiftFacts, today: date, before: LastSheet | None = None
) -> list[dict[str, Any]]:
    """The sheet's sections in their fixed order, without the read-back, which is made of them.

    A dossier stands once by urgency, and in the lists of what waits. `before`: the sheet of the last handover.
    """
    sections: Sections = {name: [] for name in SECTIONS if name != "readback"}
    for dossier in carried:
        for name in _places(dossier):
            sections[name].append(_item(dossier, name, today))
    sections["foreseen"] = list(_foreseen(carried, facts.foreseen, today))
    sections["held"].sort(key=lambda item: (item["next_check"] is None, item["next_check"] or ""))
    sections["promised"].sort(key=lambda item: str(item["due_at"]))
    began = {} if facts.since is None else {"since": facts.since}
    sections["summary"] = [{"kind": kind, "count": count} | began for kind, count in sorted(facts.counts.items())]
    sections["fees"] = [{"method": method, "amount": f"{amount:f}"} for method, amount in sorted(facts.fees.items())]
    if facts.pending_events:
        sections["unsynced"].insert(0, {"events": facts.pending_events})
    sections["forms"] = [dict(one) for one in facts.forms]
    sections["outage"] = [dict(one) for one in facts.outage]
    sections["degraded"] = [dict(one) for one in facts.degraded]
    sections["notes"] = [{"text": text} for text in facts.notes]
    sections["changed"] = [] if before is None else list(_changes(sections, before))
    sections["contingencies"] = contingencies(sections)
    return [{"name": name, "items": items} for name, items in sections.items()]


@dataclass(frozen=True, slots=True)
class LastSheet:
    """What stood on the sheet of the last handover: ids by section. `at`: when it was taken over (ISO)."""

    at: str
    ids: Mapping[str, frozenset[str]]


def ids_by_section(sections: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """The dossiers of each section."""
    return {one["name"]: frozenset(item["id"] for item in one["items"] if "id" in item) for one in sections}


def _changes(sections: Sections, before: LastSheet) -> Iterable[dict[str, Any]]:
    for name in COMPARED:
        now = {item["id"] for item in sections[name]}
        then = before.ids.get(name, frozenset())
        if now or then:
            added, gone = len(now - then), len(then - now)
            yield {"section": name, "since": before.at, "now": len(now), "added": added, "gone": gone}


def _places(dossier: Carried) -> list[str]:
    places = ["conflicts"] if dossier.in_conflict else []
    if dossier.state == "result_ready":
        places.append("post" if dossier.at_post else "to_post" if dossier.by_post else "ready")
    elif dossier.urgency in _BY_URGENCY:
        places.append("undated" if _is_undated(dossier) else _BY_URGENCY[dossier.urgency])
        places += [worklist.value for worklist in dossier.worklists]
        if dossier.by_hour and dossier.urgency in (Urgency.TODAY, Urgency.NEXT_DAY):
            places.append("promised")
        if dossier.answer_near and not {Worklist.STOP, Worklist.REMIND}.intersection(dossier.worklists):
            places.append("near_limit")
    places += ["held"] if dossier.originals else []
    places += ["unprinted"] if dossier.unprinted else []
    return places + (["unsynced"] if dossier.here_only else [])


def _is_undated(dossier: Carried) -> bool:
    """Whether no date will ever bring it up: it is not received yet, its limit waits to begin, or no law gives one."""
    return dossier.due_at is None and dossier.urgency is Urgency.NORMAL and not _is_fine(dossier)


def _is_fine(dossier: Carried) -> bool:
    """Whether it waits for a fine's payment, which is the payer's to do, not the desk's to ask for."""
    return dossier.procedure == FINE and dossier.waits_for == "payment_received"


def _foreseen(carried: Iterable[Carried], found: Foreseen | None, today: date) -> Iterator[dict[str, Any]]:
    """The few that break first; somebody tells the leader, and looks again in the morning when they are due."""
    if found is None:
        return
    ids = frozenset(found.ids[-_MOST_FORESEEN:])
    # rounded up: what is short by seconds is short
    short = {"short_minutes": ceil(found.short * 60), "next_check": found.day.isoformat()}
    yield from (_item(one, "foreseen", today) | short for one in carried if one.id in ids)


def _item(dossier: Carried, section: str, today: date) -> dict[str, Any]:
    held = {"originals": dossier.originals} if section == "held" else {}
    return held | {
        "id": dossier.id,
        "receipt_number": dossier.receipt_number,
        "applicant_name": dossier.applicant_name,
        "procedure": dossier.procedure,
        "state": dossier.state,
        "urgency": dossier.urgency.value,
        "due_at": dossier.due_at,
        "next_action": _next_action(dossier, section),
        "owner": dossier.owner,
        "next_check": _next_check(dossier, section, today),
    }


_OF_SECTION = {
    "conflicts": "resolve",
    "held": "keep",
    "unprinted": "ask_printed",
    "unsynced": "sync",
    "to_post": "hand_to_post",
    "post": "track_post",
    "apologise_now": "apologise_if_late",
    "to_sign": "sign_apology",
    "remind": "remind_citizen",
    "stop_proposed": "propose_stop",
    "foreseen": "tell_leader",
}
_WAITING = {
    "submitted": "answer_submission", "awaiting_supplement": "await_supplement", "awaiting_payment": "await_payment",
    "suspended": "resume",
}  # fmt: skip
_STARTS = {"verification_completed": "verify", "payment_received": "collect_fee"}
ACTIONS = (
    "apologise", "issue_apology", "finish", "answer_submission", "verify", "collect_fee", "propose_stop",
    "remind_citizen", "resolve", "sign_apology", "apologise_if_late", "await_supplement", "await_payment", "resume",
    "return_result", "hand_to_post", "track_post", "keep", "ask_printed", "sync", "tell_leader", "await_fine",
)  # fmt: skip
"""Every next action there is: codes that the screens put into words (`next.<code>`)."""


def _next_action(dossier: Carried, section: str) -> str:
    """What the next officer must do first."""
    if section in _OF_SECTION:
        return _OF_SECTION[section]
    if dossier.urgency is Urgency.APOLOGY_OWED:
        return "issue_apology" if dossier.awaits_letter else "apologise"
    if dossier.state == "result_ready":
        return "return_result"
    if _is_fine(dossier):
        return "await_fine"
    known = _WAITING.get(dossier.state) or _STARTS.get(dossier.waits_for or "")
    return known or ("tell_leader" if section == "undated" else "finish")


def _next_check(dossier: Carried, section: str, today: date) -> str | None:
    """When somebody must look again: a day, or the moment where an hour counts; None: nothing says when."""
    known = _known_check(dossier, section)
    if section in _AT_ONCE or (known is not None and known < today.isoformat()):
        return today.isoformat()  # a day that has passed is no day to look again
    return known


def _known_check(dossier: Carried, section: str) -> str | None:
    if section in ("waiting", "near_limit"):
        return dossier.answer_by
    if section == "held":
        return dossier.custody_check
    if section in ("ready", "to_post"):
        return dossier.collect_on
    return dossier.due_at


def contingencies(sections: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """«If … then …» for what stands on the sheet, the gravest first and few: codes (`if.<code>`), with a count."""
    degraded = {str(item["part"]) for item in sections["degraded"]}
    blanks = sum(int(item["left"]) for item in sections["forms"])
    known = (
        ("not_ready_today", len(sections["today"])),
        ("promise_slips", len(sections["promised"])),
        ("still_foreseen", len(sections["foreseen"])),
        ("no_printer", blanks if "printer" in degraded and blanks else 0),
        ("no_printer_no_blanks", int("printer" in degraded and not blanks)),
        ("no_network", int("network" in degraded)),
        ("no_supplement", len(sections["near_limit"]) + len(sections["remind"])),
        ("nobody_fetches", len(sections["ready"])),
        ("paper_asked_back", len(sections["held"])),
    )
    return [{"if": code, "count": count} for code, count in known if count][:_MOST_CONTINGENCIES]
