"""A body's fields as people write them (`k=v`) → the values that the event stores; which stored ones fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.answers import InvalidInput
from core.contact import CONSENTS
from core.custody import FAULTS, FOUND_BY, PAID_WITH, PAYERS, PURPOSES, WAYS
from core.events import ENDING_KINDS, INTAKE_KINDS, KINDS, Field, Kind
from core.intake import CAPACITIES, CHANNELS, YEARS, one_of, parse_amount
from core.moments import LEGAL_TIME
from core.record import Event
from core.sendings import NEXT
from core.service import ANSWERS
from core.text import clean_line
from core.time_limit import Unit

_DERIVED = frozenset({"due_at", "judged", "law"})
_COMPLETED = {
    "rescheduled": {"reason", "due_at"},
    "apology_proposed": {"code", "days"},
    "delay_excused": {"reason"},
    "stopped": {"reason"},
}
"""What the regime for lateness fills in or asks for itself, with the codes that there are (`core.regime`)."""
_PAYMENTS = frozenset({"payment_received", "payment_reversed"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "có", "co"}), frozenset({"0", "false", "no", "không", "khong"})
CHOICES = {
    "channel": CHANNELS,
    "return_by": CHANNELS,
    "capacity": CAPACITIES,
    "way": WAYS,
    "found_by": FOUND_BY,
    "fault": FAULTS,
    "payer": PAYERS,
    "purpose": PURPOSES,
    "method": PAID_WITH,
    "answer": ANSWERS,
    "next": NEXT,
    "applicant.tell": CONSENTS,
}
"""Fields of a body that hold one of a few words."""


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields that a person gives; what a decision derives is left out."""
    derived = _DERIVED if kind.name in ENDING_KINDS else frozenset({"binding_at"})
    if kind.name == "received":
        derived |= {"receipt_number"}
    if kind.name == "result_corrected":
        derived |= {"dossier"}
    if kind.name == "apology_declined":
        derived |= {"proposal"}
    if kind.name in ("assigned", "noted"):
        derived |= {"bulk"}
    if kind.name in ("transfer_accepted", "transfer_followed"):
        derived |= {"station", "history", "clock"}
    return tuple(field for field in kind.fields if field.name not in derived)


def read_fields(kind: Kind, given: Mapping[str, str]) -> dict[str, Any]:
    """The body of `kind` from what was given; empty values count as not given.

    Raises InvalidInput `field_unknown`, `field_missing`, `field_invalid`, or what a value's own reader raises.
    """
    fields = {field.name: field for field in fields_of(kind)}
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise InvalidInput("field_unknown", field=unknown[0], kind=kind.name, known=", ".join(fields))
    body = {name: _read(fields[name], value) for name, value in given.items() if value.strip()}
    if kind.name not in INTAKE_KINDS:
        known = body.keys() | _COMPLETED.get(kind.name, set())
        missing = [name for name, field in fields.items() if field.required and name not in known]
        if missing:
            raise InvalidInput("field_missing", field=missing[0])
    if kind.name == "extended":
        one_of("unit", body["unit"], tuple(unit.value for unit in Unit))
    if kind.name == "corrected":
        body["new"] = _read(_corrected(body["field"], kind), str(given["new"]))
    return body


def _corrected(name: str, kind: Kind) -> Field:
    """The fact that a correction sets, as a field: its new value is read as that fact's own."""
    found = correctable(name)
    if found is None:
        known = ", ".join((*_CORRECTABLE, *(f"{place}.…" for place in _CORRECTABLE_PARTS)))
        raise InvalidInput("field_unknown", field=name, kind=kind.name, known=known)
    return Field(name, found, required=True)


def _read(field: Field, value: str) -> Any:
    text = clean_line(value)
    if field.name in CHOICES:
        return one_of(field.name, text, CHOICES[field.name])
    try:
        return _READERS[field.type](text)
    except InvalidInput:
        raise
    except (KeyError, ValueError):
        raise InvalidInput("field_invalid", field=field.name, type=field.type) from None


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if len(text) <= 10:
        raise InvalidInput("time_missing", value=text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LEGAL_TIME)
    return moment.astimezone(LEGAL_TIME).isoformat(timespec="seconds")


def _flag(text: str) -> bool:
    if text.casefold() in _TRUE:
        return True
    if text.casefold() in _FALSE:
        return False
    raise ValueError(text)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


_READERS: Mapping[str, Any] = {
    "text": str,
    "moment": _moment,
    "date": lambda text: date.fromisoformat(text).isoformat(),
    "integer": int,
    "amount": parse_amount,
    "flag": _flag,
    "list": _list,
}


def misfit(kind: Kind, body: Mapping[str, Any]) -> str | None:
    """The first field of a stored body that is missing or not what the table says; None where the body fits.

    Fields that this version does not know are a newer desk's and fit.
    """
    fits, required = _CHECKS[kind.name]
    for name in required:
        if body.get(name) is None:
            return name
    for name, value in body.items():
        if value is not None and name in fits and not fits[name](value):
            return name
    if kind.name == "extended" and body["unit"] not in _UNITS:
        return "unit"
    if kind.name == "corrected":
        new = _STORED.get(correctable(body["field"]) or "")
        return "field" if new is None else None if new(body["new"]) else "new"
    return None


def check_body(kind: Kind, body: Mapping[str, Any]) -> None:
    """What is written must be a body by the table of kinds: the fold takes nothing else. Of money that is whole đồng,
    paid by a known way, though the fold reads what earlier versions wrote.

    Raises InvalidInput `field_unknown`, `field_missing`, `field_invalid`, `amount_invalid`, `choice_unknown`.
    """
    known = [field.name for field in kind.fields]
    unknown = next((name for name in body if name not in known), None)
    if unknown is not None:
        raise InvalidInput("field_unknown", field=unknown, kind=kind.name, known=", ".join(known))
    wrong = misfit(kind, body)
    if wrong is not None:
        raise InvalidInput("field_missing" if body.get(wrong) is None else "field_invalid", field=wrong)
    for name in _money(kind, body):
        value = body.get(name)
        if value is not None and (Decimal(value) < 0 or Decimal(value) % 1):
            raise InvalidInput("amount_invalid", field=name, value=value)
    for name in ("method", "purpose") if kind.name in _PAYMENTS else ():
        if body.get(name) not in (None, *CHOICES[name]):
            raise InvalidInput("choice_unknown", field=name, value=body[name], known=", ".join(CHOICES[name]))


def _money(kind: Kind, body: Mapping[str, Any]) -> list[str]:
    """The fields that are money; of a time limit's days an amount may be a part."""
    if kind.name == "corrected":
        return ["new"] if correctable(body["field"]) == "amount" else []
    if kind.name == "extended" or kind.about != "dossier":
        return []
    return [field.name for field in kind.fields if field.type == "amount"]


def fault(event: Event) -> str | None:
    """Why an event has no effect here, whatever stands around it; None where it can be read.

    `unknown`: its kind, or that version of it, is a newer program's. `malformed`: it is not what the table says.
    """
    kind = KINDS.get(event.kind)
    if kind is None or event.version > kind.version:
        return "unknown"
    if event.version < 1 or event.unreadable or not is_possible(event.at):
        return "malformed"
    return "malformed" if not event.destroyed and misfit(kind, event.body) is not None else None


def correctable(name: str) -> str | None:
    """The type of a fact that `corrected` may set (`applicant.phone`, `shelf`, …); None for any other name."""
    place, _, inner = name.partition(".")
    if inner:
        return "text" if place in _CORRECTABLE_PARTS else None
    return _CORRECTABLE.get(name)


def is_possible(moment: datetime) -> bool:
    """Whether a moment has an offset and lies in years that calendars can count in."""
    return moment.tzinfo is not None and moment.year in YEARS


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and is_possible(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(inner, str | bool | None) or _is_integer(inner) for inner in value.values()
    )


def _is_integer(value: Any) -> bool:
    """One that a table can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63


def _is_period(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(time, str) for time in value)


_AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,9})?")
_UNITS = frozenset(unit.value for unit in Unit)
_STORED: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "moment": _is_moment,
    "date": _is_date,
    "integer": _is_integer,
    "amount": lambda value: isinstance(value, str) and _AMOUNT.fullmatch(value) is not None,
    "flag": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list | tuple) and all(isinstance(inner, str) for inner in value),
    "rows": lambda value: isinstance(value, list | tuple) and all(isinstance(inner, Mapping) for inner in value),
    "periods": lambda value: isinstance(value, list | tuple) and all(map(_is_period, value)),
    "object": _is_object,
}


def _check(kind: Kind, field: Field) -> Callable[[Any], bool]:
    """A person's facts are flat, for tables and papers hold them; what a station signs and seals has its own shape."""
    if field.type == "object" and kind.about != "dossier":
        return lambda value: isinstance(value, Mapping)
    return _STORED[field.type]


_CHECKS = {
    kind.name: (
        {field.name: _check(kind, field) for field in kind.fields},
        tuple(field.name for field in kind.fields if field.required),
    )
    for kind in KINDS.values()
}
"""For each kind: what each field of a stored body must be, and the names that may not be missing."""
_FIXED = frozenset({"receipt_number", "version", "digest", "external_id", "receiving", "supporting", "competent"}) | {
    "corrects",
    "fault",
}
_CORRECTABLE_PARTS = ("applicant", "bringer", "matter")
_CORRECTABLE = {
    field.name: field.type
    for field in KINDS["received"].fields
    if field.type in ("text", "amount") and field.name not in _FIXED
} | {"received_at": "moment"}
