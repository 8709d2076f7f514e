"""A body's fields as people write them (`k=v`) → the values that the event stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.answers import InvalidInput
from core.events import ENDING_KINDS, INTAKE_KINDS, Field, Kind
from core.intake import CAPACITIES, CHANNELS, one_of, parse_amount
from core.moments import LEGAL_TIME
from core.text import clean_line
from core.time_limit import Unit

_DERIVED = frozenset({"due_at", "judged", "law"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "có", "co"}), frozenset({"0", "false", "no", "không", "khong"})
_CHOICES = {"channel": CHANNELS, "capacity": CAPACITIES}


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields that a person gives; what a decision derives is left out."""
    derived = _DERIVED if kind.name in ENDING_KINDS else frozenset()
    if kind.name == "received":
        derived |= {"receipt_number"}
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
        missing = [name for name, field in fields.items() if field.required and name not in body]
        if missing:
            raise InvalidInput("field_missing", field=missing[0])
    if kind.name == "extended":
        one_of("unit", body["unit"], tuple(unit.value for unit in Unit))
    return body


def _read(field: Field, value: str) -> Any:
    text = clean_line(value)
    if field.name in _CHOICES:
        return one_of(field.name, text, _CHOICES[field.name])
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
