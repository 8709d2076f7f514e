"""An officer's intent → events, or a `Refusal` with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.answers import InvalidInput, Refusal
from core.bodies import check_body
from core.calendar import WorkCalendar
from core.corrections import correction_refused, resolution_refused
from core.doors import receives_at
from core.dossier import CLOCK_KINDS, Dossier, bring_in
from core.events import DOSSIER_KINDS, ENDING_KINDS, INTAKE_KINDS, KINDS, Class, Kind
from core.law import Law
from core.merge import is_legal
from core.moments import legal_day, local_words
from core.numbers import receipt_number
from core.payments import as_credited, decided_anew
from core.reasons import Reason
from core.record import Draft, Event
from core.regime import completed, debt_kept
from core.results import as_written, results_refusal
from core.sequence import caught_up, too_early
from core.service import OFFERED, offer_refused
from core.standing import judge, standing
from core.states import State
from core.telling import NoteTold, note_told
from core.transfer import BRINGING, is_acceptance

FUTURE = timedelta(minutes=2)
_ACTIONS = frozenset(DOSSIER_KINDS) - {
    *INTAKE_KINDS,
    *BRINGING,
    "undone",
    "receipt_number_given",
    "transferred",
    "citizen_told",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a decision may look at beside the dossier: who, when, where, the law, and the next serial.

    `serial` is the desk's next number for the civil day of the command's `at`; 0: it may give none now.
    `signs`: the capacity in which the officer signs (`core.regime.CAPACITIES`), `name` the name under a signature.
    """

    officer: str
    roles: frozenset[str]
    now: datetime
    unit: str
    desk_number: int
    law: Law
    serial: int = 0
    reasons: tuple[Reason, ...] = ()
    signs: str = "head"
    name: str = ""


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Open a dossier: `kind` is received, submitted, guided or not_accepted; `facts` its body but the number.

    `along` is what was handed over with it, as (kind, fields): money and originals, and the answer to the offer of the
    online service, which alone goes with what is not received, too. It is one command: one undo.
    `number`: that of the blank receipt on which it was taken in by hand; None: the desk's next one. `promised`: the
    date on that receipt; None: what the law gives.
    """

    dossier: str
    kind: str
    at: datetime
    facts: Mapping[str, Any]
    imported: bool = False
    along: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    number: str | None = None
    promised: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One action on a dossier that exists; `fields` is the body of the event that it means."""

    dossier: str
    kind: str
    at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the officer's last command on a dossier: `group` names its first event."""

    dossier: str
    group: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AcceptTransfer:
    """Take over what another unit has offered; `history` and `clock` came with the offer; `revoked`: its sender was."""

    dossier: str
    offer: str
    station: str
    history: Sequence[Mapping[str, str]]
    at: datetime
    clock: Sequence[Mapping[str, Any]] = ()
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class NoteTransferred:
    """The other unit has accepted: the dossier is no longer here. Written by a desk, on that unit's word."""

    dossier: str
    offer: str
    station: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeLate:
    """What the former unit wrote without knowing of the offer, as its `row` came. Written by a desk."""

    dossier: str
    offer: str
    station: str
    row: Mapping[str, str]
    at: datetime


DossierCommand = TakeIn | Act | Undo | AcceptTransfer | NoteTransferred | TakeLate | NoteTold


def decide(dossier: Dossier | None, command: DossierCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events that the command means for this dossier, or why not.

    Raises InvalidInput (`kind_unknown`, or what `core.bodies.check_body` raises) where the command's fields are not a
    body by the table of kinds.
    """
    if isinstance(command, TakeIn):
        return _take_in(dossier, command, setting)
    if isinstance(command, AcceptTransfer):
        return _accept(dossier, command, setting)
    if dossier is None or dossier.state is None:
        return Refusal("update_needed" if dossier and dossier.needs_update else "dossier_unknown")
    if isinstance(command, Undo):
        return _undo(dossier, command, setting)
    if isinstance(command, NoteTransferred):
        return _transferred(dossier, command)
    if isinstance(command, TakeLate):
        return _followed(dossier, command)
    if isinstance(command, NoteTold):
        return note_told(dossier, command, setting.roles)
    return _act(dossier, command, setting)


def _take_in(dossier: Dossier | None, command: TakeIn, setting: Setting) -> tuple[Draft, ...] | Refusal:
    kind = KINDS[command.kind]
    state = dossier.state if dossier else None
    refused = role_missing(kind, setting) or in_time(command.at, setting, any_age=command.imported)
    if refused:
        return refused
    if dossier is not None and not dossier.takes(kind):
        return Refusal("update_needed")
    if kind.legal_from is not None and state not in kind.legal_from:
        return Refusal("not_from_state", params={"kind": kind.name, "state": state or "new"})
    if dossier is not None and dossier.first_at is not None and command.at < dossier.first_at <= setting.now:
        return Refusal("before_receipt", params={"at": local_words(dossier.first_at)})
    body = dict(command.facts) if dossier is None else _carried(dossier, kind, command.facts)
    day = legal_day(command.at)
    found = setting.law.case_on(str(body.get("procedure")), body.get("variant"), day)
    if isinstance(found, Refusal):
        if found.code != "procedure_not_yet_in_force":
            return found
    else:
        version, case = found
        body |= {"procedure": version.procedure, "version": version.row_hash, "variant": case.code}
    if command.imported:
        body["imported"] = True
    if kind.name != "received":
        check_body(kind, body)
        offers = [(name, fields) for name, fields in command.along if name == OFFERED]
        for _, fields in offers:
            check_body(KINDS[OFFERED], fields)
            if refused := offer_refused(str(body["procedure"]), fields, day, setting.law):
                return refused
        drafts = [(kind.name, body), *offers]
        return tuple(Draft(command.dossier, name, command.at, fields) for name, fields in drafts)
    number = command.number or receipt_number(setting.unit, day, setting.desk_number, setting.serial)
    if number is not None:
        body["receipt_number"] = number
    check_body(kind, body)
    paid = body.pop("fee_paid", None)
    along = list(command.along)
    if paid is not None and Decimal(paid) > 0:
        online = dossier is not None and dossier.submitted_at is not None and paid == dossier.facts.get("fee_paid")
        along.append(("payment_received", {"amount": paid, **({"channel": "online"} if online else {})}))
    for name, fields in along:
        check_body(KINDS[name], fields)
        if name == "promised_earlier":
            opened = _opened(command, body, along, setting)
            refused = _promise(opened, datetime.fromisoformat(str(fields["due_at"])), command.at, setting)
            if refused:
                return refused
        refused = offer_refused(str(body["procedure"]), fields, day, setting.law) if name == OFFERED else None
        if refused:
            return refused
    if command.number is not None:
        along.append(("letter_issued", _by_hand(command, _opened(command, body, along, setting), setting)))
    drafts = [("received", body), *along]
    return tuple(Draft(command.dossier, name, command.at, fields) for name, fields in drafts)


def _by_hand(command: TakeIn, opened: Dossier, setting: Setting) -> dict[str, Any]:
    """The receipt that the citizen has been holding since then, and the date that it promises."""
    promised = command.promised or standing(opened, setting.law).due_at
    dated = {"promised_at": promised.isoformat(timespec="seconds"), "confirmed": True} if promised is not None else {}
    return {"letter": "receipt", "by_hand": True, **dated}


def _opened(
    command: TakeIn, body: Mapping[str, Any], along: Sequence[tuple[str, Mapping[str, Any]]], setting: Setting
) -> Dossier:
    """The dossier as it will be, as far as its clock goes."""
    own = {"procedure": body["procedure"], "variant": body.get("variant"), "version": body.get("version")}
    events = [_event(command.dossier, name, command.at, fields) for name, fields in along if name in CLOCK_KINDS]
    return Dossier(
        command.dossier, State.RECEIVED, **own, received_at=command.at, unit=setting.unit, clock_events=events
    )


def _event(dossier: str, kind: str, at: datetime, body: Mapping[str, Any]) -> Event:
    """An event that is only thought of: it has no author and no place in a log."""
    return Event("", dossier, kind, 1, at, "", "", "", 0, 0, 0, (), (0, 1), body)


def _carried(dossier: Dossier, kind: Kind, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was handed in before receipt goes on, as far as the kind has it; the command's own facts win.

    Raises InvalidInput `field_missing` where it is turned down without a reason of its own.
    """
    if kind.name == "not_accepted" and not facts.get("reason"):
        raise InvalidInput("field_missing", field="reason")
    known: dict[str, Any] = {
        "procedure": dossier.procedure,
        "applicant": dossier.applicant,
        "bringer": dossier.bringer,
        "matter": dossier.matter,
        **dossier.facts,
    }
    if facts.get("procedure", dossier.procedure) == dossier.procedure:
        known["variant"] = dossier.variant
    known.pop("imported", None)
    body = {name: value for name, value in (known | dict(facts)).items() if kind.field(name) or name not in known}
    return {name: value for name, value in body.items() if value or name in facts}


def _act(dossier: Dossier, command: Act, setting: Setting) -> tuple[Draft, ...] | Refusal:
    if command.kind not in _ACTIONS:
        raise InvalidInput("kind_unknown", kind=command.kind)
    kind, command = KINDS[command.kind], replace(command, fields=as_written(command.kind, command.fields))
    refused = role_missing(kind, setting) or in_time(command.at, setting)
    command = replace(command, at=caught_up(dossier, kind, command.at, setting.now))
    refused = refused or _fits(dossier, kind, command)
    if refused:
        return refused
    meant = completed(dossier, command, setting)
    if isinstance(meant, Refusal):
        return meant
    check_body(kind, meant.fields)
    body = as_credited(dossier, kind.name, meant.fields)
    if isinstance(body, Refusal):
        return body
    refused = _special(dossier, meant, setting) or results_refusal(
        dossier, kind.name, body, command.at, setting.law, setting.roles
    )
    if refused:
        return refused
    if kind.name in ENDING_KINDS:
        stands = standing(dossier, setting.law)
        body["judged"] = judge(command.at, stands.due_at, stands.by_date)
        if stands.due_at is not None:
            body["due_at"] = stands.due_at.isoformat(timespec="seconds")
        if stands.judged_by is not None:
            body["law"] = stands.judged_by
    return (Draft(dossier.id, kind.name, command.at, body), *debt_kept(dossier, command, setting))


def role_missing(kind: Kind, setting: Setting) -> Refusal | None:
    """None where the officer holds one of the kind's roles."""
    if kind.roles & setting.roles:
        return None
    return Refusal("role_missing", params={"kind": kind.name, "roles": ", ".join(sorted(kind.roles))})


def in_time(at: datetime, setting: Setting, *, any_age: bool = False) -> Refusal | None:
    """Not later than now + 2 minutes; not further back than the officer's policy allows."""
    if at > setting.now + FUTURE:
        return Refusal("in_the_future", params={"at": local_words(at)})
    if any_age:
        return None
    day, today = (legal_day(moment) for moment in (at, setting.now))
    if day >= today:
        return None
    if "leader" in setting.roles:
        limit = int(setting.law.policy("backdate_leader_days", setting.unit, today))
        return Refusal("too_far_back", params={"limit": f"{limit}"}) if (today - day).days > limit else None
    limit = int(setting.law.policy("backdate_officer_working_days", setting.unit, today))
    passed = setting.law.calendar(setting.unit).count(day.toordinal(), today.toordinal())
    return Refusal("too_far_back", params={"limit": f"{limit}"}) if passed > limit else None


def _fits(dossier: Dossier, kind: Kind, command: Act) -> Refusal | None:
    if not dossier.takes(kind):
        return Refusal("update_needed")
    if dossier.away is not None and kind.cls is not Class.ADD_ONLY and kind.name != "conflict_resolved":
        return Refusal("transferred_away", params={"unit": dossier.away})
    event = _event(dossier.id, kind.name, command.at, command.fields)
    if dossier.conflicts and kind.name != "conflict_resolved" and is_legal(event):
        return Refusal("in_conflict")
    if kind.legal_from is not None and dossier.state not in kind.legal_from:
        return Refusal("not_from_state", params={"kind": kind.name, "state": dossier.state or "new"})
    return too_early(dossier, kind, command.at)


def _special(dossier: Dossier, command: Act, setting: Setting) -> Refusal | None:
    fields = command.fields
    if fields.get("answer_by") and date.fromisoformat(str(fields["answer_by"])) < legal_day(command.at):
        return Refusal("answer_by_past")
    if command.kind == "supplement_requested" and dossier.supplements:
        missing = [name for name in ("reason", "leader") if not fields.get(name)]
        if missing:
            return Refusal("second_supplement", params={"missing": ", ".join(missing)})
    if command.kind == "promised_earlier":
        return _promise(dossier, datetime.fromisoformat(str(fields["due_at"])), command.at, setting)
    if command.kind == "letter_issued" and fields.get("promised_at") and not fields.get("confirmed"):
        return unconfirmed(dossier, setting.law)
    known = None if "leader" in setting.roles else decided_anew(dossier, command.kind, fields)
    if known is not None:
        return Refusal("decision_leaders", params={"decision": known})
    if command.kind == OFFERED:
        if dossier.submitted_at is not None or dossier.facts.get("channel") == "online":
            return Refusal("offered_online_dossier")
        return offer_refused(dossier.procedure, fields, legal_day(command.at), setting.law)
    if command.kind == "corrected":
        return correction_refused(dossier, fields, command.at, setting.law)
    if command.kind == "conflict_resolved":
        return resolution_refused(dossier, fields)
    if command.kind == "transfer_offered" and fields["unit"] == setting.unit:
        return Refusal("transfer_own_unit")
    return None


def _promise(dossier: Dossier, due: datetime, at: datetime, setting: Setting) -> Refusal | None:
    calendar = setting.law.calendar(dossier.unit)
    return no_promise(due, standing(dossier, setting.law).binding_at, at, calendar)


def no_promise(promise: datetime, binding: datetime | None, at: datetime, calendar: WorkCalendar) -> Refusal | None:
    """Why an earlier appointment is none: it is not earlier than what binds, it is past, or nobody is received then."""
    if binding is None:
        return Refusal("promise_without_due")
    if promise >= binding:
        return Refusal("promise_not_earlier", params={"at": local_words(binding)})
    if promise <= at:
        return Refusal("appointment_past")
    return None if receives_at(calendar, promise) else Refusal("promise_closed", params={"at": local_words(promise)})


def unconfirmed(dossier: Dossier, law: Law) -> Refusal | None:
    """A limit that nobody read in the law is printed for a citizen only where an officer takes it upon himself."""
    stands = standing(dossier, law)
    if stands.deadline is None or not stands.deadline.unverified:
        return None
    reason = stands.version.unverified_reason if stands.version is not None else None
    return Refusal("unverified_unconfirmed", params={"reason": reason or "–"})


def _accept(dossier: Dossier | None, command: AcceptTransfer, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """What was offered to this unit, and is open by what came with it, goes on here."""
    refused = role_missing(KINDS["transfer_accepted"], setting) or in_time(command.at, setting)
    if refused:
        return refused
    if command.revoked:
        return Refusal("transfer_desk_revoked")
    along = {"clock": list(command.clock)} if command.clock else {}
    body = {"offer": command.offer, "station": command.station, "history": [*map(dict, command.history)], **along}
    check_body(KINDS["transfer_accepted"], body)
    brought = dossier or Dossier(command.dossier)
    if dossier is not None and dossier.state is not None and dossier.away is None:
        return Refusal("transfer_accepted_already")
    known = {event.event_id for event in brought.events}
    bring_in(brought, _event(command.dossier, "transfer_accepted", command.at, body), known)
    offer = brought.offer
    if offer is None or offer.event_id != command.offer or offer.body.get("unit") != setting.unit:
        return Refusal("transfer_not_ours")
    if brought.needs_update:
        return Refusal("update_needed")
    if not brought.is_open:
        return Refusal("not_from_state", params={"kind": "transfer_accepted", "state": brought.state or "new"})
    return (Draft(command.dossier, "transfer_accepted", command.at, body),)


def _transferred(dossier: Dossier, command: NoteTransferred) -> tuple[Draft, ...] | Refusal:
    offer = dossier.open_offer
    if offer is None or offer.event_id != command.offer or not dossier.takes(KINDS["transferred"]):
        return Refusal("transfer_lapsed")
    body = {"offer": command.offer, "station": command.station}
    return (Draft(dossier.id, "transferred", command.at, body),)


def _followed(dossier: Dossier, command: TakeLate) -> tuple[Draft, ...] | Refusal:
    kind = KINDS["transfer_followed"]
    body = {"offer": command.offer, "station": command.station, "history": [dict(command.row)]}
    check_body(kind, body)
    accepted = any(is_acceptance(event, dossier, command.offer, command.station) for event in dossier.events)
    if not accepted or not dossier.takes(kind):
        return Refusal("transfer_lapsed")
    return (Draft(dossier.id, kind.name, command.at, body),)


def _undo(dossier: Dossier, command: Undo, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """Only one's own last command, with nothing on top of it; a number that it gave out is documented as void."""
    refused = role_missing(KINDS["undone"], setting) or in_time(command.at, setting)
    if refused:
        return refused
    if not dossier.takes(KINDS["undone"]):
        return Refusal("update_needed")
    last = dossier.events[-1]
    group = [event for event in dossier.events if event.group_key == last.group_key]
    if group[0].event_id != command.group or last.kind == "undone":
        return Refusal("undo_not_last")
    if last.by != setting.officer:
        return Refusal("undo_not_own")
    if len(group) != last.group[1]:
        return Refusal("undo_of_many")
    drafts = [Draft(dossier.id, "undone", command.at, {"group": command.group})]
    for event in group:
        if event.kind == "received" and event.body.get("receipt_number"):
            voided = {"number": event.body["receipt_number"], "reason": "undone"}
            drafts.append(Draft(f"desk:{event.desk}", "number_voided", command.at, voided))
    return tuple(drafts)
