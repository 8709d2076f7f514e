"""How a receipt comes at the counter: sheet or roll, in which languages; and what a printer that fails leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from storage.manner import Manner
from storage.settings import Settings, load_settings, save_settings
from storage.spool import Job, Spool
from tests.conftest import Office, officer, take_in
from tests.tui.test_screen_intake import choose
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.issuing import prepare
from tui.screens.confirm_print import ConfirmPrint
from tui.screens.prints import PrintsScreen

FOREIGNER = {"kind": "foreigner", "name": "Anna Müller", "nationality": "DEU"}
RASTER = b"\x1b@\x1dv0"


@dataclass(frozen=True, slots=True)
class Printer:
    """A print system that keeps what it gets: one file a job, and its arguments; or that takes nothing."""

    folder: Path

    def works(self) -> None:
        self._script('n=$$; echo "$@" > {0}/$n.told; /bin/cat > {0}/$n.bytes; for f; do :; done\n[ -f "$f" ] && '
                     '/bin/cp "$f" {0}/$n.bytes; exit 0')  # fmt: skip

    def fails(self) -> None:
        self._script("/bin/cat > /dev/null; exit 1")

    def waits(self) -> None:
        """Until the file `go` is there."""
        self._script("until [ -e {0}/go ]; do /bin/sleep 0.02; done; /bin/cat > /dev/null; exit 0")

    def jobs(self) -> list[tuple[str, bytes]]:
        told = sorted(self.folder.glob("*.told"), key=lambda file: file.stat().st_mtime_ns)
        return [(file.read_text().strip(), file.with_suffix(".bytes").read_bytes()) for file in told]

    def _script(self, text: str) -> None:
        path = self.folder / "bin" / "lp"
        path.write_text("#!/bin/sh\n" + text.format(self.folder) + "\n")
        path.chmod(0o755)


@pytest.fixture
def printer(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printer:
    """A desk with a sheet printer and a roll printer that work."""
    (tmp_path / "printer" / "bin").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path / "printer" / "bin"))
    save_settings(office.folder, Settings(printer="A5", roll_printer="XP80"))
    made = Printer(tmp_path / "printer")
    made.works()
    return made


def taken_in(office: Office, **facts: object) -> str:
    desk = office.open()
    dossier = take_in(desk, papers=["CT01"], **facts)
    desk.close()
    return dossier


async def opened(desktop: Desktop, dossier: str, *keys: str) -> None:
    desktop.app.push(desktop.app.make("dossier", dossier))
    await desktop.settle()
    await desktop.press(*keys)


async def until(desktop: Desktop, says: str) -> None:
    for _ in range(200):
        if says in desktop.says():
            return
        await desktop.settle(0.05)
    raise AssertionError(f"{says!r} not in {desktop.says()!r}")


def waiting(desktop: Desktop) -> Job:
    (job,) = Spool(desktop.app.desk).jobs()
    return job


def manner_line(desktop: Desktop) -> str:
    return "".join(desktop.one("#manner").lines(200))


async def test_a_key_puts_the_receipt_on_the_roll_and_p_brings_it_again(office: Office, printer: Printer) -> None:
    dossier = taken_in(office)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "m")
        assert manner_line(desktop) == "Giấy hẹn, phiếu hướng dẫn in: khổ A5 · tiếng Việt"
        await desktop.press("alt+k")
        assert "cuộn 80 mm · tiếng Việt" in manner_line(desktop)
        await desktop.type("hen")
        await desktop.press("enter")
        await until(desktop, "Đã gửi in «Giấy hẹn»")
        job = waiting(desktop)
        assert (job.manner, job.state) == (Manner(roll=True), "sent") and job.content.startswith(RASTER)
        assert printer.jobs() == [("-d XP80 -o raw", job.content)]
        await desktop.press("escape", "p")
        await until(desktop, "Đã gửi giấy hẹn")
        assert printer.jobs() == [("-d XP80 -o raw", job.content)] * 2 and waiting(desktop).issue == job.issue


async def test_what_was_printed_of_a_dossier_is_not_said_on_the_next_one(office: Office, printer: Printer) -> None:
    one, other = taken_in(office), taken_in(office, name="Lê Ngọc Ánh")
    printer.waits()
    async with workstation(office) as desktop:
        await opened(desktop, one, "p", "escape")
        await opened(desktop, other)
        (printer.folder / "go").touch()
        await desktop.until(lambda: waiting(desktop).state == "sent")
        await desktop.settle()
        assert desktop.says() == ""
        await desktop.press("p")
        await until(desktop, "Đã gửi giấy hẹn")


async def test_what_is_wanted_otherwise_before_it_was_seen_replaces_it(office: Office, printer: Printer) -> None:
    dossier = taken_in(office)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "p")
        await until(desktop, "Đã gửi giấy hẹn")
        sheet = waiting(desktop)
        await desktop.press("m", "alt+b", "alt+c")
        assert "khổ A5 · song ngữ · chữ to" in manner_line(desktop)
        await desktop.type("hen")
        await desktop.press("enter")
        await until(desktop, "Đã gửi in «Giấy hẹn»")
        job = waiting(desktop)
        assert job.issue != sheet.issue and job.manner == Manner(bilingual=True, large=True)
        (_, _), (told, pdf) = printer.jobs()
        assert told.startswith("-d A5 /") and pdf == job.content
        folded = desktop.app.desk.dossier(dossier)
        assert folded is not None and list(folded.letters) == [job.issue]


@pytest.mark.parametrize(("languages", "told"), [("foreigners", True), ("vietnamese", False), ("two", True)])
async def test_a_foreigners_receipt_speaks_english_first_unless_the_desk_never_does(
    office: Office, printer: Printer, languages: str, told: bool
) -> None:
    save_settings(office.folder, Settings(languages=languages))
    dossier = taken_in(office, applicant=FOREIGNER)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "p")
        await until(desktop, "Đã gửi giấy hẹn")
        assert waiting(desktop).manner == Manner(bilingual=told)
        (file,) = (office.folder / "letters").glob("receipt-*.pdf")
        assert ("RECEIPT OF DOSSIER" in PdfReader(file).pages[0].extract_text()) is told


async def test_a_printer_that_fails_is_named_and_the_original_comes_once_it_works(
    office: Office, printer: Printer
) -> None:
    save_settings(office.folder, Settings(roll_printer="XP80", paper="roll"))
    printer.fails()
    dossier = taken_in(office)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "p")
        await until(desktop, "✗ XP80 không nhận lệnh in; giấy được giữ lại.")
        job = waiting(desktop)
        assert job.state == "issued" and printer.jobs() == []
        printer.works()
        await desktop.press("p")
        await until(desktop, "Đã gửi giấy hẹn")
        assert printer.jobs() == [("-d XP80 -o raw", job.content)] and waiting(desktop).state == "sent"


async def test_after_a_power_cut_the_desk_asks_and_a_no_prints_the_original_on_the_roll(
    office: Office, printer: Printer
) -> None:
    save_settings(office.folder, Settings(roll_printer="XP80", paper="roll"))
    dossier = taken_in(office)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "p")
        await until(desktop, "Đã gửi giấy hẹn")
    save_settings(office.folder, Settings(printer="A5", roll_printer="XP58"))  # an A5 is usual by now, the roll is new
    async with workstation(office) as desktop:
        assert isinstance(desktop.app.screen, PrintsScreen)
        job = waiting(desktop)
        await desktop.press("p")
        await until(desktop, "đã gửi in lại")
        assert printer.jobs() == [("-d XP80 -o raw", job.content), ("-d XP58 -o raw", job.content)]


async def test_what_no_printer_took_comes_in_one_press_as_soon_as_one_works(office: Office, printer: Printer) -> None:
    printer.fails()
    dossiers = [taken_in(office), taken_in(office)]
    async with workstation(office) as desktop:
        for dossier in dossiers:
            await opened(desktop, dossier, "p")
            await until(desktop, "Ctrl+P, «Giấy chưa xác nhận»")
        printer.works()
        await desktop.press("ctrl+p")
        await desktop.type("giay chua")
        await desktop.press("enter")
        await desktop.settle()
        assert isinstance(desktop.app.screen, PrintsScreen)
        await desktop.press("v", "end", "p")
        await until(desktop, "Đã gửi in lại 2 giấy.")
        assert len(printer.jobs()) == 2 and desktop.app.prints.asked() == []
    async with workstation(office) as desktop:
        assert isinstance(desktop.app.screen, PrintsScreen)
        await desktop.press("v", "end", "enter")
        assert "Đã xác nhận 2 giấy." in desktop.says() and Spool(desktop.app.desk).jobs() == []


async def test_a_copy_of_a_roll_slip_is_marked_and_comes_on_the_roll(office: Office, printer: Printer) -> None:
    save_settings(office.folder, Settings(roll_printer="XP80", paper="roll"))
    dossier = taken_in(office)
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "p")
        await until(desktop, "Đã gửi giấy hẹn")
        Spool(desktop.app.desk).confirm(officer(desktop.app.desk), waiting(desktop))
        save_settings(office.folder, Settings(printer="A5", roll_printer="XP80"))
        await desktop.press("p")
        await until(desktop, "bản sao giấy hẹn")
        (_, original), (told, copy) = printer.jobs()
        assert told == "-d XP80 -o raw" and copy.startswith(RASTER) and copy != original
        assert Spool(desktop.app.desk).jobs() == []


async def test_no_roll_printer_is_told_with_what_to_do(office: Office, printer: Printer) -> None:
    save_settings(office.folder, Settings(printer="A5"))
    async with workstation(office) as desktop:
        await opened(desktop, taken_in(office), "m", "alt+k")
        await desktop.type("hen")
        await desktop.press("enter")
        await until(desktop, "Chưa chọn máy in cuộn 80 mm; giấy được giữ lại. Vào F9")
        assert waiting(desktop).state == "issued"


@pytest.mark.parametrize("on_roll", [False, True])
async def test_characters_that_no_font_has_are_asked_about_before_anything_is_issued(
    office: Office, printer: Printer, on_roll: bool
) -> None:
    dossier = taken_in(office, name="Lý Tiểu 龙")
    async with workstation(office) as desktop:
        await opened(desktop, dossier, "m", *(["alt+k"] if on_roll else []))
        await desktop.type("hen")
        await desktop.press("enter")
        await desktop.settle()
        assert isinstance(desktop.app.screen, ConfirmPrint)
        assert any("龙" in line for line in desktop.app.screen.query("TextLines").first().lines(60))
        assert Spool(desktop.app.desk).jobs() == []
        await desktop.press("escape")
        assert "Chưa in" in desktop.says() and Spool(desktop.app.desk).jobs() == []
        await desktop.type("hen")
        await desktop.press("enter")
        await desktop.settle(1.0)
        await desktop.press("enter")
        await until(desktop, "Đã gửi in «Giấy hẹn»")
        (event,) = [one for one in desktop.app.desk.log.events_of(dossier) if one.kind == "letter_issued"]
        assert "confirmed" not in event.body and waiting(desktop).manner.roll is on_roll


async def test_the_intake_prints_on_the_roll_once_where_it_is_asked_to(office: Office, printer: Printer) -> None:
    async with workstation(office, "intake") as desktop:
        for keys, manner in ((("alt+k",), Manner(roll=True)), ((), Manner())):
            await desktop.scan(CARD)
            await choose(desktop, "dktt")
            await desktop.press("0", *keys)
            title = str(desktop.app.screen.query_one("DuePane").border_title)
            assert ("in: cuộn 80 mm" in title) is manner.roll
            await desktop.press("f10")
            for _ in range(200):
                if "Đã gửi" in desktop.says("#print"):
                    break
                await desktop.settle(0.05)
            assert Spool(desktop.app.desk).jobs()[-1].manner == manner
    assert [told.split()[1] for told, _ in printer.jobs()] == ["XP80", "A5"]


async def test_the_roll_printer_and_what_is_usual_are_settings(office: Office, printer: Printer) -> None:
    save_settings(office.folder, Settings(printer="A5"))
    async with workstation(office, "settings") as desktop:
        desktop.one("#paper").value = "roll"
        await desktop.press("f10")
        assert "Chưa chọn máy in cuộn" in desktop.says() and desktop.focus == "roll_printer"
        await desktop.press("right", "enter")
        assert desktop.focus == "roll_place"
        await desktop.type("/dev/usb/lp0")
        desktop.one("#languages").value = "two"
        await desktop.press("f10")
        assert "Đã lưu" in desktop.says()
    assert load_settings(office.folder) == Settings(
        printer="A5", roll_printer="/dev/usb/lp0", paper="roll", languages="two"
    )
    async with workstation(office, "settings") as desktop:
        assert desktop.one("#roll_place").value == "/dev/usb/lp0"
        await desktop.press("f10")
    assert load_settings(office.folder).roll_printer == "/dev/usb/lp0" and load_settings(office.folder).printer == "A5"


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("place", ["settings", "prints"])
def test_picture(
    office: Office, printer: Printer, snap_compare: Callable[..., bool], size: tuple[int, int], place: str
) -> None:
    desk = office.open()
    dossier = take_in(desk, papers=["CT01"])
    save_settings(office.folder, Settings(printer="A5", roll_printer="\\\\QUAY1\\XP80", paper="roll"))
    prepare(desk, officer(desk), dossier, "receipt", load_settings(office.folder))
    desk.close()
    app = Workstation(office.folder, officer="tmd")

    async def before(pilot: Any) -> None:
        await pilot.pause(0.1)
        app.push(app.make(place))
        await pilot.pause(0.2)

    assert snap_compare(app, terminal_size=size, run_before=before)
