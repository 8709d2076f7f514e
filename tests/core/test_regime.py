"""The regime for lateness by the law's words: when a debt begins and ends, what is refused, what is counted."""

from __future__ import annotations

from typing import Any

import pytest

from core.answers import InvalidInput, Refusal
from core.citizen import citizen_deadline
from core.decisions import Act
from core.merge import relation
from core.queue import Urgency, Worklist, bounds, list_ranges, urgency, worklists
from core.reasons import USES, in_force
from core.standing import standing
from storage.dossier_row import COLUMNS, dossier_row
from storage.lawbook.reasons import package_reasons
from tests.core.lives import ASKED, BROUGHT, DOSSIER, Life, at, begun, happen, received
from tests.core.test_merge import folded, two_desks

LATER = "2026-06-02T09:00"  # the due date was Monday 1/6
SIGNED = {"code": "overload", "days": 3}
LETTER = {"letter": "apology", "promised_at": "2026-06-04T17:00:00+07:00", "confirmed": True}
TYPED = {"due_at": "2026-06-05T17:00:00+07:00", "reason": "thiếu máy"}
EXCUSED = {"code": "force_majeure", "basis": "QĐ 15/QĐ-CAP"}
PROMISED = {"due_at": "2026-05-28T17:00:00+07:00", "reason": "hẹn sớm"}


def code(refused: Refusal | None) -> str | None:
    return refused.code if refused else None


def row(life: Life) -> dict[str, Any]:
    assert life.dossier is not None
    values = dossier_row(life.dossier, standing(life.dossier, life.law), citizen_deadline(life.dossier, life.law))
    return dict(zip(COLUMNS, values, strict=True))


def where(life: Life, now: str) -> tuple[Urgency, tuple[Worklist, ...]]:
    """The word and the worklists of the dossier then, and that the range scans would find it in them."""
    cut = bounds(at(now), life.law.calendar("H30-001"), 3)
    one = row(life)
    word = urgency(one["lane"], one["binding_at"], bool(one["by_date"]), cut)
    proposed = one["proposed_at"] is not None
    found = worklists(one["lane"], word, proposed, one["remind_from"], one["answer_until"], cut)
    parts = list_ranges(Worklist.APOLOGISE_NOW, word, cut)
    scanned = any(part.lane == one["lane"] and part.low <= one["binding_at"] < part.high for part in parts)
    assert scanned is (Worklist.APOLOGISE_NOW in found)
    return word, found


NOW_OR_NEVER = (Worklist.APOLOGISE_NOW,)


@pytest.mark.parametrize(
    ("steps", "now", "word", "lists"),
    [
        # nothing happened: no alarm before the eve, the list on the eve and on the day, the debt from the next midnight
        ((), "2026-05-28T16:00", Urgency.SOON, ()),
        ((), "2026-05-29T08:00", Urgency.NEXT_DAY, NOW_OR_NEVER),
        ((), "2026-05-30T10:00", Urgency.NEXT_DAY, NOW_OR_NEVER),
        ((), "2026-06-01T17:30", Urgency.TODAY, NOW_OR_NEVER),
        ((), LATER, Urgency.APOLOGY_OWED, ()),
        # declared: a debt at once, and no longer a warning
        ((("2026-05-29T09:00", "delay_declared", {"reason": "x"}),), "2026-05-29T10:00", Urgency.APOLOGY_OWED, ()),
        # proposed: still plain, but on the leader's list
        ((("2026-05-29T09:00", "apology_proposed", SIGNED),), "2026-05-29T10:00", Urgency.NEXT_DAY,
         (Worklist.APOLOGISE_NOW, Worklist.TO_SIGN)),
        ((("2026-05-29T09:00", "apology_proposed", SIGNED), ("2026-05-29T10:00", "apology_declined", {"reason": "x"})),
         "2026-05-29T10:00", Urgency.NEXT_DAY, NOW_OR_NEVER),
        ((("2026-05-29T09:00", "apology_proposed", SIGNED), ("2026-05-29T10:00", "delay_excused", EXCUSED)),
         "2026-05-29T10:00", Urgency.NEXT_DAY, ()),
        # signed: owed until its letter is issued, then plain until the new date, then overdue without a second debt
        ((("2026-05-29T09:00", "rescheduled", SIGNED),), "2026-05-29T10:00", Urgency.APOLOGY_OWED, ()),
        ((("2026-05-29T09:00", "rescheduled", SIGNED), ("2026-05-29T09:05", "letter_issued", LETTER)),
         "2026-05-29T10:00", Urgency.NORMAL, ()),
        ((("2026-05-29T09:00", "rescheduled", SIGNED), ("2026-05-29T09:05", "letter_issued", LETTER)),
         "2026-06-05T10:00", Urgency.OVERDUE, ()),
        # a letter without a new appointment pays nothing
        (((LATER, "letter_issued", {"letter": "apology"}),), LATER, Urgency.APOLOGY_OWED, ()),
        # however the date is given
        (((LATER, "rescheduled", TYPED),), LATER, Urgency.APOLOGY_OWED, ()),
        (((LATER, "rescheduled", TYPED), (LATER, "letter_issued", {"letter": "apology"})), LATER, Urgency.SOON, ()),
        # excused: late, but nothing is owed
        (((LATER, "delay_excused", EXCUSED),), LATER, Urgency.OVERDUE, ()),
        # finished: owes nothing, on no list, however late
        (((LATER, "result_ready"),), LATER, Urgency.DONE, ()),
        (((LATER, "apology_proposed", SIGNED), (LATER, "withdrawn")), LATER, Urgency.DONE, ()),
        # a promise earlier than the law's date binds
        ((("2026-05-22T09:00", "promised_earlier", PROMISED),), "2026-05-27T09:00", Urgency.NEXT_DAY, NOW_OR_NEVER),
        ((("2026-05-22T09:00", "promised_earlier", PROMISED),), "2026-05-29T09:00", Urgency.APOLOGY_OWED, ()),
        # paused: neither warning nor debt; the citizen's days run
        ((ASKED,), "2026-06-02T09:00", Urgency.PAUSED, ()),
        ((ASKED,), "2026-06-17T09:00", Urgency.PAUSED, (Worklist.REMIND,)),
        ((ASKED, ("2026-06-17T09:00", "citizen_reminded", {"channel": "counter"})), "2026-06-18T09:00",
         Urgency.PAUSED, ()),
        ((ASKED,), "2026-06-24T23:00", Urgency.PAUSED, (Worklist.REMIND,)),
        ((ASKED,), "2026-06-25T00:00", Urgency.PAUSED, (Worklist.STOP,)),
        ((ASKED, ("2026-06-20T09:00", "supplement_received", {})), "2026-06-25T09:00", Urgency.SOON, ()),
        ((ASKED, ("2026-06-25T09:00", "stopped", {"code": "not_supplemented"})), "2026-06-25T10:00", Urgency.DONE, ()),
        # a debt that has begun is not gone because the clock is stopped and begins again
        (((LATER, "supplement_requested", {}), ("2026-06-03T09:00", "supplement_received", {})), "2026-06-03T10:00",
         Urgency.APOLOGY_OWED, ()),
        (((LATER, "suspended", {"reason": "x"}), ("2026-06-03T09:00", "resumed", {})), "2026-06-03T10:00",
         Urgency.APOLOGY_OWED, ()),
        # but a pause in time owes nothing
        ((ASKED, BROUGHT), "2026-06-02T10:00", Urgency.SOON, ()),
    ],
)  # fmt: skip
def test_each_step_is_shown_and_no_alarm_is_false(
    steps: tuple[Any, ...], now: str, word: Urgency, lists: tuple[Worklist, ...]
) -> None:
    assert where(happen(received(), *steps), now) == (word, lists)


@pytest.mark.parametrize(
    ("when", "due", "announced_late"),
    [("2026-05-29T17:00", "2026-06-04T17:00:00+07:00", None), ("2026-05-29T17:01", "2026-06-04T17:00:00+07:00", True)],
)
def test_the_new_date_is_counted_from_the_missed_one_and_says_whether_it_was_told_in_time(
    when: str, due: str, announced_late: bool | None
) -> None:
    life = happen(received(), (when, "rescheduled", {**SIGNED, "reason": "thiếu máy"}))
    assert life.dossier is not None
    body = life.dossier.events[-1].body
    assert body["due_at"] == due and body.get("announced_late") is announced_late
    assert body["reason"] == "Số lượng hồ sơ tăng đột biến, quá tải: thiếu máy"
    assert (body["signer"], body["signed_as"], body["days"]) == ("o1", "head", 3)


def test_from_an_earlier_promise_the_days_and_the_announcement_are_counted_from_it() -> None:
    life = happen(received(), ("2026-05-22T09:00", "promised_earlier", PROMISED))
    life = happen(life, ("2026-05-28T09:00", "rescheduled", {"code": "overload", "days": 1}))
    assert life.dossier is not None
    body = life.dossier.events[-1].body
    assert (body["due_at"], body["announced_late"]) == ("2026-05-29T17:00:00+07:00", True)


@pytest.mark.parametrize(
    ("steps", "kind", "fields", "refusal"),
    [
        ((("2026-05-29T09:00", "rescheduled", SIGNED),), "rescheduled", SIGNED, "already_rescheduled"),
        ((("2026-05-29T09:00", "rescheduled", SIGNED),), "apology_proposed", SIGNED, "already_rescheduled"),
        ((ASKED,), "rescheduled", SIGNED, "reschedule_without_due"),
        ((ASKED,), "apology_proposed", SIGNED, "reschedule_without_due"),
        ((), "rescheduled", {"code": "weather", "days": 1}, "reason_unknown"),
        ((), "rescheduled", {"code": "force_majeure", "days": 1}, "reason_unknown"),
        ((), "rescheduled", {"code": "other", "days": 1}, "reason_in_words"),
        ((), "apology_proposed", {"code": "other", "days": 1, "reason": " "}, "reason_in_words"),
        ((), "rescheduled", {"code": "other", "days": 1, "reason": "Máy in thẻ hỏng"}, None),
        ((), "rescheduled", {"due_at": "2026-06-06T17:00:00+07:00", "reason": "x"}, "appointment_day_off"),
        ((), "rescheduled", {"due_at": "2026-06-01T16:00:00+07:00", "reason": "x"}, "appointment_not_later"),
        ((), "rescheduled", {**SIGNED, "signer": "Đ/c Khác"}, "signer_not_you"),
        ((), "rescheduled", {**SIGNED, "signer": "o1"}, None),
        ((), "delay_excused", {"reason": "bão"}, "excuse_without_basis"),
        ((), "delay_excused", {"code": "security_sensitive"}, "excuse_without_basis"),
        ((), "delay_excused", {"code": "security_sensitive", "basis": "CV 12"}, None),
        ((), "apology_declined", {"reason": "x"}, "nothing_proposed"),
        ((), "stopped", {"code": "not_supplemented"}, "citizen_has_time"),
        ((ASKED,), "stopped", {"code": "not_supplemented"}, "citizen_has_time"),
        ((ASKED,), "stopped", {"reason": "công dân đề nghị"}, None),
    ],
)
def test_what_is_refused(steps: tuple[Any, ...], kind: str, fields: dict[str, Any], refusal: str | None) -> None:
    life = happen(received(), *steps)
    assert code(life.act(kind, **fields)) == refusal


@pytest.mark.parametrize("fields", [SIGNED, TYPED])
def test_where_no_date_stands_yet_none_is_missed(fields: dict[str, Any]) -> None:
    """However it is written: it would use up the one apology, and hide the debt of the date that is still to come."""
    life = received(procedure="vehicle-first-registration", variant="certificate")
    assert code(life.act("rescheduled", **fields)) == "reschedule_without_due"


def test_nobody_is_asked_to_answer_by_a_day_that_has_passed() -> None:
    life = received()
    assert code(life.act("supplement_requested", items=["CT01"], answer_by="2026-05-20")) == "answer_by_past"
    assert code(life.act("supplement_requested", items=["CT01"], answer_by="2026-05-21")) is None


def test_a_second_appointment_is_refused_with_the_article() -> None:
    refused = happen(received(), ("2026-05-29T09:00", "rescheduled", SIGNED)).act("rescheduled", **SIGNED)
    assert refused is not None and refused.basis is not None and "118/2025" in refused.basis


def test_days_that_have_passed_already_make_no_appointment() -> None:
    life = received()
    life.now = at("2026-06-10T09:00")
    assert code(life.act("rescheduled", **SIGNED)) == "appointment_past"


@pytest.mark.parametrize("days", [0, -1, 367, "3", None])
def test_days_are_a_number_of_working_days(days: Any) -> None:
    with pytest.raises(InvalidInput):
        received().act("rescheduled", code="overload", days=days)


def test_a_date_that_is_given_is_counted_too_and_has_a_reason() -> None:
    """The missed date is Monday 1/6: Friday 5/6 is the fourth working day after it."""
    life = happen(received(), ("2026-05-29T09:00", "rescheduled", TYPED))
    assert life.dossier is not None
    body = life.dossier.events[-1].body
    assert (body["days"], body["code"], body["reason"]) == (4, "other", "thiếu máy")
    assert body["due_at"] == TYPED["due_at"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({**SIGNED, "due_at": "2026-06-05T17:00:00+07:00"}, "days_and_date"),
        ({**TYPED, "due_at": "2026-06-05T10:00:00+07:00"}, "days_and_date"),
        ({**TYPED, "due_at": "2029-06-05T17:00:00+07:00"}, "field_invalid"),
        ({**TYPED, "due_at": "2026-06-05T17:00:00"}, "field_invalid"),
        ({"due_at": TYPED["due_at"]}, "reason_missing"),
        ({"days": 3, "reason": "thiếu máy"}, "reason_missing"),
    ],
)
def test_what_is_no_counted_date_with_a_reason_is_bad_input(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        received().act("rescheduled", **fields)


@pytest.mark.parametrize("kind", ["rescheduled", "apology_proposed"])
def test_no_appointment_is_made_that_a_standing_clock_would_not_keep(kind: str) -> None:
    """The missed date stands, for the clock was stopped after it; a new one would not."""
    life = happen(received(), (LATER, "suspended", {"reason": "x"}))
    life.now = at("2026-06-02T10:00")
    assert code(life.act(kind, **SIGNED)) == "reschedule_without_due"
    life.must("resumed")
    assert code(life.act(kind, **SIGNED)) is None


def test_one_that_was_written_before_days_were_always_counted_keeps_its_meaning() -> None:
    life = happen(received(), (LATER, "delay_declared", {"reason": "x"}))
    life.writer.write(("rescheduled", TYPED), at=at(LATER))
    assert life.dossier is not None and life.dossier.apology_settled


@pytest.mark.parametrize(
    ("signs", "asked", "expected"),
    [
        ("head", None, "head"),
        ("head", "deputy", "deputy"),
        ("deputy", None, "deputy"),
        ("deputy", "head", "not_the_head"),
    ],
)
def test_who_signs_and_in_which_capacity(signs: str, asked: str | None, expected: str) -> None:
    life = received()
    life.signs = signs
    answer = life.ask(Act(DOSSIER, "rescheduled", life.now, {**SIGNED, **({"signed_as": asked} if asked else {})}))
    assert (answer.code if isinstance(answer, Refusal) else answer[0].body["signed_as"]) == expected


@pytest.mark.parametrize(("role", "kinds"), [
    ("front_desk", ["apology_proposed"]),
    ("processing", ["apology_proposed"]),
    ("leader", ["apology_proposed", "rescheduled", "delay_excused"]),
])  # fmt: skip
def test_officers_propose_and_only_a_leader_signs(role: str, kinds: list[str]) -> None:
    bodies = {"apology_proposed": SIGNED, "rescheduled": SIGNED, "delay_excused": EXCUSED}
    assert [kind for kind, fields in bodies.items() if begun().act(kind, None, role, **fields) is None] == kinds


def test_a_proposal_beside_another_desks_signature_stands_beside_it() -> None:
    proposing, signing = received(), received()
    proposing.must("apology_proposed", **SIGNED)
    signing.must("rescheduled", **SIGNED)
    assert proposing.dossier is not None and signing.dossier is not None
    assert relation(proposing.dossier.events[-1], signing.dossier.events[-1]).value == "agree"


@pytest.mark.parametrize(("told", "paid"), [("first", True), ("second", False), (None, True)])
def test_two_desks_that_sign_apart_owe_the_letter_of_the_one_that_stands(told: str | None, paid: bool) -> None:
    """The second desk's letter holds a date that has no effect: its citizen still waits for the one that has."""
    dates = {"first": "2026-06-08T17:00:00+07:00", "second": "2026-06-10T17:00:00+07:00"}
    one, two = two_desks()
    for writer, desk in ((one, "first"), (two, "second")):
        writer.write(("rescheduled", {"due_at": dates[desk], "reason": "x", "code": "overload", "days": 5}))
    letter = {"letter": "apology"} | ({"promised_at": dates[told], "confirmed": True} if told else {})
    (one if told == "first" else two).write(("letter_issued", letter))
    dossier = folded(one, two)
    assert len(dossier.conflicts) == 1 and dossier.rescheduled_to == at("2026-06-08T17:00")
    assert dossier.apology_settled is paid


def test_who_declines_one_proposal_declines_none_that_another_desk_made_meanwhile() -> None:
    one, two = two_desks()
    (seen,) = one.write(("apology_proposed", SIGNED))
    two.learn(one.seen.values())
    (meanwhile,) = one.write(("apology_proposed", {**SIGNED, "days": 5}))
    two.write(("apology_declined", {"reason": "x", "proposal": seen.event_id}))
    dossier = folded(one, two)
    assert dossier.proposal is not None and dossier.proposal.event_id == meanwhile.event_id


def test_every_reason_has_its_words_and_says_what_it_rests_on() -> None:
    for reason in package_reasons():
        assert reason.title_vi and reason.title_en
        assert reason.verified or (reason.unverified_reason_vi and reason.unverified_reason_en)
    day = at("2026-11-28T09:00").date()
    known = {use: [one.code for one in in_force(package_reasons(), use, day)] for use in USES}
    assert len(known["reschedule"]) == 8 and known["reschedule"][-1] == "other"
    assert known["excuse"] == ["force_majeure", "security_sensitive", "applicant_withheld"]
    assert known["stop"] == ["not_supplemented"] and known["declare"] == ["moved_after_due"]
