"""What a desk chose comes back as it was kept; a broken file is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from storage.settings import FILE_NAME, Settings, load_settings, save_settings


def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    chosen = Settings(printer='Máy in "quầy 1"\\', theme="light", sync_minutes=12)
    save_settings(tmp_path, chosen)
    assert load_settings(tmp_path) == chosen


@pytest.mark.parametrize(
    "text",
    [
        "theme = 'pink'",
        "sync_minutes = 0",
        "sync_minutes = true",
        "lock_minutes = 241",
        "colour = 1",
        "no toml",
        "\x00",
    ],
)
def test_a_broken_settings_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="settings_broken"):
        load_settings(tmp_path)


@given(st.text(max_size=30), st.booleans(), st.sampled_from(["dark", "light"]), st.integers(1, 1440))
def test_settings_of_any_printer_come_back(
    tmp_path_factory: pytest.TempPathFactory, printer: str, viewer: bool, theme: str, minutes: int
) -> None:
    folder = Path(tmp_path_factory.mktemp("settings"))
    chosen = Settings(printer.encode("utf-8", "ignore").decode(), viewer, theme, minutes)
    save_settings(folder, chosen)
    assert load_settings(folder) == chosen
