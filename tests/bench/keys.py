"""Key to paint at a desk that holds years: moving, paging, filtering, searching, opening a dossier.

    python -m tests.bench.keys [--dossiers 1000000] [--open 50000] [--keys 200] [--place FOLDER]

The station takes in dossiers over three years, at most 100,000, and ends all but the last ones, which stay open; beyond
them the rows of all tables are copied under other ids (their chain leads nowhere: nothing here checks it). Then the
real command runs in a real pseudo-terminal (100x30) and keys of each kind are pressed in turn, timed as in
`tests.bench.desk`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from core.decisions import Act, DossierCommand, TakeIn
from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.demo.applicants import citizen_facts
from storage.demo.founding import hold
from storage.demo_people import People
from storage.desk import Desk, Done
from storage.founding import NewDesk, found
from tests.bench.keyboard import Times, press, report_keys, signed_in
from tests.bench.stations import measuring
from tests.tui.terminal import Terminal

_NOW = datetime(2026, 11, 27, 9, 30, tzinfo=LEGAL_TIME)
_YEARS = timedelta(days=3 * 365)
_LATELY = timedelta(days=25)
_AT_ONCE = 500
_TAKEN_IN = 100_000
_PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")
_PIN = "246813"
_OTHER = "substr({0}, 1, 33) || 'x' || :copy"
_FIRST = "{0} IN (SELECT id FROM dossier WHERE rowid <= :rows)"
_COPIED = {
    "dossier": ("rowid <= :rows", {
        "rowid": "rowid + :copy * :rows", "id": _OTHER.format("id"), "receipt_number": "receipt_number || :copy",
        "received_at": "received_at + :copy", "binding_at": "binding_at + :copy",
    }),
    "tally": (_FIRST.format("id"), {"id": _OTHER.format("id"), "number": "number || :copy"}),
    "passage": (_FIRST.format("id"), {"id": _OTHER.format("id"), "number": "number || :copy"}),
    "touch": (_FIRST.format("dossier"), {"dossier": _OTHER.format("dossier")}),
    "event": (f"n <= :events AND {_FIRST.format('entity')}", {
        "n": "n + :copy * :events", "seq": "seq + :copy * :events", "entity": _OTHER.format("entity"),
        "header": f"CAST(replace(CAST(header AS TEXT), entity, {_OTHER.format('entity')}) AS BLOB)",
    }),
    "head": (_FIRST.format("entity"), {"entity": _OTHER.format("entity")}),
    "secret": (_FIRST.format("entity"), {"entity": _OTHER.format("entity")}),
}  # fmt: skip
"""Tables with which of their rows are the first ones, and what is another value in a copy."""
_DOWN, _UP, _NEXT, _PREVIOUS, _ENTER, _ESC, _QUEUE, _FIND = (
    b"\x1b[B",
    b"\x1b[A",
    b"\x1b[6~",
    b"\x1b[5~",
    b"\r",
    b"\x1b",
    b"\x1bOP",
    b"\x1bOR",
)
_WANTED = ("nguyen thi", "tran van", "le hoang", "pham minh", "048", "0905", "ngo quyen", "hoang yen")


def main() -> None:
    with measuring(__doc__, _NOW, dossiers=1_000_000, open=50_000, keys=200) as (args, folder):
        if not folder.exists():
            began = time.perf_counter()
            times = -(-args.dossiers // _TAKEN_IN)
            _make(folder, args.dossiers // times, args.open // times)
            multiply(folder, times)
            print(f"{args.dossiers:,} dossiers, all but {args.open:,} ended: {time.perf_counter() - began:.0f} s")
        with signed_in(folder, "tm", _PIN) as terminal:
            for what, keys in _KINDS.items():
                report_keys(what, list(islice(keys(terminal), args.keys)))
                terminal.write(_QUEUE)  # from wherever those keys ended
                terminal.settle(0.6)


def _make(folder: Path, dossiers: int, left: int) -> None:
    desk = found(folder, NewDesk("BENCH.1", "Công an phường Đo", 1, "Trần Minh", _PIN, _NOW - _YEARS, test=True))
    (officer,) = desk.officers.all()
    commands = _commands(desk, dossiers, left)
    at_once = max(1, min(_AT_ONCE, dossiers // 50))  # a batch is of a few days: nothing is told of half a year ago
    while batch := list(islice(commands, at_once)):
        hold(desk, batch[-1].at)
        for answer in desk.do_all(batch, officer):
            assert isinstance(answer, Done), answer
    desk.close()


def multiply(folder: Path, times: int) -> None:
    """Copy each dossier until it is there so many times: its rows and its events, a second later each."""
    desk = Desk.open(folder)
    db = desk.connection
    first = {
        "rows": db.execute("SELECT max(rowid) FROM dossier").fetchone()[0],
        "events": db.execute("SELECT max(n) FROM event").fetchone()[0],
    }
    for copy in range(1, times):
        with transaction(db):
            for table, (which, other) in _COPIED.items():
                columns = [str(row[1]) for row in db.execute(f"PRAGMA table_info ({table})")]
                values = ", ".join(other.get(column, column) for column in columns)
                copied = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which}"
                db.execute(copied, {**first, "copy": f"{copy:02}"})
            words = "SELECT rowid + :copy * :rows, words FROM dossier_text WHERE rowid <= :rows"
            db.execute(f"INSERT INTO dossier_text (rowid, words) {words}", {"rows": first["rows"], "copy": copy})
    with transaction(db):
        db.execute("UPDATE origin SET seq = (SELECT max(seq) FROM event WHERE origin = no)")
    desk.close()


def _commands(desk: Desk, dossiers: int, left: int) -> Iterator[DossierCommand]:
    drawn = Random(7)
    people = People(drawn, date(2026, 11, 27))
    for place in range(dossiers):
        ended = place < dossiers - left
        share = place / (dossiers - left) if ended else (place - dossiers + left) / left
        at = _NOW - _YEARS + share * (_YEARS - _LATELY) if ended else _NOW - (1 - share) * _LATELY
        facts = {
            "procedure": drawn.choices(_PROCEDURES, (45, 25, 20, 10))[0],
            "applicant": citizen_facts(people.person()),
            "channel": "counter",
        }
        dossier = desk.new_id()
        yield TakeIn(dossier, "received", at, facts, imported=True)
        if ended:
            yield Act(dossier, "withdrawn", at, {"reason": "Công dân đề nghị rút hồ sơ"})


def _moves(terminal: Terminal) -> Iterator[Times]:
    while True:
        yield from (press(terminal, key) for key in (_DOWN, _DOWN, _DOWN, _UP))


def _pages(terminal: Terminal) -> Iterator[Times]:
    while True:
        yield from (press(terminal, key) for key in (_NEXT, _NEXT, _NEXT, _PREVIOUS))


def _filters(terminal: Terminal) -> Iterator[Times]:
    """Each letter that is typed into the filter; clearing it is not counted."""
    while True:
        for words in ("tt:tam tru", "nguyen thi", "le van", "tc:qua han"):
            press(terminal, b"/")
            yield from (press(terminal, letter.encode()) for letter in words)
            press(terminal, _ESC)
            terminal.settle(0.5)


def _searches(terminal: Terminal) -> Iterator[Times]:
    """Each letter that is typed into the box, among all that there ever were."""
    while True:
        for words in _WANTED:
            press(terminal, _FIND)
            yield from (press(terminal, letter.encode()) for letter in words)
            press(terminal, _ESC)
            press(terminal, _ESC)
            terminal.settle(0.3)


def _opened(terminal: Terminal) -> Iterator[Times]:
    while True:
        yield press(terminal, _ENTER)
        press(terminal, _ESC)
        press(terminal, _DOWN)


def _left(terminal: Terminal) -> Iterator[Times]:
    """Back from a dossier to the list."""
    while True:
        press(terminal, _ENTER)
        yield press(terminal, _ESC)
        press(terminal, _DOWN)


_KINDS = {
    "move": _moves,
    "page": _pages,
    "filter": _filters,
    "search": _searches,
    "open a dossier": _opened,
    "back to the list": _left,
}


if __name__ == "__main__":
    main()
