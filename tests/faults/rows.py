"""What the named rows of the fault matrix share: a desk's exchange over a bad line, and a station at rest."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from storage.sync.exchange import HubReport, exchange
from storage.verification import verify
from tests.faults.lines import Air, Crash, Line, Weather
from tests.storage.sync_desks import Station, dump, entity_heads

Work = Callable[[], object]


def line_of(station: Station, weather: Weather | None = None, air: Air | None = None, **armed: int) -> Line:
    """A line to the station's hub on which each named fault fires after so many calls."""
    return Line(station.hub, weather or Weather(), air or Air(), Random(1), lambda kind: None, _die, dict(armed))


def over(station: Station, number: int, line: Line) -> HubReport | None:
    """One exchange; None where the desk died of it, and was opened again."""
    try:
        return exchange(station.desks[number], line)
    except Crash:
        station.reopen(number)
        return None


def code(report: HubReport | None) -> str | None:
    return report.error.code if report is not None and report.error is not None else None


def until_no_call_is_left(
    station: Station, number: int, kind: str, work: Callable[[], object]
) -> list[HubReport | None]:
    """An exchange for each call that the fault can strike, each with new work; the last one met no fault."""
    reports: list[HubReport | None] = []
    for calls in range(60):
        work()
        line = line_of(station, **{kind: calls})
        reports.append(over(station, number, line))
        if kind in line.armed:
            return reports
    raise AssertionError(f"{kind} never ran out of calls")


def at_rest(station: Station) -> None:
    """After everyone has exchanged twice all are one station, with nothing left to send or take."""
    station.sync(0, 1, 2, 0, 1, 2)
    for report in station.sync(0, 1, 2):
        assert (report.error, report.sent, report.received, report.pending, report.behind) == (None, 0, 0, 0, 0)
    first, *others = station.desks
    for desk in others:
        assert desk.log.heads() == first.log.heads()
        assert dump(desk) == dump(first)
        assert entity_heads(desk) == entity_heads(first)
    for desk in station.desks:
        assert verify(desk).holds
        ids = [event.event_id for event, _ in desk.log.everything()]
        assert len(ids) == len(set(ids))


def _die() -> None:
    raise Crash
