"""The appointments of the coming days: what stands in the table is what the deadline engine gives, at any hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from core.deadline import ClockEvent
from core.dossier import Dossier
from core.due_table import DueCase, due_table, receipt_days
from core.law import Law
from core.moments import LEGAL_TIME
from core.standing import clock_inputs
from storage.lawbook import package_law

UNIT = "H17"
FIRST = date(2026, 11, 23)


@pytest.fixture(scope="module")
def law() -> Law:
    return package_law()


def due(law: Law, case: DueCase, at: datetime) -> datetime | None:
    dossier = Dossier("", procedure=case.version.procedure, variant=case.variant.code, received_at=at, unit=UNIT)
    inputs = clock_inputs(dossier, law, case.version)
    if case.paid:
        inputs = type(inputs)(
            at, inputs.rules, (ClockEvent("payment_received", at),), inputs.calendar, inputs.committed
        )
    return inputs.deadline().due_at


def test_no_dossier_is_received_on_a_day_off(law: Law) -> None:
    assert receipt_days(law, UNIT, FIRST, 7) == (FIRST, *(FIRST + timedelta(days=ahead) for ahead in (2, 3, 4)))


def test_each_date_holds_at_every_hour_of_its_day(law: Law) -> None:
    table = due_table(law, UNIT, receipt_days(law, UNIT, FIRST, 14))
    assert len(table.columns) > 8
    for column in table.columns:
        for case in column.cases:
            for day, told in zip(table.days, column.due, strict=True):
                for hour, minute in ((7, 31), (11, 0), (13, 30), (16, 59)):
                    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LEGAL_TIME)
                    assert due(law, case, at) == told, (case.version.procedure, case.variant.code, at)


def test_what_depends_on_the_hour_or_waits_stands_apart(law: Law) -> None:
    table = due_table(law, UNIT, receipt_days(law, UNIT, FIRST, 7))
    for case in table.by_the_hour:
        days = [datetime(2026, 11, 23, hour, tzinfo=LEGAL_TIME) for hour in (8, 16)]
        assert len({due(law, case, at) for at in days}) == 2, case.version.procedure
    assert {event for _, event in table.waiting} == {"payment_received", "verification_completed"}
    for case, _ in table.waiting:
        assert due(law, case, datetime(2026, 11, 23, 8, tzinfo=LEGAL_TIME)) is None


def test_every_case_in_force_stands_somewhere(law: Law) -> None:
    table = due_table(law, UNIT, [FIRST])
    placed = [case for column in table.columns for case in column.cases] + [*table.by_the_hour]
    named = {(one.version.procedure, one.variant.code) for one in (*placed, *(case for case, _ in table.waiting))}
    for procedure in law.procedures:
        for version in procedure.versions:
            if version.in_force(FIRST):
                assert {(procedure.name, case.code) for case in version.variants} <= named


def test_what_is_paid_at_once_has_its_date_too(law: Law) -> None:
    table = due_table(law, UNIT, [FIRST])
    paid = {(one.version.procedure, one.variant.code) for column in table.columns for one in column.cases if one.paid}
    paid |= {(one.version.procedure, one.variant.code) for one in table.by_the_hour if one.paid}
    waiting = {(one.version.procedure, one.variant.code) for one, event in table.waiting if event == "payment_received"}
    assert waiting <= paid
