"""Another system's columns and words → our own, as a file of the unit's says; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.answers import InvalidInput
from core.text import fold

PARTS = frozenset({"columns", "values", "fixed", "dates"})
_KNOWN_HERE = frozenset({"procedure"})
"""Of these their word may be known here already: a procedure by the national code, or by its name of ours."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """`columns`: ours → theirs. `values`: by our column, their word (folded) → ours. `fixed`: what every row has.

    `dates`: by our column, how they write dates (as `strptime` reads it).
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)

    def fitted(self, names: Collection[str]) -> ColumnMapping:
        """The mapping by the columns as this file writes them: capitals, accents and how they are composed don't count.

        Raises InvalidInput `mapping_column_missing` for the first column that the file lacks.
        """
        known: dict[str, str] = {}
        for name in names:
            known.setdefault(fold(name.strip()), name)
        columns = {
            ours: theirs if theirs in names else known.get(fold(theirs)) for ours, theirs in self.columns.items()
        }
        lacking = next((ours for ours, theirs in columns.items() if theirs is None), None)
        if lacking is not None:
            raise InvalidInput("mapping_column_missing", column=self.columns[lacking])
        return replace(self, columns={ours: theirs for ours, theirs in columns.items() if theirs is not None})

    def apply(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row by our columns; theirs that nothing is mapped from are left out.

        Raises InvalidInput `mapping_value_unknown` for a word that the file has no word of ours for, `mapping_date` for
        a date that is not written as it says.
        """
        found: dict[str, Any] = dict(self.fixed)
        for ours, theirs in self.columns.items():
            value = row.get(theirs)
            if value is None or not str(value).strip():
                continue
            found[ours] = self._value(ours, value)
        return found

    def _value(self, ours: str, value: Any) -> Any:
        if ours in self.values:
            known = self.values[ours]
            word = known.get(fold(str(value).strip()))
            if word is None and ours in _KNOWN_HERE:
                return value
            if word is None:
                raise InvalidInput("mapping_value_unknown", column=self.columns[ours], value=str(value).strip())
            return word
        if ours in self.dates:
            text, written = str(value).strip(), self.dates[ours]
            moment, has_hour = _moment(text, written), "%H" in written
            if moment is None:
                moment, has_hour = _iso(text), has_hour and len(text) > len("2026-11-20")
            if moment is None:
                raise InvalidInput("mapping_date", column=self.columns[ours], value=text)
            return moment.isoformat(timespec="seconds") if has_hour else moment.date().isoformat()
        return value


def _moment(text: str, written: str) -> datetime | None:
    try:
        return datetime.strptime(text, written)  # noqa: DTZ007 - whoever reads it does so in legal time
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    """A cell of a sheet that is a date has come as ISO already."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def mapping_of(content: Mapping[str, Any], known: Collection[str]) -> ColumnMapping:
    """A mapping from its file's content. Raises InvalidInput `mapping_invalid`, which names the first wrong place."""
    for name in content:
        if name not in PARTS:
            raise InvalidInput("mapping_invalid", place=name)
    columns, values, fixed, dates = (content.get(name, {}) for name in ("columns", "values", "fixed", "dates"))
    for name, part in (("columns", columns), ("fixed", fixed), ("dates", dates)):
        _check(name, part, known)
    if not isinstance(values, Mapping) or not columns:
        raise InvalidInput("mapping_invalid", place="values" if columns else "columns")
    for ours, words in values.items():
        _check(f"values.{ours}", words, None)
    for ours in (*values, *dates):
        if ours not in columns:
            raise InvalidInput("mapping_invalid", place=ours)
    folded = {ours: {fold(theirs): word for theirs, word in words.items()} for ours, words in values.items()}
    return ColumnMapping(dict(columns), folded, dict(fixed), dict(dates))


def _check(name: str, part: Any, known: Collection[str] | None) -> None:
    if not isinstance(part, Mapping):
        raise InvalidInput("mapping_invalid", place=name)
    for key, value in part.items():
        if (known is not None and key not in known) or not isinstance(value, str):
            raise InvalidInput("mapping_invalid", place=f"{name}.{key}")
