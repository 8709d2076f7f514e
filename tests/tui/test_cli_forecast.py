"""`motcua forecast`: an outside list as another program gives it, and a desk's own queue."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in
from tests.schema_check import check
from tui.forecast import hours_words

Cli = Callable[..., Ran]
WEEK = '{"weekly_hours": [8,8,8,8,8,0,0], "exceptions": {"2026-11-24": 0}}'
FIRST = "2026-11-23"


@pytest.fixture
def jobs(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Prove a list, with no desk's folder anywhere near."""
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "nowhere"))

    def run(*lines: Any, capacity: str = WEEK, first: str = FIRST, words: tuple[str, ...] = ("--json",)) -> Ran:
        file = tmp_path / "jobs.jsonl"
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        file.write_text(text, encoding="utf-8")
        return cli("forecast", "--jobs", file, "--from", first, "--capacity", capacity, *words)

    return run


def job(name: object, hours: object, due: str, **more: object) -> dict[str, object]:
    return {"id": name, "hours": hours, "due": due} | more


def test_a_list_that_can_be_done(jobs: Callable[..., Ran]) -> None:
    ran = jobs(job("a", 8, "2026-11-24"), job("b", 0.5, "2026-11-25", release="2026-11-25"))
    check(ran.json, "forecast")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json == {
        "feasible": True,
        "first_break": None,
        "days": [
            {"date": "2026-11-23", "demand_hours": 0, "capacity_hours": 8},
            {"date": "2026-11-24", "demand_hours": 8, "capacity_hours": 8},
            {"date": "2026-11-25", "demand_hours": 8.5, "capacity_hours": 16},
        ],
        "mends": [],
        "enough_history": True,
    }


def test_the_first_day_that_breaks_and_the_largest_excess(jobs: Callable[..., Ran]) -> None:
    ran = jobs(
        job("late", 20, "2026-11-27", release="2026-11-26"),
        job("first", 8, "2026-11-24"),
        job(7, 0.25, "2026-11-24", release=None),
    )
    check(ran.json, "forecast")
    assert ran.status == 0
    assert ran.json["first_break"] == {"date": "2026-11-24", "short_hours": 4, "dossiers": ["first", 7]}


def test_tenths_of_hours_are_exact(jobs: Callable[..., Ran]) -> None:
    tenths = [job(f"{number}", 0.1, FIRST) for number in range(10)]
    assert jobs(*tenths, capacity='{"weekly_hours": [1,0,0,0,0,0,0]}').json["feasible"] is True


def test_no_jobs_are_done_in_time(jobs: Callable[..., Ran]) -> None:
    assert jobs("", "  ").json == {
        "feasible": True, "first_break": None, "days": [], "mends": [], "enough_history": True,
    }  # fmt: skip


def test_what_is_past_due_has_no_day_left(jobs: Callable[..., Ran]) -> None:
    told = jobs(job("past", 2, "2026-11-20"), job("turned", 1, "2026-11-24", release="2026-11-25")).json["first_break"]
    assert told == {"date": "2026-11-20", "short_hours": 2, "dossiers": ["past"]}


def test_standard_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps(job("a", 1, FIRST)).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(line))))
    assert cli("forecast", "--jobs", "-", "--from", FIRST, "--capacity", WEEK, "--json").json["feasible"] is True


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nonsense", "json_invalid"),
        ("[]", "line_not_object"),
        ({"id": "a", "hours": 1}, "field_missing"),
        ({"hours": 1, "due": FIRST}, "field_missing"),
        (job("a", None, FIRST), "field_invalid"),
        (job("a", True, FIRST), "field_invalid"),
        (job("a", 1, "2026-11-31"), "date_invalid"),
        (job("a", 1, "soon"), "date_invalid"),
        (job("a", 1, FIRST, release="yesterday"), "date_invalid"),
        (job("a", 1, "9999-01-01"), "out_of_range"),
        (job("a", -1, FIRST), "hours_invalid"),
        (job("a", "NaN", FIRST), "hours_invalid"),
        (job("a", "Infinity", FIRST), "hours_invalid"),
        ('{"id": "a", "hours": 1e999999999, "due": "2026-11-23"}', "hours_invalid"),
        ('{"id": "a", "hours": 1e-999999999, "due": "2026-11-23"}', "hours_invalid"),
    ],
)
def test_a_bad_line_refuses_the_list(jobs: Callable[..., Ran], line: object, code: str) -> None:
    ran = jobs(job("good", 1, FIRST), line)
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"], ran.json["error"]["line"]) == (1, code, 2)
    told = jobs(line, job("good", 1, FIRST), line, words=())
    assert (told.status, told.out) == (1, "")
    assert [words.split(":")[0] for words in told.err.splitlines()] == ["Dòng 1", "Dòng 3"]


@pytest.mark.parametrize(
    "capacity",
    ["", "8", "{}", '{"weekly_hours": [8,8,8,8,8,0]}', '{"weekly_hours": [8,8,8,8,8,0,"x"]}',
     '{"weekly_hours": [8,8,8,8,8,0,0], "extra": 1}'],
)  # fmt: skip
def test_a_capacity_that_cannot_be_read_is_wrong_usage(jobs: Callable[..., Ran], capacity: str) -> None:
    ran = jobs(job("a", 1, FIRST), capacity=capacity)
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (2, "capacity_invalid")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": "2026-02-30"}, "date_invalid"),
        ({"capacity": '{"weekly_hours": [-8,8,8,8,8,0,0]}'}, "hours_invalid"),
        ({"capacity": '{"weekly_hours": [8,8,8,8,8,0,0], "exceptions": {"tomorrow": 0}}'}, "date_invalid"),
    ],
)
def test_other_wrong_usage(jobs: Callable[..., Ran], given: dict[str, str], code: str) -> None:
    ran = jobs(job("a", 1, FIRST), **given)
    assert (ran.status, ran.json["error"]["code"]) == (2, code)


@pytest.mark.parametrize(
    "words",
    [
        ("--jobs", "x"),
        ("--jobs", "x", "--from", FIRST),
        ("--from", FIRST),
        ("--jobs", "x", "--from", FIRST, "--capacity", WEEK, "--officer", "hoa"),
    ],
)
def test_a_list_needs_its_first_day_and_its_hours(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli("forecast", *words)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_a_file_that_is_not_there(cli: Cli) -> None:
    ran = cli("forecast", "--jobs", "/nowhere/at-all", "--from", FIRST, "--capacity", WEEK)
    assert (ran.status, ran.out) == (1, "") and "/nowhere/at-all" in ran.err


def test_for_people_it_is_a_light_a_sentence_and_a_table(jobs: Callable[..., Ran]) -> None:
    lines = jobs(job("a", 8.5, "2026-11-24"), job("b", 1, "2026-11-26"), words=()).out.splitlines()
    assert lines[0] == "● ĐỎ — Không kịp từ thứ Ba 24/11/2026: 1 hồ sơ; có lúc thiếu đến 0,5 giờ."
    assert lines[1] == "Hồ sơ không kịp đầu tiên: a"
    assert [line.split() for line in lines[-2:]] == [
        ["T3", "24/11", "8,5", "8", "-0,5", "!"],
        ["T5", "26/11", "9,5", "24", "14,5"],
    ]
    green, yellow = (jobs(job("a", hours, "2026-11-24"), words=()).out.split()[1] for hours in (4, 5))
    assert (green, yellow) == ("XANH", "VÀNG")
    assert "GREEN" in jobs(job("a", 1, FIRST), words=("--lang", "en")).out


@pytest.mark.parametrize(
    ("hours", "words"),
    [("0", "0"), ("1/1000", "0,1"), ("-1/1000", "-0,1"), ("-1/3", "-0,3"), ("8", "8"), ("-8.04", "-8"), ("9.96", "10")],
)
def test_what_is_not_nothing_does_not_read_so(hours: str, words: str) -> None:
    assert hours_words(Fraction(hours)) == words


@pytest.fixture
def overloaded(desk: Desk) -> list[str]:
    """Nine dossiers of Hoa's from last week; Khải has one; one waits for its citizen."""
    long_ago = NOW - timedelta(days=6)
    many = [take_in(desk, f"Người {number}", by="hoa", at=long_ago) for number in range(9)]
    other = take_in(desk, "Người khác", by="hoa")
    act(desk, other, "assigned", to="officer-khai")
    waiting = take_in(desk, "Đang chờ", by="hoa")
    act(desk, waiting, "supplement_requested", items=["CT01"])
    return many


def away(cli: Cli, officer: str, last: str) -> None:
    told = cli("roster", "away", officer, "--from", "2026-05-21", "--to", last, "--reason", "nghỉ phép", "--as", "tmd")
    assert told.status == 0, told.err


def test_a_desk_on_stated_hours_says_that_they_are_not_measured(cli: Cli, overloaded: list[str]) -> None:
    ran = cli("forecast", "--json")
    check(ran.json, "forecast")
    assert (ran.status, ran.json["feasible"], ran.json["enough_history"]) == (0, True, False)
    assert ran.json["days"][0]["date"] == "2026-05-21"
    assert ran.json["days"][-1]["demand_hours"] == 10
    assert "Chưa đủ số liệu: 10/10 hồ sơ" in cli("forecast").out
    assert "Tạm dừng hoặc chờ nộp phí, chưa có hạn nên chưa tính: 1 hồ sơ" in cli("forecast").out
    assert cli("forecast", "--officer", "khai", "--json").json["days"][-1]["demand_hours"] == 1
    assert "Không có hồ sơ nào" in cli("forecast", "--officer", "lanh").out


def test_what_a_dossier_is_thought_to_cost_is_told_to_whom_the_whole_unit_is(cli: Cli, overloaded: list[str]) -> None:
    told = cli("forecast").out
    assert "- Đăng ký thường trú, mới nhận: 1 giờ × 10 hồ sơ, số mặc định (chưa đo được hồ sơ nào)" in told
    assert "mới nhận" not in cli("forecast", "--officer", "hoa").out
    assert "just received: 1 h × 10 dossiers, stated (none measured yet)" in cli("forecast", "--lang", "en").out


def test_an_officer_who_goes_away_turns_the_light_red_and_a_mend_turns_it_green(
    cli: Cli, desk: Desk, overloaded: list[str]
) -> None:
    away(cli, "hoa", "2026-06-30")
    told = cli("forecast", "--json").json
    check(told, "forecast")
    assert told["first_break"]["officer"] == "hoa"
    assert sorted(told["first_break"]["dossiers"]) == sorted(overloaded)
    mend = told["mends"][0]
    assert (mend["kind"], mend["officer"], mend["makes_feasible"]) == ("move", "hoa", True)
    assert "hoa" in mend["text"] and "Người" not in mend["text"]
    spoken = cli("forecast").out
    assert spoken.startswith("● ĐỎ") and "Lê Thị Hoa" in spoken and "Người" not in spoken
    for move in mend["moves"]:
        for dossier in move["dossiers"]:
            act(desk, dossier, "assigned", to=desk.officers.find(move["to"]).id)
    assert cli("forecast", "--json").json["feasible"] is True
    assert not cli("forecast").out.startswith("● ĐỎ")


def test_what_is_left_of_today_is_what_counts(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(desk, by="hoa", at=NOW - timedelta(days=6))
    hours = []
    for clock in ("07:00", "09:30", "12:00", "16:00", "20:00"):
        monkeypatch.setenv("MOTCUA_NOW", datetime.fromisoformat(f"2026-05-21T{clock}:00+07:00").isoformat())
        hours.append(cli("forecast", "--officer", "hoa", "--json").json["days"][0]["capacity_hours"])
    assert hours == [pytest.approx(part * 0.7) for part in (8, 6, 4, 1, 0)]


def test_whoever_lacks_papers_can_be_asked_now(cli: Cli, desk: Desk) -> None:
    late = NOW - timedelta(days=6)
    version = desk.law.find("permanent-residence").versions[-1]
    needed = [paper.code for paper in version.papers]
    lacking = take_in(desk, "Thiếu giấy", by="hoa", at=late, papers=needed[:1])
    take_in(desk, "Đủ giấy", by="hoa", at=late, papers=needed)
    take_in(desk, "Không ghi", by="hoa", at=late)
    for officer in ("hoa", "khai", "tmd"):
        away(cli, officer, "2026-06-30")
    told = cli("forecast", "--json").json
    assert [(mend["kind"], mend["asked"]) for mend in told["mends"]] == [("supplement", [lacking])]


def test_an_officer_must_be_known(cli: Cli, desk: Desk) -> None:
    assert cli("forecast", "--officer", "nobody").status == 2
