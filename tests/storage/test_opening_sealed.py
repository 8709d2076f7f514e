"""Bodies that waited for the station's key are filled in by their place: no event looks through all others."""

from __future__ import annotations

from pathlib import Path

from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from tests.storage.sync_desks import Station, new_desk, take_in


def test_a_body_is_filled_in_at_its_own_place(station: Station, tmp_path: Path) -> None:
    take_in(station.desks[0])
    station.sync(0)
    new = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
    station.sync(0)
    asked: set[str] = set()
    new.connection.set_trace_callback(asked.add)
    exchange(new, station.hub)
    new.connection.set_trace_callback(None)
    filled = [one for one in asked if one.startswith("UPDATE event SET salt")]
    assert filled
    for one in filled:
        plan = [str(row[3]) for row in new.connection.execute(f"EXPLAIN QUERY PLAN {one}")]
        assert all("origin=? AND seq=?" in step for step in plan), plan
    new.close()
