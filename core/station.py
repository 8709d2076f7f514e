"""What is decided for the station itself: officers, and the desk's place in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.answers import Refusal
from core.bodies import check_body
from core.commitments import longer
from core.decisions import Setting, role_missing
from core.desks import DeskCommand, decide_desk
from core.events import KINDS, ROLES
from core.feedback import FeedbackCommand, decide_feedback
from core.freezing import KIND as FROZEN
from core.freezing import FreezeReport, decide_freeze
from core.handover import KIND_OF, HandoverCommand, decide_handover
from core.outreach import OutreachCommand, decide_outreach
from core.posting import SendPost, decide_post
from core.queue_order import KIND, chosen
from core.record import Draft
from core.rostering import RosterCommand, decide_roster
from core.shift import ShiftCommand, decide_shift
from core.survey import OpenBox, decide_box
from core.uniting import UniteStations, decide_union


@dataclass(frozen=True, slots=True)
class AddOfficer:
    """`verifier` is the PIN's verifier, sealed to the station's key (hex). `signs`: how a leader signs (CAPACITIES)."""

    officer: str
    code: str
    name: str
    roles: tuple[str, ...]
    verifier: str
    at: datetime
    signs: str = "head"


@dataclass(frozen=True, slots=True)
class ShareStationKey:
    """Give a desk the station's private keys, sealed to that desk's own one (hex); `key`: the newest's public half."""

    desk: str
    sealed: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class AmendLaw:
    """Amend the station's law in one command: `rows` by entity (`calendar`, `catalogue:NAME`), as bodies have them.

    `openings` and `commitments` are bodies of `opening_held` and `commitment_made`. `about`: what else the
    amending events carry (source, decision, the signed document and its signature).
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    openings: Sequence[Mapping[str, Any]]
    commitments: Sequence[Mapping[str, Any]]
    about: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class SetQueueOrder:
    """The order of the queue from today on: words of `Urgency` and columns, as `core.queue_order.chosen` reads them."""

    buckets: tuple[str, ...]
    ties: tuple[str, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadChanges:
    """The officer has read what these amendments (event ids) changed."""

    amendments: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class AllowBundles:
    """Let the station use bundles: a decision's document (base64) and the city's signature (hex; "" without one)."""

    document: str
    signature: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LogBundle:
    """A bundle that is about to be handed out by `desk`: a body of `bundle_exported` for each of its files."""

    desk: str
    files: tuple[Mapping[str, Any], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """The desk itself takes another desk number, for its receipts from now on."""

    desk: str
    number: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveNumber:
    """The receipt number of a dossier that the desk took in while it might give none."""

    dossier: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseNumbers:
    """What a past day did with the desk's receipt numbers: `facts` is the body of `numbers_closed`."""

    desk: str
    facts: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class SetBlanksAside:
    """Keep serials `first` to `last` of a day for blank receipts, which are filled in by hand in an outage."""

    desk: str
    number: int
    day: date
    first: int
    last: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VoidBlanks:
    """The blank receipts of a day that nobody was given: their papers were counted and destroyed."""

    desk: str
    number: int
    day: date
    serials: tuple[int, ...]
    at: datetime


BundleCommand = AllowBundles | LogBundle
NumberCommand = TakeNumber | GiveNumber | CloseNumbers
"""What a desk writes of its numbers by itself: no officer's right is asked."""
BlankCommand = SetBlanksAside | VoidBlanks
VoiceCommand = OpenBox | OutreachCommand | FeedbackCommand
"""What citizens say, and what was held for them."""
StationCommand = (
    NumberCommand
    | BlankCommand
    | RosterCommand
    | ShiftCommand
    | DeskCommand
    | BundleCommand
    | AddOfficer
    | ShareStationKey
    | HandoverCommand
    | AmendLaw
    | SetQueueOrder
    | ReadChanges
    | UniteStations
    | SendPost
    | FreezeReport
    | VoiceCommand
)


def decide_station(command: StationCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events that the command means, or why not."""
    if isinstance(command, ShareStationKey):
        shared = {"sealed": command.sealed, "key": command.key}
        return (Draft(f"desk:{command.desk}", "station_key_shared", command.at, shared),)
    if isinstance(command, NumberCommand):
        return _number_of_the_desk(command)
    if isinstance(command, BlankCommand):
        return _blanks(command, setting)
    if isinstance(command, RosterCommand):
        return decide_roster(command, setting)
    if isinstance(command, ShiftCommand):
        return decide_shift(command, setting)
    if isinstance(command, SendPost):
        return role_missing(KINDS["post_batch_sent"], setting) or decide_post(command)
    if isinstance(command, FreezeReport):
        return role_missing(KINDS[FROZEN], setting) or decide_freeze(command, setting.unit, setting.now)
    if isinstance(command, VoiceCommand):
        return _of_citizens(command, setting)
    if isinstance(command, UniteStations):
        return decide_union(command, setting.unit)
    if isinstance(command, DeskCommand):
        return decide_desk(command, setting)
    if isinstance(command, HandoverCommand):
        return role_missing(KINDS[KIND_OF[type(command)]], setting) or decide_handover(command, setting)
    if isinstance(command, AmendLaw):
        return _amend(command, setting)
    if isinstance(command, SetQueueOrder):
        return role_missing(KINDS[KIND], setting) or _order(command)
    if isinstance(command, ReadChanges):
        read = {"amendments": list(command.amendments)}
        return (Draft(f"officer:{setting.officer}", "changes_read", command.at, read),)
    if isinstance(command, AllowBundles):
        allowed = {"document": command.document, "signature": command.signature}
        draft = Draft(f"unit:{setting.unit}", "bundles_allowed", command.at, allowed)
        return role_missing(KINDS["bundles_allowed"], setting) or (draft,)
    if isinstance(command, LogBundle):
        return tuple(Draft(f"desk:{command.desk}", "bundle_exported", command.at, body) for body in command.files)
    refused = role_missing(KINDS["officer_added"], setting)
    if refused:
        return refused
    unknown = [role for role in command.roles if role not in ROLES]
    if unknown or not command.roles:
        return Refusal("role_unknown", params={"role": ", ".join(unknown), "known": ", ".join(ROLES)})
    body = {
        "code": command.code,
        "name": command.name,
        "roles": list(command.roles),
        "verifier": command.verifier,
        **({"signs": command.signs} if command.signs != "head" else {}),
    }
    return (Draft(f"officer:{command.officer}", "officer_added", command.at, body),)


def _of_citizens(command: VoiceCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    if isinstance(command, OpenBox):
        return role_missing(KINDS["survey_answered"], setting) or decide_box(command)
    if isinstance(command, OutreachCommand):
        return decide_outreach(command, setting)
    return decide_feedback(command, setting)


def _number_of_the_desk(command: NumberCommand) -> tuple[Draft, ...]:
    if isinstance(command, TakeNumber):
        body = {"number": command.number, "reason": command.reason}
        return (Draft(f"desk:{command.desk}", "desk_renumbered", command.at, body),)
    if isinstance(command, CloseNumbers):
        return (Draft(f"desk:{command.desk}", "numbers_closed", command.at, command.facts),)
    return (Draft(command.dossier, "receipt_number_given", command.at, {"number": command.number}),)


def _blanks(command: BlankCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    body: dict[str, Any] = {"day": command.day.isoformat(), "number": command.number}
    if isinstance(command, SetBlanksAside):
        name, body = "blanks_set_aside", body | {"first": command.first, "last": command.last}
    else:
        name, body = "blanks_voided", body | {"serials": [f"{serial}" for serial in command.serials]}
    draft = Draft(f"desk:{command.desk}", name, command.at, body)
    return role_missing(KINDS[name], setting) or (draft,)


def _order(command: SetQueueOrder) -> tuple[Draft, ...] | Refusal:
    found = chosen(command.buckets, command.ties)
    if isinstance(found, Refusal):
        return found
    if not command.reason.strip():
        return Refusal("order_reason")
    body = {"buckets": [*found.buckets], "ties": [*found.ties], "reason": command.reason.strip()}
    return (Draft("calendar", KIND, command.at, body),)


def _amend(command: AmendLaw, setting: Setting) -> tuple[Draft, ...] | Refusal:
    drafts = []
    for entity, rows in command.rows.items():
        kind = "calendar_amended" if entity == "calendar" else "catalogue_amended"
        drafts.append(Draft(entity, kind, command.at, {"rows": list(rows), **command.about}))
    drafts += [Draft("calendar", "opening_held", command.at, body) for body in command.openings]
    for body in command.commitments:
        procedure = setting.law.find(str(body["procedure"]))
        if procedure is None:
            return Refusal("procedure_unknown", params={"procedure": str(body["procedure"])})
        refused = longer(body, setting.unit, setting.law)
        if refused:
            return refused
        named = {**body, "procedure": procedure.name}
        drafts.append(Draft(f"catalogue:{procedure.name}", "commitment_made", command.at, named))
    for draft in drafts:
        kind_of = KINDS[draft.kind]
        refused = role_missing(kind_of, setting)
        if refused:
            return refused
        check_body(kind_of, draft.body)
    return tuple(drafts)
