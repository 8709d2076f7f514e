"""`motcua desk`: the station's desks, and the admin's word on them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from core.answers import Refusal
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.unite import unite
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.desk import Desk
    from storage.sync.desk_life import DeskFacts


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "list|confirm|revoke|retire|unite")
    action(place, "list", parser)
    for name in ("confirm", "revoke", "retire"):
        acting = action(place, name, parser)
        acting.add_argument("desk", metavar="ID")
        acts(acting)
        if name == "revoke":
            acting.add_argument("--from", dest="from_seq", type=_positive, required=True, metavar="SEQ")
            acting.add_argument("--epoch", type=_positive, metavar="E")

    uniting = action(place, "unite", parser)
    uniting.add_argument("--hub", action="append", default=[], metavar="URL")
    named = uniting.add_mutually_exclusive_group()
    named.add_argument("--yield-to", metavar="WORDS")
    named.add_argument("--take-in", metavar="WORDS")
    acts(uniting)


def run(args: argparse.Namespace) -> int:
    from storage.sync.desk_life import desk_facts

    if args.action == "unite":
        return unite(args)
    with open_desk(args) as desk:
        name = None if args.action == "list" else _act(args, desk)
        rows = [one for one in desk_facts(desk) if name in (None, one.known.id)]
    if args.json:
        told = [desk_json(one) for one in rows]
        print_json(told if name is None else told[0])
        return 0
    for one in rows:
        print(_line(one) if name is None else tr(f"cli.desk.{args.action}", number=one.number))
    return 0


def desk_json(facts: DeskFacts) -> dict[str, Any]:
    """One desk by the contract; `revoked_from` where it was revoked."""
    known, officer = facts.known, facts.officer
    revoked = known.revoked
    return {
        "id": known.id,
        "number": facts.number,
        "state": known.state,
        "admin": facts.admin,
        "epoch": facts.epoch,
        "seq": facts.seq,
        "heard_at": facts.heard_at.isoformat() if facts.heard_at else None,
        "officer": {"id": officer.id, "code": officer.code, "name": officer.name} if officer else None,
        "station_key": facts.station_key,
        "revoked_from": {"epoch": revoked[0], "seq": revoked[1]} if revoked else None,
    }


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _act(args: argparse.Namespace, desk: Desk) -> str:
    from storage.event_log import Origin
    from storage.sync.desk_life import confirm_desk, desk_facts, find_desk, retire_desk, revoke_desk

    name = find_desk(desk, args.desk)
    if isinstance(name, Refusal):
        raise Problem.of(name)
    officer = acting_officer(args, desk)
    if args.action == "confirm":
        refused = confirm_desk(desk, officer, name)
    elif args.action == "retire":
        refused = retire_desk(desk, officer, name)
    else:
        newest = next(one.epoch for one in desk_facts(desk) if one.known.id == name)
        origin = Origin(name, args.epoch or newest)
        known = desk.log.last_seq(origin)
        refused = revoke_desk(desk, officer, name, origin.epoch, args.from_seq)
        if refused is None and args.from_seq > known + 1:
            values = {"known": known, "first": known + 1, "last": args.from_seq - 1}
            print(tr("cli.desk.revoke_unseen", **values), file=sys.stderr)
    if refused:
        raise Problem.of(refused)
    return name


def _line(facts: DeskFacts) -> str:
    officer = facts.officer
    parts = [
        str(facts.number),
        facts.known.id,
        tr(f"desk.state.{facts.known.state}"),
        tr("cli.desk.reach", epoch=facts.epoch, seq=facts.seq),
        f"{facts.heard_at:%d/%m/%Y %H:%M}" if facts.heard_at else "–",
        f"{officer.code} {officer.name}" if officer else "–",
        tr("cli.desk.key_here" if facts.station_key else "cli.desk.key_missing"),
    ]
    return "\t".join(parts + ([tr("cli.desk.admin")] if facts.admin else []))
