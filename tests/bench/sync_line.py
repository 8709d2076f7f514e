"""A slow, lossy line for real TCP: a thread carries packets between this machine and a network namespace.

Needs root, /dev/net/tun and iproute2 (Linux), but no netem, which not every kernel has. Each way has its own rate,
delay, loss (seeded) and a bounded queue, as a modem has; what the line does to a stream is left to the kernel's own TCP
on both ends, which is told how to control congestion: kernels differ in what they do unasked.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NEAR, FAR = "10.213.0.1", "10.213.0.2"
_NAME = "motcua-bench"
_TUN_DEVICE = Path("/dev/net/tun")
_SET, _TUN, _NO_INFO = 0x400454CA, 0x0001, 0x1000
_QUEUE = 256 * 1024
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Kind:
    """Bits a second and loss each way, `round_trip` in seconds, what both ends' TCP does about congestion."""

    rate: float
    round_trip: float
    loss: float
    control: str


@dataclass(slots=True)
class _Way:
    """One direction: packets wait for the wire, travel, and are handed over in order. `carried`: bytes on the wire."""

    kind: Kind
    out: int
    picked: random.Random
    free_at: float = 0.0
    travelling: list[tuple[float, int, bytes]] = field(default_factory=list)
    count: int = 0
    carried: int = 0

    def send(self, packet: bytes, now: float) -> None:
        waiting = max(0.0, self.free_at - now) * self.kind.rate / 8
        self.count += 1
        if waiting > _QUEUE:
            return
        self.carried += len(packet)
        self.free_at = max(now, self.free_at) + len(packet) * 8 / self.kind.rate
        if self.picked.random() >= self.kind.loss:
            heapq.heappush(self.travelling, (self.free_at + self.kind.round_trip / 2, self.count, packet))

    def deliver(self, now: float) -> None:
        while self.travelling and self.travelling[0][0] <= now:
            os.write(self.out, heapq.heappop(self.travelling)[2])


class Line:
    """The line while it stands. `far`: the words that run a command at its far end, where this machine is NEAR."""

    far = ("ip", "netns", "exec", _NAME)

    def __init__(self, kind: Kind) -> None:
        near, far = _device("mcnear", NEAR, FAR, kind, far=False), _device("mcfar", FAR, NEAR, kind, far=True)
        self._up, self._down = _Way(kind, near, random.Random(1)), _Way(kind, far, random.Random(2))
        self._ways = {far: self._up, near: self._down}
        self._cut, self._over = threading.Event(), threading.Event()
        self._carrier = threading.Thread(target=self._carry)
        self._carrier.start()

    def carried(self) -> tuple[int, int]:
        """Bytes of all packets that were put on the wire so far, lost ones too: from the far end, to it."""
        return self._up.carried, self._down.carried

    def cut(self) -> None:
        """Let nothing through and end every connection at both ends, as where a modem must dial anew."""
        self._cut.set()
        for words, other in (((), FAR), (self.far, NEAR)):
            subprocess.run([*words, "ss", "--kill", "--tcp", "dst", other], check=True, capture_output=True)

    def mend(self) -> None:
        self._cut.clear()

    def close(self) -> None:
        self._over.set()
        self._carrier.join()
        for device in self._ways:
            os.close(device)

    def _carry(self) -> None:
        while not self._over.is_set():
            now = time.monotonic()
            due = min((way.travelling[0][0] for way in self._ways.values() if way.travelling), default=now + _LOOK_S)
            ready = select.select(list(self._ways), [], [], min(max(0.0, due - now), _LOOK_S))[0]
            now, cut = time.monotonic(), self._cut.is_set()
            for device in ready:
                packet = os.read(device, 65536)
                if not cut:
                    self._ways[device].send(packet, now)
            for way in self._ways.values():
                if cut:
                    way.travelling.clear()
                way.deliver(now)


@contextmanager
def line(kind: Kind) -> Iterator[Line]:
    """A namespace at the far end of such a line; gone afterwards."""
    _ip("netns", "add", _NAME)
    try:
        found = Line(kind)
        try:
            yield found
        finally:
            found.close()
    finally:
        _ip("netns", "delete", _NAME)


@contextmanager
def flapping(found: Line, up: float, down: float) -> Iterator[None]:
    """The line is there for `up` seconds, then away for `down`, again and again; whole afterwards."""
    over = threading.Event()

    def flap() -> None:
        while not over.wait(up):
            found.cut()
            over.wait(down)
            found.mend()

    thread = threading.Thread(target=flap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def possible() -> bool:
    """Whether this machine lets us make a namespace and a tun device; where not, that is said."""
    found = _TUN_DEVICE.exists() and os.geteuid() == 0 and all(shutil.which(name) for name in ("ip", "ss"))
    if not found:
        print("\n!!! No tun device or iproute2 here, or not root (Linux): NOTHING GOES THROUGH THE SLOW LINE.")
    return found


def _ip(*words: str, far: bool = False) -> None:
    subprocess.run(["ip", *(["-n", _NAME] if far else []), *words], check=True, capture_output=True)


def _device(name: str, address: str, peer: str, kind: Kind, *, far: bool) -> int:
    handle = os.open(_TUN_DEVICE, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, _SET, struct.pack("16sH", name.encode(), _TUN | _NO_INFO))
    if far:
        _ip("link", "set", name, "netns", _NAME)
    _ip("address", "add", address, "dev", name, far=far)
    _ip("link", "set", name, "up", far=far)
    _ip("route", "add", peer, "dev", name, "src", address, "congctl", kind.control, far=far)
    return handle
