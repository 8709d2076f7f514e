"""The forecast of a desk's own tables: its open dossiers, the hours that they cost, and who is there to do them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from core.easing import eases
from core.forecast import Forecast, Foreseen, OpenDossier, Queue, by_day, forecast, foreseen, queue_of
from core.mends import mends
from core.moments import DAY, legal_day
from core.outlook import Outlook, of_officer, of_unit
from core.proof import prove
from core.queue import NEVER
from core.roster import Roster
from core.standing import version_of
from core.states import OPEN, WORKING
from core.work import Stage, WorkTable, stage_of
from storage.desk import Desk
from storage.officers import Officer
from storage.roster import roster
from storage.work import work_table

_DAYS_TO_1970 = date(1970, 1, 1).toordinal()
_LEGAL_OFFSET = 7 * 3600
_ASKED = 60
"""How many of the dossiers that break are looked into for missing papers: each has to be folded."""
_STATES = ", ".join(f"'{state.value}'" for state in sorted(OPEN))
_OPEN = (
    f"SELECT id, procedure, state, outcome, officer, binding_at FROM dossier WHERE lane < 4 AND state IN ({_STATES})"
)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A roster of which today's hours are only those that are still to come (`second`: of the day)."""

    roster: Roster
    today: date
    second: int

    def hours(self, officer: str, day: date) -> Fraction:
        if day != self.today:
            return self.roster.hours(officer, day)
        periods = self.roster.periods(officer, day)
        seconds = sum(max(0, closing - max(opening, self.second)) for opening, closing in periods)
        return seconds * self.roster.share / 3600


def queue_now(desk: Desk, asked: Iterable[str] = (), work: WorkTable | None = None) -> Queue:
    """The open dossiers of this desk's tables from today on. `asked`: officers (ids) who are in it in any case.

    `work`: what they cost; None: by the desk's own table.
    """
    now, staff = desk.now(), roster(desk)
    second = (int(now.timestamp()) + _LEGAL_OFFSET) % DAY
    ahead = _Ahead(staff, legal_day(now), second)
    return queue_of(_open(desk), work or work_table(desk), ahead, {*staff.active, *asked}, legal_day(now))


def outlook(desk: Desk, officer: Officer | None = None, *, mended: bool = True) -> Outlook:
    """Whether all will be done in time, by the unit or by one officer; `mended`: and what would mend or ease it.

    Mends cost the most.
    """
    who = None if officer is None else officer.id
    work = work_table(desk)
    queue = queue_now(desk, () if who is None else (who,), work)
    known = forecast(queue)
    found = (mends(_with_lacking(desk, queue, known, who), known, who) or eases(queue, known, who)) if mended else ()
    if who is not None:
        return of_officer(queue, known, who, found)
    return replace(of_unit(queue, known, found), costs=work.costs(queue.worked))


def foreseen_now(desk: Desk, officer: Officer | None, late: Container[str]) -> Foreseen | None:
    """What the officer will not get done first, as `core.forecast.foreseen`; None: whoever of the unit breaks first."""
    if officer is None:
        queue = queue_now(desk)
        proofs = forecast(queue)
        every = [foreseen(queue.jobs.get(who, ()), proof, late) for who, proof in proofs.own.items()]
        every.append(foreseen(queue.jobs[None], proofs.nobodys, late))
        return min((one for one in every if one is not None), key=lambda one: (one.day, -one.short), default=None)
    queue = queue_now(desk, (officer.id,))
    jobs = queue.jobs.get(officer.id, ())
    return foreseen(jobs, prove(jobs, queue.first, by_day(queue.first, queue.hours[officer.id])), late)


def _open(desk: Desk) -> Iterable[OpenDossier]:
    days: dict[int, date] = {}
    stages: dict[tuple[str, str | None], Stage] = {}
    for dossier, procedure, state, outcome, owner, binding in desk.connection.execute(_OPEN):
        due = None
        if binding < NEVER:
            # a moment at midnight ends the day before
            number = (binding - 1 + _LEGAL_OFFSET) // DAY
            due = days.get(number) or days.setdefault(number, date.fromordinal(_DAYS_TO_1970 + number))
        stage = stages.get((state, outcome)) or stages.setdefault((state, outcome), stage_of(state, outcome))
        yield OpenDossier(dossier, procedure, stage, owner or None, due)


def _with_lacking(desk: Desk, queue: Queue, known: Forecast, officer: str | None) -> Queue:
    """The queue with those of the first break whose citizens can be asked for papers that are missing."""
    found = next((one.found for one in known.breaks if officer in (None, one.owner)), None)
    if found is None:
        return queue
    return replace(queue, lacking=frozenset(one for one in found.jobs[:_ASKED] if _can_be_asked(desk, one)))


def _can_be_asked(desk: Desk, dossier_id: str) -> bool:
    """Whether papers are known to be missing, nobody has asked for them yet, and asking would stop the clock."""
    dossier = desk.dossier(dossier_id)
    if dossier is None or dossier.state not in WORKING or dossier.supplements or not dossier.facts.get("papers"):
        return False
    version = version_of(dossier, desk.law)
    if version is None or version.on_supplement == "none":
        return False
    held = set(dossier.facts["papers"])
    return any(paper.required and not held & {paper.code, paper.title_vi, paper.title_en} for paper in version.papers)
