"""Handing results over line by line: the right person, the manner, all of it or nothing."""

from __future__ import annotations

import pytest

from storage.desk import Desk
from tests.conftest import act, take_in
from tests.tui.spoken import talk
from tests.tui.test_screen_return import BAO, BAO_CARD, RECEIPT, held_licence, ready
from tests.tui.workstation import CARD


def state(desk: Desk, dossier: str) -> str:
    return str(desk.row(dossier)["state"])


def returned(desk: Desk, *typed: str) -> str:
    return talk(desk, "4", *typed)


def last(desk: Desk, dossier: str) -> dict[str, object]:
    return dict(desk.dossier(dossier).events[-1].body)


def test_a_slip_four_digits_and_a_letter(desk: Desk) -> None:
    dossier = ready(desk)
    said = returned(desk, RECEIPT, "", "", "9999", "", "", "l")
    assert "Kết quả: đồng ý, ngăn B3" in said and "Đã trả 260521-0001." in said
    assert last(desk, dossier) == {"channel": "counter", "capacity": "self", "found_by": "slip"}
    assert desk.dossier(dossier).originals == {"lawful-dwelling": 0}


def test_the_card_finds_and_checks(desk: Desk) -> None:
    dossier = ready(desk)
    returned(desk, BAO_CARD, "", "", "", "", "", "l")
    assert last(desk, dossier)["found_by"] == "card"
    assert state(desk, dossier) == "returned"


@pytest.mark.parametrize("before", [(), ("",), ("", "")])
def test_a_card_that_is_scanned_at_the_counter_is_the_check(desk: Desk, before: tuple[str, ...]) -> None:
    dossier = ready(desk)
    said = returned(desk, "pham gia", *before, BAO_CARD, "", "", "l")
    assert "Đúng thẻ của chủ hồ sơ." in said
    assert last(desk, dossier) == {"channel": "counter", "capacity": "self", "found_by": "name"}


@pytest.mark.parametrize("digits", ["", "1234", "a|b|c"])
def test_whoever_is_not_checked_gets_nothing(desk: Desk, digits: str) -> None:
    dossier = ready(desk)
    said = returned(desk, RECEIPT, "", "", digits)
    assert said.rstrip().split("\n")[-2].startswith("Đối chiếu: 4 số cuối")
    assert state(desk, dossier) == "result_ready"


def test_somebody_else_is_named_by_their_card_and_brings_a_proof(desk: Desk) -> None:
    dossier = ready(desk)
    said = returned(desk, RECEIPT, "", "", CARD, "", "", "", "UQ 12", "", "", "l")
    assert "Thẻ của người khác" in said
    assert last(desk, dossier) == {
        "channel": "counter",
        "capacity": "authorised",
        "taker": "Nguyễn Thị Hồng Đào",
        "taker_number": "001185012345",
        "proof": "UQ 12",
        "found_by": "slip",
    }


def test_a_proof_that_is_missing_is_asked_for_once_more(desk: Desk) -> None:
    dossier = ready(desk)
    said = returned(desk, RECEIPT, "", "4", "Lê Con", "048085001234", "", "", "", "l", "khai nhận di sản", "l")
    assert "Chú ý: " in said
    assert (last(desk, dossier)["capacity"], last(desk, dossier)["proof"]) == ("heir", "khai nhận di sản")


def test_a_lost_slip_a_thumbprint_and_its_witness(desk: Desk) -> None:
    dossier = ready(desk)
    said = returned(desk, "pham gia", "", "", "9999", "2", "2", "", "l", "Trần Minh", "l")
    assert "điểm chỉ (Trần Minh)" in said
    assert last(desk, dossier) == {
        "channel": "counter",
        "capacity": "self",
        "found_by": "name",
        "slip_lost": True,
        "thumbprint": True,
        "witness": "Trần Minh",
    }


def test_what_goes_by_post_names_its_carrier(desk: Desk) -> None:
    dossier = ready(desk, return_by="post")
    returned(desk, RECEIPT, "", "", "EP123", "l", "VNPost", "l")
    assert desk.dossier(dossier).at_post
    assert "Đã giao bưu chính" in returned(desk, RECEIPT)


def test_online_names_its_reference_and_what_stays_gets_a_keeper(desk: Desk) -> None:
    dossier = ready(desk, return_by="online")
    returned(desk, RECEIPT, "", "DT-7", "", "Két 3", "", "l")
    assert last(desk, dossier) == {"channel": "online", "reference": "DT-7"}
    assert [(one.paper, one.place) for one in desk.dossier(dossier).held] == [("lawful-dwelling", "Két 3")]


def test_a_paper_that_may_not_go_yet_gets_a_keeper(desk: Desk) -> None:
    dossier = held_licence(desk, "2026-07-21")
    said = returned(desk, RECEIPT, "", "", "9999", "", "", "", "Két 3", "", "l")
    assert "21/07/2026" in said
    (one,) = desk.dossier(dossier).held
    assert (one.place, str(one.next_check)) == ("Két 3", "2026-07-21")
    assert desk.officers.get(one.keeper).code == "tmd"


@pytest.mark.parametrize(("answer", "handed"), [("c", 2), ("k", 1)])
def test_all_of_a_persons_results_go_together_or_one_alone(desk: Desk, answer: str, handed: int) -> None:
    both = [ready(desk), ready(desk, procedure="household-split")]
    said = returned(desk, "pham gia", "1", answer, "", "", "9999", "", "", "l")
    assert [state(desk, one) for one in both].count("returned") == handed
    assert ("Còn kết quả khác" in said) == (handed == 1)


def test_a_result_that_is_not_there_says_when(desk: Desk) -> None:
    take_in(desk, applicant=BAO)
    said = returned(desk, "pham gia", "không có ai")
    assert "hẹn trả 17:00 thứ Hai 01/06/2026" in said and "Không có hồ sơ nào khớp." in said


def test_nothing_is_handed_over_before_it_is_said(desk: Desk) -> None:
    dossier = ready(desk)
    for typed in ((), ("",), ("!",), ("?",), ("<", "<", "<", "<", "<")):
        returned(desk, RECEIPT, "", "", "9999", "", "", *typed)
        assert state(desk, dossier) == "result_ready"


def test_who_may_not_hand_over_is_refused(desk: Desk) -> None:
    dossier = take_in(desk, applicant=BAO)
    act(desk, dossier, "result_ready")
    said = talk(desk, "4", RECEIPT, "", "", "9999", "", "", "l", by="tra")
    assert "Chú ý: " in said and state(desk, dossier) == "result_ready"
