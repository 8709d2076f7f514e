"""What every release wrote is opened, migrated, shown, continued and exchanged by this one; a migration may be cut off.

Row 36 of the fault matrix stands here, for it needs an old file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from core.answers import InvalidInput
from storage.database import DATABASE_NAME, SCHEMA_VERSION
from storage.desk import Desk, Done
from storage.keys import database_key
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.fixtures.make import FIXTURES, HUB_URL, place_hub, rows_of
from tests.storage.stranger import rebuilt
from tests.storage.sync_desks import START, act, dump, new_desk, take_in

RELEASES = sorted(path.name for path in FIXTURES.glob("release-*"))
LATER = START + timedelta(hours=2)
CUT_OFF = """
import os, sys
from pathlib import Path
import storage.migrations
from storage.desk import Desk

whole, left = storage.migrations.migrate, int(sys.argv[2])

def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)

def migrate(connection):
    connection.set_trace_callback(count)
    whole(connection)

storage.migrations.migrate = migrate
Desk.open(Path(sys.argv[1])).close()
print(int(sys.argv[2]) - left)
"""


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the release's station."""
    monkeypatch.setenv("MOTCUA_NOW", LATER.isoformat())
    with zipfile.ZipFile(FIXTURES / request.param / "station.zip") as archive:
        archive.extractall(tmp_path / request.param)
    return tmp_path / request.param


@pytest.fixture
def desks(release: Path) -> Iterator[list[Desk]]:
    found = [Desk.open(release / f"d{number}") for number in range(2)]
    for desk in found:
        place_hub(desk, HUB_URL, FolderHub(release / "hub").url)
    yield found
    for desk in found:
        desk.close()


def written(release: Path, name: str) -> dict[str, Any]:
    """What the release itself showed at a desk."""
    found: dict[str, Any] = json.loads((FIXTURES / release.name / "shared.json").read_text(encoding="utf-8"))
    return found[name]


def shows(desk: Desk, told: dict[str, Any]) -> bool:
    return all(rows_of(desk, table, one["columns"]) == one["rows"] for table, one in told.items())


def old_file(folder: Path) -> sqlite.Connection:
    """The file as it lies there, without a migration."""
    connection = sqlite.connect(str(folder / DATABASE_NAME), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{database_key(folder).hex()}'\"")
    return connection


def schema(folder: Path) -> tuple[int, int, list[tuple[str, str]]]:
    """The version that the file says, how many steps of migration it has seen, and its tables."""
    with closing(old_file(folder)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        steps = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
        return version, steps, connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_there_is_a_release_to_come_from() -> None:
    assert "release-0.2.0" in RELEASES


def test_its_rows_are_shown_as_it_wrote_them_and_its_history_holds(release: Path, desks: list[Desk]) -> None:
    for number, desk in enumerate(desks):
        told = written(release, f"d{number}")
        assert {row[told["dossier"]["columns"].index("state")] for row in told["dossier"]["rows"]} >= {
            "received", "in_progress", "awaiting_supplement", "suspended", "result_ready", "returned", "withdrawn",
            "voided",
        }  # fmt: skip
        assert any(row[told["dossier"]["columns"].index("in_conflict")] for row in told["dossier"]["rows"])
        assert shows(desk, told)
        assert verify(desk).holds
        rebuilt(desk)
        assert shows(desk, told)


def test_its_desks_go_on_and_meet_at_their_hub(release: Path, desks: list[Desk]) -> None:
    dossiers = [take_in(desk, "Võ Văn Sau") for desk in desks]
    tails = [desk.log.last_seq(desk.identity.origin) for desk in desks]
    for desk in (*desks, *desks):
        report = exchange(desk, FolderHub(release / "hub"))
        assert report.error is None, report.error
    assert dump(desks[0]) == dump(desks[1])
    for desk, other, tail in zip(desks, reversed(desks), tails, strict=True):
        assert other.log.last_seq(desk.identity.origin) >= tail
        assert all(isinstance(act(desk, one, "noted", text="gọi lại"), Done) for one in dossiers)
        assert verify(desk).holds


def test_a_new_desk_joins_at_its_hub_and_reads_all_of_it(release: Path, desks: list[Desk]) -> None:
    hub = FolderHub(release / "hub")
    for desk in desks:
        exchange(desk, hub)
    joined = start_desk(release / "d2", new_desk(3), [hub]).desk
    for desk in (*desks, joined, *desks, joined):
        assert exchange(desk, hub).error is None
    assert dump(joined) == dump(desks[0])
    assert verify(joined).holds
    joined.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be killed there by a number")
def test_36_a_migration_cut_off_anywhere_leaves_the_old_file_and_goes_through_the_next_time(release: Path) -> None:
    before = schema(release / "d0")
    if before[0] == SCHEMA_VERSION:
        pytest.skip("nothing to migrate yet")
    shutil.copytree(release / "d0", release / "whole")
    statements = int(_cut_off(release / "whole", 0).stdout)
    assert statements > 10
    seen = {before[1]: before[2]}
    for place in sorted({1, *range(statements // 5, statements, statements // 5), statements - 1}):
        folder = release / f"cut-{place}"
        shutil.copytree(release / "d0", folder)
        assert _cut_off(folder, place).returncode == -9
        _, steps, made = schema(folder)
        assert seen.setdefault(steps, made) == made, "a step stands whole, or not at all"
        with closing(Desk.open(folder)) as desk:
            assert shows(desk, written(release, "d0"))
            assert verify(desk).holds
        assert schema(folder)[0] == SCHEMA_VERSION


def test_36_a_disk_that_is_full_in_the_middle_leaves_the_old_file(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import migrations

    before, whole = schema(release / "d0"), migrations.migrate
    if before[0] == SCHEMA_VERSION:
        pytest.skip("nothing to migrate yet")

    def migrate(connection: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        whole(connection)

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrate", migrate)
        with pytest.raises(InvalidInput, match="disk_full"):
            Desk.open(release / "d0")
    assert schema(release / "d0")[0] == before[0]
    with closing(Desk.open(release / "d0")) as desk:
        assert shows(desk, written(release, "d0"))


def _cut_off(folder: Path, statement: int) -> subprocess.CompletedProcess[str]:
    """Open a folder in a process that is killed at that statement of the migration; 0: never, telling how many."""
    asked = [sys.executable, "-c", CUT_OFF, str(folder), str(statement)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2], check=False)
