"""What a newer program wrote: kept and marked; where it must be understood, the dossier takes only added facts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from core.answers import Refusal
from core.decisions import Act, TakeIn, Undo, decide
from core.dossier import Dossier, fold
from core.events import KINDS, Class
from core.possible import possible
from core.states import State
from tests.core.lives import Life
from tests.core.writers import DOSSIER, RECEIVED, START, Writer

setting = Life(now=START + timedelta(hours=1)).setting()
NEWER = KINDS["step_completed"].version + 1


def story(*more: tuple[str, dict[str, Any], int, bool]) -> Dossier:
    """A received dossier, and then events of (kind, body, version, must)."""
    writer = Writer("a")
    events = writer.write(("received", RECEIVED))
    for kind, body, version, must in more:
        events.append(replace(writer.write((kind, body))[0], version=version, must=must))
    return fold(DOSSIER, events, lambda event: True)


@pytest.mark.parametrize(
    ("event", "mark", "needs_update"),
    [
        (("certified", {"seal": "x"}, 1, True), "unknown", True),
        (("certified", {"seal": "x"}, 1, False), "unknown", False),
        (("step_completed", {"step": "verify"}, NEWER, True), "unknown", True),
        (("step_completed", {"step": "verify"}, NEWER, False), "unknown", False),
        (("step_completed", {"step": "verify"}, 0, True), "malformed", False),
        (("step_completed", {"step": "verify"}, 1, False), None, False),
    ],
)
def test_an_event_of_another_version_is_marked_and_has_no_effect(
    event: tuple[str, dict[str, Any], int, bool], mark: str | None, needs_update: bool
) -> None:
    dossier = story(event)
    assert (dossier.marks.get("a-0002"), dossier.needs_update) == (mark, needs_update)
    assert dossier.state is (State.RECEIVED if mark else State.IN_PROGRESS)
    assert len(dossier.events) == 2


def test_such_a_dossier_takes_added_facts_and_nothing_else() -> None:
    dossier = story(("certified", {}, 1, True), ("noted", {"text": "gọi lại"}, 1, True))
    assert dossier.marks == {"a-0002": "unknown"}
    kinds = possible(dossier, frozenset({"leader", "front_desk", "processing"}))
    assert kinds and {kind.cls for kind in kinds} == {Class.ADD_ONLY}
    at = START + timedelta(hours=1)
    for kind, fields in (("withdrawn", {}), ("letter_issued", {"letter": "receipt"}), ("corrected", {})):
        refused = decide(dossier, Act(DOSSIER, kind, at, fields), setting)
        assert isinstance(refused, Refusal) and refused.code == "update_needed", kind
    undone = decide(dossier, Undo(DOSSIER, "a-0003", at), setting)
    assert isinstance(undone, Refusal) and undone.code == "update_needed"
    noted = decide(dossier, Act(DOSSIER, "noted", at, {"text": "x"}), setting)
    assert not isinstance(noted, Refusal) and noted[0].kind == "noted"


def test_a_dossier_of_which_nothing_is_understood_says_so_instead_of_being_unknown() -> None:
    newer = replace(Writer("a").write(("received", RECEIVED))[0], version=KINDS["received"].version + 1)
    dossier = fold(DOSSIER, [newer], lambda event: True)
    assert (dossier.state, dossier.needs_update) == (None, True)
    for command in (Act(DOSSIER, "withdrawn", START), TakeIn(DOSSIER, "received", START, {})):
        refused = decide(dossier, command, setting)
        assert isinstance(refused, Refusal) and refused.code == "update_needed"
