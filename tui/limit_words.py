"""A time limit in words: «7 ngày làm việc», «30 ngày, rồi 2 ngày làm việc kể từ khi xác minh xong»."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from core.catalogue import ProcedureVersion, Variant
from core.time_limit import Limit, Phase, Unit
from tui.i18n import tr


def limit_words(limit: Limit) -> str:
    """One limit in the interface's language."""
    if limit.unit is Unit.SAME_DAY:
        return tr("limit.same_day_until", cutoff=f"{limit.cutoff:%H:%M}") if limit.cutoff else tr("limit.same_day")
    if limit.unit is Unit.BY_TIME:
        day = {0: "same_day", 1: "next_day"}.get(int(limit.amount), "later")
        return tr(f"limit.by_time.{day}", time=f"{limit.time:%H:%M}", amount=amount_words(limit.amount))
    if limit.unit is Unit.IMMEDIATE:
        return tr("limit.immediate")
    return quantity_words(limit.amount, limit.unit)


def quantity_words(amount: Fraction, unit: Unit) -> str:
    """An amount of a unit that counts, a part of a limit, too: «1½ giờ làm việc»."""
    return tr(f"limit.{unit}.{'one' if amount <= 1 else 'many'}", amount=amount_words(amount))


def amount_words(amount: Fraction) -> str:
    """`7`, `½`, `2½`, or a decimal."""
    if amount.denominator == 1:
        return str(amount.numerator)
    if amount.denominator == 2:
        return f"{amount.numerator // 2 or ''}½"
    return f"{float(amount):g}"


def phases_words(phases: Iterable[Phase]) -> str:
    """Phases one after another, with what starts each."""
    parts = [limit_words(phase.limit) + _gate(phase.starts_on) for phase in phases]
    return tr("limit.then").join(parts)


def variant_words(variant: Variant) -> str:
    """A case's whole limit; an event that starts the clock is named."""
    gate = variant.starts_on if variant.starts_on != "received" else None
    return phases_words(variant.phases) + _gate(gate)


def version_words(version: ProcedureVersion) -> str:
    """The limits of all cases, each different one once, the default's first."""
    return " / ".join(dict.fromkeys(variant_words(variant) for variant in version.variants))


def _gate(kind: str | None) -> str:
    return f" {tr(f'limit.from.{kind}')}" if kind else ""
