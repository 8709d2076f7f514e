"""What a scan and a number mean for a form, without a screen."""

from __future__ import annotations

import pytest

from storage.desk import Desk
from tests.conftest import take_in
from tests.tui.workstation import CARD
from tui.i18n import tr
from tui.screens.intake_facts import Form
from tui.screens.intake_taking import known_texts, scanned

ANNA = {"kind": "foreigner", "name": "Anna", "id_type": "passport", "id_number": "C123456", "nationality": "Brasil"}


@pytest.mark.parametrize(("typed", "known"), [("C123456", "Anna"), ("C12345", None), ("C 123456", "Anna")])
def test_a_foreigner_who_was_here_is_known_by_a_passport_of_any_length(
    desk: Desk, typed: str, known: str | None
) -> None:
    take_in(desk, applicant=ANNA)
    form = Form({"applicant_kind": "foreigner", "applicant_number": typed})
    assert known_texts(desk, form).get("applicant_name") == known


@pytest.mark.parametrize("text", ["H30-001-260521-0001", "h30-001-260521-0001 "])
def test_a_receipt_is_named_as_one_whatever_its_units_code(desk: Desk, text: str) -> None:
    scan = scanned(desk, Form(), text)
    assert (scan.of, scan.texts) == ("nothing", {}) and tr("warning.qr_is_receipt") in scan.said


def test_a_card_is_the_persons_unless_the_form_is_about_somebody_else(desk: Desk) -> None:
    assert scanned(desk, Form(), CARD).of == "person"
    assert scanned(desk, Form(), CARD, of_bringer=True).of == "bringer"
    child = scanned(desk, Form({"applicant_name": "Y Blim", "birth_date": "2019"}), CARD)
    assert (child.of, child.texts["bringer_capacity"]) == ("bringer", "parent")
