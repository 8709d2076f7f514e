"""The reasons that this version of the program brings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.reasons import USES, Reason
from storage.lawbook.package import DATA, read_toml
from storage.lawbook.rows import Fields

_FIELDS = frozenset(
    {
        *("use", "code", "title_vi", "title_en", "valid_from", "valid_to", "basis"),
        *("verified", "unverified_reason_vi", "unverified_reason_en"),
    }
)


@cache
def package_reasons() -> tuple[Reason, ...]:
    """Every row of core/data/reasons.toml; an `InvalidInput` names the first one with a fault."""
    return reasons_of(read_toml((DATA / "reasons.toml").read_bytes()))


def reasons_of(content: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The reasons of a file's content; one that is not verified says why in both languages."""
    return tuple(_reason(row, f"reasons.toml: reason {n}") for n, row in enumerate(content["reason"], 1))


def _reason(row: Mapping[str, Any], where: str) -> Reason:
    fields = Fields(row, where, _FIELDS)
    first, last = fields.days()
    verified = fields.flag("verified")
    read = fields.maybe_text if verified else fields.text
    return Reason(
        use=fields.one_of("use", USES),
        code=fields.text("code"),
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        valid_from=first,
        valid_to=last,
        basis=fields.text("basis") if verified else fields.maybe_text("basis"),
        verified=verified,
        unverified_reason_vi=read("unverified_reason_vi"),
        unverified_reason_en=read("unverified_reason_en"),
    )
