"""What every command prints: facts to stdout, each problem one line on stderr or an `error` object."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from tui.i18n import tr
from tui.sentences import sentence

_WRONG_USAGE = frozenset({"officer_not_named", "officer_ambiguous", "officer_unknown", "clock_not_test"})


class Problem(Exception):
    """Something that the person at the command line must be told; never a traceback.

    `words`: the sentence's name, where it is not the code's.
    """

    def __init__(
        self,
        code: str,
        params: Mapping[str, str] | None = None,
        *,
        basis: str | None = None,
        line: int | None = None,
        status: int = 1,
        words: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})
        self.basis = basis
        self.line = line
        self.status = status
        self.words = words or code

    @classmethod
    def of(cls, reason: Refusal | InvalidInput, line: int | None = None) -> Problem:
        status = 2 if reason.code in _WRONG_USAGE else 1
        return cls(reason.code, reason.params, basis=reason.basis, line=line, status=status)


def error_object(problem: Problem) -> dict[str, Any]:
    """The contract's error object."""
    return {
        "code": problem.code,
        "message": sentence(problem.words, problem.params),
        "basis": problem.basis,
        "line": problem.line,
    }


def report(problem: Problem, *, as_json: bool) -> None:
    """Tell one problem: a line on stderr, or the error object as the command's JSON answer."""
    error = error_object(problem)
    if as_json:
        print_json({"error": error})
        return
    where = f"{tr('cli.line', line=problem.line)}: " if problem.line is not None else ""
    basis = f" ({problem.basis})" if problem.basis else ""
    print(f"{where}{error['message']}{basis}", file=sys.stderr)


def reading_fault(error: OSError) -> str:
    """Why a file cannot be read, in the officer's language; of a folder Windows says only that it is closed."""
    if isinstance(error, FileNotFoundError):
        return tr("file.missing")
    if isinstance(error, IsADirectoryError) or _is_folder(error.filename):
        return tr("file.is_folder")
    return tr("file.no_access")


def _is_folder(name: str | bytes | None) -> bool:
    if not name:
        return False
    try:
        return Path(os.fsdecode(name)).is_dir()
    except OSError:  # a name that no file can have
        return False


def print_json(document: object) -> None:
    """One JSON document, readable, Vietnamese as it is."""
    sys.stdout.write(f"{json_text(document)}\n")


def json_text(document: object) -> str:
    """As `json.dumps` writes it, which takes long over a year's dossiers; it is asked where the fast one gives up."""
    import msgspec

    try:
        return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError):
        return json.dumps(document, ensure_ascii=False, indent=2)
