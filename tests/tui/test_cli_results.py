"""`motcua results`, and results and papers by `motcua act`, as scripts call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from storage.desk import Desk
from tests.conftest import Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
BAO = {"kind": "citizen", "name": "Phạm Gia Bảo", "number": "048085099999", "address": "5 Hàn Thuyên"}
SELF = ("--field", "capacity=self")


def ready(desk: Desk, **facts: Any) -> str:
    dossier = take_in(desk, **({"applicant": BAO} | facts))
    act(desk, dossier, "result_ready", shelf="B3")
    return dossier


def do(cli: Cli, *words: str) -> Ran:
    return cli("act", *words, "--as", "tmd", "--json")


def test_all_results_of_a_person_in_one_command(cli: Cli, desk: Desk) -> None:
    both = [ready(desk), ready(desk)]
    assert do(cli, "0001", "result_returned", *SELF, "--together", "person").status == 0
    assert [desk.row(one)["state"] for one in both] == ["returned", "returned"]
    assert cli("act", "0001", "noted", "--together", "person", "--as", "tmd").status == 2


def test_none_goes_where_one_may_not(cli: Cli, desk: Desk) -> None:
    both = [ready(desk), ready(desk)]
    act(desk, both[1], "original_taken", paper="Hộ chiếu")
    ran = do(cli, "0001", "result_returned", *SELF, "--together", "person")
    assert (ran.status, ran.json["error"]["code"]) == (1, "custody_open")
    assert desk.row(both[0])["state"] == "result_ready"


def test_a_wrong_result_and_its_correction_name_each_other(cli: Cli, desk: Desk) -> None:
    first = ready(desk)
    act(desk, first, "result_returned")
    unsaid = do(cli, "0001", "result_corrected", "--reason", "in sai")
    assert unsaid.json["error"]["code"] == "field_missing"
    words = ("--reason", "in sai", "--field", "fault=station", "--field", "taken_back=có")
    ran = do(cli, "0001", "result_corrected", *words)
    check(ran.json, "show")
    (link,) = ran.json["corrected_by"]
    assert link["receipt_number"].endswith("-0002")
    other = cli("show", "0002", "--json").json
    check(other, "show")
    assert other["corrects"] == {"id": first, "receipt_number": ran.json["receipt_number"], "fault": "station"}
    assert ran.json["receipt_number"] in cli("show", "0002").out
    assert link["receipt_number"] in cli("show", "0001").out
    again = do(cli, "0001", "result_corrected", *words)
    assert (
        again.json["error"]["code"] == "corrected_already" and link["receipt_number"] in again.json["error"]["message"]
    )
    assert do(cli, "0002", "voided", "--reason", "mở nhầm").status == 0
    assert do(cli, "0001", "result_corrected", *words).status == 0


def test_a_held_licence_from_the_command_line(cli: Cli, desk: Desk) -> None:
    take_in(desk, applicant=BAO)
    hold = ("paper=GPLX", "fine=4000000", "hold_until=2026-05-21", "shelf=Két 2", "decision=QĐ 15")
    ran = do(cli, "0001", "original_taken", *(word for one in hold for word in ("--field", one)))
    assert ran.json["custody"][0]["kept_back"] == "fine_not_proved"
    refused = do(cli, "0001", "original_released", "--field", "paper=GPLX")
    assert refused.json["error"]["code"] == "fine_not_proved"
    assert refused.json["error"]["basis"]
    proof = ("amount=4000000", "channel=online", "reference=KB-77", "purpose=fine")
    assert do(cli, "0001", "payment_received", *(word for one in proof for word in ("--field", one))).status == 0
    owner = ("keeper=hoa", "shelf=Két 2", "next_check=2026-06-01")
    ran = do(cli, "0001", "custody_checked", *(word for one in owner for word in ("--field", one)))
    check(ran.json, "show")
    assert ran.json["custody"][0] | {"since": None} == {
        "paper": "GPLX", "number": None, "since": None, "place": "Két 2", "receipt": None, "decision": "QĐ 15",
        "fine": "4000000", "fine_proved": True, "hold_until": "2026-05-21", "keeper": "officer-hoa",
        "next_check": "2026-06-01", "kept_back": None,
    }  # fmt: skip
    assert "Lê Thị Hoa" in cli("show", "0001").out
    rows = cli("results", "custody", "--json").json
    check(rows, "results-list")
    assert [(row["next_check"], row["originals"]) for row in rows] == [("2026-06-01", 1)]
    spoken = cli("results", "custody").out
    assert "Phạm Gia Bảo" in spoken and "01/06/2026" in spoken
    assert do(cli, "0001", "original_released", "--field", "paper=GPLX").status == 0
    assert cli("results", "custody", "--json").json == []


def test_letters_without_an_address_are_named(cli: Cli, desk: Desk) -> None:
    ready(desk, return_by="post")
    lost = [ready(desk, return_by="post", applicant={"kind": "citizen", "name": "Lê An"}) for _ in range(2)]
    numbers = [str(desk.row(one)["receipt_number"]) for one in lost]
    send = ("results", "to_post", "--do", "--carrier", "VNPost", "--as", "tmd")
    sent = cli(*send, "0001", "0002", "--json").json
    check(sent, "results-sent")
    assert (len(sent["dossiers"]), sent["without_address"]) == (2, numbers[:1])
    assert f"chưa có địa chỉ: {numbers[1]}" in cli(*send).out


def test_a_batch_for_the_post_and_its_manifest(cli: Cli, desk: Desk) -> None:
    for _ in range(3):
        ready(desk, return_by="post")
    unnamed = cli("results", "to_post", "--do", "--as", "tmd", "--json")
    assert unnamed.json["error"]["code"] == "post_batch_empty"
    sent = cli("results", "to_post", "0001=EB1VN", "0002", "--do", "--carrier", "VNPost", "--as", "tmd", "--json")
    check(sent.json, "results-sent")
    assert (sent.json["number"], len(sent.json["dossiers"])) == ("BC-260521-01-01", 2)
    assert do(cli, "0003", "handed_to_post", "--field", "carrier=VNPost", "--field", "tracking=EB3VN").status == 0
    manifest = cli("results", "manifest", "--json").json
    check(manifest, "results-manifest")
    (one,) = manifest
    assert one["numbers"] == ["BC-260521-01-01", "BC-260521-01-02"]
    assert [item["tracking"] for item in one["items"]] == ["EB1VN", None, "EB3VN"]
    assert (one["items"][0]["address"], one["items"][0]["payer"]) == ("5 Hàn Thuyên", "citizen")
    assert "EB3VN" in cli("results", "manifest").out
    assert cli("results", "manifest", "--date", "2026-05-20", "--json").json == []
    assert len(cli("results", "at_post", "--json").json) == 3
    assert cli("results", "at_post", "--do", "--as", "tmd").status == 2
    done = cli("results", "at_post", "0001", "--do", "--as", "tmd", "--json")
    check(done.json, "results-done")
    assert [(one["step"], one["error"]) for one in done.json] == [("delivered", None)]
    assert do(cli, "0003", "post_returned").status == 0
    assert len(cli("results", "to_post", "--json").json) == 1


def test_what_nobody_fetches_in_one_action(cli: Cli, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(desk)
    for moment, step, words in (("2026-06-08", "remind", ()), ("2026-08-20", "archive", ("--shelf", "Kho 1"))):
        monkeypatch.setenv("MOTCUA_NOW", datetime.fromisoformat(f"{moment}T09:00:00+07:00").isoformat())
        rows = cli("results", "uncollected", "--json").json
        check(rows, "results-list")
        assert [row["step"] for row in rows] == [step]
        if words:
            assert cli("results", "uncollected", "--do", "--as", "tmd").status == 2
        done = cli("results", "uncollected", "--do", *words, "--as", "tmd", "--json")
        check(done.json, "results-done")
        assert (done.status, done.json[0]["error"]) == (0, None)
    assert cli("results", "uncollected", "--json").json == []
    assert cli("show", "0001", "--json").json["shelf"] == "Kho 1"


def test_options_may_stand_between_the_words(cli: Cli, desk: Desk) -> None:
    dossier = ready(desk, return_by="post")
    assert cli("results", "to_post", "--do", "--carrier", "VNPost", "0001=EA1", "--as", "tmd").status == 0
    assert len(cli("results", "at_post", "--json").json) == 1
    assert cli("letter", dossier, "--format", "text", "receipt").status == 0
    wrong = cli("act", dossier, "--as", "tmd", "noted", "--reasn", "x")
    assert wrong.status == 2 and "không có tham số --reasn" in wrong.err


def test_a_list_without_a_bulk_action_says_so(cli: Cli, desk: Desk) -> None:
    assert cli("results", "custody", "--do", "--as", "tmd").status == 2


def test_what_the_officer_says_of_the_post_is_kept(cli: Cli, desk: Desk) -> None:
    dossier = take_in(desk, applicant={"kind": "citizen", "name": "Đặng Thị Đào", "address": "12 Trần Phú"})
    act(desk, dossier, "result_ready", shelf="B2")
    said = {"carrier": "VNPost", "fee": "26000", "payer": "station", "address": "34 Lê Lợi"}
    fields = [part for name, value in said.items() for part in ("--field", f"{name}={value}")]
    assert cli("act", dossier, "handed_to_post", *fields, "--as", "tmd").status == 0
    found = desk.dossier(dossier)
    assert found is not None and {name: found.events[-1].body.get(name) for name in said} == said
