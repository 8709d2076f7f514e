"""What is said of desks that decided apart: branches, papers, what applies meanwhile, what keeping one would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.dossier import Dossier
from core.harmless import LostValue
from core.issued import Letter
from core.record import Event
from core.standing import standing
from storage.conflicts import (
    SHIFT,
    Branch,
    OpenConflict,
    conflicts_of,
    desk_numbers,
    handover_conflicts,
    handovers_in_conflict,
    kept,
    law_conflicts,
)
from storage.desk import Desk
from storage.handover import handover_of, taken_by
from storage.law_changes import law_history
from storage.lawbook import LawRow
from storage.outbox import conflicts
from storage.revoked import told_marks
from tui.dates import end_long, moment_short
from tui.dossier_words import event_words, fact_title, officer_names, person_line, title_of
from tui.i18n import tr
from tui.law_words import change_lines


def heading(desk: Desk, conflict: OpenConflict) -> list[str]:
    """Whose conflict it is, and what applies until somebody has decided."""
    if conflict.entity.startswith(SHIFT):
        return [_handover(desk, conflict), tr("conflict.handover_applies")]
    if conflict.law is not None:
        applying = "conflict.law_kept_out" if conflict.law.kept_out else "conflict.law_applies"
        return [entity_words(desk, conflict.entity), tr(applying)]
    dossier = desk.dossier(conflict.entity)
    assert dossier is not None
    stands = standing(dossier, desk.law)
    who = f"{conflict.code} · {person_line(dossier)} · {title_of(stands.version, dossier.procedure)}"
    return [who, applies(desk, dossier)]


def revoked_lines(desk: Desk, dossier: Dossier) -> list[str]:
    """That what this desk wrote on the dossier from its own revocation on counts at no other desk."""
    if told_marks(desk, dossier) == dossier.marks:
        return []
    return [tr("dossier.desk_revoked", seq=desk.projection.desks().revoked[desk.identity.desk][1])]


def contested(desk: Desk) -> list[tuple[str, str]]:
    """Every entity in conflict with its name for a list: the law's parts, handovers, then dossiers by due date."""
    found = dict(contested_station(desk))
    has_handovers = any(entity.startswith(SHIFT) for entity in found)
    for row in conflicts(desk):
        entities = {one.entity for one in conflicts_of(desk, row.id)} if has_handovers else {row.id}
        if not entities <= found.keys():
            found[row.id] = f"{row['receipt_number'] or row.id} · {row['applicant_name']}"
    return list(found.items())


def contested_station(desk: Desk) -> list[tuple[str, str]]:
    """`contested` without the dossiers."""
    found = {one.entity: entity_words(desk, one.entity) for one in law_conflicts(desk)}
    for shift in handovers_in_conflict(desk):
        found |= {one.entity: _handover(desk, one) for one in handover_conflicts(desk, shift)}
    return list(found.items())


def entity_words(desk: Desk, entity: str) -> str:
    """A part of the station's law by its name."""
    name = entity.partition(":")[2]
    if not name:
        return tr("conflict.calendar")
    found = desk.law.find(name)
    return tr("conflict.catalogue", title=title_of(found.versions[-1], name) if found else name)


def applies(desk: Desk, dossier: Dossier) -> str:
    """What counts while nobody has decided: the first branch's effect, and of all dates the earliest."""
    if dossier.ending is not None or dossier.state is None:
        return tr("conflict.applies_state", state=_state(dossier))
    due = standing(dossier, desk.law).binding_at
    moment = end_long(due) if due else tr("conflict.no_due")
    return tr("conflict.applies_due", moment=moment, state=_state(dossier))


def _state(dossier: Dossier) -> str:
    outcome = f" ({tr(f'outcome.{dossier.outcome}')})" if dossier.outcome else ""
    return tr(f"state.{dossier.state}") + outcome


def branch_words(desk: Desk, conflict: OpenConflict, branch: Branch) -> str:
    """What the branch says, in one line."""
    if conflict.entity.startswith(SHIFT):
        return _accepted(desk, branch.event)
    if conflict.law is not None:
        out = [tr("conflict.no_effect")] if branch.event.event_id in conflict.law.kept_out else []
        return "; ".join([*law_words(desk, conflict, branch.event), *out])
    return _event(desk, conflict, branch.event)


def _handover(desk: Desk, conflict: OpenConflict) -> str:
    """A handover by when it was signed over and by whom."""
    found = handover_of(desk, conflict.entity.removeprefix(SHIFT))
    names = officer_names(desk.officers.all())
    sender = names.get(found.sender, found.sender) if found else "?"
    moment = moment_short(found.given.at) if found else "?"
    return tr("conflict.handover", sender=sender, moment=moment)


def _accepted(desk: Desk, event: Event) -> str:
    """Who took the shift over, and in whose place."""
    shift = event.entity.removeprefix(SHIFT)
    known = {one.event_id: one for one in desk.log.understood(event.entity)}
    receiver = taken_by(known, event.event_id, shift) or "?"
    name = officer_names(desk.officers.all()).get(receiver, receiver)
    reason = f" ({event.body['override']})" if event.body.get("override") else ""
    return tr("conflict.accepted_by", name=name) + reason


def law_words(desk: Desk, conflict: OpenConflict, event: Event) -> list[str]:
    """The contested rows as the event left them, each with its article; beside what stood before any branch."""
    assert conflict.law is not None
    branches = {branch.event.event_id for branch in conflict.branches}
    stood: dict[tuple[str, str], LawRow | None] = {}
    changes = []
    for change in (change for command in reversed(law_history(desk)) for change in command.changes):
        key = (change.row.table, change.row.key)
        if key in conflict.law.keys and not branches.isdisjoint(change.events):
            before = stood.setdefault(key, change.before)
            if event.event_id in change.events:
                changes.append(replace(change, before=before, last=before))
    lines = [line.whole for line in change_lines(changes, desk.law)]
    return lines or [f"{change.row.table} {change.row.key}" for change in changes]


def _event(desk: Desk, conflict: OpenConflict, event: Event) -> str:
    names = officer_names(desk.officers.all())
    if event.kind != "conflict_resolved":
        return event_words(event, names)
    known = {one.event_id: one for one in desk.log.events_of(conflict.entity)}
    choice = known.get(str(event.body.get("keep")))
    words = event_words(choice, names) if choice else ""
    reason = f" ({event.body['reason']})" if event.body.get("reason") else ""
    return tr("conflict.decision", what=words) + reason


def branch_lines(desk: Desk, conflict: OpenConflict, branch: Branch) -> Iterator[str]:
    """One column: what, who and when, the paper that the citizen may hold, what keeping it would do."""
    event = branch.event
    names = officer_names(desk.officers.all())
    if conflict.entity.startswith(SHIFT):
        yield _accepted(desk, event)
        yield f"{names.get(event.by, event.by)} · {moment_short(event.at)}"
        return
    if conflict.law is None:
        yield _event(desk, conflict, event)
    else:
        yield from law_words(desk, conflict, event)
    yield f"{names.get(event.by, event.by)} · {moment_short(event.at)}"
    if conflict.law is not None:
        yield str(event.body.get("decision") or tr("conflict.no_decision"))
        if event.event_id in conflict.law.kept_out:
            yield tr("conflict.no_effect")
        return
    yield paper_words(branch)
    for one in branch.on_top:
        yield f"+ {event_words(one, names)}"
    yield _if_kept(desk, conflict, event)


def paper_words(branch: Branch) -> str:
    """The paper that was printed with the branch, or that there is none."""
    if branch.paper is None:
        return tr("conflict.no_paper")
    paper = branch.paper
    key = "conflict.paper" if paper.printed else "conflict.paper_unsure"
    return tr(key, paper=_paper(paper))


def _paper(paper: Letter) -> str:
    kind = tr(f"letter.{paper.kind}")
    kind = paper.kind if kind == f"letter.{paper.kind}" else kind
    promised = tr("conflict.promised", moment=moment_short(paper.promised_at)) if paper.promised_at else ""
    return " ".join(part for part in (kind, paper.number or "", promised) if part)


def _if_kept(desk: Desk, conflict: OpenConflict, event: Event) -> str:
    dossier = kept(desk, conflict, event)
    due = standing(dossier, desk.law).binding_at if dossier.ending is None else None
    words = _state(dossier)
    return tr("conflict.if_kept", state=f"{words}, {moment_short(due)}" if due else words)


def lost_lines(desk: Desk, dossier: Dossier, officers: Mapping[str, str]) -> Iterator[str]:
    """Values that another desk replaced without having seen them, until somebody who has seen them writes again."""
    numbers = desk_numbers(desk) if dossier.lost_values else {}
    for one in dossier.lost_values:
        if not one.settled:
            yield _lost_line(one, officers, numbers)


def _lost_line(lost: LostValue, names: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    value = names.get(str(lost.value), str(lost.value)) if lost.field == "officer" else str(lost.value)
    return tr(
        "conflict.lost_value",
        field=fact_title(lost.field),
        value=value,
        name=names.get(lost.event.by, lost.event.by),
        moment=moment_short(lost.event.at),
        number=numbers.get(lost.event.desk, "?"),
    )
