"""Every row of the fault matrix has a test that names it, or a reason why it has none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROWS = range(1, 47)
REASONS: dict[int, str] = {}
MOST_REASONS = 4
_NAME = re.compile(r"test_(?:row_)?(\d\d)_\w+")


def rows_with_a_test() -> set[int]:
    """The numbers in the names of tests, most of them in this folder."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parents[1].rglob("test_*.py"))
    names = (node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return {int(match[1]) for name in names if (match := _NAME.fullmatch(name))}


def test_every_row_has_a_test_or_a_reason() -> None:
    tested = rows_with_a_test()
    assert sorted(set(ROWS) - tested - set(REASONS)) == []
    assert sorted(tested - set(ROWS)) == []
    assert sorted(tested & set(REASONS)) == []


def test_hardly_a_row_goes_without_a_test() -> None:
    assert len(REASONS) <= MOST_REASONS and all(REASONS.values())
