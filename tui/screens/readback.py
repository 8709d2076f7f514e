"""Read-back: the receiver restates each next action by a key that differs from line to line, and counts what lies here.

What was said is in the desk's file at once: a screen that dies goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.handover import Handed
from core.moments import LEGAL_TIME
from core.queue import NEVER
from core.readback import COUNT, GROUP, NUMBERS, ONE, REASON, Ask, choices, read_amount, read_asks, restates
from core.text import clean_line
from storage.desk import Done
from storage.handover import ask_sender, count_drawer, drawer_of, handover_of, keep_said, said_so_far, still_owned
from storage.officers import Officer
from tui.dates import moment_short
from tui.handover import ask_words, change_line, dossier_cells, section_title
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.parts import Page, TextLines
from tui.widgets.inputs import KeyedInput

_PICKS = tuple(f"pick_{n}" for n in range(1, 5))


class ReadbackScreen(OfficerScreen):
    """1–4 choose the next action of what is shown, `n` goes on to the next one that is open, `g` asks the sender.

    Without a `shift` it is the count of the officer's own drawer at the day's end.
    """

    DEFAULT_CSS = """
    ReadbackScreen {
        #readback-page { height: 1fr; padding: 0 1; }
        #readback-said { margin: 1 0 0 0; }
    }
    """
    name_key = "title.readback"
    hints: ClassVar[Sequence[str]] = ("next_open", "note", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(name, f"choose({place})") for place, name in enumerate(_PICKS)),
        bind("next_open", "next"),
        bind("note", "ask"),
    ]

    def __init__(self, shift: str | None, officer: Officer) -> None:
        super().__init__()
        self._shift = shift
        self._officer = officer
        self._handed: Handed | None = None
        self._asks: list[Ask] = []
        self._choices: list[tuple[str, ...]] = []
        self._said: dict[str, str] = {}
        self._settled: set[str] = set()
        self._place = 0
        self._differed: tuple[str, str] | None = None

    def key_title(self, key_id: str) -> str | None:
        return tr("readback.ask") if key_id == "note" else None

    def body(self) -> ComposeResult:
        yield Static("", id="readback-progress", markup=False)
        with Page(id="readback-page"):
            yield TextLines(id="readback-lines")
        yield KeyedInput(id="readback-said", max_length=100, enter_moves=False, holds="both")

    def fill(self) -> None:
        """What is asked, how much of it was said, and the first that is open."""
        self._read()
        self._show(self._first_open(self._place))

    def news(self) -> None:
        """Another process has written: what is being typed stays, unless it is asked no more."""
        before = self.current
        self._read()
        if self.current != before or (before is not None and before.item in self._settled):
            self._show(self._first_open(self._place))
        else:
            self._tell_progress()

    def _read(self) -> None:
        desk = self.app.desk
        if self._shift is None:
            self._asks = drawer_of(desk, self._officer)
        else:
            self._handed = handover_of(desk, self._shift)
            if self._handed is None or self._handed.accepted is not None:
                self._asks = []
            else:
                self._asks = read_asks(self._handed.sections)
                self._said = said_so_far(desk, self._officer, self._shift)
                self._settled = self._handed.settled(still_owned(desk, self._handed))
        self._choices = choices(self._shift or "", self._asks)

    def action_choose(self, place: int) -> None:
        """A key for the next action: the right one is elsewhere on each line."""
        ask = self.current
        offered = self._choices[self._place] if ask else ()
        if ask is None or place >= len(offered):
            return
        if restates(offered[place], ask, {}):
            if self._keep(ask.item, offered[place]):
                self._go_on()
        else:
            self.say(f"✗ {tr('readback.not_so')}")
            self.app.bell()

    def action_next(self) -> None:
        self._show(self._first_open(self._place + 1))

    def action_ask(self) -> None:
        """A question for the sender; without an answer the dossier stays there."""
        ask = self.current
        if ask is None or ask.kind != ONE or self._shift is None:
            self.say(tr("readback.only_one"))
            return
        say = partial(self._asked, self._shift, ask.item)
        self.app.push(self.app.make("one_line", "readback.ask", self._facts(ask), say))

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """A count: what differs is counted once more, then needs its reason."""
        ask = self.current
        heard = clean_line(message.value)
        if ask is None or not heard:
            return
        if self._differed is not None and self._differed[0] == f"{REASON} {ask.item}":
            kept = self._keep(REASON, heard) and self._keep(ask.item, self._differed[1])
        elif restates(heard, ask, {}):
            kept = self._keep(ask.item, heard)
        else:
            self._differs(ask, heard)
            return
        if kept:
            self._differed = None
            self._go_on()

    def _differs(self, ask: Ask, heard: str) -> None:
        self.app.bell()
        if read_amount(heard) is None:
            self.say(f"✗ {tr('readback.not_so')}")
        elif self._differed == (ask.item, heard):
            self._differed = (f"{REASON} {ask.item}", heard)
            self._show(self._place)
            self.say(tr("readback.reason"))
            return
        else:
            self._differed = (ask.item, heard)
            self.say(f"✗ {tr('readback.differs')}")
        self.query_one(KeyedInput).value = ""

    def _keep(self, item: str, said: str) -> bool:
        """Whether it is kept: not where the disk is full."""
        if item == REASON and said not in self._said.get(REASON, said):
            said = f"{self._said[REASON]}; {said}"
        if self._shift is not None:
            try:
                keep_said(self.app.desk, self._officer, self._shift, item, said)
            except InvalidInput as error:
                self.refuse(error)
                return False
        self._said[item] = said
        return True

    def _go_on(self) -> None:
        following = self._first_open(self._place + 1)
        if following is not None:
            self._show(following)
            self.say("")
            return
        if self._shift is None:
            self._count()
        else:
            self._leave(tr("readback.complete"))

    def _count(self) -> None:
        try:
            done: Done | Refusal = count_drawer(self.app.desk, self._officer, self._said)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(done, Refusal):
            self.refuse(done)
        else:
            self._leave(tr("readback.counted"))

    def _leave(self, words: str) -> None:
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.fill()
            below.say(words)

    def _asked(self, shift: str, item: str, words: str) -> Refusal | None:
        done = ask_sender(self.app.desk, self._officer, shift, item, words)
        return done if isinstance(done, Refusal) else None

    @property
    def current(self) -> Ask | None:
        """What is to be restated now."""
        return self._asks[self._place] if self._place < len(self._asks) else None

    def _first_open(self, start: int) -> int | None:
        """The first that is neither said nor asked about, from `start` on and round; None: there is none."""
        places = [*range(start, len(self._asks)), *range(min(start, len(self._asks)))]
        done = self._said.keys() | self._settled
        return next((place for place in places if self._asks[place].item not in done), None)

    def _tell_progress(self) -> None:
        done = sum(ask.item in self._said.keys() | self._settled for ask in self._asks)
        told = tr("readback.progress", done=done, count=len(self._asks))
        self.query_one("#readback-progress", Static).update(told)

    def _show(self, place: int | None) -> None:
        self._tell_progress()
        field = self.query_one(KeyedInput)
        field.display = False
        field.value = ""
        if place is None:
            self.query_one("#readback-lines", TextLines).show_lines([tr("readback.nothing_left")])
            self.query_one("#readback-page").focus()
            return
        self._place = place
        ask = self._asks[place]
        self.query_one("#readback-lines", TextLines).show_lines(list(self._lines(ask)))
        self.query_one("#readback-page", Page).scroll_home(animate=False)
        field.display = ask.kind in NUMBERS
        (field if field.display else self.query_one("#readback-page")).focus()

    def _lines(self, ask: Ask) -> Iterator[str]:
        yield from self._facts(ask)
        yield ""
        if ask.kind in (ONE, GROUP):
            yield tr("readback.what_next")
            for number, action in enumerate(self._choices[self._place], 1):
                yield f"  {number}  {tr(f'next.{action}')}"
            if ask.kind == GROUP:
                # behind what is asked: many of them would push it off the screen
                yield ""
                yield from (f"- {number}  {name}" for number, name in self._members(ask.expected))
        elif self._differed is not None and self._differed[0].startswith(REASON):
            yield tr("readback.reason")
        else:
            yield tr("readback.type_count")

    def _facts(self, ask: Ask) -> list[str]:
        """What the sheet says of it, but what is to be done."""
        if ask.kind == ONE:
            section, item = self._item(ask.item)
            return [section_title(section), *dossier_cells(self.app.desk, item)[:4], *self._since(item)]
        found = [ask_words(ask)]
        if ask.kind == COUNT:
            changed = next((one["items"] for one in self._sections if one["name"] == "changed"), ())
            found += [change_line(one) for one in changed if ask.item.endswith(f":{one['section']}")]
        return found

    def _since(self, item: Mapping[str, Any]) -> Iterator[str]:
        """What the dossier has become since the sheet was signed."""
        row = self.app.desk.row(item["id"])
        if row is None:
            return
        if row["state"] != item["state"]:
            yield tr("readback.since", state=tr(f"state.{row['state']}"))
        elif row.urgency.value != item["urgency"]:
            yield tr("readback.since", state=tr(f"urgency.{row.urgency.value}"))
        due = datetime.fromtimestamp(row["binding_at"], LEGAL_TIME) if row["binding_at"] < NEVER else None
        if due is not None and due.isoformat() != item["due_at"]:
            yield tr("readback.since_due", due=moment_short(due))

    def _members(self, action: str) -> list[tuple[str, str]]:
        alone = {ask.item for ask in self._asks if ask.kind == ONE}
        found: dict[str, tuple[str, str]] = {}
        for _, item in self._items():
            if item["next_action"] == action and item["id"] not in alone:
                found.setdefault(item["id"], (item["receipt_number"] or "–", item["applicant_name"]))
        return list(found.values())

    @property
    def _sections(self) -> Sequence[Mapping[str, Any]]:
        return self._handed.sections if self._handed else ()

    def _item(self, dossier: str) -> tuple[str, Mapping[str, Any]]:
        return next((section, item) for section, item in self._items() if item["id"] == dossier)

    def _items(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for section in self._sections:
            for item in section["items"]:
                if "id" in item:
                    yield section["name"], item
