"""The offer of the online service in words: the one line to say, and the citizen's answers."""

from __future__ import annotations

from core.catalogue import ProcedureVersion
from core.moments import legal_day
from core.service import WHY_NOT, service_on
from storage.desk import Desk
from storage.lawbook.services import package_services
from tui.i18n import tr
from tui.screens.intake_facts import Form, fee_of
from tui.screens.intake_law import grouped

OFFERS: tuple[dict[str, str], ...] = (
    {"answer": "took"},
    {"answer": "next_time"},
    *({"answer": "no", "reason": reason} for reason in WHY_NOT),
)
"""What an answer writes, in the order in which they are offered."""


def said_line(desk: Desk, form: Form, version: ProcedureVersion | None) -> str:
    """What to say to whoever came to the counter; empty where there is nothing to offer."""
    if version is None or form.text("channel") != "counter":
        return ""
    now = desk.now()
    service = service_on(version, package_services(), legal_day(now))
    if not service.online:
        return ""
    fees = [fee_of(version, channel, now) for channel in ("online", "counter")]
    online, counter = (fee.amount if fee is not None else None for fee in fees)
    cheaper = online is not None and counter is not None and online < counter
    fee = tr("offer.fee", online=grouped(online or 0), counter=grouped(counter or 0)) if cheaper else ""
    return tr("offer.say", level=tr(f"service.{service.level}"), fee=fee)


def answer_words(one: dict[str, str]) -> str:
    """An answer, or why it is no."""
    return tr(f"why_not.{one['reason']}") if "reason" in one else tr(f"answer.{one['answer']}")
