"""What `motcua catalogue` says to a person: the list by field, and a procedure with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from core.service import Service
from tui.i18n import tr

Facts = Mapping[str, Any]


def list_lines(rows: Sequence[Facts], day: date) -> Iterator[str]:
    """One procedure a line under its field's heading."""
    yield tr("catalogue.in_force_on", day=f"{day:%d/%m/%Y}", count=len(rows))
    for name, members in groupby(rows, key=lambda row: row["field"]):
        yield f"\n{tr(f'field.{name}').upper()}"
        for row in members:
            mark = "" if row["verified"] else f" [{tr('catalogue.unverified')}]"
            yield f"  {row['name']} ({row['code'] or '—'}): {row['title']}{mark}"
            yield f"      {row['limit']} · {_service(row)} · {row['basis']}"


GROUPS = ("online", "informs", "counter", "unknown")
"""How far procedures are online services, in the order in which they are listed."""


def group_of(row: Facts) -> str:
    """One of GROUPS."""
    if row["counter_only"] is None:
        return "unknown"
    if row["counter_only"]:
        return "counter"
    return "online" if Service(row["level"], None).online else "informs"


def service_lines(rows: Sequence[Facts], day: date) -> Iterator[str]:
    """The online services with their extent, then what stays at the counter with its reason, then what is not known.

    Levels 1 and 2 only inform and give forms: nobody can hand anything in by them.
    """
    yield tr("catalogue.in_force_on", day=f"{day:%d/%m/%Y}", count=len(rows))
    doubts: dict[str, None] = {}
    for heading, members in groupby(rows, key=group_of):
        listed = list(members)
        yield f"\n{tr(f'catalogue.service.{heading}', count=len(listed)).upper()}"
        for row in listed:
            yield f"  {row['name']} ({row['code'] or '—'}): {row['title']}"
            yield f"      {_service_words(row)}"
            doubts |= {row["unverified_reason"]: None} if row["unverified_reason"] else {}
    yield from (f"\n{tr('catalogue.unverified')}: {doubt}" for doubt in doubts)


def _service_words(row: Facts) -> str:
    if row["counter_only"] is None:
        return tr("catalogue.no_data")
    mark = "" if row["verified"] else f" [{tr('catalogue.unverified')}]"
    words = tr(f"service.{row['level']}") if row["level"] else row["reason"]
    return f"{words} · {row['basis'] or tr('catalogue.no_data')}{mark}"


def show_lines(facts: Facts) -> Iterator[str]:
    """A procedure's version in force: limits, papers, fees, each with its source."""
    yield f"{facts['title']} — {facts['name']} ({_code(facts)})"
    if not facts["verified"]:
        yield f"  {tr('catalogue.unverified')}: {facts['unverified_reason']}"
    yield _said("in_force", _period(facts))
    yield _said("basis", facts["basis"])
    yield _said("field", tr(f"field.{facts['field']}"))
    yield _said("service", _service(facts))
    receiving = ", ".join(tr(f"unit_kind.{kind}") for kind in facts["receiving"])
    yield _said("receiving", receiving)
    yield _said("deciding", tr(f"unit_kind.{facts['deciding']}"))
    yield _said("supplement", _supplement(facts))
    yield _said("payment", tr(f"on_payment.{facts['on_payment']}"))
    yield _said("result", facts["result"])
    if facts["transition"]["basis"]:
        moves = facts["transition"]
        yield _said("transition", f"{tr('transition.' + moves['rule'])} ({moves['basis']})")
    if facts["matter_fields"]:
        yield _said("matter", ", ".join(tr(f"matter.{name}") for name in facts["matter_fields"]))
    if facts["note"]:
        yield _said("note", facts["note"])
    yield from _section("limits", [f"{one['title']}: {one['limit']} ({one['basis']})" for one in facts["variants"]])
    yield from _section("papers", [_paper(one) for one in facts["papers"]])
    yield from _section("fees", [_fee(one) for one in facts["fees"]])
    yield from _section("versions", [_period(one) + f": {one['basis']}" for one in facts["versions"]])


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"\n{tr(f'catalogue.{name}')}"
    yield from (f"  - {line}" for line in lines or [tr("catalogue.not_known")])


def _said(name: str, value: str) -> str:
    return f"  {tr(f'catalogue.{name}')}: {value}"


def _code(facts: Facts) -> str:
    if facts["code"] is None:
        return tr("catalogue.no_code")
    return facts["code"] if facts["code_verified"] else f"{facts['code']}, {tr('catalogue.unverified')}"


def _service(facts: Facts) -> str:
    return tr(f"service.{facts['service'] or 'none'}")


def _supplement(facts: Facts) -> str:
    basis = facts["supplement_basis"] or tr("catalogue.unverified")
    return f"{tr('on_supplement.' + facts['on_supplement'])} ({basis})"


def _paper(paper: Facts) -> str:
    optional = "" if paper["required"] else f" ({tr('catalogue.if_needed')})"
    note = f" — {paper['note']}" if paper["note"] else ""
    return f"{paper['code']}: {paper['title']}{optional}{note}"


def _fee(fee: Facts) -> str:
    known = fee["amount"] is not None
    amount = tr("fee.amount", amount=f"{fee['amount']:,}".replace(",", ".")) if known else tr("fee.unknown")
    mark = "" if fee["verified"] else f" [{tr('catalogue.unverified')}]"
    return f"{tr('channel.' + fee['channel'])}: {amount} ({fee['basis']}; {_period(fee)}){mark}"


def _period(row: Facts) -> str:
    return f"{_day(row['valid_from'])} → {_day(row['valid_to'])}"


def _day(iso: str | None) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else "…"
