"""The process-control slip: from whom to whom a dossier went, and when (form 05, from 15-9-2025 form 06)."""

from __future__ import annotations

from collections.abc import Iterator

from core.document import BLANK, Facts
from core.forms import moment_words
from core.record import Event
from tui.case import Case, Filled
from tui.i18n import tr
from tui.unit_words import came_from, unit_words

_TRANSFERS = ("transferred", "transfer_accepted")
_TO_THE_COUNTER = ("result_ready", "refused")
_PASSES = frozenset({"assigned", "step_completed", *_TO_THE_COUNTER, *_TRANSFERS})
_ON_TIME = frozenset({"early", "on_time", "late"})
_BLANK_PASSES = 3

_Row = tuple[str, ...]


def control_slip(case: Case) -> Filled | None:
    """None where no dossier was received."""
    if case.dossier.received_at is None:
        return None
    words = {"unit_in_charge": unit_words(case.desk, case.dossier.unit)}
    return Filled(Facts(words, rows={"steps": tuple(_passes(case))}))


def _passes(case: Case) -> Iterator[_Row]:
    """Each hand-over; the last row tells how it ended.

    While the dossier is open here, empty rows to go on by hand.
    """
    dossier = case.dossier
    rows, holder, hands, offers = list[_Row](), _first(case), "", set[str]()
    for event in dossier.events:
        if event.event_id in dossier.marks or event.kind not in _PASSES:
            continue
        if event.kind in _TRANSFERS:
            offer = str(event.body["offer"])
            if offer not in offers:  # of a dossier that came back both units tell
                rows.append(_transfer(case, event))
            offers.add(offer)
            if event.kind == "transfer_accepted":
                holder, hands = case.who(event, event.by), event.by
            continue
        to = str(event.body["to"]) if event.kind == "assigned" else event.by
        note = str(event.body.get("step") or event.body.get("note") or "")
        if event.kind in _TO_THE_COUNTER:  # who worked on it gives it, also where nobody wrote how they came to it
            rows.append(_row(event, holder if hands else case.who(event, event.by), tr("paper.counter"), note))
            holder, hands = tr("paper.counter"), ""
        elif to == hands and rows:  # it stays in the same hands
            rows[-1] = (*rows[-1][:3], "; ".join(filter(None, (rows[-1][3], note))))
        else:
            rows.append(_row(event, holder, case.who(event, to), note))
            holder, hands = case.who(event, to), to
    yield from rows
    if dossier.is_open and dossier.away is None:
        for giver in (holder, *[BLANK] * (_BLANK_PASSES - 1)):
            yield _signed(giver, BLANK, tr("paper.when_blank"), "", "")


def _first(case: Case) -> str:
    """The counter where it was received, with its unit's name where that is another one."""
    received = came_from(case.desk, case.dossier)
    return tr("paper.counter") if received is None else f"{tr('paper.counter')}, {received}"


def _transfer(case: Case, event: Event) -> _Row:
    """From unit to unit. The one that gives it away learns of the acceptance later, and its slip says so."""
    offer = next((one for one in case.dossier.events if one.event_id == event.body["offer"]), None)
    giver = BLANK if offer is None else unit_words(case.desk, offer.unit)
    to = event.unit if event.kind == "transfer_accepted" or offer is None else str(offer.body["unit"])
    reason = "" if offer is None else str(offer.body.get("reason") or "")
    told = tr("paper.transfer_told") if event.kind == "transferred" else ""
    note = ": ".join(filter(None, (tr("paper.transfer"), reason)))
    return _row(event, giver, unit_words(case.desk, to), "; ".join(filter(None, (note, told))))


def _row(event: Event, giver: str, taker: str, note: str) -> _Row:
    judged = str(event.body.get("judged") or "")
    result = tr(f"judged.{judged}") if judged in _ON_TIME else ""
    return _signed(giver, taker, moment_words(event.at), result, note)


def _signed(giver: str, taker: str, when: str, result: str, note: str) -> _Row:
    return tr("paper.pass", giver=giver, taker=taker), tr("paper.pass_signed", when=when), result, note
