"""Paper: what the PDF says, that its QR scans, and what a printer answers."""

import contextlib
import io
import os
import socket
import struct
import threading
import zlib
from dataclasses import replace
from datetime import datetime
from importlib import resources

import pypdf
import pytest
import typst
import zxingcpp

from core.document import Document, Heading, Said, Signature, Table
from core.forms import day_words
from core.letters import Fee, PaperRow, ReceiptSlip
from core.moments import LEGAL_TIME
from storage.manner import Manner
from storage.press import Press, qr_svg
from storage.printing import printers, send_to_printer, send_to_roll
from storage.settings import Settings

PRESS = Press()
NOW = datetime(2026, 11, 20, 9, 5, tzinfo=LEGAL_TIME)
SLIP = ReceiptSlip(
    form=PRESS.form("receipt", NOW.date()),
    unit_name="Công an phường Hải Châu",
    unit_parent="Công an thành phố Đà Nẵng",
    desk="Công an phường Hải Châu, quầy số 2",
    receipt_number="G01.826.001-261120-0042",
    place="Hải Châu",
    received_at=NOW,
    subject_name="Nguyễn Thị Ngọc Hương",
    procedure_title="Đăng ký thường trú",
    limit="07 ngày làm việc",
    officer_name="Lê Văn Đạt",
    due_at=datetime(2026, 12, 2, 17, 0, tzinfo=LEGAL_TIME),
    subject_number="048185001234",
    masked=True,
    papers=(PaperRow("Tờ khai thay đổi thông tin cư trú", 1), PaperRow("Văn bản đồng ý", 1, 1)),
    fee=Fee(20000, 20000, "tiền mặt"),
)


def pages(pdf: bytes) -> list[str]:
    """Each page's text with blanks folded."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def size_mm(pdf: bytes) -> tuple[int, int]:
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def grey(png: bytes) -> memoryview:
    """The pixels of an RGBA PNG as rows of grey values."""
    width, height = struct.unpack(">II", png[16:24])
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride, before, out = zlib.decompress(packed), 4 * width, bytes(4 * width), bytearray()
    for row in range(height):
        start = row * (stride + 1)
        before = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before)
        out += before[0::4]
    return memoryview(bytes(out)).cast("B", (height, width))


def unfiltered(kind: int, row: bytearray, above: bytes) -> bytes:
    for i in range(len(row)):
        left = row[i - 4] if i >= 4 else 0
        corner = above[i - 4] if i >= 4 else 0
        row[i] = (row[i] + (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]) & 255
    return bytes(row)


def paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def test_both_copies_say_what_the_form_asks():
    texts = pages(PRESS.receipt(SLIP).content)
    assert len(texts) == 2
    assert "(Liên 1: Lưu)" in texts[0]
    assert "(Liên 2: Giao khách hàng)" in texts[1]
    for text in texts:
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "CÔNG AN PHƯỜNG HẢI CHÂU",
            "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ",
            "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
            "Mã hồ sơ: G01.826.001-261120-0042",
            "Tiếp nhận hồ sơ của: Nguyễn Thị Ngọc Hương",
            "CCCD/MST: ••••••••1234",
            "Tờ khai thay đổi thông tin cư trú",
            "17 giờ 00 phút, ngày 02 tháng 12 năm 2026",
            "20.000 đồng, đã nộp 20.000 đồng (tiền mặt)",
            "Vào sổ theo dõi hồ sơ, Quyển số:",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TIẾP NHẬN HỒ SƠ",
            "Lê Văn Đạt",
            "lời mẫu chưa đối chiếu với bản gốc",
        ):
            assert words in text
        assert "048185001234" not in text


def test_a_receipt_of_before_september_2025_uses_the_older_form():
    received = datetime(2025, 7, 1, 7, 30, tzinfo=LEGAL_TIME)
    text = pages(
        PRESS.receipt(replace(SLIP, form=PRESS.form("receipt", received.date()), received_at=received)).content
    )[0]
    assert "3. Thời gian giải quyết hồ sơ theo quy định là: 07 ngày làm việc" in text
    assert "Hải Châu, ngày 01 tháng 7 năm 2025" in text
    assert "được lập thành 2 liên" in text


@pytest.mark.parametrize("paper", ["a5", "a4"])
def test_a_slip_without_a_number_says_so(paper):
    text = pages(PRESS.receipt(replace(SLIP, receipt_number=None), paper=paper).content)[0]
    assert "Mã hồ sơ: chưa cấp" in text and "GIẤY TẠM" in text and "G01.826.001" not in text


def test_the_same_slip_gives_the_same_bytes():
    assert PRESS.receipt(SLIP).content == PRESS.receipt(SLIP).content
    assert PRESS.receipt(SLIP).content != PRESS.receipt(replace(SLIP, copy_mark=True)).content


def test_one_sheet_holds_both_copies():
    pdf = PRESS.receipt(SLIP, paper="a4").content
    (text,) = pages(pdf)
    assert text.count("G01.826.001-261120-0042") == 2
    assert size_mm(pdf) == (297, 210)
    assert size_mm(PRESS.receipt(SLIP).content) == (148, 210)


@pytest.mark.parametrize(("large", "paper"), [(False, "a5"), (False, "a4"), (True, "a4")])
def test_a_word_with_no_place_to_break_stays_on_the_slip(large, paper):
    name, mail = "W" * 80, "w" * 90 + "@example.vn"
    slip = replace(SLIP, subject_name=name, bringer_name=name, email=mail)
    press = Press(manner=Manner(large=large))
    said = "".join("".join(pages(press.receipt(slip, paper=paper).content)).split())
    assert said.count(mail) == 2 and said.count(name) == 6, "each copy: whose, who brought it, who signs"
    plate = press.receipt(slip, paper=paper)
    fonts = {"font_paths": [resources.files("storage") / "letters" / "fonts"], "ignore_system_fonts": True}
    drawn = typst.compile(plate.template, sys_inputs={"data": plate.data}, format="png", ppi=120.0, **fonts)
    for page in drawn if isinstance(drawn, list) else [drawn]:
        pixels = grey(page)
        height, width = pixels.shape
        margins = [*range(40), *range(width - 40, width)]
        assert all(pixels[y, x] > 240 for y in range(height) for x in margins)


def test_a_long_name_wraps_and_stays_on_one_page():
    name = "Công ty Trách nhiệm hữu hạn Một thành viên Thương mại và Dịch vụ Xuất nhập khẩu " * 3
    texts = pages(PRESS.receipt(replace(SLIP, subject_name=name.strip())).content)
    assert len(texts) == 2
    assert name.strip() in texts[0]


def test_many_papers_go_on_to_another_page_of_each_copy():
    slip = replace(SLIP, papers=tuple(PaperRow(f"Giấy tờ số {n}", 1) for n in range(60)))
    texts = pages(PRESS.receipt(slip, paper="a4").content)
    assert len(texts) == 4
    assert "Giấy tờ số 59" in texts[1]
    assert "(Liên 2: Giao khách hàng)" in texts[2]


@pytest.mark.parametrize("large", [False, True])
def test_nobody_signs_on_a_page_that_says_nothing(large):
    slip = replace(SLIP, papers=tuple(PaperRow(f"Giấy tờ số {n}", 1) for n in range(30)), explanation=("Tính 7 ngày",))
    texts = pages(Press(manner=Manner(large=large)).receipt(slip).content)
    assert len(texts) == 4
    for text in texts:
        assert ("NGƯỜI NỘP HỒ SƠ" in text) == ("Tính 7 ngày" in text)


def test_marks_and_notices_are_printed():
    slip = replace(SLIP, copy_mark=True, provisional=True, notices=("Thời hạn chưa đối chiếu với văn bản gốc.",))
    text = pages(PRESS.receipt(slip).content)[0]
    assert "BẢN SAO" in text
    assert "MÃ TẠM" in text
    assert "Lưu ý: Thời hạn chưa đối chiếu với văn bản gốc." in text


def test_names_are_never_markup():
    name = '#panic("x") $a$ *b* \\ <c> [d] @e'
    assert name in pages(PRESS.receipt(replace(SLIP, subject_name=name)).content)[0]


def test_minority_names_have_their_letters():
    name = "H’Ƀlin Ñĕ Ayŭn Čhuen Mlô"
    assert name in pages(PRESS.receipt(replace(SLIP, subject_name=name)).content)[0]


@pytest.mark.parametrize("number", ["G01.826.001-261120-0042", None])
def test_the_qr_scans_to_the_receipt_number(monkeypatch, number):
    """The printed page, not only the code: the template is rendered once more as a picture."""
    compile_pdf = typst.compile

    def as_picture(*args, **options):
        return compile_pdf(*args, **{**options, "format": "png", "ppi": 100.0})[0]

    monkeypatch.setattr(typst, "compile", as_picture)
    codes = zxingcpp.read_barcodes(grey(PRESS.receipt(replace(SLIP, receipt_number=number)).content))
    assert [code.text for code in codes] == ([number] if number else [])


def test_a_qr_is_an_image_on_its_own():
    assert qr_svg("A").lstrip().startswith("<?xml")
    assert 'xmlns="http://www.w3.org/2000/svg"' in qr_svg("A")


def test_a_record_has_its_sections_and_two_signatures():
    codes = tuple((f"G01.826.001-261120-{n:04}", "Nguyễn Thị Ngọc Hương") for n in range(60))
    sections = (
        Table("Quá hạn", ("Mã hồ sơ", "Chủ hồ sơ"), codes, "Không có"),
        Table("Bản chính đang giữ", ("Mã hồ sơ", "Giấy tờ"), (), "Không có"),
    )
    heading = Heading("Công an phường Hải Châu", "Công an thành phố Đà Nẵng", "Hải Châu")
    signed = (Signature(("NGƯỜI GIAO",), "Lê Văn Đạt"), Signature(("NGƯỜI NHẬN",), "Trần Thị Bé"))
    said = Said((("Người giao: ", "Lê Văn Đạt"),))
    form = PRESS.form("handover", NOW.date())
    record = Document(form, heading, day_words(NOW.date()), (said, *sections), signed)

    def render() -> bytes:
        return PRESS.letters([record], NOW).content

    text = " ".join(pages(render()))
    for words in ("BIÊN BẢN GIAO CA", "Quá hạn", codes[59][0], "Bản chính đang giữ", "NGƯỜI NHẬN"):
        assert words in text
    assert text.count("Trần Thị Bé") == 1
    assert render() == render()
    assert size_mm(render()) == (210, 297)


@pytest.fixture
def bin_folder(tmp_path, monkeypatch):
    """A machine whose only programs are those that a test puts here."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


pytest_posix = pytest.mark.skipif(os.name == "nt", reason="POSIX print commands")


@pytest_posix
def test_without_a_print_system_the_officer_is_told(bin_folder, tmp_path):
    answer = send_to_printer(tmp_path / "a.pdf", Settings())
    assert answer is not None
    assert answer.code == "printer_missing"
    assert printers() == ()
    shown = send_to_printer(tmp_path / "a.pdf", Settings(viewer=True))
    assert shown is not None
    assert shown.code == "viewer_missing"


@pytest_posix
@pytest.mark.parametrize(("command", "option"), [("lp", "-d"), ("lpr", "-P")])
def test_a_pdf_goes_to_the_chosen_printer(bin_folder, tmp_path, command, option):
    told = tmp_path / "told"
    program(bin_folder, command, f'echo "$@" > {told}')
    assert send_to_printer(tmp_path / "a.pdf", Settings(printer="Quay2")) is None
    assert told.read_text().split() == [option, "Quay2", str(tmp_path / "a.pdf")]


@pytest_posix
def test_a_printer_that_says_no_is_reported(bin_folder, tmp_path):
    program(bin_folder, "lp", "exit 1")
    answer = send_to_printer(tmp_path / "a.pdf", Settings())
    assert answer is not None
    assert answer.code == "printer_failed"


SLIP_BYTES = b"\x1b@" + bytes(range(256)) * 700


@pytest_posix
@pytest.mark.parametrize(("command", "told"), [("lp", "-d XP80 -o raw"), ("lpr", "-P XP80 -l")])
def test_a_roll_gets_its_bytes_as_they_are(bin_folder, tmp_path, command, told):
    program(bin_folder, command, f'echo "$@" > {tmp_path}/told; /bin/cat > {tmp_path}/printed')
    assert send_to_roll(SLIP_BYTES, "XP80") is None
    assert (tmp_path / "told").read_text().strip() == told
    assert (tmp_path / "printed").read_bytes() == SLIP_BYTES


@pytest_posix
def test_a_device_gets_all_bytes_however_few_it_takes_at_once(tmp_path):
    device = tmp_path / "lp0"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    printed = bytearray()

    def read():
        while len(printed) < len(SLIP_BYTES):
            with contextlib.suppress(BlockingIOError):
                printed.extend(os.read(reader, 1000))

    thread = threading.Thread(target=read)
    thread.start()
    assert send_to_roll(SLIP_BYTES, str(device)) is None
    thread.join()
    os.close(reader)
    assert printed == SLIP_BYTES


def test_a_printer_on_the_network_gets_all_bytes():
    printed = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def read():
            link, _ = server.accept()
            while part := link.recv(4096):
                printed.extend(part)

        thread = threading.Thread(target=read)
        thread.start()
        assert send_to_roll(SLIP_BYTES, f"127.0.0.1:{server.getsockname()[1]}") is None
        thread.join()
    assert printed == SLIP_BYTES


@pytest_posix
@pytest.mark.parametrize(
    ("printer", "code"),
    [
        ("", "roll_printer_unchosen"),
        ("XP80", "printer_missing"),
        ("{}/none", "printer_unknown"),
        ("{}/letter.txt", "printer_unknown"),
        ("{}/fifo", "printer_failed"),
        ("127.0.0.1:{port}", "printer_failed"),
        ("127.0.0.1:99999", "printer_failed"),
    ],
)
def test_a_roll_printer_that_is_not_there_is_told(bin_folder, tmp_path, printer, code):
    (tmp_path / "letter.txt").write_text("not a printer")
    os.mkfifo(tmp_path / "fifo")  # nobody reads it
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        name = printer.format(tmp_path, port=nobody.getsockname()[1])
        answer = send_to_roll(SLIP_BYTES, name)
    assert answer is not None and answer.code == code
    assert answer.params.get("printer", name) == name
    assert (tmp_path / "letter.txt").read_text() == "not a printer"


@pytest_posix
def test_a_roll_printer_that_says_no_is_named(bin_folder):
    program(bin_folder, "lp", "exit 1")
    answer = send_to_roll(SLIP_BYTES, "XP80")
    assert answer is not None and (answer.code, dict(answer.params)) == ("printer_failed", {"printer": "XP80"})


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (Settings(), ("print",)),
        (Settings(printer="Máy A4"), ("printto", '"Máy A4"')),
        (Settings(printer="Máy A4", viewer=True), ("open",)),
    ],
)
def test_on_windows_the_program_for_pdf_is_asked(monkeypatch, tmp_path, settings, asked):
    told = []
    monkeypatch.setattr("storage.printing.sys.platform", "win32")
    monkeypatch.setattr("os.startfile", lambda *words: told.append(words), raising=False)
    assert send_to_printer(tmp_path / "a.pdf", settings) is None
    assert told == [(str(tmp_path / "a.pdf"), *asked)]


@pytest.mark.parametrize(
    ("settings", "winerror", "code"),
    [
        (Settings(), 1155, "pdf_program_missing"),
        (Settings(printer="A4"), 5, "printer_failed"),
        (Settings(viewer=True), 1155, "viewer_missing"),
    ],
)
def test_what_windows_answers_is_told(monkeypatch, tmp_path, settings, winerror, code):
    def start(*words):
        error = OSError("no")
        error.winerror = winerror
        raise error

    monkeypatch.setattr("storage.printing.sys.platform", "win32")
    monkeypatch.setattr("os.startfile", start, raising=False)
    answer = send_to_printer(tmp_path / "a.pdf", settings)
    assert answer is not None and answer.code == code


@pytest_posix
def test_the_print_system_names_its_printers(bin_folder):
    program(bin_folder, "lpstat", "echo Quay1; echo Quay2")
    assert printers() == ("Quay1", "Quay2")
