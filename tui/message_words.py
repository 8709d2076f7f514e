"""What screens and commands say of messages to citizens: what about, where each stands, what stands against them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.contact import channel_of
from core.dossier import Dossier
from core.moments import LEGAL_TIME
from storage.desk import Desk
from storage.messages import Message, is_dead, messages_of
from tui.dates import moment_short
from tui.i18n import tr


def about_words(about: str) -> str:
    """What a message tells."""
    return tr(f"message.{about}")


def state_words(one: Message, *, sending: bool) -> str:
    """Where it stands, with the reason; `sending`: whether this desk has a way to send."""
    reason = reason_words(one)
    if one.state == "failed":
        return tr("messages.state.failed", reason=reason, tries=one.tries)
    if not sending and one.state == "waiting":
        return tr("messages.state.no_delivery")
    if one.state == "waiting" and one.reason:
        return tr("messages.state.again", reason=reason, at=moment_short(_moment(one.next_at)))
    return tr(f"messages.state.{one.state}", at=moment_short(_moment(one.next_at)), reason=reason)


def reason_words(one: Message) -> str:
    """Why it was not sent."""
    return tr(f"messages.reason.{one.reason}", detail=one.detail or "–") if one.reason else ""


def telling_lines(desk: Desk, dossier: Dossier, *, sending: bool) -> Iterator[str]:
    """On a dossier: that the applicant is dead, how he agreed to be told, and what waits or could not be sent."""
    if dossier.died is not None:
        day = dossier.died.body.get("died_on")
        yield tr(
            "dossier.died",
            proof=dossier.died.body["proof"],
            day=f"{datetime.fromisoformat(day):%d/%m/%Y}" if day else "–",
        )
    elif is_dead(desk, dossier.id):
        yield tr("dossier.died_elsewhere")
    channel = channel_of(dossier)
    if channel is not None:
        yield tr("dossier.tell", channel=tr(f"tell.{channel}"))
    for one in messages_of(desk, dossier.id):
        if one.state in ("waiting", "sending", "failed"):
            yield f"- {about_words(one.about)}: {state_words(one, sending=sending)}"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, LEGAL_TIME)
