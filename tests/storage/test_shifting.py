"""What an amendment moves: exactly the spans that it touches, and the rows that a rebuild would give."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.decisions import Act
from core.moments import LEGAL_TIME
from storage.amending import Proposal
from storage.desk import Desk, Done
from tests.conftest import NOW, UNIT, act, officer, take_in
from tests.storage.amended import PERMIT, amend, asked, closed, counted, due, dump, permit, rebuilt, version

FIRST = date(2026, 5, 20)
SLIP = {"letter": "receipt", "number": "1", "promised_at": "2026-06-01T17:00:00+07:00", "confirmed": True}


@pytest.mark.parametrize(
    ("day", "moves"),
    [
        ("2026-05-20", False),  # the day before receipt
        ("2026-05-22", True),
        ("2026-05-23", False),  # a Saturday is off anyway
        ("2026-06-01", True),  # the due day
        ("2026-06-02", False),  # the day after
    ],
)
def test_a_closure_moves_exactly_the_spans_that_it_touches(desk: Desk, day: str, moves: bool) -> None:
    dossier = take_in(desk)
    assert due(desk, dossier) == "2026-06-01T17:00"
    proposal = amend(desk, officer(desk), closed(day))
    assert [one.dossier for one in proposal.moved] == ([dossier] if moves else [])
    assert due(desk, dossier) == ("2026-06-02T17:00" if moves else "2026-06-01T17:00")
    assert dump(desk) == rebuilt(desk)


def test_what_was_done_or_is_another_units_does_not_move(desk: Desk) -> None:
    done = take_in(desk)
    act(desk, done, "result_ready")
    running = take_in(desk)
    before = due(desk, done)
    proposal = amend(desk, officer(desk), {**closed("2026-05-25"), "unit": "H30-777"})
    assert proposal.moved == ()
    proposal = amend(desk, officer(desk), closed("2026-05-25"))
    assert [one.dossier for one in proposal.moved] == [running]
    assert due(desk, done) == before


def test_a_withdrawn_closure_moves_back(desk: Desk) -> None:
    dossier = take_in(desk)
    start = dump(desk)
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    assert due(desk, dossier) == "2026-06-03T17:00"
    back = amend(desk, officer(desk), {"decision": "TB 2", "withdrawn": [{"from": "2026-05-25", "to": "2026-05-26"}]})
    assert [one.dossier for one in back.moved] == [dossier]
    assert due(desk, dossier) == "2026-06-01T17:00"
    assert dump(desk) == start == rebuilt(desk)
    assert desk.law.calendar(UNIT).law.row(date(2026, 5, 25).toordinal()) is None


def test_a_national_day_off_under_a_closure_stays_when_the_closure_goes(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-09-02"))
    amend(desk, officer(desk), {"decision": "TB 2", "withdrawn": ["2026-09-02"]})
    calendar = desk.law.calendar(UNIT)
    assert not calendar.is_working(date(2026, 9, 2))
    assert calendar.law.basis(date(2026, 9, 2).toordinal()) == "Đ.112.1 BLLĐ 2019"


def test_an_opening_adds_reception_and_no_working_time(desk: Desk) -> None:
    amend(desk, officer(desk), {"decision": "KH 3", "policy": [
        {"name": "offhours", "value": "next_working_day", "valid_from": "2026-01-01"}
    ]})  # fmt: skip
    late = take_in(desk, at=datetime(2026, 5, 20, 19, 0, tzinfo=LEGAL_TIME))
    hours = take_in(desk, at=datetime(2026, 5, 20, 19, 5, tzinfo=LEGAL_TIME), procedure="residence-confirmation")
    assert due(desk, late) == "2026-06-01T17:00"  # a receipt after closing is the next working day's: 22/5 = 1
    short, work = due(desk, hours), desk.law.calendar(UNIT).length(FIRST.toordinal())
    proposal = amend(desk, officer(desk), {"decision": "KH 4", "opening": [
        {"date": "2026-05-20", "hours": [["18:00", "20:00"]], "place": "Nhà văn hóa", "desk": 1}
    ]})  # fmt: skip
    assert late in {one.dossier for one in proposal.moved}
    assert due(desk, late) == "2026-05-29T17:00"  # now it is that evening's receipt: 21/5 = 1
    calendar = desk.law.calendar(UNIT)
    assert calendar.length(FIRST.toordinal()) == work == 8 * 3600
    assert not calendar.is_working(date(2026, 5, 23))
    assert calendar.reception_end(FIRST.toordinal()) - calendar.closing(FIRST.toordinal()) == 3 * 3600
    assert short is not None and due(desk, hours) is not None
    assert dump(desk) == rebuilt(desk)


def test_a_van_on_a_saturday_makes_no_working_day(desk: Desk) -> None:
    dossier = take_in(desk)
    proposal = amend(desk, officer(desk), {"opening": [
        {"date": "2026-05-23", "hours": [["08:00", "11:00"]], "place": "Xe lưu động", "decision": "KH 5"}
    ]})  # fmt: skip
    assert proposal.moved == ()
    assert due(desk, dossier) == "2026-06-01T17:00"


def test_a_printed_promise_holds_when_its_due_date_moves(desk: Desk) -> None:
    free, printed = take_in(desk), take_in(desk)
    act(desk, printed, "letter_issued", **SLIP)
    proposal = amend(desk, officer(desk), closed("2026-05-25"))
    assert [(one.dossier, one.promise_broken) for one in proposal.moved] == [(printed, True), (free, False)]
    row = desk.row(printed)
    assert row is not None
    assert row["due_at"] - row["binding_at"] == 86_400 and row["binding_at"] == row["promised_at"]
    assert dump(desk) == rebuilt(desk)


def test_a_closure_of_the_unit_that_owns_a_phase_moves_the_dossier(desk: Desk) -> None:
    phases = [{"amount": "2", "unit": "working_day"}, {"amount": "3", "unit": "working_day", "station": "H30-CITY"}]
    amend(
        desk,
        officer(desk),
        permit(version("2026-05-01", counted("2026-05-05T09:00", "2026-05-12T17:00"), phases=phases)),
    )
    dossier = take_in(desk, procedure=PERMIT)
    assert due(desk, dossier) == "2026-05-28T17:00"
    elsewhere = {**closed("2026-05-27"), "unit": "H30-CITY"}
    assert [one.dossier for one in amend(desk, officer(desk), elsewhere).moved] == [dossier]
    assert due(desk, dossier) == "2026-05-29T17:00"
    assert dump(desk) == rebuilt(desk)


PROCEDURES = (
    *("permanent-residence", "residence-confirmation", "vehicle-transfer", "vehicle-certificate-reissue"),
    *("identity-card", "stay-notice", PERMIT, PERMIT),
)
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("supplement_requested", {"items": ["CT01"]}),
    ("supplement_requested", {"items": ["CT02"], "reason": "luật mới", "leader": "Lành"}),
    ("supplement_received", {"papers": ["CT01"]}),
    ("payment_requested", {"amount": "20000"}),
    ("payment_received", {"amount": "20000"}),
    ("suspended", {"reason": "chờ giám định"}),
    ("resumed", {}),
    ("extended", {"amount": "3", "unit": "working_day", "reason": "phức tạp"}),
    ("verification_completed", {}),
    ("rescheduled", {"code": "overload", "days": 9, "reason": "đông"}),
    ("promised_earlier", {"due_at": "2026-05-29T10:00:00+07:00", "reason": "ở xa"}),
    ("delay_declared", {"reason": "mất điện"}),
    ("letter_issued", SLIP),
    ("result_ready", {}),
    ("reopened", {"reason": "xét lại"}),
    ("withdrawn", {"reason": "đổi ý"}),
)
DAYS = st.dates(date(2026, 5, 18), date(2026, 6, 26)).map(str)
OPEN = st.sampled_from(([["07:30", "11:30"], ["13:00", "17:00"]], [["08:00", "12:00"]], []))


def document(name: str) -> Any:
    return lambda entry: {"decision": "QĐ 1", "reason": "thử", name: [entry]}


def later_permit(first: str, amount: int, unit: str, moves: bool) -> dict[str, Any]:
    more = {"transition": {"rule": "move", "basis": "Đ.9"}} if moves else {}
    return permit(version(first, phases=[{"amount": str(amount), "unit": unit}], **more))


DOCUMENTS = st.one_of(
    st.builds(closed, DAYS),
    DAYS.map(document("withdrawn")),
    DAYS.map(document("days_off")),
    st.builds(lambda day, hours: {"date": day, **({"hours": hours} if hours else {})}, DAYS, OPEN).map(
        document("working_days")
    ),
    st.builds(lambda off, worked: {"off": off, "worked": worked}, DAYS, DAYS).map(document("exchanged")),
    st.builds(lambda day: {"date": day, "hours": [["17:30", "20:30"]], "place": "xã"}, DAYS).map(document("opening")),
    st.builds(
        lambda day, week: {
            "valid_from": day,
            "periods": dict(zip(("mon", "tue", "wed", "thu", "fri", "sat"), week, strict=True)),
        },
        DAYS,
        st.tuples(st.just([["08:00", "11:00"]]), *[OPEN] * 5),
    ).map(document("hours")),
    st.builds(
        lambda day, value: {"name": "offhours", "value": value, "valid_from": day},
        DAYS,
        st.sampled_from(("as_received", "next_working_day")),
    ).map(document("policy")),
    st.builds(
        lambda name, first, amount: {
            "procedure": name,
            "valid_from": first,
            "amount": str(amount),
            "unit": "working_day",
        },
        st.sampled_from(("permanent-residence", PERMIT)),
        DAYS,
        st.integers(1, 4),
    ).map(document("commitment")),
    st.builds(
        later_permit, DAYS, st.integers(1, 9), st.sampled_from(("working_day", "day", "working_hour")), st.booleans()
    ),
)
LIVES = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from(PROCEDURES)),
        st.tuples(st.integers(0, 9), st.sampled_from(STEPS)),
        st.tuples(st.integers(0, 9), st.sampled_from(STEPS)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
        st.tuples(st.just("amend"), DOCUMENTS),
    ),
    min_size=8,
    max_size=40,
)


def due_dates(desk: Desk) -> dict[str, Any]:
    return dict(desk.connection.execute("SELECT id, due_at FROM dossier").fetchall())


def tried(desk: Desk, document: dict[str, Any]) -> None:
    """Amend, where the document is law: what was told is what moves, and a rebuild gives the same rows."""
    try:
        found = asked(desk, officer(desk), document)
    except InvalidInput:
        return
    if not isinstance(found, Proposal):
        return
    before = due_dates(desk)
    assert isinstance(desk.do(found.command, officer(desk)), Done)
    after = due_dates(desk)
    assert {one.dossier: (one.before, one.after) for one in found.moved} == {
        name: (before[name], after[name]) for name in after if before[name] != after[name]
    }
    assert dump(desk) == rebuilt(desk)


def live(desk: Desk, steps: list[tuple[Any, Any]]) -> None:
    now, dossiers = NOW, [take_in(desk, procedure=PERMIT), take_in(desk)]
    for what, given_ in steps:
        if what == "wait":
            now += timedelta(hours=given_)
            desk.now = lambda now=now: now
        elif what == "take":
            dossiers.append(take_in(desk, procedure=given_, at=now))
        elif what == "amend":
            tried(desk, given_)
        else:
            kind, fields = given_
            desk.do(Act(dossiers[-1 - what % len(dossiers)], kind, now, fields), officer(desk))


@pytest.fixture(scope="module")
def with_permit(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("permit") / "desk"
    shutil.copytree(founded, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_NOW", NOW.isoformat())
        desk = Desk.open(folder)
        amend(desk, officer(desk), permit(version("2026-01-01", counted("2026-05-21T09:00", "2026-05-28T17:00"))))
        desk.close()
    return folder


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink),
)
@given(steps=LIVES)
def test_rows_after_an_amendment_are_those_of_a_rebuild(with_permit: Path, steps: list[tuple[Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_NOW", NOW.isoformat())
        folder = Path(root) / "desk"
        shutil.copytree(with_permit, folder)
        desk = Desk.open(folder)
        try:
            live(desk, steps)
            assert dump(desk) == rebuilt(desk)
        finally:
            desk.close()
