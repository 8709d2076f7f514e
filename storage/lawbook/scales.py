"""The scales of satisfaction that this version of the program brings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.survey import CRITERIA, Band, Criterion, Scale
from storage.lawbook.package import DATA, read_toml
from storage.lawbook.rows import Fields

_SCALE = frozenset(
    {
        *("valid_from", "valid_to", "basis", "bands"),
        *("verified", "unverified_reason_vi", "unverified_reason_en"),
    }
)
_CRITERION = frozenset({"place", "title_vi", "title_en"})


@cache
def package_scales() -> tuple[Scale, ...]:
    """Every scale of core/data/survey.toml; an `InvalidInput` names the first row with a fault."""
    return scales_of(read_toml((DATA / "survey.toml").read_bytes()))


def scales_of(content: Mapping[str, Any]) -> tuple[Scale, ...]:
    """The scales of a file's content: nine criteria, in order, which all of them share."""
    criteria = tuple(_criterion(row, n) for n, row in enumerate(content["criterion"], 1))
    if len(criteria) != CRITERIA:
        raise Fields(content["criterion"][-1], "survey.toml", _CRITERION).bad("place")
    return tuple(_scale(row, criteria, f"survey.toml: scale {n}") for n, row in enumerate(content["scale"], 1))


def _criterion(row: Mapping[str, Any], place: int) -> Criterion:
    fields = Fields(row, f"survey.toml: criterion {place}", _CRITERION)
    if fields.number("place") != place:
        raise fields.bad("place")
    return Criterion(place, fields.text("title_vi"), fields.text("title_en"))


def _scale(row: Mapping[str, Any], criteria: tuple[Criterion, ...], where: str) -> Scale:
    fields = Fields(row, where, _SCALE)
    first, last = fields.days()
    verified = fields.flag("verified")
    read = fields.maybe_text if verified else fields.text
    bands = fields.get("bands")
    if not isinstance(bands, Mapping) or not bands or not all(type(least) is int for least in bands.values()):
        raise fields.bad("bands")
    return Scale(
        valid_from=first,
        valid_to=last,
        basis=fields.text("basis"),
        verified=verified,
        unverified_reason_vi=read("unverified_reason_vi"),
        unverified_reason_en=read("unverified_reason_en"),
        criteria=criteria,
        bands=tuple(Band(code, least) for code, least in sorted(bands.items(), key=lambda one: -one[1])),
    )
