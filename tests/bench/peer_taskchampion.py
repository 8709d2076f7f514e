"""TaskChampion at the work of tests.bench.sync; run by the Python that has it, with DOSSIERS EDITED PLACE.

Prints one JSON object: seconds of each part, and what can be counted. A dossier is a task with four properties.
Of edits that decide, three in four differ from the other side's: of two values one remains, and nobody is told.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from taskchampion import AccessMode, Operations, Replica, TaskData

_SINGLE = 1000
_QUIET = 20
_STREETS = ("Ông Ích Khiêm", "Núi Thành", "Tôn Đức Thắng", "Nguyễn Tất Thành", "Trưng Nữ Vương", "Lê Duẩn")


def main() -> None:
    dossiers, edited, place = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    for folder in ("a", "b", "server"):
        (place / folder).mkdir(parents=True)
    a, b = (Replica.new_on_disk(str(place / name), True, AccessMode.ReadWrite) for name in "ab")
    server = str(place / "server")
    found: dict[str, Any] = {"version": _version()}
    found["w1_100"] = _timed(lambda: _create(a, dossiers, 100, seed=7))
    found["w1_1"] = _timed(lambda: _create(a, _SINGLE, 1, seed=8)) / _SINGLE
    made = dossiers + _SINGLE
    found["w2_ops"] = made * 5
    began = _cpu()
    found["w2_push"] = _timed(lambda: a.sync_to_local(server, True))
    found["w2_push_cpu"], began = _cpu() - began, _cpu()
    found["w2_pull"] = _timed(lambda: b.sync_to_local(server, True))
    found["w2_pull_cpu"] = _cpu() - began
    found["w2_bytes"] = sum(path.stat().st_size for path in (place / "server").rglob("*") if path.is_file())
    assert len(b.all_task_uuids()) == made
    found.update(_meet(a, b, server, edited))
    found["w4"] = statistics.median(_timed(lambda: a.sync_to_local(server, True)) for _ in range(_QUIET))
    print(json.dumps(found))


def _create(replica: Replica, count: int, per_commit: int, *, seed: int) -> None:
    picked = random.Random(seed)
    for part in _parts(range(count), per_commit):
        ops = Operations()
        for _ in part:
            task = TaskData.create(str(uuid.UUID(int=picked.getrandbits(128), version=4)), ops)
            task.update("procedure", "temporary-residence", ops)
            task.update("name", f"Nguyễn Thị Hồng {picked.randrange(10**6)}", ops)
            task.update("phone", f"0905{picked.randrange(10**6):06d}", ops)
            task.update("address", f"{picked.randrange(400)} {picked.choice(_STREETS)}, phường Hòa Hải, Đà Nẵng", ops)
        replica.commit_operations(ops)


def _meet(a: Replica, b: Replica, server: str, edited: int) -> dict[str, Any]:
    """The same tasks edited on both without either having seen the other; half of them in the property that decides."""
    chosen = sorted(a.all_task_uuids())[:edited]
    for replica, side in ((a, "a"), (b, "b")):
        for part in _parts(list(enumerate(chosen)), 100):
            ops = Operations()
            for place, name in part:
                task = replica.get_task_data(name)
                assert task is not None
                value = "same" if place % 8 == 7 else f"{side}-{place}"
                task.update("outcome" if place % 2 else "phone", value, ops)
            replica.commit_operations(ops)

    def until_equal() -> None:
        for replica in (a, b, a):
            replica.sync_to_local(server, True)

    took = _timed(until_equal)
    left, right = (_contents(replica, chosen) for replica in (a, b))
    assert left == right
    lost = sum(values["outcome"] != "same" for values in left[1::2])
    return {"w3": took, "w3_surfaced": 0, "w3_lost": lost}


def _contents(replica: Replica, names: Iterable[str]) -> list[dict[str, str]]:
    tasks = replica.all_task_data()
    return [dict(tasks[name].items()) for name in names]


def _parts(items: Any, size: int) -> Iterator[Any]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _version() -> str:
    return next(f"{one.name} {one.version}" for one in distributions() if one.name.startswith("taskchampion"))


if __name__ == "__main__":
    main()
