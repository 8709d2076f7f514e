"""The command line's common ground: statuses, error objects, no traceback, nothing heavy."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.answers import InvalidInput, Refusal
from storage.desk import Desk
from tests.conftest import Ran, take_in
from tests.schema_check import check
from tui.cli.main import COMMANDS
from tui.cli.output import Problem
from tui.cli.streams import open_streams

Cli = Callable[..., Ran]
ROOT = Path(__file__).parents[2]
HEAVY = (
    "textual",
    "typst",
    "sqlite_utils",
    "openpyxl",
    "cryptography",
    "argon2",
    "babel",
    "zstandard",
    "PIL",
    "psycopg",
    "segno",
    "rapidfuzz",
    "pyrage",
    "dateutil",
)


@pytest.mark.skipif(sys.platform == "win32", reason="there such a file is simply missing")
@pytest.mark.parametrize("words", [("sync", "--data"), ("restore",), ("hub", "status"), ("verify", "--data")])
def test_a_name_that_no_file_can_have_is_told_as_such(cli: Cli, desk: Desk, tmp_path: Path, words: tuple[str]) -> None:
    name = ("folder:" if words[0] == "hub" else "") + str(tmp_path / ("x" * 300))
    ran = cli(*words, name, "--json")
    check(ran.json, "error")
    assert ran.status == 1 and ran.json["error"]["code"] in ("file_unusable", "hub_unreachable")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_and_helps(cli: Cli, command: str) -> None:
    module = importlib.import_module(COMMANDS[command])
    assert callable(module.arguments) and callable(module.run)
    ran = cli(command, "--help")
    assert ran.status == 0 and "--json" in ran.out and f"cli.{command}" not in ran.out


@pytest.mark.parametrize(
    "words", [("weave",), ("queue", "--weave"), ("--lang", "fr", "queue"), ("show",), ("-x", "queue")]
)
def test_wrong_usage_is_one_line_and_status_2(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("before", [True, False])
def test_common_options_stand_before_or_after_the_command(cli: Cli, desk: Desk, before: bool) -> None:
    options = ("--data", desk.folder, "--lang=en", "--json")
    ran = cli(*options, "queue") if before else cli("queue", *options)
    assert (ran.status, ran.json) == (0, [])


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (RuntimeError("secret path"), "unexpected", 1),
        (KeyError("x"), "unexpected", 1),
        (InvalidInput("disk_full"), "disk_full", 1),
        (InvalidInput("clock_not_test"), "clock_not_test", 2),
        (Problem.of(Refusal("in_conflict", basis="Đ.1")), "in_conflict", 1),
        (Problem("out_needed", status=2), "out_needed", 2),
    ],
)
def test_no_fault_reaches_a_person_as_a_traceback(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str, status: int
) -> None:
    def broken(_: object) -> int:
        raise fault

    monkeypatch.setattr("tui.cli.queue.run", broken)
    ran = cli("queue", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"], ran.err) == (status, code, "")
    spoken = cli("queue")
    assert (spoken.status, spoken.out, len(spoken.err.splitlines())) == (status, "", 1)
    assert "Traceback" not in spoken.err and "secret path" not in spoken.err
    with pytest.raises(type(fault)):
        cli("queue", "--debug")


def test_a_problem_says_where_and_by_which_article(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise Problem("in_conflict", basis="Đ.9", line=7)

    monkeypatch.setattr("tui.cli.queue.run", broken)
    assert cli("queue", "--json").json["error"] | {"message": ""} == {
        "code": "in_conflict", "message": "", "basis": "Đ.9", "line": 7,
    }  # fmt: skip
    spoken = cli("queue").err
    assert "7" in spoken and "(Đ.9)" in spoken


@pytest.mark.parametrize(("stop", "status"), [(KeyboardInterrupt, 130), (BrokenPipeError, 1)])
def test_who_leaves_is_told_nothing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException], status: int
) -> None:
    def broken(_: object) -> int:
        raise stop

    monkeypatch.setattr("tui.cli.queue.run", broken)
    ran = cli("queue")
    assert (ran.status, ran.out, ran.err) == (status, "", "")


@pytest.mark.parametrize("modules", ["tui.cli.main", "tui.cli.main, tui.cli.queue, tui.cli.search, tui.cli.show"])
def test_a_plain_command_pays_for_no_heavy_library(modules: str) -> None:
    told = f"import sys, {modules}; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"


def test_the_queue_is_shown_without_a_heavy_library(desk: Desk) -> None:
    told = (
        "import sys; from tui.cli.main import main; status = main(['queue', '--json']); "
        f"assert status == 0; print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stderr.strip() == "[]"


def test_the_first_screen_waits_for_no_heavy_library_but_its_own(desk: Desk) -> None:
    told = (
        "import asyncio, sys; from pathlib import Path; from tui.terminal import prepare; prepare();"
        "from tui.app import Workstation\n"
        "async def paint():\n"
        f"    async with Workstation(Path({str(desk.folder)!r})).run_test() as pilot:\n"
        "        await pilot.pause()\n"
        f"        print([name for name in {HEAVY!r} if name in sys.modules])\n"
        "asyncio.run(paint())"
    )
    ran = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "['textual']"


MOTCUA = [sys.executable, "-c", "from tui.cli.main import main; raise SystemExit(main())"]


@pytest.mark.parametrize(
    "words", [("weave",), ("queue", "--weave"), ("queue", "--limit", "x"), ("queue", "--state", "x"), ("show",)]
)
def test_wrong_usage_is_an_error_object_too(cli: Cli, words: tuple[str, ...]) -> None:
    ran = cli(*words, "--json")
    check(ran.json, "error")
    assert (ran.status, ran.err) == (2, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("queue", "--weave"), "không có tham số --weave"),
        (("queue", "--limit", "x"), "--limit: 'x' không hợp lệ"),
        (("queue", "--limit"), "--limit: cần một giá trị"),
        (("show",), "thiếu CODE"),
        (("sync", "--once", "--schedule", "x"), "--schedule: không dùng cùng --once"),
    ],
)
def test_wrong_usage_is_told_in_the_officers_language(cli: Cli, words: tuple[str, ...], told: str) -> None:
    assert told in cli(*words).err
    assert "tùy chọn" in cli("queue", "--help").out and "options" in cli("queue", "--help", "--lang", "en").out


@pytest.mark.parametrize("coding", ["ascii", "latin-1", "cp1258"])
def test_answers_are_utf8_whatever_the_machine_speaks(desk: Desk, coding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": coding}
    ran = subprocess.run([*MOTCUA, "show", "nope"], cwd=ROOT, capture_output=True, env=environment, timeout=60)
    assert (ran.returncode, ran.stderr.decode("utf-8").strip()) == (1, "Không tìm thấy hồ sơ «nope».")
    helped = subprocess.run([*MOTCUA, "--help"], cwd=ROOT, capture_output=True, env=environment, timeout=60)
    assert helped.returncode == 0 and "Hàng đợi" in helped.stdout.decode("utf-8")


def test_the_streams_are_the_same_where_lines_end_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, piped or redirected: the machine's code page, CR and LF, and PowerShell's mark before the text."""
    out = io.BytesIO()
    told = "\ufeffThị H’Ƀlin\r\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(told), encoding="cp1258"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="cp1252", newline="\r\n"))
    open_streams()
    print(sys.stdin.read(), end="", flush=True)
    assert out.getvalue() == "Thị H’Ƀlin\n".encode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [["queue"], ["queue", "--json"], ["act", "--kinds", "--json"]])
def test_an_answer_that_nobody_can_take_is_told_without_a_traceback(desk: Desk, words: list[str]) -> None:
    take_in(desk)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run([*MOTCUA, *words], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (1, 1)
