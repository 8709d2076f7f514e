"""One message to the command that the desk's settings name: an SMS gateway's or a mailer's own program."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SECONDS = 60
"""How long the command may take."""
TAKEN, NEVER = 0, 65
"""Exit statuses: it has the message; the address can't be right (EX_DATAERR). Any other one: later again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` None: taken. Else why not, as a code with a `detail` (a status, never what the command printed)."""

    reason: str | None
    detail: str = ""
    again: bool = True


def deliver(command: Sequence[str], message: Mapping[str, object], seconds: float = SECONDS) -> Outcome:
    """Run the command, with the message as one JSON document on its standard input; no shell, no window.

    What it prints is dropped, for it may name a person; the desk's own secrets are not in its environment.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    try:
        done = subprocess.run(
            list(command),
            input=json.dumps(message, ensure_ascii=False).encode("utf-8"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        return Outcome("gateway_timeout", f"{seconds:g}")
    except (OSError, ValueError):
        return Outcome("gateway_missing")
    if done.returncode == TAKEN:
        return Outcome(None)
    if done.returncode == NEVER:
        return Outcome("address_refused", again=False)
    return Outcome("gateway_refused", f"{done.returncode}")
