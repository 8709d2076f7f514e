"""What would turn a yellow light green: what is done so that nobody is late even if half of a first day were lost.

Dossiers move: these are the mends of a queue in which everybody has lost that half day. Where nobody has room for them
the officer works half days more, the fewest that do, each as late as the day that is tight allows. What either does to
the queue itself is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from core.cover import moved
from core.forecast import Forecast, Queue, forecast, forecast_moved
from core.mends import Mend, MendKind, mends
from core.outlook import Light, of_officer, of_unit

_NONE = Fraction(0)


def eases(queue: Queue, known: Forecast, officer: str | None = None) -> tuple[Mend, ...]:
    """By which whoever is tight first (or `officer`) is tight no more, and nobody else becomes so.

    Moves, else half days. `Mend.makes_green` tells whether nobody is tight then. None of nobody's dossiers, and none
    where somebody is late.
    """
    now = of_unit(queue, known, ()) if officer is None else of_officer(queue, known, officer, ())
    owner = None if now.tight is None else now.tight.owner
    if owner is None or known.breaks:
        return ()
    less = replace(queue, hours={who: _half_a_day_less(hours) for who, hours in queue.hours.items()})
    found = mends(less, forecast(less), owner)
    moves = (one for one in found if one.kind is MendKind.MOVE and one.breaks_on is None)
    return tuple(_proved(queue, known, one, owner) for one in moves) or _longer(queue, known, owner)


def _proved(queue: Queue, known: Forecast, mend: Mend, owner: str) -> Mend:
    jobs = {job.id: job for job in queue.jobs[owner]}
    after = moved(queue, owner, {who: [jobs[one] for one in ids] for who, ids in mend.moves})
    proofs = forecast_moved(known, after, (owner, *(who for who, _ in mend.moves)))
    green = of_unit(after, proofs, ()).light is Light.HOLDS
    return replace(mend, makes_feasible=proofs.feasible, makes_green=green)


def _longer(queue: Queue, known: Forecast, owner: str) -> tuple[Mend, ...]:
    """Half days more, one a day; of the first day's the proof takes a half away again."""
    hours, usual = list(queue.hours[owner]), queue.usual[owner]
    open_days = [number for number, there in enumerate(hours) if 0 < there <= usual]
    half_days: list[tuple[str, date]] = []
    after, proofs = queue, known
    while (tight := of_officer(after, proofs, owner, ()).tight) is not None:
        fit = [number for number in open_days if number <= (tight.date - queue.first).days]
        if not fit:
            return ()
        open_days.remove(fit[-1])
        hours[fit[-1]] += usual / 2
        half_days.append((owner, queue.first + timedelta(days=fit[-1])))
        after = replace(queue, hours={**queue.hours, owner: tuple(hours)})
        proofs = forecast_moved(known, after, (owner,))
    green = of_unit(after, proofs, ()).light is Light.HOLDS
    size, told = usual / 2 * len(half_days), tuple(sorted(half_days))
    return (Mend(MendKind.OVERTIME, owner, size, _NONE, None, proofs.feasible, half_days=told, makes_green=green),)


def _half_a_day_less(hours: Sequence[Fraction]) -> tuple[Fraction, ...]:
    first = next((number for number, there in enumerate(hours) if there), None)
    return tuple(there / 2 if number == first else there for number, there in enumerate(hours))
