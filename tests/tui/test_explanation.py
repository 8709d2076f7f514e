"""A deadline that can be read aloud across the counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from fractions import Fraction

import pytest

from core.catalogue import Commitment
from core.days import DayRow
from core.deadline import ClockEvent, ClockRules
from core.moments import LEGAL_TIME
from core.standing import clock_inputs, explained, standing
from core.time_limit import Limit, Phase, Unit
from core.trace import explain
from storage.lawbook import package_law
from tests.core.lives import Life, at, begun
from tui.explanation import explanation_lines, one_line
from tui.i18n import set_language

LAW = package_law()


def lines(life: Life) -> list[str]:
    dossier = life.dossier
    assert dossier is not None
    reason = explained(dossier, life.law)
    version = standing(dossier, life.law).version
    assert reason is not None and version is not None
    return explanation_lines(reason, life.law.calendar(dossier.unit), version.basis)


def test_the_sentence_of_the_page() -> None:
    life = Life(now=at("2026-02-12T10:00"))
    assert life.take_in() is None
    assert lines(life) == [
        "Nhận 10:00 thứ Năm 12/02/2026: không tính ngày nhận (Đ.147.2 BLDS 2015)",
        "Tính 7 ngày làm việc: 13, 23, 24, 25, 26, 27/2, 2/3",
        *[line for line in lines(life) if line.startswith("Không tính")],
        "Hẹn trả: 17:00 thứ Hai 02/03/2026 (Đ.22.3 Luật Cư trú 2020)",
    ]
    assert any("Tết" in line for line in lines(life))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "steps",
    [
        lambda life: life.must("supplement_requested"),
        lambda life: (life.must("supplement_requested"), life.later(days=4), life.must("supplement_received")),
        lambda life: (life.must("suspended", reason="x"), life.later(days=2), life.must("resumed")),
        lambda life: life.must("extended", amount="3", unit="working_day", reason="x"),
        lambda life: life.must("rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="x"),
        lambda life: life.must("result_ready"),
    ],
)
def test_every_turn_is_told_in_both_languages(language: str, steps: Callable[[Life], object]) -> None:
    set_language(language)
    life = begun()
    steps(life)
    told = lines(life)
    assert told and all(line and "{" not in line and not line.startswith("explain.") for line in told)


def test_a_pause_says_since_when() -> None:
    life = begun()
    life.must("supplement_requested")
    assert "chưa có hạn" in lines(life)[-1] and "21/05/2026" in lines(life)[-1]


def test_a_gated_clock_says_what_it_waits_for() -> None:
    assert "phí" in lines(begun(procedure="vehicle-first-registration"))[-1].lower()


def test_a_clock_that_starts_later_tells_the_receipt_and_the_start_apart() -> None:
    life = begun(procedure="vehicle-first-registration")
    assert lines(life)[:2] == [
        "Nhận 09:00 thứ Năm 21/05/2026",
        "Chưa bắt đầu tính từ 21/05 09:00 (Đ.7.1 TT 79/2024/TT-BCA)",
    ]
    life.later(days=1)
    life.must("payment_received", amount="100000")
    assert lines(life)[2] == "Bắt đầu tính 09:00 thứ Sáu 22/05/2026: không tính ngày này (Đ.147.2 BLDS 2015)"


def test_a_clock_that_stops_with_the_receipt_has_begun() -> None:
    life = begun()
    life.must("supplement_requested")
    assert not any("Chưa bắt đầu" in line for line in lines(life))


def test_a_commitment_and_the_law_are_both_told() -> None:
    mine = Commitment(
        "H30-001", "permanent-residence", None, date(2026, 1, 1), None, Limit(5, Unit.WORKING_DAY), "CK 1"
    )
    life = Life(replace(LAW, commitments=(mine,)))
    assert life.take_in() is None
    told = lines(life)
    assert any("28/05/2026" in line and "01/06/2026" in line for line in told)


def test_an_hour_limit_tells_its_moments() -> None:
    told = lines(begun(procedure="foreigner-stay-declaration"))
    assert "12 giờ" in " ".join(told) and "21:00 thứ Năm 21/05/2026" in told[-1]


@pytest.mark.parametrize(
    "procedure", [one.name for one in LAW.procedures if one.versions[-1].in_force(date(2026, 5, 21))]
)
def test_every_procedure_in_force_is_told(procedure: str) -> None:
    told = lines(begun(procedure=procedure))
    assert told and "{" not in "".join(told)


def test_in_one_line() -> None:
    life = begun()
    assert life.dossier is not None
    reason, version = explained(life.dossier, LAW), standing(life.dossier, LAW).version
    assert reason is not None and version is not None
    limit = clock_inputs(life.dossier, LAW, version).rules.phases[0].limit
    assert one_line(reason, limit) == "7 ngày làm việc: 22, 25, 26, 27, 28, 29/5, 1/6"
    assert one_line(reason, None) == ""


@pytest.mark.parametrize(
    ("received", "limit", "told"),
    [
        ("2026-11-19T23:30", Limit(1, Unit.BY_TIME, time=time(8)), "Chậm nhất 08:00 thứ Sáu 20/11/2026"),
        ("2026-11-20T09:30", Limit(0, Unit.SAME_DAY, time(15)), "Nhận 09:30 thứ Sáu 20/11/2026"),
        ("2026-11-20T15:30", Limit(0, Unit.SAME_DAY, time(15)), "Ngoài giờ hoặc ngày nghỉ: tính là nhận 23/11"),
    ],
)
def test_limits_that_count_no_days(received: str, limit: Limit, told: str) -> None:
    moment = datetime.fromisoformat(received).replace(tzinfo=LEGAL_TIME)
    reason = explain(moment, ClockRules((Phase(limit),)), (), LAW.calendar())
    found = explanation_lines(reason, LAW.calendar(), None)
    assert told in found
    assert not any("không tính ngày nhận" in line for line in found)


@pytest.mark.parametrize("last", [date(2026, 5, 25), date(2026, 5, 26)])
def test_a_closure_is_told_with_its_reason(last: date) -> None:
    span = [date(2026, 5, 25 + more) for more in range(last.day - 24)]
    storm = tuple(DayRow(day, False, "Bão số 1", "Storm 1", "CV 7/CAP", closure=True) for day in span)
    life = Life(replace(LAW, days={**LAW.days, "H30-001": storm}))
    assert life.take_in() is None
    told = " ".join(lines(life))
    assert "Bão số 1 25" in told and "(CV 7/CAP)" in told


def told_of(received: str, rules: ClockRules, *events: ClockEvent) -> list[str]:
    moment = datetime.fromisoformat(received).replace(tzinfo=LEGAL_TIME)
    return explanation_lines(explain(moment, rules, events, LAW.calendar()), LAW.calendar(), None)


TWO = Limit(Fraction(2), Unit.WORKING_DAY)


def test_a_receipt_after_hours_is_told_by_its_own_moment() -> None:
    evening = ClockRules((Phase(TWO),), offhours="next_working_day")
    assert told_of("2026-05-23T09:00", evening)[:3] == [
        "Nhận 09:00 thứ Bảy 23/05/2026",
        "Ngoài giờ hoặc ngày nghỉ: tính là nhận 25/5, không tính ngày này (Đ.147.2 BLDS 2015)",
        "Tính 2 ngày làm việc: 26, 27/5",
    ]


def test_phases_are_counted_each_in_its_own_unit() -> None:
    rules = ClockRules((Phase(Limit(Fraction(3), Unit.DAY)), Phase(TWO)))
    assert told_of("2026-05-22T10:00", rules)[1:3] == ["Tính 3 ngày: 23, 24, 25/5", "Tính 2 ngày làm việc: 26, 27/5"]


@pytest.mark.parametrize(
    ("limit", "more", "told"),
    [
        (TWO, TWO, ["Tính 2 ngày làm việc: 25, 26/5", "Gia hạn 2 ngày làm việc: 27, 28/5"]),
        (
            Limit(Fraction(1), Unit.MONTH),
            Limit(Fraction(3), Unit.DAY),
            ["Tính 1 tháng: từ thứ Bảy 23/05/2026 đến thứ Hai 22/06/2026", "Gia hạn 3 ngày: 23, 24, 25/6"],
        ),
    ],
)
def test_an_extension_is_told_apart_from_the_limit(limit: Limit, more: Limit, told: list[str]) -> None:
    extended = ClockEvent("extended", datetime(2026, 5, 25, 10, tzinfo=LEGAL_TIME), more)
    found = told_of("2026-05-22T10:00", ClockRules((Phase(limit),)), extended)
    assert [line for line in found if line.startswith(("Tính", "Gia hạn"))] == told


def test_hours_are_told_from_where_to_where() -> None:
    assert told_of("2026-05-22T15:30", ClockRules((Phase(Limit(Fraction(4), Unit.WORKING_HOUR)),)))[:2] == [
        "Nhận 15:30 thứ Sáu 22/05/2026",
        "Tính 4 giờ làm việc: 22/05 15:30–17:00; 25/05 07:30–10:00",
    ]


def test_what_came_at_midnight_came_on_the_day_that_began() -> None:
    rules = ClockRules((Phase(TWO),))
    told = told_of("2026-04-01T00:00", rules)
    assert told[0].startswith("Nhận 00:00 thứ Tư 01/04/2026: không tính ngày nhận")
    assert told_of("2026-04-01T12:00", ClockRules((Phase(Limit(Fraction(12), Unit.HOUR)),)))[-1].startswith(
        "Hẹn trả: 24:00 thứ Tư 01/04/2026"
    )


def test_the_first_day_that_counts_is_a_day() -> None:
    rules = ClockRules((Phase(TWO),), count_first_day=True)
    assert told_of("2026-05-18T09:00", rules)[1] == "Tính 2 ngày làm việc: 18, 19/5"


def test_half_a_day_may_be_paused() -> None:
    half = ClockRules((Phase(Limit(Fraction(1, 2), Unit.WORKING_DAY)),))
    pause = [("suspended", 11), ("resumed", 14)]
    events = [ClockEvent(kind, datetime(2026, 5, 22, hour, tzinfo=LEGAL_TIME)) for kind, hour in pause]
    assert told_of("2026-05-22T10:00", half, *events)[1:4] == [
        "Tính 0.125 ngày làm việc: 22/05 10:00–11:00",
        "Tạm ngưng 22/05 11:00–14:00: không tính",
        "Tính 0.375 ngày làm việc: 22/05 14:00–17:00",
    ]
