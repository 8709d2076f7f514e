"""Roles along the one global order."""

from __future__ import annotations

from typing import Any

import pytest

from core.authority import Authority, effective_roles
from core.events import KINDS, ROLES
from core.record import Event
from tests.core.writers import START


def change(officer: str, hlc: int, **body: Any) -> Event:
    return Event(f"{officer}{hlc}", f"officer:{officer}", "officer_changed", 1, START, "x", "u", "d", 1, hlc, hlc, (),
                 (0, 1), body)  # fmt: skip


def deed(kind: str, officer: str, hlc: int) -> Event:
    return Event("e", "dossier", kind, 1, START, officer, "u", "d", 1, hlc, hlc, (), (0, 1), {})


def test_a_leader_may_do_what_the_counter_and_the_processing_officer_may() -> None:
    assert effective_roles(["leader"]) == {"leader", "front_desk", "processing"}
    assert effective_roles(["front_desk"]) == {"front_desk"}
    assert effective_roles(["auditor", "general"]) == {"auditor"}


def test_a_role_holds_from_its_event_to_the_next_and_not_at_it() -> None:
    who = Authority([change("o", 20, roles=["front_desk"]), change("o", 10, roles=["leader"])])
    assert who.roles("o", (10, "d", 1, 10)) == frozenset()
    assert "leader" in who.roles("o", (11, "d", 1, 0))
    assert "leader" in who.roles("o", (20, "a", 1, 0))
    assert who.roles("o", (21, "d", 1, 0)) == {"front_desk"}
    assert who.roles("nobody", (99, "d", 1, 0)) == frozenset()


def test_a_name_changes_no_role_and_an_inactive_officer_has_none() -> None:
    who = Authority([change("o", 1, roles=["leader"]), change("o", 2, name="Mới"), change("o", 3, active=False)])
    assert "leader" in who.roles("o", (3, "d", 1, 0))
    assert who.roles("o", (4, "d", 1, 0)) == frozenset()


def test_who_comes_back_needs_new_roles() -> None:
    who = Authority([change("o", 1, roles=["leader"]), change("o", 2, active=False), change("o", 3, roles=["auditor"])])
    assert who.roles("o", (4, "d", 1, 0)) == {"auditor"}


@pytest.mark.parametrize("role", ROLES)
def test_a_kind_asks_one_of_its_roles(role: str) -> None:
    who = Authority([change("o", 1, roles=[role])])
    for kind in KINDS.values():
        expected = bool(kind.roles & effective_roles([role])) or kind.roles == set(ROLES)
        assert who.may(deed(kind.name, "o", 5)) is expected, kind.name


def test_what_is_open_to_all_asks_no_role_and_an_unknown_kind_is_open_to_none() -> None:
    who = Authority([])
    assert who.may(deed("station_founded", "o", 5))
    assert not who.may(deed("teleported", "o", 5))
