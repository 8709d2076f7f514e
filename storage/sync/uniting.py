"""One unit that was founded twice: both admins sign which founding stays, and the other one's desks join it.

Each admin reads twelve words of the own founding to the other over the phone, so that a hub can pass neither off as
another. The yielding one leaves a signed request at a hub that both use (`unite-…`); the staying one countersigns it,
writes the event, and leaves it there too (`united-…`): whoever holds the other founding finds it before the event.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.answers import InvalidInput, Refusal
from core.bodies import misfit
from core.events import KINDS
from core.record import Event, canonical
from core.text import fold
from core.uniting import UNION, UniteStations, claims_of, is_whole, side, terms
from storage.desk import Desk
from storage.folder import station_id
from storage.judging import signed_by
from storage.keys import seal, seal_public, sign
from storage.numbers import itself
from storage.officers import Officer
from storage.sync.batch import BatchBroken, unpack
from storage.sync.bundle_file import words_for
from storage.sync.enrolment import elsewhere, enrolment, holds_admin_key, opened_halves, sign_key
from storage.sync.protocol import Hub

_WORDS = 12
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Apart:
    """Another founding of the unit that a hub tells of. `asked`: it has asked to yield to this desk's.

    `desk`: who founded it. Nothing of it is proven before its words were compared.
    """

    url: str
    desk: str
    asked: bool


def own_words(desk: Desk) -> str:
    """Twelve words by which the admin of the other founding knows this one: 96 bits over its keys.

    Raises InvalidInput `founding_unreadable`.
    """
    return _words(side(_own_founding(desk)))


def apart(desk: Desk, hub: Hub) -> list[Apart]:
    """The other foundings that the hub tells of and that are not united with this one, by their desks."""
    known = {event.event_id for event in _foundings(desk)}
    asking = {
        str(body["yielding"]["founding"]): Apart(hub.url, str(body["yielding"]["desk"]), asked=True)
        for body in _requests(desk, hub)
    }
    there = {one.event_id: Apart(hub.url, one.desk, asked=False) for one, _ in _founded_at(desk, hub)}
    found = {**there, **asking}
    return sorted((one for name, one in found.items() if name not in known), key=lambda one: (one.desk, one.asked))


def yield_to(desk: Desk, hub: Hub, officer: Officer, words: str) -> Refusal | None:
    """Ask, signed, that this desk's station goes on in the one whose words these are; nothing changes before that.

    Refusals: `role_missing`, `admin_key_elsewhere`, `unite_words_wrong`: the hub has no such other founding.
    """
    refused = _not_admin(desk, officer)
    if refused:
        return refused
    for founding, seal_key in _founded_at(desk, hub):
        if _same(words, _words(side(founding))):
            body = _vouched(desk, side(founding))
            ring = desk.keys()
            sealed = seal(seal_key, b"".join(ring[public] for public in body["keys"] if public in ring), desk.entropy)
            signature = sign(desk.identity.sign_private, terms(body)).hex()
            request = {**body, "sealed": sealed.hex(), "yielding_signature": signature, "kept_signature": ""}
            hub.put_blob(desk.identity.station, _name("unite", request), canonical(request))
            return None
    return Refusal("unite_words_wrong")


def take_in(desk: Desk, hub: Hub, officer: Officer, words: str) -> Refusal | None:
    """Countersign the request of the founding whose words these are: its desks are this station's from then on.

    Refusals: `role_missing`, `admin_key_elsewhere`, `unite_not_asked` (no request with these words for this station),
    `unite_signature_wrong` (it was altered, or lacks its station's keys).
    """
    refused = _not_admin(desk, officer)
    if refused:
        return refused
    own = side(_own_founding(desk))
    for body in _blobs(desk, hub, "unite-"):
        if body["kept"] == own and _same(words, _words(body["yielding"])):
            return _countersigned(desk, hub, officer, body)
    return Refusal("unite_not_asked")


def leave_unions(desk: Desk, hub: Hub) -> None:
    """Leave at the hub the unions that are here, for desks of the founding that yielded: they can't read the event."""
    unions = _unions(desk)
    if not unions:
        return
    there = set(hub.blobs(desk.identity.station, "united-"))
    for event in reversed(unions):
        name = _name("united", event.body)
        if name not in there:
            there.add(name)
            hub.put_blob(desk.identity.station, name, canonical(dict(event.body)))


def stays_apart(desk: Desk, hub: Hub, founding: Event) -> str | None:
    """Why an arriving founding is not taken; None where it is this station's own, or a union joins the two.

    A desk says a union that it finds at the hub again in its own log, before it takes anything of the other side.
    """
    here = _foundings(desk)
    if not here or any(one.event_id == founding.event_id for one in here):
        return None
    known, arriving, problem = [side(one) for one in here], side(founding), "station_founded_twice"
    if any(_names_both(event.body, arriving, known) for event in _unions(desk)):
        return None
    for body in _blobs(desk, hub, "united-"):
        if _names_both(body, arriving, known):
            if not _both_signed(body):
                problem = "unite_signature_wrong"
                continue
            if body["kept"] == arriving and not set(body["keys"]).issuperset(desk.projection.desks().station_keys):
                problem = "unite_outdated"  # what was sealed since could not be read there
                continue
            if enrolment(desk, desk.identity.desk) is not None:  # a desk that is about to join writes nothing yet
                desk.do(UniteStations(body, desk.now()), itself(desk))
            return None
    return problem


def is_signed_by_both(event: Event) -> bool:
    """Whether a union has an effect where both foundings are known."""
    return misfit(KINDS[UNION], event.body) is None and is_whole(event.body) and _both_signed(event.body)


def _countersigned(desk: Desk, hub: Hub, officer: Officer, request: Mapping[str, Any]) -> Refusal | None:
    wrong = Refusal("unite_signature_wrong", params={"desk": str(request["yielding"]["desk"]), "epoch": "1"})
    privates = opened_halves(desk.identity.seal_private, str(request["sealed"]))
    signature = sign(desk.identity.sign_private, terms(request)).hex()
    sealed = seal(bytes.fromhex(desk.station_key()), b"".join(privates), desk.entropy).hex()
    body = {**request, "kept_signature": signature, "sealed": sealed}
    if not _both_signed(body) or not {seal_public(one).hex() for one in privates}.issuperset(body["keys"]):
        return wrong
    answer = desk.do(UniteStations(body, desk.now()), officer)
    if isinstance(answer, Refusal):
        return answer
    hub.put_blob(desk.identity.station, _name("united", body), canonical(body))
    hub.delete_blob(desk.identity.station, _name("unite", request))
    return None


def _vouched(desk: Desk, kept: Mapping[str, str]) -> dict[str, Any]:
    """What this desk's admin says of the own station: all that the staying one takes over as it is."""
    desks = desk.projection.desks()
    known = [one for _, one in sorted(desks.known.items())]
    return {
        "kept": dict(kept),
        "yielding": side(_own_founding(desk)),
        "keys": list(desks.station_keys),
        "desks": [
            {"desk": one.id, "sign_key": one.sign_key, "seal_key": one.seal_key} for one in known if one.confirmed
        ],
        "revoked": [
            {"desk": one.id, "epoch": one.revoked[0], "from_seq": one.revoked[1]} for one in known if one.revoked
        ],
        "retired": [one.id for one in known if one.retired],
    }


def _founded_at(desk: Desk, hub: Hub) -> Iterator[tuple[Event, bytes]]:
    """Foundings of the unit at the hub that are not here, as their founders signed them, each with its sealing key."""
    known = {event.event_id for event in _foundings(desk)}
    station, held = desk.identity.station, desk.log.heads()
    for origin in hub.heads(station, {}):
        if origin in held:
            continue
        for offer in hub.offers(station, origin, 0).batches[:1]:
            with contextlib.suppress(BatchBroken, ValueError):
                events = [one.event for one in unpack(hub.fetch(offer), {}).events]
                signer = sign_key(desk, origin.desk, events)
                enrolled = enrolment(desk, origin.desk, events)
                for event in events:
                    if event.kind != "station_founded" or event.event_id in known or enrolled is None:
                        continue
                    if _is_founding_of(desk, event, signer) and offer.head.signed_by(signer or b""):
                        yield event, bytes.fromhex(str(enrolled.body["seal_key"]))


def _is_founding_of(desk: Desk, event: Event, signer: bytes | None) -> bool:
    body = event.body
    return (
        misfit(KINDS[event.kind], body) is None
        and station_id(str(body["code"])) == desk.identity.station
        and bool(body.get("test")) == desk.identity.test
        and body["desk"] == event.desk
        and signer is not None
        and body["admin_key"] == signer.hex()
    )


def _requests(desk: Desk, hub: Hub) -> list[dict[str, Any]]:
    """Requests to yield to a founding that is here; their signatures are looked at when one is taken."""
    own = {event.event_id for event in _foundings(desk)}
    found = _blobs(desk, hub, "unite-")
    return [one for one in found if one["kept"]["founding"] in own and one["yielding"]["founding"] not in own]


def _blobs(desk: Desk, hub: Hub, prefix: str) -> Iterator[dict[str, Any]]:
    """Unions and requests at the hub that can be read."""
    for name in sorted(hub.blobs(desk.identity.station, prefix)):
        data = hub.get_blob(desk.identity.station, name)
        if data is None or len(data) > _LARGEST:
            continue
        with contextlib.suppress(InvalidInput, ValueError, TypeError, RecursionError):
            body = json.loads(data)
            canonical(body)
            if isinstance(body, dict) and misfit(KINDS[UNION], body) is None and is_whole(body):
                yield body


def _foundings(desk: Desk) -> list[Event]:
    return [one for one in desk.log.understood(f"unit:{desk.identity.unit}") if one.kind == "station_founded"]


def _unions(desk: Desk) -> list[Event]:
    """The unions here that bear both signatures, each pair's first."""
    events = [one for one in desk.log.understood(f"unit:{desk.identity.unit}") if one.kind == UNION]
    return [one for one in events if is_signed_by_both(one)]


def _own_founding(desk: Desk) -> Event:
    named = desk.projection.desks().founding
    found = next((one for one in _foundings(desk) if one.event_id == named), None)
    if found is None:
        raise InvalidInput("founding_unreadable")
    return found


def _names_both(body: Mapping[str, Any], arriving: Mapping[str, str], known: list[dict[str, str]]) -> bool:
    """Whether a union is of the arriving founding and one that is here, whichever of them stays."""
    kept, yielding = body["kept"], body["yielding"]
    return (kept == arriving and yielding in known) or (yielding == arriving and kept in known)


def _both_signed(body: Mapping[str, Any]) -> bool:
    return all(signed_by(claim) for claim in claims_of(body))


def _not_admin(desk: Desk, officer: Officer) -> Refusal | None:
    if not officer.roles & KINDS["desk_confirmed"].roles:
        return Refusal("role_missing", params={"kind": UNION, "roles": "admin"})
    return None if holds_admin_key(desk) else elsewhere(desk)


def _name(kind: str, body: Mapping[str, Any]) -> str:
    return f"{kind}-{body['kept']['founding']}-{body['yielding']['founding']}"


def _words(named: Mapping[str, str]) -> str:
    return words_for([canonical(dict(named))], _WORDS)


def _same(typed: str, words: str) -> bool:
    return fold(typed).split() == fold(words).split()
