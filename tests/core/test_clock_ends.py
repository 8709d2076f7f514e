"""A dossier's promise, its end and what comes after, corrections, the law that stays with it, what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from core.answers import Refusal
from core.calendar import DayRow
from core.catalogue import Commitment, Policy
from core.law import Law
from core.queue import Urgency, bounds, urgency
from core.time_limit import Limit, Phase, Unit
from tests.core.lives import ASKED, BROUGHT, DUE, LAW, MOVED, PAUSE, UNIT, Life, at, due, happen, received, stand

LETTER = {"letter": "receipt", "promised_at": "2026-05-28T17:00:00+07:00"}


def word(life: Life, now: str) -> Urgency:
    stands = stand(life)
    assert stands.binding_at is not None
    cut = bounds(at(now), life.law.calendar(UNIT), 3)
    return urgency(stands.lane, int(stands.binding_at.timestamp()), stands.by_date, cut)


class TestPromises:
    @pytest.fixture
    def promised(self) -> Iterator[Life]:
        life = happen(received(), ("2026-05-21T09:05", "letter_issued", LETTER))
        assert stand(life).binding_at == at("2026-05-28T17:00")
        yield life

    @pytest.mark.parametrize(
        ("kind", "fields"),
        [
            ("supplement_requested", {}),
            ("payment_requested", {"amount": "20000"}),
            ("suspended", {"reason": "chờ xác minh"}),
            ("extended", {"amount": "3", "unit": "working_day"}),
            ("rescheduled", MOVED[2]),
        ],
    )
    def test_what_lawfully_moves_the_clock_voids_it_until_the_next_paper(
        self, promised: Life, kind: str, fields: dict[str, Any]
    ) -> None:
        happen(promised, ("2026-05-22T09:00", kind, fields))
        assert stand(promised).promised_at is None
        assert stand(promised).binding_at == due(promised)
        again = LETTER | {"promised_at": "2026-06-03T17:00:00+07:00"}
        happen(promised, ("2026-05-22T10:00", "letter_issued", again))
        assert stand(promised).promised_at == at("2026-06-03T17:00")

    @pytest.mark.parametrize(
        ("kind", "fields"),
        [
            ("payment_received", {"amount": "20000"}),
            ("verification_completed", {}),
            ("delay_declared", {"reason": "thiếu người"}),
            ("delay_excused", {"reason": "bão", "basis": "QĐ 1"}),
            ("corrected", {"field": "procedure", "new": "temporary-residence"}),
            ("corrected", {"field": "received_at", "new": "2026-05-22T08:00:00+07:00"}),
        ],
    )
    def test_what_does_not_leaves_it(self, promised: Life, kind: str, fields: dict[str, Any]) -> None:
        happen(promised, ("2026-05-22T09:00", kind, fields))
        assert stand(promised).promised_at == at("2026-05-28T17:00")


class TestTheEnd:
    READY = ("2026-05-29T09:00", "result_ready")

    def test_waiting_for_its_owner_is_not_late(self) -> None:
        life = happen(received(), self.READY)
        happen(life, ("2026-06-20T09:00", "handed_to_post"), ("2026-07-01T09:00", "post_returned"))
        happen(life, ("2026-07-20T09:00", "result_returned", {"channel": "counter"}))
        assert life.dossier is not None and life.dossier.ending is not None
        assert (life.dossier.ending.at, life.dossier.ending.judged) == (at("2026-05-29T09:00"), "early")
        assert word(life, "2026-07-20T09:00") is Urgency.DONE

    def test_what_was_ready_and_is_entered_late_is_judged_by_its_own_day(self) -> None:
        life = received()
        life.now = at("2026-06-02T08:00")
        life.must("result_ready", at("2026-06-01T20:00"))
        assert life.dossier is not None and life.dossier.ending is not None
        assert life.dossier.ending.judged == "on_time"

    def test_the_first_end_counts(self) -> None:
        life = happen(received(), self.READY, ("2026-06-03T09:00", "voided", {"reason": "nhận nhầm"}))
        assert life.dossier is not None and life.dossier.ending is not None
        assert (life.dossier.ending.kind, life.dossier.ending.judged) == ("result_ready", "early")

    def test_reopened_it_runs_on_as_if_it_had_not_ended(self) -> None:
        life = happen(received(), self.READY, ("2026-06-02T09:00", "reopened", {"reason": "khiếu nại"}))
        assert (due(life), word(life, "2026-06-02T09:00")) == (DUE, Urgency.APOLOGY_OWED)
        happen(life, ("2026-06-03T09:00", "result_ready"))
        assert life.dossier is not None and life.dossier.ending is not None
        assert (life.dossier.ending.at, life.dossier.ending.judged) == (at("2026-06-03T09:00"), "late")

    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ([("2026-05-29T11:00", "extended", {"amount": "3", "unit": "working_day"})], "2026-06-04"),
            ([("2026-05-29T11:00", "suspended", {"reason": "x"}), ("2026-06-02T09:00", "resumed")], "2026-06-03"),
            ([("2026-05-29T11:00", "supplement_requested"), ("2026-06-02T09:00", "supplement_received")], "2026-06-11"),
        ],
    )
    def test_after_reopening_the_clock_moves_as_before(self, steps: list[Any], expected: str) -> None:
        life = happen(received(), self.READY, ("2026-05-29T10:00", "reopened", {"reason": "khiếu nại"}))
        assert due(happen(life, *steps)) == at(f"{expected}T17:00")


class TestCorrections:
    def test_another_procedure_counts_from_the_same_receipt_with_what_happened_since(self) -> None:
        change = ("2026-05-28T09:00", "corrected", {"field": "procedure", "new": "temporary-residence"})
        assert due(happen(received(), change)) == at("2026-05-26T17:00")
        assert due(happen(received(), ASKED, BROUGHT, change)) == at("2026-06-01T17:00")

    def test_another_case_has_its_own_limit(self) -> None:
        life = received(procedure="residence-confirmation")
        assert due(life) == at("2026-05-21T14:30")
        change = ("2026-05-21T10:00", "corrected", {"field": "variant", "new": "to-verify"})
        assert due(happen(life, change)) == at("2026-05-26T17:00")

    def test_another_day_of_receipt_counts_from_that_day(self) -> None:
        change = ("2026-05-22T09:00", "corrected", {"field": "received_at", "new": "2026-05-20T16:00:00+07:00"})
        assert due(happen(received(), change)) == at("2026-05-29T17:00")


class TestTheLawThatStays:
    def test_neither_evening_nor_supplement_selects_another_version(self) -> None:
        evening = Policy("offhours", UNIT, date(2000, 1, 1), "next_working_day", "QĐ 5", True)
        life = received(replace(LAW, policies=(*LAW.policies, evening)), "2021-06-30T20:00")
        assert due(life) == at("2021-07-16T17:00")
        happen(life, ("2021-07-05T09:00", "supplement_requested"), ("2021-07-08T09:00", "supplement_received"))
        version = stand(life).version
        assert version is not None and version.valid_to == date(2021, 6, 30)
        assert due(life) == at("2021-07-23T17:00")

    def test_the_promise_in_force_on_the_day_of_receipt_binds(self) -> None:
        def promise(days: int, first: str, last: str) -> Commitment:
            limit = Limit(days, Unit.WORKING_DAY)
            dates = (date.fromisoformat(first), date.fromisoformat(last))
            return Commitment(UNIT, "permanent-residence", None, *dates, limit, f"CK {days}")

        law = replace(
            PAUSE, commitments=(promise(5, "2026-01-01", "2026-05-21"), promise(3, "2026-05-22", "2026-12-31"))
        )
        life = received(law)
        assert due(life) == at("2026-05-28T17:00")
        assert due(received(law, "2026-05-22T09:00")) == at("2026-05-27T17:00")
        clock = stand(happen(life, ASKED, BROUGHT)).deadline
        assert clock is not None
        assert (clock.committed_due_at, clock.statutory_due_at) == (at("2026-06-01T17:00"), at("2026-06-03T17:00"))


class TestTransitions:
    """A new version from Monday 25/5/2026 on gives three working days."""

    @staticmethod
    def amended(transition: str) -> Law:
        procedure = LAW.find("permanent-residence")
        assert procedure is not None
        old = next(one for one in procedure.versions if one.in_force(date(2026, 5, 21)))
        case = replace(old.variants[0], phases=(Phase(Limit(Fraction(3), Unit.WORKING_DAY)),))
        new = replace(old, valid_from=date(2026, 5, 25), variants=(case,), transition=transition, row_hash="new")
        around = [one for one in procedure.versions if one is not old]
        versions = sorted(
            [*around, replace(old, valid_to=date(2026, 5, 24)), new], key=lambda version: version.valid_from
        )
        others = [one for one in LAW.procedures if one is not procedure]
        return replace(LAW, procedures=(replace(procedure, versions=tuple(versions)), *others))

    @pytest.mark.parametrize(
        ("transition", "when", "expected"),
        [
            ("stay", "2026-05-21T09:00", "2026-06-01"),
            ("stay", "2026-05-25T00:00", "2026-05-28"),
            ("move", "2026-05-21T09:00", "2026-05-26"),
            ("move", "2026-05-14T09:00", "2026-05-19"),  # due on 25/5 by the old one: not yet due when the new one came
            ("move", "2026-05-13T09:00", "2026-05-22"),
        ],
    )
    def test_an_open_dossier_moves_only_by_the_new_laws_own_rule(
        self, transition: str, when: str, expected: str
    ) -> None:
        assert due(received(self.amended(transition), when)) == at(f"{expected}T17:00")

    def test_what_waits_for_papers_moves_and_what_was_done_does_not(self) -> None:
        asked = ("2026-05-22T10:00", "supplement_requested", {})
        life = happen(received(self.amended("move")), asked, ("2026-05-28T10:00", "supplement_received", {}))
        assert due(life) == at("2026-06-02T17:00")
        done = happen(received(self.amended("move")), ("2026-05-22T10:00", "result_ready"))
        version = stand(done).version
        assert version is not None and version.valid_to == date(2026, 5, 24)


class TestApologies:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-05-26T16:00", Urgency.NORMAL),
            ("2026-05-27T09:00", Urgency.SOON),
            ("2026-05-29T18:00", Urgency.NEXT_DAY),
            ("2026-06-01T16:59", Urgency.TODAY),
            ("2026-06-01T23:59", Urgency.TODAY),
            ("2026-06-02T00:00", Urgency.APOLOGY_OWED),
        ],
    )
    def test_past_the_last_moment_to_announce_it_is_plain_until_the_due_date_passes(
        self, now: str, expected: Urgency
    ) -> None:
        assert word(received(), now) is expected

    def test_the_debt_is_shown_until_it_is_paid(self) -> None:
        life = happen(received(), ("2026-05-27T09:00", "delay_declared", {"reason": "thiếu người"}))
        assert word(life, "2026-05-27T09:00") is Urgency.APOLOGY_OWED
        assert word(happen(life, ("2026-05-28T09:00", *MOVED[1:])), "2026-06-03T09:00") is Urgency.APOLOGY_OWED
        letter = {"letter": "apology", "promised_at": MOVED[2]["due_at"], "confirmed": True}
        assert word(happen(life, ("2026-05-28T09:05", "letter_issued", letter)), "2026-06-03T09:00") is Urgency.SOON
        assert word(life, "2026-06-09T09:00") is Urgency.OVERDUE

    def test_an_excuse_pays_it_too_and_an_end_hides_nothing(self) -> None:
        excused = happen(received(), ("2026-06-03T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 1"}))
        assert word(excused, "2026-06-03T09:00") is Urgency.OVERDUE
        finished = happen(received(), ("2026-06-03T09:00", "result_ready"))
        assert word(finished, "2026-06-03T09:00") is Urgency.DONE
        assert finished.dossier is not None and finished.dossier.ending is not None
        assert finished.dossier.ending.judged == "late"

    def test_an_excuse_is_of_its_own_date_and_not_of_one_that_came_since(self) -> None:
        life = happen(received(), ("2026-06-02T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 1"}))
        happen(life, ("2026-06-03T09:00", "supplement_requested", {"reason": "thiếu"}))
        happen(life, ("2026-06-04T09:00", "supplement_received", {}))
        assert due(life) == at("2026-06-15T17:00")
        assert word(life, "2026-06-15T18:00") is Urgency.TODAY
        assert word(life, "2026-06-16T09:00") is Urgency.APOLOGY_OWED
        again = happen(life, ("2026-06-16T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 2"}))
        assert word(again, "2026-06-16T10:00") is Urgency.OVERDUE

    def test_a_delay_of_a_later_date_is_owed_before_that_date_too(self) -> None:
        life = happen(received(), ("2026-06-02T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 1"}))
        happen(life, ("2026-06-03T09:00", "extended", {"amount": "5", "unit": "working_day"}))
        assert due(life) == at("2026-06-08T17:00")
        assert word(life, "2026-06-05T09:00") is Urgency.NEXT_DAY
        happen(life, ("2026-06-05T09:00", "delay_declared", {"reason": "thiếu người"}))
        assert word(life, "2026-06-05T09:00") is Urgency.APOLOGY_OWED

    def test_an_excused_date_that_the_calendar_alone_moves_stays_excused(self) -> None:
        life = happen(received(), ("2026-06-02T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 1"}))
        storm = DayRow(date(2026, 6, 1), False, "bão", "storm", "TB 12", closure=True)
        life.law = replace(LAW, days={**LAW.days, UNIT: (storm,)})
        assert due(life) == at("2026-06-02T17:00")
        assert word(life, "2026-06-03T09:00") is Urgency.OVERDUE

    def test_a_new_appointment_owes_its_letter_after_an_excuse_too(self) -> None:
        life = happen(received(), ("2026-06-02T09:00", "delay_excused", {"reason": "bão", "basis": "QĐ 1"}))
        happen(life, ("2026-06-02T10:00", *MOVED[1:]))
        assert word(life, "2026-06-02T10:00") is Urgency.APOLOGY_OWED

    @pytest.mark.parametrize(("closed", "expected"), [("2026-05-28", "2026-06-01"), ("2026-06-02", "2026-05-29")])
    def test_the_units_own_closure_moves_the_last_moment_to_announce(self, closed: str, expected: str) -> None:
        storm = DayRow(date.fromisoformat(closed), False, "bão", "storm", "TB 12", closure=True)
        clock = stand(received(replace(LAW, days={**LAW.days, UNIT: (storm,)}))).deadline
        assert clock is not None and clock.apology_owed_by == at(f"{expected}T17:00")


class TestOrderInTime:
    """What is entered late must still fit what had happened by then."""

    def test_a_receipt_is_not_moved_behind_what_happened_to_the_dossier(self) -> None:
        life = happen(received(), ASKED, BROUGHT)
        life.now = at("2026-05-28T09:00")
        refused = life.act("corrected", field="received_at", new="2026-05-26T09:00:00+07:00")
        assert isinstance(refused, Refusal) and refused.code == "receipt_after_event"

    def test_a_second_request_is_not_entered_before_the_first_ones_answer(self) -> None:
        life = happen(received(), ASKED, BROUGHT)
        life.now = at("2026-05-28T09:00")
        second = life.act("supplement_requested", at("2026-05-26T15:00"), reason="CT01", leader="lanh")
        assert isinstance(second, Refusal) and second.code == "before_answer"

    def test_a_result_is_not_returned_before_it_was_ready(self) -> None:
        life = happen(received(), ("2026-05-29T09:00", "result_ready"))
        early = at("2026-05-28T09:00")
        for kind in ("result_returned", "reopened"):
            refused = life.act(kind, early, **({"reason": "x"} if kind == "reopened" else {}))
            assert isinstance(refused, Refusal) and refused.code == "before_end"
