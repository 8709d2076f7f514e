"""Commands that have actions of their own (`hub init`): each takes the common options after its name too."""

from __future__ import annotations

import argparse
from typing import Any


def actions(parser: argparse.ArgumentParser, names: str) -> Any:
    """The place for a command's actions; one of them must be named."""
    return parser.add_subparsers(dest="action", required=True, metavar=names)


def action(place: Any, name: str, parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """One action's parser; what stands before its name stays where it does not say otherwise."""
    made: argparse.ArgumentParser = place.add_parser(name, description=parser.description)
    made.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS)
    made.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS)
    made.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    made.add_argument("--debug", action="store_true", default=argparse.SUPPRESS)
    return made
