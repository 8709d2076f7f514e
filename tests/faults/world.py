"""Desks and hubs of one history in virtual time: what officers do there, and what each was promised."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from core.answers import InvalidInput, Refusal
from core.decisions import Act, DossierCommand, TakeIn, Undo
from core.events import KINDS
from core.record import read_event
from core.states import State
from storage.amending import Proposal, apply, propose
from storage.database import DATABASE_NAME
from storage.desk import Desk, Done
from storage.handover import accept, hand_over, sheet_of, waiting_for
from storage.officers import Officer
from storage.sync import exchange as exchanging
from storage.sync.bundle_export import Exported, export_bundle
from storage.sync.bundle_import import Imported, import_bundle
from storage.sync.desk_life import confirm_desk
from storage.sync.exchange import HubReport
from storage.sync.folder_hub import FolderHub
from storage.sync.postgres_hub import PostgresHub
from storage.undo import last_commands
from tests.faults.given import Life, Numbers, Violated
from tests.faults.lines import Air, Crash, Line, Weather
from tests.faults.memory_hub import MemoryHub
from tests.faults.template import (
    PROCEDURES,
    START,
    copy_desk,
    officer_of,
    open_desk,
    ram_folder,
    template,
)
from tests.readback import restated
from tests.storage.amended import closed, written

_FULL = 2
AnyHub = FolderHub | MemoryHub | PostgresHub
_NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng", "Phạm Mỹ Dung")
_FIELDS: dict[str, tuple[dict[str, object], ...]] = {
    "corrected": (
        {"field": "applicant.phone", "old": "0905123456", "new": "0914000111"},
        {"field": "applicant.name", "new": "Nguyễn Văn Anh"},
        {"field": "applicant.name", "new": "Nguyễn Văn Ánh"},
        {"field": "note", "new": "gọi lại"},
    ),
    "step_completed": ({"step": "check"},),
    "supplement_requested": ({"reason": "thiếu giấy tờ"}, {"reason": "thiếu ảnh", "leader": "tm"}),
    "payment_received": ({"amount": "20000", "method": "cash"},),
    "suspended": ({"reason": "chờ"},),
    "delay_declared": ({"reason": "chậm"},),
    "extended": ({"amount": "2", "unit": "working_day"},),
    "refused": ({"reason": "không đủ điều kiện"}, {"reason": "sai thẩm quyền"}),
    "stopped": ({"reason": "dừng"},),
    "voided": ({"reason": "nhập nhầm"},),
    "reopened": ({"reason": "mở lại"},),
    "result_ready": ({"shelf": "K1"}, {"shelf": "K2"}),
    "result_returned": ({"channel": "counter"},),
    "original_taken": ({"paper": "CT01"},),
    "original_released": ({"paper": "CT01", "to": "An"}, {"paper": "CT01", "to": "Bình"}),
    "custody_checked": ({"keeper": "An", "shelf": "Két 2", "next_check": "2027-06-01"},),
    "result_archived": ({"shelf": "Kho 1"},),
    "post_returned": ({"reason": "không có người nhận"},),
    "noted": ({"text": "gọi lại"}, {"text": "đã hẹn"}),
}
_OFTEN = {"approved": 3, "refused": 3, "result_ready": 2, "supplement_requested": 3, "corrected": 3, "noted": 2}
ACTS = tuple(
    name for kind in (*_FIELDS, "approved", "withdrawn", "resumed", "supplement_received", "handed_to_post")
    for name in [kind] * _OFTEN.get(kind, 1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Promised:
    """An event that an officer was told is done, and where it was written."""

    origin: tuple[str, int]
    seq: int


@dataclass(slots=True)
class Seat:
    """One desk, with its folder, its wrong clock, its ways to the hubs and its backups."""

    name: str
    folder: Path
    number: int
    desk: Desk
    officer: Officer
    hubs: dict[str, AnyHub]
    weather: dict[str, Weather]
    life: Life = field(default_factory=Life)
    backups: list[tuple[Path, Life]] = field(default_factory=list)
    held: int = 0
    scanned: int = 0
    synced: Path | None = None

    @property
    def database(self) -> Path:
        return self.folder / DATABASE_NAME

    def is_told_its_hubs(self) -> None:
        """As whoever sets a desk up does: it waits for a hub that it has never reached yet."""
        for hub in self.hubs.values():
            exchanging.add_hub(self.desk, hub)


class World:
    """A history's whole state. Every random choice comes from `rng`, every moment from `t` (s since START).

    `hubs` are named folder…, memory… or postgresql; this one lies in `database`.
    """

    def __init__(self, rng: Random, desks: int, hubs: tuple[str, ...], database: str = "") -> None:
        self.rng = rng
        self.database = database
        self.t = 0.0
        self.root = ram_folder()
        self.fired: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.trace = hashlib.sha256()
        self.log: list[str] | None = None
        self.air = Air()
        self.dossiers: list[str] = []
        self.offsets: dict[str, float] = {}
        self.promises: dict[str, Promised] = {}
        self.excused: set[str] = set()
        self.numbers = Numbers()
        self.read_only: dict[str, str] = {}
        self.hubs: dict[str, AnyHub] = {name: self._hub(name) for name in hubs}
        self.seats = [self._seat(number) for number in range(desks)]

    def close(self) -> None:
        Life().begin()
        for seat in self.seats:
            seat.desk.close()
        for hub in [*self.hubs.values(), *(hub for seat in self.seats for hub in seat.hubs.values())]:
            if isinstance(hub, PostgresHub):
                hub.close()
        shutil.rmtree(self.root)

    def say(self, *words: object) -> None:
        """One line of the trace: the run's digest is made of them."""
        line = f"{self.t:.0f} " + " ".join(map(str, words))
        self.trace.update(line.encode() + b"\n")
        if self.log is not None:
            self.log.append(line)

    def fire(self, kind: str) -> None:
        self.fired[kind] += 1
        self.say("fault", kind)

    def clock(self, seat: str) -> Callable[[], datetime]:
        return lambda: START + timedelta(seconds=int(self.t + self.offsets.get(seat, 0)))

    def open(self, seat: Seat) -> None:
        """Open the folder as it is now, in a process that remembers nothing."""
        seat.life.begin()
        seat.desk = open_desk(seat.folder, self.entropy(seat.name), self.clock(seat.name))
        for hub in seat.hubs.values():
            if isinstance(hub, PostgresHub):
                hub.close()
        seat.hubs = {name: self._fresh(name) for name in seat.hubs}
        seat.held, seat.scanned = _count(seat.desk), 0
        self.settle(seat)
        self.numbers.scan(seat)

    def settle(self, seat: Seat) -> None:
        """Where commits are not flushed (SQLite's NORMAL), a power cut leaves the state of the last checkpoint."""
        flushed = seat.desk.connection.execute("PRAGMA synchronous").fetchone()[0] >= _FULL
        seat.synced = None if flushed else self.root / f"{seat.name}-synced"
        if seat.synced is not None:
            copy_desk(seat.folder, seat.synced)

    def add_seat(self, name: str, folder: Path, like: Seat, life: Life) -> Seat:
        """Another desk of an existing folder, with the hubs of another one."""
        life.came(folder, like.desk.identity.desk, like.life)
        life.begin()
        desk = open_desk(folder, self.entropy(name), self.clock(name))
        seat = Seat(name, folder, like.number, desk, officer_of(desk), {}, {}, life, held=_count(desk))
        seat.hubs = {hub: self._fresh(hub) for hub in like.hubs}
        seat.weather = {hub: Weather() for hub in like.hubs}
        seat.is_told_its_hubs()
        self.settle(seat)
        self.seats.append(seat)
        self.numbers.scan(seat)
        return seat

    def die(self, seat: Seat) -> None:
        """The process ends here: what its files are at this moment is what the next one finds."""
        image = self.root / f"{seat.name}-image"
        shutil.rmtree(image, ignore_errors=True)
        copy_desk(seat.folder, image)
        raise Crash

    def revive(self, seat: Seat) -> None:
        """After `die`: put the files back as they were, and open them."""
        self.replace(seat, self.root / f"{seat.name}-image")

    def replace(
        self, seat: Seat, files: Path, *, beginning: str = "", life: Life | None = None, source: Life | None = None
    ) -> None:
        """Put other files (those whose names begin so) in the place of a desk's own, and open them.

        `life`: what begins where they are a whole folder, as `source` had left it.
        """
        seat.desk.close()
        for path in seat.folder.iterdir():
            if path.name.startswith(DATABASE_NAME):
                path.unlink()
        copy_desk(files, seat.folder, beginning=beginning)
        if life is not None:
            life.came(seat.folder, seat.desk.identity.desk, source or seat.life)
            seat.life = life
        self.open(seat)

    def exchange(self, seat: Seat, hub: str, armed: dict[str, int], die_after: int | None = None) -> HubReport | None:
        """One exchange over a line with faults; None where the desk died of it or could not even begin."""
        line = Line(
            seat.hubs[hub], seat.weather[hub], self.air, self.rng, self.fire, lambda: self.die(seat), armed,
            self.read_only.get(hub),
        )  # fmt: skip
        self.counts["exchanges"] += 1
        seat.life.begin()

        def progress(moved: int, _total: int) -> None:
            if die_after is not None and moved > die_after:
                self.fire("crash_between_chunks")
                self.die(seat)

        try:
            report = exchanging.exchange(seat.desk, line, progress)
        except Crash:
            self.say(seat.name, hub, "died")
            self.revive(seat)
            return None
        except InvalidInput as error:
            self.say(seat.name, hub, error.code)
            return None
        problem = report.error.code if report.error else None
        self.say(
            seat.name, hub, report.sent, report.received, report.duplicates, report.pending, report.behind, problem
        )
        self.nothing_left(seat)
        return report

    def export(self, seat: Seat, path: Path) -> bool:
        """An officer writes a bundle; whether there is one."""
        before = _last_n(seat.desk)
        seat.life.begin()
        try:
            said = export_bundle(seat.desk, seat.officer, path)
            done = isinstance(said, Exported)
            self.say(seat.name, "bundle", said.events if isinstance(said, Exported) else said.code)
        except InvalidInput as error:
            done = False
            self.say(seat.name, "bundle", error.code)
        self.promise(seat, before)
        return done

    def take_in_bundle(self, seat: Seat, path: Path) -> None:
        """An officer takes in a bundle that somebody carried there."""
        seat.life.begin()
        try:
            said = import_bundle(seat.desk, path)
            self.say(seat.name, "took in", said.received if isinstance(said, Imported) else said.code)
        except InvalidInput as error:
            self.say(seat.name, "took in", error.code)
        self.nothing_left(seat)

    def work(self, seat: Seat) -> None:
        """An officer's next command at a desk."""
        before = _last_n(seat.desk)
        seat.life.begin()
        try:
            answer = self._command(seat)
        except InvalidInput as error:
            answer = error.code
        self.promise(seat, before)
        self.say(seat.name, answer)
        self.counts["commands"] += 1

    def nothing_left(self, seat: Seat) -> None:
        """I8: what a desk held it still holds, whatever an exchange brought."""
        self.numbers.scan(seat)
        count = _count(seat.desk)
        if count < seat.held:
            raise Violated(f"I8: {seat.name} held {seat.held} events and holds {count}")
        seat.held = count

    def promise(self, seat: Seat, before: int) -> None:
        """Remember what an officer was told is done: the desk's own events after the log's place `before`."""
        asked = "SELECT header FROM event WHERE n > ? ORDER BY n"
        written_now = 0
        for (header,) in seat.desk.connection.execute(asked, (before,)):
            event = read_event(header, None)
            if event.desk != seat.desk.identity.desk:
                continue
            self.promises[event.event_id] = Promised((event.desk, event.epoch), event.seq)
            written_now += 1
        seat.held += written_now
        self.counts["events"] += written_now
        self.numbers.scan(seat)

    def _command(self, seat: Seat) -> str:
        chance = self.rng.random()
        if chance < 0.10 or not self.dossiers:
            return self._take_in(seat)
        if chance < 0.15:
            return self._undo(seat)
        if chance < 0.18:
            return self._hand_over(seat)
        if chance < 0.185:
            return self._amend(seat)
        if chance < 0.2 and seat.number == 0:
            return self._confirm(seat)
        return self._act(seat)

    def _take_in(self, seat: Seat) -> str:
        desk, rng = seat.desk, self.rng
        dossier = desk.new_id()
        applicant = {"kind": "citizen", "name": rng.choice(_NAMES), "phone": "0905123456"}
        facts = {"procedure": rng.choice(PROCEDURES), "applicant": applicant, "channel": "counter"}
        kind = "received" if rng.random() < 0.9 else "submitted"
        said = self._do(seat, TakeIn(dossier, kind, desk.now() - timedelta(minutes=rng.randrange(3)), facts))
        if said == "done":
            self.dossiers.append(dossier)
        return f"{kind} {dossier} {said}"

    def _act(self, seat: Seat) -> str:
        desk, rng = seat.desk, self.rng
        begin = int(8 * rng.random() ** 3) % len(self.dossiers)
        asked, row = "SELECT state, in_conflict FROM dossier WHERE id = ?", None
        for dossier in reversed(self.dossiers[: len(self.dossiers) - begin]):
            row = desk.connection.execute(asked, (dossier,)).fetchone()
            if row is not None:
                break
        if row is None:
            return "knows none"
        if row[1] and rng.random() < 0.5:
            return self._resolve(seat, dossier)
        state = State(row[0])
        kind = rng.choice(ACTS)
        for _ in range(8):
            legal = KINDS[kind].legal_from
            if legal is None or state in legal:
                break
            kind = rng.choice(ACTS)
        fields = rng.choice(_FIELDS.get(kind, ({},)))
        return f"{kind} {dossier} {self._do(seat, Act(dossier, kind, desk.now(), fields))}"

    def _resolve(self, seat: Seat, dossier: str) -> str:
        found = seat.desk.dossier(dossier)
        if found is None or not found.conflicts:
            return "unconflicted"
        branches = set(self.rng.choice(found.conflicts).branches)
        while grown := [
            one for one in found.conflicts if branches & set(one.branches) and not branches >= set(one.branches)
        ]:
            branches.update(*(one.branches for one in grown))
        fields = {"branches": sorted(branches), "keep": self.rng.choice(sorted(branches)), "reason": "theo hồ sơ giấy"}
        said = self._do(seat, Act(dossier, "conflict_resolved", seat.desk.now(), fields))
        self.counts["resolved"] += said == "done"
        return f"conflict_resolved {dossier} {said}"

    def _undo(self, seat: Seat) -> str:
        last = next(iter(last_commands(seat.desk, seat.officer)), None)
        if last is None:
            return "nothing to undo"
        return f"undone {self._do(seat, Undo(last.entity, last.event_id, seat.desk.now()))}"

    def _hand_over(self, seat: Seat) -> str:
        waiting = waiting_for(seat.desk, seat.officer)
        if waiting and sheet_of(seat.desk, waiting[0]) is None:  # its bytes were altered here: nothing is signed unread
            said = accept(seat.desk, seat.officer, waiting[0], {})
            assert isinstance(said, Refusal)
        elif waiting:
            said = accept(seat.desk, seat.officer, waiting[0], restated(seat.desk, waiting[0]))
        else:
            said = hand_over(seat.desk, seat.officer, self.rng.choice(self.seats).officer)
        return f"handover {said.code if isinstance(said, Refusal) else 'done'}"

    def _amend(self, seat: Seat) -> str:
        day = (START + timedelta(days=self.rng.randrange(3, 60))).date().isoformat()
        found = propose(seat.desk, seat.officer, written(closed(day)), "sua-doi.json")
        if not isinstance(found, Proposal):
            return f"amended {found.code}"
        said = apply(seat.desk, seat.officer, found)
        return f"amended {said.code if isinstance(said, Refusal) else 'done'}"

    def _confirm(self, seat: Seat) -> str:
        """The admin signs the keys of a desk that came without a code."""
        waiting = sorted(seat.desk.projection.desks().waiting)
        if not waiting:
            return "confirmed all"
        refused = confirm_desk(seat.desk, seat.officer, self.rng.choice(waiting))
        return f"confirmed {refused.code if refused else 'done'}"

    def _do(self, seat: Seat, command: DossierCommand) -> str:
        done = seat.desk.do(command, seat.officer)
        return "done" if isinstance(done, Done) else done.code

    def _hub(self, name: str) -> AnyHub:
        """A hub where the desks have met before."""
        source = FolderHub(template() / "hub")
        if name.startswith("folder"):
            shutil.copytree(template() / "hub", self.root / name)
            return FolderHub(self.root / name)
        hub = PostgresHub(self.database) if name == "postgresql" else MemoryHub(name)
        hub.create()
        (station,) = source.stations()
        for origin in source.heads(station, {}):
            for offer in source.offers(station, origin, 0).batches:
                hub.push(station, offer.head, source.fetch(offer))
        return hub

    def _fresh(self, name: str) -> AnyHub:
        """A hub as a process that has just begun knows it."""
        if name.startswith("folder"):
            return FolderHub(self.root / name)
        return PostgresHub(self.database) if name == "postgresql" else self.hubs[name]

    def _seat(self, number: int) -> Seat:
        name = f"d{number}"
        copy_desk(template() / name, self.root / name)
        desk = open_desk(self.root / name, self.entropy(name), self.clock(name))
        officer = officer_of(desk)
        hubs = {hub: self._fresh(hub) for hub in self.hubs}
        lines = {hub: Weather() for hub in hubs}
        seat = Seat(name, self.root / name, number, desk, officer, hubs, lines, held=_count(desk))
        self.settle(seat)
        return seat

    def entropy(self, name: str) -> Callable[[int], bytes]:
        return Random(f"{self.rng.random()} {name}").randbytes


def _last_n(desk: Desk) -> int:
    return desk.log.last()


def _count(desk: Desk) -> int:
    return int(desk.connection.execute("SELECT count(*) FROM event").fetchone()[0])
