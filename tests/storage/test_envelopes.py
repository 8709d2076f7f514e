"""Tracking numbers: one is one envelope, so a number scanned twice does not get to somebody else's letter."""

from __future__ import annotations

from datetime import timedelta

from core.answers import Refusal
from core.sendings import NEXT
from storage.desk import Desk, Done
from storage.post import deliver, letters, take_back, track
from storage.results import Posting, length, listed, send_post
from tests.conftest import NOW, Office, act, officer, take_in

BEFORE = NOW - timedelta(days=1)


def ready(desk: Desk, name: str = "Đặng Thị Đào", **facts: object) -> str:
    dossier = take_in(desk, name, at=BEFORE, return_by="post", **facts)
    act(desk, dossier, "result_ready", at=BEFORE)
    return dossier


def test_one_number_is_one_envelope(office: Office) -> None:
    desk = office.open()
    one, other, third = (ready(desk, name) for name in ("Đặng Thị Đào", "Lê Ngọc Ánh", "Phạm Gia Bảo"))
    both = [Posting(one, "EB1VN"), Posting(other, "eb 1vn")]
    refused = send_post(desk, officer(desk), "VNPost", both)
    assert isinstance(refused, Refusal) and refused.code == "tracking_taken"
    assert letters(desk) == []
    assert isinstance(send_post(desk, officer(desk), "VNPost", both, together=True), str)
    assert isinstance(send_post(desk, officer(desk), "VNPost", [Posting(third, "EB1VN")]), Refusal), "it is out"
    desk.close()


def test_a_number_stays_the_letters_that_bore_it(office: Office) -> None:
    desk = office.open()
    one, other = ready(desk), ready(desk, "Lê Ngọc Ánh")
    assert isinstance(send_post(desk, officer(desk), "VNPost", [Posting(one, "EB1VN")]), str)
    assert isinstance(deliver(desk, officer(desk), [one], NOW.date(), "giao tận tay")[0], Done)
    refused = send_post(desk, officer(desk), "VNPost", [Posting(other, "EB 1 VN")])
    assert isinstance(refused, Refusal) and refused.code == "tracking_taken", "it has arrived, and is that letter's"
    found = {text: desk.queries.search(text, desk.bounds(), 10) for text in ("eb1vn", "EB-1VN", "EB2VN")}
    assert {text: [row.id for row in rows] for text, rows in found.items()} == {
        "eb1vn": [one], "EB-1VN": [one], "EB2VN": [],
    }  # fmt: skip
    desk.close()


def test_a_number_that_came_later_is_one_letters_too(office: Office) -> None:
    desk = office.open()
    names = [ready(desk, name) for name in ("Đặng Thị Đào", "Lê Ngọc Ánh")]
    assert isinstance(send_post(desk, officer(desk), "VNPost", [Posting(one) for one in names]), str)
    first, second = track(desk, officer(desk), dict.fromkeys(names, "EB1VN"))
    assert isinstance(first, Done) and isinstance(second, Refusal)
    (again,) = track(desk, officer(desk), {names[1]: "EB1VN"}, together=True)
    assert isinstance(again, Done)
    desk.close()


def test_a_persons_results_may_share_an_envelope(office: Office) -> None:
    desk = office.open()
    person = {"kind": "citizen", "name": "Đặng Thị Đào", "number": "048185012345"}
    both = [Posting(ready(desk, applicant=person), "EB1VN") for _ in range(2)]
    assert isinstance(send_post(desk, officer(desk), "VNPost", both), str)
    desk.close()


def test_what_came_back_goes_again_only_where_it_was_to(office: Office) -> None:
    desk = office.open()
    names = [ready(desk, name) for name in ("Đặng Thị Đào", "Lê Ngọc Ánh", "Phạm Gia Bảo")]
    assert isinstance(send_post(desk, officer(desk), "VNPost", [Posting(one) for one in names]), str)
    for one, after in zip(names, NEXT, strict=True):
        assert all(isinstance(done, Done) for done in take_back(desk, officer(desk), [one], "đi vắng", after))
    found = listed(desk, "to_post")
    assert {(one.id, one.back, one.goes) for one in found} == {
        (names[0], "send_again", True),
        (names[1], "ask_address", False),
    }, "the third one waits at the counter"
    assert length(desk, "to_post") == 2
    desk.close()
