"""What the intake form means, without its screen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.catalogue import KnownUnit
from core.decisions import TakeIn
from core.intake import COLUMNS, opening_of
from core.law import Law
from core.moments import LEGAL_TIME
from storage.lawbook import law_from_rows, package_rows
from tui.door_words import door_line, door_note
from tui.screens.intake_facts import (
    Form,
    Outlook,
    amount_of,
    command_of,
    doubts,
    is_bringers,
    likely_capacity,
    outlook,
    place_of,
    row_of,
)
from tui.screens.intake_promise import read_promise

NOW = datetime(2026, 5, 21, 9, 0, tzinfo=LEGAL_TIME)
TEXTS = st.dictionaries(st.sampled_from([*COLUMNS, "fee", "method"]), st.text(max_size=20))
CODES = st.lists(st.sampled_from(["CT01", "lawful-dwelling"]), unique=True)


@pytest.fixture(scope="module")
def law() -> Law:
    return law_from_rows(list(package_rows()))


def command(law: Law, **texts: str) -> TakeIn:
    form = Form({"procedure": "permanent-residence", "applicant_name": "Lê An"} | texts, originals=["CT01"])
    return command_of(form, "d", NOW, opening_of(law.calendar()))


@pytest.mark.parametrize("kind", ["citizen", "organisation"])
def test_what_goes_by_post_wants_an_address(kind: str) -> None:
    texts = {"applicant_kind": kind, "applicant_name": "Lê An", "return_by": "post"}
    assert doubts(Form(texts), NOW) == ("address_missing",)
    assert doubts(Form(texts | {"address": "5 Hàn Thuyên"}), NOW) == ()
    assert doubts(Form(texts | {"return_by": "counter"}), NOW) == ()


@given(TEXTS, CODES, st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_a_form_survives_being_kept(texts: dict[str, str], papers: list[str], matter: dict[str, str]) -> None:
    form = Form(texts, papers, papers[:1], matter, "v")
    assert Form.read(json.loads(json.dumps(form.content()))) == form


@given(TEXTS, CODES)
def test_a_row_has_columns_of_the_contract_alone(texts: dict[str, str], papers: list[str]) -> None:
    assert set(row_of(Form(texts, papers))) <= set(COLUMNS)


@given(TEXTS, CODES)
def test_the_next_form_of_a_visit_asks_for_another_procedure(texts: dict[str, str], papers: list[str]) -> None:
    form = Form(texts, papers, visit="v").same_visit()
    assert not {"procedure", "variant", "papers", "fee", "method", "note", "shelf"} & set(form.texts)
    assert (form.papers, form.matter, form.visit) == ([], {}, "v")
    assert all(form.texts[name] == texts[name] for name in form.texts)


@pytest.mark.parametrize(
    ("fee", "amount"),
    [("20.000", "20000"), ("20 000", "20000"), ("20.000đ", "20000"), ("0", "0"), ("1,500,000", "1500000")],
)
def test_an_amount_is_read_as_it_is_written_here(fee: str, amount: str) -> None:
    assert amount_of(Form({"fee": fee})) == amount


def test_money_is_an_event_of_its_own_and_so_is_an_original(law: Law) -> None:
    taken = command(law, fee="20.000", method="cash", shelf="B3")
    assert "fee_paid" not in taken.facts
    assert taken.along == (
        ("payment_received", {"amount": "20000", "method": "cash", "channel": "counter"}),
        ("original_taken", {"paper": "CT01", "shelf": "B3"}),
    )


def test_nothing_is_paid_unless_somebody_said_how(law: Law) -> None:
    assert [kind for kind, _ in command(law, fee="20.000", method="none").along] == ["original_taken"]


def test_an_exemption_is_an_event_of_its_own(law: Law) -> None:
    taken = command(law, fee="20.000", method="exempt")
    assert taken.along[0] == ("payment_received", {"amount": "0", "method": "exempt", "channel": "counter"})


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ({"applicant_number": "12345"}, "applicant_number"),
        ({"birth_date": "31/02/2020"}, "birth_date"),
        ({"phone": "123"}, "phone"),
        ({"email": "ai"}, "email"),
        ({"applicant_name": " "}, "applicant_name"),
        ({"method": "cash", "fee": "hai mươi"}, "fee"),
    ],
)
def test_a_problem_names_its_field(law: Law, texts: dict[str, str], place: str) -> None:
    with pytest.raises(InvalidInput) as found:
        command(law, **texts)
    assert place_of(found.value) == place


def test_a_clock_that_waits_for_the_fee_runs_once_it_is_paid(law: Law) -> None:
    waits = [
        (procedure.name, version)
        for procedure in law.procedures
        if not isinstance(version := law.version_on(procedure.name, NOW.date()), Refusal)
        and version.variants[0].starts_on == "payment_received"
    ]
    assert waits
    for name, _ in waits:
        for how, runs in (("none", False), ("cash", True), ("exempt", True)):
            found = outlook(law, "H17", Form({"procedure": name, "method": how}), NOW)
            assert isinstance(found, Outlook)
            assert (found.explanation.deadline.due_at is not None) is runs


@pytest.mark.parametrize(
    ("texts", "bringers", "capacity"),
    [
        ({}, False, "authorised"),
        ({"applicant_number": "001185012345"}, False, "authorised"),
        ({"applicant_number": "048085099999"}, True, "authorised"),
        ({"applicant_name": "Lê An", "birth_date": "01/05/2023"}, True, "parent"),
        ({"applicant_kind": "organisation"}, True, "legal_representative"),
    ],
)
def test_a_scanned_card_is_the_bringers_where_the_form_is_about_another(
    texts: dict[str, str], bringers: bool, capacity: str
) -> None:
    assert is_bringers(Form(texts), "001185012345") is bringers
    assert likely_capacity(Form(texts), NOW) == capacity


def test_an_earlier_promise_goes_along_with_the_dossier_and_is_no_part_of_the_next_one(law: Law) -> None:
    promise = {"due_at": "2026-05-28T15:00:00+07:00", "reason": "người già"}
    form = Form({"procedure": "permanent-residence", "applicant_name": "Lê An"}, visit="v", earlier=promise)
    taken = command_of(form, "d", NOW, opening_of(law.calendar()))
    assert taken.along[-1] == ("promised_earlier", promise)
    assert not form.empty and not Form(earlier=promise).empty
    assert form.same_visit().earlier == {}
    assert Form.read(json.loads(json.dumps(form.content()))) == form


@pytest.mark.parametrize(("channel", "asked"), [("", True), ("counter", True), ("online", False), ("post", False)])
def test_the_answer_to_the_online_offer_goes_along_from_the_counter_alone(law: Law, channel: str, asked: bool) -> None:
    offer = {"answer": "no", "reason": "no_device"}
    form = Form({"procedure": "household-split", "applicant_name": "Lê An", "channel": channel}, visit="v", offer=offer)
    along = command_of(form, "d", NOW, opening_of(law.calendar())).along
    assert (("service_offered", offer) in along) is asked
    assert form.same_visit().offer == {}
    assert Form.read(json.loads(json.dumps(form.content()))) == form


@pytest.mark.parametrize(
    ("due_at", "code"),
    [
        ("2026-05-28T15:00:00+07:00", None),
        ("2026-06-01T17:00:00+07:00", "promise_not_earlier"),
        ("2026-05-20T15:00:00+07:00", "appointment_past"),
    ],
)
def test_the_outlook_tells_whether_a_promise_is_earlier(law: Law, due_at: str, code: str | None) -> None:
    form = Form({"procedure": "permanent-residence"}, earlier={"due_at": due_at, "reason": "x"})
    found = outlook(law, "H30-001", form, NOW)
    assert isinstance(found, Outlook) and found.earlier == datetime.fromisoformat(due_at)
    assert (found.too_late.code if found.too_late else None) == code


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("15h hôm nay", "2026-05-21T15:00"),
        ("Ngày mai", "2026-05-22T17:00"),
        ("16h30 mai", "2026-05-22T16:30"),
        ("25/5", "2026-05-25T17:00"),
        ("25/5 9h", "2026-05-25T09:00"),
        ("17:00", "2026-05-21T17:00"),
    ],
)
def test_a_promise_is_read_as_it_is_said(law: Law, typed: str, moment: str) -> None:
    assert read_promise(typed, NOW, law.calendar()) == datetime.fromisoformat(moment).replace(tzinfo=LEGAL_TIME)


@pytest.mark.parametrize(("typed", "code"), [("khi nào cũng được", "moment_unread"), ("1/1/0001", "out_of_range")])
def test_what_is_no_promise_is_told_as_it_was_typed(law: Law, typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as told:
        read_promise(typed, NOW, law.calendar())
    assert told.value.code == code and told.value.params["value"] == typed


WARD, CITY = ("X", "Công an phường Thử"), ("X", "Công an thành phố Thử")


@pytest.mark.parametrize(
    ("unit", "procedure", "told"),
    [
        (
            WARD,
            "identity-card",
            "→ Nhận, chuyển Công an tỉnh, thành phố quyết định; thời hạn tính từ lúc nhận đủ tại đây",
        ),
        (WARD, "vehicle-transfer", "thời hạn tính kể từ khi nộp đủ lệ phí"),
        (WARD, "permanent-residence", "→ Nhận tại đây (nộp phi địa giới, NĐ 118/2025/NĐ-CP, chưa đối chiếu)"),
        (CITY, "permanent-residence", "! Không nhận tại đây (Công an tỉnh, thành phố): mời đến Công an xã, phường"),
        (CITY, "permanent-residence", "địa chỉ chưa có trong dữ liệu; giờ chung 07:30–11:30, 13:00–17:00"),
        (("X", "Đơn vị Thử"), "permanent-residence", ""),
    ],
)
def test_the_door_is_told_in_one_line(law: Law, unit: tuple[str, str], procedure: str, told: str) -> None:
    version = law.version_on(procedure, NOW.date())
    assert not isinstance(version, Refusal)
    line = door_line(law, unit, version, version.variants[0], NOW)
    assert told in line and "\n" not in line and bool(line) is bool(told)
    assert (door_note(law, unit, version, NOW) is None) is not line.startswith("!")


def test_a_known_address_is_told_with_its_day_and_hours(law: Law) -> None:
    version = law.version_on("fire-design-appraisal", NOW.date())
    assert not isinstance(version, Refusal)
    own = KnownUnit("PC07", "city", "Phòng PC07", "PC07", NOW.date(), None, "x", True, address="80 Lê Lợi")
    known = replace(law, units=(*law.units, own))
    saturday = NOW + timedelta(days=2)
    line = door_line(known, WARD, version, version.variants[0], saturday)
    assert "mời đến Phòng PC07, 80 Lê Lợi, T2 25/05 07:30–11:30, 13:00–17:00" in line
