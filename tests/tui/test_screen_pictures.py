"""Every screen once in English, and in Vietnamese those that have no pictures of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Office
from tests.tui.queue_station import fill_queue
from tests.tui.workstation import NARROW, WIDE, counted
from tui.app import Workstation
from tui.i18n import set_language

PLACES = {
    "actions": ("enter", "a"),
    "action-form": ("enter", "a", *"note", "enter"),
    "apology": ("x",),
    "blanks": ("ctrl+b",),
    "bulk": ("space", "down", "space", "b"),
    "dossier": ("enter",),
    "duties": ("l",),
    "handover": ("f5",),
    "help": ("f12",),
    "law": ("ctrl+k",),
    "letters": ("enter", "m"),
    "lists": ("ctrl+g",),
    "lock": ("ctrl+y",),
    "messages": ("ctrl+l",),
    "palette": ("ctrl+p",),
    "reports": ("f7",),
    "return": ("f4",),
    "search": ("f3", *"dao"),
    "settings": ("f9",),
    "sync": ("f6",),
    "what-if": ("ctrl+t",),
    "why": ("w",),
}
"""The keys that lead from the queue to a screen."""
BARE = ("actions", "action-form", "bulk", "palette")


@pytest.fixture
def filled(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    """A queue of each urgency, on a machine without a printer."""
    fill_queue(office.folder, monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    return office


def pressing(keys: Sequence[str]) -> Callable[[Any], Any]:
    async def before(pilot: Any) -> None:
        await pilot.pause(0.1)
        for key in keys:
            await pilot.press(key)
            await counted(pilot)
            await pilot.pause()
        await pilot.pause(0.3)

    return before


@pytest.mark.parametrize("place", PLACES)
def test_in_english(filled: Office, snap_compare: Callable[..., bool], place: str) -> None:
    set_language("en")
    app = Workstation(filled.folder, officer="tmd")
    assert snap_compare(app, terminal_size=NARROW, run_before=pressing(PLACES[place]))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("place", BARE)
def test_picture(filled: Office, snap_compare: Callable[..., bool], place: str, size: tuple[int, int]) -> None:
    app = Workstation(filled.folder, officer="tmd")
    assert snap_compare(app, terminal_size=size, run_before=pressing(PLACES[place]))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_start(snap_compare: Callable[..., bool], language: str, size: tuple[int, int]) -> None:
    set_language(language)
    assert snap_compare(Workstation(Path("/nowhere/desk")), terminal_size=size, run_before=pressing(()))
