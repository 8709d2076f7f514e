"""The regime for lateness at the command line: lists, a counted appointment, a storm's many, what JSON says."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from storage.desk import Desk
from tests.conftest import NOW, PIN, Ran, act, take_in
from tests.schema_check import check
from tui.dossier_words import event_words

Cli = Callable[..., Ran]
SIGNED = ("rescheduled", "--field", "code=storm_flood", "--field", "days=2", "--as", "lanh")


@pytest.fixture
def late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two that are late since Tuesday 2/6, one that is due today, one whose citizen has been silent for 30 days."""
    first = take_in(desk, "Muộn Một", at=NOW.replace(day=20))
    second = take_in(desk, "Muộn Hai", at=NOW.replace(day=20, minute=5))
    today = take_in(desk, "Hôm Nay", at=NOW.replace(day=21))
    silent = take_in(desk, "Im Lặng", at=NOW.replace(day=18))
    act(desk, silent, "supplement_requested", at=NOW.replace(day=19), items=["CT01"], answer_by="2026-05-29")
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-01T09:00:00+07:00")
    return [first, second, today, silent]


def listed(cli: Cli, *words: str) -> list[str]:
    ran = cli("queue", *words, "--json")
    check(ran.json, "queue")
    return [row["id"] for row in ran.json]


def test_the_lists_beside_the_debt(cli: Cli, late: list[str]) -> None:
    first, second, today, silent = late
    assert listed(cli, "--urgency", "apology_owed") == [first, second]
    assert listed(cli, "--list", "apologise_now") == [today]
    assert listed(cli, "--list", "stop_proposed") == [silent]
    assert listed(cli, "--list", "remind") == listed(cli, "--list", "to_sign") == []
    proposed = cli("act", first, "apology_proposed", "--field", "code=overload", "--field", "days=2", "--as", "hoa")
    assert proposed.status == 0, proposed
    assert listed(cli, "--list", "to_sign") == [first]


def test_a_counted_appointment_owes_its_letter_until_it_is_issued(cli: Cli, late: list[str]) -> None:
    ran = cli("act", late[0], *SIGNED, "--reason", "bão số 3", "--json")
    assert ran.status == 0, ran
    check(ran.json, "show")
    assert (ran.json["due_at"], ran.json["urgency"]) == ("2026-06-02T17:00:00+07:00", "apology_owed")
    told = ran.json["apology"]
    assert told["owed"] and told["awaits_letter"] and told["declared"] is None
    assert told["rescheduled"] | {"event_id": "", "at": "", "by": ""} == {
        "event_id": "", "at": "", "by": "", "due_at": "2026-06-02T17:00:00+07:00", "days": 2, "code": "storm_flood",
        "reason": "Ảnh hưởng của bão, lũ, thiên tai: bão số 3", "signer": "Đỗ Văn Lành", "signed_as": "head",
        "announced_late": True,
    }  # fmt: skip
    issued = cli("act", late[0], "letter_issued", "--field", "letter=apology", "--as", "hoa", "--json")
    assert (issued.json["urgency"], issued.json["apology"]["awaits_letter"]) == ("next_day", False)


def test_a_debt_is_told_while_the_dossier_is_paused(cli: Cli, late: list[str]) -> None:
    ran = cli("act", late[0], "supplement_requested", "--field", "items=CT01", "--as", "hoa", "--json")
    assert [event["kind"] for event in ran.json["events"]][-2:] == ["supplement_requested", "delay_declared"]
    assert (ran.json["urgency"], ran.json["apology"]["owed"]) == ("paused", True)
    assert ran.json["apology"]["declared"]["code"] == "moved_after_due"
    assert "Nợ thư xin lỗi" in cli("show", late[0]).out
    undone = cli("act", late[0], "undone", "--as", "hoa", "--json")
    assert (undone.json["urgency"], undone.json["apology"]["declared"]) == ("apology_owed", None)


def test_one_entered_with_its_date_is_counted_and_owes_its_letter(cli: Cli, late: list[str]) -> None:
    words = ("act", late[0], "rescheduled", "--field", "due_at=2026-06-03T17:00", "--reason", "đông", "--as", "lanh")
    ran = cli(*words, "--json")
    assert (ran.json["urgency"], ran.json["apology"]["awaits_letter"]) == ("apology_owed", True)
    made = ran.json["apology"]["rescheduled"]
    assert (made["code"], made["days"], made["reason"]) == ("other", 3, "đông")
    again = cli(*words)
    assert again.status == 1 and "118/2025" in again.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--field", "code=storm_flood"), "field_missing"),
        (("--field", "days=2"), "reason_missing"),
        (("--field", "code=storm_flood", "--field", "days=0"), "field_invalid"),
        (("--field", "code=rain", "--field", "days=2"), "reason_unknown"),
        (("--field", "due_at=2026-06-06T17:00", "--reason", "x"), "appointment_day_off"),
        (("--field", "due_at=2026-06-05T16:00", "--reason", "x"), "days_and_date"),
        (("--field", "code=storm_flood", "--field", "days=2", "--field", "signer=Đ/c Khác"), "signer_not_you"),
    ],
)
def test_what_is_refused(cli: Cli, late: list[str], words: tuple[str, ...], code: str) -> None:
    ran = cli("act", late[0], "rescheduled", *words, "--as", "lanh", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, code)


@pytest.mark.parametrize(
    ("kind", "words", "code"),
    [
        ("rescheduled", (), "storm_flood"),
        ("rescheduled", ("--field", "days=2"), "storm_flood"),
        ("apology_proposed", ("--field", "days=2"), "overload"),
        ("delay_excused", (), "force_majeure"),
        ("stopped", ("--field", "basis=Điều 9"), "not_supplemented"),
    ],
)
def test_who_gives_no_reason_is_told_the_codes_that_there_are(
    cli: Cli, late: list[str], kind: str, words: tuple[str, ...], code: str
) -> None:
    ran = cli("act", late[0], kind, *words, "--as", "lanh")
    assert ran.status == 1 and "Chọn một mã (code): " in ran.err and code in ran.err


def test_a_basis_that_nobody_has_verified_is_told_and_stays_marked(cli: Cli, late: list[str], desk: Desk) -> None:
    ran = cli("act", late[0], "delay_excused", "--field", "code=force_majeure", "--as", "lanh")
    assert ran.status == 0 and "«Đ.156.1 BLDS 2015" in ran.err and "chưa kiểm chứng" in ran.err
    own = cli(
        "act", late[1], "delay_excused", "--field", "code=force_majeure", "--field", "basis=TB 41", "--as", "lanh"
    )
    assert own.err == ""
    period = ("--from", "2026-05-01", "--to", "2026-06-30", "--json")
    told = {row["id"]: row["excused"] for row in cli("report", "apologies", *period).json["period"]}
    assert [told[one]["basis_unverified"] for one in late[:2]] == [True, False]
    words = [event_words(one.events[-1], {}) for one in map(desk.dossier, late[:2]) if one is not None]
    assert ["(chưa đối chiếu)" in one for one in words] == [True, False]


def test_a_stop_notice_marks_the_basis_that_nobody_has_verified(cli: Cli, late: list[str]) -> None:
    ran = cli("act", late[3], "stopped", "--field", "code=not_supplemented", "--as", "lanh")
    assert "chưa kiểm chứng" in ran.err
    said = " ".join(cli("letter", late[3], "stop-notice", "--format", "text").out.split())
    assert "Căn cứ: Mẫu số 05, Phụ lục I Thông tư 03/2025/TT-VPCP (chưa đối chiếu)" in said


def test_one_storm_and_many_dossiers_in_one_act(
    cli: Cli, late: list[str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [*late, "9999"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(codes) + "\n"))
    ran = cli("act", "-", *SIGNED, "--json")
    check(ran.json, "act-many")
    assert ran.status == 1
    assert [row["due_at"] for row in ran.json[:3]] == [
        "2026-06-02T17:00:00+07:00",
        "2026-06-02T17:00:00+07:00",
        "2026-06-03T17:00:00+07:00",
    ]
    assert [row["error"] and row["error"]["code"] for row in ran.json] == [
        None, None, None, "reschedule_without_due", "code_unknown",
    ]  # fmt: skip
    events = [desk.log.events_of(one)[-1] for one in late[:3]]
    assert {event.kind for event in events} == {"rescheduled"}
    monkeypatch.setattr("sys.stdin", io.StringIO(late[0]))
    told = cli("act", "-", *SIGNED)
    assert (told.status, told.out) == (1, "") and "1" in told.err and "118/2025" in told.err


def test_a_deputy_signs_for_the_head(cli: Cli, late: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_NEW_PIN", PIN)
    added = cli("officer", "add", "Phạm Phó", "--role", "leader", "--deputy", "--as", "tmd", "--json")
    check(added.json, "officer-add")
    assert (added.status, added.json["signs"]) == (0, "deputy")
    check(cli("officer", "list", "--json").json, "officer-list")
    code = added.json["code"]
    refused = cli("act", late[0], *SIGNED[:-1], code, "--field", "signed_as=head", "--json")
    assert refused.json["error"]["code"] == "not_the_head"
    signed = cli("act", late[0], *SIGNED[:-1], code, "--json")
    assert signed.json["apology"]["rescheduled"]["signed_as"] == "deputy"


def test_a_deputy_stops_for_the_head_too(cli: Cli, late: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_NEW_PIN", PIN)
    code = cli("officer", "add", "Phạm Phó", "--role", "leader", "--deputy", "--as", "tmd", "--json").json["code"]
    cli("act", late[3], "stopped", "--field", "code=not_supplemented", "--as", code)
    said = " ".join(cli("letter", late[3], "stop-notice", "--format", "text").out.split())
    assert "KT. TRƯỞNG CÔNG AN PHƯỜNG HẢI CHÂU, PHÓ TRƯỞNG CÔNG AN PHƯỜNG HẢI CHÂU: Phạm Phó" in said


def test_the_handover_tells_the_debt_from_what_may_become_one(cli: Cli, late: list[str]) -> None:
    ran = cli("handover", "--json")
    check(ran.json, "handover")
    names = {one["name"]: [item["id"] for item in one["items"] if "id" in item] for one in ran.json["sections"]}
    assert names["apology_owed"] == late[:2] and names["overdue"] == []
    assert names["apologise_now"] == names["today"] == [late[2]]
    assert names["stop_proposed"] == names["waiting"] == [late[3]]
