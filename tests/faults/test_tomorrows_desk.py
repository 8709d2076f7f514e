"""Row 35: what a desk of a later release writes is taken, kept and sent on, whatever is understood of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import bodies
from core.answers import Refusal
from core.events import KINDS
from core.states import State
from storage.desk import Done
from storage.verification import verify
from tests.storage.stranger import Stranger, rebuilt
from tests.storage.sync_desks import START, Station, act, dump, officer_of, take_in
from tui.cli.show import dossier_json

RECEIVED = {
    "procedure": "permanent-residence",
    "applicant": {"kind": "citizen", "name": "Võ An"},
    "receipt_number": "x",
}
NEWER = KINDS["received"].version + 1


def test_35_fields_of_a_later_release_in_headers_and_bodies_are_passed_over(station: Station) -> None:
    desk = station.desks[0]
    later = Stranger(officer_of(desk).id)
    body = RECEIVED | {"mood": {"deep": [1, {"a": None}]}, "fee_due": "5"}
    later.write("dossier-of-tomorrow", "received", body, threads=[1, 2], zone={"a": 1})
    later.reach(desk)
    folded = desk.dossier("dossier-of-tomorrow")
    assert folded is not None and (folded.state, folded.marks) == (State.RECEIVED, {})
    assert isinstance(act(desk, "dossier-of-tomorrow", "withdrawn"), Done)
    assert dump(desk) == rebuilt(desk)


@pytest.mark.parametrize("must", [True, False, None])
@pytest.mark.parametrize(("kind", "version"), [("certified", 1), ("withdrawn", KINDS["withdrawn"].version + 1)])
def test_35_what_is_not_understood_is_kept_sent_on_and_stops_legal_effects_only_where_it_must(
    station: Station, must: bool | None, kind: str, version: int
) -> None:
    desk, other = station.desks[0], station.desks[1]
    dossier = take_in(desk)
    row = [line for line in dump(desk) if dossier in line]
    later = Stranger(officer_of(desk).id)
    flag = {} if must is None else {"must": must}
    event = later.write(dossier, kind, {"reason": "x"}, desk.log.heads_of(dossier), v=version, **flag)
    later.reach(desk)
    assert [line for line in dump(desk) if dossier in line] == row
    told = dossier_json(desk, dossier)
    assert told["needs_update"] is (must is not False)
    assert (told["events"][-1]["event_id"], told["events"][-1]["mark"]) == (event, "unknown")
    assert isinstance(act(desk, dossier, "noted", text="gọi lại"), Done)
    ended = act(desk, dossier, "result_ready")
    if must is False:
        assert isinstance(ended, Done)
    else:
        assert isinstance(ended, Refusal) and ended.code == "update_needed"
    assert desk.log.stored(later.origin, 0, 9) == later.events, "what is sent on is what was written"
    assert station.sync(0)[0].error is None
    assert isinstance(act(desk, take_in(desk), "result_ready"), Done)
    assert dump(desk) == rebuilt(desk)
    assert verify(desk).holds and verify(other).holds


def test_35_a_receipt_of_a_later_version_is_no_row_here_and_stops_nothing_else(station: Station) -> None:
    desk = station.desks[0]
    later, before = Stranger(officer_of(desk).id), dump(desk)
    later.write("dossier-of-tomorrow", "received", {"number": {"of": "tomorrow"}}, v=NEWER)
    later.reach(desk)
    assert dump(desk) == before
    refused = act(desk, "dossier-of-tomorrow", "withdrawn")
    assert isinstance(refused, Refusal) and refused.code == "update_needed"
    assert isinstance(act(desk, take_in(desk), "withdrawn"), Done)


@pytest.mark.parametrize(
    ("entity", "kind", "version"),
    [
        ("officer:{officer}", "officer_suspended", 1),
        ("officer:{officer}", "officer_changed", 9),
        ("desk:{desk}", "desk_painted", 1),
        ("desk:{desk}", "desk_enrolled", 9),
        ("unit:{unit}", "unit_merged", 1),
        ("unit:{unit}", "station_founded", 9),
        ("calendar", "calendar_repealed", 1),
        ("calendar", "calendar_amended", 9),
        ("catalogue:permanent-residence", "catalogue_amended", 9),
        ("shift:x", "shift_shared", 1),
        ("printer:x", "printer_bought", 1),
    ],
)
def test_35_news_of_the_station_that_is_not_understood_changes_nothing_of_it(
    station: Station, entity: str, kind: str, version: int
) -> None:
    desk = station.desks[0]
    officer, law, before = officer_of(desk), desk.law, dump(desk)
    later = Stranger(officer.id)
    place = entity.format(officer=officer.id, desk=desk.identity.desk, unit=desk.identity.unit)
    later.write(
        place, kind, {"roles": [], "active": False, "number": 1, "rows": []}, desk.log.heads_of(place), v=version
    )
    later.reach(desk)
    assert dump(desk) == before == rebuilt(desk)
    assert officer_of(desk) == officer
    assert desk.law.version_on("permanent-residence", START.date()) == law.version_on(
        "permanent-residence", START.date()
    )
    assert isinstance(act(desk, take_in(desk), "withdrawn"), Done)
    assert verify(desk).holds


def test_35_after_the_update_what_was_kept_has_its_effect(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are made again from the log, as a migration does."""
    desk = station.desks[0]
    dossier = take_in(desk)
    later = Stranger(officer_of(desk).id)
    later.write(dossier, "certified", {"reason": "x"}, desk.log.heads_of(dossier))
    later.reach(desk)
    assert dossier_json(desk, dossier)["needs_update"]
    known = {**KINDS, "certified": replace(KINDS["withdrawn"], name="certified")}
    for module in ("bodies", "dossier", "merge", "authority"):
        monkeypatch.setattr(f"core.{module}.KINDS", known)
    monkeypatch.setitem(bodies._CHECKS, "certified", bodies._CHECKS["withdrawn"])
    rebuilt(desk)
    told = dossier_json(desk, dossier)
    assert (told["state"], told["needs_update"]) == ("withdrawn", False)


def test_35_an_event_says_its_kinds_version_and_whether_it_must_be_understood(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {**KINDS, "noted": replace(KINDS["noted"], version=3, must_understand=False)}
    monkeypatch.setattr("storage.event_log.KINDS", kinds)
    desk = station.desks[0]
    dossier = take_in(desk)
    act(desk, dossier, "noted", text="x")
    received, noted = desk.log.events_of(dossier)
    assert (received.version, received.must) == (KINDS["received"].version, True)
    assert (noted.version, noted.must) == (3, False)
    headers = [one.header for one in desk.log.stored(desk.identity.origin, noted.seq - 2, 2)]
    assert [b'"must":false' in header for header in headers] == [False, True]
