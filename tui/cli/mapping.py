"""`--mapping MAP.toml`: another system's export read by our own columns (docs/portal-export.md)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from tomllib import TOMLDecodeError, loads

from core.answers import InvalidInput
from core.mapping import ColumnMapping, mapping_of
from tui.cli.output import Problem, reading_fault
from tui.cli.table_files import Line
from tui.i18n import tr

_PLACE = re.compile(r"line (\d+), column (\d+)")


def read_mapping(path: Path, known: Collection[str]) -> ColumnMapping:
    """The mapping of a file. `known`: our columns. Wrong usage where it can't be read or is no mapping."""
    try:
        return mapping_of(loads(path.read_text(encoding="utf-8-sig")), known)
    except OSError as error:
        raise Problem("file_unreadable", {"file": path.name, "detail": reading_fault(error)}, status=2) from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("mapping_invalid", {"place": _place_of(error)}, status=2) from error
    except InvalidInput as error:
        raise Problem("mapping_invalid", {"place": str(error.params.get("place"))}, status=2) from error


def _place_of(error: TOMLDecodeError | UnicodeDecodeError) -> str:
    """Where the file can't be read on, in the officer's language."""
    if isinstance(error, UnicodeDecodeError):
        return tr("cli.mapping.not_utf8")
    found = _PLACE.search(str(error))
    return tr("cli.mapping.end") if found is None else tr("cli.mapping.place", line=found[1], column=found[2])


def mapped_lines(lines: Iterable[Line], mapping: ColumnMapping) -> Iterator[Line]:
    """The lines by our columns. Where the first row lacks a column that is mapped, nothing at all is read."""
    fitted: ColumnMapping | None = None
    for number, raw, row in lines:
        if isinstance(row, InvalidInput):
            yield number, raw, row
            continue
        if fitted is None:
            try:
                fitted = mapping.fitted(row)
            except InvalidInput as error:
                raise Problem(error.code, error.params) from error
        try:
            yield number, raw, fitted.apply(row)
        except InvalidInput as error:
            yield number, raw, error
