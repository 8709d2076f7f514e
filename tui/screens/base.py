"""What every screen of an officer has: the lines around it, the clock, news from other processes, quiet messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from tui.i18n import tr
from tui.keys import bind
from tui.screens.parts import TextLines
from tui.sentences import sentence
from tui.sync_words import clock_banner, sync_line
from tui.terminal import LEAST
from tui.widgets.keyed import TypeAhead
from tui.widgets.sparing import Ground
from tui.widgets.status import StatusBar, TitleBar

if TYPE_CHECKING:
    from tui.app import Workstation


class FramedScreen(TypeAhead, Ground, Screen[Any]):
    """What even a screen without a desk has. Subclasses give `name_key` (title), `hints` (key ids) and `body`."""

    name_key: ClassVar[str] = ""
    hints: ClassVar[Sequence[str]] = ()
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-too-narrow"), (LEAST[0], "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-too-low"), (LEAST[1], "-low"), (30, "-tall")]

    if TYPE_CHECKING:
        app: Workstation

    def __init__(self) -> None:
        """Knows its size from the first: a class that came with the first resize would style and paint it all anew."""
        super().__init__()
        size = self.app.size
        for cells, sizes in ((size.width, self.HORIZONTAL_BREAKPOINTS), (size.height, self.VERTICAL_BREAKPOINTS)):
            self.add_class(max(one for one in sizes if one[0] <= cells)[1], update=False)
        self._told_size = size

    def on_resize(self, event: events.Resize) -> None:
        """Whoever was laid out hears of it too: neither this screen nor those below it need that a second time."""
        if event.size == self.size == self._told_size:
            event.prevent_default()
        self._told_size = event.size

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        event.refresh_styles = False  # they are as they were mounted, or as another theme has left them

    def compose(self) -> ComposeResult:
        yield TextLines([tr("too_small")], id="too_small")
        yield TitleBar(id="title")
        yield TextLines(id="clock", classes="problem")
        yield from self.body()
        yield from self.lesson()
        yield Static("", id="message", markup=False)
        yield StatusBar(self.hints, self.key_title, id="status")

    def body(self) -> ComposeResult:
        """The widgets between the top line and the message line."""
        yield from ()

    def lesson(self) -> ComposeResult:
        """At a demo, what the first hour asks for next; nothing where no officer is at work."""
        yield from ()

    def demo_pins(self) -> list[str]:
        """The line that tells a demo's PINs; none on a real desk."""
        pins = " · ".join(f"{code} {pin}" for code, pin in self.app.demo_pins.items())
        return [tr("sign_in.pins", pins=pins)] if pins else []

    def on_mount(self) -> None:
        self.show_heading()

    def show_heading(self) -> None:
        """The top line; without a desk only the title."""
        self.query_one(TitleBar).tell("", tr(self.name_key), "")

    def key_title(self, key_id: str) -> str | None:
        """What a key does on this screen, where that is not its usual words: for the foot and the help."""
        return None

    def hint(self, key_ids: Sequence[str]) -> None:
        """The keys that count here now, in the foot."""
        self.query_one(StatusBar).hint(key_ids, self.key_title)

    def say(self, text: str) -> None:
        """A quiet line above the foot; the next one replaces it."""
        self.query_one("#message", Static).update(text)

    def refuse(self, answer: Refusal | InvalidInput) -> None:
        """Say why not, with the article."""
        basis = f" ({answer.basis})" if answer.basis else ""
        self.say(f"✗ {sentence(answer.code, answer.params)}{basis}")
        self.app.bell()

    def missed_pin(self) -> None:
        """A PIN was wrong: say how often it may still be tried, or how long to wait."""
        self.say(f"✗ {self.app.pin_tries.missed_words()}")
        self.app.bell()


class OfficerScreen(FramedScreen):
    """A screen on an open desk; `fill` reads the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [bind("back", "back")]

    _seen: int | None = None
    """The file's version that is shown; None until the screen is mounted."""
    _was_covered = False
    _times_new = 0
    """How often it was shown as if it were new: what was begun before that is told no more."""

    def fill(self) -> None:
        """Read the desk again and show it; called at the start and when another process has written."""

    def lesson(self) -> ComposeResult:
        if self.app.practice is not None:
            from tui.widgets.lesson_strip import LessonStrip

            yield LessonStrip()

    def uncovered(self) -> None:
        """Called when a screen that lay over this one is gone: read again what may be otherwise now."""

    def leave(self) -> None:
        """Called before a numbered key takes the officer elsewhere: keep what was typed."""

    def on_mount(self) -> None:
        self._seen = self.app.desk.changed_elsewhere()
        self.fill()

    def renew(self) -> None:
        """Show what a new screen would: nothing said yet, everything read now."""
        self._seen, self._was_covered = self.app.desk.changed_elsewhere(), False
        self._times_new += 1
        self.say("")
        self.show_heading()
        self.fill()

    def on_screen_suspend(self) -> None:
        self._was_covered = True

    def on_screen_resume(self) -> None:
        if self._was_covered and self.stands:
            self._was_covered = False
            self.show_heading()
            self.uncovered()

    @property
    def stands(self) -> bool:
        """Whether the screen is mounted and not being taken down: only then may a timer touch it."""
        return self._seen is not None and any(isinstance(child, TitleBar) for child in self.children)

    def tick(self) -> None:
        """Once a second: the clock, and what other processes wrote meanwhile."""
        if not self.stands:
            return
        self.show_heading()
        now = self.app.desk.changed_elsewhere()
        if now != self._seen:
            self._seen = now
            self.news()

    def news(self) -> None:
        """Another process has written: read the desk again."""
        self.fill()

    def show_heading(self) -> None:
        self.query_one(TitleBar).tell(*self.app.heading(tr(self.name_key)))
        state = self.app.desk.sync_state()
        self.query_one(StatusBar).tell(sync_line(self.app.desk, state))
        self.show_notices()
        banner = clock_banner(state)
        self.query_one("#clock", TextLines).show_lines(banner)
        self.query_one("#clock", TextLines).set_class(bool(banner), "told")

    def show_notices(self) -> None:
        """What is new, or waits to be read, in the foot."""
        if self.stands:
            self.query_one(StatusBar).tell_notice(*self.app.notices.lines())

    def action_back(self) -> None:
        """Esc: one step back; home is the queue."""
        self.leave()
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.app.action_go("queue")
