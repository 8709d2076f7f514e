"""The workstation in a test: signed in at the founded desk, with keys, scans and what the screen says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from tests.conftest import Office
from tui.app import Workstation
from tui.widgets.scan import ScanCatcher

CARD = "001185012345|201234567|Nguyễn Thị Hồng Đào|01011985|Nữ|Số 5 ngõ 12, Hòa Hải, Đà Nẵng|15042021"
NARROW, WIDE = (80, 24), (120, 40)


def painted(app: Workstation) -> str:
    """Every character of the screen as it goes to the terminal."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def counted(pilot: Pilot[Any]) -> None:
    """Wait for what a thread counts for the screen, a minute at most."""
    for _ in range(1200):
        if not getattr(pilot.app.screen, "is_counting", False):
            return
        await pilot.pause(0.05)
    raise AssertionError("nothing came")


@dataclass(slots=True)
class Desktop:
    """Keys in, texts out; `keys` counts what an officer pressed."""

    app: Workstation
    pilot: Pilot[None]
    keys: int = 0

    async def press(self, *keys: str) -> None:
        """Press the keys, each after what a thread counts for the one before has come."""
        self.keys += len(keys)
        for key in keys:
            await self.pilot.press(key)
            await self.counted()
        await self.pilot.pause()

    async def counted(self) -> None:
        """What a thread counts for the screen has come."""
        await counted(self.pilot)

    async def type(self, text: str) -> None:
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def scan(self, text: str) -> None:
        """What a scanner that sends no Enter reads: one press of its button."""
        self.keys += 1
        screen = self.app.screen
        assert isinstance(screen, ScanCatcher)
        await screen.take_scan(text)
        await self.pilot.pause()
        await self.pilot.pause()

    async def settle(self, seconds: float = 0.1) -> None:
        await self.pilot.pause(seconds)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Let what is on its way arrive, however slow the machine is."""
        for _ in range(400):
            if seen():
                return
            await self.settle(0.05)
        raise AssertionError(f"not seen; the screen is:\n{painted(self.app)}")

    def one(self, selector: str) -> Any:
        return self.app.screen.query_one(selector)

    def says(self, selector: str = "#message") -> str:
        """What a line of the screen says; nothing where it is not shown."""
        line = self.app.screen.query_one(selector, Static)
        return str(line.content).replace("\xa0", " ") if line.display else ""

    @property
    def focus(self) -> str | None:
        """The id of what has the focus, or its class."""
        focused = self.app.focused
        return (focused.id or type(focused).__name__) if focused else None


@asynccontextmanager
async def workstation(
    office: Office, *place: str, size: tuple[int, int] = NARROW, officer: str = "tmd"
) -> AsyncIterator[Desktop]:
    """Open the app on the station's folder and go to a place by its key's id."""
    app = Workstation(office.folder, officer=officer)
    async with app.run_test(size=size) as pilot:
        desktop = Desktop(app, pilot)
        await pilot.pause()
        for name in place:
            await app.run_action(f"go('{name}')")
            await pilot.pause()
            await desktop.counted()
        yield desktop
    app.desk.close()
