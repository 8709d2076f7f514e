"""Keys pressed in a real pseudo-terminal, and how long their answers take."""

from __future__ import annotations

import os
import select
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.tui.terminal import Terminal

_LONGEST = 30.0
"""Seconds that the first byte of an answer is waited for."""
Times = tuple[float, float]
"""Milliseconds from a key to its answer's end, and to the last byte."""


def opened(folder: Path) -> Terminal:
    """The desk of a folder, 100x30."""
    words = ("-m", "tui.cli.main", "--data", str(folder))
    return Terminal.python(*words, columns=100, lines=30, env={"COLORTERM": "truecolor"})


@contextmanager
def signed_in(folder: Path, code: str, pin: str) -> Iterator[Terminal]:
    """An officer at the desk, with the queue read."""
    with opened(folder) as terminal:
        terminal.expect("PIN")
        terminal.settle()
        terminal.write(code + "\r")
        terminal.settle()
        terminal.write(pin + "\r")
        terminal.expect("F1")
        terminal.expect("/")
        terminal.settle(0.6)
        yield terminal


def press(terminal: Terminal, key: bytes) -> Times:
    """A key's times: a gap of 6 ms ends the answer, 40 ms of silence all of it; a key that nothing answers fails.

    The clock's own repaint is waited out.
    """
    line = terminal.descriptor
    while select.select([line], [], [], 0.03)[0]:
        os.read(line, 65536)
    began = last = time.perf_counter()
    answered: float | None = None
    os.write(line, key)
    while select.select([line], [], [], _LONGEST if last == began else 0.04)[0]:
        now = time.perf_counter()
        if last != began and now - last > 0.006:
            answered = answered or last
        os.read(line, 65536)
        last = time.perf_counter()
    assert last != began, key
    return ((answered or last) - began) * 1000, (last - began) * 1000


def report_keys(what: str, times: Sequence[Times]) -> None:
    """Both times of keys of one kind."""
    report(f"key to its row, {what}", [answer for answer, _ in times])
    report(f"key to the last byte, {what}", [last for _, last in times])


def report(what: str, times: Sequence[float]) -> None:
    """Milliseconds, a line."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    middle = statistics.median(ordered)
    spread = f"p99 {p99:.1f} · min {ordered[0]:.1f} · max {ordered[-1]:.1f} (n={len(times)})"
    print(f"{what}: median {middle:.1f} ms · {spread}")
