"""The app of tests is dark: a light that a thread finds some time would be in some of the pictures."""

import math

import pytest

from tests.storage.sync_desks import station, template
from tui.own_light import OwnLight

__all__ = ["station", "template"]


@pytest.fixture(autouse=True)
def no_light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OwnLight, "begins", math.inf)
