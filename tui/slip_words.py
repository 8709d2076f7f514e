"""What is to be thought of a slip, in sentences and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.catalogue import GATES
from core.slip_code import SlipClaim
from storage.desk import Desk
from storage.slips import HOLDS, Now, Recount, SlipCheck, check_slip
from tui.dates import end_long, moment_long
from tui.i18n import tr
from tui.limit_words import phases_words
from tui.sentences import sentence


def check_json(check: SlipCheck) -> dict[str, Any]:
    """The verdict, what the slip says, who signed it, the date counted again, and the dossier here."""
    claim, desk, recount, now = check.claim, check.desk, check.recount, check.dossier
    return {
        "verdict": check.verdict,
        "problem": check.problem,
        "claim": None if claim is None else claim_json(claim),
        "desk": None if desk is None else {"id": desk.id, "number": desk.number, "state": desk.state},
        "recount": None if recount is None else _recount_json(recount),
        "dossier": None if now is None else _now_json(now),
        "lines": [verdict_line(check), *check_lines(check)],
    }


def claim_json(claim: SlipClaim) -> dict[str, Any]:
    """What a slip says, limits also in words."""
    started = claim.started
    return {
        "receipt_number": claim.receipt_number,
        "dossier": claim.dossier,
        "unit": claim.unit,
        "test": claim.test,
        "received_at": claim.received_at.isoformat(),
        "limit": _limit(claim),
        "phases": [
            {
                "amount": str(phase.limit.amount),
                "unit": phase.limit.unit.value,
                "cutoff": phase.limit.cutoff.isoformat("minutes") if phase.limit.cutoff else None,
                "time": phase.limit.time.isoformat("minutes") if phase.limit.time else None,
                "starts_on": phase.starts_on,
            }
            for phase in claim.phases
        ],
        "article": claim.article,
        "counted_from": None if started is None else {"kind": started[0], "at": started[1].isoformat()},
        "rests_on": claim.rests_on,
        "due_at": _iso(claim.due_at),
        "waits_for": claim.waits_for,
    }


def verdict_line(check: SlipCheck) -> str:
    """The answer in one sentence."""
    if check.problem is not None:
        return f"✗ {sentence(check.problem, {})}"
    unit = "" if check.claim is None else check.claim.unit
    number = "" if check.desk is None else str(check.desk.number)
    mark = "✓" if check.verdict == HOLDS else "✗"
    return f"{mark} {tr(f'slip.check.{check.verdict}', desk=number, unit=unit)}"


def check_lines(check: SlipCheck) -> list[str]:
    """What follows the verdict: of a slip that holds its facts, of any the dossier here."""
    return list(_lines(check))


def slip_doubt(desk: Desk, text: str) -> str | None:
    """Why a scanned slip can't be believed, in one sentence; None where it holds, or is none, or says only a number."""
    check = check_slip(desk, text)
    plain = check.verdict in (HOLDS, "unsigned") or check.problem == "slip_not_code"
    return None if plain else verdict_line(check)


def waits_words(event: str) -> str:
    """What a date waits for, by the event of `core.slip_code.EVENTS`."""
    return tr("slip.no_law") if event == "law" else tr(f"slip.waits.{event}")


def _lines(check: SlipCheck) -> Iterator[str]:
    claim, now = check.claim, check.dossier
    if check.verdict == HOLDS and claim is not None:
        if claim.test:
            yield tr("slip.demo")
        yield from _facts(claim)
        yield from _recount_lines(claim, check.recount)
        if check.desk is not None and check.desk.state != "confirmed":
            yield tr(f"slip.check.desk.{check.desk.state}")
    if now is None:
        if claim is not None and check.verdict != "not_ours":
            yield tr("slip.check.no_dossier")
        return
    yield from _now_lines(now, check.verdict == HOLDS)


def _facts(claim: SlipClaim) -> Iterator[str]:
    key = "slip.check.received" if claim.receipt_number else "slip.check.received_unnumbered"
    number = claim.receipt_number or ""
    yield tr(key, number=number, moment=moment_long(claim.received_at), unit=claim.unit)
    if claim.phases:
        article = f" ({claim.article})" if claim.article else ""
        yield tr("slip.check.limit", limit=_limit(claim)) + article
    if claim.started is not None:
        kind, moment = claim.started
        yield tr("slip.check.started", event=tr(f"slip.check.event.{kind}"), moment=moment_long(moment))
    if claim.due_at is None:
        yield tr("slip.check.no_date", reason=waits_words(claim.waits_for or "other"))
        return
    yield tr("slip.check.due", moment=end_long(claim.due_at))
    if claim.rests_on != "law":
        yield tr(f"slip.check.rests_on.{claim.rests_on}")


def _recount_lines(claim: SlipClaim, recount: Recount | None) -> Iterator[str]:
    if recount is None or claim.due_at is None or claim.rests_on == "events":
        return
    due = "" if recount.due_at is None else end_long(recount.due_at)
    amended = "" if recount.amended_at is None else moment_long(recount.amended_at)
    later = recount.result == "same" and recount.due_at != claim.due_at
    yield tr(f"slip.check.recount.{'later' if later else recount.result}", due=due, amended=amended)


def _now_lines(now: Now, is_held: bool) -> Iterator[str]:
    state = tr(f"state.{now.state}")
    due = tr("slip.check.none") if now.due_at is None else end_long(now.due_at)
    if not is_held:
        received = "–" if now.received_at is None else moment_long(now.received_at)
        yield tr("slip.check.dossier.says", number=now.receipt_number or "–", received=received, due=due, state=state)
        return
    if now.same:
        yield tr("slip.check.dossier.same", state=state)
        return
    yield tr("slip.check.dossier.moved", due=due, state=state)
    for kind, at in now.moved:
        yield tr("slip.check.moved_by_law") if at is None else f"  – {moment_long(at)}: {tr(f'kind.{kind}')}"
    if now.paused_since is not None:
        yield tr("slip.check.paused", moment=moment_long(now.paused_since))


def _limit(claim: SlipClaim) -> str | None:
    if not claim.phases:
        return None
    named = (one if one.starts_on in GATES[1:] else replace(one, starts_on=None) for one in claim.phases)
    return phases_words(named)


def _recount_json(recount: Recount) -> dict[str, Any]:
    return {"result": recount.result, "due_at": _iso(recount.due_at), "amended_at": _iso(recount.amended_at)}


def _now_json(now: Now) -> dict[str, Any]:
    return {
        "id": now.id,
        "receipt_number": now.receipt_number,
        "state": now.state,
        "received_at": _iso(now.received_at),
        "due_at": _iso(now.due_at),
        "paused_since": _iso(now.paused_since),
        "same": now.same,
        "moved_by": [{"kind": kind, "at": _iso(at)} for kind, at in now.moved],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
