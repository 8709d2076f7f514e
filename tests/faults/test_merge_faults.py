"""Desks that worked apart, by the rows of the fault matrix: what merges, what a person decides, what waits."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from core.answers import Refusal
from core.dossier import Dossier
from core.record import Draft
from core.states import State
from storage.conflicts import conflicts_of, resolve
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.sync.exchange import exchange
from tests.storage.sync_desks import START, Station, act, cloned, dump, entity_heads, officer_of, take_in


def shared(station: Station) -> str:
    """A dossier that all three desks hold."""
    dossier = take_in(station.desks[0])
    station.sync(0, 1, 2)
    return dossier


def met(station: Station) -> None:
    """Everyone has heard of everything, and has the same tables."""
    station.sync(0, 1, 2, 0, 1, 2)
    first, *others = station.desks
    for desk in others:
        assert dump(desk) == dump(first)
        assert entity_heads(desk) == entity_heads(first)


def folded(desk: Desk, dossier: str) -> Dossier:
    found = desk.dossier(dossier)
    assert found is not None
    return found


def written(done: Done | Refusal) -> str:
    assert isinstance(done, Done), done
    return done.events[0].event_id


def decided(desk: Desk, dossier: str, keep: str, number: int = 0) -> Done | Refusal:
    conflict = next(one for one in conflicts_of(desk, dossier) if one.branch(keep))
    branch = conflict.branch(keep)
    assert branch is not None
    return resolve(desk, officer_of(desk), conflict, branch.event, None)


def at_later(desk: Desk, **span: float) -> None:
    """The desk's clock runs ahead by so much."""
    now = desk.now
    desk.now = lambda: now() + timedelta(**span)


# 23, 24: clocks


def test_row_23_an_event_from_the_far_future_loses_to_an_edit_that_has_seen_it(station: Station) -> None:
    mad, sane, _ = station.desks
    dossier = shared(station)
    at_later(mad, days=4000)
    far = written(act(mad, dossier, "corrected", field="applicant.phone", new="0905000001"))
    near = written(act(sane, dossier, "corrected", field="applicant.phone", new="0905000002"))
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert found.applicant["phone"] == "0905000001"
        (lost,) = found.lost_values
        assert (lost.event.event_id, lost.winner.event_id, lost.value, lost.settled) == (near, far, "0905000002", False)
    act(sane, dossier, "corrected", field="applicant.phone", new="0905000003")
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert found.applicant["phone"] == "0905000003"
        assert [one.settled for one in found.lost_values] == [True]
    last = folded(mad, dossier).events[-1]
    assert last.hlc < next(event.hlc for event in found.events if event.event_id == far)


def test_row_24_more_events_than_a_millisecond_holds_keep_their_order(station: Station) -> None:
    one, other, _ = station.desks
    dossier = shared(station)
    now_ms = epoch_ms(one.now())
    full = (now_ms << 16) + 0xFFFE
    one.connection.execute("UPDATE meta SET value = ? WHERE name = 'hlc'", (str(full),))
    texts = [f"ghi {number}" for number in range(6)]
    drafts = [Draft(dossier, "noted", one.now(), {"text": text}) for text in texts]
    with transaction(one.connection):
        for draft in drafts:
            one.projection.apply(one.log.append([draft], officer_of(one).id, now_ms))
    station.sync(0, 1)
    act(other, dossier, "noted", text="sau cùng")
    met(station)
    for desk in station.desks:
        notes = [event for event in folded(desk, dossier).events if event.kind == "noted"]
        assert [event.body["text"] for event in notes] == [*texts, "sau cùng"]
        clocks = [event.hlc for event in notes]
        assert clocks == sorted(set(clocks)) and clocks[1] >> 16 == now_ms + 1


# 30: two desks close the same dossier


def test_row_30_the_same_result_at_two_desks_is_one(station: Station) -> None:
    dossier = shared(station)
    for desk in station.desks[:2]:
        written(act(desk, dossier, "result_ready", document="12/KQ", note=desk.identity.desk))
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert (found.state, found.conflicts) == (State.RESULT_READY, ())
        assert sorted(found.marks.values()) == ["coalesced"]
        assert sum(event.kind == "result_ready" for event in found.events) == 2
        assert conflicts_of(desk, dossier) == []


def test_row_30_different_results_wait_for_a_leader(station: Station) -> None:
    one, other, third = station.desks
    dossier = shared(station)
    ready = written(act(one, dossier, "result_ready", document="12/KQ"))
    refused = written(act(other, dossier, "refused", reason="Chỗ ở đang tranh chấp"))
    assert station.sync(0, 1, 2, 0)[-1].conflicts == 1
    for desk in station.desks:
        (conflict,) = conflicts_of(desk, dossier)
        assert {branch.event.event_id for branch in conflict.branches} == {ready, refused}
        blocked = act(desk, dossier, "withdrawn")
        assert isinstance(blocked, Refusal) and blocked.code == "in_conflict"
        assert isinstance(act(desk, dossier, "noted", text="vẫn ghi được"), Done)
    written(decided(third, dossier, refused))
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert (found.conflicts, found.outcome, found.marks) == ((), "refused", {ready: "lost"})


# 31: three ways at once


def test_row_31_close_supplement_and_transfer_are_one_conflict_with_three_heads(station: Station) -> None:
    one, other, third = station.desks
    dossier = shared(station)
    ready = written(act(one, dossier, "result_ready"))
    asked = written(act(other, dossier, "supplement_requested", items=["CT01"]))
    given = written(act(other, dossier, "supplement_received", papers=["CT01"]))
    offered = written(act(third, dossier, "transfer_offered", unit="H30-002"))
    met(station)
    for desk in station.desks:
        (conflict,) = conflicts_of(desk, dossier)
        assert {branch.event.event_id for branch in conflict.branches} == {ready, asked, offered}
        built = {branch.event.event_id: [one.event_id for one in branch.on_top] for branch in conflict.branches}
        assert built == {ready: [], asked: [given], offered: []}
    written(decided(one, dossier, asked))
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert (found.conflicts, found.state) == ((), State.IN_PROGRESS)
        assert found.marks == {ready: "lost", offered: "lost"}
        assert found.facts["papers"] == ["CT01"]


@pytest.mark.parametrize("named", [1, 2])
def test_row_31_a_decision_must_name_all_three(station: Station, named: int) -> None:
    dossier = shared(station)
    kinds: list[tuple[str, dict[str, object]]] = [
        ("result_ready", {}), ("withdrawn", {}), ("transfer_offered", {"unit": "H30-002"}),
    ]  # fmt: skip
    branches = [
        written(act(desk, dossier, kind, **fields)) for desk, (kind, fields) in zip(station.desks, kinds, strict=True)
    ]
    met(station)
    some = branches[:named]
    answer = act(station.desks[0], dossier, "conflict_resolved", branches=some, keep=some[0])
    assert isinstance(answer, Refusal) and answer.code == "not_the_branches"


# 32: two leaders


def test_row_32_two_leaders_who_decide_differently_are_in_conflict_themselves(station: Station) -> None:
    one, other, third = station.desks
    dossier = shared(station)
    ready = written(act(one, dossier, "result_ready"))
    refused = written(act(other, dossier, "refused", reason="x"))
    met(station)
    for_ready = written(decided(one, dossier, ready))
    for_refused = written(decided(other, dossier, refused))
    met(station)
    for desk in station.desks:
        (conflict,) = conflicts_of(desk, dossier)
        assert {branch.event.event_id for branch in conflict.branches} == {for_ready, for_refused}
        assert "lost" not in folded(desk, dossier).marks.values()
    written(decided(third, dossier, for_refused))
    met(station)
    for desk in station.desks:
        found = folded(desk, dossier)
        assert (found.conflicts, found.outcome) == ((), "refused")
        assert found.marks == {ready: "lost", for_ready: "lost"}


def test_row_32_two_leaders_who_decide_the_same_agree(station: Station) -> None:
    one, other, _ = station.desks
    dossier = shared(station)
    ready = written(act(one, dossier, "result_ready"))
    written(act(other, dossier, "refused", reason="x"))
    met(station)
    for desk in (one, other):
        conflict = conflicts_of(desk, dossier)[0]
        keep = conflict.branch(ready)
        assert keep is not None
        assert isinstance(resolve(desk, officer_of(desk), conflict, keep.event, desk.identity.desk), Done)
    met(station)
    for desk in station.desks:
        assert folded(desk, dossier).conflicts == ()
        assert folded(desk, dossier).outcome == "approved"


# 33: an edit before what it edits


def test_row_33_an_edit_that_comes_before_what_it_edits_waits_and_is_then_applied(station: Station) -> None:
    one, other, late = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    act(other, dossier, "corrected", field="applicant.phone", new="0905000002")
    station.sync(1)
    folder = station.origin_folder(0)
    kept = station.root / "kept"
    batches = sorted(folder.iterdir())[-1:]
    kept.mkdir()
    for path in batches:
        shutil.move(path, kept / path.name)
    station.sync(2)
    assert late.row(dossier) is None
    assert [event.kind for event in late.log.events_of(dossier)] == ["corrected"]
    for path in batches:
        shutil.move(kept / path.name, path)
    met(station)
    assert folded(late, dossier).applicant["phone"] == "0905000002"
    assert folded(late, dossier).first_at == START


def test_row_16_a_copy_of_a_desk_has_not_seen_what_it_said_again_for_the_other_and_could_not_place(
    station: Station, tmp_path: Path
) -> None:
    """Found by history 805182: it went on in the epoch in which it had said the other's events."""
    dossier = shared(station)
    with cloned(station, 0, tmp_path / "clone") as clone:
        at_later(clone, minutes=5)
        withdrawn = written(act(clone, dossier, "withdrawn", reason="citizen_request"))
        known = set(station.files())
        act(station.desks[2], dossier, "noted", text="gọi lại")
        station.sync(2)
        (lost,) = (path for path in set(station.files()) - known if "origins" in path.parts)
        station.sync(0)
        stopped = written(act(station.desks[0], dossier, "stopped", reason="article_6"))
        station.sync(0)
        kept = lost.read_bytes()
        lost.unlink()
        exchange(clone, station.hub)
        written(act(clone, dossier, "noted", text="đã rút"))
        reopened = written(act(clone, dossier, "reopened", reason="mistake"))
        lost.write_bytes(kept)
        for _ in range(3):
            exchange(clone, station.hub)
            station.sync(0, 1, 2)
        for desk in (*station.desks, clone):
            found = folded(desk, dossier)
            assert {one: found.marks.get(one) for one in (stopped, withdrawn, reopened)} == {
                stopped: None,
                withdrawn: "conflict",
                reopened: "conflict",
            }
            assert [set(one.branches) for one in found.conflicts] == [{stopped, withdrawn}]
