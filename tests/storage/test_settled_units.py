"""Form II.06a of two units: what one hands over is the other's since the day on which it took it over."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from core.moments import LEGAL_TIME
from core.settled import Column
from storage.database import transaction
from storage.desk import Desk, Done
from storage.frozen import Sent, freeze, sent
from storage.settled import Settled, settled
from storage.sync.exchange import add_hub, exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.sync.uniting import own_words, yield_to
from storage.sync.uniting import take_in as take_over
from tests.storage.sync_desks import START, act, new_desk, officer_of, take_in
from tests.storage.test_transfer import HERE, THERE, City, accepted, city, offered
from tui.reports import ii06a

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


def go(city: City, text: str) -> None:
    moment = datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)
    for desk in city.desks.values():
        desk.now = lambda: moment  # type: ignore[method-assign]


def columns(desk: Desk, first: str, last: str) -> dict[int, int]:
    """The form's figures, with its invariants."""
    found = settled(desk, date.fromisoformat(first), date.fromisoformat(last)).total
    assert found[Column.RECEIVED] == found[Column.SETTLED] + found[Column.PENDING]
    return {int(column): count for column, count in found.items() if count}


def test_a_unit_that_is_merged_into_another_hands_over_what_is_open(city: City) -> None:
    """As in 2025: three dossiers, one ended; the month is sent, then the unit is no more and the rest goes over."""
    one, other = city.desk(HERE), city.desk(THERE)
    ended, *open_ones = (take_in(one, name) for name in ("An", "Bình", "Chi"))
    assert isinstance(act(one, ended, "result_ready"), Done)
    go(city, "2026-12-01T08:00")
    november = (date(2026, 11, 1), date(2026, 11, 30))
    kept = freeze(one, officer_of(one), ii06a.document(one, settled(one, *november)), november, None)
    assert isinstance(kept, Sent)
    for dossier in open_ones:
        assert isinstance(act(one, dossier, "transfer_offered", unit=THERE, reason="sáp nhập"), Done)
    city.sync(f"{HERE}-1", f"{THERE}-1")
    for dossier in open_ones:
        assert isinstance(accepted(other, dossier), Done)
    city.sync(f"{THERE}-1", f"{HERE}-1", f"{THERE}-1", f"{HERE}-1")
    go(city, "2027-02-02T08:00")
    for desk in (one, other):
        with transaction(desk.connection):
            desk.projection.rebuild()
    assert columns(one, "2026-11-01", "2026-11-30") == {1: 1, 3: 1, 5: 1, 6: 1}, "what has gone is no more the unit's"
    assert columns(one, "2026-12-01", "2026-12-31") == {}
    assert columns(other, "2026-11-01", "2026-11-30") == {}, "nor is it the other one's before it came"
    december, january = columns(other, "2026-12-01", "2026-12-31"), columns(other, "2027-01-01", "2027-01-31")
    assert (december[1], december[3], december[9]) == (2, 2, 2) and january[4] == december[9]
    (sent_text,) = (found.text() for found in sent(one))
    assert sent_text == kept.text(), "through the rebuild, byte for byte"
    told = settled(one, date(2026, 12, 1), date(2026, 12, 31)).adjusted
    assert {(found.change.id, found.change.now, found.why) for found in told} == {
        (dossier, (), "transferred") for dossier in open_ones
    }


def test_a_station_founded_twice_counts_what_either_received_from_the_day_it_was_received(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    hubs = {name: FolderHub(tmp_path / f"hub-{name}") for name in ("stays", "yields")}
    desks = []
    for name, hub in hubs.items():
        hub.create()
        desks.append(start_desk(tmp_path / name, new_desk(1), [hub]).desk)
        if name == "yields":
            add_hub(desks[-1], hubs["stays"])
    for desk, many in zip(desks, (2, 3), strict=True):
        for _ in range(many):
            take_in(desk)
    exchange(desks[0], hubs["stays"]), exchange(desks[1], hubs["stays"])
    assert [settled(desk, *MONTH).total[Column.RECEIVED] for desk in desks] == [2, 3], "apart"
    assert yield_to(desks[1], hubs["stays"], officer_of(desks[1]), own_words(desks[0])) is None
    assert take_over(desks[0], hubs["stays"], officer_of(desks[0]), own_words(desks[1])) is None
    for _ in range(4):
        for desk in desks:
            exchange(desk, hubs["stays"])
    for desk in desks:
        assert form(desk).total[Column.RECEIVED] == 5
        desk.close()
