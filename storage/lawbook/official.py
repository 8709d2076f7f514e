"""The national system's form as this version of the program knows it: core/data/official.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from core.official import FIELDS, OfficialField, OfficialForm
from core.service import Doubt
from storage.lawbook.package import DATA, read_toml
from storage.lawbook.rows import Fields

_FILE = frozenset({"field", "verified", "unverified_reason_vi", "unverified_reason_en"})
_FIELD = frozenset({"name", "title_vi", "title_en"})


@cache
def official_form() -> OfficialForm:
    """Its fields in its order; an `InvalidInput` names the first row with a fault."""
    return form_of(read_toml((DATA / "official.toml").read_bytes()))


def form_of(content: Mapping[str, Any]) -> OfficialForm:
    """A file's content; one that is not verified says why in both languages."""
    whole = Fields(content, "official.toml", _FILE)
    rows = [Fields(row, f"official.toml: field {n}", _FIELD) for n, row in enumerate(whole.items("field"), 1)]
    fields = tuple(
        OfficialField(row.one_of("name", FIELDS), row.text("title_vi"), row.text("title_en")) for row in rows
    )
    verified = whole.flag("verified")
    return OfficialForm(
        fields, None if verified else Doubt(whole.text("unverified_reason_vi"), whole.text("unverified_reason_en"))
    )


def _field(row: Fields) -> OfficialField:
    return OfficialField(row.one_of("name", FIELDS), row.text("title_vi"), row.text("title_en"))
