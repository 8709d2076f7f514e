"""A slow, lossy line for real TCP: a process of ours carries packets between this machine and a network namespace.

Needs root and /dev/net/tun (Linux), but no netem. Each way has its own rate, delay, loss (seeded) and a bounded queue,
as a modem has; what the line does to a stream is left to the kernel's own TCP on both ends.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NEAR, FAR = "10.213.0.1", "10.213.0.2"
_NAME = "motcua-bench"
_SET, _TUN, _NO_INFO = 0x400454CA, 0x0001, 0x1000
_QUEUE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """Bits a second and loss each way; `round_trip` in seconds."""

    rate: float
    round_trip: float
    loss: float


@contextmanager
def line(kind: Line) -> Iterator[list[str]]:
    """The words that run a command at the far end, where this machine is NEAR; OSError where that can't be made."""
    _ip("netns", "add", _NAME)
    carrier = None
    try:
        words = [sys.executable, "-m", "tests.bench.sync_line", str(kind.rate), str(kind.round_trip), str(kind.loss)]
        carrier = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert carrier.stdout is not None
        if carrier.stdout.readline() != b"ready\n":
            raise OSError("no tun device")
        yield ["ip", "netns", "exec", _NAME]
    finally:
        if carrier is not None:
            carrier.terminate()
            carrier.wait()
        _ip("netns", "delete", _NAME)


def possible() -> bool:
    """Whether this machine lets us make a namespace and a tun device."""
    try:
        with line(Line(1e6, 0.01, 0)):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _ip(*words: str, inside: bool = False) -> None:
    subprocess.run(["ip", *(["-n", _NAME] if inside else []), *words], check=True, capture_output=True)


def _device(name: str, address: str, peer: str, inside: bool) -> int:
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, _SET, struct.pack("16sH", name.encode(), _TUN | _NO_INFO))
    if inside:
        _ip("link", "set", name, "netns", _NAME)
    _ip("address", "add", address, "peer", peer, "dev", name, inside=inside)
    _ip("link", "set", name, "up", inside=inside)
    return handle


@dataclass(slots=True)
class _Way:
    """One direction: packets wait for the wire, travel, and are handed over in order."""

    kind: Line
    out: int
    picked: random.Random
    free_at: float = 0.0
    travelling: list[tuple[float, int, bytes]] = field(default_factory=list)
    count: int = 0

    def send(self, packet: bytes, now: float) -> None:
        waiting = max(0.0, self.free_at - now) * self.kind.rate / 8
        self.count += 1
        if waiting > _QUEUE:
            return
        self.free_at = max(now, self.free_at) + len(packet) * 8 / self.kind.rate
        if self.picked.random() >= self.kind.loss:
            heapq.heappush(self.travelling, (self.free_at + self.kind.round_trip / 2, self.count, packet))

    def deliver(self, now: float) -> None:
        while self.travelling and self.travelling[0][0] <= now:
            os.write(self.out, heapq.heappop(self.travelling)[2])


def _carry(kind: Line) -> None:
    near = _device("mcnear", NEAR, FAR, inside=False)
    far = _device("mcfar", FAR, NEAR, inside=True)
    ways = {near: _Way(kind, far, random.Random(1)), far: _Way(kind, near, random.Random(2))}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        now = time.monotonic()
        due = [way.travelling[0][0] for way in ways.values() if way.travelling]
        ready = select.select(list(ways), [], [], max(0.0, min(due) - now) if due else None)[0]
        now = time.monotonic()
        for device in ready:
            ways[device].send(os.read(device, 65536), now)
        for way in ways.values():
            way.deliver(now)


if __name__ == "__main__":
    _carry(Line(*map(float, sys.argv[1:4])))
