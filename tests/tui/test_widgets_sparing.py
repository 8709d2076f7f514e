"""What is painted with less work looks as the toolkit would have painted it."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from tui.screens.parts import TextLines
from tui.widgets.sparing import Ground


class Ours(Ground, Vertical):
    """A part that other widgets cover."""


class Pair(App[None]):
    """The same part twice, once as the toolkit paints it."""

    CSS = "#box Vertical { width: 1fr; height: 1fr; background: #123456; color: red; }"

    def __init__(self, style: str) -> None:
        super().__init__()
        self.style = style

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            for kind in (Vertical, Ours):
                part = kind(TextLines(["một hai ba"]))
                part.set_styles(self.style)
                yield part


def _painted(app: App[None]) -> list[list[Strip]]:
    return [part.render_lines(part.size.region.grow(part.gutter).reset_offset) for part in app.query("#box > Vertical")]


@pytest.mark.parametrize(
    "style",
    [
        "",
        "padding: 0 2;",
        "padding: 1 2;",
        "border-top: solid green;",
        "border: round green; padding: 1;",
        "height: 0;",
    ],
)
async def test_a_ground_is_painted_as_the_toolkit_paints_it(style: str) -> None:
    app = Pair(style)
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        theirs, ours = _painted(app)
        assert ours == theirs and len(theirs) == app.query_one(Ours).outer_size.height


class Lines(App[None]):
    """Text on a part that has its own ground."""

    CSS = "#on { background: #eeeeee; } #on.dark { background: #111111; }"

    def compose(self) -> ComposeResult:
        with Vertical(id="on"):
            yield TextLines(["một", "hai"])


async def test_lines_take_the_ground_that_they_stand_on_also_when_it_changes() -> None:
    app = Lines()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        lines = app.query_one(TextLines)
        for dark, ground in ((False, "#eeeeee"), (True, "#111111"), (False, "#eeeeee")):
            app.query_one("#on").set_class(dark, "dark")
            await pilot.pause()
            styles = [segment.style for strip in lines.render_lines(lines.size.region) for segment in strip]
            assert styles and all(style and style.bgcolor and style.bgcolor.name == ground for style in styles)
