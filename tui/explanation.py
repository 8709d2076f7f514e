"""A trace → sentences that an officer can read aloud. One renderer for command, screen, slip and handover sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from core.calendar import WorkCalendar
from core.deadline import Step
from core.moments import LEGAL_TIME
from core.time_limit import HOURS, Limit, Unit
from core.trace import Explanation, Segment
from tui.dates import day_long, days_list, days_span, end_long, moment_long, moment_short
from tui.i18n import language, tr
from tui.limit_words import limit_words, quantity_words

_DAY_UNITS = frozenset({Unit.DAY, Unit.WORKING_DAY})
_COUNTED = frozenset({"counted", "extended"})
_IDLE = frozenset({"day_off", "closed"})
_LISTED_DAYS = 15
_LISTED_SPANS = 6


@dataclass(slots=True)
class _Run:
    """Neighbours of one phase, unit and effect and what was left out between: told as one count and one list."""

    begin: datetime
    counts: list[Segment] = field(default_factory=list)
    skipped: list[Segment] = field(default_factory=list)

    def takes(self, segment: Segment) -> bool:
        if segment.effect in _IDLE or not self.counts:
            return True
        first = self.counts[0]
        return (first.phase, first.unit, first.effect) == (segment.phase, segment.unit, segment.effect)


def explanation_lines(explanation: Explanation, calendar: WorkCalendar, basis: str | None) -> list[str]:
    """Why this date, line by line, from receipt to due, each with its article or decision."""
    answer = explanation.deadline
    lines = list(_told(explanation.trace, calendar, basis, waits=answer.waiting_for is not None))
    if answer.due_at is not None:
        lines.append(tr("explain.due", moment=end_long(answer.due_at)) + _cited(basis))
    elif answer.paused_since is not None:
        lines.append(tr("explain.paused", moment=moment_long(answer.paused_since)))
    elif answer.waiting_for is not None:
        step, event = answer.running_step, tr(f"kind.{answer.waiting_for}")
        runs = step is not None and step.due_at is not None
        lines.append(tr("explain.waiting_step" if runs else "explain.waiting", event=event))
    if explanation.other is not None and answer.statutory_due_at and answer.committed_due_at:
        statutory, committed = end_long(answer.statutory_due_at), end_long(answer.committed_due_at)
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
    due = tr("explain.step_waits") if step.due_at is None else end_long(step.due_at)
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


def _told(trace: Sequence[Segment], calendar: WorkCalendar, basis: str | None, *, waits: bool) -> Iterator[str]:
    """`waits`: what starts the clock has not happened yet."""
    run: _Run | None = None
    from_receipt = any(segment.effect in _COUNTED for segment in trace)
    if trace and trace[0].effect in (*_COUNTED, *_IDLE) and all(one.effect != "receipt_day" for one in trace):
        yield tr("explain.received", moment=moment_long(trace[0].from_at))
    if _starts_later(trace, waits=waits):
        first, trace = trace[0], trace[1:]
        yield tr("explain.received", moment=moment_long(first.from_at))
        yield tr("explain.not_started", span=_span(first)) + _cited(first.basis)
        if trace and trace[0].effect == "receipt_day" and from_receipt:
            yield tr("explain.start_day", moment=moment_long(trace[0].from_at)) + _cited(trace[0].basis)
            trace = trace[1:]
    for segment in trace:
        if segment.effect in _COUNTED or segment.effect in _IDLE:
            if run is not None and not run.takes(segment):
                yield from _run_lines(run, calendar)
                run = None
            run = run or _Run(segment.from_at)
            (run.counts if segment.effect in _COUNTED else run.skipped).append(segment)
            continue
        if run is not None and not run.counts and segment.effect == "receipt_day":
            yield from _taken_over(run.begin, segment, from_receipt=from_receipt)
            run = None
            continue
        if run is not None:
            yield from _run_lines(run, calendar)
            run = None
        yield _segment_line(segment, from_receipt=from_receipt)
    if run is not None:
        yield from _run_lines(run, calendar)


def _starts_later(trace: Sequence[Segment], *, waits: bool) -> bool:
    """Whether the clock stood from the receipt on because it waits, or waited, for what starts it."""
    if not trace or trace[0].effect != "paused":
        return False
    return waits or (len(trace) > 1 and trace[1].effect == "receipt_day")


def _taken_over(received: datetime, segment: Segment, *, from_receipt: bool) -> Iterator[str]:
    """What came after hours or on a day off, where the policy makes it the next working day's."""
    yield tr("explain.received", moment=moment_long(received))
    key = "explain.taken_over_day" if from_receipt else "explain.taken_over"
    yield tr(key, span=_span(segment)) + (_cited(segment.basis) if from_receipt else "")


def _run_lines(run: _Run, calendar: WorkCalendar) -> Iterator[str]:
    if any(one.counted or one.unit is Unit.BY_TIME for one in run.counts):
        first = run.counts[0]
        yield _counted(run) + (_cited(first.basis) if first.effect == "extended" else "")
    days_off = [segment for segment in run.skipped if segment.effect == "day_off" or segment.basis]
    if days_off:
        yield tr("explain.skipped", parts="; ".join(_skipped(days_off, calendar)))


def _counted(run: _Run) -> str:
    first, last = run.counts[0], run.counts[-1]
    if first.unit is Unit.BY_TIME and last.to_at is not None:
        return tr("explain.until", moment=end_long(last.to_at))
    amount = quantity_words(sum((one.counted for one in run.counts), Fraction(0)), first.unit)
    key = f"explain.{first.effect}"
    if all(map(_whole_days, run.counts)):
        days = [day for segment in run.counts for day in _days(segment)]
        if first.unit in _DAY_UNITS and len(days) <= _LISTED_DAYS:
            return tr(f"{key}_days", amount=amount, days=days_list(days))
        return tr(f"{key}_span", amount=amount, first=day_long(days[0]), last=day_long(days[-1]))
    if len(run.counts) > _LISTED_SPANS and last.to_at is not None:
        return tr(f"{key}_span", amount=amount, first=moment_short(first.from_at), last=moment_short(last.to_at))
    return tr(f"{key}_days", amount=amount, days="; ".join(map(_span, run.counts)))


def _whole_days(segment: Segment) -> bool:
    """Whether it is told by its days: it is counted in them and ends with one."""
    if segment.unit in HOURS or segment.to_at is None or segment.counted.denominator != 1:
        return False
    last = _local(segment.to_at)
    return (last.hour, last.minute, last.second) == (0, 0, 0)


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
    if first.date() == last.date():
        return f"{moment_short(first)}–{last:%H:%M}"
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
