"""Schema 13: with what fines were paid, and what went back counted from an index alone."""

from __future__ import annotations

from sqlite_utils.db import Database

from storage.migrations import migrations, statements

_METHODS = """
ALTER TABLE fine_payment ADD COLUMN method TEXT;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM fine_payment);
"""
_WENT = """
DROP INDEX dossier_went;
CREATE INDEX dossier_went ON dossier (returned_at, procedure, returned_by, unit, state) WHERE returned_at IS NOT NULL;
"""


@migrations()
def m013_how_fines_were_paid(db: Database) -> None:
    """With what each fine was paid at the counter, from the payments' events: by a rebuild."""
    for statement in statements(_METHODS):
        db.execute(statement)


@migrations()
def m013_what_went_back(db: Database) -> None:
    """A report counts a year of it without looking at each dossier's row."""
    for statement in statements(_WENT):
        db.execute(statement)
