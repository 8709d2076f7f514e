"""What may be done with a dossier now; moments as they are typed."""

from datetime import datetime

import pytest

from core.answers import InvalidInput
from core.dossier import Conflict, Dossier
from core.events import KINDS, ROLES
from core.possible import possible, read_moment
from core.queue import LEGAL_TIME
from core.states import State

NOW = datetime(2026, 11, 23, 8, 42, tzinfo=LEGAL_TIME)


def names(dossier, *roles):
    return {kind.name for kind in possible(dossier, frozenset(roles or ROLES))}


def test_every_offered_action_is_legal_from_the_state_and_for_the_roles():
    for state in State:
        for role in ROLES:
            for kind in possible(Dossier("d", state=state), frozenset({role})):
                assert role in KINDS[kind.name].roles
                assert kind.legal_from is None or state in kind.legal_from


def test_only_a_leader_refuses_and_an_auditor_does_nothing():
    dossier = Dossier("d", state=State.IN_PROGRESS)
    assert "refused" in names(dossier, "leader") and "refused" not in names(dossier, "front_desk", "processing")
    assert names(dossier, "auditor") == set()


def test_in_conflict_only_what_has_no_legal_effect_or_decides_it():
    dossier = Dossier("d", state=State.IN_PROGRESS, conflicts=(Conflict(("a", "b")),))
    assert {"conflict_resolved", "noted", "corrected", "assigned"} <= names(dossier)
    assert not {"approved", "refused", "withdrawn", "suspended"} & names(dossier)


def test_what_would_be_refused_anyway_is_not_offered():
    dossier = Dossier("d", state=State.RECEIVED, rescheduled_to=NOW)
    assert not {"rescheduled", "original_released", "conflict_resolved", "undone"} & names(dossier)
    dossier.originals = {"passport": 1}
    assert "original_released" in names(dossier)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("17:00", datetime(2026, 11, 23, 17, tzinfo=LEGAL_TIME)),
        ("25/11 17:00", datetime(2026, 11, 25, 17, tzinfo=LEGAL_TIME)),
        ("7:30 2/1", datetime(2027, 1, 2, 7, 30, tzinfo=LEGAL_TIME)),
        ("2026-11-20T10:00:00", datetime(2026, 11, 20, 10, tzinfo=LEGAL_TIME)),
        ("2026-11-20T03:00:00+00:00", datetime(2026, 11, 20, 10, tzinfo=LEGAL_TIME)),
    ],
)
def test_a_moment_is_read(typed, moment):
    assert read_moment(typed, NOW) == moment


@pytest.mark.parametrize(
    ("typed", "code"),
    [("25/11", "time_missing"), ("25:00", "time_invalid"), ("mai", "time_invalid"), ("1 2 3", "time_invalid")],
)
def test_what_is_no_moment_is_told(typed, code):
    with pytest.raises(InvalidInput) as fault:
        read_moment(typed, NOW)
    assert fault.value.code == code


@pytest.mark.parametrize("typed", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_a_moment_that_legal_time_cannot_write_is_told(typed):
    with pytest.raises(InvalidInput) as told:
        read_moment(typed, NOW)
    assert told.value.code == "out_of_range"
