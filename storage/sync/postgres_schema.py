"""What a PostgreSQL hub holds and who may do what there; every step is forward only and can be said again.

The owner of the schema `motcua` is whoever runs `hub init`. Desks log in as roles of their own, each a member of
`motcua_desk`, which may add and read batches, move heads, keep blobs, and nothing else: no DDL, no deleted batch.
`UPDATE (data)` is for a desk's rewrite of a batch of its own without destroyed bodies, and for mending a damaged one.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import errors

from core.answers import InvalidInput
from storage.sync.postgres_link import Link

DESK_ROLE = "motcua_desk"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One migration. `oldest`: the lowest version whose desks can still work with a hub that has taken it."""

    version: int
    oldest: int
    statements: tuple[str, ...]


STEPS = (
    Step(
        1,
        1,
        (
            """CREATE TABLE motcua.head (
                station text NOT NULL, desk text NOT NULL, epoch integer NOT NULL,
                seq bigint NOT NULL, hash bytea NOT NULL,
                PRIMARY KEY (station, desk, epoch))""",
            """CREATE TABLE motcua.batch (
                station text NOT NULL, desk text NOT NULL, epoch integer NOT NULL, first_seq bigint NOT NULL,
                last_seq bigint NOT NULL, prev_hash bytea NOT NULL, end_hash bytea NOT NULL,
                head bytea NOT NULL, signature bytea NOT NULL, data bytea NOT NULL,
                PRIMARY KEY (station, desk, epoch, first_seq))""",
            """CREATE TABLE motcua.blob (
                station text NOT NULL, name text NOT NULL, data bytea NOT NULL, PRIMARY KEY (station, name))""",
            "CREATE TABLE motcua.setting (name text PRIMARY KEY, value text NOT NULL)",
        ),
    ),
)
VERSION = STEPS[-1].version
_GRANTS = (
    "REVOKE ALL ON SCHEMA motcua FROM PUBLIC",
    "REVOKE ALL ON ALL TABLES IN SCHEMA motcua FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA motcua TO {DESK_ROLE}",
    f"GRANT SELECT ON motcua.migration, motcua.setting TO {DESK_ROLE}",
    f"GRANT SELECT, INSERT, UPDATE ON motcua.head TO {DESK_ROLE}",
    f"GRANT SELECT, INSERT, UPDATE (data) ON motcua.batch TO {DESK_ROLE}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON motcua.blob TO {DESK_ROLE}",
)
_KEEP = (
    "INSERT INTO motcua.setting (name, value) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_STANDING = """
SELECT coalesce(max(version), 0), coalesce(max(oldest), 0),
    CASE current_setting('lock_timeout') WHEN '0' THEN set_config('lock_timeout', '10s', false) END
FROM motcua.migration
"""


def check_version(link: Link, url: str) -> None:
    """InvalidInput `hub_not_prepared`, or `hub_newer` where this program is too old for the hub."""
    row = link.execute(_STANDING).fetchone()
    version, oldest = (0, 0) if row is None else row[:2]
    if oldest > VERSION:
        raise InvalidInput("hub_newer", url=url)
    if version < VERSION:
        raise InvalidInput("hub_not_prepared", url=url)


def prepare(link: Link, url: str, settings: dict[str, str]) -> None:
    """Bring the schema, the roles and the settings to this program's version; two at once do it together."""
    for chance in range(_TRIES):
        try:
            _prepare(link, url, settings)
            return
        except (errors.UniqueViolation, errors.DuplicateObject, errors.DuplicateSchema, errors.DuplicateTable):
            if chance == _TRIES - 1:
                raise
        except errors.InsufficientPrivilege as error:
            raise InvalidInput("hub_owner_needed", url=url) from error


def _prepare(link: Link, url: str, settings: dict[str, str]) -> None:
    with link.transaction():
        if link.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'motcua'").fetchone() is None:
            link.execute("CREATE SCHEMA motcua")
        link.execute(
            "CREATE TABLE IF NOT EXISTS motcua.migration"
            " (version integer PRIMARY KEY, oldest integer NOT NULL, applied_at timestamptz NOT NULL)"
        )
    applied = {
        int(version): int(oldest) for version, oldest in link.execute("SELECT version, oldest FROM motcua.migration")
    }
    if max(applied.values(), default=0) > VERSION:
        raise InvalidInput("hub_newer", url=url)
    for step in STEPS:
        if step.version not in applied:
            _apply(link, step)
    with link.transaction():
        link.execute("SELECT version FROM motcua.migration FOR UPDATE")  # rights can't be given twice at once
        if link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (DESK_ROLE,)).fetchone() is None:
            link.execute(f"CREATE ROLE {DESK_ROLE} NOLOGIN")
        for statement in _GRANTS:
            link.execute(statement)
        for name, value in settings.items():
            link.execute(_KEEP, (name, value))


def _apply(link: Link, step: Step) -> None:
    """A step and its record stand or fall together; of two at once the record lets one through."""
    with link.transaction():
        link.execute(
            "INSERT INTO motcua.migration (version, oldest, applied_at) VALUES (%s, %s, clock_timestamp())",
            (step.version, step.oldest),
        )
        for statement in step.statements:
            link.execute(statement)
