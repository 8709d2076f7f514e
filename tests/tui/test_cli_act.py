"""`motcua act`: one officer's action by the same rules as the screens."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from core.events import DOSSIER_KINDS
from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]


def test_the_kinds_are_the_table(cli: Cli) -> None:
    found = cli("act", "--kinds", "--json").json
    check(found, "act-kinds")
    assert [kind["kind"] for kind in found] == list(DOSSIER_KINDS)
    by_name = {kind["kind"]: kind for kind in found}
    assert by_name["received"]["states"] == ["guided", "new", "submitted"]
    assert by_name["payment_received"]["moves_from"] == ["awaiting_payment"]
    assert "due_at" not in {field["name"] for field in by_name["refused"]["fields"]}
    spoken = cli("act", "--kinds")
    assert spoken.status == 0 and "supplement_requested" in spoken.out


def test_a_dossiers_way_from_the_command_line(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    steps = [
        ("supplement_requested", "awaiting_supplement", ["--field", "items=CT01", "--field", "items=ảnh thẻ"]),
        ("supplement_received", "in_progress", ["--field", "papers=CT01;ảnh thẻ"]),
        ("approved", "in_progress", ["--field", "decision=QĐ 7"]),
        ("result_ready", "result_ready", ["--field", "shelf=B4"]),
        ("handed_to_post", "result_ready", ["--field", "carrier=VNPost", "--field", "tracking=VN1"]),
        ("result_returned", "returned", ["--field", "channel=post"]),
    ]
    for kind, state, words in steps:
        ran = cli("act", "0001", kind, *words, "--as", "tmd", "--json")
        assert ran.status == 0, ran
        check(ran.json, "show")
        assert (ran.json["state"], ran.json["events"][-1]["kind"]) == (state, kind)
    bodies = {event["kind"]: event["body"] for event in cli("show", "0001", "--json").json["events"]}
    assert bodies["supplement_requested"]["items"] == ["CT01", "ảnh thẻ"]
    assert bodies["result_ready"] == {
        "shelf": "B4",
        "judged": "early",
        "due_at": "2026-06-01T17:00:00+07:00",
        "law": bodies["received"]["version"],
    }


def test_a_type_of_field_each(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    for kind, words, body in (
        ("payment_received", ["amount=20 000đ", "method=cash"], {"amount": "20000", "method": "cash"}),
        ("extended", ["amount=3", "unit=working_day"], {"amount": "3", "unit": "working_day"}),
        ("supplement_requested", ["answer_by=2026-06-01"], {"answer_by": "2026-06-01"}),
        ("supplement_received", ["note= hai  chữ "], {"note": "hai chữ"}),
    ):
        ran = cli(
            "act", dossier, kind, *(part for word in words for part in ("--field", word)), "--as", "tmd", "--json"
        )
        assert ran.status == 0, ran
        assert ran.json["events"][-1]["body"] == body
    moved = cli(
        "act", dossier, "rescheduled", "--field", "due_at=2026-06-30T17:00", "--reason", "đông", "--as", "tmd", "--json"
    )
    assert moved.json["due_at"] == "2026-06-30T17:00:00+07:00"
    assert moved.json["events"][-1]["body"]["reason"] == "đông"


def test_a_reason_is_the_text_of_a_note(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    ran = cli("act", dossier, "noted", "--reason", "đã gọi", "--as", "tmd", "--json")
    assert ran.json["events"][-1]["body"] == {"text": "đã gọi"}
    both = cli("act", dossier, "noted", "--field", "text=a", "--reason", "b", "--as", "tmd", "--json")
    assert both.json["events"][-1]["body"] == {"text": "a", "reason": "b"}


def test_a_true_time_is_kept_and_an_odd_one_refused(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, at=NOW.replace(day=19))
    ran = cli("act", dossier, "noted", "--reason", "x", "--at", "2026-05-20T02:30:00.7Z", "--as", "tmd", "--json")
    assert ran.json["events"][-1]["at"] == "2026-05-20T09:30:00+07:00"
    for text, code in (
        ("2026-05-20", "time_missing"),
        ("hôm qua", "time_invalid"),
        ("0001-01-01T00:00+14:00", "out_of_range"),
        ("2026-05-22T10:00", "in_the_future"),
        ("2026-05-18T10:00", "before_receipt"),
        ("2025-05-18T10:00", "too_far_back"),
    ):
        ran = cli("act", dossier, "noted", "--reason", "x", "--at", text, "--as", "tmd", "--json")
        check(ran.json, "error")
        assert (ran.status, ran.json["error"]["code"]) == (1, code)


def test_a_missing_field_is_told_with_the_option_that_gives_it(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    for words, option in ((("suspended",), "--reason"), (("original_taken",), "--field paper=")):
        ran = cli("act", "0001", *words, "--as", "tmd", "--json")
        assert option in ran.json["error"]["message"], ran.json


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("result_returned",), 1, "not_from_state"),
        (("suspended",), 1, "field_missing"),
        (("noted", "--field", "colour=red"), 1, "field_unknown"),
        (("corrected", "--field", "field=receipt_number", "--field", "new=1"), 1, "field_unknown"),
        (("payment_received", "--field", "amount=nhiều"), 1, "amount_invalid"),
        (("teleported",), 2, "kind_unknown"),
        (("submitted",), 2, "kind_unknown"),
        (("officer_added",), 2, "kind_unknown"),
        (("noted", "--field", "text"), 2, "field_not_pair"),
        ((), 2, "act_incomplete"),
    ],
)
def test_what_is_refused_and_what_is_wrong_usage(
    cli: Cli, desk: Desk, words: tuple[str, ...], status: int, code: str
) -> None:
    dossier = take_in(desk)
    heads = desk.log.heads()
    ran = cli("act", dossier, *words, "--as", "tmd", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)
    assert "{" not in ran.json["error"]["message"] and not ran.json["error"]["message"].startswith("error.")
    assert desk.log.heads() == heads


def test_the_article_stands_beside_the_refusal(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="x")
    words = ("act", dossier, "rescheduled", "--field", "due_at=2026-07-08T17:00", "--reason", "y", "--as", "tmd")
    assert cli(*words, "--json").json["error"]["basis"] == "NĐ 118/2025/NĐ-CP (trước đó: Đ.19 NĐ 61/2018/NĐ-CP)"
    assert "NĐ 61/2018" in cli(*words).err


@pytest.mark.parametrize(
    ("who", "pin", "status", "code"),
    [
        ("hoa", "000000", 1, "pin_wrong"),
        ("nobody", "246810", 2, "officer_unknown"),
        (None, "246810", 2, "officer_not_named"),
        ("hoa", "", 2, "pin_missing"),
        ("tra", "246810", 1, "role_missing"),
    ],
)
def test_who_acts_must_be_who_they_say(
    cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch, who: str | None, pin: str, status: int, code: str
) -> None:
    dossier = take_in(desk)
    monkeypatch.setenv("MOTCUA_PIN", pin)
    monkeypatch.setattr("sys.stdin", open("/dev/null", encoding="utf-8"))  # noqa: SIM115, PTH123
    ran = cli("act", dossier, "noted", "--reason", "x", *(("--as", who) if who else ()), "--json")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_undo_takes_back_the_last_command(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "approved")
    assert cli("act", dossier, "undone", "--as", "tmd", "--json").json["outcome"] is None
    other = take_in(desk)
    gone = cli("act", other, "undone", "--as", "tmd", "--json")
    assert (gone.status, gone.json) == (0, {"id": other, "state": None})
    assert cli("act", other, "undone", "--as", "tmd", "--json").json["error"]["code"] == "code_unknown"


@pytest.mark.parametrize("begun", ["submitted", "guided"])
def test_what_was_handed_in_before_is_received_with_its_facts(cli: Cli, desk: Desk, begun: str) -> None:
    extra = {"reason": "thiếu", "missing": ["CT01"]} if begun == "guided" else {"fee_paid": "20000"}
    dossier = take_in(desk, kind=begun, papers=["CT01"], external_id="vneid-1", bringer={"name": "B"}, **extra)
    ran = cli("act", dossier, "received", "--field", "shelf=B4", "--as", "tmd", "--json")
    assert ran.status == 0, ran
    check(ran.json, "show")
    assert (ran.json["state"], ran.json["receipt_number"]) == ("received", "H30-001-260521-0001")
    assert (ran.json["papers"], ran.json["bringer"]) == (["CT01"], {"name": "B"})
    again = cli("act", dossier, "received", "--as", "tmd", "--json")
    assert (again.status, again.json["error"]["code"]) == (1, "not_from_state")


def test_a_dossier_is_assigned_to_an_officer_by_name(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    who = next(one for one in desk.officers.all() if one.code != "tmd")
    ran = cli("act", "0001", "assigned", "--field", f"to={who.name}", "--as", "tmd", "--json")
    assert (ran.status, ran.json["officer"], ran.json["events"][-1]["body"]["to"]) == (0, who.code, who.id)
    unknown = cli("act", "0001", "assigned", "--field", "to=nobody", "--as", "tmd", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (2, "officer_unknown")


def test_a_kind_of_the_station_is_named_as_it_was_typed(cli: Cli, desk: Desk) -> None:
    ran = cli("act", "0001", "station_founded", "--as", "tmd")
    assert ran.status == 2 and "«station_founded»" in ran.err


def test_a_correction_is_read_as_the_fact_that_it_sets(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    refused = {
        "phone=1": "field_unknown",
        "channel=x": "choice_unknown",
        "return_by=x": "choice_unknown",
        "received_at=2026-05-20": "time_missing",
        "fee_paid=x": "amount_invalid",
    }
    for given, code in refused.items():
        name, _, new = given.partition("=")
        words = ("--field", f"field={name}", "--field", f"new={new}")
        ran = cli("act", "0001", "corrected", *words, "--as", "tmd", "--json")
        assert (ran.status, ran.json["error"]["code"]) == (1, code)
    ran = cli("act", "0001", "corrected", "--field", "field=received_at", "--field", "new=2026-05-20T08:00",
              "--as", "tmd", "--json")  # fmt: skip
    assert (ran.status, ran.json["received_at"]) == (0, "2026-05-20T08:00:00+07:00")


def test_all_papers_of_a_supplement_are_those_that_the_law_asks_for(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "supplement_requested", items=["CT01"])
    assert cli("act", dossier, "supplement_received", "--field", "papers=all", "--as", "tmd").status == 0
    found = desk.dossier(dossier)
    assert found is not None and set(found.facts["papers"]) == {"CT01", "lawful-dwelling"}


def test_many_are_given_to_an_officer_and_taken_back_by_the_same_codes(
    cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [take_in(desk), take_in(desk)]
    for words, owner in ((("assigned", "--field", "to=khai"), "khai"), (("undone",), "tmd")):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(ids)))
        ran = cli("act", "-", *words, "--as", "tmd", "--json")
        assert ran.status == 0 and [row["error"] for row in ran.json] == [None, None]
        assert [cli("show", one, "--json").json["officer"] for one in ids] == [owner] * 2
    refused = cli("act", ids[0], "assigned", "--field", "to=khai", "--field", "bulk=x", "--as", "tmd", "--json")
    assert refused.json["error"]["code"] == "field_unknown"
