"""What is wrong with a field, floating just below it, so that nothing moves."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widgets import Static


class Problem(Static):
    """Shown by `tell`, gone when its field changes."""

    DEFAULT_CSS = """
    Problem {
        overlay: screen;
        constrain: inside none;
        width: auto;
        max-width: 100%;
        height: auto;
        padding: 0 1;
        background: $error;
        color: $background;
        text-style: bold;
        display: none;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._field = ""

    def tell(self, field: str, text: str) -> None:
        """Say it below the field that has the focus."""
        self._field = field
        self.update(f"✗ {text}")
        self.display = True
        self.call_after_refresh(self.call_after_refresh, self._place)

    def answered(self, field: str) -> None:
        """The field has changed: what was wrong with it may be right now. A scan changes them all."""
        if field in (self._field, "scan", "restored"):
            self.display = False

    def hide(self) -> None:
        self.display = False

    def _place(self) -> None:
        focused = self.screen.focused
        if focused is not None:
            self.absolute_offset = Offset(focused.region.x, focused.region.bottom)
            self.refresh(layout=True)
