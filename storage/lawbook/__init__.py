"""The one reader of the law: data files and a station's amendments → rows → a validated `core.law.Law`."""

from __future__ import annotations

from functools import cache

from core.law import Law
from storage.lawbook.building import law_from_rows
from storage.lawbook.package import package_rows
from storage.lawbook.rows import LawRow, row_hash

__all__ = ["LawRow", "law_from_rows", "package_law", "package_rows", "row_hash"]


@cache
def package_law() -> Law:
    """The law that this version of the program brings, for commands that have no station."""
    return law_from_rows(package_rows())
