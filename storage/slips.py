"""The signed QR of a receipt: made with the desk's key, and held against the station's keys, law and dossiers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from core.answers import InvalidInput
from core.custody import is_fine
from core.desks import KnownDesk
from core.dossier import CLOCK_KINDS, Dossier
from core.law import Law
from core.moments import legal_day
from core.numbers import read_number
from core.record import Event
from core.slip_claim import claim_of, recounted
from core.slip_code import OpenedSlip, SlipClaim, key_name, open_slip, read_blank, slip_text, to_minute
from core.standing import standing
from storage.desk import Desk
from storage.keys import sign, sign_public, signature_holds
from storage.lawbook.station import law_of

HOLDS = "holds"
_CONTEXT = b"motcua slip\0"
_MOVING = CLOCK_KINDS | {"promised_earlier", "transfer_accepted"}
_CORRECTED = frozenset({"procedure", "variant", "received_at"})


@dataclass(frozen=True, slots=True)
class Recount:
    """The date counted again. `result`: `same`, `amended` (the same by the law before `amended_at`), `differs`, or
    `not_counted` (the date does not follow from the limit alone, or the law here does not reach so far)."""

    result: str
    due_at: datetime | None = None
    amended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """What the dossier says here today. `same`: its receipt and its appointment are still the slip's.

    `moved`: what moved the date since, as (kind, moment); `law`: no event of its own, so days or limits were amended.
    """

    id: str
    state: str | None
    receipt_number: str | None
    received_at: datetime | None
    due_at: datetime | None
    paused_since: datetime | None
    same: bool
    moved: tuple[tuple[str, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class SlipCheck:
    """What is to be thought of a slip.

    `verdict`: `holds`, `altered` (the signature is none over what it says), `revoked_desk` (signed by a desk that was
    revoked, and no dossier here bears it out), `unknown_desk` (of this unit), `not_ours` (another unit's), `unsigned`
    (a bare number, as older slips have it), `unreadable` (`problem` says why, as an error's code).
    `claim` is only what the slip says, unless it holds. `desk`: who signed, or whose key is named.
    """

    verdict: str
    claim: SlipClaim | None = None
    desk: KnownDesk | None = None
    recount: Recount | None = None
    dossier: Now | None = None
    problem: str | None = None


def slip_code(desk: Desk, dossier: Dossier) -> str:
    """The QR's text for the dossier as it stands now, signed by this desk; the same facts give the same text."""
    identity = desk.identity
    name = key_name(sign_public(identity.sign_private))
    claim = claim_of(dossier, desk.law, unit=identity.unit, desk_key=name, test=identity.test)
    return slip_text(claim, lambda content: sign(identity.sign_private, _CONTEXT + content))


def check_slip(desk: Desk, text: str) -> SlipCheck:
    """Hold a QR's text, or what somebody typed of it, against all that is known here."""
    try:
        opened = open_slip(text)
    except InvalidInput as problem:
        number = read_blank(text) or "".join(text.split()).upper()
        if problem.code == "slip_not_code" and read_number(number):
            return SlipCheck("unsigned", dossier=_now(desk, number, None))
        return SlipCheck("unreadable", problem=problem.code)
    claim = opened.claim
    named = list(_named(desk, claim.desk_key))
    signer = next((one for one in named if _signed(one, opened)), None)
    now = _now(desk, claim.receipt_number or claim.dossier or "", claim)
    if signer is None:
        verdict = "altered" if named else "unknown_desk" if _is_ours(desk, claim) else "not_ours"
        return SlipCheck(verdict, claim, next(iter(named), None), dossier=now)
    if signer.revoked is not None and not (now and now.received_at == claim.received_at):
        return SlipCheck("revoked_desk", claim, signer, dossier=now)
    return SlipCheck(HOLDS, claim, signer, _recount(desk, claim), now)


def _named(desk: Desk, short: bytes) -> Iterator[KnownDesk]:
    """The enrolled desks whose keys have this short name, by the numbers that they have now."""
    for one in desk.projection.desks().known.values():
        with suppress(ValueError):
            if key_name(bytes.fromhex(one.sign_key)) == short:
                now = desk.connection.execute("SELECT number FROM desk WHERE id = ?", (one.id,)).fetchone()
                yield replace(one, number=now[0]) if now else one


def _signed(desk: KnownDesk, opened: OpenedSlip) -> bool:
    return signature_holds(bytes.fromhex(desk.sign_key), opened.signature, _CONTEXT + opened.signed)


def _is_ours(desk: Desk, claim: SlipClaim) -> bool:
    """Whether the slip names this unit, or one that was merged into the same."""
    own = partial(desk.law.code_on, day=legal_day(desk.now()))
    return own(claim.unit) == own(desk.identity.unit)


def _recount(desk: Desk, claim: SlipClaim) -> Recount:
    if claim.due_at is None or claim.rests_on == "events":
        return Recount("not_counted")
    counted = _counted(claim, desk.law)
    if not counted:
        return Recount("not_counted")
    same = next((due for due in counted if _agrees(claim, due)), None)
    if same is not None:
        return Recount("same", same)
    amended_at = _amended_at(desk, claim)
    return Recount("differs" if amended_at is None else "amended", counted[0], amended_at)


def _counted(claim: SlipClaim, law: Law) -> list[datetime]:
    """The date by the law and by its rivals, of which the earliest is printed."""
    return [due for one in (law, *law.rivals) if (due := recounted(claim, one)) is not None]


def _agrees(claim: SlipClaim, due: datetime) -> bool:
    """A promise is earlier than what the limit gives."""
    assert claim.due_at is not None
    return due >= claim.due_at if claim.rests_on == "promise" else due == claim.due_at


def _amended_at(desk: Desk, claim: SlipClaim) -> datetime | None:
    """When the law was amended by whose earlier state the date comes out, the latest such moment."""
    judged = desk.projection.law_events()
    starts = [
        place for place, one in enumerate(judged) if one.event.group[0] == 0 and one.event.at >= claim.received_at
    ]
    for place in reversed(starts):
        with suppress(InvalidInput):
            if any(_agrees(claim, due) for due in _counted(claim, law_of(judged[:place]))):
                return judged[place].event.at
    return None


def _now(desk: Desk, name: str, claim: SlipClaim | None) -> Now | None:
    rows = desk.queries.rows("id = ? OR receipt_number = ? ORDER BY id", (name, name), desk.bounds())
    found = [dossier for row in rows if (dossier := desk.dossier(row.id)) is not None]
    told = [_told(dossier, desk.law, claim) for dossier in found]
    return next((one for one in told if one.same), next(iter(told), None))


def _told(dossier: Dossier, law: Law, claim: SlipClaim | None) -> Now:
    stands = standing(dossier, law)
    received = None if dossier.received_at is None else to_minute(dossier.received_at)
    due = None if stands.binding_at is None else to_minute(stands.binding_at)
    now = Now(
        id=dossier.id,
        state=dossier.state,
        receipt_number=dossier.receipt_number,
        received_at=received,
        due_at=due,
        paused_since=stands.deadline.paused_since if stands.deadline else None,
        same=claim is not None and (received, due) == (claim.received_at, claim.due_at),
    )
    return now if claim is None or now.same else replace(now, moved=_moved(dossier, claim))


def _moved(dossier: Dossier, claim: SlipClaim) -> tuple[tuple[str, datetime | None], ...]:
    """The events since the slip was printed that move a date; where no print is known, since its limit began."""
    events = [event for event in dossier.events if event.event_id not in dossier.marks]
    printed = {one.issue for one in dossier.letters.values() if _minute(one.promised_at) == claim.due_at}
    begin = max((place for place, event in enumerate(events) if event.event_id in printed), default=-1)
    began = claim.started[1] if claim.started else None
    later = [event for event in events[begin + 1 :] if began is None or to_minute(event.at) > began]
    return tuple((event.kind, event.at) for event in later if _moves(event)) or (("law", None),)


def _minute(moment: datetime | None) -> datetime | None:
    return None if moment is None else to_minute(moment)


def _moves(event: Event) -> bool:
    return (event.kind in _MOVING and not is_fine(event)) or (
        event.kind == "corrected" and event.body.get("field") in _CORRECTED
    )
