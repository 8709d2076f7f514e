"""The command line: finds the command's module and turns every outcome into an exit status.

Each command is a module of this package with `arguments(parser)` and `run(args) -> int`. Modules are imported
only when their command is called, so that one command never pays for another's libraries.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from core.answers import InvalidInput
from tui.cli.output import Problem, report
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
    "letter": "tui.cli.letter",
    "handover": "tui.cli.handover",
    "hub": "tui.cli.hub",
    "sync": "tui.cli.sync",
    "verify": "tui.cli.verify",
    "export": "tui.cli.export",
}
LATER = (
    "verify-slip", "forecast", "report", "bundle", "desk", "conflicts", "resolve", "backup", "restore", "doctor",
    "text",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in the officer's language, one line, exit status 2."""

    def error(self, message: str) -> NoReturn:
        report(Problem("usage", {"detail": message, "command": self.prog}), as_json=False)
        raise SystemExit(2)


def common(parser: argparse.ArgumentParser) -> None:
    """The options that every command takes."""
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--lang", choices=("vi", "en"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--debug", action="store_true")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the contract's exit status: 0 done, 1 refused or bad input, 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    set_language(_value_of("--lang", words))
    command, rest = _split(words)
    as_json, debug = "--json" in rest, "--debug" in rest
    try:
        if command in LATER:
            raise Problem("not_there_yet", {"command": command})
        module = importlib.import_module(COMMANDS[command] if command else "tui.cli.workstation")
        parser = Parser(
            prog=f"motcua {command}".strip(),
            description=tr(f"cli.{command or 'workstation'}.help"),
            epilog=None if command else _commands(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        common(parser)
        module.arguments(parser)
        return int(module.run(parser.parse_args(rest)))
    except (Problem, InvalidInput) as error:
        if debug:
            raise
        problem = error if isinstance(error, Problem) else Problem.of(error)
        report(problem, as_json=as_json)
        return problem.status
    except BrokenPipeError:  # the reader has gone: nobody is left to tell
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug:
            raise
        report(Problem("unexpected", {"what": type(error).__name__, "command": command}), as_json=as_json)
        return 1


def _commands() -> str:
    """Every command with what it does, and those that are not there yet."""
    known = "\n".join(f"  {name:10} {tr(f'cli.{name}.help')}" for name in COMMANDS)
    return f"{tr('cli.commands')}\n{known}\n\n{tr('cli.later', names=', '.join(LATER))}"


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
        elif word in ("--data", "--lang"):
            skip = True
        elif not word.startswith("-"):
            if word not in COMMANDS and word not in LATER:
                report(Problem("command_unknown", {"command": word}), as_json=False)
                raise SystemExit(2)
            return word, [*words[:position], *words[position + 1 :]]
    return "", list(words)


if __name__ == "__main__":
    sys.exit(main())
