"""One unit that was founded twice: which founding stays, by events that both foundings' admins signed.

A union names both foundings with their keys and what the yielding admin vouches for: its desks, those that it revoked
or retired, and its station's keys. That much counts in the station that stays, and nothing else that its admin signed:
before the union it is in the list, after it there is one admin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.bodies import fault
from core.record import Draft, Event
from core.signed import Claim, statement

UNION = "stations_united"
_TERMS = ("kept", "yielding", "keys", "desks", "revoked", "retired")
_SIDE = {"founding": str, "desk": str, "admin_key": str, "station_key": str}
_DESK = {"desk": str, "sign_key": str, "seal_key": str}
_PLACE = {"desk": str, "epoch": int, "from_seq": int}


def side(founding: Event) -> dict[str, str]:
    """A founding as both admins name it: what nobody can give another one."""
    return {"founding": founding.event_id, **{name: str(founding.body.get(name)) for name in tuple(_SIDE)[1:]}}


def terms(body: Mapping[str, Any]) -> bytes:
    """What both admins sign; the station's id stands for both, for they were founded under one code."""
    return statement(UNION, "", **{name: body.get(name) for name in _TERMS})


def is_whole(body: Mapping[str, Any]) -> bool:
    """Whether a union that fits the table of kinds says what it says in the shape that can be signed."""
    parts: list[tuple[Mapping[str, type], Mapping[str, Any]]] = [(_SIDE, body["kept"]), (_SIDE, body["yielding"])]
    parts += [(_DESK, row) for row in body["desks"]] + [(_PLACE, row) for row in body.get("revoked") or ()]
    fits = all({name: type(value) for name, value in part.items()} == shape for shape, part in parts)
    return fits and body["kept"]["founding"] != body["yielding"]["founding"]


def union_claims(events: Collection[Event]) -> Iterator[Claim]:
    """Both signatures of each union; no other event is looked at."""
    for event in events:
        if event.kind == UNION and not event.destroyed and fault(event) is None and is_whole(event.body):
            yield from claims_of(event.body, event.name)


def claims_of(body: Mapping[str, Any], name: tuple[str, str] = ("", "")) -> Iterator[Claim]:
    """Both signatures of a whole union; `name`: of the event that says it."""
    for one in ("kept", "yielding"):
        yield Claim(name, body[one]["admin_key"], body[f"{one}_signature"], terms(body))


@dataclass(frozen=True, slots=True)
class United:
    """The founding that counts, None while none is known, and the unions by which others yielded to it."""

    founding: Event | None
    unions: tuple[Event, ...] = ()

    def keys(self) -> list[tuple[str, str]]:
        """The yielding stations' keys, the newest of each last: (the founding desk, public half)."""
        found = [(str(one.body["yielding"]["desk"]), str(key)) for one in self.unions for key in one.body["keys"]]
        return list(dict.fromkeys(found))

    def vouched(self) -> dict[str, tuple[str, str]]:
        """The yielding side's confirmed desks with the keys that they were vouched for with."""
        rows = [row for one in self.unions for row in one.body["desks"]]
        return {row["desk"]: (row["sign_key"], row["seal_key"]) for row in rows}

    def first_keys(self) -> dict[str, str]:
        """For each desk of a yielding side the public half of the key that its station was founded with."""
        return {row["desk"]: one.body["yielding"]["station_key"] for one in self.unions for row in one.body["desks"]}

    def revoked(self) -> dict[str, tuple[int, int]]:
        rows = [row for one in self.unions for row in one.body.get("revoked") or ()]
        places = sorted(((row["epoch"], row["from_seq"]), row["desk"]) for row in rows)
        return {desk: place for place, desk in reversed(places)}

    def retired(self) -> set[str]:
        return {str(name) for one in self.unions for name in one.body.get("retired") or ()}


def united(events: Collection[Event], holding: Collection[tuple[str, str]]) -> United:
    """What counts by these events; `holding`: the names of the unions both of whose signatures hold.

    Of unions that contradict each other the first in the global order counts; one pair may be united again, for what
    its yielding side did meanwhile. Foundings that nobody united stay
    several; the first in the order is the one.
    """
    sound = [one for one in events if not one.destroyed and fault(one) is None]
    foundings = {one.event_id: one for one in sound if one.kind == "station_founded"}
    unions = [one for one in sound if one.kind == UNION and one.name in holding and is_whole(one.body)]
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while name in above:
            name = above[name]
        return name

    counted = []
    for union in sorted(unions, key=lambda one: one.order):
        kept, yielding = union.body["kept"], union.body["yielding"]
        known = foundings.get(kept["founding"])
        other = foundings.get(yielding["founding"])
        if known is None or side(known) != kept or (other is not None and side(other) != yielding):
            continue
        if top(kept["founding"]) != top(yielding["founding"]):
            above[top(yielding["founding"])] = top(kept["founding"])
            counted.append(union)
        elif any(one.body["kept"] == kept and one.body["yielding"] == yielding for one in counted):
            counted.append(union)
    tops = [foundings[name] for name in {top(name) for name in foundings}]
    founding = min(tops, key=lambda one: one.order, default=None)
    if founding is None:
        return United(None)
    return United(founding, tuple(one for one in counted if top(one.body["kept"]["founding"]) == founding.event_id))


@dataclass(frozen=True, slots=True)
class UniteStations:
    """A union as both admins signed it: `facts` is the body of `stations_united`."""

    facts: Mapping[str, Any]
    at: datetime


def decide_union(command: UniteStations, unit: str) -> tuple[Draft, ...]:
    """The event of a union; both signatures are its right, whoever writes it."""
    return (Draft(f"unit:{unit}", UNION, command.at, command.facts),)
