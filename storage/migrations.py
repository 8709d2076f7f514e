"""The schema, as numbered steps forward. Imported only when a database is behind."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("motcua")

_TRUTH = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE origin (
    no INTEGER PRIMARY KEY, desk TEXT NOT NULL, epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL, hash BLOB NOT NULL, UNIQUE (desk, epoch)
);
CREATE TABLE event (
    n INTEGER PRIMARY KEY, origin INTEGER NOT NULL REFERENCES origin, seq INTEGER NOT NULL,
    entity TEXT NOT NULL, kind TEXT NOT NULL, officer TEXT NOT NULL,
    header BLOB NOT NULL, digest BLOB NOT NULL, salt BLOB, body BLOB, hash BLOB NOT NULL, UNIQUE (origin, seq)
);
CREATE INDEX event_entity ON event (entity);
CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE (ABORT, 'events stay'); END;
CREATE TRIGGER event_is_final BEFORE UPDATE OF n, origin, seq, entity, kind, officer, header, digest, hash ON event
    BEGIN SELECT RAISE (ABORT, 'events are final'); END;
CREATE TABLE head (entity TEXT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (entity, event_id)) WITHOUT ROWID;
CREATE TABLE secret (entity TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID;
"""

_PROJECTION = """
CREATE TABLE dossier (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, receipt_number TEXT, official_number TEXT,
    procedure TEXT NOT NULL, variant TEXT, applicant_name TEXT NOT NULL, applicant_kind TEXT,
    applicant_number TEXT, birth TEXT, phone TEXT, state TEXT NOT NULL, outcome TEXT, lane INTEGER NOT NULL,
    by_date INTEGER NOT NULL, received_at INTEGER NOT NULL, due_at INTEGER, promised_at INTEGER,
    binding_at INTEGER NOT NULL, apology_by INTEGER, paused_since INTEGER, waiting_for TEXT, ended_at INTEGER,
    judged TEXT, ready_at INTEGER, returned_at INTEGER, at_post INTEGER NOT NULL, officer TEXT NOT NULL,
    unit TEXT NOT NULL, desk TEXT NOT NULL, channel TEXT, return_by TEXT, visit TEXT, external_id TEXT,
    originals INTEGER NOT NULL, fees INTEGER NOT NULL, unprinted INTEGER NOT NULL, in_conflict INTEGER NOT NULL,
    unverified INTEGER NOT NULL
);
CREATE INDEX dossier_queue ON dossier (lane, binding_at, received_at, id);
CREATE INDEX dossier_owner ON dossier (officer, lane, binding_at, received_at, id);
CREATE INDEX dossier_state ON dossier (state, lane, binding_at, received_at, id);
CREATE INDEX dossier_receipt ON dossier (receipt_number);
CREATE INDEX dossier_official ON dossier (official_number) WHERE official_number IS NOT NULL;
CREATE INDEX dossier_person ON dossier (applicant_number) WHERE applicant_number IS NOT NULL;
CREATE INDEX dossier_external ON dossier (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX dossier_visit ON dossier (visit) WHERE visit IS NOT NULL;
CREATE VIRTUAL TABLE dossier_text USING fts5 (words, prefix = '2 3', tokenize = 'unicode61');
CREATE TABLE officer (
    id TEXT PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL, active INTEGER NOT NULL,
    verifier TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE desk (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, sign_key TEXT NOT NULL, seal_key TEXT NOT NULL, key_sent INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE handover (
    id TEXT PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, signed_at INTEGER NOT NULL,
    accepted_at INTEGER, sha256 TEXT NOT NULL, desk TEXT NOT NULL
) WITHOUT ROWID;
"""

_LOCAL = """
CREATE TABLE serial (day TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE draft (id TEXT PRIMARY KEY, officer TEXT NOT NULL, saved_at INTEGER NOT NULL, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE print_job (
    issue TEXT PRIMARY KEY, dossier TEXT NOT NULL, letter TEXT NOT NULL, state TEXT NOT NULL, made_at INTEGER NOT NULL, pdf BLOB
) WITHOUT ROWID;
CREATE TABLE hub (
    url TEXT PRIMARY KEY, last_try INTEGER, last_contact INTEGER, error TEXT, sent INTEGER NOT NULL, received INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE hub_head (
    url TEXT NOT NULL, desk TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, offered INTEGER NOT NULL,
    PRIMARY KEY (url, desk, epoch)
) WITHOUT ROWID;
"""


@migrations()
def m001_first_schema(db: Database) -> None:
    """The log (truth), the projection (can be dropped and rebuilt) and what belongs to this desk alone."""
    for script in (_TRUTH, _PROJECTION, _LOCAL):
        for statement in statements(script):
            db.execute(statement)


@migrations()
def m002_what_the_clock_counts(db: Database) -> None:
    """Which version a dossier was received under and what happened to its clock: filled in by a rebuild."""
    db.execute("ALTER TABLE dossier ADD COLUMN version TEXT")
    db.execute("ALTER TABLE dossier ADD COLUMN clock TEXT")
    if db.execute("SELECT 1 FROM dossier LIMIT 1").fetchone():
        db.execute("INSERT OR REPLACE INTO meta VALUES ('rebuild', 1)")


@migrations()
def m003_states_of_what_has_stopped(db: Database) -> None:
    """Of running dossiers most are in one of two states: the queue's own order serves them, and moves more cheaply."""
    db.execute("DROP INDEX dossier_state")
    db.execute("CREATE INDEX dossier_state ON dossier (state, lane, binding_at, received_at, id) WHERE lane >= 3")


_MEETING = """
CREATE TABLE batch (
    origin INTEGER NOT NULL REFERENCES origin, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    head BLOB NOT NULL, signature BLOB NOT NULL, PRIMARY KEY (origin, first_seq)
) WITHOUT ROWID;
CREATE TABLE sealed (
    origin INTEGER NOT NULL REFERENCES origin, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    station_key TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (origin, first_seq)
);
CREATE TABLE station_key (public TEXT PRIMARY KEY, private BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE accepted (
    url TEXT NOT NULL, desk TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (url, desk, epoch, seq)
) WITHOUT ROWID;
INSERT INTO accepted SELECT url, desk, epoch, seq, 0 FROM hub_head WHERE seq > 0;
DROP TABLE hub_head;
CREATE TABLE awaited (entity TEXT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (entity, event_id)) WITHOUT ROWID;
CREATE TABLE acted (officer TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO acted SELECT DISTINCT officer FROM event WHERE entity NOT LIKE '%:%' AND entity <> 'calendar';
CREATE TABLE hub_memory (url TEXT NOT NULL, place TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (url, place)) WITHOUT ROWID;
ALTER TABLE hub ADD COLUMN durable_after INTEGER;
ALTER TABLE hub ADD COLUMN clock_offset REAL;
ALTER TABLE hub ADD COLUMN audited TEXT;
"""

_BUNDLES = """
CREATE TABLE heard (desk TEXT PRIMARY KEY, vector TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bundle_taken (
    bundle TEXT NOT NULL, at INTEGER NOT NULL, file TEXT NOT NULL, desk TEXT NOT NULL, received INTEGER NOT NULL
);
"""
_RECEIVING = """
CREATE TABLE waiting (entity TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE suspect_time (entity TEXT NOT NULL, event_id TEXT NOT NULL, PRIMARY KEY (entity, event_id)) WITHOUT ROWID;
"""

_REPEATS = """
ALTER TABLE dossier ADD COLUMN person TEXT;
ALTER TABLE dossier ADD COLUMN offered_to TEXT;
CREATE INDEX dossier_offered ON dossier (offered_to) WHERE offered_to IS NOT NULL;
CREATE TABLE inbox (
    url TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, station TEXT NOT NULL, unit TEXT NOT NULL,
    dossier TEXT NOT NULL, offer TEXT NOT NULL, content BLOB NOT NULL, desk TEXT NOT NULL, PRIMARY KEY (url, name)
);
CREATE TABLE station_read (
    url TEXT NOT NULL, station TEXT NOT NULL, desk TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (url, station, desk, epoch)
) WITHOUT ROWID;
CREATE TABLE revoked_there (station TEXT NOT NULL, desk TEXT NOT NULL, PRIMARY KEY (station, desk)) WITHOUT ROWID;
CREATE TABLE sent_offer (
    url TEXT NOT NULL, station TEXT NOT NULL, name TEXT NOT NULL, dossier TEXT NOT NULL, offer TEXT NOT NULL,
    PRIMARY KEY (url, station, name)
) WITHOUT ROWID;
CREATE TABLE late (
    event TEXT PRIMARY KEY, dossier TEXT NOT NULL, offer TEXT NOT NULL, unit TEXT NOT NULL, taken INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE dossier ADD COLUMN away TEXT;
ALTER TABLE dossier ADD COLUMN came INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dossier_away ON dossier (away) WHERE away IS NOT NULL;
CREATE INDEX dossier_late ON dossier (late) WHERE late > 0;
CREATE INDEX dossier_same_person ON dossier (person, procedure) WHERE lane < 4 AND person IS NOT NULL;
CREATE INDEX dossier_same_number ON dossier (applicant_number, procedure) WHERE lane < 4 AND applicant_number IS NOT NULL;
CREATE TABLE elsewhere (
    alike BLOB NOT NULL, dossier TEXT NOT NULL, desk TEXT NOT NULL, PRIMARY KEY (alike, dossier)
) WITHOUT ROWID;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""


_NUMBERS = """
CREATE TABLE series (
    number INTEGER NOT NULL, day TEXT NOT NULL, last INTEGER NOT NULL, closed INTEGER NOT NULL, PRIMARY KEY (number, day)
) WITHOUT ROWID;
INSERT INTO series SELECT meta.value, substr(replace(serial.day, '-', ''), 3), serial.last, 0
    FROM serial, meta WHERE meta.name = 'number';
DROP TABLE serial;
INSERT OR REPLACE INTO meta VALUES ('witness_first', 1);
"""

_JUDGED = """
CREATE INDEX event_station ON event (kind) WHERE instr(entity, ':');
ALTER TABLE officer ADD COLUMN only_at TEXT;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 FROM desk LIMIT 1 OFFSET 1;
CREATE TABLE destroyed_at (
    url TEXT NOT NULL, origin INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (url, origin, seq)
) WITHOUT ROWID;
CREATE TABLE join_code (
    name TEXT PRIMARY KEY, url TEXT NOT NULL, join_key TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
"""


@migrations()
def m004_desks_that_meet(db: Database) -> None:
    """What sync keeps: signed batches as they were cut, bodies that wait for a key, how long a hub has had what."""
    for statement in statements(_MEETING + _RECEIVING + _NUMBERS + _JUDGED + _BUNDLES + _REPEATS):
        db.execute(statement)
    _await_parents(db)
    db.execute("INSERT INTO waiting SELECT DISTINCT entity FROM awaited")
    private = db.execute("SELECT value FROM meta WHERE name = 'station_private'").fetchone()
    if private and private[0]:
        from storage.keys import seal_public

        db.execute("INSERT INTO station_key VALUES (?, ?)", (seal_public(private[0]).hex(), private[0]))


_ABOUT_HUBS = """
ALTER TABLE hub ADD COLUMN about TEXT;
ALTER TABLE hub ADD COLUMN known_since INTEGER;
UPDATE hub SET known_since = last_try;
"""

_LETTERS = """
CREATE TABLE letter_series (
    symbol TEXT NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (symbol, year, number)
) WITHOUT ROWID;
CREATE TABLE template_kept (sha256 TEXT PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE letter_kept (
    issue TEXT PRIMARY KEY, dossier TEXT NOT NULL, template TEXT NOT NULL, data BLOB NOT NULL, made INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX letter_kept_dossier ON letter_kept (dossier);
"""

_REGIME = """
ALTER TABLE officer ADD COLUMN signs TEXT NOT NULL DEFAULT 'head';
ALTER TABLE dossier ADD COLUMN proposed_at INTEGER;
ALTER TABLE dossier ADD COLUMN remind_from INTEGER;
ALTER TABLE dossier ADD COLUMN answer_until INTEGER;
ALTER TABLE dossier ADD COLUMN awaits_letter INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dossier_proposed ON dossier (lane, binding_at, received_at, id) WHERE proposed_at IS NOT NULL;
CREATE INDEX dossier_awaited ON dossier (lane, binding_at, received_at, id, answer_until, remind_from)
    WHERE answer_until IS NOT NULL;
"""

_RESULTS = """
ALTER TABLE dossier ADD COLUMN shelf TEXT;
ALTER TABLE dossier ADD COLUMN lies_since INTEGER;
ALTER TABLE dossier ADD COLUMN reminded_at INTEGER;
ALTER TABLE dossier ADD COLUMN archived_at INTEGER;
ALTER TABLE dossier ADD COLUMN custody_check INTEGER;
CREATE INDEX dossier_lies ON dossier (lies_since) WHERE lies_since IS NOT NULL;
CREATE INDEX dossier_at_post ON dossier (id) WHERE at_post > 0;
CREATE INDEX dossier_held ON dossier (custody_check, id) WHERE originals > 0;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""


@migrations()
def m005_papers_and_lateness(db: Database) -> None:
    """What each letter was made of, what a leader is to decide, where results and papers lie: filled by a rebuild."""
    for statement in statements(_ABOUT_HUBS + _LETTERS + _REGIME + _RESULTS):
        db.execute(statement)


_PAPER = """
ALTER TABLE print_job ADD COLUMN manner TEXT NOT NULL DEFAULT '';
ALTER TABLE letter_kept ADD COLUMN manner TEXT NOT NULL DEFAULT '';
"""

_BLANKS = """
CREATE TABLE blank (
    day TEXT NOT NULL, number INTEGER NOT NULL, serial INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (day, number, serial)
) WITHOUT ROWID;
CREATE INDEX blank_open ON blank (day) WHERE state = 'open';
"""

_LIMITS = """
ALTER TABLE dossier ADD COLUMN limit_at INTEGER;
CREATE INDEX dossier_limit ON dossier (limit_at) WHERE limit_at IS NOT NULL;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""

_MESSAGES = """
ALTER TABLE dossier ADD COLUMN tell TEXT;
ALTER TABLE dossier ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dossier_tell ON dossier (id) WHERE tell IS NOT NULL;
CREATE INDEX dossier_dead ON dossier (applicant_number, person) WHERE dead > 0;
CREATE TABLE message (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL, about TEXT NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL,
    made_at INTEGER NOT NULL, next_at INTEGER NOT NULL, tries INTEGER NOT NULL, reason TEXT, detail TEXT
) WITHOUT ROWID;
CREATE INDEX message_dossier ON message (dossier);
CREATE INDEX message_open ON message (state, next_at) WHERE state IN ('waiting', 'sending', 'failed');
INSERT INTO meta SELECT 'messages_seen', max(n) FROM event HAVING count(*) > 0;
"""


@migrations()
def m006_blanks_manners_messages_limits(db: Database) -> None:
    """Serials for receipts on paper (open, used, void), how a letter came, what citizens are told, limits missed."""
    for statement in statements(_BLANKS + _PAPER + _MESSAGES + _LIMITS):
        db.execute(statement)


_WORK = """
CREATE TABLE touch (
    dossier TEXT NOT NULL, hlc INTEGER NOT NULL, kind TEXT NOT NULL, seconds INTEGER, procedure TEXT, PRIMARY KEY (dossier, hlc)
) WITHOUT ROWID;
CREATE TABLE touched (origin INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE INDEX event_shift ON event (officer, n) WHERE kind = 'shift_opened';
"""
_QUEUE_ORDER = """
CREATE INDEX dossier_received ON dossier (lane, (binding_at + 25200) / 86400, received_at, binding_at, id) WHERE lane < 4;
"""
_HANDOVERS = """
ALTER TABLE handover ADD COLUMN accepted_by TEXT;
ALTER TABLE handover ADD COLUMN questions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE handover ADD COLUMN in_conflict INTEGER NOT NULL DEFAULT 0;
CREATE TABLE readback (
    shift TEXT NOT NULL, officer TEXT NOT NULL, item TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (shift, officer, item)
) WITHOUT ROWID;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM handover);
"""


@migrations()
def m007_work_order_handovers(db: Database) -> None:
    """What acts took and who opened which shift; who is due on one day, by receipt; how far a read-back has come."""
    for statement in statements(_WORK + _QUEUE_ORDER + _HANDOVERS):
        db.execute(statement)


@migrations()
def m008_what_the_fold_tells_anew(db: Database) -> None:
    """No new shape: what an excuse or a shift counts for was read otherwise before, and every row says it by a rebuild."""
    db.execute("INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier)")


@migrations()
def m009_steps_of_limits(db: Database) -> None:
    """No new shape: until when the running part of a limit is to be done, and which unit is asked about a paper."""
    db.execute("INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier)")


@migrations()
def m010_found_among_years(db: Database) -> None:
    """What is in conflict, was not printed, or is of one procedure is found among years without reading the rest.

    A paper that another desk made once more is seen when either came out: every row says so by a rebuild.
    """
    db.execute("CREATE INDEX dossier_in_conflict ON dossier (binding_at, id) WHERE in_conflict = 1")
    db.execute("CREATE INDEX dossier_unprinted ON dossier (id) WHERE unprinted > 0")
    db.execute(
        "CREATE INDEX dossier_procedure ON dossier "
        "(procedure, lane, binding_at, received_at, id, officer, state, by_date)"
    )
    db.execute("INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier)")


@migrations()
def m010_words_by_their_first_letters(db: Database) -> None:
    """What begins with one to six letters is found by an index of its own; where in a text a word stands nobody asks."""
    db.execute("DROP TABLE dossier_text")
    db.execute(
        "CREATE VIRTUAL TABLE dossier_text "
        "USING fts5 (words, prefix = '1 2 3 4 5 6', detail = none, tokenize = 'unicode61')"
    )


@migrations()
def m010_midnight_ends_a_day(db: Database) -> None:
    """What is due at 24:00 stands under the day that ends then."""
    db.execute("DROP INDEX dossier_received")
    db.execute(_QUEUE_ORDER.replace("25200", "25199"))


def _await_parents(db: Database) -> None:
    """The parents of events that came before them: they are no heads once they arrive."""
    from core.record import read_event

    known: set[str] = set()
    named: set[tuple[str, str]] = set()
    for entity, header in db.execute("SELECT entity, header FROM event"):
        event = read_event(header, None)
        known.add(event.event_id)
        named.update((entity, parent) for parent in event.parents)
    db.conn.executemany("INSERT INTO awaited VALUES (?, ?)", [one for one in named if one[1] not in known])


def statements(script: str) -> list[str]:
    """A script's statements one by one; a trigger's inner ones stay in it."""
    import sqlite3

    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found


def migrate(connection: Any) -> None:
    """Bring the database to this version, each step with its record in one transaction."""
    import storage.migrations_11  # noqa: F401  (which adds its steps)
    import storage.migrations_12  # noqa: F401
    import storage.migrations_13  # noqa: F401

    migrations.apply(Database(connection))
