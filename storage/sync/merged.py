"""A new desk that names the unit of today finds the station that was founded under the code of before a merger.

A station keeps the id of its founding code, and only its own log says into which unit it was merged. So its desks leave
`merged-STATION` in the other code's place at each hub; the newcomer believes it once it has the station's log.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence

from core.answers import InvalidInput
from core.moments import legal_day
from core.record import canonical
from storage.desk import Desk
from storage.folder import station_id
from storage.sync.protocol import Hub

_LARGEST = 4096


def leave_merged(desk: Desk, hub: Hub) -> None:
    """Tell at the hub that this station goes on under another unit's code, where its law says so today."""
    identity = desk.identity
    code = goes_on_as(desk)
    if code == identity.unit:
        return
    place, name = station_id(code), f"merged-{identity.station}"
    if name not in hub.blobs(place, "merged-"):
        hub.put_blob(place, name, canonical({"unit": identity.unit}))


def goes_on_as(desk: Desk) -> str:
    """The code under which the desk's unit goes today, by its station's law."""
    day = legal_day(desk.now())
    return desk.law.code_on(desk.identity.unit, day) or desk.identity.unit


def merged_into(hubs: Sequence[Hub], unit: str) -> list[str]:
    """The founding codes of stations at the hubs that are said to go on under the unit's code, and that are there."""
    place = station_id(unit)
    found = set()
    for hub in hubs:
        for name in hub.blobs(place, "merged-"):
            data = hub.get_blob(place, name) or b""
            with contextlib.suppress(ValueError, RecursionError, KeyError, TypeError):
                code = str(json.loads(data[:_LARGEST])["unit"])
                if name == f"merged-{station_id(code)}" and holds_unit(hub, code):
                    found.add(code)
    return sorted(found)


def founded_as(hubs: Sequence[Hub], unit: str) -> str:
    """The code of the station that a desk of the unit joins: its own, or that of the one merged into it at the hubs.

    Raises InvalidInput `unit_merged_of_several`.
    """
    if any(holds_unit(hub, unit) for hub in hubs):
        return unit
    codes = merged_into(hubs, unit)
    if len(codes) > 1:
        raise InvalidInput("unit_merged_of_several", unit=unit, units=", ".join(codes))
    return codes[0] if codes else unit


def holds_unit(hub: Hub, unit: str) -> bool:
    """Whether any desk of the unit has left something at the hub, be it damaged or still on its way."""
    return any(reach.claimed for reach in hub.heads(station_id(unit), {}).values())
