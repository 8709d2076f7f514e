"""When would it be due? Asked without a dossier, answered at each change, stored nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.deadline import ClockEvent
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Unit
from storage.lawbook import package_law
from tests.conftest import NOW, UNIT, Office
from tests.tui.workstation import NARROW, Desktop, workstation
from tui.app import Workstation
from tui.i18n import in_language
from tui.limit_words import limit_words
from tui.screens.what_if_answer import date_lines, doubt_lines, due_line, law_lines
from tui.screens.what_if_asked import Asked, Found, answer, read_event, read_when
from tui.screens.what_if_form import procedures_called, units_called
from tui.screens.what_if_limits import read_limit

LAW = package_law()


def found(**asked: object) -> Found:
    answered = answer(Asked(**{"unit": UNIT, **asked}), LAW, NOW)  # type: ignore[arg-type]
    assert isinstance(answered, Found), answered
    return answered


def refused(**asked: object) -> Refusal:
    answered = answer(Asked(**{"unit": UNIT, **asked}), LAW, NOW)  # type: ignore[arg-type]
    assert isinstance(answered, Refusal), answered
    return answered


def due(**asked: object) -> datetime | None:
    return found(**asked).explanation.deadline.due_at


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), LEGAL_TIME)


# what is typed


def limits() -> st.SearchStrategy[Limit]:
    whole = st.integers(0, 3_000).map(Fraction)
    hours = st.decimals("0.01", 999, places=2).map(Fraction)
    halves = st.integers(1, 200).map(lambda halves: Fraction(halves, 2))
    minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None))
    return st.one_of(
        st.builds(Limit, whole, st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.MONTH])),
        st.builds(Limit, halves, st.just(Unit.WORKING_DAY)),
        st.builds(Limit, hours, st.sampled_from([Unit.HOUR, Unit.WORKING_HOUR])),
        st.builds(Limit, st.integers(1, 300).map(Fraction), st.just(Unit.YEAR)),
        st.just(Limit(Fraction(0), Unit.IMMEDIATE)),
        st.builds(Limit, st.just(Fraction(0)), st.just(Unit.SAME_DAY), st.none() | minutes),
        st.builds(lambda days, at: Limit(days, Unit.BY_TIME, time=at), whole, minutes),
    )


@given(limits(), st.sampled_from(["vi", "en"]))
def test_a_limit_is_read_as_the_screen_writes_it(limit: Limit, language: str) -> None:
    with in_language(language):
        assert read_limit(limit_words(limit)) == limit


@pytest.mark.parametrize(
    ("typed", "amount", "unit"),
    [
        ("7 nlv", 7, Unit.WORKING_DAY),
        ("7 NGAY LAM VIEC", 7, Unit.WORKING_DAY),
        ("30ngày", 30, Unit.DAY),
        ("2,5 giờ lv", Fraction(5, 2), Unit.WORKING_HOUR),
        ("ngay", 0, Unit.IMMEDIATE),
        ("trong ngày", 0, Unit.SAME_DAY),
        ("3 working days", 3, Unit.WORKING_DAY),
    ],
)
def test_short_spellings_of_a_limit_are_read(typed: str, amount: int, unit: Unit) -> None:
    assert read_limit(typed) == Limit(Fraction(amount), unit)


@given(st.text(max_size=30))
def test_any_text_is_a_limit_or_told_to_be_none(text: str) -> None:
    try:
        assert read_limit(text).amount >= 0
    except InvalidInput as error:
        assert error.code in ("limit_unread", "limit_invalid", "out_of_range")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("23/11", "2025-11-23T00:00"),
        ("23/6", "2026-06-23T00:00"),
        ("23/11/2026 08:30", "2026-11-23T08:30"),
        ("15/3/2019 9h", "2019-03-15T09:00"),
        ("14h30 25/5", "2026-05-25T14:30"),
        ("2019-03-15", "2019-03-15T00:00"),
        ("2019-03-15T08:00", "2019-03-15T08:00"),
        ("17:00", "2026-05-21T17:00"),
    ],
)
def test_a_moment_is_read_as_people_write_it(typed: str, moment: str) -> None:
    assert read_when(typed, NOW, midnight) == local(moment)


@given(st.text(st.sampled_from("0123456789/:-+hT. "), max_size=26))
def test_any_text_is_a_moment_or_told_to_be_none(text: str) -> None:
    try:
        assert 1900 <= read_when(text, NOW, midnight).year <= 2200
    except InvalidInput as error:
        assert error.code in ("moment_unread", "out_of_range")


@pytest.mark.parametrize("typed", ["0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00", "1/1/9999"])
def test_years_beyond_all_calendars_are_told(typed: str) -> None:
    assert refused(received=typed, limit="7 nlv").code == "out_of_range"


# what is answered


def test_nothing_asked_is_not_answered() -> None:
    assert answer(Asked(UNIT, committed="3 nlv"), LAW, NOW) is None


@pytest.mark.parametrize(
    ("received", "limit", "day"),
    [
        ("21/5/2026 9:00", "7 ngày làm việc", "2026-06-01T17:00"),
        ("12/2/2026 10:00", "5 ngày làm việc", "2026-02-26T17:00"),
        ("17/12/2025 9:00", "15 ngày", "2026-01-05T17:00"),
        ("31/7/2026 9:00", "1 tháng", "2026-09-03T17:00"),
        ("22/5/2026 15:30", "4 giờ làm việc", "2026-05-25T10:00"),
        ("23/5/2026 20:00", "12 giờ", "2026-05-24T08:00"),
        ("22/5/2026 15:20", "trong ngày, nhận sau 15:00", "2026-05-25T17:00"),
    ],
)
def test_a_limit_of_its_own_needs_no_procedure(received: str, limit: str, day: str) -> None:
    assert due(received=received, limit=limit) == local(day)


def test_a_time_of_day_some_days_later_has_its_moment() -> None:
    told = found(received="22/5/2026 9:00", limit="trước 8:00 ngày hôm sau")
    assert told.explanation.deadline.due_at == local("2026-05-23T08:00")
    assert "trước 08:00 ngày hôm sau" in due_line(told)


def test_a_past_receipt_is_judged_by_the_law_of_its_day() -> None:
    before = found(procedure="permanent-residence", received="30/6/2021")
    after = found(procedure="permanent-residence", received="1/7/2021")
    assert before.version != after.version and before.version is not None and after.version is not None
    assert before.version.valid_to == date(2021, 6, 30) and after.version.valid_from == date(2021, 7, 1)
    assert "đến 30/06/2021" in law_lines(before)[-1] and "từ 01/07/2021" in law_lines(after)[-1]


def test_after_its_last_day_a_procedure_is_refused_with_that_day_and_its_title() -> None:
    ended = refused(procedure="firefighting-plan-approval", received="1/7/2025")
    assert ended.code == "procedure_not_in_force"
    assert ended.params["last"] == "30/06/2025" and "-" not in ended.params["procedure"]
    assert due(procedure="firefighting-plan-approval", received="30/6/2025") is not None


def test_what_is_unverified_says_so_with_its_reason() -> None:
    asked = found(procedure="driving-licence-exchange")
    assert asked.version is not None and asked.version.unverified_reason
    assert asked.version.unverified_reason in doubt_lines(asked, LAW, UNIT, UNIT)[0]
    assert doubt_lines(found(procedure="permanent-residence"), LAW, UNIT, UNIT) == []


def test_the_earlier_of_law_and_promise_counts_and_both_are_told() -> None:
    asked = found(procedure="permanent-residence", committed="3 ngày làm việc")
    assert asked.explanation.deadline.due_at == local("2026-05-26T17:00")
    assert "3 ngày làm việc" in due_line(asked)
    by_law, by_promise, *_ = date_lines(asked)
    assert "01/06/2026" in by_law and "26/05/2026" in by_promise
    longer = found(procedure="permanent-residence", committed="20 nlv")
    assert longer.explanation.deadline.due_at == local("2026-06-01T17:00") and "7 ngày làm việc" in due_line(longer)


def test_events_are_taken_in_the_order_of_time() -> None:
    asked, received, back = local("2026-05-20T09:00"), local("2026-05-18T09:00"), local("2026-05-26T10:00")
    events = [ClockEvent("supplement_received", back), ClockEvent("supplement_requested", asked)]
    told = found(procedure="permanent-residence", received=f"{received:%d/%m/%Y %H:%M}", events=events)
    assert told.explanation.deadline.due_at == local("2026-06-04T17:00")
    waiting = found(procedure="permanent-residence", received="18/5/2026 9:00", events=events[1:])
    assert "chưa có hạn" in due_line(waiting)


def test_an_event_without_a_time_stands_near_the_receipt() -> None:
    asked = Asked(UNIT, received="15/3/2019 14:00", procedure="permanent-residence")
    assert read_event("suspended", "15/3", "", asked, LAW, NOW).at == local("2019-03-15T14:00")
    assert read_event("suspended", "18/3", "", asked, LAW, NOW).at == local("2019-03-18T07:30")
    later = read_event("rescheduled", "22/3", "2/4", asked, LAW, NOW)
    assert later.due_at == local("2019-04-02T17:00")


def test_a_second_new_appointment_is_refused_with_its_article() -> None:
    first = ClockEvent("rescheduled", NOW, due_at=NOW + timedelta(days=20))
    asked = Asked(UNIT, procedure="permanent-residence", events=[first])
    told = found(procedure="permanent-residence", events=[first])
    assert "hẹn lại" in due_line(told) and any("NĐ 61/2018" in line for line in date_lines(told))
    with pytest.raises(InvalidInput) as refusal:
        read_event("rescheduled", "", "30/6", asked, LAW, NOW)
    assert refusal.value.code == "already_rescheduled"
    assert refusal.value.basis == "NĐ 118/2025/NĐ-CP (trước đó: Đ.19 NĐ 61/2018/NĐ-CP)"


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("extended", "", "event_limit_missing"),
        ("extended", "mai", "limit_unread"),
        ("extended", "trong ngày", "limit_invalid"),
        ("rescheduled", "", "event_due_missing"),
        ("rescheduled", "mai", "moment_unread"),
        ("rescheduled", "20/5", "appointment_past"),
    ],
)
def test_what_an_event_lacks_is_told(kind: str, more: str, code: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        read_event(kind, "22/5", more, Asked(UNIT, limit="7 nlv"), LAW, NOW)
    assert problem.value.code == code


def test_a_clock_that_waits_for_the_fee_says_so_until_it_is_paid() -> None:
    waits = found(procedure="vehicle-transfer", received="18/5/2026 9:00")
    assert waits.explanation.deadline.due_at is None and "Đã nộp phí" in due_line(waits)
    paid = ClockEvent("payment_received", local("2026-05-20T09:00"))
    assert due(procedure="vehicle-transfer", received="18/5/2026 9:00", events=[paid]) == local("2026-05-22T17:00")


def test_a_phase_that_waits_for_its_event_says_so_until_it_has_happened() -> None:
    lost = {"procedure": "vehicle-deregistration", "variant": "lost", "received": "18/5/2026 9:00"}
    assert "Xác minh xong" in due_line(found(**lost))
    done = ClockEvent("verification_completed", local("2026-05-27T09:00"))
    assert due(**lost, events=[done]) == local("2026-05-29T17:00")


def test_procedures_that_have_ended_can_be_chosen_and_tell_their_last_day() -> None:
    today = procedures_called("phuong an chua chay", LAW, NOW.date())
    assert [(one.id, one.remark) for one in today[:1]] == [("firefighting-plan-approval", "đến 30/06/2025")]
    then = procedures_called("phuong an chua chay", LAW, date(2025, 6, 30))
    assert "ngày" in then[0].remark and "30/06" not in then[0].remark


def test_units_are_this_one_those_of_the_law_data_or_a_code_as_typed() -> None:
    own = (UNIT, "Công an phường Hải Châu")
    assert units_called("", LAW, own)[0].id == UNIT
    assert "H17" in {one.id for one in units_called("da nang", LAW, own)}
    assert [one.id for one in units_called("X99-123", LAW, own)] == ["X99-123"]
    assert units_called("khong co don vi nay", LAW, own) == []


def test_a_unit_that_no_data_knows_is_told_and_words_are_no_code() -> None:
    other = found(unit="X99-123", limit="7 nlv")
    assert "X99-123" in doubt_lines(other, LAW, "X99-123", UNIT)[0]
    assert doubt_lines(found(limit="7 nlv"), LAW, UNIT, UNIT) == []
    assert refused(unit="da nang", limit="7 nlv").code == "unit_invalid"


# the screen


def told(desktop: Desktop, part: str) -> str:
    pane = desktop.one(f"#{part}")
    return "\n".join(pane.lines(200)) if pane.display else ""


async def ask(desktop: Desktop, *fields: str) -> None:
    """Open the screen and type a procedure and, field by field, what follows it."""
    await desktop.press("ctrl+t")
    for text in fields:
        await desktop.type(text)
        await desktop.press("enter")


async def test_each_change_is_answered_at_once_and_nothing_is_stored(office: Office) -> None:
    async with workstation(office) as desktop:
        written = desktop.app.desk.connection.total_changes
        await ask(desktop, "thuong tru")
        assert "01/06/2026" in told(desktop, "due")
        assert desktop.focus == "received"
        await desktop.type("18/5 9h")
        assert "27/05/2026" in told(desktop, "due")
        assert "Đ.147.2 BLDS 2015" in told(desktop, "reasons") and "Quy định" in told(desktop, "law")
        await desktop.press("escape")
        assert type(desktop.app.screen).__name__ == "QueueScreen"
        assert desktop.app.desk.connection.total_changes == written


async def test_events_are_added_by_enter_and_taken_away_by_delete(office: Office) -> None:
    async with workstation(office) as desktop:
        await ask(desktop, "thuong tru", "18/5/2026 9h", "", "", "")
        await desktop.press("enter")
        await desktop.type("20/5")
        await desktop.press("enter")
        assert "tạm ngưng" in told(desktop, "due")
        assert desktop.one("#kind").value == "supplement_received" and desktop.focus == "kind"
        await desktop.press("enter")
        await desktop.type("26/5")
        await desktop.press("enter")
        assert "04/06/2026" in told(desktop, "due")
        assert [event.kind for event in desktop.one("#happened").listed] == [
            "supplement_requested", "supplement_received",
        ]  # fmt: skip
        await desktop.press("tab", "tab", "delete", "up", "delete")
        assert desktop.one("#happened").listed == () and "27/05/2026" in told(desktop, "due")


async def test_an_extension_asks_for_its_limit_and_bad_words_stay(office: Office) -> None:
    async with workstation(office) as desktop:
        await ask(desktop, "thuong tru", "18/5/2026 9h", "", "", "")
        await desktop.press("g", "enter")
        await desktop.type("20/5")
        await desktop.press("enter")
        assert desktop.focus == "more"
        await desktop.type("mai")
        await desktop.press("enter")
        assert "«mai» không phải là thời hạn" in desktop.says() and desktop.one("#more").value == "mai"
        desktop.one("#more").value = "3 nlv"
        await desktop.press("enter")
        assert desktop.says() == "" and "01/06/2026" in told(desktop, "due") and "+ 3 ngày" in told(desktop, "due")


async def test_words_that_cannot_be_read_are_told_where_the_answer_stood(office: Office) -> None:
    async with workstation(office) as desktop:
        await ask(desktop, "thuong tru", "31/2")
        assert told(desktop, "due").startswith("✗ «31/2» không phải là thời điểm")
        assert told(desktop, "reasons") == ""
        desktop.one("#received").value = "15/3/1980"
        await desktop.settle()
        assert told(desktop, "due").startswith("✗")
        desktop.one("#received").value = "15/3/2019"
        desktop.one("#limit").value = "bảy ngày"
        await desktop.settle()
        assert "«bảy ngày» không phải là thời hạn" in told(desktop, "due")


async def test_cases_are_those_of_the_day_of_receipt(office: Office) -> None:
    async with workstation(office) as desktop:
        await ask(desktop, "xoa dang ky thuong tru")
        shown = desktop.one("#variant_line").display
        cases = len(desktop.app.desk.law.version_on("permanent-residence-removal", NOW.date()).variants)
        assert shown == (cases > 1) and desktop.focus == ("variant" if shown else "received")
        desktop.one("#received").value = "1/6/2020"
        await desktop.settle()
        assert not desktop.one("#variant_line").display


async def test_it_opens_from_the_palette_and_over_a_half_typed_intake(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.type("001185012345")
        await desktop.press("ctrl+p")
        await desktop.type("thu tinh han")
        await desktop.press("enter")
        await desktop.settle()
        assert type(desktop.app.screen).__name__ == "WhatIfScreen"
        await desktop.press("ctrl+t", "escape")
        assert desktop.one("#applicant_number").value == "001185012345"


@pytest.mark.parametrize("size", [NARROW, (100, 30)])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def before(pilot: object) -> None:
        keys = ("ctrl+t", *"cccd", "enter", "enter", *"15/3/2019", "tab", "tab", "tab", *"5nlv", "tab", "enter")
        await pilot.press(*keys, *"18/3", "enter", "enter", *"20/3", "enter")  # type: ignore[attr-defined]
        await pilot.pause(0.2)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
