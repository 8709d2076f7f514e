"""A dossier's state = its events, folded. Total: an event is marked, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import structs

from core import apology, contact, custody, issued
from core.bodies import fault
from core.carried import Carried, read_carried
from core.events import ANY_RECEIVED, ENDING_KINDS, INTAKE_KINDS, KINDS, Class, Kind
from core.fines import Decision, FinePayment
from core.harmless import LastWriters, LostValue
from core.issued import Letter
from core.merge import Conflict, May, is_legal, settle
from core.moments import legal_day
from core.order import Ordered, each_once, fold_order
from core.record import Event
from core.sendings import Sending
from core.service import OFFERED, offer_text
from core.states import OPEN, State
from core.transfer import BRINGING, accepted_apart, bring_history, bring_late, unsettled

CLOCK_KINDS = frozenset(
    {
        "supplement_requested", "supplement_received", "payment_requested", "payment_received",
        "verification_completed", "suspended", "resumed", "extended", "rescheduled",
    }
)  # fmt: skip
_CLOCKED = frozenset({"procedure", "variant", "received_at"})
_VOIDS_PROMISE = frozenset({"supplement_requested", "payment_requested", "suspended", "extended", "rescheduled"})


@dataclass(frozen=True, slots=True)
class Ending:
    """The event that ended the clock, with what it judged then: never computed again. `place`: in the global order."""

    kind: str
    at: datetime
    due_at: datetime | None
    judged: str | None
    place: tuple[int, str, int, int]


@dataclass(slots=True)
class Dossier:
    """Built by `fold` and read by everyone else; nobody else writes to it.

    `repeats`: by another dossier's id, whether somebody judged it to be the same request.
    `offer`: the last one to hand it to another unit; `away`: the unit that has it since it accepted.
    `sendings`: its letters by post, in order.
    `held`: papers that lie here, `sent`: those that went by post; `fines`: by decision, what must be proved.
    `decisions`: the same with their days; `fine_payments`: what came for them.
    `lies_since`: since when the result waits here; `wrong`: it was found wrong; `corrections`: dossiers that mend it.
    `came`: the day on which this unit took it over, with what its clock stood on before (`carried`).
    `late`: legal effects of the unit that it came from, which did not know of the offer: they wait for people here.
    `delays`: what was declared, appointed or excused, in order; `proposal`: the apology put before the leader.
    `asked_again_at`: the citizen's reminder. `told`: the causes of which the citizen was told (`core.telling`).
    `died`: what says that the applicant is dead. `submitted_at`: when it came online, `answered`: by what kind of event
    and when it was answered first. `service_answer`: the last one to the offer of the online service (`core.service`),
    `returned_by`: the channel of the result, `paid_by`: where and how («counter/cash»).
    `needs_update`: it holds what only a newer program understands and must; till then it takes only added facts here.
    """

    id: str
    state: State | None = None
    outcome: str | None = None
    receipt_number: str | None = None
    official_number: str | None = None
    procedure: str = ""
    variant: str | None = None
    version: str | None = None
    applicant: dict[str, Any] = field(default_factory=dict)
    bringer: dict[str, Any] = field(default_factory=dict)
    matter: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    first_at: datetime | None = None
    submitted_at: datetime | None = None
    answered: tuple[str, datetime] | None = None
    received_at: datetime | None = None
    unit: str = ""
    desk: str = ""
    officer: str = ""
    clock_events: list[Event] = field(default_factory=list)
    ending: Ending | None = None
    ready_at: datetime | None = None
    returned_at: datetime | None = None
    promised_at: datetime | None = None
    supplements: int = 0
    paid: list[tuple[str, str]] = field(default_factory=list)
    rescheduled_to: datetime | None = None
    delay_declared: bool = False
    apology_settled: bool = False
    excused: datetime | None = None
    delays: list[Event] = field(default_factory=list)
    proposal: Event | None = None
    asked_again_at: datetime | None = None
    originals: dict[str, int] = field(default_factory=dict)
    held: list[custody.Held] = field(default_factory=list)
    sent: list[custody.Held] = field(default_factory=list)
    fines: dict[str, Decimal] = field(default_factory=dict)
    fine_proofs: int = 0
    decisions: dict[str, Decision] = field(default_factory=dict)
    fine_payments: list[FinePayment] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    at_post: bool = False
    lies_since: datetime | None = None
    reminded_at: datetime | None = None
    archived_at: datetime | None = None
    wrong: bool = False
    corrections: list[str] = field(default_factory=list)
    letters: dict[str, Letter] = field(default_factory=dict)
    repeats: dict[str, bool] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    died: Event | None = None
    service_answer: str | None = None
    returned_by: str | None = None
    paid_by: list[str] = field(default_factory=list)
    offer: Event | None = None
    away: str | None = None
    late: tuple[str, ...] = ()
    came: date | None = None
    carried: Carried | None = None
    conflicts: tuple[Conflict, ...] = ()
    lost_values: tuple[LostValue, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    needs_update: bool = False
    destroyed: frozenset[str] = frozenset()
    """Events whose bodies an authorised `body_destroyed` took away, be the bytes gone or not."""

    @property
    def owes_receipt(self) -> bool:
        """Whether the citizen holds only a slip without the number that the dossier has by now."""
        issued = {letter.kind for letter in self.letters.values()}
        return self.receipt_number is not None and "provisional_receipt" in issued and "receipt" not in issued

    @property
    def is_open(self) -> bool:
        """Whether the clock still runs or is paused."""
        return self.state in OPEN

    @property
    def open_offer(self) -> Event | None:
        """The offer that another unit may accept."""
        return self.offer if self.is_open and self.away is None else None

    def takes(self, kind: Kind) -> bool:
        """Whether this program understands enough of the dossier to append the kind; added facts can do no harm."""
        return not self.needs_update or kind.cls is Class.ADD_ONLY


def fold(dossier_id: str, events: Iterable[Event], may: May, waiting: Collection[str] = ()) -> Dossier:
    """The dossier after all its events, in the fold's order; one without its parents waits.

    `waiting`: unconfirmed desks. What they do has its effect on dossiers that they received; their legal effects on
    others are marked `unconfirmed` and wait.
    """
    history = fold_order(each_once(list(events), lambda event: event.desk not in waiting and may(event)))
    skipped = _unconfirmed(history.events, waiting) | _faults(history.events)
    dossier = Dossier(dossier_id, destroyed=_named_destroyed(history.events, may, skipped))
    if dossier.destroyed:
        history = replace(history, events=tuple(_without_bodies(history.events, dossier.destroyed)))
    dossier.events = history.events
    _skip(history, may, dossier, skipped)
    dossier.needs_update = any(event.must and skipped.get(event.event_id) == "unknown" for event in history.events)
    writers = None if history.ancestors is None else LastWriters(history)
    known = {event.event_id for event in history.events}
    for place, event in enumerate(history.events):
        mark = skipped.get(event.event_id)
        if mark is None and not may(event):
            mark = "unauthorised"
        if mark is None and event.kind in BRINGING:
            bring_in(dossier, event, known)
        if mark is None and not (_legal(event, dossier.state) and _answers(event, dossier)):
            mark = "out_of_order"
        if mark is None and writers is not None and not writers.takes(place):
            mark = "lost"
        if mark is not None:
            dossier.marks[event.event_id] = mark
            continue
        _apply(dossier, event)
    if writers is not None:
        dossier.lost_values = writers.lost()
    if dossier.late:
        dossier.late = unsettled(dossier, history)
    dossier.late += accepted_apart(dossier, history)
    return dossier


def bring_in(dossier: Dossier, event: Event, known: set[str]) -> None:
    """Take over what another unit wrote: a whole history, or what followed it; what is `known` already stands."""
    (bring_history if event.kind == "transfer_accepted" else bring_late)(dossier, event, known, _take)


def _take(dossier: Dossier, event: Event) -> str | None:
    """Give the event its effect, or say why it has none."""
    if not (_legal(event, dossier.state) and _answers(event, dossier)):
        return "out_of_order"
    _apply(dossier, event)
    return None


def _answers(event: Event, dossier: Dossier) -> bool:
    """Whether an acceptance is of the offer that stands: of this unit's own, or the one that came with it."""
    if event.kind not in ("transfer_accepted", "transferred"):
        return True
    offer = dossier.open_offer if event.kind == "transferred" else dossier.offer
    return offer is not None and offer.event_id == event.body.get("offer")


def _legal(event: Event, state: State | None) -> bool:
    """Whether the state allows it; what is only added stands, whatever another desk did meanwhile."""
    kind = KINDS.get(event.kind)
    if kind is None:
        return False
    if kind.cls is Class.ADD_ONLY and state in ANY_RECEIVED:
        return True
    return kind.legal_from is None or state in kind.legal_from


def _unconfirmed(events: Collection[Event], waiting: Collection[str]) -> dict[str, str]:
    """The legal effects of unconfirmed desks on a dossier that they did not receive.

    It is the confirmed desk's that received it, else whose it was first. One that began at an unconfirmed desk keeps
    what it was taken in with.
    """
    if not waiting or not any(event.desk in waiting for event in events):
        return {}
    received = [event.desk for event in events if event.kind == "received"]
    takers = received or [event.desk for event in events]
    home = next((desk for desk in takers if desk not in waiting), takers[0])
    began = all(event.desk in waiting for event in events if not event.parents)
    return {
        event.event_id: "unconfirmed"
        for event in events
        if event.desk in waiting
        and event.desk != home
        and is_legal(event)
        and not (began and event.kind in INTAKE_KINDS)
    }


def _faults(events: Iterable[Event]) -> dict[str, str]:
    return {event.event_id: mark for event in events if (mark := fault(event)) is not None}


def _named_destroyed(events: Iterable[Event], may: May, skipped: Mapping[str, str]) -> frozenset[str]:
    """What was named by whoever had the right to; the act itself is never without its body."""
    acts = [one for one in events if one.kind == "body_destroyed" and one.event_id not in skipped and may(one)]
    named = {name for one in acts for name in one.body.get("events", ())}
    return frozenset(named - {one.event_id for one in acts})


def _without_bodies(events: Iterable[Event], destroyed: Collection[str]) -> Iterable[Event]:
    return (structs.replace(one, body={}, destroyed=True) if one.event_id in destroyed else one for one in events)


def _skip(history: Ordered, may: May, dossier: Dossier, skipped: dict[str, str]) -> None:
    """Mark besides what is left out before folding: bodies that are gone, undone commands, equal twins, branches in
    conflict or lost."""
    for event in history.events:
        if event.destroyed and may(event):
            skipped.setdefault(event.event_id, "destroyed")
    authors = {event.event_id: event for event in history.events}
    for event in history.events:
        if event.kind == "undone" and event.event_id not in skipped and may(event):
            first = authors.get(str(event.body.get("group")))
            if first is not None and first.by == event.by:
                skipped.update({e.event_id: "undone" for e in history.events if e.group_key == first.group_key})
    if history.ancestors is not None:
        dossier.conflicts = settle(history, may, skipped)


def _apply(dossier: Dossier, event: Event) -> None:
    body = event.body
    if event.kind in INTAKE_KINDS:
        _take_in(dossier, event)
    if event.kind in CLOCK_KINDS and not custody.is_fine(event):
        dossier.clock_events.append(event)
    if event.kind in _VOIDS_PROMISE:
        dossier.promised_at = None
    if event.kind in ENDING_KINDS and (dossier.ending is None or event.at < dossier.ending.at):
        due = datetime.fromisoformat(body["due_at"]) if body.get("due_at") else None
        dossier.ending = Ending(event.kind, event.at, due, body.get("judged"), event.order)
    effect = _EFFECTS.get(event.kind)
    if effect is not None:
        effect(dossier, event)
    kind = KINDS[event.kind]
    moves = kind.moves is None or dossier.state in kind.moves
    if kind.state_after is not None and moves and not custody.is_fine(event):
        dossier.state = kind.state_after


def _take_in(dossier: Dossier, event: Event) -> None:
    body = event.body
    dossier.first_at = dossier.first_at or event.at
    if event.kind == "submitted":
        dossier.submitted_at = event.at
    elif dossier.state is State.SUBMITTED and dossier.answered is None:
        dossier.answered = (event.kind, event.at)
    dossier.unit, dossier.desk, dossier.officer = event.unit, event.desk, event.by
    dossier.procedure = body.get("procedure", dossier.procedure)
    dossier.variant = body.get("variant", dossier.variant)
    dossier.version = body.get("version", dossier.version)
    for name in ("applicant", "bringer", "matter"):
        if name in body:
            setattr(dossier, name, dict(body[name]))
    dossier.facts.update({name: value for name, value in body.items() if name not in _OWN_PLACE})
    if event.kind == "received":
        dossier.receipt_number = body.get("receipt_number")
        dossier.received_at = event.at


_OWN_PLACE = frozenset({"procedure", "variant", "version", "applicant", "bringer", "matter", "receipt_number"})


def _corrected(dossier: Dossier, event: Event) -> None:
    name, new = str(event.body["field"]), event.body["new"]
    if name in _CLOCKED and dossier.carried is not None:
        dossier.carried = structs.replace(dossier.carried, phases=())
    place, _, inner = name.partition(".")
    if inner and place in ("applicant", "bringer", "matter"):
        getattr(dossier, place)[inner] = new
    elif name == "procedure":
        dossier.procedure, dossier.variant, dossier.version = new, None, None
    elif name == "variant":
        dossier.variant = new
    elif name == "received_at":
        dossier.received_at = datetime.fromisoformat(new)
    else:
        dossier.facts[name] = new


def _supplement(dossier: Dossier, event: Event) -> None:
    dossier.supplements += 1
    dossier.asked_again_at = None


def _supplied(dossier: Dossier, event: Event) -> None:
    papers = event.body.get("papers")
    if papers:
        held = list(dossier.facts.get("papers", ()))
        dossier.facts["papers"] = held + [paper for paper in papers if paper not in held]


def _paid(dossier: Dossier, event: Event) -> None:
    sign = "-" if event.kind == "payment_reversed" else ""
    as_fee = not custody.is_fine(event) and not (sign and _of_fine(dossier, event))
    if as_fee:
        dossier.paid.append((sign + str(event.body.get("amount", "0")), str(event.body.get("method", ""))))
        if not sign:
            dossier.paid_by.append(f"{event.body.get('channel') or ''}/{event.body.get('method') or ''}")
    custody.fine_paid(dossier, event, also_fee=as_fee)


def _of_fine(dossier: Dossier, event: Event) -> bool:
    """Whether what is given back was no fee: as it says, else more than the fees paid, where there is a fine."""
    if event.body.get("purpose") is not None:
        return bool(event.body["purpose"] == "fine")
    fees = sum(Decimal(amount) for amount, _ in dossier.paid)
    return bool(dossier.fine_payments) and fees < Decimal(str(event.body.get("amount", "0")))


def _promised(dossier: Dossier, event: Event) -> None:
    promised = datetime.fromisoformat(event.body["due_at"])
    dossier.promised_at = min(promised, dossier.promised_at or promised)


def _refused(dossier: Dossier, event: Event) -> None:
    dossier.outcome = "refused"
    dossier.ready_at = event.at
    custody.lies_here(dossier, event)


def _ready(dossier: Dossier, event: Event) -> None:
    dossier.outcome = dossier.outcome or "approved"
    dossier.ready_at = event.at
    custody.lies_here(dossier, event)


def _reopened(dossier: Dossier, event: Event) -> None:
    dossier.ending = dossier.outcome = dossier.ready_at = dossier.returned_at = dossier.lies_since = None
    dossier.at_post = dossier.wrong = False
    dossier.sent.clear()


def _offered(dossier: Dossier, event: Event) -> None:
    dossier.offer = event


def _handed_over(dossier: Dossier, event: Event) -> None:
    """Custody moves: here with the acceptance that brings the history, away on the word that the other unit has it."""
    assert dossier.offer is not None
    dossier.unit = str(dossier.offer.body["unit"])
    dossier.away = dossier.unit if event.kind == "transferred" else None
    dossier.offer = None
    if event.kind == "transfer_accepted":
        dossier.desk, dossier.officer = event.desk, event.by
        dossier.came = legal_day(event.at)
        dossier.carried = read_carried(event.body.get("clock"))


def _repeat_judged(dossier: Dossier, event: Event) -> None:
    dossier.repeats[str(event.body["other"])] = bool(event.body["same"])


def _numbered(dossier: Dossier, event: Event) -> None:
    dossier.receipt_number = dossier.receipt_number or str(event.body["number"])


def _set(name: str, value: Callable[[Mapping[str, Any]], object]) -> Callable[[Dossier, Event], None]:
    def effect(dossier: Dossier, event: Event) -> None:
        setattr(dossier, name, value(event.body))

    return effect


_EFFECTS: dict[str, Callable[[Dossier, Event], None]] = {
    **apology.EFFECTS,
    **custody.EFFECTS,
    **issued.EFFECTS,
    **contact.EFFECTS,
    "corrected": _corrected,
    "assigned": _set("officer", lambda body: body["to"]),
    "supplement_requested": _supplement,
    "supplement_received": _supplied,
    "payment_received": _paid,
    "payment_reversed": _paid,
    "promised_earlier": _promised,
    "approved": _set("outcome", lambda body: "approved"),
    "refused": _refused,
    "result_ready": _ready,
    "reopened": _reopened,
    "repeat_judged": _repeat_judged,
    "transfer_offered": _offered,
    "transfer_accepted": _handed_over,
    "transferred": _handed_over,
    "receipt_number_given": _numbered,
    OFFERED: _set("service_answer", offer_text),
    "official_number_given": _set("official_number", lambda body: body["number"]),
}
