"""Reasons of the regime for lateness in words: what they say, the basis of each, and what is doubtful in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.moments import legal_day
from core.reasons import Reason, in_force
from core.record import Event
from core.regime import USE_OF
from storage.lawbook.reasons import package_reasons
from tui.i18n import language, tr


def reason_words(reasons: Sequence[Reason]) -> list[tuple[str, str]]:
    """Codes with their words in the interface's language."""
    return [(one.code, _titled(one)) for one in reasons]


def proposed_words(body: Mapping[str, Any]) -> str:
    """A proposal's reason: the code's words, and the officer's own."""
    rows = [one for one in package_reasons() if one.code == body["code"]]
    title = _titled(rows[-1]) if rows else str(body["code"])
    return f"{title}: {body['reason']}" if body.get("reason") else title


def basis_line(reason: Reason) -> str:
    """What a leader must know of a reason's basis before deciding by it."""
    if reason.basis is None:
        return tr("basis.none", why=_why(reason))
    return tr("basis.known" if reason.verified else "basis.unverified", basis=reason.basis, why=_why(reason))


def basis_words(event: Event) -> str:
    """The basis that an event names, marked where the law's data gave it and nobody held that against the text."""
    basis = str(event.body.get("basis") or "–")
    return basis if basis_doubt(event) is None else tr("paper.unchecked", basis=basis)


def basis_doubt(event: Event) -> str | None:
    """Why the basis of an event is doubtful; None where its author named it, or it was read in the law."""
    code, basis, day = event.body.get("code"), event.body.get("basis"), legal_day(event.at)
    rows = in_force(package_reasons(), USE_OF.get(event.kind, ""), day)
    row = next((one for one in rows if one.code == code and one.basis == basis), None)
    return None if basis is None or row is None or row.verified else _why(row)


def _titled(reason: Reason) -> str:
    return reason.title_en if language() == "en" else reason.title_vi


def _why(reason: Reason) -> str:
    return (reason.unverified_reason_en if language() == "en" else reason.unverified_reason_vi) or ""
