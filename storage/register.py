"""The unit's register of letters: a number for each kind and year, which no other desk gives and no copy gives again.

Desk n writes «07/PYC-Qn»: the desk's own number stands in the symbol, so that two desks that are cut off never meet.
The last serial of each kind is in the witness, as those of receipts are (`storage.series`).
"""

from __future__ import annotations

from storage.desk import Desk

_TAKE = """
INSERT INTO letter_series VALUES (:symbol, :year, :desk, :count)
ON CONFLICT (symbol, year, number) DO UPDATE SET last = last + excluded.last RETURNING last
"""


def take_numbers(desk: Desk, symbol: str | None, year: int, count: int = 1) -> list[str]:
    """The next numbers of a kind of letter, inside the caller's transaction.

    Each is «» for a letter without a symbol, and while the desk may give none.
    """
    state = desk.series.state()
    if symbol is None or state.wanted:
        return [""] * count
    asked = {"symbol": symbol, "year": year, "desk": state.number, "count": count}
    (last,) = desk.connection.execute(_TAKE, asked).fetchone()
    desk.series.witness_after_commit()
    return [f"{serial:02}/{symbol}-Q{state.number}" for serial in range(last - count + 1, last + 1)]
