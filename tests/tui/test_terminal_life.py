"""The workstation in a real terminal that is dragged, suspended, pasted into, killed, or far away."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator

import pytest

from storage.database import DATABASE_NAME, SCHEMA_VERSION, is_behind
from storage.keys import database_key
from tests.conftest import Office
from tests.tui.terminal import Terminal
from tests.tui.workstation import CARD

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

F1, F2, F10 = "\x1bOP", "\x1bOQ", "\x1b[21~"
PROGRAM = "tests/tui/desk_app.py"
NAME = "Nguyễn Thị Hồng Đào"


@pytest.fixture
def intake(office: Office) -> Iterator[Terminal]:
    with Terminal.python(PROGRAM, str(office.folder), "tmd") as terminal:
        terminal.expect("Không có dòng nào")
        terminal.write(F2)
        terminal.expect("Số CC")
        terminal.settle()
        yield terminal


def taken_in(office: Office, number: str) -> dict[str, object]:
    desk = office.open()
    dossier = desk.dossier(str(desk.queries.find(number)))
    desk.close()
    assert dossier is not None
    return dict(dossier.applicant)


def test_a_window_that_is_dragged_shows_the_same_form_at_each_size(intake: Terminal) -> None:
    intake.write("048190000001\tTrần Văn Bốn")
    intake.expect("Trần Văn Bốn")
    for columns, lines in ((120, 40), (60, 20), (200, 60)):
        intake.resize(columns, lines)
        intake.wait(lambda seen: "Trần Văn Bốn" in seen.text and any(line.strip() for line in seen.screen.display[-2:]))
    intake.resize(50, 15)
    intake.expect("--plain")
    assert "Trần Văn Bốn" not in intake.text
    intake.resize(80, 24)
    intake.expect("Trần Văn Bốn")


def test_ten_thousand_letters_are_pasted_and_the_keys_behind_them_work(intake: Terminal) -> None:
    intake.write("\t\t")
    intake.settle()
    intake.write("\x1b[200~" + "Đặng Văn Đạt " * 800 + "\x1b[201~" + F1)
    intake.expect("Không có dòng nào")
    intake.write(F2)
    intake.expect("Đặng Văn Đạt")


def test_a_scanner_that_types_a_letter_each_millisecond_fills_the_form(intake: Terminal, office: Office) -> None:
    for letter in CARD:
        intake.write(letter)
        time.sleep(0.001)
    intake.write("\r")
    intake.expect(NAME)
    intake.write(f"dktt\r0{F10}")
    intake.expect("Đã lưu H30-001-260521-0001")
    assert taken_in(office, "260521-0001")["name"] == NAME


def test_a_suspended_program_leaves_the_screen_and_comes_back_as_it_was(intake: Terminal) -> None:
    intake.write("048190000001\tTrần Văn Bốn")
    intake.expect("Trần Văn Bốn")
    before = len(intake.sent)
    intake.signal(signal.SIGTSTP)
    intake.wait(lambda seen: b"\x1b[?1049l" in seen.sent[before:])
    intake.settle()
    before = len(intake.sent)
    intake.signal(signal.SIGCONT)
    intake.wait(lambda seen: b"\x1b[?1049h" in seen.sent[before:])
    intake.settle()
    intake.write(" Năm")
    intake.expect("Trần Văn Bốn Năm")


def test_what_was_typed_outlives_a_kill(intake: Terminal, office: Office) -> None:
    intake.write(CARD + "\r")
    intake.expect(NAME)
    intake.settle(1.5)
    intake.kill()
    with Terminal.python(PROGRAM, str(office.folder), "tmd") as again:
        again.expect("Không có dòng nào")
        again.write(F2)
        again.expect(NAME)


def test_over_a_line_of_300_ms_a_dossier_is_taken_in_as_beside_the_desk(office: Office) -> None:
    words = ("tests/tui/slow_line.py", sys.executable, PROGRAM, str(office.folder), "tmd")
    with Terminal.python(*words) as terminal:
        terminal.expect("Không có dòng nào", seconds=30)
        terminal.write(F2)
        terminal.expect("Số CC")
        for letter in CARD:
            terminal.write(letter)
            time.sleep(0.001)
        terminal.write(f"\rdktt\r0{F10}")
        terminal.expect("Đã lưu H30-001-260521-0001")
    assert taken_in(office, "260521-0001")["name"] == NAME


def test_data_of_an_earlier_version_are_brought_up_before_the_screens_and_that_is_told(office: Office) -> None:
    desk = office.open()
    desk.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    desk.close()
    assert is_behind(office.folder / DATABASE_NAME, database_key(office.folder))
    with Terminal.python("-m", "tui.cli.main", "--data", str(office.folder)) as terminal:
        terminal.expect("Đang đưa dữ liệu của quầy lên phiên bản mới")
        terminal.expect("PIN")
    assert not is_behind(office.folder / DATABASE_NAME, database_key(office.folder))
