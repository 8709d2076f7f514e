"""Places that have their key already and come in a later version: they say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult

from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import Page, TextLines
from tui.themes import STYLES


class ReportsScreen(OfficerScreen):
    """Reports are not in this version."""

    CSS_PATH = STYLES.parent / "dossier.tcss"
    AUTO_FOCUS = "Page"
    name_key = "key.reports"
    hints: ClassVar[Sequence[str]] = ("back",)

    def body(self) -> ComposeResult:
        with Page(classes="page"):
            yield TextLines([tr("not_there.reports")], classes="spaced")
