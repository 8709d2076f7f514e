"""What two events are to each other that did not see each other, and how a person settles it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.dossier import Dossier, fold
from core.events import DOSSIER_KINDS, KINDS, Class
from core.merge import Relation, relation
from core.record import Event
from tests.core.writers import DOSSIER, RECEIVED, START, Writer, everything, histories


def event(kind: str, **body: Any) -> Event:
    return Event("e", DOSSIER, kind, 1, START, "o", "u", "d", 1, 1, 1, (), (0, 1), body)


def folded(*writers: Writer) -> Dossier:
    return fold(DOSSIER, everything(*writers), lambda _: True)


def two_desks() -> tuple[Writer, Writer]:
    one, two = Writer("a", "o1"), Writer("b", "o2", ahead=9)
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    return one, two


LEGAL = [kind for kind in DOSSIER_KINDS if KINDS[kind].cls is Class.LEGAL]
BESIDE_ALL = {
    "verification_completed", "delay_declared", "payment_reversed", "result_corrected", "undone", "promised_earlier",
}  # fmt: skip
OWN_TOPIC = {"corrected", "assigned", "conflict_resolved"}
"""Kinds that decide on something of their own: two of one kind conflict where it is the same thing."""
ABOUT = {
    "corrected": {"field": "applicant.name", "new": "A"},
    "assigned": {"to": "o1", "handover": "s"},
    "conflict_resolved": {"branches": ["a", "b"], "keep": "a"},
}
OTHERWISE = {
    "corrected": {"field": "applicant.name", "new": "B"},
    "assigned": {"to": "o2", "handover": "t"},
    "conflict_resolved": {"branches": ["a", "b"], "keep": "b"},
}


def expected(one: str, other: str) -> Relation:
    """The written table: legal against legal is a conflict, but for what stands beside all, and for other topics."""
    if BESIDE_ALL & {one, other}:
        return Relation.AGREE
    if OWN_TOPIC & {one, other}:
        return Relation.CONFLICT if one == other else Relation.AGREE
    return Relation.CONFLICT


@pytest.mark.parametrize("one", LEGAL)
def test_the_whole_table_of_legal_kinds_is_symmetric(one: str) -> None:
    first = event(one, **ABOUT.get(one, {}))
    for other in LEGAL:
        second = event(other, **OTHERWISE.get(other, {"reason": "khác"}))
        assert relation(first, second) is relation(second, first) is expected(one, other), other
    assert relation(first, event(one, **ABOUT.get(one, {}), note="ghi chú")) is Relation.COALESCE


@pytest.mark.parametrize("one", [kind for kind in DOSSIER_KINDS if kind not in LEGAL])
def test_what_has_no_legal_effect_agrees_with_everything(one: str) -> None:
    for other in DOSSIER_KINDS:
        for second in (event(other, **ABOUT.get(other, {})), event(one)):
            assert relation(event(one), second) is relation(second, event(one)) is Relation.AGREE


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
        (event("conflict_resolved", branches=["a", "b"], keep="a", reason="x"),
         event("conflict_resolved", branches=["b", "a"], keep="a", reason="y"), Relation.COALESCE),
        (event("conflict_resolved", branches=["a", "b"], keep="a"),
         event("conflict_resolved", branches=["a", "c"], keep="a"), Relation.AGREE),
        (event("conflict_resolved", branches=["a", "b"], keep="a"), event("withdrawn"), Relation.AGREE),
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


def three_desks() -> tuple[Writer, Writer, Writer]:
    one, two = two_desks()
    three = Writer("c", "o3", ahead=19)
    three.learn(one.seen.values())
    return one, two, three


def test_three_who_decided_apart_are_one_conflict_with_what_was_built_on_each() -> None:
    one, two, three = three_desks()
    (ready,) = one.write("result_ready")
    (posted,) = one.write("handed_to_post")
    (asked,) = two.write("supplement_requested")
    (answered,) = two.write(("supplement_received", {"papers": ["CT01"]}))
    (offered,) = three.write(("transfer_offered", {"unit": "u"}))
    (conflict,) = folded(one, two, three).conflicts
    assert dict(conflict.lines()) == {
        ready.event_id: (posted.event_id,),
        asked.event_id: (answered.event_id,),
        offered.event_id: (),
    }


def test_a_twin_goes_with_the_effect_that_it_equals() -> None:
    one, two, three = three_desks()
    (refused,) = one.write(("refused", {"reason": "x"}))
    (ready,) = two.write("result_ready")
    (twin,) = three.write(("refused", {"reason": "x"}))
    two.learn(one.seen.values())
    two.write(("conflict_resolved", {"branches": [refused.event_id, ready.event_id], "keep": ready.event_id}))
    dossier = folded(one, two, three)
    assert (dossier.conflicts, dossier.outcome) == ((), "approved")
    assert dossier.marks == {refused.event_id: "lost", twin.event_id: "coalesced"}


def test_a_decision_on_a_twin_counts_for_the_effect_that_it_equals() -> None:
    one, two, three = three_desks()
    (refused,) = one.write(("refused", {"reason": "x"}))
    (ready,) = two.write("result_ready")
    (twin,) = three.write(("refused", {"reason": "x"}))
    two.learn(three.seen.values())
    two.write(("conflict_resolved", {"branches": [ready.event_id, twin.event_id], "keep": ready.event_id}))
    dossier = folded(one, two, three)
    assert (dossier.conflicts, dossier.outcome) == ((), "approved")
    assert dossier.marks == {refused.event_id: "lost", twin.event_id: "coalesced"}


def test_work_that_goes_on_on_the_kept_branch_beside_the_decision_stands() -> None:
    one, two = two_desks()
    (ready,) = one.write("result_ready")
    (asked,) = two.write("supplement_requested")
    one.learn(two.seen.values())
    one.write(("conflict_resolved", {"branches": [ready.event_id, asked.event_id], "keep": asked.event_id}))
    two.write(("supplement_received", {"papers": ["CT01"]}))
    dossier = folded(one, two)
    assert (dossier.conflicts, dossier.marks) == ((), {ready.event_id: "lost"})
    assert dossier.facts["papers"] == ["CT01"]


def test_who_knew_two_decisions_and_decides_on_the_branches_again_settles_both() -> None:
    one, two = two_desks()
    (ready,) = one.write("result_ready")
    (refused,) = two.write(("refused", {"reason": "x"}))
    one.learn(two.seen.values())
    two.learn(one.seen.values())
    branches = [ready.event_id, refused.event_id]
    one.write(("conflict_resolved", {"branches": branches, "keep": ready.event_id}))
    two.write(("conflict_resolved", {"branches": branches, "keep": refused.event_id}))
    one.learn(two.seen.values())
    one.write(("conflict_resolved", {"branches": branches, "keep": refused.event_id}))
    dossier = folded(one, two)
    assert (dossier.conflicts, dossier.outcome) == ((), "refused")


def test_a_later_decision_on_a_third_branch_leaves_the_earlier_one_standing() -> None:
    one, two, three = three_desks()
    (ready,) = one.write("result_ready")
    (refused,) = two.write(("refused", {"reason": "x"}))
    (withdrawn,) = three.write("withdrawn")
    one.learn(two.seen.values())
    one.write(("conflict_resolved", {"branches": [ready.event_id, refused.event_id], "keep": ready.event_id}))
    one.learn(three.seen.values())
    (conflict,) = folded(one, three).conflicts
    assert set(conflict.branches) == {ready.event_id, withdrawn.event_id}
    one.write(("conflict_resolved", {"branches": list(conflict.branches), "keep": ready.event_id}))
    dossier = folded(one, three)
    assert (dossier.conflicts, dossier.outcome) == ((), "approved")
    assert dossier.marks == {refused.event_id: "lost", withdrawn.event_id: "lost"}


# harmless fields


def phone(number: str) -> tuple[str, dict[str, Any]]:
    return "corrected", {"field": "applicant.phone", "new": number}


def lost(dossier: Dossier) -> list[tuple[str, Any, str, bool]]:
    return [(one.field, one.value, one.winner.event_id, one.settled) for one in dossier.lost_values]


def test_the_loser_of_a_harmless_field_is_kept_until_somebody_who_has_seen_it_writes_again() -> None:
    one, two = two_desks()
    one.write(phone("0905000001"))
    (winner,) = two.write(phone("0905000002"))
    dossier = folded(one, two)
    assert dossier.applicant["phone"] == "0905000002"
    assert lost(dossier) == [("applicant.phone", "0905000001", winner.event_id, False)]
    two.learn(one.seen.values())
    two.write(phone("0905000003"))
    assert lost(folded(one, two)) == [("applicant.phone", "0905000001", winner.event_id, True)]


@pytest.mark.parametrize("number", ["0905000001", "0905000009"])
def test_nothing_is_lost_where_one_had_seen_the_other_or_both_wrote_the_same(number: str) -> None:
    one, two = two_desks()
    one.write(phone("0905000001"))
    if number != "0905000001":
        two.learn(one.seen.values())
    two.write(phone(number), ("corrected", {"field": "shelf", "new": "B4"}))
    dossier = folded(one, two)
    assert (dossier.applicant["phone"], dossier.lost_values) == (number, ())


def test_a_clock_far_ahead_wins_only_until_somebody_has_seen_it() -> None:
    mad, sane = Writer("a", ahead=10**13), Writer("b", "o2")
    sane.write(("received", RECEIVED))
    mad.learn(sane.seen.values())
    mad.write(phone("0905000001"))
    sane.write(phone("0905000002"))
    assert folded(mad, sane).applicant["phone"] == "0905000001"
    sane.learn(mad.seen.values())
    sane.write(phone("0905000003"))
    assert folded(mad, sane).applicant["phone"] == "0905000003"


@pytest.mark.parametrize("handover_first", [True, False])
def test_a_handover_is_not_taken_over_by_an_assignment_that_had_not_seen_it(handover_first: bool) -> None:
    one, two = two_desks()
    kinds = [("assigned", {"to": "o5", "handover": "s"}), ("assigned", {"to": "o6"})]
    one.write(kinds[not handover_first])
    two.write(kinds[handover_first])
    dossier = folded(one, two)
    assert dossier.officer == "o5"
    assert [(one.field, one.value) for one in dossier.lost_values] == [("officer", "o6")]


def test_what_is_only_added_stands_whatever_another_desk_did_meanwhile() -> None:
    one, two = two_desks()
    one.write("result_ready")
    one.write("result_returned")
    two.write(("original_taken", {"paper": "sổ đỏ"}), ("payment_received", {"amount": "20000"}))
    dossier = folded(one, two)
    assert dossier.state == "returned" and dossier.marks == {}
    assert (dossier.originals, dossier.paid) == ({"sổ đỏ": 1}, [("20000", "")])


# many


def test_thousands_apart_are_one_conflict_and_one_event_may_join_them_all() -> None:
    (received,) = Writer("a").write(("received", RECEIVED))
    kinds = (("delay_declared", "reason"), ("withdrawn", "reason"), ("corrected", "new"), ("withdrawn", "reason"))
    crowd = []
    for n in range(4000):
        kind, name = kinds[n % 4]
        body = {"field": "applicant.phone", name: str(n)} if kind == "corrected" else {name: str(n)}
        own = {"event_id": f"x{n:05}", "desk": f"d{n % 40:02}", "epoch": n // 40, "hlc": n + 9}
        crowd.append(replace(received, kind=kind, parents=(received.event_id,), body=body, **own))
    parents = tuple(one.event_id for one in crowd)
    joined = replace(received, event_id="z", kind="noted", hlc=10**6, seq=2, parents=parents, body={"text": "x"})
    dossier = fold(DOSSIER, [received, *crowd, joined], lambda _: True)
    (conflict,) = dossier.conflicts
    assert len(conflict.branches) == 2000
    assert len(dossier.lost_values) == 999
    assert dossier.events[-1] is joined and joined.event_id not in dossier.marks


# any history


@settings(max_examples=150, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_whatever_desks_did_apart_a_leader_settles_it_by_deciding(events: list[Event], chance: random.Random) -> None:
    leader = Writer("zz", "o9")
    leader.learn(events)
    for _ in range(len(events)):
        dossier = folded(leader)
        if not dossier.conflicts:
            break
        conflict = chance.choice(dossier.conflicts)
        decided = {"branches": list(conflict.branches), "keep": chance.choice(conflict.branches)}
        leader.write(("conflict_resolved", decided))
    assert dossier.conflicts == () and "conflict" not in dossier.marks.values()


@settings(max_examples=100, deadline=None)
@given(histories(), st.data())
def test_two_leaders_come_to_the_same_in_whatever_order_their_decisions_arrive(
    events: list[Event], data: st.DataObject
) -> None:
    leaders = [Writer("y", "o8"), Writer("zz", "o9", ahead=10**13)]
    for leader in leaders:
        leader.learn(events)
        for conflict in folded(leader).conflicts:
            keep = data.draw(st.sampled_from(conflict.branches))
            leader.write(("conflict_resolved", {"branches": list(conflict.branches), "keep": keep}))
    known = everything(*leaders)
    one = fold(DOSSIER, known, lambda _: True)
    other = fold(DOSSIER, data.draw(st.permutations(known)), lambda _: True)
    assert (one.marks, one.conflicts, one.state, one.outcome) == (
        other.marks,
        other.conflicts,
        other.state,
        other.outcome,
    )
    for conflict in one.conflicts:
        assert len(set(conflict.branches)) >= 2 and len(conflict.on_top) == len(conflict.branches)
