"""A station's law: the rows that its log holds, by the events that may change them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from core.answers import InvalidInput, Refusal
from core.bodies import misfit
from core.events import KINDS
from core.law import Law
from core.moments import legal_day
from core.queue_order import KIND, POLICY, chosen, written
from core.record import Event
from storage.keys import signature_holds
from storage.lawbook.amendment import read_amendment
from storage.lawbook.building import law_from_rows
from storage.lawbook.contested import Amended, rival_rows
from storage.lawbook.package import calendar_row
from storage.lawbook.rows import LawRow

CONTRADICTS = "amendment_contradicts"
"""Why a command has no effect that makes no law together with what another desk amended."""
LAW_KINDS = frozenset({"catalogue_amended", "calendar_amended", "commitment_made", "opening_held", KIND})


@dataclass(frozen=True, slots=True)
class LawEvent:
    """One event of law as it is judged here; `problem`: why it has no effect, as a code. `signed`: by the city."""

    event: Event
    rows: tuple[LawRow, ...]
    signed: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """What the law's authority rests on: the founding command, and the city's public key where there is one.

    `others`: the commands of foundings that yielded to it.
    """

    group: tuple[str, int, int] | None
    city_key: bytes | None
    others: frozenset[tuple[str, int, int]] = frozenset()


def founding_of(events: Iterable[Event], named: str | None) -> Founding:
    """From the events of the station's `unit:` entity; `named`: the founding that counts (event id)."""
    founded = [one for one in sorted(events, key=lambda one: one.order) if one.kind == "station_founded"]
    found = next((one for one in founded if one.event_id == named), next(iter(founded), None))
    if found is None:
        return Founding(None, None)
    key = found.body.get("city_key")
    others = frozenset(one.group_key for one in founded) - {found.group_key}
    return Founding(found.group_key, bytes.fromhex(key) if key else None, others)


def law_events(events: Iterable[Event], may: Callable[[Event], bool], founding: Founding) -> list[LawEvent]:
    """Each event of law in the one global order, judged by what stood before it."""
    known: dict[tuple[str, str, str], LawRow] = {}
    commands: dict[str, tuple[str, int, int]] = {}
    judged = []
    events = sorted(events, key=lambda one: one.order)
    founded = _founded_keys(events, founding) if founding.others else frozenset()
    for event in events:
        if event.kind not in LAW_KINDS:
            continue
        found = _judged(event, may, founding, known)
        if event.group_key in founding.others:
            found = replace(
                found, rows=tuple(row for row in found.rows if (row.entity, row.table, row.key) not in founded)
            )
        if found.signed and commands.setdefault(event.body["document"], event.group_key) != event.group_key:
            found = replace(found, problem="amendment_known")
        judged.append(found)
        if found.problem is None:
            known.update(((row.entity, row.table, row.key), row) for row in found.rows)
    return _told_apart(judged)


def _founded_keys(events: Iterable[Event], founding: Founding) -> frozenset[tuple[str, str, str]]:
    """The rows of law that the station that stays was founded with: a yielding one's founding amends none of them."""
    rows: list[LawRow] = []
    for event in events:
        if event.group_key == founding.group and event.kind in LAW_KINDS:
            with suppress(InvalidInput, KeyError, TypeError):
                rows += _rows(event)
    return frozenset((row.entity, row.table, row.key) for row in rows)


def _told_apart(judged: list[LawEvent]) -> list[LawEvent]:
    """Command by command: what makes the law unreadable (two desks amended it apart) has no effect."""
    try:
        law_from_rows(effective_rows(judged))
    except InvalidInput:
        left = _contradicting(judged)
        return [replace(one, problem=CONTRADICTS) if one.event.group_key in left else one for one in judged]
    return judged


def _contradicting(judged: Sequence[LawEvent]) -> set[tuple[str, int, int]]:
    commands: dict[tuple[str, int, int], list[LawRow]] = {}
    for one in judged:
        if one.problem is None:
            commands.setdefault(one.event.group_key, []).extend(one.rows)
    rows: list[LawRow] = []
    left = set()
    for group, command in commands.items():
        try:
            law_from_rows([*rows, *command])
        except InvalidInput:
            left.add(group)
        else:
            rows += command
    return left


def law_of(judged: Sequence[LawEvent]) -> Law:
    """The law that the events give; its rivals are the laws by rows that lost to another desk's amendment of them."""
    rows = effective_rows(judged)
    amended = [(one.event, one.rows) for one in judged if one.problem is None and one.event.kind != KIND]
    return replace(law_from_rows(rows), rivals=tuple(_rivals(rows, amended)))


def _rivals(rows: list[LawRow], amended: Sequence[Amended]) -> Iterator[Law]:
    for lost in rival_rows(amended):
        with suppress(InvalidInput):
            yield law_from_rows([*rows, *lost])


def effective_rows(judged: Iterable[LawEvent]) -> list[LawRow]:
    """The rows behind `law_of` in order, also those that a later one replaces."""
    return [row for one in judged if one.problem is None for row in one.rows]


def is_own(row: LawRow, unit: str) -> bool:
    """Whether a station decides the row itself: its closures, openings, hours, policies and promises."""
    return row.row.get("unit") == unit and row.table != "unit" and row.key.startswith(f"{unit}/")


def _judged(event: Event, may: Callable[[Event], bool], founding: Founding, known: Mapping[Any, LawRow]) -> LawEvent:
    if misfit(KINDS[event.kind], event.body) is not None or not may(event):
        return LawEvent(event, (), problem="amendment_unauthorised")
    try:
        rows = tuple(_rows(event))
    except (InvalidInput, KeyError, TypeError):
        return LawEvent(event, (), problem="amendment_altered")
    if event.group_key == founding.group or all(is_own(row, event.unit) for row in rows):
        return LawEvent(event, rows)
    if founding.city_key is None:
        return LawEvent(event, rows)
    problem = _signature_problem(event, rows, founding.city_key, known)
    return LawEvent(event, rows, signed=problem is None, problem=problem)


def _signature_problem(
    event: Event, rows: Sequence[LawRow], city_key: bytes, known: Mapping[Any, LawRow]
) -> str | None:
    """None where the city signed a document that gives these rows."""
    if "signature" not in event.body or "document" not in event.body:
        return "amendment_unsigned"
    try:
        document = base64.b64decode(event.body["document"], validate=True)
        signature = bytes.fromhex(event.body["signature"])
        if not signature_holds(city_key, signature, document):
            return "amendment_signature_wrong"
        told = read_amendment(document, event.body.get("source") or "", event.unit, known).rows
    except (InvalidInput, ValueError, binascii.Error):
        return "amendment_signature_wrong"
    signed = {(row.table, row.key): row.row for row in told if row.entity == event.entity}
    return None if signed == {(row.table, row.key): row.row for row in rows} else "amendment_altered"


def rows_in_force(judged: Sequence[LawEvent]) -> dict[tuple[str, str, str], LawRow]:
    """Of each key the last row that has an effect."""
    return last_rows(effective_rows(judged))


def last_rows(rows: Iterable[LawRow]) -> dict[tuple[str, str, str], LawRow]:
    """Of each key the last row."""
    return {(row.entity, row.table, row.key): row for row in rows}


def _rows(event: Event) -> Iterable[LawRow]:
    if event.kind in ("catalogue_amended", "calendar_amended"):
        return [LawRow(event.entity, row["table"], row["key"], row["row"]) for row in event.body["rows"]]
    if event.kind == "opening_held":
        return [opening_row(event.unit, event.body, event.event_id)]
    if event.kind == KIND:
        return [_order_row(event)]
    return [commitment_row(event.unit, event.body)]


def _order_row(event: Event) -> LawRow:
    """The unit's policy that a `queue_order_set` comes to."""
    order = chosen(event.body["buckets"], event.body["ties"])
    if isinstance(order, Refusal):
        raise InvalidInput(order.code, **order.params)
    row = {"unit": event.unit, "name": POLICY, "value": written(order), "valid_from": str(legal_day(event.at))}
    return calendar_row("policy", {**row, "basis": event.body["reason"], "verified": True}, event.kind)


def commitment_row(unit: str, body: Mapping[str, Any]) -> LawRow:
    """The row that a unit's `commitment_made` comes to."""
    row = {name: body.get(name) for name in ("procedure", "variant", "valid_from", "valid_to", "decision")}
    row |= {"unit": unit, "limit": {"amount": body["amount"], "unit": body["unit"]}}
    key = "/".join(str(part) for part in (unit, body["procedure"], body.get("variant"), body["valid_from"]))
    return LawRow(f"catalogue:{body['procedure']}", "commitment", key, row)


def opening_row(unit: str, body: Mapping[str, Any], name: str) -> LawRow:
    """The row that a unit's `opening_held` comes to; `name` tells two of one day apart."""
    return LawRow("calendar", "opening", f"{unit}/{body['date']}/{name}", {"unit": unit, **body})
