from tests.storage.sync_desks import station, template

__all__ = ["station", "template"]
