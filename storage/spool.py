"""Papers on their way to the citizen: issued → sent → confirmed; after a crash or a jam the desk asks.

The event `letter_issued` and the job stand in one transaction; the PDF is kept with the job, so that a «no, it
did not come out» prints the same paper again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from core.answers import Refusal
from core.decisions import Act
from core.record import Event
from storage.database import transaction
from storage.desk import Desk, Done
from storage.officers import Officer


@dataclass(frozen=True, slots=True)
class Job:
    """A paper that nobody has confirmed yet; `state` is issued or sent."""

    issue: str
    dossier: str
    letter: str
    state: str
    pdf: bytes


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
        pdf: bytes,
        promised_at: datetime | None,
        *,
        confirmed: bool = False,
    ) -> Event | Refusal:
        """Write that the paper is issued, with the date that it promises, and keep it for printing.

        `confirmed`: the officer was told that the date rests on a limit nobody verified, and prints it.
        Raises InvalidInput `witness_unwritable` where a copy of the database could give the paper's number again.
        """
        fields: dict[str, str | bool] = {"letter": letter, "sha256": sha256(pdf).hexdigest()}
        if promised_at is not None:
            fields["promised_at"] = promised_at.isoformat(timespec="seconds")
            if confirmed:
                fields["confirmed"] = True
        self._desk.series.require()
        with transaction(self._db):
            now = self._desk.now()
            done = self._desk.do_within(Act(dossier, "letter_issued", now, fields), officer)
            if isinstance(done, Refusal):
                return done
            event = done.events[0]
            values = (event.event_id, dossier, letter, "issued", int(now.timestamp()), pdf)
            self._db.execute("INSERT INTO print_job VALUES (?, ?, ?, ?, ?, ?)", values)
            return event

    def sent(self, issue: str) -> None:
        """The paper was handed to the printer or shown."""
        with transaction(self._db):
            self._db.execute("UPDATE print_job SET state = 'sent' WHERE issue = ?", (issue,))

    def confirm(self, officer: Officer, job: Job) -> Done | Refusal:
        """Somebody saw it come out: the job ends."""
        with transaction(self._db):
            fields = {"letter": job.letter, "issue": job.issue}
            done = self._desk.do_within(Act(job.dossier, "letter_printed", self._desk.now(), fields), officer)
            if not isinstance(done, Refusal):
                self._db.execute("DELETE FROM print_job WHERE issue = ?", (job.issue,))
            return done

    def jobs(self) -> list[Job]:
        """What was issued or sent and not confirmed, oldest first: the desk asks «did it come out?»."""
        rows = self._db.execute("SELECT issue, dossier, letter, state, pdf FROM print_job ORDER BY made_at, issue")
        return [Job(*row) for row in rows]

    def job_of(self, dossier: str, letter: str) -> Job | None:
        """The unconfirmed job of a dossier's paper, the newest."""
        return next((job for job in reversed(self.jobs()) if (job.dossier, job.letter) == (dossier, letter)), None)
