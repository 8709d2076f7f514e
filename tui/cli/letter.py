"""`motcua letter CODE receipt`: the receipt-and-appointment slip as PDF, for an 80 mm printer, or as text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.answers import Refusal
from core.dossier import Dossier
from core.letters import receipt_text
from core.standing import standing
from core.text import fold
from storage.desk import Desk
from storage.spool import Job
from tui.cli.common import acting_officer, acts, dossier_id, moment_text, open_desk
from tui.cli.output import Problem, print_json
from tui.dates import moment_long
from tui.i18n import tr
from tui.printing import Doubt, doubt_of, issue_receipt, waiting_slip
from tui.slips import printed_before, receipt_slip

_KINDS = (
    "receipt", "checklist", "supplement-request", "refusal", "apology", "stop-notice", "control-slip", "result-slip",
    "custody", "explanation", "register", "post-manifest", "outage-kit", "notice-sheet",
)  # fmt: skip
_YES = frozenset({"y", "yes", "c", "co"})


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("words", metavar="CODE KIND", nargs="+")
    parser.add_argument("--out", metavar="F")
    parser.add_argument("--format", choices=("pdf", "thermal", "text"), default="pdf")
    parser.add_argument("--unit", metavar="CODE")
    parser.add_argument("--date", metavar="D")
    parser.add_argument("--procedure", metavar="CODE")


def run(args: argparse.Namespace) -> int:
    kind = args.words[-1]
    if kind not in _KINDS:
        raise Problem("letter_unknown", {"letter": kind, "known": ", ".join(_KINDS)}, status=2)
    if kind != "receipt":
        raise Problem("not_there_yet", {"command": f"letter {kind} --format {args.format}"})
    if len(args.words) != 2:
        raise Problem("letter_without_code", status=2)
    if args.format != "text" and not args.out and (args.json or sys.stdout.isatty()):
        raise Problem("out_needed", status=2)
    with open_desk(args) as desk:
        dossier = desk.dossier(dossier_id(desk, args.words[0]))
        assert dossier is not None
        if dossier.received_at is None:
            raise Problem("no_receipt")
        desk.series.require()
        appointment = standing(dossier, desk.law).binding_at
        if args.format == "text":
            content = (receipt_text(receipt_slip(desk, dossier)) + "\n").encode()
        else:
            content = _paper(args, desk, dossier)
        _write(args, content)
        if args.json:
            promised = None if appointment is None else moment_text(int(appointment.timestamp()))
            print_json({"receipt_number": dossier.receipt_number, "promised_at": promised, "file": args.out})
    return 0


def _paper(args: argparse.Namespace, desk: Desk, dossier: Dossier) -> bytes:
    """A print that was seen comes again as a marked copy; else the slip is issued, which is an officer's act."""
    copy = printed_before(dossier, standing(dossier, desk.law).binding_at)
    job = None if copy else _job(args, desk, dossier)
    if args.format == "thermal":
        from storage.thermal import render_thermal

        return render_thermal(receipt_slip(desk, dossier, copy_mark=copy))
    if job is not None:
        return job.pdf
    from storage.printing import render_receipt

    return render_receipt(receipt_slip(desk, dossier, copy_mark=True))


def _job(args: argparse.Namespace, desk: Desk, dossier: Dossier) -> Job:
    """The slip that waits until somebody has seen it, or one that is issued now."""
    waiting = waiting_slip(desk, dossier)
    if waiting is not None:
        return waiting
    officer = acting_officer(args, desk)
    doubt = doubt_of(desk, dossier.id)
    if doubt is not None:
        _confirm(doubt)
    job = issue_receipt(desk, officer, dossier.id, confirmed=doubt is not None)
    if isinstance(job, Refusal):
        raise Problem.of(job)
    return job


def _confirm(doubt: Doubt) -> None:
    """Ask at a terminal whether to print the date; elsewhere the command itself says so, and a warning stays."""
    told = tr("letter.unverified", reason=doubt.reason, moment=moment_long(doubt.appointment))
    print(told, file=sys.stderr)
    if not sys.stdin.isatty():
        return
    print(tr("letter.confirm"), end=" ", file=sys.stderr, flush=True)
    answer = fold(sys.stdin.readline().strip())
    if answer not in _YES:
        raise Problem("unverified_unconfirmed", {"reason": doubt.reason})


def _write(args: argparse.Namespace, content: bytes) -> None:
    if args.out:
        try:
            Path(args.out).write_bytes(content)
        except OSError as error:
            raise Problem("file_unwritable", {"file": args.out}) from error
    elif not args.json:
        sys.stdout.buffer.write(content)
