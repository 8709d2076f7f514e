"""A day's first minutes at the demo: two desks meet, a conflict is decided, the next citizen is served."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.decisions import Act, TakeIn
from core.queue import Urgency
from storage.demo import DemoStation, make_demo, read_demo
from storage.desk import Desk, Done
from storage.queries import QueueFilter
from storage.sync.exchange import exchange_all
from tests.schema_check import check
from tui.cli.main import main


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoStation:
    return make_demo(tmp_path_factory.mktemp("demo"), dossiers=60, seed=2)


@pytest.fixture
def station(made: DemoStation, tmp_path: Path) -> DemoStation:
    """A copy to work on; its hub is still the one of the demo that was made."""
    found = read_demo(Path(shutil.copytree(made.data, tmp_path / "copy")))
    assert found is not None
    return found


def test_the_desks_are_one_station_after_an_exchange(station: DemoStation):
    first, second = (Desk.open(desk.data) for desk in station.desks)
    assert set(first.projection.dump()) != set(second.projection.dump())
    (report,) = exchange_all(first)
    assert (report.error, report.pending) == (None, 0)
    assert 0 < report.sent < 12
    (report,) = exchange_all(second)
    assert (report.error, report.behind) == (None, 0)
    assert report.received
    assert list(first.projection.dump()) == list(second.projection.dump())
    assert first.log.heads() == second.log.heads()


def test_the_newest_dossier_is_not_yet_at_the_city(station: DemoStation):
    desk = Desk.open(station.data)
    rows = desk.queries.rows("received_at > ?", (int(station.now.timestamp()) - 300,), desk.bounds())
    assert [desk.sync_of(row.id) for row in rows] == ["here"]
    old = desk.queries.rows("state = 'returned'", (), desk.bounds())
    assert {desk.sync_of(row.id) for row in old} == {"hub"}


def test_the_leader_decides_the_open_conflict(station: DemoStation):
    desk = Desk.open(station.data)
    (row,) = desk.queries.rows("in_conflict = 1", (), desk.bounds())
    dossier = desk.dossier(row.id)
    assert dossier is not None
    (conflict,) = dossier.conflicts
    assert {event.kind for event in dossier.events if event.event_id in conflict.branches} == {
        "result_ready",
        "refused",
    }
    leader = desk.officers.get(station.officers[0].id)
    assert leader is not None
    chosen = {"branches": list(conflict.branches), "keep": conflict.branches[0], "reason": "Đã xem hồ sơ gốc"}
    assert isinstance(desk.do(Act(row.id, "conflict_resolved", desk.now(), chosen), leader), Done)
    after = desk.row(row.id)
    assert after is not None
    assert not after["in_conflict"]


def test_one_person_alone_takes_in_and_hands_out(station: DemoStation):
    desk = Desk.open(station.data)
    alone = desk.officers.get(station.officers[0].id)
    assert alone is not None
    name = desk.new_id()
    facts = {"procedure": "temporary-residence", "applicant": {"kind": "citizen", "name": "Võ Văn Ơn"}}
    assert isinstance(desk.do(TakeIn(name, "received", desk.now(), facts), alone), Done)
    for kind in ("approved", "result_ready", "result_returned"):
        assert isinstance(desk.do(Act(name, kind, desk.now()), alone), Done)
    row = desk.row(name)
    assert row is not None
    assert (row["state"], row.urgency) == ("returned", Urgency.DONE)


def test_what_owes_an_apology_stands_first(station: DemoStation):
    desk = Desk.open(station.data)
    rows = desk.queries.after(None, desk.bounds(), 10, QueueFilter())
    assert [row.urgency for row in rows] == [Urgency.APOLOGY_OWED] * 2 + [Urgency.OVERDUE] * 8


def test_the_command_prints_the_document_of_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["demo", "--headless", "--dossiers", "20", "--data", str(tmp_path / "demo")]) == 0
    document = json.loads(capsys.readouterr().out)
    check(document, "demo")
    assert (document["dossiers"], document["now"]) == (20, "2026-11-23T08:42:00+07:00")
    assert document["data"] == document["desks"][0]["data"] == str(tmp_path / "demo")
    assert main(["queue", "--data", document["data"], "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 20
    assert main(["report", "--sent", "--data", document["data"], "--json"]) == 0
    (sent,) = json.loads(capsys.readouterr().out)
    told = (sent["report"], sent["from"], sent["to"])
    assert told == ("ii06a", "2026-10-01", "2026-10-31"), "twenty dossiers reach no quarter back"


def test_a_demo_without_dossiers_or_with_half_a_moment_is_wrong_usage(tmp_path: Path):
    assert main(["demo", "--headless", "--dossiers", "0", "--data", str(tmp_path)]) == 2
    assert main(["demo", "--headless", "--at", "2026-11-23", "--data", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_cache_has_a_demo_of_its_own_for_each_set_of_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    printed = []
    for seed in ("1", "1", "2"):
        assert main(["demo", "--headless", "--dossiers", "15", "--seed", seed]) == 0
        printed.append(json.loads(capsys.readouterr().out))
    assert printed[0] == printed[1]
    assert printed[0]["data"] != printed[2]["data"]
    assert all(Path(one["data"]).is_relative_to(tmp_path) for one in printed)


def test_the_same_arguments_answer_with_the_demo_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["demo", "--headless", "--dossiers", "20", "--data", str(tmp_path / "demo")]
    assert main(words) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert main([*words, "--seed", "2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "folder_taken"
