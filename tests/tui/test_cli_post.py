"""`motcua post`: batches, numbers that came later, deliveries, letters that came back, a carrier's list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.decisions import Undo
from storage.desk import Desk, Done
from storage.verification import verify
from tests.conftest import NOW, Ran, act, officer, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
AS = ("--as", "hoa", "--json")


@pytest.fixture
def batch(cli: Cli, desk: Desk) -> str:
    """Three results, taken along by the post yesterday; the second has a number."""
    for name in ("Đặng Thị Đào", "Lê Ngọc Ánh", "Vũ Đình Khánh"):
        act(desk, take_in(desk, name, return_by="post", at=NOW - timedelta(days=3)), "result_ready", shelf="B3",
            at=NOW - timedelta(days=2))  # fmt: skip
    ran = cli("results", "to_post", "0001", "0002=eb 123-456", "0003", "--do", "--carrier", "VNPost", *AS)
    assert ran.status == 0
    return str(ran.json["number"])


def listed(cli: Cli, *words: str) -> list[dict[str, object]]:
    ran = cli("post", *words, "--json")
    assert ran.status == 0
    check(ran.json, "post-batches" if words[0] == "batches" else "post-letters")
    return list(ran.json)


def done(ran: Ran) -> list[tuple[object, object]]:
    check(ran.json, "post-done")
    return [(one["done"], one["error"] and one["error"]["code"]) for one in ran.json]


def test_batches_tell_what_became_of_their_letters(cli: Cli, batch: str, desk: Desk) -> None:
    (one,) = listed(cli, "batches")
    counts = ("dossiers", "out", "delivered", "returned", "taken_back")
    assert [one[name] for name in counts] == [3, 3, 0, 0, 0]
    assert cli("post", "delivered", "0001", "--date", "2026-05-21", "--proof", "con trai", *AS).status == 0
    assert cli("post", "came-back", "0002", "--reason", "đi vắng", "--next", "counter", *AS).status == 0
    (one,) = listed(cli, "batches")
    assert [one[name] for name in counts] == [3, 1, 1, 1, 0]
    first, second, third = listed(cli, "show", batch)
    assert (first["stands"], first["delivered_on"], first["proof"]) == ("delivered", "2026-05-21", "con trai")
    assert (second["stands"], second["reason"], second["next"]) == ("returned", "đi vắng", "counter")
    assert (third["stands"], third["tracking"]) == ("out", None)
    assert [one["id"] for one in listed(cli, "returned")] == [second["id"]]
    assert batch in cli("post", "batches").out and "đi vắng" in cli("post", "returned").out
    assert verify(desk).holds


def test_a_number_comes_later_and_only_to_what_was_sent(cli: Cli, batch: str, desk: Desk) -> None:
    assert done(cli("post", "track", "0001=EB 9", "0003=EB 10", *AS)) == [("track", None)] * 2
    assert [one["tracking"] for one in listed(cli, "out")] == ["EB 9", "eb 123-456", "EB 10"]
    act(desk, other := take_in(desk, "Ai đó"), "result_ready")
    assert done(cli("post", "track", f"{other}=EB 11", *AS)) == [("rejected", "never_posted")]
    assert cli("post", "track", "0002", *AS).json["error"]["code"] == "tracking_missing"
    assert cli("post", "track", "0002=X", "--as", "khai", "--json").json[0]["error"]["code"] == "role_missing"


def test_no_letter_is_delivered_before_it_was_sent_nor_tomorrow(cli: Cli, batch: str, desk: Desk) -> None:
    assert done(cli("post", "delivered", "0001", "--date", "2026-05-20", *AS)) == [
        ("rejected", "delivered_before_sent")
    ]
    assert done(cli("post", "delivered", "0001", "--date", "2026-05-22", *AS)) == [("rejected", "delivered_in_future")]
    assert cli("post", "delivered", "0001", "--date", "31/05", *AS).json["error"]["code"] == "date_invalid"
    assert cli("post", "show", "BC-1", "--json").json["error"]["code"] == "post_batch_unknown"
    assert [one["stands"] for one in listed(cli, "show", batch)] == ["out"] * 3


def test_still_out_beyond_some_days(cli: Cli, batch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(listed(cli, "out")) == 3 and listed(cli, "out", "--days", "7") == []
    monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(days=8)).isoformat())
    assert len(listed(cli, "out", "--days", "7")) == 3


def carrier_list(path: Path, *rows: tuple[object, ...]) -> Path:
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(path)
    else:
        path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["phat.csv", "phat.xlsx"])
def test_a_carriers_list_is_taken_over_and_its_rejects_told(cli: Cli, batch: str, tmp_path: Path, name: str) -> None:
    cli("post", "track", "0001=EB9", "0003=EB10", *AS)
    file = carrier_list(
        tmp_path / name,
        ("Số hiệu bưu gửi", "Trạng thái", "Ngày phát", "Người nhận", "Lý do"),
        ("EB123456", "Phát thành công", "21/05/2026", "Ánh", ""),
        ("EB9", "Chuyển hoàn", "", "", "sai địa chỉ"),
        ("EB10", "Đã phát", "32/05/2026", "", ""),
        ("EB10", "thất lạc?", "", "", ""),
        ("EB77", "Đã phát", "21/05/2026", "", ""),
        ("", "Đã phát", "21/05/2026", "", ""),
    )
    expected = [
        ("delivered", None), ("returned", None), ("rejected", "date_invalid"), ("rejected", "carrier_status_unknown"),
        ("rejected", "tracking_unknown"), ("rejected", "tracking_missing"),
    ]  # fmt: skip
    dry = cli("post", "import", str(file), "--dry-run", *AS)
    assert (dry.status, done(dry)) == (1, expected)
    assert [one["stands"] for one in listed(cli, "show", batch)] == ["out"] * 3
    ran = cli("post", "import", str(file), *AS)
    assert done(ran) == expected and [one["line"] for one in ran.json] == [2, 3, 4, 5, 6, 7]
    assert [one["stands"] for one in listed(cli, "show", batch)] == ["returned", "delivered", "out"]
    again = cli("post", "import", str(file), *AS)
    assert done(again)[:2] == [("known", None)] * 2


def test_a_dry_run_decides_each_line_after_those_before_it(cli: Cli, desk: Desk, batch: str, tmp_path: Path) -> None:
    number = listed(cli, "show", batch)[0]["receipt_number"]
    file = carrier_list(
        tmp_path / "so.csv",
        ("Mã hồ sơ", "Số hiệu", "Trạng thái", "Ngày"),
        (number, "EB555", "", ""),
        ("", "EB555", "Đã phát", "21/05/2026"),
    )
    before = listed(cli, "show", batch)
    dry = cli("post", "import", str(file), "--dry-run", *AS)
    assert listed(cli, "show", batch) == before and verify(desk).holds
    ran = cli("post", "import", str(file), *AS)
    assert done(dry) == done(ran) == [("tracked", None), ("delivered", None)]
    assert verify(desk).holds


def test_numbers_come_by_a_list_of_dossiers(cli: Cli, batch: str, tmp_path: Path) -> None:
    number = listed(cli, "show", batch)[0]["receipt_number"]
    file = carrier_list(tmp_path / "so.csv", ("Mã hồ sơ", "Số hiệu"), (number, "EB 55"), ("không có", "EB 56"))
    assert done(cli("post", "import", str(file), *AS)) == [("tracked", None), ("rejected", "code_unknown")]
    assert listed(cli, "show", batch)[0]["tracking"] == "EB 55"


def test_what_is_no_list_is_said_to_be_none(cli: Cli, batch: str, tmp_path: Path) -> None:
    empty, other = tmp_path / "a.csv", carrier_list(tmp_path / "b.csv", ("a", "b"), (1, 2))
    empty.write_text("", encoding="utf-8")
    assert cli("post", "import", str(empty), *AS).json["error"]["code"] == "table_empty"
    assert cli("post", "import", str(other), *AS).json["error"]["code"] == "carrier_list_columns"
    assert cli("post", "import", str(tmp_path / "c.xlsx"), *AS).json["error"]["code"] == "file_unreadable"


def test_an_undone_sending_is_no_letter_any_more(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, return_by="post")
    act(desk, dossier, "result_ready")
    act(desk, dossier, "handed_to_post", carrier="VNPost", tracking="EB1")
    assert len(listed(cli, "out")) == 1
    group = desk.dossier(dossier).events[-1].event_id
    assert isinstance(desk.do(Undo(dossier, group, NOW), officer(desk)), Done)
    assert listed(cli, "out") == [] and verify(desk).holds
