"""A dossier is its events, folded: total, deterministic, nothing ever dropped."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.authority import Authority
from core.dossier import Dossier, fold
from core.events import DOSSIER_KINDS
from core.record import Event
from core.states import State
from tests.core.writers import DOSSIER, RECEIVED, START, Writer, everything, histories

QUICK = settings(max_examples=80, deadline=None)


def folded(*events: Event) -> Dossier:
    return fold(DOSSIER, events, lambda _: True)


def written(*kinds: str | tuple[str, dict[str, Any]]) -> Dossier:
    writer = Writer("a")
    writer.write(("received", RECEIVED))
    for kind in kinds:
        writer.write(kind)
    return folded(*writer.seen.values())


def facts(dossier: Dossier) -> dict[str, Any]:
    return {name: getattr(dossier, name) for name in Dossier.__slots__}


@QUICK
@given(histories(), st.randoms(use_true_random=False))
def test_every_desk_folds_the_same_history_to_the_same_dossier(events: list[Event], chance: random.Random) -> None:
    expected = folded(*events)
    for _ in range(3):
        chance.shuffle(events)
        assert facts(folded(*events)) == facts(expected)


@QUICK
@given(histories())
def test_no_event_is_ever_dropped_and_every_mark_names_one(events: list[Event]) -> None:
    dossier = folded(*events)
    names = {event.event_id for event in events}
    assert {event.event_id for event in dossier.events} == names
    assert dossier.marks.keys() <= names
    assert set(dossier.marks.values()) <= {"out_of_order", "coalesced", "conflict", "lost", "undone"}
    for conflict in dossier.conflicts:
        assert len(set(conflict.branches)) >= 2
        assert set(conflict.branches) <= names
        assert dossier.marks[conflict.branches[-1]] == "conflict"


@QUICK
@given(histories())
def test_an_event_that_comes_twice_changes_nothing(events: list[Event]) -> None:
    unique = {event.event_id: event for event in [*events, *events]}
    assert facts(folded(*unique.values())) == facts(folded(*events))


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.text(max_size=2))
ODD_BODIES = st.dictionaries(
    st.sampled_from(
        ("receipt_number", "procedure", "applicant", "bringer", "papers", "field", "new", "amount", "unit", "due_at",
         "to", "items", "branches", "keep", "group", "letter", "issue", "promised_at", "paper", "text", "reason",
         "number", "fee_paid", "step")
    ),
    ODD | st.dictionaries(st.text(max_size=3), ODD, max_size=2),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(DOSSIER_KINDS), ODD_BODIES)
def test_whatever_another_desk_wrote_the_fold_goes_on(kind: str, body: dict[str, Any]) -> None:
    one, two = Writer("a"), Writer("b")
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    one.write("approved")
    (odd,) = two.write((kind, body))
    dossier = folded(*everything(one, two))
    assert odd in dossier.events
    assert dossier.receipt_number is not None


def test_a_body_that_is_not_the_tables_is_marked_and_has_no_effect() -> None:
    dossier = written(("corrected", {"field": "received_at", "new": "hôm qua"}), ("extended", {"amount": "x"}))
    assert list(dossier.marks.values()) == ["malformed", "malformed"]
    assert dossier.received_at == START
    unknown = written(("teleported", {}))
    assert list(unknown.marks.values()) == ["unknown"]


def test_a_destroyed_body_is_marked_and_the_rest_stands() -> None:
    writer = Writer("a")
    writer.write(("received", RECEIVED))
    (note,) = writer.write(("noted", {"text": "x"}))
    events = [replace(note, body={}, destroyed=True) if event is note else event for event in writer.seen.values()]
    dossier = folded(*events)
    assert dossier.marks == {note.event_id: "destroyed"}
    assert dossier.state is State.RECEIVED


def test_what_comes_from_the_wrong_state_is_marked_out_of_order() -> None:
    dossier = written("supplement_received", "result_returned")
    assert set(dossier.marks.values()) == {"out_of_order"}
    assert dossier.state is State.RECEIVED


def test_an_undone_command_is_as_if_it_had_not_been() -> None:
    writer = Writer("a")
    writer.write(("received", RECEIVED))
    before = folded(*writer.seen.values())
    first, second = writer.write("approved", ("noted", {"text": "x"}))
    writer.write(("undone", {"group": first.event_id}))
    after = folded(*writer.seen.values())
    assert after.marks == {first.event_id: "undone", second.event_id: "undone"}
    assert (after.state, after.outcome) == (before.state, before.outcome)


def test_nobody_undoes_what_another_did() -> None:
    one, two = Writer("a", "o1"), Writer("b", "o2")
    one.write(("received", RECEIVED))
    (ready,) = one.write("result_ready")
    two.learn(one.seen.values())
    two.write(("undone", {"group": ready.event_id}))
    assert folded(*everything(one, two)).state is State.RESULT_READY


def officers(*rows: tuple[int, dict[str, Any]]) -> Authority:
    return Authority(
        Event(f"o{hlc}", "officer:o1", "officer_changed", 1, START, "x", "u", "z", 1, hlc, hlc, (), (0, 1), body)
        for hlc, body in rows
    )


def test_rights_are_those_of_the_events_place_not_of_today() -> None:
    writer = Writer("a", "o1", ahead=0)
    writer.write(("received", RECEIVED))
    (early,) = writer.write("approved")
    (late,) = writer.write(("refused", {"reason": "x"}))
    may = officers((1, {"roles": ["leader"]}), (early.hlc + 1, {"roles": ["front_desk"]})).may
    dossier = fold(DOSSIER, writer.seen.values(), may)
    assert dossier.marks == {late.event_id: "unauthorised"}
    assert dossier.outcome == "approved"


def test_a_printed_promise_lives_until_an_event_that_moves_the_clock() -> None:
    letter = ("letter_issued", {"letter": "receipt", "promised_at": "2026-06-01T17:00:00+07:00"})
    assert written(letter).promised_at is not None
    assert written(letter, ("noted", {"text": "x"}), ("delay_declared", {"reason": "x"})).promised_at is not None
    moves: list[tuple[str, dict[str, Any]]] = [
        ("supplement_requested", {}),
        ("payment_requested", {}),
        ("suspended", {"reason": "x"}),
        ("extended", {"amount": "3", "unit": "working_day"}),
        ("rescheduled", {"due_at": "2026-06-08T17:00:00+07:00", "reason": "x"}),
    ]
    for move in moves:
        assert written(letter, move).promised_at is None, move


def test_a_letter_is_printed_when_somebody_saw_it() -> None:
    writer = Writer("a")
    writer.write(("received", RECEIVED))
    (issue,) = writer.write(("letter_issued", {"letter": "receipt"}))
    assert not folded(*writer.seen.values()).letters[issue.event_id].printed
    writer.write(("letter_printed", {"letter": "receipt", "issue": issue.event_id}))
    assert folded(*writer.seen.values()).letters[issue.event_id].printed


def test_the_life_of_a_dossier() -> None:
    dossier = written(
        ("original_taken", {"paper": "sổ hộ khẩu"}),
        ("supplement_requested", {"items": ["CT01"]}),
        ("supplement_received", {"papers": ["CT01"]}),
        "approved",
        ("result_ready", {"shelf": "B4", "judged": "early"}),
        "handed_to_post",
        "post_returned",
        ("original_released", {"paper": "sổ hộ khẩu"}),
        ("official_number_given", {"number": "DN-7"}),
        ("result_returned", {"channel": "counter"}),
    )
    assert dossier.marks == {}
    assert dossier.state is State.RETURNED
    assert dossier.outcome == "approved"
    assert dossier.facts["shelf"] == "B4" and dossier.facts["papers"] == ["CT01"]
    assert dossier.originals == {"sổ hộ khẩu": 0}
    assert dossier.official_number == "DN-7"
    assert dossier.at_post is False and dossier.returned_at is not None
    assert dossier.ending is not None and dossier.ending.judged == "early"


def received_with(number: str | None, *kinds: tuple[str, dict[str, Any]]) -> Dossier:
    writer = Writer("a")
    writer.write(("received", RECEIVED | {"receipt_number": number}))
    for kind in kinds:
        writer.write(kind)
    return folded(*writer.seen.values())


@pytest.mark.parametrize(
    ("own", "given", "number"),
    [(None, ["A", "B"], "A"), ("X", ["A"], "X"), (None, [], None)],
)
def test_the_first_receipt_number_stays(own: str | None, given: list[str], number: str | None) -> None:
    dossier = received_with(own, *[("receipt_number_given", {"number": one}) for one in given])
    assert (dossier.receipt_number, dossier.marks) == (number, {})


def test_a_slip_without_a_number_is_owed_again_once_there_is_one() -> None:
    slip = ("letter_issued", {"letter": "provisional_receipt"})
    number = ("receipt_number_given", {"number": "A"})
    assert not received_with(None, slip).owes_receipt
    assert received_with(None, slip, number).owes_receipt
    assert not received_with(None, number).owes_receipt
    assert not received_with(None, slip, number, ("letter_issued", {"letter": "receipt"})).owes_receipt


def test_reopening_takes_the_end_back() -> None:
    dossier = written(("refused", {"reason": "x"}), ("reopened", {"reason": "khiếu nại"}))
    assert (dossier.state, dossier.ending, dossier.outcome, dossier.ready_at) == (State.IN_PROGRESS, None, None, None)


@pytest.mark.parametrize(
    ("field", "new", "read"),
    [
        ("applicant.phone", "0905", lambda one: one.applicant["phone"]),
        ("bringer.name", "Lê A", lambda one: one.bringer["name"]),
        ("matter.plate", "43A-1", lambda one: one.matter["plate"]),
        ("procedure", "temporary-residence", lambda one: one.procedure),
        ("shelf", "B4", lambda one: one.facts["shelf"]),
        ("received_at", "2026-05-20T08:00:00+07:00", lambda one: one.received_at.isoformat()),
    ],
)
def test_a_correction_sets_one_fact(field: str, new: str, read: Any) -> None:
    assert read(written(("corrected", {"field": field, "new": new}))) == new


def test_a_corrected_procedure_leaves_the_version_of_the_old_one() -> None:
    writer = Writer("a")
    writer.write(("received", RECEIVED | {"version": "old-hash", "variant": "first"}))
    writer.write(("corrected", {"field": "procedure", "new": "temporary-residence"}))
    dossier = folded(*writer.seen.values())
    assert (dossier.version, dossier.variant) == (None, None)
