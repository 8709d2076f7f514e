"""`motcua handover`: the sheet, signing over, accepting."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.handover import sheet_hash
from core.moments import legal_day
from core.readback import action_of
from core.record import Draft
from core.rostering import NoteAbsence
from core.sheet import ACTIONS, SECTIONS
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from tests.conftest import NOW, Ran, act, officer, take_in
from tests.readback import restated
from tests.schema_check import check
from tui.handover import action_words, due_reason

Cli = Callable[..., Ran]


def section(sheet: dict[str, Any], name: str) -> list[Any]:
    return next(one["items"] for one in sheet["sections"] if one["name"] == name)


@pytest.fixture
def said(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """A file of restatements."""

    def write(content: dict[str, str]) -> Path:
        file = tmp_path / "said.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        return file

    return write


@pytest.fixture
def work(desk: Desk) -> str:
    dossier = take_in(desk, by="hoa", fee_paid="20000")
    act(desk, dossier, "original_taken", by="hoa", paper="Hộ chiếu")
    return dossier


def test_the_sheet_as_it_would_be_now_signs_nothing(cli: Cli, desk: Desk, work: str) -> None:
    heads = desk.log.heads()
    sheet = cli("handover", "--json").json
    check(sheet, "handover")
    assert (sheet["id"], sheet["from"], sheet["to"], sheet["signed"]) == (None, None, None, [])
    assert [section["name"] for section in sheet["sections"]] == list(SECTIONS)
    mine = cli("handover", "--as", "hoa", "--json").json
    assert mine["from"] == "hoa"
    assert desk.log.heads() == heads
    assert cli("handover").status == 0


def test_two_signatures_and_a_readback(cli: Cli, desk: Desk, work: str, tmp_path: Path) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    check(over, "handover")
    assert (over["from"], over["to"], [one["officer"] for one in over["signed"]]) == ("hoa", "khai", ["hoa"])
    readback = tmp_path / "readback.json"
    said = {"group:finish": "Giai quyet xong", "count:held": "1", "money:cash": "20.000"}
    keys = {item["item"] for item in section(over, "readback")}
    assert keys == said.keys(), "the sheet names what is to be read back"
    readback.write_text(json.dumps(said), encoding="utf-8")
    paper = tmp_path / "sheet.pdf"
    words = ("handover", "--accept", over["id"], "--readback", readback, "--out", paper, "--as", "khai", "--json")
    taken = cli(*words).json
    check(taken, "handover")
    assert [one["officer"] for one in taken["signed"]] == ["hoa", "khai"]
    assert taken["sections"] == over["sections"]
    row = desk.row(work)
    assert row is not None and row["officer"] == "officer-khai"
    accepted = desk.log.events_of(f"shift:{over['id']}")[-1]
    assert accepted.body["readback"] == said

    from pypdf import PdfReader

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    assert "H30-001-260521-0001" in text.replace("\u200b", "").replace("-\n", "-")
    for name in ("Lê Thị Hoa", "Vũ Quang Khải", "Giai quyet xong"):
        assert name in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--to", "hoa", "--as", "hoa"), 1, "handover_to_self"),
        (("--to", "nobody", "--as", "hoa"), 2, "officer_unknown"),
        (("--to", "khai", "--accept", "x", "--as", "hoa"), 2, "handover_both"),
        (("--to", "khai"), 2, "officer_not_named"),
        (("--to", "", "--as", "hoa"), 2, "officer_unknown"),
        (("--for", "hoa", "--as", "lanh"), 2, "handover_option"),
        (("--note", "x", "--as", "hoa"), 2, "handover_option"),
        (("--readback", "x", "--to", "khai", "--as", "hoa"), 2, "handover_option"),
        (("--limit", "3", "--as", "hoa"), 2, "handover_option"),
        (("--accept", "", "--as", "khai"), 1, "handover_unknown"),
        (("--count", "", "--as", "hoa"), 1, "readback_unreadable"),
        (("--to", "tra", "--as", "hoa"), 1, "receiver_may_not"),
        (("--to", "khai", "--as", "tra"), 1, "role_missing"),
        (("--to", "khai", "--for", "hoa", "--as", "lanh"), 1, "override_without_reason"),
        (("--accept", "no-such", "--as", "khai"), 1, "handover_unknown"),
        (("--ask", "no-such", "x", "?", "--as", "khai"), 1, "handover_unknown"),
        (("--answer", "no-such", "x", "!", "--as", "khai"), 1, "handover_unknown"),
        (("--review", "no-such"), 1, "handover_unknown"),
        (("--review", "--out", "x.pdf"), 2, "handover_out"),
        (("--accept", "x", "--readback", "/no/such/file", "--as", "khai"), 1, "readback_unreadable"),
    ],
)
def test_what_is_refused(cli: Cli, work: str, words: tuple[str, ...], status: int, code: str) -> None:
    ran = cli("handover", *words, "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_the_wrong_officer_and_the_second_time(cli: Cli, desk: Desk, work: str, said: Any) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    accept = ("handover", "--accept", over["id"], "--readback", said(restated(desk, over["id"])), "--json", "--as")
    assert cli(*accept, "lanh").json["error"]["code"] == "override_without_reason"
    assert cli(*accept, "khai").status == 0
    again = cli(*accept, "khai")
    assert (again.status, again.json["error"]["code"]) == (1, "handover_accepted")


def test_what_was_not_or_wrongly_read_back_is_refused_by_its_item(cli: Cli, desk: Desk, work: str, said: Any) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    right = restated(desk, over["id"])
    accept = ("handover", "--accept", over["id"], "--as", "khai", "--json")
    assert cli(*accept).json["error"]["code"] == "readback_missing"
    for item, words, code in (
        ("group:finish", "chờ nộp phí", "readback_wrong"),
        ("count:held", "7", "count_differs"),
        ("money:cash", "15.000", "count_differs"),
    ):
        ran = cli(*accept, "--readback", said(right | {item: words}))
        assert (ran.status, ran.json["error"]["code"]) == (1, code) and item in ran.json["error"]["message"]
    row = desk.row(work)
    assert row is not None and row["officer"] == "officer-hoa"
    assert cli(*accept, "--readback", said(right | {"money:cash": "15.000", "reason": "thối nhầm"})).status == 0


def test_asking_back_answering_and_a_leader_in_anothers_place(cli: Cli, desk: Desk, work: str, said: Any) -> None:
    to = (
        "handover",
        "--to",
        "khai",
        "--for",
        "hoa",
        "--reason",
        "đi viện",
        "--note",
        "khóa ở bàn trực",
        "--as",
        "lanh",
    )
    over = cli(*to, "--json").json
    check(over, "handover")
    assert (over["from"], over["overridden"], section(over, "notes")) == (
        "hoa",
        ["đi viện"],
        [{"text": "khóa ở bàn trực"}],
    )
    number = section(over, "open")[0]["receipt_number"]
    asked = cli("handover", "--ask", over["id"], number, "bản chính ở đâu?", "--as", "khai", "--json").json
    check(asked, "handover")
    assert [(one["item"], one["answer"]) for one in asked["questions"]] == [(work, None)]
    answered = cli("handover", "--answer", over["id"], number, "ngăn 3", "--as", "hoa", "--json").json
    assert [one["answer"] for one in answered["questions"]] == ["ngăn 3"]
    file = said(restated(desk, over["id"]))
    take = ("handover", "--accept", over["id"], "--readback", file, "--as", "lanh", "--reason", "không đến", "--json")
    assert cli(*take).json["to"] == "lanh"
    row = desk.row(work)
    assert row is not None and row["officer"] == "officer-lanh"


@pytest.mark.parametrize(
    ("text", "code"), [("", "words_missing"), ("x" * 501, "words_too_long"), ("\x1b[31m", "control_character")]
)
def test_what_cannot_be_asked_or_answered_or_noted(cli: Cli, desk: Desk, work: str, text: str, code: str) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json["id"]
    asked = cli("handover", "--ask", over, work, text, "--as", "khai", "--json")
    check(asked.json, "error")
    assert (asked.status, asked.json["error"]["code"]) == (1, code)
    assert cli("handover", "--ask", over, work, "ở đâu?", "--as", "khai").status == 0
    assert cli("handover", "--answer", over, work, text, "--as", "hoa", "--json").json["error"]["code"] == code
    if text:
        noted = cli("handover", "--to", "khai", "--note", text, "--as", "hoa", "--json")
        assert noted.json["error"]["code"] == code


def test_counting_the_drawer_at_the_days_end(cli: Cli, desk: Desk, work: str, said: Any) -> None:
    count = ("handover", "--as", "hoa", "--json", "--count")
    assert cli(*count, said({"money:cash": "1"})).json["error"]["code"] == "count_differs"
    check(cli(*count, said({"money:cash": "20000"})).json, "handover")
    assert desk.log.events_of(f"desk:{desk.identity.desk}")[-1].kind == "money_counted"


def test_past_handovers_tell_what_became_of_their_watchers(
    cli: Cli, desk: Desk, work: str, said: Any, tmp_path: Path
) -> None:
    late = take_in(desk, "Phạm Gia Bảo", at=NOW - timedelta(days=20))
    act(desk, late, "assigned", to="officer-hoa")
    sheet = cli("handover", "--as", "hoa", "--json").json
    assert [one["id"] for one in section(sheet, "apology_owed")] == [late]
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    (past,) = cli("handover", "--review", "--json").json
    check([past], "handover-review")
    assert (past["accepted_at"], past["counts"]) == (None, {"still_late": 1})
    cli("handover", "--accept", over["id"], "--readback", said(restated(desk, over["id"])), "--as", "khai")
    act(desk, late, "result_ready", by="khai")
    (past,) = cli("handover", "--review", over["id"], "--json").json
    check([past], "handover-review")
    assert [(one["id"], one["became"], one["owner"]) for one in past["watchers"]] == [(late, "done_late", "khai")]
    record = tmp_path / "record.pdf"
    shown = cli("handover", "--review", over["id"], "--out", record)
    assert record.read_bytes().startswith(b"%PDF-")
    assert "xong, trễ" in shown.out and "Lê Thị Hoa → Vũ Quang Khải" in shown.out


def test_past_handovers_by_pages(cli: Cli, desk: Desk, work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(5):
        monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(minutes=minute)).isoformat())
        assert cli("handover", "--to", "khai", "--as", "hoa").status == 0
    everything = [one["id"] for one in cli("handover", "--review", "--json").json]
    assert len(everything) == 5
    page = cli("handover", "--review", "--limit", "2", "--json").json
    assert [one["id"] for one in page] == everything[:2]
    page = cli("handover", "--review", "--limit", "2", "--before", everything[1], "--json").json
    assert [one["id"] for one in page] == everything[2:4]


def test_a_leader_hands_over_for_somebody_who_has_left(cli: Cli, desk: Desk, work: str) -> None:
    draft = Draft("officer:officer-hoa", "officer_changed", NOW, {"active": False})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([draft], "officer-lanh", epoch_ms(NOW)))
    words = ("handover", "--to", "khai", "--for", "hoa", "--reason", "chuyển công tác", "--as", "lanh", "--json")
    over = cli(*words).json
    check(over, "handover")
    assert (over["from"], over["overridden"]) == ("hoa", ["chuyển công tác"])


def test_what_the_forecast_breaks_is_told_as_the_schema_says(cli: Cli, desk: Desk, work: str) -> None:
    away = NoteAbsence("officer-hoa", legal_day(NOW), legal_day(NOW) + timedelta(days=90), "ốm", NOW)
    assert isinstance(desk.do(away, officer(desk)), Done)
    sheet = cli("handover", "--as", "hoa", "--json").json
    check(sheet, "handover")
    (line,) = section(sheet, "foreseen")
    assert line["id"] == work and line["short_minutes"] > 0
    assert {"if": "still_foreseen", "count": 1} in section(sheet, "contingencies")


def test_the_hash_is_of_the_sections_and_stays(cli: Cli, desk: Desk, work: str) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    assert over["sha256"] == sheet_hash(over["sections"])
    given = desk.log.events_of(f"shift:{over['id']}")[0]
    assert given.body["sha256"] == over["sha256"]


def test_every_action_is_told_apart_by_its_own_words() -> None:
    words = action_words()
    for action in ACTIONS:
        assert [action_of(called, words) for called in words[action]] == [action, action]


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', ""])
def test_a_readback_that_says_nothing(cli: Cli, work: str, tmp_path: Path, content: str) -> None:
    file = tmp_path / "readback.json"
    file.write_text(content, encoding="utf-8")
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    ran = cli("handover", "--accept", over["id"], "--readback", file, "--as", "khai", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "readback_unreadable")
    assert len(cli("handover", "--review", over["id"], "--json").json) == 1


def test_a_place_where_no_file_can_be(cli: Cli, work: str, tmp_path: Path) -> None:
    ran = cli("handover", "--out", tmp_path / "no" / "sheet.pdf", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unwritable")


def test_the_record_says_in_a_line_why_a_dossier_is_due(desk: Desk) -> None:
    dossier = take_in(desk)
    assert due_reason(desk, dossier) == "7 ngày làm việc: 22, 25, 26, 27, 28, 29/5, 1/6"
    act(desk, dossier, "supplement_requested")
    assert due_reason(desk, dossier) == ""


def test_what_was_counted_otherwise_and_what_was_asked_stand_in_the_record(
    cli: Cli, desk: Desk, work: str, said: Any, tmp_path: Path
) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json["id"]
    cli("handover", "--ask", over, work, "bản chính ở đâu?", "--as", "khai")
    cli("handover", "--answer", over, work, "ngăn 3", "--as", "hoa")
    words = restated(desk, over) | {"money:cash": "19.000", "reason": "thối nhầm"}
    paper = tmp_path / "record.pdf"
    accept = ("handover", "--accept", over, "--readback", said(words), "--out", paper, "--as", "khai", "--json")
    taken = cli(*accept).json
    check(taken, "handover")
    assert {"item": "money:cash", "expected": "20000", "said": "19.000", "differs": True} in taken["readback"]
    assert [one["item"] for one in taken["readback"] if one["differs"]] == ["money:cash"]
    assert taken["difference_reason"] == "thối nhầm"

    (past,) = cli("handover", "--review", over, "--json").json
    check([past], "handover-review")
    assert past["differences"] == [{"item": "money:cash", "expected": "20000", "said": "19.000"}]
    assert past["difference_reason"] == "thối nhầm"

    from pypdf import PdfReader

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    for shown in (" ".join(text.split()), cli("handover", "--review", over).out):
        for told in ("20.000", "19.000", "Lý do lệch: thối nhầm", "bản chính ở đâu? → ngăn 3"):
            assert told in shown


def test_who_was_asked_and_who_is_waited_for_find_it_on_their_own_sheets(cli: Cli, desk: Desk, work: str) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json["id"]
    theirs = cli("handover", "--as", "khai", "--json").json
    check(theirs, "handover")
    assert theirs["waiting"] == [over] and over in cli("handover", "--as", "khai").out
    cli("handover", "--ask", over, work, "bản chính ở đâu?", "--as", "khai")
    mine = cli("handover", "--as", "hoa", "--json").json
    check(mine, "handover")
    assert [(one["handover"], one["item"], one["question"]) for one in mine["questions"]] == [
        (over, work, "bản chính ở đâu?")
    ]
    assert "bản chính ở đâu?" in cli("handover", "--as", "hoa").out
    cli("handover", "--answer", over, work, "ngăn 3", "--as", "hoa")
    assert cli("handover", "--as", "hoa", "--json").json["questions"] == []


def test_the_stations_sheet_tells_whose_each_line_is(cli: Cli, desk: Desk, work: str, tmp_path: Path) -> None:
    from pypdf import PdfReader

    paper = tmp_path / "sheet.pdf"
    shown = cli("handover", "--out", paper).out
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    assert "(hoa phụ trách)" in shown and "Phụ trách" in text
    own = cli("handover", "--as", "hoa", "--out", paper).out
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    assert "phụ trách" not in own and "Phụ trách" not in text
