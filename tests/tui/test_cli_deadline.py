"""`motcua deadline --batch` and `motcua calendar` as other programs call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.schema_check import check

MOTCUA = [sys.executable, "-c", "from tui.cli.main import main; raise SystemExit(main())"]
SEVEN = {"amount": 7, "unit": "working_day"}
PLAIN = {"id": "a", "received_at": "2026-05-21T09:00", "limit": SEVEN}


def motcua(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MOTCUA, *words], input=given, capture_output=True, encoding="utf-8", check=False)


def batch(*lines: Any, words: tuple[str, ...] = ("deadline",), status: int = 0) -> list[dict[str, Any]]:
    given = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    done = motcua(*words, "--batch", "-", given=given)
    assert (done.returncode, done.stderr) == (status, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    schema = "calendar-count" if "count" in words else "deadline"
    for answer in answers:
        check(answer, schema)
    return answers


def test_every_answer_has_every_field_in_the_order_of_the_lines() -> None:
    first, second = batch(PLAIN, PLAIN | {"id": "b", "committed": {"amount": 3, "unit": "working_day"}})
    assert list(first) == [
        "id", "due_at", "due_date", "statutory_due_at", "committed_due_at", "apology_owed_by", "trace", "error",
    ]  # fmt: skip
    assert (first["id"], first["due_at"], first["due_date"]) == ("a", "2026-06-01T17:00:00+07:00", "2026-06-01")
    assert (second["id"], second["due_at"]) == ("b", second["committed_due_at"])
    assert second["other_trace"]["limit"] == "statutory"


def test_no_trace_leaves_only_the_trace_out() -> None:
    whole, bare = batch(PLAIN)[0], batch(PLAIN, words=("deadline", "--no-trace"))[0]
    assert whole.pop("trace")
    assert bare == whole


@pytest.mark.parametrize(
    "limit",
    [
        {"amount": 7, "unit": "working_day"},
        {"amount": 0, "unit": "working_day"},
        {"amount": 1.5, "unit": "working_day"},
        {"amount": 15, "unit": "day"},
        {"amount": 1, "unit": "month"},
        {"amount": 8, "unit": "working_hour"},
        {"amount": 30.5, "unit": "hour"},
        {"unit": "same_day", "cutoff": "15:00"},
        {"unit": "by_time", "amount": 1, "time": "08:00"},
        {"unit": "immediate"},
    ],
)
def test_the_short_way_of_plain_lines_answers_like_the_long_one(limit: dict[str, Any]) -> None:
    moments = ["2026-05-22T05:00", "2026-05-22T15:30:20", "2026-05-22T15:30:20.9", "2026-05-22T17:30:00+07:00",
               "2026-05-23T02:00:00Z", "2026-08-29T23:59:59", "2026-05-22T15:30"]  # fmt: skip
    plain = [{"id": moment, "received_at": moment, "limit": limit} for moment in moments]
    long_way = [line | {"events": []} for line in plain]
    assert batch(*plain) == batch(*long_way)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("time_missing", PLAIN | {"received_at": "2026-05-21"}),
        ("time_invalid", PLAIN | {"received_at": "yesterday"}),
        ("time_invalid", PLAIN | {"received_at": "2026-05-21T25:00"}),
        ("field_missing", {"id": "a", "limit": SEVEN}),
        ("field_invalid", PLAIN | {"received_at": 7}),
        ("field_invalid", PLAIN | {"clock": "sometimes"}),
        ("limit_missing", {"id": "a", "received_at": "2026-05-21T09:00"}),
        ("limit_missing", PLAIN | {"procedure": "x"}),
        ("limit_invalid", PLAIN | {"limit": {"amount": "7", "unit": "day"}}),
        ("limit_invalid", PLAIN | {"limit": {"amount": True, "unit": "day"}}),
        ("limit_invalid", PLAIN | {"limit": {"amount": -1, "unit": "day"}}),
        ("limit_invalid", PLAIN | {"limit": {"unit": "day"}}),
        ("unit_unknown", PLAIN | {"limit": {"amount": 1, "unit": "week"}}),
        ("out_of_range", PLAIN | {"limit": {"amount": 1e9, "unit": "day"}}),
        ("out_of_range", PLAIN | {"received_at": "9999-12-31T23:00"}),
        ("calendar_out_of_range", PLAIN | {"received_at": "2150-05-21T09:00"}),
        ("procedure_unknown", {"id": "a", "received_at": "2026-05-21T09:00", "procedure": "dance"}),
        ("event_unknown", PLAIN | {"events": [{"kind": "danced", "at": "2026-05-22T09:00"}]}),
        (
            "already_rescheduled",
            PLAIN
            | {
                "events": [
                    {"kind": "rescheduled", "at": "2026-05-22T09:00", "due_at": "2026-06-02T17:00"},
                    {"kind": "rescheduled", "at": "2026-05-25T09:00", "due_at": "2026-06-03T17:00"},
                ]
            },
        ),
        (
            "appointment_past",
            PLAIN | {"events": [{"kind": "rescheduled", "at": "2026-05-22T09:00", "due_at": "2026-05-22T09:00"}]},
        ),
        ("calendar_invalid", PLAIN | {"calendar": "MOON"}),
        ("calendar_invalid", PLAIN | {"calendar": {"timezone": "Asia/Nowhere"}}),
        ("calendar_invalid", PLAIN | {"calendar": {"hours": {"mon": [["11:00", "09:00"]]}}}),
        (
            "calendar_invalid",
            PLAIN | {"calendar": {"hours": {"tue": [["09:00", "11:00"]]}, "working_days": ["2026-01-10"]}},
        ),
        ("calendar_invalid", PLAIN | {"calendar": {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}}),
    ],
)
def test_a_bad_line_is_answered_and_the_rest_go_on(code: str, line: dict[str, Any]) -> None:
    bad, good = batch(line, PLAIN | {"id": "z"}, status=1)
    assert (bad["id"], bad["due_at"], bad["error"]["code"], bad["error"]["line"]) == ("a", None, code, 1)
    assert not bad["error"]["message"].startswith("error.")
    assert (good["id"], good["error"]) == ("z", None)


def test_what_is_no_json_is_answered_without_an_id() -> None:
    lines = ["nonsense", '{"id":"a"', "[]", "[" * 5000, "", "   "]
    answers = batch(*lines, PLAIN, status=1)
    assert [answer["error"]["code"] for answer in answers[:3]] == ["json_invalid", "json_invalid", "line_not_object"]
    assert [answer["id"] for answer in answers] == [None, None, None, None, "a"]
    assert [answer["error"] and answer["error"]["line"] for answer in answers] == [1, 2, 3, 4, None]


def test_bytes_that_are_no_utf8_spoil_only_their_line(tmp_path: Path) -> None:
    source = tmp_path / "lines.jsonl"
    good = json.dumps(PLAIN).encode()
    source.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n" + good.replace(b'"a"', b'"\xff"') + b"\n" + good)
    done = subprocess.run([*MOTCUA, "deadline", "--batch", str(source)], capture_output=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [answer["id"] for answer in answers] == ["a", None, "a"]


def test_a_file_that_is_not_there_is_one_clear_line() -> None:
    done = motcua("deadline", "--batch", "/nowhere/at-all.jsonl")
    assert (done.returncode, done.stdout) == (1, "")
    assert "/nowhere/at-all.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_answers_come_before_the_input_ends() -> None:
    with subprocess.Popen(
        [*MOTCUA, "deadline", "--batch", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps(PLAIN | {"id": str(number)}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == str(number)
        process.stdin.close()
        assert process.wait() == 0


def test_a_procedure_brings_its_own_law_of_the_day() -> None:
    name = "security-conditions-certificate"
    old, new = batch(
        {"id": "old", "received_at": "2026-03-13T09:00", "procedure": name},
        {"id": "new", "received_at": "2026-03-16T09:00", "procedure": name},
    )
    assert (old["due_date"], new["due_date"]) == ("2026-03-20", "2026-03-20")


def test_events_and_policies_of_a_line() -> None:
    asked = [
        {"kind": "supplement_requested", "at": "2026-05-20T10:00"},
        {"kind": "supplement_received", "at": "2026-05-26T10:00"},
    ]
    line = {"id": "a", "received_at": "2026-05-18T09:00", "limit": SEVEN}
    answers = batch(
        line | {"events": asked},
        line | {"events": asked, "clock": "pause"},
        line | {"events": asked[:1], "clock": "pause"},
        line | {"starts_on": "payment_received"},
        {"id": "a", "received_at": "2026-05-23T09:00", "limit": SEVEN, "offhours": "next_working_day"},
        line | {"count_first_day": True},
    )
    dates = [answer["due_date"] for answer in answers]
    assert dates == ["2026-06-04", "2026-06-02", None, None, "2026-06-03", "2026-05-26"]
    assert answers[2]["paused_since"] == "2026-05-20T10:00:00+07:00"
    assert answers[3]["waiting_for"] == "payment_received"


def test_a_calendar_of_the_line() -> None:
    own = {"weekend": ["sun"], "days_off": ["2026-05-22", "2026-02-30"], "hours": {"mon": [["08:00", "12:00"]]}}
    whole = {"hours": None, "timezone": "Asia/Tokyo"}
    first, second = batch(
        {"id": "a", "received_at": "2026-05-21T09:00", "limit": {"amount": 2, "unit": "working_day"}, "calendar": own},
        {
            "id": "b",
            "received_at": "2026-05-21T09:00",
            "limit": {"amount": 1, "unit": "working_day"},
            "calendar": whole,
        },
    )
    assert first["due_at"] == "2026-05-25T12:00:00+07:00"
    assert (second["due_at"], second["due_date"]) == ("2026-05-23T00:00:00+09:00", "2026-05-22")


def test_elapsed_hours_where_clocks_change() -> None:
    berlin = {"timezone": "Europe/Berlin", "hours": None, "weekend": []}
    line = {"received_at": "2026-03-28T20:00", "calendar": berlin}
    hours, working, days = batch(
        line | {"id": "h", "limit": {"amount": 12, "unit": "hour"}},
        line | {"id": "w", "limit": {"amount": 12, "unit": "working_hour"}},
        line | {"id": "d", "limit": {"amount": 1, "unit": "day"}},
    )
    assert hours["due_at"] == working["due_at"] == "2026-03-29T09:00:00+02:00"
    assert days["due_at"] == "2026-03-30T00:00:00+02:00"


@pytest.mark.parametrize(
    ("convention", "line", "theirs"),
    [
        ("eight_hour_day", PLAIN, "2026-06-01T09:00"),
        ("half_saturday", PLAIN, "2026-05-30T11:30"),
        ("receipt_on_day_off", PLAIN | {"received_at": "2026-05-23T09:00"}, "2026-06-03T17:00"),
        ("receipt_on_day_off", PLAIN | {"received_at": "2026-08-22T09:00"}, "2026-09-07T17:00"),
        ("end_not_rolled", PLAIN | {"limit": {"amount": 10, "unit": "day"}}, "2026-05-31T17:00"),
        ("end_not_rolled", PLAIN | {"limit": {"amount": 10, "unit": "day"}}, "2026-06-01T00:00"),
        (
            "pause_after_closing",
            PLAIN | {"clock": "pause", "events": [
                {"kind": "supplement_requested", "at": "2026-05-22T10:00"},
                {"kind": "supplement_received", "at": "2026-05-26T19:00"},
            ]},
            "2026-06-04T17:00",
        ),
        (None, PLAIN, "2026-06-11T17:00"),
        (None, PLAIN, "2026-06-01T17:00"),
    ],
)  # fmt: skip
def test_the_convention_that_explains_another_answer(convention: str | None, line: dict[str, Any], theirs: str) -> None:
    assert batch(line | {"their_due_at": theirs})[0]["difference"]["convention"] == convention


@pytest.mark.parametrize(
    ("limit", "received", "theirs"),
    [
        ((7, "working_day"), "2026-05-21T09:00", "2026-06-01T17:00"),
        ((4, "working_hour"), "2026-05-22T15:00", "2026-05-25T09:30"),
        ((8, "working_hour"), "2026-05-22T15:00", "2026-05-23T15:00"),
    ],
)
def test_a_half_day_saturday_that_is_ignored_is_named(limit: tuple[int, str], received: str, theirs: str) -> None:
    day = [["07:30", "11:30"], ["13:00", "17:00"]]
    hours = {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day), "sat": day[:1]}
    line = {"received_at": received, "limit": {"amount": limit[0], "unit": limit[1]}, "their_due_at": theirs}
    told = batch(line | {"calendar": {"weekend": ["sun"], "hours": hours}})[0]
    assert told["difference"]["convention"] == "half_saturday"


def test_the_difference_is_working_time_theirs_minus_ours() -> None:
    earlier, later = batch(PLAIN | {"their_due_at": "2026-05-29T17:00"}, PLAIN | {"their_due_at": "2026-06-02T09:00"})
    assert earlier["difference"]["working_seconds"] == -8 * 3600
    assert later["difference"]["working_seconds"] == 90 * 60


def test_the_calendar_of_a_year() -> None:
    shown = json.loads(motcua("calendar", "show", "2026", "--json").stdout)
    check(shown, "calendar-show")
    days = {day["date"]: day for day in shown["days"]}
    assert len(days) == 365
    assert sum(day["working"] for day in days.values()) == 249
    assert days["2026-11-24"]["basis"] == "NQ 28/2026/QH16"
    assert days["2026-08-22"]["working"]
    assert (days["2026-11-23"]["working"], days["2026-11-23"]["confirmed"]) == (True, False)
    sheet = motcua("calendar", "show", "2026", "--lang", "en").stdout
    assert "249 working days" in sheet
    assert max(map(len, sheet.splitlines()[:50])) <= 80


def test_a_year_that_the_data_does_not_have() -> None:
    done = motcua("calendar", "show", "2150", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "calendar_out_of_range")
    assert motcua("calendar", "amend", "x.toml").returncode == 1


def test_time_between() -> None:
    ends = {"id": "a", "from": "2026-05-21T09:00", "to": "2026-06-01T10:00"}
    whole = [batch(ends | {"unit": unit}, words=("calendar", "count"))[0] for unit in
             ("working_day", "day", "working_hour", "hour")]  # fmt: skip
    assert [answer["amount"] for answer in whole] == [7, 11, 57, 265]
    assert [answer["seconds"] for answer in whole] == [None, None, 57 * 3600, 265 * 3600]
    swapped = ends | {"from": ends["to"], "to": ends["from"], "unit": "working_hour"}
    assert batch(swapped, words=("calendar", "count"))[0]["amount"] == -57
    bad = batch(ends | {"unit": "fortnight"}, words=("calendar", "count"), status=1)[0]
    assert (bad["id"], bad["error"]["code"]) == ("a", "field_invalid")
