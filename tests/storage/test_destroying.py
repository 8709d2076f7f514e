"""Destroyed bodies: out of the fold, the tables, this desk's file and the hub; the chain and the verdict stay."""

from __future__ import annotations

import pytest

from core.answers import Refusal
from core.decisions import Act
from core.dossier import fold
from core.record import Draft
from storage.database import transaction
from storage.drafts import Drafts
from storage.event_log import epoch_ms
from storage.officers import Officer
from storage.sync.batch import unpack
from storage.verification import verify
from tests.storage.sync_desks import Station, act, dump, take_in

NAME = "Nguyễn Văn Cần Xóa"


def finished(station: Station) -> tuple[str, list[str]]:
    """A dossier that has ended, known to all desks, and its events that name a person."""
    first = station.desks[0]
    dossier = take_in(first, NAME)
    for kind in ("approved", "result_ready", "result_returned"):
        assert not isinstance(act(first, dossier, kind), Refusal)
    station.sync(0, 1, 2)
    return dossier, [event.event_id for event in first.log.events_of(dossier) if event.kind == "received"]


def stored(station: Station, number: int) -> bytes:
    rows = station.desks[number].connection.execute("SELECT body FROM event WHERE body IS NOT NULL")
    return b"\n".join(row[0] for row in rows)


def at_the_hub(station: Station) -> bytes:
    """Every body that lies there, opened with the station's keys."""
    hub, desk = station.hub, station.desks[0]
    found = []
    for origin in hub.heads(desk.identity.station, {}):
        for offer in hub.offers(desk.identity.station, origin, 0).batches:
            found += [event.body or b"" for event in unpack(hub.fetch(offer), desk.keys()).events]
    return b"\n".join(found)


def test_the_body_goes_everywhere_and_every_chain_still_holds(station: Station) -> None:
    dossier, named = finished(station)
    assert NAME.encode() in at_the_hub(station)
    assert not isinstance(act(station.desks[0], dossier, "body_destroyed", events=named, reason="hết hạn"), Refusal)
    assert NAME.encode() not in stored(station, 0)
    station.sync(0, 1, 2, 0)
    assert NAME.encode() not in at_the_hub(station)
    for number, desk in enumerate(station.desks):
        assert NAME.encode() not in stored(station, number) and NAME.encode() not in "".join(dump(desk)).encode()
        folded = desk.dossier(dossier)
        assert folded is not None and folded.marks[named[0]] == "destroyed" and folded.applicant == {}
        assert desk.row(dossier) is None, "without what it was taken in with there is no row to show"
        assert verify(desk).holds
        before = dump(desk)
        with transaction(desk.connection):
            desk.projection.rebuild()
        assert dump(desk) == before == dump(station.desks[0])


def test_the_fold_drops_a_named_body_while_its_bytes_are_still_there(station: Station) -> None:
    dossier, named = finished(station)
    act(station.desks[0], dossier, "body_destroyed", events=named, reason="hết hạn")
    events = station.desks[1].log.events_of(dossier) + station.desks[0].log.events_of(dossier)[-1:]
    folded = fold(dossier, events, station.desks[0].projection.authority().may)
    assert folded.marks[named[0]] == "destroyed"
    assert NAME not in str(folded.events)


def test_what_was_typed_about_it_goes_at_every_desk_and_nothing_else_that_was_typed(station: Station) -> None:
    dossier, named = finished(station)
    other = take_in(station.desks[1], "Lê Văn Ở Lại")
    now = int(station.desks[1].now().timestamp())
    drafts = Drafts(station.desks[1].connection, "an-officer")
    drafts.keep_typing(f"noted:{dossier}", {"text": f"gọi {NAME}"}, now)
    drafts.keep_typing("bulk:3f2a", {"reason": NAME}, now, (other, dossier))
    drafts.keep_typing(f"noted:{other}", {"text": "gọi lại"}, now, ())
    act(station.desks[0], dossier, "body_destroyed", events=named, reason="hết hạn")
    station.sync(0, 1)
    assert drafts.typing(f"noted:{dossier}", now) is None and drafts.typing("bulk:3f2a", now) is None
    kept = drafts.typing(f"noted:{other}", now)
    assert kept is not None and kept.content == {"text": "gọi lại"}


def test_who_may_not_destroy_destroys_nothing(station: Station) -> None:
    dossier, named = finished(station)
    desk = station.desks[1]
    draft = Draft(dossier, "body_destroyed", desk.now(), {"events": named, "reason": "x"})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([draft], "nobody", epoch_ms(desk.now())))
    station.sync(1, 0)
    for number in (0, 1):
        assert NAME.encode() in stored(station, number)
        assert station.desks[number].dossier(dossier).marks[_last(station, dossier)] == "unauthorised"
    clerk = Officer("x", "x", "X", ("leader",), active=True)
    refused = station.desks[0].do(Act(dossier, "body_destroyed", desk.now(), {"events": named, "reason": "x"}), clerk)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"


def _last(station: Station, dossier: str) -> str:
    return station.desks[0].log.events_of(dossier)[-1].event_id


def test_a_salt_can_not_be_drawn_again(station: Station) -> None:
    dossier, _ = finished(station)
    desk = station.desks[0]
    act(desk, dossier, "noted", text=NAME)
    named = [event.event_id for event in desk.log.events_of(dossier) if event.kind == "noted"]
    act(desk, dossier, "body_destroyed", events=named, reason="hết hạn")
    left = desk.connection.execute("SELECT count(*) FROM secret WHERE entity = ?", (dossier,)).fetchone()
    assert left == (0,)
    assert not isinstance(act(desk, dossier, "noted", text="sau đó"), Refusal)
    assert desk.row(dossier)["state"] == "returned" and verify(desk).holds


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_body_that_comes_after_its_destruction_is_not_kept(station: Station, order: tuple[int, int]) -> None:
    first, second, third = station.desks
    dossier, named = finished(station)
    act(second, dossier, "noted", text=NAME)
    station.sync(1, 0)
    notes = [event.event_id for event in first.log.events_of(dossier) if event.kind == "noted"]
    act(first, dossier, "body_destroyed", events=[*named, *notes], reason="hết hạn")
    station.sync(0)
    for number in (*order, 0, 1, 2):
        station.sync(number)
    for number in (0, 1, 2):
        assert NAME.encode() not in stored(station, number)
        assert verify(station.desks[number]).holds
    assert NAME.encode() not in at_the_hub(station)
    assert dump(first) == dump(second) == dump(third)
