"""What would turn a yellow light green: dossiers moved so that nobody is late even if half of a first day were lost.

They are the mends of a queue in which everybody has lost that half day; what they do to the queue itself is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from core.cover import moved
from core.forecast import Forecast, Queue, forecast, forecast_moved
from core.mends import Mend, MendKind, mends
from core.outlook import Light, of_officer, of_unit


def eases(queue: Queue, known: Forecast, officer: str | None = None) -> tuple[Mend, ...]:
    """Moves by which whoever is tight first (or `officer`) is tight no more, and nobody else becomes so.

    `Mend.makes_green` tells whether nobody is tight then. None of nobody's dossiers, and none where somebody is late.
    """
    now = of_unit(queue, known, ()) if officer is None else of_officer(queue, known, officer, ())
    owner = None if now.tight is None else now.tight.owner
    if owner is None or known.breaks:
        return ()
    less = replace(queue, hours={who: _half_a_day_less(hours) for who, hours in queue.hours.items()})
    found = mends(less, forecast(less), owner)
    moves = (one for one in found if one.kind is MendKind.MOVE and one.breaks_on is None)
    return tuple(_proved(queue, known, one, owner) for one in moves)


def _proved(queue: Queue, known: Forecast, mend: Mend, owner: str) -> Mend:
    jobs = {job.id: job for job in queue.jobs[owner]}
    after = moved(queue, owner, {who: [jobs[one] for one in ids] for who, ids in mend.moves})
    proofs = forecast_moved(known, after, (owner, *(who for who, _ in mend.moves)))
    green = of_unit(after, proofs, ()).light is Light.HOLDS
    return replace(mend, makes_feasible=proofs.feasible, makes_green=green)


def _half_a_day_less(hours: Sequence[Fraction]) -> tuple[Fraction, ...]:
    first = next((number for number, there in enumerate(hours) if there), None)
    return tuple(there / 2 if number == first else there for number, there in enumerate(hours))
