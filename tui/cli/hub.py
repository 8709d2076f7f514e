"""`motcua hub`: make a place where desks meet, see what lies there, and let this desk meet others there or no more."""

from __future__ import annotations

import argparse
from typing import Any

from core.answers import Refusal
from core.record import NO_HASH
from storage.desk import Desk
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, no_desk_sends, open_desk
from tui.cli.output import Problem, print_json
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "|".join(_ACTIONS))
    for name in _ACTIONS:
        one = action(place, name, parser)
        one.add_argument("url", metavar="URL")
        if name == "init":
            one.add_argument("--durable-after", type=_hours, metavar="HOURS")
        elif name == "join-code":
            acts(one)


def run(args: argparse.Namespace) -> int:
    with no_desk_sends():
        return _ACTIONS[args.action](args)


def _init(args: argparse.Namespace) -> int:
    from storage.sync.exchange import open_hub

    hub = open_hub(args.url)
    hub.create(args.durable_after)
    if args.json:
        print_json({"url": hub.url, "stations": hub.stations(), "durable_after": hub.durable_after()})
    else:
        print(tr("cli.hub.ready", url=hub.url))
        if not hub.url.startswith("folder:"):
            print(tr("cli.hub.desk_role"))
    return 0


def _use(args: argparse.Namespace) -> int:
    from storage.sync.exchange import add_hub, open_hub

    hub = open_hub(args.url)
    hub.stations()  # a name that is mistyped, or a password, is told now
    with open_desk(args) as desk:
        add_hub(desk, hub)
        return _tell_hubs(args, desk, "cli.hub.used", hub.url)


def _leave(args: argparse.Namespace) -> int:
    from storage.sync.exchange import leave_hub, open_hub

    url = open_hub(args.url).url
    with open_desk(args) as desk:
        refused = leave_hub(desk, url)
        if refused:
            raise Problem.of(refused)
        return _tell_hubs(args, desk, "cli.hub.left", url)


def _tell_hubs(args: argparse.Namespace, desk: Desk, said: str, url: str) -> int:
    from storage.sync.exchange import hub_urls

    if args.json:
        print_json({"hubs": hub_urls(desk)})
    else:
        print(tr(said, url=url))
    return 0


def _join_code(args: argparse.Namespace) -> int:
    from storage.sync.exchange import open_hub
    from storage.sync.join_codes import make_join_code

    with open_desk(args) as desk:
        made = make_join_code(desk, open_hub(args.url), acting_officer(args, desk))
    if isinstance(made, Refusal):
        raise Problem.of(made)
    if args.json:
        print_json({"code": made.code, "expires_at": made.expires_at.isoformat()})
        return 0
    print(tr("cli.hub.join_code", code=made.code, until=f"{made.expires_at:%H:%M %d/%m/%Y}"))
    if not made.confirms:
        print(tr("cli.hub.join_code_unsigned"))
    return 0


def _hours(text: str) -> int:
    """Seconds of so many hours, whole or not."""
    seconds = float(text) * 3600
    if not 0 <= seconds < 10 * 366 * 86400:
        raise ValueError(text)
    return round(seconds)


def _status(args: argparse.Namespace) -> int:
    found = status_json(args.url)
    if args.json:
        print_json(found)
        return 0
    if not found["stations"]:
        print(tr("cli.hub.empty", url=found["url"]))
    for station in found["stations"]:
        print(tr("cli.hub.station", station=station["station"]))
        for origin in station["origins"]:
            print("  " + tr("cli.hub.origin", **{name: origin[name] for name in ("desk", "epoch", "seq", "damaged")}))
    return 0


def status_json(url: str) -> dict[str, Any]:
    """Stations at a hub, each with its origins and how far their chains reach."""
    from storage.sync.exchange import open_hub
    from storage.sync.protocol import pull_plan

    hub = open_hub(url)
    stations = []
    for station in hub.stations():
        origins = []
        for origin, reach in sorted(hub.heads(station, {}).items(), key=lambda one: (one[0].desk, one[0].epoch)):
            offers = hub.offers(station, origin, 0)
            origins.append(
                {
                    "desk": origin.desk,
                    "epoch": origin.epoch,
                    "seq": reach.head.seq,
                    "hash": reach.head.hash.hex() if reach.head.seq else None,
                    "batches": len(offers.batches),
                    "damaged": len(offers.damaged),
                    "forked": pull_plan(offers.batches, 0, lambda seq: None if seq else NO_HASH).forked,
                }
            )
        stations.append({"station": station, "origins": origins})
    return {"url": hub.url, "stations": stations}


_ACTIONS = {"init": _init, "use": _use, "leave": _leave, "status": _status, "join-code": _join_code}
