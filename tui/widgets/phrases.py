"""Words that an officer writes again and again: a note, a reason, an instruction to the next shift."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from tui.widgets.inputs import KeyedInput

LONGEST = 20


class Phrases:
    """What was last written in each kind of field, newest last; of this session and this officer, on no disk."""

    def __init__(self) -> None:
        self._said: dict[str, list[str]] = {}

    def of(self, kind: str) -> list[str]:
        """At most 20 texts."""
        return self._said.get(kind, [])

    def keep(self, kind: str, text: str) -> None:
        """What is written again moves to the end."""
        if text.strip():
            said = [one for one in self.of(kind) if one != text.strip()]
            self._said[kind] = [*said, text.strip()][-LONGEST:]


class PhraseInput(KeyedInput):
    """A field for such words: ↑ and ↓ go through what was written in fields of its `kind`; its own text comes last.

    What stands there when the officer goes on, or when the screen closes, is kept in the app's `phrases`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
    ]

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, holds="words", **kwargs)
        self._kind = kind
        self._own = self._shown = ""
        self._back = 0

    def action_recall(self, step: int) -> None:
        """`step` -1: what was written before; 1: what was written after it."""
        if self.value != self._shown:
            self._own, self._back = self.value, 0
        texts = [one for one in self._phrases.of(self._kind) if one != self._own.strip()]
        self._back = min(max(0, self._back - step), len(texts))
        self.value = self._shown = texts[-self._back] if self._back else self._own
        self.cursor_position = len(self.value)

    def on_blur(self) -> None:
        self._keep()

    def on_unmount(self) -> None:
        self._keep()

    def _keep(self) -> None:
        self._phrases.keep(self._kind, self.value)

    @property
    def _phrases(self) -> Phrases:
        phrases: Phrases = self.app.phrases
        return phrases
