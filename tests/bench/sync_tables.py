"""The results of tests.bench.sync as markdown: medians with minimum and maximum, and the peers' times as multiples."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.bench.sync_line import Kind

Rounds = Sequence[Mapping[str, Any]]
Found = Mapping[str, Rounds]
_FIELDS = 4
_SINGLE = 1000
_GUARANTEES = {
    "ours, folder": (
        "desk: encrypted file, fsync a commit (and of the witness file), event chained, "
        "state folded, queue and search index kept; "
        "hub: batch signed, sealed, fsynced"
    ),
    "ours, PostgreSQL": "the same; hub: fsync and synchronous_commit at each batch",
    "TaskChampion": "SQLite with WAL, fsync a commit; no encryption (local server), no signature, no chain",
    "PouchDB": "LevelDB, no fsync a write; no encryption, no signature; MD5 revision ids",
}


def meet(found: Found, dossiers: int, edited: int) -> None:
    """W1 to W4, each beside what ours takes with a folder."""
    ours = found["ours, folder"]
    made = dossiers + _SINGLE
    _title("What each side guarantees")
    versions = {name: rounds[0].get("version", "this version") for name, rounds in found.items()}
    _table(("system", "version", "guarantee"), ((name, versions[name], _GUARANTEES[name]) for name in found))
    _title(f"W1: {dossiers:,} dossiers with four fields on one desk")
    head = ("system", "100 a commit, s", "× ours", "field changes/s", "one a commit, ms", "× ours")
    rows = []
    for name, rounds in found.items():
        many, one = _all(rounds, "w1_100"), _all(rounds, "w1_1")
        rate = _rate(dossiers * _FIELDS, many)
        times = _times(many, _all(ours, "w1_100")), _times(one, _all(ours, "w1_1"))
        rows.append((name, _middle(many, 2), times[0], rate, _middle(_scaled(one, 1000), 2), times[1]))
    for label, many, one in (("a bare INSERT of ours", "w1_bare_100", "w1_bare_1"),):
        bare = _all(ours, many), _all(ours, one)
        times = _times(bare[0], _all(ours, "w1_100")), _times(bare[1], _all(ours, "w1_1"))
        rate = _rate(dossiers * _FIELDS, bare[0])
        rows.append((label, _middle(bare[0], 2), times[0], rate, _middle(_scaled(bare[1], 1000), 2), times[1]))
    _table(head, rows)
    _title(f"W2: {made:,} dossiers to a hub, then to a second desk")
    head = (
        "system",
        "push, s",
        "× ours",
        "pull, s",
        "× ours",
        "CPU, s",
        "field changes/s, both",
        "B a dossier at the hub",
    )
    rows = []
    for name, rounds in found.items():
        push, pull = _all(rounds, "w2_push"), _all(rounds, "w2_pull")
        both = [one + other for one, other in zip(push, pull, strict=True)]
        cpu = [one["w2_push_cpu"] + one["w2_pull_cpu"] for one in rounds]
        size = _middle(_scaled(_all(rounds, "w2_bytes"), 1 / made), 0)
        times = _times(push, _all(ours, "w2_push")), _times(pull, _all(ours, "w2_pull"))
        row = (
            name,
            _middle(push, 2),
            times[0],
            _middle(pull, 2),
            times[1],
            _middle(cpu, 2),
            _rate(made * _FIELDS, both),
        )
        rows.append((*row, size))
    _table(head, rows)
    _met(found, edited)
    _quiet(found)


def _met(found: Found, edited: int) -> None:
    legal = edited // 2
    _title(f"W3: {edited:,} dossiers edited on both desks, {legal:,} in what decides ({legal // 4:,} of them alike)")
    head = ("system", "until equal, s", "× ours", "shown to a person", "alike, joined", "by rule, loser kept",
            "only found if asked for", "deciding edits overwritten")  # fmt: skip
    rows = []
    for name, rounds in found.items():
        until, last = _all(rounds, "w3"), rounds[-1]
        counts = [last.get(f"w3_{what}") for what in ("surfaced", "coalesced", "harmless", "hidden", "lost")]
        shown = ["–" if count is None else f"{count:,}" for count in counts]
        rows.append((name, _middle(until, 2), _times(until, _all(found["ours, folder"], "w3")), *shown))
    _table(head, rows)


def _quiet(found: Found) -> None:
    _title("W4: nothing to say")
    head = ("system", "exchange, ms", "× ours", "`motcua sync` with its start, ms")
    rows = []
    for name, rounds in found.items():
        quiet = _scaled(_all(rounds, "w4"), 1000)
        times = _times(quiet, _scaled(_all(found["ours, folder"], "w4"), 1000))
        whole = _middle(_scaled(_all(rounds, "w4_process"), 1000), 0) if "w4_process" in rounds[0] else "–"
        rows.append((name, _middle(quiet, 2), times, whole))
    _table(head, rows)


def parts(found: Found) -> None:
    """W2 step by step, events a second."""
    first = next(rounds[0] for rounds in found.values() if "header" in rounds[0])
    bytes_of = f"bodies of {first['body']:.0f} B, headers of {first['header']:.0f} B"
    _title(f"W2 step by step: {first['events']:,} events ({bytes_of}) in batches of 5,000 and 500; events/s")
    head = ("system, batch", "push", "fetch, open, verify, append", "fold and project", "whole exchange",
            "B in a batch", "B at the hub")  # fmt: skip
    rows = []
    for name, rounds in found.items():
        count = rounds[0]["events"]
        row = [_rate(count, _all(rounds, "push")), _rate(count, _all(rounds, "pull"))]
        for step in ("project", "whole"):
            row.append(_rate(count, _all(rounds, step)) if step in rounds[0] else "–")
        row.append(_middle(_all(rounds, "batch"), 0) if "batch" in rounds[0] else "–")
        rows.append((name, *row, _middle(_all(rounds, "bytes"), 0)))
    _table(head, rows)
    _title("Where the time goes, µs an event")
    steps = ("push_cut", "push", "fetch", "unpack", "append", "project", "chain", "sign", "check", "insert")
    names = ("cut and sign", "push in all", "fetch", "open and verify", "append, commit", "project, commit",
             "of these: chain", "sign", "check signature", "bare INSERT, commit")  # fmt: skip
    rows = []
    for name, rounds in found.items():
        if "append" in rounds[0]:
            scale = 1e6 / rounds[0]["events"]
            rows.append((name, *(_middle(_scaled(_all(rounds, step), scale), 2) for step in steps)))
    _table(("system, batch", *names), rows)


def line(found: Found, kind: Kind, events: int) -> None:
    """W5; what crossed the wire is counted in the direction of the events, with headers and what was sent again."""
    rate, delay, loss = f"{kind.rate / 1e6:g} Mbit/s", f"{kind.round_trip * 1000:g} ms", f"{kind.loss:.0%}"
    _title(f"W5: {events:,} events through {rate}, {delay} there and back, {loss} loss each way")
    rows = []
    for name, rounds in found.items():
        for what, seconds, size in (("", "took", "wire"), (" written", "push", "wire"), (" read", "pull", "wire_back")):
            if seconds in rounds[0]:
                took, wire = _all(rounds, seconds), _all(rounds, size)
                used = [100 * size * 8 / kind.rate / one for size, one in zip(wire, took, strict=True)]
                told = ("–", "–", "–") if what else _told(rounds)
                rows.append((name + what, _middle(took, 1), _middle(_scaled(wire, 1e-3), 0), _middle(used, 0), *told))
    head = ("line, what", "s", "kB on the wire", "% of the line", "longest without progress, s", "exchanges",
            "events of each, first round")  # fmt: skip
    _table(head, rows)


def _told(rounds: Rounds) -> tuple[str, ...]:
    exchanges = [len(one["told"]) for one in rounds]
    moved = " + ".join(f"{count:,}" for count in rounds[0]["told"])
    return _middle(_all(rounds, "silence"), 1), _middle(exchanges, 0), moved


def bootstrap(found: Found) -> None:
    """W6: a long history, by replay and by snapshot."""
    _title("W6: a new desk takes a long history")
    rows = []
    for name, rounds in found.items():
        count = rounds[0]["events"]
        replay, fetched = _all(rounds, "replay"), _all(rounds, "snapshot")
        made, size = f"{rounds[0]['snapshot_made']:.1f}", f"{rounds[0]['snapshot_bytes']:.0f}"
        push = f"{count / rounds[0]['push']:,.0f}"
        rows.append((name, push, _middle(replay, 1), _rate(count, replay), made, size, _middle(fetched, 1)))
    head = ("system, events", "push, events/s (once)", "desk started by replay, s", "events/s",
            "snapshot made, s (once)", "B an event", "desk started from it, s")  # fmt: skip
    _table(head, rows)


def bundle(rounds: Rounds) -> None:
    """Writing a bundle, read back from the medium, and taking it in."""
    count = rounds[0]["events"]
    _title(f"A bundle of {count:,} events")
    written, taken = _all(rounds, "export"), _all(rounds, "import")
    row = (_middle(written, 1), _rate(count, written), _middle(taken, 1), _rate(count, taken))
    head = ("written and read back, s", "events/s", "taken in, s", "events/s", "B an event")
    _table(head, [(*row, _middle(_all(rounds, "bytes"), 1))])


def _all(rounds: Rounds, name: str) -> list[float]:
    return [float(one[name]) for one in rounds]


def _scaled(values: Iterable[float], scale: float) -> list[float]:
    return [value * scale for value in values]


def _middle(values: Sequence[float], digits: int) -> str:
    if len(values) == 1:
        return f"{values[0]:,.{digits}f} (once)"
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def _rate(count: int, seconds: Sequence[float]) -> str:
    return _middle([count / value for value in seconds], 0)


def _times(theirs: Sequence[float], ours: Sequence[float]) -> str:
    return f"{statistics.median(theirs) / statistics.median(ours):.2g}"


def _title(text: str) -> None:
    print(f"\n**{text}**\n")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
