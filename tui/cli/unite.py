"""`motcua desk unite`: one unit that was founded twice becomes one station, by both admins' word."""

from __future__ import annotations

import argparse
from typing import Any

from core.answers import Refusal
from tui.cli.common import acting_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.i18n import tr


def unite(args: argparse.Namespace) -> int:
    """Tell the own words and what hubs know of other foundings; with `--yield-to` or `--take-in` sign first.

    `--hub`: one that this desk goes to from now on too, such as a folder on a stick.
    """
    from storage.sync.exchange import add_hub, exchange, hub_urls, open_hub
    from storage.sync.uniting import apart, own_words

    with open_desk(args) as desk:
        words = own_words(desk)
        for url in args.hub:
            hub = open_hub(url)
            hub.create()
            add_hub(desk, hub)
            exchange(desk, hub)
        hubs = [open_hub(url) for url in hub_urls(desk)]
        if not hubs:
            raise Problem("unite_no_hub")
        done = _signed(args, desk, hubs)
        others = [one for hub in hubs for one in apart(desk, hub)]
    told: dict[str, Any] = {
        "words": words,
        "done": done,
        "foundings": [{"hub": one.url, "desk": one.desk, "asked": one.asked} for one in others],
    }
    if args.json:
        print_json(told)
        return 0
    if done:
        print(tr(f"cli.desk.unite.{done}"))
    print(tr("cli.desk.unite.words", words=words))
    for one in others:
        print(tr("cli.desk.unite.asks" if one.asked else "cli.desk.unite.apart", desk=one.desk, url=one.url))
    if not others:
        print(tr("cli.desk.unite.alone"))
    return 0


def _signed(args: argparse.Namespace, desk: Any, hubs: list[Any]) -> str | None:
    """What was signed at the first hub where it could be: `asked`, `united`, or None where nothing was wanted."""
    from storage.sync.uniting import take_in, yield_to

    if args.yield_to is None and args.take_in is None:
        return None
    officer = acting_officer(args, desk)
    refused: Refusal | None = None
    for hub in hubs:
        if args.yield_to is not None:
            refused = yield_to(desk, hub, officer, args.yield_to)
        else:
            refused = take_in(desk, hub, officer, args.take_in)
        if refused is None:
            return "united" if args.yield_to is None else "asked"
    assert refused is not None
    raise Problem.of(refused)
