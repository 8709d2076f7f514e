"""`motcua calendar amend` and `motcua catalogue amend`: what an amendment moves, then the amendment itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import Refusal
from tui.cli.output import Problem, error_object, print_json, reading_fault, report
from tui.dates import epoch_end_long
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.amending import Moved, Proposal
    from storage.desk import Desk
    from storage.officers import Officer


def arguments(parser: argparse.ArgumentParser, *, file_needed: bool) -> None:
    """FILE, `--dry-run` and the officer; without FILE the law that this version of the program brings."""
    parser.add_argument("file", metavar="FILE", nargs=None if file_needed else "?")
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.amend.dry_run"))
    parser.add_argument("--as", dest="officer", metavar="OFFICER")


def amend(args: argparse.Namespace) -> int:
    """Show what moves; apply it in one transaction unless it is a dry run or a golden case fails."""
    from storage.amending import apply
    from tui.cli.common import acting_officer, open_desk

    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        proposal = _proposed(desk, _asker(officer) if args.dry_run else officer, args.file)
        problems = _failed_cases(proposal)
        if not args.json:
            _print(desk, proposal, problems)
        applied = not args.dry_run and not problems
        if applied:
            done = apply(desk, officer, proposal)
            if isinstance(done, Refusal):
                raise Problem.of(done)
    if args.json:
        print_json(_json(proposal, problems, applied=applied))
    else:
        print(_ending(problems, applied=applied))
    return 1 if problems else 0


def _asker(officer: Officer) -> Officer:
    """A dry run writes nothing: any officer may ask what would move."""
    return replace(officer, given=(*officer.given, "admin", "leader"))


def _proposed(desk: Desk, officer: Officer, name: str | None) -> Proposal:
    from storage.amending import propose, propose_package, read_signature

    if name is None:
        found = propose_package(desk, officer)
    else:
        path = Path(name)
        signed = path.with_name(path.name + ".sig")
        signature = read_signature(_read(signed)) if signed.exists() else None
        found = propose(desk, officer, _read(path), path.name, signature)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Problem("file_unreadable", {"file": str(path), "detail": reading_fault(error)}) from error


def _failed_cases(proposal: Proposal) -> list[Problem]:
    """What keeps the amendment from going live: cases that do not hold, versions and years without one."""
    from tui.cli.catalogue_check import case_problem

    failed = [case_problem(failure) for failure in proposal.failures]
    return failed + [Problem("case_none", {"where": key}) for key in proposal.uncounted]


def _json(proposal: Proposal, problems: list[Problem], *, applied: bool) -> dict[str, Any]:
    return {
        "applied": applied,
        "decision": proposal.decision,
        "source": proposal.source,
        "signed_by_city": proposal.signed,
        "count": len(proposal.moved),
        "moved": [moved_json(moved) for moved in proposal.moved],
        "failed_cases": [error_object(problem) for problem in problems],
    }


def moved_json(moved: Moved) -> dict[str, Any]:
    """A dossier that moves, as the JSON answers tell it."""
    from tui.cli.common import moment_text

    return {
        "receipt_number": moved.receipt_number,
        "id": moved.dossier,
        "applicant_name": moved.name,
        "procedure": moved.procedure,
        "from": moment_text(moved.before),
        "to": moment_text(moved.after),
        "promised_at": moment_text(moved.promised_at),
        "promise_broken": moved.promise_broken,
    }


def _print(desk: Desk, proposal: Proposal, problems: list[Problem]) -> None:
    print(*_lines(desk, proposal), sep="\n")
    for problem in problems:
        report(problem, as_json=False)


def _lines(desk: Desk, proposal: Proposal) -> Iterator[str]:
    from tui.handover import procedure_title

    if proposal.source == "package":
        yield tr("cli.amend.package")
    else:
        yield tr("cli.amend.of", decision=proposal.decision or tr("cli.amend.no_decision"), source=proposal.source)
    yield tr("amendment.signed" if proposal.signed else "amendment.unsigned" if proposal.national else "amendment.own")
    moved = proposal.moved
    if not moved:
        yield tr("cli.amend.none")
        return
    yield tr("cli.amend.moved", count=len(moved))
    broken = sum(one.promise_broken for one in moved)
    if broken:
        yield tr("cli.amend.broken", count=broken)
    titles: dict[str, str] = {}
    for one in moved:
        if one.procedure not in titles:
            titles[one.procedure] = procedure_title(desk, one.procedure)
        yield _line(one, titles[one.procedure])


def _line(moved: Moved, title: str) -> str:
    mark = "!" if moved.promise_broken else " "
    who = f"{moved.receipt_number or moved.dossier}  {moved.name} · {title}"
    dates = tr("cli.amend.from_to", before=_told(moved.before), after=_told(moved.after))
    printed = f" ({tr('cli.amend.printed', promised=_told(moved.promised_at))})" if moved.promised_at else ""
    return f"{mark} {who}: {dates}{printed}"


def _told(seconds: int | None) -> str:
    return tr("cli.amend.no_due") if seconds is None else epoch_end_long(seconds)


def _ending(problems: list[Problem], *, applied: bool) -> str:
    if problems:
        return tr("cli.amend.kept_out", count=len(problems))
    return tr("cli.amend.applied") if applied else tr("cli.amend.dry")
