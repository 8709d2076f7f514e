"""`motcua resolve`: a leader decides a conflict for one of its branches."""

from __future__ import annotations

import argparse
import sys

from core.answers import Refusal
from core.text import clean_line
from storage.conflicts import SHIFT, OpenConflict, conflicts_of, resolve
from storage.desk import Desk
from tui.cli.common import acting_officer, acts, dossier_id, open_desk
from tui.cli.output import Problem, print_json
from tui.done_words import doubts
from tui.i18n import tr

_ENDING = 4
"""How much of a branch's id must be written: one letter could be meant for anything, and this is a decision."""


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("choice", metavar="CHOICE")
    parser.add_argument("--reason", metavar="TEXT")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        entity = _entity(desk, clean_line(args.code))
        conflict, event_id = _chosen(conflicts_of(desk, entity), clean_line(args.choice), args.code)
        keep = next(one.event for one in conflict.branches if one.event.event_id == event_id)
        reason = clean_line(args.reason) if args.reason else None
        done = resolve(desk, officer, conflict, keep, reason or None)
        if isinstance(done, Refusal):
            raise Problem.of(done)
        left = len(conflicts_of(desk, entity))
        told = doubts(desk, done)
    if args.json:
        written = [event.event_id for event in done.events]
        print_json(
            {"code": conflict.code, "entity": entity, "kept": event_id, "events": written, "conflicts_left": left}
        )
    else:
        print(tr("cli.resolve.done", code=conflict.code) + (f" {tr('cli.resolve.left', count=left)}" if left else ""))
    for words in told:
        print(words, file=sys.stderr)
    return 0


def _entity(desk: Desk, code: str) -> str:
    """A station entity by its name, else a dossier."""
    return code if code == "calendar" or code.startswith(("catalogue:", SHIFT)) else dossier_id(desk, code)


def _chosen(conflicts: list[OpenConflict], choice: str, code: str) -> tuple[OpenConflict, str]:
    if not conflicts:
        raise Problem("no_conflict", {"code": code})
    known = {one.event.event_id: conflict for conflict in conflicts for one in conflict.branches}
    found = [event_id for event_id in known if len(choice) >= _ENDING and event_id.endswith(choice)]
    if len(found) > 1:
        raise Problem("choice_ambiguous", {"choice": choice, "count": str(len(found))})
    if not found:
        raise Problem("not_a_branch", {"choice": choice, "code": code})
    return known[found[0]], found[0]
