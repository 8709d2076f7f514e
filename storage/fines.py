"""Decisions that fine somebody: entering one, the list of what is owed and held, payment, and giving papers back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.answers import Refusal
from core.custody import Held
from core.decisions import Act, TakeIn
from core.fines import PROCEDURE, PayBy, decision_keys, decision_refused, owed, pay_by
from core.identity import check_number
from core.intake import OWN_NUMBER, opening_of
from core.law import Law
from core.moments import LEGAL_TIME, legal_day
from core.payments import dong, which_decision
from core.states import WORKING
from core.text import fold
from storage.database import transaction
from storage.desk import Command, Desk, Done
from storage.elsewhere import marks
from storage.officers import Officer

LISTS = ("open", "owed", "held", "all")
"""`open`: something is owed or held."""
_WHERE = {
    "open": "stands IN ('owed', 'held')",
    "owed": "stands = 'owed'",
    "held": "held > 0",
    "all": "stands <> 'void'",
}
_ROWS = """
SELECT fine.id, fine.dossier, dossier.receipt_number, dossier.applicant_name, fine.procedure, fine.unit, decision,
    amount, decided_on, handed_on, pay_by, paid, owed, paid_at, held, hold_until, stands, entered_at,
    CASE WHEN fine.procedure = 'seized-item-return' AND dossier.variant = 'seizure' AND held > 0
        THEN dossier.due_at END,
    CASE WHEN fine.procedure = 'seized-item-return' AND dossier.variant = 'seizure' AND dossier.received_at < entered_at
        THEN dossier.received_at END,
    CASE WHEN stands <> 'void' THEN (
        SELECT COALESCE(other.receipt_number, other.id)
        FROM fine AS same JOIN dossier AS other ON other.id = same.dossier
        WHERE same.decision_key = fine.decision_key AND same.dossier <> fine.dossier AND same.stands <> 'void'
            AND COALESCE(substr(same.decided_on, 1, 4) = substr(fine.decided_on, 1, 4), 1) LIMIT 1
    ) END
FROM fine JOIN dossier ON dossier.id = fine.dossier WHERE {where} ORDER BY entered_at, fine.id
"""


@dataclass(frozen=True, slots=True)
class NewFine:
    """A decision as it comes from the street; `held`: papers or things by name, each with its number or nothing.

    `kind`: of core.intake.APPLICANT_KINDS, whose `number` it is. `vehicle`: what is held is a vehicle, whose time of
    seizure runs from `seized_on`; None: from the entry. Amounts in đồng.
    """

    decision: str
    name: str
    amount: str
    number: str = ""
    phone: str = ""
    decided_on: date | None = None
    handed_on: date | None = None
    pay_by: date | None = None
    hold_until: date | None = None
    held: Sequence[tuple[str, str]] = ()
    shelf: str = ""
    receipt: str = ""
    plate: str = ""
    vehicle: bool = False
    seized_on: date | None = None
    kind: str = "citizen"


@dataclass(frozen=True, slots=True)
class Fine:
    """One decision in the list. `last_day`: until when it is to be paid by law, where the decision does not say.

    `seized_until`: the last day of the time for which a vehicle may be held, by the law of its dossier; `seized_on`:
    the day from which it counts, None: that of the entry. `twice`: the dossier in which another desk entered the same
    decision.
    """

    id: str
    dossier: str
    receipt_number: str | None
    applicant_name: str
    procedure: str
    unit: str
    decision: str | None
    amount: Decimal
    decided_on: date | None
    handed_on: date | None
    pay_by: date | None
    paid: Decimal
    owed: Decimal
    paid_on: date | None
    held: int
    hold_until: date | None
    stands: str
    entered_on: date
    seized_until: date | None = None
    seized_on: date | None = None
    twice: str | None = None
    last_day: PayBy | None = field(default=None)

    @property
    def key(self) -> str:
        """The decision in its dossier: its number, else the event of the paper that waits for the fine."""
        return self.decision or self.id

    @property
    def due(self) -> date | None:
        """The payer's last day: as the decision says, else by law; None where nobody knows when it was handed on."""
        return self.pay_by or (self.last_day.day if self.last_day else None)

    @property
    def over(self) -> Decimal:
        """What was paid beyond the fine."""
        return max(Decimal(0), self.paid - self.amount)

    def return_from(self) -> date | None:
        """The day from which what is held is to be given back: when all was paid, or the later end of the holding."""
        if self.owed or not self.held:
            return None
        days = [day for day in (self.paid_on, self.hold_until) if day is not None]
        return max(days, default=self.entered_on)


def fines(desk: Desk, name: str = "open") -> list[Fine]:
    """One of LISTS: what is to be paid first by its last day, then what lies here and may go back."""
    found = fines_where(desk, _WHERE[name])
    return sorted(found, key=lambda one: (not one.owed, one.due or date.max, one.entered_on, one.decision or ""))


def fines_where(desk: Desk, where: str, values: Sequence[object] = ()) -> list[Fine]:
    """Decisions by a condition of this module's callers in storage and of reports, in order of entry."""
    law = desk.law
    return [_fine(row, law) for row in desk.connection.execute(_ROWS.format(where=where), tuple(values)).fetchall()]


def named(desk: Desk, code: str) -> tuple[str, str | None] | Refusal:
    """The dossier behind a decision's number or any name of a dossier, and the decision's key where it was that one."""
    keys = decision_keys(code)
    asked = (
        f"SELECT dossier, decision, id FROM fine WHERE (decision_key IN ({marks(keys)}) OR id = ?) AND stands <> 'void'"
    )
    rows = desk.connection.execute(asked, (*keys, code)).fetchall()
    if len(bearing := {str(dossier) for dossier, _, _ in rows}) > 1:
        return Refusal("code_shared", params={"code": code, "dossiers": ", ".join(sorted(bearing))})
    if rows:
        dossier, decision, event = rows[0]
        return str(dossier), (decision or event) if len(rows) == 1 else None
    found = desk.queries.find(code)
    return found if isinstance(found, Refusal) else (found, None)


def enter(desk: Desk, officer: Officer, new: NewFine) -> Done | Refusal:
    """Enter a decision with what is held by it: a dossier, also where nothing is held.

    It is one command; where the day of seizure is said, the dossier is as old as that, and the decision, which is
    entered now, a second one.
    """
    now = desk.now()
    wrong = _wrong(new, legal_day(now))
    if wrong is not None:
        return wrong
    if new.seized_on is None:
        return desk.do(_command(desk, new, now), officer)
    opening = opening_of(desk.law.calendar(desk.identity.unit))(new.seized_on)
    taken = _command(desk, new, min(opening, now))
    (kind, decided), *papers = taken.along
    try:
        with transaction(desk.connection):
            done = _or_refuse(desk.do_within(replace(taken, along=tuple(papers), imported=True), officer))
            _or_refuse(desk.do_within(Act(taken.dossier, kind, now, decided), officer))
    except _Refused as refused:
        return refused.refusal
    return done


def _or_refuse(answer: Done | Refusal) -> Done:
    if isinstance(answer, Refusal):
        raise _Refused(answer)
    return answer


def pay(
    desk: Desk,
    officer: Officer,
    dossier_id: str,
    *,
    decision: str | None = None,
    amount: str | None = None,
    more: bool = False,
    channel: str = "counter",
    method: str = "",
    proof: str = "",
    at: datetime | None = None,
) -> Done | Refusal:
    """Money for a fine; `amount` None: all that is owed of it. `method`: one of METHODS, at the counter.

    `decision`: its key (`Fine.key`); None: the only one of the dossier's that is owed. `more`: it may be more than is
    owed. `proof`: the receipt's number, or elsewhere the payment's reference: one proof counts once. A dossier with
    nothing owed and nothing held ends.
    """
    if method and channel != "counter":
        return Refusal("method_elsewhere", params={"channel": channel})
    with transaction(desk.connection):
        dossier = desk.dossier(dossier_id)
        if dossier is None:
            return Refusal("dossier_unknown")
        owing = [one for one in owed(dossier) if one.left and decision in (None, one.decision.number)]
        if not owing:
            return Refusal("fine_nothing_owed")
        if len(owing) > 1:
            return which_decision(one.decision.number for one in owing)
        left = owing[0].left
        said = f"{left:f}" if amount is None else amount
        if Decimal(said) <= 0:
            return Refusal("fine_amount_none")
        if Decimal(said) > left and not more:
            return Refusal("fine_more", params={"amount": dong(Decimal(said)), "owed": dong(left)})
        fields = {"amount": said, "channel": channel, "purpose": "fine", "decision": owing[0].decision.number}
        fields |= {"method": method} if method else {}
        fields |= {"receipt" if channel == "counter" else "reference": proof} if proof else {}
        done = desk.do_within(Act(dossier_id, "payment_received", at or desk.now(), fields), officer)
        if isinstance(done, Done):
            _end(desk, officer, dossier_id, {})
        return done


def release(
    desk: Desk, officer: Officer, dossier_id: str, *, paper: str | None = None, fields: Mapping[str, str] | None = None
) -> list[Held] | Refusal:
    """Give back what is held (all of it, or the paper of that name), or nothing of it; answers what went.

    `fields`: more of `original_released`: to whom, way, basis. A dossier with nothing owed and nothing held ends.
    """
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return Refusal("dossier_unknown")
    going = [one for one in dossier.held if paper is None or fold(one.paper) == fold(paper)]
    if not going:
        return Refusal("not_held" if dossier.held else "nothing_held")
    given = (fields or {}).get("way", "returned") == "returned"
    if given and dossier.applicant.get("kind") == "organisation" and not (fields or {}).get("to"):
        return Refusal("taker_unknown")
    at = desk.now()
    commands: list[Command] = [
        Act(dossier_id, "original_released", at, {"paper": one.paper, **(fields or {})}) for one in going
    ]
    try:
        with transaction(desk.connection):
            for command in commands:
                _or_refuse(desk.do_within(command, officer))
            _end(desk, officer, dossier_id, fields or {})
    except _Refused as refused:
        return refused.refusal
    return going


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def _end(desk: Desk, officer: Officer, dossier_id: str, fields: Mapping[str, str]) -> None:
    """End a dossier of ours with nothing owed and nothing held; who may not end it leaves it in the queue."""
    dossier = desk.dossier(dossier_id)
    assert dossier is not None
    if dossier.procedure != PROCEDURE or dossier.state not in WORKING or dossier.held:
        return
    if any(one.left for one in owed(dossier)):
        return
    at = desk.now()
    handed = {"taker": fields.get("to"), "taker_number": fields.get("to_number"), "capacity": fields.get("capacity"),
              "proof": fields.get("proof")}  # fmt: skip
    for kind, body in (
        ("result_ready", {}),
        ("result_returned", {name: said for name, said in handed.items() if said}),
    ):
        if isinstance(desk.do_within(Act(dossier_id, kind, at, body), officer), Refusal):
            return


def _wrong(new: NewFine, today: date) -> Refusal | None:
    if refused := decision_refused(new.decision, new.amount):
        return refused
    if not new.name:
        return Refusal("fine_person_missing")
    if new.seized_on and not new.vehicle:
        return Refusal("seized_on_alone")
    for day in (new.decided_on, new.handed_on, new.seized_on):
        if day is not None and day > today:
            return Refusal("day_in_future", params={"day": f"{day:%d/%m/%Y}"})
    if new.decided_on and new.handed_on and new.handed_on < new.decided_on:
        return Refusal("handed_before_decided")
    made = new.handed_on or new.decided_on
    for day in (new.pay_by, new.hold_until):
        if made and day and day < made:
            return Refusal("day_before_decision", params={"day": f"{day:%d/%m/%Y}"})
    if new.number and new.kind == "citizen" and not check_number(_bare(new.number)).valid:
        return Refusal("number_invalid")
    return None


def _command(desk: Desk, new: NewFine, at: datetime) -> TakeIn:
    applicant = {"kind": new.kind, "name": new.name, "phone": new.phone} | _identity(new)
    things = ", ".join(" ".join(part for part in one if part) for one in new.held)
    matter = {"decision_number": new.decision, "plate": new.plate, "seized_item": things}
    facts = {
        "procedure": PROCEDURE,
        "variant": "seizure" if new.vehicle else "papers",
        "channel": "counter",
        "applicant": {name: text for name, text in applicant.items() if text},
        "matter": {name: text for name, text in matter.items() if text},
    }
    days = {"decided_on": new.decided_on, "handed_on": new.handed_on, "pay_by": new.pay_by}
    decided = {"decision": new.decision, "amount": new.amount} | {
        name: day.isoformat() for name, day in days.items() if day is not None
    }
    taken = {"shelf": new.shelf, "receipt": new.receipt, "decision": new.decision}
    taken |= {"hold_until": new.hold_until.isoformat()} if new.hold_until else {}
    papers = [{"paper": paper, "number": number} | taken for paper, number in new.held]
    along = [("fine_decided", decided)]
    along += [("original_taken", {name: text for name, text in one.items() if text}) for one in papers]
    return TakeIn(desk.new_id(), "received", at, facts, along=tuple(along))


def _identity(new: NewFine) -> dict[str, str]:
    if not new.number or new.kind == "citizen":
        return {"number": _bare(new.number)}
    return {"id_number": new.number, "id_type": OWN_NUMBER[new.kind]}


def _bare(number: str) -> str:
    return number.replace(" ", "")


def _fine(row: tuple[Any, ...], law: Law) -> Fine:
    name, dossier, number, person, procedure, unit, decision, amount, decided, handed, said, *rest = row
    paid, left, paid_at, held, until, stands, entered, seized, since, twice = rest
    handed_on, last = _date(handed), _date(said)
    by_law = pay_by(handed_on, unit, law) if handed_on is not None and last is None else None
    return Fine(
        id=name,
        dossier=dossier,
        receipt_number=number,
        applicant_name=person,
        procedure=procedure,
        unit=unit,
        decision=decision,
        amount=Decimal(amount),
        decided_on=_date(decided),
        handed_on=handed_on,
        pay_by=last,
        paid=Decimal(paid),
        owed=Decimal(left),
        paid_on=_on(paid_at) if not Decimal(left) else None,
        held=held,
        hold_until=_date(until),
        stands=stands,
        entered_on=datetime.fromtimestamp(entered, LEGAL_TIME).date(),
        seized_until=_on(seized),
        seized_on=_on(since),
        twice=twice,
        last_day=by_law,
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _on(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, LEGAL_TIME).date()
