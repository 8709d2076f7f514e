"""A program behind a line of 300 ms: `python tests/tui/slow_line.py COMMAND…` in a terminal; half of it each way."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time
import tty
from collections import deque

_EACH_WAY = 0.15


def main() -> None:
    size = fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))
    child, line = pty.fork()
    if child == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    fcntl.ioctl(line, termios.TIOCSWINSZ, size)
    tty.setraw(0)
    ways = {0: (line, deque[tuple[float, bytes]]()), line: (1, deque[tuple[float, bytes]]())}
    while True:
        waits = [held[0][0] for _, held in ways.values() if held]
        late = max(0.0, min(waits) - time.monotonic()) if waits else None
        for source in select.select(list(ways), [], [], late)[0]:
            try:
                data = os.read(source, 65536)
            except OSError:  # the program has ended
                data = b""
            if not data:
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            ways[source][1].append((time.monotonic() + _EACH_WAY, data))
        for target, held in ways.values():
            while held and held[0][0] <= time.monotonic():
                os.write(target, held.popleft()[1])


if __name__ == "__main__":
    main()
