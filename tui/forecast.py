"""The forecast in words and as JSON: one light and one sentence, the first break, the mends, the days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.answers import Refusal
from core.forecast import OwnBreak
from core.mends import Mend, MendKind
from core.moments import legal_day
from core.outlook import Outlook
from core.proof import DayLoad
from storage.desk import Desk
from tui.dates import day_long, day_short
from tui.dossier_words import title_of
from tui.i18n import tr

_NAMED = 10
_DAYS = 12


@dataclass(frozen=True, slots=True)
class Naming:
    """How ids of dossiers and officers are said; `jobs`: what is judged are the lines of a list, nobody's."""

    dossier: Callable[[str], Any]
    officer: Callable[[str], str]
    jobs: bool = False

    def owner(self, officer: str | None) -> str:
        """Whose dossiers they are; None: nobody's."""
        return tr("forecast.nobodys") if officer is None else self.officer(officer)


def for_people(desk: Desk) -> Naming:
    """Receipt numbers and officers' names."""
    at = desk.bounds()

    def dossier(known: str) -> str:
        row = desk.queries.row(known, at)
        return str(row["receipt_number"] or known) if row else known

    return Naming(dossier, lambda known: officer.name if (officer := desk.officers.get(known)) else known)


def for_programs(desk: Desk) -> Naming:
    """Ids of dossiers and officers' codes."""
    return Naming(str, lambda known: officer.code if (officer := desk.officers.get(known)) else known)


def forecast_json(seen: Outlook, naming: Naming) -> dict[str, Any]:
    """The contract's document."""
    broken = seen.first_break
    return {
        "feasible": seen.feasible,
        "first_break": None if broken is None else _break_json(broken, naming),
        "days": [
            {
                "date": load.date.isoformat(),
                "demand_hours": hours_number(load.demand_hours),
                "capacity_hours": hours_number(load.capacity_hours),
            }
            for load in seen.days
        ],
        "mends": [_mend_json(mend, naming) for mend in seen.mends],
        "enough_history": seen.enough_history,
    }


def forecast_lines(seen: Outlook, naming: Naming) -> Iterator[str]:
    """For people: the light with its sentence, the break, the mends, a table of days."""
    yield from light_lines(seen, naming)
    yield from count_lines(seen)
    if seen.first_break is not None:
        jobs = seen.first_break.found.jobs
        more = f" … (+{len(jobs) - _NAMED})" if len(jobs) > _NAMED else ""
        yield f"{tr('forecast.breaks')}: {', '.join(str(naming.dossier(one)) for one in jobs[:_NAMED])}{more}"
    head = mends_head(seen)
    if head and not naming.jobs:
        yield head
    yield from (f"  {place}. {mend_text(mend, naming)}" for place, mend in enumerate(seen.mends, 1))
    yield from _table(seen)


def mends_head(seen: Outlook) -> str:
    """What stands above the mends, or in their place; nothing where there is nothing to mend."""
    if seen.first_break is not None:
        return tr("forecast.mends" if seen.mends else "forecast.no_mend")
    return tr("forecast.eases") if seen.mends else ""


def light_lines(seen: Outlook, naming: Naming) -> Iterator[str]:
    """The light with its sentence, and whether hours are measured ones."""
    yield f"● {tr(f'forecast.light.{seen.light}')} — {_sentence(seen, naming)}"
    if not seen.enough_history:
        yield tr("forecast.not_enough", guessed=seen.counts.guessed, judged=seen.counts.judged)


def count_lines(seen: Outlook) -> Iterator[str]:
    """What is judged otherwise than by its due day, or not at all."""
    counts = seen.counts
    for name, count in (("overdue", counts.overdue), ("paused", counts.paused), ("later", counts.later)):
        if count:
            yield tr(f"forecast.{name}", count=count)


def cost_lines(seen: Outlook, desk: Desk) -> Iterator[str]:
    """What a dossier of each procedure and stage is thought to cost: median and middle half, or stated hours."""
    if seen.costs:
        yield f"{tr('forecast.costs')}:"
    for one in seen.costs:
        told = {"count": str(one.dossiers), "hours": hours_words(one.hours), "stage": tr(f"forecast.stage.{one.stage}")}
        told["procedure"] = _title(one.procedure, desk)
        measured = tr("forecast.cost.unmeasured")
        if one.measured is not None:
            spread = {"lower": hours_words(one.measured.lower), "upper": hours_words(one.measured.upper)}
            measured = tr("forecast.cost.spread", samples=str(one.measured.samples), **spread)
        yield "- " + tr(f"forecast.cost.{one.source}", **told, measured=measured)


def _title(procedure: str, desk: Desk) -> str:
    found = desk.law.find(procedure)
    version = desk.law.version_on(found, legal_day(desk.now())) if found else None
    return title_of(None if isinstance(version, Refusal) else version, procedure)


def mend_text(mend: Mend, naming: Naming) -> str:
    """What to do, and what comes of it."""
    return f"{_act(mend, naming)} → {_outcome(mend, naming)}"


def hours_words(hours: Fraction) -> str:
    """«94,3»: one decimal; what is not nothing never reads so."""
    shown = max(round(abs(float(hours)), 1), 0.1) if hours else 0.0
    sign = "-" if hours < 0 else ""
    return sign + f"{shown:.1f}".removesuffix(".0").replace(".", tr("number.decimal"))


def hours_number(hours: Fraction) -> int | float:
    """For JSON."""
    return hours.numerator if hours.denominator == 1 else float(hours)


def _break_json(broken: OwnBreak, naming: Naming) -> dict[str, Any]:
    found = broken.found
    told: dict[str, Any] = {
        "date": found.date.isoformat(),
        "short_hours": hours_number(found.short_hours),
        "dossiers": [naming.dossier(job) for job in found.jobs],
    }
    return told if naming.jobs else told | {"officer": None if broken.owner is None else naming.officer(broken.owner)}


def _mend_json(mend: Mend, naming: Naming) -> dict[str, Any]:
    return {
        "kind": mend.kind.value,
        "text": mend_text(mend, naming),
        "makes_feasible": mend.makes_feasible,
        "officer": None if mend.officer is None else naming.officer(mend.officer),
        "hours": hours_number(mend.hours),
        "short_hours": hours_number(mend.short_hours),
        "moves": [{"to": naming.officer(to), "dossiers": list(dossiers)} for to, dossiers in mend.moves],
        "asked": list(mend.asked),
        "half_days": [{"officer": naming.officer(who), "date": day.isoformat()} for who, day in mend.half_days],
    }


def _sentence(seen: Outlook, naming: Naming) -> str:
    if seen.first_break is None:
        if not seen.counts.judged:
            return tr("forecast.nothing")
        told = {"count": str(seen.counts.judged), "day": day_long(seen.days[-1].date) if seen.days else "–"}
        if seen.tight is None:
            return tr("forecast.holds", **told)
        told["tight"] = day_long(seen.tight.date)
        if naming.jobs:
            return tr("forecast.tight_list", **told)
        return tr("forecast.tight", **told, owner=naming.owner(seen.tight.owner))
    broken = seen.first_break
    told = {"day": day_long(broken.found.date), "hours": hours_words(broken.found.short_hours)}
    told |= {"count": str(len(broken.found.jobs))}
    if naming.jobs:
        return tr("forecast.breaks_list", **told)
    if broken.owner is None:
        return tr("forecast.breaks_nobody", **told)
    return tr("forecast.breaks_officer", officer=naming.officer(broken.owner), **told)


def _act(mend: Mend, naming: Naming) -> str:
    officer = "" if mend.officer is None else naming.officer(mend.officer)
    if mend.kind is MendKind.MOVE:
        count = sum(len(dossiers) for _, dossiers in mend.moves)
        parts = [tr("forecast.move.to", count=len(ids), officer=naming.officer(to)) for to, ids in mend.moves]
        if len(parts) > 1:
            return tr("forecast.move.spread", count=count, officer=officer, parts=", ".join(parts))
        return tr("forecast.move", count=count, officer=officer, receiver=naming.officer(mend.moves[0][0]))
    if mend.kind is MendKind.SUPPLEMENT:
        return tr("forecast.supplement", count=len(mend.asked))
    until = day_short(max(day for _, day in mend.half_days))
    who = {one for one, _ in mend.half_days}
    if len(who) > 1:
        return tr("forecast.overtime.all", count=len(mend.half_days), officers=len(who), day=until)
    return tr("forecast.overtime", officer=naming.officer(who.pop()), count=len(mend.half_days), day=until)


def _outcome(mend: Mend, naming: Naming) -> str:
    if mend.makes_green is not None:
        return tr("forecast.then.green" if mend.makes_green else "forecast.then.easier")
    if mend.makes_feasible:
        return tr("forecast.then.holds")
    if mend.breaks_on is None:
        return tr("forecast.then.others")
    return tr("forecast.then.short", hours=hours_words(mend.short_hours), day=day_short(mend.breaks_on))


def _table(seen: Outlook) -> Iterator[str]:
    """The first days on which something comes due, and the one that breaks; marked where more is due than there is."""
    days = _shown(seen)
    if not days:
        return
    yield ""
    due, there, left = (tr(f"forecast.{name}") for name in ("demand", "capacity", "spare"))
    yield f"{tr('forecast.day'):12} {due:>12} {there:>12} {left:>10}"
    for load in days:
        spare = load.capacity_hours - load.demand_hours
        mark = "  !" if spare < 0 else ""
        cells = f"{hours_words(load.demand_hours):>12} {hours_words(load.capacity_hours):>12} {hours_words(spare):>10}"
        yield f"{day_short(load.date):12} {cells}{mark}"


def _shown(seen: Outlook) -> Sequence[DayLoad]:
    before = [Fraction(0), *(load.demand_hours for load in seen.days)]
    due = [load for load, known in zip(seen.days, before, strict=False) if load.demand_hours > known]
    shown = due[:_DAYS]
    if seen.first_break is not None:
        shown += [load for load in due[_DAYS:] if load.date == seen.first_break.found.date]
    return shown
