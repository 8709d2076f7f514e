"""Procedures, their versions in force, units and commitments: values only.

Data files in core/data and a station's amendments are read by storage.lawbook, which builds these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.time_limit import Limit, Phase


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a dossier, ticked by its number at intake."""

    code: str
    title_vi: str
    title_en: str
    required: bool
    note_vi: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid by channel (`counter`, `online`, `post`), in đồng; None: not known."""

    channel: str
    amount: int | None
    valid_from: date
    valid_to: date | None
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """A case within a version with a limit of its own; the first one is the default."""

    code: str
    title_vi: str
    title_en: str
    phases: tuple[Phase, ...]
    basis: str
    starts_on: str = "received"


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """A procedure's rules between two dates (both in force; `valid_to` None: still)."""

    procedure: str
    valid_from: date
    valid_to: date | None
    title_vi: str
    title_en: str
    level: str
    variants: tuple[Variant, ...]
    basis: str
    on_supplement: str  # restart | pause | none
    on_payment: str  # pause | none
    papers: tuple[Paper, ...]
    fees: tuple[Fee, ...]
    result_vi: str
    result_en: str
    service: str | None  # full (toàn trình) | partial (một phần) | level_1 … level_4 | None: counter only
    matter_fields: tuple[str, ...]
    receiving: tuple[str, ...]  # kinds of unit that may receive: ward, city, district, ministry
    deciding: str
    verified: bool
    unverified_reason: str | None
    row_hash: str  # SHA-256 (hex) of the canonical JSON of the row it was read from


@dataclass(frozen=True, slots=True)
class Procedure:
    """`code` is the national one or None; `name` is our own and stable; `aliases` are what people call it."""

    name: str
    code: str | None
    field: str
    aliases: tuple[str, ...]
    versions: tuple[ProcedureVersion, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """A unit's promise of a shorter limit, by its decision."""

    unit: str
    procedure: str
    variant: str | None
    valid_from: date
    valid_to: date | None
    limit: Limit
    decision: str
