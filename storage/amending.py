"""Amend the law of a station: what it moves is shown first, then it is applied as one command."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.answers import InvalidInput, Refusal
from core.golden import CaseFailure, failures, without_cases
from core.law import Law
from core.moments import LEGAL_TIME
from core.record import Event
from core.standing import clock_inputs, standing
from core.station import AmendLaw
from storage.database import roomy, transaction
from storage.desk import Desk, Done
from storage.keys import signature_holds
from storage.law_changes import untaken_rows
from storage.lawbook.amendment import Amendment, read_amendment
from storage.lawbook.building import law_from_rows
from storage.lawbook.contested import LawConflict
from storage.lawbook.rows import LawRow
from storage.lawbook.station import (
    commitment_row,
    effective_rows,
    founding_of,
    is_own,
    last_rows,
    opening_row,
)
from storage.officers import Officer
from storage.shifting import open_ended

_SIGNATURE = 64
_RECEIVED_UNDER = "SELECT id, procedure, version, received_at FROM dossier WHERE lane < 4 AND version IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Moved:
    """An open dossier whose due time moves; epoch seconds, None where it has none. `promised_at` still binds."""

    dossier: str
    receipt_number: str | None
    name: str
    procedure: str
    before: int | None
    after: int | None
    promised_at: int | None

    @property
    def promise_broken(self) -> bool:
        """Whether the citizen holds a date that the law does not give any more."""
        return self.promised_at is not None and self.promised_at != self.after


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amendment that was read and tried: `signed` by the city, `moved` in order, broken promises first.

    `national`: it says more than a station decides itself.
    `failures` are golden cases that would not hold, `uncounted` new versions and years without one: either
    keeps it from going live. `seen`: the last event of the log that it was found with.
    """

    command: AmendLaw
    decision: str | None
    source: str
    national: bool
    signed: bool
    moved: tuple[Moved, ...]
    failures: tuple[CaseFailure, ...]
    uncounted: tuple[str, ...]
    seen: int


def propose(
    desk: Desk, officer: Officer, content: bytes, source: str, signature: bytes | None = None
) -> Proposal | Refusal:
    """Read a file (`source` is its name) and find what it would move; nothing is written.

    Refusals: of `decide_station`, `amendment_unsigned`, `amendment_signature_wrong`, `amendment_known` (a signed
    document counts once). Raises InvalidInput with what is wrong in the file.
    """
    judged = desk.projection.law_events()
    history = effective_rows(judged)
    known = last_rows(history)
    amendment = read_amendment(content, source, desk.identity.unit, known)
    about = {"source": source}
    signed = False
    if signature is not None or _needs_city(desk, amendment):
        refused = _check_signature(desk, content, signature)
        if refused:
            return refused
        signed = True
        about |= {"document": base64.b64encode(content).decode(), "signature": (signature or b"").hex()}
        if any(one.event.body.get("document") == about["document"] for one in judged if one.problem is None):
            return Refusal("amendment_known")
    return _proposal(desk, officer, amendment, history, about, signed=signed)


def propose_package(desk: Desk, officer: Officer) -> Proposal | Refusal:
    """What the law that this version of the program brings, and that was never in force here, would change.

    Refusals: `amendment_none`, and those of `propose`.
    """
    rows = untaken_rows(desk)
    if not rows:
        return Refusal("amendment_none")
    history = effective_rows(desk.projection.law_events())
    amendment = Amendment(None, rows)
    if _needs_city(desk, amendment):
        return Refusal("amendment_unsigned")
    return _proposal(desk, officer, amendment, history, {"source": "package"}, signed=False)


def propose_again(
    desk: Desk, officer: Officer, conflict: LawConflict, keep: Event, reason: str | None
) -> Proposal | Refusal:
    """The rows of one of the conflict's events once more, by an author who has seen them all: that settles it.

    Refusals: `resolve_needs_amendment` (what was kept out cannot stand beside the others), `resolve_needs_city` (a
    document that the city signed counts once), and those of `propose`.
    """
    if keep.event_id in conflict.kept_out:
        return Refusal("resolve_needs_amendment")
    about = {"source": str(keep.body.get("source") or keep.kind)} | ({"reason": reason} if reason else {})
    if keep.kind == "commitment_made":
        amendment = Amendment(None, (), commitments=(keep.body,))
    else:
        rows = [LawRow(keep.entity, row["table"], row["key"], row["row"]) for row in keep.body["rows"]]
        again = tuple(row for row in rows if (row.table, row.key) in conflict.keys)
        amendment = Amendment(keep.body.get("decision"), again)
    if _needs_city(desk, amendment):
        return Refusal("resolve_needs_city")
    history = effective_rows(desk.projection.law_events())
    return _proposal(desk, officer, amendment, history, about, signed=False)


def apply(desk: Desk, officer: Officer, proposal: Proposal) -> Done | Refusal:
    """Write what was shown. Refusals: `amendment_cases_fail`, `amendment_changed` where it would now move others."""
    if proposal.failures or proposal.uncounted:
        count = len(proposal.failures) + len(proposal.uncounted)
        return Refusal("amendment_cases_fail", params={"count": str(count)})
    with transaction(desk.connection):
        if desk.log.last() != proposal.seen and _moves_others(desk, proposal):
            return Refusal("amendment_changed")
        return desk.do_within(proposal.command, officer)


def _moves_others(desk: Desk, proposal: Proposal) -> bool:
    history = effective_rows(desk.projection.law_events())
    return _moved(desk, _law_with(desk, history, proposal.command)) != proposal.moved


def _proposal(
    desk: Desk,
    officer: Officer,
    amendment: Amendment,
    history: Sequence[LawRow],
    about: dict[str, str],
    *,
    signed: bool,
) -> Proposal | Refusal:
    if amendment.decision:
        about["decision"] = amendment.decision
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in amendment.rows:
        parts.setdefault(row.entity, []).append({"table": row.table, "key": row.key, "row": row.row})
    command = AmendLaw(parts, amendment.openings, amendment.commitments, about, desk.now())
    refused = desk.refusal(command, officer)
    if refused:
        return refused
    law, known = _law_with(desk, history, command), last_rows(history)
    _check_days(law, amendment)
    unknown = _unknown_procedure(law, amendment)
    if unknown:
        return Refusal("procedure_unknown", params={"procedure": unknown})
    broken = {failure.case for failure in failures(desk.law)}
    new = {row.key for row in amendment.rows if (row.entity, row.table, row.key) not in known}
    return Proposal(
        command,
        amendment.decision,
        about["source"],
        _is_national(desk, amendment),
        signed,
        _moved(desk, law),
        tuple(failure for failure in failures(law) if failure.case not in broken),
        tuple(key for key in without_cases(law) if key in new),
        desk.log.last(),
    )


def _law_with(desk: Desk, history: Sequence[LawRow], command: AmendLaw) -> Law:
    """The law as the command would leave it. Raises InvalidInput where its rows are no law."""
    unit = desk.identity.unit
    rows = list(history)
    for entity, parts in command.rows.items():
        rows += [LawRow(entity, part["table"], part["key"], part["row"], command.about["source"]) for part in parts]
    rows += [
        replace(opening_row(unit, body, str(number)), source=command.about["source"])
        for number, body in enumerate(command.openings, start=1)
    ]
    for body in command.commitments:
        procedure = desk.law.find(str(body["procedure"]))
        named = {**body, "procedure": procedure.name} if procedure else body
        rows.append(commitment_row(unit, named))
    return law_from_rows(rows)


def _check_days(law: Law, amendment: Amendment) -> None:
    """A day that no calendar reaches would be written to no effect: it is a slip of the pen."""
    calendar = law.calendar()
    given = [row.row["date"] for row in amendment.rows if row.table == "day"]
    for text in (*given, *(body["date"] for body in amendment.openings)):
        if not calendar.first <= date.fromisoformat(text) <= calendar.last:
            raise InvalidInput("calendar_out_of_range", first=calendar.first, last=calendar.last)


def _unknown_procedure(law: Law, amendment: Amendment) -> str | None:
    """What a support is to hold for, and no procedure is called."""
    given = [row.row.get("procedures") or () for row in amendment.rows if row.table == "post_support"]
    return next((name for names in given for name in names if law.find(name) is None), None)


def _moved(desk: Desk, law: Law) -> tuple[Moved, ...]:
    """Every open dossier whose due time is another by this law, broken promises first, then by the old date."""
    with roomy(desk.connection):
        found = desk.projection.shift(desk.law, law)
    moved = [
        Moved(one.dossier, one.receipt_number, one.name, one.procedure, one.before, one.after, one.promised_at)
        for one in found.moves
        if one.before != one.after
    ]
    for dossier_id in found.others:
        dossier = desk.projection.dossier(dossier_id)
        if dossier is None:
            continue
        old, new = standing(dossier, desk.law), standing(dossier, law)
        if old.due_at != new.due_at:
            dates = (_epoch(old.due_at), _epoch(new.due_at), _epoch(old.promised_at))
            moved.append(Moved(*_named(desk, dossier_id), *dates))
    return tuple(sorted(moved, key=_place))


def _named(desk: Desk, dossier_id: str) -> tuple[str, str | None, str, str]:
    asked = "SELECT id, receipt_number, applicant_name, procedure FROM dossier WHERE id = ?"
    found: tuple[str, str | None, str, str] = desk.connection.execute(asked, (dossier_id,)).fetchone()
    return found


def _place(moved: Moved) -> tuple[bool, int, str]:
    return not moved.promise_broken, moved.before or 0, moved.dossier


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _needs_city(desk: Desk, amendment: Amendment) -> bool:
    """Whether a row is the nation's, at a station that was founded with the city's key."""
    return _is_national(desk, amendment) and _city_key(desk) is not None


def _is_national(desk: Desk, amendment: Amendment) -> bool:
    return any(not is_own(row, desk.identity.unit) for row in amendment.rows)


def _check_signature(desk: Desk, content: bytes, signature: bytes | None) -> Refusal | None:
    key = _city_key(desk)
    if signature is None or key is None:
        return Refusal("amendment_unsigned" if key else "city_key_none")
    return None if signature_holds(key, signature, content) else Refusal("amendment_signature_wrong")


def _city_key(desk: Desk) -> bytes | None:
    return founding_of(desk.log.understood(f"unit:{desk.identity.unit}"), desk.projection.desks().founding).city_key


def read_signature(content: bytes) -> bytes:
    """A detached Ed25519 signature: 64 raw bytes, or in hex or base64. Raises InvalidInput `signature_invalid`."""
    if len(content) == _SIGNATURE:
        return content
    text = content.strip()
    for read in (bytes.fromhex, base64.b64decode):
        try:
            found = read(text.decode("ascii"))
        except ValueError:
            continue
        if len(found) == _SIGNATURE:
            return found
    raise InvalidInput("signature_invalid")


def taken_under_old(desk: Desk) -> list[Moved]:
    """Open dossiers that a desk received by a row that was not their day's law, with that row's date and the law's."""
    law = desk.law
    found = []
    for dossier_id, procedure, version, received in desk.connection.execute(_RECEIVED_UNDER):
        day = datetime.fromtimestamp(received, LEGAL_TIME).date()
        old, new = law.version_by_hash(version), law.version_on(procedure, day)
        if old is None or isinstance(new, Refusal) or open_ended(old) == open_ended(new):
            continue
        dossier = desk.projection.dossier(dossier_id)
        if dossier is None or dossier.received_at is None:
            continue
        stands = standing(dossier, law)
        before = clock_inputs(dossier, law, old).deadline().due_at
        moved = (_epoch(before), _epoch(stands.due_at), _epoch(stands.promised_at))
        found.append(Moved(*_named(desk, dossier_id), *moved))
    return sorted(found, key=_place)
