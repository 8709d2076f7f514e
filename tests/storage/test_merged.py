"""Units that were merged: a new desk that names the unit of today joins the station of the code of before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.answers import InvalidInput
from core.record import canonical
from storage.desk import Desk
from storage.folder import station_id
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from tests.storage.amended import amend
from tests.storage.sync_desks import START, code_from, new_desk, officer_of

TODAY, OLD, OLDER = "T48.10", "T48.01", "T48.02"
Start = Callable[..., Desk]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderHub:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    made = FolderHub(tmp_path / "hub")
    made.create()
    return made


@pytest.fixture
def start(tmp_path: Path, hub: FolderHub) -> Iterator[Start]:
    desks: list[Desk] = []

    def started(name: str, number: int, unit: str, code: str | None = None, *, anew: bool = False) -> Desk:
        desks.append(start_desk(tmp_path / name, new_desk(number, unit), [hub], code, anew=anew).desk)
        return desks[-1]

    yield started
    for desk in desks:
        desk.close()


def merge(desk: Desk, hub: FolderHub, into: str = TODAY, first: str = "2026-07-01") -> None:
    """The rows of a test catalogue by which the desk's unit goes on as another one from a day on."""
    titles = {"kind": "ward", "title_vi": "Công an phường Thử", "title_en": "Test ward"}
    old = {"code": desk.identity.unit, "valid_from": "2020-01-01", "successors": [into], **titles}
    new = {"code": into, "valid_from": first, **titles}
    amend(desk, officer_of(desk), {"decision": "NQ 1/2026", "known_unit": [old, new]})
    assert exchange(desk, hub).error is None


def test_the_code_of_today_finds_the_station_of_the_code_of_before(hub: FolderHub, start: Start) -> None:
    first = start("first", 1, OLD)
    merge(first, hub)
    second = start("second", 2, TODAY, code_from(first, hub))
    assert (second.identity.station, second.identity.unit) == (station_id(OLD), OLD)
    third = start("third", 3, TODAY)
    assert third.identity.station == station_id(OLD)
    for desk in (first, second, third, first):
        assert exchange(desk, hub).error is None
    assert sorted(one.number for one in third.projection.desks().known.values()) == [1, 2, 3]


def test_a_merger_that_is_to_come_changes_nothing_yet(hub: FolderHub, start: Start) -> None:
    merge(start("first", 1, OLD), hub, first="2027-01-01")
    assert start("second", 1, TODAY).identity.station == station_id(TODAY)


def test_of_several_merged_units_the_admin_names_one_or_founds_anew(
    hub: FolderHub, start: Start, tmp_path: Path
) -> None:
    merge(start("first", 1, OLD), hub)
    merge(start("other", 1, OLDER), hub)
    with pytest.raises(InvalidInput) as refused:
        start("second", 2, TODAY)
    assert refused.value.code == "unit_merged_of_several"
    assert refused.value.params == {"unit": TODAY, "units": f"{OLD}, {OLDER}"}
    assert not (tmp_path / "second" / "motcua.db").exists()
    assert start("named", 2, OLDER).identity.station == station_id(OLDER)
    assert start("anew", 2, TODAY, anew=True).identity.station == station_id(TODAY)
    assert start("later", 3, TODAY).identity.station == station_id(TODAY), "its own station is there now"


def test_what_a_hub_says_of_a_merger_is_believed_by_the_stations_log_alone(
    hub: FolderHub, start: Start, tmp_path: Path
) -> None:
    start("first", 1, OLD)
    hub.put_blob(station_id(TODAY), f"merged-{station_id(OLD)}", canonical({"unit": OLD}))
    for name, data in (
        ("nobody", canonical({"unit": "T48.77"})),
        ("torn", b"{"),
        ("list", b"[]"),
        ("deep", b"[" * 9000),
    ):
        hub.put_blob(station_id(TODAY), f"merged-{name}", data)
    with pytest.raises(InvalidInput, match="unit_not_merged"):
        start("second", 2, TODAY)
    assert not (tmp_path / "second" / "motcua.db").exists()
    assert start("second", 2, OLD).identity.station == station_id(OLD)


def test_a_test_stations_merger_is_no_real_ones(
    hub: FolderHub, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge(start("first", 1, OLD), hub)
    monkeypatch.delenv("MOTCUA_NOW")
    with pytest.raises(InvalidInput, match="station_test"):
        start_desk(tmp_path / "real", replace(new_desk(2, TODAY), test=False), [hub])
