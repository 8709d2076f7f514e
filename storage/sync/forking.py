"""Another database wrote under this desk's name: nothing is overwritten, nothing is lost, and it is told."""

from __future__ import annotations

from storage.database import transaction
from storage.desk import Desk
from storage.folder import read_identity, write_meta


def open_epoch(desk: Desk, epoch: int) -> None:
    """What this desk writes next stands under another epoch."""
    with transaction(desk.connection):
        write_meta(desk.connection, {"epoch": epoch})
    desk.identity = read_identity(desk.connection)
