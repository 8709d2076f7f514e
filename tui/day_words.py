"""Days of the calendar in words: why they are off, and what is received beside the hours."""

from __future__ import annotations

from datetime import date

from core.day_kinds import DayKind, proposed
from core.days import DayLaw, DayRow, OpeningRow, Periods
from tui.dates import day_long
from tui.i18n import language, tr


def reason_of(row: DayRow) -> str:
    """The reason of a row of law in the interface's language."""
    return row.reason_vi if language() == "vi" else row.reason_en


def reason(day: int, law: DayLaw) -> str | None:
    """Why a day is off, or a weekend day worked; None for an ordinary working day."""
    row = law.row(day)
    if row is not None:
        return reason_of(row)
    return tr("calendar.weekend") if law.is_weekend(day) else None


def day_lines(law: DayLaw, day: date, kind: DayKind, today: date) -> list[str]:
    """What a day is, then by what, what is only proposed for it, and when else there is reception."""
    at = day.toordinal()
    row, announced = law.row(at), proposed(law, at)
    words = [day_long(day), tr("calendar.today")] if day == today else [day_long(day)]
    what = tr(f"calendar.kind.{kind}")
    if kind is DayKind.PROPOSED:
        what = tr("calendar.kind.weekend" if law.is_weekend(at) else "calendar.kind.working")
    if row is not None:
        what = reason_of(row) if kind in (DayKind.SWAPPED, DayKind.MADE_UP) else f"{what}: {reason_of(row)}"
    words.append(what)
    if law.is_working(at):
        words.append(_hours(law.periods(at)))
    lines = [" · ".join(words)]
    basis = law.basis(at) if row is not None or not law.is_working(at) else None
    unsure = law.unconfirmed(at, at) and announced is None
    if basis or unsure:
        doubt = [tr("catalogue.unverified")] if unsure else []
        lines.append(" · ".join([tr("calendar.basis", basis=basis or "–"), *doubt]))
    if announced is not None:
        told = f"{reason_of(announced)} ({tr('calendar.announced')})"
        lines.append(" · ".join([f"? {told}", tr("calendar.basis", basis=announced.basis or "–")]))
    lines += [f"{tr('calendar.opening')}: {reception_words(one)}" for one in law.openings(at)]
    return lines


def _hours(periods: Periods) -> str:
    """«07:30–11:30, 13:00–17:00»."""
    return ", ".join(f"{clock_time(opens)}–{clock_time(closes)}" for opens, closes in periods)


def clock_time(second: int) -> str:
    """Seconds after midnight as «17:30»."""
    return f"{second // 3_600:02}:{second // 60 % 60:02}"


def reception_words(opening: OpeningRow) -> str:
    """Hours, place, desk and decision of an opening."""
    words = [_hours(opening.periods)]
    if opening.place:
        words.append(opening.place)
    if opening.desk is not None:
        words.append(tr("calendar.desk", number=opening.desk))
    basis = f" ({opening.basis})" if opening.basis else ""
    return " · ".join(words) + basis
