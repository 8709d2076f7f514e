"""What a station thinks of its desks, by signed events alone: unconfirmed, confirmed, revoked from a place on, retired.

A signature counts, not an order: who signed a desk's confirmation once has confirmed all that it ever wrote, and what
is revoked from a place on has no effect whenever it arrives. Signatures are checked outside; here they are facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core.answers import Refusal
from core.bodies import fault
from core.decisions import Setting, role_missing
from core.events import KINDS
from core.record import Draft, Event
from core.signed import Claim, statement
from core.uniting import UNION, United, united

JUDGED_KINDS = (
    "station_founded", "station_key_changed", "station_key_shared",
    "desk_enrolled", "desk_confirmed", "desk_revoked", "desk_retired", UNION,
)  # fmt: skip
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KnownDesk:
    """One enrolled desk. `revoked`: (epoch, seq) of its first event without effect. `newest_key`: the last station key
    that was sealed to it; `join_key`: of the code that it came with, where that holds."""

    id: str
    number: int
    sign_key: str
    seal_key: str
    confirmed: bool
    revoked: tuple[int, int] | None
    retired: bool
    newest_key: str | None
    join_key: str | None

    @property
    def state(self) -> str:
        """`revoked`, `retired`, `confirmed` or `unconfirmed`."""
        if self.revoked is not None:
            return "revoked"
        return "retired" if self.retired else "confirmed" if self.confirmed else "unconfirmed"

    @property
    def is_served(self) -> bool:
        """Whether keys may be handed to it."""
        return self.revoked is None and not self.retired


@dataclass(frozen=True, slots=True)
class Desks:
    """The station's desks by id. `station_keys`: public halves, the newest last; `waiting`: unconfirmed desks.

    `founding`: the event that counts; `yielding`: desks that came with a founding that yielded to it.
    """

    known: Mapping[str, KnownDesk] = field(default_factory=lambda: _NONE)
    admin_desk: str | None = None
    admin_key: str | None = None
    station_keys: tuple[str, ...] = ()
    waiting: frozenset[str] = frozenset()
    revoked: Mapping[str, tuple[int, int]] = field(default_factory=lambda: _NONE)
    founding: str | None = None
    yielding: frozenset[str] = frozenset()

    @property
    def station_key(self) -> str | None:
        """The public half that holds now; None where this desk's copy of the founding cannot be read."""
        return self.station_keys[-1] if self.station_keys else None

    def is_revoked(self, event: Event) -> bool:
        """Whether the event's own desk was revoked from there, or from before, on."""
        if not self.revoked:
            return False
        place = self.revoked.get(event.desk)
        return place is not None and (event.epoch, event.seq) >= place

    def trusting(self, desk: str | None) -> Desks:
        """As a desk that was revoked sees itself: its own work stays before its officers."""
        if desk not in self.revoked:
            return self
        return replace(self, revoked={name: place for name, place in self.revoked.items() if name != desk})


NO_DESKS = Desks()


def claims(station: str, events: Collection[Event], unions: Collection[tuple[str, str]] = ()) -> Iterator[Claim]:
    """The signatures that must hold for these events to have an effect; one that is missing is empty.

    `unions`: the names of those that hold (`core.uniting.union_claims`): they say whose signature it must be.
    """
    founding, enrolments = united(events, unions).founding, _enrolments(events)
    if founding is None:
        return
    admin = str(founding.body["admin_key"])
    for event in _fitting(events):
        if event.kind in _STATED:
            enrolled = enrolments.get(_named(event))
            facts = _STATED[event.kind](event, enrolled.body if enrolled else _NONE)
            signature = str(event.body.get("signature") or "")
            yield Claim(event.name, admin, signature, statement(event.kind, station, **facts))
    for desk, event in enrolments.items():
        admission = event.body.get("admission")
        if admission:
            keys = {name: event.body[name] for name in ("sign_key", "seal_key")}
            join_key = str(admission.get("join_key") or "")
            expires_at = str(admission.get("expires_at"))
            promise = statement("join_code", station, join_key=join_key, expires_at=expires_at)
            yield Claim(event.name, admin, str(admission.get("signature") or ""), promise)
            proof = statement("desk_admitted", station, desk=desk, **keys)
            yield Claim(event.name, join_key, str(admission.get("proof") or ""), proof)


_STATED: Mapping[str, Callable[[Event, Mapping[str, Any]], Mapping[str, object]]] = {
    "desk_confirmed": lambda event, desk: {
        "desk": _named(event), "sign_key": desk.get("sign_key"), "seal_key": desk.get("seal_key"),
    },
    "desk_revoked": lambda event, desk: {
        "desk": _named(event), "epoch": event.body.get("epoch"), "from_seq": event.body.get("from_seq"),
    },
    "desk_retired": lambda event, desk: {"desk": _named(event)},
    "station_key_changed": lambda event, desk: {"station_key": event.body.get("station_key")},
}  # fmt: skip


def known_desks(events: Collection[Event], holding: Collection[tuple[str, str]]) -> Desks:
    """The desks by the events of JUDGED_KINDS; `holding`: the names of those whose signatures hold."""
    joined = united(events, holding)
    founding = joined.founding
    if founding is None:
        return NO_DESKS
    signed: dict[str, list[Event]] = {}
    for event in _fitting(events):
        if event.name in holding and event.kind in _STATED:
            signed.setdefault(event.kind, []).append(event)
    enrolments = _enrolments(events)
    admitted = _admitted(enrolments.values(), holding)
    own = {founding.desk, *admitted, *map(_named, signed.get("desk_confirmed", ()))}
    revoked = _revoked(signed.get("desk_revoked", ()), {k: v for k, v in joined.revoked().items() if k not in own})
    confirmed = own | _vouched(joined, enrolments)
    confirmed |= _let_in_before(events, confirmed, revoked)
    retired = set(map(_named, signed.get("desk_retired", ()))) | (joined.retired() - own)
    changes = sorted(signed.get("station_key_changed", ()), key=lambda event: event.order)
    brought = [*joined.keys(), (founding.desk, str(founding.body["station_key"]))]
    station_keys = (*(key for _, key in brought), *(str(event.body["station_key"]) for event in changes))
    first = {desk: joined.first_keys().get(desk, str(founding.body["station_key"])) for desk in enrolments}
    held = _held(events, enrolments, station_keys, brought, first)
    known = {
        desk: KnownDesk(
            desk, event.body["number"], event.body["sign_key"], event.body["seal_key"], desk in confirmed,
            revoked.get(desk), desk in retired, held.get(desk), admitted.get(desk),
        )
        for desk, event in enrolments.items()
    }  # fmt: skip
    waiting = frozenset(known) - confirmed
    yielding = frozenset(joined.first_keys()) - own
    admin_key = str(founding.body["admin_key"])
    return Desks(known, founding.desk, admin_key, station_keys, waiting, revoked, founding.event_id, yielding)


def _fitting(events: Iterable[Event]) -> Iterator[Event]:
    return (one for one in events if not one.destroyed and fault(one) is None)


def _named(event: Event) -> str:
    return event.entity.partition(":")[2]


def _enrolments(events: Iterable[Event]) -> dict[str, Event]:
    """For each desk the first event by which it enrolled itself."""
    found: dict[str, Event] = {}
    for event in sorted(_fitting(events), key=lambda one: (one.desk, one.epoch, one.seq)):
        if event.kind == "desk_enrolled" and _named(event) == event.desk:
            found.setdefault(event.desk, event)
    return found


def _admitted(enrolments: Iterable[Event], holding: Collection[tuple[str, str]]) -> dict[str, str]:
    """Who came with a code that held when it enrolled; a code admits one desk, the first by the one global order."""
    first: dict[str, str] = {}
    for event in sorted(enrolments, key=lambda one: one.order):
        admission = event.body.get("admission")
        if admission and event.name in holding and event.at <= datetime.fromisoformat(admission["expires_at"]):
            first.setdefault(str(admission["join_key"]), event.desk)
    return {desk: join_key for join_key, desk in first.items()}


def _let_in_before(
    events: Iterable[Event], confirmed: Collection[str], revoked: Mapping[str, tuple[int, int]]
) -> set[str]:
    """Desks of releases that knew no confirmation: whom a confirmed desk then gave the station's key, it let in.

    Such a share does not say which key it holds.
    """
    shares = [one for one in _fitting(events) if one.kind == "station_key_shared" and "key" not in one.body]
    shares = [one for one in shares if one.desk not in revoked or (one.epoch, one.seq) < revoked[one.desk]]
    found: set[str] = set()
    while new := {_named(one) for one in shares if one.desk in found or one.desk in confirmed} - found:
        found |= new
    return found


def _vouched(joined: United, enrolments: Mapping[str, Event]) -> set[str]:
    """The desks that came with a yielding founding, by the very keys that they enrolled themselves with."""
    return {
        desk
        for desk, keys in joined.vouched().items()
        if desk in enrolments and keys == (enrolments[desk].body["sign_key"], enrolments[desk].body["seal_key"])
    }


def _revoked(events: Iterable[Event], told: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """`told`: those that a union names."""
    found = dict(told)
    for event in events:
        place = int(event.body["epoch"]), int(event.body["from_seq"])
        found[_named(event)] = min(place, found.get(_named(event), place))
    return found


def _held(
    events: Iterable[Event],
    enrolments: Mapping[str, Event],
    keys: Iterable[str],
    brought: Iterable[tuple[str, str]],
    first: Mapping[str, str],
) -> dict[str, str]:
    """For each desk the newest of the station's `keys` that it brought, came with or was sealed.

    Who made a later one has to be sealed it, too: there may be another copy of its database. `first`: for each desk its
    founding's key, which a share means that names none.
    """
    rank = {key: place for place, key in enumerate(keys)}
    told = [
        *brought,
        *((desk, str((one.body.get("admission") or {}).get("key", ""))) for desk, one in enrolments.items()),
    ]
    shares = (event for event in _fitting(events) if event.kind == "station_key_shared")
    told += [(_named(event), str(event.body.get("key") or first.get(event.desk))) for event in shares]
    found: dict[str, str] = {}
    for desk, key in told:
        if key in rank and rank[key] >= rank.get(found.get(desk, ""), -1):
            found[desk] = key
    return found


@dataclass(frozen=True, slots=True)
class ConfirmDesk:
    """The admin's signature (hex) over a desk's keys."""

    desk: str
    signature: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeDesk:
    """From (epoch, from_seq) on nothing of the desk has an effect. The station's key changes in the same command:
    `key_signature` over the new public half, and the keys `sealed` to each desk that stays (all in hex)."""

    desk: str
    epoch: int
    from_seq: int
    signature: str
    station_key: str
    key_signature: str
    sealed: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class RetireDesk:
    """The desk's work has ended; its number stays its own."""

    desk: str
    signature: str
    at: datetime


DeskCommand = ConfirmDesk | RevokeDesk | RetireDesk


def decide_desk(command: DeskCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events that an admin's word on a desk means, or why not."""
    entity, at = f"desk:{command.desk}", command.at
    signed = {"signature": command.signature}
    if isinstance(command, ConfirmDesk):
        drafts = [Draft(entity, "desk_confirmed", at, signed)]
    elif isinstance(command, RetireDesk):
        drafts = [Draft(entity, "desk_retired", at, signed)]
    else:
        place = {"epoch": command.epoch, "from_seq": command.from_seq}
        changed = {"station_key": command.station_key, "signature": command.key_signature}
        drafts = [
            Draft(entity, "desk_revoked", at, place | signed),
            Draft(f"unit:{setting.unit}", "station_key_changed", at, changed),
        ]
        for desk, sealed in command.sealed.items():
            shared = {"sealed": sealed, "key": command.station_key}
            drafts.append(Draft(f"desk:{desk}", "station_key_shared", at, shared))
    return role_missing(KINDS[drafts[0].kind], setting) or tuple(drafts)
