"""Our desks at the work of tests.bench.sync: `python -m tests.bench.sync_ours WORK URL PLACE NUMBER…` prints JSON.

Through the real doors (Desk, exchange), encrypted files, `synchronous=FULL`; each batch signed, each chain verified.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from core.record import body_hash, chain_hash
from storage.database import streaming, transaction
from storage.desk import Desk
from storage.event_log import StoredEvent, bodies, epoch_ms
from storage.sync import batches, snapshot
from storage.sync.batch import read_head, unpack
from storage.sync.enrolment import sign_key
from storage.sync.exchange import exchange, open_hub
from storage.sync.pulling import CHUNK
from storage.sync.pushing import Push
from storage.sync.tally import Tally
from tests.bench.sync_copy import inserted
from tests.bench.sync_desks import Station, edit, stand_still, station, take_in, timed
from tests.storage.sync_desks import dump

_SINGLE = 1000
_QUIET = 20
_STARTS = 5
_AGAIN_S = 1


def meet(url: str, place: Path, dossiers: int, edited: int) -> dict[str, Any]:
    """W1 to W4, as the peers do it."""
    found: dict[str, Any] = {}
    with station(place, url) as desks:
        before = _events(desks.a)
        found["w1_100"] = timed(lambda: take_in(desks, dossiers, 100, seed=7))
        found["w1_1"] = timed(lambda: take_in(desks, _SINGLE, 1, seed=8)) / _SINGLE
        found["w2_events"] = _events(desks.a) - before
        found.update(_bare(desks, dossiers))
        size = hub_bytes(url)
        for name, desk in (("push", desks.a), ("pull", desks.b)):
            began = time.process_time()
            found[f"w2_{name}"] = timed(lambda desk=desk: desks.sync(desk))
            found[f"w2_{name}_cpu"] = time.process_time() - began
        found["w2_bytes"] = hub_bytes(url) - size
        assert _events(desks.a) == _events(desks.b)
        found.update(_edit(desks, edited))
        found["w4"] = statistics.median(timed(lambda: desks.sync(desks.a)) for _ in range(_QUIET))
        found["w4_process"] = statistics.median(_process(desks.a) for _ in range(_STARTS))
    return found


def _bare(desks: Station, dossiers: int) -> dict[str, float]:
    """The engine alone with the rows that W1 wrote: one event for each dossier."""
    own = desks.a.identity.origin
    rows = desks.a.log.stored(own, desks.a.log.last_seq(own) - dossiers - _SINGLE, dossiers + _SINGLE)
    single = inserted(desks.a.connection, rows[dossiers:], 1) / _SINGLE
    return {"w1_bare_100": inserted(desks.a.connection, rows[:dossiers], 100), "w1_bare_1": single}


def _edit(desks: Station, edited: int) -> dict[str, Any]:
    chosen = desks.made[:edited]
    desks.at(desks.a.now() + timedelta(minutes=5))
    legal_before = _legal(desks.a, chosen)
    edit(desks.a, chosen, "a")
    edit(desks.b, chosen, "b")
    took = timed(lambda: [desks.sync(desk) for desk in (desks.a, desks.b, desks.a)])
    assert dump(desks.a) == dump(desks.b)
    marks = Counter(_outcome(desks.b, name) for name in chosen)
    legal = _legal(desks.b, chosen) - legal_before
    expected = 2 * sum(place % 2 for place in range(edited))
    return {
        "w3": took,
        "w3_surfaced": marks["conflict"],
        "w3_coalesced": marks["coalesced"],
        "w3_harmless": marks["harmless"],
        "w3_lost": expected - legal + marks["lost"],
    }


def _outcome(desk: Desk, name: str) -> str:
    """What became of the two edits of a dossier, as anyone who opens it is told."""
    dossier = desk.dossier(name)
    assert dossier is not None
    marks = {mark for mark in dossier.marks.values()}
    if marks - {"conflict", "coalesced"}:
        return "lost"
    if dossier.conflicts:
        return "conflict"
    return "coalesced" if "coalesced" in marks else "harmless"


def _legal(desk: Desk, names: list[str]) -> int:
    """How many events beyond the receipt stand in the log of these dossiers, phone corrections left out."""
    wanted = set(names)
    asked = "SELECT entity, kind, body FROM event WHERE kind IN ('result_ready', 'refused', 'corrected')"
    rows = desk.connection.execute(asked).fetchall()
    return sum(entity in wanted and b'"applicant.phone"' not in body for entity, _, body in rows)


def _events(desk: Desk) -> int:
    return sum(head.seq for head in desk.log.heads().values())


def _process(desk: Desk) -> float:
    """`motcua sync` as a process of its own, from its start to its end."""
    words = [sys.executable, "-m", "tui.cli.main", "sync", "--once", "--data", str(desk.folder)]
    return timed(lambda: subprocess.run(words, check=True, capture_output=True))


def hub_bytes(url: str) -> int:
    """What the hub holds: the files of a folder, the relations of a database with their indexes."""
    kind, _, rest = url.partition(":")
    if kind == "folder":
        return sum(path.stat().st_size for path in Path(rest).rglob("*") if path.is_file())
    asked = """
    SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    """
    with psycopg.connect(url) as link:
        row = link.execute(asked).fetchone()
    assert row is not None
    return int(row[0])


def parts(url: str, place: Path, events: int, size: int) -> dict[str, Any]:
    """Push and pull in batches of `size`, step by step; then a whole exchange of a third desk, as officers have it."""
    with station(place, url, 3, events) as desks:
        made = desks.work(events)
        desks.write(made)
        before, batches.MAX_EVENTS = hub_bytes(url), size
        found: dict[str, Any] = {"events": len(made), "body": sum(len(one.body or b"") for one in made) / len(made)}
        found["header"] = sum(len(one.header) for one in made) / len(made)
        found["push_cut"] = timed(lambda: batches.cut_own(desks.a))
        reaches = desks.hub.heads(desks.a.identity.station, {})
        found["push"] = found["push_cut"] + timed(lambda: Push(desks.a, desks.hub, Tally()).run(reaches))
        found["bytes"] = (hub_bytes(url) - before) / len(made)
        with streaming(desks.b.connection):
            found.update(_taken(desks, size))
        found["whole"] = timed(lambda: desks.sync(desks.desks[2]))
        assert dump(desks.b) == dump(desks.desks[2]) and desks.holds(desks.b, events)
        found.update(_functions(desks, made, size))
    return found


def _taken(desks: Station, size: int) -> dict[str, float]:
    """B takes what A sent: fetched, opened and verified, appended and committed, then projected and committed.

    Small batches together in one transaction, as a pull takes them.
    """
    origin, b = desks.a.identity.origin, desks.b
    spent: dict[str, float] = dict.fromkeys(("fetch", "unpack", "append", "project", "batch"), 0.0)
    count = 0
    offers = desks.hub.offers(b.identity.station, origin, b.log.last_seq(origin)).batches
    together = max(1, CHUNK // size)
    for first in range(0, len(offers), together):
        began = time.perf_counter()
        data = [desks.hub.fetch(offer) for offer in offers[first : first + together]]
        fetched = time.perf_counter()
        opened = [unpack(one, b.keys()) for one in data]
        key = sign_key(b, origin.desk, [])
        assert key is not None and all(one.head.signed_by(key) for one in opened)
        unpacked = time.perf_counter()
        with transaction(b.connection):
            events = [event for one in opened for event in one.events]
            taken = b.log.receive(origin, events, epoch_ms(b.now()), proven=True)
            for one in opened:
                batches.keep(b, one.head)
        appended = time.perf_counter()
        with transaction(b.connection):
            b.projection.apply(bodies(taken))
        sent = sum(map(len, data))
        ends = (fetched - began, unpacked - fetched, appended - unpacked, time.perf_counter() - appended, sent)
        spent = {name: spent[name] + part for (name, part) in zip(spent, ends, strict=True)}
        count += len(taken)
    spent["pull"] = spent["fetch"] + spent["unpack"] + spent["append"]
    spent["batch"] /= count
    return spent


def _functions(desks: Station, made: Sequence[StoredEvent], size: int) -> dict[str, float]:
    """What chain, signature and the bare engine cost for the same events, in seconds."""
    head = read_head(
        desks.hub.fetch(desks.hub.offers(desks.a.identity.station, desks.a.identity.origin, 0).batches[-1])
    )
    private, public = desks.a.identity.sign_private, sign_key(desks.b, desks.a.identity.desk, [])
    assert public is not None
    rounds = -(-len(made) // size)

    def chain() -> None:
        previous = made[0].hash
        for one in made:
            body_hash(one.salt or b"", one.body or b"")
            previous = chain_hash(previous, one.header, one.digest)

    return {
        "chain": timed(chain),
        "sign": timed(lambda: [head.sign(private) for _ in range(rounds)]),
        "check": timed(lambda: [head.signed_by(public) for _ in range(rounds)]),
        "insert": inserted(desks.b.connection, made, size),
    }


def backlog(url: str, place: Path, events: int, size: int) -> dict[str, Any]:
    """A station whose desk A holds a week's work that the hub lacks, cut by `size`; its folders stay, for `carry`."""
    with station(place, url, history=events) as desks:
        made = desks.work(events)
        desks.write(made)
        batches.MAX_EVENTS = size
        batches.cut_own(desks.a)
    return {"events": len(made)}


def carry(url: str, place: Path, number: int) -> dict[str, Any]:
    """A desk exchanges, begun again wherever the line breaks it off, from opening its folder until nothing is left.

    `told`: how many events each exchange moved; `silence`: the longest time without progress, in seconds.
    """
    stand_still()
    moments = [time.perf_counter()]
    desk, hub = Desk.open(place / f"d{number}"), open_hub(url)
    told = []
    while True:
        report = exchange(desk, hub, lambda *_: moments.append(time.perf_counter()))
        told.append(report.sent + report.received)
        if report.error is None:
            break
        assert report.error.code == "hub_unreachable", report
        time.sleep(_AGAIN_S)
    moments.append(time.perf_counter())
    desk.close()
    silence = max(later - one for one, later in pairwise(moments))
    return {"took": moments[-1] - moments[0], "told": told, "silence": silence}


def bootstrap(url: str, place: Path, events: int, rounds: int) -> list[dict[str, Any]]:
    """New desks join a station with a long history: by replaying it, then by a snapshot that one of them made."""
    with station(place, url, 1, events) as desks:
        desks.write(desks.work(events))
        push = timed(lambda: desks.sync(desks.a))
        replayed = [timed(desks.join) for _ in range(rounds)]
        maker = desks.b
        made = timed(lambda: snapshot.make(maker, desks.hub))
        size = sum(one.size for one in snapshot.manifests(desks.hub, maker.identity.station)) / events
        started = [timed(desks.join) for _ in range(rounds)]
        desks.sync(maker)
        assert dump(desks.desks[-1]) == dump(maker) and desks.holds(maker, events)
    common = {"events": events, "push": push, "snapshot_made": made, "snapshot_bytes": size}
    return [{**common, "replay": one, "snapshot": two} for one, two in zip(replayed, started, strict=True)]


WORKS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (meet, parts, backlog, carry, bootstrap)}


def main() -> None:
    name, url, place, *numbers = sys.argv[1:]
    print(json.dumps(WORKS[name](url, Path(place), *map(int, numbers))))


if __name__ == "__main__":
    main()
