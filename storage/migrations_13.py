"""Schema 13: with what fines were paid."""

from __future__ import annotations

from sqlite_utils.db import Database

from storage.migrations import migrations, statements

_METHODS = """
ALTER TABLE fine_payment ADD COLUMN method TEXT;
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM fine_payment);
"""


@migrations()
def m013_how_fines_were_paid(db: Database) -> None:
    """With what each fine was paid at the counter, from the payments' events: by a rebuild."""
    for statement in statements(_METHODS):
        db.execute(statement)
