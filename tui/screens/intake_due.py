"""The foot of the intake form: the appointment as it would be now, or the dossier that was just taken in."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Digits, Static

from core.answers import Refusal
from storage.queries import Row
from tui.i18n import tr
from tui.screens.intake_facts import Outlook
from tui.screens.intake_law import due_line
from tui.sentences import sentence
from tui.widgets.ribbon import Ribbon, ribbon_days


class DuePane(Vertical):
    """The appointment, why, and the days that were counted."""

    DEFAULT_CSS = """
    DuePane { height: 4; padding: 0 1; border-top: solid $border-blurred; border-title-color: $primary; }
    DuePane #due { height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", id="due", markup=False)
        yield Ribbon(id="days")

    def on_mount(self) -> None:
        self.border_title = tr("intake.due.title")

    def show_manner(self, words: str) -> None:
        """How the receipt comes, where it is another way than as a sheet in Vietnamese."""
        self.border_title = tr("intake.due.title_manner", manner=words) if words else tr("intake.due.title")

    def show_outlook(self, found: Outlook | Refusal | None) -> None:
        """Nothing chosen, no law for it, a clock that waits, or a date with its days."""
        line = tr("intake.due.none")
        days = []
        if isinstance(found, Refusal):
            line = f"✗ {sentence(found.code, found.params)}"
        elif found is not None:
            line = due_line(found)
            trace = found.explanation.trace
            days = ribbon_days([(one.effect, one.from_at, one.to_at) for one in trace if one.to_at is not None])
        self.query_one("#due", Static).update(line)
        self.query_one(Ribbon).show_days(days)


class SavedPane(Horizontal):
    """The number of the dossier that was just taken in, large enough to be read from across the counter."""

    DEFAULT_CSS = """
    SavedPane { height: 4; padding: 0 1; border-top: solid $border-blurred; border-title-color: $success; }
    SavedPane Digits { width: auto; height: 3; margin-right: 2; color: $success; }
    SavedPane Static { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def compose(self) -> ComposeResult:
        yield Digits("", id="number")
        with Vertical():
            yield Static("", id="whose", markup=False)
            yield Static("", id="until", markup=False)
            yield Static("", id="print", markup=False)

    def on_mount(self) -> None:
        self.border_title = tr("intake.section.saved")

    def show_saved(self, row: Row, due: str, printed: str) -> None:
        """`due` and `printed` as sentences."""
        number = row["receipt_number"] or tr("queue.no_number")
        self.query_one("#number", Digits).update("-".join(number.split("-")[-2:]) if row["receipt_number"] else "–")
        self.query_one("#whose", Static).update(f"{row['applicant_name']} · {number}")
        self.query_one("#until", Static).update(due)
        self.show_print(printed)

    def show_print(self, printed: str) -> None:
        """How the printing of it goes, as a sentence."""
        self.query_one("#print", Static).update(printed)


def warnings_line(texts: Sequence[str]) -> str:
    """The first warning, and how many more there are."""
    return f"! {texts[0]}" + (f" (+{len(texts) - 1})" if len(texts) > 1 else "") if texts else ""
