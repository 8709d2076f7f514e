"""Every key of the workstation, once: a key means the same on every screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.binding import Binding

from tui.i18n import tr

_LOST = re.compile(r"ctrl\+(shift\+)?(h|i|j|m|f\d*)")
_ALT = re.compile(r"alt\+(.)")


@dataclass(frozen=True, slots=True)
class Key:
    """One meaning: `keys` as Textual spells them (comma between equals), `label` as the officer reads them.

    Its words are the catalogue's `key.<id>`.
    """

    id: str
    keys: str
    label: str

    @property
    def title(self) -> str:
        """What it does, in the interface's language."""
        return tr(f"key.{self.id}")


_ALL = (
    Key("queue", "f1", "F1"),
    Key("intake", "f2", "F2"),
    Key("search", "f3", "F3"),
    Key("return", "f4", "F4"),
    Key("handover", "f5", "F5"),
    Key("sync", "f6", "F6"),
    Key("reports", "f7", "F7"),
    Key("typing", "f8", "F8"),
    Key("settings", "f9", "F9"),
    Key("save", "f10", "F10"),
    Key("help", "f12,question_mark", "F12"),
    Key("palette", "ctrl+p", "Ctrl+P"),
    Key("practice", "alt+g", "Alt+G"),
    Key("sample_scan", "alt+q", "Alt+Q"),
    Key("what_if", "ctrl+t", "Ctrl+T"),
    Key("law", "ctrl+k", "Ctrl+K"),
    Key("calendar", "alt+d", "Alt+D"),
    Key("officer", "ctrl+o", "Ctrl+O"),
    Key("lock", "ctrl+y", "Ctrl+Y"),
    Key("quit", "ctrl+q", "Ctrl+Q"),
    Key("undo", "ctrl+z,u", "Ctrl+Z"),
    Key("earlier", "ctrl+e", "Ctrl+E"),
    Key("reason", "ctrl+r", "Ctrl+R"),
    Key("discard", "ctrl+d", "Ctrl+D"),
    Key("month_before", "left", "←"),
    Key("month_after", "right", "→"),
    Key("page_before", "pageup", "PgUp"),
    Key("page_after", "pagedown", "PgDn"),
    Key("today", "home", "Home"),
    Key("keep_original", "o", "o"),
    Key("remove", "delete", "Del"),
    Key("add", "insert", "Ins"),
    Key("send_now", "ctrl+s", "Ctrl+S"),
    Key("messages", "ctrl+l", "Ctrl+L"),
    Key("notices", "ctrl+u", "Ctrl+U"),
    Key("save_next", "alt+n", "Alt+N"),
    Key("save_only", "alt+l", "Alt+L"),
    Key("send_home", "alt+h", "Alt+H"),
    Key("all_ready", "alt+a", "Alt+A"),
    Key("on_roll", "alt+k", "Alt+K"),
    Key("two_languages", "alt+b", "Alt+B"),
    Key("large_print", "alt+c", "Alt+C"),
    Key("lists", "ctrl+g", "Ctrl+G"),
    Key("blanks", "ctrl+b", "Ctrl+B"),
    Key("post", "alt+t", "Alt+T"),
    Key("fines", "alt+v", "Alt+V"),
    Key("count", "ctrl+n", "Ctrl+N"),
    Key("duplicate", "alt+1", "Alt+1"),
    *(Key(f"offer_{n}", f"alt+{n}", f"Alt+{n}") for n in range(2, 9)),
    Key("service_slip", "alt+s", "Alt+S"),
    Key("official", "alt+o", "Alt+O"),
    Key("filter", "slash", "/"),
    Key("open", "enter", "Enter"),
    Key("back", "escape", "Esc"),
    Key("select", "space", "Space"),
    Key("range", "v", "v"),
    Key("bulk", "b", "b"),
    Key("actions", "a", "a"),
    Key("decide", "c", "c"),
    Key("why", "w", "w"),
    Key("forecast", "d", "d"),
    Key("roster", "r", "r"),
    Key("note", "g", "g"),
    Key("reprint", "p", "p"),
    Key("letters", "m", "m"),
    Key("apology", "x", "x"),
    Key("worklist", "l", "l"),
    Key("copy", "y", "y"),
    Key("next_open", "n", "n"),
    Key("reading", "s", "s"),
    Key("packet", "alt+x", "Alt+X"),
    Key("picture", "h", "h"),
    Key("not_same", "k", "k"),
    Key("accept_transfer", "t", "t"),
    Key("usb_export", "e", "e"),
    Key("usb_import", "i", "i"),
    *(Key(f"pick_{n}", str(n), str(n)) for n in range(1, 10)),
)
KEYS: Mapping[str, Key] = {key.id: key for key in _ALL}
FUNCTION_LINE = ("queue", "intake", "search", "return", "handover", "sync", "reports", "settings", "help")
"""The numbered keys that every screen shows, in order."""


def bind(key_id: str, action: str) -> Binding:
    """The binding of a registered key to an action; its description is the catalogue key, not a sentence."""
    key = KEYS[key_id]
    return Binding(key.keys, action, f"key.{key_id}", id=key_id, key_display=key.label, show=False)


def reaches_no_terminal(key: str) -> bool:
    """Whether terminals cannot tell the key from another one, or keep it for themselves."""
    return _LOST.fullmatch(key) is not None


def keep_alt_keys() -> None:
    """Let Alt with a letter or digit of ours be that key, as terminals send it: Esc and the character.

    Textual has another meaning for some of these bytes (Esc 1 is «¡», Esc b is Ctrl+←); our keys go before it.
    """
    assert isinstance(ANSI_SEQUENCES_KEYS, dict)
    spelled = (one for key in KEYS.values() for one in key.keys.split(","))
    for found in filter(None, map(_ALT.fullmatch, spelled)):
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{found[1]}", None)
