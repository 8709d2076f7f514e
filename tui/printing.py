"""From «print it» to paper: hand it to the printer, and remember it until somebody saw it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from core.answers import InvalidInput, Refusal
from core.document import Document
from storage.desk import Desk
from storage.manner import Manner
from storage.officers import Officer
from storage.press import Plate, Press
from storage.printing import send_to_printer, send_to_roll
from storage.settings import Settings
from storage.spool import Job, Spool
from tui.issuing import Copy, prepare
from tui.papers import DOSSIER_LETTERS, paper_of

_OF_CITIZENS = tuple(f"{kind}-" for kind in ("receipt", "provisional_receipt", *DOSSIER_LETTERS))
_KEPT_SECONDS = 86_400
"""A viewer may still show it, a slow printer still read it."""


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
    return press.letters([document for _, document in batch.letters], made).content, plates


def issue_batch(desk: Desk, officer: Officer, batch: Batch, plates: Sequence[Plate]) -> list[Job | Refusal]:
    """All of them, in one transaction."""
    made = [
        (name, document.number or "", plate, document.promises)
        for (name, document), plate in zip(batch.letters, plates, strict=True)
    ]
    return Spool(desk).issue_all(officer, batch.kind, made)


def hand_over(desk: Desk, paper: Job | Copy, settings: Settings) -> Refusal | None:
    """Hand a paper to the printer of its kind (or to the viewer); None: it was taken. Reads no database."""
    if paper.manner.roll:
        return send_to_roll(paper.content, settings.roll_printer)
    name = f"{paper.letter}-{paper.issue if isinstance(paper, Job) else uuid4()}.pdf"
    answer = hand_out(desk, paper.content, name, settings)
    return answer if isinstance(answer, Refusal) else None


def hand_out(desk: Desk, pdf: bytes, name: str, settings: Settings) -> Path | Refusal:
    """Hand a PDF to the printer or the viewer; answers where it lies in the folder's `letters`, for a day at least."""
    path = desk.folder / "letters" / name
    try:
        path.parent.mkdir(exist_ok=True)
        path = _written(path, pdf)
        _clear(path.parent, path.stat().st_mtime)
    except OSError:
        return Refusal("file_unwritable", params={"file": str(path)})
    return send_to_printer(path, settings) or path


def _written(path: Path, pdf: bytes) -> Path:
    """Where the PDF is now; raises OSError."""
    try:
        path.write_bytes(pdf)
    except PermissionError:  # Windows, while a viewer shows what was printed under this name before
        path = path.with_stem(f"{path.stem}-{uuid4()}")
        path.write_bytes(pdf)
    return path


def _clear(folder: Path, now: float) -> None:
    """Remove citizens' papers of earlier days: no database's key guards them, and each can be made again."""
    for path in folder.iterdir():
        if path.name.startswith(_OF_CITIZENS) and now - path.stat().st_mtime > _KEPT_SECONDS:
            with suppress(OSError):
                path.unlink()


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of printing: a copy or not, why no printer took it, and what else there is to tell."""

    copy: bool = False
    refused: Refusal | None = None
    remarks: tuple[Refusal, ...] = ()


class Prints:
    """Printing in one session: what was sent is confirmed when the officer goes on, unless it is printed again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: list[Job] = []

    async def paper_aside(
        self,
        officer: Officer,
        dossier_id: str,
        kind: str,
        settings: Settings,
        manner: Manner | None = None,
        *,
        confirmed: bool = False,
        gone_on: bool = False,
    ) -> Handed:
        """`prepare` a paper and print it, while keys go on: a thread waits for the printer.

        `gone_on`: the officer is at the next person, so what was sent before did come out.
        """
        try:
            if gone_on:
                self._came_out(officer)
            ready = prepare(self._desk, officer, dossier_id, kind, manner or settings, confirmed=confirmed)
        except InvalidInput as error:
            return Handed(refused=Refusal(error.code, error.basis, error.params))
        if isinstance(ready, Refusal):
            return Handed(refused=ready)
        if isinstance(ready.paper, Job):
            refused = await self.again_aside(ready.paper, settings)
        else:
            refused = await asyncio.to_thread(hand_over, self._desk, ready.paper, settings)
        return Handed(isinstance(ready.paper, Copy), refused, ready.remarks)

    async def again_aside(self, job: Job, settings: Settings) -> Refusal | None:
        """Print a job (once more), on the printer of its kind."""
        self._sent = [one for one in self._sent if one.issue != job.issue]
        refused = await asyncio.to_thread(hand_over, self._desk, job, settings)
        if refused is not None:
            return refused
        self._sent.append(job)
        try:
            Spool(self._desk).sent(job.issue)
        except InvalidInput as error:
            return Refusal(error.code, error.basis, error.params)
        return None

    async def letters_aside(
        self, officer: Officer, dossier_ids: Sequence[str], kind: str, settings: Settings
    ) -> tuple[int, list[Refusal]]:
        """One PDF with a letter for each dossier, while keys go on; how many were issued, and what went wrong.

        Of each kind the first: why one was not issued, why no printer took them, what was wrong in a template.
        """
        press, made = Press(self._desk.folder), self._desk.now()
        batch = batch_of(press, self._desk, officer, dossier_ids, kind)
        if not batch.letters:
            return 0, list(batch.refused[:1])
        pdf, plates = await asyncio.to_thread(typeset, press, batch, made)
        answers = issue_batch(self._desk, officer, batch, plates)
        jobs = [one for one in answers if isinstance(one, Job)]
        refused = [*batch.refused, *(one for one in answers if isinstance(one, Refusal))]
        name = f"{kind}-{made:%Y%m%d-%H%M%S}.pdf"
        answer = await asyncio.to_thread(hand_out, self._desk, pdf, name, settings)
        if isinstance(answer, Refusal):
            return len(jobs), [*refused[:1], answer, *press.problems[:1]]
        for job in jobs:
            Spool(self._desk).sent(job.issue)
        self._sent += jobs
        return len(jobs), [*refused[:1], *press.problems[:1]]

    def _came_out(self, officer: Officer) -> None:
        while self._sent:
            Spool(self._desk).confirm(officer, self._sent.pop(0))

    def asked(self) -> list[Job]:
        """Jobs of a session that broke off (or a jam): the desk asks whether they came out."""
        now = {job.issue for job in self._sent}
        return [job for job in Spool(self._desk).jobs() if job.issue not in now]
