"""From «print it» to paper: make the slip, issue it, hand it to the printer, remember until somebody saw it."""

from __future__ import annotations

import asyncio
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
    answer = hand_out(desk, job.pdf, _file_name(job), settings)
    if isinstance(answer, Refusal):
        return answer
    Spool(desk).sent(job.issue)
    return None


def _file_name(job: Job) -> str:
    return f"{job.letter}-{job.issue}.pdf"


def hand_out(desk: Desk, pdf: bytes, name: str, settings: PrinterSettings) -> Path | Refusal:
    """Keep a PDF in the data folder's `letters` and hand it to the printer or the viewer; answers where it lies."""
    path = desk.folder / "letters" / name
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pdf)
    except OSError:
        return Refusal("file_unwritable", params={"file": str(path)})
    return send_to_printer(path, settings) or path


class Prints:
    """Printing in one session: what was sent is confirmed when the officer goes on, unless it is printed again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: list[Job] = []

    def receipt(self, officer: Officer, dossier_id: str, settings: PrinterSettings) -> Refusal | None:
        """Issue and print the receipt of a dossier; asked again before it is confirmed, the same paper comes again."""
        job = issue_receipt(self._desk, officer, dossier_id)
        if isinstance(job, Refusal):
            return job
        return self.again(job, settings)

    async def receipt_aside(self, officer: Officer, dossier_id: str, settings: PrinterSettings) -> Refusal | None:
        """`receipt` while keys go on: a thread waits for the printer."""
        job = issue_receipt(self._desk, officer, dossier_id)
        if isinstance(job, Refusal):
            return job
        answer = await asyncio.to_thread(hand_out, self._desk, job.pdf, _file_name(job), settings)
        if isinstance(answer, Refusal):
            return answer
        Spool(self._desk).sent(job.issue)
        self._sent.append(job)
        return None

    def again(self, job: Job, settings: PrinterSettings) -> Refusal | None:
        """Print a job (once more)."""
        refused = print_job(self._desk, job, settings)
        self._sent = [one for one in self._sent if one.issue != job.issue]
        if refused is None:
            self._sent.append(job)
        return refused

    def came_out(self, officer: Officer) -> None:
        """The officer went on to the next person: what was sent in this session did come out."""
        while self._sent:
            Spool(self._desk).confirm(officer, self._sent.pop(0))

    def asked(self) -> list[Job]:
        """Jobs of a session that broke off (or a jam): the desk asks whether they came out."""
        now = {job.issue for job in self._sent}
        return [job for job in Spool(self._desk).jobs() if job.issue not in now]
