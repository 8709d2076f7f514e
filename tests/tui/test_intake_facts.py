"""What the intake form means, without its screen."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.decisions import TakeIn
from core.intake import COLUMNS, opening_of
from core.law import Law
from core.moments import LEGAL_TIME
from storage.lawbook import law_from_rows, package_rows
from tui.screens.intake_facts import (
    Form,
    Outlook,
    amount_of,
    command_of,
    is_bringers,
    likely_capacity,
    outlook,
    place_of,
    row_of,
    wrong_door,
)

NOW = datetime(2026, 5, 21, 9, 0, tzinfo=LEGAL_TIME)
TEXTS = st.dictionaries(st.sampled_from([*COLUMNS, "fee", "method"]), st.text(max_size=20))
CODES = st.lists(st.sampled_from(["CT01", "lawful-dwelling"]), unique=True)


@pytest.fixture(scope="module")
def law() -> Law:
    return law_from_rows(list(package_rows()))


def command(law: Law, **texts: str) -> TakeIn:
    form = Form({"procedure": "permanent-residence", "applicant_name": "Lê An"} | texts, originals=["CT01"])
    return command_of(form, "d", NOW, opening_of(law.calendar()))


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
    assert command(law, fee="20.000", method="exempt").facts["fee_paid"] == "0"


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
        unpaid, paid = (outlook(law, "H17", Form({"procedure": name, "method": how}), NOW) for how in ("none", "cash"))
        assert isinstance(unpaid, Outlook)
        assert isinstance(paid, Outlook)
        assert unpaid.explanation.deadline.due_at is None
        assert paid.explanation.deadline.due_at is not None


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


def test_a_door_is_wrong_only_where_the_kind_of_unit_is_known(law: Law) -> None:
    version = law.version_on("permanent-residence", NOW.date())
    assert not isinstance(version, Refusal)
    assert wrong_door(law, "H17", version) == "city"
    assert wrong_door(law, "H17.99", version) is None
