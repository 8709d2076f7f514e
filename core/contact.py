"""How the citizen agreed to be reached, and what the fold makes of having told them, or of their death."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.record import Event

if TYPE_CHECKING:
    from core.dossier import Dossier

CHANNELS = ("sms", "mail")
BY_PHONE = "phone"
NO = "none"
CONSENTS = (*CHANNELS, NO)
"""What stands in `applicant.tell`; not there: the person did not say yes."""
_ADDRESSES = {"sms": "phone", "mail": "email"}


def address_field(channel: str) -> str:
    """The applicant's field that a way needs."""
    return _ADDRESSES[channel]


def channel_of(dossier: Dossier) -> str | None:
    """The way that the person agreed to; None without consent."""
    agreed = dossier.applicant.get("tell")
    return str(agreed) if agreed in CHANNELS else None


def address_of(dossier: Dossier) -> str | None:
    """The phone number or e-mail address of that way; None where the dossier has none."""
    channel = channel_of(dossier)
    found = dossier.applicant.get(address_field(channel)) if channel else None
    return str(found) if found else None


def language_of(dossier: Dossier) -> str:
    """What the applicant is written to in."""
    return "en" if dossier.applicant.get("kind") == "foreigner" else "vi"


def _told(dossier: Dossier, event: Event) -> None:
    """A reminder counts as made, whoever made it."""
    dossier.told.add(str(event.body["cause"]))
    if event.body["about"] == "reminder":
        dossier.asked_again_at = event.at
    elif event.body["about"] == "uncollected":
        dossier.reminded_at = event.at


def _died(dossier: Dossier, event: Event) -> None:
    dossier.died = None if event.body.get("mistaken") else event


EFFECTS: Mapping[str, Callable[[Dossier, Event], None]] = {"citizen_told": _told, "applicant_died": _died}
