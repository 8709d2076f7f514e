"""How many dossiers fall due on each day: what the queue would show, by the index alone, within a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from core.filter import parse_filter
from core.moments import LEGAL_TIME, legal_day
from core.queue import NEVER, Lane, Urgency, bounds, midnight
from storage.database import Connection, open_database
from storage.desk import Desk
from storage.due_days import count_due, count_due_by_procedure
from storage.queries import Queries, QueueFilter
from tests.conftest import take_in
from tests.storage.test_queries import CUT, DAY, fill
from tui.screens.queue_filter import narrowed
from tui.screens.queue_rows import RowWords

FIRST, LAST = date(2026, 5, 18), date(2026, 6, 5)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    connection = open_database(tmp_path_factory.mktemp("due") / "q.db", bytes(32), create=True)
    fill(connection, 400, 11)
    yield connection
    connection.close()


def still_open(db: Connection) -> list[tuple[date, str]]:
    """Due day and procedure of every open row, read one by one."""
    asked = "SELECT binding_at, procedure FROM dossier WHERE lane < ? AND binding_at < ?"
    rows = db.execute(asked, (int(Lane.DONE), NEVER))
    found = [(datetime.fromtimestamp(at - 1, LEGAL_TIME).date(), procedure) for at, procedure in rows]  # 24:00 too
    return [(day, procedure) for day, procedure in found if FIRST <= day <= LAST]


def test_each_day_has_what_falls_due_on_it(db: Connection) -> None:
    expected = Counter(day for day, _ in still_open(db))
    assert len(expected) > 5 and count_due(db, FIRST, LAST) == expected
    for day in expected:
        of_day = Counter(procedure for on, procedure in still_open(db) if on == day)
        counted = count_due_by_procedure(db, day)
        assert dict(counted) == of_day and [n for _, n in counted] == sorted(of_day.values(), reverse=True)


def test_the_queue_of_that_day_shows_as_many(db: Connection) -> None:
    for day, count in count_due(db, FIRST, LAST).items():
        since = midnight(day) + 1
        wanted = QueueFilter(due_from=since, due_until=since + DAY, list="open")
        assert sum(Queries(db).count(CUT, wanted).values()) == count


def test_what_is_due_at_midnight_is_due_on_the_day_that_ends_then(desk: Desk) -> None:
    one = take_in(desk)
    day = date(2026, 5, 26)
    desk.connection.execute("UPDATE dossier SET binding_at = ?, by_date = 1 WHERE id = ?", (midnight(day) + DAY, one))
    row = desk.row(one)
    assert count_due(desk.connection, day, day + timedelta(days=1)) == {day: 1}
    assert RowWords.of(desk.law, desk.identity.unit, desk.now()).due(row) == "26/05"
    for typed, found in (("han=26/5", [one]), ("han=27/5", []), ("han<=26/5", [one]), ("han<26/5", [])):
        wanted = narrowed(desk, parse_filter(typed, {}, legal_day(desk.now())))
        assert [row.id for row in desk.queries.after(None, desk.bounds(), 5, wanted)] == found, typed
        assert [row.id for row in desk.queries.matching("dang", desk.bounds(), wanted)] == found, typed
    eve = bounds(datetime(2026, 5, 26, 9, tzinfo=LEGAL_TIME), desk.law.calendar(desk.identity.unit), 3)
    assert desk.queries.row(one, eve).urgency is Urgency.TODAY
    over = bounds(datetime(2026, 5, 27, 9, tzinfo=LEGAL_TIME), desk.law.calendar(desk.identity.unit), 3)
    assert desk.queries.row(one, over).urgency is Urgency.APOLOGY_OWED


def test_no_more_than_the_bound_is_read_of_a_day(db: Connection) -> None:
    whole, cut = count_due(db, FIRST, LAST), count_due(db, FIRST, LAST, most=4)
    assert cut == {day: min(4, count) for day, count in whole.items()} and max(whole.values()) > 4
    busiest = max(whole, key=lambda day: whole[day])
    assert sum(count for _, count in count_due_by_procedure(db, busiest, most=4)) == 4


def test_nothing_falls_due_outside(db: Connection) -> None:
    day = LAST + timedelta(days=900)
    assert count_due(db, day, day) == {} and count_due_by_procedure(db, day) == []


def test_only_the_index_by_due_day_is_read(db: Connection) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    try:
        count_due(db, FIRST, LAST)
    finally:
        db.set_trace_callback(None)
    assert asked
    for statement in asked:
        plan = " ".join(row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "COVERING INDEX dossier_received (lane=? AND <expr>" in plan, (statement, plan)
