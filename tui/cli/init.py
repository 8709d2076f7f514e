"""`motcua init`: a new desk without the screens; founds its station, or joins it at a hub that holds the unit."""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.text import clean_line
from tui.cli.common import data_folder, no_desk_sends, secret
from tui.cli.officer import officer_json
from tui.cli.output import Problem, print_json, report
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.founding import NewDesk
    from storage.sync.joining import Started
    from storage.sync.protocol import Hub


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", required=True, metavar="CODE")
    parser.add_argument("--unit-name", metavar="TEXT")
    parser.add_argument("--desk", required=True, type=int, metavar="N")
    parser.add_argument("--officer", required=True, metavar="NAME")
    parser.add_argument("--hub", action="append", default=[], metavar="URL")
    parser.add_argument("--city-key", metavar="FILE")
    parser.add_argument("--anew", action="store_true")


def run(args: argparse.Namespace) -> int:
    from storage.sync.exchange import open_hub
    from storage.sync.joining import start_desk

    hubs = [open_hub(url) for url in args.hub]
    folder, code = data_folder(args).absolute(), os.environ.get("MOTCUA_JOIN") or None
    with no_desk_sends():
        for hub in hubs:
            hub.create()
        started = start_desk(folder, _new_desk(args, hubs), hubs, code, anew=args.anew)
    identity = started.desk.identity
    if args.json:
        print_json(_started_json(started))
    else:
        facts = {"unit": identity.unit_name, "number": identity.number, "data": started.desk.folder}
        print(tr("cli.init.joined" if started.joined else "cli.init.founded", **facts))
        if started.recovery:
            print(tr("cli.recovery.left", file=started.recovery))
    if started.problem is not None:
        report(Problem.of(started.problem), as_json=False)
    started.desk.close()
    return 0


def _new_desk(args: argparse.Namespace, hubs: list[Hub]) -> NewDesk:
    from storage.folder import fixed_now
    from storage.founding import NewDesk
    from storage.keys import check_pin
    from storage.sync.merged import holds_unit, merged_into
    from tui.first_start import is_unit_code, known_name

    unit, officer = clean_line(args.unit), clean_line(args.officer)
    if not is_unit_code(unit):
        raise Problem("unit_invalid", {"unit": unit}, status=2)
    if not officer:
        raise Problem("usage", {"detail": "--officer", "command": "motcua init"}, status=2)
    fixed = fixed_now()
    now = fixed or datetime.now(LEGAL_TIME).replace(microsecond=0)
    name = clean_line(args.unit_name or "") or known_name(unit)
    if not name and not any(holds_unit(hub, unit) for hub in hubs) and not merged_into(hubs, unit):
        raise Problem("unit_name_missing", {"unit": unit}, status=2)
    pin = secret("MOTCUA_PIN", tr("cli.init.pin", name=officer))
    check_pin(pin)
    return NewDesk(
        unit=unit,
        unit_name=name or unit,
        number=args.desk,
        officer=officer,
        pin=pin,
        now=now,
        test=fixed is not None,
        city_key=_city_key(args.city_key),
    )


def _city_key(name: str | None) -> str | None:
    """The city's public Ed25519 key in hex, from a file that holds it in hex or as PEM."""
    if name is None:
        return None
    try:
        return _public_key(Path(name).read_bytes()).hex()
    except (OSError, ValueError) as error:
        raise InvalidInput("city_key_invalid", file=name) from error


def _public_key(content: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if content.lstrip().startswith(b"-----"):
        key = load_pem_public_key(content)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return key.public_bytes_raw()
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(content.decode("ascii").strip())).public_bytes_raw()


def _started_json(started: Started) -> dict[str, Any]:
    identity, first = started.desk.identity, officer_json(started.officer)
    return {
        "station": identity.station,
        "unit": identity.unit,
        "unit_name": identity.unit_name,
        "desk": {"id": identity.desk, "number": identity.number},
        "officer": {name: first[name] for name in ("id", "code", "name", "roles")},
        "joined": started.joined,
        "data": str(started.desk.folder),
        "recovery": str(started.recovery) if started.recovery else None,
    }
