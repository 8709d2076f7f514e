"""Sticks between desks, for the tests of bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.answers import InvalidInput
from storage.desk import Desk
from storage.sync.bundle_export import Exported, export_bundle
from storage.sync.bundle_import import Imported, import_bundle
from storage.sync.bundle_policy import Policy, allow
from tests.storage.sync_desks import UNIT, Station, officer_of

DECISION = "12/QĐ-THỬ"


def policy(units: tuple[str, ...] = (UNIT,), first: str = "2026-11-01", last: str = "2027-10-31") -> bytes:
    named = ", ".join(f'"{unit}"' for unit in units)
    text = f'decision = "{DECISION}"\nunits = [{named}]\nvalid_from = {first}\nvalid_to = {last}\n'
    return text.encode()


def allowed(station: Station) -> Station:
    """The first desk's admin allows bundles, and all hear of it at the hub; then the hub is gone."""
    done = allow(station.desks[0], officer_of(station.desks[0]), policy(), None)
    assert isinstance(done, Policy), done
    station.sync(0, 1, 2)
    return station


def export(desk: Desk, path: Path, **how: object) -> Exported:
    done = export_bundle(desk, officer_of(desk), path, **how)
    assert isinstance(done, Exported), done
    return done


def take(desk: Desk, path: Path) -> Imported:
    done = import_bundle(desk, path)
    assert isinstance(done, Imported), done
    return done


def refused(desk: Desk, path: Path) -> str:
    """Why a file is not taken in; the desk's database is not touched then."""
    before = desk.connection.total_changes
    with pytest.raises(InvalidInput) as raised:
        import_bundle(desk, path)
    assert desk.connection.total_changes == before
    return raised.value.code
