"""The unit's working figures: a policy of the station's law, else the one that this version of the program brings.

A station that was founded under an earlier version has no row for a figure that came later until it takes it over.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from core.answers import InvalidInput
from core.catalogue import Policy
from core.law import Law
from storage.lawbook.building import law_from_rows
from storage.lawbook.package import DATA, calendar_row, read_toml


def figure(law: Law, name: str, unit: str, day: date) -> str:
    """The policy's value on the day. Raises `InvalidInput("policy_unknown")` where neither has one."""
    return figure_row(law, name, unit, day).value


def figure_row(law: Law, name: str, unit: str, day: date) -> Policy:
    """`figure` with what it rests on."""
    try:
        return law.policy_row(name, unit, day)
    except InvalidInput:
        return _proposed().policy_row(name, None, day)


def figure_if_any(law: Law, name: str, unit: str, day: date) -> str | None:
    """`figure`, or None where there is none."""
    try:
        return figure(law, name, unit, day)
    except InvalidInput:
        return None


@cache
def _proposed() -> Law:
    """Nothing but the policies of core/data: the catalogue is large, and not asked here."""
    rows = read_toml((DATA / "policy.toml").read_bytes())["policy"]
    return law_from_rows(calendar_row("policy", row, "policy.toml") for row in rows)
