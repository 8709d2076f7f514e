"""A dossier's events as a letter carries them: what an offer stands on, and what the unit wrote beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from core.dossier import Dossier, fold
from core.record import Event, canonical
from core.transfer import BRINGING, follows, history_of, history_rows
from storage.desk import Desk

_STORED = "SELECT header, body FROM event WHERE entity = ?"


def standing_at(desk: Desk, dossier: Dossier, offer: Event) -> Dossier:
    """The dossier by the offer and all that it stands on."""
    authority = desk.projection.authority()
    return fold(dossier.id, _seen(dossier, offer), authority.may, authority.desks.waiting)


def beside(desk: Desk, dossier: Dossier, offer: Event) -> list[Event]:
    """What follows an accepted offer: events here that it does not stand on, and that concern the other unit."""
    told = {event.event_id for event in standing_at(desk, dossier, offer).events}
    return [event for event in dossier.events if event.event_id not in told and follows(dossier, event)]


def rows_of(
    desk: Desk, dossier: Dossier, events: Iterable[Event], marks: Mapping[str, str]
) -> list[dict[str, str]] | None:
    """The events as they were written, here or at an earlier unit; None while this desk cannot read all of them."""
    stored = {}
    for header, body in desk.connection.execute(_STORED, (dossier.id,)).fetchall():
        stored[json.loads(header)["id"]] = (bytes(header), None if body is None else bytes(body))
    brought = _brought(dossier)
    rows = []
    for event in events:
        if event.kind == "transfer_followed":  # what it brought stands for itself
            continue
        if event.event_id in stored:
            header, body = stored[event.event_id]
            if event.kind in BRINGING and body is not None:
                body = canonical({name: value for name, value in event.body.items() if name != "history"})
            rows += history_rows([(event, header, None if event.destroyed else body)], marks)
        elif event.event_id in brought:
            mark = {"mark": marks[event.event_id]} if event.event_id in marks else {}
            rows.append(brought[event.event_id] | mark)
        else:
            return None
    return rows


def _seen(dossier: Dossier, offer: Event) -> list[Event]:
    """The offer and all that it stands on, as they stand in the log."""
    known = {event.event_id: event for event in dossier.events}
    found, left = {}, [offer.event_id]
    while left:
        event = known.get(left.pop())
        if event is not None and event.event_id not in found:
            found[event.event_id] = event
            left += event.parents
    return list(found.values())


def _brought(dossier: Dossier) -> dict[str, dict[str, str]]:
    """The rows of earlier transfers, by their events."""
    found: dict[str, dict[str, str]] = {}
    for event in dossier.events:
        for row in event.body.get("history") or () if event.kind in BRINGING else ():
            for one, _ in history_of({"history": [row]}, dossier.id):
                found.setdefault(one.event_id, dict(row))
    return found
