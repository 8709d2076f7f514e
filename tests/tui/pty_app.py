"""Tiny apps for the byte tests, one per word: `python tests/tui/pty_app.py fields`."""

from __future__ import annotations

import sys
from datetime import date
from typing import ClassVar

from tui.terminal import prepare

prepare()

from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import BindingType  # noqa: E402
from textual.screen import Screen  # noqa: E402
from textual.widgets import Static  # noqa: E402

from tests.tui.rows import Line, Rows  # noqa: E402
from tui.i18n import set_language  # noqa: E402
from tui.themes import DARK, STYLES, register  # noqa: E402
from tui.widgets.choice import Choice, ChoiceInput  # noqa: E402
from tui.widgets.columns import Column  # noqa: E402
from tui.widgets.inputs import KeyedInput  # noqa: E402
from tui.widgets.queue_table import LineTable  # noqa: E402
from tui.widgets.ribbon import Ribbon, RibbonDay  # noqa: E402
from tui.widgets.scan import ScanCatcher  # noqa: E402
from tui.widgets.status import StatusBar, TitleBar  # noqa: E402
from tui.widgets.timeline import Timeline, TimelineEntry  # noqa: E402


class Fields(App[None]):
    """Three fields and a line that tells what they hold."""

    BINDINGS: ClassVar[list[BindingType]] = [("f2", "note", "note")]

    def compose(self) -> ComposeResult:
        for name in "abc":
            yield KeyedInput(id=name)
        yield Static(id="values", markup=False)
        yield Static("ready", id="ready")

    def on_input_changed(self) -> None:
        self.tell()

    def action_note(self) -> None:
        self.query_one("#ready", Static).update(f"noted={self.query_one('#a', KeyedInput).value}.")

    def tell(self) -> None:
        values = "|".join(field.value for field in self.query(KeyedInput))
        self.query_one("#values", Static).update(f"<{values}>")


COLUMNS = (
    Column("id", "id", 9),
    Column("name", "name", 12, grow=1),
    Column("state", "state", 8, priority=2),
    Column("left", "left", 6, align="right", marked=True),
)


def cells(row: Line) -> tuple[str, ...]:
    return (row.id, row.name, "received", str(row.place))


def mark(row: Line) -> tuple[str, str]:
    return ("!", "overdue") if row.place < 10 else ("", "normal")


class Table(App[None]):
    """A hundred thousand rows and a line that tells what the table said."""

    def __init__(self, rows: Rows | None = None) -> None:
        super().__init__()
        self.rows = Rows.numbered(100_000) if rows is None else rows

    def compose(self) -> ComposeResult:
        yield LineTable(COLUMNS, self.rows, cells, mark)
        yield Static("ready", id="said", markup=False)

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self.query_one("#said", Static).update(f"at {message.row.id if message.row else None}.", layout=False)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.query_one("#said", Static).update(f"opened {message.row.id}.")


class ScanScreen(ScanCatcher, Screen[None]):
    """Two fields and a table; scans are told, not typed."""

    def compose(self) -> ComposeResult:
        yield KeyedInput(id="a")
        yield KeyedInput(id="b")
        yield LineTable(COLUMNS, Rows.numbered(5), cells, mark)
        yield Static(id="values", markup=False)
        yield Static("ready", id="said", markup=False)

    def on_input_changed(self) -> None:
        values = "|".join(field.value for field in self.query(KeyedInput))
        self.query_one("#values", Static).update(f"<{values}>")

    async def take_scan(self, text: str) -> None:
        self.query_one("#said", Static).update(f"scanned ({text})")


class Scans(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("f2", "open", "open")]

    def on_mount(self) -> None:
        self.push_screen(ScanScreen())

    def action_open(self) -> None:
        self.push_screen(ScanScreen())


PROCEDURES = (
    Choice("1", "Đăng ký thường trú", "7 ngày"),
    Choice("2", "Đăng ký tạm trú", "3 ngày"),
    Choice("3", "Tách hộ", "5 ngày"),
    Choice("4", "Khai báo tạm vắng", "1 ngày"),
)


def procedures(text: str) -> list[Choice]:
    return [choice for choice in PROCEDURES if text.casefold() in choice.text.casefold()]


class Gallery(App[None]):
    """Every widget at once, to look at: `python tests/tui/pty_app.py gallery [theme]`."""

    CSS_PATH = STYLES
    CSS = "LineTable { height: 9; } Timeline { margin: 1 2; } Ribbon { margin: 0 1; }"

    def __init__(self, theme_name: str = DARK) -> None:
        super().__init__()
        register(self, theme_name)

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield LineTable(COLUMNS, Rows.numbered(100), cells, mark)
        yield ChoiceInput(procedures)
        yield KeyedInput("Nguyễn Thị Hồng Đào")
        yield Ribbon()
        yield Timeline(
            [
                TimelineEntry("18/11 14:10", "Nhận hồ sơ tại quầy 1", "Đ/c Lê Hà"),
                TimelineEntry("20/11 09:02", "Yêu cầu bổ sung giấy tờ chứng minh chỗ ở hợp pháp " * 3, "Đ/c Minh", "!"),
            ]
        )
        yield StatusBar(("select", "bulk", "undo", "reprint", "apology"), lambda _: None)

    def on_mount(self) -> None:
        self.query_one(TitleBar).tell("QUẦY 2 · CA P. Hòa Hải", "Hàng đợi (F1)", "Đ/c Trần Minh · T2 23/11 08:42")
        bar = self.query_one(StatusBar)
        bar.tell("● Đồng bộ: 3 phút trước · 4 thay đổi chờ gửi · máy in: sẵn sàng")
        self.query_one(Ribbon).show_days(NOVEMBER)

    def on_choice_input_chosen(self, message: ChoiceInput.Chosen) -> None:
        self.query_one(StatusBar).tell(f"chosen {message.choice.text if message.choice else None}.")


NOVEMBER = [
    RibbonDay(date(2026, 11, 24), "day_off"),
    *(RibbonDay(date(2026, 11, 25 + n), "counted", n + 1) for n in range(3)),
    RibbonDay(date(2026, 11, 28), "day_off"),
    RibbonDay(date(2026, 11, 29), "day_off"),
    RibbonDay(date(2026, 11, 30), "counted", 4),
    *(RibbonDay(date(2026, 12, n), "counted", 4 + n) for n in range(1, 4)),
]


class Notes(App[None]):
    """A note between two fields."""

    def compose(self) -> ComposeResult:
        from tui.widgets.notes import KeyedNote

        yield KeyedInput(id="a")
        yield KeyedNote(id="note")
        yield KeyedInput(id="b")
        yield Static("ready", id="values", markup=False)

    def on_text_area_changed(self) -> None:
        self.tell()

    def on_input_changed(self) -> None:
        self.tell()

    def tell(self) -> None:
        note = self.query_one("#note").text.replace("\n", "/")
        values = (self.query_one("#a", KeyedInput).value, note, self.query_one("#b", KeyedInput).value)
        self.query_one("#values", Static).update(f"<{'|'.join(values)}>")


APPS: dict[str, type[App[None]]] = {
    "fields": Fields,
    "table": Table,
    "scans": Scans,
    "gallery": Gallery,
    "notes": Notes,
}

if __name__ == "__main__":
    set_language("vi")
    APPS[sys.argv[1]](*sys.argv[2:]).run()
