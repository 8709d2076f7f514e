"""Papers on their way to the citizen: issued → sent → confirmed; after a crash or a jam the desk asks.

The event `letter_issued` and the job stand in one transaction; what the printer gets is kept with the job, so that a
«no, it did not come out» prints the same paper again, on the same kind of printer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from core.answers import Refusal
from core.decisions import Act
from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.desk import Desk, Done
from storage.kept import keep
from storage.manner import SHEET, Manner
from storage.officers import Officer
from storage.press import Plate
from storage.register import take_numbers

_JOBS = "SELECT issue, dossier, letter, state, pdf, manner FROM print_job"
_FILED = "(SELECT receipt_number FROM dossier WHERE id = print_job.dossier)"
_ADD = "INSERT INTO print_job (issue, dossier, letter, state, made_at, pdf, manner) VALUES (?, ?, ?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM print_job WHERE issue = ?"


@dataclass(frozen=True, slots=True)
class Job:
    """A paper that nobody has confirmed yet; `state` is issued or sent, `content` a PDF or, for a roll, ESC/POS."""

    issue: str
    dossier: str
    letter: str
    state: str
    content: bytes
    manner: Manner = SHEET


class Spool:
    """The jobs of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._db = desk.connection

    def issue(
        self,
        officer: Officer,
        dossier: str,
        letter: str,
        make: Callable[[str], Plate],
        promised_at: datetime | None = None,
        *,
        symbol: str | None = None,
        confirmed: bool = False,
        replaces: str | None = None,
        number: str | None = None,
    ) -> Job | Refusal:
        """Write that the paper is issued, with the date that it promises, and keep it for printing.

        `make` gives its pages for its number in the register, which it gets where it has a `symbol` («» else, and
        while the desk may give none). `confirmed`: the officer was told that the date rests on a limit nobody
        verified, and prints it. `replaces`: the unconfirmed issue of the same paper, in another manner or at another
        desk, which nobody is asked about any more; `number`: the one that it has already. Raises InvalidInput
        `witness_unwritable` where a copy of the database could give the paper's number again.
        """
        fields = _fields(letter, promised_at, confirmed=confirmed)
        if replaces is not None:
            fields["replaces"] = replaces
        self._desk.series.require()
        with transaction(self._db):
            self._db.execute("SAVEPOINT issuing")
            if number is None:
                (number,) = take_numbers(self._desk, symbol, self._desk.now().astimezone(LEGAL_TIME).year)
            job = self._write(officer, dossier, number, make(number), fields)
            if isinstance(job, Refusal):
                self._db.execute("ROLLBACK TO issuing")
            return job

    def numbers(self, symbol: str | None, count: int) -> list[str]:
        """Numbers for letters that are made before they are issued: one that is not issued then stays unused."""
        self._desk.series.require()
        with transaction(self._db):
            return take_numbers(self._desk, symbol, self._desk.now().astimezone(LEGAL_TIME).year, count)

    def issue_all(
        self, officer: Officer, letter: str, made: Sequence[tuple[str, str, Plate, datetime | None]]
    ) -> list[Job | Refusal]:
        """Letters of many dossiers (dossier, number, pages, the date that a leader signed) in one transaction.

        Each stands or is refused by itself.
        """
        with transaction(self._db):
            return [
                self._write(officer, dossier, number, plate, _fields(letter, signed, confirmed=True))
                for dossier, number, plate, signed in made
            ]

    def _write(
        self, officer: Officer, dossier: str, number: str, plate: Plate, fields: Mapping[str, str | bool]
    ) -> Job | Refusal:
        now, letter = self._desk.now(), str(fields["letter"])
        body = {**fields, "sha256": sha256(plate.content).hexdigest()} | ({"number": number} if number else {})
        done = self._desk.do_within(Act(dossier, "letter_issued", now, body), officer)
        if isinstance(done, Refusal):
            return done
        issue = done.events[0].event_id
        values = (issue, dossier, letter, "issued", int(now.timestamp()), plate.content, str(plate.manner))
        self._db.execute(_ADD, values)
        self._db.execute(_REMOVE, (fields.get("replaces"),))
        keep(self._db, issue, dossier, plate)
        return Job(issue, dossier, letter, "issued", plate.content, plate.manner)

    def sent(self, issue: str) -> None:
        """The paper was handed to the printer or shown."""
        with transaction(self._db):
            self._db.execute("UPDATE print_job SET state = 'sent' WHERE issue = ?", (issue,))

    def confirm(self, officer: Officer, job: Job) -> Done | Refusal:
        """Somebody saw it come out: the job ends. Refusal `print_settled`: it has ended meanwhile."""
        with transaction(self._db):
            if self._db.execute("SELECT 1 FROM print_job WHERE issue = ?", (job.issue,)).fetchone() is None:
                return Refusal("print_settled")
            fields = {"letter": job.letter, "issue": job.issue}
            done = self._desk.do_within(Act(job.dossier, "letter_printed", self._desk.now(), fields), officer)
            if not isinstance(done, Refusal):
                self._db.execute(_REMOVE, (job.issue,))
            return done

    def jobs(self) -> list[Job]:
        """What was issued or sent and not confirmed, oldest first: the desk asks «did it come out?».

        Of one second, as of a bulk, by receipt number: printed again they are a pile in the same order.
        """
        return [_job(row) for row in self._db.execute(f"{_JOBS} ORDER BY made_at, {_FILED}, issue")]

    def job_of(self, dossier: str, letter: str) -> Job | None:
        """The unconfirmed job of a dossier's paper, the newest."""
        newest = f"{_JOBS} WHERE dossier = ? AND letter = ? ORDER BY made_at DESC, issue DESC LIMIT 1"
        row = self._db.execute(newest, (dossier, letter)).fetchone()
        return None if row is None else _job(row)


def _job(row: Sequence[Any]) -> Job:
    issue, dossier, letter, state, content, manner = row
    return Job(issue, dossier, letter, state, content, Manner.read(manner))


def _fields(letter: str, promised_at: datetime | None, *, confirmed: bool) -> dict[str, str | bool]:
    if promised_at is None:
        return {"letter": letter}
    promise = {"letter": letter, "promised_at": promised_at.isoformat(timespec="seconds")}
    return promise | ({"confirmed": True} if confirmed else {})
