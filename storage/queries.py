"""What screens and commands ask: keyset pages of the queue, counts, search, a dossier by its code."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.answers import Refusal
from core.place import Place
from core.queue import BY_DUE, NEVER, Bounds, Lane, Range, Urgency, Worklist, list_ranges, ranges, urgency, worklists
from core.search import Sought, exact_question, near_question, question
from core.sendings import tracking_key
from core.slip_code import dossier_named
from storage.database import Connection
from storage.dossier_row import COLUMNS
from storage.elsewhere import escaped, official_is, official_like

_FIELDS = ", ".join(f"dossier.{name}" for name in COLUMNS)
DUE_DAY = "(binding_at + 25199) / 86400"
"""The due day as the index by receipt has it: days since 1970 in legal time, 24:00 being of the day that it ends."""
_NEXT_DAY = f"SELECT {DUE_DAY} FROM dossier WHERE lane = ? AND lane < 4 AND {DUE_DAY} > ? ORDER BY {DUE_DAY} LIMIT 1"
_HITS = 2000
_MATCHED = "SELECT rowid FROM dossier_text WHERE dossier_text MATCH ? ORDER BY rowid DESC LIMIT ?"
_RANKED_BY = "SELECT rowid, id, applicant_name, lane, binding_at, by_date, received_at FROM dossier"
_NAMED = """
SELECT id, state FROM dossier WHERE id = ? OR receipt_number = ? OR external_id = ?
UNION SELECT id, state FROM dossier WHERE {official}
"""
_ENDING = """
SELECT id FROM dossier WHERE id LIKE ? ESCAPE '\\' OR receipt_number LIKE ? ESCAPE '\\' OR ({official}) LIMIT 2
"""
_LISTS = {
    "custody": "originals > 0",
    "at_post": "at_post > 0 AND state = 'result_ready'",
    "to_collect": "lies_since IS NOT NULL",
    "to_post": "lies_since IS NOT NULL AND return_by = 'post'",
    "open": f"+lane < {int(Lane.DONE)}",
}


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to; None: everything. Due: from this second on, and before that one."""

    officer: str | None = None
    state: str | None = None
    urgency: Urgency | None = None
    procedure: str | None = None
    due_from: int | None = None
    due_until: int | None = None
    worklist: Worklist | None = None
    list: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier as lists show it: its projection row and its urgency now."""

    values: tuple[Any, ...]
    urgency: Urgency

    @property
    def id(self) -> str:
        return str(self["id"])

    @property
    def is_step(self) -> bool:
        """Whether `binding_at` is when a part of its limit is to be done: the next one waits for its event."""
        waits, promised = self["waiting_for"], self["promised_at"]
        return waits is not None and promised is None and int(self["binding_at"]) < NEVER

    def place(self, at: Bounds) -> Place:
        """The row's place in the queue's order."""
        first, second = at.order.ties_of(self.urgency)
        return at.order.buckets.index(self.urgency), int(self[first]), int(self[second]), self.id

    def __getitem__(self, column: str) -> Any:
        return self.values[_INDEX[column]]


_INDEX = {name: index for index, name in enumerate(COLUMNS)}
NOTHING = QueueFilter()


class Queries:
    """Read-only; every call names the bounds, so that nothing here looks at a clock."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def after(self, row: Row | None, at: Bounds, size: int, wanted: QueueFilter = NOTHING) -> list[Row]:
        """Up to `size` rows that follow `row` in the queue's order; the first ones for None."""
        return self._page(at, size, wanted, row, backward=False)

    def before(self, row: Row | None, at: Bounds, size: int, wanted: QueueFilter = NOTHING) -> list[Row]:
        """Up to `size` rows that stand before `row`, in the queue's order; the last ones for None."""
        return self._page(at, size, wanted, row, backward=True)

    def count(self, at: Bounds, wanted: QueueFilter = NOTHING, most: int = -1) -> dict[Urgency, int]:
        """How many rows each bucket has; `most` (-1: all): each part of a bucket is counted no further."""
        counts: dict[Urgency, int] = {}
        for word in _buckets(wanted, at):
            total = 0
            for part in _parts(word, at, wanted):
                where, values = _where(part, wanted, at, _Turn())
                asked = f"SELECT count(*) FROM (SELECT 1 FROM {_table(part, wanted)} WHERE {where} LIMIT ?)"
                total += self._db.execute(asked, (*values, most)).fetchone()[0]
            counts[word] = total
        return counts

    def search(self, text: str, at: Bounds, limit: int) -> list[Row]:
        """Dossiers whose words start with each word of `text`, folded.

        What has a number of the text whole comes first, then who is called so, then what has it elsewhere (an address);
        of these the open ones in the queue's order, then the newest. Where nothing does: whose letter bears the number.
        """
        scanned = self._scanned(text, at)
        found = self._ranked(question(text), text, at, limit) if scanned is None else scanned[:limit]
        return found or self._by_tracking(text, at, limit)

    def near(self, text: str, at: Bounds, limit: int) -> list[Row]:
        """As `search`, where each longer word of `text` may hold one slip; the fewer slips, the sooner."""
        return self._ranked(near_question(text), text, at, limit)

    def matching(self, text: str, at: Bounds, wanted: QueueFilter = NOTHING) -> list[Row]:
        """The newest 2,000 matches of `text` among the wanted ones, in the queue's order."""
        rows = [row for row in self._matches(text, at) if _wants(row, wanted, at)]
        return sorted(rows, key=lambda row: row.place(at))

    def row(self, dossier_id: str, at: Bounds) -> Row | None:
        found = self._db.execute(f"SELECT {_FIELDS} FROM dossier WHERE id = ?", (dossier_id,)).fetchone()
        return None if found is None else _row(found, at)

    def rows(self, where: str, values: Iterable[object], at: Bounds, *, by: str = "") -> list[Row]:
        """Rows by a condition of this module's callers in storage; values are always bound. `by`: the index's name."""
        source = f"dossier INDEXED BY {by}" if by else "dossier"
        found = self._db.execute(f"SELECT {_FIELDS} FROM {source} WHERE {where}", tuple(values))
        return [_row(values, at) for values in found]

    def _by_tracking(self, text: str, at: Bounds, limit: int) -> list[Row]:
        """The dossiers one of whose letters bears the carrier's number, however spaced; the latest letter's first."""
        key = tracking_key(text)
        if not key:
            return []
        letters = (
            "SELECT dossier FROM sending WHERE tracking_key = ? GROUP BY dossier ORDER BY max(sent_at) DESC LIMIT ?"
        )
        found = [self.row(name, at) for (name,) in self._db.execute(letters, (key, limit)).fetchall()]
        return [row for row in found if row is not None]

    def find(self, code: str) -> str | Refusal:
        """The id behind a receipt number, an id, an official number, a unique ending of one, a receipt's QR, or the
        number that the portal gave.

        A voided dossier does not stand in the way of one that bears the same whole number. Refusals: `code_shared` (a
        whole number of several, with their ids), `code_ambiguous` (an ending), `code_unknown`.
        """
        wanted = dossier_named(code) or code.strip()
        where, spelled = official_is(wanted)
        values = (wanted.lower(), wanted.upper(), wanted, *spelled)
        states = dict(self._db.execute(_NAMED.format(official=where), values).fetchall())
        if wanted.lower() in states:
            return wanted.lower()
        whole = {name for name, state in states.items() if state != "voided"} or {*states}
        if len(whole) > 1:
            return Refusal("code_shared", params={"code": code, "dossiers": ", ".join(sorted(whole))})
        if whole or not wanted:
            return whole.pop() if whole else Refusal("code_unknown", params={"code": code})
        where, spelled = official_like(wanted, "%")
        ending = "%" + escaped(wanted)
        rows = self._db.execute(_ENDING.format(official=where), (ending, ending, *spelled)).fetchall()
        if len(rows) == 1:
            return str(rows[0][0])
        return Refusal("code_ambiguous" if rows else "code_unknown", params={"code": code})

    def by_external(self, external_id: str) -> str | None:
        row = self._db.execute("SELECT id FROM dossier WHERE external_id = ?", (external_id,)).fetchone()
        return None if row is None else str(row[0])

    def open_of_person(self, number: str, at: Bounds, limit: int = 20) -> list[Row]:
        """The newest dossiers of one applicant's number."""
        where = "applicant_number = ? ORDER BY received_at DESC LIMIT ?"
        return self.rows(where, (number, limit), at)

    def open_alike(self, number: str, person: str | None, at: Bounds, limit: int = 20) -> list[Row]:
        """The newest open dossiers of an applicant's number, or of a `core.duplicates.person_key`."""
        by_number, by_person = "applicant_number = ?", "person = ?"
        rows: dict[str, Row] = {}
        for where, value in ((by_number, number or None), (by_person, person)):
            if value is not None:
                asked = f"lane < 4 AND {where} ORDER BY received_at DESC LIMIT ?"
                rows |= {row.id: row for row in self.rows(asked, (value, limit), at)}
        return list(rows.values())

    def _scanned(self, text: str, at: Bounds) -> list[Row] | None:
        """Whose slip, or whose number at the portal, the text is; None where it is none."""
        named = dossier_named(text)
        if named is not None:
            return self.rows("id = ? OR receipt_number = ?", (named, named), at)
        return self.rows("external_id IN (?, ?)", (text.strip(), text.strip().upper()), at) or None

    def _matches(self, text: str, at: Bounds) -> list[Row]:
        scanned, asked = self._scanned(text, at), question(text)
        if scanned is not None:
            return scanned
        return [] if asked is None else self.rows(f"rowid IN ({_MATCHED})", (asked, _HITS), at)

    def _ranked(self, asked: str | None, text: str, at: Bounds, limit: int) -> list[Row]:
        """The best of the newest 2,000 that a question finds: whole rows are read of those alone."""
        if asked is None:
            return []
        whole, sought = exact_question(text), Sought.of(text)
        exact = set() if whole is None else {one for (one,) in self._db.execute(_MATCHED, (whole, _HITS))}

        def rank(found: tuple[int, str, str, int, int, int, int]) -> tuple[bool, int, bool, int, Place]:
            number, dossier, name, lane, binding, by_date, received = found
            missing, not_whole = sought.closeness(name)
            word = urgency(lane, binding, bool(by_date), at)
            done, due = word is Urgency.DONE, (binding, received)
            first, second = due if at.order.ties_of(word) == BY_DUE else due[::-1]
            stands = (0, -received, 0, dossier) if done else (at.order.buckets.index(word), first, second, dossier)
            return number not in exact, missing, done, not_whole, stands

        found = self._db.execute(f"{_RANKED_BY} WHERE rowid IN ({_MATCHED})", (asked, _HITS)).fetchall()
        best = [one[1] for one in sorted(found, key=rank)[:limit]]
        rows = {row.id: row for row in self.rows(f"id IN ({', '.join('?' * len(best))})", best, at)}
        return [rows[one] for one in best]

    def _page(self, at: Bounds, size: int, wanted: QueueFilter, edge: Row | None, *, backward: bool) -> list[Row]:
        stands = None if edge is None else edge.place(at)
        page: list[Row] = []
        for word in _buckets(wanted, at)[:: -1 if backward else 1]:
            place, start = at.order.buckets.index(word), None
            if stands is not None and place == stands[0]:
                start = stands[1:]
            elif stands is not None and (place < stands[0]) != backward:
                continue
            turn, left = _Turn(at.order.ties_of(word), start, backward), size - len(page)
            scans = [self._scan(part, wanted, at, turn, left) for part in self._parts(word, at, wanted)]
            for _, values in heapq.merge(*scans, key=lambda found: found[0], reverse=backward):
                page.append(Row(values, word))
                if len(page) == size:
                    return page[::-1] if backward else page
        return page[::-1] if backward else page

    def _parts(self, word: Urgency, at: Bounds, wanted: QueueFilter) -> Iterator[Range]:
        """The bucket's scans; by receipt a day each, for an index has a due day's rows in that order, but not those of
        many days. The few rows of one officer or worklist are sorted instead."""
        whole = _are_few(wanted) or at.order.ties_of(word) == BY_DUE
        for part in _parts(word, at, wanted):
            if whole:
                yield part
            else:
                days = due_days(self._db, part.lane, _day(part.low), _day(part.high - 1))
                yield from (replace(part, day=day) for day in days)

    def _scan(
        self, part: Range, wanted: QueueFilter, at: Bounds, turn: _Turn, size: int
    ) -> Iterator[tuple[tuple[int, int, str], tuple[Any, ...]]]:
        """The rows of one scan with their places in the bucket, read as they are taken."""
        where, values = _where(part, wanted, at, turn)
        columns = (*turn.ties, "id")
        order = ", ".join(f"{name} DESC" if turn.backward else name for name in columns)
        if turn.ties != BY_DUE and _are_few(wanted):  # to be sorted: first by what their index holds
            where = f"rowid IN (SELECT rowid FROM dossier WHERE {where} ORDER BY {order} LIMIT ?)"
            values = (*values, size)
        table = _table(part, wanted) if turn.ties == BY_DUE else "dossier"
        asked = f"SELECT {_FIELDS} FROM {table} WHERE {where} ORDER BY {order} LIMIT ?"
        first, second, last = (_INDEX[name] for name in columns)
        for row in self._db.execute(asked, (*values, size)):
            yield (row[first], row[second], row[last]), row


def due_days(db: Connection, lane: Lane, first: int, last: int) -> Iterator[int]:
    """The due days (since 1970) from `first` to `last` that open rows of the lane have, each found by one seek."""
    day = first - 1
    while (found := db.execute(_NEXT_DAY, (int(lane), day)).fetchone()) and found[0] <= last:
        day = int(found[0])
        yield day


def lists_of(row: Row, at: Bounds) -> tuple[Worklist, ...]:
    """The worklists that the row is on now."""
    proposed = row["proposed_at"] is not None
    return worklists(row["lane"], row.urgency, proposed, row["remind_from"], row["answer_until"], at)


_ON_LIST = {
    Worklist.TO_SIGN: " AND proposed_at IS NOT NULL",
    Worklist.REMIND: " AND answer_until IS NOT NULL AND answer_until > ? AND remind_from <= ?",
    Worklist.STOP: " AND answer_until IS NOT NULL AND answer_until <= ?",
}
"""Beside the ranges: each names its partial index's condition, and as many times the first second of today."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """How scans run: by which columns before the id, after which place (None: from the end), which way."""

    ties: tuple[str, ...] = BY_DUE
    start: tuple[int, int, str] | None = None
    backward: bool = False


def _are_few(wanted: QueueFilter) -> bool:
    """Whether an index of their own finds the rows, so that they may be sorted."""
    return wanted.officer is not None or wanted.worklist is not None


def _buckets(wanted: QueueFilter, at: Bounds) -> tuple[Urgency, ...]:
    return at.order.buckets if wanted.urgency is None else (wanted.urgency,)


def _day(seconds: int) -> int:
    return (seconds + 25_199) // 86_400


def _parts(word: Urgency, at: Bounds, wanted: QueueFilter) -> Iterator[Range]:
    """The bucket's ranges, as far as their due days are wanted."""
    for part in ranges(word, at) if wanted.worklist is None else list_ranges(wanted.worklist, word, at):
        low = part.low if wanted.due_from is None else max(part.low, wanted.due_from)
        high = part.high if wanted.due_until is None else min(part.high, wanted.due_until)
        if low < high:
            yield replace(part, low=low, high=high)


def _where(part: Range, wanted: QueueFilter, at: Bounds, turn: _Turn) -> tuple[str, tuple[object, ...]]:
    """A part's condition."""
    where, values = (_by_due if turn.ties == BY_DUE else _by_receipt)(part, turn)
    for column, value in (
        ("by_date", None if part.by_date is None else int(part.by_date)),
        ("officer", wanted.officer),
        ("state", wanted.state),
        ("procedure", wanted.procedure),
    ):
        if value is not None:
            where += f" AND {column} = ?"
            values.append(value)
    if wanted.list is not None:
        where += f" AND {_LISTS[wanted.list]}"
    if wanted.state is not None and part.lane >= Lane.PAUSED:
        where += " AND lane >= 3"  # or the partial index by state is not considered
    if wanted.worklist is not None:
        more = _ON_LIST.get(wanted.worklist, "")
        where += more
        values += [at.today] * more.count("?")
    return where, tuple(values)


def _table(part: Range, wanted: QueueFilter) -> str:
    """The table with the index by procedure where that reads least: SQLite can't know how rare a procedure is."""
    few = wanted.worklist is not None or (wanted.officer is not None and part.lane < Lane.DONE)
    return "dossier" if few or wanted.procedure is None else "dossier INDEXED BY dossier_procedure"


def _by_due(part: Range, turn: _Turn) -> tuple[str, list[object]]:
    """Of a bound and the start only the narrower is named, for SQLite may seek to the wider."""
    lane, low, high, start = int(part.lane), part.low, part.high, turn.start
    if start is not None and turn.backward and start[0] < high:
        return "lane = ? AND binding_at >= ? AND (binding_at, received_at, id) < (?, ?, ?)", [lane, low, *start]
    if start is not None and not turn.backward and start[0] >= low:
        return "lane = ? AND binding_at < ? AND (binding_at, received_at, id) > (?, ?, ?)", [lane, high, *start]
    return "lane = ? AND binding_at >= ? AND binding_at < ?", [lane, low, high]


def _by_receipt(part: Range, turn: _Turn) -> tuple[str, list[object]]:
    """`+`: the bounds are looked at, the scan goes by the day's rows as the index by receipt has them."""
    where = "lane = ? AND binding_at >= ? AND binding_at < ?"
    values: list[object] = [int(part.lane), part.low, part.high]
    if part.day is not None:
        where = f"lane = ? AND +binding_at >= ? AND +binding_at < ? AND lane < 4 AND {DUE_DAY} = ?"
        values.append(part.day)
    if turn.start is not None:
        where += f" AND (received_at, binding_at, id) {'<' if turn.backward else '>'} (?, ?, ?)"
        values += turn.start
    return where, values


def _wants(row: Row, wanted: QueueFilter, at: Bounds) -> bool:
    return (
        wanted.officer in (None, row["officer"])
        and wanted.state in (None, row["state"])
        and wanted.procedure in (None, row["procedure"])
        and wanted.urgency in (None, row.urgency)
        and (wanted.worklist is None or wanted.worklist in lists_of(row, at))
        and (wanted.due_from is None or int(row["binding_at"]) >= wanted.due_from)
        and (wanted.due_until is None or int(row["binding_at"]) < wanted.due_until)
        and (wanted.list is None or _on_list(row, wanted.list))
    )


def _on_list(row: Row, name: str) -> bool:
    """What `_LISTS` asks of a row."""
    if name == "custody":
        return bool(row["originals"])
    if name == "at_post":
        return bool(row["at_post"]) and row["state"] == "result_ready"
    if name == "open":
        return int(row["lane"]) < Lane.DONE
    return row["lies_since"] is not None and (name == "to_collect" or row["return_by"] == "post")


def _row(values: tuple[Any, ...], at: Bounds) -> Row:
    lane, binding, by_date = (values[_INDEX[name]] for name in ("lane", "binding_at", "by_date"))
    return Row(values, urgency(lane, binding, bool(by_date), at))
