"""What was typed at the first start is checked as `motcua init` checks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.answers import InvalidInput
from tui.first_start import FIELDS, field_of, read_start

TYPED = dict.fromkeys(FIELDS, "") | {"unit": "H30-777", "unit_name": "Đội X", "desk": "1", "officer": "Lê Lan"}
TYPED |= {"pin": "2468", "pin_again": "2468"}


@pytest.mark.parametrize("unit", ["..", "-", "a b", "a/b", "a:b", "a\\b", "a*", "x" * 41, "a\tb", "a?", "C|D"])
def test_a_code_that_could_not_stand_in_a_number_or_a_name_of_a_file_is_refused(unit: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_start(TYPED | {"unit": unit})
    assert (refused.value.code, field_of(refused.value)) == ("unit_invalid", "unit")


def test_a_unit_that_neither_the_data_nor_a_hub_know_needs_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_start(TYPED | {"unit_name": " "})
    assert (refused.value.code, field_of(refused.value)) == ("setup_name_missing", "unit_name")
    start = read_start(TYPED | {"unit_name": "", "hub": f"folder:{tmp_path / 'hub'}"})
    with pytest.raises(InvalidInput) as refused:
        start.make(tmp_path / "desk")
    assert field_of(refused.value) == "unit_name" and not (tmp_path / "desk").exists()
    assert read_start(TYPED).desk.unit_name == "Đội X"
