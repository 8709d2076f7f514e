"""`motcua outreach` and `motcua feedback`, as scripts call them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import Ran, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
AS = ("--as", "hoa")
MEETING = ("outreach", "add", "--kind", "meeting", "--title", "Đối thoại cơ sở lưu trú", "--json")


def code_of(ran: Ran) -> str:
    return str(ran.json["error"]["code"])


def ask(cli: Cli, *words: object, kind: str = "question", text: str = "Bao lâu thì xong?") -> Ran:
    return cli("feedback", "add", "--kind", kind, "--text", text, *words, *AS, "--json")


def test_a_meeting_is_written_down_once(cli: Cli, desk: Desk) -> None:
    words = ("--date", "2026-05-20", "--audience", "200", "--procedure", "permanent-residence", "--place", "UBND")
    ran = cli(*MEETING, *words, *AS)
    check(ran.json, "outreach")
    assert (ran.status, ran.json["audience"], ran.json["procedures"]) == (0, 200, ["permanent-residence"])
    again = cli(*MEETING, "--date", "2026-05-20", *AS)
    assert (again.status, code_of(again)) == (1, "outreach_repeated")
    listed = cli("outreach", "list", "--json").json
    check(listed, "outreach-list")
    assert [one["id"] for one in listed] == [ran.json["id"]]
    assert (listed[0]["place"], listed[0]["note"]) == ("UBND", None)
    assert cli("outreach", "list", "--from", "2026-05-21", "--json").json == []


def test_uptake_counts_what_came_before_and_after(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(desk, channel="counter")
    take_in(desk, channel="online", procedure="residence-confirmation")
    monkeypatch.setenv("MOTCUA_NOW", "2026-05-25T09:00:00+07:00")
    words = ("--date", "2026-05-22", "--until", "2026-05-23", "--procedure", "permanent-residence")
    found = cli(*MEETING, *words, *AS).json["uptake"]
    assert found["before"] | {"from": ""} == {"from": "", "to": "2026-05-21", "dossiers": 1, "online": 0}
    assert found["after"] == {"from": "2026-05-24", "to": "2026-05-25", "dossiers": 0, "online": 0}
    assert found["whole"] is False
    said = cli("outreach", "list").out
    assert "0/1 hồ sơ nộp trực tuyến (0 %, khoảng 0–79 %)" in said and "chưa có số liệu" in said


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--date", "2026-05-22"), 1, "outreach_not_held"),
        (("--date", "2026-02-30"), 1, "date_invalid"),
        (("--date", "2026-05-20", "--until", "2026-05-19"), 1, "outreach_ends_before"),
        (("--date", "2026-05-20", "--audience", "-3"), 1, "number_unread"),
        (("--date", "2026-05-20", "--audience", "99999999999"), 1, "outreach_audience"),
        (("--date", "2026-05-20", "--procedure", "gì đó"), 1, "procedure_unknown"),
        (("--date", "2020-01-01"), 1, "too_far_back"),
        (("--date", "2026-05-20", "--title", "  "), 1, "outreach_title_missing"),
        (("--date", "2026-05-20", "--kind", "tiệc"), 1, "outreach_kind_unknown"),
    ],
)
def test_what_was_not_held(cli: Cli, desk: Desk, words: tuple[str, ...], status: int, code: str) -> None:
    ran = cli(*MEETING, *words, *AS)
    assert (ran.status, code_of(ran)) == (status, code)
    assert cli("outreach", "list", "--json").json == []


def test_a_question_is_owed_answered_and_its_words_destroyed(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    ran = ask(cli, "--dossier", dossier, "--who", "Bà Yến", "--contact", "0905123456")
    check(ran.json, "feedback")
    assert (ran.json["due"], ran.json["limit"], ran.json["verified"]) == ("2026-05-28", "5 working_day", False)
    assert ran.json["procedure"] == "permanent-residence" and ran.json["receipt_number"]
    code = ran.json["code"]
    owed = cli("feedback", "list", "--json").json
    check(owed, "feedback-list")
    assert [one["code"] for one in owed] == [code]
    assert [one["code"] for one in cli("feedback", "list", "--dossier", dossier, "--json").json] == [code]
    early = cli("feedback", "destroy", code, "--reason", "hết hạn lưu", "--as", "tmd", "--json")
    assert code_of(early) == "feedback_open"
    said = cli("feedback", "answer", code, "--text", "Bảy ngày làm việc.", "--way", "phone", *AS, "--json")
    check(said.json, "feedback")
    assert [one["text"] for one in said.json["answers"]] == ["Bảy ngày làm việc."]
    assert code_of(cli("feedback", "answer", code, "--text", "x", *AS, "--json")) == "feedback_answered_already"
    assert cli("feedback", "list", "--json").json == []
    assert code_of(cli("feedback", "destroy", code, "--reason", "x", *AS, "--json")) == "role_missing"
    gone = cli("feedback", "destroy", code, "--reason", "hết hạn lưu", "--as", "tmd", "--json")
    check(gone.json, "feedback")
    assert gone.json["destroyed"] and gone.json["text"] is None and gone.json["who"] is None
    assert "Yến" not in cli("export").out and "Bảy ngày" not in cli("export").out
    assert cli("verify").status == 0
    assert code_of(cli("feedback", "answer", code, "--text", "x", *AS, "--json")) == "feedback_gone"


def test_show_tells_what_was_said_of_a_dossier(cli: Cli, desk: Desk) -> None:
    dossier, other = take_in(desk), take_in(desk, name="Lê Ngọc Ánh")
    code = ask(cli, "--dossier", dossier).json["code"]
    shown = cli("show", dossier, "--json").json
    check(shown, "show")
    (one,) = shown["feedback"]
    assert (one["code"], one["kind"], one["due"], one["answered_at"]) == (code, "question", "2026-05-28", None)
    assert f"Phản ánh {code}: hỏi, hạn 28/05/2026" in cli("show", dossier).out
    assert cli("show", other, "--json").json["feedback"] == []
    assert "Phản ánh" not in cli("show", other).out
    cli("feedback", "answer", code, "--text", "Bảy ngày.", *AS)
    (one,) = cli("show", dossier, "--json").json["feedback"]
    assert one["answered_at"] and one["days_late"] == 0


def test_what_was_written_by_mistake_is_taken_back_before_it_is_answered(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    code = ask(cli, "--dossier", dossier).json["code"]
    assert code_of(cli("feedback", "withdraw", code, "--reason", "  ", *AS, "--json")) == "feedback_withdraw_reason"
    assert code_of(cli("feedback", "withdraw", code, "--reason", "nhầm", "--as", "tra", "--json")) == "role_missing"
    gone = cli("feedback", "withdraw", code, "--reason", "ghi nhầm hồ sơ", *AS, "--json")
    check(gone.json, "feedback")
    assert gone.json["code"] == code and gone.json["text"] == "Bao lâu thì xong?"
    for listed in ("owed", "open", "answered", "all"):
        assert cli("feedback", "list", listed, "--json").json == []
    assert cli("show", dossier, "--json").json["feedback"] == []
    assert (
        cli("report", "feedback", "--from", "2026-05-01", "--to", "2026-06-30", "--json").json["totals"]["received"]
        == 0
    )
    for words in (("withdraw", code, "--reason", "x"), ("answer", code, "--text", "x")):
        assert code_of(cli("feedback", *words, *AS, "--json")) == "feedback_withdrawn_already"
    assert code_of(cli("feedback", "show", code, "--json")) == "feedback_withdrawn_already"
    again = ask(cli, "--dossier", dossier).json["code"]
    assert again != code
    cli("feedback", "answer", again, "--text", "Bảy ngày.", *AS)
    late = cli("feedback", "withdraw", again, "--reason", "x", *AS, "--json")
    assert code_of(late) == "feedback_answered_already"
    destroyed = cli("feedback", "destroy", code, "--reason", "ghi nhầm", "--as", "tmd", "--json")
    check(destroyed.json, "feedback")
    assert (destroyed.json["destroyed"], destroyed.json["text"]) == (True, None)
    assert code_of(cli("feedback", "withdraw", "", "--reason", "x", *AS, "--json")) == "feedback_unknown"


def test_a_complaint_has_no_guessed_limit(cli: Cli, desk: Desk) -> None:
    ran = ask(cli, kind="complaint", text="Khiếu nại việc từ chối")
    assert (ran.json["due"], ran.json["limit"]) == (None, None)
    assert "chưa rõ thời hạn" in cli("feedback", "list", "open").out
    assert cli("feedback", "list", "--json").json == []
    named = ask(cli, "--due", "2026-06-20", kind="complaint", text="Khiếu nại việc khác")
    assert named.json["due"] == "2026-06-20"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--text", "   "), "feedback_text_missing"),
        (("--text", "xin chào\x1b[31m"), "control_character"),
        (("--text", "x" * 8_001), "feedback_text_long"),
        (("--due", "2026-05-20"), "feedback_due_before"),
        (("--due", "2026-06-30"), "feedback_due_later"),
        (("--due", "hôm nay"), "date_invalid"),
        (("--at", "2026-05-21"), "time_missing"),
        (("--at", "2026-05-21T12:00"), "in_the_future"),
        (("--way", "zalo"), "feedback_way_unknown"),
        (("--kind", "khen"), "feedback_kind_unknown"),
        (("--procedure", "gì đó"), "procedure_unknown"),
        (("--outreach", "zzz"), "outreach_unknown"),
    ],
)
def test_what_is_not_written_down(cli: Cli, desk: Desk, words: tuple[str, ...], code: str) -> None:
    ran = ask(cli, *words)
    assert (ran.status, code_of(ran)) == (1, code)
    assert cli("feedback", "list", "all", "--json").json == []


def test_the_same_words_on_the_same_day_stand_once(cli: Cli, desk: Desk) -> None:
    assert ask(cli).status == 0
    assert code_of(ask(cli, text="BAO LÂU thì xong? ")) == "feedback_repeated"
    assert ask(cli, text="Khi nào trả?").status == 0


def test_an_auditor_writes_nothing_down(cli: Cli, desk: Desk) -> None:
    ran = cli("feedback", "add", "--kind", "question", "--text", "x", "--as", "tra", "--json")
    assert (ran.status, code_of(ran)) == (1, "role_missing")


def test_raised_at_a_meeting(cli: Cli, desk: Desk) -> None:
    meeting = cli(*MEETING, "--date", "2026-05-20", *AS).json
    ran = ask(cli, "--outreach", meeting["code"], "--way", "outreach", kind="obstacle")
    assert ran.json["outreach"] == meeting["id"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_is_in_the_catalogue(cli: Cli, desk: Desk, language: str) -> None:
    code = ask(cli, "--who", "Bà Yến").json["code"]
    cli(*MEETING, "--date", "2026-05-20", *AS)
    said: list[Any] = [cli("feedback", "show", code, "--lang", language), cli("feedback", "list", "--lang", language)]
    said += [cli("outreach", "list", "--lang", language)]
    for ran in said:
        assert ran.status == 0 and "feedback." not in ran.out and "outreach." not in ran.out and "error." not in ran.out


MAY = ("--from", "2026-05-01", "--to", "2026-05-31")


def test_the_reports(cli: Cli, desk: Desk) -> None:
    words = ("--date", "2026-05-20", "--procedure", "permanent-residence")
    meeting = cli(*MEETING, *words, *AS).json["code"]
    late = ask(cli, "--at", "2026-05-15T09:00", "--outreach", meeting, text="Chậm quá").json["code"]
    ask(cli, kind="complaint", text="Khiếu nại")
    held = cli("report", "outreach", *MAY, "--json").json
    check(held, "report-outreach")
    assert held["totals"]["all"] == {"held": 1, "counted": 0, "people": 0, "feedback": 1}
    assert held["held"][0]["after"] | {"share": None} == {
        "from": "2026-05-21", "to": "2026-05-21", "dossiers": 0, "online": 0, "share": None,
    }  # fmt: skip
    told = cli("report", "feedback", *MAY, "--json").json
    check(told, "report-feedback")
    assert told["totals"] == {
        "received": 2, "answered": 0, "in_time": 0, "late": 0, "open": 2, "overdue": 0, "no_limit": 1,
    }  # fmt: skip
    cli("feedback", "answer", late, "--text", "Đã xong", *AS)
    assert cli("report", "feedback", *MAY, "--json").json["totals"]["in_time"] == 1
    june = cli("report", "feedback", "--from", "2026-06-01", "--to", "2026-06-30", "--json").json
    assert [one["kind"] for one in june["before"]] == ["complaint"] and june["period"] == []


@pytest.mark.parametrize("name", ["outreach", "feedback"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_report_of_nothing_says_no_data(cli: Cli, desk: Desk, name: str, language: str) -> None:
    ran = cli("report", name, *MAY, "--lang", language)
    assert {"vi": "Chưa có số liệu.", "en": "No data."}[language] in ran.out
    assert f"report.{name}" not in ran.out


@pytest.mark.parametrize("name", ["outreach", "feedback"])
@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".pdf"])
def test_a_report_as_a_file(cli: Cli, desk: Desk, tmp_path: Path, name: str, ending: str) -> None:
    cli(*MEETING, "--date", "2026-05-20", *AS)
    ask(cli, "--who", "Bà Đào")
    path = tmp_path / f"r{ending}"
    assert cli("report", name, *MAY, "--out", path).status == 0
    assert path.stat().st_size > 0 and "Đào".encode() not in path.read_bytes()


def test_what_was_written_down_by_mistake_is_taken_back(cli: Cli, desk: Desk) -> None:
    code = cli(*MEETING, "--date", "2026-05-20", "--audience", "20000", *AS).json["code"]
    assert code_of(cli("outreach", "withdraw", code, "--reason", " ", *AS, "--json")) == "outreach_reason_missing"
    assert code_of(cli("outreach", "withdraw", "zzz", "--reason", "x", *AS, "--json")) == "outreach_unknown"
    assert code_of(cli("outreach", "withdraw", code, "--reason", "x", "--as", "tra", "--json")) == "role_missing"
    ran = cli("outreach", "withdraw", code, "--reason", "gõ thừa số 0", *AS, "--json")
    check(ran.json, "outreach")
    assert cli("outreach", "list", "--json").json == []
    assert cli(*MEETING, "--date", "2026-05-20", "--audience", "200", *AS).status == 0
