"""What comes over the counter, or in a row of a file → the facts of a dossier, cleaned, with warnings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.catalogue import ProcedureVersion
from core.contact import CONSENTS, NO, address_field
from core.identity import CardReading, check_number, parse_card
from core.moments import LEGAL_TIME
from core.slip_code import read_blank
from core.text import clean_line, parse_birth, parse_phone, parse_sex

Opening = Callable[[date], datetime]
CHANNELS = ("counter", "online", "post")
APPLICANT_KINDS = ("citizen", "foreigner", "organisation")
OWN_NUMBER = {"foreigner": "passport", "organisation": "business_code"}
"""What the number of an applicant who is no citizen is of."""
CAPACITIES = ("self", "parent", "guardian", "heir", "authorised", "legal_representative", "post")
COLUMNS = (  # the contract's, in its order
    "procedure", "applicant_name", "kind", "received_at", "variant", "applicant_kind", "applicant_number",
    "id_type", "id_number", "nationality", "birth_date", "sex", "address", "phone", "email", "bringer_name",
    "bringer_capacity", "bringer_number", "channel", "return_by", "papers", "fee_paid", "matter", "ticket",
    "shelf", "note", "qr", "external_id", "tell",
)  # fmt: skip
REQUIRED = ("procedure", "applicant_name")
KINDS = ("received", "submitted", "guided", "not_accepted")
LONGEST = 300
"""Letters of a field that is printed and stands in lists."""
_MOST = dict.fromkeys(("papers", "note", "qr"), 4000)
_DECIMALS = 9
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Intake:
    """One dossier as it was handed in; `warnings` are codes that never block.

    `number`: that of the blank receipt on which it was taken in by hand.
    """

    kind: str
    at: datetime | None
    facts: dict[str, Any]
    warnings: tuple[str, ...]
    number: str | None = None


def read_row(row: Mapping[str, object], opening: Opening) -> Intake:
    """One row of a file by contract's column names. `opening` gives a date's opening time; `qr` is what a card's code
    says, or a blank receipt's.

    Raises InvalidInput naming the first problem; unknown columns are one.
    """
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise InvalidInput("column_unknown", column=unknown[0])
    text = {
        name: clean_line(_text(name, value)) for name, value in row.items() if value is not None and name != "matter"
    }
    text = {name: value for name, value in text.items() if value}
    for name, value in text.items():
        if len(value) > (most := _MOST.get(name, LONGEST)):
            raise InvalidInput("value_too_long", field=name, most=most)
    warnings: list[str] = []
    number = read_blank(text.get("qr", ""))
    if "qr" in text and number is None:
        warnings += _fill_from_card(text, parse_card(_text("qr", row["qr"])))
    for name in REQUIRED:
        if name not in text:
            raise InvalidInput("field_missing", field=name)
    at, whole_day = parse_moment(text.get("received_at"), opening)
    if whole_day:
        warnings.append("time_assumed")
    kind = one_of("kind", text.get("kind", "received"), KINDS)
    if number is not None and kind != "received":
        raise InvalidInput("field_invalid", field="kind")
    applicant, doubts = _applicant(text)
    facts: dict[str, Any] = {"procedure": text["procedure"], "applicant": applicant}
    bringer = _bringer(text)
    if bringer:
        facts["bringer"] = bringer
    facts |= _choices(text)
    matter = parse_matter(row.get("matter"))
    if matter:
        facts["matter"] = matter
    if "papers" in text:
        facts["papers"] = [paper.strip() for paper in text["papers"].split(";") if paper.strip()]
    if "fee_paid" in text:
        facts["fee_paid"] = parse_money(text["fee_paid"])
    if kind == "not_accepted" and "note" in text:
        facts["reason"] = text["note"]
    facts |= {name: text[name] for name in ("variant", "ticket", "shelf", "note", "external_id") if name in text}
    return Intake(kind, at, facts, (*warnings, *doubts), number)


def known_papers(facts: dict[str, Any], version: ProcedureVersion) -> tuple[str, ...]:
    """Turn `all` and titles in `papers` into the version's codes; answers the names that it does not ask."""
    wanted = facts.get("papers")
    if wanted is None:
        return ()
    if [word.casefold() for word in wanted] == ["all"]:
        facts["papers"] = [paper.code for paper in version.papers]
        return ()
    by_name = {
        name.casefold(): paper.code for paper in version.papers for name in (paper.code, paper.title_vi, paper.title_en)
    }
    facts["papers"] = [by_name.get(word.casefold(), word) for word in wanted]
    return tuple(word for word in wanted if word.casefold() not in by_name)


def parse_moment(text: str | None, opening: Opening) -> tuple[datetime | None, bool]:
    """A moment, read in legal time without an offset; a date alone is its opening time (True)."""
    if text is None:
        return None, False
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("time_invalid", value=text) from None
    if moment.year not in YEARS:
        raise InvalidInput("time_invalid", value=text)
    if len(text) <= 10:
        return opening(moment.date()), True
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LEGAL_TIME)
    return moment.astimezone(LEGAL_TIME).replace(microsecond=0), False


def parse_amount(text: str) -> str:
    """An amount as a decimal string without exponent; InvalidInput `amount_invalid`.

    «20.000đ» is twenty thousand; a bare «20.000» may be meant either way and is refused.
    """
    bare = text.replace(" ", "")
    written = bare.removesuffix("đ")
    if _THOUSANDS.fullmatch(written):
        if written == bare:
            raise InvalidInput("amount_invalid", value=text)
        written = written.replace(".", "")
    try:
        amount = Decimal(written)
    except InvalidOperation:
        raise InvalidInput("amount_invalid", value=text) from None
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or amount < 0 or amount.adjusted() > 15 or exponent < -_DECIMALS:
        raise InvalidInput("amount_invalid", value=text)
    return f"{amount:f}"


def parse_money(text: str) -> str:
    """An amount of money, in whole đồng; InvalidInput `amount_invalid`."""
    amount = parse_amount(text)
    if Decimal(amount) % 1:
        raise InvalidInput("amount_invalid", value=text)
    return amount


def parse_matter(value: object) -> dict[str, str]:
    """Matter fields from a JSON object or `k=v;…`; InvalidInput `matter_invalid`."""
    if value in (None, ""):
        return {}
    found: object = value
    if isinstance(value, str):
        if value.lstrip().startswith("{"):
            try:
                found = json.loads(value)
            except (ValueError, RecursionError):
                raise InvalidInput("matter_invalid") from None
        else:
            pairs = [part.partition("=") for part in value.split(";") if part.strip()]
            if not all(equals for _, equals, _ in pairs):
                raise InvalidInput("matter_invalid")
            found = {name: inner for name, _, inner in pairs}
    if not isinstance(found, Mapping):
        raise InvalidInput("matter_invalid")
    given = {name: inner for name, inner in found.items() if inner is not None}
    if not all(isinstance(inner, str | int | float) and not isinstance(inner, bool) for inner in given.values()):
        raise InvalidInput("matter_invalid")
    return {clean_line(str(name)): clean_line(str(inner)) for name, inner in given.items()}


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """The value, if it is one of the known ones; else InvalidInput `choice_unknown`."""
    if value.lower() not in known:
        raise InvalidInput("choice_unknown", field=name, value=value, known=", ".join(known))
    return value.lower()


def opening_of(calendar: WorkCalendar) -> Opening:
    """When the unit opens on a day, by its calendar."""
    return lambda day: calendar.clock.moment(calendar.opening(day.toordinal()))


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime):
        raise InvalidInput("value_not_text", field=name)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _fill_from_card(text: dict[str, str], card: CardReading) -> list[str]:
    """A card's fields where the row has none of its own; a code that is no card is a fault of the row."""
    if card.status == "error":
        raise InvalidInput(card.warnings[0])
    fields = card.fields
    found = {
        "applicant_number": fields.number,
        "applicant_name": fields.name,
        "birth_date": fields.birth,
        "sex": fields.sex,
        "address": fields.address,
    }
    for name, value in found.items():
        if value:
            text.setdefault(name, value)
    return list(card.warnings)


def _applicant(text: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    warnings: list[str] = []
    kind = one_of("applicant_kind", text.get("applicant_kind", "citizen"), APPLICANT_KINDS)
    applicant: dict[str, Any] = {"kind": kind, "name": text["applicant_name"]}
    if "birth_date" in text:
        applicant["birth"] = parse_birth(text["birth_date"])
    if "sex" in text:
        applicant["sex"] = parse_sex(text["sex"])
    if "applicant_number" in text:
        number = text["applicant_number"].replace(" ", "")
        checked = check_number(number, applicant.get("birth"), applicant.get("sex"))
        if not checked.valid:
            raise InvalidInput("number_invalid")
        applicant["number"] = number
        applicant["id_type"] = "citizen_number" if len(number) == 12 else "old_card"
        warnings += [code for code in checked.warnings if code != "old_number"]
    if "phone" in text:
        applicant["phone"] = parse_phone(text["phone"])
    else:
        warnings.append("phone_missing")
    if text.get("return_by") == "post" and "address" not in text:
        warnings.append("address_missing")
    if "email" in text and "@" not in text["email"]:
        raise InvalidInput("email_invalid")
    agreed = one_of("tell", text.get("tell", NO), CONSENTS)
    if agreed != NO:
        if address_field(agreed) not in text:
            raise InvalidInput("tell_address_missing", field=address_field(agreed))
        applicant["tell"] = agreed
    plain = ("id_type", "id_number", "nationality", "address", "email")
    applicant |= {name: text[name] for name in plain if name in text}
    return applicant, warnings


def _bringer(text: Mapping[str, str]) -> dict[str, str]:
    bringer = {name: text[f"bringer_{name}"] for name in ("name", "number") if f"bringer_{name}" in text}
    if "bringer_capacity" in text:
        bringer["capacity"] = one_of("bringer_capacity", text["bringer_capacity"], CAPACITIES)
    return bringer


def _choices(text: Mapping[str, str]) -> dict[str, str]:
    return {
        name: one_of(name, text.get(name, "counter"), CHANNELS)
        for name in ("channel", "return_by")
        if name in text or name == "channel"
    }
