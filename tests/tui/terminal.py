"""A program in a real pseudo-terminal: keyboard bytes in, the screen out."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).resolve().parents[2]
_NOT_FOR_PYTE = re.compile(rb"\x1b\[[?<>=][\d;]*(?:\$p|u)|\x1b\]22;[^\x07]*\x07")


class Terminal:
    """`with Terminal([...]) as terminal:` starts the program; leaving the block ends it."""

    def __init__(
        self, argv: Sequence[str], *, columns: int = 80, lines: int = 24, env: dict[str, str] | None = None
    ) -> None:
        self.sent = b""
        """Every byte that the program has written so far."""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0
        self._master, slave = os.openpty()
        _set_size(self._master, columns, lines)
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        settings = {**inherited, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **(env or {})}
        self._process = subprocess.Popen(
            list(argv),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=settings,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(slave)

    @classmethod
    def python(cls, *words: str, columns: int = 80, lines: int = 24, env: dict[str, str] | None = None) -> Terminal:
        """Run `python words…` with the interpreter of the tests."""
        return cls([sys.executable, *words], columns=columns, lines=lines, env=env)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes | str) -> None:
        """Send bytes as one read of the program (text as UTF-8)."""
        os.write(self._master, data.encode() if isinstance(data, str) else data)

    def pump(self, seconds: float = 0.05) -> bool:
        """Take in what the program writes within `seconds`; True if there was something."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.sent += data
        self._feed()
        return bool(data)

    def _feed(self) -> None:
        """Give the screen all whole sequences; the start of one that pyte does not know waits for its end."""
        data = self.sent[self._fed :]
        cut = data.rfind(b"\x1b", max(0, len(data) - 32))
        whole = data if cut < 0 or re.match(rb"\x1b.[^a-zA-Z\x07]*[a-zA-Z\x07]", data[cut:], re.S) else data[:cut]
        self._fed += len(whole)
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", whole))

    @property
    def descriptor(self) -> int:
        """The terminal's side of the line, for `select`."""
        return self._master

    @property
    def rows(self) -> list[str]:
        """The screen's lines, without trailing spaces."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def wait(self, until: Callable[[Terminal], bool], seconds: float = 15) -> None:
        """Read on until the screen satisfies the condition; fails with the picture where it never does."""
        end = time.monotonic() + seconds
        while not until(self):
            if time.monotonic() > end:
                raise AssertionError(f"not seen within {seconds} s; the screen is:\n{self.text}")
            self.pump()

    def expect(self, words: str, seconds: float = 15) -> None:
        """Read on until `words` stand on the screen."""
        self.wait(lambda terminal: words in terminal.text, seconds)

    def settle(self, quiet: float = 0.3, seconds: float = 15) -> None:
        """Read on until the program has been silent for `quiet` seconds."""
        end = time.monotonic() + seconds
        while self.pump(quiet) and time.monotonic() < end:
            pass

    def leave(self) -> int:
        """Take the terminal away, as a line that breaks does; answers how the program ended."""
        os.close(self._master)
        self._master = -1
        return self.ended()

    def resize(self, columns: int, lines: int) -> None:
        """As the window's border is dragged."""
        _set_size(self._master, columns, lines)
        self.screen.resize(lines, columns)
        self.signal(signal.SIGWINCH)

    def signal(self, number: signal.Signals) -> None:
        os.killpg(self._process.pid, number)

    def ended(self) -> int:
        """The exit status of a program that ends by itself."""
        return self._process.wait(timeout=15)

    def kill(self) -> None:
        """As a power cut: the program gets no chance to keep anything."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=15)

    def close(self) -> int:
        """End the program and return its exit status."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            status = self._process.wait(timeout=5)
        if self._master >= 0:
            os.close(self._master)
        return status


def _set_size(descriptor: int, columns: int, lines: int) -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
