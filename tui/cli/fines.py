"""`motcua fines`: decisions that fine somebody, what is owed and held by them, payment, and giving papers back."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from rich.cells import set_cell_size

from core.answers import Refusal
from core.custody import WAYS
from core.fines import CHANNELS, METHODS, fine_amount, held_papers
from core.intake import APPLICANT_KINDS
from core.moments import legal_day
from core.text import clean_line, parse_phone
from storage.desk import Desk
from storage.fines import LISTS, Fine, NewFine, enter, fines, fines_where, named, pay, release
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.fine_words import fine_cells, limit_doubt
from tui.i18n import tr
from tui.number_words import told_apart

_DAYS = ("decided_on", "handed_on", "pay_by", "hold_until", "seized_on")
_TEXTS = ("number", "shelf", "receipt", "plate")


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "add|list|pay|release")
    adding = action(place, "add", parser)
    adding.add_argument("decision", metavar="DECISION")
    adding.add_argument("--name", metavar="TEXT", required=True)
    adding.add_argument("--amount", metavar="A", required=True)
    for name in _DAYS:
        adding.add_argument(f"--{name.replace('_', '-')}", metavar="D")
    for name in (*_TEXTS, "phone"):
        adding.add_argument(f"--{name}", metavar="TEXT", default="")
    adding.add_argument("--kind", choices=APPLICANT_KINDS, default="citizen")
    adding.add_argument("--held", metavar="PAPER[=NUMBER]", action="append", default=[])
    adding.add_argument("--vehicle", action="store_true")
    listing = action(place, "list", parser)
    listing.add_argument("list", choices=LISTS, nargs="?", default="open")
    paying = action(place, "pay", parser)
    paying.add_argument("code", metavar="DECISION|CODE")
    paying.add_argument("--amount", metavar="A")
    paying.add_argument("--more", action="store_true", help=tr("cli.fines.more"))
    paying.add_argument("--channel", choices=CHANNELS, default="counter")
    paying.add_argument("--method", choices=METHODS, default="")
    paying.add_argument("--proof", metavar="NUMBER", default="")
    releasing = action(place, "release", parser)
    releasing.add_argument("code", metavar="DECISION|CODE")
    releasing.add_argument("--paper", metavar="PAPER")
    releasing.add_argument("--way", choices=WAYS, default="returned")
    for name in ("to", "to-number", "proof", "minutes", "basis"):
        releasing.add_argument(f"--{name}", metavar="TEXT", default="")
    for one in (adding, paying, releasing):
        acts(one)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "list":
            return _tell(desk, fines(desk, args.list), as_json=args.json)
        officer = acting_officer(args, desk)
        if args.action == "add":
            done = enter(desk, officer, _new(args))
            dossier = "" if isinstance(done, Refusal) else done.dossiers[0]
        else:
            found = named(desk, clean_line(args.code))
            if isinstance(found, Refusal):
                raise Problem.of(told_apart(desk, found))
            dossier, decision = found
            if args.action == "pay":
                answer: object = pay(
                    desk,
                    officer,
                    dossier,
                    decision=decision,
                    amount=None if args.amount is None else fine_amount(args.amount),
                    more=args.more,
                    channel=args.channel,
                    method=args.method,
                    proof=clean_line(args.proof),
                )
            else:
                answer = release(desk, officer, dossier, paper=args.paper, fields=_released(args))
            done = answer  # type: ignore[assignment]
        if isinstance(done, Refusal):
            raise Problem.of(done)
        return _tell(desk, fines_where(desk, "fine.dossier = ?", (dossier,)), as_json=args.json)


def _released(args: argparse.Namespace) -> dict[str, str]:
    fields = {"way": args.way, "to": args.to, "to_number": args.to_number, "proof": args.proof,
              "minutes": args.minutes, "basis": args.basis}  # fmt: skip
    return {name: clean_line(text) for name, text in fields.items() if clean_line(text)}


def _new(args: argparse.Namespace) -> NewFine:
    return NewFine(
        decision=clean_line(args.decision),
        name=clean_line(args.name),
        amount=fine_amount(args.amount),
        kind=args.kind,
        held=held_papers(args.held),
        vehicle=args.vehicle,
        phone=parse_phone(args.phone) if clean_line(args.phone) else "",
        **{name: _day(getattr(args, name)) for name in _DAYS},
        **{name: clean_line(getattr(args, name)) for name in _TEXTS},
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("date_invalid", {"value": text}, status=2) from error


def fine_json(one: Fine) -> dict[str, Any]:
    """One decision."""
    law = one.last_day
    days = {
        name: getattr(one, name)
        for name in ("decided_on", "handed_on", "pay_by", "paid_on", "hold_until", "seized_until", "seized_on")
    }
    days |= {"due": one.due, "return_from": one.return_from()}
    return {
        "id": one.dossier,
        "receipt_number": one.receipt_number,
        "applicant_name": one.applicant_name,
        "procedure": one.procedure,
        "decision": one.decision,
        "stands": one.stands,
        **{name: f"{getattr(one, name):f}" for name in ("amount", "paid", "owed")},
        "held": one.held,
        "entered_twice_as": one.twice,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "due_basis": law.basis if law else None,
        "due_unverified": None if law is None else not law.verified,
    }


def _tell(desk: Desk, found: list[Fine], *, as_json: bool) -> int:
    if as_json:
        print_json([fine_json(one) for one in found])
        return 0
    today = legal_day(desk.now())
    for one in found:
        cells = fine_cells(one, today)
        widths = (20, 24, 14, 14)
        print("  ".join([*map(set_cell_size, cells, widths), *cells[len(widths) :]]).rstrip())
    print(tr("fines.count", count=len(found)))
    doubt = limit_doubt(found)
    if doubt:
        print(doubt)
    return 0
