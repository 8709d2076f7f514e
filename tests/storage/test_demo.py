"""The demo station: every state and exception, legal by the house's own rules, and the same for the same arguments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.answers import InvalidInput, Refusal
from core.authority import Authority
from core.identity import check_number
from core.queue import LEGAL_TIME, Urgency
from core.states import State
from storage.demo import DemoStation, demo_players, make_demo, read_demo
from storage.desk import Desk
from storage.exporting import event_json, events_in_order
from storage.feedback import listed
from storage.frozen import freeze, sent
from storage.officers import Officer
from storage.outreach import held, uptake
from storage.surveys import satisfaction
from storage.verification import verify

EXCEPTIONS = {
    "supplement_received", "payment_received", "payment_reversed", "resumed", "extended", "rescheduled",
    "delay_excused", "delay_declared", "undone", "number_voided", "corrected", "noted", "original_taken",
    "post_returned", "post_batch_sent", "official_number_given", "reopened",
    "result_corrected", "verification_completed", "conflict_resolved", "letter_printed", "refused", "handed_to_post",
    "apology_proposed", "citizen_reminded",
}  # fmt: skip


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    desk = Desk.open(folder)
    try:
        yield desk
    finally:
        desk.close()


def exported(folder: Path) -> str:
    with opened(folder) as desk:
        rows = (event_json(event, stored) for event, stored in events_in_order(desk.log))
        return "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> DemoStation:
    return make_demo(tmp_path_factory.mktemp("demo"), dossiers=60, seed=3)


@pytest.fixture(scope="module")
def desk(small: DemoStation) -> Iterator[Desk]:
    with opened(small.data) as found:
        yield found


def test_fifty_dossiers_are_enough_for_every_state(tmp_path: Path):
    station = make_demo(tmp_path, dossiers=50, seed=8)
    with opened(tmp_path) as desk:
        states = {row[0] for row in desk.connection.execute("SELECT state FROM dossier")}
    assert states == {state.value for state in State}
    assert station.dossiers == 50


def test_every_exception_of_the_law_is_there(desk: Desk):
    kinds = {row[0] for row in desk.connection.execute("SELECT DISTINCT kind FROM event")}
    assert kinds >= EXCEPTIONS


def test_no_story_was_cut_short_and_the_number_is_exact(small: DemoStation, desk: Desk):
    assert small.skipped == 0
    assert small.dossiers == 60 == desk.connection.execute("SELECT count(*) FROM dossier").fetchone()[0]


@pytest.mark.parametrize(
    ("seed", "at"), [(5, "2026-11-22T20:00"), (6, "2021-07-01T07:31"), (7, "2019-02-06T12:00"), (8, "1999-06-01T10:00")]
)
def test_any_moment_makes_a_station(tmp_path: Path, seed: int, at: str):
    moment = datetime.fromisoformat(at).replace(tzinfo=LEGAL_TIME)
    station = make_demo(tmp_path, dossiers=90, seed=seed, at=moment)
    assert (station.dossiers, station.skipped, station.now) == (90, 0, moment)


def test_the_same_arguments_give_the_same_events(small: DemoStation, tmp_path: Path):
    again = make_demo(tmp_path / "again", dossiers=60, seed=3)
    assert exported(again.data) == exported(small.data)
    assert again.officers == small.officers
    other = make_demo(tmp_path / "other", dossiers=60, seed=4)
    assert exported(other.data) != exported(small.data)


def test_the_whole_history_holds_on_both_desks(small: DemoStation):
    for one in small.desks:
        with opened(one.data) as desk:
            assert verify(desk).holds
            assert (desk.identity.desk, desk.identity.number) == (one.id, one.number)
            assert desk.identity.test


def test_the_projection_is_what_a_rebuild_gives(desk: Desk):
    before = list(desk.projection.dump())
    desk.connection.execute("BEGIN IMMEDIATE")
    desk.projection.rebuild()
    after = list(desk.projection.dump())
    desk.connection.execute("ROLLBACK")
    assert before == after


def test_what_was_written_was_allowed(desk: Desk):
    """Every author had the right, and only what the stories mean to be is marked."""
    officers = [one.id for one in desk.officers.all()]
    authority = Authority(event for one in officers for event in desk.log.events_of(f"officer:{one}"))
    marks: Counter[str] = Counter()
    for (name,) in desk.connection.execute("SELECT id FROM dossier").fetchall():
        dossier = desk.dossier(name)
        assert dossier is not None
        assert all(authority.may(event) for event in dossier.events)
        marks.update(dossier.marks.values())
    assert marks == {"undone": 1, "lost": 1, "conflict": 1}


def test_nothing_happens_after_the_live_moment_or_at_night(small: DemoStation, desk: Desk):
    for event, _ in events_in_order(desk.log):
        assert event.at <= small.now
        if event.kind == "received":
            assert 7 <= event.at.astimezone(LEGAL_TIME).hour < 17


def test_numbers_are_valid_and_dense(desk: Desk):
    people = desk.connection.execute("SELECT applicant_number, birth FROM dossier WHERE applicant_kind = 'citizen'")
    for number, birth in people.fetchall():
        assert check_number(number, birth, None).valid
    given: dict[str, list[int]] = {}
    for event, _ in events_in_order(desk.log):
        if event.kind == "received":
            head, _, serial = str(event.body["receipt_number"]).rpartition("-")
            given.setdefault(f"{head}/{int(serial) > 500}", []).append(int(serial) % 500)
    assert all(sorted(serials) == list(range(1, len(serials) + 1)) for serials in given.values())


def test_the_next_number_follows_the_last(small: DemoStation, desk: Desk):
    today = small.now.date()
    last = desk.connection.execute("SELECT last FROM series WHERE day = ?", (f"{today:%y%m%d}",)).fetchone()[0]
    pattern = f"{small.unit}-{today:%y%m%d}-0%"
    used = desk.connection.execute("SELECT count(*) FROM dossier WHERE receipt_number LIKE ?", (pattern,)).fetchone()[0]
    assert last == used > 0


def test_what_was_written_on_paper_in_the_outage_keeps_its_own_time(desk: Desk):
    late = [
        event
        for event, _ in events_in_order(desk.log)
        if event.kind == "received" and (event.hlc >> 16) / 1000 - event.at.timestamp() > 3600
    ]
    assert len(late) >= 2
    assert len({event.desk for event in late}) == 1


def test_the_clock_runs_on_from_the_live_moment(small: DemoStation, desk: Desk):
    assert 0 <= (desk.now() - small.now).total_seconds() < 600


def test_officers_sign_in_with_their_pins_at_both_desks(small: DemoStation):
    assert [one.role for one in small.officers] == [
        "admin", "front_desk", "front_desk", "processing", "leader", "auditor",
    ]  # fmt: skip
    for one in small.desks:
        with opened(one.data) as desk:
            officer = desk.officers.get(small.officers[2].id)
            assert officer is not None
            assert officer.roles == {"front_desk"}
            assert desk.officers.sign_in(officer, small.officers[2].pin) is None
            assert desk.officers.sign_in(officer, "000000") is not None
    first = desk_roles(small)
    assert first == {"front_desk", "processing", "leader", "admin"}


def desk_roles(station: DemoStation) -> frozenset[str]:
    with opened(station.data) as desk:
        officer = desk.officers.get(station.officers[0].id)
        assert officer is not None
        return officer.roles


def test_the_officers_are_known_before_the_demo_is_made(small: DemoStation):
    players = demo_players(dossiers=60, seed=3)
    assert [(one.code, one.name, one.role, one.pin) for one in players] == [
        (one.code, one.name, one.role, one.pin) for one in small.officers
    ]


def test_a_demo_reads_back_as_it_was_made_and_is_made_once(small: DemoStation, tmp_path: Path):
    assert read_demo(small.data) == small
    assert read_demo(tmp_path) is None
    with pytest.raises(InvalidInput, match="folder_taken"):
        make_demo(small.data)


def test_a_half_made_demo_is_never_used(tmp_path: Path):
    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path, dossiers=20, progress=interrupted)
    assert read_demo(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert make_demo(tmp_path, dossiers=20).dossiers == 20


def test_progress_only_grows_up_to_its_total(tmp_path: Path):
    told: list[tuple[int, int]] = []
    make_demo(tmp_path, dossiers=30, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_two_thousand_dossiers_make_a_believable_morning(tmp_path: Path):
    station = make_demo(tmp_path)
    with opened(tmp_path) as desk:
        counts = desk.queries.count(desk.bounds())
        waiting = desk.connection.execute("SELECT count(*) FROM dossier WHERE state = 'result_ready'").fetchone()[0]
        judged = Counter(row[0] for row in desk.connection.execute("SELECT judged FROM dossier"))
        minority = desk.connection.execute("SELECT count(*) FROM dossier WHERE applicant_name LIKE 'H’%'").fetchone()[0]
    assert (station.dossiers, station.skipped) == (2000, 0)
    assert counts[Urgency.APOLOGY_OWED] == 2
    assert counts[Urgency.OVERDUE] == 8
    assert 6 <= counts[Urgency.TODAY] <= 21  # one of them came online and is to be answered within the hour
    assert counts[Urgency.NEXT_DAY] and counts[Urgency.SOON] and counts[Urgency.NORMAL] and counts[Urgency.PAUSED]
    assert 20 <= waiting <= 120
    assert judged["early"] > judged["on_time"] > 10 * judged["late"] > 0
    assert minority


def test_a_year_is_there_to_be_reported(tmp_path: Path):
    station = make_demo(tmp_path, dossiers=700, seed=5)
    assert station.skipped == 0
    with opened(tmp_path) as desk:
        kinds = Counter(event.kind for event, _ in events_in_order(desk.log))
        months = {event.at.strftime("%Y-%m") for event, _ in events_in_order(desk.log) if event.kind == "received"}
        ways = {row[0] for row in desk.connection.execute("SELECT DISTINCT paid_by FROM dossier")}
        answers = {row[0] for row in desk.connection.execute("SELECT DISTINCT service_answer FROM dossier")}
        today = station.now.date()
        year = satisfaction(desk, today - timedelta(days=366), today)
        feedback = listed(desk, "all")
        held_before = [uptake(desk, one) for one in held(desk)]
    assert len(months) >= 12
    assert {"counter/cash", "counter/transfer", "online/portal"} <= ways
    assert {"took", "next_time", "no:no_account", "no:wants_counter"} <= answers
    assert year.total.count >= 60 and len(year.months) >= 6 and year.waiting
    assert kinds["survey_codes_spent"] >= 6
    assert kinds["official_number_given"] > 20 and kinds["post_returned"] > 1 and kinds["not_accepted"] > 1
    assert any(one.is_open and one.days_late(today) for one in feedback)
    assert any(one.is_open and not one.days_late(today) for one in feedback)
    assert any(one.answered_at and one.days_late(today) for one in feedback)
    assert any(one.dossier and one.procedure for one in feedback)
    assert len(held_before) == 3 and all(one is not None and one.before.dossiers for one in held_before[:1])


def test_somebody_sends_a_report_when_the_demo_is_made(tmp_path: Path):
    told: list[str] = []

    def finish(desk: Desk, officer: Officer) -> None:
        assert not isinstance(
            freeze(desk, officer, {"name": "ii06a"}, (date(2026, 10, 1), date(2026, 10, 31)), None), Refusal
        )
        told.append(officer.id)

    station = make_demo(tmp_path, dossiers=20, finish=finish)
    with opened(tmp_path) as desk:
        (one,) = sent(desk)
        assert (one.by, one.at) == (told[0], station.now)
        assert verify(desk).holds
