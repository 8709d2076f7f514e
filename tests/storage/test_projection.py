"""The tables: the same however and wherever the events arrived, and made again at any time."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.decisions import TakeIn
from core.station import AddOfficer
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent, bodies, epoch_ms
from storage.founding import join
from storage.sync.exchange import exchange
from tests.storage.sync_desks import START, Station, act, copied, dump, entity_heads, new_desk, officer_of, take_in

PROCEDURES = ("permanent-residence", "seized-item-return", "judicial-record")  # by day, at once, not verified
ACTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("step_completed", {"step": "check"}),
    ("supplement_requested", {"reason": "thiếu giấy tờ"}),
    ("supplement_received", {}),
    ("approved", {}),
    ("refused", {"reason": "không đủ điều kiện"}),
    ("result_ready", {"shelf": "K1"}),
    ("result_returned", {"channel": "counter"}),
    ("withdrawn", {}),
    ("suspended", {"reason": "chờ"}),
    ("resumed", {}),
    ("noted", {"text": "gọi lại"}),
    ("corrected", {"field": "applicant.phone", "old": "0905123456", "new": "0914000111"}),
    ("corrected", {"field": "applicant.name", "new": "Nguyễn Văn Anh"}),
    ("original_taken", {"paper": "CT01"}),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("sync"), st.integers(0, 2), st.just(0)),
        st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 2), st.integers(0, 2)),
    ),
    min_size=5,
    max_size=40,
)


def live(station: Station, steps: list[tuple[object, int, int]]) -> None:
    """Let the desks work apart and meet at times, and all meet at the end."""
    dossiers = [take_in(station.desks[0])]
    station.sync(0, 1, 2)
    for what, number, which in steps:
        desk = station.desks[number]
        if what == "take":
            dossiers.append(take_in(desk, procedure=PROCEDURES[which]))
        elif what == "sync":
            station.sync(number)
        else:
            kind, fields = ACTS[what]  # type: ignore[index]
            act(desk, dossiers[-1 - which % len(dossiers)], kind, **fields)
    station.sync(0, 1, 2, 0, 1)


def one_by_one(source: Desk, empty: Desk, seed: int) -> None:
    """Hand every event over alone, each origin in its order, the origins interleaved at random."""
    waiting: dict[Origin, list[StoredEvent]] = {
        origin: source.log.stored(origin, 0, 100_000) for origin in source.log.heads()
    }
    chance = random.Random(seed)
    while waiting:
        origin = chance.choice(sorted(waiting, key=lambda origin: (origin.desk, origin.epoch)))
        event = waiting[origin].pop(0)
        with transaction(empty.connection):
            empty.projection.apply(bodies(empty.log.receive(origin, [event], epoch_ms(START))))
        if not waiting[origin]:
            del waiting[origin]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk of the station that has heard of nothing yet."""
    folder = tmp_path_factory.mktemp("empty") / "desk"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_NOW", START.isoformat())
        kept: list[Desk] = []

        def stop(desk: Desk) -> None:
            kept.append(desk)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            join(folder, new_desk(9), stop)
        kept[0].close()
    return folder


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, seed=st.integers(0, 2**16))
def test_shuffled_one_by_one_equals_incremental_equals_rebuilt(
    template: Path,
    empty: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[object, int, int]],
    seed: int,
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    root = tmp_path_factory.mktemp("history")
    with copied(template, root / "station") as station:
        live(station, steps)
        source = station.desks[0]
        expected = dump(source)
        assert dump(station.desks[1]) == expected == dump(station.desks[2])
        shutil.copytree(empty, root / "empty")
        late = Desk.open(root / "empty")
        one_by_one(source, late, seed)
        assert dump(late) == expected
        assert late.log.heads() == source.log.heads()
        assert entity_heads(late) == entity_heads(source)
        for desk in (late, source):
            with transaction(desk.connection):
                desk.projection.rebuild()
            assert dump(desk) == expected
        late.close()
    shutil.rmtree(root)


def test_law_that_arrives_after_the_end_of_a_dossier_leaves_its_row_as_it_is_elsewhere(
    station: Station, empty: Path, tmp_path: Path
) -> None:
    desk = station.desks[1]
    for procedure in PROCEDURES:
        act(desk, take_in(desk, procedure=procedure), "withdrawn")
    station.sync(1, 0)
    shutil.copytree(empty, tmp_path / "empty")
    late = Desk.open(tmp_path / "empty")
    origins = sorted(desk.log.heads(), key=lambda origin: origin == station.desks[0].identity.origin)
    for origin in origins:
        with transaction(late.connection):
            late.projection.apply(bodies(late.log.receive(origin, desk.log.stored(origin, 0, 1000), epoch_ms(START))))
    assert dump(late) == dump(desk) == dump(station.desks[0])
    late.close()


def test_an_officer_who_arrives_late_gives_their_work_its_effect(station: Station, tmp_path: Path) -> None:
    desk = station.desks[0]
    verifier = desk.sealed_verifier("1111")
    desk.do(AddOfficer("new-officer", "no", "Hồ Thị Bé", ("front_desk",), verifier, desk.now()), officer_of(desk))
    station.sync(0, 1)
    other = station.desks[1]
    added = other.officers.get("new-officer")
    dossier = other.new_id()
    facts = {"procedure": "permanent-residence", "applicant": {"name": "Y Blim"}}
    other.do(TakeIn(dossier, "received", START, facts), added)
    origin = other.identity.origin
    late = station.desks[2]
    with transaction(late.connection):
        late.projection.apply(bodies(late.log.receive(origin, other.log.stored(origin, 2, 10), epoch_ms(START))))
    assert late.row(dossier) is None
    assert exchange(late, station.hub).error is None
    station.sync(1)
    assert dump(late) == dump(other)
    assert late.row(dossier)["applicant_name"] == "Y Blim"


def test_search_words_follow_the_dossier(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk, "Đặng Thị Đào")
    act(desk, dossier, "corrected", field="applicant.name", old="Đặng Thị Đào", new="Đặng Thị Mơ")
    assert [row.id for row in desk.queries.search("dang thi mo", desk.bounds(), 10)] == [dossier]
    assert desk.queries.search("dao", desk.bounds(), 10) == []


def test_the_index_of_words_is_stored_once_for_all_dossiers_that_come_together(station: Station) -> None:
    desk = station.desks[0]
    for _ in range(40):
        take_in(desk)
    other = station.desks[1]
    station.sync(0, 1)
    assert desk.connection.execute("SELECT count(*) FROM dossier_text").fetchone() == (40,)
    assert _parts_of_the_index(desk) > 1  # each was durable by itself
    assert _parts_of_the_index(other) == 1


def _parts_of_the_index(desk: Desk) -> int:
    return int(desk.connection.execute("SELECT count(DISTINCT segid) FROM dossier_text_idx").fetchone()[0])
