"""The queue: the order of work, narrowed by keys and words; undo; many at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events

from core.queue import FIRST
from tests.conftest import Office, act, take_in
from tests.tui.queue_station import fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, painted, workstation
from tui.app import Workstation
from tui.i18n import set_language, tr
from tui.screens.dossier import DossierScreen
from tui.screens.queue import QueueScreen
from tui.screens.queue_preview import Preview
from tui.screens.queue_rows import SIGNS
from tui.widgets.queue_table import LineTable


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return fill_queue(office.folder, monkeypatch)


def shown(desktop: Desktop) -> list[str]:
    return [row.id for row, *_ in desktop.one("LineTable").picture()]


async def test_the_most_urgent_stands_first_and_each_row_has_its_sign(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        order = shown(desktop)
        assert order[0] == stories["apology"] and order[1] == stories["overdue"]
        assert order.index(stories["supplement"]) > order.index(stories["fresh"])
        rows = [row for row, *_ in desktop.one("LineTable").picture()]
        signs = {row.id: desktop.app.screen._words.mark(row) for row in rows}
        assert signs[stories["apology"]] == ("X", "apology_owed")
        assert signs[stories["overdue"]] == ("!", "overdue")
        assert signs[stories["supplement"]] == ("~", "paused")


async def test_a_second_or_a_light_that_comes_before_the_queue_stands_harms_nothing(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office) as desktop:
        desktop.app.action_go("queue")
        fresh = desktop.app.screen
        assert isinstance(fresh, QueueScreen)
        fresh.tick()
        fresh.show_light()
        await desktop.settle()
        assert shown(desktop)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("2", {"apology", "mine"}),
        ("3", {"apology"}),
        ("4", {"overdue"}),
        ("7", {"supplement"}),
        ("8", {"ready"}),
        ("9", {"ready", "returned"}),
    ],
)
async def test_number_keys_are_saved_filters(
    office: Office, stories: dict[str, str], key: str, names: set[str]
) -> None:
    async with workstation(office) as desktop:
        await desktop.press(key)
        assert set(shown(desktop)) == {stories[name] for name in names}
        await desktop.press("escape")
        assert len(shown(desktop)) == len(stories)


async def test_a_typed_filter_narrows_and_esc_goes_back_one_step_at_a_time(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type("pham bao")
        await desktop.settle()
        names = {desktop.app.desk.row(one)["applicant_name"] for one in shown(desktop)}
        assert names == {"Phạm Gia Bảo"} and 0 < len(shown(desktop)) < len(stories)
        await desktop.press("enter")
        assert desktop.focus == "QueueTable" and desktop.one("#filter").value == "pham bao"
        await desktop.press("escape")
        await desktop.settle()
        assert desktop.one("#filter").value == "" and len(shown(desktop)) == len(stories)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("cho bo sung", {"supplement"}),
        ("tt:tach ho", {"today"}),
        ("cb:tmd", {"apology", "mine"}),
        ("han<=12/6", {"apology", "overdue"}),
    ],
)
async def test_words_of_the_filter(office: Office, stories: dict[str, str], typed: str, names: set[str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type(typed)
        await desktop.press("enter")
        await desktop.settle()
        found = {name for name, one in stories.items() if one in shown(desktop)}
        assert names <= found and not found - names - {"returned", "ready"}


async def test_what_was_narrowed_is_counted_by_urgency_with_its_signs(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type("han<=30/9")
        await desktop.settle()
        rows = [desktop.app.desk.row(one) for one in shown(desktop)]
        wanted = [f"{SIGNS[word]}{n}" for word in FIRST if (n := sum(row.urgency is word for row in rows))]
        assert wanted and desktop.says("#found") == f"{len(rows)} hồ sơ · {' '.join(wanted)}"


async def test_what_a_filter_does_not_understand_is_said(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type("han<=99/99")
        await desktop.press("enter")
        assert "han<=99/99" in desktop.says()


async def test_digits_and_letters_go_into_the_filter_line(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type("u3b")
        assert desktop.one("#filter").value == "u3b"


async def test_undo_asks_first_and_any_other_key_forgets_it(office: Office) -> None:
    async with workstation(office) as desktop:
        one = take_in(desktop.app.desk)
        act(desktop.app.desk, one, "noted", text="chờ chủ nhà")
        await desktop.press("u")
        assert "chờ chủ nhà" in desktop.says()
        await desktop.press("down", "u")
        assert desktop.app.desk.dossier(one).marks == {}
        await desktop.press("ctrl+z")
        dossier = desktop.app.desk.dossier(one)
        assert dossier.events[-1].kind == "undone" and list(dossier.marks.values()) == ["undone"]
        await desktop.press("u")
        assert "chờ chủ nhà" not in desktop.says()


async def test_an_undone_receipt_leaves_the_queue(office: Office) -> None:
    async with workstation(office) as desktop:
        take_in(desktop.app.desk)
        await desktop.press("ctrl+z", "ctrl+z")
        assert shown(desktop) == []
        assert desktop.app.desk.connection.execute("SELECT count(*) FROM dossier").fetchone()[0] == 0


async def test_many_at_once_are_asked_for_twice(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("v", "down", "down", "down", "b")
        await desktop.press("tab")
        await desktop.type("gọi lại")
        await desktop.press("f10")
        assert "4" in desktop.says() and len(desktop.app.screen_stack) == 3
        await desktop.press("f10")
        desk = desktop.app.desk
        noted = [one for one in stories.values() if desk.dossier(one).events[-1].kind == "noted"]
        assert len(noted) == 4


async def test_many_go_to_another_officer_and_come_back_with_one_undo(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        desk = desktop.app.desk
        chosen = shown(desktop)[:4]
        before = [desk.row(one)["officer"] for one in chosen]
        await desktop.press("v", "down", "down", "down", "b")
        await desktop.type("khai")
        await desktop.press("enter", "f10", "f10")
        assert [desk.row(one)["officer"] for one in chosen] == ["officer-khai"] * 4
        await desktop.press("escape", "u")
        assert "Vũ Quang Khải · 4 hồ sơ" in desktop.says()
        await desktop.press("u")
        assert [desk.row(one)["officer"] for one in chosen] == before
        await desktop.settle()


async def test_a_range_to_the_end_of_the_list_holds_every_row_between(office: Office) -> None:
    desk = office.open()
    made = {take_in(desk) for _ in range(60)}
    desk.close()
    async with workstation(office) as desktop:
        await desktop.press("v", "end")
        assert desktop.app.screen.query_one(LineTable).selected == made


async def test_another_process_is_seen(office: Office) -> None:
    async with workstation(office) as desktop:
        assert shown(desktop) == []
        other = office.open()
        one = take_in(other)
        other.close()
        desktop.app.screen.tick()
        assert shown(desktop) == [one]


async def test_the_pane_tells_why_where_there_is_room(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.settle()
        why = "\n".join(desktop.one("#why").lines(60))
        row = desktop.app.desk.row(stories["apology"])
        assert why.startswith("Vì sao hẹn") and "Luật Cư trú" in why
        assert row["applicant_name"] in "\n".join(desktop.one("#facts").lines(60))
    async with workstation(office, size=NARROW) as desktop:
        assert not desktop.one(Preview).display


async def test_a_small_window_says_so_and_keeps_everything(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=(58, 18)) as desktop:
        for place in ("f1", "f2", "f5"):
            await desktop.press(place)
            await desktop.settle()
            seen = painted(desktop.app)
            assert " ".join(seen.split()) == tr("too_small"), place
        await desktop.press("f1")
        await desktop.pilot.resize_terminal(80, 24)
        await desktop.settle()
        assert not desktop.one("#too_small").display and len(shown(desktop)) == len(stories)


async def test_a_window_that_changes_over_a_dossier_fits_both_screens(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.settle()
        queue = desktop.app.screen
        for size in (NARROW, WIDE, NARROW):
            await desktop.press("enter")
            assert isinstance(desktop.app.screen, DossierScreen)
            await desktop.pilot.resize_terminal(*size)
            await desktop.settle()
            assert {len(line) for line in painted(desktop.app).splitlines()} == {size[0]}
            assert ("─" * size[0] in painted(desktop.app)) is (size == NARROW)
            await desktop.press("escape")
            await desktop.settle()
            assert desktop.app.screen is queue and queue.size == size
            assert {len(line) for line in painted(desktop.app).splitlines()} == {size[0]}
            assert desktop.one(Preview).display is (size == WIDE)


@pytest.mark.parametrize(("size", "language"), [(NARROW, "vi"), (WIDE, "vi"), (WIDE, "en")])
def test_picture(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], language: str
) -> None:
    set_language(language)

    async def before(pilot: object) -> None:
        await pilot.press("down")  # type: ignore[attr-defined]
        await pilot.pause(0.2)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


async def test_keys_of_one_read_go_where_the_one_before_led(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        burst = [events.Key("slash", "/"), *(events.Key(letter, letter) for letter in "bao"), events.Key("enter", "\r")]
        for key in burst:
            desktop.app.post_message(key)
        await desktop.until(lambda: desktop.one("#filter").value == "bao" and desktop.focus == "QueueTable")
        for key in (events.Key("enter", "\r"), events.Key("g", "g"), *(events.Key(c, c) for c in "aw")):
            desktop.app.post_message(key)
        await desktop.until(lambda: bool(desktop.app.screen.query("#field_text")))
        await desktop.until(lambda: desktop.one("#field_text").value == "aw")
        assert [type(screen).__name__ for screen in desktop.app.screen_stack][1:] == [
            "QueueScreen",
            "DossierScreen",
            "ActionForm",
        ]
