"""A body's fields as people write them, and which stored bodies the fold takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.bodies import correctable, fields_of, misfit, read_fields
from core.events import DOSSIER_KINDS, INTAKE_KINDS, KINDS, Field

WRITTEN = {
    "text": ("  hai   chữ ", "hai chữ"),
    "moment": ("2026-06-01T17:00", "2026-06-01T17:00:00+07:00"),
    "date": ("2026-06-01", "2026-06-01"),
    "integer": ("12", 12),
    "amount": ("20 000đ", "20000"),
    "flag": ("có", True),
    "list": ("CT01; ảnh ;", ["CT01", "ảnh"]),
}


def given_for(field: Field) -> tuple[str, Any]:
    chosen = {
        "channel": ("Counter", "counter"),
        "capacity": ("PARENT", "parent"),
        "unit": ("working_day", "working_day"),
        "way": ("Destroyed", "destroyed"),
        "found_by": ("slip", "slip"),
        "fault": ("STATION", "station"),
        "payer": ("citizen", "citizen"),
        "purpose": ("fine", "fine"),
        "method": ("Cash", "cash"),
        "answer": ("Took", "took"),
        "next": ("counter", "counter"),
    }
    if field.name == "field":
        return "applicant.phone", "applicant.phone"
    return chosen.get(field.name, WRITTEN[field.type])


BY_REGIME = {
    "rescheduled": {"reason", "due_at"},
    "apology_proposed": {"code", "days"},
    "delay_excused": {"reason"},
    "stopped": {"reason"},
}
"""What the regime for lateness completes, or asks for with the codes that there are."""


@pytest.mark.parametrize("name", [name for name in DOSSIER_KINDS if name not in INTAKE_KINDS])
def test_every_field_of_every_kind_is_read_to_what_is_stored(name: str) -> None:
    kind = KINDS[name]
    asked = {field.name: given_for(field) for field in fields_of(kind)}
    body = read_fields(kind, {field: written for field, (written, _) in asked.items()})
    assert body == {field: stored for field, (_, stored) in asked.items()}
    assert misfit(kind, body) is None


@pytest.mark.parametrize("name", [name for name in DOSSIER_KINDS if name not in INTAKE_KINDS])
def test_a_required_field_is_asked_and_an_unknown_one_refused(name: str) -> None:
    kind = KINDS[name]
    needed = [field for field in fields_of(kind) if field.required]
    whole = {field.name: given_for(field)[0] for field in needed}
    for field in needed:
        without = {other: value for other, value in whole.items() if other != field.name} | {field.name: " "}
        if field.name in BY_REGIME.get(name, ()):
            assert field.name not in read_fields(kind, without)
        else:
            with pytest.raises(InvalidInput) as missing:
                read_fields(kind, without)
            assert (missing.value.code, missing.value.params["field"]) == ("field_missing", field.name)
        assert misfit(kind, {one.name: given_for(one)[1] for one in needed if one is not field}) == field.name
    with pytest.raises(InvalidInput) as unknown:
        read_fields(kind, whole | {"no_such": "x"})
    assert unknown.value.code == "field_unknown"


@pytest.mark.parametrize(
    ("kind", "field", "value", "code"),
    [
        ("rescheduled", "due_at", "mai", "field_invalid"),
        ("rescheduled", "due_at", "2026-06-01", "time_missing"),
        ("supplement_requested", "answer_by", "1/6/2026", "field_invalid"),
        ("payment_received", "amount", "nhiều", "amount_invalid"),
        ("payment_received", "amount", "-5", "amount_invalid"),
        ("payment_received", "amount", "1E-999999", "amount_invalid"),
        ("payment_received", "amount", "1E+30", "amount_invalid"),
        ("payment_received", "amount", "NaN", "amount_invalid"),
        ("result_returned", "channel", "bồ câu", "choice_unknown"),
        ("result_returned", "taker", "Lê\u200bA", "control_character"),
        ("extended", "unit", "fortnight", "choice_unknown"),
        ("received", "receipt_number", "H30-1", "field_unknown"),
        ("received", "applicant", "x", "field_invalid"),
        ("result_ready", "judged", "early", "field_unknown"),
    ],
)
def test_what_cant_be_read_is_named(kind: str, field: str, value: str, code: str) -> None:
    given = {"due_at": "2026-06-01T17:00", "reason": "x"} if kind == "rescheduled" else {}
    given |= {"amount": "1", "unit": "day"} if kind == "extended" else {}
    with pytest.raises(InvalidInput) as error:
        read_fields(KINDS[kind], given | {field: value})
    assert error.value.code == code


@pytest.mark.parametrize(
    ("kind", "body", "wrong"),
    [
        ("rescheduled", {"due_at": "2026-06-01T17:00:00", "reason": "x"}, "due_at"),
        ("payment_received", {"amount": 20000}, "amount"),
        ("payment_received", {"amount": "20000.50"}, None),
        ("extended", {"amount": "3", "unit": "fortnight"}, "unit"),
        ("supplement_received", {"papers": [1]}, "papers"),
        ("supplement_received", {"papers": "CT01"}, "papers"),
        ("corrected", {"field": "receipt_number", "new": "x"}, "field"),
        ("corrected", {"field": "fee_paid", "new": "x"}, "new"),
        ("corrected", {"field": "received_at", "new": "2026-05-20"}, "new"),
        ("noted", {"text": "x", "from_the_future": 1}, None),
        ("noted", {"text": "x", "reason": None}, None),
    ],
)
def test_which_stored_bodies_fit(kind: str, body: dict[str, Any], wrong: str | None) -> None:
    assert misfit(KINDS[kind], body) == wrong


def test_what_may_be_corrected() -> None:
    assert correctable("applicant.phone") == correctable("shelf") == correctable("procedure") == "text"
    assert correctable("fee_paid") == "amount"
    assert correctable("received_at") == "moment"
    for name in ("receipt_number", "version", "papers", "state", "events.0", "", "applicant"):
        assert correctable(name) is None, name


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=12)))
def test_reading_never_fails_but_by_a_named_fault(fields: dict[str, str]) -> None:
    for name in ("extended", "corrected", "payment_received"):
        try:
            assert misfit(KINDS[name], read_fields(KINDS[name], fields)) in (None, "field", "new")
        except InvalidInput as error:
            assert error.code
