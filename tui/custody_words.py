"""What is said of papers that lie here, of a result's way out, and of dossiers that mend one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from core.custody import Held
from core.dossier import Dossier
from core.fines import owed
from core.keeping import fine_proved, kept_back
from core.law import Law
from core.moments import LEGAL_TIME, legal_day
from core.results import handed_over
from core.standing import version_of
from core.states import State
from storage.desk import Desk
from tui.answers import iso
from tui.dates import day_long, day_short
from tui.dossier_words import money, officer_names, paper_title
from tui.i18n import tr


def lying_lines(desk: Desk, dossier: Dossier, law: Law) -> Iterator[str]:
    """All that is told here of one dossier."""
    yield from link_lines(desk, dossier)
    handed = handed_line(dossier)
    if handed is not None:
        yield handed
    yield from _owed_again(dossier)
    today = legal_day(desk.now())
    yield from custody_lines(dossier, law, version_of(dossier, law), officer_names(desk.officers.all()), today)


def _owed_again(dossier: Dossier) -> Iterator[str]:
    """Fines that are owed, though the dossier looks finished: a payment was taken back since."""
    for one in () if dossier.is_open or dossier.state is State.VOIDED else owed(dossier):
        if one.left:
            decision = one.decision.number if one.decision.named else tr("fines.unnamed")
            yield f"! {tr('fines.owed_again', decision=decision, amount=money(one.left))}"


def custody_lines(
    dossier: Dossier, law: Law, version: ProcedureVersion | None, officers: Mapping[str, str], today: date
) -> Iterator[str]:
    """A line for each paper: where it lies, who looks when, and why it may not go yet."""
    for one in dossier.held:
        parts = [tr("custody.paper", paper=_named(one, version))]
        parts += [tr("custody.place", place=one.place)] if one.place else []
        if one.keeper and one.next_check:
            keeper = officers.get(one.keeper, one.keeper)
            parts.append(tr("custody.keeper", keeper=keeper, day=day_short(one.next_check)))
        refused = kept_back(dossier, one, today, law)
        parts += [f"! {kept_words(refused)}"] if refused else []
        yield " · ".join(parts)


def kept_words(refused: Refusal) -> str:
    """Why a paper may not go back yet, in few words."""
    return tr(f"kept.{refused.code}", **refused.params)


def back_words(dossier: Dossier, one: Held, today: date) -> str:
    """When the owner gets a paper back, with all that must have come first and the decision behind it."""
    parts = [tr("back.fine", amount=money(one.fine))] if one.fine is not None and not fine_proved(dossier) else []
    if one.hold_until is not None and today < one.hold_until:
        parts.append(tr("back.day", day=f"{one.hold_until:%d/%m/%Y}"))
    if not parts:
        return tr("paper.with_result")
    told = "; ".join(parts)
    return told[0].upper() + told[1:] + (f" ({one.decision})" if one.decision else "")


def link_lines(desk: Desk, dossier: Dossier) -> Iterator[str]:
    """The dossier that this one mends, and those that mend this one."""
    corrects = dossier.facts.get("corrects")
    if corrects:
        fault = tr(f"fault.{dossier.facts.get('fault', 'station')}")
        yield tr("correction.of", number=_number(desk, str(corrects)), fault=fault)
    for one in dossier.corrections:
        yield tr("correction.by", number=_number(desk, one))


def handed_line(dossier: Dossier) -> str | None:
    """Who took the result, as what, by which paper; None where nobody did."""
    handed = handed_over(dossier)
    if handed is None:
        return None
    parts = [tr(f"channel.{handed.channel}")]
    if handed.taker:
        parts.append(f"{handed.taker} ({tr(f'capacity.{handed.capacity}')})")
    parts += [tr("handed.proof", proof=handed.proof)] if handed.proof else []
    parts += [tr("handed.reference", reference=handed.reference)] if handed.reference else []
    parts += [tr("handed.slip_lost")] if handed.slip_lost else []
    parts += [tr("handed.thumbprint", witness=handed.witness)] if handed.thumbprint else []
    return tr("handed.line", how=" · ".join(parts))


def custody_json(dossier: Dossier, law: Law, today: date) -> list[dict[str, Any]]:
    """The papers that lie here, for `show`."""
    return [_held_json(dossier, one, law, today) for one in dossier.held]


def _held_json(dossier: Dossier, one: Held, law: Law, today: date) -> dict[str, Any]:
    refused = kept_back(dossier, one, today, law)
    return {
        "paper": one.paper,
        "number": one.number,
        "since": iso(one.since.astimezone(LEGAL_TIME)),
        "place": one.place,
        "receipt": one.receipt,
        "decision": one.decision,
        "fine": None if one.fine is None else f"{one.fine:f}",
        "fine_proved": None if one.fine is None else fine_proved(dossier),
        "hold_until": iso(one.hold_until) if one.hold_until else None,
        "keeper": one.keeper,
        "next_check": iso(one.next_check) if one.next_check else None,
        "kept_back": None if refused is None else refused.code,
    }


def linked_json(desk: Desk, dossier: Dossier) -> dict[str, Any]:
    """Both ends of corrections, for `show`."""
    corrects = dossier.facts.get("corrects")
    return {
        "corrects": _link(desk, str(corrects)) | {"fault": dossier.facts.get("fault")} if corrects else None,
        "corrected_by": [_link(desk, one) for one in dossier.corrections],
    }


def _link(desk: Desk, dossier_id: str) -> dict[str, Any]:
    row = desk.row(dossier_id)
    return {"id": dossier_id, "receipt_number": row["receipt_number"] if row else None}


def _number(desk: Desk, dossier_id: str) -> str:
    row = desk.row(dossier_id)
    return str(row["receipt_number"] or dossier_id[-4:]) if row else dossier_id[-4:]


def _named(one: Held, version: ProcedureVersion | None) -> str:
    title = paper_title(one.paper, version)
    parts = [f"{title} {one.number}" if one.number else title]
    if one.fine is not None:
        parts.append(tr("custody.fine", amount=money(one.fine)))
    if one.hold_until is not None:
        parts.append(tr("custody.hold", day=day_long(one.hold_until)))
    return ", ".join(parts)
