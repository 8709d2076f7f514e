"""A handover's two signatures, the questions between them, and what two acceptances apart mean."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.answers import Refusal
from core.events import KINDS
from core.handover import (
    AcceptHandover,
    AnswerReceiver,
    AskSender,
    CountDrawer,
    DecideAccepted,
    Handed,
    HandOver,
    HandoverCommand,
    decide_handover,
    handed,
    sheet_hash,
    words_of,
)
from core.readback import Ask, asks, readback_items
from core.record import Event
from core.sheet import ShiftFacts, build_sheet
from core.station import AddOfficer, decide_station
from tests.core.lives import NOW, Life
from tests.core.test_sheet import ONE, TODAY
from tests.core.writers import Writer, everything

TWO = replace(ONE, id="d2")
PLAIN = build_sheet([ONE, TWO], ShiftFacts(), TODAY)
SHEET = [*PLAIN, {"name": "readback", "items": readback_items(asks(PLAIN, ["d1", "d2"], 10))}]
GIVEN = {
    "sender": "o1", "receiver": "o2", "sheet": {"sections": SHEET, "dossiers": ["d1", "d2"]}, "sha256": "hash",
    "signed_at": "2026-05-21T09:00:00+07:00",
}  # fmt: skip
LEADER = "o9"
TOGETHER = [Ask("group:finish", "group", "finish")]
SAID = {"group:finish": "finish"}


def shift() -> Writer:
    writer = Writer("a", "o1")
    writer.write(("shift_handed_over", GIVEN))
    return writer


def told(*writers: Writer) -> Handed:
    events = [changed(event, entity="shift:s1") for event in everything(*writers)]

    def may(event: Event) -> bool:
        return event.by != "stranger" and (event.kind != "handover_resolved" or event.by == LEADER)

    found = handed(events, may, lambda event: event.by == LEADER)
    assert found is not None
    return found


def accepted(by: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "shift_accepted", {"receiver": by, "sha256": "hash", "signed_at": "x", **more}


def decided(command: HandoverCommand, officer: str) -> Any:
    roles = ("leader",) if officer == LEADER else ("front_desk",)
    return decide_handover(command, Life().setting(*roles, officer=officer))


OVER = HandOver("s1", "o1", "o2", tuple(SHEET), ("d1", "d2"), NOW)
TAKE = AcceptHandover("s1", told(shift()), ("d1", "d2"), SAID, {}, "desk", NOW)


def test_the_first_signature_moves_nothing() -> None:
    (draft,) = decided(OVER, "o1")
    assert (draft.entity, draft.kind) == ("shift:s1", "shift_handed_over")
    assert draft.body["sha256"] == sheet_hash(SHEET)
    assert "override" not in draft.body


def test_what_is_signed_is_the_sheet_to_the_letter() -> None:
    other = build_sheet([replace(ONE, applicant_name="Đặng Thị Đạo"), TWO], ShiftFacts(), TODAY)
    assert sheet_hash(PLAIN) == sheet_hash(build_sheet([ONE, TWO], ShiftFacts(), TODAY)) != sheet_hash(other)


def test_the_second_signature_moves_every_dossier_in_one_command() -> None:
    drafts = decided(TAKE, "o2")
    assert [(draft.entity, draft.kind) for draft in drafts] == [
        ("shift:s1", "shift_accepted"), ("d1", "assigned"), ("d2", "assigned"),
    ]  # fmt: skip
    assert drafts[1].body == {"to": "o2", "handover": "s1"}
    assert drafts[0].body["readback"] == SAID


def test_what_was_asked_and_not_answered_stays_with_the_sender() -> None:
    writer = shift()
    writer.write(("handover_queried", {"item": "d2", "question": "bản chính ở đâu?"}))
    drafts = decided(replace(TAKE, handed=told(writer)), "o2")
    assert [draft.entity for draft in drafts] == ["shift:s1", "d1"]
    assert drafts[0].body["left"] == ["d2"]
    (question,) = told(writer).unanswered
    writer.write(("handover_answered", {"query": question.id, "answer": "ngăn 3"}))
    drafts = decided(replace(TAKE, handed=told(writer)), "o2")
    assert [draft.entity for draft in drafts] == ["shift:s1", "d1", "d2"]
    assert told(writer).answered == {"d2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  bản chính\n ở đâu? ", "bản chính ở đâu?"), (" ", "words_missing"), ("x" * 501, "words_too_long")],
)
def test_words_are_one_line_not_empty_and_not_endless(text: str, expected: str) -> None:
    found = words_of(text)
    assert (found.code if isinstance(found, Refusal) else found) == expected
    asked = decided(AskSender("s1", told(shift()), "d1", text, NOW), "o2")
    assert (asked.code if isinstance(asked, Refusal) else asked[0].body["question"]) == expected


def test_only_what_was_asked_is_kept_of_a_readback_and_nothing_endless() -> None:
    drafts = decided(replace(TAKE, readback=SAID | {"other": "x" * 9000}), "o2")
    assert drafts[0].body["readback"] == SAID
    take = replace(TAKE, readback=SAID | {"reason": "x" * 9000})
    assert decided(take, "o2").code == "words_too_long"


def test_a_leader_who_signs_for_somebody_gone_has_no_drawer_to_count() -> None:
    (draft,) = decided(replace(OVER, uncounted=True, reason="đi viện"), LEADER)
    assert draft.body["override"] == "đi viện"


def test_what_is_no_more_the_senders_needs_no_restatement() -> None:
    sections = [*PLAIN, {"name": "readback", "items": readback_items([Ask("d1", "one", "finish"), *TOGETHER])}]
    writer = Writer("a", "o1")
    writer.write(("shift_handed_over", GIVEN | {"sheet": {"sections": sections, "dossiers": ["d1", "d2"]}}))
    take = replace(TAKE, handed=told(writer))
    assert decided(take, "o2").code == "readback_missing"
    drafts = decided(replace(take, dossiers=("d2",)), "o2")
    assert [draft.entity for draft in drafts] == ["shift:s1", "d2"]


def test_a_drawer_that_was_counted_is_written_with_the_signature() -> None:
    plain = build_sheet([], ShiftFacts(fees={"cash": Decimal(5000)}), TODAY)
    sections = [*plain, {"name": "readback", "items": readback_items(asks(plain, (), 10))}]
    writer = Writer("a", "o1")
    writer.write(("shift_handed_over", GIVEN | {"sheet": {"sections": sections, "dossiers": []}}))
    take = replace(TAKE, handed=told(writer), dossiers=(), readback={"money:cash": "5.000"})
    drafts = decided(take, "o2")
    assert [(draft.entity, draft.kind) for draft in drafts[1:]] == [("desk:desk", "money_counted")]
    assert drafts[1].body["handover"] == "s1"


@pytest.mark.parametrize(
    ("command", "officer", "code"),
    [
        (replace(OVER, receiver="o1"), "o1", "handover_to_self"),
        (replace(OVER, able=False), "o1", "receiver_may_not"),
        (replace(OVER, uncounted=True), "o1", "drawer_uncounted"),
        (replace(TAKE, replaced=True), "o2", "handover_replaced"),
        (OVER, "o2", "handover_not_yours"),
        (OVER, LEADER, "override_without_reason"),
        (TAKE, "o1", "handover_to_self"),
        (TAKE, "o3", "handover_not_yours"),
        (TAKE, LEADER, "override_without_reason"),
        (replace(TAKE, readback={}), "o2", "readback_missing"),
        (replace(TAKE, readback={"group:finish": "resume"}), "o2", "readback_wrong"),
        (AskSender("s1", TAKE.handed, "d1", "?", NOW), "o3", "handover_not_yours"),
        (AskSender("s1", TAKE.handed, "d7", "?", NOW), "o2", "readback_item_unknown"),
        (AnswerReceiver("s1", TAKE.handed, "q", "!", NOW), "o2", "handover_not_yours"),
        (AnswerReceiver("s1", TAKE.handed, "q", "!", NOW), "o1", "question_unknown"),
        (DecideAccepted("s1", TAKE.handed, "e", None, NOW), LEADER, "not_a_branch"),
    ],
)  # fmt: skip
def test_who_may_not(command: HandoverCommand, officer: str, code: str) -> None:
    answer = decided(command, officer)
    assert isinstance(answer, Refusal) and answer.code == code


def test_a_leader_signs_for_who_is_gone_and_says_why() -> None:
    (over,) = decided(replace(OVER, reason="ốm đột xuất"), LEADER)
    assert (over.body["sender"], over.body["override"]) == ("o1", "ốm đột xuất")
    drafts = decided(replace(TAKE, reason="không đến"), LEADER)
    assert (drafts[0].body["receiver"], drafts[0].body["override"]) == (LEADER, "không đến")
    assert {draft.body["to"] for draft in drafts[1:]} == {LEADER}
    assert "override" not in decided(replace(TAKE, reason="x"), "o2")[0].body


def test_nothing_more_happens_to_it_once_it_was_accepted() -> None:
    writer = shift()
    writer.by = "o2"
    writer.write(accepted("o2"))
    done = told(writer)
    for command in (replace(TAKE, handed=done), AskSender("s1", done, "d1", "?", NOW)):
        answer = decided(command, "o2")
        assert isinstance(answer, Refusal) and answer.code == "handover_accepted"


def apart(
    one: tuple[str, dict[str, Any]], by_one: str, other: tuple[str, dict[str, Any]], by_other: str
) -> list[Writer]:
    """Two desks that both knew of the first signature, and not of each other."""
    first, second = shift(), Writer("b", by_other)
    second.learn(first.seen.values())
    first.by = by_one
    first.write(one)
    second.write(other)
    return [first, second]


def test_two_who_accept_apart_are_a_conflict_until_a_leader_keeps_one() -> None:
    writers = apart(accepted("o2"), "o2", accepted(LEADER, override="không đến"), LEADER)
    found = told(*writers)
    (conflict,) = found.conflicts
    assert len(conflict.branches) == 2 and found.accepted is not None
    loser = next(one for one in conflict.branches if one != found.accepted.event_id)
    (draft,) = decided(DecideAccepted("s1", found, loser, "người trực thật", NOW), LEADER)
    assert draft.body == {"branches": list(conflict.branches), "keep": loser, "reason": "người trực thật"}
    writers[1].learn(writers[0].seen.values())
    writers[1].write((draft.kind, dict(draft.body)))
    settled = told(*writers)
    assert settled.conflicts == () and settled.accepted is not None and settled.accepted.event_id == loser


def test_one_officer_who_accepts_at_two_desks_has_accepted_once() -> None:
    found = told(*apart(accepted("o2", readback={"a": "b"}), "o2", accepted("o2"), "o2"))
    assert found.conflicts == () and found.accepted is not None


@pytest.mark.parametrize("event", [accepted("o3"), accepted("o2")])
def test_an_acceptance_by_anybody_else_counts_for_nothing(event: tuple[str, dict[str, Any]]) -> None:
    writer = shift()
    writer.by = "o3"
    writer.write(event)
    assert told(writer).accepted is None


def test_a_sheet_that_cannot_be_read_is_no_handover() -> None:
    (event,) = shift().seen.values()
    gone = changed(event, body={}, destroyed=True)
    assert handed([gone], lambda _: True, lambda _: True) is None
    assert handed([], lambda _: True, lambda _: True) is None


def test_an_auditor_signs_nothing_and_only_an_admin_adds_officers() -> None:
    life = Life()
    count = CountDrawer("desk", {"counted": {}, "expected": {}}, NOW)
    for command in (OVER, TAKE, count, AddOfficer("o9", "x", "Y", ("leader",), "00", NOW)):
        answer = decide_station(command, life.setting("auditor", officer="o2"))
        assert isinstance(answer, Refusal) and answer.code == "role_missing"
    assert not isinstance(decide_station(OVER, life.setting("front_desk")), Refusal)
    assert not isinstance(decide_station(count, life.setting("front_desk")), Refusal)
    refused = decide_station(DecideAccepted("s1", TAKE.handed, "e", None, NOW), life.setting("front_desk"))
    assert isinstance(refused, Refusal) and refused.code == "role_missing"


def test_only_a_leader_decides_between_two() -> None:
    assert KINDS["handover_resolved"].roles == {"leader"}


@pytest.mark.parametrize(("roles", "code"), [((), "role_unknown"), (("general",), "role_unknown"), (("leader",), None)])
def test_an_officer_is_added_with_roles_that_there_are(roles: tuple[str, ...], code: str | None) -> None:
    answer = decide_station(AddOfficer("o9", "x", "Y", roles, "00", NOW), Life().setting("admin"))
    assert (answer.code if isinstance(answer, Refusal) else None) == code
