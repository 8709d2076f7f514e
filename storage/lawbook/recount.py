"""Golden cases that an amendment counts anew: one that asks what a known case asks takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.record import canonical
from storage.lawbook.rows import LawRow

_COUNTED = frozenset({"due_at", "counted", "source"})
_Key = tuple[str, str, str]


def recounted(
    cases: Sequence[Mapping[str, Any]], known: Mapping[_Key, LawRow], versions: Sequence[LawRow], source: str
) -> Iterator[LawRow]:
    """The whole rows of cases that result: of a procedure's version (a case names it) or of the year of receipt.

    `versions`: rows of the same amendment, before the known ones. Raises `InvalidInput` `law_field_missing`,
    `law_row_invalid`.
    """
    rows: dict[_Key, dict[str, Any]] = {}
    for case in cases:
        key, owner = _owner(case, [*versions, *known.values()], source)
        if key not in rows:
            before = known.get(key)
            rows[key] = {**owner, "case": list(before.row["case"]) if before else []}
        counted = {name: value for name, value in case.items() if name != "procedure"}
        listed = rows[key]["case"]
        asked = [_question(one) for one in listed]
        if _question(counted) in asked:
            listed[asked.index(_question(counted))] = counted
        else:
            listed.append(counted)
    for (entity, table, name), row in rows.items():
        yield LawRow(entity, table, name, row, source)


def _owner(case: Mapping[str, Any], rows: Sequence[LawRow], source: str) -> tuple[_Key, dict[str, Any]]:
    day = _received(case, source)
    name = case.get("procedure")
    if name is None:
        return ("calendar", "cases", str(day.year)), {"year": day.year}
    for row in rows:
        if row.table == "procedure_version" and row.row.get("name") == name and _covers(row.row, day):
            first = row.row["valid_from"]
            return (row.entity, "cases", f"{name}/{first}"), {"procedure": name, "valid_from": first}
    raise InvalidInput("law_row_invalid", where=source, problem=f"case: procedure = {name!r}, {day}")


def _received(case: Mapping[str, Any], source: str) -> date:
    if "received_at" not in case:
        raise InvalidInput("law_field_missing", where=f"{source}: case", field="received_at")
    try:
        return _moment(case["received_at"]).date()
    except ValueError:
        problem = f"received_at = {case['received_at']!r}"
        raise InvalidInput("law_row_invalid", where=f"{source}: case", problem=problem) from None


def _covers(version: Mapping[str, Any], day: date) -> bool:
    last = version.get("valid_to")
    return str(version["valid_from"]) <= str(day) and (last is None or str(day) <= str(last))


def _question(case: Mapping[str, Any]) -> bytes:
    """What is asked, whatever was counted, with moments in one form."""
    return canonical({name: _even(value) for name, value in case.items() if name not in _COUNTED})


def _even(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _even(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_even(inner) for inner in value]
    try:
        return _moment(value).isoformat()
    except ValueError:
        return str(value)


def _moment(value: Any) -> datetime:
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=LEGAL_TIME)
