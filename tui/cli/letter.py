"""`motcua letter`: a paper of a dossier, of a unit's day or of a procedure: as PDF, for a roll of 80 mm, or as text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from core.answers import Refusal
from core.document import Document, plain
from core.dossier import Dossier
from core.letters import receipt_text
from core.standing import standing
from core.text import fold
from storage.blanks import Blank
from storage.desk import Desk
from storage.manner import HANDED_OUT, Manner
from storage.press import Press
from storage.spool import Job, Spool
from tui.cli.common import acting_officer, acts, dossier_id, moment_text, open_desk
from tui.cli.output import Problem, print_json, report
from tui.dates import end_long
from tui.i18n import tr
from tui.issuing import Doubt, doubt_of, prepare
from tui.outage_kit import BLANKS, MOST_BLANKS, outage_kit, table_text, take_kit
from tui.papers import DOSSIER_LETTERS, paper_of
from tui.slips import receipt_slip
from tui.unit_papers import notice_sheet, post_manifest, register, service_slip

_OF_DOSSIERS = ("receipt", *DOSSIER_LETTERS)
_OF_UNITS = ("register", "post-manifest", "outage-kit")
_OF_PROCEDURES = ("notice-sheet", "service-slip")
_KINDS = (*_OF_DOSSIERS, *_OF_UNITS, *_OF_PROCEDURES)
_YES = frozenset({"y", "yes", "c", "co"})


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("words", metavar="CODE KIND", nargs="+")
    parser.add_argument("--out", metavar="F")
    parser.add_argument("--format", choices=("pdf", "thermal", "text"), default="pdf")
    parser.add_argument("--bilingual", action="store_true", help=tr("cli.letter.bilingual"))
    parser.add_argument("--large", action="store_true", help=tr("cli.letter.large"))
    parser.add_argument("--unit", metavar="CODE")
    parser.add_argument("--date", metavar="D")
    parser.add_argument("--procedure", metavar="CODE")
    parser.add_argument("--count", metavar="N", type=int, help=tr("cli.letter.count", count=BLANKS))


def run(args: argparse.Namespace) -> int:
    kind = args.words[-1]
    _check(args, kind)
    with open_desk(args) as desk:
        manner = Manner(roll=args.format == "thermal", bilingual=args.bilingual, large=args.large)
        press = Press(desk.folder, manner)
        if kind in _OF_DOSSIERS:
            answer = _of_dossier(args, press, desk, kind)
        elif kind == "outage-kit":
            answer = _kit(args, press, desk)
        else:
            documents = (
                _of_unit(args, press, desk, kind) if kind in _OF_UNITS else _of_procedure(args, press, desk, kind)
            )
            text = "\n".join(plain(one) for one in documents)
            _write(args, text.encode() if args.format == "text" else press.letters(documents, desk.now()).content)
            answer = {"receipt_number": None, "promised_at": None, "file": args.out}
        for place, problem in enumerate(press.problems):
            if problem not in press.problems[:place]:
                report(Problem.of(problem), as_json=False)
        if args.json:
            print_json(answer)
    return 0


def _check(args: argparse.Namespace, kind: str) -> None:
    """Whether the words go together; wrong usage else."""
    if kind not in _KINDS:
        raise Problem("letter_unknown", {"letter": kind, "known": ", ".join(_KINDS)}, status=2)
    if kind in _OF_UNITS and (len(args.words) != 1 or not (args.unit and args.date)):
        raise Problem("letter_for_unit", {"letter": kind}, status=2)
    if kind in _OF_PROCEDURES and (len(args.words) != 1 or not args.procedure):
        raise Problem("letter_for_procedure", status=2)
    if kind in _OF_DOSSIERS and len(args.words) != 2:
        raise Problem("letter_without_code", status=2)
    for option, kinds in (("unit", _OF_UNITS), ("date", _OF_UNITS), ("procedure", _OF_PROCEDURES)):
        if getattr(args, option) is not None and kind not in kinds:
            raise Problem("letter_option", {"option": f"--{option}", "letter": kind}, status=2)
    if args.count is not None and (kind != "outage-kit" or not 1 <= args.count <= MOST_BLANKS):
        raise Problem("letter_count", {"most": f"{MOST_BLANKS}"}, status=2)
    if args.format == "thermal" and kind not in HANDED_OUT:
        raise Problem("letter_format", {"format": args.format}, status=2)
    if (args.bilingual or args.large) and kind not in HANDED_OUT:
        raise Problem("letter_one_way", status=2)
    if args.format != "text" and not args.out and (args.json or sys.stdout.isatty()):
        raise Problem("out_needed", status=2)


def _of_dossier(args: argparse.Namespace, press: Press, desk: Desk, kind: str) -> dict[str, Any]:
    dossier = desk.dossier(dossier_id(desk, args.words[0]))
    assert dossier is not None
    if kind == "receipt":
        if dossier.received_at is None:
            raise Problem("no_receipt")
        desk.series.require()
    appointment = standing(dossier, desk.law).binding_at if kind == "receipt" else None
    if args.format == "text":
        _write(args, _text(press, desk, dossier, kind).encode())
    else:
        _issued(args, press, desk, dossier, kind)
    promised = None if appointment is None else moment_text(int(appointment.timestamp()))
    return {"receipt_number": dossier.receipt_number, "promised_at": promised, "file": args.out}


def _text(press: Press, desk: Desk, dossier: Dossier, kind: str) -> str:
    """Reading it changes nothing."""
    if kind == "receipt":
        return receipt_text(receipt_slip(press, desk, dossier)) + "\n"
    document = paper_of(desk, dossier, kind, press)
    if isinstance(document, Refusal):
        raise Problem.of(document)
    return plain(document)


def _issued(args: argparse.Namespace, press: Press, desk: Desk, dossier: Dossier, kind: str) -> None:
    """On paper it is issued, which is an officer's act, and sent once it is written; or it is a copy of what was."""
    officer = acting_officer(args, desk)
    doubt = doubt_of(desk, dossier.id) if kind == "receipt" else None
    if doubt is not None and doubt.reason:
        _confirm(doubt)
    ready = prepare(desk, officer, dossier.id, kind, press.manner, confirmed=doubt is not None and bool(doubt.reason))
    if isinstance(ready, Refusal):
        raise Problem.of(ready)
    press.problems += ready.remarks
    _write(args, ready.paper.content)
    if isinstance(ready.paper, Job):
        Spool(desk).sent(ready.paper.issue)


def _confirm(doubt: Doubt) -> None:
    """Ask at a terminal whether to print the date; elsewhere the command itself says so, and a warning stays."""
    assert doubt.appointment is not None
    told = tr("letter.unverified", reason=doubt.reason, moment=end_long(doubt.appointment))
    print(told, file=sys.stderr)
    if not sys.stdin.isatty():
        return
    print(tr("letter.confirm"), end=" ", file=sys.stderr, flush=True)
    answer = fold(sys.stdin.readline().strip())
    if answer not in _YES:
        raise Problem("unverified_unconfirmed", {"reason": doubt.reason})


def _kit(args: argparse.Namespace, press: Press, desk: Desk) -> dict[str, Any]:
    """Blank receipts for the week from the day on, and the table of dates; as text the table alone."""
    day = _unit_day(args, desk)
    blanks: list[Blank] = []
    if args.format == "text":
        _write(args, table_text(press, desk, day).encode())
    else:
        found = take_kit(desk, acting_officer(args, desk), day, args.count or BLANKS)
        if isinstance(found, Refusal):
            raise Problem.of(found)
        blanks = found
        _write(args, outage_kit(press, desk, day, blanks)().content)
    numbers = [blank.number for blank in blanks]
    return {"receipt_number": None, "promised_at": None, "file": args.out, "blanks": numbers}


def _unit_day(args: argparse.Namespace, desk: Desk) -> date:
    """The day that is asked for, of this desk's own unit."""
    own = desk.identity.unit
    if args.unit != own:
        raise Problem("letter_other_unit", {"unit": own})
    try:
        return date.fromisoformat(args.date)
    except ValueError as error:
        raise Problem("date_invalid", {"value": args.date}, status=2) from error


def _of_unit(args: argparse.Namespace, press: Press, desk: Desk, kind: str) -> Sequence[Document]:
    day = _unit_day(args, desk)
    officer = acting_officer(args, desk)
    if kind == "register":
        return [register(desk, press, day, officer)]
    sheets = post_manifest(desk, press, day, officer)
    if isinstance(sheets, Refusal):
        raise Problem.of(sheets)
    return sheets


def _of_procedure(args: argparse.Namespace, press: Press, desk: Desk, kind: str) -> Sequence[Document]:
    found = desk.law.find(args.procedure)
    if found is None:
        raise Problem("procedure_unknown", {"procedure": args.procedure})
    version = desk.law.version_on(found, desk.now().date())
    if isinstance(version, Refusal):
        raise Problem.of(version)
    if kind == "notice-sheet":
        return [notice_sheet(desk, press, found, version)]
    slip = service_slip(desk, press, found, version)
    if isinstance(slip, Refusal):
        raise Problem.of(slip)
    return [slip]


def _write(args: argparse.Namespace, content: bytes) -> None:
    if args.out:
        try:
            Path(args.out).write_bytes(content)
        except OSError as error:
            raise Problem("file_unwritable", {"file": args.out}) from error
    elif not args.json:
        sys.stdout.buffer.write(content)
