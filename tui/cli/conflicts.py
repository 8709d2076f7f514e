"""`motcua conflicts`: what desks did apart and a person must decide."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from core.issued import Letter
from core.record import Event
from storage.conflicts import SHIFT, Branch, OpenConflict, desk_numbers, open_conflicts
from storage.desk import Desk
from tui.answers import iso
from tui.cli.common import open_desk
from tui.cli.output import print_json
from tui.conflict_words import branch_words, paper_words
from tui.dates import moment_short
from tui.dossier_words import event_words, officer_names
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        found = open_conflicts(desk)
        if args.json:
            print_json([conflict_json(desk, one) for one in found])
        else:
            _print(desk, found)
    return 0


def conflict_json(desk: Desk, conflict: OpenConflict) -> dict[str, Any]:
    """The contract's object of one conflict."""
    numbers = desk_numbers(desk)
    return {
        "code": conflict.code,
        "entity": conflict.entity,
        "branches": [_branch_json(desk, one, numbers) for one in conflict.branches],
    }


def _branch_json(desk: Desk, branch: Branch, numbers: Mapping[str, int]) -> dict[str, Any]:
    event = branch.event
    return {
        "event_id": event.event_id,
        "kind": event.kind,
        "at": iso(event.at),
        "by": _officer(desk, event),
        "desk": event.desk,
        "desk_number": numbers.get(event.desk),
        "printed": _paper_json(branch.paper) if branch.paper else None,
        "body": dict(event.body),
        "on_top": [
            {"event_id": one.event_id, "kind": one.kind, "at": iso(one.at), "by": _officer(desk, one)}
            for one in branch.on_top
        ],
    }


def _paper_json(paper: Letter) -> dict[str, Any]:
    return {
        "letter": paper.kind,
        "number": paper.number,
        "promised_at": iso(paper.promised_at) if paper.promised_at else None,
        "issued_at": iso(paper.issued_at),
        "came_out": paper.printed,
    }


def _officer(desk: Desk, event: Event) -> str:
    found = desk.officers.get(event.by)
    return found.code if found else event.by


def _print(desk: Desk, found: list[OpenConflict]) -> None:
    numbers, names = desk_numbers(desk), officer_names(desk.officers.all())
    if not found:
        print(tr("cli.conflicts.none"))
    for conflict in found:
        print(tr("cli.conflicts.of", code=conflict.code))
        for branch in conflict.branches:
            event = branch.event
            where = tr("conflict.desk", number=numbers.get(event.desk, "?"))
            who = f"{moment_short(event.at)} {where} {_officer(desk, event)}"
            told = f"{who}: {branch_words(desk, conflict, branch)}"
            paper = "" if conflict.law or conflict.entity.startswith(SHIFT) else f" · {paper_words(branch)}"
            print(f"  {event.event_id}  {told}{paper}")
            for above in branch.on_top:
                print(f"    + {moment_short(above.at)} {_officer(desk, above)}: {event_words(above, names)}")
