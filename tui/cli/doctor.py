"""`motcua doctor`: what is wrong with this desk, and how to mend it."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator

from core.answers import InvalidInput, Refusal
from tui.cli.common import open_desk
from tui.cli.output import print_json
from tui.i18n import tr
from tui.sentences import by_number, sentence
from tui.terminal import LEAST, refusal

Part = tuple[str, list[Refusal]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace) -> int:
    found: list[Part] = []
    for part, problems in _parts(args):
        found.append((part, problems))
        if not args.json:
            _print(part, problems)
    ok = not any(problems for _, problems in found)
    if args.json:
        print_json({"ok": ok, "parts": [_part_json(*one) for one in found]})
    return 0 if ok else 1


def _parts(args: argparse.Namespace) -> Iterator[Part]:
    """What can be looked at: where the folder does not open, the reason is all that there is beside the terminal."""
    from storage.conflicts import desk_numbers
    from storage.examining import examine

    yield "terminal", list(_terminal())
    try:
        with open_desk(args) as desk:
            numbers = desk_numbers(desk)
            for part, problems in examine(desk):
                yield part, [by_number(one, numbers) for one in problems]
    except InvalidInput as error:
        yield "folder", [Refusal(error.code, params=error.params)]


def _terminal() -> Iterator[Refusal]:
    """What keeps the screens from opening here; nothing where nobody sits at a terminal."""
    if not sys.stdout.isatty():
        return
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        yield Refusal("terminal_not_utf8", params={"encoding": sys.stdout.encoding or "?"})
    if refusal() == "terminal.dumb":
        yield Refusal("terminal_dumb")
    width, height = shutil.get_terminal_size()
    if width < LEAST[0] or height < LEAST[1]:
        yield Refusal("terminal_small", params={"width": str(width), "height": str(height)})


def _part_json(part: str, problems: list[Refusal]) -> dict[str, object]:
    told = [{"code": one.code, "message": sentence(one.code, one.params)} for one in problems]
    return {"part": part, "ok": not problems, "problems": told}


def _print(part: str, problems: list[Refusal]) -> None:
    name = tr(f"doctor.{part}")
    if not problems:
        print(f"  ✓ {name}", flush=True)
    for one in problems:
        print(f"  ✗ {name}: {sentence(one.code, one.params)}", flush=True)
