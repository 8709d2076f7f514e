"""Would the harness notice? Faults of old sync engines are built into ours, and the simulator must find each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from core import dossier as folding
from core import merge
from core.desks import Desks
from core.order import Ordered
from storage import folder as folders
from storage.database import open_database, transaction
from storage.event_log import EventLog, Head, Origin
from storage.heads import Heads
from storage.series import Series
from storage.sync import desk_life, snapshot
from storage.sync import exchange as exchanging
from storage.sync.batch import unpack
from storage.sync.protocol import Reach
from storage.sync.pulling import Pull
from storage.sync.pushing import Push
from storage.witness import Witness
from tests.faults.simulator import KINDS, run_history

MOST_SEEDS = 25
LINE = frozenset({"request_lost", "ack_lost", "crash_before_call", "crash_after_call", "outage", "flapping"})
Patch = pytest.MonkeyPatch


def naive_cursor(patch: Patch) -> None:
    """What lies behind the newest moment that was pulled once is never asked for again."""
    cursors: dict[Path, int] = {}
    wanted, run = Pull._wanted, Pull.run

    def newest(pull: Pull, origin: Origin) -> int:
        offers = pull.hub.offers(pull.desk.identity.station, origin, 0).batches
        return unpack(pull.hub.fetch(offers[-1]), {}).events[-1].event.hlc if offers else 0

    def some(pull: Pull, reaches: Mapping[Origin, Reach]) -> list[Origin]:
        return [one for one in wanted(pull, reaches) if newest(pull, one) > cursors.get(pull.desk.folder, 0)]

    def moves(pull: Pull, reaches: Mapping[Origin, Reach]) -> None:
        run(pull, reaches)
        cursors[pull.desk.folder] = max((newest(pull, origin) for origin in reaches), default=0)

    patch.setattr(Pull, "_wanted", some)
    patch.setattr(Pull, "run", moves)


def normal_synchronous(patch: Patch) -> None:
    """A commit comes back before it is on the disk."""

    def opened(path: Path, key: bytes, *, create: bool = False) -> Any:
        connection = open_database(path, key, create=create)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    patch.setattr(folders, "open_database", opened)


def vector_outside_the_transaction(patch: Patch) -> None:
    """Events are committed first, and how far the origin is held in a transaction of its own."""
    receive = Pull._receive

    def apart(pull: Pull, origin: Origin, chunk: Sequence[Any], ended: Any) -> None:
        log, before = pull.desk.log, pull.desk.log.heads().get(origin, Head(0, bytes(32)))
        receive(pull, origin, chunk, ended)
        after = log.heads()[origin]
        number = log.number(origin)
        moved = "UPDATE origin SET seq = ?, hash = ? WHERE no = ?"
        pull.desk.connection.execute(moved, (before.seq, before.hash, number))
        pull.hub.heads(pull.desk.identity.station, {})
        with transaction(pull.desk.connection):
            pull.desk.connection.execute(moved, (after.seq, after.hash, number))

    patch.setattr(Pull, "_receive", apart)


def the_later_clock_wins(patch: Patch) -> None:
    """Two legal effects that did not see each other: the later one holds, and nobody is asked."""
    patch.setattr(merge._Unseen, "of", lambda unseen, effect: iter(()))


def folded_as_they_came(patch: Patch) -> None:
    """Events take effect in the order of their arrival."""

    def arrived(events: Any) -> Ordered:
        return Ordered(tuple(events), (), None)

    patch.setattr(folding, "fold_order", arrived)


def heads_are_the_last_arrived(patch: Patch) -> None:
    """An event that comes late takes the place of those that had seen more."""
    patch.setattr(Heads, "saw", _last_one)


def _last_one(heads: Any, event: Any) -> None:
    known = heads._heads[event.entity]
    known.clear()
    known.add(event.event_id)


def numbers_from_one(patch: Patch) -> None:
    """Every desk gives numbers as the first one, as if there were no other."""
    following = Series.next_serial
    patch.setattr(Series, "next_serial", lambda series, day: (1, following(series, day)[1]))


def no_witness(patch: Patch) -> None:
    """Nothing outside the database says how far its numbers had come."""
    patch.setattr(Series, "recover", lambda series, now, renumber: None)


def one_machine_as_another(patch: Patch) -> None:
    """A witness says nothing of the machine that it was written on."""
    patch.setattr(Witness, "is_of_this_machine", property(lambda witness: True))


def revoked_in_vain(patch: Patch) -> None:
    """What a revoked desk writes counts as before."""
    patch.setattr(Desks, "is_revoked", lambda desks, event: False)


def retired_and_forgotten(patch: Patch) -> None:
    """A retired desk sends nothing of its own any more."""
    origin = Push._origin

    def some(push: Push, of: Origin) -> None:
        known = push.desk.projection.desks().known.get(of.desk)
        if known is None or not known.retired:
            origin(push, of)

    patch.setattr(Push, "_origin", some)


def a_key_for_nobody(patch: Patch) -> None:
    """The key changes, and only the desk that changed it holds the new one."""
    patch.setattr(desk_life, "_staying", lambda desk, desks: [])
    patch.setattr(exchanging, "share_station_key", lambda desk: 0)


def snapshot_without_its_heads(patch: Patch) -> None:
    """A new desk takes a snapshot's word for what the next events stand on, and the snapshot leaves it out."""
    patch.setattr(snapshot, "_SHARED", tuple(table for table in snapshot._SHARED if table != "head"))


def erased_events(patch: Patch) -> None:
    """A note takes the event before it out of the log."""
    append = EventLog.append

    def erases(log: EventLog, drafts: Any, by: str, now_ms: int) -> Any:
        written = append(log, drafts, by, now_ms)
        if drafts[0].kind == "noted":
            log._db.execute("DROP TRIGGER IF EXISTS event_stays")
            log._db.execute("DELETE FROM event WHERE n = (SELECT max(n) - 1 FROM event)")
        return written

    patch.setattr(EventLog, "append", erases)


MUTANTS: list[tuple[Callable[[Patch], None], str, frozenset[str], str]] = [
    (naive_cursor, "memory", LINE, "I1 I7"),
    (normal_synchronous, "memory", frozenset({"power_cut"}), "I1 I5 I7"),
    (vector_outside_the_transaction, "memory", LINE, "I2 I4 I7 IntegrityError"),
    (the_later_clock_wins, "memory", LINE, "I6"),
    (folded_as_they_came, "memory", LINE, "I3 I6"),
    (heads_are_the_last_arrived, "memory", LINE, "I3 I6"),
    (numbers_from_one, "memory", LINE, "I5"),
    (no_witness, "memory", frozenset({"database_copied_back"}), "I5"),
    (one_machine_as_another, "memory", frozenset({"desk_cloned_elsewhere"}), "I5"),
    (revoked_in_vain, "memory", frozenset({"desk_revoked"}), "R37"),
    (retired_and_forgotten, "memory", frozenset({"desk_retired"}), "I1 I7"),
    (a_key_for_nobody, "memory", frozenset({"desk_revoked"}), "I3"),
    (snapshot_without_its_heads, "memory", frozenset({"snapshot_start"}), "I3 I6"),
    (erased_events, "memory", LINE, "I1 I4 I7 I8"),
]


@pytest.mark.parametrize(("mutant", "hub", "kinds", "named"), MUTANTS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_simulator_finds(
    mutant: Callable[[Patch], None], hub: str, kinds: frozenset[str], named: str, monkeypatch: Patch
) -> None:
    assert kinds <= KINDS
    mutant(monkeypatch)
    for seed in range(MOST_SEEDS):
        problem = run_history(seed, hub, kinds=kinds).problem
        if problem:
            assert problem.split(":")[0] in named.split(), problem
            return
    pytest.fail(f"{mutant.__name__} was not found in {MOST_SEEDS} histories")
