"""A wrong result is mended by a dossier of its own, linked with the first one, whose figures stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.answers import InvalidInput, Refusal
from core.decisions import Act, Setting, TakeIn, decide
from core.dossier import Dossier
from core.moments import legal_day
from core.record import Draft

_CARRIED = ("variant", "matter", "papers", "return_by", "receiving", "supporting", "competent")


@dataclass(frozen=True, slots=True)
class CorrectResult:
    """The result of `dossier` was wrong: `opened` is the id of the dossier that mends it. `fault`: station or citizen.

    `taken_back`: whether the wrong document is here again.
    """

    dossier: str
    opened: str
    at: datetime
    reason: str
    fault: str
    taken_back: bool = False


def correction_of(dossier: str, opened: str, at: datetime, fields: Mapping[str, Any]) -> CorrectResult:
    """The command that the fields of `result_corrected` mean; raises InvalidInput `field_missing`."""
    if not fields.get("fault"):
        raise InvalidInput("field_missing", field="fault")
    taken_back = bool(fields.get("taken_back"))
    return CorrectResult(dossier, opened, at, str(fields["reason"]), str(fields["fault"]), taken_back)


def decide_correction(first: Dossier | None, command: CorrectResult, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """One command on two dossiers. The station's own error costs nothing, and is promised before others' work.

    The promise is the policy's working days, where that is earlier than the law's date: before noon of the last one,
    so that the queue has it before all that is due on that day.
    """
    if first is None or first.state is None:
        return Refusal("dossier_unknown")
    if first.wrong:
        return Refusal("result_was_wrong")
    body = {
        "reason": command.reason,
        "fault": command.fault,
        "taken_back": command.taken_back,
        "dossier": command.opened,
    }
    marked = decide(first, Act(first.id, "result_corrected", command.at, body), setting)
    if isinstance(marked, Refusal):
        return marked
    free = _free_of_charge(first, command, setting)
    promised = [*free, *_promised(first, command, setting)]
    opened = _opened(first, command, promised, setting)
    if isinstance(opened, Refusal) and len(promised) > len(free):
        opened = _opened(first, command, free, setting)
    return opened if isinstance(opened, Refusal) else (*marked, *opened)


def _opened(
    first: Dossier, command: CorrectResult, along: list[tuple[str, dict[str, Any]]], setting: Setting
) -> tuple[Draft, ...] | Refusal:
    known = {"variant": first.variant, "matter": first.matter} | first.facts
    facts = {name: known[name] for name in _CARRIED if known.get(name)}
    facts |= {"procedure": first.procedure, "applicant": dict(first.applicant), "channel": "counter"}
    if first.bringer:
        facts["bringer"] = dict(first.bringer)
    facts |= {"corrects": first.id, "fault": command.fault}
    return decide(None, TakeIn(command.opened, "received", command.at, facts, along=tuple(along)), setting)


def _free_of_charge(first: Dossier, command: CorrectResult, setting: Setting) -> list[tuple[str, dict[str, Any]]]:
    """A clock that waits for a fee starts at once where none is owed."""
    found = setting.law.case_on(first.procedure, first.variant, legal_day(command.at))
    waits = not isinstance(found, Refusal) and found[1].starts_on == "payment_received"
    return [("payment_received", {"amount": "0", "method": "exempt"})] if waits and command.fault == "station" else []


def _promised(first: Dossier, command: CorrectResult, setting: Setting) -> list[tuple[str, dict[str, Any]]]:
    if command.fault != "station":
        return []
    try:
        days = int(setting.law.policy("own_error_working_days", setting.unit, legal_day(command.at)))
        calendar = setting.law.calendar(setting.unit)
        day = calendar.nth_after(legal_day(command.at).toordinal(), max(1, days))
        due = calendar.clock.moment(next((end for _, end in calendar.spans(day)), calendar.closing(day)))
    except InvalidInput:
        return []
    return [("promised_earlier", {"due_at": due.isoformat(timespec="seconds"), "reason": command.reason})]
