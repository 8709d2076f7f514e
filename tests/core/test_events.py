"""The table of kinds, and the page that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bodies import fields_of
from core.events import DOSSIER_KINDS, ENDING_KINDS, INTAKE_KINDS, KINDS, ROLES, Class, markdown, states_text
from core.states import CLOSED, OPEN, PORTAL_STATUS, State

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
NAMED_IN_THE_DESIGN = """
submitted guided not_accepted received corrected assigned step_completed supplement_requested supplement_received
payment_requested payment_received payment_reversed verification_completed suspended resumed extended
delay_declared rescheduled delay_excused approved refused withdrawn stopped reopened result_ready handed_to_post
post_returned result_returned result_corrected voided undone original_taken original_released letter_issued
letter_printed official_number_given transfer_offered transfer_accepted reader_noted noted conflict_resolved
body_destroyed station_founded station_key_changed desk_enrolled desk_confirmed desk_revoked officer_added
officer_changed catalogue_amended calendar_amended commitment_made opening_held shift_opened shift_handed_over
shift_accepted number_voided post_batch_sent survey_answered outreach_held feedback_received feedback_answered
"""


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run `make docs`"


def test_every_kind_of_the_design_is_there() -> None:
    assert set(NAMED_IN_THE_DESIGN.split()) <= KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_row_is_complete(kind: object) -> None:
    row = KINDS[kind.name]  # type: ignore[attr-defined]
    assert row.roles and row.roles <= set(ROLES)
    assert row.clock
    assert len({field.name for field in row.fields}) == len(row.fields)
    known = {"text", "moment", "date", "integer", "amount", "flag", "list", "rows", "periods", "object"}
    assert {field.type for field in row.fields} <= known
    if row.moves is not None:
        assert row.state_after is not None and row.legal_from is not None and row.moves <= row.legal_from
    if row.cls is Class.ADD_ONLY and row.about == "dossier" and row.state_after is not None:
        assert row.moves is not None, "an add-only event may not move every state"
    assert row.field("no such field") is None


def test_every_state_is_reached_and_every_open_one_left() -> None:
    rows = [KINDS[name] for name in DOSSIER_KINDS]
    assert {row.state_after for row in rows} - {None} == set(State)
    for state in OPEN:
        assert any(state in (row.legal_from or ()) and row.state_after not in (None, state) for row in rows), state


def test_what_ends_a_clock_leaves_the_open_states() -> None:
    for name in ENDING_KINDS:
        assert KINDS[name].state_after not in OPEN
        assert {"due_at", "judged", "law"} <= {field.name for field in KINDS[name].fields}
        assert not {"due_at", "judged", "law"} & {field.name for field in fields_of(KINDS[name])}


def test_closed_dossiers_take_no_work() -> None:
    for name in ("supplement_requested", "approved", "result_ready", "extended", "rescheduled", "step_completed"):
        assert not CLOSED & (KINDS[name].legal_from or frozenset())


def test_the_portal_knows_every_state_but_two() -> None:
    assert set(State) - PORTAL_STATUS.keys() == {State.GUIDED, State.VOIDED}
    assert sorted(set(PORTAL_STATUS.values())) == list(range(1, 11))


def test_new_dossiers_begin_by_intake_only() -> None:
    beginners = {name for name in DOSSIER_KINDS if None in (KINDS[name].legal_from or ())}
    assert beginners == set(INTAKE_KINDS)
    assert states_text(KINDS["received"]) == "new, submitted, guided"
    assert states_text(KINDS["officer_added"]) == "–"
