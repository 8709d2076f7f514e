"""The parser of the command line: its words are the officer's, and wrong usage is a problem like any other."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from tui.cli.output import Problem
from tui.i18n import tr

_KEYS = {
    "usage: ": "usage.usage",
    "options": "usage.options",
    "positional arguments": "usage.arguments",
    "show this help message and exit": "usage.help",
    "the following arguments are required: %s": "usage.required",
    "one of the arguments %s is required": "usage.one_required",
    "unrecognized arguments: %s": "usage.unrecognized",
    "not allowed with argument %s": "usage.not_with",
    "ignored explicit argument %r": "usage.takes_none",
    "expected one argument": "usage.expects_one",
    "expected at most one argument": "usage.expects_one",
    "expected at least one argument": "usage.expects_one",
    "ambiguous option: %(option)s could match %(matches)s": "usage.ambiguous",
    "invalid %(type)s value: %(value)r": "usage.invalid",
    "invalid choice: %(value)r (choose from %(choices)s)": "usage.choice",
    "argument %(argument_name)s: %(message)s": "usage.argument",
}


def _in_the_officers_language(message: str) -> str:
    return tr(_KEYS[message]) if message in _KEYS else message


argparse._ = _in_the_officers_language  # type: ignore[attr-defined]  # its own gettext knows no --lang


class Parser(argparse.ArgumentParser):
    """An argument parser whose «no» is a Problem: one line or an error object, exit status 2."""

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:
        """The words in any order: options may stand between them, too."""
        try:
            return super().parse_args(args, namespace)
        except Problem as problem:
            try:
                return self.parse_intermixed_args(args, namespace)
            except TypeError:  # a parser that takes a rest
                raise problem from None

    def error(self, message: str) -> NoReturn:
        raise Problem("usage", {"detail": message, "command": self.prog}, status=2)
