"""The rows of the fault matrix that a PostgreSQL hub has a part in, with real processes that are killed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from core.answers import InvalidInput
from core.record import NO_HASH
from storage.event_log import Head, Origin
from storage.sync import postgres_link
from storage.sync.batch import unpack
from storage.sync.exchange import exchange
from storage.sync.postgres_hub import PostgresHub
from storage.sync.protocol import Answer
from tests.hubs.chains import STATION, Chain
from tests.postgres import Server, own_server, with_parts
from tests.storage.sync_desks import Station, dump, take_in

SLEEPS = """
CREATE FUNCTION public.sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$
"""
FULL = """
CREATE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON motcua.batch FOR EACH ROW EXECUTE FUNCTION public.full_disk();
"""
WAITS = """
CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON motcua.batch DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.epoch = 1) EXECUTE FUNCTION public.wait();
"""


@dataclass
class Reader:
    """A puller by version vector: what it has, and that it never sees a hole."""

    hub: PostgresHub
    has: dict[Origin, Head] = field(default_factory=dict)

    def pull(self) -> int:
        taken = 0
        for origin in self.hub.heads(STATION, self.has):
            have = self.has.get(origin, Head(0, NO_HASH))
            for offer in self.hub.offers(STATION, origin, have.seq).batches:
                assert (offer.head.first_seq, offer.head.prev) == (have.seq + 1, have.hash)
                events = unpack(self.hub.fetch(offer), {}).events
                taken += len(events)
                have = Head(have.seq + len(events), events[-1].hash)
            self.has[origin] = have
        return taken


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as made:
        yield made


@pytest.fixture
def url(server: Server) -> str:
    made = server.database()
    hub = PostgresHub(made)
    hub.create()
    hub.close()
    return made


@pytest.fixture
def hub(url: str) -> Iterator[PostgresHub]:
    made = PostgresHub(url)
    yield made
    made.close()


def run(url: str, *queries: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for query in queries:
            link.execute(query)


def until_someone_waits(url: str, event: str) -> None:
    """Until a backend of this database waits for that; a test whose fault never comes about fails."""
    given_up = time.monotonic() + 60
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = %s"
    with psycopg.connect(url, autocommit=True) as link:
        while link.execute(asked, (event,)).fetchone() is None:
            assert time.monotonic() < given_up
            time.sleep(0.01)


def in_the_background(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    said: list[object] = []

    def told() -> None:
        try:
            said.append(work())
        except InvalidInput as error:
            said.append(error.code)

    thread = threading.Thread(target=told)
    thread.start()
    return thread, said


def push(hub: PostgresHub, first: int, last: int, chain: Chain = Chain()) -> Answer:  # noqa: B008
    return hub.push(STATION, *chain.batch(first, last))


def held(hub: PostgresHub, chain: Chain = Chain()) -> list[tuple[int, int]]:  # noqa: B008
    return [(one.head.first_seq, one.head.last) for one in hub.offers(STATION, chain.origin, 0).batches]


def codes(station: Station, hub: PostgresHub, *numbers: int) -> list[str | None]:
    reports = [exchange(station.desks[number], hub) for number in numbers]
    return [report.error.code if report.error else None for report in reports]


def all_is_there_once(station: Station, hub: PostgresHub) -> None:
    """I1 to I4: every desk holds the same and the hub's batches tile each chain."""
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    heads = station.desks[0].log.heads()
    reaches = hub.heads(station.desks[0].identity.station, {})
    assert {origin: reach.head for origin, reach in reaches.items()} == heads == station.desks[1].log.heads()
    for origin, head in heads.items():
        offers = hub.offers(station.desks[0].identity.station, origin, 0).batches
        events = [event for offer in offers for event in unpack(hub.fetch(offer), {}).events]
        assert [event.hash for event in events] == [
            station.desks[0].log.hash_at(origin, n + 1) for n in range(head.seq)
        ]


# What is done to the server, where its backend then stands, and what the same bytes are told afterwards.
MOMENTS = {
    "before": (
        [SLEEPS, "CREATE TRIGGER t BEFORE INSERT ON motcua.batch FOR EACH ROW EXECUTE FUNCTION public.sleep()"],
        "PgSleep",
        Answer.OK,
    ),
    "during": (
        [
            SLEEPS,
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON motcua.batch DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION public.sleep()",
        ],
        "PgSleep",
        Answer.OK,
    ),
    "after": (
        ["ALTER SYSTEM SET synchronous_standby_names = 'nobody'"],
        "SyncRep",
        Answer.DUPLICATE,
    ),
}
HEAL = ("DROP FUNCTION IF EXISTS public.sleep CASCADE",)


def killed_while_committing(server: Server, url: str, moment: str, work: Callable[[], object]) -> list[object]:
    """What the work was told whose server died at that moment of its commit; the server runs again."""
    queries, event, _ = MOMENTS[moment]
    run(url, *queries)
    server.stop()  # what ALTER SYSTEM said holds from the next start on
    server.start()
    thread, said = in_the_background(work)
    until_someone_waits(url, event)
    server.kill()
    thread.join()
    own = server.data / "postgresql.auto.conf"
    own.write_text("".join(line for line in own.read_text().splitlines(True) if "synchronous" not in line))
    server.start()
    run(url, *HEAL)
    return said


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_11_a_hub_killed_around_its_commit_is_told_the_same_again(
    server: Server, url: str, hub: PostgresHub, moment: str
) -> None:
    push(hub, 1, 3)
    said = killed_while_committing(server, url, moment, lambda: push(hub, 4, 9))
    assert said == ["hub_unreachable"]
    assert push(hub, 4, 9) is MOMENTS[moment][2]
    assert (held(hub), hub.heads(STATION, {})[Chain().origin].head) == ([(1, 3), (4, 9)], Head(9, Chain().hash_at(9)))


def test_row_11_desks_whose_hub_is_killed_again_and_again_lose_and_double_nothing(
    station: Station, server: Server, url: str, hub: PostgresHub
) -> None:
    gate = threading.Event()
    over = threading.Event()

    def killer() -> None:
        for pause in (0.0, 0.003, 0.007, 0.02):
            gate.wait()
            gate.clear()
            time.sleep(pause)
            server.kill()
            server.start()
        over.set()

    thread = threading.Thread(target=killer)
    thread.start()
    turn = 0
    while not over.is_set():
        desk = station.desks[turn % 3]
        take_in(desk)
        gate.set()
        code = exchange(desk, hub).error
        assert code is None or code.code == "hub_unreachable"
        turn += 1
    thread.join()
    for _ in range(2):
        assert codes(station, hub, 0, 1, 2) == [None] * 3
    all_is_there_once(station, hub)


def test_row_12_a_restarted_hub_is_met_again_over_a_new_connection(
    station: Station, server: Server, hub: PostgresHub
) -> None:
    take_in(station.desks[0])
    assert codes(station, hub, 0, 1) == [None, None]
    server.stop()
    take_in(station.desks[0])
    assert codes(station, hub, 0) == ["hub_unreachable"]
    server.start()
    assert codes(station, hub, 0, 1, 2, 0, 1) == [None] * 5
    server.stop()
    server.start()  # the connection that is kept knows nothing of it
    assert codes(station, hub, 0, 1, 2) == [None] * 3
    all_is_there_once(station, hub)


def test_row_12_a_connection_that_the_server_closed_is_opened_again(url: str, hub: PostgresHub) -> None:
    push(hub, 1, 3)
    run(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert push(hub, 4, 6) is Answer.OK


def test_row_12_a_server_that_stands_still_holds_nobody_up(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_link, "SILENCE_S", 2)
    hub = PostgresHub(url + "&connect_timeout=2")
    push(hub, 1, 3)
    stopped = server.processes()
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        thread, said = in_the_background(lambda: push(hub, 4, 6))
        thread.join(60)
        assert said == ["hub_unreachable"]
    finally:
        for process in stopped:
            process.send_signal(signal.SIGCONT)
    assert push(hub, 4, 6) in (Answer.OK, Answer.DUPLICATE)
    assert held(hub) == [(1, 3), (4, 6)]
    hub.close()


def test_row_13_a_read_only_hub_is_read_and_the_rest_waits(station: Station, url: str, hub: PostgresHub) -> None:
    take_in(station.desks[0])
    assert codes(station, hub, 0, 1, 2, 0) == [None] * 4
    take_in(station.desks[0])
    assert codes(station, hub, 0) == [None]
    take_in(station.desks[1])
    database = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    run(with_parts(url, database="postgres"), f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    hub.close()
    report = exchange(station.desks[1], hub)
    assert report.error is not None and report.error.code == "hub_read_only"
    assert (report.received, report.sent, report.pending) == (1, 0, 1)
    run(with_parts(url, database="postgres"), f"ALTER DATABASE {database} SET default_transaction_read_only = off")
    assert codes(station, hub, 1, 0, 2) == [None] * 3  # the connection that is kept is still read-only
    all_is_there_once(station, hub)


def test_row_13_a_failover_to_a_replica_that_lags_is_filled_up_again(
    station: Station, server: Server, url: str
) -> None:
    hub = PostgresHub(url)
    take_in(station.desks[0])
    codes(station, hub, 0, 1, 2)
    hub.close()
    replica = Server(copied=server)
    try:
        both = PostgresHub(f"{url},{replica.folder}&target_session_attrs=read-write")
        for desk in station.desks:
            take_in(desk)
        assert codes(station, both, 0, 1, 2, 0, 1, 2) == [None] * 6
        server.kill()
        take_in(station.desks[2])
        assert codes(station, both, 0, 1, 2, 0, 1) == [None] * 5
        all_is_there_once(station, both)
        both.close()
    finally:
        replica.remove()
        server.start()


def test_row_14_a_hub_restored_from_last_night_gets_the_day_again(station: Station, server: Server, url: str) -> None:
    hub = PostgresHub(url)
    take_in(station.desks[0])
    codes(station, hub, 0, 1, 2)
    hub.close()
    night = Server(copied=server)
    try:
        for desk in station.desks:
            take_in(desk)
        assert codes(station, hub, 0, 1, 2, 0, 1, 2) == [None] * 6
        hub.close()
        restored = PostgresHub(night.url(str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])))
        assert codes(station, restored, 0, 1, 2) == [None] * 3
        all_is_there_once(station, restored)
        restored.close()
    finally:
        night.remove()


def test_row_19_a_full_disk_at_the_hub_refuses_and_takes_all_later(
    station: Station, url: str, hub: PostgresHub
) -> None:
    assert codes(station, hub, 0, 1, 2) == [None] * 3
    take_in(station.desks[0])
    before = hub.heads(station.desks[0].identity.station, {})
    run(url, FULL)
    report = exchange(station.desks[0], hub)
    assert report.error is not None and (report.error.code, report.sent, report.pending) == ("hub_full", 0, 1)
    assert hub.heads(station.desks[0].identity.station, {}) == before
    run(url, "DROP TRIGGER full_disk ON motcua.batch")
    assert codes(station, hub, 0, 1, 2) == [None] * 3
    all_is_there_once(station, hub)


def test_row_28_writers_that_commit_out_of_order_leave_no_gap(url: str, hub: PostgresHub) -> None:
    slow, quick, reader = Chain(epoch=1), Chain(epoch=2), Reader(hub)
    run(url, WAITS)
    first, second = PostgresHub(url), PostgresHub(url)
    with psycopg.connect(url, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(1)")
        thread, said = in_the_background(lambda: push(first, 1, 4, slow))
        until_someone_waits(url, "advisory")
        for begin in (1, 4, 7):
            assert push(second, begin, begin + 2, quick) is Answer.OK
            assert reader.pull() == 3
        gate.execute("SELECT pg_advisory_unlock(1)")
    thread.join()
    assert said == [Answer.OK]
    assert reader.pull() == 4
    assert {origin.epoch: head.seq for origin, head in reader.has.items()} == {1: 4, 2: 9}
    first.close()
    second.close()


def test_row_29_a_session_idle_in_its_transaction_holds_no_reader_up(
    station: Station, url: str, hub: PostgresHub
) -> None:
    take_in(station.desks[0])
    assert codes(station, hub, 0) == [None]
    with psycopg.connect(url) as idle:
        idle.execute("SELECT count(*) FROM motcua.batch")
        idle.execute("INSERT INTO motcua.head VALUES ('elsewhere', 'x', 1, 1, '')")
        take_in(station.desks[1])
        assert codes(station, hub, 1, 2, 0, 1, 2) == [None] * 5
        all_is_there_once(station, hub)
        idle.rollback()


def test_row_29_a_head_that_someone_locked_is_pushed_later(url: str) -> None:
    hub = PostgresHub(url + "&options=-c%20lock_timeout%3D100ms")
    push(hub, 1, 3)
    with psycopg.connect(url) as idle:
        idle.execute("SELECT * FROM motcua.head FOR UPDATE")
        with pytest.raises(InvalidInput) as raised:
            push(hub, 4, 6)
        assert raised.value.code == "hub_unreachable"
        assert Reader(hub).pull() == 3
        idle.rollback()
    assert push(hub, 4, 6) is Answer.OK
    hub.close()
