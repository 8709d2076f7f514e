"""Meetings, campaigns and legal-education sessions: what was held, for whom, about which procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.answers import Refusal
from core.decisions import Setting, in_time, role_missing
from core.events import KINDS
from core.moments import LEGAL_TIME, legal_day
from core.record import Draft

OUTREACH_KINDS = ("meeting", "campaign", "legal_education")
MOST_AUDIENCE = 10_000_000
MOST_TITLE = 200


@dataclass(frozen=True, slots=True)
class HoldOutreach:
    """What was held on `day` (to `until`); `audience` None: nobody has counted. `procedures` by any of their names."""

    id: str
    kind: str
    day: date
    title: str
    at: datetime
    until: date | None = None
    audience: int | None = None
    procedures: tuple[str, ...] = ()
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawOutreach:
    """It was written down by mistake: out of every list and report; a right one may be written down again."""

    id: str
    reason: str
    at: datetime


OutreachCommand = HoldOutreach | WithdrawOutreach


@dataclass(frozen=True, slots=True)
class Window:
    """Two spans of days as long as each other, before and after something; None where one has not begun."""

    before: tuple[date, date]
    after: tuple[date, date] | None


def window(first: date, last: date, days: int, today: date) -> Window:
    """The `days` before `first` and those after `last`, these only until `today`."""
    one = timedelta(days=1)
    begin, end = last + one, min(last + timedelta(days=days), today)
    return Window((first - timedelta(days=days), first - one), (begin, end) if begin <= end else None)


def decide_outreach(command: OutreachCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The event that tells of it, or why not."""
    if isinstance(command, HoldOutreach):
        return _held(command, setting)
    refused = role_missing(KINDS["outreach_withdrawn"], setting) or in_time(command.at, setting)
    if refused is not None:
        return refused
    if not command.reason.strip():
        return Refusal("outreach_reason_missing")
    return (Draft(f"outreach:{command.id}", "outreach_withdrawn", command.at, {"reason": command.reason.strip()}),)


def _held(command: HoldOutreach, setting: Setting) -> tuple[Draft, ...] | Refusal:
    kind = KINDS["outreach_held"]
    at = min(datetime.combine(command.day, datetime.min.time(), LEGAL_TIME), command.at)
    refused = role_missing(kind, setting) or _wrong(command, setting) or in_time(at, setting)
    if refused is not None:
        return refused
    names = []
    for named in command.procedures:
        procedure = setting.law.find(named)
        if procedure is None:
            return Refusal("procedure_unknown", params={"procedure": named})
        names.append(procedure.name)
    body: dict[str, Any] = {"kind": command.kind, "date": command.day.isoformat()}
    if command.audience is not None:
        body["audience"] = command.audience
    if names:
        body["procedures"] = list(dict.fromkeys(names))
    if command.until is not None and command.until != command.day:
        body["until"] = command.until.isoformat()
    body |= {name: text.strip() for name in ("title", "place", "note") if (text := getattr(command, name)).strip()}
    return (Draft(f"outreach:{command.id}", kind.name, at, body),)


def _wrong(command: HoldOutreach, setting: Setting) -> Refusal | None:
    if command.kind not in OUTREACH_KINDS:
        return Refusal("outreach_kind_unknown", params={"kind": command.kind, "known": ", ".join(OUTREACH_KINDS)})
    if not command.title.strip():
        return Refusal("outreach_title_missing")
    if len(command.title) > MOST_TITLE:
        return Refusal("outreach_title_long", params={"most": f"{MOST_TITLE}"})
    if command.day > legal_day(setting.now):
        return Refusal("outreach_not_held", params={"day": f"{command.day:%d/%m/%Y}"})
    if command.until is not None and command.until < command.day:
        return Refusal("outreach_ends_before")
    if command.audience is not None and not 0 <= command.audience <= MOST_AUDIENCE:
        return Refusal("outreach_audience", params={"most": f"{MOST_AUDIENCE}"})
    return None
