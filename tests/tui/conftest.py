"""The app of tests is dark and quiet: what a thread finds some time would be in some of the pictures."""

import math

import pytest

from tests.storage.sync_desks import station, template
from tui.notices import Notices
from tui.own_light import OwnLight

__all__ = ["station", "template"]


@pytest.fixture(autouse=True)
def no_light_and_no_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OwnLight, "begins", math.inf)
    monkeypatch.setattr(Notices, "begins", math.inf)
