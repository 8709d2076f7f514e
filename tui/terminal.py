"""What must be settled before Textual is imported, because it reads the environment only once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from tui.i18n import tr

LEAST = (60, 20)
"""The smallest terminal, in columns and lines, that the screens can be read on."""


def prepare() -> None:
    """Set Textual's switches for a desk: call before anything imports `textual`.

    The Kitty protocol's «report all keys» loses the commits of Vietnamese input methods, so it is not
    asked for. On Windows the driver asks only to tell ambiguous keys apart, whatever the switch says, and
    must still understand the answers: the switch stays off there. A value that is already set wins.

    What follows a key, such as a preview, is painted a frame later: at 60 frames a second that would be 30
    ms. Esc is Esc once nothing has followed it for 10 ms (as in tmux), not for 100: a terminal sends an Alt key in
    one piece.
    """
    if os.name != "nt":
        os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
        os.environ.setdefault("TEXTUAL_DRIVER", "tui.driver:TerminalDriver")
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_FPS", "120")
    os.environ.setdefault("ESCDELAY", "10")


def refusal() -> str | None:
    """The catalogue key of the reason why the screens cannot open on this terminal; None where they can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "terminal.not_a_terminal"
    if os.environ.get("TERM", "").lower() in ("dumb", "unknown"):
        return "terminal.dumb"
    return None


def open_screens(folder: Path | None, **options: Any) -> int:
    """Settle the terminal, then open the workstation (`tui.app.run_workstation`); answers the exit status.

    A terminal that can't show it gets a sentence and the commands that do the same job.
    """
    refused = refusal()
    if refused is not None:
        print(tr(refused), file=sys.stderr)
        return 1
    prepare()
    from tui.app import run_workstation

    return run_workstation(folder, **options)
