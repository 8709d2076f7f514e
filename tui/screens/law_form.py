"""What a station decides itself, as an admin types it → the file of an amendment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from core.answers import InvalidInput
from core.filter import read_day
from storage.amending import read_signature
from tui.cli.output import reading_fault
from tui.i18n import tr
from tui.screens.what_if_limits import read_limit

SOURCE = "screen"
"""Of an amendment that was typed here, in the place of a file's name."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "closure": ("first", "last", "reason", "decision"),
    "withdrawn": ("first", "last", "reason", "decision"),
    "opening": ("day", "hours", "place", "desk", "decision"),
    "commitment": ("procedure", "variant", "limit", "first", "last", "decision"),
    "file": ("path",),
    "package": (),
}
"""The fields of each kind of amendment, in the order in which they are asked."""
ROLES: Mapping[str, frozenset[str]] = {
    "closure": frozenset({"admin"}),
    "withdrawn": frozenset({"admin"}),
    "opening": frozenset({"leader"}),
    "commitment": frozenset({"leader"}),
    "file": frozenset({"admin", "leader"}),
    "package": frozenset({"admin"}),
}
_LONGEST = 16_000_000
_BACK = timedelta(days=61)
_PERIOD = re.compile(r"(\d{1,2})(?:[:hHgG](\d{2})?)?\s*(?:-|–|—|đến|den|to)\s*(\d{1,2})(?:[:hHgG](\d{2})?)?")


class Misread(Exception):
    """One field holds what can't be meant: which one, and why."""

    def __init__(self, field: str, problem: InvalidInput) -> None:
        super().__init__(field)
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Typed:
    """The form: `texts` by field; `procedure` (our name of it) and `variant` as chosen, empty for none."""

    kind: str
    texts: Mapping[str, str]
    procedure: str = ""
    variant: str = ""


def document(typed: Typed, today: date) -> bytes:
    """The amendment that the form means, as a file would hold it. Raises Misread."""
    return json.dumps(_DOCUMENTS[typed.kind](_Reader(typed, today)), ensure_ascii=False).encode()


def read_files(text: str) -> tuple[bytes, str, bytes | None]:
    """The file of the path, its name, and the signature in FILE.sig where that is there.

    Raises InvalidInput `file_unreadable`, `signature_invalid`.
    """
    try:
        path = Path(text).expanduser()
        signed = path.with_name(path.name + ".sig") if path.name else path
        content = _content(path)
        signature = _content(signed) if signed.exists() else None
    except RuntimeError:
        raise InvalidInput("file_unreadable", file=text, detail=tr("file.missing")) from None
    except (OSError, ValueError) as error:
        detail = reading_fault(error) if isinstance(error, OSError) else str(error)
        raise InvalidInput("file_unreadable", file=text, detail=detail) from None
    return content, path.name, read_signature(signature) if signature is not None else None


def _content(path: Path) -> bytes:
    """A file's bytes; what is no file (a device, a pipe) or too long for an amendment is not read to its end."""
    if path.exists() and not path.is_dir() and not path.is_file():
        raise ValueError(tr("file.no_file"))
    with path.open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise ValueError(tr("file.too_long"))
    return content


class _Reader:
    """Reads one field after another."""

    def __init__(self, typed: Typed, today: date) -> None:
        self.typed = typed
        self._today = today

    def text(self, name: str) -> str:
        found = self.maybe_text(name)
        if not found:
            raise Misread(name, InvalidInput("amend_field_missing", field=tr(f"amend.{name}")))
        return found

    def maybe_text(self, name: str) -> str:
        return self.typed.texts.get(name, "").strip()

    def day(self, name: str) -> str:
        text = self.text(name)
        found = read_date(text, self._today)
        if found is None:
            raise Misread(name, InvalidInput("date_unread", value=text))
        return str(found)

    def days(self) -> dict[str, str]:
        """From the first day to the last; no last day is the first alone."""
        first = self.day("first")
        last = self.day("last") if self.maybe_text("last") else first
        if last < first:
            raise Misread("last", InvalidInput("amend_days_turned"))
        return {"from": first, "to": last}


def read_date(text: str, today: date) -> date | None:
    """«25», «25/11», «25/11/2026» or ISO. Without a year it lies ahead, or at most two months back."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        found = read_day(text, today)
    without_year = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})", text)
    if without_year is None:
        return found
    years = (f"{text}/{today.year + step}" for step in (-1, 0, 1))
    days = [day for one in years if (day := read_day(one.replace("-", "/").replace(".", "/"), today)) is not None]
    return next((day for day in days if today - day <= _BACK), None)


def read_hours(text: str) -> list[list[str]]:
    """«17:30–20:00», «17h30-20h; 7h-9h». Raises InvalidInput `hours_unread`, `hours_overlap`."""
    periods = []
    for part in re.split(r"[;,]", text):
        found = _PERIOD.fullmatch(part.strip())
        if found is None:
            raise InvalidInput("hours_unread", value=text)
        opens, closes = (f"{int(found[hour]):02}:{found[minute] or '00'}" for hour, minute in ((1, 2), (3, 4)))
        if not "00:00" <= opens < closes <= "24:00" or max(opens[3:], closes[3:]) > "59":
            raise InvalidInput("hours_unread", value=text)
        periods.append([opens, closes])
    periods.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(periods)):
        raise InvalidInput("hours_overlap", value=text)
    return periods


def _closure(reader: _Reader) -> dict[str, object]:
    entry = {**reader.days(), "reason": reader.text("reason")}
    return {"decision": reader.text("decision"), "closure": [entry]}


def _withdrawn(reader: _Reader) -> dict[str, object]:
    """Without a reason of its own the one of the closure is told."""
    reason = reader.maybe_text("reason")
    entry = {**reader.days(), **({"reason": reason} if reason else {})}
    return {"decision": reader.text("decision"), "withdrawn": [entry]}


def _opening(reader: _Reader) -> dict[str, object]:
    entry: dict[str, object] = {"date": reader.day("day")}
    hours = reader.text("hours")
    try:
        entry["hours"] = read_hours(hours)
    except InvalidInput as error:
        raise Misread("hours", error) from None
    if reader.maybe_text("place"):
        entry["place"] = reader.maybe_text("place")
    desk = reader.maybe_text("desk")
    if desk and not (desk.isdecimal() and desk.isascii() and len(desk) <= 3):
        raise Misread("desk", InvalidInput("desk_number_unread", value=desk))
    if desk:
        entry["desk"] = int(desk)
    return {"decision": reader.text("decision"), "opening": [entry]}


def _commitment(reader: _Reader) -> dict[str, object]:
    if not reader.typed.procedure:
        raise Misread("procedure", InvalidInput("amend_field_missing", field=tr("amend.procedure")))
    text = reader.text("limit")
    try:
        limit = read_limit(text)
        if limit.time is not None or limit.cutoff is not None:
            raise InvalidInput("limit_invalid")
    except InvalidInput as error:
        raise Misread("limit", error) from None
    amount = Decimal(limit.amount.numerator) / limit.amount.denominator
    entry = {
        "procedure": reader.typed.procedure,
        **({"variant": reader.typed.variant} if reader.typed.variant else {}),
        "amount": f"{amount:f}",
        "unit": str(limit.unit),
        "valid_from": reader.day("first"),
        **({"valid_to": reader.day("last")} if reader.maybe_text("last") else {}),
        "decision": reader.text("decision"),
    }
    if str(entry.get("valid_to", entry["valid_from"])) < str(entry["valid_from"]):
        raise Misread("last", InvalidInput("amend_days_turned"))
    return {"commitment": [entry]}


_DOCUMENTS: Mapping[str, Callable[[_Reader], dict[str, object]]] = {
    "closure": _closure,
    "withdrawn": _withdrawn,
    "opening": _opening,
    "commitment": _commitment,
}
