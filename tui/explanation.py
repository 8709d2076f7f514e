"""A trace → sentences that an officer can read aloud. One renderer for command, screen, slip and handover sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from core.calendar import WorkCalendar
from core.deadline import Step
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Unit
from core.trace import Explanation, Segment
from tui.dates import day_long, days_list, days_span, moment_long, moment_short
from tui.i18n import language, tr
from tui.limit_words import limit_words

_DAY_UNITS = frozenset({Unit.DAY, Unit.WORKING_DAY})
_LISTED_DAYS = 15


@dataclass(slots=True)
class _Run:
    """Neighbouring counted and skipped segments of one phase: told as one count and one list of what was left out."""

    unit: Unit
    counted: Fraction = Fraction(0)
    days: list[date] = field(default_factory=list)
    until: datetime | None = None
    skipped: list[Segment] = field(default_factory=list)


def explanation_lines(explanation: Explanation, calendar: WorkCalendar, basis: str | None) -> list[str]:
    """Why this date, line by line, from receipt to due, each with its article or decision."""
    lines = list(_told(explanation.trace, calendar, basis))
    answer = explanation.deadline
    if answer.due_at is not None:
        lines.append(tr("explain.due", moment=moment_long(answer.due_at)) + _cited(basis))
    elif answer.paused_since is not None:
        lines.append(tr("explain.paused", moment=moment_long(answer.paused_since)))
    elif answer.waiting_for is not None:
        lines.append(tr("explain.waiting", event=tr(f"kind.{answer.waiting_for}")))
    if explanation.other is not None and answer.statutory_due_at and answer.committed_due_at:
        statutory, committed = moment_long(answer.statutory_due_at), moment_long(answer.committed_due_at)
        lines.append(tr("explain.both", statutory=statutory, committed=committed))
    lines += [_step_line(step) for step in answer.steps]
    if answer.unconfirmed:
        lines.append(tr("explain.unconfirmed"))
    if answer.unverified:
        lines.append(tr("explain.unverified"))
    return lines


def _step_line(step: Step) -> str:
    """A step's owner and due time, and how late its owner was."""
    owner = step.station or tr("explain.step_own")
    due = tr("explain.step_waits") if step.due_at is None else moment_long(step.due_at)
    line = tr("explain.step", number=step.phase, owner=owner, due=due) + _cited(step.basis)
    if step.late and step.ended_at is not None:
        return f"{line}; {tr('explain.step_late', moment=moment_long(step.ended_at))}"
    return line


def one_line(explanation: Explanation, limit: Limit | None) -> str:
    """The shortest reason: the limit, and the days that were counted."""
    counted = [day for segment in explanation.trace if segment.effect == "counted" for day in _days(segment)]
    days = list(dict.fromkeys(counted))
    if limit is None:
        return ""
    if limit.unit in _DAY_UNITS and 0 < len(days) <= _LISTED_DAYS:
        return f"{limit_words(limit)}: {days_list(days)}"
    return limit_words(limit)


def _told(trace: Sequence[Segment], calendar: WorkCalendar, basis: str | None) -> Iterator[str]:
    run: _Run | None = None
    from_receipt = any(segment.effect in ("counted", "extended") for segment in trace)
    for segment in trace:
        if segment.effect in ("counted", "extended", "day_off", "closed"):
            run = run or _Run(segment.unit)
            if segment.effect in ("counted", "extended"):
                run.counted += segment.counted
                run.days += _days(segment)
                run.until = segment.to_at
            else:
                run.skipped.append(segment)
            continue
        if run is not None:
            yield from _run_lines(run, calendar)
            run = None
        yield _segment_line(segment, from_receipt=from_receipt)
    if run is not None:
        yield from _run_lines(run, calendar)


def _run_lines(run: _Run, calendar: WorkCalendar) -> Iterator[str]:
    if run.unit is Unit.BY_TIME and run.until is not None:
        yield tr("explain.until", moment=moment_long(run.until))
    elif run.counted:
        words = limit_words(Limit(run.counted, run.unit))
        listed = run.unit in _DAY_UNITS and len(run.days) <= _LISTED_DAYS
        if listed:
            yield tr("explain.counted_days", amount=words, days=days_list(run.days))
        elif run.days and run.unit not in (Unit.HOUR, Unit.WORKING_HOUR):
            yield tr("explain.counted_span", amount=words, first=day_long(run.days[0]), last=day_long(run.days[-1]))
        else:
            yield tr("explain.counted", amount=words)
    days_off = [segment for segment in run.skipped if segment.effect == "day_off" or segment.basis]
    if days_off:
        yield tr("explain.skipped", parts="; ".join(_skipped(days_off, calendar)))


def _skipped(segments: Sequence[Segment], calendar: WorkCalendar) -> Iterator[str]:
    """Days left out, neighbours of one reason folded: «nghỉ Tết 14–22/2», «cuối tuần 23–24/5»."""
    named: list[tuple[str, str | None, date, date]] = []
    for segment in segments:
        for day in _days(segment):
            row = calendar.law.row(day.toordinal())
            reason = tr("explain.weekend") if row is None else (row.reason_vi if language() == "vi" else row.reason_en)
            cited = None if row is None else row.basis
            if named and named[-1][:2] == (reason, cited) and named[-1][3] + timedelta(days=1) == day:
                named[-1] = (*named[-1][:3], day)
            else:
                named.append((reason, cited, day, day))
    weekends = [days_span(first, last) for reason, cited, first, last in named if cited is None]
    if weekends:
        yield f"{tr('explain.weekend')} {', '.join(weekends)}"
    for reason, cited, first, last in named:
        if cited is not None:
            yield f"{reason} {days_span(first, last)}{_cited(cited)}"


def _segment_line(segment: Segment, *, from_receipt: bool) -> str:
    """`from_receipt`: days are counted from it; a limit of the same day counts none."""
    if segment.effect == "receipt_day":
        if not from_receipt:
            return tr("explain.received", moment=moment_long(segment.from_at))
        return tr("explain.receipt_day", moment=moment_long(segment.from_at)) + _cited(segment.basis)
    if segment.effect == "rolled" and not from_receipt:
        return tr("explain.taken_over", span=_span(segment))
    key = "explain.span_paused" if segment.effect == "paused" else f"explain.{segment.effect}"
    return tr(key, span=_span(segment)) + _cited(segment.basis)


def _span(segment: Segment) -> str:
    end = segment.to_at
    if end is None:
        return tr("explain.since", moment=moment_short(segment.from_at))
    first, last = _local(segment.from_at), _local(end)
    if not (first.hour or first.minute or last.hour or last.minute):
        return days_span(first.date(), (last - timedelta(days=1)).date())
    return f"{moment_short(first)} – {moment_short(last)}"


def _days(segment: Segment) -> list[date]:
    """The civil days that a segment reaches into."""
    if segment.to_at is None:
        return []
    first = _local(segment.from_at).date()
    last = (_local(segment.to_at) - timedelta(seconds=1)).date()
    return [first + timedelta(days=more) for more in range((last - first).days + 1)]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LEGAL_TIME)


def _cited(basis: str | None) -> str:
    return f" ({basis})" if basis else ""
