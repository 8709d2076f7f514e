"""The data files of core/data → rows for a station's log, in a fixed order."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import core
from core.answers import InvalidInput
from storage.lawbook.rows import LawRow

DATA = Path(core.__file__).parent / "data"


@cache
def package_rows() -> tuple[LawRow, ...]:
    """Every row of the law that this version of the program brings."""
    return rows_of(DATA)


def rows_of(folder: Path) -> tuple[LawRow, ...]:
    """Every row of a folder laid out as core/data is.

    Raises `InvalidInput`: `law_file_invalid` for a file that is no TOML or lacks a key that names its rows,
    `law_row_duplicate` for two rows with one key.
    """
    rows = (*_years(folder), *_flat(folder), *_procedures(folder))
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        if (row.entity, row.table, row.key) in seen:
            raise InvalidInput("law_row_duplicate", where=row.where)
        seen.add((row.entity, row.table, row.key))
    return rows


def _years(folder: Path) -> Iterator[LawRow]:
    for path in sorted((folder / "calendar").glob("*.toml")):
        yield from year_rows(_load(path), f"calendar/{path.name}")


def year_rows(content: Mapping[str, Any], source: str) -> Iterator[LawRow]:
    """A calendar year, its special days and its golden cases."""
    year = dict(content)
    days, cases = year.pop("day", []), year.pop("case", [])
    key = _key(year, "year", source)
    yield LawRow("calendar", "year", key, year, source)
    if cases:
        yield LawRow("calendar", "cases", key, {"year": year["year"], "case": cases}, source)
    for day in days:
        yield calendar_row("day", day, source)


_FLAT = {
    "hours": ("hours.toml", "hours", ("valid_from",)),
    "rule": ("counting.toml", "rule", ("name", "valid_from")),
    "policy": ("policy.toml", "policy", ("name", "valid_from")),
    "unit_kind": ("units.toml", "kind", ("code", "valid_from")),
    "unit": ("units.toml", "unit", ("code", "valid_from")),
    "day": (None, "day", ("date",)),
    "post_support": (None, "post_support", ("decision", "valid_from")),
}


def _flat(folder: Path) -> Iterator[LawRow]:
    for table, (name, entry, _) in _FLAT.items():
        if name is not None:
            yield from (calendar_row(table, row, name) for row in _load(folder / name).get(entry, []))


def calendar_row(table: str, row: Mapping[str, Any], source: str) -> LawRow:
    """A row of the calendar under its key; a unit's own row has the unit before it."""
    key = "/".join(_key(row, part, source) for part in _FLAT[table][2])
    return LawRow("calendar", table, f"{row['unit']}/{key}" if "unit" in row else key, row, source)


def _procedures(folder: Path) -> Iterator[LawRow]:
    for path in sorted((folder / "procedures").glob("*.toml")):
        yield from procedure_rows(_load(path), f"procedures/{path.name}")


def procedure_rows(content: Mapping[str, Any], source: str) -> Iterator[LawRow]:
    """The versions of a field's procedures, each with its golden cases."""
    for procedure in content.get("procedure", []):
        shared = {"field": content.get("field"), **procedure}
        for version in shared.pop("version", []):
            row = {**shared, **version}
            cases = row.pop("case", [])
            name, first = _key(row, "name", source), _key(row, "valid_from", source)
            key = f"{name}/{first}"
            yield LawRow(f"catalogue:{name}", "procedure_version", key, row, source)
            if cases:
                whole = {"procedure": name, "valid_from": first, "case": cases}
                yield LawRow(f"catalogue:{name}", "cases", key, whole, source)


def _key(row: Any, name: str, source: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if value is None:
        raise InvalidInput("law_field_missing", where=source, field=name)
    return str(value)


def _load(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path.read_bytes())
    except (ValueError, OSError) as error:
        raise InvalidInput("law_file_invalid", where=path.name, problem=error) from error


def read_toml(content: bytes) -> dict[str, Any]:
    """A file of law as JSON-safe values. Raises `ValueError` for what is no UTF-8 or no TOML."""
    safe = _json_safe(tomllib.loads(unicodedata.normalize("NFC", content.decode("utf-8")), parse_float=str))
    assert isinstance(safe, dict)
    return safe


def _json_safe(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json_safe(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json_safe(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
