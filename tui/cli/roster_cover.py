"""`motcua roster cover`: who takes over an absent officer's dossiers; with `--apply` they do."""

from __future__ import annotations

import argparse
from typing import Any

from core.answers import Refusal
from core.cover import Away, Cover
from core.moments import legal_day
from storage.cover import give_over, next_absence, proposed, unnoted
from storage.desk import Desk
from tui.cli.common import acting_officer, acts, named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.times import read_date
from tui.cover import cover_json, cover_lines
from tui.forecast import for_people, for_programs
from tui.i18n import tr
from tui.sentences import bulk_words

_MOST_DAYS = 366


def cover_arguments(parser: argparse.ArgumentParser) -> None:
    """Without dates: the officer's absence that lasts today or begins next."""
    parser.add_argument("who", metavar="OFFICER")
    parser.add_argument("--from", dest="first", metavar="D")
    parser.add_argument("--to", dest="last", metavar="D")
    parser.add_argument("--apply", action="store_true")
    acts(parser, again=True)


def run_cover(args: argparse.Namespace) -> int:
    """Propose; with `--apply` give the dossiers over as proposed: 1 where any of them was refused."""
    with open_desk(args) as desk:
        officer = acting_officer(args, desk) if args.apply else None
        away = _away(args, desk)
        found, days = proposed(desk, away), unnoted(desk, away)
        answers = None if officer is None else give_over(desk, officer, away.officer, found.moves, days)
        if isinstance(answers, Refusal):
            raise Problem.of(answers)
        if args.json:
            told = cover_json(found, for_programs(desk), noted=not days)
            print_json({**told, "applied": None if answers is None else _applied(found, answers)})
        else:
            print(*cover_lines(found, for_people(desk), noted=not days), sep="\n")
            if found.shares:
                print(tr("cli.cover.apply") if answers is None else bulk_words(answers))
    return int(any(isinstance(answer, Refusal) for answer in answers or ()))


def _away(args: argparse.Namespace, desk: Desk) -> Away:
    officer, today = named_officer(desk, args.who), legal_day(desk.now())
    if args.first is None and args.last is None:
        known = next_absence(desk, officer.id)
        if known is None:
            raise Problem("absence_none", {"officer": officer.code})
        return Away(officer.id, max(known.first, today), known.last)
    first = read_date(args.first) if args.first else today
    last = read_date(args.last) if args.last else first
    if not 0 <= (last - first).days < _MOST_DAYS:
        raise Problem("roster_days", {"most": str(_MOST_DAYS)}, status=2)
    if last < today:
        raise Problem("cover_is_past", {"last": f"{last:%d/%m/%Y}"})
    return Away(officer.id, max(first, today), last)


def _applied(found: Cover, answers: list[Any]) -> dict[str, Any]:
    asked = [one for _, ids in found.moves for one in ids]
    pairs = list(zip(asked, answers, strict=True))
    refused = [{"id": one, "code": answer.code} for one, answer in pairs if isinstance(answer, Refusal)]
    return {"done": len(pairs) - len(refused), "refused": refused}
