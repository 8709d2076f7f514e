"""`motcua messages`: what citizens are told from this desk: the list, one round of sending, told by phone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from rich.cells import set_cell_size

from core.answers import Refusal
from storage.desk import Desk
from storage.messages import Message, find_message, gather, open_messages, told_by_phone, try_again
from storage.sending import Round, send
from storage.settings import load_settings
from tui.cli.common import acting_officer, acts, moment_text, open_desk
from tui.cli.output import Problem, error_object, print_json, report
from tui.i18n import tr
from tui.message_words import about_words, state_words


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("what", choices=("list", "send", "told", "again"), nargs="?", default="list")
    parser.add_argument("id", metavar="ID", nargs="?")


def run(args: argparse.Namespace) -> int:
    if (args.what in ("told", "again")) != (args.id is not None):
        raise Problem("message_not_named", status=2)
    with open_desk(args) as desk:
        command = load_settings(desk.folder).deliver
        if args.what == "send":
            return _send(desk, command, as_json=args.json)
        if args.what == "list":
            gather(desk)
            _list(desk, open_messages(desk), command, as_json=args.json)
            return 0
        return _settle(desk, args)


def _list(desk: Desk, found: Sequence[Message], command: Sequence[str], *, as_json: bool) -> None:
    rows = [message_json(desk, one) for one in found]
    if as_json:
        print_json({"delivery": bool(command), "messages": rows})
        return
    for one, row in zip(found, rows, strict=True):
        cells = [
            set_cell_size(str(row["receipt_number"] or one.dossier), 24),
            set_cell_size(about_words(one.about), 34),
        ]
        print("  ".join((one.id[:8], *cells, state_words(one, sending=bool(command)))).rstrip())
    print(tr("messages.count", count=len(rows)))
    if not command:
        print(tr("messages.no_delivery"))


def message_json(desk: Desk, one: Message) -> dict[str, Any]:
    """One message of this desk; neither its text nor an address."""
    row = desk.row(one.dossier)
    return {
        "id": one.id,
        "dossier": one.dossier,
        "receipt_number": row["receipt_number"] if row else None,
        "about": one.about,
        "channel": row["tell"] if row else None,
        "state": one.state,
        "reason": one.reason,
        "tries": one.tries,
        "made_at": moment_text(one.made_at),
        "next_at": moment_text(one.next_at) if one.state == "waiting" else None,
    }


def _send(desk: Desk, command: Sequence[str], *, as_json: bool) -> int:
    """Exit 1 where there is no way to send: a scheduler should know."""
    done = send(desk, command)
    problems = [Problem.of(one) for one in done.problems]
    if not command:
        problems.append(Problem("delivery_not_set"))
    if as_json:
        print_json(round_json(done, problems, delivery=bool(command)))
    else:
        counts = {name: getattr(done, name) for name in ("told", "later", "failed", "dropped")}
        print(tr("messages.round", **counts))
        for problem in problems:
            report(problem, as_json=False)
    return 0 if command else 1


def round_json(done: Round, problems: Sequence[Problem], *, delivery: bool) -> dict[str, Any]:
    """How many messages of a round were taken, put off, given up and dropped."""
    return {
        "delivery": delivery,
        "told": done.told,
        "later": done.later,
        "failed": done.failed,
        "dropped": done.dropped,
        "problems": [error_object(one) for one in problems],
    }


def _settle(desk: Desk, args: argparse.Namespace) -> int:
    officer = acting_officer(args, desk)
    found = find_message(desk, args.id)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    if args.what == "told":
        answer = told_by_phone(desk, officer, found)
        if isinstance(answer, Refusal):
            raise Problem.of(answer)
    else:
        try_again(desk, found)
    if args.json:
        print_json({"id": found.id, "done": args.what})
    else:
        print(tr(f"messages.done.{args.what}"), file=sys.stdout)
    return 0
