"""`motcua show` and `motcua explain` as scripts call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
ENDS = ("supplement_requested", "result_ready", "withdrawn", "suspended", "delay_declared", "handed_to_post")


def test_one_dossier_whole(cli: Cli, desk: Desk) -> None:
    dossier = take_in(
        desk,
        by="hoa",
        papers=["CT01"],
        matter={"house": "K12/5"},
        bringer={"name": "Lê Văn Bình", "capacity": "authorised"},
        fee_paid="20000",
        channel="counter",
    )
    act(desk, dossier, "noted", text="đã gọi")
    found = cli("show", "0001", "--json").json
    check(found, "show")
    assert (found["id"], found["officer"], found["bringer"]["name"]) == (dossier, "hoa", "Lê Văn Bình")
    assert (found["papers"], found["matter"]) == (["CT01"], {"house": "K12/5"})
    assert [event["kind"] for event in found["events"]] == ["received", "payment_received", "noted"]
    assert [event["seq"] for event in found["events"]] == sorted(event["seq"] for event in found["events"])
    assert found["deadline"]["due_at"] == found["due_at"] == "2026-06-01T17:00:00+07:00"


@pytest.mark.parametrize("kind", ENDS)
def test_every_kind_of_end_fits_the_schema(cli: Cli, desk: Desk, kind: str) -> None:
    dossier = take_in(desk)
    if kind == "handed_to_post":
        act(desk, dossier, "result_ready")
    act(desk, dossier, kind, **({"reason": "x"} if kind in ("suspended", "delay_declared") else {}))
    found = cli("show", dossier, "--json").json
    check(found, "show")
    assert found["events"][-1]["kind"] == kind
    assert cli("show", dossier).status == 0


@pytest.mark.parametrize("kind", ["submitted", "guided", "not_accepted"])
def test_before_receipt_there_is_no_number_and_no_deadline(cli: Cli, desk: Desk, kind: str) -> None:
    dossier = take_in(desk, kind=kind)
    found = cli("show", dossier, "--json").json
    check(found, "show")
    assert (found["receipt_number"], found["due_at"], found["deadline"]) == (None, None, None)
    assert cli("show", dossier).out.startswith("chưa có mã")


def test_what_came_online_is_explained_by_the_clock_of_its_answer(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    dossier = take_in(desk, kind="submitted", channel="online")
    found = cli("show", dossier, "--json").json
    assert found["answer"] == {
        "since": "2026-05-21T09:00:00+07:00",
        "answer_by": "2026-05-22T09:00:00+07:00",
        "given": None,
        "given_at": None,
        "late": None,
        "basis": "Đ.11.4 NĐ 45/2020/NĐ-CP",
        "verified": False,
    }
    assert (found["binding_at"], found["urgency"]) == ("2026-05-22T09:00:00+07:00", "next_day")
    assert cli("queue", "--json").json[0]["id"] == dossier, "before what has seven days"
    told = cli("explain", dossier, "--json").json
    check(told, "explain")
    assert told["due_at"] == "2026-05-22T09:00:00+07:00"
    assert "8 giờ làm việc" in told["lines"][0]
    assert not any(line.startswith("Hẹn trả") for line in told["lines"]), "an answer is no appointment"
    assert "8 giờ làm việc" in cli("show", dossier).out
    from core.decisions import TakeIn
    from tests.conftest import officer

    desk.do(TakeIn(dossier, "received", NOW, {}), officer(desk))
    answered = cli("show", dossier, "--json").json
    check(answered, "show")
    assert (answered["answer"]["given"], answered["answer"]["late"]) == ("received", False)
    assert "đã trả lời" in cli("show", dossier).out


def test_a_dossier_from_before_the_law_says_so(cli: Cli, desk: Desk) -> None:
    from core.decisions import TakeIn
    from tests.conftest import officer

    body = {"procedure": "permanent-residence", "applicant": {"name": "Xưa"}}
    old = TakeIn(desk.new_id(), "received", NOW.replace(year=2003), body, imported=True)
    desk.do(old, officer(desk))
    found = cli("show", old.dossier, "--json").json
    check(found, "show")
    assert (found["due_at"], found["deadline"]) == (None, None)
    ran = cli("explain", old.dossier, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "deadline_no_law")
    assert not ran.json["error"]["message"].startswith("error.")


def test_the_deadline_explains_itself(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    found = cli("explain", "0001", "--json").json
    check(found, "explain")
    spoken = cli("explain", "0001").out.splitlines()
    assert spoken == found["lines"] == [
        "Nhận 09:00 thứ Năm 21/05/2026: không tính ngày nhận (Đ.147.2 BLDS 2015)",
        "Tính 7 ngày làm việc: 22, 25, 26, 27, 28, 29/5, 1/6",
        "Không tính: cuối tuần 23–24/5, 30–31/5",
        "Hẹn trả: 17:00 thứ Hai 01/06/2026 (Đ.22.3 Luật Cư trú 2020)",
    ]  # fmt: skip
    assert "working days" in cli("explain", "0001", "--lang", "en").out


@pytest.mark.parametrize("command", ["show", "explain"])
def test_a_code_that_names_none_or_several(cli: Cli, desk: Desk, command: str) -> None:
    take_in(desk)
    take_in(desk, at=NOW.replace(day=20))
    for code, refusal in (("0001", "code_ambiguous"), ("9999", "code_unknown")):
        ran = cli(command, code, "--json")
        check(ran.json, "error")
        assert (ran.status, ran.json["error"]["code"]) == (1, refusal)
        spoken = cli(command, code)
        assert spoken.out == "" and len(spoken.err.splitlines()) == 1


def test_a_code_that_is_no_text_is_refused_like_any_other_input(cli: Callable[..., Ran], desk: Desk) -> None:
    for words in (("show", "\udcff"), ("explain", "\udcff"), ("queue", "--officer", "\udcff")):
        ran = cli(*words, "--json")
        assert (ran.status, ran.json["error"]["code"]) == (1, "control_character")


def test_why_it_stands_where_it_does(cli: Cli, desk: Desk) -> None:
    owed = take_in(desk)
    act(desk, owed, "delay_declared", reason="x")
    first, second = take_in(desk, at=NOW - timedelta(hours=1)), take_in(desk)
    found = cli("show", first, "--json").json
    check(found, "show")
    place = found["place"]
    assert (place["urgency"], place["lane"], place["bound"]) == ("normal", "unsettled", "after_soon")
    assert place["bound_at"] == "2026-05-27T00:00:00+07:00"
    assert [one["term"] for one in place["terms"]] == ["urgency", "binding_at", "received_at", "id"]
    assert [one["value"] for one in place["terms"][1:]] == [found["binding_at"], found["received_at"], first]
    assert (place["above"]["id"], place["above"]["decided_by"]) == (owed, "urgency")
    assert (place["below"]["id"], place["below"]["decided_by"]) == (second, "received_at")
    top = cli("show", owed, "--json").json["place"]
    assert (top["lane"], top["bound"], top["above"]) == ("declared", None, None)
