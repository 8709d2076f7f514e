"""From paper to verdict: the QR of slips as they are rendered, read by a scanner's library, whole or badly seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import segno
import typst
import zxingcpp

from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.desk import Desk
from storage.manner import Manner
from storage.press import Press
from storage.series import NO_WITNESS
from storage.slips import check_slip
from storage.thermal import DOTS, grey_rows
from tests.conftest import NOW, Office, act, take_in
from tests.storage.test_thermal import printed
from tests.tui.workstation import workstation
from tui.slips import receipt_slip


def on_a5(desk: Desk, dossier: str, monkeypatch: pytest.MonkeyPatch, ppi: float) -> memoryview:
    """The first page of the receipt as a picture."""
    compile_pdf = typst.compile

    def as_picture(*args, **options):
        return compile_pdf(*args, **{**options, "format": "png", "ppi": ppi})[0]

    monkeypatch.setattr(typst, "compile", as_picture)
    rows = list(grey_rows(Press().receipt(receipt_slip(Press(), desk, desk.dossier(dossier))).content))
    monkeypatch.setattr(typst, "compile", compile_pdf)
    return memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0])))


def on_80_mm(desk: Desk, dossier: str) -> memoryview:
    """The dots that the printer is sent."""
    roll = Press(manner=Manner(roll=True))
    rows = printed(roll.receipt(receipt_slip(roll, desk, desk.dossier(dossier))).content)
    dots = bytes(0 if byte >> bit & 1 else 255 for row in rows for byte in row for bit in range(7, -1, -1))
    return memoryview(dots).cast("B", (len(rows), DOTS))


def scanned(picture: memoryview) -> str:
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    return code.text


def badly_seen(picture: memoryview, scale: float, noise: int, contrast: float) -> memoryview:
    """The code and what stands around it as a poor camera has it: smaller or bigger between the dots, pale, grainy."""
    (code,) = zxingcpp.read_barcodes(picture)
    left, top, right = code.position.top_left.x - 25, code.position.top_left.y - 25, code.position.top_right.x + 25
    size, grain = right - left, random.Random(1)
    pixels, width = bytes(picture), picture.shape[1]
    rows = [pixels[(top + y) * width + left : (top + y) * width + right] for y in range(size)]
    places = [(int(x / scale), x / scale - int(x / scale)) for x in range(int((size - 1) * scale))]
    out = bytearray()
    for y, down in places:
        row = [above + (below - above) * down for above, below in zip(rows[y], rows[y + 1], strict=True)]
        for x, across in places:
            value = row[x] + (row[x + 1] - row[x]) * across
            out.append(max(0, min(255, int(60 + value / 255 * 150 * contrast) + grain.randint(-noise, noise))))
    return memoryview(bytes(out)).cast("B", (len(places), len(places)))


def typical(desk: Desk) -> str:
    return take_in(desk)


def with_a_long_article(desk: Desk) -> str:
    return take_in(desk, procedure="fireworks-permit", variant=None)


def waiting(desk: Desk) -> str:
    dossier = take_in(desk, at=NOW - timedelta(days=1))
    act(desk, dossier, "supplement_requested", items=["CT01"])
    return dossier


def without_a_number(desk: Desk) -> str:
    desk.connection.execute("INSERT INTO hub (url, sent, received) VALUES ('folder:x', 0, 0)")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    return take_in(desk)


@pytest.mark.parametrize("made", [typical, with_a_long_article, waiting, without_a_number])
def test_both_papers_scan_to_a_slip_that_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, made: Callable[[Desk], str]
) -> None:
    dossier = made(desk)
    for picture in (on_a5(desk, dossier, monkeypatch, 150.0), on_80_mm(desk, dossier)):
        checked = check_slip(desk, scanned(picture))
        assert (checked.verdict, checked.dossier.id, checked.dossier.same) == ("holds", dossier, True)
        assert check_slip(desk, scanned(picture).lower()).verdict == "holds"


@pytest.mark.parametrize(
    ("scale", "noise", "contrast"), [(1.0, 60, 1.0), (0.45, 20, 1.0), (0.62, 30, 0.8), (1.7, 20, 0.6)]
)
@pytest.mark.parametrize("made", [typical, with_a_long_article])
def test_a_poor_camera_reads_the_80_mm_slip(
    desk: Desk, made: Callable[[Desk], str], scale: float, noise: int, contrast: float
) -> None:
    dossier = made(desk)
    seen = badly_seen(on_80_mm(desk, dossier), scale, noise, contrast)
    assert check_slip(desk, scanned(seen)).verdict == "holds"


@pytest.mark.parametrize("ppi", [140.0, 203.0])
def test_a_poor_camera_reads_the_a5_slip(desk: Desk, monkeypatch: pytest.MonkeyPatch, ppi: float) -> None:
    picture = on_a5(desk, with_a_long_article(desk), monkeypatch, ppi)
    assert check_slip(desk, scanned(badly_seen(picture, 1.3, 30, 0.8))).verdict == "holds"


def test_every_module_on_80_mm_is_whole_dots_and_the_margin_is_white(desk: Desk) -> None:
    picture = on_80_mm(desk, typical(desk))
    (code,) = zxingcpp.read_barcodes(picture)
    corner, modules = code.position, segno.make_qr(code.text, error="m").symbol_size(border=0)[0]
    left, right, top = corner.top_left.x, corner.top_right.x, corner.top_left.y
    dots = round((right - left) / modules)
    assert dots == 6 and right - left in range(modules * dots - 2, modules * dots + 1)
    row = bytes(picture)[(top + 3) * DOTS + left : (top + 3) * DOTS + left + modules * dots]
    edges = [0, *(at + 1 for at, (one, two) in enumerate(pairwise(row)) if one != two)]
    assert {edge % dots for edge in edges} == {0}
    quiet = 2 * dots
    outside = bytes(picture)[top * DOTS + left - quiet : top * DOTS + left]
    assert set(outside) == {255}


def test_a_slip_is_no_bigger_than_what_scans(desk: Desk) -> None:
    """Version 7 as a rule, 8 where an article names its amendment: 45 and 49 modules."""
    for made, version in ((typical, 7), (with_a_long_article, 8)):
        text = receipt_slip(Press(), desk, desk.dossier(made(desk))).code
        assert segno.make_qr(text, error="m").version == version


def test_a_moment_before_midnight_stays_in_its_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 5, 20, 23, 59, 59, tzinfo=LEGAL_TIME)
    dossier = take_in(desk, at=late, procedure="stay-notice", variant="night")
    claim = check_slip(desk, scanned(on_80_mm(desk, dossier))).claim
    assert (claim.received_at, claim.due_at.hour) == (late.replace(second=0), 8)


def scan_of(office: Office) -> tuple[str, str]:
    """A dossier beside another one, and what the QR of its slip says."""
    desk = office.open()
    take_in(desk, "Lê Ngọc Ánh")
    dossier = take_in(desk)
    act(desk, dossier, "approved")
    act(desk, dossier, "result_ready", shelf="B3")
    text = receipt_slip(Press(), desk, desk.dossier(dossier)).code
    desk.close()
    return dossier, text


@pytest.mark.parametrize("typed", [str, str.lower, str.swapcase])
async def test_search_and_queue_find_a_dossier_by_its_slip(office: Office, typed: Callable[[str], str]) -> None:
    dossier, text = scan_of(office)
    async with workstation(office, "search") as desktop:
        await desktop.type(typed(text))
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"
        await desktop.press("escape")
        assert desktop.one("LineTable").current.id == dossier
    async with workstation(office) as desktop:
        await desktop.press("/")
        await desktop.type(typed(text))
        await desktop.settle(0.3)
        assert desktop.one("#found").visual.plain.startswith("1 ")


async def test_the_return_of_results_finds_it_and_says_when_a_slip_was_altered(office: Office) -> None:
    dossier, text = scan_of(office)
    async with workstation(office, "return") as desktop:
        await desktop.scan(text.lower())
        assert (desktop.focus, desktop.one("LineTable").current.id) == ("identity", dossier)
        assert "✗" not in desktop.says()
        await desktop.scan(text[:-20] + ("0" if text[-20] != "0" else "1") + text[-19:])
        assert desktop.one("LineTable").current.id == dossier
        assert "Giấy hẹn đã bị sửa" in desktop.says()
        await desktop.scan("H30-001-260521-0002")
        assert "✗" not in desktop.says()


async def test_an_intake_says_that_it_is_a_receipt_and_no_card(office: Office) -> None:
    _, text = scan_of(office)
    async with workstation(office, "intake") as desktop:
        await desktop.scan(text)
        assert "giấy hẹn" in desktop.says() and desktop.one("IntakeForm").read().empty
