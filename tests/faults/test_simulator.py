"""Hundreds of random histories: nothing lost, nothing doubled, nothing apart; and a seed is a history."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import simulator
from tests.faults.chaos import ROWS
from tests.faults.simulator import STEPS, Totals, main, run_history

PARTS, OF_EACH = 10, 25
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("hub", ["folder", "memory"])
def test_histories_lose_nothing_double_nothing_and_end_alike(part: int, hub: str) -> None:
    totals = Totals()
    for seed in range(part * OF_EACH, (part + 1) * OF_EACH, 2):
        totals.add(run_history(seed + (hub == "memory"), hub))
    assert [(one.seed, one.problem) for one in totals.problems] == []
    assert totals.steps >= STEPS * totals.histories
    assert sorted(totals.kinds)[totals.histories // 2] >= 5
    assert sorted(totals.conflicts)[totals.histories // 2] >= 1


@pytest.mark.parametrize("hub", ["folder", "memory"])
def test_a_seed_is_a_history_to_the_last_word(hub: str) -> None:
    first, again, other = (run_history(seed, hub) for seed in (7, 7, 8))
    assert first.digest == again.digest != other.digest


def test_a_seed_is_the_same_history_in_every_process() -> None:
    program = "from tests.faults.simulator import run_history\nprint(run_history(7, 'memory').digest)"
    told = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert told == {run_history(7, "memory").digest + "\n"}


def test_the_totals_name_every_fault(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "--histories", "2", "--seed", "3"])
    monkeypatch.setattr(simulator, "TOLD_EVERY", 1)
    assert main() == 0
    told, progress = capsys.readouterr()
    assert [line.partition(" in ")[0] for line in progress.splitlines()[:2]] == ["1 of 2", "2 of 2"]
    assert "lost 0 · doubled 0 · diverged 0" in told
    assert all(kind in told for kind in ROWS)
