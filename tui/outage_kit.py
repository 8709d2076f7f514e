"""The kit for an outage: blank numbered receipts, and the dates that an officer without a machine looks up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from functools import partial
from string import ascii_uppercase
from typing import Any

from core.answers import Refusal
from core.due_table import DueCase, DueColumn, DueTable, due_table, receipt_days
from core.forms import FormVersion, day_words, form_line
from core.moments import legal_day
from core.slip_code import blank_text
from storage.blanks import Blank, take_blanks
from storage.desk import Desk
from storage.officers import Officer
from storage.press import Plate, Press, qr_svg
from tui.dates import day_short, moment_long
from tui.i18n import in_language
from tui.limit_words import variant_words
from tui.papers import heading_of
from tui.slip_words import waits_words

_WEEK, _TABLE_DAYS = 7, 30
BLANKS = 30
"""Of a day, where nobody says another number."""
MOST_BLANKS = 200
_LINES = (
    "subject",
    "number",
    "address",
    "phone",
    "bringer",
    "request",
    "papers",
    "sets",
    "received",
    "due",
    "return",
    "fee",
)


def take_kit(desk: Desk, officer: Officer, first: date, count: int) -> list[Blank] | Refusal:
    """Numbers for `count` blank receipts on each day of the week from `first` on, on which the unit receives dossiers.

    Refusals: `blanks_of_the_past`, `blanks_no_day`, and those of `storage.blanks.take_blanks`.
    """
    if first < legal_day(desk.now()):
        return Refusal("blanks_of_the_past")
    days = receipt_days(desk.law, desk.identity.unit, first, _WEEK)
    return take_blanks(desk, officer, days, count) if days else Refusal("blanks_no_day")


def dates_of(desk: Desk, first: date) -> DueTable:
    """The appointments of the coming 30 days."""
    law, unit = desk.law, desk.identity.unit
    return due_table(law, unit, receipt_days(law, unit, first, _TABLE_DAYS))


def outage_kit(press: Press, desk: Desk, first: date, blanks: Sequence[Blank]) -> Callable[[], Plate]:
    """The table of dates, then a page for each blank receipt with both copies.

    What is answered makes the pages and reads no database, so that a thread may do it.
    """
    with in_language("vi"):
        made = desk.now()
        form = press.form("outage-kit", legal_day(made))
        heading = heading_of(desk, form)
        data = {
            "words": dict(form.words),
            "title": form.title,
            "parent": heading.unit_parent,
            "unit": heading.unit_name,
            "place_and_day": f"{heading.place}, {day_words(legal_day(made))}",
            "rule": form.words["rule_dates"].format(moment=moment_long(made)),
            "counter": form.words["counter_number"].format(number=desk.identity.number),
            "table": _table_data(form, dates_of(desk, first)),
            "blanks": [_blank_data(press, form, blank) for blank in blanks],
            "form": form_line(form),
        }
        return partial(press.kit, data, made)


def table_text(press: Press, desk: Desk, first: date) -> str:
    """The table of dates as lines, column by column; nothing is set aside by reading it."""
    with in_language("vi"):
        form = press.form("outage-kit", legal_day(desk.now()))
        data = _table_data(form, dates_of(desk, first))
        out = [form.title, ""]
        for place, column in enumerate(data["columns"]):
            out.append(f"{column['letter']} · {column['limit']}: {'; '.join(column['cases'])}")
            out += [
                f"  {day}: {cells[place].replace(chr(10), ' ')}"
                for day, cells in zip(data["days"], data["cells"], strict=True)
            ]
        for heading, rows in (("hourly", data["hourly"]), ("waiting", data["waiting"])):
            if rows:
                out += ["", form.words[heading], *(f"  {case}: {words}" for case, words in rows)]
        return "\n".join([*out, "", *([form.words["unchecked"]] if data["unchecked"] else []), form_line(form)]) + "\n"


def _table_data(form: FormVersion, table: DueTable) -> dict[str, Any]:
    cases = [case for column in table.columns for case in column.cases]
    cases += [*table.by_the_hour, *(case for case, _ in table.waiting)]
    return {
        "days": [day_short(day) for day in table.days],
        "columns": [_column(form, place, column) for place, column in enumerate(table.columns)],
        "cells": [[_cell(column, row) for column in table.columns] for row in range(len(table.days))],
        "hourly": [(_title(form, case), variant_words(case.variant)) for case in table.by_the_hour],
        "waiting": [(_title(form, case), waits_words(event)) for case, event in table.waiting],
        "unchecked": not all(case.version.verified for case in cases),
    }


def _column(form: FormVersion, place: int, column: DueColumn) -> dict[str, Any]:
    limits = dict.fromkeys(variant_words(case.variant) for case in column.cases if not case.paid)
    limits = limits or dict.fromkeys(variant_words(case.variant) for case in column.cases)
    letter = ascii_uppercase[place % 26] * (place // 26 + 1)
    return {"letter": letter, "limit": ", ".join(limits), "cases": [_title(form, case) for case in column.cases]}


def _cell(column: DueColumn, row: int) -> str:
    due = column.due[row]
    if due is None:
        return "–"
    if due.time() == time(0):
        return f"24:00\n{due - timedelta(days=1):%d/%m/%y}"
    return f"{due:%H:%M}\n{due:%d/%m/%y}"


def _title(form: FormVersion, case: DueCase) -> str:
    version, variant = case.version, case.variant
    title = version.title_vi
    if len(version.variants) > 1 and variant.title_vi != title:
        title += f" – {variant.title_vi}"
    if case.paid:
        title += f" ({form.words['paid_now']})"
    return title if version.verified else f"{title} *"


def _blank_data(press: Press, form: FormVersion, blank: Blank) -> dict[str, Any]:
    """The captions are those of the receipt that is in force on the day, in its order."""
    receipt = press.form("receipt", blank.day)
    order = [name for line in receipt.lines for name in line.split("+") if name in _LINES]
    values = {
        "received": form.words["at_time"].format(day=day_words(blank.day)),
        "due": form.words["due_blank"],
        "sets": receipt.words["sets_value"].format(sets="01"),
    }
    return {
        "title": receipt.title.split("\n"),
        "number": blank.number,
        "qr": qr_svg(blank_text(blank.number)),
        "lines": [(receipt.words[name], values.get(name, ""), name) for name in order],
        "ways": [receipt.words[f"return_{way}"] for way in ("counter", "post")],
        "papers": [receipt.words[f"papers_{column}"] for column in receipt.columns["papers"]],
        "form": form_line(receipt),
    }
