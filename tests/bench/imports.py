"""What the desk's start imports, and what that costs.

    python -m tests.bench.imports [--rounds 7] [--budget 10]

`-X importtime` of the modules that stand before the first paint, in processes of their own: what each package costs by
itself, and each module that is over the budget (milliseconds, its own time, median).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict

from tests.bench.stations import print_machine

_STARTS = {
    "the workstation": "from tui.terminal import prepare; prepare(); import tui.app, tui.screens.sign_in",
    "one command": "import tui.cli.main, tui.cli.queue",
    "the bare interpreter": "pass",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--budget", type=float, default=10.0)
    args = options.parse_args()
    print_machine()
    for what, code in _STARTS.items():
        took = [_seconds(code) * 1000 for _ in range(args.rounds)]
        print(f"{what}: median {statistics.median(took):.0f} ms · min {min(took):.0f} · max {max(took):.0f}")
    rounds = [_imports(_STARTS["the workstation"]) for _ in range(args.rounds)]
    own: dict[str, list[float]] = defaultdict(list)
    for one in rounds:
        for module, cost in one.items():
            own[module].append(cost)
    costs = {module: statistics.median(found) for module, found in own.items()}
    packages: Counter[str] = Counter()
    for module, cost in costs.items():
        packages[_package(module)] += cost  # type: ignore[assignment]
    print(", ".join(f"{name} {cost:.0f} ms" for name, cost in packages.most_common() if cost >= 1))
    over = {module: cost for module, cost in costs.items() if cost > args.budget}
    for module, cost in sorted(over.items(), key=lambda one: -one[1]):
        print(f"over {args.budget:g} ms by itself: {module} {cost:.1f} ms")
    print(f"{len(over)} of {len(costs)} modules are over {args.budget:g} ms")


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def _imports(code: str) -> dict[str, float]:
    """Milliseconds of each module's own."""
    told = subprocess.run([sys.executable, "-X", "importtime", "-c", code], check=True, capture_output=True, text=True)
    found = {}
    for line in told.stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            found[parts[2].strip()] = int(parts[0]) / 1000
    return found


def _package(module: str) -> str:
    name = module.split(".")[0]
    return "the standard library" if name in sys.stdlib_module_names else name


if __name__ == "__main__":
    main()
