"""A dossier's row in the table that screens read, from its folded facts and where it stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from core.apology import is_settled
from core.citizen import CitizenDeadline
from core.contact import channel_of
from core.custody import next_check
from core.dossier import Dossier
from core.duplicates import person_key
from core.lateness import limit_known
from core.moments import legal_day
from core.queue import NEVER, Lane, midnight
from core.standing import Standing
from storage.shifting import written_clock

COLUMNS = (
    "id", "receipt_number", "official_number", "procedure", "variant", "applicant_name", "applicant_kind",
    "applicant_number", "birth", "phone", "state", "outcome", "lane", "by_date", "received_at", "due_at",
    "promised_at", "binding_at", "apology_by", "paused_since", "waiting_for", "ended_at", "judged", "ready_at",
    "returned_at", "at_post", "officer", "unit", "desk", "channel", "return_by", "visit", "external_id",
    "originals", "fees", "unprinted", "in_conflict", "unverified", "version", "clock", "person",
    "offered_to", "away", "late", "came", "proposed_at", "remind_from", "answer_until",
    "awaits_letter",
    "shelf", "lies_since", "reminded_at", "archived_at", "custody_check",
    "tell", "dead", "limit_at", "service_answer", "returned_by", "paid_by",
    "submitted_at", "answered_at",
)  # fmt: skip


def dossier_row(dossier: Dossier, stands: Standing, waits: CitizenDeadline | None = None) -> tuple[object, ...]:
    """The dossier's row in the order of COLUMNS; moments as epoch seconds. `waits`: what the citizen is waited for.

    Of an ended one no column comes from the law as it is now: later law does not write its row again.
    """
    clock, facts, applicant = stands.deadline, dossier.facts, dossier.applicant
    running = clock if dossier.ending is None else None
    ended = stands.lane is Lane.DONE
    assert dossier.state is not None and dossier.first_at is not None
    return (
        dossier.id,
        dossier.receipt_number,
        dossier.official_number,
        dossier.procedure,
        dossier.variant,
        str(applicant.get("name", "")),
        applicant.get("kind"),
        applicant.get("number") or applicant.get("id_number"),
        applicant.get("birth"),
        applicant.get("phone"),
        dossier.state.value,
        dossier.outcome,
        int(stands.lane),
        int(ended or stands.by_date),
        _seconds(dossier.received_at or dossier.first_at),
        _seconds(stands.due_at),
        _seconds(stands.promised_at),
        _seconds(stands.binding_at or stands.step_at) or NEVER,
        _seconds(running.apology_owed_by) if running and not is_settled(dossier, stands.binding_at) else None,
        _seconds(running.paused_since) if running else None,
        running.waiting_for if running else None,
        _seconds(dossier.ending.at) if dossier.ending else None,
        dossier.ending.judged if dossier.ending else None,
        _seconds(dossier.ready_at),
        _seconds(dossier.returned_at),
        int(dossier.at_post),
        dossier.officer,
        dossier.unit,
        dossier.desk,
        facts.get("channel"),
        facts.get("return_by"),
        facts.get("visit"),
        facts.get("external_id"),
        sum(dossier.originals.values()),
        _fees(dossier),
        _unprinted(dossier),
        int(bool(dossier.conflicts)),
        int(not ended and stands.is_doubtful),
        dossier.version,
        None if ended else written_clock(dossier),
        person_key(applicant.get("kind"), str(applicant.get("name", "")), applicant.get("birth")),
        *_between_units(dossier),
        *((None, None, None, 0) if ended else _awaited(dossier, waits)),
        *(*_lying_here(dossier), *_ways(dossier)),
    )


def _unprinted(dossier: Dossier) -> int:
    """Papers that nobody here has seen come out; of those that the former unit issued, its own desks are asked."""
    ours = [one for one in dossier.letters.values() if (one.unit == dossier.unit) is (dossier.away is None)]
    return sum(not one.printed for one in ours) + dossier.owes_receipt


def _awaited(dossier: Dossier, waits: CitizenDeadline | None) -> tuple[object, ...]:
    """What waits for an act of the unit: a proposal, the citizen's days, the letter of a new appointment."""
    proposed = _seconds(dossier.proposal.at) if dossier.proposal is not None else None
    days = _answer_days(waits, dossier.asked_again_at) if waits is not None else (None, None)
    return proposed, *days, int(dossier.rescheduled_to is not None and not dossier.apology_settled)


def _answer_days(waits: CitizenDeadline, reminded_at: datetime | None) -> tuple[int | None, int]:
    """From which second on to remind (None: not any more), and the first one after the citizen's last day."""
    remind = waits.remind_next(None if reminded_at is None else legal_day(reminded_at))
    return None if remind is None else midnight(remind), midnight(waits.answer_by + timedelta(days=1))


def _between_units(dossier: Dossier) -> tuple[object, ...]:
    offered = dossier.open_offer.body["unit"] if dossier.open_offer is not None else None
    return offered, dossier.away, len(dossier.late), int(dossier.came is not None)


def _lying_here(dossier: Dossier) -> tuple[object, ...]:
    """Where the result lies and since when it waits to be fetched; when somebody must look at a paper in custody."""
    waits = None if dossier.wrong or dossier.at_post else dossier.lies_since
    look_on = next_check(dossier.held)
    return (
        dossier.facts.get("shelf"),
        _seconds(waits),
        _seconds(dossier.reminded_at),
        _seconds(dossier.archived_at),
        None if look_on is None else midnight(look_on),
    )


def _limit_at(dossier: Dossier) -> int | None:
    """By what reports find a delay: the date that bound first; 0 where only the folded dossier tells it."""
    known = limit_known(dossier)
    return (0 if dossier.delays else None) if known is None else _seconds(known)


def _fees(dossier: Dossier) -> int:
    return sum(int(Decimal(amount)) for amount, _ in dossier.paid)


def _ways(dossier: Dossier) -> tuple[object, ...]:
    """How the citizen is told, and whether dead; what reports find a delay by; what was said to the online service, how
    the result went back, where and how its fee was paid (`several`: in more ways than one); when it came online and was
    answered."""
    ways = set(dossier.paid_by)
    told = channel_of(dossier), int(dossier.died is not None), _limit_at(dossier)
    return (
        *told,
        dossier.service_answer,
        dossier.returned_by,
        ways.pop() if len(ways) == 1 else "several" if ways else None,
        _seconds(dossier.submitted_at),
        _seconds(dossier.answered[1] if dossier.answered else None),
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
