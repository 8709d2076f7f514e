"""`motcua conflicts` and `motcua resolve` as scripts call them, at desks that worked apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.desk import Desk, Done
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from tests.conftest import Ran
from tests.schema_check import check
from tests.storage.amended import PERMIT, amend, closed, counted, due, permit, version, written
from tests.storage.sync_desks import OFFICERS, PIN, Station, act, code_from, new_desk, officer_of, take_in
from tests.storage.test_amending import CITY
from tests.storage.test_handover_desks import accepted_apart, owners

Cli = Callable[..., Ran]
STORM = closed("2026-11-25", "2026-11-26")
WITHDRAWN = {"decision": "TB 2", "withdrawn": ["2026-11-25", "2026-11-26"]}


@pytest.fixture
def at(station: Station, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """A command at one of the station's desks, by its own officer."""
    monkeypatch.setenv("MOTCUA_PIN", PIN)

    def run(number: int, *words: object) -> Ran:
        acting = ("--as", OFFICERS[number]) if words[0] == "resolve" and "--as" not in words else ()
        return cli(*words, *acting, "--data", station.root / f"d{number}")

    return run


def apart(station: Station) -> tuple[str, str, str]:
    """A dossier with a result here, with its slip, and a refusal there; and the two event ids."""
    one, other, _ = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    branches = [act(one, dossier, "result_ready", document="12/KQ"), act(other, dossier, "refused", reason="x")]
    act(one, dossier, "letter_issued", letter="receipt", number="7", promised_at="2026-12-01T17:00:00+07:00")
    station.sync(0, 1, 2, 0)
    act(one, dossier, "letter_issued", letter="receipt", number="8")  # by somebody who knew both
    ready, refused = (done.events[0].event_id for done in branches)  # type: ignore[union-attr]
    return dossier, ready, refused


def law_apart(station: Station) -> str:
    """A storm's closure that one desk withdraws and the other keeps; the dossier that it moves."""
    one, other, _ = station.desks
    dossier = take_in(one)
    amend(one, officer_of(one), STORM)
    station.sync(0, 1, 0)
    amend(one, officer_of(one), WITHDRAWN)
    amend(other, officer_of(other), STORM | {"decision": "TB 3"})
    station.sync(0, 1, 2, 0)
    return dossier


def listed(ran: Ran) -> Any:
    check(ran.json, "conflicts")
    return ran.json


def later(desk: Desk) -> None:
    """The desk's clock runs five minutes ahead."""
    now = desk.now
    desk.now = lambda: now() + timedelta(minutes=5)


def due_at(desk: Desk, dossier: str) -> str:
    found = due(desk, dossier)
    assert found is not None
    return found


def test_a_conflict_is_listed_with_who_when_where_and_which_paper(station: Station, at: Cli) -> None:
    dossier, ready, refused = apart(station)
    (found,) = listed(at(0, "conflicts", "--json"))
    assert (found["code"], found["entity"]) == (station.desks[0].row(dossier)["receipt_number"], dossier)
    sides = {one["event_id"]: one for one in found["branches"]}
    assert sides.keys() == {ready, refused}
    assert (sides[ready]["kind"], sides[ready]["desk_number"]) == ("result_ready", 1)
    assert sides[ready]["printed"]["letter"] == "receipt"
    assert sides[ready]["printed"]["promised_at"] == "2026-12-01T17:00:00+07:00"
    assert (sides[refused]["printed"], sides[refused]["body"]["reason"]) == (None, "x")
    assert sides[refused]["desk"] == station.desks[1].identity.desk
    spoken = at(2, "conflicts").out
    assert ready in spoken and "Giấy hẹn 7 (hẹn 01/12 17:00)" in spoken


def test_what_was_built_on_a_branch_is_told(station: Station, at: Cli) -> None:
    one, other, _ = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    act(one, dossier, "result_ready", document="12/KQ")
    act(other, dossier, "refused", reason="x")
    done = act(one, dossier, "result_returned", channel="post")
    assert isinstance(done, Done)
    station.sync(0, 1, 2, 0)
    (found,) = listed(at(2, "conflicts", "--json"))
    sides = {side["kind"]: side for side in found["branches"]}
    assert {kind: [above["kind"] for above in side["on_top"]] for kind, side in sides.items()} == {
        "result_ready": ["result_returned"],
        "refused": [],
    }
    lines = at(2, "conflicts").out.splitlines()
    (above,) = [place for place, line in enumerate(lines) if line.startswith("    + ")]
    assert "Trả kết quả" in lines[above] and sides["result_ready"]["event_id"] in lines[above - 1]


def test_nothing_is_listed_where_nothing_is_in_conflict(station: Station, at: Cli) -> None:
    take_in(station.desks[0])
    assert listed(at(0, "conflicts", "--json")) == []
    assert "Không" in at(0, "conflicts").out


def test_a_leader_decides_by_the_ending_of_a_branch(station: Station, at: Cli) -> None:
    dossier, ready, refused = apart(station)
    ran = at(2, "resolve", dossier, refused[-8:], "--reason", "Đã xem hồ sơ gốc", "--json")
    check(ran.json, "resolve")
    assert (ran.status, ran.json["kept"], ran.json["conflicts_left"]) == (0, refused, 0)
    station.sync(2, 0)
    shown = at(0, "show", dossier, "--json").json
    check(shown, "show")
    assert (shown["in_conflict"], shown["outcome"], shown["conflicts"]) == (False, "refused", [])
    assert {one["event_id"]: one["mark"] for one in shown["events"]}[ready] == "lost"
    (decision,) = [one for one in shown["events"] if one["kind"] == "conflict_resolved"]
    assert decision["body"]["reason"] == "Đã xem hồ sơ gốc"
    assert "không có xung đột" in at(0, "resolve", dossier, refused).err


@pytest.mark.parametrize("choice", ["zzzz", "", "three letters of an id"])
def test_what_is_no_branch_is_refused(station: Station, at: Cli, choice: str) -> None:
    dossier, _, refused = apart(station)
    ran = at(0, "resolve", dossier, refused[-3:] if choice.startswith("three") else choice, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "not_a_branch")
    assert at(0, "show", dossier, "--json").json["in_conflict"]


def test_an_ending_of_two_branches_chooses_neither(station: Station, at: Cli) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    later(station.desks[1])
    for desk, kind in zip(station.desks, ("result_ready", "withdrawn"), strict=False):
        desk.log._entropy = lambda count: bytes(count)
        act(desk, dossier, kind)
    station.sync(0, 1, 0)
    ran = at(0, "resolve", dossier, "000000", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "choice_ambiguous")


def test_who_is_no_leader_decides_nothing(station: Station, at: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, ready, _ = apart(station)
    monkeypatch.setenv("MOTCUA_NEW_PIN", PIN)
    assert at(0, "officer", "add", "Vũ Thị Xuân", "--role", "front_desk", "--as", OFFICERS[0]).status == 0
    ran = at(0, "resolve", dossier, ready, "--as", "Vũ Thị Xuân", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "role_missing")


def test_without_a_conflict_there_is_nothing_to_decide(station: Station, at: Cli) -> None:
    dossier = take_in(station.desks[0])
    for code in (dossier, "calendar", "catalogue:permanent-residence"):
        ran = at(0, "resolve", code, "x", "--json")
        assert (ran.status, ran.json["error"]["code"]) == (1, "no_conflict")


@pytest.mark.parametrize("kept", [0, 1])
def test_rows_of_law_are_decided_by_amending_them_again(station: Station, at: Cli, kept: int) -> None:
    dossier = law_apart(station)
    plain = due_at(station.desks[2], dossier)
    (found,) = listed(at(2, "conflicts", "--json"))
    assert found["code"] == found["entity"] == "calendar"
    by_decision = {one["body"]["decision"]: one["event_id"] for one in found["branches"]}
    choice = by_decision["TB 2" if kept == 0 else "TB 3"]
    ran = at(2, "resolve", "calendar", choice, "--reason", "theo thông báo gốc", "--json")
    check(ran.json, "resolve")
    assert (ran.status, ran.json["kept"]) == (0, choice)
    station.reopen(2)
    station.sync(2, 0, 1)
    for desk in station.desks:
        assert not desk.law.rivals
        assert (due_at(desk, dossier) == plain) is (kept == 0)
    assert listed(at(0, "conflicts", "--json")) == []
    event = station.desks[0].log.events_of("calendar")[-1]
    assert event.body["reason"] == "theo thông báo gốc"


def test_only_the_contested_rows_are_amended_again(station: Station, at: Cli) -> None:
    one, other, _ = station.desks
    amend(one, officer_of(one), STORM)
    station.sync(0, 1, 0)
    amend(one, officer_of(one), {"decision": "TB 2", "withdrawn": ["2026-11-25"]})
    amend(other, officer_of(other), closed("2026-11-25", "2026-11-27") | {"decision": "TB 3"})
    station.sync(0, 1, 2, 0)
    (found,) = listed(at(0, "conflicts", "--json"))
    longer = next(one["event_id"] for one in found["branches"] if one["body"]["decision"] == "TB 3")
    assert at(0, "resolve", "calendar", longer).status == 0
    written = one.log.events_of("calendar")[-1].body["rows"]
    assert [row["row"]["date"] for row in written] == ["2026-11-25"]


def test_each_branch_of_law_is_told_beside_what_stood_before_both(station: Station, at: Cli) -> None:
    one, other, _ = station.desks
    amend(one, officer_of(one), closed("2026-11-25", "2026-11-25") | {"decision": "TB 1", "reason": "Bão"})
    amend(other, officer_of(other), closed("2026-11-25", "2026-11-25") | {"decision": "TB 2", "reason": "Mất điện"})
    station.sync(0, 1, 0)
    spoken = at(0, "conflicts").out
    assert "Đóng cửa 25/11/2026: Bão (TB 1)" in spoken and "Đóng cửa 25/11/2026: Mất điện (TB 2)" in spoken


CASE = counted("2026-11-25T09:00", "2026-12-02T17:00")


def contradicting(station: Station) -> tuple[str, str]:
    """Two desks' versions of one procedure that overlap: the ids of the one that counts and the one that does not."""
    ids = []
    for desk, first in zip(station.desks, ("2026-01-01", "2026-02-01"), strict=False):
        amend(desk, officer_of(desk), permit(version(first, CASE)))
        ids.append(desk.log.events_of(f"catalogue:{PERMIT}")[-1].event_id)
        later(station.desks[1])
    station.sync(0, 1, 2, 0)
    return ids[0], ids[1]


def test_amendments_that_make_no_law_together_are_listed_until_one_is_kept(station: Station, at: Cli) -> None:
    counts, out = contradicting(station)
    entity = f"catalogue:{PERMIT}"
    for number in range(3):
        (found,) = listed(at(number, "conflicts", "--json"))
        assert (found["code"], found["entity"]) == (entity, entity)
        assert [one["event_id"] for one in found["branches"]] == [counts, out]
    told = at(0, "conflicts").out.splitlines()
    assert [line.strip()[:36] for line in told if "chưa có hiệu lực" in line] == [out]
    ran = at(0, "resolve", entity, out, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "resolve_needs_amendment")
    assert "motcua catalogue amend" in ran.json["error"]["message"]
    ran = at(0, "resolve", entity, counts, "--reason", "theo bản của quầy 1", "--json")
    check(ran.json, "resolve")
    assert (ran.status, ran.json["conflicts_left"]) == (0, 0)
    station.reopen(0)
    station.sync(0, 1, 2)
    assert [listed(at(number, "conflicts", "--json")) for number in range(3)] == [[]] * 3
    assert [one.valid_from.isoformat() for one in station.desks[2].law.find(PERMIT).versions] == ["2026-01-01"]


def test_an_amendment_that_says_how_both_hold_settles_it_too(station: Station, at: Cli) -> None:
    contradicting(station)
    january = counted("2026-01-05T09:00", "2026-01-10T17:00")
    ended, following = version("2026-01-01", january, valid_to="2026-01-31"), version("2026-02-01", CASE)
    amend(station.desks[2], officer_of(station.desks[2]), permit(ended, following))
    station.sync(2, 0, 1)
    assert [listed(at(number, "conflicts", "--json")) for number in range(3)] == [[]] * 3
    assert len(station.desks[0].law.find(PERMIT).versions) == 2


def test_rows_that_the_city_signed_need_a_new_document_of_the_city(
    tmp_path: Path, at: Cli, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = FolderHub(tmp_path / "hub")
    hub.create()
    founder = replace(new_desk(1), city_key=CITY.public_key().public_bytes_raw().hex())
    desks = [start_desk(tmp_path / "d0", founder, [hub]).desk]
    desks.append(start_desk(tmp_path / "d1", new_desk(2), [hub], code_from(desks[0], hub)).desk)
    exchanged = [exchange(desk, hub).error for desk in (*desks, *desks)]
    for desk, reason in zip(desks, ("Quốc tang", "Bão"), strict=True):
        signed = {"decision": f"QĐ {reason}", "reason": reason, "days_off": ["2026-12-15"]}
        amend(desk, officer_of(desk), signed, CITY.sign(written(signed)))
    exchanged += [exchange(desk, hub).error for desk in (*desks, *desks)]
    assert set(exchanged) == {None}
    (found,) = listed(cli("conflicts", "--json", "--data", tmp_path / "d0"))
    choice = found["branches"][0]["event_id"]
    ran = cli("resolve", "calendar", choice, "--as", OFFICERS[0], "--json", "--data", tmp_path / "d0")
    assert (ran.status, ran.json["error"]["code"]) == (1, "resolve_needs_city")
    for desk in desks:
        desk.close()


def test_what_a_harmless_field_lost_is_told_by_show(station: Station, at: Cli) -> None:
    one, other, _ = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    act(one, dossier, "corrected", field="applicant.phone", new="0905000001")
    later(other)
    act(other, dossier, "corrected", field="applicant.phone", new="0905000002")
    station.sync(0, 1, 0)
    shown = at(0, "show", dossier, "--json").json
    check(shown, "show")
    (lost,) = shown["lost_values"]
    assert (lost["field"], lost["value"], lost["settled"]) == ("applicant.phone", "0905000001", False)
    assert (shown["applicant"]["phone"], lost["desk"]) == ("0905000002", one.identity.desk)
    assert "0905000001" in at(0, "show", dossier).out


def test_a_handover_that_two_accepted_is_listed_once_and_decided_for_all_its_dossiers(
    station: Station, at: Cli
) -> None:
    shift, dossiers = accepted_apart(station)
    found = at(2, "conflicts", "--json").json
    check(found, "conflicts")
    ((code, branches),) = [(one["code"], one["branches"]) for one in found]
    assert code == f"shift:{shift}" and {one["kind"] for one in branches} == {"shift_accepted"}
    shown = at(2, "conflicts").out
    assert all(name in shown for name in OFFICERS[1:]) and "không đến" in shown
    (keep,) = (one["event_id"] for one in branches if "override" not in one["body"])
    done = at(2, "resolve", code, keep, "--reason", "người trực thật", "--json")
    check(done.json, "resolve")
    assert (done.json["kept"], done.json["conflicts_left"]) == (keep, 0)
    assert at(2, "conflicts", "--json").json == []
    assert owners(station.desks[2], dossiers) == {officer_of(station.desks[1]).id}
