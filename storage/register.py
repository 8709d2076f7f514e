"""The unit's register of letters: a number for each kind and year, which no other desk gives and no copy gives again.

Desk n writes «07/PYC-Qn»: the desk's own number stands in the symbol, so that two desks that are cut off never meet.
The last serial of each kind is in the witness, as those of receipts are (`storage.series`).
"""

from __future__ import annotations

from storage.desk import Desk

_TAKE = """
INSERT INTO letter_series VALUES (?, ?, ?, 1)
ON CONFLICT (symbol, year, number) DO UPDATE SET last = last + 1 RETURNING last
"""


def take_number(desk: Desk, symbol: str, year: int) -> str:
    """The next number of a kind of letter, inside the caller's transaction; «» while the desk may give none."""
    state = desk.series.state()
    if state.wanted:
        return ""
    (last,) = desk.connection.execute(_TAKE, (symbol, year, state.number)).fetchone()
    desk.series.witness_after_commit()
    return f"{last:02}/{symbol}-Q{state.number}"
