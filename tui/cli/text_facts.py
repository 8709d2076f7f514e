"""What a card's QR and a citizen number say, line by line."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from core.identity import check_number, parse_card
from core.moments import LEGAL_TIME
from core.text import parse_birth, parse_sex
from storage.folder import fixed_now
from tui.cli.batch import NULL, decode


class _CardIn(msgspec.Struct):
    qr: str
    id: msgspec.Raw = NULL


class _NumberIn(msgspec.Struct):
    number: str
    id: msgspec.Raw = NULL
    birth: str | None = None
    sex: str | None = None


_card = msgspec.json.Decoder(_CardIn)
_number = msgspec.json.Decoder(_NumberIn)


def card(line: bytes) -> bytes:
    """Raises `InvalidInput` for a line that is no question; a code that is no card is an answer."""
    asked = decode(_card, line)
    reading = parse_card(asked.qr, today=_today())
    told = {"id": asked.id, "status": reading.status, "fields": reading.fields, "warnings": reading.warnings}
    return msgspec.json.encode(told)


def number(line: bytes) -> bytes:
    """Raises `InvalidInput` for a line that is no question, also `birth_invalid`, `sex_invalid`."""
    asked = decode(_number, line)
    birth = parse_birth(asked.birth) if asked.birth else None
    sex = parse_sex(asked.sex) if asked.sex else None
    return msgspec.json.encode({"id": asked.id, **_facts(asked.number, birth, sex)})


def _facts(text: str, birth: str | None, sex: str | None) -> dict[str, object]:
    found = check_number(text, birth, sex, today=_today())
    return {
        "valid": found.valid,
        "place_code": found.place_code,
        "place": found.place,
        "sex": found.sex,
        "birth_year": found.birth_year,
        "warnings": found.warnings,
    }


def _today() -> date:
    return (fixed_now() or datetime.now(LEGAL_TIME)).date()
