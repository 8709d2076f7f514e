"""The queue page by page: the whole order, both ways, by index alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.answers import Refusal
from core.decisions import Act
from core.queue import BY_DUE, BY_LAW, BY_RECEIPT, FREE, NEVER, Bounds, Lane, QueueOrder, Urgency, Worklist, urgency
from storage.database import Connection, open_database, transaction
from storage.desk import Desk
from storage.dossier_row import COLUMNS
from storage.queries import Queries, QueueFilter, Row, lists_of
from tests.conftest import NOW, act, officer, take_in, written_earlier

DAY = 86_400
TODAY = int(NOW.replace(hour=0).timestamp())
CUT = Bounds(int(NOW.timestamp()), TODAY, TODAY + DAY, TODAY + 2 * DAY, TODAY + 5 * DAY)
STATES = ("received", "in_progress", "awaiting_supplement", "result_ready")
OFFICERS = ("o1", "o2", "o3")
_TEXT = {"id", "procedure", "applicant_name", "state", "officer", "unit", "desk"}


def fill(db: Connection, count: int, seed: int) -> None:
    """Random rows, many of them with equal places, around the bounds."""
    chance = random.Random(seed)
    marks = ", ".join("?" * len(COLUMNS))
    rows = []
    for number in range(count):
        row: dict[str, object] = dict.fromkeys(COLUMNS, 0) | dict.fromkeys(_TEXT, "x")
        binding = chance.choice((CUT.today, CUT.now, CUT.tomorrow, CUT.after_next_day, CUT.after_soon))
        row |= {
            "id": f"d{number:05}{chance.randrange(10)}",
            "receipt_number": f"H30-{number:05}",
            "procedure": chance.choice(("p", "q")),
            "lane": int(chance.choice(list(Lane))),
            "by_date": chance.randrange(2),
            "binding_at": chance.choice(
                (NEVER, binding + chance.randrange(-3, 4), binding + chance.randrange(9 * DAY))
            ),
            "received_at": TODAY - chance.randrange(4),
            "state": chance.choice(STATES),
            "officer": chance.choice(OFFICERS),
            "proposed_at": chance.choice((None, None, CUT.now)),
            "answer_until": chance.choice((None, None, TODAY, TODAY + DAY, TODAY + 9 * DAY)),
            "remind_from": chance.choice((None, TODAY, TODAY + DAY)),
        }
        rows.append(tuple(row[name] for name in COLUMNS))
    with transaction(db):
        db.executemany(f"INSERT INTO dossier ({', '.join(COLUMNS)}) VALUES ({marks})", rows)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    connection = open_database(tmp_path_factory.mktemp("queue") / "q.db", bytes(32), create=True)
    fill(connection, 300, 7)
    yield connection
    connection.close()


def ordered(db: Connection, wanted: QueueFilter, order: QueueOrder = BY_LAW) -> list[str]:
    """The order by its definition: every row, sorted in memory."""

    def place(row: Row) -> tuple[object, ...]:
        ties = BY_DUE if row.urgency is Urgency.DONE else order.ties
        return order.buckets.index(row.urgency), *(row[name] for name in ties), row.id

    index = {name: place for place, name in enumerate(COLUMNS)}
    rows = db.execute(f"SELECT {', '.join(COLUMNS)} FROM dossier").fetchall()
    known = [
        Row(row, urgency(row[index["lane"]], row[index["binding_at"]], bool(row[index["by_date"]]), CUT))
        for row in rows
    ]
    kept = [
        row
        for row in known
        if wanted.officer in (None, row["officer"])
        and wanted.state in (None, row["state"])
        and wanted.procedure in (None, row["procedure"])
        and wanted.urgency in (None, row.urgency)
        and (wanted.due_from is None or row["binding_at"] >= wanted.due_from)
        and (wanted.due_until is None or row["binding_at"] < wanted.due_until)
        and (wanted.list is None or row["lane"] < Lane.DONE)
        and (wanted.worklist is None or wanted.worklist in lists_of(row, CUT))
    ]
    return [row.id for row in sorted(kept, key=place)]


FILTERS = st.builds(
    QueueFilter,
    officer=st.sampled_from((None, *OFFICERS)),
    state=st.sampled_from((None, *STATES)),
    urgency=st.sampled_from((None, *Urgency)),
    procedure=st.sampled_from((None, None, "p")),
    due_from=st.sampled_from((None, None, CUT.today)),
    due_until=st.sampled_from((None, None, CUT.tomorrow)),
    list=st.sampled_from((None, None, "open")),
    worklist=st.sampled_from((None, None, *Worklist)),
)
WALK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


ORDERS = st.builds(QueueOrder, st.permutations(FREE).map(tuple), st.sampled_from((BY_DUE, BY_RECEIPT)))


@WALK
@given(FILTERS, st.integers(1, 120), ORDERS)
def test_pages_walk_the_whole_queue_both_ways_in_any_order(
    db: Connection, wanted: QueueFilter, size: int, order: QueueOrder
) -> None:
    queries, expected, cut = Queries(db), ordered(db, wanted, order), replace(CUT, order=order)
    for turn, step in ((1, queries.after), (-1, queries.before)):
        found: list[str] = []
        edge: Row | None = None
        while page := step(edge, cut, size, wanted):
            assert len(page) <= size
            edge = page[-1] if turn == 1 else page[0]
            found = [*found, *(row.id for row in page)] if turn == 1 else [*(row.id for row in page), *found]
        assert found == expected
    assert sum(queries.count(cut, wanted).values()) == len(expected)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(Lane),
        st.sampled_from((CUT.today, CUT.now, CUT.tomorrow, CUT.after_next_day, CUT.after_soon, NEVER, 9 * DAY)),
        st.sampled_from((-DAY, -1, 0, 1)),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=25,
)


@WALK
@given(ROWS, ORDERS, st.integers(1, 7))
def test_any_rows_stand_in_any_order_as_sorting_them_would_have_it(
    db: Connection, rows: list[tuple[Lane, int, int, bool, int]], order: QueueOrder, size: int
) -> None:
    """Pages, counts, `urgency` and a plain sort agree."""
    cut = replace(CUT, order=order)
    marks = ", ".join("?" * len(COLUMNS))
    words = []
    db.execute("SAVEPOINT rows")
    try:
        db.execute("DELETE FROM dossier")
        for number, (lane, binding, more, by_date, received) in enumerate(rows):
            row: dict[str, object] = dict.fromkeys(COLUMNS, 0) | dict.fromkeys(_TEXT, "x")
            due = min(binding + more, NEVER)
            row |= {"id": f"d{number * 7 % 25:02}", "lane": int(lane), "binding_at": due, "by_date": int(by_date)}
            row |= {"received_at": received}
            db.execute(
                f"INSERT INTO dossier ({', '.join(COLUMNS)}) VALUES ({marks})", tuple(row[name] for name in COLUMNS)
            )
            words.append(urgency(lane, due, by_date, cut))
        found: list[str] = []
        edge: Row | None = None
        while page := Queries(db).after(edge, cut, size):
            edge = page[-1]
            found += [one.id for one in page]
        assert found == ordered(db, QueueFilter(), order)
        assert Queries(db).count(cut) == {word: words.count(word) for word in Urgency}
    finally:
        db.execute("ROLLBACK TO rows")
        db.execute("RELEASE rows")


LAWFUL = (Urgency.APOLOGY_OWED, Urgency.OVERDUE, Urgency.TODAY)


@WALK
@given(ORDERS, ORDERS, st.integers(1, 300), st.integers(1, 40))
def test_an_order_that_changes_between_two_pages_hides_nothing_urgent(
    db: Connection, first: QueueOrder, second: QueueOrder, size: int, more: int
) -> None:
    """By the new order the next page is what follows the row that was seen last; on its top stands what is urgent."""
    queries = Queries(db)
    edge = queries.after(None, replace(CUT, order=first), size)[-1]
    at = replace(CUT, order=second)
    page = [row.id for row in queries.after(edge, at, more)]
    whole = ordered(db, QueueFilter(), second)
    place = whole.index(edge.id)
    assert page == whole[place + 1 :][:more]
    assert [row.id for row in queries.before(edge, at, more)] == whole[:place][-more:]
    head = [row.urgency in LAWFUL for row in queries.after(None, at, 300)]
    assert head == sorted(head, reverse=True) and any(head)


@WALK
@given(FILTERS)
def test_the_buckets_count_what_they_hold(db: Connection, wanted: QueueFilter) -> None:
    queries = Queries(db)
    rows = queries.after(None, CUT, 1000, wanted)
    counts = queries.count(CUT, wanted)
    for word, count in counts.items():
        assert count == sum(row.urgency is word for row in rows), word
    if rows:
        middle = rows[len(rows) // 2]
        assert [row.id for row in queries.before(middle, CUT, 1000, wanted)] == [
            row.id for row in rows[: len(rows) // 2]
        ]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("officer_id", [None, "o1"])
@pytest.mark.parametrize("state", [None, "received"])
@pytest.mark.parametrize("worklist", [None, *Worklist])
@pytest.mark.parametrize("edge", [False, True])
@pytest.mark.parametrize("ties", [BY_DUE, BY_RECEIPT])
def test_every_scan_of_a_page_goes_by_an_index_and_sorts_nothing(
    db: Connection,
    backward: bool,
    officer_id: str | None,
    state: str | None,
    edge: bool,
    worklist: Worklist | None,
    ties: tuple[str, ...],
) -> None:
    wanted = QueueFilter(officer=officer_id, state=state, worklist=worklist)
    cut = replace(CUT, order=QueueOrder(ties=ties))
    few = ties == BY_RECEIPT and (officer_id or worklist)
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    try:
        start = Queries(db).after(None, cut, 3, wanted)[-1] if edge else None
        del asked[: None if edge else 0]
        Queries(db)._page(cut, 5000, wanted, start, backward=backward)
    finally:
        db.set_trace_callback(None)
    scans = [statement for statement in asked if statement.startswith("SELECT") and "ORDER BY" in statement]
    assert scans
    for statement in scans:
        plan = " ".join(row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "USING INDEX dossier_" in plan or "USING COVERING INDEX dossier_" in plan, (statement, plan)
        assert few or "TEMP B-TREE" not in plan, (statement, plan)


@pytest.mark.parametrize(
    ("worklist", "index"), [(Worklist.TO_SIGN, "proposed"), (Worklist.REMIND, "awaited"), (Worklist.STOP, "awaited")]
)
def test_what_waits_for_an_act_has_an_index_of_its_own(db: Connection, worklist: Worklist, index: str) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    try:
        wanted = QueueFilter(worklist=worklist)
        Queries(db).after(None, CUT, 30, wanted)
        Queries(db).count(CUT, wanted)
    finally:
        db.set_trace_callback(None)
    for statement in asked:
        plan = " ".join(row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert f"INDEX dossier_{index} (lane=? AND" in plan, (statement, plan)


@pytest.mark.parametrize("officer_id", [None, "officer-1"])
def test_what_one_procedure_ended_is_found_among_years_of_others(db: Connection, officer_id: str | None) -> None:
    asked: list[str] = []
    wanted = QueueFilter(procedure="identity-card", officer=officer_id, urgency=Urgency.DONE)
    db.set_trace_callback(asked.append)
    try:
        Queries(db).after(None, CUT, 30, wanted)
        Queries(db).count(CUT, wanted, 2)
    finally:
        db.set_trace_callback(None)
    scan, count = [
        next(row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {one}") if "SEARCH" in row[-1]) for one in asked
    ]
    assert "INDEX dossier_procedure (procedure=? AND lane=? AND binding_at>?" in scan
    assert "USING COVERING INDEX dossier_procedure" in count


def test_a_count_goes_no_further_than_it_is_asked_to(db: Connection) -> None:
    every = Queries(db).count(CUT)
    most = max(every.values()) - 1
    counted = Queries(db).count(CUT, most=most)
    assert most > 0 and counted.keys() == every.keys()
    for word, count in every.items():
        assert counted[word] == count if count <= most else most <= counted[word] <= count


@pytest.mark.parametrize("word", [Urgency.PAUSED, Urgency.DONE])
def test_what_has_stopped_is_found_by_its_state(db: Connection, word: Urgency) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    try:
        Queries(db).after(None, CUT, 30, QueueFilter(state="returned", urgency=word))
    finally:
        db.set_trace_callback(None)
    (scan,) = [statement for statement in asked if "ORDER BY" in statement]
    plan = " ".join(row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {scan}"))
    assert "USING INDEX dossier_state (state=? AND lane=? " in plan, plan


@pytest.mark.parametrize("ties", [BY_DUE, BY_RECEIPT])
def test_a_page_deep_in_a_long_queue_reads_no_more_than_a_page_at_its_head(
    tmp_path: Path, ties: tuple[str, ...]
) -> None:
    cut = replace(CUT, order=QueueOrder(ties=ties))
    db = open_database(tmp_path / "long.db", bytes(32), create=True)
    fill(db, 2000, 11)
    db.execute("UPDATE dossier SET lane = 1, by_date = 1, binding_at = ? + rowid", (CUT.after_soon,))
    queries = Queries(db)
    deep = queries.after(None, cut, 1800)[-1]

    def steps(edge: Row | None, backward: bool) -> int:
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        db.set_progress_handler(tick, 10)
        page = (queries.before if backward else queries.after)(edge, cut, 50)
        db.set_progress_handler(None, 10)
        assert len(page) == 50
        return count

    head = steps(None, backward=False)
    assert steps(deep, backward=False) < 3 * head
    assert steps(deep, backward=True) < 3 * head
    db.close()


class TestFind:
    @pytest.fixture
    def known(self, desk: Desk) -> str:
        dossier = take_in(desk, "Đặng Thị Đào")
        take_in(desk, "Lê Văn Bình")
        act(desk, dossier, "official_number_given", number="DN_100%7")
        return dossier

    def test_by_number_id_official_number_or_a_unique_ending(self, desk: Desk, known: str) -> None:
        find = desk.queries.find
        assert {find(code) for code in ("H30-001-260521-0001", " h30-001-260521-0001 ", known, known.upper())} == {
            known
        }
        assert {find(code) for code in ("0001", "DN_100%7", "%7", "_100%7")} == {known}

    @pytest.mark.parametrize(
        ("code", "refusal"),
        [("000", "code_unknown"), ("", "code_unknown"), ("H30", "code_unknown"), ("%", "code_unknown"),
         ("_", "code_unknown"), ("x'; --", "code_unknown"), ("\\", "code_unknown")],
    )  # fmt: skip
    def test_an_unknown_code(self, desk: Desk, known: str, code: str, refusal: str) -> None:
        found = desk.queries.find(code)
        assert isinstance(found, Refusal) and found.code == refusal

    def test_an_ending_of_several(self, desk: Desk) -> None:
        for day in (20, 21):
            take_in(desk, at=NOW.replace(day=day))
        found = desk.queries.find("0001")
        assert isinstance(found, Refusal) and found.code == "code_ambiguous"
        assert found.params == {"code": "0001"}

    def test_a_whole_number_that_voided_dossiers_bear_besides_is_the_standing_ones(self, desk: Desk) -> None:
        voided, other, standing = (take_in(desk) for _ in range(3))
        for one in (voided, other):
            act(desk, one, "official_number_given", number="G01.1-0005")
            act(desk, one, "voided", reason="nhầm")
        both = desk.queries.find("G01.1-0005")
        assert isinstance(both, Refusal) and both.params["dossiers"] == ", ".join(sorted((voided, other)))
        act(desk, standing, "official_number_given", number="g01.1-0005")
        assert {desk.queries.find(one) for one in ("G01.1-0005", "g01.1-0005")} == {standing}
        assert desk.queries.find(voided) == voided

    def test_an_official_number_that_two_standing_dossiers_bear_in_whatever_capitals(self, desk: Desk) -> None:
        one, other = take_in(desk), take_in(desk)
        act(desk, one, "official_number_given", number="QG-77")
        written_earlier(desk, other, "official_number_given", number="qg-77")
        for code in ("QG-77", "qg-77", "Qg-77"):
            found = desk.queries.find(code)
            assert isinstance(found, Refusal) and found.code == "code_shared"
            assert found.params == {"code": code, "dossiers": ", ".join(sorted((one, other)))}

    @pytest.mark.parametrize("number", ["Mã-Đ-1", "ĐƠN-Tạm-Trú-Số-100%7", "Đơn_\\Ỹ"])
    def test_an_official_number_in_whatever_vietnamese_capitals(self, desk: Desk, number: str) -> None:
        one, other = take_in(desk), take_in(desk)
        act(desk, one, "official_number_given", number=number)
        endings = {number.upper()[2:], number.lower()[2:]}
        assert {desk.queries.find(code) for code in {number, number.upper(), number.lower()} | endings} == {one}
        again = desk.do(Act(other, "official_number_given", NOW, {"number": number.swapcase()}), officer(desk))
        assert isinstance(again, Refusal) and again.code == "official_number_taken"
        unlike = number.replace("ã", "a").replace("ạ", "a").replace("Ỹ", "Y")
        assert isinstance(desk.queries.find(unlike), Refusal)


class TestSearch:
    @pytest.fixture(autouse=True)
    def people(self, desk: Desk) -> None:
        at = NOW - timedelta(hours=1)
        applicant = {"kind": "citizen", "name": "Đặng Thị Đào", "phone": "0905123456", "number": "048190001234",
                     "address": "Tổ 5, Hải Châu"}  # fmt: skip
        first = take_in(desk, at=at, applicant=applicant, matter={"plate": "43A-123.45"})
        take_in(desk, "Đặng Văn Đạo")
        act(desk, first, "result_ready")

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("đặng thị đào", ["Đặng Thị Đào"]),
            ("dang thi dao", ["Đặng Thị Đào"]),
            ("DAO thi", ["Đặng Thị Đào"]),
            ("dang", ["Đặng Văn Đạo", "Đặng Thị Đào"]),
            ("0905123", ["Đặng Thị Đào"]),
            ("048190001234", ["Đặng Thị Đào"]),
            ("43a-123", ["Đặng Thị Đào"]),
            ("hai chau", ["Đặng Thị Đào"]),
            ("260521-0002", ["Đặng Văn Đạo"]),
            ("", []),
            ("*", []),
            ('"', []),
            ("dang AND thi", []),
            ("khong co", []),
        ],
    )
    def test_by_anything_with_or_without_diacritics(self, desk: Desk, text: str, names: list[str]) -> None:
        found = desk.queries.search(text, desk.bounds(), 50)
        assert [row["applicant_name"] for row in found] == names

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("dnag thi", ["Đặng Thị Đào"]),  # two letters that changed places
            ("danng thi", ["Đặng Thị Đào"]),  # one too many
            ("dnag van", ["Đặng Văn Đạo"]),
            ("chau hia", []),  # of three letters another one is mostly another word
            ("hai chua", ["Đặng Thị Đào"]),
            ("048190001243", ["Đặng Thị Đào"]),
            ("04819001234", ["Đặng Thị Đào"]),  # one missing
            ("048190001224", ["Đặng Thị Đào"]),  # another one
            ("048190002244", []),  # two slips in one word
            ("ddnag", []),
            ("", []),
            ('"*', []),
        ],
    )
    def test_with_a_slip_in_a_longer_word(self, desk: Desk, text: str, names: list[str]) -> None:
        assert desk.queries.search(text, desk.bounds(), 50) == []
        found = desk.queries.near(text, desk.bounds(), 50)
        assert [row["applicant_name"] for row in found] == names

    def test_open_ones_come_first_and_the_limit_holds(self, desk: Desk) -> None:
        assert [row["applicant_name"] for row in desk.queries.search("dang", desk.bounds(), 1)] == ["Đặng Văn Đạo"]
        filtered = desk.queries.matching("dang", desk.bounds(), QueueFilter(state="result_ready"))
        assert [row["applicant_name"] for row in filtered] == ["Đặng Thị Đào"]

    def test_a_whole_number_then_names_open_and_near_first(self, desk: Desk) -> None:
        def person(name: str, number: str, **more: str) -> dict[str, str]:
            return {"kind": "citizen", "name": name, "number": number, **more}

        def take(name: str, number: str, days: int, **more: str) -> str:
            return take_in(desk, at=NOW - timedelta(days=days), applicant=person(name, number, **more))

        take("Trần Quý Hoan", "048190005001", 0, phone="0912345678")
        closed = take("Lê Quý Hoa", "048190005002", 1)
        act(desk, closed, "withdrawn", reason="x")
        take("Lê Quý Hoà", "048190005003", 2)
        take("Võ Quý Hòa", "048190005004", 9)
        take("Mai Quý An", "048190005005", 9, address="12 Quý Hoa, phố 0912345678901")

        def named(text: str) -> list[str]:
            return [row["applicant_name"] for row in desk.queries.search(text, desk.bounds(), 50)]

        assert named("quy hoa") == ["Võ Quý Hòa", "Lê Quý Hoà", "Trần Quý Hoan", "Lê Quý Hoa", "Mai Quý An"]
        assert named("0912345678") == ["Trần Quý Hoan", "Mai Quý An"]

        def nearly(text: str) -> list[str]:
            return [row["applicant_name"] for row in desk.queries.near(text, desk.bounds(), 50)]

        take("Phan Quốc Thinh", "048190005006", 0)
        take("Phan Quốc Thính", "048190005007", 3)
        closed = take("Phan Quốc Thịnh", "048190005008", 5)
        act(desk, closed, "withdrawn", reason="x")
        take("Phan Quấc Thìng", "048190005009", 9)
        wanted = ["Phan Quốc Thính", "Phan Quốc Thinh", "Phan Quốc Thịnh", "Phan Quấc Thìng"]
        assert nearly("phan quoc thing")[0] == "Phan Quấc Thìng"
        assert nearly("pahn quoc thinh") == wanted

    def test_a_corrected_name_is_found_by_the_new_one(self, desk: Desk) -> None:
        (row,) = desk.queries.search("van dao", desk.bounds(), 5)
        act(desk, row.id, "corrected", field="applicant.name", new="Hồ Ngọc Ánh")
        assert desk.queries.search("van dao", desk.bounds(), 5) == []
        assert [one.id for one in desk.queries.search("ngoc anh", desk.bounds(), 5)] == [row.id]


def test_a_dossier_moves_through_the_words_of_the_queue(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = take_in(desk)

    def word(moment: datetime) -> Urgency:
        desk.now = lambda: moment
        row = desk.row(dossier)
        assert row is not None
        return row.urgency

    days = ("2026-05-21T09:00", "2026-05-27T09:00", "2026-05-29T09:00", "2026-06-01T23:00", "2026-06-02T00:00")
    words = [word(datetime.fromisoformat(f"{day}:00+07:00")) for day in days]
    assert words == [Urgency.NORMAL, Urgency.SOON, Urgency.NEXT_DAY, Urgency.TODAY, Urgency.APOLOGY_OWED]
    act(desk, dossier, "rescheduled", at=desk.now(), due_at="2026-06-08T17:00:00+07:00", reason="x")
    assert word(desk.now()) is Urgency.APOLOGY_OWED
    act(desk, dossier, "letter_issued", at=desk.now(), letter="apology")
    assert word(NOW.replace(month=6, day=9)) is Urgency.OVERDUE
    assert desk.queries.by_external("none") is None
    assert officer(desk).active
