"""The way of a paper to a printer, and what the printer says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core.answers import Refusal

_PRINT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """`printer` None: the system's default one. `viewer`: show the PDF, to be printed from there."""

    printer: str | None = None
    viewer: bool = False


def printers() -> tuple[str, ...]:
    """The names that the print system knows; none where it can't be asked."""
    asked = shutil.which("lpstat")
    if asked is None:
        return ()
    try:
        answer = subprocess.run([asked, "-e"], capture_output=True, text=True, timeout=_PRINT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(answer.stdout.split())


def send_to_printer(path: Path, settings: PrinterSettings) -> Refusal | None:
    """Hand a PDF to the printer or the viewer; None: it was taken (whether it came out, only a person sees).

    Refusals: `printer_missing` (no print system here), `printer_failed` (it said no), `viewer_missing`.
    """
    if sys.platform == "win32":
        return _windows(path, "open" if settings.viewer else "print")
    if settings.viewer:
        return _hand_to(shutil.which("xdg-open") or shutil.which("open"), [], path, "viewer_missing")
    for command, option in (("lp", "-d"), ("lpr", "-P")):
        if found := shutil.which(command):
            chosen = [option, settings.printer] if settings.printer else []
            return _hand_to(found, chosen, path, "printer_missing")
    return Refusal("printer_missing")


def _hand_to(command: str | None, options: list[str], path: Path, missing: str) -> Refusal | None:
    if command is None:
        return Refusal(missing)
    try:
        done = subprocess.run(
            [command, *options, str(path.resolve())], capture_output=True, timeout=_PRINT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Refusal("printer_failed")
    return None if done.returncode == 0 else Refusal("printer_failed")


def _windows(path: Path, verb: str) -> Refusal | None:
    """Windows prints a PDF through the program that is registered for it, on the default printer."""
    start = getattr(os, "startfile")  # noqa: B009  (missing elsewhere, so unknown to the type checker)
    try:
        start(str(path.resolve()), verb)
    except OSError:
        return Refusal("printer_missing" if verb == "print" else "viewer_missing")
    return None
