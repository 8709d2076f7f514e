"""A dossier and its law → the claim that its slip carries, and back from a claim to the date that it must have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.answers import InvalidInput
from core.deadline import ClockEvent, ClockRules, courses, deadline, earlier
from core.dossier import Dossier
from core.history import History, read
from core.law import Law
from core.moments import legal_day
from core.slip_code import EVENTS, SlipClaim, text_size, to_minute
from core.standing import clock_inputs, earliest, standing, version_of
from core.text import clean_line
from core.time_limit import Phase

_ARTICLE = 48
"""Bytes of the longest article that is said whole: the QR stays one that scans from a roll."""
_RECEIPTS = frozenset({"received", "supplement_received", "payment_received"})
_STATES = {"awaiting_supplement": "supplement_received", "awaiting_payment": "payment_received"}


def claim_of(dossier: Dossier, law: Law, *, unit: str, desk_key: bytes, test: bool) -> SlipClaim:
    """What the dossier's slip says now, by the desk of `desk_key` at the unit. The dossier was received."""
    assert dossier.received_at is not None
    law, stands = earliest(dossier, law), standing(dossier, law)
    due = None if stands.binding_at is None else to_minute(stands.binding_at)
    numbered = dossier.receipt_number is not None
    claim = SlipClaim(
        unit=unit,
        desk_key=desk_key,
        receipt_number=dossier.receipt_number,
        dossier=None if numbered else dossier.id,
        received_at=to_minute(dossier.received_at),
        phases=(),
        article="",
        due_at=due,
        waits_for=None if due else waits_for(dossier, law),
        rests_on="events" if due else "law",
        test=test,
    )
    if stands.judged_by is None:
        return claim
    try:
        claim, is_promise = _derived(claim, dossier, law)
    except InvalidInput:
        return claim
    if due is None:
        return claim
    if stands.due_at is not None and due < to_minute(stands.due_at):
        return replace(claim, rests_on="promise")
    if recounted(claim, law) == due:
        return replace(claim, rests_on="commitment" if is_promise else "law")
    return claim


def waits_for(dossier: Dossier, law: Law) -> str:
    """The event of `slip_code.EVENTS` that the date waits for; `law` where no limit is known for the dossier."""
    clock = standing(dossier, law).deadline
    if clock is None:
        return "law"
    return _known(clock.waiting_for or _STATES.get(str(dossier.state), "resumed"))


def recounted(claim: SlipClaim, law: Law) -> datetime | None:
    """The due minute that receipt and limit give by this law; None where the limit's clock has no end yet, or the law
    here does not reach so far."""
    if not claim.phases:
        return None
    first, received_at = claim.phases[0], claim.received_at
    events: tuple[ClockEvent, ...] = ()
    kind, moment = claim.started or ("received", received_at)
    if claim.started is None and first.starts_on not in (None, "received"):
        return None
    if kind in _RECEIPTS:
        received_at, kind = moment, "received"
    elif kind != "received":
        events = (ClockEvent(kind, moment),)
    phases = (replace(first, starts_on=None), *claim.phases[1:])
    try:
        day = legal_day(claim.received_at)
        rules = ClockRules(phases, kind, offhours=law.policy("offhours", claim.unit, day))
        due = deadline(received_at, rules, events, law.calendar(claim.unit)).due_at
    except InvalidInput:
        return None
    return None if due is None else to_minute(due)


def _derived(claim: SlipClaim, dossier: Dossier, law: Law) -> tuple[SlipClaim, bool]:
    """With the limit that gives the date; whether it is the unit's own promise."""
    asked = clock_inputs(dossier, law, version_of(dossier, law))
    rules = asked.rules
    history = read(asked.received_at, rules, asked.events, asked.calendar)
    both = courses(history, rules, asked.calendar, asked.committed)
    place = earlier(both) or 0
    phases = both[place].phases
    kind = _trigger(history, rules)
    started = None
    if history.trigger is not None and kind != "received":
        started = (kind, to_minute(asked.calendar.clock.moment(history.trigger)))
    gate = None if rules.gate == "received" else _known(rules.gate)
    bare = [Phase(one.limit, _known(one.starts_on) if one.starts_on else None) for one in phases]
    derived = (replace(bare[0], starts_on=gate), *bare[1:])
    article = _shortened(phases[0].basis or rules.basis or "")
    return replace(claim, phases=derived, article=article, started=started), place == 1


def _trigger(history: History, rules: ClockRules) -> str:
    """The kind of event that the limit counts from."""
    if history.restarts and history.trigger == history.restarts[-1][1]:
        return "supplement_received"
    return _known(rules.gate)


def _known(kind: str) -> str:
    return kind if kind in EVENTS else "other"


def _shortened(article: str) -> str:
    text = shown = clean_line(article)
    while text_size(shown) > _ARTICLE:
        text = text[:-1].rstrip()
        shown = f"{text}…"
    return shown
