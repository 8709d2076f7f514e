"""Schema 12: when what came online came, and was answered; what was said and written down by mistake."""

from __future__ import annotations

from sqlite_utils.db import Database

from storage.migrations import migrations, statements

_ANSWERED = """
ALTER TABLE dossier ADD COLUMN submitted_at INTEGER;
ALTER TABLE dossier ADD COLUMN answered_at INTEGER;
CREATE INDEX dossier_submitted ON dossier (submitted_at, procedure, unit, state, came, answered_at)
    WHERE submitted_at IS NOT NULL;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""
_BESIDE = """
CREATE TABLE beside (event_id TEXT PRIMARY KEY, entity TEXT NOT NULL, header BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX beside_entity ON beside (entity);
"""
_STOPPED = "CREATE INDEX tally_stopped ON tally (ended_at, counted_from) WHERE ending = 'stopped'"


@migrations()
def m012_answers_given_online(db: Database) -> None:
    """When each dossier came online and was answered, so that a report judges it without folding it: by a rebuild."""
    for statement in statements(_ANSWERED):
        db.execute(statement)


@migrations()
def m012_what_was_stopped(db: Database) -> None:
    """What portals count as pending for good is found among years without reading what else ended."""
    db.execute(_STOPPED)


@migrations()
def m012_what_stands_beside(db: Database) -> None:
    """What a revoked desk wrote in another line than the one here: without effect, but others may stand on it."""
    for statement in statements(_BESIDE):
        db.execute(statement)
