"""A begun form outlives the process, stays its officer's own, and ends with the dossier that it became."""

from __future__ import annotations

from core.answers import Refusal
from core.decisions import Act, TakeIn
from storage.desk import Desk
from storage.drafts import Drafts, finish
from tests.conftest import NOW, Office, officer

FACTS = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "Đặng Thị Đào"}}


def test_a_draft_is_there_after_the_desk_was_opened_again(office: Office) -> None:
    desk = office.open()
    Drafts(desk.connection, "a").save("1", {"texts": {"applicant_name": "Đào"}}, 100)
    Drafts(desk.connection, "a").save("1", {"texts": {"applicant_name": "Đào Thị"}}, 160)
    desk.close()
    desk = office.open()
    found = Drafts(desk.connection, "a").all()
    desk.close()
    assert [(one.id, one.saved_at, one.content) for one in found] == [
        ("1", 160, {"texts": {"applicant_name": "Đào Thị"}})
    ]


def test_drafts_are_their_officers_own_the_newest_first(desk: Desk) -> None:
    mine, theirs = Drafts(desk.connection, "a"), Drafts(desk.connection, "b")
    mine.save("1", {}, 100)
    mine.save("2", {}, 200)
    theirs.save("3", {}, 300)
    assert [one.id for one in mine.all()] == ["2", "1"]
    theirs.delete("1")
    assert len(mine.all()) == 2
    mine.delete("1")
    assert [one.id for one in mine.all()] == ["2"]


def test_a_form_that_is_taken_in_ends_its_draft(desk: Desk) -> None:
    boss = officer(desk)
    drafts = Drafts(desk.connection, boss.id)
    drafts.save("1", {}, 100)
    dossier = desk.new_id()
    paid = Act(dossier, "payment_received", NOW, {"amount": "20000", "method": "cash"})
    done = finish(desk, [TakeIn(dossier, "received", NOW, FACTS), paid], boss, "1")
    assert not isinstance(done, Refusal)
    assert [one.dossiers for one in done] == [(dossier,), (dossier,)]
    assert drafts.all() == []


def test_a_refused_part_leaves_nothing_behind_and_keeps_the_draft(desk: Desk) -> None:
    boss = officer(desk)
    drafts = Drafts(desk.connection, boss.id)
    drafts.save("1", {}, 100)
    before = desk.log.last_seq(desk.identity.origin)
    dossier = desk.new_id()
    refused = finish(desk, [TakeIn(dossier, "received", NOW, FACTS), Act(dossier, "result_returned", NOW)], boss, "1")
    assert isinstance(refused, Refusal)
    assert refused.code == "not_from_state"
    assert desk.log.last_seq(desk.identity.origin) == before
    assert desk.row(dossier) is None
    assert len(drafts.all()) == 1
    again = finish(desk, [TakeIn(dossier, "received", NOW, FACTS)], boss, "1")
    assert not isinstance(again, Refusal)
    assert again[0].events[0].body["receipt_number"].endswith("-0001")
