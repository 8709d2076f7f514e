"""`motcua handover`: the sheet as it would be now, signing over, asking back, accepting, counting, past ones."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.answers import Refusal
from core.handover import Question
from core.readback import REASON, read_asks, told
from storage.desk import Desk, Done
from storage.handover import (
    accept,
    answer_receiver,
    ask_sender,
    asked_of,
    count_drawer,
    hand_over,
    handover_of,
    sheet_of,
    waiting_for,
)
from storage.past_handovers import PastHandover, past_handover, past_handovers
from storage.sheet import Sheet, sheet_now
from tui.answers import iso
from tui.cli.common import acting_officer, acts, named_officer, open_desk, row_count
from tui.cli.output import Problem, print_json
from tui.handover import action_words, dossier_cells, heading, item_line, past_line, section_title, taken_lines
from tui.handover_record import sheet_pdf
from tui.i18n import tr

_DOINGS = ("to", "accept", "ask", "answer", "count", "review")
_BESIDE = {
    "sender": ("to",),
    "note": ("to",),
    "reason": ("to", "accept"),
    "readback": ("accept",),
    "limit": ("review",),
    "before": ("review",),
}
"""What each of the other options goes together with."""
_REVIEWED = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("--to", metavar="O")
    parser.add_argument("--for", dest="sender", metavar="O")
    parser.add_argument("--note", metavar="TEXT")
    parser.add_argument("--accept", metavar="ID")
    parser.add_argument("--readback", metavar="FILE")
    parser.add_argument("--reason", metavar="TEXT")
    parser.add_argument("--ask", nargs=3, metavar=("ID", "CODE", "TEXT"))
    parser.add_argument("--answer", nargs=3, metavar=("ID", "CODE", "TEXT"))
    parser.add_argument("--count", metavar="FILE")
    parser.add_argument("--review", nargs="?", const="", metavar="ID")
    parser.add_argument("--limit", type=row_count, metavar="N")
    parser.add_argument("--before", metavar="ID")
    parser.add_argument("--out", metavar="F.pdf")


def run(args: argparse.Namespace) -> int:
    doings = [name for name in _DOINGS if getattr(args, name) is not None]
    if len(doings) > 1:
        raise Problem("handover_both", status=2)
    for name, beside in _BESIDE.items():
        if getattr(args, name) is not None and not set(beside).intersection(doings):
            option = "--for" if name == "sender" else f"--{name}"
            words = ", ".join(f"--{one}" for one in beside)
            raise Problem("handover_option", {"option": option, "beside": words}, status=2)
    if args.out and args.review == "":
        raise Problem("handover_out", status=2)
    with open_desk(args) as desk:
        if args.review is not None:
            _review(args, desk)
            return 0
        sheet = _sheet(desk, args)
        _record(args, desk, sheet)
        if args.json:
            print_json(sheet_json(desk, sheet))
        else:
            _print(desk, sheet)
    return 0


def _sheet(desk: Desk, args: argparse.Namespace) -> Sheet:
    """Do what was asked, and answer the sheet that it is about."""
    if args.to is not None:
        officer, receiver = acting_officer(args, desk), named_officer(desk, args.to)
        sender = None if args.sender is None else named_officer(desk, args.sender, gone=True)
        signed = hand_over(desk, officer, receiver, args.note, sender=sender, reason=args.reason)
        if isinstance(signed, Refusal):
            raise Problem.of(signed)
        return _signed(desk, signed)
    if args.accept is not None:
        officer, said = acting_officer(args, desk), _said(args.readback)
        _done(accept(desk, officer, args.accept, said, action_words(), args.reason))
        return _signed(desk, args.accept)
    for words, act in ((args.ask, ask_sender), (args.answer, answer_receiver)):
        if words:
            shift, code, text = words
            _done(act(desk, acting_officer(args, desk), shift, code, text))
            return _signed(desk, shift)
    if args.count is not None:
        officer = acting_officer(args, desk)
        _done(count_drawer(desk, officer, _said(args.count)))
    return sheet_now(desk, named_officer(desk, args.officer) if args.officer else None)


def _record(args: argparse.Namespace, desk: Desk, sheet: Sheet) -> None:
    """The sheet as PDF, where a file was named for it."""
    if args.out:
        try:
            Path(args.out).write_bytes(sheet_pdf(desk, sheet))
        except OSError as error:
            raise Problem("file_unwritable", {"file": args.out}) from error


def _done(answer: Done | Refusal) -> None:
    if isinstance(answer, Refusal):
        raise Problem.of(answer)


def _signed(desk: Desk, shift: str) -> Sheet:
    found = sheet_of(desk, shift)
    assert found is not None
    return found


def _said(name: str | None) -> dict[str, str]:
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
    """The contract's document; `signed` lists who signed and when.

    `questions`: what was asked about a signed sheet, of the sheet of now what the officer still has to answer.
    """
    found = handover_of(desk, sheet.id) if sheet.id else None
    return {
        "id": sheet.id,
        "from": _code(desk, sheet.sender),
        "to": _code(desk, sheet.receiver),
        "sections": [dict(section) for section in sheet.sections],
        "sha256": sheet.sha256,
        "signed": [{"officer": _code(desk, who), "at": at.isoformat()} for who, at in sheet.signed],
        "questions": [
            {"handover": shift, "id": one.id, "item": one.item, "question": one.text, "answer": one.answer}
            for shift, one in ([(sheet.id, one) for one in found.questions] if found else _to_answer(desk, sheet))
        ],
        "waiting": _waiting(desk, sheet),
        "overridden": list(sheet.overridden),
        "readback": _readback_json(sheet.sections, sheet.readback),
        "difference_reason": sheet.readback.get(REASON),
    }


def _readback_json(sections: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"item": one.ask.item, "expected": one.ask.expected, "said": one.said, "differs": one.differs}
        for one in told(read_asks(sections), said)
    ]


def _to_answer(desk: Desk, sheet: Sheet) -> list[tuple[str, Question]]:
    """What the officer of a sheet that nobody has signed was asked about the last one, and has not answered."""
    officer = desk.officers.get(sheet.sender) if sheet.sender and not sheet.id else None
    given = [(shift, handover_of(desk, shift)) for shift in asked_of(desk, officer)] if officer else []
    return [(shift, one) for shift, found in given if found and not found.accepted for one in found.unanswered]


def _waiting(desk: Desk, sheet: Sheet) -> list[str]:
    """The handovers that wait for the second signature of the officer whose sheet of now it is."""
    officer = desk.officers.get(sheet.sender) if sheet.sender and not sheet.id else None
    return waiting_for(desk, officer) if officer else []


def _code(desk: Desk, officer: str | None) -> str | None:
    found = desk.officers.get(officer) if officer else None
    return found.code if found else officer


def _print(desk: Desk, sheet: Sheet) -> None:
    if sheet.id:
        print(sheet.id)
    for shift in _waiting(desk, sheet):
        print(tr("handover.to_take", id=shift))
    for shift, one in _to_answer(desk, sheet):
        row = desk.row(one.item)
        number = (row["receipt_number"] if row else None) or one.item
        print(tr("handover.to_answer", id=shift, number=number, question=one.text))
    for section in sheet.sections:
        print(heading(section))
        for item in section["items"]:
            words = item_line(desk, section["name"], item)
            shared = sheet.sender is None and item.get("owner")
            print(f"  {words}  {tr('handover.owner', owner=item['owner'])}" if shared else f"  {words}")
    found = handover_of(desk, sheet.id) if sheet.id else None
    for line in taken_lines(found) if found else ():
        print(line)


def _review(args: argparse.Namespace, desk: Desk) -> None:
    """One past handover or the newest ones, with what became of the lines that were to be kept in sight."""
    if args.review:
        one = past_handover(desk, args.review)
        if one is None:
            raise Problem("handover_unknown", {"id": args.review})
        _record(args, desk, _signed(desk, one.id))
        found = [one]
    else:
        if args.before is not None and past_handover(desk, args.before) is None:
            raise Problem("handover_unknown", {"id": args.before})
        limit = _REVIEWED if args.limit is None else args.limit
        found = past_handovers(desk, limit, args.before)
    if args.json:
        print_json([_past_json(desk, past) for past in found])
        return
    names = {one.id: one.name for one in desk.officers.all()}
    for past in found:
        print(f"{past.id}  {past_line(past, names)}")
        for line in past.watched if args.review else ():
            cells = "  ".join(dossier_cells(desk, line.item))
            print(f"  {tr('became.' + line.became)}: {section_title(line.section)}  {cells}")
        for words in taken_lines(past.handed):
            print(f"  {words}")


def _past_json(desk: Desk, past: PastHandover) -> dict[str, Any]:
    given = past.handed
    return {
        "id": past.id,
        "from": _code(desk, given.sender),
        "to": _code(desk, past.accepted_by or given.receiver),
        "signed_at": iso(given.given.at),
        "accepted_at": iso(past.accepted_at) if past.accepted_at else None,
        "in_conflict": bool(given.conflicts),
        "questions": len(given.unanswered),
        "differences": [
            {"item": one["item"], "expected": one["expected"], "said": one["said"]}
            for one in _readback_json(given.sections, given.readback)
            if one["differs"]
        ],
        "difference_reason": given.readback.get(REASON),
        "counts": past.counts,
        "watchers": [
            {
                "section": line.section,
                "id": line.item["id"],
                "receipt_number": line.item["receipt_number"],
                "next_action": line.item["next_action"],
                "became": line.became,
                "state": None if line.row is None else line.row["state"],
                "owner": None if line.row is None else _code(desk, line.row["officer"]),
            }
            for line in past.watched
        ],
    }
