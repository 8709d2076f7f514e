"""Whether this station may write and read bundles: a dated decision, signed by the city where it has a key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from core.station import AllowBundles
from storage.desk import Desk
from storage.keys import signature_holds
from storage.lawbook.package import read_toml
from storage.lawbook.station import founding_of
from storage.officers import Officer

_FIELDS = frozenset({"decision", "units", "valid_from", "valid_to"})


@dataclass(frozen=True, slots=True)
class Policy:
    """A decision that stands. `signed`: by the city; `event`, `document` and `signature` are its proof."""

    decision: str
    units: tuple[str, ...]
    valid_from: date
    valid_to: date
    signed: bool
    event: str
    document: str
    signature: str

    @property
    def proof(self) -> tuple[str, str, str]:
        return self.event, self.document, self.signature


def policy_of(desk: Desk) -> Policy | Refusal:
    """The station's latest decision, where it covers this unit today.

    Refusals: `bundles_not_allowed`, `bundles_expired`, `bundles_not_yet`, `bundles_other_unit`.
    """
    latest: Policy | None = None
    for found in _policies(desk):
        latest = found
    return Refusal("bundles_not_allowed") if latest is None else _covering(desk, latest)


def policy_brought(desk: Desk, proof: tuple[str, str, str]) -> Policy | Refusal | None:
    """The decision that a bundle brings along and that is not known here: it counts by the city's signature alone.

    None where it brings nothing that could count.
    """
    event, document, signature = proof
    key = _city_key(desk)
    if key is None or any(one.document == document for one in _policies(desk)):
        return None
    try:
        policy = _read(document, signature, event, key)
    except InvalidInput:
        return None
    return None if isinstance(policy, Refusal) else _covering(desk, policy)


def allow(desk: Desk, officer: Officer, content: bytes, signature: bytes | None) -> Policy | Refusal:
    """Take a decision into the log, by an admin's word, whenever it is valid; answers what it says.

    One that was taken in before can be taken in again once another stands after it. Refusals:
    `bundle_policy_unsigned`, `bundle_policy_signature_wrong`, `bundle_policy_other_unit`, `bundle_policy_desk_waits`,
    `bundle_policy_known`, the role's. Raises InvalidInput `bundle_policy_invalid`.
    """
    document, signed = base64.b64encode(content).decode(), (signature or b"").hex()
    key, before = _city_key(desk), [one.document for one in _policies(desk)]
    if key is not None and signature is None:
        return Refusal("bundle_policy_unsigned")
    if (key is None or document in before) and desk.identity.desk in desk.projection.desks().waiting:
        return Refusal("bundle_policy_desk_waits")
    found = _read(document, signed, "", key)
    if isinstance(found, Refusal):
        return Refusal("bundle_policy_signature_wrong")
    if desk.identity.unit not in found.units:
        params = {"decision": found.decision, "unit": desk.identity.unit}
        return Refusal("bundle_policy_other_unit", params=params)
    if document in before[-1:]:
        return Refusal("bundle_policy_known")
    done = desk.do(AllowBundles(document, signed, desk.now()), officer)
    return done if isinstance(done, Refusal) else found


def read_policy(content: bytes) -> tuple[str, tuple[str, ...], date, date]:
    """A decision's text (TOML): its number, the units' codes, the first and the last day. InvalidInput
    `bundle_policy_invalid`."""
    try:
        found = read_toml(content)
        units = found["units"]
        if found.keys() != _FIELDS or not isinstance(found["decision"], str) or not isinstance(units, list):
            raise ValueError("fields")
        first, last = date.fromisoformat(found["valid_from"]), date.fromisoformat(found["valid_to"])
        if last < first or not units or not all(isinstance(unit, str) for unit in units):
            raise ValueError("values")
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("bundle_policy_invalid") from error
    return found["decision"], tuple(units), first, last


def _policies(desk: Desk) -> Iterator[Policy]:
    """Every decision that counts, in the one order of events.

    The city's signature is enough; where the station has none of its key, the word of an admin at a confirmed desk.
    That is asked too wherever a document stands again, or anyone could bring back what the city has replaced.
    """
    events = sorted(desk.log.understood(f"unit:{desk.identity.unit}"), key=lambda event: event.order)
    key, may = _city_key(desk), desk.projection.authority().may_for_all
    seen: set[str] = set()
    for event in events:
        if event.kind != "bundles_allowed" or event.destroyed or not (key or may(event)):
            continue
        document = str(event.body.get("document"))
        try:
            policy = _read(document, str(event.body.get("signature")), event.event_id, key)
        except InvalidInput:
            continue
        if not isinstance(policy, Refusal) and (document not in seen or may(event)):
            seen.add(document)
            yield policy


def _read(document: str, signature: str, event: str, key: bytes | None) -> Policy | Refusal:
    """A document by its text and, where the station has the city's key, its signature."""
    try:
        content, signed = base64.b64decode(document, validate=True), bytes.fromhex(signature)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("bundle_policy_invalid") from error
    if key is not None and not signature_holds(key, signed, content):
        return Refusal("bundles_not_allowed")
    return Policy(*read_policy(content), key is not None, event, document, signature)


def _covering(desk: Desk, policy: Policy) -> Policy | Refusal:
    today, unit = legal_day(desk.now()), desk.identity.unit
    params = {"decision": policy.decision, "unit": unit}
    if unit not in policy.units:
        return Refusal("bundles_other_unit", params=params)
    if today < policy.valid_from:
        return Refusal("bundles_not_yet", params=params | {"date": f"{policy.valid_from:%d/%m/%Y}"})
    if today > policy.valid_to:
        return Refusal("bundles_expired", params=params | {"date": f"{policy.valid_to:%d/%m/%Y}"})
    return policy


def _city_key(desk: Desk) -> bytes | None:
    return founding_of(desk.log.understood(f"unit:{desk.identity.unit}"), desk.projection.desks().founding).city_key
