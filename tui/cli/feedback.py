"""`motcua feedback`: what citizens ask, propose or complain of; what is owed to whom until when, and the answers."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from core.answers import Refusal
from core.feedback import ReceiveFeedback
from core.moments import LEGAL_TIME, legal_day
from core.text import clean_line
from storage import outreach
from storage.desk import Desk, Done
from storage.feedback import (
    LISTS,
    FeedbackRow,
    answer,
    destroy,
    find,
    listed,
    load,
    of_dossier,
    receive,
    row_of,
    short,
    take_back,
    withdrawn_row,
)
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, dossier_id, named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.times import read_date, read_moment
from tui.feedback_words import due_words, limit_words
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "add|answer|list|show|withdraw|destroy")
    adding = action(place, "add", parser)
    adding.add_argument("--kind", required=True, metavar="question|obstacle|suggestion|complaint")
    adding.add_argument("--dossier", default="", metavar="CODE")
    adding.add_argument("--procedure", default="", metavar="CODE")
    adding.add_argument("--outreach", default="", metavar="CODE")
    adding.add_argument("--who", default="", metavar="TEXT")
    adding.add_argument("--contact", default="", metavar="TEXT")
    adding.add_argument("--officer", dest="answers", metavar="OFFICER")
    adding.add_argument("--due", metavar="D")
    answering = action(place, "answer", parser)
    for one in (adding, answering):
        one.add_argument("--text", required=True, metavar="TEXT|-")
        one.add_argument("--way", default="counter", metavar="counter|phone|paper|online|outreach")
        one.add_argument("--at", metavar="ISO")
    listing = action(place, "list", parser)
    listing.add_argument("list", nargs="?", choices=LISTS, default=LISTS[0])
    listing.add_argument("--dossier", metavar="CODE")
    showing = action(place, "show", parser)
    removing, taking = action(place, "destroy", parser), action(place, "withdraw", parser)
    for one in (removing, taking):
        one.add_argument("--reason", required=True, metavar="TEXT")
    for one in (answering, showing, removing, taking):
        one.add_argument("code", metavar="CODE")
    for one in (adding, answering, removing, taking):
        acts(one)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "list":
            found = of_dossier(desk, dossier_id(desk, args.dossier)) if args.dossier else listed(desk, args.list)
            _tell_list(desk, found, as_json=args.json)
            return 0
        if args.action == "withdraw":
            _withdraw(args, desk)
            return 0
        name = _acted(args, desk) if args.action != "show" else _named(find(desk, args.code))
        row = row_of(desk, name)
        if row is None and (known := load(desk, name)) is not None and known.withdrawn:
            if args.action == "show":
                raise Problem("feedback_withdrawn_already")
            row = withdrawn_row(known)
        if row is None:
            raise Problem("written_without_effect")
        if args.json:
            print_json(feedback_json(desk, row))
        else:
            print("\n".join(_lines(desk, row)))
    return 0


def _acted(args: argparse.Namespace, desk: Desk) -> str:
    """Carry out the action; the id of the feedback."""
    officer = acting_officer(args, desk)
    at = read_moment(args.at, LEGAL_TIME) if getattr(args, "at", None) else desk.now()
    name, done = desk.new_id(), None
    if args.action == "add":
        done = receive(desk, officer, _given(args, desk, name, at))
    else:
        name = _named(find(desk, args.code))
        if args.action == "answer":
            done = answer(desk, officer, name, _words(args.text), args.way, at)
        else:
            done = destroy(desk, officer, name, clean_line(args.reason))
    assert isinstance(done, Done | Refusal)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    return name


def _withdraw(args: argparse.Namespace, desk: Desk) -> None:
    """Take back what was written down by mistake; it is told as it stood."""
    officer, name = acting_officer(args, desk), _named(find(desk, args.code))
    row = row_of(desk, name)
    told = feedback_json(desk, row) if row is not None else None
    answered = take_back(desk, officer, name, clean_line(args.reason))
    if isinstance(answered, Refusal):
        raise Problem.of(answered)
    if told is None or row_of(desk, name) is not None:
        raise Problem("written_without_effect")
    if args.json:
        print_json(told)
    else:
        print(tr("feedback.done.retract"))


def _given(args: argparse.Namespace, desk: Desk, name: str, at: datetime) -> ReceiveFeedback:
    return ReceiveFeedback(
        id=name,
        kind=args.kind,
        text=_words(args.text),
        way=args.way,
        at=at,
        due=read_date(args.due) if args.due else None,
        who=clean_line(args.who),
        contact=clean_line(args.contact),
        dossier=dossier_id(desk, args.dossier) if args.dossier else "",
        procedure=clean_line(args.procedure),
        outreach=_named(outreach.find(desk, args.outreach)) if args.outreach else "",
        officer=named_officer(desk, args.answers).id if args.answers else "",
    )


def _words(text: str) -> str:
    """Line by line, without what can't be seen."""
    lines = (sys.stdin.read() if text == "-" else text).splitlines()
    return "\n".join(map(clean_line, lines))


def _named(found: str | Refusal) -> str:
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return found


def feedback_json(desk: Desk, one: FeedbackRow) -> dict[str, Any]:
    """docs/schemas/feedback.json."""
    whole, row = load(desk, one.id), desk.row(one.dossier) if one.dossier else None
    officer = desk.officers.get(one.officer) if one.officer else None
    body = whole.received.body if whole else {}
    return {
        "id": one.id,
        "code": short(one.id),
        "kind": one.kind or None,
        "way": body.get("way"),
        "received_at": one.received_at.isoformat(),
        "text": body.get("text"),
        "who": body.get("who"),
        "contact": body.get("contact"),
        "dossier": one.dossier,
        "receipt_number": row["receipt_number"] if row else None,
        "procedure": one.procedure,
        "outreach": one.outreach,
        "officer": officer.code if officer else one.officer,
        "unit": one.unit,
        "due": one.due.isoformat() if one.due else None,
        "limit": body.get("limit"),
        "basis": body.get("basis"),
        "verified": body.get("verified"),
        "days_late": one.days_late(legal_day(desk.now())),
        "destroyed": one.destroyed,
        "answers": [_answer_json(desk, event) for event in (whole.answers if whole else ())],
    }


def _answer_json(desk: Desk, event: Any) -> dict[str, Any]:
    by = desk.officers.get(event.by)
    return {
        "at": event.at.astimezone(LEGAL_TIME).isoformat(),
        "by": by.code if by else event.by,
        "way": event.body.get("way"),
        "text": event.body.get("text"),
    }


def _tell_list(desk: Desk, found: list[FeedbackRow], *, as_json: bool) -> None:
    if as_json:
        print_json([feedback_json(desk, one) for one in found])
        return
    today = legal_day(desk.now())
    for one in found:
        kind = tr(f"feedback.kind.{one.kind}") if one.kind else "–"
        whole = load(desk, one.id)
        words = " ".join((whole.text("text") if whole else "").split())[:60]
        print(f"{short(one.id)}  {one.received_at:%d/%m/%Y}  {kind:<10}  {due_words(one, today)}  {words}".rstrip())
    print(tr("feedback.count", count=len(found)))


def _lines(desk: Desk, one: FeedbackRow) -> list[str]:
    whole = load(desk, one.id)
    told = feedback_json(desk, one)
    kind = tr(f"feedback.kind.{one.kind}") if one.kind else "–"
    lines = [f"{short(one.id)}  {one.received_at:%H:%M %d/%m/%Y}  {kind}  {due_words(one, legal_day(desk.now()))}"]
    if whole is not None and (limit := limit_words(whole)):
        lines.append(limit)
    who = " · ".join(filter(None, (told["who"], told["contact"], told["receipt_number"])))
    lines += [part for part in (who, told["text"]) if part]
    for said in told["answers"]:
        at, words = datetime.fromisoformat(said["at"]), said["text"] or tr("feedback.gone")
        lines.append(f"→ {at:%H:%M %d/%m/%Y}  {said['by']}: {words}")
    return lines
