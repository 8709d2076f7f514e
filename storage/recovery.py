"""The recovery key: a backup's own key is sealed to its public half; its private half is kept off the desk."""

from __future__ import annotations

import os
from pathlib import Path

from core.answers import InvalidInput
from storage.database import transaction
from storage.desk import Desk
from storage.folder import write_meta
from storage.keys import seal_public, write_private

RECOVERY_NAME = "motcua.recovery"
_PUBLIC = "SELECT value FROM meta WHERE name = 'recovery'"


def recovery_file(folder: Path) -> Path:
    """The file that MOTCUA_RECOVERY_FILE names, else one in the data folder that the admin has yet to take away."""
    return Path(os.environ.get("MOTCUA_RECOVERY_FILE") or folder / RECOVERY_NAME)


def recovery_key(desk: Desk) -> bytes:
    """The public half that the desk seals its backups to. Raises InvalidInput `recovery_missing`."""
    row = desk.connection.execute(_PUBLIC).fetchone()
    if row is None:
        raise InvalidInput("recovery_missing", path=recovery_file(desk.folder))
    return bytes.fromhex(row[0])


def make_recovery(desk: Desk) -> Path | None:
    """Give the desk a recovery key where it has none; the file if it was written now.

    A private half that lies in the file already is another desk's of the same admin: it serves this desk too, and
    is never overwritten. Raises InvalidInput `recovery_unreadable`, `recovery_unwritable`.
    """
    if desk.connection.execute(_PUBLIC).fetchone():
        return None
    path = recovery_file(desk.folder)
    written = not path.exists()
    if written:
        try:
            write_private(path, desk.entropy(32))
        except InvalidInput as error:
            raise InvalidInput("recovery_unwritable", path=path) from error
    public = seal_public(read_recovery(desk.folder)).hex()
    with transaction(desk.connection):
        write_meta(desk.connection, {"recovery": public})
    return path if written else None


def read_recovery(folder: Path) -> bytes:
    """The private half. Raises InvalidInput `recovery_missing`, `recovery_unreadable`."""
    path = recovery_file(folder)
    if not path.exists():
        raise InvalidInput("recovery_missing", path=path)
    try:
        private = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise InvalidInput("recovery_unreadable", path=path) from error
    if len(private) != 32:
        raise InvalidInput("recovery_unreadable", path=path)
    return private
