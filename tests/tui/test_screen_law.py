"""The law on the screen: how it came to be, an amendment seen before it is made, and what officers read of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.moments import LEGAL_TIME
from storage.law_changes import law_history
from tests.conftest import PIN, Office, act, officer, take_in
from tests.storage.amended import PERMIT, amend, closed, counted, permit, version
from tests.storage.sync_desks import Station, officer_of
from tests.tui.workstation import NARROW, Desktop, workstation
from tui.app import Workstation
from tui.i18n import tr

_DUE = int(datetime(2026, 6, 1, 17, tzinfo=LEGAL_TIME).timestamp())
STORM = ("25/5", "26/5", "Bão số 12", "CV 12/CAP")


def name(desktop: Desktop) -> str:
    return type(desktop.app.screen).__name__


def foot(desktop: Desktop) -> str:
    """The key line, as it is painted."""
    return "".join(segment.text for segment in desktop.one("#status").render_line(0))


def told(desktop: Desktop, selector: str) -> str:
    return "\n".join(desktop.one(selector).lines(200))


async def look(desktop: Desktop) -> None:
    """F10 on the form: what it moves is found beside the screen."""
    await desktop.press("f10")
    await found(desktop)


async def found(desktop: Desktop) -> None:
    while name(desktop) == "AmendScreen" and desktop.says() == tr("amend.looking"):
        await desktop.settle(0.02)
    await desktop.settle(0.02)


async def fill_in(desktop: Desktop, *texts: str) -> None:
    for text in texts:
        await desktop.press("enter")
        await desktop.type(text)


def waiting(office: Office) -> tuple[str, str]:
    """Two dossiers due on 1 June; one has its date on paper."""
    desk = office.open()
    plain, printed = take_in(desk, "Đặng Thị Đào"), take_in(desk, "Lê Văn Hẹn")
    due = desk.row(printed)
    assert due is not None
    promised = {"letter": "receipt", "promised_at": "2026-06-01T17:00:00+07:00"}
    act(desk, printed, "letter_issued", **promised)
    desk.close()
    return plain, printed


async def test_a_storm_closure_is_typed_seen_signed_and_moves_the_queue(office: Office) -> None:
    plain, printed = waiting(office)
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a")
        await fill_in(desktop, *STORM)
        written = events(desktop)
        await look(desktop)
        assert name(desktop) == "PreviewScreen" and desktop.focus == "pin"
        assert "2 hồ sơ đang giải quyết dời hẹn" in told(desktop, "#moves_count")
        first = desktop.one("#moves").current
        assert (first.id, first.broken) == (printed, True)
        assert first.cells[1:2] + first.cells[3:] == (
            "Lê Văn Hẹn",
            "01/06/26 17:00",
            "03/06/26 17:00",
            "01/06/26 17:00",
        )
        await desktop.press("escape")
        assert name(desktop) == "AmendScreen" and desktop.one("#reason").value == "Bão số 12"
        assert events(desktop) == written
        await look(desktop)
        assert "Ký và áp dụng" in foot(desktop)
        await desktop.type("1111")
        await desktop.press("f10")
        assert desktop.says().startswith("✗") and name(desktop) == "PreviewScreen"
        await desktop.type(PIN)
        await desktop.press("f10")
        assert name(desktop) == "LawScreen" and "2 hồ sơ" in desktop.says()
        assert "Đóng cửa 25–26/05/2026: Bão số 12 (CV 12/CAP)" in told(desktop, "#history")
        row = desktop.app.desk.row(plain)
        assert row is not None and row["due_at"] == first_moved(office, plain)
        desktop.app.push(desktop.app.make("why", printed))
        await desktop.settle()
        assert "Đã hẹn với dân 17:00 thứ Hai 01/06/2026: vẫn giữ" in told(desktop, "#reasons")
        assert "Bão số 12 25–26/5 (CV 12/CAP)" in told(desktop, "#reasons")


def events(desktop: Desktop) -> int:
    return int(desktop.app.desk.connection.execute("SELECT count(*) FROM event").fetchone()[0])


def first_moved(office: Office, dossier: str) -> int:
    desk = office.open()
    row = desk.row(dossier)
    desk.close()
    assert row is not None
    return int(row["due_at"])


async def test_bad_input_is_told_in_its_field_and_nothing_is_lost(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a")
        await fill_in(desktop, "31/2", "26/5", "Bão")
        await look(desktop)
        assert "«31/2» không phải là ngày" in desktop.says() and desktop.focus == "first"
        desktop.one("#first").value = "25/5"
        await look(desktop)
        assert "Văn bản số" in desktop.says() and desktop.focus == "decision"
        assert (desktop.one("#last").value, desktop.one("#reason").value) == ("26/5", "Bão")
        desktop.one("#kind").value = "commitment"
        await desktop.settle()
        desktop.app.screen.set_focus(desktop.one("#procedure").field)
        await desktop.type("thuong tru")
        await desktop.press("enter")
        desktop.one("#limit").value, desktop.one("#first").value = "20 nlv", "1/6"
        desktop.one("#last").value, desktop.one("#decision").value = "", "QĐ 1"
        await look(desktop)
        assert "Cam kết chỉ được rút ngắn" in desktop.says() and "Đăng ký thường trú" in desktop.says()
        desktop.one("#limit").value = "5 nlv"
        await look(desktop)
        assert name(desktop) == "PreviewScreen"


async def test_keys_that_come_while_it_is_looked_for_are_the_previews(office: Office) -> None:
    plain, _ = waiting(office)
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a")
        await fill_in(desktop, *STORM)
        await desktop.press("f10", "escape")
        await found(desktop)
        assert name(desktop) == "AmendScreen" and desktop.one("#decision").value == "CV 12/CAP"
        await desktop.press("f10", *PIN, "f10")
        await found(desktop)
        assert name(desktop) == "LawScreen" and first_moved(office, plain) > _DUE


@pytest.mark.parametrize(
    ("kind", "typed", "field", "told_of"),
    [
        ("opening", {"day": "28/5", "hours": "7h-9h; 8h-10h"}, "hours", "chồng lên nhau"),
        ("opening", {"day": "28/5", "hours": "17h-20h", "desk": "9" * 20}, "desk", "không phải là số quầy"),
        ("opening", {"day": "1/1/2090", "hours": "17h-20h", "decision": "CV 1"}, "day", "2030"),
        ("withdrawn", {"first": "25/5", "decision": "CV 1"}, "first", "ngày 25/05/2026 là ngày bình thường"),
        ("file", {"path": "~khong-co-ai/a.toml"}, "path", "không có tệp này"),
        ("file", {"path": "/dev/zero"}, "path", "không phải là tệp thường"),
    ],
)
async def test_what_cannot_be_meant_is_told_in_words(
    office: Office, kind: str, typed: dict[str, str], field: str, told_of: str
) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a")
        desktop.one("#kind").value = kind
        await desktop.settle()
        for place, text in typed.items():
            desktop.one(f"#{place}").value = text
        await look(desktop)
        assert told_of in desktop.says() and "screen" not in desktop.says()
        assert name(desktop) == "AmendScreen" and desktop.focus == field


async def test_the_help_of_the_form_names_its_own_keys_alone(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a", "tab", "f12")
        keys = told(desktop, "#keys")
        assert "Xem trước" in keys and "Ctrl+T" in keys and "Esc" in keys
        assert "Bỏ sự kiện" not in keys and "Enter" not in keys


async def test_amendments_that_two_desks_made_apart_are_marked(station: Station) -> None:
    one, other, _ = station.desks
    amend(one, officer_of(one), closed("2026-11-25", "2026-11-26"))
    station.sync(0, 1, 0)
    amend(one, officer_of(one), {"decision": "TB 2", "withdrawn": ["2026-11-25"]})
    amend(other, officer_of(other), closed("2026-11-25") | {"decision": "TB 3"})
    station.sync(0, 1, 0)
    assert [one.contested for one in law_history(one)] == [True, True, False, False]
    app = Workstation(one.folder, officer=officer_of(one).code)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        await pilot.press("escape", "ctrl+k")
        await pilot.pause()
        assert told(Desktop(app, pilot), "#history").count("hai quầy sửa khác nhau") == 2
    app.desk.close()
    amend(other, officer_of(other), closed("2026-11-25") | {"decision": "TB 4"})
    assert not any(one.contested for one in law_history(other))


async def test_a_file_is_read_with_its_signature_beside_it(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "sua-doi.json"
    async with workstation(office) as desktop:
        await desktop.press("ctrl+k", "a")
        desktop.one("#kind").value = "file"
        await desktop.settle()
        desktop.one("#path").value = str(path)
        await look(desktop)
        assert "Không đọc được tệp" in desktop.says() and desktop.focus == "path"
        path.write_text(json.dumps({"decision": "TB 9", "reason": "x", "days_off": ["2026-06-01"]}))
        await look(desktop)
        assert name(desktop) == "PreviewScreen" and "✗" in told(desktop, "#failures")
        assert not desktop.one("#pin_line").display
        await desktop.press("f10")
        assert "ví dụ kiểm chứng" in desktop.says() and name(desktop) == "PreviewScreen"
        await desktop.press("escape")
        Path(f"{path}.sig").write_text("không phải chữ ký", encoding="utf-8")
        await look(desktop)
        assert name(desktop) == "AmendScreen" and "chữ ký" in desktop.says().casefold()


async def test_who_may_not_amend_reads_and_is_told(office: Office) -> None:
    async with workstation(office, officer="hoa") as desktop:
        await desktop.press("f9", "ctrl+k", "a")
        assert name(desktop) == "LawScreen" and "Chỉ để xem" in desktop.says()
        await desktop.press("escape")
        assert name(desktop) == "SettingsScreen"
    async with workstation(office, officer="lanh") as desktop:
        await desktop.press("ctrl+k", "a")
        kinds = {desktop.one("#kind").value}
        for _ in range(5):
            await desktop.press("right")
            kinds.add(desktop.one("#kind").value)
        assert kinds == {"opening", "commitment", "file"}


async def test_an_officer_reads_once_what_has_changed_and_may_put_it_off(office: Office) -> None:
    desk = office.open()
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    opening = {"date": "2026-05-28", "hours": [["17:30", "20:00"]]}
    amend(desk, officer(desk), {"decision": "CV 2", "opening": [opening]})
    desk.close()
    async with workstation(office, officer="hoa") as desktop:
        assert name(desktop) == "ChangesScreen"
        await desktop.press("escape")
        assert name(desktop) == "QueueScreen"
        await sign_in(desktop, "hoa")
        assert name(desktop) == "ChangesScreen" and "Đóng cửa 25–26/05/2026" in told(desktop, "#changes_list")
        await desktop.press("space", "f2")
        await sign_in(desktop, "hoa")
        assert told(desktop, "#changes_list").strip().startswith("[ ] Tiếp nhận thêm 28/05/2026, 17:30–20:00 (CV 2)")
        await desktop.press("f10")
        assert name(desktop) == "QueueScreen" and "✓" in desktop.says()
        await sign_in(desktop, "hoa")
        assert name(desktop) == "QueueScreen"
        await sign_in(desktop, "khai")
        await desktop.press("space", "space")
        assert name(desktop) == "QueueScreen"


async def sign_in(desktop: Desktop, code: str) -> None:
    await desktop.press("ctrl+o")
    await desktop.type(code + PIN)
    await desktop.press("enter")
    await desktop.settle()


async def test_the_leader_sees_what_was_taken_in_under_an_old_catalogue(office: Office) -> None:
    desk = office.open()
    amend(desk, officer(desk), permit(version("2026-01-05", counted("2026-05-21T09:00", "2026-05-28T17:00"))))
    old = take_in(desk, "Người Cũ", procedure=PERMIT)
    shorter = [{"amount": "3", "unit": "working_day"}]
    late = version("2026-05-20", counted("2026-05-21T09:00", "2026-05-26T17:00"), phases=shorter)
    early = version("2026-01-05", counted("2026-05-19T09:00", "2026-05-26T17:00"), valid_to="2026-05-19")
    amend(desk, officer(desk), permit(early, late))
    desk.close()
    async with workstation(office, "settings", officer="lanh") as desktop:
        await desktop.press("ctrl+k")
        assert desktop.one("#law_old").display
        line = desktop.one("#old").current
        assert line.id == old and line.cells[3:5] == ("28/05/26 17:00", "26/05/26 17:00")
    async with workstation(office, officer="khai") as desktop:
        await desktop.press("f9", "ctrl+k")
        assert not desktop.one("#law_old").display


@pytest.mark.parametrize("size", [NARROW, (100, 30)])
@pytest.mark.parametrize("place", ["law", "form", "preview", "changes"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int], place: str) -> None:
    waiting(office)
    if place in ("law", "changes"):
        desk = office.open()
        amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
        promise = {"procedure": "permanent-residence", "amount": "5", "unit": "working_day"}
        promise |= {"valid_from": "2026-06-01", "decision": "QĐ 4/QĐ-CAP"}
        amend(desk, officer(desk), {"commitment": [promise]})
        desk.close()

    async def before(pilot: object) -> None:
        keys = {"law": ("escape", "ctrl+k"), "changes": ("space",)}.get(place, ("ctrl+k", "a"))
        if place in ("form", "preview"):
            for text in STORM:
                keys += ("enter", *("space" if letter == " " else letter for letter in text))
        if place == "preview":
            keys += ("f10",)
        await pilot.press(*keys)  # type: ignore[attr-defined]
        await found(Desktop(pilot.app, pilot))  # type: ignore[attr-defined, arg-type]
        await pilot.pause(0.2)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
