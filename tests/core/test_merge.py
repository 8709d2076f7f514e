"""What two events are to each other that did not see each other, and how a person settles it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.dossier import Dossier, fold
from core.events import DOSSIER_KINDS, KINDS, Class
from core.merge import Relation, is_legal, relation, settle
from core.order import fold_order
from core.record import Event
from tests.core.writers import DOSSIER, RECEIVED, START, Writer, everything


def event(kind: str, **body: Any) -> Event:
    return Event("e", DOSSIER, kind, 1, START, "o", "u", "d", 1, 1, 1, (), (0, 1), body)


def folded(*writers: Writer) -> Dossier:
    return fold(DOSSIER, everything(*writers), lambda _: True)


@pytest.mark.parametrize("one", [kind for kind in DOSSIER_KINDS if kind != "conflict_resolved"])
def test_what_two_events_are_to_each_other_is_what_comes_of_them_side_by_side(one: str) -> None:
    body = {"field": "applicant.name", "new": "A", "reason": "x", "handover": "s", "note": "n", "amount": "1"}
    for other in (kind for kind in DOSSIER_KINDS if kind != "conflict_resolved"):
        for changed in ({}, {"new": "B"}, {"reason": "y"}, {"note": "m"}, {"field": "procedure"}, {"more": [1]}):
            first, second = event(one, **body), replace(event(other, **body | changed), event_id="f", desk="e")
            marks: dict[str, str] = {}
            conflicts = settle(fold_order([first, second]), lambda _: True, marks)
            found = relation(first, second)
            mark = {Relation.AGREE: {}, Relation.COALESCE: {"f": "coalesced"}, Relation.CONFLICT: {"f": "conflict"}}
            assert marks == mark[found], (other, changed)
            assert [one.branches for one in conflicts] == ([("e", "f")] if found is Relation.CONFLICT else [])


def two_desks() -> tuple[Writer, Writer]:
    one, two = Writer("a", "o1"), Writer("b", "o2", ahead=9)
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    return one, two


@pytest.mark.parametrize("one", DOSSIER_KINDS)
def test_the_relation_is_symmetric_and_only_legal_effects_conflict(one: str) -> None:
    first = event(one, field="applicant.name", branches=["x"])
    for other in DOSSIER_KINDS:
        second = event(other, reason="khác", branches=["x"])
        found = relation(first, second)
        assert found is relation(second, first)
        if Class.LEGAL not in (KINDS[one].cls, KINDS[other].cls):
            assert found is Relation.AGREE
    twin = event(one, field="applicant.name", branches=["x"], note="ghi chú")
    assert relation(first, twin) is (Relation.COALESCE if is_legal(first) else Relation.AGREE)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (event("approved"), event("refused", reason="x"), Relation.CONFLICT),
        (event("result_returned"), event("result_returned", taker="x"), Relation.CONFLICT),
        (event("result_ready", document="1"), event("result_ready", document="1", note="n"), Relation.COALESCE),
        (event("noted", text="a"), event("refused", reason="x"), Relation.AGREE),
        (event("assigned", to="o1"), event("assigned", to="o2"), Relation.AGREE),
        (event("assigned", to="o1", handover="s"), event("assigned", to="o2", handover="t"), Relation.CONFLICT),
        (event("assigned", to="o1", handover="s"), event("withdrawn"), Relation.AGREE),
        (event("corrected", field="applicant.phone", new="1"), event("withdrawn"), Relation.AGREE),
        (event("corrected", field="procedure", new="x"), event("corrected", field="procedure", new="y"),
         Relation.CONFLICT),
        (event("corrected", field="procedure", new="x"), event("corrected", field="applicant.name", new="y"),
         Relation.AGREE),
        (event("undone", group="g"), event("refused", reason="x"), Relation.AGREE),
        (event("conflict_resolved", branches=["a", "b"], keep="a"),
         event("conflict_resolved", branches=["b", "c"], keep="c"), Relation.CONFLICT),
        (event("conflict_resolved", branches=["a", "b"], keep="a"),
         event("conflict_resolved", branches=["c", "d"], keep="c"), Relation.AGREE),
    ],
)  # fmt: skip
def test_the_table(one: Event, other: Event, found: Relation) -> None:
    assert relation(one, other) is relation(other, one) is found


def test_two_outcomes_conflict_and_the_first_has_its_effect_until_a_leader_decides() -> None:
    one, two = two_desks()
    (ready,) = one.write("result_ready")
    (refused,) = two.write(("refused", {"reason": "tranh chấp"}))
    dossier = folded(one, two)
    assert [set(conflict.branches) for conflict in dossier.conflicts] == [{ready.event_id, refused.event_id}]
    assert dossier.marks == {refused.event_id: "conflict"}
    assert dossier.outcome == "approved"
    one.learn(two.seen.values())
    one.write(("conflict_resolved", {"branches": [ready.event_id, refused.event_id], "keep": refused.event_id}))
    settled = folded(one, two)
    assert settled.conflicts == ()
    assert settled.marks == {ready.event_id: "lost"}
    assert settled.outcome == "refused"


def test_add_only_and_harmless_events_still_apply_in_a_conflict() -> None:
    one, two = two_desks()
    one.write("withdrawn", at=START)
    two.write(("refused", {"reason": "x"}))
    two.write(("noted", {"text": "đã gọi"}), ("corrected", {"field": "applicant.phone", "new": "0905123456"}))
    dossier = folded(one, two)
    assert dossier.conflicts
    assert dossier.applicant["phone"] == "0905123456"
    assert set(dossier.marks.values()) == {"conflict"}


def test_equal_twins_count_once() -> None:
    one, two = two_desks()
    one.write(("supplement_requested", {"items": ["CT01"]}))
    (twin,) = two.write(("supplement_requested", {"items": ["CT01"]}))
    dossier = folded(one, two)
    assert dossier.supplements == 1
    assert dossier.marks == {twin.event_id: "coalesced"}
    assert not dossier.conflicts


def test_two_resolutions_that_did_not_see_each_other_settle_nothing_until_a_third_names_both() -> None:
    one, two = two_desks()
    (ready,) = one.write("result_ready")
    (refused,) = two.write(("refused", {"reason": "x"}))
    one.learn(two.seen.values())
    two.learn(one.seen.values())
    branches = [ready.event_id, refused.event_id]
    (for_ready,) = one.write(("conflict_resolved", {"branches": branches, "keep": ready.event_id}))
    (for_refused,) = two.write(("conflict_resolved", {"branches": branches, "keep": refused.event_id}))
    open_again = folded(one, two)
    assert {frozenset(conflict.branches) for conflict in open_again.conflicts} == {
        frozenset(branches),
        frozenset({for_ready.event_id, for_refused.event_id}),
    }
    assert "lost" not in open_again.marks.values()
    one.learn(two.seen.values())
    named = [for_ready.event_id, for_refused.event_id]
    one.write(("conflict_resolved", {"branches": named, "keep": for_refused.event_id}))
    settled = folded(one, two)
    assert settled.conflicts == ()
    assert settled.outcome == "refused"
    assert settled.marks == {ready.event_id: "lost", for_ready.event_id: "lost"}


def test_equal_resolutions_of_two_leaders_agree() -> None:
    one, two = two_desks()
    (ready,) = one.write("result_ready")
    (refused,) = two.write(("refused", {"reason": "x"}))
    one.learn(two.seen.values())
    two.learn(one.seen.values())
    body = {"branches": [ready.event_id, refused.event_id], "keep": ready.event_id}
    one.write(("conflict_resolved", body))
    two.write(("conflict_resolved", body))
    dossier = folded(one, two)
    assert dossier.conflicts == ()
    assert dossier.outcome == "approved"


def test_an_undone_command_beside_anothers_work_is_no_conflict() -> None:
    one, two = two_desks()
    (asked,) = one.write("supplement_requested")
    one.write(("undone", {"group": asked.event_id}))
    two.write("approved")
    dossier = folded(one, two)
    assert dossier.conflicts == ()
    assert dossier.outcome == "approved"
    assert dossier.marks == {asked.event_id: "undone"}


def test_what_was_built_on_a_lost_branch_is_lost_with_it() -> None:
    one, two = two_desks()
    (asked,) = one.write("supplement_requested")
    (answered,) = one.write(("supplement_received", {"papers": ["CT01"]}))
    (approved,) = two.write("approved")
    two.learn(one.seen.values())
    contested = folded(one, two)
    (conflict,) = contested.conflicts
    keep = approved.event_id
    assert keep in conflict.branches
    two.write(("conflict_resolved", {"branches": list(conflict.branches), "keep": keep}))
    two.write(("supplement_requested", {"items": ["ảnh"]}))
    settled = folded(one, two)
    assert settled.conflicts == ()
    assert settled.marks == {asked.event_id: "lost", answered.event_id: "lost"}
    assert (settled.outcome, settled.supplements) == ("approved", 1)


def test_what_was_built_on_the_kept_branch_stays() -> None:
    one, two = two_desks()
    (asked,) = one.write("supplement_requested")
    one.write(("supplement_received", {"papers": ["CT01"]}))
    (approved,) = two.write("approved")
    one.learn(two.seen.values())
    branches = [asked.event_id, approved.event_id]
    one.write(("conflict_resolved", {"branches": branches, "keep": asked.event_id}))
    settled = folded(one, two)
    assert (settled.conflicts, settled.marks) == ((), {approved.event_id: "lost"})
    assert settled.facts["papers"] == ["CT01"]
