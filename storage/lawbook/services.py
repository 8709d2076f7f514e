"""What this version of the program knows of online services: core/data/services.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.catalogue import FIELDS
from core.service import SCALES, CounterOnly, Doubt, Portal, Scale, ServiceData
from storage.lawbook.package import DATA, read_toml
from storage.lawbook.rows import Fields

_DOUBT = {"verified", "unverified_reason_vi", "unverified_reason_en"}
_DATED = {"valid_from", "valid_to", "basis", *_DOUBT}
_SCALE = frozenset({"scale", *_DATED})
_COUNTER = frozenset({"procedure", "reason_vi", "reason_en", *_DATED})
_PORTAL = frozenset({"title_vi", "title_en", "address", "fields", *_DOUBT})


@cache
def package_services() -> ServiceData:
    """The whole file; an `InvalidInput` names the first row with a fault."""
    return services_of(read_toml((DATA / "services.toml").read_bytes()))


def services_of(content: Mapping[str, Any]) -> ServiceData:
    """A file's content; a row that is not verified says why in both languages."""

    def rows(name: str, known: frozenset[str]) -> list[Fields]:
        found = content.get(name, [])
        return [Fields(row, f"services.toml: {name} {place}", known) for place, row in enumerate(found, 1)]

    return ServiceData(
        scales=tuple(map(_scale, rows("scale", _SCALE))),
        counter_only=tuple(map(_counter, rows("counter_only", _COUNTER))),
        portals=tuple(map(_portal, rows("portal", _PORTAL))),
    )


def _scale(row: Fields) -> Scale:
    return Scale(row.one_of("scale", SCALES), *row.days(), row.maybe_text("basis"), _doubt(row))


def _counter(row: Fields) -> CounterOnly:
    words = row.text("reason_vi"), row.text("reason_en")
    return CounterOnly(row.text("procedure"), *row.days(), *words, row.maybe_text("basis"), _doubt(row))


def _portal(row: Fields) -> Portal:
    address, fields = row.text("address"), row.texts("fields")
    if not address.startswith("https://"):
        raise row.bad("address")
    if not set(fields) <= set(FIELDS):
        raise row.bad("fields")
    return Portal(row.text("title_vi"), row.text("title_en"), address, fields, _doubt(row))


def _doubt(row: Fields) -> Doubt | None:
    if row.flag("verified"):
        return None
    return Doubt(row.text("unverified_reason_vi"), row.text("unverified_reason_en"))
