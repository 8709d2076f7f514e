"""The station of three desks that the faults happen to."""

from tests.storage.sync_desks import station, template

__all__ = ["station", "template"]
