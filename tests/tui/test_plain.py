"""The line mode around its jobs: signing in, leaving, the queue, a search, a dossier, and what a terminal gets."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from storage.desk import Desk
from tests.conftest import NOW, PIN, Office, Ran, act, officer, take_in
from tests.storage.amended import amend, closed
from tests.tui.queue_station import fill_queue
from tests.tui.spoken import LEFT, talk
from tests.tui.workstation import CARD
from tui.i18n import set_language, tr
from tui.plain.home import open_lines
from tui.plain.lines import line_sentence, spoken

Cli = Callable[..., Ran]


def opened(folder: Path, *typed: str) -> tuple[int, str]:
    out = io.StringIO()
    return open_lines(folder, io.StringIO("".join(f"{line}\n" for line in typed)), out), out.getvalue()


def test_an_officer_signs_in_by_number_or_code_and_a_pin(office: Office) -> None:
    status, said = opened(office.folder, "nobody", "hoa", "999999", "?", "hoa", PIN, "0")
    assert status == 0
    assert "Mã PIN không đúng. Còn thử được 2 lần." in said
    assert said.index("Mã PIN không đúng") < said.index("Lê Thị Hoa; T5 21/05 09:00") < said.index(LEFT)


@pytest.mark.parametrize("typed", [(), ("1",), ("tmd", PIN), ("tmd", PIN, "2"), ("tmd", PIN, "2", "1"), ("<",)])
def test_the_end_of_the_input_leaves(office: Office, typed: tuple[str, ...]) -> None:
    status, said = opened(office.folder, *typed)
    assert (status, said.count(LEFT)) == (0, 1)


def test_an_officer_and_a_pin_may_be_named_by_the_command(
    cli: Cli, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("0\n"))
    ran = cli("--plain", "--as", "hoa")
    assert ran.status == 0 and "Lê Thị Hoa" in ran.out and "Mã PIN" not in ran.out
    monkeypatch.setenv("MOTCUA_PIN", "999999")
    assert cli("--plain", "--as", "hoa").status == 1
    assert cli("--as", "hoa").status == 2


def test_a_first_start_asks_for_unit_desk_and_officer(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = tmp_path / "fresh"
    status, said = opened(
        fresh, "H30 1", "Công an phường Mới", "x", "Trần An", "1234", PIN, "", "", "H30-077", "5", PIN, PIN,
        "1", PIN, "0",
    )  # fmt: skip
    assert "motcua.recovery" in said
    assert status == 0 and "Công an phường Mới, quầy 5" in said and "Trần An;" in said
    assert opened(tmp_path / "none", "H30-078")[0] == 1
    assert not (tmp_path / "none").exists()


def test_after_a_long_silence_the_pin_is_asked_for_before_anything_is_done(desk: Desk) -> None:
    ticks = chain((0, 601), repeat(601))
    take_in(desk)
    said = talk(desk, "1", "999999", PIN, "3", "dang thi dao", clock=lambda: float(next(ticks)))
    assert said.index("Đ/c Trần Minh Đức đang khóa quầy") < said.index("Mã PIN không đúng") < said.index("1 hồ sơ")
    assert "Hàng đợi, 1 đến 1" not in said, "whoever typed that has shown no PIN"


def test_what_changed_in_the_law_is_told_once_it_is_read_no_more(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-06-09"))
    assert "09/06" in talk(desk, "k", by="hoa")
    assert "09/06" in talk(desk, "c", by="hoa")
    assert "09/06" not in talk(desk, by="hoa")


class Interrupted(io.StringIO):
    """Ctrl+C in place of the last line, once."""

    def readline(self, size: int = -1, /) -> str:
        line = super().readline()
        if line == "^C\n":
            raise KeyboardInterrupt
        return line


def test_ctrl_c_breaks_off_what_is_done_and_nothing_else(office: Office) -> None:
    out = io.StringIO()
    open_lines(office.folder, Interrupted(f"tmd\n{PIN}\n2\n{CARD}\n^C\n2\n\n"), out)
    said = out.getvalue()
    assert said.index("Đã ngắt việc đang làm") < said.index("1. 09:00 thứ Năm 21/05/2026, Nguyễn Thị Hồng Đào")


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, dict[str, str]]]:
    found = fill_queue(office.folder, monkeypatch)
    desk = office.open()
    yield desk, found
    desk.close()


def test_the_queue_stands_in_its_order_and_a_number_opens_a_dossier_with_its_reason(
    stories: tuple[Desk, dict[str, str]],
) -> None:
    desk, _ = stories
    said = talk(desk, "1", "1", "h", "<", "<")
    rows = re.findall(r"^(\d+)\. (.+?);", said, re.MULTILINE)
    assert rows[:3] == [("1", "Nợ thư xin lỗi"), ("2", "Quá hạn"), ("3", "Hôm nay")]
    assert "Hàng đợi, 1 đến 8 trong 8" in said
    opened_at = said.index("Hồ sơ H30-001-260602-0001 (")
    assert said.index("Luật Cư trú 2020") < opened_at < said.index("Tiếp nhận: H30-001-260602-0001")


@pytest.mark.parametrize(
    ("typed", "count"),
    [("/qua han", 1), ("/hong dao", 2), ("/tt:tach ho", 1), ("/cho bo sung", 1), ("m", 2), ("/", 8), ("/no such", 0)],
)
def test_the_queue_is_narrowed_by_the_filter_of_the_screens(
    stories: tuple[Desk, dict[str, str]], typed: str, count: int
) -> None:
    said = talk(stories[0], "1", typed)
    told = said[said.index("Hàng đợi") + 1 :]
    assert (f" trong {count} " in told[told.index("\n") :]) if count else "trống" in told


def test_what_a_filter_does_not_understand_is_said(desk: Desk) -> None:
    assert "Không hiểu: han<=77/11" in talk(desk, "1", "/han<=77/11")


def test_pages_turn_both_ways_and_end(desk: Desk) -> None:
    for number in range(12):
        take_in(desk, f"Người {number}")
    said = talk(desk, "1", "", "n", "b", "b", "99", "12", "11")
    places = re.findall(r"Hàng đợi, (\d+) đến (\d+) trong 12", said)
    assert places == [
        ("1", "10"),
        ("11", "12"),
        ("11", "12"),
        ("1", "10"),
        ("1", "10"),
        ("1", "10"),
        ("1", "10"),
        ("1", "10"),
    ]
    assert said.count("Hết danh sách.") == said.count("Đã ở đầu danh sách.") == 1
    assert said.count("Không hiểu.") == 3


def test_a_search_finds_what_was_typed_and_what_is_near(desk: Desk) -> None:
    take_in(desk, "Đặng Thị Đào")
    take_in(desk, "Phạm Gia Bảo")
    said = talk(desk, "3", "", "dang thi dao", "1", "<", "<", "phan gia bao", "<", "zzz")
    assert "1 hồ sơ" in said and "Đăng ký thường trú, nhận T5 21/05 09:00" in said
    assert "1 hồ sơ gần giống" in said and "Không tìm thấy" in said


def test_a_result_is_handed_over_from_the_queue(desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "result_ready")
    said = talk(desk, "1", "1", "4", "", "", "", "", "l")
    assert "4 trả kết quả" in said and "Đã trả 260521-0001." in said
    assert desk.row(dossier)["state"] == "returned"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_key_of_the_catalogue_and_no_control_character_is_said(desk: Desk, language: str) -> None:
    set_language(language)
    dossier = take_in(desk)
    act(desk, dossier, "result_ready")
    said = talk(
        desk, "?", "9", "<", "1", "?", "1", "?", "h", "<", "<", "2", "?", CARD, "?", ">", "?", "tt", "", "?", "", ">",
        ">", "?", "w", "e", "?", "<", "d", "x", "n", "!", "3", "?", "dao", "<", "<", "4", "?", "dang thi dao", "?",
        "", "?", "", "?", "?", "<", "<", "<", "!", "6", "o", "?",
    )  # fmt: skip
    assert [line for line in said.split("\n") if not line.isprintable()] == []
    assert re.findall(r"\b(?:plain|intake|return|error|warning|search|filter)\.\w+", said) == []


def test_a_name_can_give_a_terminal_no_orders() -> None:
    assert spoken("✗ A\x1b[2J\x9b1mB · ••••1234") == "Chú ý: A [2J 1mB, ...1234"
    assert spoken("✓ Đã lưu") == "Đã lưu"
    assert spoken("! gấp!") == "Lưu ý: gấp!"


def test_letters_that_are_no_utf8_are_asked_for_again(
    cli: Cli, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = io.TextIOWrapper(io.BytesIO(b"3\n\xd1\xc6ng\n0\n"), encoding="ascii")
    monkeypatch.setattr("sys.stdin", typed)
    assert tr("plain.unreadable") in cli("--plain", "--as", "hoa").out


def test_the_refusal_names_the_line_mode() -> None:
    for language in ("vi", "en"):
        set_language(language)
        for key in ("terminal.dumb", "terminal.not_a_terminal", "error.terminal_dumb", "too_small"):
            assert "motcua --plain" in tr(key)


def test_a_demo_that_cannot_be_drawn_says_how_it_goes_line_by_line(cli: Cli, tmp_path: Path) -> None:
    ran = cli("demo", "--data", tmp_path / "demo")
    assert (ran.status, ran.out) == (1, "")
    assert "demo --headless" in ran.err and f"motcua --plain --data {tmp_path / 'demo'}" in ran.err
    assert not (tmp_path / "demo").exists()


def test_the_clock_of_the_desk_stands_in_the_first_line(desk: Desk) -> None:
    assert f"{NOW:%H:%M}" in talk(desk)


def test_the_last_command_is_taken_back_once_it_was_heard_what_it_is(desk: Desk) -> None:
    one = take_in(desk, papers=["lawful-dwelling"])
    act(desk, one, "supplement_requested", items=["lawful-dwelling"])
    said = talk(desk, "u", "k", "hoàn tác", "c", "U")
    assert said.count("Hoàn tác «Yêu cầu bổ sung: Giấy tờ chứng minh chỗ ở hợp pháp") == 2
    assert "Đặng Thị Đào" in said and tr("undo.nothing") in said
    assert desk.dossier(one).marks and desk.dossier(one).state == "received"
    assert tr("undo.nothing") in talk(desk, "u", by="hoa")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_sentence_of_a_printer_names_a_key_that_lines_do_not_have(language: str) -> None:
    set_language(language)
    codes = [f"printer_{what}" for what in ("missing", "failed", "unknown", "denied")]
    for code in (*codes, "roll_printer_unchosen", "pdf_program_missing", "viewer_missing", "blank_used"):
        said = line_sentence(code, {"printer": "HP", "number": "1"})
        assert "error." not in said and re.search(r"F\d|Ctrl|Alt\+", said) is None, said
