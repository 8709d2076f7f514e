"""Our themes: every text on its ground has a contrast of at least 7:1 (WCAG AAA), in light and in dark; of 12:1 where
that is asked for; and one of the terminal's own 16 colours, for consoles that have no others and for slow lines.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

from textual.app import App
from textual.theme import Theme

DARK = "motcua-dark"
LIGHT = "motcua-light"
CONTRAST = "motcua-contrast"
SIXTEEN = "motcua-sixteen"
THEME_NAMES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST, "sixteen": SIXTEEN}
"""Themes by the words of the settings."""
STYLES: list[str | PurePath] = sorted((Path(__file__).parent / "styles").glob("*.tcss"))
"""Every style sheet, read at the start: one that is read later makes the toolkit parse them all again at a key."""


def _theme(
    name: str,
    *,
    ground: tuple[str, str, str],
    text: str,
    cursor: tuple[str, str],
    dark: bool = True,
    ansi: bool = False,
    **hues: str,
) -> Theme:
    background, surface, panel = ground
    cursor_ground, cursor_text = cursor
    muted = {f"text-{hue}": colour for hue, colour in hues.items()}
    return Theme(
        name=name,
        dark=dark,
        ansi=ansi,
        foreground=text,
        background=background,
        surface=surface,
        panel=panel,
        **hues,
        variables={
            **muted,
            "ansi-background": background,
            "ansi-foreground": text,
            "text": text,
            "text-muted": text,
            "text-disabled": text,
            "foreground-muted": text,
            "foreground-disabled": text,
            "border": hues["primary"],
            "border-blurred": hues["secondary"],
            "block-cursor-background": cursor_ground,
            "block-cursor-foreground": cursor_text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": panel,
            "block-cursor-blurred-foreground": text,
            "input-cursor-background": text,
            "input-cursor-foreground": background,
            "input-cursor-text-style": "none",
            "input-selection-background": cursor_ground,
            "input-selection-foreground": cursor_text,
            "footer-background": panel,
            "footer-foreground": text,
            "footer-key-foreground": hues["primary"],
            "footer-description-foreground": text,
            "scrollbar": hues["secondary"],
            "scrollbar-background": surface,
        },
    )


THEMES = (
    _theme(
        DARK,
        ground=("#000000", "#0d1218", "#1a222c"),
        text="#ffffff",
        cursor=("#ffd24a", "#000000"),
        primary="#8ecbff",
        secondary="#9adbe8",
        accent="#ffc285",
        success="#86e5a6",
        warning="#ffd24a",
        error="#ffaaa2",
    ),
    _theme(
        LIGHT,
        dark=False,
        ground=("#ffffff", "#f4f6f8", "#e6ebf0"),
        text="#0c1014",
        cursor=("#003a6b", "#ffffff"),
        primary="#003a6b",
        secondary="#08454f",
        accent="#542677",
        success="#0a461a",
        warning="#553500",
        error="#800011",
    ),
    _theme(
        CONTRAST,
        ground=("#000000", "#000000", "#000000"),
        text="#ffffff",
        cursor=("#ffff00", "#000000"),
        primary="#7fe3ff",
        secondary="#ffffff",
        accent="#ffd28c",
        success="#7dffa0",
        warning="#ffff00",
        error="#ffc4be",
    ),
    _theme(
        SIXTEEN,
        ansi=True,
        ground=("ansi_default", "ansi_default", "ansi_default"),
        text="ansi_default",
        cursor=("ansi_yellow", "ansi_black"),
        primary="ansi_cyan",
        secondary="ansi_cyan",
        accent="ansi_magenta",
        success="ansi_green",
        warning="ansi_yellow",
        error="ansi_red",
    ),
)


def register(app: App[Any], name: str = DARK) -> None:
    """Make the themes known to the app and choose one."""
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = name
