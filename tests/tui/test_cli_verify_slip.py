"""`motcua verify-slip`: a citizen's question answered in words, and nothing that was altered passes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.slip_code import open_slip
from storage.database import transaction
from storage.desk import Desk
from storage.manner import SHEET
from storage.series import NO_WITNESS
from storage.slips import slip_code
from storage.spool import Spool
from tests.conftest import NOW, Ran, act, officer, take_in
from tests.schema_check import check
from tui.issuing import Ready, prepare

Cli = Callable[..., Ran]
WEEK_AGO = NOW - timedelta(days=7)


def slip(desk: Desk, dossier: str) -> str:
    found = desk.dossier(dossier)
    assert found is not None
    return slip_code(desk, found)


def changed(text: str, place: int) -> str:
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def test_a_slip_that_holds_tells_what_was_received_by_which_limit_and_when_it_is_due(cli: Cli, desk: Desk) -> None:
    ran = cli("verify-slip", slip(desk, take_in(desk, at=WEEK_AGO)))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "✓ Giấy hẹn đúng: chữ ký của quầy 1 khớp với nội dung.",
        "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ",
        "Hồ sơ H30-001-260514-0001: nhận 09:00 thứ Năm 14/05/2026, đơn vị H30-001.",
        "Thời hạn: 7 ngày làm việc (Đ.22.3 Luật Cư trú 2020)",
        "Hẹn trả: 17:00 thứ Hai 25/05/2026",
        "Tính lại theo luật của ngày nhận: ra cùng ngày.",
        "Hồ sơ ở đây vẫn hẹn như trên giấy (Mới nhận).",
    ]


def test_the_same_as_json_and_in_english(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, at=WEEK_AGO)
    ran = cli("verify-slip", slip(desk, dossier), "--json", "--lang", "en")
    check(ran.json, "verify-slip")
    assert ran.json["verdict"] == "holds" and ran.json["problem"] is None
    assert ran.json["claim"]["phases"] == [
        {"amount": "7", "unit": "working_day", "cutoff": None, "time": None, "starts_on": None}
    ]
    assert ran.json["claim"]["due_at"] == ran.json["recount"]["due_at"] == "2026-05-25T17:00:00+07:00"
    assert ran.json["desk"] == {"id": desk.identity.desk, "number": 1, "state": "confirmed"}
    assert (ran.json["dossier"]["id"], ran.json["dossier"]["same"]) == (dossier, True)
    assert "Due: 17:00 Monday 25/05/2026" in ran.json["lines"]


def test_every_changed_character_is_told(cli: Cli, desk: Desk) -> None:
    text = slip(desk, take_in(desk))
    for place in range(len(text)):
        ran = cli("verify-slip", changed(text, place), "--json")
        check(ran.json, "verify-slip")
        assert ran.status == 1 and ran.json["verdict"] != "holds", place
    body = len("MC1:") + 20
    assert cli("verify-slip", changed(text, body), "--json").json["verdict"] in ("altered", "unreadable")
    signature = cli("verify-slip", changed(text, len(text) - 20))
    assert "Giấy hẹn đã bị sửa" in signature.err
    assert "Hồ sơ H30-001-260521-0001 ở đây: nhận 09:00" in signature.out, "what is true stands beside it"


@pytest.mark.parametrize(
    ("text", "verdict", "words"),
    [
        ("", "unreadable", "không phải mã QR của giấy hẹn"),
        ("https://dichvucong.gov.vn/p/home", "unreadable", "không phải mã QR của giấy hẹn"),
        ("Nguyễn Thị Đào\x00\x1b", "unreadable", "không phải mã QR của giấy hẹn"),
        ("MC9:000", "unreadable", "phần mềm mới hơn"),
        ("MC1:B0", "unreadable", "thiếu hoặc sai ký tự"),
        ("MC1:ÂÂÂ", "unreadable", "thiếu hoặc sai ký tự"),
        ("h30-001-260521-0001", "unsigned", "không có chữ ký"),
        ("H30-001-990101-0001", "unsigned", "không có chữ ký"),
    ],
)
@pytest.mark.parametrize("piped", [False, True])
def test_what_is_no_signed_code_says_so(
    cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str, verdict: str, words: str, piped: bool
) -> None:
    take_in(desk)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    ran = cli("verify-slip", "-" if piped else text)
    assert ran.status == 1 and words in ran.err and "Traceback" not in ran.err
    assert ("ở đây: nhận 09:00 thứ Năm 21/05/2026" in ran.out) == ("260521" in text)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    ran = cli("verify-slip", "-" if piped else text, "--json")
    check(ran.json, "verify-slip")
    assert ran.json["verdict"] == verdict


@pytest.mark.parametrize("piped", [b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf", b"\x00" * 200_000])
def test_bytes_that_are_no_text_are_no_code(
    cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch, piped: bytes
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped), encoding="utf-8"))
    ran = cli("verify-slip", "-", "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "unreadable")


def test_a_scanner_or_a_file_may_give_it(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = slip(desk, take_in(desk))
    piped = b"\xef\xbb\xbf" + f"{text[:80].lower()}\r\n{text[80:]}\r\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped), encoding="utf-8"))
    assert cli("verify-slip", "-").status == 0


def test_without_a_desk_or_a_text_it_says_what_is_missing(cli: Cli, tmp_path) -> None:
    ran = cli("verify-slip", "MC1:000", "--data", tmp_path / "nothing", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (1, "desk_missing")
    assert cli("verify-slip").status == 2


def test_a_pause_makes_the_date_void_and_a_supplement_counts_from_a_new_day(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, at=WEEK_AGO)
    first = slip(desk, dossier)
    act(desk, dossier, "supplement_requested", items=["CT01"], at=WEEK_AGO + timedelta(hours=2))
    ran = cli("verify-slip", first)
    assert ran.status == 0
    assert ran.out.splitlines()[-3:] == [
        "Từ đó đã có thay đổi. Ngày hẹn của hồ sơ ở đây nay là: chưa có ngày (Chờ bổ sung). Vì:",
        "  – 11:00 thứ Năm 14/05/2026: Yêu cầu bổ sung",
        "Thời hạn đang dừng từ 11:00 thứ Năm 14/05/2026: ngày trên giấy không còn tính nữa, "
        "khi tiếp tục sẽ có ngày mới.",
    ]
    undated = slip(desk, dossier)
    assert "Giấy chưa có ngày hẹn: chờ công dân bổ sung hồ sơ." in cli("verify-slip", undated).out
    act(desk, dossier, "supplement_received", at=WEEK_AGO + timedelta(days=4))
    second = slip(desk, dossier)
    said = cli("verify-slip", second).out
    assert "Thời hạn tính từ 09:00 thứ Hai 18/05/2026 (nhận bổ sung)." in said and "ra cùng ngày" in said
    act(desk, dossier, "rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="x")
    moved = cli("verify-slip", second, "--json").json["dossier"]["moved_by"]
    assert [one["kind"] for one in moved] == ["rescheduled"], "what came before this slip did not move it"
    last = cli("verify-slip", slip(desk, dossier), "--json").json
    assert (last["claim"]["rests_on"], last["recount"]["result"]) == ("events", "not_counted")


def test_what_moved_it_is_told_from_the_print_on(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, at=WEEK_AGO)
    act(desk, dossier, "extended", amount="3", unit="working_day", basis="Đ.9", at=WEEK_AGO + timedelta(days=1))
    ready = prepare(desk, officer(desk), dossier, "receipt", SHEET)
    assert isinstance(ready, Ready) and Spool(desk).jobs() == [ready.paper]
    text = slip(desk, dossier)
    act(desk, dossier, "extended", amount="1", unit="working_day", basis="Đ.9")
    told = cli("verify-slip", text, "--json").json["dossier"]["moved_by"]
    assert told == [{"kind": "extended", "at": NOW.isoformat()}]


def test_an_earlier_promise_is_earlier_than_the_law(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "promised_earlier", due_at="2026-05-28T15:00:00+07:00", reason="người già")
    said = cli("verify-slip", slip(desk, dossier)).out
    assert "Hẹn trả: 15:00 thứ Năm 28/05/2026" in said and "Cơ quan hẹn trả sớm hơn thời hạn." in said
    assert "hạn là 17:00 thứ Hai 01/06/2026, muộn hơn ngày hẹn" in said


def test_a_slip_without_a_number_holds_too_and_is_found_when_it_has_one(cli: Cli, desk: Desk) -> None:
    desk.connection.execute("INSERT INTO hub (url, sent, received) VALUES ('folder:x', 0, 0)")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    dossier = take_in(desk)
    text = slip(desk, dossier)
    assert open_slip(text).claim.dossier == dossier
    ran = cli("verify-slip", text)
    assert ran.status == 0 and "Giấy tạm, chưa có mã hồ sơ: nhận 09:00" in ran.out
    assert cli("show", text, "--json").json["id"] == dossier


def test_a_dossier_is_named_by_its_qr_on_the_command_line(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    take_in(desk, "Lê Ngọc Ánh")
    for text in (slip(desk, dossier), slip(desk, dossier).lower()):
        assert cli("show", text, "--json").json["id"] == dossier
        assert [row["id"] for row in cli("search", text, "--json").json] == [dossier]
    assert cli("show", slip(desk, dossier)[:-1]).status == 1


def test_a_slip_that_waits_says_what_for(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, procedure="vehicle-first-registration")
    ran = cli("verify-slip", slip(desk, dossier), "--json")
    check(ran.json, "verify-slip")
    claim = ran.json["claim"]
    assert (ran.status, claim["due_at"], claim["waits_for"]) == (0, None, "payment_received")
    assert claim["limit"] == "2 ngày làm việc kể từ khi nộp đủ lệ phí"
    assert datetime.fromisoformat(claim["received_at"]) == NOW
