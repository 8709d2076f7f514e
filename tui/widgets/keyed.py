"""Keys in strict arrival order, from one field to the next.

Textual hands a printable key to the focused field at once, but a bound key (Backspace, Tab, Enter) takes a
longer way through the app's queue, so text that arrives in the same read overtakes it: an input method's
«⌫ê» or a scanner's «…⇥…⇥…↵» comes out wrong (Textual issue 6605). A `Keyed` widget settles each key while
it has it: it types it, or runs its binding at once, or, where an earlier key has moved the focus, gives it
to the new owner.

Two private names of Textual are used here and nowhere else: `App._check_bindings` and
`Widget._forward_event`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.widget import Widget


class Keyed:
    """A focusable widget that settles keys one after another.

    A mixin, named before the Textual class; no Textual class itself, so that the style sheets of that
    class apply.
    """

    if TYPE_CHECKING:
        app: App[Any]

    def take_key(self, event: events.Key) -> bool:
        """Use up a key that is no binding, such as text; True if it was used."""
        return False

    def take_paste(self, text: str) -> None:
        """Use pasted text; most widgets have no use for it."""

    async def _on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        event, screen = without_letter(event), self.app.screen
        if not (isinstance(screen, TypeAhead) and await screen.catch_key(event)):
            await deliver(self.app, event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        target = self.app.focused
        if isinstance(target, Keyed):
            target.take_paste(event.text)


class TypeAhead:
    """A screen that keeps keys pressed before it was ready: they go to the field that it gives the focus.

    A mixin, named before `Screen` or `ModalScreen`. Bindings on such a screen are never `priority`: those
    would overtake text that is still on its way.
    """

    if TYPE_CHECKING:
        app: App[Any]
        focused: Widget | None

    async def catch_key(self, event: events.Key) -> bool:
        """Look at a key before the focused widget gets it; True if the screen keeps it."""
        return False

    async def _on_key(self, event: events.Key) -> None:
        if isinstance(self.focused, Keyed):
            event.stop()
            event.prevent_default()
            event = without_letter(event)
            if not await self.catch_key(event):
                await deliver(self.app, event)


def without_letter(event: events.Key) -> events.Key:
    """Alt with a letter, which terminals send as Esc and the letter, is a key and never text."""
    if not event.key.startswith("alt+") or event.character is None:
        return event
    bare = events.Key(event.key, None)
    bare.time = event.time
    return bare


async def deliver(app: App[Any], event: events.Key) -> None:
    """Give a key to whatever has the focus now: type it or run its binding before anything else happens."""
    target = app.focused
    if isinstance(target, Keyed):
        if not target.take_key(event):
            await app._check_bindings(event.key)
        return
    again = event.copy()
    again.time = event.time
    (target or app.screen)._forward_event(again)


def send_again(app: App[Any], keys: Sequence[events.Key]) -> None:
    """Keys that were kept back, as if they came now: to whatever has the focus, in their order and pace."""
    for key in keys:
        again = key.copy()
        again.time = key.time
        (app.focused or app.screen)._forward_event(again)
