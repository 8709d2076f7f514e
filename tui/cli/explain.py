"""`motcua explain`: one dossier's deadline, step by step, with the law."""

from __future__ import annotations

import argparse

from core.standing import calendar_of, earliest, explained, standing
from tui.answer_words import answer_lines
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
        stands = standing(dossier, law)
        answer = stands.answer if stands.answer is not None and stands.answer.given is None else None
        reason = answer.explanation if answer is not None else explained(dossier, law)
        if reason is None:
            raise Problem("no_deadline" if stands.problem is None else f"deadline_{stands.problem}")
        lines = (
            answer_lines(dossier, law)
            if answer is not None
            else explanation_lines(reason, calendar_of(dossier, law), stands.version.basis if stands.version else None)
        )
        if args.json:
            print_json({"receipt_number": dossier.receipt_number, **answer_json(dossier.id, reason), "lines": lines})
        else:
            print("\n".join(lines))
    return 0
