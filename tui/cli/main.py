"""The command line: finds the command's module and turns every outcome into an exit status.

Each command is a module of this package with `arguments(parser)` and `run(args) -> int`. Modules are imported
only when their command is called, so that one command never pays for another's libraries.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence

from core.answers import InvalidInput
from tui.cli.output import Problem, reading_fault, report
from tui.cli.priority import step_back
from tui.cli.streams import abandon_output, is_output_full, open_streams
from tui.cli.usage import Parser
from tui.i18n import set_language, tr

COMMANDS = {
    "demo": "tui.cli.demo",
    "init": "tui.cli.init",
    "officer": "tui.cli.officer",
    "deadline": "tui.cli.deadline",
    "calendar": "tui.cli.calendar",
    "catalogue": "tui.cli.catalogue",
    "intake": "tui.cli.intake",
    "queue": "tui.cli.queue",
    "show": "tui.cli.show",
    "explain": "tui.cli.explain",
    "act": "tui.cli.act",
    "search": "tui.cli.search",
    "results": "tui.cli.results",
    "official": "tui.cli.official",
    "post": "tui.cli.post",
    "fines": "tui.cli.fines",
    "messages": "tui.cli.messages",
    "letter": "tui.cli.letter",
    "blanks": "tui.cli.blanks",
    "handover": "tui.cli.handover",
    "forecast": "tui.cli.forecast",
    "roster": "tui.cli.roster",
    "shift": "tui.cli.shift",
    "report": "tui.cli.report",
    "survey": "tui.cli.survey",
    "outreach": "tui.cli.outreach",
    "feedback": "tui.cli.feedback",
    "hub": "tui.cli.hub",
    "desk": "tui.cli.desk",
    "sync": "tui.cli.sync",
    "bundle": "tui.cli.bundle",
    "conflicts": "tui.cli.conflicts",
    "resolve": "tui.cli.resolve",
    "backup": "tui.cli.backup",
    "restore": "tui.cli.restore",
    "verify": "tui.cli.verify",
    "verify-slip": "tui.cli.verify_slip",
    "doctor": "tui.cli.doctor",
    "export": "tui.cli.export",
    "text": "tui.cli.text",
}
_STEP_BACK = ("intake", "official", "sync", "bundle")


def common(parser: argparse.ArgumentParser) -> None:
    """The options that every command takes."""
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--lang", choices=("vi", "en"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--debug", action="store_true")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the contract's exit status: 0 done, 1 refused or bad input, 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None and any(word in _STEP_BACK for word in words):
        step_back()
    open_streams()
    set_language(_value_of("--lang", words))
    try:
        status = _run(words)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader has gone: nobody is left to tell
        abandon_output()
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if "--debug" in words:
            raise
        return _tell(error, as_json="--json" in words)


def _run(words: list[str]) -> int:
    command, rest = _split(words)
    module = importlib.import_module(COMMANDS[command] if command else "tui.cli.workstation")
    parser = Parser(
        prog=f"motcua {command}".strip(),
        description=tr(f"cli.{command or 'workstation'}.help"),
        epilog=None if command else _commands(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common(parser)
    module.arguments(parser)
    try:
        args = parser.parse_args(rest)
    except SystemExit as left:  # --help has been given
        return int(left.code or 0)
    return int(module.run(args))


def _tell(error: Exception, *, as_json: bool) -> int:
    """Report what stopped a command, as far as anybody can still be told; answers the exit status."""
    if isinstance(error, OSError) and is_output_full(error):
        abandon_output()
        problem, as_json = Problem("output_full"), False
    elif isinstance(error, InvalidInput):
        problem = Problem.of(error)
    elif isinstance(error, Problem):
        problem = error
    else:
        problem = _of_file(error) or _of_engine(error) or Problem("unexpected", {"what": type(error).__name__})
    with contextlib.suppress(OSError):
        report(problem, as_json=as_json)
        sys.stdout.flush()
    return problem.status


def _of_file(error: Exception) -> Problem | None:
    """A file or folder of the command line that cannot even be looked at: its name is too long, its folder closed."""
    if not isinstance(error, OSError) or not isinstance(error.filename, str | bytes):
        return None
    return Problem("file_unusable", {"file": os.fsdecode(error.filename), "detail": reading_fault(error)})


def _of_engine(error: Exception) -> Problem | None:
    """What the database's engine reports where nobody expected it: a rotten page, a disk that fails."""
    if not type(error).__module__.startswith("sqlcipher3"):
        return None
    from storage.database import officer_errors

    try:
        with officer_errors():
            raise error
    except InvalidInput as told:
        return Problem.of(told)
    except Exception:
        return None


def _commands() -> str:
    """Every command with what it does."""
    known = "\n".join(f"  {name:11} {tr(f'cli.{name}.help')}" for name in COMMANDS)
    return f"{tr('cli.commands')}\n{known}"


def _value_of(option: str, words: Sequence[str]) -> str | None:
    for position, word in enumerate(words):
        if word == option and position + 1 < len(words):
            return words[position + 1]
        if word.startswith(option + "="):
            return word.partition("=")[2]
    return None


def _split(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command's name ("" for none) and the other words; common options may stand before the name."""
    skip = False
    for position, word in enumerate(words):
        if skip:
            skip = False
        elif word in ("--data", "--lang", "--as"):
            skip = True
        elif not word.startswith("-"):
            if word not in COMMANDS:
                raise Problem("command_unknown", {"command": word}, status=2)
            return word, [*words[:position], *words[position + 1 :]]
    return "", list(words)


if __name__ == "__main__":
    sys.exit(main())
