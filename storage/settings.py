"""What a desk's officers chose for this machine: DIR/settings.toml, never part of the station's history."""

from __future__ import annotations

import os
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from core.answers import InvalidInput
from core.composing import Method, ToneStyle
from storage.files import give_name, read_whole
from storage.manner import Manner

FILE_NAME = "settings.toml"
THEMES = ("dark", "light", "contrast", "sixteen")
PAPERS = ("sheet", "roll")
LANGUAGES = ("foreigners", "vietnamese", "two")
TYPING = ("off", *Method)
TONE_STYLES = tuple(ToneStyle)
SYNC_MINUTES = (1, 1440)
LOCK_MINUTES = (0, 240)


@dataclass(frozen=True, slots=True)
class Settings:
    """`printer` empty: the system's default one; `viewer`: papers are shown, to be printed from there.

    `roll_printer`: a printer's name, `\\\\HOST\\NAME`, a device file or `HOST:PORT`; empty: there is none. `paper` and
    `languages` (English too: for foreigners, for nobody, for all) are how a receipt and a checklist usually come.
    `lock_minutes`: after how long without a key the desk is locked; 0: never.
    `deliver`: the command, word by word, that messages to citizens are handed to (docs/messages.md); empty: none.
    `typing`: how the fields themselves compose Vietnamese; `tone_style`: where they put the tone of «hòa».
    """

    printer: str = ""
    viewer: bool = False
    theme: str = "dark"
    sync_minutes: int = 5
    roll_printer: str = ""
    paper: str = "sheet"
    languages: str = "foreigners"
    deliver: tuple[str, ...] = ()
    lock_minutes: int = 10
    typing: str = "off"
    tone_style: str = "old"

    def __post_init__(self) -> None:
        known = (
            isinstance(self.printer, str)
            and isinstance(self.viewer, bool)
            and self.theme in THEMES
            and type(self.sync_minutes) is int
            and SYNC_MINUTES[0] <= self.sync_minutes <= SYNC_MINUTES[1]
            and isinstance(self.roll_printer, str)
            and type(self.lock_minutes) is int
            and LOCK_MINUTES[0] <= self.lock_minutes <= LOCK_MINUTES[1]
            and self.paper in PAPERS
            and self.languages in LANGUAGES
            and self.typing in TYPING
            and self.tone_style in TONE_STYLES
            and isinstance(self.deliver, tuple)
            and all(isinstance(word, str) and word for word in self.deliver)
        )
        if not known:
            raise InvalidInput("settings_broken", file=FILE_NAME)

    def manner(self, applicant_kind: str | None) -> Manner:
        """How a receipt or a checklist comes where the officer asks for nothing else."""
        bilingual = self.languages == "two" or (self.languages == "foreigners" and applicant_kind == "foreigner")
        return Manner(roll=self.paper == "roll", bilingual=bilingual)


def load_settings(folder: Path) -> Settings:
    """The desk's settings, the defaults where there is no file. Raises InvalidInput `settings_broken`."""
    try:
        written = tomllib.loads(read_whole(folder / FILE_NAME).decode("utf-8"))
        if isinstance(written.get("deliver"), list):
            written["deliver"] = tuple(written["deliver"])
        return Settings(**written)
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise InvalidInput("settings_broken", file=FILE_NAME) from error


def settings_at(folder: Path) -> Settings:
    """As `load_settings`; the defaults where the file is broken, which the settings screen tells."""
    try:
        return load_settings(folder)
    except InvalidInput:
        return Settings()


def save_settings(folder: Path, settings: Settings) -> None:
    """Durable, whole or not at all. Raises InvalidInput `data_read_only`."""
    lines = [f"{name} = {_toml(value)}\n" for name, value in asdict(settings).items()]
    fresh = folder / f"{FILE_NAME}.new"
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        give_name(fresh, folder / FILE_NAME)
    except OSError as error:
        raise InvalidInput("data_read_only") from error


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 0x20 or c in '"\\\x7f' else c for c in str(value))
    return f'"{escaped}"'
