"""`motcua handover`: the sheet as it would be now, signing over, accepting."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.answers import Refusal
from storage.desk import Desk
from storage.handover import accept, hand_over, sheet_of
from storage.sheet import Sheet, sheet_now
from tui.cli.common import acting_officer, acts, named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.handover import item_line, section_title, sheet_pdf


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("--to", metavar="O")
    parser.add_argument("--accept", metavar="ID")
    parser.add_argument("--readback", metavar="FILE")
    parser.add_argument("--out", metavar="F.pdf")


def run(args: argparse.Namespace) -> int:
    if args.to and args.accept:
        raise Problem("handover_both", status=2)
    with open_desk(args) as desk:
        sheet = _sheet(desk, args)
        if args.out:
            try:
                Path(args.out).write_bytes(sheet_pdf(desk, sheet))
            except OSError as error:
                raise Problem("file_unwritable", {"file": args.out}) from error
        if args.json:
            print_json(sheet_json(desk, sheet))
        else:
            _print(desk, sheet)
    return 0


def _sheet(desk: Desk, args: argparse.Namespace) -> Sheet:
    if args.to:
        signed = hand_over(desk, acting_officer(args, desk), named_officer(desk, args.to))
        if isinstance(signed, Refusal):
            raise Problem.of(signed)
        shift = signed
    elif args.accept:
        done = accept(desk, acting_officer(args, desk), args.accept, _readback(args.readback))
        if isinstance(done, Refusal):
            raise Problem.of(done)
        shift = args.accept
    else:
        return sheet_now(desk, named_officer(desk, args.officer) if args.officer else None)
    found = sheet_of(desk, shift)
    assert found is not None
    return found


def _readback(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    try:
        found = json.loads(Path(name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Problem("readback_unreadable", {"file": name}) from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Problem("readback_unreadable", {"file": name})
    return found


def sheet_json(desk: Desk, sheet: Sheet) -> dict[str, Any]:
    """The contract's document; `signed` lists who signed and when."""
    return {
        "id": sheet.id,
        "from": _code(desk, sheet.sender),
        "to": _code(desk, sheet.receiver),
        "sections": [dict(section) for section in sheet.sections],
        "signed": [{"officer": _code(desk, who), "at": at.isoformat()} for who, at in sheet.signed],
    }


def _code(desk: Desk, officer: str | None) -> str | None:
    found = desk.officers.get(officer) if officer else None
    return found.code if found else officer


def _print(desk: Desk, sheet: Sheet) -> None:
    if sheet.id:
        print(sheet.id)
    for section in sheet.sections:
        print(f"{section_title(section['name'])} ({len(section['items'])})")
        for item in section["items"]:
            print(f"  {item_line(desk, item)}")
