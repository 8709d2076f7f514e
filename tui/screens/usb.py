"""A bundle written to a stick, or taken in from one: where, how far, and the six words for the phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from storage.conflicts import desk_numbers
from storage.desk import Desk
from storage.officers import Officer
from storage.sync.bundle_export import export_bundle
from storage.sync.bundle_import import import_bundle
from storage.sync.bundle_policy import policy_of
from storage.sync.post import Received, import_letters
from storage.sync.tally import Progress
from tui.bundle_words import exported_lines, imported_lines, received_lines
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import FramedScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.sentences import by_number, sentence
from tui.widgets.inputs import KeyedInput

if TYPE_CHECKING:
    from tui.app import Workstation

SUFFIX = ".hsb"


class UsbScreen(KeptTyping):
    """Enter or F10 begins; whoever goes on with other work is told there how it ended."""

    AUTO_FOCUS = "#path"
    name_key = "title.usb"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "begin"), bind("discard", "discard")]

    def __init__(self, way: str) -> None:
        """`way`: `export` or `import`."""
        super().__init__()
        self._way = way
        self._under_way = False

    @property
    def kept_as(self) -> str:
        return f"usb_{self._way}"

    def key_title(self, key_id: str) -> str | None:
        return tr(f"usb.{self._way}.do") if key_id == "save" else None

    def body(self) -> ComposeResult:
        yield TextLines([tr(f"usb.{self._way}.why")], id="told")
        with Vertical(id="usb", classes="panel") as panel:
            panel.border_title = tr(f"key.usb_{self._way}")
            with Horizontal(classes="line"):
                yield Static(tr("usb.path"), classes="label", markup=False)
                yield KeyedInput(id="path", placeholder=tr("usb.path.hint"), enter_moves=False)

    def on_mount(self) -> None:
        super().on_mount()
        policy = policy_of(self.app.desk)
        if isinstance(policy, Refusal):
            self.refuse(policy)

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        self.action_begin()

    def action_begin(self) -> None:
        typed = self.query_one("#path", KeyedInput).value.strip().strip('"')
        if self._under_way:
            return
        if not typed:
            self.refuse(Refusal("usb_path_missing"))
            return
        assert self.app.officer is not None
        self._under_way = True
        self.carried_out()
        self.say(tr(f"usb.{self._way}.doing"))
        work = partial(self._work, self.app, self.app.officer, Path(typed))
        self.app.run_worker(work, thread=True, exit_on_error=False, group="usb")

    def _work(self, app: Workstation, officer: Officer, path: Path) -> None:
        """In a thread of the app, with a desk of its own: no key waits for it; the screen may be gone by its end."""
        moved = partial(app.call_from_thread, self._far)
        try:
            desk = Desk.open(app.desk.folder)
            try:
                told = self._carry(desk, officer, _meant(desk, self._way, path.expanduser()), moved)
            finally:
                desk.close()
        except InvalidInput as error:
            told = [f"✗ {sentence(error.code, error.params)}"]
        app.call_from_thread(self._ended, app, told)

    def _carry(self, desk: Desk, officer: Officer, path: Path, moved: Progress) -> list[str]:
        if self._way == "export":
            written = export_bundle(desk, officer, path, progress=moved)
            return _refused(written) if isinstance(written, Refusal) else _done(exported_lines(written))
        letters = import_letters(desk, path)
        if isinstance(letters, Received):
            return _done(received_lines(letters))
        taken = letters or import_bundle(desk, path, moved)
        if isinstance(taken, Refusal):
            return _refused(taken)
        numbers = desk_numbers(desk)
        told = _done(imported_lines(taken, numbers.get(taken.maker)))
        return told + (_refused(by_number(taken.error, numbers)) if taken.error else [])

    def _far(self, done: int, total: int) -> None:
        if self.stands:
            self.say(tr("usb.far", done=done, total=total))

    def _ended(self, app: Workstation, told: Sequence[str]) -> None:
        self._under_way = False
        if any(line.startswith("✗") for line in told):
            app.bell()
        if app.screen is self:
            self.show_heading()
            self.query_one("#told", TextLines).show_lines(told)
            self.say("")
        elif isinstance(app.screen, FramedScreen):
            app.screen.say("\n".join(told))


def _meant(desk: Desk, way: str, path: Path) -> Path:
    """The file, where only a folder was given: a name that tells unit, desk and moment, or what somebody else left."""
    if not path.is_dir():
        return path
    own = f"motcua-{desk.identity.unit}-q{desk.identity.number}-"
    if way == "import":
        return newest(path, own)
    return path / f"{own}{desk.now().astimezone(LEGAL_TIME):%y%m%d-%H%M%S}{SUFFIX}"


def newest(folder: Path, own: str) -> Path:
    """The last bundle on a stick that this desk has not written itself; its usual name where there is none."""
    found = [one for one in folder.glob(f"*{SUFFIX}") if not one.name.startswith(own)]
    return max(found, key=lambda one: (one.stat().st_mtime, one.name), default=folder / f"motcua{SUFFIX}")


def _done(lines: Iterable[str]) -> list[str]:
    return [f"{'✓' if place == 0 else ' '} {line}" for place, line in enumerate(lines)]


def _refused(answer: Refusal) -> list[str]:
    basis = f" ({answer.basis})" if answer.basis else ""
    return [f"✗ {sentence(answer.code, answer.params)}{basis}"]
