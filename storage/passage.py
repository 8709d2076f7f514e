"""How each ended dossier ran and what papers were asked for: rows beside the dossier's, from its events alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from core.dossier import Dossier
from core.passage import Passage, Turn, asked, passage
from storage.database import Connection

COLUMNS = "id, number, procedure, variant, unit, received, ended, ending, judged, law, came, clocked, turns"
ASKED_COLUMNS = "id, dossier, at, kind, procedure, unit, number, items"
_READ = msgspec.json.Decoder(list[list[Any]])
PASSAGE_TABLES = {"passage": COLUMNS, "asked": ASKED_COLUMNS}
_WRITE = f"INSERT OR REPLACE INTO passage ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_WRITE_ASKED = f"INSERT INTO asked ({ASKED_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_MOVED = re.compile('"(supplement_|payment_requested|suspended|verification_)')
_ENDED = f"""
SELECT {COLUMNS} FROM passage
WHERE ended >= :begin AND ended < :end AND (:unit IS NULL OR unit = :unit) ORDER BY ended, number, id
"""
_ASKED = f"""
SELECT {ASKED_COLUMNS} FROM asked
WHERE at >= :begin AND at < :end AND (:unit IS NULL OR unit = :unit) ORDER BY at, number, id
"""


class Ended(NamedTuple):
    """One dossier that ended; no citizen's name goes along."""

    id: str
    number: str | None
    procedure: str
    variant: str | None
    unit: str
    received: int
    ended: int
    ending: str
    judged: str | None
    law: str | None
    came: int
    clocked: int
    packed: str

    @property
    def turns(self) -> list[list[Any]]:
        """The acts between, as they are stored: (kind, at, step or none); read only when they are asked for."""
        return _READ.decode(self.packed) if self.packed else []

    @property
    def may_have_stood(self) -> bool:
        """Whether a request, a suspension or a part of the limit may have moved the clock: a fee that was paid unasked,
        as online, did not."""
        return _MOVED.search(self.packed) is not None

    @property
    def passage(self) -> Passage:
        """How it ran."""
        found = tuple([Turn(*one) for one in self.turns])
        return Passage(self.received, self.ended, self.ending, self.judged, self.law, bool(self.came), found)


class AskedOf(NamedTuple):
    """One request for papers."""

    dossier: str
    number: str | None
    kind: str
    procedure: str
    items: tuple[str, ...]


def write_passage(connection: Connection, dossier: Dossier) -> None:
    """The dossier's rows anew."""
    drop_passage(connection, dossier.id)
    found = passage(dossier)
    if found is not None:
        whose = (dossier.id, dossier.receipt_number, dossier.procedure, dossier.variant, dossier.unit)
        ran = (found.received, found.ended, found.ending, found.judged, found.law, int(found.came))
        connection.execute(_WRITE, (*whose, *ran, int(found.clocked), _turns(found.turns)))
    for one in asked(dossier):
        items = json.dumps(one.items, ensure_ascii=False)
        row = (one.event, dossier.id, one.at, one.kind, dossier.procedure, dossier.unit, dossier.receipt_number, items)
        connection.execute(_WRITE_ASKED, row)


def drop_passage(connection: Connection, dossier_id: str) -> None:
    """Take the dossier's rows away."""
    connection.execute("DELETE FROM passage WHERE id = ?", (dossier_id,))
    connection.execute("DELETE FROM asked WHERE dossier = ?", (dossier_id,))


def ended(connection: Connection, begin: int, end: int, unit: str | None) -> Iterator[Ended]:
    """What ended in [begin, end), in order of its end."""
    return map(Ended._make, connection.execute(_ENDED, {"begin": begin, "end": end, "unit": unit}))


def papers_asked(connection: Connection, begin: int, end: int, unit: str | None) -> list[AskedOf]:
    """What was asked for in [begin, end)."""
    rows = connection.execute(_ASKED, {"begin": begin, "end": end, "unit": unit}).fetchall()
    return [AskedOf(row[1], row[6], row[3], row[4], tuple(json.loads(row[7]))) for row in rows]


def _turns(turns: tuple[Turn, ...]) -> str:
    """«» where nothing happened between."""
    packed = [(*turn[:2], turn.step) if turn.step is not None else turn[:2] for turn in turns]
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")) if packed else ""
