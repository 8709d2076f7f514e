"""Every screen by its name; what an officer opens again and again is made once.

To style, lay out and paint the fifteen widgets of a dossier's screen anew takes longer than to read the dossier.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.app import Workstation
    from tui.screens.base import OfficerScreen

SCREENS: dict[str, tuple[str, str]] = {
    "setup": ("tui.screens.setup", "SetupScreen"),
    "preparing": ("tui.screens.preparing", "PreparingScreen"),
    "sign_in": ("tui.screens.sign_in", "SignInScreen"),
    "lock": ("tui.screens.lock", "LockScreen"),
    "queue": ("tui.screens.queue", "QueueScreen"),
    "queue_order": ("tui.screens.queue_order", "QueueOrderScreen"),
    "forecast": ("tui.screens.forecast", "ForecastScreen"),
    "cover": ("tui.screens.cover", "CoverScreen"),
    "roster": ("tui.screens.roster", "RosterScreen"),
    "roster_menu": ("tui.screens.roster_menu", "RosterMenu"),
    "roster_form": ("tui.screens.roster_form", "RosterForm"),
    "dossier": ("tui.screens.dossier", "DossierScreen"),
    "why": ("tui.screens.why", "WhyScreen"),
    "conflict": ("tui.screens.conflict", "ConflictScreen"),
    "actions": ("tui.screens.actions", "ActionsScreen"),
    "action_form": ("tui.screens.action_form", "ActionForm"),
    "bulk": ("tui.screens.bulk", "BulkScreen"),
    "letters": ("tui.screens.letters", "LettersScreen"),
    "apology": ("tui.screens.apology", "ApologyScreen"),
    "duties": ("tui.screens.duties", "DutiesScreen"),
    "intake": ("tui.screens.intake", "IntakeScreen"),
    "search": ("tui.screens.search", "SearchScreen"),
    "return": ("tui.screens.return_result", "ReturnScreen"),
    "lists": ("tui.screens.lists", "ListsScreen"),
    "official": ("tui.screens.official", "OfficialScreen"),
    "blanks": ("tui.screens.blanks", "BlanksScreen"),
    "post": ("tui.screens.post", "PostScreen"),
    "fines": ("tui.screens.fines", "FinesScreen"),
    "fine_form": ("tui.screens.fine_form", "FineForm"),
    "handover": ("tui.screens.handover", "HandoverScreen"),
    "readback": ("tui.screens.readback", "ReadbackScreen"),
    "past_handovers": ("tui.screens.past_handovers", "PastHandoversScreen"),
    "one_line": ("tui.screens.one_line", "OneLineScreen"),
    "sync": ("tui.screens.sync", "SyncScreen"),
    "usb": ("tui.screens.usb", "UsbScreen"),
    "prints": ("tui.screens.prints", "PrintsScreen"),
    "notices": ("tui.screens.notices", "NoticesScreen"),
    "messages": ("tui.screens.messages", "MessagesScreen"),
    "reports": ("tui.screens.reports", "ReportsScreen"),
    "report_list": ("tui.screens.report_list", "ReportListScreen"),
    "survey": ("tui.screens.survey", "SurveyScreen"),
    "voices": ("tui.screens.voices", "VoicesScreen"),
    "feedback_form": ("tui.screens.feedback_form", "FeedbackForm"),
    "outreach_form": ("tui.screens.outreach_form", "OutreachForm"),
    "settings": ("tui.screens.settings", "SettingsScreen"),
    "what_if": ("tui.screens.what_if", "WhatIfScreen"),
    "calendar": ("tui.screens.calendar", "CalendarScreen"),
    "law": ("tui.screens.law", "LawScreen"),
    "law_amend": ("tui.screens.law_amend", "AmendScreen"),
    "law_preview": ("tui.screens.law_preview", "PreviewScreen"),
    "changes": ("tui.screens.changes", "ChangesScreen"),
    "lessons": ("tui.screens.lessons", "LessonsScreen"),
    "help": ("tui.screens.help", "HelpScreen"),
    "palette": ("tui.screens.palette", "PaletteScreen"),
}
"""Every screen by its key id; imported when it is first opened, so that none delays the first paint."""


class ScreenMaker:
    """Makes screens; one of each class that has `again` is kept for the next time, as long as the theme stays."""

    def __init__(self, app: Workstation) -> None:
        self._app = app
        self._kept: dict[str, tuple[OfficerScreen, str]] = {}

    def make(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A new screen, or the kept one, told by `again` what it is about now: it is to be shown at once."""
        module, kind = SCREENS[name]
        screen_class = getattr(importlib.import_module(module), kind)
        if not hasattr(screen_class, "again"):
            return screen_class(*args, **kwargs)
        app = self._app
        kept, theme = self._kept.get(name, (None, ""))
        if kept is not None and kept in app.screen_stack:
            return screen_class(*args, **kwargs)
        if kept is not None and kept.stands and theme == app.theme:
            kept.again(*args, **kwargs)
            return kept
        if kept is not None:
            app.uninstall_screen(kept)
            app.call_next(kept.remove)
        made = screen_class(*args, **kwargs)
        app.install_screen(made, name)
        self._kept[name] = (made, app.theme)
        return made
