"""`motcua bundle`: exchange by a USB stick, once a decision allows it."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import Refusal
from core.moments import LEGAL_TIME
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, moment_text, open_desk
from tui.cli.output import Problem, error_object, print_json, reading_fault, report
from tui.dates import moment_long
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.desk import Desk
    from storage.sync.bundle_export import Exported, Since
    from storage.sync.bundle_import import Imported

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

    since = _since(args.since)
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        done = export_bundle(desk, officer, Path(args.file), unit=args.unit, since=since)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    if args.json:
        print_json(_exported_json(args.file, done))
        return 0
    names = ", ".join(name for name, _, _ in done.files)
    print(tr("cli.bundle.exported", files=names, events=done.events, size=_size(done), decision=done.policy.decision))
    if not done.policy.signed:
        print(tr("cli.bundle.not_city"))
    print(tr("cli.bundle.words", words=done.words))
    return 0


def _since(text: str | None) -> Since:
    """None, «all», a number of this desk's own events, or a moment; a date alone is the beginning of that day."""
    if text is None or text == "all":
        return text
    if _SEQ.fullmatch(text):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem("bundle_since_invalid", {"value": text}, status=2) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=LEGAL_TIME)


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


def _size(done: Exported) -> str:
    return f"{sum(size for _, _, size in done.files) / 1_000_000:.1f}"


def _import(args: argparse.Namespace) -> int:
    from storage.sync.bundle_import import import_bundle

    with open_desk(args) as desk:
        done = import_bundle(desk, Path(args.file))
        number = _number(desk, "" if isinstance(done, Refusal) else done.maker)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    if args.json:
        print_json(_imported_json(args.file, done, number))
    else:
        _print_imported(done, number)
    return 1 if done.error else 0


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
    made = moment_long(datetime.fromisoformat(done.created).astimezone(LEGAL_TIME))
    print(tr("cli.bundle.from", number=number or "?", made=made, events=done.events))
    print(tr("cli.bundle.imported", received=done.received, duplicates=done.duplicates, behind=done.behind))
    if done.conflicts:
        print(tr("cli.sync.conflicts", count=done.conflicts))
    if done.words:
        print(tr("cli.bundle.words", words=done.words))
    if done.error:
        report(Problem.of(done.error), as_json=False)


def _number(desk: Desk, name: str) -> int | None:
    row = desk.connection.execute("SELECT number FROM desk WHERE id = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def _allow(args: argparse.Namespace) -> int:
    from storage.amending import read_signature
    from storage.sync.bundle_policy import allow

    path = Path(args.file)
    signed = path.with_name(path.name + ".sig")
    content, signature = _read(path), read_signature(_read(signed)) if signed.exists() else None
    with open_desk(args) as desk:
        policy = allow(desk, acting_officer(args, desk), content, signature)
    if isinstance(policy, Refusal):
        raise Problem.of(policy)
    told = {
        "decision": policy.decision,
        "units": list(policy.units),
        "valid_from": policy.valid_from.isoformat(),
        "valid_to": policy.valid_to.isoformat(),
        "signed_by_city": policy.signed,
    }
    if args.json:
        print_json(told)
        return 0
    first, last = f"{policy.valid_from:%d/%m/%Y}", f"{policy.valid_to:%d/%m/%Y}"
    print(tr("cli.bundle.allowed", decision=policy.decision, first=first, last=last))
    if not policy.signed:
        print(tr("cli.bundle.not_city"))
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
