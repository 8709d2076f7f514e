"""Every text can be read: contrast of at least 7:1, where asked for 12:1, and no state is told by colour alone."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

from storage.settings import THEMES as WORDS
from tui.app import SCREENS
from tui.themes import CONTRAST, SIXTEEN, STYLES, THEME_NAMES, THEMES

TEXTS = ("foreground", "primary", "secondary", "accent", "success", "warning", "error")
TEXTS += ("text-muted", "text-disabled", "text-error", "text-warning", "foreground-muted", "footer-key-foreground")
GROUNDS = ("background", "surface", "panel")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS]
PAIRS += [
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("footer-foreground", "footer-background"),
]

OWN = [theme for theme in THEMES if theme.name != SIXTEEN]
"""Themes whose colours are ours; of the sixteen a terminal decides."""


def luminance(colour: Color) -> float:
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
def test_every_pair_has_its_contrast(theme: Theme) -> None:
    least = 12 if theme.name == CONTRAST else 7
    colours = theme.to_color_system().generate()
    weak = {pair: contrast(*(Color.parse(colours[name]) for name in pair)) for pair in PAIRS}
    assert {pair: round(ratio, 1) for pair, ratio in weak.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
def test_the_cursor_stands_out_on_sixteen_colours(theme: Theme) -> None:
    colours = theme.to_color_system().generate()

    def shown(name: str) -> int | None:
        return RichColor.parse(colours[name]).downgrade(ColorSystem.STANDARD).number

    assert shown("block-cursor-background") != shown("background")
    assert shown("block-cursor-background") != shown("block-cursor-foreground")
    for text in TEXTS:
        assert shown(text) != shown("background")


def test_the_theme_of_sixteen_colours_asks_for_no_others() -> None:
    (theme,) = (one for one in THEMES if one.name == SIXTEEN)
    said = [theme.foreground, theme.background, theme.surface, theme.panel, theme.primary, *theme.variables.values()]
    colours = [Color.parse(one) for one in said if one not in ("bold", "none")]
    assert theme.ansi and all(colour.ansi is not None for colour in colours)
    cursor = [theme.variables[f"block-cursor-{part}"] for part in ("background", "foreground")]
    assert cursor == ["ansi_yellow", "ansi_black"]  # apart on every palette, bright colours shown or not


def test_each_theme_of_the_settings_is_there() -> None:
    assert tuple(THEME_NAMES) == WORDS and {theme.name for theme in THEMES} == set(THEME_NAMES.values())


def test_a_rule_of_one_screen_reaches_no_other() -> None:
    """All sheets are in force on every screen: a selector without its screen's name belongs in common.tcss."""
    sheets = [Path(sheet) for sheet in STYLES if Path(sheet).name != "common.tcss"]
    selectors = [
        (sheet.name, selector.strip())
        for sheet in sheets
        for head in re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL))
        for selector in head.split(",")
    ]
    assert len(selectors) > 100
    assert [
        (name, selector) for name, selector in selectors if not re.match(r"[A-Z]\w*(Screen|Form|Menu)\b", selector)
    ] == []


def test_a_screen_brings_no_sheet_of_its_own() -> None:
    """Each sheet that comes later makes the toolkit parse all of them again, while an officer waits."""
    kinds = [getattr(importlib.import_module(module), kind) for module, kind in SCREENS.values()]
    assert [kind.__name__ for kind in kinds if kind.CSS or kind.CSS_PATH] == []
