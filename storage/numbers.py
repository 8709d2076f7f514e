"""A free desk number for a desk that may not go on with its own, each past day closed, and what a day leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from core.answers import Refusal
from core.bodies import fault
from core.moments import LEGAL_TIME, legal_day
from core.numbers import (
    LAST_DESK_NUMBER,
    Numbered,
    day_of,
    day_text,
    free_number,
    number_tail,
    paper_serials,
    read_number,
    receipt_number,
    span_text,
    spans,
    unused,
)
from core.official import number_key
from core.order import said_last
from core.record import Event, read_event
from core.station import CloseNumbers, GiveNumber, TakeNumber
from storage.chains import first_breaks
from storage.database import transaction
from storage.elsewhere import official_is
from storage.event_log import Origin
from storage.folder import read_identity
from storage.officers import Officer
from storage.revoked import receipts_without_effect
from storage.series import REVOKED, SET_BACK, TAKEN

if TYPE_CHECKING:
    from storage.desk import Desk
    from storage.sync.protocol import Reach

_DESK_EVENTS = """
SELECT header, body FROM event
WHERE entity >= 'desk:' AND entity < 'desk;' AND body IS NOT NULL AND kind IN ({kinds})
"""
_ACCEPTED = "SELECT 1 FROM accepted WHERE desk = ? AND epoch = ? AND seq >= ? AND url = ?"
_WITHOUT_NUMBER = """
SELECT id, received_at FROM dossier
WHERE receipt_number IS NULL AND state NOT IN ('submitted', 'guided', 'not_accepted')
"""
_OFFICIAL = """
SELECT id, official_number FROM dossier WHERE receipt_number >= ? AND receipt_number < ?
AND official_number IS NOT NULL AND state <> 'voided' ORDER BY official_number
"""
_SILENT = timedelta(days=7)
"""A hub that could not be reached for so long may be gone for good: no number waits for it."""
_WITHOUT = _WITHOUT_NUMBER + "AND desk = ? ORDER BY received_at, id"


@dataclass(frozen=True, slots=True)
class Holding:
    """A desk that has or had a desk number; `event` is by which it took it."""

    number: int
    desk: str
    event: Event


def itself(desk: Desk) -> Officer:
    """The desk as the author of what it writes of its own accord."""
    return Officer(desk.identity.desk, "", "", (), active=True)


def holdings(desk: Desk) -> list[Holding]:
    """Every desk number that any desk of the station ever took, by what is known here, in the global order.

    Desks that came with a founding that yielded stand behind all others: they give way.
    """
    found = [
        Holding(int(event.body["number"]), event.desk, event)
        for event in _desk_events(desk, "desk_enrolled", "desk_renumbered")
        if event.entity == f"desk:{event.desk}" and _is_number(event.body.get("number"))
    ]
    yielding = desk.projection.desks().yielding
    return sorted(found, key=lambda one: (one.desk in yielding, one.event.order))


def held_numbers(desk: Desk) -> set[int]:
    """What no other desk may take, and this one not again."""
    return {one.number for one in holdings(desk)}


def take_free_number(desk: Desk, url: str | None = None, reaches: Mapping[Origin, Reach] | None = None) -> int | None:
    """Settle this desk's number by what it knows now: called right after a pull from the hub at `url`, before the push.

    `reaches`: how far the chains reached there when the pull began; a hub that was set back holds no claim any more.

    A desk that may not go on with its number, or whose number an earlier one has too, claims a free one. It is used
    once at each of its hubs that answer a pull that began after that hub had accepted the claim showed nobody else with
    it; the dossiers that were taken in without a number get theirs then. Without a `url` the desk is alone. One that
    was revoked gives no number any more. Answers the number that was claimed or came into use, else None.
    """
    series = desk.series
    if url is not None and series.state().wanted and first_breaks(desk.connection, desk.log):
        return None  # who has which number may be in what does not hold: it is mended first
    with transaction(desk.connection):
        state = series.state()
        if desk.identity.desk in desk.projection.desks().revoked:
            if state.wanted != REVOKED:
                series.want(REVOKED)  # what it gives or claims counts nowhere, and others may give the same
            return None
        known = holdings(desk)
        claim = series.claimed_by()
        own, revoked = desk.identity.desk, desk.projection.desks().is_revoked
        takers = [one for one in known if one.number == state.number]
        before = [  # what a revoked desk wrote takes no number away that is in use
            one
            for one in takewhile(lambda one: not _is_mine(one, claim, own), takers)
            if claim is not None or not revoked(one.event)
        ]
        if claim is not None and all(_is_mine(one, claim, own) for one in takers):
            published = _is_published(desk, claim, url, reaches or {})
            if url is not None and not (published and series.seen_at(url) >= _hubs(desk)):
                return None
            settled: int | None = _use(desk, state.number)
        elif state.wanted or before:
            apart = len(before) if claim is not None else 0
            held = {one.number for one in known}
            if _may_lack_a_claim(desk, reaches or {}):
                apart = int.from_bytes(desk.entropy(2), "big") % max(1, LAST_DESK_NUMBER - len(held))
            desks = list(dict.fromkeys([*(one.desk for one in known), own]))
            number = free_number(held, desks.index(own), len(desks), apart)
            settled = _claim(desk, state.wanted or TAKEN, number)
        else:
            return None
    desk.identity = read_identity(desk.connection)
    return settled


def _is_mine(one: Holding, claim: str | None, own: str) -> bool:
    """Whether this desk took the number by it; what claims under its name otherwise is a copy of it."""
    return one.desk == own if claim is None else one.event.event_id == claim


def _hubs(desk: Desk) -> set[str]:
    """Every hub of this desk that still answers, or may yet: another one may use any of them, and no other."""
    since = int((desk.now() - _SILENT).timestamp())
    asked = "SELECT url FROM hub WHERE coalesce(last_contact, known_since) >= ?"
    return {str(url) for (url,) in desk.connection.execute(asked, (since,))}


def _is_published(desk: Desk, claim: str, url: str | None, reaches: Mapping[Origin, Reach]) -> bool:
    """Whether the hub holds the event, under whichever of this desk's epochs it stands."""
    return any(
        event.event_id == claim
        and (reach := reaches.get(Origin(event.desk, event.epoch))) is not None
        and reach.head.seq >= event.seq
        and desk.connection.execute(_ACCEPTED, (event.desk, event.epoch, event.seq, url)).fetchone()
        for event in desk.log.events_of(f"desk:{desk.identity.desk}")
    )


def _may_lack_a_claim(desk: Desk, reaches: Mapping[Origin, Reach]) -> bool:
    """Whether another desk may have a number that looks free here: the number is drawn then, not the first one taken.

    A hub was set back once, or one of its chains has a hole or is another line than here: what is read says not all.
    """
    if desk.connection.execute("SELECT 1 FROM meta WHERE name = ?", (SET_BACK,)).fetchone():
        return True
    return any(
        desk.log.hash_at(origin, reach.head.seq) != reach.head.hash or desk.log.hash_at(origin, reach.claimed) is None
        for origin, reach in reaches.items()
    )


def _claim(desk: Desk, reason: str, number: int | None) -> int | None:
    """Without a free one the desk goes on wanting."""
    desk.series.want(reason)
    if number is None:
        return None
    event = renumber(desk, number, reason)
    desk.series.claim(number, event.event_id)
    return _use(desk, number) if is_alone(desk) else number


def renumber(desk: Desk, number: int, reason: str) -> Event:
    """Write that this desk has the number from now on, in the transaction that is open."""
    done = desk.do_within(TakeNumber(desk.identity.desk, number, reason, desk.now()), itself(desk))
    assert not isinstance(done, Refusal)
    return done.events[0]


def is_alone(desk: Desk) -> bool:
    """Whether there is nobody who could take the same number: no hub, and no other desk known."""
    asked = "SELECT (SELECT count(*) FROM hub) + (SELECT count(*) FROM desk WHERE id <> ?)"
    return not desk.connection.execute(asked, (desk.identity.desk,)).fetchone()[0]


def _use(desk: Desk, number: int) -> int:
    """Give the number's first receipt numbers to those who wait for one, each of the day of its receipt."""
    desk.series.settle(number)
    for dossier, received in desk.connection.execute(_WITHOUT, (desk.identity.desk,)).fetchall():
        day = datetime.fromtimestamp(received, LEGAL_TIME).date()
        given = receipt_number(desk.identity.unit, day, *desk.series.next_serial(day))
        if given is not None:
            desk.do_within(GiveNumber(dossier, given, desk.now()), itself(desk))
    return number


def close_days(desk: Desk) -> int:
    """Write what each past day did with this desk's numbers, where no event says it yet; how many were written.

    Call it at each exchange before the push; a later paper of a closed day, or an undo, opens the day again.
    """
    today = legal_day(desk.now())
    if not desk.series.open_days(today):
        return 0
    with transaction(desk.connection):
        return close_days_within(desk)


def close_days_within(desk: Desk) -> int:
    """`close_days` inside a transaction that the caller holds."""
    today = legal_day(desk.now())
    days = desk.series.open_days(today)
    if not days:
        return 0
    voided = _voided(desk, desk.identity.desk)
    blanks = desk.series.blanks()
    said = {
        (event.body["number"], event.body["day"]): dict(event.body)
        for event in desk.log.events_of(f"desk:{desk.identity.desk}")
        if event.kind == "numbers_closed" and event.desk == desk.identity.desk and not event.destroyed
    }
    written = 0
    for number, day, last in days:
        used = [one.serial for one, _ in _given_on(desk, day) if one.desk_number == number]
        kept = blanks.get((number, day), {})
        left = [serial for serial, state in kept.items() if state == "open"]
        void = {one.serial for one in voided if (one.desk_number, one.day) == (number, day)} - {*used, *left}
        facts: dict[str, Any] = {
            "day": day_of(day).isoformat(),
            "number": number,
            "used": len(used),
            "last": last,
            "unused": unused(number, last, {*used, *void, *left}),
            "voided": [span_text(number, serial, serial) for serial in sorted(void)],
            **({"blanks": [span_text(number, *span) for span in spans(left)]} if left else {}),
        }
        if said.get((number, facts["day"])) != facts:
            desk.do_within(CloseNumbers(desk.identity.desk, facts, desk.now()), itself(desk))
            written += 1
        desk.series.close(number, day)
    return written


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """One desk number's day. Texts are the numbers' own digits after the day; `unused`: the holes below `last`.

    `blanks`: those on blank receipts that nobody has keyed in or voided.
    """

    number: int
    desks: tuple[str, ...]
    first: str
    last: str
    used: int
    voided: tuple[str, ...]
    unused: tuple[str, ...]
    unmapped: tuple[str, ...]
    blanks: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class GapReport:
    """A day of the whole station, by what is known here.

    `questions` are (code, what): `twice` a number on two dossiers, `official` an official one on two, `revoked` one
    that a revoked desk gave in vain, `shared` a desk number of two desks, `hole` numbers that no closing of their desk
    explains, `without` how many dossiers wait for a number.
    """

    day: date
    series: tuple[SeriesReport, ...]
    questions: tuple[tuple[str, str], ...]


def gap_report(desk: Desk, day: date) -> GapReport:
    """Which numbers of a day were used, void and left out at each desk number, and what nobody has explained."""
    text = day_text(day)
    given = _given_on(desk, text)
    voided = [one for one in _voided(desk) if one.day == text]
    closings = [event for event in _desk_events(desk, "numbers_closed") if event.body.get("day") == day.isoformat()]
    known = holdings(desk)
    kept = [one for one in _desk_events(desk, "blanks_set_aside") if one.body.get("day") == day.isoformat()]
    series: list[SeriesReport] = []
    questions: list[tuple[str, str]] = []
    numbers = {one.desk_number for one, _ in given} | {one.desk_number for one in voided}
    for number in sorted(numbers | {int(event.body["number"]) for event in kept}):
        holders = tuple(dict.fromkeys(one.desk for one in known if one.number == number))
        said = [event for event in closings if event.body["number"] == number and event.desk in holders]
        own = [event for event in kept if event.body["number"] == number and event.desk in holders]
        blanks = {serial for event in own for serial in paper_serials(event.body)}
        report, holes = _series(number, holders, given, voided, blanks, said)
        series.append(report)
        questions += [("hole", hole) for hole in holes]
        if len(holders) > 1:
            questions.append(("shared", f"{number}"))
    counted = Counter(one for one, _ in given)
    tails = [number_tail(one.desk_number, one.serial) for one, count in counted.items() if count > 1]
    questions += [("twice", f"{tail}") for tail in sorted(map(str, tails))]
    questions += [("official", official) for official in _official_twice(desk, text)]
    void = (read_number(number) for number in receipts_without_effect(desk))
    void_tails = (number_tail(one.desk_number, one.serial) for one in void if one is not None and one.day == text)
    questions += [("revoked", f"{tail}") for tail in sorted(map(str, void_tails))]
    begin = int(datetime.combine(day, datetime.min.time(), LEGAL_TIME).timestamp())
    asked = f"SELECT count(*) FROM ({_WITHOUT_NUMBER} AND received_at >= ? AND received_at < ?)"
    without = int(desk.connection.execute(asked, (begin, begin + 86400)).fetchone()[0])
    if without:
        questions.append(("without", f"{without}"))
    return GapReport(day, tuple(series), tuple(questions))


def _series(
    number: int,
    holders: tuple[str, ...],
    given: Iterable[tuple[Numbered, str | None]],
    voided: Iterable[Numbered],
    blanks: AbstractSet[int],
    said: Sequence[Event],
) -> tuple[SeriesReport, list[str]]:
    """The series and those of its holes that no closing explains; what is kept for paper is no hole."""
    used = [(one, official) for one, official in given if one.desk_number == number]
    void = {one.serial for one in voided if one.desk_number == number} - {one.serial for one, _ in used}
    serials = {one.serial for one, _ in used} | void
    last = max(serials - blanks, default=0)
    explained = max((int(event.body["last"]) for event in said), default=0)
    holes = spans(set(range(1, last + 1)) - serials - blanks)
    report = SeriesReport(
        number=number,
        desks=holders,
        first=_tail(number, min(serials, default=0)),
        last=_tail(number, last),
        used=len(used),
        voided=tuple(span_text(number, serial, serial) for serial in sorted(void)),
        unused=tuple(span_text(number, *hole) for hole in holes),
        unmapped=tuple(
            span_text(number, one.serial, one.serial) for one, official in used if official is None and one.is_overflow
        ),
        blanks=tuple(span_text(number, *span) for span in spans(blanks - serials)),
        closed=bool(said),
    )
    return report, [span_text(number, *hole) for hole in holes if hole[0] > explained]


def _tail(number: int, serial: int) -> str:
    return number_tail(number, serial) or "–"


def _given_on(desk: Desk, day: str) -> list[tuple[Numbered, str | None]]:
    """The receipt numbers of a day (YYMMDD) that dossiers carry, each with its official number."""
    asked = "SELECT receipt_number, official_number FROM dossier WHERE receipt_number >= ? AND receipt_number < ?"
    begin = f"{desk.identity.unit}-{day}"
    rows = desk.connection.execute(f"{asked} ORDER BY receipt_number", (begin + "-", begin + "."))
    found = ((read_number(number), official) for number, official in rows)
    return [(one, official) for one, official in found if one is not None]


def _official_twice(desk: Desk, day: str) -> list[str]:
    """Official numbers of a day's receipts that another dossier bears, too: desks mapped them apart."""
    begin = f"{desk.identity.unit}-{day}"
    found: dict[str, str] = {}
    for dossier, number in desk.connection.execute(_OFFICIAL, (f"{begin}-", f"{begin}.")).fetchall():
        where, values = official_is(number)
        asked = f"SELECT 1 FROM dossier WHERE {where} AND id <> ? AND state <> 'voided'"
        if desk.connection.execute(asked, (*values, dossier)).fetchone() is not None:
            found.setdefault(number_key(number), number)
    return list(found.values())


def _voided(desk: Desk, of: str | None = None) -> list[Numbered]:
    """The numbers that undos left void, and blank receipts that were destroyed: of one desk, or of all."""
    found: list[Numbered | None] = []
    for event in _desk_events(desk, "number_voided", "blanks_voided"):
        if of not in (None, event.desk):
            continue
        if event.kind == "number_voided":
            found.append(read_number(str(event.body.get("number"))))
        else:
            number, day = int(event.body["number"]), day_text(date.fromisoformat(str(event.body["day"])))
            found += [Numbered(desk.identity.unit, day, number, serial) for serial in paper_serials(event.body)]
    return [one for one in found if one is not None]


def _desk_events(desk: Desk, *kinds: str) -> list[Event]:
    """Those that this program can read, as last said: whoever wrote the others explains and holds nothing by them."""
    asked = _DESK_EVENTS.format(kinds=", ".join("?" * len(kinds)))
    found = (read_event(header, body) for header, body in desk.connection.execute(asked, kinds))
    return [event for event in said_last(list(found)) if fault(event) is None]


def _is_number(value: object) -> bool:
    return isinstance(value, int) and 1 <= value <= LAST_DESK_NUMBER
