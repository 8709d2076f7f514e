"""Keys before cycles: what the interpreter does by itself, and what waits until nobody types."""

from __future__ import annotations

import subprocess
import sys

from tests.tui.terminal import ROOT

CODE = """
import gc, sys, weakref
from tui.interpreter import clear_up, give_way_to_keys
class Ring: pass
def ring():
    one = Ring(); one.itself = one
    return weakref.ref(one)
loaded = [[] for _ in range(50_000)]
give_way_to_keys()
before = gc.get_stats()[2]["collections"]
old = ring()
kept = [[] for _ in range(500_000)]
young = ring()
kept += [[] for _ in range(50_000)]
print(gc.get_stats()[2]["collections"] - before, old() is None, young() is None, gc.get_freeze_count() > 50_000)
gone = ring(); holder = [gone()]; gc.collect(1); gc.collect(1); holder.clear()
kept += [[] for _ in range(50_000)]
print(gone() is None)
clear_up(1.0)
print(gone() is None)
clear_up(2.0)
print(gone() is None, sys.getswitchinterval() < 0.005)
"""


def test_everything_is_looked_through_only_when_told_to_and_new_cycles_go_by_themselves() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["0", "True", "True", "True", "False", "False", "True", "True"]
