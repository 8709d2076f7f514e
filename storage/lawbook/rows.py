"""A row of law as it stands in a station's log: whole, JSON-safe, keyed; and how its fields are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from core.answers import InvalidInput
from core.record import canonical

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LawRow:
    """One row of law; of one (entity, table, key) the last row counts.

    `entity`: `calendar` or `catalogue:NAME`.

    Tables: `year`, `day`, `hours`, `rule`, `policy`, `post_support`, `unit_kind`, `unit`, `opening` (calendar);
    `procedure_version`, `commitment` (catalogue); `cases` (both). `source`: the file that it came from, for messages.
    """

    entity: str
    table: str
    key: str
    row: Mapping[str, Any]
    source: str | None = field(default=None, compare=False)

    @property
    def where(self) -> str:
        """Names file (or entity) and row, for a message."""
        return f"{self.source or self.entity}: {self.table} {self.key}"


def row_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the row's canonical JSON."""
    return hashlib.sha256(canonical(row)).hexdigest()


class Fields:
    """Reads a row's fields; every fault is an `InvalidInput` that names the row and the field."""

    __slots__ = ("_row", "_where")

    def __init__(self, row: Any, where: str, known: frozenset[str]) -> None:
        if not isinstance(row, Mapping):
            raise InvalidInput("law_row_invalid", where=where, problem=repr(row))
        self._row: Mapping[str, Any] = row
        self._where = where
        if not known >= row.keys():
            unknown = ", ".join(sorted(row.keys() - known))
            raise InvalidInput("law_field_unknown", where=where, field=unknown)

    def bad(self, name: str) -> InvalidInput:
        """The fault «this field's value can't be»."""
        return InvalidInput("law_row_invalid", where=self._where, problem=f"{name} = {self._row.get(name)!r}")

    def text(self, name: str) -> str:
        value = self._required(name)
        if not isinstance(value, str) or not value.strip():
            raise self.bad(name)
        return value

    def maybe_text(self, name: str) -> str | None:
        return self.text(name) if self._row.get(name) is not None else None

    def one_of(self, name: str, known: Collection[str]) -> str:
        value = self.text(name)
        if value not in known:
            raise self.bad(name)
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self._required(name) if default is None else self._row.get(name, default)
        if not isinstance(value, bool):
            raise self.bad(name)
        return value

    def number(self, name: str) -> int:
        value = self._required(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.bad(name)
        return value

    def day(self, name: str) -> date:
        return self.read(name, date.fromisoformat)

    def maybe_day(self, name: str) -> date | None:
        return self.day(name) if self._row.get(name) is not None else None

    def days(self) -> tuple[date, date | None]:
        """`valid_from` and `valid_to` (None: still), in this order of time."""
        first, last = self.day("valid_from"), self.maybe_day("valid_to")
        if last is not None and last < first:
            raise self.bad("valid_to")
        return first, last

    def read(self, name: str, parse: Callable[[str], _T]) -> _T:
        """A text (or whole number) through a parser; what the parser refuses is this field's fault."""
        given = self._row.get(name)
        value = str(given) if type(given) is int else self.text(name)
        try:
            return parse(value)
        except ValueError:
            raise self.bad(name) from None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a missing one is empty."""
        values = self.items(name)
        if not all(isinstance(value, str) and value for value in values):
            raise self.bad(name)
        return tuple(values)

    def items(self, name: str) -> list[Any]:
        """A list; a missing one is empty."""
        values = self._row.get(name, [])
        if not isinstance(values, list | tuple):
            raise self.bad(name)
        return list(values)

    def get(self, name: str) -> Any:
        return self._row.get(name)

    def _required(self, name: str) -> Any:
        value = self._row.get(name)
        if value is None:
            raise InvalidInput("law_field_missing", where=self._where, field=name)
        return value
