"""The desk's own numbers: the last serial of each day, whether it may give one now, and the witness of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.answers import InvalidInput
from core.numbers import Numbered, day_text, number_tail, paper_serials, read_number
from core.record import Event
from storage.database import Connection, after_commit, transaction
from storage.folder import write_meta
from storage.witness import Witness, machine_mark, read_witness, write_witness

SET_BACK = "hub_set_back"
"""In `meta`: a hub once lacked what it had accepted, so another desk's claim to a number may be gone there, too."""
NO_WITNESS, OTHER_MACHINE, TAKEN, FORKED, COPIED_BACK, REVOKED = (
    "no_witness", "other_machine", "number_taken", "forked", "copied_back", "desk_revoked",
)  # fmt: skip
_MOVE = """
INSERT INTO series VALUES (?, ?, ?, 0)
ON CONFLICT (number, day) DO UPDATE SET last = max(last, excluded.last), closed = 0
"""
_MOVE_LETTERS = """
INSERT INTO letter_series (number, symbol, year, last) VALUES (?, ?, ?, ?)
ON CONFLICT (symbol, year, number) DO UPDATE SET last = max(last, excluded.last)
"""
_SET_ASIDE = "INSERT OR IGNORE INTO blank (number, day, serial, state) VALUES (?, ?, ?, 'open')"
_MARK = "UPDATE blank SET state = ? WHERE number = ? AND day = ? AND serial = ?"
_PAST_BLANKS = """
SELECT max(serial) + 1 FROM blank WHERE number = :number AND day = :day
AND EXISTS (SELECT 1 FROM blank WHERE number = :number AND day = :day AND serial = :serial)
"""
_UNSETTLED = """
SELECT number, day, serial, state FROM blank
WHERE day >= (SELECT min(day) FROM blank WHERE state = 'open') ORDER BY day, number, serial
"""
_HEAD = "SELECT seq, hash FROM origin WHERE desk = ? AND epoch = ?"
_HASH = """
SELECT event.hash FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq = ?
"""
BLANK_KINDS = frozenset({"blanks_set_aside", "blanks_voided"})
NUMBER_FIELDS = {"received": "receipt_number", "receipt_number_given": "number", "number_voided": "number"}
Renumber = Callable[[int], object]
"""Writes, in the transaction that is open, that the desk has this number (again)."""


@dataclass(frozen=True, slots=True)
class NumberState:
    """`wanted`: why receipts go without a number until the desk has another one; None where it gives numbers.

    `claimed`: it has taken one that no hub has confirmed yet. `moved_back`: when this database was last found to be
    older than its witness.
    """

    number: int
    wanted: str | None
    claimed: bool
    moved_back: datetime | None


class Series:
    """Reads what is in the file now: another process may have moved it."""

    def __init__(self, folder: Path, connection: Connection, desk: str) -> None:
        self._folder = folder
        self._db = connection
        self._desk = desk
        self.behind = False
        """Whether the witness could not be written after the last number."""

    def state(self) -> NumberState:
        facts = self._facts()
        moved = facts.get("moved_back")
        return NumberState(
            number=int(facts["number"]),
            wanted=facts.get("number_wanted"),
            claimed="number_claim" in facts,
            moved_back=datetime.fromisoformat(moved) if moved else None,
        )

    def next_serial(self, day: date) -> tuple[int, int]:
        """The desk's number and its next serial for a receipt of that civil day; serial 0: none can be given."""
        facts = self._facts()
        number = int(facts["number"])
        if facts.get("number_wanted"):
            return number, 0
        row = self._db.execute("SELECT last FROM series WHERE number = ? AND day = ?", (number, day_text(day)))
        serial = int((row.fetchone() or (0,))[0]) + 1
        asked = {"number": number, "day": day_text(day), "serial": serial}
        serial = self._db.execute(_PAST_BLANKS, asked).fetchone()[0] or serial
        return number, 0 if number_tail(number, serial) is None else serial

    def count(self, events: Iterable[Event]) -> None:
        """Move each day's serial past the numbers that these own events give or void, and have them witnessed."""
        if self.pass_by(events):
            after_commit(self._db, self.keep)

    def pass_by(self, events: Iterable[Event]) -> bool:
        """`count` without the witness; whether any of the events says something of a number."""
        moved = False
        for event in events:
            found = read_number(str(event.body.get(NUMBER_FIELDS.get(event.kind, ""))))
            if found is not None:
                self._given(found, event.kind)
            elif event.kind in BLANK_KINDS:
                self._of_blanks(event)
            else:
                continue
            moved = True
        return moved

    def _given(self, found: Numbered, kind: str) -> None:
        """A blank's number that was keyed in by mistake is on somebody's paper: it waits to be keyed in again."""
        place = (found.desk_number, found.day, found.serial)
        state = "open" if kind == "number_voided" else "used"
        if self._db.execute(_MARK, (state, *place)).rowcount:
            self._db.execute(_MOVE, (*place[:2], 0))
        else:
            self._db.execute(_MOVE, place)

    def _of_blanks(self, event: Event) -> None:
        number, day = int(event.body["number"]), day_text(date.fromisoformat(str(event.body["day"])))
        serials = paper_serials(event.body)
        if event.kind == "blanks_set_aside":
            self._db.executemany(_SET_ASIDE, [(number, day, serial) for serial in serials])
        else:
            self._db.executemany(_MARK, [("void", number, day, serial) for serial in serials])
        self._db.execute(_MOVE, (number, day, 0))

    def blank(self, number: Numbered) -> str | None:
        """Whether a number of this desk is that of a blank receipt, and what became of it: open, used or void."""
        asked = "SELECT state FROM blank WHERE number = ? AND day = ? AND serial = ?"
        row = self._db.execute(asked, (number.desk_number, number.day, number.serial)).fetchone()
        return None if row is None else str(row[0])

    def lowest_blank(self, number: int, day: date) -> int | None:
        """The lowest serial of a day that was ever kept for a blank receipt."""
        asked = "SELECT min(serial) FROM blank WHERE day = ? AND number = ?"
        lowest = self._db.execute(asked, (day_text(day), number)).fetchone()[0]
        return None if lowest is None else int(lowest)

    def blanks(self) -> dict[tuple[int, str], dict[int, str]]:
        """What became of each blank receipt, by desk number and day (YYMMDD), from the first day on that has open ones.

        Earlier days are settled: nothing of them is asked again.
        """
        found: dict[tuple[int, str], dict[int, str]] = {}
        for number, day, serial, state in self._db.execute(_UNSETTLED):
            found.setdefault((int(number), str(day)), {})[int(serial)] = str(state)
        return found

    def keep(self) -> None:
        """Write the witness of what the database holds now, under its lock, so that an older one never comes later.

        Where the disk prevents it, `behind` says so and the next number or print tries again.
        """
        self.behind = True
        try:
            with transaction(self._db):
                self._write()
                self._db.execute("DELETE FROM meta WHERE name = 'witness_first'")
            self.behind = False
        except (OSError, InvalidInput):
            return

    def require(self) -> None:
        """Before anything is printed. Raises InvalidInput `witness_unwritable`."""
        if self.behind:
            self.keep()
        if self.behind:
            raise InvalidInput("witness_unwritable")

    def recover(self, now: datetime, renumber: Renumber) -> None:
        """Compare the database with its witness when the folder is opened; begin a new epoch where it may be older.

        A demo is carried from machine to machine, and its numbers are nobody's: it needs no witness.
        """
        facts = self._facts()
        if facts.get("clock"):
            return
        witness = read_witness(self._folder, self._desk)  # before the database: that is never behind what is read first
        if self._fault(witness) is None:
            if witness != self._present():
                self.keep()
            return
        with transaction(self._db):
            witness = read_witness(self._folder, self._desk)
            fault = self._fault(witness)
            if fault == COPIED_BACK and witness is not None:
                self._go_on_above(witness, now, renumber)
            elif fault is not None:
                write_meta(self._db, {"epoch": int(self._facts()["epoch"]) + 1})
                self.want(fault)  # a claim that is still open is the other copy's
            try:
                self._write()  # before the commit: whoever opens the folder meanwhile finds nothing left to do
            except OSError:
                self.behind = True

    def _fault(self, witness: Witness | None) -> str | None:
        if witness is None:
            return None if self._facts().get("witness_first") else NO_WITNESS
        if not witness.is_of_this_machine:
            return OTHER_MACHINE
        return COPIED_BACK if self._is_behind(witness) else None

    def _is_behind(self, witness: Witness) -> bool:
        if int(self._facts()["epoch"]) < witness.epoch:
            return True
        if witness.seq:
            row = self._db.execute(_HASH, (self._desk, witness.epoch, witness.seq)).fetchone()
            if row is None or bytes(row[0]).hex() != witness.hash:
                return True
        if any(place not in self._blanks() for place in witness.blanks):
            return True
        here = self._days() | self._letters()
        return any(here.get(place, 0) < last for place, last in {**witness.days, **witness.letters}.items())

    def _go_on_above(self, witness: Witness, now: datetime, renumber: Renumber) -> None:
        """A new epoch, the witness's serials and number; a claim of which only the witness knows is made anew."""
        facts = self._facts()
        epoch = max(int(facts["epoch"]), witness.epoch) + 1
        write_meta(self._db, {"epoch": epoch, "moved_back": now.isoformat(timespec="seconds")})
        self._db.executemany(_MOVE, [(*day.split("/"), last) for day, last in witness.days.items()])
        self._db.executemany(_MOVE_LETTERS, [(*place.split("/"), last) for place, last in witness.letters.items()])
        for place, (first, last, *used) in witness.blanks.items():
            number, day = place.split("/")
            serials = range(first, last + 1)
            self._db.executemany(_SET_ASIDE, [(number, day, serial) for serial in serials])
            self._db.executemany(_MARK, [("used", number, day, serial) for serial in used])
        if witness.wanted:
            self.want(witness.wanted)
        elif witness.number != int(facts["number"]):
            renumber(witness.number)
            self.settle(witness.number)

    def want(self, reason: str) -> None:
        """No receipt numbers until the desk has another desk number; within a transaction."""
        self._db.execute("DELETE FROM meta WHERE name IN ('number_claim', 'number_seen')")
        write_meta(self._db, {"number_wanted": reason})
        after_commit(self._db, self.keep)

    def claim(self, number: int, event: str) -> None:
        """The number that this event takes is used as soon as nobody can have taken it before; within a transaction."""
        write_meta(self._db, {"number": number, "number_claim": event})
        after_commit(self._db, self.keep)

    def claimed_by(self) -> str | None:
        """The id of the event that took the number which is not confirmed yet."""
        claim = self._facts().get("number_claim")
        return None if claim is None else str(claim)

    def seen_at(self, url: str) -> set[str]:
        """The hubs at which nobody else was found with the claimed number, now this one too; within a transaction."""
        seen = {url, *str(self._facts().get("number_seen", "")).split()}
        write_meta(self._db, {"number_seen": " ".join(sorted(seen))})
        return seen

    def settle(self, number: int) -> None:
        """The desk gives this number's receipt numbers from now on; within a transaction."""
        self._db.execute("DELETE FROM meta WHERE name IN ('number_claim', 'number_seen', 'number_wanted')")
        write_meta(self._db, {"number": number})
        after_commit(self._db, self.keep)

    def open_days(self, today: date) -> list[tuple[int, str, int]]:
        """(desk number, YYMMDD, last serial) of past days that no event has closed since they were last used."""
        asked = "SELECT number, day, last FROM series WHERE closed = 0 AND day < ? ORDER BY day, number"
        return [(int(number), str(day), int(last)) for number, day, last in self._db.execute(asked, (day_text(today),))]

    def close(self, number: int, day: str) -> None:
        self._db.execute("UPDATE series SET closed = 1 WHERE number = ? AND day = ?", (number, day))

    def _write(self) -> None:
        if not self._facts().get("clock"):
            write_witness(self._folder, self._present())

    def _present(self) -> Witness:
        facts = self._facts()
        epoch, number = int(facts["epoch"]), int(facts["number"])
        seq, digest = self._db.execute(_HEAD, (self._desk, epoch)).fetchone() or (0, b"")
        return Witness(
            machine=machine_mark(self._desk),
            desk=self._desk,
            epoch=epoch,
            seq=int(seq),
            hash=bytes(digest).hex() if seq else "",
            number=number,
            wanted=facts.get("number_wanted"),
            days=self._days(),
            letters=self._letters(),
            blanks=self._blanks(),
        )

    def _days(self) -> dict[str, int]:
        rows = self._db.execute("SELECT number, day, last FROM series ORDER BY number, day")
        return {f"{number}/{day}": int(last) for number, day, last in rows}

    def _letters(self) -> dict[str, int]:
        rows = self._db.execute("SELECT number, symbol, year, last FROM letter_series ORDER BY number, symbol, year")
        return {f"{number}/{symbol}/{year}": int(last) for number, symbol, year, last in rows}

    def _blanks(self) -> dict[str, list[int]]:
        return {
            f"{number}/{day}": [min(states), max(states), *(one for one, state in states.items() if state == "used")]
            for (number, day), states in self.blanks().items()
        }

    def witness_after_commit(self) -> None:
        """Have the witness written once the caller's transaction is durable."""
        after_commit(self._db, self.keep)

    def _facts(self) -> dict[str, Any]:
        asked = """
        SELECT name, value FROM meta WHERE name IN
        ('epoch', 'number', 'number_wanted', 'number_claim', 'number_seen', 'moved_back', 'witness_first', 'clock')
        """
        return dict(self._db.execute(asked))
