"""Apologies for one dossier or for a storm's 140: what each would get, seen before it is signed; a leader's duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.answers import InvalidInput, Refusal
from core.apology import is_settled
from core.decisions import Act
from core.dossier import Dossier
from core.queue import Bounds, Urgency, Worklist
from core.regime import new_appointment
from core.standing import calendar_of, standing
from storage.desk import Desk, Done
from storage.officers import Officer
from storage.queries import Queries, QueueFilter, Row

DUTIES: tuple[Urgency | Worklist, ...] = (
    Urgency.APOLOGY_OWED,
    Worklist.TO_SIGN,
    Worklist.APOLOGISE_NOW,
    Worklist.STOP,
)
"""What a leader is told of at sign-in, what is worst first."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What an officer asks for many dossiers. Without a `code`, what is None is taken from each one's own proposal.

    `sign`: a leader signs; else it is put before the leader. `signed_as`: in which capacity, else the officer's own.
    """

    sign: bool
    code: str | None = None
    days: int | None = None
    words: str | None = None
    signed_as: str | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one dossier would get: `before` is missed, `after` the new appointment; or why it may not (`refused`).

    `excused`: a leader has decided that nothing is owed for the date that is missed.
    """

    dossier: str
    row: Row | None
    command: Act
    before: datetime | None
    after: datetime | None
    announced_late: bool
    refused: Refusal | None
    excused: bool = False

    @property
    def id(self) -> str:
        return self.dossier


def foresee(desk: Desk, officer: Officer, dossiers: Sequence[str], meant: Meant) -> list[Foreseen]:
    """What each would get now, those that may not first, then by receipt number; nothing is written.

    The letters are numbered and printed in this order.
    """
    at, now = desk.bounds(), desk.now()
    found = [_foreseen(desk, officer, one, meant, at, now) for one in dossiers]
    return sorted(found, key=lambda one: (one.refused is None, _filed(one)))


def carry_out(desk: Desk, officer: Officer, foreseen: Sequence[Foreseen]) -> list[Done | Refusal]:
    """All that may, in one transaction."""
    return desk.do_all([one.command for one in foreseen if one.refused is None], officer)


def count_duties(queries: Queries, at: Bounds, duties: Sequence[Urgency | Worklist] = DUTIES) -> dict[str, int]:
    """How many dossiers each list has."""
    return {duty.value: sum(queries.count(at, duty_filter(duty)).values()) for duty in duties}


def duty_filter(duty: Urgency | Worklist) -> QueueFilter:
    """The filter that finds a duty's dossiers."""
    return QueueFilter(worklist=duty) if isinstance(duty, Worklist) else QueueFilter(urgency=duty)


def _filed(one: Foreseen) -> tuple[str, str]:
    """The place in a pile of papers."""
    number = one.row["receipt_number"] if one.row is not None else None
    return str(number or ""), one.dossier


def _foreseen(desk: Desk, officer: Officer, dossier_id: str, meant: Meant, at: Bounds, now: datetime) -> Foreseen:
    dossier = desk.dossier(dossier_id)
    command = _command(dossier_id, dossier, meant, now)
    row = desk.queries.row(dossier_id, at)
    before = standing(dossier, desk.law).binding_at if dossier is not None else None
    try:
        answer = desk.would(command, officer)
    except InvalidInput as error:
        answer = Refusal(error.code, error.basis, error.params)
    if isinstance(answer, Refusal) or dossier is None:
        refused = answer if isinstance(answer, Refusal) else None
        return Foreseen(dossier_id, row, command, before, None, announced_late=False, refused=refused)
    body = answer[0].body
    if meant.sign:
        after = datetime.fromisoformat(str(body["due_at"]))
    else:
        assert before is not None
        after = new_appointment(before, int(body["days"]), calendar_of(dossier, desk.law))
    late = bool(body.get("announced_late"))
    excused = dossier.excused is not None and is_settled(dossier, before)
    return Foreseen(dossier_id, row, command, before, after, announced_late=late, refused=None, excused=excused)


def _command(dossier_id: str, dossier: Dossier | None, meant: Meant, now: datetime) -> Act:
    own = dossier.proposal if dossier is not None and meant.code is None else None
    proposal = own.body if own is not None else {}
    asked = {"code": meant.code, "days": meant.days, "reason": meant.words}
    fields = {name: proposal.get(name) if value is None else value for name, value in asked.items()}
    if meant.sign:
        fields["signed_as"] = meant.signed_as
    kind = "rescheduled" if meant.sign else "apology_proposed"
    return Act(dossier_id, kind, now, {name: value for name, value in fields.items() if value is not None})
