"""A demo station: two desks that have worked for a year, most of it in three months, as a folder to be opened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.numbers import day_text
from storage.database import DATABASE_NAME, transaction
from storage.demo.applicants import Requests
from storage.demo.arrivals import Arrivals
from storage.demo.exceptions import outage_day
from storage.demo.founding import UNIT, Player, Seed, cast, found_station, hold
from storage.demo.hours import Hours
from storage.demo.scene import Scene
from storage.demo.showcases import showcases
from storage.demo.voices import Voices
from storage.demo.world import LEADER, World
from storage.demo_people import People
from storage.desk import Desk
from storage.folder import write_meta
from storage.officers import Officer
from storage.sync.exchange import add_hub, exchange
from storage.sync.folder_hub import FolderHub

DEFAULT_AT = datetime(2026, 11, 23, 8, 42, tzinfo=LEGAL_TIME)
DEMO_NAME = "demo-station.json"
_FULL, _DAYS = 91, 366
_UNSYNCED = timedelta(minutes=6)
_ROUND = 2000  # dossiers for each round of the showcases
_WORK = ".making"
_HUB = "hub"
Progress = Callable[[int, int], None]
Finish = Callable[[Desk, Officer], None]
"""What is done at the first desk at the live moment by the officer who leads: what no floor below knows how to."""


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """An officer with the PIN that opens the desk; the first has every role but the auditor's."""

    id: str
    code: str
    name: str
    role: str
    pin: str


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """A desk of the demo; `data` is its folder."""

    id: str
    number: int
    data: Path


@dataclass(frozen=True, slots=True)
class DemoStation:
    """A finished demo: `data` is the first desk's folder; `skipped` counts stories that the rules cut short."""

    data: Path
    unit: str
    now: datetime
    desks: tuple[DemoDesk, ...]
    officers: tuple[DemoOfficer, ...]
    dossiers: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for: made in `work`, moved to `folder` at the end."""

    work: Path
    folder: Path
    dossiers: int
    seed: Seed
    now: datetime
    progress: Progress
    finish: Finish | None = None


def make_demo(
    folder: Path,
    *,
    dossiers: int = 2000,
    seed: int = 1,
    at: datetime | None = None,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> DemoStation:
    """Make a demo in the folder: desk 1 is the folder itself, desk 2 `desk-2`, the shared hub `hub`.

    The same arguments give the same events. `progress` is told (done, total).
    Raises InvalidInput `folder_taken` where a desk is there already.
    """
    if (folder / DATABASE_NAME).exists():
        raise InvalidInput("folder_taken", path=folder)
    now = _moment(at)
    work = folder / _WORK
    if work.exists():  # a demo that was interrupted
        shutil.rmtree(work)
        shutil.rmtree(folder / _HUB, ignore_errors=True)
    work.mkdir(parents=True)
    plan = _Plan(work, folder, dossiers, _seed(dossiers, seed, now), now, progress or _silent, finish)
    try:
        station = _build(plan)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(folder / _HUB, ignore_errors=True)
        raise
    (work / DEMO_NAME).write_text(json.dumps(_kept(station), ensure_ascii=False), encoding="utf-8")
    for path in sorted(work.iterdir(), key=lambda path: path.name == DATABASE_NAME):
        path.rename(folder / path.name)
    work.rmdir()
    return station


def read_demo(folder: Path) -> DemoStation | None:
    """The demo that was made in the folder; None where there is none, or only a half-made one."""
    if not (folder / DATABASE_NAME).exists() or not (folder / DEMO_NAME).exists():
        return None
    kept = json.loads((folder / DEMO_NAME).read_text(encoding="utf-8"))
    first, second = kept.pop("desks")
    return DemoStation(
        data=folder,
        now=datetime.fromisoformat(kept.pop("now")),
        desks=(DemoDesk(data=folder, **first), DemoDesk(data=folder / "desk-2", **second)),
        officers=tuple(DemoOfficer(**one) for one in kept.pop("officers")),
        **kept,
    )


def demo_players(*, dossiers: int = 2000, seed: int = 1, at: datetime | None = None) -> tuple[Player, ...]:
    """The officers that `make_demo` with these arguments makes, known before it has."""
    now = _moment(at)
    named = _seed(dossiers, seed, now)
    return cast(named, named.people(now))


def _kept(station: DemoStation) -> dict[str, object]:
    facts = asdict(station) | {"now": station.now.isoformat()}
    facts["desks"] = [{"id": desk.id, "number": desk.number} for desk in station.desks]
    return {name: value for name, value in facts.items() if name != "data"}


def _moment(at: datetime | None) -> datetime:
    return (at or DEFAULT_AT).astimezone(LEGAL_TIME).replace(microsecond=0)


def _seed(dossiers: int, seed: int, now: datetime) -> Seed:
    return Seed(f"{seed}/{dossiers}/{now.isoformat()}")


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def _build(plan: _Plan) -> DemoStation:
    begin = (plan.now - timedelta(days=_DAYS)).replace(hour=7, minute=0, second=0)
    people = plan.seed.people(plan.now)
    players = cast(plan.seed, people)
    desks, officers = found_station(plan.work, plan.seed, players, begin)
    try:
        for desk in desks:
            desk.connection.execute("PRAGMA synchronous = OFF")
        world = World(desks, officers, desks[0].law)
        _live(plan, world, _scene(plan, world, people), begin)
        for number, desk in enumerate(desks):
            _settle(desk, world.serials(number), plan.now)
            plan.progress(plan.dossiers * (2 + number), plan.dossiers * 3)
        if plan.finish is not None:
            hold(desks[0], plan.now)
            plan.finish(desks[0], officers[LEADER])
        made = int(desks[0].connection.execute("SELECT count(*) FROM dossier").fetchone()[0])
    finally:
        for desk in desks:
            desk.close()
    return _station(plan, desks, officers, players, made, len(world.refused))


def _station(
    plan: _Plan,
    desks: tuple[Desk, Desk],
    officers: tuple[Officer, ...],
    players: tuple[Player, ...],
    made: int,
    skipped: int,
) -> DemoStation:
    folders = (plan.folder, plan.folder / "desk-2")
    return DemoStation(
        data=plan.folder,
        unit=UNIT,
        now=plan.now,
        desks=tuple(
            DemoDesk(desk.identity.desk, desk.identity.number, data) for desk, data in zip(desks, folders, strict=True)
        ),
        officers=tuple(
            DemoOfficer(one.id, one.code, one.name, player.role, player.pin)
            for one, player in zip(officers, players, strict=True)
        ),
        dossiers=made,
        skipped=skipped,
    )


def _scene(plan: _Plan, world: World, people: People) -> Scene:
    law, random = world.law, plan.seed.random("stories")
    hours = Hours(law.calendar(UNIT), random)
    today = hours.day_of(plan.now)
    if not hours.calendar.is_working(today) or plan.now < hours.at_share(today, 0.05):
        today = hours.calendar.previous_working(today - 1)
    return Scene(
        at=plan.now,
        today=today,
        unit=UNIT,
        officers=tuple(one.id for one in world.officers),
        law=law,
        hours=hours,
        requests=Requests(law, people, random),
        random=random,
        chance=plan.seed.random("chance"),
    )


def _live(plan: _Plan, world: World, scene: Scene, begin: datetime) -> None:
    """A year, day by day; the last exchange is some minutes before the live moment."""
    last = plan.now - _UNSYNCED
    special = _tell_showcases(plan, world, scene)
    full = scene.hours.day_of(plan.now) - _FULL
    arrivals = Arrivals(scene, scene.hours.day_of(begin), full, last, plan.dossiers - special)
    voices = Voices(scene, world, arrivals.first, plan.seed.random("voices"))
    opened, broken = 0, outage_day(scene)
    for day in arrivals.days():
        if day < full and not arrivals.count(day) and not voices.speak_on(day):
            continue  # what is due goes on when the desks are next at work
        with transaction(world.desks[0].connection), transaction(world.desks[1].connection):
            arrivals.come(world, day)
            evening = min(last, scene.hours.calendar.ending(day) + timedelta(minutes=15))
            world.run(evening)
            world.send_post(evening)
            voices.tell(day, evening)
            if day != broken:
                world.exchange(evening)
        opened += arrivals.count(day)
        plan.progress(opened, plan.dossiers * 3)
    with transaction(world.desks[0].connection), transaction(world.desks[1].connection):
        world.run(last)
        world.exchange(last)
    _connect(plan, world.desks, last)
    with transaction(world.desks[0].connection):
        world.run(plan.now, only=0)


def _tell_showcases(plan: _Plan, world: World, scene: Scene) -> int:
    """Begin the showcases, a round for each two thousand dossiers; how many dossiers they leave."""
    counted = 0
    for _ in range(max(1, plan.dossiers // _ROUND)):
        for one in showcases(scene):
            if counted + one.counted > plan.dossiers:
                return counted
            world.tell(one.story, one.desk, shared=one.shared)
            counted += one.counted
    return counted


def _connect(plan: _Plan, desks: tuple[Desk, Desk], now: datetime) -> None:
    """Both desks exchange with the folder hub, which stands in its final place, until each knows what lies there."""
    hub = FolderHub(plan.folder / _HUB)
    hub.create()
    for desk in desks:
        hold(desk, now)
        add_hub(desk, hub)
    for desk in (*desks, desks[0]):
        exchange(desk, hub)


def _settle(desk: Desk, serials: dict[date, int], now: datetime) -> None:
    """Project everything, remember the last number of each day, and let the clock run on from the live moment."""
    with transaction(desk.connection):
        desk.projection.rebuild()
        rows = [(desk.identity.number, day_text(day), last) for day, last in serials.items()]
        desk.connection.executemany("INSERT INTO series VALUES (?, ?, ?, 1)", rows)
        write_meta(desk.connection, {"clock": now.isoformat()})
