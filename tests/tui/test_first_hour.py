"""A demo's first hour, gone through by its keys: each lesson is seen to be done, and waits for nobody."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from storage.demo import DEFAULT_AT, DemoStation, make_demo, read_demo
from storage.demo.practice import load_progress
from tests.tui.workstation import NARROW, WIDE, Desktop
from tui.app import Workstation
from tui.i18n import set_language
from tui.lessons import LESSONS
from tui.screens.readback import ReadbackScreen
from tui.terminal import LEAST
from tui.widgets.lesson_strip import LessonStrip

FIRST = 0
"""Who is signed in, of the demo's officers."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoStation:
    return make_demo(tmp_path_factory.mktemp("demo"), dossiers=60)


@pytest.fixture
def demo(made: DemoStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoStation:
    """A copy to work on, at the demo's moment, on a machine without a printer; its hub is the one that was made."""
    monkeypatch.setenv("MOTCUA_NOW", DEFAULT_AT.isoformat())
    monkeypatch.setenv("PATH", str(tmp_path))
    found = read_demo(Path(shutil.copytree(made.data, tmp_path / "copy")))
    assert found is not None
    return found


def app_of(demo: DemoStation) -> Workstation:
    pins = {one.code: one.pin for one in demo.officers}
    return Workstation(demo.data, officer=demo.officers[FIRST].code, demo_pins=pins)


class Pupil(Desktop):
    """Presses keys and reads the strip."""

    async def press(self, *keys: str) -> None:
        await super().press(*keys)
        self.look()

    def look(self) -> None:
        assert self.app.practice is not None
        self.app.practice.look()

    @property
    def at(self) -> str | None:
        """The present lesson's name."""
        assert self.app.practice is not None
        return self.app.practice.lesson.name if self.app.practice.lesson else None

    @property
    def told(self) -> str:
        assert self.app.lesson is not None
        return self.app.lesson.sentence

    @property
    def example(self) -> str:
        """The number of the dossier that the lesson speaks of, as it is typed."""
        row = self.app.desk.row(load_progress(self.app.desk.folder).dossier or "")
        assert row is not None
        return "-".join(str(row["receipt_number"]).split("-")[-2:])

    async def reads(self, words: str) -> None:
        """Wait until the strip has these words: a screen may still be following a key."""
        await self.until(lambda: words in self.told)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Let what is on its way arrive: keys that are held back, threads, child processes."""
        for _ in range(400):
            if seen():
                return
            await self.settle(0.05)
            self.look()
        raise AssertionError(f"not seen; the strip says: {self.told}")


@asynccontextmanager
async def pupil(demo: DemoStation, size: tuple[int, int] = NARROW) -> AsyncIterator[Pupil]:
    app = app_of(demo)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Pupil(app, pilot)
    app.desk.close()


async def open_example(pupil: Pupil) -> None:
    await pupil.reads("F3")
    await pupil.press("f3")
    await pupil.type(pupil.example)
    await pupil.reads("Enter")
    await pupil.press("enter")


async def read_the_queue(pupil: Pupil) -> None:
    await pupil.reads("↓")
    await pupil.press("down")
    await pupil.reads("Bấm w")
    await pupil.press("w")
    await pupil.reads("Esc")
    await pupil.press("escape")


async def find(pupil: Pupil) -> None:
    await pupil.press("slash")
    await pupil.type("tt:tam tru")
    await pupil.reads("bỏ lọc")
    await pupil.press("escape")
    await open_example(pupil)


async def take_in(pupil: Pupil) -> None:
    await pupil.press("f2")
    await pupil.reads("048190000001")
    await pupil.press("alt+q")
    await pupil.reads("«tam tru»")
    await pupil.type("tam tru")
    await pupil.press("enter")
    await pupil.reads("bấm 0")
    await pupil.press("0")
    await pupil.reads("F10")
    await pupil.press("f10")


async def ask_for_a_paper(pupil: Pupil) -> None:
    await open_example(pupil)
    await pupil.reads("Bấm a")
    await pupil.press("a")
    await pupil.type("bo sung")
    await pupil.press("enter")
    await pupil.reads("Hợp đồng thuê nhà")
    await pupil.type("Hop dong")
    await pupil.press("enter")
    await pupil.reads("lý do")
    await pupil.press("f10")
    await pupil.reads("Bấm m")
    await pupil.press("m", "enter")


async def see_a_repeat(pupil: Pupil) -> None:
    await pupil.press("f2", "alt+q")
    await pupil.reads("Alt+1")
    await pupil.press("alt+1")
    await pupil.reads("Esc")
    await pupil.press("escape")
    await pupil.reads("Ctrl+D")
    await pupil.press("ctrl+d")


async def work_on_one(pupil: Pupil) -> None:
    await open_example(pupil)
    await pupil.press("a", "enter")
    await pupil.reads("Đã thẩm tra")
    await pupil.type("Da xem")
    await pupil.press("f10")
    await pupil.reads("Ctrl+Z")
    await pupil.press("ctrl+z", "ctrl+z")
    await pupil.reads("bấm g")
    await pupil.press("g")
    await pupil.type("Goi lai")
    await pupil.press("f10")
    await pupil.reads("bấm p")
    await pupil.press("p")


async def apologise(pupil: Pupil) -> None:
    await pupil.press("f1")
    await pupil.reads("Bấm l")
    await pupil.press("l")
    await pupil.reads(pupil.example)
    await pupil.press("x")
    await pupil.reads("←→")
    await pupil.press("right", "enter")
    await pupil.reads("Gõ 3")
    await pupil.type("3")
    await pupil.reads("F10")
    await pupil.press("f10")


async def hand_out(pupil: Pupil) -> None:
    await pupil.press("f4")
    await pupil.press("alt+q")
    await pupil.reads("Đúng người")
    await pupil.press("f10")


async def send(pupil: Pupil) -> None:
    await pupil.press("f6", "ctrl+s")


async def give_over(pupil: Pupil, demo: DemoStation) -> None:
    await pupil.press("f5", "tab", "tab")
    giver = demo.officers[FIRST]
    receiver = next(one for one in demo.officers if one.name in pupil.told)
    await pupil.type(receiver.code)
    await pupil.press("enter", "tab")
    await pupil.reads(giver.pin)
    await pupil.type(giver.pin)
    await pupil.press("f10", "n")
    await restate(pupil)
    await pupil.reads(receiver.pin)
    await pupil.type(receiver.pin)
    await pupil.press("f10")
    await pupil.reads("Ctrl+Y")
    await pupil.press("ctrl+y")
    assert not pupil.app.screen.query(LessonStrip)
    await pupil.type(receiver.pin)
    await pupil.press("enter")


async def restate(pupil: Pupil) -> None:
    """Say back what the strip says that the sheet says."""
    while isinstance(pupil.app.screen, ReadbackScreen):
        ask, before = pupil.app.screen.current, pupil.says("#readback-progress")
        assert ask is not None
        if "gõ" in pupil.told:
            assert f"gõ {ask.expected}," in pupil.told
            await pupil.type(ask.expected)
            await pupil.press("enter")
        else:
            wrong = iter("1234")
            while isinstance(pupil.app.screen, ReadbackScreen) and pupil.says("#readback-progress") == before:
                await pupil.press(next(wrong))


async def test_the_whole_hour_is_gone_through_by_the_keys_that_it_names(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        lessons = (
            read_the_queue, find, take_in, ask_for_a_paper, see_a_repeat, work_on_one, apologise, hand_out, send,
        )  # fmt: skip
        for lesson, follow in zip(LESSONS, lessons, strict=False):
            assert one.at == lesson.name
            await follow(one)
            await one.until(lambda over=lesson.name: one.at != over)
        assert one.at == "shift"
        await give_over(one, demo)
        assert one.at is None
        await one.reads("trọn một ca")
        assert one.app.practice is not None
        assert dict(one.app.practice.passed) == {lesson.name: "done" for lesson in LESSONS}


async def test_the_number_may_be_typed_where_there_is_no_card(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        assert one.app.practice is not None
        one.app.practice.begin("intake")
        await one.press("f2")
        await one.type("048190000001")
        await one.reads("họ tên")
        await one.press("enter")
        await one.type("Nguyen Thi Mau")
        await one.reads("Thủ tục")


async def test_what_was_done_out_of_turn_is_done(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        assert one.app.practice is not None
        one.app.practice.begin("work")
        await one.press("f1", "g")
        await one.type("Goi lai")
        await one.press("f10")
        assert load_progress(demo.data).step == 4
        await one.reads("F3")


async def test_a_lesson_is_left_out_begun_again_turned_off_and_on_from_one_key(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        await one.press("alt+g", "enter")
        assert one.at == "find"
        assert load_progress(demo.data).passed == {"queue": "skipped"}
        await one.press("alt+g", "1", "enter")
        assert one.at == "queue"
        await one.press("alt+g", *"tat", "enter")
        assert one.app.lesson is None
        assert not one.app.screen.query_one(LessonStrip).display
    async with pupil(demo) as one:
        assert one.app.lesson is None
        await one.press("ctrl+p", *"bai", "space", *"tap", "enter", "enter")
        assert one.at == "queue"
        assert one.app.screen.query_one(LessonStrip).display


async def test_it_goes_on_where_it_was_left(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        assert one.app.practice is not None
        one.app.practice.begin("incomplete")
        await open_example(one)
        before = one.told
    async with pupil(demo) as one:
        one.look()
        assert one.at == "incomplete"
        await open_example(one)
        assert one.told == before


async def test_a_lesson_for_which_nothing_is_left_says_so_and_is_passed(demo: DemoStation) -> None:
    async with pupil(demo) as one:
        assert one.app.practice is not None
        one.app.desk.connection.execute("UPDATE dossier SET state = 'returned' WHERE state = 'result_ready'")
        one.app.practice.begin("return")
        one.look()
        assert one.at == "sync"
        assert one.app.lesson is not None
        assert "không còn" in one.app.lesson.notice


async def test_a_real_desk_has_neither_strip_nor_keys(demo: DemoStation) -> None:
    app = Workstation(demo.data, officer=demo.officers[FIRST].code)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        await pilot.press("alt+g")
        assert type(app.screen).__name__ == "QueueScreen"
        assert not app.screen.query(LessonStrip)
        active = {one.binding.id for one in app.screen.active_bindings.values()}
        assert not active & {"practice", "sample_scan"}
    app.desk.close()


async def test_on_a_narrow_screen_the_sentence_is_whole(demo: DemoStation) -> None:
    async with pupil(demo, size=LEAST) as one:
        strip = one.app.screen.query_one(LessonStrip)
        shown = [strip.render_line(line).text.strip() for line in range(2)]
        assert " ".join(shown).replace("  ", "").startswith(one.told)
        assert shown[1].endswith("tắt")


@pytest.mark.parametrize(
    ("size", "language", "keys", "at_last"),
    [
        (NARROW, "vi", ["down"], "Bấm w"),
        (WIDE, "vi", ["down"], "Bấm w"),
        (NARROW, "vi", ["down", "w", "escape", "alt+g"], "chọn bài"),
        (NARROW, "en", ["alt+g", "3", "enter", "f2", "alt+q"], "«tam tru»"),
    ],
    ids=["queue", "queue-wide", "lessons", "intake"],
)
def test_the_strip_as_it_looks(
    demo: DemoStation,
    snap_compare: Callable[..., bool],
    size: tuple[int, int],
    language: str,
    keys: list[str],
    at_last: str,
) -> None:
    set_language(language)

    async def before(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Workstation)
        one = Pupil(pilot.app, pilot)
        for key in keys:
            await one.press(key)
        await one.reads(at_last)

    assert snap_compare(app_of(demo), terminal_size=size, run_before=before)
