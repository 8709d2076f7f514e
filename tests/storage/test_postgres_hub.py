"""The PostgreSQL hub beside the suite that all hubs pass: its schema, its roles, its URL and its words."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.answers import InvalidInput
from storage.sync.auditing import audit_again
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from storage.sync.postgres_hub import PostgresHub, parted
from storage.sync.postgres_schema import DESK_ROLE, VERSION
from storage.sync.protocol import Answer
from tests.hubs.chains import STATION, Chain
from tests.postgres import Server, own_server, with_parts
from tests.storage.sync_desks import START, Station, dump, new_desk, take_in


@pytest.fixture
def hub(database: str) -> Iterator[PostgresHub]:
    made = PostgresHub(database)
    made.create()
    yield made
    made.close()


@pytest.fixture
def as_desk(database: str, hub: PostgresHub) -> Iterator[str]:
    """The URL of the same hub for a login that is a desk's and no more."""
    name, password = f"desk_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(database, autocommit=True) as owner:
        made = "CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}"
        owner.execute(sql.SQL(made).format(sql.Identifier(name), sql.Literal(password), sql.Identifier(DESK_ROLE)))
    yield with_parts(database, user=name, password=password)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def code(hub: PostgresHub) -> str:
    with pytest.raises(InvalidInput) as raised:
        hub.heads(STATION, {})
    hub.close()
    assert raised.value.params["url"] == hub.url
    return raised.value.code


def run(url: str, query: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(query)


def test_a_desk_exchanges_with_the_rights_of_its_role(station: Station, as_desk: str) -> None:
    hub = PostgresHub(as_desk)
    hub.create()
    take_in(station.desks[0])
    take_in(station.desks[1])
    for number in (0, 1, 0, 2):
        assert exchange(station.desks[number], hub).error is None
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])
    hub.put_blob(STATION, "join-a", b"x")
    hub.put_blob(STATION, "join-a", b"y")
    hub.delete_blob(STATION, "join-a")
    hub.push(STATION, *Chain().batch(1, 3))
    (offer,) = hub.offers(STATION, Chain().origin, 0).batches
    hub.rewrite(STATION, offer, Chain().batch(1, 3, destroyed=2)[1])
    assert hub.fetch(offer) == Chain().batch(1, 3, destroyed=2)[1]
    hub.close()


def test_a_gap_is_not_filled_by_another_history(hub: PostgresHub, database: str) -> None:
    for first in (1, 4, 7):
        hub.push(STATION, *Chain().batch(first, first + 2))
    run(database, "DELETE FROM motcua.batch WHERE first_seq = 4")
    assert hub.push(STATION, *Chain(branch="clone", since=4).batch(4, 6)) is Answer.FORK
    assert hub.push(STATION, *Chain().batch(4, 6)) is Answer.OK


def test_what_has_rotted_at_the_hub_is_mended_at_the_daily_audit(
    station: Station, hub: PostgresHub, database: str
) -> None:
    take_in(station.desks[1])
    for number in (0, 1, 2, 0, 1, 2):
        assert exchange(station.desks[number], hub).error is None
    read = "SELECT desk, first_seq, data FROM motcua.batch ORDER BY desk, first_seq"
    with psycopg.connect(database, autocommit=True) as owner:
        good = owner.execute(read).fetchall()
        owner.execute("UPDATE motcua.batch SET data = overlay(data PLACING '\\x0000'::bytea FROM 300)")
        assert owner.execute(read).fetchall() != good
        tomorrow = START + timedelta(days=1)
        for desk in station.desks:
            desk.now = lambda: tomorrow
        for number in (0, 1, 2):
            exchange(station.desks[number], hub)
        assert set(owner.execute(read).fetchall()) >= set(good)
        owner.execute("DELETE FROM motcua.batch WHERE first_seq > 1")
        for number in (0, 1, 2):
            assert exchange(station.desks[number], hub).error is None
        assert set(owner.execute(read).fetchall()) >= set(good)
    assert dump(station.desks[0]) == dump(station.desks[1]) == dump(station.desks[2])


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM motcua.batch",
        "UPDATE motcua.batch SET end_hash = data",
        "TRUNCATE motcua.batch",
        "DELETE FROM motcua.head",
        "DROP TABLE motcua.batch",
        "DROP SCHEMA motcua CASCADE",
        "ALTER TABLE motcua.batch ADD COLUMN more text",
        "CREATE TABLE motcua.more (a integer)",
        "CREATE TABLE public.more (a integer)",
        "CREATE SCHEMA more",
        "UPDATE motcua.setting SET value = '0'",
        "INSERT INTO motcua.setting VALUES ('durable_after', '0')",
        "INSERT INTO motcua.migration VALUES (99, 99, now())",
        "CREATE ROLE more",
    ],
)
def test_a_desk_may_do_nothing_else(as_desk: str, query: str) -> None:
    with psycopg.connect(as_desk) as link, pytest.raises(psycopg.errors.InsufficientPrivilege):
        link.execute(query)


def test_a_login_that_is_no_desk_sees_nothing(database: str, as_desk: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(as_desk)["user"]
    run(database, f"REVOKE {DESK_ROLE} FROM {name}")
    assert code(PostgresHub(as_desk)) == "hub_read_only"


def test_only_an_owner_prepares(database: str, as_desk: str) -> None:
    desk = PostgresHub(as_desk)
    desk.create()  # it is there: nothing to do
    for spoil, durable_after in (("SELECT 1", 60), ("DROP SCHEMA motcua CASCADE", None)):
        run(database, spoil)
        with pytest.raises(InvalidInput) as raised:
            desk.create(durable_after)
        assert raised.value.code == "hub_owner_needed"
    desk.close()


def test_an_owner_needs_no_more_than_schemas_and_roles(guarded: Server) -> None:
    url = guarded.database()
    run(url, "CREATE ROLE keeper LOGIN CREATEROLE")
    run(url, f"GRANT CREATE ON DATABASE {psycopg.conninfo.conninfo_to_dict(url)['dbname']} TO keeper")
    run(url, f"DROP SCHEMA IF EXISTS motcua CASCADE; DROP OWNED BY {DESK_ROLE}")
    hub = PostgresHub(with_parts(url, user="keeper"))
    hub.create(60)
    hub.create()
    assert (hub.push(STATION, *Chain().batch(1, 3)), hub.durable_after()) == (Answer.OK, 60)
    hub.close()


def test_preparing_twice_at_once_is_preparing_once(database: str) -> None:
    hubs = [PostgresHub(database) for _ in range(4)]
    faults: list[InvalidInput] = []

    def create(hub: PostgresHub) -> None:
        try:
            hub.create(60)
        except InvalidInput as error:
            faults.append(error)

    threads = [threading.Thread(target=create, args=(hub,)) for hub in hubs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [hub.durable_after() for hub in hubs] == [60] * 4
    with psycopg.connect(database) as link:
        assert link.execute("SELECT version FROM motcua.migration").fetchall() == [(n,) for n in range(1, VERSION + 1)]
    for hub in hubs:
        hub.close()


def test_a_step_and_its_record_stand_or_fall_together(database: str) -> None:
    run(database, "CREATE SCHEMA motcua")
    run(database, "CREATE VIEW motcua.blob AS SELECT 1")  # in the way of the first step's third table
    hub = PostgresHub(database)
    with pytest.raises(InvalidInput):
        hub.create()
    assert code(hub) == "hub_not_prepared"
    run(database, "DROP VIEW motcua.blob")
    hub.create()
    assert hub.stations() == []
    hub.close()


def test_a_hub_without_its_schema_says_so(database: str) -> None:
    assert code(PostgresHub(database)) == "hub_not_prepared"


def test_a_newer_hub_takes_old_desks_until_it_says_otherwise(database: str, hub: PostgresHub) -> None:
    run(database, f"INSERT INTO motcua.migration VALUES ({VERSION + 1}, {VERSION}, now())")
    hub.close()
    assert hub.push(STATION, *Chain().batch(1, 3)) is Answer.OK
    hub.create()
    run(database, f"INSERT INTO motcua.migration VALUES ({VERSION + 2}, {VERSION + 2}, now())")
    hub.close()
    assert code(hub) == "hub_newer"
    with pytest.raises(InvalidInput) as raised:
        hub.create()
    assert raised.value.code == "hub_newer"


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://desk:s3cret@hub.vn:5433/motcua", "postgresql://desk@hub.vn:5433/motcua"),
        ("postgres://desk:@/motcua?host=/run/pg", "postgres://desk@/motcua?host=/run/pg"),
        ("postgresql://h1,h2:5433/d?target_session_attrs=read-write", None),
        ("postgresql://desk@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem", None),
        ("postgresql://h/d?password=s3cret&sslmode=require", "postgresql://h/d?sslmode=require"),
        ("postgresql://h/d?passw%6Frd=s3cret", "postgresql://h/d"),
        ("postgresql://desk:s3?cret@h/d", "postgresql://desk@h/d"),
        ("postgresql://[::1]:5432/d", None),
    ],
)
def test_what_is_shown_of_a_url_holds_no_secret(url: str, seen: str | None) -> None:
    assert parted(url)[0] == (seen or url)
    assert PostgresHub(url).url == (seen or url)


@pytest.mark.parametrize("url", ["postgresql:s3cret", "postgresql://u:s3/cret@h/d", "postgresql://u:s3@cret@h/d"])
def test_a_url_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        PostgresHub(url)
    assert raised.value.code == "hub_url_invalid"
    assert "s3" not in str(raised.value.params) and "cret" not in str(raised.value.params)


@pytest.mark.parametrize(
    "wrong",
    [
        "/d?nonsense=1", "/d?sslmode=bogus", "/d?sslmode=require&sslrootcert=system", ":notaport/d", ":99999/d",
        "/d?target_session_attrs=bogus", "/d?ssl_min_protocol_version=bogus", "/d?keepalives_idle=abc",
        "/d?connect_timeout=abc", "/d?hostaddr=bogus", "/d?service=bogus", "/d?application_name=%ff",
    ],
)  # fmt: skip
def test_what_libpq_does_not_understand_is_an_invalid_url(wrong: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        PostgresHub(f"postgresql://u:s3cret@127.0.0.1{wrong}").stations()
    assert raised.value.code == "hub_url_invalid" and "s3cret" not in str(raised.value.params)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that asks the login `guard` for a password."""
    with own_server() as server:
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all guard scram-sha-256\n" + rules.read_text())
        run(server.url("postgres"), "CREATE ROLE guard LOGIN PASSWORD 'right' SUPERUSER")
        run(server.url("postgres"), "SELECT pg_reload_conf()")
        PostgresHub(server.url("postgres")).create()
        yield server


def test_the_password_comes_from_the_url_or_from_outside_it(guarded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = guarded.url("postgres", "guard")
    assert code(PostgresHub(bare)) == "hub_password_wrong"
    assert code(PostgresHub(bare.replace("guard@", "guard:wrong@"))) == "hub_password_wrong"
    right = PostgresHub(bare.replace("guard@", "guard:right@"))
    assert (right.stations(), right.url) == ([], bare)
    right.close()
    for variable in ("PGPASSWORD", "MOTCUA_HUB_PASSWORD"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, "right")
            hub = PostgresHub(bare)
            assert hub.stations() == []
            hub.close()


def test_a_desk_that_joins_keeps_the_password_of_its_url(guarded: Server, tmp_path: Path) -> None:
    bare = guarded.url("postgres", "guard")
    for number in (1, 2):
        hub = PostgresHub(bare.replace("guard@", "guard:right@"))
        desk = start_desk(tmp_path / f"{number}", new_desk(number, unit="T48.77"), [hub]).desk
        hub.close()
        for _ in range(2):  # the first of a day trusts nothing that it remembers
            again = PostgresHub(bare)
            assert exchange(desk, again).error is None
            again.close()
            audit_again(desk)
        desk.close()


def test_what_stands_between_a_desk_and_its_hub_has_a_name(guarded: Server) -> None:
    assert code(PostgresHub(guarded.url("nowhere"))) == "hub_no_database"
    assert code(PostgresHub(guarded.url("postgres", "nobody"))) == "hub_password_wrong"
    assert code(PostgresHub("postgresql://nowhere.invalid/d")) == "hub_unreachable"


def test_a_hub_that_cannot_prove_itself_is_not_trusted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def refuse_to_encrypt() -> None:
            with suppress(OSError):  # the test is over: it may have asked once only
                while True:
                    taken, _ = plain.accept()
                    with taken:
                        taken.recv(8)
                        taken.sendall(b"N")

        threading.Thread(target=refuse_to_encrypt, daemon=True).start()
        url = f"postgresql://desk@127.0.0.1:{plain.getsockname()[1]}/d?sslmode=verify-full&sslrootcert=system"
        assert code(PostgresHub(url)) == "hub_not_trusted"
