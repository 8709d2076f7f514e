"""Row 33: an event that waits for what it stands on holds up nobody's work here."""

from __future__ import annotations

import pytest

from core.states import State
from storage.desk import Done
from storage.verification import verify
from tests.storage.stranger import Stranger, rebuilt
from tests.storage.sync_desks import Station, act, dump, officer_of, take_in


@pytest.mark.parametrize("beside", [True, False], ids=["beside", "on top"])
def test_33_what_is_done_while_an_event_waits_has_its_effect_at_once(station: Station, beside: bool) -> None:
    desk = station.desks[0]
    dossier = take_in(desk)
    heads = desk.log.heads_of(dossier)
    first, second = Stranger(officer_of(desk).id, "first"), Stranger(officer_of(desk).id, "second")
    missing = first.write(dossier, "noted", {"text": "trước"}, heads)
    waits = second.write(dossier, "noted", {"text": "sau"}, [missing] if beside else [*heads, missing])
    second.reach(desk)
    assert isinstance(act(desk, dossier, "result_ready"), Done)
    folded = desk.dossier(dossier)
    assert folded is not None and folded.state is State.RESULT_READY
    assert [event.kind for event in folded.events] == ["received", "result_ready"]
    own = folded.events[-1]
    assert own.parents == heads
    first.reach(desk)
    assert isinstance(act(desk, dossier, "noted", text="đủ"), Done)
    folded = desk.dossier(dossier)
    assert folded is not None and len(folded.events) == 5
    assert set(folded.events[-1].parents) == {waits, own.event_id}
    assert len(desk.log.heads_of(dossier)) == 1
    assert desk.connection.execute("SELECT count(*) FROM waiting").fetchone() == (0,)
    assert dump(desk) == rebuilt(desk)
    assert verify(desk).holds
