"""Results and papers through two desks: a lost slip, a mother, the post, a wrong result, a licence that is held."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.answers import Refusal
from core.decisions import TakeIn
from core.mending import CorrectResult
from core.moments import LEGAL_TIME
from core.results import handed_over
from storage.desk import Desk, Done
from storage.officers import Officer
from storage.results import Posting, do_next, listed, manifests, ready_with, send_post
from tests.storage.sync_desks import Station, act, officer_of, station, template

__all__ = ["station", "template"]
AN = {"kind": "citizen", "name": "Nguyễn Văn An", "number": "048085012345", "address": "12 Lê Lợi"}
CHILD = {"kind": "citizen", "name": "Trần Bảo Ngọc", "birth": "2019-05-02"}
LICENCE = {"paper": "GPLX", "decision": "QĐ 15", "fine": "4000000", "hold_until": "2026-12-20", "shelf": "Két 2"}


def at(desk: Desk, month: int, day: int, hour: int = 9) -> datetime:
    moment = datetime(2026, month, day, hour, tzinfo=LEGAL_TIME)
    desk.now = lambda: moment
    return moment


def done(answer: object) -> Done:
    assert isinstance(answer, Done), answer
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def received(desk: Desk, applicant: dict[str, str], **facts: object) -> str:
    body = {"procedure": "temporary-residence", "applicant": applicant} | facts
    return done(desk.do(TakeIn(desk.new_id(), "received", desk.now(), body), officer_of(desk))).dossiers[0]


def ready(desk: Desk, applicant: dict[str, str], **facts: object) -> str:
    dossier = received(desk, applicant, **facts)
    done(act(desk, dossier, "result_ready", shelf="B3"))
    return dossier


def state(desk: Desk, dossier: str) -> str:
    row = desk.row(dossier)
    assert row is not None
    return str(row["state"])


@pytest.fixture
def desk(station: Station) -> Desk:
    one = station.desks[0]
    at(one, 11, 23, 10)
    return one


def boss(desk: Desk) -> Officer:
    return officer_of(desk)


def test_a_lost_slip_is_signed_for_and_a_mother_comes_for_her_child(desk: Desk) -> None:
    own = ready(desk, AN)
    assert refused(act(desk, own, "result_returned", capacity="self", slip_lost=True)) == "slip_lost_unsigned"
    done(act(desk, own, "result_returned", capacity="self", found_by="card", slip_lost=True, signed=True))
    child = ready(desk, CHILD)
    mother = {"capacity": "parent", "taker": "Lê Thị Hà", "taker_number": "048190011111"}
    assert refused(act(desk, child, "result_returned", **mother)) == "proof_missing"
    print_of_thumb = {"thumbprint": True, "witness": "Võ Văn Ơn", "proof": "Giấy khai sinh"}
    done(act(desk, child, "result_returned", **mother, **print_of_thumb))
    handed = handed_over(desk.dossier(child))
    assert handed is not None
    assert (handed.taker, handed.proof, handed.witness) == ("Lê Thị Hà", "Giấy khai sinh", "Võ Văn Ơn")


def test_mail_goes_out_on_a_manifest_and_comes_back(station: Station, desk: Desk) -> None:
    first, second, third = (ready(desk, AN, return_by="post") for _ in range(3))
    assert {one.row.id for one in listed(desk, "to_post")} == {first, second, third}
    number = send_post(desk, boss(desk), "VNPost", [Posting(first, "EB1VN"), Posting(second, "EB2VN")])
    assert number == "BC-261123-01-01"
    again = send_post(desk, boss(desk), "VNPost", [Posting(second), Posting(third)])
    assert refused(again) == "at_post_already"
    assert state(desk, third) == "result_ready"
    station.sync(0, 1)
    other = station.desks[1]
    at(other, 11, 23, 11)
    assert send_post(other, boss(other), "VNPost", [Posting(third, "EB3VN")]) == "BC-261123-02-01"
    station.sync(1, 0)
    (manifest,) = manifests(desk, date(2026, 11, 23))
    assert manifest.numbers == ("BC-261123-01-01", "BC-261123-02-01")
    assert [one.event.body["tracking"] for one in manifest.items] == ["EB1VN", "EB2VN", "EB3VN"]
    assert manifest.items[0].event.body["payer"] == "citizen"
    at(desk, 11, 27)
    assert {one.row.id for one in listed(desk, "at_post")} == {first, second, third}
    done(act(desk, second, "post_returned", reason="không có người nhận", shelf="H1"))
    assert {one.row.id for one in listed(desk, "to_post")} == {second}
    done(act(desk, first, "result_returned", channel="post"))
    assert {one.row.id for one in listed(desk, "at_post")} == {third}


def test_a_wrong_result_is_mended_by_a_dossier_of_its_own(station: Station, desk: Desk) -> None:
    first = ready(desk, AN)
    done(act(desk, first, "result_returned", capacity="self"))
    before = desk.row(first)
    at(desk, 11, 25)
    opened = desk.new_id()
    command = CorrectResult(first, opened, desk.now(), "in sai số nhà", "station", taken_back=True)
    done(desk.do(command, boss(desk)))
    row, after = desk.row(opened), desk.row(first)
    assert row is not None and before is not None and after is not None
    assert (after["judged"], after["ended_at"], after["state"]) == (before["judged"], before["ended_at"], "returned")
    assert row["receipt_number"].startswith("T48.99-261125-")
    assert datetime.fromtimestamp(row["binding_at"], LEGAL_TIME).date() == date(2026, 11, 26)
    assert refused(act(desk, opened, "payment_received", amount="20000")) == "own_error_no_fee"
    station.sync(0, 1)
    assert list(station.desks[1].projection.dump()) == list(desk.projection.dump())
    assert station.desks[1].dossier(first).corrections == [opened]


def test_a_held_licence_outlives_its_dossier_and_goes_back_in_the_end(desk: Desk) -> None:
    dossier = received(desk, AN)
    done(act(desk, dossier, "original_taken", **LICENCE))
    done(act(desk, dossier, "result_ready"))
    assert refused(act(desk, dossier, "result_returned", capacity="self")) == "custody_open"
    owner = {"keeper": boss(desk).id, "shelf": "Két 2", "next_check": "2026-12-21"}
    done(act(desk, dossier, "custody_checked", **owner))
    done(act(desk, dossier, "result_returned", capacity="self"))
    assert [one.row.id for one in listed(desk, "custody")] == [dossier]
    assert refused(act(desk, dossier, "original_released", paper="GPLX")) == "fine_not_proved"
    proof = {"amount": "4000000", "channel": "online", "reference": "KB-77", "purpose": "fine"}
    done(act(desk, dossier, "payment_received", **proof))
    assert refused(act(desk, dossier, "original_released", paper="GPLX")) == "held_until"
    at(desk, 12, 21)
    done(act(desk, dossier, "original_released", paper="GPLX", to="Nguyễn Văn An"))
    assert listed(desk, "custody") == []
    assert state(desk, dossier) == "returned"


def test_two_takers_of_one_result_and_two_releases_of_one_original_are_for_a_person_to_decide(station: Station) -> None:
    one, two = station.desks[0], station.desks[1]
    dossier = ready(one, AN)
    done(act(one, dossier, "original_taken", paper="Sổ hộ khẩu"))
    station.sync(0, 1)
    for desk, name in ((one, "An"), (two, "Bình")):
        done(act(desk, dossier, "original_released", paper="Sổ hộ khẩu", to=name))
        fields = {"capacity": "authorised", "taker": name, "taker_number": "1", "proof": "UQ"}
        done(act(desk, dossier, "result_returned", **fields))
    station.sync(0, 1, 0)
    assert list(one.projection.dump()) == list(two.projection.dump())
    for desk in (one, two):
        folded = desk.dossier(dossier)
        kinds = {event.event_id: event.kind for event in folded.events}
        told = sorted(sorted(kinds[branch] for branch in conflict.branches) for conflict in folded.conflicts)
        assert told == [["original_released"] * 2, ["result_returned"] * 2]


def test_all_results_of_a_person_go_together_or_none(desk: Desk) -> None:
    both = [ready(desk, AN, visit="v1"), ready(desk, AN)]
    child = ready(desk, CHILD, visit="v1")
    assert ready_with(desk, both[0], "person") == both
    assert ready_with(desk, both[0], "visit") == [both[0], child]
    assert ready_with(desk, child, "person") == [child]


def test_what_nobody_fetches_is_reminded_of_and_then_archived(desk: Desk) -> None:
    dossier = ready(desk, AN)
    assert listed(desk, "uncollected") == []
    at(desk, 12, 8)
    (one,) = listed(desk, "uncollected")
    assert (one.row.id, one.step) == (dossier, "remind")
    done(do_next(desk, boss(desk), [one], "")[0])
    assert listed(desk, "uncollected") == []
    moment = datetime(2027, 2, 21, 9, tzinfo=LEGAL_TIME)
    desk.now = lambda: moment
    (one,) = listed(desk, "uncollected")
    assert one.step == "archive"
    done(do_next(desk, boss(desk), [one], "Kho 1")[0])
    row = desk.row(dossier)
    assert row is not None
    assert (row["shelf"], listed(desk, "uncollected")) == ("Kho 1", [])
