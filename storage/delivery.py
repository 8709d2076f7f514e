"""One message to the command that the desk's settings name: an SMS gateway's or a mailer's own program."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.answers import InvalidInput

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


def words_of(text: str) -> tuple[str, ...]:
    """The command that somebody wrote in a line: words between blanks, quoted where they have blanks of their own.

    A backslash is itself, as in Windows' paths. Raises InvalidInput `deliver_unread` for a quote that stays open,
    `deliver_missing` where this machine has no such program.
    """
    reader = shlex.shlex(text, posix=True, punctuation_chars=False)
    reader.whitespace_split, reader.escape, reader.commenters = True, "", ""
    try:
        words = tuple(word for word in reader if word)
    except ValueError as error:
        raise InvalidInput("deliver_unread") from error
    if words and shutil.which(words[0]) is None:
        raise InvalidInput("deliver_missing")
    return words


def line_of(command: Sequence[str]) -> str:
    """The command as one line, as `words_of` reads it."""
    return " ".join(_quoted(word) for word in command)


def _quoted(word: str) -> str:
    if '"' in word:
        return f"'{word}'"
    return f'"{word}"' if re.search(r"[\s']", word) else word


def deliver(command: Sequence[str], message: Mapping[str, object], seconds: float = SECONDS) -> Outcome:
    """Run the command, with the message as one JSON document on its standard input; no shell, no window.

    What it prints is dropped, for it may name a person; the desk's own secrets are not in its environment.
    """
    told = json.dumps(message, ensure_ascii=False).encode("utf-8")
    try:
        status = _status(command, told, seconds)
    except subprocess.TimeoutExpired:
        return Outcome("gateway_timeout", f"{seconds:g}")
    except (OSError, ValueError):
        return Outcome("gateway_missing")
    if status == TAKEN:
        return Outcome(None)
    if status == NEVER:
        return Outcome("address_refused", again=False)
    return Outcome("gateway_refused", f"{status}")


def _status(command: Sequence[str], told: bytes, seconds: float) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    with subprocess.Popen(
        [shutil.which(command[0]) or command[0], *command[1:]],  # Windows itself looks only for an .exe
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            process.communicate(told, timeout=seconds)
        except BaseException:
            _end(process)
            raise
        return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """With whatever it has started: else each try would leave one more that hangs."""
    if sys.platform == "win32":
        tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError):
            subprocess.run(tree, capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW, check=False)
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
