"""A carrier's list of letters: which columns it may have, and what one line of it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.answers import InvalidInput
from core.text import clean_line, fold

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "tracking": ("tracking", "tracking number", "so hieu", "so hieu buu gui", "ma buu gui", "ma van don", "so van don"),
    "code": ("code", "receipt number", "ma ho so", "so ho so"),
    "status": ("status", "trang thai", "tinh trang", "ket qua phat"),
    "date": ("date", "ngay", "ngay phat", "ngay hoan", "thoi gian"),
    "proof": ("proof", "nguoi nhan", "bang chung", "ky nhan"),
    "reason": ("reason", "ly do", "ghi chu"),
}
"""What a column may be called, folded: by what the line says in it."""
_STATUS: Mapping[str, str] = {
    **dict.fromkeys(
        ("delivered", "phat thanh cong", "da phat", "da giao", "giao thanh cong", "thanh cong"), "delivered"
    ),
    **dict.fromkeys(("returned", "chuyen hoan", "da hoan", "hoan tra", "phat hoan", "tra lai nguoi gui"), "returned"),
    **dict.fromkeys(("", "sent", "da nhan", "da nhan gui", "dang van chuyen", "in transit"), "sent"),
}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """`status`: delivered, returned or sent (only the number is told); `code`: the dossier's, where the list has it."""

    tracking: str
    status: str
    code: str = ""
    day: date | None = None
    proof: str = ""
    reason: str = ""


def columns_of(names: Mapping[str, object]) -> dict[str, str]:
    """Which of the list's own columns says what; raises InvalidInput `carrier_list_columns` without a number's."""
    known = {heading: what for what, headings in HEADINGS.items() for heading in headings}
    found = {known[folded]: name for name in names if (folded := _folded(name)) in known}
    if "tracking" not in found:
        raise InvalidInput("carrier_list_columns", known=", ".join(HEADINGS["tracking"]))
    return found


def read_line(row: Mapping[str, object], columns: Mapping[str, str]) -> CarrierLine:
    """One line. Raises InvalidInput `tracking_missing`, `carrier_status_unknown`, `date_invalid` or
    `delivery_day_missing`."""
    text = {what: clean_line(str(row.get(name) if row.get(name) is not None else "")) for what, name in columns.items()}
    if not text["tracking"]:
        raise InvalidInput("tracking_missing")
    said = text.get("status", "")
    status = _STATUS.get(_folded(said))
    if status is None:
        raise InvalidInput("carrier_status_unknown", status=said)
    day = _day(text.get("date", ""))
    if status == "delivered" and day is None:
        raise InvalidInput("delivery_day_missing")
    return CarrierLine(
        text["tracking"], status, text.get("code", ""), day, text.get("proof", ""), text.get("reason", "")
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    found = _DAY.match(text)
    try:
        if found is None:
            return date.fromisoformat(text[:10])
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    except ValueError:
        raise InvalidInput("date_invalid", value=text) from None


def _folded(text: str) -> str:
    return " ".join(fold(clean_line(text)).split())
