"""`motcua queue` and `motcua search` as scripts call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.queue import BY_LAW
from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]


@pytest.fixture
def five(desk: Desk) -> list[str]:
    """In the order of the queue: delay declared, due sooner, due later, waiting for papers, done."""
    later = take_in(desk, "Đến Sau", by="hoa")
    sooner = take_in(desk, "Đến Trước", by="hoa", at=NOW.replace(day=20))
    declared, waiting, done = (take_in(desk, name) for name in ("Chậm", "Chờ", "Xong"))
    act(desk, declared, "delay_declared", reason="thiếu người")
    act(desk, waiting, "supplement_requested", items=["CT01"])
    act(desk, done, "result_ready")
    return [declared, sooner, later, waiting, done]


def test_the_queue_in_the_order_of_the_screens(cli: Cli, five: list[str]) -> None:
    ran = cli("queue", "--json")
    check(ran.json, "queue")
    assert (ran.status, ran.err) == (0, "")
    assert [row["id"] for row in ran.json] == five
    assert [row["urgency"] for row in ran.json] == ["apology_owed", "normal", "normal", "paused", "done"]
    assert [row["status"] for row in ran.json] == [2, 2, 2, 5, 9]
    assert ran.json[3]["due_at"] is None and ran.json[3]["binding_at"] is None
    assert {row["sync"] for row in ran.json} == {"here"}


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (("--officer", "hoa"), [1, 2]),
        (("--officer", "Le Thi Hoa"), [1, 2]),
        (("--state", "awaiting_supplement"), [3]),
        (("--urgency", "done"), [4]),
        (("--urgency", "soon"), []),
        (("--limit", "2"), [0, 1]),
        (("--limit", "0"), []),
        (("--officer", "hoa", "--limit", "1"), [1]),
    ],
)
def test_narrowed(cli: Cli, five: list[str], words: tuple[str, ...], places: list[int]) -> None:
    assert [row["id"] for row in cli("queue", *words, "--json").json] == [five[place] for place in places]


def test_for_people_it_is_a_line_a_dossier(cli: Cli, five: list[str]) -> None:
    lines = cli("queue").out.splitlines()
    assert len(lines) == 5
    assert "Chậm" in lines[0] and "Chờ bổ sung" in lines[3]
    assert cli("queue", "--lang", "en").out != cli("queue").out


@pytest.mark.parametrize(
    "words",
    [
        ("--officer", "nobody"),
        ("--state", "lost"),
        ("--urgency", "very"),
        ("--limit", "many"),
        ("--limit", "-1"),
        ("more",),
    ],
)
def test_wrong_usage(cli: Cli, five: list[str], words: tuple[str, ...]) -> None:
    ran = cli("queue", *words)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1


def test_search_finds_with_or_without_diacritics(cli: Cli, five: list[str]) -> None:
    for text in ("đến trước", "den truoc", "260520-0001", "TRUOC"):
        ran = cli("search", text, "--json")
        check(ran.json, "search")
        assert [row["id"] for row in ran.json] == [five[1]], text
    assert len(cli("search", "den", "--json").json) == 2
    assert len(cli("search", "den", "--limit", "1", "--json").json) == 1
    assert cli("search", "không có", "--json").json == []
    assert "Đến Trước" in cli("search", "den truoc").out
    assert cli("search").status == 2


def test_no_desk_here(cli: Cli, five: list[str], tmp_path: object) -> None:
    ran = cli("--data", tmp_path, "queue", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (1, "desk_missing")


def test_people_read_titles_and_scripts_codes(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    for words in (("queue",), ("search", "dang thi dao"), ("show", "0001")):
        spoken = cli(*words).out
        assert "Đăng ký thường trú" in spoken and "permanent-residence" not in spoken
    assert cli("queue", "--json").json[0]["procedure"] == "permanent-residence"
    assert "permanent residence" in cli("queue", "--lang", "en").out


MIXED = ("--buckets", "normal,soon,next_day", "--ties", "received_at")


def test_another_order_is_tried_before_it_is_set(cli: Cli, desk: Desk) -> None:
    first = take_in(desk, at=NOW - timedelta(days=1))
    second = take_in(desk, procedure="household-split")
    assert cli("queue", "order", "show", "--json").json["since"] is None
    tried = cli("queue", "order", "test", *MIXED, "--json")
    check(tried.json, "queue-order")
    assert [(one["id"], one["from"], one["to"]) for one in tried.json["moved"]] == [(first, 2, 1), (second, 1, 2)]
    assert "2 → 1" in cli("queue", "order", "test", *MIXED).out
    assert [row["id"] for row in cli("queue", "--json").json] == [second, first]
    done = cli("queue", "order", "set", *MIXED, "--reason", "TB 12", "--as", "lanh", "--json")
    check(done.json, "queue-order")
    assert (done.status, done.json["moved"]) == (0, tried.json["moved"])
    assert [row["id"] for row in cli("queue", "--json").json] == [first, second]
    shown = cli("queue", "order", "show", "--json").json
    check(shown, "queue-order")
    assert shown["buckets"][3:6] == ["normal", "soon", "next_day"] and shown["ties"] == ["received_at", "binding_at"]
    assert (shown["since"], shown["reason"], shown["moved"]) == ("2026-05-21", "TB 12", None)
    assert "TB 12" in cli("queue", "order", "show").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("test", "--buckets", "normal,today,soon,next_day"), "order_hides"),
        (("test", "--buckets", "normal,soon"), "order_buckets"),
        (("test", "--buckets", ","), "order_buckets"),
        (("test", "--ties", "officer"), "order_ties"),
        (("set", "--ties", "", "--reason", "x", "--as", "lanh"), "order_ties"),
        (("set", *MIXED, "--reason", "x", "--as", "hoa"), "role_missing"),
        (("set", *MIXED, "--reason", " ", "--as", "lanh"), "order_reason"),
    ],
)
def test_an_order_that_may_not_be_is_refused_with_words(
    cli: Cli, desk: Desk, words: tuple[str, ...], code: str
) -> None:
    ran = cli("queue", "order", *words, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, code)
    assert not ran.json["error"]["message"].startswith("error.")
    assert desk.bounds().order == BY_LAW
