"""Our desks at the work of tests.bench.sync: `python -m tests.bench.sync_ours WORK URL PLACE NUMBER…` prints one JSON object.

Through the real doors (Desk, exchange), encrypted files, `synchronous=FULL`; every batch signed, every chain verified by who pulls.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from storage.desk import Desk
from storage.event_log import Origin
from tests.bench.sync_copy import inserted
from tests.bench.sync_desks import Pair, another_hub, edit, pair, take_in, timed
from tests.bench.sync_events import work
from tests.storage.sync_desks import START, dump

_SINGLE = 1000
_QUIET = 20
_STARTS = 5


def meet(url: str, place: Path, dossiers: int, edited: int) -> dict[str, Any]:
    """W1 to W4, as the peers do it."""
    found: dict[str, Any] = {}
    with pair(place, url) as desks:
        before = _events(desks.a)
        found["w1_100"] = timed(lambda: take_in(desks, dossiers, 100, seed=7))
        found["w1_1"] = timed(lambda: take_in(desks, _SINGLE, 1, seed=8)) / _SINGLE
        found["w2_events"] = _events(desks.a) - before
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


def _edit(desks: Pair, edited: int) -> dict[str, Any]:
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


WORKS: dict[str, Callable[..., dict[str, Any]]] = {"meet": meet}


def main() -> None:
    name, url, place, *numbers = sys.argv[1:]
    print(json.dumps(WORKS[name](url, Path(place), *map(int, numbers))))


if __name__ == "__main__":
    main()
