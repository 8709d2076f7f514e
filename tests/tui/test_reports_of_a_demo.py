"""Every report over a demo's year: letters with payers, fines, surveys, meetings, corrections, all that a desk has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from storage.demo import make_demo
from storage.desk import Desk
from tui.i18n import set_language
from tui.reports import REPORTS, Asked, read, report
from tui.reports.spreadsheet import write_xlsx

_FIRST, _LAST = date(2025, 12, 1), date(2026, 11, 30)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk.open(make_demo(tmp_path_factory.mktemp("demo"), dossiers=60, seed=3).data)
    yield found
    found.close()


@pytest.mark.parametrize("name", REPORTS)
def test_a_demos_year_fills_each_line(desk: Desk, name: str, tmp_path: Path) -> None:
    set_language("vi")
    found, leader = report(name), next(one for one in desk.officers.all() if "leader" in one.roles)
    sheet = found.sheet(desk, read(found, desk, leader, Asked(_FIRST, _LAST)))
    parts = [sheet.totals, *sheet.lists, *sheet.more]
    for part in parts:
        assert [len(line.cells) for line in part.lines] == [len(part.columns)] * len(part.lines)
    assert sheet.totals.lines
    write_xlsx(sheet, tmp_path / "x.xlsx")
    pages = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets
    assert sum(page.max_row for page in pages) >= sum(len(part.lines) for part in parts)
