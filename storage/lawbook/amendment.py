"""An amendment's file → rows of law: the layout of core/data, and short forms for what a station decides."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.answers import InvalidInput
from core.bodies import misfit
from core.events import KINDS
from storage.lawbook.package import calendar_row, procedure_rows, read_toml, year_rows
from storage.lawbook.recount import recounted
from storage.lawbook.rows import LawRow

Known = Mapping[tuple[str, str, str], LawRow]
_Fields = Mapping[str, Any]
_YEAR = ("year", "decided", "basis", "note_vi", "note_en", "day", "case")
_HEAD = frozenset({"decision", "reason", "reason_vi", "reason_en", "unit", "field"})
_REASONS = ("reason_vi", "reason_en")
_LONGEST = 366


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a file amends: whole rows, and what a unit holds (openings) or promises (commitments), as bodies."""

    decision: str | None
    rows: tuple[LawRow, ...]
    openings: tuple[_Fields, ...] = ()
    commitments: tuple[_Fields, ...] = ()


def read_amendment(content: bytes, source: str, unit: str, known: Known) -> Amendment:
    """Read an amendment (TOML, or JSON); `unit` is the station's, `known` the rows of law that it amends.

    Every desk reads a signed document again: what it comes to must never change with the program's version.
    Raises `InvalidInput`: `law_file_invalid`, `law_field_unknown`, `law_field_missing`, `law_row_invalid`,
    `amendment_empty`.
    """
    document = _document(content, source)
    unknown = document.keys() - _HEAD - set(_YEAR) - _PARTS.keys() - {"procedure", "opening", "commitment"}
    if unknown:
        raise InvalidInput("law_field_unknown", where=source, field=", ".join(sorted(unknown)))
    reader = _Reader(document, source, unit, known)
    rows = tuple(reader.rows())
    openings, commitments = tuple(reader.openings()), tuple(reader.commitments())
    if not (rows or openings or commitments):
        raise InvalidInput("amendment_empty", where=source)
    return Amendment(document.get("decision"), rows, openings, commitments)


def _document(content: bytes, source: str) -> dict[str, Any]:
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        if not content.lstrip().startswith(b"{"):
            return read_toml(content)
        read = json.loads(content, parse_float=str)
    except ValueError as error:
        raise InvalidInput("law_file_invalid", where=source, problem=error) from error
    assert isinstance(read, dict)
    return read


class _Reader:
    """Reads one document."""

    def __init__(self, document: _Fields, source: str, unit: str, known: Known) -> None:
        self._document = document
        self._source = source
        self._place = source
        self._unit = unit
        self._known = known

    def rows(self) -> Iterator[LawRow]:
        if "year" in self._document:
            yield from self._whole_year()
        else:
            yield from (calendar_row("day", entry, self._source) for entry in self._list("day"))
        for name, read in _PARTS.items():
            for entry in self._list(name):
                yield from read(self, entry)
        versions = list(self._procedures())
        yield from versions
        counted = [one for one in self._list("case") if "year" not in self._document or "procedure" in one]
        yield from recounted(counted, self._known, versions, self._source)

    def openings(self) -> Iterator[_Fields]:
        """Bodies of `opening_held`."""
        for entry in self._list("opening"):
            self._only(entry, {"date", "hours", "place", "desk", "decision"})
            self._held_here()
            body = {**entry, "date": str(self._date(entry, "date")), "decision": self._decision(entry)}
            self._fits("opening_held", body)
            yield body

    def commitments(self) -> Iterator[_Fields]:
        """Bodies of `commitment_made`."""
        for entry in self._list("commitment"):
            self._only(entry, {"procedure", "variant", "amount", "unit", "limit", "valid_from", "valid_to", "decision"})
            self._held_here()
            limit = entry.get("limit", entry)
            if not isinstance(limit, Mapping):
                raise InvalidInput("law_row_invalid", where=self._place, problem=f"limit = {limit!r}")
            body = {name: entry[name] for name in ("procedure", "variant", "valid_from", "valid_to") if name in entry}
            body |= {name: str(limit[name]) for name in ("amount", "unit") if name in limit}
            body["decision"] = self._decision(entry)
            self._fits("commitment_made", body)
            yield body

    def _whole_year(self) -> Iterator[LawRow]:
        """A year that is decided: what was expected of it and is not among its days any more is withdrawn."""
        content = {name: self._document[name] for name in _YEAR if name in self._document}
        content["case"] = [one for one in self._list("case") if "procedure" not in one]
        rows = list(year_rows(content, self._source))
        yield from rows
        listed = {row.key for row in rows if row.table == "day"}
        for (_, table, key), row in self._known.items():
            if table == "day" and "unit" not in row.row and key[:4] == rows[0].key and key not in listed:
                yield self._withdrawal(key, None, str(content.get("basis")), row.row)

    def _day_off(self, entry: _Fields) -> Iterator[LawRow]:
        for day in self._dates(entry):
            yield self._day(entry, day, working=False)

    def _working_day(self, entry: _Fields) -> Iterator[LawRow]:
        for day in self._dates(entry):
            yield self._day(entry, day, working=True)

    def _exchange(self, entry: _Fields) -> Iterator[LawRow]:
        """A day off for a worked weekend day; the two may lie in two years."""
        self._only(entry, {"off", "worked", "basis", "hours", *_REASONS})
        off, worked = self._date(entry, "off"), self._date(entry, "worked")
        told = {
            "reason_vi": f"Nghỉ hoán đổi, làm bù ngày {worked.day}/{worked.month}/{worked.year}",
            "reason_en": f"Exchanged day off, worked on {worked}",
        }
        yield self._day({**told, "basis": entry.get("basis")}, off, working=False)
        told = {
            "reason_vi": f"Làm bù cho ngày nghỉ {off.day}/{off.month}/{off.year}",
            "reason_en": f"Made-up working day for {off}",
        }
        yield self._day({**told, "basis": entry.get("basis"), "hours": entry.get("hours")}, worked, working=True)

    def _closure(self, entry: _Fields) -> Iterator[LawRow]:
        own = {"unit": self._own(entry), **entry}
        for day in self._dates(entry):
            yield self._day(own, day, working=False, closure=True)

    def _withdrawn(self, entry: _Fields) -> Iterator[LawRow]:
        """A special day that is none after all: the unit's own, or the nation's."""
        self._only(entry, {"date", "from", "to", "unit", "basis", "reason", *_REASONS})
        for day in self._dates(entry):
            unit = self._own(entry)
            owner = unit if ("calendar", "day", f"{unit}/{day}") in self._known else entry.get("unit")
            known = self._known.get(("calendar", "day", f"{owner}/{day}" if owner else str(day)))
            if known is None:
                raise InvalidInput("amendment_day_ordinary", where=self._place, day=day)
            told = self._reasons(entry) if entry.keys() & {"reason", *_REASONS} else known.row
            yield self._withdrawal(str(day), owner, self._decision(entry), told)

    def _hours(self, entry: _Fields) -> Iterator[LawRow]:
        row = {"unit": self._own(entry), "verified": True, "basis": self._decision(entry), **entry}
        yield calendar_row("hours", row, self._source)

    def _policy(self, entry: _Fields) -> Iterator[LawRow]:
        row = {"unit": self._own(entry), "verified": True, "basis": self._decision(entry), **entry}
        yield calendar_row("policy", row, self._source)

    def _post_support(self, entry: _Fields) -> Iterator[LawRow]:
        """Who bears the post's fee for whom; ended by the same row with `valid_to`."""
        row = {"unit": self._own(entry), "verified": True, "decision": self._decision(entry), **entry}
        yield calendar_row("post_support", row, self._source)

    def _known_unit(self, entry: _Fields) -> Iterator[LawRow]:
        yield calendar_row("unit", {"verified": True, "basis": self._decision(entry), **entry}, self._source)

    def _procedures(self) -> Iterator[LawRow]:
        """Versions; one that was open-ended ends on the day before its successor."""
        rows = list(procedure_rows(self._document, self._source))
        given = {row.key for row in rows}
        for row in rows:
            if row.table == "procedure_version":
                yield from self._closed_before(row, given)
        yield from rows

    def _closed_before(self, row: LawRow, given: set[str]) -> Iterator[LawRow]:
        first = self._date(row.row, "valid_from")
        for known in self._known.values():
            open_ended = known.entity == row.entity and known.table == row.table and not known.row.get("valid_to")
            if open_ended and known.key not in given and date.fromisoformat(known.row["valid_from"]) < first:
                closed = {**known.row, "valid_to": str(first - timedelta(days=1))}
                yield LawRow(known.entity, known.table, known.key, closed, self._source)

    def _day(self, entry: _Fields, day: date, *, working: bool, closure: bool = False) -> LawRow:
        self._only(entry, {"date", "from", "to", "unit", "basis", "confirmed", "hours", "reason", *_REASONS})
        unit = entry.get("unit") or self._document.get("unit")
        row = {
            **({"unit": unit} if unit else {}),
            "date": str(day),
            "working": working,
            **self._reasons(entry),
            "basis": self._decision(entry),
            "confirmed": entry.get("confirmed", True),
            **({"closure": True} if closure else {}),
            **({"hours": entry["hours"]} if entry.get("hours") else {}),
        }
        return calendar_row("day", row, self._source)

    def _withdrawal(self, day: str, unit: str | None, basis: str, before: _Fields) -> LawRow:
        row = {
            **({"unit": unit} if unit else {}),
            "date": day,
            "working": date.fromisoformat(day).weekday() < 5,
            "reason_vi": before["reason_vi"],
            "reason_en": before["reason_en"],
            "basis": basis,
            "confirmed": True,
            "in_force": False,
        }
        return calendar_row("day", row, self._source)

    def _reasons(self, entry: _Fields) -> dict[str, str]:
        """In both languages; one text serves for both."""
        shared = self._document
        own = entry.get("reason_vi") or entry.get("reason")
        vietnamese = own or shared.get("reason_vi") or shared.get("reason")
        english = entry.get("reason_en") or own or shared.get("reason_en") or vietnamese
        if not vietnamese:
            raise InvalidInput("law_field_missing", where=self._place, field="reason")
        return {"reason_vi": str(vietnamese), "reason_en": str(english)}

    def _decision(self, entry: _Fields) -> str:
        """What it rests on: the row's own basis, else the file's decision."""
        basis = entry.get("basis") or entry.get("decision") or self._document.get("decision")
        if not isinstance(basis, str) or not basis.strip():
            raise InvalidInput("law_field_missing", where=self._place, field="decision")
        return basis

    def _own(self, entry: _Fields) -> str:
        return str(entry.get("unit") or self._document.get("unit") or self._unit)

    def _dates(self, entry: _Fields) -> list[date]:
        """One date, or each from the first to the last."""
        if "date" in entry or "from" not in entry:
            return [self._date(entry, "date")]
        first, last = self._date(entry, "from"), self._date(entry, "to")
        if not 0 <= (last - first).days < _LONGEST:
            raise InvalidInput("law_row_invalid", where=self._place, problem=f"to = {last}")
        return [first + timedelta(days=more) for more in range((last - first).days + 1)]

    def _date(self, entry: _Fields, name: str) -> date:
        try:
            return date.fromisoformat(str(entry[name]))
        except KeyError:
            raise InvalidInput("law_field_missing", where=self._place, field=name) from None
        except ValueError:
            raise InvalidInput("law_row_invalid", where=self._place, problem=f"{name} = {entry[name]!r}") from None

    def _list(self, name: str) -> Iterator[_Fields]:
        """The entries under a name; a bare date is an entry with nothing else."""
        found = self._document.get(name, [])
        for number, entry in enumerate(found if isinstance(found, list) else [found], start=1):
            self._place = f"{self._source}: {name} {number}"
            told = {"date": entry} if isinstance(entry, str) else entry
            if not isinstance(told, Mapping):
                raise InvalidInput("law_row_invalid", where=self._place, problem=f"{name} = {entry!r}")
            yield told
        self._place = self._source

    def _held_here(self) -> None:
        """What a unit holds or promises is its own: a file for another unit is no station's to apply."""
        if self._document.get("unit", self._unit) != self._unit:
            raise InvalidInput("law_row_invalid", where=self._place, problem=f"unit = {self._document['unit']!r}")

    def _fits(self, kind: str, body: _Fields) -> None:
        wrong = misfit(KINDS[kind], body)
        if wrong is not None and body.get(wrong) is None:
            raise InvalidInput("law_field_missing", where=self._place, field=wrong)
        if wrong is not None:
            raise InvalidInput("law_row_invalid", where=self._place, problem=f"{wrong} = {body[wrong]!r}")

    def _only(self, entry: _Fields, known: set[str]) -> None:
        if not known >= entry.keys():
            unknown = ", ".join(sorted(entry.keys() - known))
            raise InvalidInput("law_field_unknown", where=self._place, field=unknown)


_PARTS: dict[str, Callable[[_Reader, _Fields], Iterator[LawRow]]] = {
    "days_off": _Reader._day_off,
    "working_days": _Reader._working_day,
    "exchanged": _Reader._exchange,
    "closure": _Reader._closure,
    "withdrawn": _Reader._withdrawn,
    "hours": _Reader._hours,
    "policy": _Reader._policy,
    "post_support": _Reader._post_support,
    "known_unit": _Reader._known_unit,
}
