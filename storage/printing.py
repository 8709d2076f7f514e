"""The way of a paper to a printer, and what the printer says: a PDF to a sheet printer, raw bytes to a roll."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.answers import Refusal
from storage.settings import Settings

_PRINT_SECONDS = 20
_NETWORK = re.compile(r"([\w.-]+):(\d{1,5})")
_NO_SUCH_PROGRAM = 1155


def printers() -> tuple[str, ...]:
    """The names that the print system knows; none where it can't be asked."""
    if sys.platform == "win32":
        from storage.winspool import spooler

        return spooler().printers()
    asked = shutil.which("lpstat")
    if asked is None:
        return ()
    try:
        answer = subprocess.run([asked, "-e"], capture_output=True, text=True, timeout=_PRINT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(answer.stdout.split())


def send_to_printer(path: Path, settings: Settings) -> Refusal | None:
    """Hand a PDF to the printer or the viewer; None: it was taken (whether it came out, only a person sees).

    Refusals: `printer_missing` (no print system here), `printer_failed` (it said no), `pdf_program_missing`
    (Windows has none that prints), `viewer_missing`.
    """
    if sys.platform == "win32":
        return _windows(path, settings)
    if settings.viewer:
        viewer = shutil.which("xdg-open") or shutil.which("open")
        return _hand_to([viewer, str(path.resolve())], b"", "") if viewer else Refusal("viewer_missing")
    for command, option in (("lp", "-d"), ("lpr", "-P")):
        if found := shutil.which(command):
            chosen = [option, settings.printer] if settings.printer else []
            return _hand_to([found, *chosen, str(path.resolve())], b"", settings.printer)
    return Refusal("printer_missing")


def send_to_roll(content: bytes, printer: str) -> Refusal | None:
    """Hand ESC/POS to a roll printer as it is: by its name, to a device file, or to `HOST:PORT`; None: it was taken.

    Refusals: `roll_printer_unchosen`, `printer_missing`, `printer_unknown` (there is none of that name),
    `printer_denied`, `printer_failed`.
    """
    if not printer:
        return Refusal("roll_printer_unchosen")
    if network := _NETWORK.fullmatch(printer):
        return _told(printer, lambda: _network(content, network[1], int(network[2])))
    if sys.platform == "win32":
        from storage.winspool import spooler

        return spooler().print_raw(printer, content)
    if printer.startswith("/"):
        return _told(printer, lambda: _device(content, printer))
    for command, option, raw in (("lp", "-d", ("-o", "raw")), ("lpr", "-P", ("-l",))):
        if found := shutil.which(command):
            return _hand_to([found, option, printer, *raw], content, printer)
    return Refusal("printer_missing")


def _hand_to(command: list[str], content: bytes, printer: str) -> Refusal | None:
    done = None
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, input=content, capture_output=True, timeout=_PRINT_SECONDS, check=False)
    return None if done is not None and done.returncode == 0 else Refusal("printer_failed", params={"printer": printer})


def _told(printer: str, send: Callable[[], None]) -> Refusal | None:
    """The fault of a device or of the network as an answer."""
    try:
        send()
    except FileNotFoundError:
        return Refusal("printer_unknown", params={"printer": printer})
    except PermissionError:
        return Refusal("printer_denied", params={"printer": printer})
    except (OSError, OverflowError):
        return Refusal("printer_failed", params={"printer": printer})
    return None


def _device(content: bytes, path: str) -> None:
    """Into a device that is there; one that takes nothing for a while (no paper, no power) is a fault."""
    import select

    if sys.platform == "win32":
        raise FileNotFoundError
    file = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            raise FileNotFoundError  # a document that was named by mistake stays as it is
        left = memoryview(content)
        while left:
            if not select.select([], [file], [], _PRINT_SECONDS)[1]:
                raise TimeoutError
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _network(content: bytes, host: str, port: int) -> None:
    import socket

    with socket.create_connection((host, port), timeout=_PRINT_SECONDS) as link:
        link.sendall(content)
        link.shutdown(socket.SHUT_WR)


def _windows(path: Path, settings: Settings) -> Refusal | None:
    """Windows prints a PDF through the program that is registered for it, on the default printer or a named one."""
    start = getattr(os, "startfile")  # noqa: B009  (missing elsewhere, so unknown to the type checker)
    asked: tuple[str, ...] = ("print",)
    if settings.viewer:
        asked = ("open",)
    elif settings.printer:
        asked = ("printto", f'"{settings.printer}"')
    try:
        start(str(path.resolve()), *asked)
    except OSError as error:
        if settings.viewer:
            return Refusal("viewer_missing")
        if getattr(error, "winerror", None) == _NO_SUCH_PROGRAM:
            return Refusal("pdf_program_missing")
        return Refusal("printer_failed", params={"printer": settings.printer})
    return None
