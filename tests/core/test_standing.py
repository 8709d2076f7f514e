"""Where a dossier stands: its clock by its law, the printed promise, its lane in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from core.calendar import DayRow
from core.catalogue import Commitment
from core.dossier import fold
from core.law import Law
from core.queue import Lane
from core.standing import Standing, explained, judge, standing
from core.time_limit import Limit, Unit
from storage.dossier_row import dossier_row
from tests.core.lives import LAW, Life, at, begun
from tests.core.writers import DOSSIER, RECEIVED, Writer, everything

DUE = at("2026-06-01T17:00")


def stand(life: Life, law: Law | None = None) -> Standing:
    assert life.dossier is not None
    return standing(life.dossier, law or life.law)


def with_day_off(day: date) -> Law:
    row = DayRow(day, False, "bão", "storm", "QĐ 1")
    return replace(LAW, days={**LAW.days, None: (*LAW.days[None], row)})


def with_supplement(rule: str) -> Law:
    """The same law, where a supplement acts on residence as `rule` says."""
    found = LAW.find("permanent-residence")
    assert found is not None
    versions = tuple(replace(version, on_supplement=rule) for version in found.versions)
    others = [one for one in LAW.procedures if one.name != found.name]
    return replace(LAW, procedures=(replace(found, versions=versions), *others))


def test_a_receipt_has_a_due_date_and_no_promise_yet() -> None:
    stands = stand(begun())
    assert (stands.due_at, stands.promised_at, stands.binding_at) == (DUE, None, DUE)
    assert (stands.lane, stands.by_date, stands.problem) == (Lane.UNSETTLED, True, None)


@pytest.mark.parametrize(
    ("rule", "due"),
    [("restart", "2026-06-08T17:00"), ("pause", "2026-06-03T17:00"), ("none", "2026-06-01T17:00")],
)
def test_a_supplement_acts_as_the_procedure_says(rule: str, due: str) -> None:
    life = Life(with_supplement(rule))
    assert life.take_in() is None
    life.now = at("2026-05-25T10:00")
    life.must("supplement_requested", items=["CT01"])
    waiting = stand(life)
    if rule == "none":
        assert (waiting.due_at, waiting.lane) == (DUE, Lane.UNSETTLED)
    else:
        assert (waiting.due_at, waiting.binding_at, waiting.lane) == (None, None, Lane.PAUSED)
    life.now = at("2026-05-28T10:00") if rule == "restart" else at("2026-05-27T10:00")
    life.must("supplement_received", papers=["CT01"])
    assert (stand(life).due_at, stand(life).lane) == (at(due), Lane.UNSETTLED)


def test_a_gated_clock_starts_with_the_payment() -> None:
    life = begun(procedure="vehicle-first-registration")
    waiting = stand(life)
    assert waiting.deadline is not None and waiting.deadline.waiting_for == "payment_received"
    assert (waiting.due_at, waiting.lane) == (None, Lane.UNSETTLED)
    life.must("payment_requested", amount="20000")
    assert stand(life).lane is Lane.PAUSED
    life.now = at("2026-05-25T09:00")
    life.must("payment_received", amount="20000")
    due = stand(life).due_at
    assert due is not None and due > life.now
    paid_at_once = stand(begun(procedure="vehicle-first-registration", fee_paid="20000")).due_at
    assert paid_at_once is not None and paid_at_once < due


def test_a_suspension_pauses_and_an_extension_moves_the_end() -> None:
    life = begun()
    life.must("suspended", reason="chờ xác minh")
    assert stand(life).lane is Lane.PAUSED
    life.must("resumed")
    assert stand(life).lane is Lane.UNSETTLED
    before = stand(life).due_at
    life.must("extended", amount="3", unit="working_day", reason="phức tạp")
    after = stand(life).due_at
    assert before is not None and after is not None and after > before


def test_an_apology_settles_and_a_declared_delay_owes() -> None:
    life = begun()
    life.must("delay_declared", reason="thiếu người")
    assert stand(life).lane is Lane.DECLARED
    life.must("rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="thiếu người")
    assert (stand(life).lane, stand(life).due_at) == (Lane.DECLARED, at("2026-06-08T17:00"))
    life.must("letter_issued", letter="apology")
    assert stand(life).lane is Lane.SETTLED
    excused = begun()
    excused.must("delay_excused", reason="bão", basis="QĐ 1")
    assert stand(excused).lane is Lane.SETTLED


def test_what_has_ended_keeps_its_due_date_whatever_the_calendar_becomes() -> None:
    life = begun()
    law = with_day_off(date(2026, 5, 28))
    moved = stand(life, law).due_at
    assert moved == at("2026-06-02T17:00")
    life.now = at("2026-05-29T09:00")
    life.must("result_ready")
    assert stand(life, law).due_at == stand(life).due_at == DUE
    assert stand(life, law).lane is Lane.DONE
    life.must("reopened", reason="khiếu nại")
    assert stand(life, law).due_at == moved


def promise(life: Life, text: str) -> None:
    life.must("letter_issued", letter="receipt", promised_at=f"{text}:00+07:00")


@pytest.mark.parametrize(("promised", "binding"), [("2026-05-28T17:00", "2026-05-28T17:00"),
                                                   ("2026-06-05T17:00", "2026-06-01T17:00")])  # fmt: skip
def test_the_earlier_of_due_and_promise_binds(promised: str, binding: str) -> None:
    life = begun()
    promise(life, promised)
    assert stand(life).binding_at == at(binding)


def test_a_promise_is_void_once_the_clock_lawfully_moves() -> None:
    life = begun()
    promise(life, "2026-05-28T17:00")
    life.must("supplement_requested")
    assert stand(life).promised_at is None
    life.now = at("2026-05-26T10:00")
    life.must("supplement_received")
    assert stand(life).binding_at == stand(life).due_at


def test_a_printed_date_never_moves_later_by_itself() -> None:
    life = begun()
    promise(life, "2026-06-01T17:00")
    later = stand(life, with_day_off(date(2026, 5, 28)))
    assert (later.due_at, later.binding_at) == (at("2026-06-02T17:00"), DUE)


def test_a_commitment_shortens_and_both_dates_are_kept() -> None:
    mine = Commitment(
        "H30-001", "permanent-residence", None, date(2026, 1, 1), None, Limit(5, Unit.WORKING_DAY), "CK 1"
    )
    stands = stand(begun(), replace(LAW, commitments=(mine,)))
    assert stands.deadline is not None
    assert (stands.deadline.statutory_due_at, stands.due_at) == (DUE, at("2026-05-28T17:00"))


def test_the_version_of_the_day_of_receipt_stays() -> None:
    life = Life(now=at("2021-06-30T09:00"))
    assert life.take_in() is None
    life.now = at("2021-07-05T09:00")
    version = stand(life).version
    assert version is not None and version.valid_to == date(2021, 6, 30)


def test_a_corrected_procedure_brings_its_own_limit() -> None:
    life = begun()
    life.must("corrected", field="procedure", new="temporary-residence")
    stands = stand(life)
    assert stands.version is not None and stands.version.procedure == "temporary-residence"
    assert stands.due_at != DUE


def test_without_law_there_is_no_date_and_a_reason() -> None:
    life = Life(now=at("2006-06-01T09:00"))
    assert life.take_in() is None
    stands = stand(life)
    assert (stands.due_at, stands.binding_at, stands.problem) == (None, None, "no_law")
    assert life.dossier is not None and explained(life.dossier, LAW) is None


@pytest.mark.parametrize(("kind", "lane"), [("submitted", Lane.SETTLED), ("guided", Lane.DONE),
                                            ("not_accepted", Lane.DONE)])  # fmt: skip
def test_before_receipt_only_the_submitted_ones_wait_for_work(kind: str, lane: Lane) -> None:
    life = Life()
    assert life.take_in(kind) is None
    assert (stand(life).lane, stand(life).due_at) == (lane, None)


def test_the_explanation_ends_at_the_due_date() -> None:
    life = begun()
    assert life.dossier is not None
    reason = explained(life.dossier, LAW)
    assert reason is not None and reason.deadline.due_at == DUE
    assert reason.trace[0].from_at == life.now


@pytest.mark.parametrize(
    ("ended", "due", "by_date", "judged"),
    [
        (at("2026-06-01T23:00"), DUE, True, "on_time"),
        (at("2026-06-01T17:00:01"), DUE, False, "late"),
        (at("2026-06-01T17:00"), DUE, False, "on_time"),
        (at("2026-05-31T23:59"), DUE, True, "early"),
        (at("2026-06-02T00:00"), DUE, True, "late"),
        (datetime.fromisoformat("2026-06-01T18:00+00:00"), DUE, True, "late"),
        (at("2026-06-02T00:00"), None, True, "none"),
        (at("2026-06-01T08:00"), at("2026-06-02T00:00"), True, "on_time"),
        (at("2026-06-02T08:00"), at("2026-06-02T00:00"), True, "late"),
    ],
)
def test_judgement(ended: datetime, due: datetime | None, by_date: bool, judged: str) -> None:
    assert judge(ended, due, by_date) == judged


FAR = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1900-01-01T00:00:00+07:00", "2026-05-21T10:00:00Z")


@pytest.mark.parametrize("unit", [unit.value for unit in Unit])
@pytest.mark.parametrize("amount", ["0", "-3", "0.333333333", "9999999999999999", "30000"])
def test_no_extension_of_another_desk_stops_the_clocks(unit: str, amount: str) -> None:
    life = begun()
    life.writer.write(("extended", {"amount": amount, "unit": unit}))
    assert life.dossier is not None
    assert dossier_row(life.dossier, stand(life))


@pytest.mark.parametrize("moment", FAR)
@pytest.mark.parametrize(
    ("kind", "field", "more"),
    [
        ("rescheduled", "due_at", {"reason": "x"}),
        ("letter_issued", "promised_at", {"letter": "receipt"}),
        ("corrected", "new", {"field": "received_at"}),
        ("result_ready", "due_at", {}),
    ],
)
def test_no_moment_of_another_desk_stops_the_clocks(moment: str, kind: str, field: str, more: dict[str, str]) -> None:
    life = begun()
    life.writer.write((kind, {field: moment, **more}))
    assert life.dossier is not None
    assert dossier_row(life.dossier, stand(life))
    explained(life.dossier, LAW)


@pytest.mark.parametrize("moment", FAR[:2])
def test_no_event_from_another_age_stops_the_clocks(moment: str) -> None:
    life = begun()
    life.writer.write("supplement_requested", at=datetime.fromisoformat(moment))
    assert life.dossier is not None
    assert dossier_row(life.dossier, stand(life))
    assert list(life.dossier.marks.values()) == ["malformed"]


@pytest.mark.parametrize("first", [0, 9])
def test_in_a_conflict_the_earliest_of_all_branches_dates_counts_until_a_leader_decides(first: int) -> None:
    one, two = Writer("a", ahead=first), Writer("b", "o2", ahead=9 - first)
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    (asked,) = one.write(("supplement_requested", {"items": ["CT01"]}), at=at("2026-05-25T10:00"))
    one.write(("supplement_received", {"papers": ["CT01"]}), at=at("2026-05-27T10:00"))
    (extended,) = two.write(("extended", {"amount": "3", "unit": "working_day"}), at=at("2026-05-26T10:00"))
    assert due_of(one, two) == DUE
    for keep, due in ((asked, at("2026-06-05T17:00")), (extended, at("2026-06-04T17:00"))):
        leader = Writer("c", "o3")
        leader.learn([*one.seen.values(), *two.seen.values()])
        branches = [asked.event_id, extended.event_id]
        leader.write(("conflict_resolved", {"branches": branches, "keep": keep.event_id}))
        assert due_of(leader) == due


def due_of(*writers: Writer) -> datetime | None:
    return standing(fold(DOSSIER, everything(*writers), lambda _: True), LAW).due_at
