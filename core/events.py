"""The table of event kinds: the contract of the house. docs/events.md is generated from it.

A kind is never given another meaning once it was written; add a kind, or a version of its body.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from core.states import BEFORE_RECEIPT, CLOSED, OPEN, WORKING, State

S = State


class Class(StrEnum):
    """What happens to events of two desks that did not see each other."""

    ADD_ONLY = "add_only"  # a set: both stand
    HARMLESS = "harmless"  # the later one wins, the loser is kept and shown
    LEGAL = "legal"  # never won by a clock: agree, coalesce, or a person decides
    UNIQUE = "unique"  # cannot collide by how it is given out


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: `type` is text, moment, date, integer, amount, flag, list (of texts), rows (objects), periods or object."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `legal_from` None: no state is asked; `state_after` None: the state stays.

    `moves` narrows the states that are left for `state_after`; from the others the event changes no state.
    `clear`: its body is not sealed in hubs and bundles, for whoever lacks the station's key must read it too.
    """

    name: str
    about: str
    fields: tuple[Field, ...]
    cls: Class
    roles: frozenset[str]
    legal_from: frozenset[State | None] | None
    state_after: State | None
    clock: str
    version: int = 1
    moves: frozenset[State] | None = None
    must_understand: bool = True
    clear: bool = False

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


INTAKE_KINDS = ("submitted", "guided", "not_accepted", "received")
ROLES = ("front_desk", "processing", "leader", "admin", "auditor")
_DESK = frozenset({"front_desk", "leader"})
_WORK = frozenset({"front_desk", "processing", "leader"})
_LEAD = frozenset({"leader"})
_ADMIN = frozenset({"admin"})
_ALL = frozenset(ROLES)
NEW: frozenset[State | None] = frozenset({None})
ANY_RECEIVED: frozenset[State | None] = frozenset(set(State) - BEFORE_RECEIPT)
ENDED: frozenset[State | None] = frozenset({S.RESULT_READY, S.WITHDRAWN, S.STOPPED, S.RETURNED})

_TYPES = {"?": False, "!": True}
_INTAKE = (
    "procedure:text! variant:text? version:text? applicant:object! bringer:object? matter:object? papers:list? channel:text? "
    "return_by:text? visit:text? ticket:text? shelf:text? note:text? fee_paid:amount? external_id:text? imported:flag? "
    "receiving:text? supporting:text? competent:text? digest:text?"
)
_END = "due_at:moment? judged:text? law:text? "


def _fields(text: str) -> tuple[Field, ...]:
    parts = (word.partition(":") for word in text.split())
    return tuple(Field(name, rest[:-1], _TYPES[rest[-1]]) for name, _, rest in parts)


def _dossier(
    name: str,
    cls: Class,
    roles: frozenset[str],
    legal_from: AbstractSet[State | None],
    after: State | None,
    clock: str,
    fields: str = "",
    moves: frozenset[State] | None = None,
    version: int = 1,
    must_understand: bool = True,
) -> Kind:
    if "reason:" not in fields and name not in INTAKE_KINDS:
        fields += " reason:text?"
    states = frozenset(legal_from)
    return Kind(name, "dossier", _fields(fields), cls, roles, states, after, clock, version, moves, must_understand)


def _station(name: str, about: str, cls: Class, roles: frozenset[str], fields: str, clock: str = "-") -> Kind:
    return Kind(name, about, _fields(fields), cls, roles, None, None, clock, clear=name in _CLEAR)


_CLEAR = frozenset(
    {
        *("station_founded", "station_key_changed", "station_key_shared", "bundles_allowed", "stations_united"),
        *("desk_enrolled", "desk_confirmed", "desk_revoked", "desk_retired", "desk_renumbered", "fork_found"),
        *("catalogue_amended", "calendar_amended", "commitment_made", "opening_held", "queue_order_set"),
    }
)
_A, _H, _L, _U = Class.ADD_ONLY, Class.HARMLESS, Class.LEGAL, Class.UNIQUE

_DOSSIER_KINDS = (
    _dossier("submitted", _L, _DESK, NEW, S.SUBMITTED, "none: not yet accepted", _INTAKE),
    _dossier("guided", _L, _DESK, NEW | {S.SUBMITTED}, S.GUIDED, "none: sent home with form 02",
             _INTAKE + " reason:text? missing:list?"),
    _dossier("not_accepted", _L, _DESK, NEW | {S.SUBMITTED, S.GUIDED}, S.NOT_ACCEPTED, "none: refused with form 03",
             _INTAKE + " reason:text?"),
    _dossier("received", _L, _DESK, NEW | {S.SUBMITTED, S.GUIDED}, S.RECEIVED, "starts it, or waits for its gate",
             "receipt_number:text? corrects:text? fault:text? " + _INTAKE, version=2),
    _dossier("corrected", _L, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "recomputed where the procedure changes",
             "field:text! old:text? new:text! reason:text?"),
    _dossier("assigned", _L, _WORK, OPEN | {S.RESULT_READY}, None, "none", "to:text! reason:text? handover:text? bulk:text?"),
    _dossier("step_completed", _A, _WORK, OPEN, S.IN_PROGRESS, "none", "step:text! note:text?", WORKING),
    _dossier("supplement_requested", _L, _WORK, WORKING, S.AWAITING_SUPPLEMENT, "pauses or will restart it, by the procedure",
             "items:list? reason:text? leader:text? answer_by:date?"),
    _dossier("citizen_reminded", _A, _WORK, {S.AWAITING_SUPPLEMENT}, None, "none", "channel:text? note:text?",
             must_understand=False),
    _dossier("supplement_received", _L, _WORK, {S.AWAITING_SUPPLEMENT}, S.IN_PROGRESS, "restarts or resumes it",
             "papers:list? note:text?"),
    _dossier("payment_requested", _L, _WORK, WORKING, S.AWAITING_PAYMENT, "pauses it, by the procedure",
             "amount:amount? reason:text?"),
    _dossier("payment_received", _A, _WORK, OPEN | ENDED, S.IN_PROGRESS, "starts a gated clock, or resumes it",
             "amount:amount? method:text? receipt:text? channel:text? reference:text? purpose:text? "
             "decision:text?",
             frozenset({S.AWAITING_PAYMENT})),
    _dossier("payment_reversed", _L, _DESK, ANY_RECEIVED, None, "none", "amount:amount? reason:text! purpose:text? decision:text?"),
    _dossier("verification_completed", _L, _WORK, WORKING, S.IN_PROGRESS, "starts the phase that waits for it", "result:text?"),
    _dossier("suspended", _L, _LEAD, WORKING, S.SUSPENDED, "pauses it", "reason:text! basis:text?"),
    _dossier("resumed", _L, _LEAD, {S.SUSPENDED}, S.IN_PROGRESS, "resumes it", "note:text?"),
    _dossier("extended", _L, _LEAD, OPEN, None, "trigger + limit + extension, rolled once",
             "amount:amount! unit:text! reason:text? basis:text?"),
    _dossier("apology_proposed", _A, _WORK, OPEN, None, "none: the leader signs or declines",
             "code:text! days:integer! reason:text?", must_understand=False),
    _dossier("apology_declined", _A, _LEAD, OPEN, None, "none", "reason:text! proposal:text?", must_understand=False),
    _dossier("delay_declared", _L, _WORK, OPEN, None, "an apology is owed from now",
             "reason:text! code:text? binding_at:moment?"),
    _dossier("rescheduled", _L, _LEAD, OPEN, None, "the new appointment, at most once; its letter is owed (one written without `days` was of a letter that existed)",
             "due_at:moment! reason:text! signer:text? code:text? days:integer? signed_as:text? announced_late:flag? "
             "binding_at:moment?"),
    _dossier("promised_earlier", _L, _DESK, OPEN, None, "a promise by hand, never later than due", "due_at:moment! reason:text!"),
    _dossier("delay_excused", _L, _LEAD, OPEN, None, "no apology is owed",
             "reason:text! basis:text? code:text? binding_at:moment?"),
    _dossier("approved", _L, _LEAD, WORKING, S.IN_PROGRESS, "none", "decision:text? note:text?"),
    _dossier("refused", _L, _LEAD, WORKING, S.RESULT_READY, "ends it", _END + "reason:text! decision:text?"),
    _dossier("withdrawn", _L, _DESK, OPEN, S.WITHDRAWN, "ends it", _END + "reason:text?"),
    _dossier("stopped", _L, _LEAD, OPEN, S.STOPPED, "ends it", _END + "reason:text! basis:text? code:text?"),
    _dossier("reopened", _L, _LEAD, ENDED, S.IN_PROGRESS, "runs on as if it had not ended", "reason:text!"),
    _dossier("result_ready", _L, _WORK, WORKING, S.RESULT_READY, "ends it",
             _END + "document:text? shelf:text? note:text?"),
    _dossier("handed_to_post", _L, _DESK, {S.RESULT_READY}, None, "none: it has ended",
             "carrier:text? tracking:text? batch:text? address:text? fee:amount? payer:text? decision:text?"),
    _dossier("post_tracked", _A, _DESK, {S.RESULT_READY, S.RETURNED}, None, "none", "tracking:text! note:text?",
             must_understand=False),
    _dossier("post_returned", _L, _DESK, {S.RESULT_READY, S.RETURNED}, S.RESULT_READY, "none",
             "shelf:text? reason:text? next:text?"),
    _dossier("result_returned", _L, _DESK, {S.RESULT_READY}, S.RETURNED, "none: it has ended",
             "channel:text? taker:text? taker_number:text? capacity:text? proof:text? reference:text? found_by:text? "
             "slip_lost:flag? signed:flag? thumbprint:flag? witness:text? delivered_on:date?"),
    _dossier("result_corrected", _L, _LEAD, {S.RESULT_READY, S.RETURNED}, None, "none: the linked dossier has its own",
             "reason:text! fault:text? taken_back:flag? dossier:text?"),
    _dossier("result_reminded", _A, _DESK, {S.RESULT_READY}, None, "none", "how:text? note:text?"),
    _dossier("result_archived", _A, _DESK, {S.RESULT_READY}, None, "none", "shelf:text! note:text?"),
    _dossier("voided", _L, _LEAD, OPEN | {S.RESULT_READY}, S.VOIDED, "ends it, out of all totals", _END + "reason:text!"),
    _dossier("undone", _L, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "as if the group had not been", "group:text!"),
    _dossier("original_taken", _A, _DESK, OPEN | {S.RESULT_READY}, None, "none",
             "paper:text! shelf:text? number:text? receipt:text? decision:text? fine:amount? hold_until:date? "
             "keeper:text? next_check:date? note:text?"),
    _dossier("fine_decided", _A, _DESK, ANY_RECEIVED, None, "none",
             "decision:text! amount:amount! decided_on:date? handed_on:date? pay_by:date? note:text?"),
    _dossier("original_released", _A, _DESK, ANY_RECEIVED, None, "none",
             "paper:text! way:text? to:text? to_number:text? capacity:text? proof:text? minutes:text? basis:text? "
             "carrier:text? tracking:text?"),
    _dossier("custody_checked", _A, _DESK, ANY_RECEIVED, None, "none",
             "keeper:text! shelf:text! next_check:date! paper:text? note:text?"),
    _dossier("letter_issued", _U, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "sets the printed promise",
             "letter:text! number:text? promised_at:moment? sha256:text? confirmed:flag? replaces:text? by_hand:flag?"),
    _dossier("letter_printed", _A, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "none", "letter:text! issue:text!"),
    _dossier("receipt_number_given", _U, _ALL, ANY_RECEIVED, None, "none", "number:text!"),
    _dossier("official_number_given", _U, _WORK, ANY_RECEIVED, None, "none", "number:text!"),
    _dossier("service_offered", _A, _DESK, ANY_RECEIVED | BEFORE_RECEIPT, None, "none", "answer:text! reason:text?",
             must_understand=False),
    _dossier("transfer_offered", _L, _LEAD, OPEN, None, "none", "unit:text! reason:text?"),
    _dossier("transfer_accepted", _L, _LEAD, OPEN, None, "none: it runs on at the unit that accepts",
             "offer:text! station:text? history:rows? clock:rows?"),
    _dossier("transferred", _L, _ALL, OPEN, None, "none: it runs on at the other unit", "offer:text! station:text!"),
    _dossier("transfer_followed", _A, _ALL, ANY_RECEIVED, None, "as what it brings", "offer:text! station:text? history:rows?"),
    _dossier("reader_noted", _A, _ALL, ANY_RECEIVED | BEFORE_RECEIPT, None, "none", "what:text!"),
    _dossier("citizen_told", _A, _ALL, ANY_RECEIVED, None, "none", "about:text! cause:text! channel:text!",
             must_understand=False),
    _dossier("applicant_died", _A, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "none: messages stop",
             "proof:text! died_on:date? mistaken:flag? note:text?", must_understand=False),
    _dossier("noted", _A, _WORK, ANY_RECEIVED | BEFORE_RECEIPT, None, "none", "text:text! bulk:text?"),
    _dossier("repeat_judged", _A, _DESK, ANY_RECEIVED | BEFORE_RECEIPT, None, "none", "other:text! same:flag! reason:text?",
             must_understand=False),
    _dossier("conflict_resolved", _L, _LEAD, ANY_RECEIVED | BEFORE_RECEIPT, None, "by the branch that is kept",
             "branches:list! keep:text! reason:text?"),
    _dossier("body_destroyed", _L, _ADMIN, CLOSED | BEFORE_RECEIPT, None, "none", "events:list! reason:text!"),
)  # fmt: skip
_LAW_ROWS = "rows:rows! source:text? decision:text? document:text? signature:text? reason:text?"
_STATION_KINDS = (
    _station("station_founded", "unit", _L, _ALL,
             "code:text! name:text! desk:text! station_key:text! admin_key:text! city_key:text? test:flag?"),
    _station("station_key_changed", "unit", _L, _ADMIN, "station_key:text! signature:text?"),
    _station("station_key_shared", "desk", _A, _ALL, "sealed:text! key:text?"),
    _station("stations_united", "unit", _L, _ALL,
             "kept:object! yielding:object! keys:list! desks:rows! revoked:rows? retired:list? sealed:text! "
             "kept_signature:text! yielding_signature:text!"),
    _station("bundles_allowed", "unit", _L, _ADMIN, "document:text! signature:text!"),
    _station("desk_enrolled", "desk", _L, _ALL, "number:integer! sign_key:text! seal_key:text! admission:object?"),
    _station("desk_confirmed", "desk", _L, _ADMIN, "signature:text!"),
    _station("desk_revoked", "desk", _L, _ADMIN, "epoch:integer! from_seq:integer! reason:text? signature:text?"),
    _station("desk_retired", "desk", _L, _ADMIN, "reason:text? signature:text?"),
    _station("desk_renumbered", "desk", _L, _ALL, "number:integer! reason:text?"),
    _station("fork_found", "desk", _A, _ALL, "epoch:integer! seq:integer! reason:text?"),
    _station("bundle_exported", "desk", _A, _ALL, "file:text! sha256:text! receiver:text! events:integer! reason:text?"),
    _station("officer_added", "officer", _L, _ADMIN, "code:text! name:text! roles:list! verifier:text! signs:text?"),
    _station("officer_changed", "officer", _L, _ADMIN, "name:text? roles:list? verifier:text? active:flag? signs:text?"),
    _station("roster_set", "officer", _H, _LEAD | _ADMIN, "valid_from:date! week:object? desk:integer? reason:text?"),
    _station("absence_noted", "officer", _A, _ALL, "from:date! to:date! half:text? reason:text!"),
    _station("absence_ended", "officer", _H, _ALL, "absence:text! back:date! reason:text?"),
    _station("changes_read", "officer", _A, _ALL, "amendments:list!"),
    _station("catalogue_amended", "catalogue", _L, _ADMIN, _LAW_ROWS, "law of later receipts"),
    _station("calendar_amended", "calendar", _L, _ADMIN, _LAW_ROWS, "moves due dates"),
    _station("commitment_made", "catalogue", _L, _LEAD,
             "procedure:text! variant:text? amount:amount! unit:text! valid_from:date! valid_to:date? decision:text!", "shortens"),
    _station("opening_held", "calendar", _A, _LEAD, "date:date! hours:periods! place:text? desk:integer? decision:text?"),
    _station("queue_order_set", "calendar", _H, _LEAD, "buckets:list! ties:list! reason:text!"),
    _station("shift_opened", "shift", _A, _WORK, "officer:text! desk:text! from:moment? until:moment? by_hand:flag?"),
    _station("shift_closed", "shift", _A, _WORK, "officer:text! reason:text?"),
    _station("shift_handed_over", "shift", _L, _WORK,
             "sender:text! receiver:text! sheet:object! sha256:text! note:text? signed_at:moment! override:text?"),
    _station("shift_accepted", "shift", _L, _WORK,
             "receiver:text! readback:object? sha256:text! signed_at:moment! left:list? override:text?"),
    _station("handover_queried", "shift", _A, _WORK, "item:text! question:text!"),
    _station("handover_answered", "shift", _A, _WORK, "query:text! answer:text!"),
    _station("handover_resolved", "shift", _L, _LEAD, "branches:list! keep:text! reason:text?"),
    _station("money_counted", "desk", _A, _WORK, "counted:object! expected:object! reason:text? handover:text?"),
    _station("number_voided", "desk", _U, _WORK, "number:text! reason:text?"),
    _station("numbers_closed", "desk", _A, _ALL,
             "day:date! number:integer! used:integer! last:integer! unused:list? voided:list? blanks:list?"),
    _station("blanks_set_aside", "desk", _A, _WORK, "day:date! number:integer! first:integer! last:integer!"),
    _station("blanks_voided", "desk", _A, _WORK, "day:date! number:integer! serials:list!"),
    _station("post_batch_sent", "letters", _A, _DESK, "carrier:text! dossiers:list! number:text!"),
    _station("report_frozen", "reports", _A, _LEAD,
             "report:text! from:date! to:date! rules:integer! document:text! sha256:text! scope:text? reading:text? note:text?"),
    _station("survey_answered", "survey", _A, _WORK, "answers:object! channel:text? procedure:text? officer:text?"),
    _station("survey_codes_spent", "survey", _A, _WORK, "codes:list!"),
    _station("outreach_held", "outreach", _A, _WORK,
             "kind:text! date:date! audience:integer? procedures:list? until:date? title:text? place:text? note:text?"),
    _station("outreach_withdrawn", "outreach", _A, _WORK, "reason:text!"),
    _station("feedback_received", "feedback", _A, _WORK,
             "text:text! dossier:text? kind:text? way:text? who:text? contact:text? procedure:text? outreach:text? "
             "officer:text? due:date? limit:text? basis:text? verified:flag?"),
    _station("feedback_answered", "feedback", _A, _WORK, "feedback:text! text:text! way:text?"),
    _station("feedback_withdrawn", "feedback", _A, _WORK, "reason:text!"),
    _station("feedback_destroyed", "feedback", _L, _ADMIN, "events:list! reason:text!"),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_DOSSIER_KINDS, *_STATION_KINDS)}
DOSSIER_KINDS = tuple(kind.name for kind in _DOSSIER_KINDS)
ENDING_KINDS = frozenset({"result_ready", "refused", "withdrawn", "stopped", "voided"})


def markdown() -> str:
    """docs/events.md: the table as people read it."""
    lines = [
        "# Event kinds",
        "",
        "Generated by `make docs` from `core/events.py`; a test keeps the two equal. `name!` is required. "
        "«–» in «legal from»: no state is asked; `new`: the dossier does not exist yet.",
        "",
        "| kind | about | body | class | roles | legal from | state after | clock |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS.values():
        body = ", ".join(f"{f.name}{'!' if f.required else ''}: {f.type}" for f in kind.fields)
        roles = "all" if kind.roles == _ALL else ", ".join(r for r in ROLES if r in kind.roles)
        lines.append(
            f"| `{kind.name}` v{kind.version} | {kind.about} | {body} | {kind.cls} | {roles} "
            f"| {states_text(kind)} | {_after_text(kind)} | {kind.clock} |"
        )
    return "\n".join(lines) + "\n"


def _after_text(kind: Kind) -> str:
    if kind.state_after is None:
        return "–"
    only = [state.value for state in State if kind.moves and state in kind.moves]
    return kind.state_after + (f" (from {', '.join(only)})" if only else "")


def states_text(kind: Kind) -> str:
    """The states a kind is legal from, in the order of `State`, `new` first."""
    if kind.legal_from is None:
        return "–"
    names = ["new"] if None in kind.legal_from else []
    return ", ".join(names + [state.value for state in State if state in kind.legal_from])
