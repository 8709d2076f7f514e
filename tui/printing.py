"""From «print it» to paper: make the slip, issue it, hand it to the printer, remember until somebody saw it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from core.answers import Refusal
from core.document import Document
from core.dossier import Dossier
from core.standing import standing
from storage.desk import Desk
from storage.kept import kept
from storage.officers import Officer
from storage.press import Plate, Press, letter_data, receipt_data
from storage.printing import PrinterSettings, send_to_printer
from storage.spool import Job, Spool
from tui.i18n import language
from tui.papers import paper_of
from tui.slips import printed_before, receipt_kind, receipt_slip


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an officer is asked before a date is printed that rests on a limit nobody verified."""

    appointment: datetime
    reason: str


def doubt_of(desk: Desk, dossier_id: str) -> Doubt | None:
    """What to ask before the receipt is issued; None where nothing is doubtful, or it is the same paper again."""
    dossier = desk.dossier(dossier_id)
    if dossier is None or dossier.received_at is None:
        return None
    stands = standing(dossier, desk.law)
    if stands.binding_at is None or stands.deadline is None or not stands.deadline.unverified:
        return None
    if waiting_slip(desk, dossier) is not None:
        return None
    version = stands.version
    reason = (version.unverified_reason if language() == "vi" else version.unverified_reason_en) if version else None
    return Doubt(stands.binding_at, reason or "–")


def issue_receipt(
    press: Press, desk: Desk, officer: Officer, dossier_id: str, *, confirmed: bool = False
) -> Job | Refusal:
    """The receipt of a dossier as a job to print; `confirmed`: the officer was asked what `doubt_of` says.

    A slip that was issued with today's appointment and not seen yet is the same paper again; after somebody saw it
    the next one is marked as a copy. Refusals: `no_receipt`, `unverified_unconfirmed` and the desk's own.
    """
    dossier = desk.dossier(dossier_id)
    if dossier is None or dossier.received_at is None:
        return Refusal("no_receipt")
    appointment = standing(dossier, desk.law).binding_at
    waiting = waiting_slip(desk, dossier)
    if waiting is not None:
        return waiting
    kind, copy = receipt_kind(dossier), printed_before(dossier, appointment)
    return Spool(desk).issue(
        officer,
        dossier_id,
        kind,
        lambda number: press.receipt(receipt_slip(press, desk, dossier, copy_mark=copy)),
        appointment,
        confirmed=confirmed,
    )


def issue_letter(press: Press, desk: Desk, officer: Officer, dossier_id: str, kind: str) -> Job | Refusal:
    """Another letter of a dossier (`DOSSIER_LETTERS`) as a job to print; one that nobody has seen yet comes again.

    Refusals: `dossier_unknown`, `letter_not_due` and the desk's own.
    """
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return Refusal("dossier_unknown")
    document = paper_of(desk, dossier, kind, press, officer)
    if isinstance(document, Refusal):
        return document
    waiting = Spool(desk).job_of(dossier_id, kind)
    if waiting is not None and _is_still_true(press, desk, dossier, waiting):
        return waiting
    return Spool(desk).issue(
        officer,
        dossier_id,
        kind,
        lambda number: press.letters([replace(document, number=number if document.form.symbol else None)], desk.now()),
        document.promises,
        symbol=document.form.symbol,
        confirmed=True,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters of one kind for many dossiers before they are on pages; `refused`: why others get none."""

    kind: str
    letters: tuple[tuple[str, Document], ...]
    refused: tuple[Refusal, ...]


def batch_of(press: Press, desk: Desk, officer: Officer, dossier_ids: Sequence[str], kind: str) -> Batch:
    """The letters of many dossiers, each with its number already."""
    letters: list[tuple[str, Document]] = []
    refused: list[Refusal] = []
    for name in dossier_ids:
        dossier = desk.dossier(name)
        found = Refusal("dossier_unknown") if dossier is None else paper_of(desk, dossier, kind, press, officer)
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            letters.append((name, found))
    symbol = letters[0][1].form.symbol if letters else None
    numbers = Spool(desk).numbers(symbol, len(letters)) if letters else []
    numbered = (
        (name, replace(document, number=number if symbol else None))
        for (name, document), number in zip(letters, numbers, strict=True)
    )
    return Batch(kind, tuple(numbered), tuple(refused))


def typeset(press: Press, batch: Batch, made: datetime) -> tuple[bytes, list[Plate]]:
    """All of them as one PDF, and each for itself as it is kept; reads no database, so a thread may do it."""
    plates = [press.letters([document], made) for _, document in batch.letters]
    return press.letters([document for _, document in batch.letters], made).pdf, plates


def issue_batch(desk: Desk, officer: Officer, batch: Batch, plates: Sequence[Plate]) -> list[Job | Refusal]:
    """All of them, in one transaction."""
    made = [
        (name, document.number or "", plate, document.promises)
        for (name, document), plate in zip(batch.letters, plates, strict=True)
    ]
    return Spool(desk).issue_all(officer, batch.kind, made)


def copy_of(press: Press, desk: Desk, dossier: Dossier, kind: str) -> bytes | None:
    """The letter that somebody saw come out since what it tells of, marked as a copy; None where nobody did.

    It is what was issued, where this desk issued it; else it is made anew.
    """
    document = paper_of(desk, dossier, kind, press)
    if isinstance(document, Refusal):
        return None
    seen = [one for one in dossier.letters.values() if one.kind == kind and one.printed]
    seen = [one for one in seen if document.since is not None and _tells_of(document, one.issued_at)]
    if not seen:
        return None
    plate = kept(desk.connection, seen[-1].issue)
    if plate is not None:
        return plate.copy()
    marks = (*document.marks, document.form.words["copy_mark"])
    number = (seen[-1].number or "").partition("/")[0]
    return press.letters([replace(document, marks=marks, number=number)], desk.now()).pdf


def _tells_of(document: Document, issued_at: datetime) -> bool:
    """Whether a letter that was issued then tells of what this one does."""
    return document.since is None or issued_at >= document.since


def _is_still_true(press: Press, desk: Desk, dossier: Dossier, job: Job) -> bool:
    """Whether a letter that nobody has seen yet says what it would say now, were it made by who issued it."""
    if job.issue not in dossier.letters:
        return False
    issuer = next((one.by for one in dossier.events if one.event_id == job.issue), "")
    document, plate = (
        paper_of(desk, dossier, job.letter, press, desk.officers.get(issuer)),
        kept(desk.connection, job.issue),
    )
    if isinstance(document, Refusal) or not _tells_of(document, dossier.letters[job.issue].issued_at):
        return False
    if plate is None:
        return True
    then, now = json.loads(plate.data)["letters"][0], json.loads(json.dumps(letter_data(document)))
    return all(then[part] == now[part] for part in ("to", "blocks", "signatures"))


def waiting_slip(desk: Desk, dossier: Dossier) -> Job | None:
    """The receipt that nobody has seen come out yet, where it has the present appointment and the dossier's facts."""
    job = Spool(desk).job_of(dossier.id, receipt_kind(dossier))
    issued = dossier.letters.get(job.issue) if job is not None else None
    if job is None or issued is None or issued.promised_at != standing(dossier, desk.law).binding_at:
        return None
    plate = kept(desk.connection, job.issue)
    if plate is None:
        return job
    then, slip = json.loads(plate.data), receipt_slip(Press(desk.folder), desk, dossier)
    now = json.loads(json.dumps(receipt_data(slip)))
    return job if all(then[part] == now[part] for part in ("number", "lines", "papers", "bringer")) else None


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

    def receipt(
        self, officer: Officer, dossier_id: str, settings: PrinterSettings, *, confirmed: bool = False
    ) -> Refusal | None:
        """Issue and print the receipt of a dossier; asked again before it is seen, the same paper comes again."""
        job = issue_receipt(Press(self._desk.folder), self._desk, officer, dossier_id, confirmed=confirmed)
        if isinstance(job, Refusal):
            return job
        return self.again(job, settings)

    async def receipt_aside(
        self, officer: Officer, dossier_id: str, settings: PrinterSettings, *, confirmed: bool = False
    ) -> Refusal | None:
        """`receipt` while keys go on: a thread waits for the printer."""
        job = issue_receipt(Press(self._desk.folder), self._desk, officer, dossier_id, confirmed=confirmed)
        if isinstance(job, Refusal):
            return job
        return await self._hand_out_aside(job, settings)

    async def letters_aside(
        self, officer: Officer, dossier_ids: Sequence[str], kind: str, settings: PrinterSettings
    ) -> tuple[int, Refusal | None]:
        """One PDF with a letter for each dossier, while keys go on; how many were issued, and the first problem."""
        press, made = Press(self._desk.folder), self._desk.now()
        batch = batch_of(press, self._desk, officer, dossier_ids, kind)
        problem = next(iter(batch.refused), None)
        if not batch.letters:
            return 0, problem
        pdf, plates = await asyncio.to_thread(typeset, press, batch, made)
        answers = issue_batch(self._desk, officer, batch, plates)
        jobs = [one for one in answers if isinstance(one, Job)]
        problem = problem or next((one for one in answers if isinstance(one, Refusal)), None)
        name = f"{kind}-{made:%Y%m%d-%H%M%S}.pdf"
        answer = await asyncio.to_thread(hand_out, self._desk, pdf, name, settings)
        if isinstance(answer, Refusal):
            return len(jobs), answer
        for job in jobs:
            Spool(self._desk).sent(job.issue)
        self._sent += jobs
        return len(jobs), problem or next(iter(press.problems), None)

    async def letter_aside(
        self, officer: Officer, dossier_id: str, kind: str, settings: PrinterSettings
    ) -> Refusal | None:
        """Issue and print another letter of a dossier, while a thread waits for the printer."""
        press = Press(self._desk.folder)
        job = issue_letter(press, self._desk, officer, dossier_id, kind)
        if isinstance(job, Refusal):
            return job
        problem = await self._hand_out_aside(job, settings)
        return problem or next(iter(press.problems), None)

    async def copy_aside(self, pdf: bytes, kind: str, settings: PrinterSettings) -> Refusal | None:
        """Print a copy: nothing is issued, and nobody is asked whether it came out."""
        answer = await asyncio.to_thread(hand_out, self._desk, pdf, f"{kind}-{uuid4()}.pdf", settings)
        return answer if isinstance(answer, Refusal) else None

    async def _hand_out_aside(self, job: Job, settings: PrinterSettings) -> Refusal | None:
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
