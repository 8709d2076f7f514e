"""Results and papers that wait for somebody: lists of them, and what is done to many at once in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.answers import Refusal
from core.decisions import Act
from core.dossier import Dossier
from core.moments import LEGAL_TIME, legal_day
from core.posting import ENTITY, SendPost, batch_number, post_terms
from core.record import Event
from core.sendings import tracking_key
from core.uncollected import ARCHIVE, collecting
from storage.desk import Command, Desk, Done
from storage.drafts import finish
from storage.officers import Officer
from storage.post import taken
from storage.queries import Row

LISTS = ("uncollected", "to_post", "at_post", "custody")
_READY = "state = 'result_ready' AND at_post = 0 AND lies_since IS NOT NULL"
_NEXT = """
(SELECT next FROM sending WHERE sending.dossier = dossier.id AND stands = 'returned'
ORDER BY sent_at DESC, sending.id DESC LIMIT 1)
"""
"""What is to be done with a result that lies here because its letter came back."""
_LISTED = {
    "uncollected": ("lies_since IS NOT NULL AND archived_at IS NULL", "lies_since, id"),
    "to_post": (f"{_READY} AND return_by = 'post' AND {_NEXT} IS NOT 'counter'", "lies_since, id"),
    "at_post": ("at_post > 0 AND state = 'result_ready'", "ready_at, id"),
    "custody": ("originals > 0", "custody_check IS NULL, custody_check, received_at, id"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list; `step`: what is to be done with an uncollected result now, `remind` or `archive`.

    `back`: what was to be done when its letter came back, `send_again` or `ask_address`.
    """

    row: Row
    step: str | None = None
    back: str | None = None

    @property
    def id(self) -> str:
        """The dossier's."""
        return self.row.id

    @property
    def goes(self) -> bool:
        """Whether it goes by post as it is: nobody has yet to ask for another address."""
        return self.back != "ask_address"


@dataclass(frozen=True, slots=True)
class Posting:
    """One result for the post."""

    dossier: str
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of a manifest: the dossier as it is now, and how it was handed to the post."""

    dossier: Dossier
    event: Event


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one carrier took along on one day, in the order in which it was handed over; `numbers` of its batches."""

    day: date
    carrier: str
    numbers: tuple[str, ...]
    items: tuple[Posted, ...]


def listed(desk: Desk, name: str) -> list[Listed]:
    """One of LISTS: uncollected results with something to do now, results for and at the post, papers held here."""
    where, order = _LISTED[name]
    rows = desk.queries.rows(f"{where} ORDER BY {order}", (), desk.bounds())
    if name == "to_post":
        back = dict(desk.connection.execute(f"SELECT id, {_NEXT} FROM dossier WHERE {where}"))
        return [Listed(row, back=back.get(row.id)) for row in rows]
    if name != "uncollected":
        return [Listed(row) for row in rows]
    return list(_due(desk, rows))


def length(desk: Desk, name: str) -> int:
    """How long a list is; what an uncollected result asks for is a policy's, so those are read."""
    if name == "uncollected":
        return len(listed(desk, name))
    return int(desk.connection.execute(f"SELECT count(*) FROM dossier WHERE {_LISTED[name][0]}").fetchone()[0])


def ready_with(desk: Desk, dossier_id: str, whom: str) -> list[str]:
    """The dossier and all other ready results of the same `person` (by number) or the same `visit`."""
    row = desk.row(dossier_id)
    column = {"person": "applicant_number", "visit": "visit"}[whom]
    if row is None or row[column] is None:
        return [dossier_id]
    rows = desk.queries.rows(f"{_READY} AND {column} = ? ORDER BY received_at, id", (row[column],), desk.bounds())
    return list(dict.fromkeys([dossier_id, *(one.id for one in rows)]))


def do_next(desk: Desk, officer: Officer, chosen: Iterable[Listed], shelf: str, how: str = "") -> list[Done | Refusal]:
    """Remind of, or move to the archive shelf, each uncollected result as it is due; one transaction."""
    at = desk.now()
    acts: list[Command] = []
    for one in chosen:
        archive = one.step == ARCHIVE
        fields = {"shelf": shelf} if archive else {"how": how} if how else {}
        acts.append(Act(one.row.id, "result_archived" if archive else "result_reminded", at, fields))
    return desk.do_all(acts, officer)


def delivered(desk: Desk, officer: Officer, chosen: Iterable[Listed]) -> list[Done | Refusal]:
    """The carrier says that it has delivered these; one transaction, a refused one stops none."""
    at = desk.now()
    return desk.do_all([Act(one.id, "result_returned", at, {"channel": "post"}) for one in chosen], officer)


def send_post(
    desk: Desk,
    officer: Officer,
    carrier: str,
    postings: Sequence[Posting],
    *,
    first: Sequence[Command] = (),
    at: datetime | None = None,
    said: Mapping[str, object] | None = None,
    together: bool = False,
) -> str | Refusal:
    """Hand results to the carrier in one batch, after what must be done `first`: all of it or nothing.

    `together`: letters to several persons may bear one tracking number, since they go in one envelope.
    `said`: fields of `handed_to_post` that the officer gave (address, fee, payer, …), before what the data say.
    Answers the batch's number.
    """
    twice = None if together else _twice(desk, postings)
    if twice is not None:
        return twice
    moment = at or desk.now()
    day = legal_day(moment)
    number = batch_number(day, desk.identity.number, sum(1 for _ in _own_batches(desk, day)))
    commands: list[Command] = list(first)
    for one in postings:
        dossier = desk.dossier(one.dossier)
        address = str(dossier.applicant.get("address") or "") if dossier else ""
        fields = (
            {"carrier": carrier, "tracking": one.tracking, "address": address, "batch": number}
            | _cost(desk, dossier, day)
            | dict(said or {})
        )
        commands.append(Act(one.dossier, "handed_to_post", moment, {k: text for k, text in fields.items() if text}))
    commands.append(SendPost(carrier, number, tuple(one.dossier for one in postings), moment))
    done = finish(desk, commands, officer)
    return done if isinstance(done, Refusal) else number


def unaddressed(desk: Desk, dossiers: Iterable[str]) -> list[str]:
    """The numbers of those whose applicant's address is not known here: no manifest can say where they go."""
    known = [dossier for one in dossiers if (dossier := desk.dossier(one)) is not None]
    return [one.receipt_number or one.id for one in known if not one.applicant.get("address")]


def _twice(desk: Desk, postings: Sequence[Posting]) -> Refusal | None:
    """The first tracking number that a letter to somebody else bears, out already or in this batch."""
    seen: dict[str, Row] = {}
    for one in postings:
        row = desk.row(one.dossier)
        if not one.tracking or row is None:
            continue
        other = seen.setdefault(tracking_key(one.tracking), row)
        if not any(other[name] and other[name] == row[name] for name in ("id", "visit", "applicant_number")):
            number = other["receipt_number"] or other.id
            return Refusal("tracking_taken", params={"tracking": one.tracking, "number": str(number)})
        if (borne := taken(desk, one.dossier, one.tracking)) is not None:
            return borne
    return None


def _cost(desk: Desk, dossier: Dossier | None, day: date) -> dict[str, str]:
    """Who bears the fee of this letter, how much, and by which decision where it is somebody else."""
    kind = str(dossier.applicant.get("kind") or "citizen") if dossier else None
    terms = post_terms(desk.law, desk.identity.unit, day, kind, dossier.procedure if dossier else None)
    if terms is None:
        return {}
    fee = {"fee": f"{terms.fee:f}"} if terms.fee is not None else {}
    support = {"decision": terms.support.decision} if terms.support else {}
    return {"payer": terms.payer} | fee | support


def manifests(desk: Desk, day: date) -> list[Manifest]:
    """What went by post from the whole station on a day, carrier by carrier; what was taken back since is left out."""
    numbers: dict[str, list[str]] = {}
    items: dict[str, list[Posted]] = {}
    for batch in _batches(desk, day):
        carrier, number = str(batch.body["carrier"]), str(batch.body["number"])
        numbers.setdefault(carrier, []).append(number)
        for dossier_id in batch.body["dossiers"]:
            dossier = desk.dossier(str(dossier_id))
            event = _posting_of(dossier, number) if dossier else None
            if dossier is not None and event is not None:
                items.setdefault(carrier, []).append(Posted(dossier, event))
    return [Manifest(day, carrier, tuple(numbers[carrier]), tuple(found)) for carrier, found in sorted(items.items())]


def _posting_of(dossier: Dossier, number: str) -> Event | None:
    sent = (one for one in dossier.events if one.kind == "handed_to_post" and one.body.get("batch") == number)
    return next((one for one in sent if one.event_id not in dossier.marks), None)


def _batches(desk: Desk, day: date) -> Iterator[Event]:
    for event in sorted(desk.log.understood(ENTITY), key=lambda one: one.order):
        if event.kind == "post_batch_sent" and legal_day(event.at) == day:
            yield event


def _own_batches(desk: Desk, day: date) -> Iterator[Event]:
    return (event for event in _batches(desk, day) if event.desk == desk.identity.desk)


def _due(desk: Desk, rows: Iterable[Row]) -> Iterator[Listed]:
    today = legal_day(desk.now())
    for row in rows:
        since = _day(row["lies_since"])
        found = collecting(desk.law, str(row["unit"]), since) if since else None
        step = found.step(today, _day(row["reminded_at"]), archived=False) if found else None
        if step is not None:
            yield Listed(row, step)


def _day(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, LEGAL_TIME).date()
