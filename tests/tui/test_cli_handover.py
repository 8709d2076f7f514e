"""`motcua handover`: the sheet, signing over, accepting."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.handover import SECTIONS
from storage.desk import Desk
from tests.conftest import Ran, act, take_in
from tests.schema_check import check
from tui.handover import due_reason

Cli = Callable[..., Ran]


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
    assert [section["name"] for section in sheet["sections"]] == ["summary", *SECTIONS, "fees"]
    mine = cli("handover", "--as", "hoa", "--json").json
    assert mine["from"] == "hoa"
    assert desk.log.heads() == heads
    assert cli("handover").status == 0


def test_two_signatures_and_a_readback(cli: Cli, desk: Desk, work: str, tmp_path: Path) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    check(over, "handover")
    assert (over["from"], over["to"], [one["officer"] for one in over["signed"]]) == ("hoa", "khai", ["hoa"])
    readback = tmp_path / "readback.json"
    readback.write_text(json.dumps({work: "một hộ chiếu"}), encoding="utf-8")
    paper = tmp_path / "sheet.pdf"
    words = ("handover", "--accept", over["id"], "--readback", readback, "--out", paper, "--as", "khai", "--json")
    taken = cli(*words).json
    check(taken, "handover")
    assert [one["officer"] for one in taken["signed"]] == ["hoa", "khai"]
    assert taken["sections"] == over["sections"]
    row = desk.row(work)
    assert row is not None and row["officer"] == "officer-khai"
    accepted = desk.log.events_of(f"shift:{over['id']}")[-1]
    assert accepted.body["readback"] == {work: "một hộ chiếu"}

    from pypdf import PdfReader

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.read_bytes())).pages)
    assert "H30-001-260521-0001" in text.replace("\u200b", "").replace("-\n", "-")
    for name in ("Lê Thị Hoa", "Vũ Quang Khải"):
        assert name in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--to", "hoa", "--as", "hoa"), 1, "handover_to_self"),
        (("--to", "nobody", "--as", "hoa"), 2, "officer_unknown"),
        (("--to", "khai", "--accept", "x", "--as", "hoa"), 2, "handover_both"),
        (("--to", "khai"), 2, "officer_not_named"),
        (("--to", "khai", "--as", "tra"), 1, "role_missing"),
        (("--accept", "no-such", "--as", "khai"), 1, "handover_unknown"),
        (("--accept", "x", "--readback", "/no/such/file", "--as", "khai"), 1, "readback_unreadable"),
    ],
)
def test_what_is_refused(cli: Cli, work: str, words: tuple[str, ...], status: int, code: str) -> None:
    ran = cli("handover", *words, "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_the_wrong_officer_and_the_second_time(cli: Cli, work: str) -> None:
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    assert (
        cli("handover", "--accept", over["id"], "--as", "lanh", "--json").json["error"]["code"] == "handover_not_yours"
    )
    assert cli("handover", "--accept", over["id"], "--as", "khai", "--json").status == 0
    again = cli("handover", "--accept", over["id"], "--as", "khai", "--json")
    assert (again.status, again.json["error"]["code"]) == (1, "handover_accepted")


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', ""])
def test_a_readback_that_says_nothing(cli: Cli, work: str, tmp_path: Path, content: str) -> None:
    file = tmp_path / "readback.json"
    file.write_text(content, encoding="utf-8")
    over = cli("handover", "--to", "khai", "--as", "hoa", "--json").json
    ran = cli("handover", "--accept", over["id"], "--readback", file, "--as", "khai", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "readback_unreadable")
    assert len(cli("handover", "--accept", over["id"], "--as", "khai", "--json").json["signed"]) == 2


def test_a_place_where_no_file_can_be(cli: Cli, work: str, tmp_path: Path) -> None:
    ran = cli("handover", "--out", tmp_path / "no" / "sheet.pdf", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unwritable")


def test_the_record_says_in_a_line_why_a_dossier_is_due(desk: Desk) -> None:
    dossier = take_in(desk)
    assert due_reason(desk, dossier) == "7 ngày làm việc: 22, 25, 26, 27, 28, 29/5, 1/6"
    act(desk, dossier, "supplement_requested")
    assert due_reason(desk, dossier) == ""
