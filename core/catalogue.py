"""Procedures, their versions in force, units and commitments: values only.

Data files in core/data and a station's amendments are read by storage.lawbook, which builds these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.history import ClockEvent
from core.time_limit import Limit, Phase

CHANNELS = ("counter", "online", "post")
FIELDS = (
    *("residence", "identity", "vehicles", "fire-safety", "security-conditions", "seals"),
    *("immigration", "judicial-record", "weapons", "fines"),
)
UNIT_KINDS = ("ward", "district", "city", "ministry")
SERVICES = ("full", "partial", "level_1", "level_2", "level_3", "level_4")
TRANSITIONS = ("stay", "move")
GATES = ("received", "payment_received", "verification_completed")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a dossier, ticked by its number at intake.

    `code`: the form's official number (CT01, DC02) or, for a paper without one, a word of our own.
    """

    code: str
    title_vi: str
    title_en: str
    required: bool
    note_vi: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid by channel (`counter`, `online`, `post`), in đồng; None: not one known amount."""

    channel: str
    amount: int | None
    valid_from: date
    valid_to: date | None
    basis: str
    verified: bool

    def in_force(self, day: date) -> bool:
        """Whether the fee is asked for on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """How far a procedure is an online service between two dates: full (toàn trình), partial, level_1 … level_4."""

    level: str
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether it is offered so on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


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
    """A procedure's rules between two dates (both in force; `valid_to` None: still).

    `verified`: limit and citation were read in the text; else `unverified_reason` says why not.
    `supplement_basis`: the article behind `on_supplement`; None: a convention, unverified.
    `after_gap`: why nothing was in force between the version before and this one. `transition`: whether dossiers
    of the version before stay with it (`stay`) or come under this one once it is in force (`move`).
    """

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
    services: tuple[ServiceLevel, ...]
    matter_fields: tuple[str, ...]
    receiving: tuple[str, ...]  # kinds of unit that may receive: ward, city, district, ministry
    deciding: str
    verified: bool
    unverified_reason: str | None
    row_hash: str  # SHA-256 (hex) of the canonical JSON of the row it was read from
    unverified_reason_en: str | None = None
    supplement_basis: str | None = None
    note_vi: str = ""
    note_en: str = ""
    after_gap: str | None = None
    transition: str = "stay"
    transition_basis: str | None = None

    def in_force(self, day: date) -> bool:
        """Whether the version governs what is received on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def service_on(self, day: date) -> str | None:
        """The level of service on the day; None: at the counter only, as far as is known."""
        return next((one.level for one in self.services if one.in_force(day)), None)

    def variant(self, code: str | None) -> Variant | None:
        """The named case, or the default one; None for an unknown name."""
        if code is None:
            return self.variants[0]
        return next((variant for variant in self.variants if variant.code == code), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """`code` is the national one or None; `name` is our own and stable; `aliases` are what people call it.

    `code_verified`: the code was compared with the national list.
    """

    name: str
    code: str | None
    field: str
    aliases: tuple[str, ...]
    versions: tuple[ProcedureVersion, ...]
    code_verified: bool = False


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


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A due date that a person counted by hand against a named text.

    `where`: the version (`NAME/2021-07-01`) or the year that it travels with, and its number there. Of a
    version: `procedure` and `variant`; of a year: `limit`.
    """

    where: str
    procedure: str | None
    valid_from: date | None
    variant: str | None
    limit: Limit | None
    received_at: datetime
    events: tuple[ClockEvent, ...]
    due_at: datetime
    counted: str
    source: str


@dataclass(frozen=True, slots=True)
class PostSupport:
    """A decision by which somebody else bears the post's fee. `applicants`, `procedures` empty: all of them.

    `whom`: people that no register here knows (poor households); it holds for nobody by itself, a paper must prove it.
    `fee` in đồng, None: as the tariff says. `unit` None: for every unit.
    """

    decision: str
    borne_by: str
    unit: str | None
    valid_from: date
    valid_to: date | None
    applicants: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    whom: str | None = None
    fee: str | None = None
    verified: bool = False

    def in_force(self, day: date) -> bool:
        """Whether it holds for what is sent on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Policy:
    """What no article settles, as dated data; `unit` None: for every unit that has none of its own."""

    name: str
    unit: str | None
    valid_from: date
    value: str
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A level of the police between two dates (district police ended on 28-2-2025).

    `names`: how the names of its units begin, folded.
    """

    code: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit whose identifier is published, or that a station told of itself; sub-codes are never invented."""

    code: str
    kind: str
    title_vi: str
    title_en: str
    valid_from: date
    valid_to: date | None
    basis: str
    verified: bool
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What is known of a year as a whole; `decided` False: the government has not fixed its days off."""

    year: int
    decided: bool
    basis: str
    note_vi: str
    note_en: str
