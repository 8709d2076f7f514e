"""`motcua show`: one dossier: state, deadline with its trace, every event."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from core.apology import owes_letter
from core.citizen import citizen_deadline
from core.contact import channel_of
from core.dossier import Dossier
from core.harmless import LostValue
from core.moments import legal_day
from core.queue import Urgency
from core.record import Event
from core.standing import calendar_of, earliest, explained, standing
from storage.desk import Desk
from storage.event_log import Origin
from storage.frontier import Frontier
from storage.messages import is_dead
from storage.official import bears_too
from storage.queries import NOTHING, Row
from storage.revoked import told_marks
from storage.settings import load_settings
from tui.answer_words import answer_given_json, answer_lines
from tui.answers import answer_json, iso
from tui.cli.common import dossier_id, moment_text, open_desk, row_json
from tui.cli.output import print_json
from tui.conflict_words import lost_lines, revoked_lines
from tui.custody_words import custody_json, linked_json, lying_lines
from tui.dossier_words import (
    apology_lines,
    author,
    citizen_lines,
    event_marks,
    event_moment,
    kind_words,
    no_deadline_words,
    numbers_line,
    officer_names,
)
from tui.explanation import explanation_lines
from tui.feedback_words import said_json, said_lines
from tui.handover import procedure_title
from tui.i18n import tr
from tui.message_words import telling_lines
from tui.number_words import shared_lines
from tui.place_words import place_json, placed
from tui.screens.queue_rows import QueueSource


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        found = dossier_json(desk, dossier_id(desk, args.code))
        if args.json:
            print_json(found)
        else:
            _print(desk, found)
    return 0


def dossier_json(desk: Desk, dossier: str) -> dict[str, Any]:
    """The contract's document of one dossier."""
    folded, row = desk.dossier(dossier), desk.row(dossier)
    assert folded is not None and row is not None
    reason = explained(folded, desk.law_for(folded))
    known, suspect, marks = desk.frontier(), desk.log.suspect_times(dossier), told_marks(desk, folded)
    return row_json(desk, row) | {
        "applicant": folded.applicant,
        "bringer": folded.bringer or None,
        "matter": folded.matter,
        "papers": folded.facts.get("papers", []),
        "outcome": folded.outcome,
        "deadline": answer_json(folded.id, reason) if reason else None,
        "answer": answer_given_json(folded, desk.law_for(folded)),
        "citizen_deadline": _citizen_json(desk, folded),
        "apology": _apology_json(folded, row.urgency),
        "events": [
            _event_json(event, known, marks.get(event.event_id), event.event_id in suspect) for event in folded.events
        ],
        "conflicts": [{"branches": list(conflict.branches)} for conflict in folded.conflicts],
        "tell": channel_of(folded),
        "died": is_dead(desk, folded.id),
        "needs_update": folded.needs_update,
        "elsewhere": standing(folded, desk.law_for(folded)).elsewhere,
        "late": list(folded.late),
        "shelf": folded.facts.get("shelf"),
        "custody": custody_json(folded, desk.law_for(folded), legal_day(desk.now())),
        **linked_json(desk, folded),
        "place": _place_json(desk, row),
        "same_official_number": [
            {"id": one.id, "receipt_number": one["receipt_number"]} for one in bears_too(desk, row)
        ],
        "feedback": said_json(desk, folded.id),
        "lost_values": [_lost_json(one) for one in folded.lost_values],
    }


def _place_json(desk: Desk, row: Row) -> dict[str, Any]:
    at = desk.bounds()
    return place_json(placed(row, QueueSource(desk.queries, at, NOTHING), at))


def _lost_json(lost: LostValue) -> dict[str, Any]:
    event = lost.event
    return {
        "field": lost.field,
        "value": lost.value,
        "event_id": event.event_id,
        "by": event.by,
        "at": iso(event.at),
        "desk": event.desk,
        "lost_to": lost.winner.event_id,
        "settled": lost.settled,
    }


def _citizen_json(desk: Desk, dossier: Dossier) -> dict[str, Any] | None:
    """Until when a supplement is waited for; None where none is."""
    waits = citizen_deadline(dossier, desk.law)
    if waits is None:
        return None
    return {
        "answer_by": iso(waits.answer_by),
        "remind_on": [iso(day) for day in waits.remind_on],
        "stop_proposed": waits.stop_proposed(legal_day(desk.now())),
    }


_OF_THE_REGIME = {
    "declared": ("delay_declared", ("reason", "code")),
    "proposed": ("apology_proposed", ("code", "days", "reason")),
    "rescheduled": (
        "rescheduled",
        ("due_at", "days", "code", "reason", "signer", "signed_as", "announced_late"),
    ),
    "excused": ("delay_excused", ("code", "reason", "basis")),
}


def _apology_json(dossier: Dossier, word: Urgency) -> dict[str, Any]:
    """What the regime for lateness knows of the dossier: each step with its own facts, null where it was not taken.

    A debt that has begun is told while the dossier is paused, too.
    """
    owed = word is Urgency.APOLOGY_OWED or (word is not Urgency.DONE and owes_letter(dossier))
    steps = {name: _step_json(dossier, kind, fields) for name, (kind, fields) in _OF_THE_REGIME.items()}
    if dossier.proposal is None:
        steps["proposed"] = None
    awaits = dossier.rescheduled_to is not None and not dossier.apology_settled
    return {"owed": owed, "awaits_letter": awaits, **steps}


def _step_json(dossier: Dossier, kind: str, fields: Sequence[str]) -> dict[str, Any] | None:
    """The last event of the kind that has its effect."""
    taken = (event for event in reversed(dossier.events) if event.kind == kind and event.event_id not in dossier.marks)
    event = next(taken, None)
    if event is None:
        return None
    facts = {name: event.body.get(name) for name in fields}
    if "announced_late" in facts:
        facts["announced_late"] = bool(facts["announced_late"])
    return {"event_id": event.event_id, "at": iso(event.at), "by": event.by, **facts}


def _event_json(event: Event, known: Frontier, mark: str | None, suspect: bool) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.at.isoformat(timespec="seconds"),
        "by": event.by,
        "unit": event.unit,
        "body": dict(event.body),
        "desk": event.desk,
        "epoch": event.epoch,
        "seq": event.seq,
        "hlc": str(event.hlc),
        "sync": known.word(Origin(event.desk, event.epoch), event.seq),
        "mark": mark,
        "suspect_time": suspect,
    }


def _print(desk: Desk, found: dict[str, Any]) -> None:
    title = procedure_title(desk, found["procedure"])
    folded, suspect = desk.dossier(found["id"]), desk.log.suspect_times(found["id"])
    assert folded is not None
    numbers = numbers_line(folded)
    print(f"{numbers}  {found['applicant_name']}  {title}")
    print(f"{tr('state.' + found['state'])} · {tr('urgency.' + found['urgency'])}")
    law = earliest(folded, desk.law_for(folded))
    reason = explained(folded, law)
    if reason is not None:
        stands = standing(folded, law)
        if stands.elsewhere is not None:
            print(f"  {tr(f'why.elsewhere.{stands.elsewhere}')}")
        for line in explanation_lines(
            reason, calendar_of(folded, law), stands.version.basis if stands.version else None
        ):
            print(f"  {line}")
    elif found["answer"] is None or found["answer"]["given"]:
        print(f"  {tr('why.none')} {no_deadline_words(standing(folded, law))}")
    officers = officer_names(desk.officers.all())
    for line in (*answer_lines(folded, law), *citizen_lines(folded, law), *apology_lines(folded, officers)):
        print(f"  {line}")
    sending = bool(load_settings(desk.folder).deliver)
    telling = telling_lines(desk, folded, sending=sending)
    for line in (*lying_lines(desk, folded, law), *shared_lines(desk, folded.id), *telling):
        print(f"  {line}")
    for line in said_lines(desk, folded.id):
        print(f"  {line}")
    if folded.needs_update:
        print(f"  {tr('dossier.needs_update')}")
    for line in (*revoked_lines(desk, folded), *lost_lines(desk, folded, officers)):
        print(f"  {line}")
    marks = told_marks(desk, folded)
    for event in folded.events:
        at = event_moment(event)
        when = moment_text(int(at.timestamp())) if at else "–"
        told = event_marks(marks.get(event.event_id), suspect=event.event_id in suspect)
        print(f"  {when}  {kind_words(event)}  {author(event, officers)}{f'  {told}' if told else ''}")
