"""A guided first hour at a demo: what is seen of the screens and the log, how far that is, and what to say of it.

Nothing here stands in a key's way: it looks when keys have been used, and what it says is a strip (`lesson_strip`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import ModalScreen, Screen
from textual.timer import Timer
from textual.widget import Widget

from core.readback import NUMBERS
from core.record import Event
from core.text import fold
from storage.demo.practice import SAMPLE, Example, find_example, load_progress, read_example, save_progress
from storage.demo_people import card_qr
from tui.i18n import tr
from tui.keys import KEYS
from tui.lessons import LESSONS, MODAL, Facts, Lesson, stand
from tui.screens.intake_papers import PapersList
from tui.screens.queue_rows import short_number
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.queue_table import LineTable
from tui.widgets.worklists import Worklists

if TYPE_CHECKING:
    from tui.app import Workstation

_AFTER_KEY = 0.15
"""Seconds after a key until the screen has followed it."""
_MOST_ACTS = 500
_PRAISES = 4
DONE, SKIPPED = "done", "skipped"
_LISTS = ("queue", "search", "return")
"""Screens whose list is of dossiers."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the strip says: a word of praise or a notice, which lesson it is, and what to do next."""

    notice: str
    head: str
    sentence: str


class Practice:
    """Belongs to one session at a demo; where it stands is kept beside the demo's data."""

    def __init__(self, app: Workstation, names: Mapping[str, str]) -> None:
        """`names`: the screens' names by their classes'."""
        self._app = app
        self._names = names
        self._timer: Timer | None = None
        self._notice = ""
        self._begun = time.time_ns()
        self._last_exchange = app.sync.last
        self._progress = load_progress(app.desk.folder)
        self._example = read_example(app.desk, self._progress.dossier) if self._progress.dossier else None
        if self._progress.lesson not in _BY_NAME and not self._progress.passed:
            self.begin(LESSONS[0].name)

    @property
    def off(self) -> bool:
        return self._progress.off

    @property
    def lesson(self) -> Lesson | None:
        """The present one; None after the last."""
        return _BY_NAME.get(self._progress.lesson)

    @property
    def passed(self) -> Mapping[str, str]:
        """How each lesson that is over ended."""
        return self._progress.passed

    def card(self) -> str:
        """What the practice scanner reads: the card of whom the lesson speaks of, else the specimen."""
        return self._example.card if self._example and self._progress.lesson in _OWN_CARD else card_qr(SAMPLE)

    def turn(self, *, off: bool) -> None:
        """Off, or on again where it was."""
        self._keep(off=off)
        self.look()

    def skip(self) -> None:
        """Leave the present lesson for the next one."""
        self._notice = ""
        self._pass(SKIPPED)
        self.look()

    def begin(self, name: str, *, notice: str = "") -> None:
        """Begin a lesson, or begin it again; where no dossier fits it is said and passed."""
        desk, lesson = self._app.desk, _BY_NAME[name]
        self._notice, self._begun = notice, time.time_ns()
        self._last_exchange = self._app.sync.last
        self._example = None
        if lesson.example:
            assert self._app.officer is not None
            self._example = find_example(desk, self._app.officer, lesson.example)
        found = self._example.dossier if self._example else None
        self._keep(lesson=name, step=0, since=desk.log.last_seq(desk.identity.origin), dossier=found, off=False)
        if lesson.example and self._example is None:
            self._notice = tr("practice.none", number=_number(lesson))
            self._pass(SKIPPED)

    def key_pressed(self) -> None:
        """Look at what the keys before this one have led to, and again once the screen has followed it."""
        self.look()
        if self._timer is None:
            self._timer = self._app.set_timer(_AFTER_KEY, self._followed)

    def _followed(self) -> None:
        self._timer = None
        self.look()

    def look(self) -> None:
        """See what was done, go on, and say what comes next."""
        lesson = self.lesson
        if not self._app.screen_stack:  # the program ends
            return
        if self.off or self._app.officer is None:
            self._app.lesson = None
            return
        if lesson is None:
            self._app.lesson = Told(self._notice, tr("practice.ended"), tr("practice.end", **_LABELS))
            return
        facts = self._facts(self._app.screen)
        standing = stand(lesson, self._progress.step, facts)
        if standing.step >= len(lesson.steps):
            self._notice = tr(f"practice.praise.{_number(lesson) % _PRAISES}")
            self._pass(DONE)
            self.look()
            return
        if standing.step != self._progress.step:
            self._keep(step=standing.step)
            self._notice = ""
        self._app.lesson = Told(self._notice, _head(lesson), tr(standing.hint, **{**_LABELS, **facts.about}))

    def _pass(self, how: str) -> None:
        """The present lesson is over: on with the next one that is not, from the first on again; or the end."""
        lesson = self.lesson
        assert lesson is not None
        passed = {**self._progress.passed, lesson.name: how}
        self._keep(passed=passed)
        place = _number(lesson)
        following = [one for one in (*LESSONS[place:], *LESSONS[:place]) if one.name not in passed]
        if following:
            self.begin(following[0].name, notice=self._notice)
        else:
            self._example = None
            self._keep(lesson="", step=0, dossier=None)

    def _keep(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        save_progress(self._app.desk.folder, self._progress)

    def _facts(self, screen: Screen[object]) -> Facts:
        events = self._events()
        table = next(iter(screen.query(LineTable)), None)
        row = table.current if table is not None else None
        fields = dict(_fields(screen))
        name = self._name(screen)
        on_list = row.id if row is not None and name in _LISTS else ""
        return Facts(
            screen=name,
            under=tuple(map(self._name, self._app.screen_stack[:-1])),
            focus=_focus(screen),
            fields=fields,
            dossier=str(getattr(screen, "dossier_id", on_list)),
            moved=table is not None and table.below_first,
            acts=frozenset(self._done(name, events)),
            about=self._about(events, fields),
        )

    def _name(self, screen: Screen[object]) -> str:
        if isinstance(screen, ModalScreen):
            return MODAL
        return self._names.get(type(screen).__name__, "")

    def _events(self) -> list[Event]:
        """What this desk has written since the lesson began."""
        desk = self._app.desk
        return [one.event for one in desk.log.stored(desk.identity.origin, self._progress.since, _MOST_ACTS)]

    def _done(self, screen: str, events: Sequence[Event]) -> Iterator[str]:
        for event in events:
            yield f"{event.kind}:{event.body.get('letter')}" if event.kind == "letter_issued" else event.kind
        if screen == "sync" and self._app.sync.last is not self._last_exchange:
            yield "exchanged"
        self._last_exchange = self._app.sync.last
        if _made_since(self._app.desk.folder / "letters", self._begun):
            yield "printed"

    def _about(self, events: Sequence[Event], fields: Mapping[str, str]) -> dict[str, str]:
        """What the sentences name."""
        about = {"sample": SAMPLE.number}
        if self._example is not None:
            about |= _example_words(self._example)
        if self._progress.lesson == "shift":
            about |= self._shift_words(events)
        if "restate" in fields:
            about["next"] = tr(f"next.{fields['restate']}")
        return about | ({"counted": fields["count"]} if "count" in fields else {})

    def _shift_words(self, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
        """Whom to hand over to, and the PINs: of whoever is at the desk, and of who takes over."""
        officers, own = self._app.desk.officers, self._app.officer
        assert own is not None
        chosen = next((event.body["receiver"] for event in events if event.kind == "shift_handed_over"), None)
        others = (one for one in officers.all() if one.id != own.id and one.active and "front_desk" in one.given)
        receiver = officers.get(chosen) if chosen else next(others, None)
        pins = self._app.demo_pins
        yield "pin", pins.get(own.code, "…")
        if receiver is not None:
            yield "receiver", receiver.name
            yield "code", receiver.code
            yield "receiver_pin", pins.get(receiver.code, "…")


_BY_NAME = {lesson.name: lesson for lesson in LESSONS}
_OWN_CARD = ("repeat", "return")
"""Lessons in which the citizen of the example stands at the counter."""
_LABELS = {f"key_{key.id}": key.label for key in KEYS.values()}


def _made_since(papers: Path, moment: int) -> bool:
    """Whether a paper was made since (nanoseconds since the epoch), whatever the printer said to it."""
    with suppress(OSError):  # an old one may be cleared away just now
        return any(path.stat().st_mtime_ns > moment for path in papers.glob("*.pdf"))
    return False


def _number(lesson: Lesson) -> int:
    """Its place among the lessons, from 1."""
    return LESSONS.index(lesson) + 1


def _head(lesson: Lesson) -> str:
    return tr("practice.head", number=_number(lesson), count=len(LESSONS), title=tr(f"practice.title.{lesson.name}"))


def _example_words(example: Example) -> dict[str, str]:
    return {
        "dossier": example.dossier,
        "number": short_number(example.receipt_number),
        "name": example.name,
        "typed": fold(example.name),
        "digits": example.number,
        "last": example.number[-4:],
    }


def _fields(screen: Screen[object]) -> Iterator[tuple[str, str]]:
    """What stands in the fields that are shown; of a choice what was chosen."""
    for one in screen.query(KeyedInput):
        chooser = one.parent if isinstance(one.parent, ChoiceInput) else None
        name = chooser.id if chooser else one.id
        if name and _is_shown(one):
            yield name, (chooser.choice.id if chooser.choice else "") if chooser else one.value
    for options in screen.query(OptionField):
        yield options.id or "", options.value
    for papers in screen.query(PapersList):
        yield "papers", " ".join(papers.ticked)
    for lists in screen.query(Worklists):
        yield "worklist", str(lists.picked or "")
    ask = getattr(screen, "current", None)
    if ask is not None:
        yield ("count" if ask.kind in NUMBERS else "restate"), ask.expected


def _is_shown(widget: Widget) -> bool:
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))


def _focus(screen: Screen[object]) -> str:
    """The id of what has the focus; of a choice's field that of the choice."""
    focused = screen.focused
    if focused is None:
        return ""
    return (focused.parent.id if isinstance(focused.parent, ChoiceInput) else focused.id) or ""
