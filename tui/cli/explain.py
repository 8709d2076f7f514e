"""`motcua explain`: one dossier's deadline, step by step, with the law."""

from __future__ import annotations

import argparse

from core.standing import calendar_of, earliest, explained, standing
from tui.answers import answer_json
from tui.cli.common import dossier_id, open_desk
from tui.cli.output import Problem, print_json
from tui.explanation import explanation_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        dossier = desk.dossier(dossier_id(desk, args.code))
        assert dossier is not None
        law = earliest(dossier, desk.law_for(dossier))
        reason = explained(dossier, law)
        if reason is None:
            stands = standing(dossier, law)
            raise Problem("no_deadline" if stands.problem is None else f"deadline_{stands.problem}")
        version = standing(dossier, law).version
        lines = explanation_lines(reason, calendar_of(dossier, law), version.basis if version else None)
        if args.json:
            print_json({"receipt_number": dossier.receipt_number, **answer_json(dossier.id, reason), "lines": lines})
        else:
            print("\n".join(lines))
    return 0
