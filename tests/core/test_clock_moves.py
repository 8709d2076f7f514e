"""What moves a dossier's clock: supplements, payments, extensions, a new appointment; entered in time or late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from core.calendar import DayRow
from core.law import Law
from tests.core.lives import (
    ASKED,
    BROUGHT,
    DUE,
    LAW,
    MOVED,
    NONE,
    PAUSE,
    UNIT,
    at,
    due,
    happen,
    received,
    stand,
    with_rules,
)

AGAIN = ("2026-05-29T10:00", "supplement_requested", {"items": ["ảnh"], "reason": "thiếu ảnh", "leader": "Đỗ Văn Lành"})
BROUGHT_AGAIN = ("2026-06-02T10:00", "supplement_received", {"papers": ["ảnh"]})


class TestSupplements:
    @pytest.mark.parametrize(
        ("law", "once", "twice"),
        [(LAW, "2026-06-05", "2026-06-11"), (PAUSE, "2026-06-03", "2026-06-05"), (NONE, "2026-06-01", "2026-06-01")],
    )
    def test_a_second_one_acts_like_the_first(self, law: Law, once: str, twice: str) -> None:
        life = happen(received(law), ASKED, BROUGHT)
        assert due(life) == at(f"{once}T17:00")
        assert due(happen(life, AGAIN, BROUGHT_AGAIN)) == at(f"{twice}T17:00")

    @pytest.mark.parametrize("law", [LAW, PAUSE])
    def test_while_one_is_asked_for_there_is_no_due_date_and_nothing_to_announce(self, law: Law) -> None:
        stands = stand(happen(received(law), ASKED))
        assert stands.deadline is not None and stands.deadline.paused_since == at("2026-05-25T10:00")
        assert (stands.due_at, stands.deadline.apology_owed_by) == (None, None)

    def test_papers_entered_late_count_from_the_day_they_came(self) -> None:
        life = happen(received(), ASKED)
        life.now = at("2026-06-01T08:00")
        life.must("supplement_received", at("2026-05-28T16:00"))
        assert due(life) == at("2026-06-08T17:00")

    def test_a_request_entered_late_pauses_from_its_own_day(self) -> None:
        life = received(PAUSE)
        life.now = at("2026-06-01T08:00")
        life.must("supplement_requested", at("2026-05-26T10:00"))
        life.must("supplement_received", at("2026-05-28T10:00"))
        assert due(life) == at("2026-06-03T17:00")

    def test_one_that_is_undone_was_never_asked_for(self) -> None:
        life = happen(received(PAUSE), ASKED)
        assert life.undo() is None
        assert due(life) == DUE

    @pytest.mark.parametrize(("law", "due_at"), [(LAW, "2026-06-08"), (PAUSE, "2026-06-04")])
    def test_a_pause_is_counted_anew_when_the_calendar_changes(self, law: Law, due_at: str) -> None:
        life = happen(received(law), ASKED, BROUGHT)
        storm = DayRow(date(2026, 5, 28), False, "bão", "storm", "TB 12", closure=True)
        life.law = replace(law, days={**law.days, UNIT: (storm,)})
        assert due(life) == at(f"{due_at}T17:00")


class TestPayments:
    @pytest.mark.parametrize(("rule", "waiting", "paid"), [("pause", None, "2026-06-03"), ("none", DUE, "2026-06-01")])
    def test_money_asked_for_pauses_where_the_procedure_says_so(
        self, rule: str, waiting: datetime | None, paid: str
    ) -> None:
        life = received(with_rules(on_payment=rule))
        happen(life, ("2026-05-25T10:00", "payment_requested", {"amount": "20000"}))
        assert due(life) == waiting
        happen(life, ("2026-05-27T10:00", "payment_received", {"amount": "20000"}))
        assert due(life) == at(f"{paid}T17:00")

    def test_a_payment_entered_late_starts_the_clock_on_its_day(self) -> None:
        life = happen(
            received(procedure="vehicle-transfer"), ("2026-05-21T09:10", "payment_requested", {"amount": "150000"})
        )
        life.now = at("2026-05-26T08:00")
        life.must("payment_received", at("2026-05-22T10:00"), amount="150000")
        assert due(life) == at("2026-05-26T17:00")

    def test_a_reversed_payment_leaves_the_clock_as_it_was(self) -> None:
        life = happen(
            received(procedure="vehicle-transfer"),
            ("2026-05-22T10:00", "payment_received", {"amount": "150000"}),
            ("2026-05-25T10:00", "payment_reversed", {"amount": "150000", "reason": "thu nhầm"}),
            ("2026-05-25T10:30", "payment_received", {"amount": "100000"}),
        )
        assert due(life) == at("2026-05-26T17:00")


class TestMovedEnds:
    @pytest.mark.parametrize(
        ("amount", "unit", "expected"),
        [("5", "day", "2026-06-05"), ("2", "working_day", "2026-06-02"), ("1", "month", "2026-06-30")],
    )
    def test_an_extension_counts_from_the_trigger_not_from_a_rolled_date(
        self, amount: str, unit: str, expected: str
    ) -> None:
        life = received(procedure="judicial-record")
        assert due(life) == DUE  # ten days end on Sunday 31/5
        assert due(happen(life, ("2026-05-25T10:00", "extended", {"amount": amount, "unit": unit}))) == at(
            f"{expected}T17:00"
        )

    def test_extensions_add_up_and_outlive_a_restart(self) -> None:
        more = {"amount": "1", "unit": "working_day"}
        life = happen(received(), ("2026-05-22T10:00", "extended", more), ("2026-05-22T11:00", "extended", more))
        assert due(life) == at("2026-06-03T17:00")
        assert due(happen(life, ASKED, BROUGHT)) == at("2026-06-09T17:00")

    def test_one_new_appointment_with_its_apology(self) -> None:
        stands = stand(happen(received(), MOVED))
        assert stands.deadline is not None
        assert (stands.due_at, stands.deadline.statutory_due_at) == (at("2026-06-08T17:00"), DUE)
        assert stands.deadline.apology_owed_by is None

    def test_a_restart_after_it_runs_the_whole_limit_and_allows_no_second_one(self) -> None:
        life = happen(received(), MOVED, ("2026-05-27T10:00", "supplement_requested", {}))
        assert due(life) is None
        happen(life, ("2026-05-29T10:00", "supplement_received", {}))
        assert due(life) == at("2026-06-09T17:00")
        refused = life.act("rescheduled", due_at="2026-06-15T17:00:00+07:00", reason="vẫn đông")
        assert refused is not None and refused.code == "already_rescheduled"

    def test_a_pause_after_it_moves_it_by_as_many_working_days(self) -> None:
        life = happen(received(), ("2026-05-22T09:00", *MOVED[1:]))
        life = happen(
            life, ("2026-05-25T10:00", "suspended", {"reason": "chờ xác minh"}), ("2026-05-27T10:00", "resumed")
        )
        assert due(life) == at("2026-06-10T17:00")

    def test_a_pause_after_the_first_one_stops_the_moved_appointment(self) -> None:
        life = happen(
            received(), ("2026-05-22T09:00", "rescheduled", {**MOVED[2], "due_at": "2026-06-02T17:00:00+07:00"})
        )
        happen(life, ("2026-05-25T10:00", "suspended", {"reason": "x"}), ("2026-06-01T10:00", "resumed"))
        assert due(life) == at("2026-06-09T17:00")
        happen(life, ("2026-06-04T10:00", "suspended", {"reason": "y"}))
        assert due(life) is None
        assert due(happen(life, ("2026-06-05T10:00", "resumed"))) == at("2026-06-10T17:00")
