"""How far a procedure is an online service on a day, or why it stays at the counter, and where the service stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from core.law import Law

SCALES = ("levels", "extent")
"""How a service was measured: levels 1 to 4, then in full (toàn trình) or in part (một phần)."""
OFFERED = "service_offered"
"""The kind of event that tells of an offer and its answer."""
ANSWERS = ("took", "next_time", "no")
"""What a citizen says to the offer of the online service."""
WHY_NOT = ("no_device", "no_account", "wants_counter", "too_hard", "other")
"""Why the answer is no."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What nobody held against its source, in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Scale:
    """By which decree services were measured between two dates; `basis` None: not known."""

    scale: str
    valid_from: date
    valid_to: date | None
    basis: str | None
    doubt: Doubt | None

    def in_force(self, day: date) -> bool:
        """Whether services are measured so on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CounterOnly:
    """A procedure that stays at the counter between two dates, and why."""

    procedure: str
    valid_from: date
    valid_to: date | None
    reason_vi: str
    reason_en: str
    basis: str | None
    doubt: Doubt | None

    def in_force(self, day: date) -> bool:
        """Whether it stays there on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Portal:
    """Where online services stand; `fields` of the catalogue, empty: of all that no other portal names."""

    title_vi: str
    title_en: str
    address: str
    fields: tuple[str, ...]
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class ServiceData:
    """What the program's data says of online services, beside the levels that the catalogue's versions have."""

    scales: tuple[Scale, ...]
    counter_only: tuple[CounterOnly, ...]
    portals: tuple[Portal, ...]

    def portal(self, field: str) -> Portal | None:
        """The portal of a field of the catalogue; None where the data holds no address."""
        named = next((one for one in self.portals if field in one.fields), None)
        return named or next((one for one in self.portals if not one.fields), None)


@dataclass(frozen=True, slots=True)
class Service:
    """One procedure on one day. `level` None and `counter_only` None: nothing is known of it.

    `basis`: of the level's scale, or of why it stays at the counter.
    """

    level: str | None
    counter_only: bool | None
    reason_vi: str | None = None
    reason_en: str | None = None
    basis: str | None = None
    doubt: Doubt | None = None

    @property
    def online(self) -> bool:
        """Whether a citizen can hand something in online; levels 1 and 2 only inform and give forms."""
        return self.level in ("full", "partial", "level_3", "level_4")


def service_on(version: ProcedureVersion, data: ServiceData, day: date) -> Service:
    """What is known of the version's service on the day."""
    level = version.service_on(day)
    if level is not None:
        scale = next((one for one in data.scales if one.in_force(day)), None)
        return Service(
            level, counter_only=False, basis=scale.basis if scale else None, doubt=scale.doubt if scale else None
        )
    named = (one for one in data.counter_only if one.procedure == version.procedure and one.in_force(day))
    found = next(named, None)
    if found is None:
        return Service(None, None)
    return Service(None, True, found.reason_vi, found.reason_en, found.basis, found.doubt)


def is_online(law: Law, procedure: str, day: date) -> bool:
    """Whether the law's catalogue has an online service for the procedure on the day."""
    version = law.version_on(procedure, day)
    return isinstance(version, ProcedureVersion) and Service(version.service_on(day), None).online


def read_offer(written: str | None) -> tuple[str, str | None] | None:
    """An answer and its reason as `offer_text` wrote them."""
    if not written:
        return None
    answer, _, reason = written.partition(":")
    return answer, reason or None


def offer_text(body: Mapping[str, Any]) -> str:
    """An answer with its reason as a row of the table has it: «took», «no:no_device»."""
    reason = body.get("reason")
    return f"{body['answer']}:{reason}" if reason else str(body["answer"])


def offer_refused(procedure: str, fields: Mapping[str, Any], day: date, law: Law) -> Refusal | None:
    """Why there is no such offer: the procedure is not online on the day, or an answer lacks its reason or has one."""
    if not is_online(law, procedure, day):
        return Refusal("service_not_online", params={"procedure": procedure, "day": f"{day:%d/%m/%Y}"})
    answer, reason = fields.get("answer"), fields.get("reason")
    if answer not in ANSWERS:
        return Refusal("service_answer_unknown", params={"known": ", ".join(ANSWERS)})
    known: Iterable[str | None] = WHY_NOT if answer == "no" else (None, "")
    if reason not in known:
        return Refusal("service_reason_unknown", params={"known": ", ".join(WHY_NOT)})
    return None
