"""The first start: which unit, which desk, who is its first officer; founds the station, or joins it at a hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.text import clean_line
from storage.folder import fixed_now
from storage.founding import NewDesk
from storage.keys import SHORTEST_PIN
from tui.i18n import language

FIELDS = ("unit", "unit_name", "desk", "officer", "pin", "pin_again", "hub", "code")
_CODE_LENGTH = 40
SECRET = frozenset({"pin", "pin_again"})


@dataclass(frozen=True, slots=True)
class Start:
    """The desk that is meant, its hub and the join code, where there are any.

    `is_named`: somebody wrote the unit's name, or the data know it; else only a hub that holds the unit tells it.
    """

    desk: NewDesk
    hub: str
    code: str | None
    is_named: bool

    def make(self, folder: Path) -> Path | None:
        """Found or join, in the folder; where the recovery key was left. Raises InvalidInput: nothing is made then."""
        from storage.sync.exchange import open_hub
        from storage.sync.joining import start_desk
        from storage.sync.merged import holds_unit, merged_into

        hubs = [open_hub(self.hub)] if self.hub else []
        for hub in hubs:
            hub.create()
        unit = self.desk.unit
        if not self.is_named and not any(holds_unit(hub, unit) for hub in hubs) and not merged_into(hubs, unit):
            raise InvalidInput("setup_name_missing", field="unit_name", unit=unit)
        started = start_desk(folder, self.desk, hubs, self.code)
        started.desk.close()
        return started.recovery


def read_start(typed: Mapping[str, str]) -> Start:
    """What was typed into FIELDS. Raises InvalidInput with the `field` that is wrong."""
    typed = {name: text.strip() for name, text in typed.items()}
    unit = _unit(typed)
    for name in ("desk", "officer"):
        if not typed[name]:
            raise InvalidInput("setup_empty", field=name)
    if not typed["desk"].isdecimal():
        raise InvalidInput("desk_number_invalid", field="desk")
    if len(typed["pin"]) < SHORTEST_PIN:
        raise InvalidInput("pin_too_short", field="pin", least=SHORTEST_PIN)
    if typed["pin"] != typed["pin_again"]:
        raise InvalidInput("pin_differs", field="pin_again")
    fixed = fixed_now()
    name = clean_line(typed["unit_name"]) or known_name(unit)
    if not name and not typed["hub"]:
        raise InvalidInput("setup_name_missing", field="unit_name", unit=unit)
    new = NewDesk(
        unit=unit,
        unit_name=name or unit,
        number=int(typed["desk"]),
        officer=clean_line(typed["officer"]),
        pin=typed["pin"],
        now=fixed or datetime.now(LEGAL_TIME).replace(microsecond=0),
        test=fixed is not None,
    )
    return Start(new, typed["hub"], typed["code"] or None, bool(name))


def field_of(error: InvalidInput) -> str:
    """Which of FIELDS is wrong."""
    if "field" in error.params:
        return str(error.params["field"])
    wrong = next((name for name in ("desk", "join_code") if error.code.startswith(f"{name}_")), "hub")
    return "code" if wrong == "join_code" else wrong


def _unit(typed: Mapping[str, str]) -> str:
    unit = clean_line(typed["unit"])
    if not unit:
        raise InvalidInput("setup_empty", field="unit")
    if not is_unit_code(unit):
        raise InvalidInput("unit_invalid", field="unit", unit=unit)
    return unit


def is_unit_code(unit: str) -> bool:
    """Letters and digits with - . _ among them: it stands in every receipt number, in files' and entities' names."""
    plain = unit.translate(str.maketrans("-._", "000"))
    return len(unit) <= _CODE_LENGTH and plain.isalnum() and any(letter.isalnum() for letter in unit)


def known_name(unit: str) -> str | None:
    """What the data call the unit of this code; None where they don't know it."""
    from storage.lawbook import package_law

    known = package_law().unit(unit)
    return None if known is None else known.title_en if language() == "en" else known.title_vi
