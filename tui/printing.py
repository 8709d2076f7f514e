"""From «print it» to paper: make the slip, issue it, hand it to the printer, remember until somebody saw it."""

from __future__ import annotations

from pathlib import Path

from core.answers import Refusal
from core.standing import standing
from storage.desk import Desk
from storage.officers import Officer
from storage.printing import PrinterSettings, render_receipt, send_to_printer
from storage.spool import Job, Spool
from tui.slips import printed_before, receipt_slip

RECEIPT = "receipt"


def issue_receipt(desk: Desk, officer: Officer, dossier_id: str) -> Job | Refusal:
    """The receipt of a dossier as a job to print.

    A slip that was issued with today's date and not confirmed is the same paper again; after a confirmed print
    it is marked as a copy.
    """
    dossier = desk.dossier(dossier_id)
    if dossier is None or dossier.receipt_number is None:
        return Refusal("no_receipt")
    spool = Spool(desk)
    due_at = standing(dossier, desk.law).due_at
    waiting = spool.job_of(dossier_id, RECEIPT)
    if waiting is not None and dossier.letters[waiting.issue].promised_at == due_at:
        return waiting
    pdf = render_receipt(receipt_slip(desk, dossier, copy_mark=printed_before(dossier, due_at)))
    issued = spool.issue(officer, dossier_id, RECEIPT, pdf, due_at)
    if isinstance(issued, Refusal):
        return issued
    return Job(issued.event_id, dossier_id, RECEIPT, "issued", pdf)


def print_job(desk: Desk, job: Job, settings: PrinterSettings) -> Refusal | None:
    """Hand a job to the printer (or the viewer); it stays open until it is confirmed."""
    path = _file(desk, job)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(job.pdf)
    refused = send_to_printer(path, settings)
    if refused is None:
        Spool(desk).sent(job.issue)
    return refused


def _file(desk: Desk, job: Job) -> Path:
    return desk.folder / "letters" / f"{job.letter}-{job.issue}.pdf"
