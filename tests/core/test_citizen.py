"""Until when the citizen has time for a supplement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.citizen import citizen_deadline
from tests.core.lives import ASKED, BROUGHT, LAW, Life, happen, received


def told(life: Life) -> tuple[date, tuple[date, ...]] | None:
    assert life.dossier is not None
    found = citizen_deadline(life.dossier, life.law)
    return None if found is None else (found.answer_by, found.remind_on)


def test_the_policys_days_end_on_a_working_day() -> None:
    assert told(happen(received(), ASKED)) == (date(2026, 6, 24), (date(2026, 6, 17),))
    weekend = ("2026-05-28T10:00", "supplement_requested", {"items": ["CT01"]})
    assert told(happen(received(), weekend)) == (date(2026, 6, 29), (date(2026, 6, 22),))


def test_the_requests_own_day_comes_first() -> None:
    own = ("2026-05-25T10:00", "supplement_requested", {"items": ["CT01"], "answer_by": "2026-05-29"})
    assert told(happen(received(), own)) == (date(2026, 5, 29), ())


def test_nothing_is_waited_for() -> None:
    assert told(received()) is None
    assert told(happen(received(), ASKED, BROUGHT)) is None


def test_a_law_without_the_policy_says_nothing() -> None:
    older = replace(LAW, policies=tuple(one for one in LAW.policies if not one.name.startswith("citizen")))
    assert told(happen(received(older), ASKED)) is None


def test_the_leader_is_proposed_to_stop_only_when_the_day_has_passed() -> None:
    life = happen(received(), ASKED)
    assert life.dossier is not None
    found = citizen_deadline(life.dossier, life.law)
    assert found is not None
    assert not found.stop_proposed(date(2026, 6, 24)) and found.stop_proposed(date(2026, 6, 25))
