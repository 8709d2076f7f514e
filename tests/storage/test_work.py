"""The station's own log teaches what dossiers cost: day by day, once a day, the same whenever it is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlcipher3.dbapi2 import OperationalError

from core.moments import LEGAL_TIME
from core.work import Stage
from storage.database import transaction, unsynced
from storage.desk import Desk
from storage.lawbook.figures import figure
from storage.work import work_table
from tests.conftest import NOW, act, officer, take_in

PROCEDURE = "permanent-residence"
MIDNIGHT = datetime(2026, 5, 22, tzinfo=LEGAL_TIME)


def pass_time(desk: Desk, moment: datetime) -> None:
    desk.now = lambda: moment


def finish(desk: Desk, begin: datetime, *minutes: int, **facts: Any) -> str:
    """A dossier taken in at `begin`, then a step, an approval and its result, each so many minutes after the last."""
    pass_time(desk, begin)
    dossier = take_in(desk, at=begin, **facts)
    for kind, later in zip(("step_completed", "approved", "result_ready"), minutes, strict=False):
        begin += timedelta(minutes=later)
        pass_time(desk, begin)
        act(desk, dossier, kind, at=begin, **({"step": "verify"} if kind == "step_completed" else {}))
    return dossier


def hours(desk: Desk, stage: Stage = Stage.TAKEN_IN) -> tuple[int, Fraction] | None:
    """How many dossiers were learned from, and the median in hours."""
    spread = work_table(desk).spread(PROCEDURE, stage)
    return None if spread is None else (spread.samples, spread.median)


def touches(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.connection.execute("SELECT * FROM touch ORDER BY dossier, hlc").fetchall()


def test_today_is_learned_tomorrow(desk: Desk) -> None:
    finish(desk, NOW, 10, 5, 3)
    pass_time(desk, MIDNIGHT - timedelta(seconds=1))
    assert hours(desk) is None
    pass_time(desk, MIDNIGHT)
    assert hours(desk) == (1, Fraction(18, 60))
    assert hours(desk, Stage.WORKED_ON) == (1, Fraction(8, 60))
    assert hours(desk, Stage.DECIDED) == (1, Fraction(3, 60))


def test_a_station_without_history_has_the_stated_figures(desk: Desk) -> None:
    found = work_table(desk)
    assert [found.hours(PROCEDURE, stage) * 60 for stage in Stage] == [60, 40, 10]
    assert found.hours("security-conditions-certificate", Stage.TAKEN_IN) == 4
    assert not found.enough(PROCEDURE)


def test_enough_dossiers_replace_the_figures(desk: Desk) -> None:
    enough = int(figure(desk.law, "work_enough_dossiers", desk.identity.unit, NOW.date()))
    for n in range(enough):
        finish(desk, NOW + timedelta(minutes=5 * n), 1, 1, 1)
    pass_time(desk, MIDNIGHT)
    found = work_table(desk)
    assert found.enough(PROCEDURE) and found.hours(PROCEDURE, Stage.TAKEN_IN) == Fraction(3, 60)


def test_day_by_day_is_the_same_as_all_at_once(desk: Desk) -> None:
    for day in range(4):
        begin = NOW + timedelta(days=day)
        finish(desk, begin, 10 + day, 5, 3)
        if day == 2:
            finish(desk, begin + timedelta(hours=1), 20, 40)
        pass_time(desk, MIDNIGHT + timedelta(days=day))
        work_table(desk)
    step_by_step, known = touches(desk), hours(desk)
    with transaction(desk.connection):
        for table in ("touch", "touched"):
            desk.connection.execute(f"DELETE FROM {table}")
        desk.connection.execute("DELETE FROM meta WHERE name = 'work_table'")
    assert hours(desk) == known and known is not None and known[0] == 4
    assert touches(desk) == step_by_step


def test_a_day_costs_a_days_events(desk: Desk) -> None:
    """What lies before the mark is not looked at again."""
    finish(desk, NOW, 10, 5, 3)
    pass_time(desk, MIDNIGHT)
    work_table(desk)
    with transaction(desk.connection):
        desk.connection.execute("DELETE FROM touch")
    finish(desk, NOW + timedelta(days=1), 20, 5, 3)
    pass_time(desk, MIDNIGHT + timedelta(days=1))
    assert hours(desk) == (1, Fraction(28, 60))


def test_what_lies_before_the_window_is_forgotten(desk: Desk) -> None:
    finish(desk, NOW, 10, 5, 3)
    pass_time(desk, MIDNIGHT)
    assert hours(desk) is not None
    days = int(figure(desk.law, "work_history_days", desk.identity.unit, NOW.date()))
    pass_time(desk, MIDNIGHT + timedelta(days=days - 1))
    assert hours(desk) is not None
    pass_time(desk, MIDNIGHT + timedelta(days=days))
    assert hours(desk) is None and touches(desk) == []


def test_an_import_a_paper_and_another_procedure_teach_nothing(desk: Desk) -> None:
    finish(desk, NOW, 10, 5, 3, imported=True)
    moved = finish(desk, NOW + timedelta(hours=1), 10)
    now = desk.now()
    act(desk, moved, "corrected", at=now, field="procedure", old=PROCEDURE, new="temporary-residence")
    act(desk, moved, "result_ready", at=now)
    pass_time(desk, NOW + timedelta(hours=4, minutes=30))
    paper = take_in(desk, at=NOW)
    pass_time(desk, NOW + timedelta(hours=4, minutes=40))
    act(desk, paper, "result_ready", at=NOW + timedelta(minutes=30))
    pass_time(desk, MIDNIGHT)
    found = work_table(desk)
    assert found.learned == {}
    assert len(touches(desk)) > 6, "they were seen"


def test_it_is_asked_within_a_transaction_too(desk: Desk) -> None:
    finish(desk, NOW, 10, 5, 3)
    pass_time(desk, MIDNIGHT)
    with transaction(desk.connection):
        assert hours(desk) == (1, Fraction(18, 60))


def test_nothing_is_measured_again_on_one_day(desk: Desk) -> None:
    pass_time(desk, MIDNIGHT)
    work_table(desk)
    before = desk.changed_elsewhere(), desk.connection.total_changes
    work_table(desk)
    assert (desk.changed_elsewhere(), desk.connection.total_changes) == before


@pytest.mark.parametrize("cap", [5, 60])
def test_the_cap_is_the_units(desk: Desk, cap: int) -> None:
    from core.station import AmendLaw

    row = {
        "name": "work_gap_cap_minutes", "value": str(cap), "unit": desk.identity.unit, "valid_from": "2026-01-01",
        "basis": "QĐ 1", "verified": True,
    }  # fmt: skip
    key = f"{desk.identity.unit}/work_gap_cap_minutes/2026-01-01"
    about = {"source": "x", "decision": "QĐ 1"}
    rows = {"calendar": [{"table": "policy", "key": key, "row": row}]}
    desk.do(AmendLaw(rows, (), (), about, desk.now()), officer(desk))
    finish(desk, NOW, 40)
    pass_time(desk, NOW + timedelta(minutes=42))
    dossier = str(desk.connection.execute("SELECT id FROM dossier").fetchone()[0])
    act(desk, dossier, "result_ready", at=desk.now())
    pass_time(desk, MIDNIGHT)
    assert hours(desk) == (1, Fraction(min(cap, 40) + 2, 60))


def test_nobodys_save_waits_for_more_than_a_slice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the log is read and reckoned with anybody may write; a transaction of ours holds few rows."""
    monkeypatch.setattr("storage.work._SLICE", 3)
    for n in range(4):
        finish(desk, NOW + timedelta(minutes=30 * n), 10, 5, 3)
    other = Desk.open(desk.folder).connection
    other.execute("PRAGMA busy_timeout = 0")
    held: list[int] = []
    waited: list[str] = []

    def watch(statement: str) -> None:
        word = statement.partition(" ")[0]
        if word == "BEGIN":
            held.append(0)
        elif word in ("INSERT", "DELETE"):
            held[-1] += 1
        elif word == "SELECT":
            try:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
            except OperationalError:
                waited.append(statement)

    window = int(figure(desk.law, "work_history_days", desk.identity.unit, NOW.date()))
    for moment in (MIDNIGHT, MIDNIGHT + timedelta(days=window)):
        pass_time(desk, moment)
        desk.connection.set_trace_callback(watch)
        work_table(desk)
        desk.connection.set_trace_callback(None)
    other.close()
    assert waited == [] and touches(desk) == [] and sum(held) > 16 and max(held) <= 3


def test_only_what_is_learned_waits_for_no_disk(desk: Desk) -> None:
    """A sync of the disk takes longer than a slice, and holds the lock: what can be measured again does without."""

    def level() -> int:
        return int(desk.connection.execute("PRAGMA synchronous").fetchone()[0])

    asked: list[str] = []
    finish(desk, NOW, 10, 5, 3)
    pass_time(desk, MIDNIGHT)
    desk.connection.set_trace_callback(asked.append)
    work_table(desk)
    desk.connection.set_trace_callback(None)
    begun = next(place for place, statement in enumerate(asked) if statement.startswith("BEGIN"))
    assert "PRAGMA synchronous = NORMAL" in asked[:begun]
    assert level() == 2
    with transaction(desk.connection), unsynced(desk.connection):
        assert level() == 2
    with pytest.raises(KeyError), unsynced(desk.connection):
        assert level() == 1
        raise KeyError
    assert level() == 2
