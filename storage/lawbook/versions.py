"""Rows of the catalogue → procedures with their versions, variants, papers and fees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Any

from core.answers import InvalidInput
from core.catalogue import (
    CHANNELS,
    FIELDS,
    GATES,
    SERVICES,
    TRANSITIONS,
    UNIT_KINDS,
    Commitment,
    Fee,
    Paper,
    Procedure,
    ProcedureVersion,
    ServiceLevel,
    Variant,
)
from core.time_limit import Limit, Phase, Unit
from storage.lawbook.rows import Fields, LawRow, row_hash

_UNITS = {str(unit): unit for unit in Unit}
LIMIT_FIELDS = frozenset({"amount", "unit", "cutoff", "time"})
_PHASE = LIMIT_FIELDS | {"starts_on", "station", "basis"}
_VARIANT = frozenset({"code", "title_vi", "title_en", "basis", "starts_on", "phases"})
_PAPER = frozenset({"code", "title_vi", "title_en", "required", "note_vi"})
_FEE = frozenset({"channel", "amount", "valid_from", "valid_to", "basis", "verified"})
_TRANSITION = frozenset({"rule", "basis"})
_SERVICE = frozenset({"level", "valid_from", "valid_to"})
_COMMITMENT = frozenset({"unit", "procedure", "variant", "valid_from", "valid_to", "limit", "decision"})
_VERSION = frozenset(
    {
        *(
            "name",
            "code",
            "code_verified",
            "field",
            "aliases",
            "valid_from",
            "valid_to",
            "title_vi",
            "title_en",
        ),
        *(
            "level",
            "receiving",
            "deciding",
            "basis",
            "on_supplement",
            "supplement_basis",
            "on_payment",
            "service",
        ),
        *("result_vi", "result_en", "matter_fields", "note_vi", "note_en", "after_gap", "verified"),
        *("unverified_reason_vi", "unverified_reason_en", "variant", "paper", "fee", "transition"),
    }
)


def procedures_of(rows: Iterable[LawRow]) -> tuple[Procedure, ...]:
    """Procedures by field, then in the order of their rows, each with its versions by date.

    Raises `InvalidInput`: a field's fault, or `law_versions_overlap`, `law_versions_gap`, `law_code_twice`.
    """
    grouped: dict[str, list[tuple[LawRow, ProcedureVersion]]] = {}
    for row in rows:
        version = version_of(row)
        grouped.setdefault(version.procedure, []).append((row, version))
    found = sorted((_procedure(versions) for versions in grouped.values()), key=_place)
    codes: set[str] = set()
    for procedure in found:
        if procedure.code in codes:
            raise InvalidInput("law_code_twice", where=procedure.name, number=procedure.code)
        codes.update((procedure.code,) if procedure.code else ())
    return tuple(found)


def version_of(row: LawRow) -> ProcedureVersion:
    """One version from its row."""
    fields = Fields(row.row, row.where, _VERSION)
    first, last = fields.days()
    verified, reason = fields.flag("verified"), fields.maybe_text("unverified_reason_vi")
    papers = tuple(_paper(item, row.where) for item in fields.items("paper"))
    fees = tuple(fee for item in fields.items("fee") for fee in _fees(item, row.where, first, last))
    moves = fields.get("transition") and Fields(fields.get("transition"), row.where, _TRANSITION)
    if reason is None and not (verified and papers and fees):
        raise InvalidInput("law_field_missing", where=row.where, field="unverified_reason_vi")
    return ProcedureVersion(
        procedure=fields.text("name"),
        valid_from=first,
        valid_to=last,
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        level=fields.one_of("level", UNIT_KINDS),
        variants=_variants(fields, row.where),
        basis=fields.text("basis"),
        on_supplement=fields.one_of("on_supplement", ("restart", "pause", "none")),
        on_payment=fields.one_of("on_payment", ("pause", "none")),
        papers=papers,
        fees=fees,
        result_vi=fields.text("result_vi"),
        result_en=fields.text("result_en"),
        services=_services(fields, row.where, first, last),
        matter_fields=fields.texts("matter_fields"),
        receiving=_receiving(fields),
        deciding=fields.one_of("deciding", UNIT_KINDS),
        verified=verified,
        unverified_reason=reason,
        row_hash=row_hash(row.row),
        unverified_reason_en=fields.text("unverified_reason_en") if reason else None,
        supplement_basis=fields.maybe_text("supplement_basis"),
        note_vi=fields.maybe_text("note_vi") or "",
        note_en=fields.maybe_text("note_en") or "",
        after_gap=fields.maybe_text("after_gap"),
        transition=moves.one_of("rule", TRANSITIONS) if moves else "stay",
        transition_basis=moves.text("basis") if moves else None,
    )


def commitment_of(row: LawRow) -> Commitment:
    """One unit's promise from its row."""
    fields = Fields(row.row, row.where, _COMMITMENT)
    first, last = fields.days()
    return Commitment(
        unit=fields.text("unit"),
        procedure=fields.text("procedure"),
        variant=fields.maybe_text("variant"),
        valid_from=first,
        valid_to=last,
        limit=limit_of(Fields(fields.get("limit"), row.where, LIMIT_FIELDS)),
        decision=fields.text("decision"),
    )


def _procedure(versions: list[tuple[LawRow, ProcedureVersion]]) -> Procedure:
    ordered = sorted(versions, key=lambda pair: pair[1].valid_from)
    for (_, before), (row, version) in pairwise(ordered):
        if before.valid_to is None or version.valid_from <= before.valid_to:
            raise InvalidInput("law_versions_overlap", where=row.where, day=version.valid_from)
        if version.valid_from - before.valid_to > timedelta(days=1) and version.after_gap is None:
            raise InvalidInput("law_versions_gap", where=row.where, day=before.valid_to)
    row = ordered[-1][0]
    fields = Fields(row.row, row.where, _VERSION)
    return Procedure(
        name=fields.text("name"),
        code=fields.maybe_text("code"),
        field=fields.text("field"),
        aliases=fields.texts("aliases"),
        versions=tuple(version for _, version in ordered),
        code_verified=fields.flag("code_verified", False),
    )


def _place(procedure: Procedure) -> int:
    """Fields in the order in which a ward's desk meets them; others after these."""
    return FIELDS.index(procedure.field) if procedure.field in FIELDS else len(FIELDS)


def _receiving(fields: Fields) -> tuple[str, ...]:
    kinds = fields.texts("receiving")
    if not kinds or not set(kinds) <= set(UNIT_KINDS):
        raise fields.bad("receiving")
    return kinds


def _variants(fields: Fields, where: str) -> tuple[Variant, ...]:
    variants = tuple(_variant(item, where) for item in fields.items("variant"))
    if not variants or len({variant.code for variant in variants}) < len(variants):
        raise fields.bad("variant")
    return variants


def _variant(item: Mapping[str, Any], where: str) -> Variant:
    fields = Fields(item, where, _VARIANT)
    basis = fields.text("basis")
    phases = tuple(_phase(Fields(phase, where, _PHASE), basis) for phase in fields.items("phases"))
    if not phases:
        raise fields.bad("phases")
    return Variant(
        code=fields.text("code"),
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        phases=phases,
        basis=basis,
        starts_on=fields.one_of("starts_on", GATES) if fields.get("starts_on") is not None else "received",
    )


def _phase(fields: Fields, basis: str) -> Phase:
    return Phase(
        limit=limit_of(fields),
        starts_on=fields.one_of("starts_on", GATES) if fields.get("starts_on") is not None else None,
        station=fields.maybe_text("station"),
        basis=fields.maybe_text("basis") or basis,
    )


def limit_of(fields: Fields) -> Limit:
    """A limit from its fields."""
    amount = Fraction(fields.read("amount", _decimal))
    unit = _UNITS[fields.one_of("unit", _UNITS)]
    cutoff, at = (
        fields.read(name, time.fromisoformat) if fields.get(name) is not None else None for name in ("cutoff", "time")
    )
    try:
        return Limit(amount, unit, cutoff, at)
    except InvalidInput:
        raise fields.bad("amount") from None


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def _paper(item: Mapping[str, Any], where: str) -> Paper:
    fields = Fields(item, where, _PAPER)
    return Paper(
        code=fields.text("code"),
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        required=fields.flag("required"),
        note_vi=fields.maybe_text("note_vi") or "",
    )


def _services(fields: Fields, where: str, first: date, last: date | None) -> tuple[ServiceLevel, ...]:
    """One level for the version's dates, or several with dates of their own."""
    given = fields.get("service")
    if not isinstance(given, list):
        return (ServiceLevel(fields.one_of("service", SERVICES), first, last),) if given is not None else ()
    found = []
    for item in given:
        level = Fields(item, where, _SERVICE)
        dates = level.maybe_day("valid_from") or first, level.maybe_day("valid_to") or last
        found.append(ServiceLevel(level.one_of("level", SERVICES), *dates))
    return tuple(found)


def _fees(item: Mapping[str, Any], where: str, first: date, last: date | None) -> list[Fee]:
    """The fee, once per channel where it says `any`; its dates are the version's unless it has its own."""
    fields = Fields(item, where, _FEE)
    channel = fields.one_of("channel", (*CHANNELS, "any"))
    amount = fields.read("amount", int) if fields.get("amount") is not None else None
    if amount is not None and amount < 0:
        raise fields.bad("amount")
    start, end = fields.maybe_day("valid_from") or first, fields.maybe_day("valid_to") or last
    if start < first or (end is not None and end < start) or (last is not None and end is not None and end > last):
        raise fields.bad("valid_from")
    shared = (amount, start, end, fields.text("basis"), fields.flag("verified"))
    return [Fee(one, *shared) for one in (CHANNELS if channel == "any" else (channel,))]
