"""A bundle of the same events: `python -m tests.bench.sync_bundle URL PLACE EVENTS` prints one JSON object."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from core.answers import Refusal
from storage.sync.bundle_export import export_bundle
from storage.sync.bundle_import import import_bundle
from storage.sync.bundle_policy import allow
from tests.bench.sync_desks import station, timed
from tests.bench.sync_events import work
from tests.storage.bundles import policy
from tests.storage.sync_desks import officer_of


def bundle(url: str, place: Path, events: int) -> dict[str, Any]:
    """Desk A writes its work to a medium, desk B takes it in; both never hear of each other otherwise."""
    with station(place, url) as desks:
        officer, path = officer_of(desks.a), place / "week.bundle"
        assert not isinstance(allow(desks.a, officer, policy(), None), Refusal)
        for desk in (desks.a, desks.b):
            desks.sync(desk)
        made = list(work(desks.writer(), events))
        desks.write(made)
        found: dict[str, Any] = {"events": len(made)}
        found["export"] = timed(lambda: export_bundle(desks.a, officer, path))
        found["bytes"] = sum(one.stat().st_size for one in place.glob("week.bundle*")) / len(made)
        found["import"] = timed(lambda: import_bundle(desks.b, path))
        assert desks.a.log.heads()[desks.a.identity.origin].seq - 1 <= desks.b.log.last_seq(desks.a.identity.origin)
    return found


if __name__ == "__main__":
    print(json.dumps(bundle(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
