"""The witness: a small file beside the database that says how far this desk had come, and on which machine.

A database that is copied back says nothing of what was printed since. The witness is written after a receipt number
is durable and before anybody is told of it, so that whoever opens the folder next knows to go on above it. It holds
every day's last number: ten years of days are 30 KB.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path

from core.numbers import LAST_DESK_NUMBER, day_of
from storage.files import give_name, read_whole

WITNESS_NAME = "motcua.witness"
_MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


@dataclass(frozen=True, slots=True)
class Witness:
    """`epoch`, `seq` and `hash` (hex): the head of the desk's own chain.

    `days`: the last serial by desk number and day, «1/261123»; `letters`: the last number of a kind of letter by desk
    number, symbol and year, «1/PYC/2026»; `blanks`: what is kept for receipts on paper, by desk number and day, as the
    first and the last serial and then those that were used.

    `wanted`: why the desk may give no number before it has another desk number; None: it may.
    """

    machine: str
    desk: str
    epoch: int
    seq: int
    hash: str
    number: int
    wanted: str | None
    days: Mapping[str, int]
    letters: Mapping[str, int] = field(default_factory=dict)
    blanks: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def is_of_this_machine(self) -> bool:
        return self.machine == machine_mark(self.desk)


def read_witness(folder: Path, desk: str) -> Witness | None:
    """What the file says of this desk; None where there is none, or none that can be read."""
    try:
        found = Witness(**json.loads(read_whole(folder / WITNESS_NAME)))
        sound = found.desk == desk and _is_sound(found)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return found if sound else None


def _is_sound(found: Witness) -> bool:
    """Whether all that is told could be a desk's: what has rotted is no witness."""
    kept = (serial for serials in found.blanks.values() for serial in serials)
    counts = (found.epoch, found.seq, *found.days.values(), *found.letters.values(), *kept)
    if any(len(serials) < 2 for serials in found.blanks.values()):
        return False
    for place in (*found.days, *found.blanks):
        number, _, day = place.partition("/")
        day_of(day)
        if not 1 <= int(number) <= LAST_DESK_NUMBER or place != f"{int(number)}/{day}":
            return False
    for place in found.letters:
        number, symbol, year = place.split("/")
        if not 1 <= int(number) <= LAST_DESK_NUMBER or not symbol or not 1 <= int(year) <= 9999:
            return False
    return (
        all(type(one) is int and 0 <= one < 1 << 48 for one in counts)
        and type(found.number) is int
        and 1 <= found.number <= LAST_DESK_NUMBER
        and all(isinstance(text, str) for text in (found.machine, found.hash, found.wanted or ""))
    )


def write_witness(folder: Path, witness: Witness) -> None:
    """Put the file in place as a whole, durable when this returns. Raises OSError where the disk prevents it."""
    path = folder / WITNESS_NAME
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(json.dumps(asdict(witness), separators=(",", ":")).encode())
            file.flush()
            os.fsync(file.fileno())
        give_name(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Let what was renamed in a folder be durable. Raises OSError."""
    if sys.platform == "win32":  # a folder is no file there, and its entries are journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def machine_mark(desk: str) -> str:
    """This machine as the desk's witness names it: a keyed hash, which tells nobody else which machine it is."""
    return blake2b(_machine().encode(), key=desk.encode()[:64], digest_size=16).hexdigest()


def _machine() -> str:
    """What stays the same as long as the system is not installed anew; else a network card's address, or the name."""
    if found := _installation():
        return found
    card = uuid.getnode()
    return platform.node() if card >> 40 & 1 else f"{card:012x}"  # that bit: no card was found, the number is random


def _installation() -> str:
    if sys.platform == "win32":
        import winreg

        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE,
                r"SOFTWARE\Microsoft\Cryptography",
                0,
                winreg.KEY_READ | winreg.KEY_WOW64_64KEY,
            ) as key,
        ):
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        return ""
    for path in _MACHINE_FILES:
        with contextlib.suppress(OSError, ValueError):
            if found := path.read_text(encoding="ascii").strip():
                return found
    return ""
