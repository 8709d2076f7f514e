"""Corrections by cause and officers' days: each figure again from every raw event, read one after another."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from core.decisions import Undo
from core.moments import LEGAL_TIME
from core.record import Draft, Event
from core.touches import BY_ITSELF
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.mended import KINDS, corrections
from storage.officer_day import ACTS, officer_day
from storage.officers import Officer
from storage.projection import is_dossier
from storage.sync.desk_life import revoke_desk
from tests.conftest import NOW, act, officer, take_in
from tests.storage.lives import SEEDS, lived
from tests.storage.sync_desks import Station, officer_of
from tests.storage.sync_desks import take_in as take_in_at
from tests.storage.test_settled import seen

DAY = NOW.date()
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def every(desk: Desk) -> list[Event]:
    """All events that this desk wrote, in their order."""
    names = [name for (name,) in desk.connection.execute("SELECT DISTINCT entity FROM event")]
    return sorted((one for name in names for one in desk.log.events_of(name)), key=lambda one: one.seq)


def written(one: Event) -> datetime:
    return datetime.fromtimestamp((one.hlc >> 16) // 1000, UTC).astimezone(LEGAL_TIME)


@pytest.mark.parametrize("seed", SEEDS)
def test_causes_are_what_the_raw_events_say(desk: Desk, seed: int) -> None:
    lived(desk, seed)
    events = every(desk)
    undone = {str(one.body["group"]) for one in events if one.kind == "undone"}
    groups = {one.group_key for one in events if one.event_id in undone}
    ids = {one.event_id: one for one in events}
    for first, last in ((date(2026, month, 1), date(2026, month, 28)) for month in (5, 6, 7, 8)):
        slow: Counter[tuple[str, str]] = Counter()
        back: Counter[tuple[str, str]] = Counter()
        for one in events:
            if one.kind in KINDS and first <= written(one).date() <= last:
                cause = {
                    "corrected": one.body.get("field"),
                    "result_corrected": one.body.get("fault"),
                    "undone": ids[one.body["group"]].kind if one.kind == "undone" else None,
                }.get(one.kind)
                key = (one.kind, cause or "")
                slow[key] += 1
                back[key] += one.kind != "undone" and one.group_key in groups
        told = corrections(desk, first, last).causes()
        few = {key: count for key, count in told.items() if key[0] != "voided"}
        assert few == {key: (slow[key], back[key]) for key in slow if key[0] != "voided"}
        assert sum(count for (kind, _), (count, _) in told.items() if kind == "voided") == slow["voided", ""]


def test_a_reason_is_told_only_where_enough_dossiers_have_it(desk: Desk) -> None:
    for reason in ("Nhận nhầm", "nhận nhầm ", "NHẬN NHẦM", "Ông Đặng Văn Ất đòi", "nhầm của ông Ất"):
        act(desk, take_in(desk), "voided", by="lanh", reason=reason)
    assert corrections(desk, DAY, DAY).causes() == {("voided", "Nhận nhầm"): (3, 0), ("voided", ""): (2, 0)}
    assert not corrections(desk, DAY + timedelta(days=1), DAY + timedelta(days=1)).acts
    assert not corrections(desk, DAY, DAY, "H30-999").acts


def test_what_was_taken_back_is_told_beside(desk: Desk) -> None:
    dossier = take_in(desk)
    done = act(desk, dossier, "corrected", field="note", new="x")
    assert isinstance(desk.do(Undo(dossier, done.events[0].event_id, NOW), officer(desk)), Done)
    act(desk, dossier, "corrected", field="applicant.name", new="Lê Thị Ổi")
    told = corrections(desk, DAY, DAY)
    assert told.causes() == {
        ("corrected", "applicant.name"): (1, 0),
        ("corrected", "note"): (1, 1),
        ("undone", "corrected"): (1, 0),
    }
    assert all(one.number and "Ổi" not in repr(one) for one in told.acts)


@pytest.mark.parametrize("seed", SEEDS)
def test_days_are_what_the_raw_events_say(desk: Desk, seed: int) -> None:
    lived(desk, seed)
    act(desk, take_in(desk, at=desk.now()), "voided", by="lanh", at=desk.now(), reason="x")
    events = [one for one in every(desk) if one.kind not in BY_ITSELF and one.kind != "station_founded"]
    told = officer_day(desk, *YEAR, None, officer(desk, "lanh"))
    assert not told.own_only and len(told.officers) >= 2
    in_year = [
        one
        for one in events
        if written(one).year == 2026 and one.entity != f"officer:{one.by}"  # who founds adds himself, by no right yet
    ]
    assert sum(one.acts for one in told.officers) == len(in_year)
    for one in told.officers:
        its = [event for event in in_year if event.by == one.officer]
        assert one.kinds == Counter(event.kind for event in its)
        assert one.hours == Counter(written(event).hour for event in its)
        assert one.dossiers == len({event.entity for event in its if is_dossier(event.entity)})


def by_hand(desk: Desk, unit: str | None = None) -> dict[str, tuple[Counter[str], Counter[int], int]]:
    """Each officer's kinds, hours and dossiers of all days, event by event."""
    may = desk.projection.authority().may
    mine = [one for one in every(desk) if one.kind in ACTS and may(one) and unit in (None, one.unit)]
    return {
        name: (
            Counter(one.kind for one in mine if one.by == name),
            Counter(written(one).hour for one in mine if one.by == name),
            len({one.entity for one in mine if one.by == name and one.entity != "calendar" and ":" not in one.entity}),
        )
        for name in {one.by for one in mine}
    }


def told_of(desk: Desk, unit: str | None, asking: Officer) -> dict[str, tuple[Counter[str], Counter[int], int]]:
    days = officer_day(desk, date(2020, 1, 1), date(2030, 1, 1), unit, asking)
    return {one.officer: (one.kinds, one.hours, one.dossiers) for one in days.officers}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [7, 5_000])
def test_rights_count_as_they_were_when_something_was_written(
    desk: Desk, seed: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.recorded._HEADERS", size)
    rng, boss = Random(seed), officer(desk, "lanh")
    with transaction(desk.connection):
        for step in range(150):
            now = epoch_ms(NOW + timedelta(minutes=step))
            by = officer(desk, rng.choice(("lanh", "hoa", "tra"))).id
            if rng.random() < 0.1:
                roles = {"roles": rng.sample(["front_desk", "processing", "leader"], rng.randrange(4))}
                changed = Draft(f"officer:{by}", "officer_changed", NOW, roles)
                desk.projection.apply(desk.log.append([changed], officer(desk).id, now))
            else:
                kind = rng.choice(("noted", "voided", "fine_decided"))
                entity = rng.choice(("a", "b", "calendar", "fine:1"))
                desk.log.append([Draft(entity, kind, NOW, {"text": "x"})], by, now)
    acts = [(one.by, one.kind, desk.projection.authority().may(one)) for one in every(desk)[-150:]]
    assert any((by, kind, not may) in acts for by, kind, may in acts)  # what one might do was otherwise meanwhile
    slow = by_hand(desk)
    assert told_of(desk, None, boss) == slow
    assert told_of(desk, desk.identity.unit, boss) == slow and told_of(desk, "elsewhere", boss) == {}


def test_what_a_desk_wrote_after_it_was_revoked_is_not_counted(station: Station) -> None:
    first, second = station.desks[:2]
    take_in_at(second), take_in_at(second)
    place = second.log.last_seq(second.identity.origin) + 1
    take_in_at(second)
    station.sync(1, 0)
    assert told_of(first, None, officer_of(first))[officer_of(second).id][2] == 3
    assert revoke_desk(first, officer_of(first), second.identity.desk, 1, place) is None
    station.sync(0, 1)
    told = told_of(first, None, officer_of(first))
    assert told == by_hand(first) and told[officer_of(second).id][2] == 2


def test_an_officer_sees_the_own_day_leaders_and_auditors_all(desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "voided", by="lanh", reason="x")
    own = officer_day(desk, DAY, DAY, None, officer(desk, "hoa"))
    assert own.own_only and all(one.officer == officer(desk, "hoa").id for one in own.officers)
    for code in ("lanh", "tra"):
        told = officer_day(desk, DAY, DAY, None, officer(desk, code))
        assert not told.own_only and {officer(desk, "tmd").id, officer(desk, "lanh").id} <= {
            one.officer for one in told.officers
        }
    seen(desk, NOW + timedelta(days=2))
    assert not officer_day(desk, DAY + timedelta(days=2), DAY + timedelta(days=2), None, officer(desk, "lanh")).officers
