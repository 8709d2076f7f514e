"""`motcua outreach`: meetings, campaigns and sessions for citizens, and how dossiers came before and after them."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from core.answers import Refusal
from core.outreach import HoldOutreach
from core.text import clean_line
from storage.desk import Desk
from storage.feedback import short
from storage.outreach import OutreachRow, Span, find, held, hold, outreach, uptake, withdraw
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.times import read_date
from tui.handover import procedure_title
from tui.i18n import tr
from tui.outreach_words import days_words, twice_words, uptake_words


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "add|list|withdraw")
    adding = action(place, "add", parser)
    adding.add_argument("--kind", required=True, metavar="meeting|campaign|legal_education")
    adding.add_argument("--title", required=True, metavar="TEXT")
    adding.add_argument("--date", dest="first", required=True, metavar="D")
    adding.add_argument("--until", metavar="D")
    adding.add_argument("--audience", metavar="N")
    adding.add_argument("--procedure", action="append", default=[], metavar="CODE")
    adding.add_argument("--place", default="", metavar="TEXT")
    adding.add_argument("--note", default="", metavar="TEXT")
    acts(adding)
    taking = action(place, "withdraw", parser)
    taking.add_argument("code", metavar="CODE")
    taking.add_argument("--reason", required=True, metavar="TEXT")
    acts(taking)
    listing = action(place, "list", parser)
    listing.add_argument("--from", dest="first", metavar="D")
    listing.add_argument("--to", dest="last", metavar="D")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "add":
            rows = [_add(args, desk)]
        elif args.action == "withdraw":
            rows = [_withdraw(args, desk)]
        else:
            first = read_date(args.first) if args.first else date.min
            last = read_date(args.last) if args.last else date.max
            rows = held(desk, first, last)
        documents = [outreach_json(desk, one) for one in rows]
        if args.json:
            print_json(documents if args.action == "list" else documents[0])
            return 0
        for one in rows:
            print("\n".join(_lines(desk, one)))
        if args.action == "list":
            print(tr("outreach.count", count=len(rows)))
    return 0


def _add(args: argparse.Namespace, desk: Desk) -> OutreachRow:
    officer = acting_officer(args, desk)
    if args.audience is not None and not (args.audience.isascii() and args.audience.isdecimal()):
        raise Problem("number_unread", {"value": args.audience[:40]})
    given = HoldOutreach(
        id=desk.new_id(),
        kind=args.kind,
        day=read_date(args.first),
        title=clean_line(args.title),
        at=desk.now(),
        until=read_date(args.until) if args.until else None,
        audience=None if args.audience is None else int(args.audience),
        procedures=tuple(args.procedure),
        place=clean_line(args.place),
        note=clean_line(args.note),
    )
    done = hold(desk, officer, given)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    found = outreach(desk, given.id)
    if found is None:
        raise Problem("written_without_effect")
    return found


def _withdraw(args: argparse.Namespace, desk: Desk) -> OutreachRow:
    """What was taken back, as it stood."""
    officer, name = acting_officer(args, desk), find(desk, args.code)
    if isinstance(name, Refusal):
        raise Problem.of(name)
    found = outreach(desk, name)
    done = withdraw(desk, officer, name, clean_line(args.reason))
    if isinstance(done, Refusal):
        raise Problem.of(done)
    assert found is not None
    return found


def _lines(desk: Desk, one: OutreachRow) -> list[str]:
    people = tr("outreach.people", count=one.audience) if one.audience is not None else tr("outreach.uncounted")
    head = (short(one.id), days_words(one), tr(f"outreach.kind.{one.kind}"), one.title, people)
    found = uptake(desk, one)
    procedures = ", ".join(procedure_title(desk, name) for name in one.procedures)
    lines = (twice_words(desk, one), procedures, *uptake_words(found))
    return ["  ".join(head), *(f"        {line}" for line in lines if line)]


def outreach_json(desk: Desk, one: OutreachRow) -> dict[str, Any]:
    """docs/schemas/outreach.json."""
    officer, found = desk.officers.get(one.officer), uptake(desk, one)
    return {
        "id": one.id,
        "code": short(one.id),
        "kind": one.kind,
        "date": one.first.isoformat(),
        "until": one.last.isoformat(),
        "title": one.title,
        "place": one.place,
        "note": one.note,
        "audience": one.audience,
        "procedures": list(one.procedures),
        "unit": one.unit,
        "officer": officer.code if officer else one.officer,
        "uptake": None
        if found is None
        else {
            "before": _span_json(found.before),
            "after": None if found.after is None else _span_json(found.after),
            "whole": found.whole,
        },
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "dossiers": span.dossiers,
        "online": span.online,
    }
