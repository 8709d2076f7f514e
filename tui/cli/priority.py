"""Long work beside an officer at the keys steps back: the machine's time goes to the keys first."""

from __future__ import annotations

import os
import sys

_BELOW_NORMAL = 0x4000


def step_back() -> None:
    """Lower this process's priority, where the operating system lets it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.setpriority(os.PRIO_PROCESS, 0, 10)
