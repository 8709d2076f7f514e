"""A station's law: the rows that its log holds, by the events that may change them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.answers import InvalidInput
from core.bodies import misfit
from core.events import KINDS
from core.record import Event
from storage.keys import signature_holds
from storage.lawbook.amendment import read_amendment
from storage.lawbook.rows import LawRow

LAW_KINDS = frozenset({"catalogue_amended", "calendar_amended", "commitment_made", "opening_held"})


@dataclass(frozen=True, slots=True)
class LawEvent:
    """One event of law as it is judged here; `problem`: why it has no effect, as a code. `signed`: by the city."""

    event: Event
    rows: tuple[LawRow, ...]
    signed: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """What the law's authority rests on: the founding command, and the city's public key where there is one."""

    group: tuple[str, int, int] | None
    city_key: bytes | None


def founding_of(events: Iterable[Event]) -> Founding:
    """From the events of the station's `unit:` entity."""
    for event in sorted(events, key=lambda one: one.order):
        if event.kind == "station_founded":
            key = event.body.get("city_key")
            return Founding(event.group_key, bytes.fromhex(key) if key else None)
    return Founding(None, None)


def law_events(events: Iterable[Event], may: Callable[[Event], bool], founding: Founding) -> list[LawEvent]:
    """Each event of law in the one global order, judged by what stood before it."""
    known: dict[tuple[str, str, str], LawRow] = {}
    judged = []
    for event in sorted(events, key=lambda one: one.order):
        if event.kind not in LAW_KINDS:
            continue
        found = _judged(event, may, founding, known)
        judged.append(found)
        if found.problem is None:
            known.update(((row.entity, row.table, row.key), row) for row in found.rows)
    return judged


def is_own(row: LawRow, unit: str) -> bool:
    """Whether a station decides the row itself: its closures, openings, hours, policies and promises."""
    return row.row.get("unit") == unit and row.table != "unit"


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


def _rows(event: Event) -> Iterable[LawRow]:
    if event.kind in ("catalogue_amended", "calendar_amended"):
        return [LawRow(event.entity, row["table"], row["key"], row["row"]) for row in event.body["rows"]]
    return [_opening(event) if event.kind == "opening_held" else _commitment(event)]


def _commitment(event: Event) -> LawRow:
    body = event.body
    row = {name: body.get(name) for name in ("procedure", "variant", "valid_from", "valid_to", "decision")}
    row |= {"unit": event.unit, "limit": {"amount": body["amount"], "unit": body["unit"]}}
    key = "/".join(str(part) for part in (event.unit, body["procedure"], body.get("variant"), body["valid_from"]))
    return LawRow(event.entity, "commitment", key, row)


def _opening(event: Event) -> LawRow:
    row = {"unit": event.unit, **event.body}
    return LawRow(event.entity, "opening", f"{event.unit}/{row['date']}/{event.event_id}", row)
