"""`motcua officer`: the station's officers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.answers import Refusal
from core.text import clean_line
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk, secret
from tui.cli.output import Problem, print_json
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.desk import Desk
    from storage.officers import Officer


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "add|list")
    adding = action(place, "add", parser)
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--role", dest="roles", action="append", required=True, metavar="R")
    adding.add_argument("--deputy", action="store_true")
    acts(adding)
    action(place, "list", parser)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        officers = [_add(args, desk)] if args.action == "add" else desk.officers.all()
    rows = [officer_json(one) for one in officers]
    if args.json:
        print_json(rows[0] if args.action == "add" else rows)
        return 0
    for row in rows:
        roles = ", ".join(tr(f"role.{role}") for role in row["roles"])
        print("\t".join([row["code"], row["name"], roles] + ([] if row["active"] else [tr("cli.officer.inactive")])))
    return 0


def officer_json(officer: Officer) -> dict[str, Any]:
    """One officer; `role` is the first of the roles."""
    return {
        "id": officer.id,
        "code": officer.code,
        "name": officer.name,
        "role": officer.given[0] if officer.given else None,
        "roles": list(officer.given),
        "active": officer.active,
        "signs": officer.signs,
    }


def _add(args: argparse.Namespace, desk: Desk) -> Officer:
    from storage.staff import add_officer

    admin = acting_officer(args, desk)
    name = clean_line(args.name)
    if not name:
        raise Problem("usage", {"detail": "NAME", "command": "motcua officer add"}, status=2)
    pin = secret("MOTCUA_NEW_PIN", tr("cli.officer.new_pin", name=name))
    added = add_officer(desk, admin, name, args.roles, pin, "deputy" if args.deputy else "head")
    if isinstance(added, Refusal):
        raise Problem.of(added)
    return added
