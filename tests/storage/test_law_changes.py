"""What changed in the law since the founding, and what an officer has still to read of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.moments import LEGAL_TIME
from core.record import Draft
from core.station import ReadChanges
from storage.amending import Proposal, propose_package, taken_under_old
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.founding import found
from storage.law_changes import law_history, proposed_changes, unread_changes, untaken_rows
from storage.lawbook.package import package_rows
from storage.officers import Officer
from storage.staff import add_officer
from tests.conftest import NOW, PIN, officer, take_in
from tests.storage.amended import PERMIT, amend, asked, closed, counted, permit, version, written
from tests.storage.sync_desks import START, Station, new_desk, station

__all__ = ["station"]

EXCHANGE = {
    "decision": "TB 9/VPCP",
    "reason_vi": "Nghỉ hoán đổi",
    "reason_en": "Exchanged",
    "days_off": ["2026-10-12"],
    "working_days": ["2026-10-17"],
}


def keys(desk: Desk, code: str) -> list[str]:
    """The rows that an officer has still to read of."""
    return [change.row.key for change in unread_changes(desk, officer(desk, code))]


def read_all(desk: Desk, code: str) -> None:
    who = officer(desk, code)
    ids = tuple(dict.fromkeys(one for change in unread_changes(desk, who) for one in change.events))
    assert isinstance(desk.do(ReadChanges(ids, desk.now()), who), Done)


def test_the_founding_is_the_whole_history_and_nothing_to_be_read(desk: Desk) -> None:
    (only,) = law_history(desk)
    assert (only.standing, only.problem, only.by) == ("founding", None, officer(desk).id)
    assert len(only.changes) == len(package_rows())
    assert [keys(desk, one.code) for one in desk.officers.all()] == [[]] * 5


def test_an_amendment_is_asked_of_everyone_until_each_has_read_it(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    both = ["H30-001/2026-05-25", "H30-001/2026-05-26"]
    assert keys(desk, "hoa") == keys(desk, "tra") == keys(desk, "tmd") == both
    read_all(desk, "hoa")
    assert keys(desk, "hoa") == [] and keys(desk, "khai") == both
    amend(desk, officer(desk), closed("2026-05-28"))
    assert keys(desk, "hoa") == ["H30-001/2026-05-28"] and len(keys(desk, "khai")) == 3


def test_one_who_was_added_afterwards_is_not_asked(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    new = add_officer(desk, officer(desk), "Mới Đến", ["front_desk"], PIN)
    assert isinstance(new, Officer) and unread_changes(desk, new) == ()
    amend(desk, officer(desk), closed("2026-05-26"))
    assert [change.row.key for change in unread_changes(desk, new)] == ["H30-001/2026-05-26"]


def test_what_is_withdrawn_before_it_was_read_is_told_once_with_what_it_was(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    amend(desk, officer(desk), {"decision": "TB 2", "reason": "Bão tan", "withdrawn": ["2026-05-25"]})
    (change,) = unread_changes(desk, officer(desk, "hoa"))
    assert change.before is None and change.last is not None and change.last.row["closure"] is True
    assert change.row.row["in_force"] is False and len(set(change.events)) == 2
    read_all(desk, "hoa")
    assert keys(desk, "hoa") == []


def test_a_new_version_stands_beside_the_one_that_it_follows(desk: Desk) -> None:
    case = counted("2026-06-01T09:00", "2026-06-08T17:00")
    amend(desk, officer(desk), permit(version("2026-06-01", case)))
    later = [{"amount": "3", "unit": "working_day"}]
    amend(
        desk,
        officer(desk),
        permit(version("2027-06-01", counted("2027-06-01T09:00", "2027-06-04T17:00"), phases=later)),
    )
    told = unread_changes(desk, officer(desk, "hoa"))
    changes = {change.row.key: change for change in told if change.row.table == "procedure_version"}
    second = changes[f"{PERMIT}/2027-06-01"]
    assert second.before is None and second.earlier is not None
    assert second.earlier.key == f"{PERMIT}/2026-06-01" and second.earlier.row["valid_to"] == "2027-05-31"
    assert changes[f"{PERMIT}/2026-06-01"].earlier is None


def test_the_history_is_newest_first_with_who_decided(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    amend(desk, officer(desk), EXCHANGE)
    national, own, founding = law_history(desk)
    assert (national.decision, national.standing, national.source) == ("TB 9/VPCP", "unsigned", "sua-doi.json")
    assert (own.decision, own.standing, own.problem) == ("TB 1", "own", None)
    assert founding.standing == "founding"
    assert {change.row.key for change in national.changes} == {"2026-10-12", "2026-10-17"}


def test_what_has_no_effect_stays_in_the_history_and_is_asked_of_nobody(desk: Desk) -> None:
    row = {"date": "2026-05-25", "unit": "H30-001", "working": False, "reason_vi": "x", "reason_en": "x",
           "basis": "TB", "confirmed": True, "closure": True}  # fmt: skip
    body = {"rows": [{"table": "day", "key": "H30-001/2026-05-25", "row": row}], "decision": "TB"}
    forged = Draft("calendar", "calendar_amended", NOW, body)
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([forged], officer(desk, "hoa").id, epoch_ms(NOW)))
    newest, *_ = law_history(desk)
    assert newest.problem == "amendment_unauthorised" and keys(desk, "khai") == []


def test_the_citys_signature_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    city = Ed25519PrivateKey.generate()
    public = city.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    new = replace(new_desk(1), city_key=public)
    desk = found(tmp_path_factory.mktemp("city") / "desk", new)
    desk.now = lambda: START + timedelta(hours=1)
    boss = desk.officers.all()[0]
    amend(desk, boss, EXCHANGE, city.sign(written(EXCHANGE)))
    assert law_history(desk)[0].standing == "signed"
    desk.close()


def test_nobody_reads_for_another(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    (change,) = unread_changes(desk, officer(desk, "hoa"))
    forged = Draft("officer:officer-hoa", "changes_read", NOW, {"amendments": list(change.events)})
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append([forged], officer(desk, "khai").id, epoch_ms(NOW)))
    assert keys(desk, "hoa") == ["H30-001/2026-05-25"]


def test_what_is_proposed_is_told_as_it_would_be_once_it_is_done(desk: Desk) -> None:
    proposal = asked(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    assert isinstance(proposal, Proposal)
    would = proposed_changes(desk, proposal.command)
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    assert [(one.row, one.before) for one in would] == [(one.row, one.before) for one in law_history(desk)[0].changes]


def test_the_program_offers_nothing_that_was_once_in_force_here(desk: Desk) -> None:
    assert untaken_rows(desk) == ()
    amend(desk, officer(desk), {"decision": "TB 3", "withdrawn": ["2027-01-01"], "reason": "thử"})
    assert untaken_rows(desk) == ()
    refused = propose_package(desk, officer(desk))
    assert getattr(refused, "code", None) == "amendment_none"


def test_what_was_read_at_one_desk_is_not_asked_at_another(station: Station) -> None:
    first, second, _ = station.desks
    boss = first.officers.all()[0]
    amend(first, boss, closed("2026-12-01"))
    station.sync(0, 1)
    reader = second.officers.get(boss.id)
    assert reader is not None and len(unread_changes(second, reader)) == 1
    ids = unread_changes(second, reader)[0].events
    assert isinstance(second.do(ReadChanges(ids, second.now()), reader), Done)
    assert len(unread_changes(first, boss)) == 1
    station.sync(1, 0)
    assert unread_changes(first, boss) == () and unread_changes(second, reader) == ()


def test_an_officers_row_is_the_same_after_reading_and_after_a_rebuild(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    before = [line for line in desk.projection.dump() if line.startswith('["officer"')]
    read_all(desk, "hoa")
    desk.projection.rebuild()
    assert [line for line in desk.projection.dump() if line.startswith('["officer"')] == before
    assert officer(desk, "hoa").name == "Lê Thị Hoa"


def test_a_moment_of_reading_is_kept(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25"))
    read_all(desk, "hoa")
    event = desk.log.events_of("officer:officer-hoa")[-1]
    assert event.kind == "changes_read" and event.at == datetime(2026, 5, 21, 9, tzinfo=LEGAL_TIME)


def test_a_dossier_that_was_never_received_is_under_no_old_catalogue(desk: Desk) -> None:
    case = counted("2026-05-21T09:00", "2026-05-28T17:00")
    amend(desk, officer(desk), permit(version("2026-01-05", case)))
    take_in(desk, procedure=PERMIT, kind="submitted")
    received = take_in(desk, procedure=PERMIT)
    shorter = [{"amount": "3", "unit": "working_day"}]
    amend(
        desk,
        officer(desk),
        permit(version("2026-01-05", counted("2026-05-21T09:00", "2026-05-26T17:00"), phases=shorter)),
    )
    assert [one.dossier for one in taken_under_old(desk)] == [received]
