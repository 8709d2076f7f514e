"""Small forms that lose nothing: what was typed and not carried out is kept in the desk's file, and comes back."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from textual import on
from textual.dom import DOMNode
from textual.timer import Timer
from textual.widgets import Input

from core.answers import InvalidInput
from storage.drafts import Drafts
from tui.dates import epoch_long
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput, PinInput
from tui.widgets.option import OptionField

_DELAY = 0.6
Kept = KeyedInput | OptionField | ChoiceInput


def of_dossiers(form: str, dossiers: Sequence[str]) -> str:
    """The name of a form about these dossiers and no others."""
    return f"{form}:{sha256(' '.join(sorted(dossiers)).encode()).hexdigest()}"


class KeptTyping(OfficerScreen):
    """Subclasses give `kept_as`, and call `carried_out` once what was typed is done with. PINs are never kept."""

    may_discard = True
    """Whether the form has `action_discard` on its key."""
    _drafts: Drafts | None = None
    _first: dict[str, str]
    _kept: dict[str, str]
    _form: str
    _may_throw_away = False
    _keeping: Timer | None = None

    @property
    def kept_as(self) -> str:
        """What the form is about: the same for the same form of the same dossiers; empty where nothing is kept now."""
        raise NotImplementedError

    @property
    def kept_about(self) -> Sequence[str]:
        """The form's dossiers, where `kept_as` does not name them."""
        return ()

    @property
    def kept_within(self) -> DOMNode:
        """Where the fields are."""
        return self

    def on_mount(self) -> None:
        if self._drafts is not None:
            return
        assert self.app.officer is not None
        self._drafts = Drafts(self.app.desk.connection, self.app.officer.id)
        self.take_up()

    def take_up(self) -> None:
        """The form begins as it stands, for what `kept_as` names now; what was typed into it before comes back."""
        assert self._drafts is not None
        self._stop()
        if self._may_throw_away:
            self._may_throw_away = False
            self.hint(self.hints)
        self._first, self._kept, self._form = self._typed(), {}, self.kept_as
        if not self._form:
            return
        try:
            found = self._drafts.typing(self._form, int(self.app.desk.now().timestamp()))
        except InvalidInput as error:
            self.refuse(error)
            return
        if found is not None:
            self._kept = {name: str(text) for name, text in found.content.items()}
            self._put(self._kept)
            self.say(tr("form.restored", time=epoch_long(found.saved_at)))
            if self.may_discard:
                self._may_throw_away = True
                self.hint((*self.hints, "discard"))

    @on(Input.Changed)
    @on(OptionField.Changed)
    @on(ChoiceInput.Chosen)
    def _begin_to_keep(self) -> None:
        if self._keeping is None and self._drafts is not None:
            self._keeping = self.set_timer(_DELAY, self.keep)

    def leave(self) -> None:
        super().leave()
        self.keep()

    def keep(self) -> None:
        """Write what differs from how the form began, or forget it where nothing does any more."""
        self._stop()
        if self._drafts is None or not self._form:
            return
        typed = {name: text for name, text in self._typed().items() if text != self._first.get(name)}
        if typed == self._kept:
            return
        try:
            self._drafts.keep_typing(self._form, typed, int(self.app.desk.now().timestamp()), self.kept_about)
        except InvalidInput as error:
            self.refuse(error)
            return
        self._kept = typed

    def filled_in(self, *names: str) -> None:
        """What stands in these fields is the screen's own, and not typed."""
        typed = self._typed()
        self._first |= {name: typed[name] for name in names if name in typed}

    def carried_out(self) -> None:
        """What was typed is no draft any more."""
        self._first = self._typed()
        self.keep()

    def action_discard(self) -> None:
        """The form as it was opened."""
        self._put(self._first)
        self.keep()
        self.say(tr("form.discarded"))

    def _stop(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None

    def _fields(self) -> list[Kept]:
        """Those that others depend on before them: what may be chosen, then texts, then words."""
        within = self.kept_within
        choices = [one for one in within.query(ChoiceInput) if one.id]
        inputs = [one for one in within.query(KeyedInput) if one.id and not isinstance(one, PinInput)]
        free = [one for one in inputs if not any(isinstance(above, ChoiceInput) for above in one.ancestors)]
        return [*choices, *free, *(one for one in within.query(OptionField) if one.id)]

    def _typed(self) -> dict[str, str]:
        return {str(one.id): _text(one) for one in self._fields()}

    def _put(self, texts: dict[str, str]) -> None:
        for field in self._fields():
            if field.id not in texts:
                continue
            if isinstance(field, ChoiceInput):
                field.recall(texts[field.id])
            else:
                field.value = texts[field.id]


def _text(field: Kept) -> str:
    return field.typed if isinstance(field, ChoiceInput) else field.value
