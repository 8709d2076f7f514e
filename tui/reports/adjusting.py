"""A report told beside the one that was sent before it: which of its figures and dossiers are otherwise by now.

Form II.06a names its dossiers by column (`storage.settled`); this is for every other report that can be sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import dropwhile, takewhile
from typing import Any

from storage.desk import Desk
from storage.frozen import Sent, before_data, came_since, sent_before, why
from storage.officers import Officer
from storage.sync.batches import has_sealed
from tui.i18n import in_language, tr
from tui.reports import Asked, Report, not_sent, read, readings
from tui.reports.sheet import Cell, Line, Part, Sheet, headers
from tui.widgets.columns import Column

_FIGURES = (
    Column("line", "report.adjusted.line", 20, grow=2),
    Column("figure", "report.adjusted.figure", 20, grow=2),
    Column("was", "report.adjusted.was", 10, align="right"),
    Column("now", "report.adjusted.now", 10, align="right"),
)
_DOSSIERS = (
    Column("number", "report.number", 11),
    Column("why", "report.adjusted.why", 24, grow=1),
    Column("was", "report.adjusted.was", 10),
    Column("now", "report.adjusted.now", 10),
)
Figure = int | str | None
"""As JSON has it: a decimal as its digits."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is otherwise now in `before`. `figures`: by line and column, then and now, with the words for both;
    None: what was sent kept no figures to compare. `dossiers`: id, number, whether it stood there and does now, why."""

    before: Sent
    figures: tuple[tuple[str, str, Figure, Figure, str, str], ...] | None
    dossiers: tuple[tuple[str, str | None, bool, bool, str], ...]
    is_broken: bool = False


class Told:
    """A report of a period as it is told; it says where nothing is known of those days. It stands where a `Report`
    does."""

    def __init__(self, found: Report, desk: Desk, officer: Officer | None, asked: Asked) -> None:
        self._report, self._officer, self._asked = found, officer, asked
        self.NAME = found.NAME

    def read(self, desk: Desk, *_: Any) -> Any:
        """The facts of the period that was asked for."""
        return read(self._report, desk, self._officer, self._asked)

    def sheet(self, desk: Desk, facts: Any) -> Sheet:
        """The report's own sheet, with what this desk does not know of those days."""
        sheet, early = self._report.sheet(desk, facts), before_data(desk, self._asked.last)
        unknown = [] if early is None else [tr("report.before_data", **early.params)]
        if has_sealed(desk):
            unknown.append(tr("report.sealed"))
        return replace(sheet, about=(*unknown, *sheet.about))

    def document(self, desk: Desk, facts: Any) -> dict[str, Any]:
        """docs/schemas/report-<name>.json."""
        return self._report.document(desk, facts)


class Adjusting(Told):
    """The same with the adjustments of the one that was sent before it."""

    def __init__(self, found: Report, desk: Desk, officer: Officer | None, asked: Asked) -> None:
        super().__init__(found, desk, officer, asked)
        self._known: Changes | None = None
        self._before = sent_before(
            desk, found.NAME, asked.first, asked.unit, "".join(asked.reading or readings(found)[:1])
        )

    def sheet(self, desk: Desk, facts: Any) -> Sheet:
        """The report's own sheet, and what to adjust of the one before."""
        sheet, found = super().sheet(desk, facts), self._changes(desk)
        if found is None:
            return sheet
        return replace(sheet, about=(_words(found), *sheet.about), more=(*sheet.more, *_parts(found)))

    def document(self, desk: Desk, facts: Any) -> dict[str, Any]:
        """docs/schemas/report-<name>.json, with `adjustments`."""
        found = self._changes(desk)
        told = None if found is None else _json(found)
        return {**super().document(desk, facts), "adjustments": told}

    def to_send(self, desk: Desk, facts: Any) -> dict[str, Any]:
        """The same with the sheet's figures, so that the next one can say what has changed in them."""
        with in_language("vi"):
            sheet = self._report.sheet(desk, facts)
            words = _labels(sheet)
        kept = [
            {"line": line, "words": words[line], "figures": told}
            for line, told in _figures(self._report, sheet).items()
        ]
        return {**self.document(desk, facts), "figures": kept}

    def _changes(self, desk: Desk) -> Changes | None:
        if self._known is None and self._before is not None:
            self._known = self._compared(desk, self._before)
        return self._known

    def _compared(self, desk: Desk, before: Sent) -> Changes:
        asked = replace(self._asked, first=before.first, last=before.last)
        facts = read(self._report, desk, self._officer, asked)
        sent, known = before.readable(), self._report.document(desk, facts)
        if sent is None:
            return Changes(before, None, (), is_broken=True)
        sheet, passing = self._report.sheet(desk, facts), _passing(self._report)
        kept = _kept(sent.get("figures"), passing)
        figures = None if kept is None else tuple(_changed(kept, _figures(self._report, sheet), sheet))
        told = {key: one for key, one in known.items() if key in sent}  # an earlier version named fewer
        running = getattr(self._report, "RUNNING", frozenset())
        moved = _moved(desk, before, _named(sent, passing), _named(told, passing), running)
        return Changes(before, figures, tuple(moved))


def adjusting(found: Report, desk: Desk, officer: Officer | None, asked: Asked) -> Report:
    """The report with its adjustments, where it is one to be sent and does not tell them by itself."""
    if not_sent(found) is not None or not getattr(found, "IS_COMPARED", True):
        return Told(found, desk, officer, asked)
    return Adjusting(found, desk, officer, asked)


def sendable(found: Report, desk: Desk, facts: Any) -> dict[str, Any]:
    """The document that is frozen when the report is sent."""
    return found.to_send(desk, facts) if isinstance(found, Adjusting) else found.document(desk, facts)


def _passing(found: Report) -> frozenset[str]:
    """What goes by the moment of reading, not by the period: columns and lines of the sheet, lists of the JSON."""
    passing: frozenset[str] = getattr(found, "PASSING", frozenset())
    return passing


def _figures(found: Report, sheet: Sheet) -> dict[str, dict[str, Figure]]:
    """The figures of every line that counts, by the line and the column; without those that go by the moment."""
    passing = _passing(found)
    told: dict[str, dict[str, Figure]] = {}
    for part in _counting(sheet):
        for line in part.lines:
            cells = zip(part.columns, line.cells, strict=True)
            figures = {one.key: _figure(cell) for one, cell in cells if isinstance(cell, int | Decimal)}
            if line.id not in passing and (kept := _lasting(figures, passing)):
                told[line.id] = kept
    return told


def _lasting(figures: dict[str, Any], passing: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in figures.items() if key not in passing}


def _counting(sheet: Sheet) -> Iterator[Part]:
    """The parts that hold figures; a list of dossiers is made only when somebody looks at it."""
    yield from (sheet.totals, *sheet.more)
    yield from (one for one in sheet.lists if one.on_paper and all(line.dossier is None for line in one.lines))


def _figure(cell: int | Decimal) -> Figure:
    return cell if isinstance(cell, int) else f"{cell}"


def _kept(found: object, passing: frozenset[str]) -> list[dict[str, Any]] | None:
    """The figures as `to_send` keeps them; None of anything else: another desk, or another version, wrote it. An
    earlier one kept some that go by the moment, too."""
    rows = found if isinstance(found, list) else [None]
    wanted = {"line": str, "words": str, "figures": dict}
    if all(isinstance(one, dict) and all(isinstance(one.get(key), of) for key, of in wanted.items()) for one in rows):
        return [one | {"figures": _lasting(one["figures"], passing)} for one in rows if one["line"] not in passing]
    return None


def _labels(sheet: Sheet) -> dict[str, str]:
    """Each line in words."""
    return {line.id: " · ".join(_first_words(line.cells)) for part in _counting(sheet) for line in part.lines}


def _heads(sheet: Sheet) -> dict[str, dict[str, str]]:
    """By line, what stands above its columns; "": for a line that is not there any more."""
    found: dict[str, dict[str, str]] = {"": {}}
    for part in reversed(tuple(_counting(sheet))):
        heads = dict(zip((one.key for one in part.columns), headers(part), strict=True))
        found[""] |= heads
        found |= dict.fromkeys((line.id for line in part.lines), heads)
    return found


def _first_words(cells: tuple[Cell, ...]) -> Iterator[str]:
    """The texts before a line's figures, or between them."""
    texts = dropwhile(lambda cell: not isinstance(cell, str), cells)
    yield from (cell for cell in takewhile(lambda cell: isinstance(cell, str), texts) if cell)  # type: ignore[misc]


def _changed(
    kept: list[dict[str, Any]], now: dict[str, dict[str, Figure]], sheet: Sheet
) -> Iterator[tuple[str, str, Figure, Figure, str, str]]:
    """A line that is not there any more has counted down to nothing; its words are those of what was sent."""
    then: dict[str, dict[str, Figure]] = {one["line"]: one["figures"] for one in kept}
    labels, heads = {one["line"]: one["words"] for one in kept} | _labels(sheet), _heads(sheet)
    for line in dict.fromkeys((*now, *then)):
        was, known = then.get(line, {}), now.get(line, {})
        for key in dict.fromkeys((*known, *was)):
            before, after = was.get(key, None if was else 0), known.get(key, None if known else 0)
            if before != after:
                yield line, key, before, after, labels[line], heads.get(line, heads[""]).get(key, key)


def _named(found: object, passing: frozenset[str]) -> dict[str, tuple[str | None, list[Any]]]:
    """Each dossier of a document with its number and its rows there, wherever they stand in it; not where they stand
    by the moment."""
    told: dict[str, tuple[str | None, list[Any]]] = {}
    _collect(found, {"adjustments", *passing}, told)
    return told


def _collect(found: object, without: Set[str], told: dict[str, tuple[str | None, list[Any]]]) -> None:
    if isinstance(found, list):
        for one in found:
            _collect(one, without, told)
    elif isinstance(found, dict):
        if "receipt_number" in found and "id" in found:
            told.setdefault(found["id"], (found["receipt_number"], []))[1].append(found)
            return
        for key, one in found.items():
            if key not in without:
                _collect(one, without, told)


def _moved(
    desk: Desk,
    before: Sent,
    then: dict[str, tuple[str | None, list[Any]]],
    now: dict[str, tuple[str | None, list[Any]]],
    running: frozenset[str],
) -> Iterator[tuple[str, str | None, bool, bool, str]]:
    """Dossiers that came, went, or are told otherwise because of something that was written since.

    `running`: what days that go by change in the row of one that is open; in a period that still ran they also bring
    rows of their own. Into or out of any other they bring none: of what other desks wrote before and this one heard
    after, no more is asked.
    """
    for name in sorted({*then, *now}):
        was, known = then.get(name), now.get(name)
        stayed = was is not None and known is not None
        if stayed and was[1] == known[1]:
            continue
        dossier = desk.dossier(name)
        if (stayed or (running and before.early)) and (dossier is None or not came_since(desk, dossier, before)):
            continue  # only time has passed
        if stayed and dossier.ending is None and _standing(was[1], running) == _standing(known[1], running):
            continue
        number = known[0] if known is not None else was[0] if was is not None else None
        yield name, number, was is not None, known is not None, why(dossier, before)


def _standing(rows: list[Any], running: frozenset[str]) -> list[Any]:
    return [{key: one for key, one in row.items() if key not in running} for row in rows]


def _words(found: Changes) -> str:
    period = f"{found.before.first:%d/%m/%Y}–{found.before.last:%d/%m/%Y}"
    many, dossiers = len(found.figures or ()), len(found.dossiers)
    if found.is_broken:
        told = tr("report.adjusted.broken")
    elif not many and not dossiers:
        told = tr("report.ii06a.unchanged" if found.figures is not None else "report.adjusted.no_figures")
    else:
        told = tr("report.adjusted.told", figures=many, dossiers=dossiers)
    return tr("report.ii06a.adjusted", period=period, told=told)


def _parts(found: Changes) -> Iterator[Part]:
    if found.figures:
        lines = (
            Line(f"figure {line} {key}", (words, head, _cell(was), _cell(now)))
            for line, key, was, now, words, head in found.figures
        )
        yield Part(tr("report.adjusted.figures"), _FIGURES, tuple(lines))
    if found.dossiers:
        rows = (
            Line(
                f"adjusted {name}",
                (number or tr("queue.no_number"), tr(f"report.ii06a.reason.{reason}"), _stood(was), _stood(now)),
                dossier=name,
            )
            for name, number, was, now, reason in found.dossiers
        )
        yield Part(tr("report.adjusted.dossiers"), _DOSSIERS, tuple(rows))


def _stood(there: bool) -> str:
    return tr("report.adjusted.there" if there else "report.adjusted.not_there")


def _cell(figure: Figure) -> Cell:
    return "–" if figure is None else Decimal(figure) if isinstance(figure, str) else figure


def _json(found: Changes) -> dict[str, Any]:
    return {
        "of": found.before.id,
        "from": found.before.first.isoformat(),
        "to": found.before.last.isoformat(),
        "figures": None
        if found.figures is None
        else [{"line": line, "figure": key, "was": was, "now": now} for line, key, was, now, _, _ in found.figures],
        "dossiers": [
            {"id": name, "receipt_number": number, "was": was, "now": now, "why": reason}
            for name, number, was, now, reason in found.dossiers
        ],
    }
