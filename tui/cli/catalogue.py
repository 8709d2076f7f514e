"""`motcua catalogue`: the procedures in force on a day, with their citations."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any

from core.answers import InvalidInput, Refusal
from core.catalogue import Fee, Paper, Procedure, ProcedureVersion, Variant
from core.law import Law
from core.service import service_on
from storage.lawbook.services import package_services
from tui.cli.amend import amend
from tui.cli.amend import arguments as amend_arguments
from tui.cli.catalogue_text import GROUPS, group_of, list_lines, service_lines, show_lines
from tui.cli.law import law_and_today
from tui.cli.output import Problem, print_json
from tui.i18n import language, tr
from tui.limit_words import variant_words, version_words


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|check|amend")
    listing = _action(actions, "list")
    listing.add_argument("--on", metavar="DATE", help=tr("cli.catalogue.on"))
    listing.add_argument("--service", action="store_true", help=tr("cli.catalogue.service"))
    showing = _action(actions, "show")
    showing.add_argument("code", metavar="CODE")
    showing.add_argument("--on", metavar="DATE", help=tr("cli.catalogue.on"))
    _action(actions, "check")
    amend_arguments(_action(actions, "amend"), file_needed=False)


def run(args: argparse.Namespace) -> int:
    if args.action == "amend":
        return amend(args)
    if args.action == "check":
        from tui.cli.catalogue_check import check

        return check(args)
    law, today = law_and_today(args)
    day = today if args.on is None else _day(args.on)
    if args.action == "list":
        return (_services if args.service else _list)(law, day, as_json=args.json)
    return _show(law, args.code, day, as_json=args.json)


def _action(actions: Any, name: str) -> argparse.ArgumentParser:
    """One action's parser; the common options may also stand after the action's name."""
    parser: argparse.ArgumentParser = actions.add_parser(name, description=tr("cli.catalogue.help"))
    parser.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS)
    parser.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("date_invalid", value=text) from None


def _in_force(law: Law, day: date) -> Iterator[tuple[Procedure, ProcedureVersion]]:
    for procedure in law.procedures:
        version = law.version_on(procedure, day)
        if isinstance(version, ProcedureVersion):
            yield procedure, version


def _services(law: Law, day: date, *, as_json: bool) -> int:
    """What is online and how far, what only informs, what stays at the counter and why, and what is not known."""
    rows = [_service(procedure, version, day) for procedure, version in _in_force(law, day)]
    rows.sort(key=lambda row: GROUPS.index(group_of(row)))
    if as_json:
        print_json(rows)
    else:
        print(*service_lines(rows, day), sep="\n")
    return 0


def _service(procedure: Procedure, version: ProcedureVersion, day: date) -> dict[str, Any]:
    """A row of `catalogue list --service`: docs/schemas/catalogue-service.json."""
    found, vietnamese = service_on(version, package_services(), day), language() == "vi"
    doubt = found.doubt and (found.doubt.vi if vietnamese else found.doubt.en)
    return {
        "code": procedure.code,
        "name": procedure.name,
        "title": _in_language(version, "title"),
        "field": procedure.field,
        "level": found.level,
        "counter_only": found.counter_only,
        "reason": found.reason_vi if vietnamese else found.reason_en,
        "basis": found.basis,
        "verified": found.counter_only is not None and doubt is None,
        "unverified_reason": doubt,
    }


def _list(law: Law, day: date, *, as_json: bool) -> int:
    rows = [_row(procedure, version, day) for procedure, version in _in_force(law, day)]
    if as_json:
        print_json(rows)
    else:
        print(*list_lines(rows, day), sep="\n")
    return 0


def _show(law: Law, code: str, day: date, *, as_json: bool) -> int:
    version = law.version_on(code, day)
    if isinstance(version, Refusal):
        raise Problem.of(version)
    procedure = law.find(code)
    assert procedure is not None
    facts = _facts(procedure, version, day)
    if as_json:
        print_json(facts)
    else:
        print(*show_lines(facts), sep="\n")
    return 0


def _row(procedure: Procedure, version: ProcedureVersion, day: date) -> dict[str, Any]:
    """A row of `catalogue list`."""
    return {
        "code": procedure.code,
        "name": procedure.name,
        "title": _in_language(version, "title"),
        "field": procedure.field,
        "level": version.level,
        "limit": version_words(version),
        "service": version.service_on(day),
        "valid_from": str(version.valid_from),
        "valid_to": _iso(version.valid_to),
        "basis": version.basis,
        "verified": version.verified,
    }


def _facts(procedure: Procedure, version: ProcedureVersion, day: date) -> dict[str, Any]:
    """Everything that is known of a procedure on a day: the row of `list` and what stands behind it."""
    vietnamese = language() == "vi"
    return {
        **_row(procedure, version, day),
        "code_verified": procedure.code_verified,
        "aliases": list(procedure.aliases),
        "unverified_reason": version.unverified_reason if vietnamese else version.unverified_reason_en,
        "variants": [_variant(one) for one in version.variants],
        "on_supplement": version.on_supplement,
        "supplement_basis": version.supplement_basis,
        "on_payment": version.on_payment,
        "transition": {"rule": version.transition, "basis": version.transition_basis},
        "papers": [_paper(one) for one in version.papers],
        "fees": [_fee(one) for one in version.fees],
        "result": _in_language(version, "result"),
        "matter_fields": list(version.matter_fields),
        "receiving": list(version.receiving),
        "deciding": version.deciding,
        "note": _in_language(version, "note"),
        "row_hash": version.row_hash,
        "versions": [
            {"valid_from": str(one.valid_from), "valid_to": _iso(one.valid_to), "basis": one.basis}
            for one in procedure.versions
        ],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "code": variant.code,
        "title": _in_language(variant, "title"),
        "limit": variant_words(variant),
        "starts_on": variant.starts_on,
        "basis": variant.basis,
        "phases": [
            {
                "amount": float(phase.limit.amount),
                "unit": str(phase.limit.unit),
                "cutoff": f"{phase.limit.cutoff:%H:%M}" if phase.limit.cutoff else None,
                "time": f"{phase.limit.time:%H:%M}" if phase.limit.time else None,
                "starts_on": phase.starts_on,
                "basis": phase.basis,
            }
            for phase in variant.phases
        ],
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "code": paper.code,
        "title": _in_language(paper, "title"),
        "required": paper.required,
        "note": paper.note_vi,
    }


def _fee(fee: Fee) -> dict[str, Any]:
    return {
        "channel": fee.channel,
        "amount": fee.amount,
        "valid_from": str(fee.valid_from),
        "valid_to": _iso(fee.valid_to),
        "basis": fee.basis,
        "verified": fee.verified,
    }


def _in_language(value: object, name: str) -> str:
    return str(getattr(value, f"{name}_{language()}"))


def _iso(day: date | None) -> str | None:
    return str(day) if day else None
