"""The house's own rules: three floors in one direction, a pure core, modules that can be read."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("core", "storage", "tui")
ABOVE = {"core": {"storage", "tui", "tests"}, "storage": {"tui", "tests"}, "tui": {"tests"}}
PURE = {
    "__future__", "abc", "bisect", "calendar", "collections", "contextlib", "core", "dataclasses", "datetime",
    "dateutil", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math",
    "msgspec", "operator", "rapidfuzz", "re", "string", "textwrap", "types", "typing", "unicodedata",
    "zoneinfo",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}
LINES, FUNCTION_LINES = 450, 55


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("floor", FLOORS)
def test_nothing_points_up(floor: str) -> None:
    wrong = [
        f"{path.name}: {name}" for path in modules(floor) for name in imported(tree_of(path)) if name in ABOVE[floor]
    ]
    assert wrong == []


def test_the_core_imports_nothing_that_touches_the_world() -> None:
    wrong = {f"{path.name}: {name}" for path in modules("core") for name in imported(tree_of(path)) if name not in PURE}
    assert wrong == set()


def test_the_core_asks_no_clock_and_opens_no_file() -> None:
    wrong = []
    for path in modules("core"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CLOCKS or name in {"open", "input", "print"}:
                wrong.append(f"{path.name}:{node.lineno} {name}")
    assert wrong == []


@pytest.mark.parametrize("floor", FLOORS)
def test_modules_and_functions_can_be_read_at_a_sitting(floor: str) -> None:
    long = [path.name for path in modules(floor) if len(path.read_text(encoding="utf-8").splitlines()) > LINES]
    for path in modules(floor):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{path.name}:{node.name} {lines}"] if lines > FUNCTION_LINES else []
    assert long == []


@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_says_what_it_is(floor: str) -> None:
    assert [str(path) for path in modules(floor) if path.stat().st_size and not ast.get_docstring(tree_of(path))] == []


@pytest.mark.parametrize("floor", FLOORS)
def test_no_fault_is_swallowed_without_a_name(floor: str) -> None:
    bare = [
        f"{path.name}:{node.lineno}"
        for path in modules(floor)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_the_contracts_of_the_linter_say_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers, pure = project["tool"]["importlinter"]["contracts"][:2]
    assert layers["layers"] == ["tui", "storage", "core"]
    assert pure["source_modules"] == ["core"]
    assert not set(pure["forbidden_modules"]) & PURE


def test_the_top_level_holds_the_house_and_nothing_else() -> None:
    visible = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert visible - {"build", "dist", "__pycache__", "motcua.egg-info"} == {"core", "storage", "tui", "tests", "docs"}
