"""`motcua text`: filters on lines of standard input: keys composed as fields do it, names, cards, citizen numbers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from core.composing import Method, ToneStyle, compose
from core.text import fold, name_sort_key
from tui.cli.batch import filter_lines, lines_decoded, run_batch
from tui.i18n import tr

_NO_CARD: dict[str, object] = {"status": "error", "fields": None, "warnings": []}
_NO_NUMBER: dict[str, object] = {
    "valid": False, "place_code": None, "place": None, "sex": None, "birth_year": None, "warnings": [],
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", required=True, metavar="compose|fold|sort|card|number")
    keys = parts.add_parser("compose", help=tr("cli.text.compose"))
    keys.add_argument("--method", choices=[*Method], required=True)
    keys.add_argument("--tone-style", choices=[*ToneStyle], default=ToneStyle.OLD, help=tr("cli.text.tone_style"))
    for name in ("fold", "sort", "card", "number"):
        parts.add_parser(name, help=tr(f"cli.text.{name}"))


def run(args: argparse.Namespace) -> int:
    if args.part == "card":
        from tui.cli.text_facts import card

        return run_batch("-", card, _NO_CARD)
    if args.part == "number":
        from tui.cli.text_facts import number

        return run_batch("-", number, _NO_NUMBER)
    if args.part == "sort":
        return _sort()
    return filter_lines(fold if args.part == "fold" else _composing(Method(args.method), ToneStyle(args.tone_style)))


def _composing(method: Method, style: ToneStyle) -> Callable[[str], str]:
    """Backspace may be written out as `\\b`: few shells let the character itself be typed."""
    return lambda line: compose(line.replace("\\b", "\b"), method, style)


def _sort() -> int:
    """Lines in the order of Vietnamese name lists; those that are equal there by code point."""
    names, bad = lines_decoded()
    for name in sorted(names, key=lambda name: (name_sort_key(name), name)):
        sys.stdout.write(name + "\n")
    return 1 if bad else 0
