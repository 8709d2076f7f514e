"""The eleven columns of form II.06a, as every report has them that tells them."""

from __future__ import annotations

from core.settled import SUMS
from core.settled import Column as Figure
from storage.settled import Figures
from tui.i18n import tr
from tui.widgets.columns import Column


def figure_columns(key: str, title_key: str) -> tuple[Column, ...]:
    """What each line is of, then the columns by their numbers: there is no room for their names on a screen."""
    return (
        Column(key, title_key, 10, grow=1),
        *(
            Column(one.name.lower(), f"report.ii06a.{int(one)}", 5, align="right", priority=0 if one in SUMS else 1)
            for one in Figure
        ),
    )


def figure_heads(title_key: str) -> tuple[str, ...]:
    """The heads with their names, for files and paper."""
    return tr(title_key), *map(figure_title, Figure)


def figure_title(figure: Figure) -> str:
    """A column by number and name."""
    return f"({int(figure)}) {tr(f'report.ii06a.{figure.name.lower()}')}"


def figure_cells(figures: Figures) -> tuple[int, ...]:
    """Each column's figure, in their order."""
    return tuple(figures[figure] for figure in Figure)


def figures_json(figures: Figures) -> dict[str, int]:
    """The same by name."""
    return {figure.name.lower(): figures[figure] for figure in Figure}


def field_words(field: str) -> str:
    """A field by name; "": of a procedure that the station's law does not have."""
    return tr(f"field.{field}") if field else tr("report.ii06a.no_field")
