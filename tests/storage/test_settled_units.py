"""Form II.06a of two units: what one hands over is the other's since the day on which it took it over."""

from __future__ import annotations

from datetime import date

from core.settled import Column
from storage.database import transaction
from storage.desk import Desk, Done
from storage.settled import Settled, settled
from tests.storage.sync_desks import START
from tests.storage.test_transfer import HERE, THERE, City, accepted, city, offered

__all__ = ["city"]
MONTH = (date(START.year, START.month, 1), date(START.year, START.month, 28))


def form(desk: Desk) -> Settled:
    """The form, the same after a rebuild."""
    found = settled(desk, *MONTH)
    with transaction(desk.connection):
        desk.projection.rebuild()
    again = settled(desk, *MONTH)
    assert (again.total, again.beside) == (found.total, found.beside)
    return found


def test_a_dossier_counts_at_one_unit_at_a_time(city: City) -> None:
    one, other = city.desk(HERE), city.desk(THERE)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    dossier = offered(city)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    assert form(one).total[Column.RECEIVED] == 1 and form(other).total[Column.RECEIVED] == 0
    assert isinstance(accepted(other, dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{THERE}-1", f"{HERE}-1")
    gone, came = form(one), form(other)
    assert gone.total[Column.RECEIVED] == 0
    assert came.total[Column.RECEIVED] == came.total[Column.PENDING] == 1 and came.beside == {"came": 1}
    (row,) = other.connection.execute("SELECT counted_from, unit FROM tally").fetchall()
    folded = other.dossier(dossier)
    assert folded is not None and folded.received_at is not None
    assert row[0] >= int(folded.received_at.timestamp()) and row[1] == THERE
