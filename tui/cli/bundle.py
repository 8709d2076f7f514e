"""`motcua bundle`: exchange by a USB stick, once a decision allows it."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from core.text import clean_line
from tui.bundle_words import exported_lines, imported_lines, posted_lines, received_lines
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, moment_text, open_desk
from tui.cli.output import Problem, error_object, print_json, reading_fault, report
from tui.cli.times import read_moment
from tui.i18n import tr
from tui.sentences import by_number

if TYPE_CHECKING:
    from storage.sync.bundle_export import Exported, Since
    from storage.sync.bundle_import import Imported
    from storage.sync.post import Posted, Received

_SEQ = re.compile(r"[0-9]{1,7}")
"""Eight digits are a date without its dashes."""


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "export|import|allow|list")
    exporting = action(place, "export", parser)
    exporting.add_argument("file", metavar="F")
    exporting.add_argument("--for", dest="unit", metavar="UNIT", help=tr("cli.bundle.for"))
    exporting.add_argument("--since", metavar="SEQ|ISO|all", help=tr("cli.bundle.since"))
    acts(exporting)
    action(place, "import", parser).add_argument("file", metavar="F")
    allowing = action(place, "allow", parser)
    allowing.add_argument("file", metavar="FILE")
    acts(allowing)
    action(place, "list", parser)


def run(args: argparse.Namespace) -> int:
    return {"export": _export, "import": _import, "allow": _allow, "list": _list}[args.action](args)


def _export(args: argparse.Namespace) -> int:
    from storage.sync.bundle_export import export_bundle
    from storage.sync.post import Posted, export_letters
    from storage.transfers import knows_unit

    since, path = _since(args.since), Path(args.file)
    unit = None if args.unit is None else clean_line(args.unit)
    if unit == "":
        raise Problem("bundle_for_whom", status=2)
    done: Exported | Posted | Refusal
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        if unit in (None, desk.identity.unit):
            done = export_bundle(desk, officer, path, since=since)
        elif since is not None:
            raise Problem("bundle_since_letters", status=2)
        else:
            done = export_letters(desk, officer, path, unit)
            if not isinstance(done, Refusal) and not knows_unit(desk, unit):
                print(tr("warning.unit_not_known", unit=unit), file=sys.stderr)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    if args.json:
        print_json(_posted_json(args.file, done) if isinstance(done, Posted) else _exported_json(args.file, done))
        return 0
    for line in posted_lines(done) if isinstance(done, Posted) else exported_lines(done):
        print(line)
    return 0


def _since(text: str | None) -> Since:
    """None, «all», a number of this desk's own events, or a moment; InvalidInput `time_missing`, `out_of_range`."""
    if text is None or text == "all":
        return text
    if _SEQ.fullmatch(text):
        return int(text)
    try:
        return read_moment(text, LEGAL_TIME)
    except InvalidInput as error:
        if error.code != "time_invalid":
            raise
        raise Problem("bundle_since_invalid", {"value": text}, status=2) from error


def _exported_json(file: str, done: Exported) -> dict[str, Any]:
    return {
        "file": file,
        "bundle": done.bundle,
        "parts": [{"file": name, "sha256": digest, "bytes": size} for name, digest, size in done.files],
        "for": done.receiver,
        "events": done.events,
        "decision": done.policy.decision,
        "signed_by_city": done.policy.signed,
        "valid_to": done.policy.valid_to.isoformat(),
        "words": done.words,
    }


def _posted_json(file: str, done: Posted) -> dict[str, Any]:
    return {
        "file": file,
        "bundle": done.sha256[:32],
        "parts": [{"file": done.file, "sha256": done.sha256, "bytes": done.size}],
        "for": done.unit,
        "events": 0,
        "letters": done.letters,
        "introduces": done.introduces,
        "decision": done.policy.decision,
        "signed_by_city": done.policy.signed,
        "valid_to": done.policy.valid_to.isoformat(),
        "words": done.words,
    }


def _import(args: argparse.Namespace) -> int:
    from storage.conflicts import desk_numbers
    from storage.sync.bundle_import import import_bundle
    from storage.sync.post import Received, import_letters

    with open_desk(args) as desk:
        letters = import_letters(desk, Path(args.file))
        if isinstance(letters, Received):
            return _print_received(args, letters)
        done = letters or import_bundle(desk, Path(args.file))
        numbers = desk_numbers(desk)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    number = numbers.get(done.maker)
    if done.error:
        done = replace(done, error=by_number(done.error, numbers))
    if args.json:
        print_json(_imported_json(args.file, done, number))
    else:
        _print_imported(done, number)
    return 1 if done.error else 0


def _print_received(args: argparse.Namespace, done: Received) -> int:
    if args.json:
        print_json(
            {
                "file": args.file,
                "bundle": done.bundle,
                "from": {"desk": done.maker, "number": None, "unit": done.unit},
                "created": done.created,
                "parts": 1,
                "missing_parts": [],
                "events": 0,
                "received": 0,
                "duplicates": 0,
                "behind": 0,
                "conflicts": 0,
                "letters": done.letters,
                "new_letters": done.new,
                "words": done.words,
                "error": None,
            }
        )
        return 0
    for line in received_lines(done):
        print(line)
    return 0


def _imported_json(file: str, done: Imported, number: int | None) -> dict[str, Any]:
    return {
        "file": file,
        "bundle": done.bundle,
        "from": {"desk": done.maker, "number": number},
        "created": done.created,
        "parts": done.parts,
        "missing_parts": list(done.missing),
        "events": done.events,
        "received": done.received,
        "duplicates": done.duplicates,
        "behind": done.behind,
        "conflicts": done.conflicts,
        "words": done.words,
        "error": error_object(Problem.of(done.error)) if done.error else None,
    }


def _print_imported(done: Imported, number: int | None) -> None:
    for line in imported_lines(done, number):
        print(line)
    if done.error:
        report(Problem.of(done.error), as_json=False)


def _allow(args: argparse.Namespace) -> int:
    from storage.amending import read_signature
    from storage.sync.bundle_policy import allow, policy_of

    path = Path(args.file)
    signed = path.with_name(path.name + ".sig")
    content, signature = _read(path), read_signature(_read(signed)) if signed.exists() else None
    with open_desk(args) as desk:
        policy = allow(desk, acting_officer(args, desk), content, signature)
        covering = policy_of(desk)
    if isinstance(policy, Refusal):
        raise Problem.of(policy)
    told = {
        "decision": policy.decision,
        "units": list(policy.units),
        "valid_from": policy.valid_from.isoformat(),
        "valid_to": policy.valid_to.isoformat(),
        "signed_by_city": policy.signed,
    }
    outside = [Problem.of(covering)] if isinstance(covering, Refusal) else []
    if args.json:
        print_json({**told, "warnings": [error_object(one) for one in outside]})
        return 0
    first, last = f"{policy.valid_from:%d/%m/%Y}", f"{policy.valid_to:%d/%m/%Y}"
    print(tr("cli.bundle.allowed", decision=policy.decision, first=first, last=last))
    if not policy.signed:
        print(tr("cli.bundle.not_city"))
    for one in outside:
        report(one, as_json=False)
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Problem("file_unreadable", {"file": str(path), "detail": reading_fault(error)}) from error


def _list(args: argparse.Namespace) -> int:
    from storage.sync.bundle_export import exports
    from storage.sync.bundle_import import imports

    with open_desk(args) as desk:
        made = [
            {
                "at": event.at.isoformat(timespec="seconds"),
                "desk": event.desk,
                "by": event.by,
                "file": event.body.get("file"),
                "sha256": event.body.get("sha256"),
                "for": event.body.get("receiver"),
                "events": event.body.get("events"),
            }
            for event in exports(desk)
        ]
        taken = [
            {"at": moment_text(at), "bundle": bundle, "file": file, "desk": maker, "received": received}
            for bundle, at, file, maker, received in imports(desk)
        ]
    if args.json:
        print_json({"exports": made, "imports": taken})
        return 0
    for row in made:
        print(tr("cli.bundle.list.export", **{name: row[name] for name in ("at", "file", "events", "sha256")}))
    for row in taken:
        print(tr("cli.bundle.list.import", **{name: row[name] for name in ("at", "file", "received")}))
    return 0
