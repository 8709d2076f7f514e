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
        source, year = f"calendar/{path.name}", _load(path)
        days, cases = year.pop("day", []), year.pop("case", [])
        key = _key(year, "year", source)
        yield LawRow("calendar", "year", key, year, source)
        if cases:
            yield LawRow("calendar", "cases", key, {"year": year["year"], "case": cases}, source)
        for day in days:
            yield LawRow("calendar", "day", _owned(day, _key(day, "date", source)), day, source)


def _flat(folder: Path) -> Iterator[LawRow]:
    for name, table, entry, keys in (
        ("hours.toml", "hours", "hours", ("valid_from",)),
        ("policy.toml", "policy", "policy", ("name", "valid_from")),
        ("units.toml", "unit_kind", "kind", ("code", "valid_from")),
        ("units.toml", "unit", "unit", ("code", "valid_from")),
    ):
        for row in _load(folder / name).get(entry, []):
            key = "/".join(_key(row, part, name) for part in keys)
            yield LawRow("calendar", table, _owned(row, key), row, name)


def _procedures(folder: Path) -> Iterator[LawRow]:
    for path in sorted((folder / "procedures").glob("*.toml")):
        source, content = f"procedures/{path.name}", _load(path)
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


def _owned(row: Mapping[str, Any], key: str) -> str:
    """A unit's own row has the unit before its key."""
    return f"{row['unit']}/{key}" if "unit" in row else key


def _key(row: Any, name: str, source: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if value is None:
        raise InvalidInput("law_field_missing", where=source, field=name)
    return str(value)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidInput("law_file_invalid", where=path.name, problem=error) from error
    safe = _json_safe(content)
    assert isinstance(safe, dict)
    return safe


def _json_safe(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json_safe(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_json_safe(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
