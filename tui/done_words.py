"""What an officer must know of what was just written: that it has no effect yet, or stands at another time."""

from __future__ import annotations

from core.decisions import FUTURE
from storage.desk import Desk, Done
from storage.transfers import knows_unit
from tui.dates import moment_long
from tui.i18n import tr

_WITHOUT_EFFECT = ("unconfirmed", "unauthorised")


def doubts(desk: Desk, done: Done) -> list[str]:
    """A sentence for each thing, none for what is as it should be.

    The desk is not confirmed yet (or was revoked), so that it has no effect; another desk's clock had put what was seen
    into this one's future, so that it stands at that time; a unit that nobody here knows was offered a dossier.
    """
    entities = dict.fromkeys(event.entity for event in done.events if event.entity in done.dossiers)
    folded = [dossier for name in entities if (dossier := desk.dossier(name)) is not None]
    marks = {dossier.marks.get(event.event_id) for dossier in folded for event in done.events}
    told = [tr(f"done.{mark}") for mark in _WITHOUT_EFFECT if mark in marks]
    now = desk.now()
    ahead = [event.at for event in done.events if event.at > now + FUTURE]
    if ahead:
        told.append(tr("done.caught_up", at=moment_long(max(ahead)), now=moment_long(now)))
    units = {str(event.body["unit"]) for event in done.events if event.kind == "transfer_offered"}
    return told + [tr("warning.unit_not_known", unit=unit) for unit in sorted(units) if not knows_unit(desk, unit)]
