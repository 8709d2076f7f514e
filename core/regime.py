"""The regime for lateness as decisions: a new appointment counted from the missed date, its signature, its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.answers import InvalidInput, Refusal
from core.apology import is_settled, owes_letter
from core.calendar import WorkCalendar
from core.citizen import citizen_deadline
from core.deadline import apology, day_ending
from core.moments import LEGAL_TIME, legal_day, local_words
from core.queue import Lane
from core.reasons import OTHER, Reason, codes, reason_on, words
from core.record import Draft, Event
from core.standing import Standing, calendar_of, judge, standing

if TYPE_CHECKING:
    from core.decisions import Act, Setting
    from core.dossier import Dossier

CAPACITIES = ("head", "deputy")
"""In which capacity a leader signs; a deputy signs for the head: «KT.»."""
DAYS = range(1, 367)
USE_OF = {
    "apology_proposed": "reschedule",
    "rescheduled": "reschedule",
    "delay_excused": "excuse",
    "stopped": "stop",
}
"""What the reasons of a kind are for (`core.reasons.USES`)."""
SILENT = "not_supplemented"
"""The reason to stop that holds only once the citizen's last day has passed."""
_MOVES_THE_CLOCK = frozenset({"supplement_requested", "payment_requested", "suspended", "extended"})


def completed(dossier: Dossier, command: Act, setting: Setting) -> Act | Refusal:
    """The command with what the regime gives: a reason's words and basis, the counted date, who signs and how.

    A new appointment is always counted in working days from the missed date: one that is given as a date must be
    what its days give, and words of one's own without a code are another reason. Refusals: `citizen_has_time`,
    `already_rescheduled`, `reason_unknown`, `reason_in_words`, `excuse_without_basis`, `reschedule_without_due`,
    `nothing_proposed`, `appointment_past`, `appointment_not_later`, `appointment_day_off`, `not_the_head`,
    `signer_not_you`. Raises InvalidInput (`reason_missing`, `field_missing`, `field_invalid`, `days_and_date`) for
    what it counts with.
    """
    kind, fields = command.kind, dict(command.fields)
    if kind == "delay_declared":
        return replace(command, fields=fields | _bound(standing(dossier, setting.law)))
    if kind not in USE_OF and kind != "apology_declined":
        return command
    if kind in ("rescheduled", "apology_proposed") and dossier.rescheduled_to is not None:
        return Refusal("already_rescheduled", basis=setting.law.cited("one_apology", legal_day(command.at)))
    if kind == "apology_declined":
        if dossier.proposal is None:
            return Refusal("nothing_proposed")
        return replace(command, fields={**fields, "proposal": dossier.proposal.event_id})
    if kind == "rescheduled" and "days" not in fields and _text(fields, "reason"):
        fields.setdefault("code", OTHER)
    reason = _reason(kind, fields, command.at, setting)
    if isinstance(reason, Refusal):
        return reason
    if reason is not None and reason.code == OTHER and not _text(fields, "reason"):
        return Refusal("reason_in_words")
    if kind == "stopped" and reason is not None and reason.code == SILENT:
        waits = citizen_deadline(dossier, setting.law)
        if waits is None or not waits.stop_proposed(legal_day(command.at)):
            return Refusal("citizen_has_time")
    if reason is not None and kind != "apology_proposed":
        fields["reason"] = words(reason, _text(fields, "reason"))
    if kind in ("delay_excused", "stopped") and reason is not None and reason.basis and not _text(fields, "basis"):
        fields["basis"] = reason.basis
    if kind == "delay_excused" and not _text(fields, "basis"):
        return Refusal("excuse_without_basis")
    if kind == "delay_excused":
        fields |= _bound(standing(dossier, setting.law))
    if kind in ("rescheduled", "apology_proposed"):
        return _appointed(dossier, replace(command, fields=fields), setting)
    return replace(command, fields=fields)


def _appointed(dossier: Dossier, command: Act, setting: Setting) -> Act | Refusal:
    """The date that is counted from the missed one, and the signature below it."""
    fields, stands = dict(command.fields), standing(dossier, setting.law)
    asked = _moment(fields)
    if stands.binding_at is None or stands.lane is Lane.PAUSED:
        return Refusal("reschedule_without_due")
    if asked is not None and "days" not in fields:
        fields["days"] = _days_until(dossier, asked, stands.binding_at, setting)
    new = _counted(dossier, fields, stands.binding_at, setting)
    if not _would_stand(dossier, new, command.at, setting):
        return Refusal("reschedule_without_due")
    if command.kind == "apology_proposed":
        return command
    refused = _no_appointment(dossier, asked or new, stands.binding_at, command.at, setting)
    if refused is not None:
        return refused
    if asked not in (None, new):
        raise InvalidInput("days_and_date", days=str(fields["days"]), counted=new.isoformat(timespec="seconds"))
    fields["due_at"] = new.isoformat(timespec="seconds")
    signed = _signed(fields, setting)
    if isinstance(signed, Refusal):
        return signed
    fields |= signed | _bound(stands)
    told_by = announce_by(dossier, stands, calendar_of(dossier, setting.law))
    if told_by is not None and command.at > told_by:
        fields["announced_late"] = True
    return replace(command, fields=fields)


def _would_stand(dossier: Dossier, new: datetime, at: datetime, setting: Setting) -> bool:
    """Whether a new appointment would bind: a clock that was stopped after the missed date leaves none."""
    body = {"due_at": new.isoformat(timespec="seconds")}
    moved = Event("", dossier.id, "rescheduled", 1, at, "", "", "", 0, 0, 0, (), (0, 1), body)
    then = replace(dossier, clock_events=[*dossier.clock_events, moved])
    return standing(then, setting.law).binding_at is not None


def _no_appointment(
    dossier: Dossier, due: datetime, binding: datetime, at: datetime, setting: Setting
) -> Refusal | None:
    """Why a new appointment is none: it is past, not later than the one that it replaces, or nobody works that day."""
    if due <= at:
        return Refusal("appointment_past")
    if due <= binding:
        return Refusal("appointment_not_later", params={"at": local_words(binding)})
    calendar = calendar_of(dossier, setting.law)
    if not calendar.is_working(day_ending(calendar.clock.seconds(due), calendar)):
        return Refusal("appointment_day_off", params={"day": f"{due.astimezone(LEGAL_TIME):%d/%m/%Y}"})
    return None


def new_appointment(missed: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """The end of the last period of the `days`-th working day after the missed date's day."""
    return calendar.ending(calendar.nth_after(day_ending(calendar.clock.seconds(missed), calendar), days))


def announce_by(dossier: Dossier, stands: Standing, calendar: WorkCalendar) -> datetime | None:
    """The last moment to announce a delay of the date that binds: the engine's, or the same of an earlier promise.

    Where fewer than two working days lie between, the date itself: as soon as known. None where no date binds.
    """
    if stands.binding_at is None or dossier.received_at is None:
        return None
    if stands.due_at is not None and stands.binding_at < stands.due_at:
        received = calendar.clock.day_of(dossier.received_at)
        promised = day_ending(calendar.clock.seconds(stands.binding_at), calendar)
        return apology(received, promised, calendar) or stands.binding_at
    told = stands.deadline.apology_owed_by if stands.deadline is not None else None
    return told or stands.binding_at


def debt_kept(dossier: Dossier, command: Act, setting: Setting) -> tuple[Draft, ...]:
    """The declared delay that goes with an event that stops or restarts the clock of a dossier already late.

    Without it a debt that has begun would be gone with the old date.
    """
    if command.kind not in _MOVES_THE_CLOCK or owes_letter(dossier):
        return ()
    stands = standing(dossier, setting.law)
    if is_settled(dossier, stands.binding_at) or judge(command.at, stands.binding_at, stands.by_date) != "late":
        return ()
    found = reason_on(setting.reasons, "declare", "moved_after_due", legal_day(command.at))
    if isinstance(found, Refusal):
        return ()
    body = {"reason": found.title_vi, "code": found.code, **_bound(stands)}
    return (Draft(dossier.id, "delay_declared", command.at, body),)


def _bound(stands: Standing) -> dict[str, str]:
    """The date that the delay is of, as it stands at the act: no later law or clock tells it any more."""
    return {} if stands.binding_at is None else {"binding_at": stands.binding_at.isoformat(timespec="seconds")}


def _reason(kind: str, fields: Mapping[str, Any], at: datetime, setting: Setting) -> Reason | Refusal | None:
    """The reason that a code names; days are only counted for one."""
    use, code = USE_OF.get(kind), _text(fields, "code")
    if use is None:
        return None
    if not code:
        if kind in ("rescheduled", "apology_proposed") or not _text(fields, "reason"):
            raise InvalidInput("reason_missing", known=codes(setting.reasons, use, legal_day(at)))
        return None
    return reason_on(setting.reasons, use, code, legal_day(at))


def _moment(fields: Mapping[str, Any]) -> datetime | None:
    """The date that was given, if one was."""
    text = fields.get("due_at")
    try:
        given = datetime.fromisoformat(text) if text is not None else None
    except (TypeError, ValueError):
        raise InvalidInput("field_invalid", field="due_at") from None
    if given is not None and given.tzinfo is None:
        raise InvalidInput("field_invalid", field="due_at")
    return given


def _days_until(dossier: Dossier, asked: datetime, missed: datetime, setting: Setting) -> int:
    """How many working days after the missed date the given one is."""
    calendar = calendar_of(dossier, setting.law)
    found = next((days for days in DAYS if new_appointment(missed, days, calendar) >= asked), None)
    if found is None:
        raise InvalidInput("field_invalid", field="due_at")
    return found


def _counted(dossier: Dossier, fields: Mapping[str, Any], missed: datetime, setting: Setting) -> datetime:
    days = fields.get("days")
    if days is None:
        raise InvalidInput("field_missing", field="days")
    if not isinstance(days, int) or days not in DAYS:
        raise InvalidInput("field_invalid", field="days")
    return new_appointment(missed, days, calendar_of(dossier, setting.law))


def _signed(fields: Mapping[str, Any], setting: Setting) -> dict[str, str] | Refusal:
    """Who signs, and in which capacity: the leader who acts, a deputy never as the head, a head also as a deputy."""
    capacity = _text(fields, "signed_as") or setting.signs
    if capacity not in CAPACITIES:
        raise InvalidInput("field_invalid", field="signed_as")
    if capacity == "head" and setting.signs != "head":
        return Refusal("not_the_head")
    name = setting.name or setting.officer
    if _text(fields, "signer") not in ("", name):
        return Refusal("signer_not_you", params={"name": name})
    return {"signer": name, "signed_as": capacity}


def _text(fields: Mapping[str, Any], name: str) -> str:
    return str(fields.get(name) or "").strip()
