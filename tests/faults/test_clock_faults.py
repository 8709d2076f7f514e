"""Rows 22, 23 (the clock's part) and 24: a clock that is wrong is marked; it refuses, loses and turns nothing."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from core.clock import clock_warning
from core.record import next_hlc
from core.states import State
from storage.desk import Done
from storage.event_log import epoch_ms
from storage.verification import verify
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, Station, act, dump, officer_of, take_in

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def set_clock(station: Station, number: int, moment: datetime) -> None:
    station.desks[number].now = lambda: moment


def suspects(station: Station, number: int, dossier: str) -> list[str]:
    desk = station.desks[number]
    marked = desk.log.suspect_times(dossier)
    return [event.kind for event in desk.log.events_of(dossier) if event.event_id in marked]


def same_everywhere(station: Station) -> None:
    """I3, and what a rebuild would give."""
    station.sync(0, 1, 2, 0, 1, 2)
    assert len({tuple(dump(desk)) for desk in station.desks}) == 1
    assert all(verify(desk).holds for desk in station.desks)


@pytest.mark.parametrize(
    ("jump", "marked"),
    [(5 * MINUTE, False), (6 * MINUTE, True), (HOUR, True), (timedelta(days=365), True), (-DAY, False)],
    ids=["5min", "6min", "hour", "year", "day-back"],
)
def test_22_a_jump_of_the_clock_refuses_nothing_and_is_marked_elsewhere(
    station: Station, jump: timedelta, marked: bool
) -> None:
    dossier = take_in(station.desks[0], minutes=2 * 24 * 60)
    station.sync(0, 1)
    set_clock(station, 0, START + jump)
    for kind in ("noted", "withdrawn"):
        done = act(station.desks[0], dossier, kind, **({"text": "gọi lại"} if kind == "noted" else {}))
        assert isinstance(done, Done), done
    before = station.desks[1].log._hlc() >> 16
    station.sync(0, 1)
    assert suspects(station, 1, dossier) == (["noted", "withdrawn"] if marked else [])
    behind = jump < timedelta(0)
    assert suspects(station, 0, dossier) == (["noted", "withdrawn"] if behind else []), "its own clock went on"
    folded = station.desks[1].dossier(dossier)
    assert folded is not None and folded.state is State.WITHDRAWN
    assert (station.desks[1].log._hlc() >> 16) - before <= 5 * 60_000
    set_clock(station, 0, START)
    same_everywhere(station)


def test_22_jumps_in_the_middle_of_a_session_keep_the_order_of_what_was_done(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk, minutes=3 * 24 * 60)
    for number, jump in enumerate((DAY, -DAY, HOUR, -2 * DAY, timedelta(0))):
        set_clock(station, 0, START + jump)
        assert isinstance(act(desk, dossier, "noted", text=f"{number}"), Done)
    folded = desk.dossier(dossier)
    assert folded is not None
    assert [event.body["text"] for event in folded.events[1:]] == ["0", "1", "2", "3", "4"]
    assert all(one.hlc < later.hlc for one, later in zip(folded.events, folded.events[1:], strict=False))
    assert suspects(station, 0, dossier) == ["noted"] * 4, "its own clock runs on from the day ahead"
    same_everywhere(station)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a running process cannot be moved here")
def test_22_the_zone_of_the_machine_is_in_nothing_that_is_stored(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = []
    try:
        for zone in ("Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe", "UTC"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            desk = station.desks[0]
            dossier = take_in(desk, procedure="permanent-residence")
            act(desk, dossier, "result_ready")
            row = next(text for text in dump(desk) if dossier in text and text.startswith('["dossier"'))
            events = [
                (event.at.isoformat(), event.hlc >> 16, dict(event.body)) for event in desk.log.events_of(dossier)
            ]
            number = events[0][2].pop("receipt_number")
            stored.append((row.replace(dossier, "").replace(number, ""), events))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert all(one == stored[0] for one in stored)
    assert "+07:00" in stored[0][1][0][0]


@pytest.mark.parametrize(
    ("offset", "warning"),
    [(None, None), (0, None), (120, None), (-120, None), (121, "warn"), (-121, "warn"), (600, "warn"),
     (601, "banner"), (-3600, "banner")],
)  # fmt: skip
def test_22_the_offset_from_a_hub_is_told_and_what_is_written_meanwhile_is_marked(
    station: Station, offset: float | None, warning: str | None
) -> None:
    desk = station.desks[0]
    desk.connection.execute("UPDATE hub SET clock_offset = ?", (offset,))
    assert clock_warning(offset) == warning
    assert (desk.sync_state().clock, desk.sync_state().clock_offset_s) == (warning, offset)
    dossier = take_in(desk)
    assert suspects(station, 0, dossier) == (["received"] if warning == "banner" else [])
    before = dump(desk)
    assert station.sync(0)[0].error is None
    assert dump(desk) == before, "the mark is this desk's own"


def test_23_a_far_future_event_loses_to_an_edit_that_has_seen_it(station: Station) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    set_clock(station, 0, START.replace(year=2099))
    act(station.desks[0], dossier, "corrected", field="applicant.phone", new="0900000001")
    station.sync(0, 1)
    act(station.desks[1], dossier, "corrected", field="applicant.phone", new="0900000002")
    events = station.desks[1].log.events_of(dossier)
    assert events[-1].hlc < events[-2].hlc, "the far clock is not followed"
    set_clock(station, 0, START)
    same_everywhere(station)
    for desk in station.desks:
        folded = desk.dossier(dossier)
        assert folded is not None and folded.applicant["phone"] == "0900000002"


def test_24_more_events_in_a_millisecond_than_the_counter_holds_keep_their_order() -> None:
    now, hlc, before = epoch_ms(START), 0, -1
    first = next_hlc(hlc, now)
    for _ in range(65_537):
        hlc = next_hlc(hlc, now)
        assert hlc > before
        before = hlc
    assert hlc - first == 65_536
    assert (hlc >> 16, hlc & 0xFFFF) == (now + 1, 0)


def test_24_a_full_counter_at_a_desk_and_from_another_keeps_the_order(station: Station) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    full = epoch_ms(START) << 16 | 0xFFFF
    desk.connection.execute("UPDATE meta SET value = ? WHERE name = 'hlc'", (full,))
    for text in ("một", "hai"):
        act(desk, dossier, "noted", text=text)
    stranger = Stranger(officer_of(desk).id)
    heads = desk.log.heads_of(dossier)
    last = stranger.write(dossier, "noted", {"text": "ba"}, heads, hlc=(epoch_ms(START) + 1) << 16 | 0xFFFF)
    stranger.reach(desk)
    act(desk, dossier, "noted", text="bốn")
    folded = desk.dossier(dossier)
    assert folded is not None
    assert [event.body["text"] for event in folded.events[1:]] == ["một", "hai", "ba", "bốn"]
    assert folded.events[-1].parents == (last,)
    assert folded.events[-1].hlc == (epoch_ms(START) + 2) << 16
