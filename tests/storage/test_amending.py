"""Amendments at a desk, with and without the city's key, between desks, and of an older database."""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from core.record import Draft
from storage.amending import Proposal, apply, propose_package, read_signature, taken_under_old
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import Origin, StoredEvent, bodies, epoch_ms
from storage.founding import NewDesk, found
from storage.lawbook import package
from tests.conftest import NOW, PIN, UNIT, act, officer, take_in
from tests.storage.amended import (
    PERMIT,
    amend,
    asked,
    closed,
    counted,
    due,
    dump,
    permit,
    rebuilt,
    version,
    written,
)
from tests.storage.sync_desks import Station, officer_of
from tests.storage.sync_desks import take_in as receive

CITY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OFF = {"decision": "QĐ 9/QĐ-TTg", "reason": "Quốc tang", "days_off": ["2026-08-05"]}
SLIP = {"letter": "receipt", "promised_at": "2026-06-01T17:00:00+07:00", "confirmed": True}
HELD = counted("2026-05-05T09:00", "2026-05-12T17:00")


@pytest.fixture
def signed_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk of a station that was founded with the city's key."""
    monkeypatch.setenv("MOTCUA_NOW", NOW.isoformat())
    key = CITY.public_key().public_bytes_raw().hex()
    new = NewDesk(UNIT, "Công an phường Hải Châu", 1, "Trần Minh Đức", PIN, NOW, test=True, city_key=key)
    desk = found(tmp_path / "desk", new, random.Random(1).randbytes)
    yield desk
    desk.close()


def off(desk: Desk, day: str) -> bool:
    return not desk.law.calendar(UNIT).is_working(date.fromisoformat(day))


def problems(desk: Desk) -> list[str]:
    return [one.problem for one in desk.projection.law_events() if one.problem]


def write(desk: Desk, by: str, *drafts: Draft) -> None:
    """Put events into the log as a desk that asks no rule would."""
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append(drafts, by, epoch_ms(desk.now())))


def day_row(day: str, **more: Any) -> dict[str, Any]:
    row = {"date": day, "working": False, "reason_vi": "x", "reason_en": "x", "basis": "x", "confirmed": True, **more}
    return {"table": "day", "key": day, "row": row}


# the city's signature


@pytest.mark.parametrize("form", [lambda raw: raw, lambda raw: raw.hex().encode() + b"\n", base64.b64encode])
def test_the_city_signs_in_any_usual_form(signed_desk: Desk, form: Any) -> None:
    signature = read_signature(form(CITY.sign(written(OFF))))
    proposal = amend(signed_desk, officer(signed_desk), OFF, signature)
    assert proposal.signed and off(signed_desk, "2026-08-05")
    assert signed_desk.projection.law_events()[-1].signed


def test_what_is_no_signature_is_told() -> None:
    for content in (b"", b"abc", b"\xff" * 63, b"00" * 63):
        with pytest.raises(InvalidInput, match="signature_invalid"):
            read_signature(content)


def test_national_rows_need_the_citys_signature_over_this_file(signed_desk: Desk) -> None:
    boss = officer(signed_desk)
    wrong = Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(written(OFF))
    answers = [asked(signed_desk, boss, OFF), asked(signed_desk, boss, OFF, wrong)]
    answers.append(asked(signed_desk, boss, {**OFF, "days_off": ["2026-08-06"]}, CITY.sign(written(OFF))))
    codes = [one.code for one in answers if isinstance(one, Refusal)]
    assert codes == ["amendment_unsigned", "amendment_signature_wrong", "amendment_signature_wrong"]
    assert not off(signed_desk, "2026-08-05") and problems(signed_desk) == []


def test_a_signed_document_counts_once(signed_desk: Desk) -> None:
    """Or an old one, brought out again, would take back what came after it."""
    desk, boss = signed_desk, officer(signed_desk)
    first = amend(desk, boss, OFF, CITY.sign(written(OFF)))
    back = {"decision": "QD 9", "withdrawn": ["2026-08-05"]}
    amend(desk, boss, back, CITY.sign(written(back)))
    again = asked(desk, boss, OFF, CITY.sign(written(OFF)))
    assert isinstance(again, Refusal) and again.code == "amendment_known"
    rows = first.command.rows["calendar"]
    write(desk, boss.id, Draft("calendar", "calendar_amended", NOW, {"rows": rows, **first.command.about}))
    assert problems(desk) == ["amendment_known"] and not off(desk, "2026-08-05")


def test_a_stations_own_closure_needs_no_signature(signed_desk: Desk) -> None:
    proposal = amend(signed_desk, officer(signed_desk), closed("2026-08-05"))
    assert not proposal.signed and not proposal.national and off(signed_desk, "2026-08-05")


def test_without_a_city_key_the_admin_amends_and_it_is_told(desk: Desk) -> None:
    refused = asked(desk, officer(desk), OFF, CITY.sign(written(OFF)))
    assert isinstance(refused, Refusal) and refused.code == "city_key_none"
    proposal = amend(desk, officer(desk), OFF)
    assert (proposal.national, proposal.signed, off(desk, "2026-08-05")) == (True, False, True)


def test_forged_events_of_law_have_no_effect(signed_desk: Desk) -> None:
    desk, boss = signed_desk, officer(signed_desk)
    start = desk.law
    document = base64.b64encode(written(OFF)).decode()
    proof = {"source": "sua-doi.json", "document": document, "signature": CITY.sign(written(OFF)).hex()}
    forged = [
        ({"rows": [day_row("2026-08-05")]}, "amendment_unsigned"),
        ({"rows": [day_row("2026-08-05")], **proof, "signature": "00" * 64}, "amendment_signature_wrong"),
        ({"rows": [day_row("2026-08-06")], **proof}, "amendment_altered"),
        ({"rows": [day_row("2026-08-05"), day_row("2026-08-06")], **proof}, "amendment_altered"),
        ({"rows": [{"table": "day"}]}, "amendment_altered"),
        # the station's own by its unit, the nation's by its key
        ({"rows": [day_row("2026-09-02", unit=UNIT, working=True)]}, "amendment_unsigned"),
    ]
    for body, problem in forged:
        write(desk, boss.id, Draft("calendar", "calendar_amended", NOW, body))
        assert problems(desk)[-1] == problem
    assert desk.law == start and off(desk, "2026-09-02") and not off(desk, "2026-08-05")


def test_who_has_no_right_amends_nothing(desk: Desk) -> None:
    counter = officer(desk, "hoa")
    refused = asked(desk, counter, closed("2026-05-25"))
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    before = desk.law
    row = {"table": "day", "key": f"{UNIT}/2026-05-25", "row": day_row("2026-05-25", unit=UNIT)["row"]}
    write(desk, counter.id, Draft("calendar", "calendar_amended", NOW, {"rows": [row]}))
    write(
        desk, counter.id, Draft("calendar", "opening_held", NOW, {"date": "2026-05-23", "hours": [["08:00", "09:00"]]})
    )
    assert problems(desk) == ["amendment_unauthorised"] * 2 and desk.law == before


# golden cases and what the law must be


def test_a_case_that_fails_or_is_missing_keeps_it_out(desk: Desk) -> None:
    boss, heads = officer(desk), desk.log.heads()
    wrong = asked(desk, boss, permit(version("2026-01-01", counted("2026-05-21T09:00", "2026-05-29T17:00"))))
    missing = asked(desk, boss, permit(version("2026-01-01")))
    assert isinstance(wrong, Proposal) and isinstance(missing, Proposal)
    assert [one.due_at for one in wrong.failures] == [datetime(2026, 5, 28, 17, tzinfo=LEGAL_TIME)]
    assert missing.uncounted == (f"{PERMIT}/2026-01-01",)
    for proposal in (wrong, missing):
        refused = apply(desk, boss, proposal)
        assert isinstance(refused, Refusal) and refused.code == "amendment_cases_fail"
    assert desk.law.find(PERMIT) is None and desk.log.heads() == heads


EXCHANGE = {"decision": "TB 7/TB-VPCP", "exchanged": [{"off": "2026-11-23", "worked": "2026-11-28"}]}
COUNTED_ANEW = [
    counted("2026-11-20T09:00", "2026-11-25T17:00", limit={"amount": "1", "unit": "working_day"}),
    counted("2026-11-27T09:00", "2026-11-28T17:00", limit={"amount": "1", "unit": "working_day"}),
]


def test_an_exchange_that_is_decided_late_counts_its_known_cases_anew(desk: Desk) -> None:
    boss, known = officer(desk), len(desk.law.cases)
    stale = asked(desk, boss, EXCHANGE)
    assert isinstance(stale, Proposal)
    assert sorted(str(one.case.received_at.date()) for one in stale.failures) == ["2026-11-20", "2026-11-27"]
    amend(desk, boss, {**EXCHANGE, "case": COUNTED_ANEW})
    assert len(desk.law.cases) == known
    assert off(desk, "2026-11-23") and not off(desk, "2026-11-28")


def test_an_exchange_may_lie_in_two_years(desk: Desk) -> None:
    desk.now = lambda: datetime(2027, 12, 28, 9, 0, tzinfo=LEGAL_TIME)
    dossier = take_in(desk, at=desk.now())
    assert due(desk, dossier) == "2028-01-07T17:00"  # 29, 30, 31/12; 1/1 is a Saturday, so 3/1 is off; 4–7/1
    proposal = amend(
        desk, officer(desk), {"decision": "TB", "exchanged": [{"off": "2027-12-31", "worked": "2028-01-08"}]}
    )
    assert [one.dossier for one in proposal.moved] == [dossier]
    assert due(desk, dossier) == "2028-01-08T17:00"
    assert {row.key[:4] for row in desk.projection.law_events()[-1].rows} == {"2027", "2028"}
    assert dump(desk) == rebuilt(desk)


def test_a_year_is_decided_as_a_whole(desk: Desk) -> None:
    year = next(one.year for one in desk.law.years if not one.decided)
    monday = next(day for day in (date(year, 3, n) for n in range(1, 8)) if day.weekday() == 0)
    case = counted(
        f"{monday}T09:00", f"{monday + timedelta(days=2)}T17:00", limit={"amount": "1", "unit": "working_day"}
    )
    day = {"working": False, "reason_vi": "Nghỉ", "reason_en": "Off", "basis": "TB 2", "confirmed": True}
    whole = {"year": year, "decided": True, "basis": "TB 2", "note_vi": "x", "note_en": "x", "case": [case],
             "day": [{**day, "date": str(monday + timedelta(days=1))}]}  # fmt: skip
    first = date(year, 1, 1)
    assert off(desk, str(first))
    amend(desk, officer(desk), whole)
    assert off(desk, str(monday + timedelta(days=1)))
    assert off(desk, str(first)) == (first.weekday() >= 5)  # not listed any more
    assert next(one for one in desk.law.years if one.year == year).decided


def test_a_later_version_closes_the_open_one(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    later = version(
        "2026-06-15", counted("2026-06-15T09:00", "2026-06-18T17:00"), phases=[{"amount": "3", "unit": "working_day"}]
    )
    amend(desk, boss, permit(later))
    found = desk.law.find(PERMIT)
    assert found is not None
    assert [(str(one.valid_from), str(one.valid_to)) for one in found.versions] == [
        ("2026-01-01", "2026-06-14"),
        ("2026-06-15", "None"),
    ]


@pytest.mark.parametrize(
    ("first", "code"), [("2026-03-01", "law_versions_overlap"), ("2026-09-01", "law_versions_gap")]
)
def test_versions_neither_overlap_nor_leave_a_gap(desk: Desk, first: str, code: str) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD, valid_to="2026-06-30")))
    heads = desk.log.heads()
    with pytest.raises(InvalidInput) as told:
        asked(desk, boss, permit(version(first)))
    assert told.value.code == code and "sua-doi.json" in told.value.params["where"]
    assert desk.log.heads() == heads


def test_what_changed_meanwhile_is_shown_again(desk: Desk) -> None:
    boss = officer(desk)
    proposal = asked(desk, boss, closed("2026-05-25"))
    assert isinstance(proposal, Proposal)
    take_in(desk)
    refused = apply(desk, boss, proposal)
    assert isinstance(refused, Refusal) and refused.code == "amendment_changed"


def test_the_package_offers_what_the_log_has_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_NOW", NOW.isoformat())
    older = tmp_path / "data"
    shutil.copytree(package.DATA, older)
    year = older / "calendar" / "2026.toml"
    year.write_text(
        year.read_text(encoding="utf-8").replace("date = 2026-11-24", "date = 2026-11-25", 1), encoding="utf-8"
    )
    with monkeypatch.context() as patch:
        patch.setattr(package, "DATA", older)
        package.package_rows.cache_clear()
        new = NewDesk(UNIT, "Công an phường Hải Châu", 1, "Trần Minh Đức", PIN, NOW, test=True)
        desk = found(tmp_path / "desk", new, random.Random(1).randbytes)
    package.package_rows.cache_clear()
    offered = propose_package(desk, officer(desk))
    assert isinstance(offered, Proposal)
    assert [part["key"] for part in offered.command.rows["calendar"]] == ["2026-11-24"]
    assert isinstance(apply(desk, officer(desk), offered), Done) and off(desk, "2026-11-24")
    assert propose_package(desk, officer(desk)) == Refusal("amendment_none")
    desk.close()


def test_what_a_station_amended_is_not_taken_back_by_the_package(desk: Desk) -> None:
    amend(desk, officer(desk), {**EXCHANGE, "case": COUNTED_ANEW})
    assert propose_package(desk, officer(desk)) == Refusal("amendment_none")


# dossiers and the version that judges them


def test_a_transition_row_moves_what_is_due_after_its_first_day(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    before, after = take_in(desk, procedure=PERMIT, at=NOW - timedelta(days=6)), take_in(desk, procedure=PERMIT)
    assert (due(desk, before), due(desk, after)) == ("2026-05-22T17:00", "2026-05-28T17:00")
    case = counted("2026-05-25T09:00", "2026-06-03T17:00")
    rule = {"rule": "move", "basis": "Đ.9"}
    moved = amend(
        desk,
        boss,
        permit(version("2026-05-25", case, phases=[{"amount": "7", "unit": "working_day"}], transition=rule)),
    ).moved
    assert [one.dossier for one in moved] == [after]
    assert (due(desk, before), due(desk, after)) == ("2026-05-22T17:00", "2026-06-01T17:00")
    assert dump(desk) == rebuilt(desk) and taken_under_old(desk) == []


def test_without_a_transition_row_open_dossiers_stay(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    dossier = take_in(desk, procedure=PERMIT)
    case = counted("2026-05-25T09:00", "2026-06-03T17:00")
    assert (
        amend(desk, boss, permit(version("2026-05-25", case, phases=[{"amount": "7", "unit": "working_day"}]))).moved
        == ()
    )
    assert due(desk, dossier) == "2026-05-28T17:00" and taken_under_old(desk) == []


def test_what_was_taken_under_an_old_catalogue_is_listed_and_its_promise_holds(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    free, printed = take_in(desk, procedure=PERMIT), take_in(desk, procedure=PERMIT)
    act(desk, printed, "letter_issued", **{**SLIP, "promised_at": "2026-05-28T17:00:00+07:00"})
    case = counted("2026-05-19T09:00", "2026-05-28T17:00")
    late = permit(version("2026-05-18", case, phases=[{"amount": "7", "unit": "working_day"}]))
    assert [one.promise_broken for one in amend(desk, boss, late).moved] == [True, False]
    listed = taken_under_old(desk)
    assert [(one.dossier, one.promise_broken) for one in listed] == [(printed, True), (free, False)]
    at = {name: int(datetime.fromisoformat(f"{name}T17:00+07:00").timestamp()) for name in ("2026-05-28", "2026-06-01")}
    assert {(one.before, one.after) for one in listed} == {(at["2026-05-28"], at["2026-06-01"])}
    row = desk.row(printed)
    assert row is not None and row["binding_at"] == at["2026-05-28"] < row["due_at"]


# commitments


def promise(amount: str, unit: str = "working_day", procedure: str = PERMIT) -> dict[str, Any]:
    entry = {"procedure": procedure, "amount": amount, "unit": unit, "valid_from": "2026-05-18", "decision": "QĐ 4"}
    return {"commitment": [entry]}


def test_a_commitment_moves_what_was_received_since_its_first_day(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    earlier, later = take_in(desk, procedure=PERMIT, at=NOW - timedelta(days=6)), take_in(desk, procedure=PERMIT)
    moved = amend(desk, boss, promise("2")).moved
    assert [one.dossier for one in moved] == [later]
    assert (due(desk, earlier), due(desk, later)) == ("2026-05-22T17:00", "2026-05-25T17:00")
    assert dump(desk) == rebuilt(desk)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (promise("6"), "commitment_longer"),
        (promise("5"), "commitment_not_shorter"),
        (promise("6", "day"), "commitment_longer"),
        (promise("41", "working_hour"), "commitment_longer"),
        (promise("3", procedure="vehicle-transfer"), "commitment_longer"),  # two days from the fee
        (promise("3", procedure="nobody-knows"), "procedure_unknown"),
    ],
)
def test_a_commitment_only_shortens(desk: Desk, document: dict[str, Any], code: str) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    refused = asked(desk, boss, document)
    assert isinstance(refused, Refusal) and refused.code == code


def test_a_commitment_in_other_units_and_of_a_gated_clock_shortens(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    amend(desk, boss, promise("8", "working_hour"))
    amend(desk, boss, promise("1", procedure="vehicle-transfer"))
    assert due(desk, take_in(desk, procedure=PERMIT)) == "2026-05-22T09:00"
    gated = take_in(desk, procedure="vehicle-transfer")
    assert due(desk, gated) is None
    act(desk, gated, "payment_received", amount="50000")
    assert due(desk, gated) == "2026-05-22T17:00"
    assert dump(desk) == rebuilt(desk)


# between desks


def own_closure(station: Station, number: int, first: str) -> Proposal:
    desk = station.desks[number]
    return amend(desk, officer_of(desk), closed(first))


def test_a_later_sync_carries_an_amendment_to_the_other_desks(station: Station) -> None:
    here, there = receive(station.desks[0]), receive(station.desks[1])
    station.sync(0, 1, 0)
    before = due(station.desks[1], there)
    assert {one.dossier for one in own_closure(station, 0, "2026-11-26").moved} == {here, there}
    assert due(station.desks[1], there) == before
    station.sync(0, 1, 2)
    assert due(station.desks[1], there) == due(station.desks[0], there) != before
    rows = [dump(desk) for desk in station.desks]
    assert rows[0] == rows[1] == rows[2] == rebuilt(station.desks[2])


def test_dossiers_that_arrive_after_the_amendment_are_counted_by_it(station: Station) -> None:
    dossier = receive(station.desks[1])
    own_closure(station, 0, "2026-11-26")
    station.sync(0, 2, 1, 0, 2)
    rows = [dump(desk) for desk in station.desks]
    assert rows[0] == rows[1] == rows[2]
    assert due(station.desks[0], dossier) == due(station.desks[1], dossier)


def test_a_desk_that_had_the_old_catalogue_hears_which_of_its_dossiers_are_judged_otherwise(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    amend(one, officer_of(one), permit(version("2026-01-01", counted("2026-11-09T09:00", "2026-11-16T17:00"))))
    station.sync(0, 1)
    case = counted("2026-11-23T09:00", "2026-11-27T17:00")
    amend(one, officer_of(one), permit(version("2026-11-23", case, phases=[{"amount": "3", "unit": "working_day"}])))
    dossier = receive(two, procedure=PERMIT)
    assert due(two, dossier) == "2026-12-01T17:00" and taken_under_old(two) == []
    station.sync(1, 0, 1)
    for desk in (one, two):
        assert due(desk, dossier) == "2026-11-27T17:00"
        assert [(found.dossier, found.before, found.after) for found in taken_under_old(desk)] == [
            (dossier, seconds("2026-12-01"), seconds("2026-11-27"))
        ]
    assert dump(one) == dump(two) == rebuilt(two)


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T17:00+07:00").timestamp())


def test_a_forged_event_has_no_effect_on_any_desk(station: Station) -> None:
    dossier = receive(station.desks[1])
    station.sync(0, 1, 2)
    laws, before = [desk.law for desk in station.desks], due(station.desks[1], dossier)
    unit = station.desks[0].identity.unit
    row = {"table": "day", "key": f"{unit}/2026-11-26", "row": day_row("2026-11-26", unit=unit)["row"]}
    write(
        station.desks[0], "nobody-known", Draft("calendar", "calendar_amended", station.desks[0].now(), {"rows": [row]})
    )
    station.sync(0, 1, 2)
    for desk, law in zip(station.desks, laws, strict=True):
        assert problems(desk) == ["amendment_unauthorised"]
        assert desk.law == law and due(desk, dossier) == before and dump(desk) == rebuilt(desk)


def test_in_whatever_order_the_events_arrive_the_rows_are_the_same(station: Station, tmp_path: Path) -> None:
    other = station.root / "copy"
    shutil.copytree(station.root / "d2", other)
    for number in (0, 1):
        receive(station.desks[number])
    boss = officer_of(station.desks[0])
    amend(station.desks[0], boss, permit(version("2026-01-01", counted("2026-11-25T09:00", "2026-12-02T17:00"))))
    receive(station.desks[0], procedure=PERMIT)
    own_closure(station, 0, "2026-11-26")
    own_closure(station, 1, "2026-11-27")
    amend(station.desks[0], boss, {"decision": "TB", "withdrawn": ["2026-11-26"]})
    station.sync(0, 1, 0, 2)
    wanted = dump(station.desks[2])
    for seed in range(4):
        folder = tmp_path / f"shuffled{seed}"
        shutil.copytree(other, folder)
        desk = Desk.open(folder)
        shuffled(station.desks[2], desk, seed)
        assert dump(desk) == wanted == rebuilt(desk)
        desk.close()


def shuffled(source: Desk, empty: Desk, seed: int) -> None:
    """Hand over what is new, each origin in its order, the origins interleaved at random."""
    heads = empty.log.heads()
    waiting: dict[Origin, Sequence[StoredEvent]] = {
        origin: source.log.stored(origin, heads[origin].seq if origin in heads else 0, 100_000)
        for origin in source.log.heads()
    }
    waiting = {origin: events for origin, events in waiting.items() if events}
    chance = random.Random(seed)
    while waiting:
        origin = chance.choice(sorted(waiting, key=lambda one: (one.desk, one.epoch)))
        event, *rest = waiting[origin]
        with transaction(empty.connection):
            empty.projection.apply(bodies(empty.log.receive(origin, [event], epoch_ms(empty.now()))))
        if rest:
            waiting[origin] = rest
        else:
            del waiting[origin]


def test_two_desks_that_amend_against_each_other_keep_one_law_and_can_go_on(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    amend(one, officer_of(one), permit(version("2026-01-01", counted("2026-11-25T09:00", "2026-12-02T17:00"))))
    amend(two, officer_of(two), permit(version("2026-02-01", counted("2026-11-25T09:00", "2026-12-02T17:00"))))
    station.sync(0, 1, 0, 2)
    versions = [found.versions for desk in station.desks if (found := desk.law.find(PERMIT))]
    assert len(versions) == 3 and len(versions[0]) == 1 and versions[0] == versions[1] == versions[2]
    assert [problems(desk) for desk in station.desks] == [["amendment_contradicts"]] * 3
    own_closure(station, 2, "2026-11-26")
    assert not station.desks[2].law.calendar(station.desks[2].identity.unit).is_working(date(2026, 11, 26))


# an older database


def test_a_database_of_the_first_schema_is_brought_up_with_the_same_rows(desk: Desk) -> None:
    boss = officer(desk)
    amend(desk, boss, permit(version("2026-01-01", HELD)))
    paused = take_in(desk, procedure=PERMIT)
    act(desk, paused, "extended", amount="3", unit="working_day", reason="x")
    take_in(desk)
    rows, folder = dump(desk), desk.folder
    for column in ("version", "clock"):
        desk.connection.execute(f"ALTER TABLE dossier DROP COLUMN {column}")
    desk.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_what_the_clock_counts'")
    desk.connection.execute("PRAGMA user_version = 1")
    desk.connection.close()
    again = Desk.open(folder)
    try:
        assert dump(again) == rows
        assert len(amend(again, officer(again), closed("2026-05-25")).moved) == 2
        assert dump(again) == rebuilt(again)
    finally:
        again.close()


def test_a_row_that_an_earlier_fold_wrote_is_told_anew_when_a_later_version_opens_it(desk: Desk) -> None:
    excused = take_in(desk)
    act(desk, excused, "delay_excused", reason="bão", basis="QĐ 1")
    act(desk, excused, "supplement_requested", items=["CT01"], reason="thiếu")
    rows, folder = dump(desk), desk.folder
    desk.connection.execute("UPDATE dossier SET lane = 2 WHERE id = ?", (excused,))
    desk.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm008_what_the_fold_tells_anew'")
    desk.connection.execute("PRAGMA user_version = 7")
    assert dump(desk) != rows
    desk.connection.close()
    with closing(Desk.open(folder)) as again:
        assert dump(again) == rows
