"""The workstation: one open desk, one officer, and the way from screen to screen."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import Screen

from core.answers import InvalidInput, Refusal
from core.events import KINDS
from core.moments import LEGAL_TIME
from storage.blanks import blanks_to_count
from storage.database import DATABASE_NAME
from storage.desk import Command, Desk, Done
from storage.folder import default_folder
from storage.officers import Officer
from storage.regime import count_duties
from storage.settings import Settings, settings_at
from tui.aside import Reader
from tui.dates import day_short
from tui.i18n import tr
from tui.interpreter import RESTS, clear_up, give_way_to_keys
from tui.keys import bind, keep_alt_keys
from tui.law_words import unread_lines
from tui.making import SCREENS, ScreenMaker
from tui.notices import Notices
from tui.own_light import OwnLight
from tui.pin_tries import PinTries
from tui.plain_signs import PlainSigns, has_few_signs
from tui.scheduled_messages import ScheduledMessages
from tui.scheduled_sync import ScheduledSync
from tui.themes import STYLES, THEME_NAMES, register
from tui.typing import chosen, turned
from tui.widgets.composing import Typing
from tui.widgets.phrases import Phrases

if TYPE_CHECKING:
    from tui.practice import Practice, Told
    from tui.printing import Prints

Prepare = Callable[[Callable[[int, int], None]], Path]
"""Makes the data folder (a demo's), telling `(done, total)` as it goes."""

_PLACES = ("queue", "intake", "search", "return", "handover", "sync", "reports", "settings")


class Workstation(App[None]):
    """Bindings are the numbered keys; whatever an officer does goes through `do`."""

    TITLE = "Một Cửa"
    CSS_PATH = STYLES
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(name, f"go('{name}')") for name in _PLACES),
        bind("help", "over('help')"),
        bind("palette", "over('palette')"),
        bind("typing", "typing"),
        bind("practice", "beside('lessons')"),
        bind("sample_scan", "sample_scan"),
        bind("what_if", "beside('what_if')"),
        bind("calendar", "beside('calendar')"),
        bind("law", "beside('law')"),
        bind("lists", "beside('lists')"),
        bind("official", "beside('official')"),
        bind("messages", "beside('messages')"),
        bind("notices", "beside('notices')"),
        bind("blanks", "beside('blanks')"),
        bind("post", "beside('post')"),
        bind("fines", "beside('fines')"),
        bind("officer", "go('sign_in')"),
        bind("lock", "lock"),
        bind("quit", "quit"),
        Binding("ctrl+c", "interrupted", show=False, system=True),
    ]

    typing: reactive[Typing] = reactive(Typing())
    """How the fields compose Vietnamese; F8 changes it, and the desk keeps it."""
    lesson: reactive[Told | None] = reactive(None)
    """What the first hour's strip says; None on a real desk, and while it is off."""

    def __init__(
        self,
        folder: Path | None,
        *,
        officer: str | None = None,
        prepare: Prepare | None = None,
        demo_pins: Mapping[str, str] | None = None,
        ascii_signs: bool = False,
    ) -> None:
        """`officer` (a code) is signed in at once: demos only.

        `demo_pins`: a demo's PINs by its officers' codes; a real desk tells none, and has no first hour.
        `ascii_signs`: no sign beyond letters and ASCII.
        """
        super().__init__()
        self._signs = [PlainSigns()] if ascii_signs or has_few_signs() else []
        self.folder = folder
        self.prepare = prepare
        self.demo_pins = demo_pins or {}
        self.practice: Practice | None = None
        self.officer: Officer | None = None
        self._desk: Desk | None = None
        self._sign_in_as = officer
        self.light = OwnLight(self)
        self.notices = Notices(self)
        self.pin_tries = PinTries()
        self.phrases = Phrases()
        self.used_at = time.monotonic()
        self._ahead = ["dossier", "intake", "search"]
        self._maker = ScreenMaker(self)
        register(self)

    @property
    def desk(self) -> Desk:
        """The open desk; only asked for once one is."""
        assert self._desk is not None
        return self._desk

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._signs]

    @property
    def data_folder(self) -> Path:
        """Where the desk is, or will be after the first start."""
        return self.folder or default_folder()

    @cached_property
    def prints(self) -> Prints:
        """The papers of this session; what makes them is loaded when the first is asked for."""
        from tui.printing import Prints

        return Prints(self.desk)

    @cached_property
    def reader(self) -> Reader:
        """What reads for the screens while keys go on."""
        return Reader(self.desk.folder)

    @cached_property
    def counter(self) -> Reader:
        """What counts reports and writes their files, which may take seconds: nothing else waits behind it."""
        return Reader(self.desk.folder)

    def on_unmount(self) -> None:
        for name in ("reader", "counter"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def on_mount(self) -> None:
        if self.prepare is not None:
            self.push(self.make("preparing"))
        elif self.folder is None or not (self.folder / DATABASE_NAME).exists():
            self.push(self.make("setup"))
        else:
            self.open(self.folder)

    def open(self, folder: Path) -> None:
        """Open the data folder and show the first screen; a folder that can't be opened is told, and left."""
        try:
            self._desk = Desk.open(folder)
        except InvalidInput as error:
            self.exit(return_code=1, message=tr(f"error.{error.code}", **error.params))
            return
        self.folder = folder
        self.theme = THEME_NAMES[self.settings.theme]
        self.typing = chosen(self.settings) if self.typing.method is None else self.typing
        self.sync = ScheduledSync(self.desk, lambda: self.settings.sync_minutes, self.synced, self.syncing)
        self.run_worker(self.sync.run(), group="sync", exit_on_error=False)
        messages = ScheduledMessages(self.desk, lambda: self.settings.deliver)
        self.run_worker(messages.run(), group="messages", exit_on_error=False)
        if self.demo_pins:
            from tui.practice import Practice

            self.practice = Practice(self, {kind: name for name, (_, kind) in SCREENS.items()})
        found = self.desk.officers.find(self._sign_in_as) if self._sign_in_as else None
        if isinstance(found, Officer):
            self.signed_in(found)
        else:
            self.switch(self.make("sign_in"))
        self.set_interval(1.0, self._tick)

    def signed_in(self, officer: Officer) -> None:
        """An officer is at the desk: the queue is home; before it, what has changed since the last reading.

        Who leads and does not work the counter is first told of what waits for a leader.
        """
        self.officer = officer
        self.phrases = Phrases()
        self.switch(self.make("queue"))
        self.call_after_refresh(self._load_ahead)
        leads = "leader" in officer.given and "front_desk" not in officer.given
        if leads and any(count_duties(self.desk.queries, self.desk.bounds()).values()):
            self.push(self.make("duties"))
        if officer.roles & KINDS["blanks_voided"].roles and blanks_to_count(self.desk):
            self.push(self.make("blanks"))
        if self.prints.asked():
            self.push(self.make("prints"))
        if unread_lines(self.desk, officer):
            self.push(self.make("changes"))
        if self.practice is not None:
            self.practice.look()

    @work(thread=True, group="ahead", exit_on_error=False)
    def _load_ahead(self) -> None:
        """What the first keys of the day need is there before they come; while they come it would hold them up."""
        if self._ahead:
            importlib.import_module(SCREENS[self._ahead.pop(0)][0])

    @property
    def settings(self) -> Settings:
        """What was chosen for this desk."""
        return settings_at(self.desk.folder)

    def synced(self) -> None:
        """An exchange has ended: the foot tells, and the screen that shows sync."""
        tell = getattr(self._top, "synced", None)
        if tell is not None:
            tell()

    def syncing(self, done: int, total: int) -> None:
        """An exchange is under way: the screen that shows sync tells how far."""
        tell = getattr(self._top, "syncing", None)
        if tell is not None:
            tell(done, total)

    def on_own_light_seen(self, message: OwnLight.Seen) -> None:
        """A light was found: the screen that shows it tells."""
        self.light.take(message)
        tell = getattr(self._top, "show_light", None)
        if tell is not None:
            tell()

    def on_notices_found(self, message: Notices.Found) -> None:
        """A look has ended: the foot tells what is new."""
        self.notices.take(message)
        tell = getattr(self._top, "show_notices", None)
        if tell is not None:
            tell()

    def do(self, command: Command) -> Done | Refusal:
        """Carry out what the officer means, durably; a fault of disk or lock becomes a `Refusal` too."""
        assert self.officer is not None
        try:
            return self.desk.do(command, self.officer)
        except InvalidInput as error:
            return Refusal(error.code, error.basis, error.params)

    def do_all(self, commands: Sequence[Command]) -> list[Done | Refusal]:
        """Many at once, in one transaction; a fault refuses them all."""
        assert self.officer is not None
        try:
            return self.desk.do_all(commands, self.officer)
        except InvalidInput as error:
            return [Refusal(error.code, error.basis, error.params)] * len(commands)

    def take_in(self, procedure: str) -> None:
        """Open the intake of a procedure, by our name of it."""
        self._leave_all()
        self.switch(self.make("intake", procedure=procedure))

    def show_queue(self, typed: str) -> None:
        """Go to the queue, narrowed as if this had been typed there."""
        self._leave_all()
        self.switch(self.make("queue", typed))

    def make(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A screen by its name in SCREENS, to be shown now."""
        return self._maker.make(name, *args, **kwargs)

    def push(self, screen: Any) -> None:
        """Show a screen over this one; Esc comes back."""
        self.push_screen(screen)

    def switch(self, screen: Any) -> None:
        """Show a screen instead of whatever is there, with nothing behind it."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _leave_all(self) -> None:
        """Every screen that will be gone, or covered, keeps what was typed there: not only the one on top."""
        for screen in reversed(self.screen_stack):
            leaving = getattr(screen, "leave", None)
            if leaving is not None and screen.is_mounted:
                leaving()

    def action_go(self, name: str) -> None:
        """A numbered key: to that place, from anywhere; before sign-in nowhere but sign-in."""
        if self._desk is None or (name != "sign_in" and (self.officer is None or self.is_locked)):
            return
        if name == "sign_in":
            self.officer = None
        self._leave_all()
        self.switch(self.make(name))

    def action_over(self, name: str) -> None:
        """Help or the palette over the present screen."""
        if self._desk is not None and not self.is_locked and self.screen.__class__.__name__ != SCREENS[name][1]:
            self.push(self.make(name, self.screen))

    def action_typing(self) -> None:
        """F8: Telex, VNI, off; kept for this desk where there is one."""
        self.typing, told = turned(self.typing, self._desk.folder if self._desk else None)
        say = getattr(self._top, "say", None)
        if say is not None:
            say(told)

    def action_beside(self, name: str) -> None:
        """A question without a dossier, or the law, over the present screen."""
        known = self.officer is not None and not self.is_locked
        if known and self.screen.__class__.__name__ != SCREENS[name][1]:
            self.push(self.make(name))

    def action_lock(self) -> None:
        """Cover everything until the officer's PIN comes; what was typed stays where it is."""
        if self.officer is not None and not self.is_locked:
            self._leave_all()
            self.push(self.make("lock"))

    @property
    def is_locked(self) -> bool:
        """Whether the desk is covered until a PIN comes."""
        return any(one.__class__.__name__ == SCREENS["lock"][1] for one in self.screen_stack)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent | events.Paste):
            self.used_at = time.monotonic()
            if self.practice is not None and not isinstance(event, events.MouseMove):
                self.practice.key_pressed()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The first hour's keys are a demo's alone, and its scanner reads where a scanner is listened to."""
        if action == "sample_scan":
            return self.practice is not None and hasattr(self.screen, "take_scan")
        return self.practice is not None or (action, parameters) != ("beside", ("lessons",))

    async def action_sample_scan(self) -> None:
        """Let the screen read a card that only a demo has, as if a scanner had sent it."""
        assert self.practice is not None
        await self.screen.take_scan(self.practice.card())  # type: ignore[attr-defined]  # `check_action` has looked

    def action_interrupted(self) -> None:
        """Ctrl+C ends nothing by accident: the way out is Ctrl+Q."""
        self.bell()

    def heading(self, title: str) -> tuple[str, str, str]:
        """The top line's three texts."""
        identity = self.desk.identity
        left = tr("title.desk", number=identity.number, unit=identity.unit_name)
        now = self.desk.now().astimezone(LEGAL_TIME)
        officer = tr("title.officer", name=self.officer.name) + " · " if self.officer else ""
        return left, title, f"{officer}{day_short(now.date())} {now:%H:%M}"

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen that is shown; None while the program ends, when a timer or a worker may still come."""
        stack = self.screen_stack
        return stack[-1] if stack else None

    @property
    def idle(self) -> float:
        """Seconds since the last key."""
        return time.monotonic() - self.used_at

    def _tick(self) -> None:
        if self.idle >= 60 and 0 < self.settings.lock_minutes * 60 <= self.idle:
            self.action_lock()
        clear_up(self.idle)
        if self._ahead and self.idle >= RESTS:
            self._load_ahead()
        self.notices.tick()
        tick = getattr(self._top, "tick", None)
        if tick is not None:
            tick()
        if self.practice is not None:
            self.practice.look()


def run_workstation(folder: Path | None, **options: Any) -> int:
    """Open the screens (`options` are the Workstation's); answers the exit status."""
    keep_alt_keys()
    give_way_to_keys()
    app = Workstation(folder, **options)
    app.run()
    return app.return_code or 0
