"""F8: Telex, VNI, off, from any screen; kept for the desk, and always to be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from storage.settings import Settings, load_settings, save_settings
from tests.conftest import Office, take_in
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.i18n import set_language
from tui.widgets.inputs import KeyedInput, PinInput

SIZES = [NARROW, WIDE]


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    set_language("vi")
    yield
    set_language("vi")


def foot(desktop: Desktop) -> str:
    text: str = desktop.one("#status").render_line(2).text
    return text.rstrip()


async def test_it_is_off_at_first_and_f8_goes_round_and_is_kept(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        assert foot(desktop).endswith("F8 Bộ gõ: tắt")
        desktop.one("#applicant_name").focus()
        await desktop.press("f8")
        assert foot(desktop).endswith("F8 Telex") and "aa â" in desktop.says()
        await desktop.press(*"Ddaof", "f8")
        await desktop.type(" d9a2")
        await desktop.settle()
        assert (desktop.one("#applicant_name").value, load_settings(office.folder).typing) == ("Đào đà", "vni")
    async with workstation(office, "search") as desktop:
        assert foot(desktop).endswith("F8 VNI")
        await desktop.press("f8")
        assert foot(desktop).endswith("F8 Bộ gõ: tắt") and load_settings(office.folder).typing == "off"


async def test_the_foot_says_where_keys_stay_as_they_are_and_a_click_turns_it(office: Office) -> None:
    save_settings(office.folder, Settings(typing="telex"))
    async with workstation(office, "intake") as desktop:
        assert desktop.focus == "applicant_number" and foot(desktop).endswith("F8 (Telex)")
        desktop.one("#applicant_name").focus()
        await desktop.settle()
        assert foot(desktop).endswith("F8 Telex")
        await desktop.pilot.click("#status", offset=(76, 2))
        await desktop.settle()
        assert foot(desktop).endswith("F8 VNI")


async def test_a_foot_without_room_leaves_out_only_that_it_is_off(office: Office) -> None:
    async with workstation(office, "search") as desktop:
        desktop.one("#status").tell("x" * 75)
        assert foot(desktop) == " " + "x" * 75
        await desktop.press("f8")
        assert foot(desktop).endswith("F8 Telex")


async def test_a_card_is_never_composed_and_what_the_officer_types_is(office: Office) -> None:
    save_settings(office.folder, Settings(typing="vni", tone_style="new"))
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        assert desktop.one("#applicant_name").value == "Nguyễn Thị Hồng Đào"
        desktop.one("#bringer_name").focus()
        await desktop.type("Tra6n2 Hoa2")
        desktop.one("#phone").focus()
        await desktop.type("a1")
        held = desktop.one("#bringer_name").value, desktop.one("#phone").value
        assert held == ("Trần Hoà", "a1")


async def test_a_search_by_composed_words_finds_and_a_pin_is_as_typed(office: Office) -> None:
    save_settings(office.folder, Settings(typing="telex"))
    desk = office.open()
    dossier = take_in(desk, "Lê Ngọc Ánh")
    desk.close()
    async with workstation(office, "search") as desktop:
        await desktop.type("Ngojc Asnh")
        await desktop.settle(0.2)
        assert desktop.one("#box").value == "Ngọc Ánh"
        assert desktop.one("LineTable").current.id == dossier
        await desktop.app.run_action("go('sign_in')")
        await desktop.settle()
        pin = desktop.one("#pin")
        pin.focus()
        await desktop.type("aaddw")
        assert pin.value == "aaddw"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("intake", {"applicant_name", "address", "nationality", "bringer_name", "note"}),
        ("return", {"taker", "witness", "carrier"}),
        ("handover", {"handover-note", "handover-reason"}),
        ("settings", set()),
        ("search", set()),
    ],
)
async def test_the_fields_that_hold_words(office: Office, place: str, words: set[str]) -> None:
    async with workstation(office, place) as desktop:
        held = {field.id: field.holds for field in desktop.app.screen.query(KeyedInput)}
        assert {name for name, holds in held.items() if holds == "words"} == words
        pins = {field.holds for field in desktop.app.screen.query(PinInput)}
        assert pins <= {"codes"}


async def test_help_and_palette_have_it(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("f12")
        shown = " ".join(desktop.one("#keys").lines(78))
        assert "F8" in shown and "Bộ gõ" in shown
        await desktop.press("escape", "ctrl+p")
        await desktop.type("bo go")
        await desktop.press("enter")
        await desktop.settle()
        assert foot(desktop).endswith("F8 Telex")


async def test_the_settings_choose_method_and_tones_and_f8_there_is_not_taken_back(office: Office) -> None:
    async with workstation(office, "settings") as desktop:
        desktop.one("#typing").value = "telex"
        desktop.one("#tone_style").value = "new"
        await desktop.press("f10")
        kept = load_settings(office.folder)
        assert (kept.typing, kept.tone_style) == ("telex", "new")
        assert foot(desktop).endswith("F8 Telex") and desktop.app.typing.style == "new"
        await desktop.press("f8", "f10")
        assert load_settings(office.folder) == replace(kept, typing="vni")


async def test_settings_that_cannot_be_read_are_not_written_over(office: Office) -> None:
    broken = office.folder / "settings.toml"
    broken.write_text("theme = 'pink'", encoding="utf-8")
    async with workstation(office, "search") as desktop:
        await desktop.press("f8", *"Ddaof")
        assert desktop.one("#box").value == "Đào"
        assert "settings.toml" in desktop.says() and broken.read_text(encoding="utf-8") == "theme = 'pink'"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int], language: str) -> None:
    set_language(language)

    async def before(pilot) -> None:
        await pilot.pause()
        await pilot.app.run_action("go('settings')")
        await pilot.pause()
        await pilot.press("f8")
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
