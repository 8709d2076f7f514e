"""Absence cover of a desk: proposed from its tables, accepted as one bulk, and only while it is true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.answers import Refusal
from core.cover import Away
from core.decisions import Undo
from core.rostering import NoteAbsence
from storage.cover import give_over, next_absence, proposed, unnoted
from storage.desk import Desk, Done
from storage.undo import last_commands
from tests.conftest import NOW, act, officer, take_in

TODAY = NOW.date()


@pytest.fixture
def away(desk: Desk) -> Away:
    """Hoa has five dossiers and is away for long."""
    for _ in range(5):
        take_in(desk, by="hoa")
    found = Away("officer-hoa", TODAY, TODAY + timedelta(days=40))
    command = NoteAbsence(found.officer, found.first, found.last, "ốm", NOW)
    assert isinstance(desk.do(command, officer(desk)), Done)
    return found


def owners(desk: Desk) -> list[str]:
    return sorted(str(owner) for (owner,) in desk.connection.execute("SELECT officer FROM dossier"))


def test_an_accepted_cover_is_one_bulk_and_one_undo(desk: Desk, away: Away) -> None:
    boss, found = officer(desk), proposed(desk, away)
    given = sorted(to for to, ids in found.moves for _ in ids)
    assert len(given) == 5 and away.officer not in given and found.left == () and len(set(given)) == 2
    answers = give_over(desk, boss, away.officer, found.moves)
    assert not isinstance(answers, Refusal) and all(isinstance(one, Done) for one in answers)
    assert owners(desk) == given
    assert proposed(desk, away).shares == ()
    undone = desk.do_all([Undo(one.entity, one.event_id, NOW) for one in last_commands(desk, boss)], boss)
    assert all(isinstance(one, Done) for one in undone) and owners(desk) == [away.officer] * 5


def test_what_is_another_officers_by_now_moves_nothing(desk: Desk, away: Away) -> None:
    found = proposed(desk, away)
    act(desk, found.moves[0][1][0], "assigned", to="officer-lanh")
    before = owners(desk)
    answer = give_over(desk, officer(desk), away.officer, found.moves)
    assert isinstance(answer, Refusal) and answer.code == "moves_stale" and owners(desk) == before


def test_who_has_gone_too_meanwhile_gets_nothing(desk: Desk, away: Away) -> None:
    found = proposed(desk, away)
    for one, _ in found.moves:
        assert isinstance(desk.do(NoteAbsence(one, away.first, away.last, "ốm", NOW), officer(desk)), Done)
    answer = give_over(desk, officer(desk), away.officer, found.moves)
    assert isinstance(answer, Refusal) and answer.code == "moves_stale" and owners(desk) == [away.officer] * 5


def test_days_that_nobody_noted_count_as_days_away(desk: Desk) -> None:
    for _ in range(3):
        take_in(desk, by="hoa")
    asked = Away("officer-hoa", TODAY, TODAY + timedelta(days=40))
    assert next_absence(desk, asked.officer) is None and unnoted(desk, asked) == asked.days
    assert sum(len(ids) for _, ids in proposed(desk, asked).moves) == 3
    half = NoteAbsence(asked.officer, TODAY, TODAY, "họp", NOW, "morning")
    assert isinstance(desk.do(half, officer(desk)), Done)
    absence = next_absence(desk, asked.officer)
    assert absence is not None and absence.half == "morning"
    assert unnoted(desk, asked) == asked.days[1:]
