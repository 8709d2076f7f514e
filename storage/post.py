"""The post: batches with their state, letters that are out or came back, and what a carrier's list says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.answers import InvalidInput, Refusal
from core.carrier_list import CarrierLine
from core.decisions import Act
from core.moments import LEGAL_TIME, legal_day
from core.posting import ENTITY
from core.queue import midnight
from core.sendings import tracking_key
from storage.database import transaction
from storage.desk import Desk, Done
from storage.officers import Officer

_LETTERS = """
SELECT sending.id, sending.dossier, dossier.receipt_number, dossier.applicant_name, sending.procedure, sending.unit,
    batch, carrier, tracking, sent_at, delivered_on, proof, sending.returned_at, reason, next, fee, payer, decision,
    stands, dossier.at_post, dossier.shelf
FROM sending JOIN dossier ON dossier.id = sending.dossier WHERE {where} ORDER BY sent_at, receipt_number, sending.id
"""
_COUNTS = "SELECT batch, stands, count(*) FROM sending WHERE batch IS NOT NULL GROUP BY batch, stands"
_TAKEN = """
SELECT COALESCE(other.receipt_number, other.id)
FROM sending JOIN dossier AS other ON other.id = sending.dossier JOIN dossier AS own ON own.id = ?
WHERE tracking_key = ? AND other.id <> own.id
    AND (other.visit IS NULL OR other.visit IS NOT own.visit)
    AND (other.applicant_number IS NULL OR other.applicant_number IS NOT own.applicant_number) LIMIT 1
"""
_LAST = """
sending.id = (SELECT id FROM sending AS one WHERE one.dossier = sending.dossier ORDER BY sent_at DESC, id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter with a result; `stands` as core.sendings.STANDS. `here`: it came back and was not handed out since."""

    id: str
    dossier: str
    receipt_number: str | None
    applicant_name: str
    procedure: str
    unit: str
    batch: str | None
    carrier: str | None
    tracking: str | None
    sent_on: date
    delivered_on: date | None
    proof: str | None
    returned_on: date | None
    reason: str | None
    next: str | None
    fee: str | None
    payer: str | None
    decision: str | None
    stands: str
    at_post: bool
    shelf: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one carrier took under one number; `taken_back`: of `dossiers`, those whose handing over was undone."""

    number: str
    carrier: str
    at: datetime
    by: str
    dossiers: int
    out: int
    delivered: int
    returned: int

    @property
    def id(self) -> str:
        """Its number."""
        return self.number

    @property
    def taken_back(self) -> int:
        return max(0, self.dossiers - self.out - self.delivered - self.returned)


@dataclass(frozen=True, slots=True)
class Told:
    """What one line of a carrier's list came to: `done` is tracked, delivered, returned, known or rejected."""

    line: int
    tracking: str
    done: str
    numbers: tuple[str, ...] = ()
    problem: Refusal | InvalidInput | None = None


def letters(desk: Desk, where: str = "1", values: Sequence[object] = ()) -> list[Letter]:
    """Letters by a condition of this module's callers in storage and of reports, oldest first."""
    rows = desk.connection.execute(_LETTERS.format(where=where), tuple(values)).fetchall()
    return [_letter(row) for row in rows]


def _letter(row: tuple[Any, ...]) -> Letter:
    head, (sent, day, proof, back), rest, (at_post, shelf) = row[:9], row[9:13], row[13:19], row[19:]
    known = (_on(sent), _date(day), proof, None if back is None else _on(back))
    return Letter(*(*head, *known, *rest, bool(at_post), shelf))


def still_out(desk: Desk, days: int = 0) -> list[Letter]:
    """Letters that nobody has said anything of for more than so many days since they were sent."""
    before = midnight(legal_day(desk.now()) - timedelta(days=days))
    return letters(desk, "stands = 'out' AND dossier.at_post = 1 AND sent_at < ?", (before if days else 1 << 40,))


def came_back(desk: Desk) -> list[Letter]:
    """Letters that came back and whose result still lies here: something is to be done with each."""
    return letters(desk, f"stands = 'returned' AND dossier.state = 'result_ready' AND dossier.at_post = 0 AND {_LAST}")


def of_batch(desk: Desk, number: str) -> list[Letter]:
    """What went under one number; raises InvalidInput `post_batch_unknown`."""
    if not any(one.number == number for one in batches(desk)):
        raise InvalidInput("post_batch_unknown", number=number)
    return letters(desk, "batch = ?", (number,))


def numbered(desk: Desk, text: str, most: int = 50) -> list[Letter]:
    """Letters in whose tracking or receipt number this stands, the last ones."""
    key = tracking_key(text)
    if not key:
        return []
    asked = "tracking_key LIKE ? OR replace(dossier.receipt_number, '-', '') LIKE ?"
    return letters(desk, asked, (f"%{key}%", f"%{key}%"))[-most:]


def batches(desk: Desk) -> list[Batch]:
    """Every batch of the station, the last one first."""
    counts: dict[str, dict[str, int]] = {}
    for number, stands, count in desk.connection.execute(_COUNTS):
        counts.setdefault(number, {})[stands] = count
    found = []
    for event in desk.log.understood(ENTITY):
        if event.kind != "post_batch_sent":
            continue
        number = str(event.body["number"])
        known = counts.get(number, {})
        stands = [known.get(one, 0) for one in ("out", "delivered", "returned")]
        carrier, dossiers = str(event.body["carrier"]), len(event.body["dossiers"])
        found.append(Batch(number, carrier, event.at, event.by, dossiers, *stands))
    return sorted(found, key=lambda one: (one.at, one.number), reverse=True)


def taken(desk: Desk, dossier: str, tracking: str) -> Refusal | None:
    """Whose letter bears the number, be it out or not; one person's results, or one visit's, may share an envelope."""
    found = desk.connection.execute(_TAKEN, (dossier, tracking_key(tracking))).fetchone()
    return None if found is None else Refusal("tracking_taken", params={"tracking": tracking, "number": str(found[0])})


def track(desk: Desk, officer: Officer, numbers: Mapping[str, str], *, together: bool = False) -> list[Done | Refusal]:
    """Give each dossier's letter the carrier's number that came later; one transaction, a refused one stops none.

    A number that another person's letter bears is refused, unless they are sent `together` in one envelope.
    """
    at, answers = desk.now(), list[Done | Refusal]()
    with transaction(desk.connection):
        for one, said in numbers.items():
            other = None if together else taken(desk, one, said)
            answers.append(other or desk.do_within(Act(one, "post_tracked", at, {"tracking": said}), officer))
    return answers


def deliver(
    desk: Desk, officer: Officer, dossiers: Iterable[str], day: date | None = None, proof: str = ""
) -> list[Done | Refusal]:
    """The carrier has brought these, on that day and by that proof; one transaction, a refused one stops none."""
    return desk.do_all([_delivered(desk, one, day, proof) for one in dossiers], officer)


def take_back(
    desk: Desk, officer: Officer, dossiers: Iterable[str], reason: str, after: str = "", shelf: str = ""
) -> list[Done | Refusal]:
    """These came back: why, what is to be done (`core.sendings.NEXT`), and where the result lies now."""
    return desk.do_all([_returned(desk, one, reason, after, shelf) for one in dossiers], officer)


def take_list(
    desk: Desk, officer: Officer, lines: Sequence[tuple[int, CarrierLine | InvalidInput]], *, dry_run: bool = False
) -> list[Told]:
    """Take over what a carrier's list says, line by line, in one transaction; a bad line is told and stops none.

    `dry_run`: tell what each line would come to, after those before it, and keep nothing.
    """
    told: list[Told] = []
    with suppress(_Tried), transaction(desk.connection):
        told += [_line(desk, officer, number, said) for number, said in lines]
        if dry_run:
            raise _Tried
    return told


class _Tried(Exception):
    """Takes back what was only tried."""


def _line(desk: Desk, officer: Officer, number: int, said: CarrierLine | InvalidInput) -> Told:
    if isinstance(said, InvalidInput):
        return Told(number, "", "rejected", problem=said)
    found = _meant(desk, said)
    told = Told(number, said.tracking, "rejected")
    if isinstance(found, Refusal):
        return replace(told, problem=found)
    numbers = tuple(one.receipt_number or one.dossier for one in found)
    todo = [act for one in found if (act := _act(desk, one, said)) is not None]
    done = {"delivered": "delivered", "returned": "returned"}.get(said.status, "tracked") if todo else "known"
    for act in todo:
        answer = desk.do_within(act, officer)
        if isinstance(answer, Refusal):
            return replace(told, numbers=numbers, problem=answer)
    return replace(told, done=done, numbers=numbers)


def _meant(desk: Desk, said: CarrierLine) -> list[Letter] | Refusal:
    """The letters of the line: by the dossier that it names, else by the number; those still out before the others."""
    if said.code:
        name = desk.queries.find(said.code)
        if isinstance(name, Refusal):
            return name
        found = letters(desk, "sending.dossier = ?", (name,))[-1:]
    else:
        found = letters(desk, "tracking_key = ?", (tracking_key(said.tracking),))
        found = [one for one in found if one.stands == "out"] or found[-1:]
    return found or Refusal("tracking_unknown", params={"tracking": said.tracking})


def _act(desk: Desk, one: Letter, said: CarrierLine) -> Act | None:
    """What the line means for a letter; None where it is known."""
    if said.status == "sent":
        same = tracking_key(one.tracking or "") == tracking_key(said.tracking)
        return None if same else Act(one.dossier, "post_tracked", desk.now(), {"tracking": said.tracking})
    if one.stands == said.status and (said.status == "returned" or one.delivered_on == said.day):
        return None
    if said.status == "returned":
        return _returned(desk, one.dossier, said.reason)
    return _delivered(desk, one.dossier, said.day, said.proof)


def _delivered(desk: Desk, dossier: str, day: date | None, proof: str) -> Act:
    fields = {"channel": "post", "delivered_on": day.isoformat() if day else "", "proof": proof}
    return Act(dossier, "result_returned", desk.now(), {name: text for name, text in fields.items() if text})


def _returned(desk: Desk, dossier: str, reason: str, after: str = "", shelf: str = "") -> Act:
    fields = {"reason": reason, "next": after, "shelf": shelf}
    return Act(dossier, "post_returned", desk.now(), {name: text for name, text in fields.items() if text})


def _on(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, LEGAL_TIME).date()


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
