"""What officers are told of sync, in a line or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from storage.desk import Desk, SyncState
from storage.messages import count_failed
from tui.dates import age
from tui.i18n import tr

if TYPE_CHECKING:
    from tui.scheduled_sync import Outcome


def sync_line(desk: Desk, state: SyncState) -> str:
    """Saved here, at the city, or a problem; how much waits; whom to call; the clock."""
    never = ".never" if state.minutes is None and state.word in ("here", "problem") else ""
    line = tr(f"sync.{state.word}{never}", pending=state.pending, age=age(60 * (state.minutes or 0)))
    unsent = count_failed(desk.connection)
    line = f"{line} · {tr('messages.unsent', count=unsent)}" if unsent else line
    return f"{line} · {_clock_words('clock.off', state)}" if state.clock else line


def clock_banner(state: SyncState) -> list[str]:
    """What is said above everything while the machine's clock is far off."""
    return [_clock_words("clock.banner", state)] if state.clock == "banner" else []


def outcome_lines(outcome: Outcome) -> list[str]:
    """How an exchange went, a line a hub."""
    if outcome.hubs:
        return [_report_words(hub) for hub in outcome.hubs]
    return [f"✗ {outcome.said}" if outcome.said else tr("sync.no_hub")]


def _report_words(hub: Mapping[str, Any]) -> str:
    error = hub.get("error")
    if error:
        return f"✗ {hub['url']}: {error['message']}"
    return "✓ " + tr("sync.done", url=hub["url"], sent=hub["sent"], received=hub["received"], pending=hub["pending"])


def _clock_words(key: str, state: SyncState) -> str:
    return tr(key, minutes=int(abs(state.clock_offset_s or 0)) // 60)
