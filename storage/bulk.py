"""One thing done to many dossiers at once, in one transaction; what was done so is undone at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.answers import Refusal
from core.decisions import Act
from storage.database import transaction
from storage.desk import Desk, Done
from storage.officers import Officer

MARKED = frozenset({"assigned", "noted"})
"""The kinds that say of which bulk they are part."""


def do_bulk(desk: Desk, officer: Officer, dossiers: Sequence[Sequence[Act]]) -> list[Done | Refusal]:
    """For each dossier its acts as one command; a refused dossier stops none of the others.

    Raises InvalidInput where the disk or a lock prevents it: then nothing is written.
    """
    with transaction(desk.connection):
        return do_bulk_within(desk, officer, dossiers)


def do_bulk_within(desk: Desk, officer: Officer, dossiers: Sequence[Sequence[Act]]) -> list[Done | Refusal]:
    """`do_bulk` inside a transaction that the caller holds."""
    bulk = desk.new_id()
    return [desk.do_together([part_of(bulk, act) for act in acts], officer) for acts in dossiers]


def part_of(bulk: str, act: Act) -> Act:
    """The act as part of a bulk (an id of its own), where its kind can say so."""
    return replace(act, fields={**act.fields, "bulk": bulk}) if act.kind in MARKED else act
