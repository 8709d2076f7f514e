"""Decisions by which somebody else bears the post's fee: dated data that holds for some applicants, and is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from core.posting import post_terms
from storage.desk import Desk
from storage.verification import verify
from tests.conftest import NOW, UNIT, Office, Ran, act, officer, take_in
from tests.schema_check import check
from tests.tui.workstation import workstation
from tui.law_words import unread_lines

Cli = Callable[..., Ran]
DECISION = "QĐ 812/QĐ-UBND"
ROW = f"""
[[post_support]]
decision = "{DECISION}"
borne_by = "UBND quận Hải Châu"
applicants = ["citizen"]
procedures = ["permanent-residence"]
valid_from = 2026-05-01
valid_to = 2026-12-31
fee = "26000"
"""
FOR_POOR = """
[[post_support]]
decision = "QĐ 9"
borne_by = "UBND thành phố"
whom = "hộ nghèo"
valid_from = 2026-01-01
"""
AS = ("--as", "tmd", "--json")


def amended(cli: Cli, folder: Path, text: str) -> Ran:
    file = folder / "support.toml"
    file.write_text(text, encoding="utf-8")
    return cli("catalogue", "amend", str(file), *AS)


def sent(cli: Cli, desk: Desk, **facts: object) -> dict[str, object]:
    dossier = take_in(desk, return_by="post", **facts)
    act(desk, dossier, "result_ready")
    number = cli("results", "to_post", dossier, "--do", "--carrier", "VNPost", *AS).json["number"]
    found = cli("post", "show", str(number), "--json").json
    check(found, "post-letters")
    check(cli("results", "manifest", "--json").json, "results-manifest")
    (letter,) = found
    return {name: letter[name] for name in ("payer", "fee", "decision")}


def test_it_holds_for_whom_it_names_and_goes_with_the_letter(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    assert amended(cli, tmp_path, ROW).status == 0
    assert sent(cli, desk) == {"payer": "support", "fee": "26000", "decision": DECISION}
    firm = {"kind": "organisation", "name": "Công ty TNHH Hải Vân"}
    own = {"payer": "citizen", "fee": None, "decision": None}
    assert sent(cli, desk, applicant=firm) == own
    assert sent(cli, desk, procedure="temporary-residence") == own
    assert verify(desk).holds


@pytest.mark.parametrize(
    ("day", "payer"),
    [("2026-04-30", "citizen"), ("2026-05-01", "support"), ("2026-12-31", "support"), ("2027-01-01", "citizen")],
)
def test_it_holds_from_its_first_day_to_its_last(cli: Cli, desk: Desk, tmp_path: Path, day: str, payer: str) -> None:
    amended(cli, tmp_path, ROW)
    terms = post_terms(desk.law, UNIT, date.fromisoformat(day), "citizen", "permanent-residence")
    assert terms is not None and terms.payer == payer
    other = post_terms(desk.law, "H30-999", date.fromisoformat(day), "citizen", "permanent-residence")
    assert other is not None and other.payer == "citizen"


def test_people_that_no_register_here_knows_are_asked_for_a_proof(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    amended(cli, tmp_path, FOR_POOR)
    terms = post_terms(desk.law, UNIT, NOW.date(), "citizen", "permanent-residence")
    assert terms is not None and terms.payer == "citizen"
    assert [one.whom for one in terms.asked] == ["hộ nghèo"]


def test_a_fee_may_be_written_as_a_number(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    assert amended(cli, tmp_path, ROW.replace('"26000"', "26000")).status == 0
    assert sent(cli, desk)["fee"] == "26000"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"citizen"]', '"everybody"]'),
        ('"26000"', '"nhiều"'),
        ('"26000"', "-26000"),
        ('"26000"', "26000.5"),
        ("2026-12-31", "2026-04-01"),
        ("borne_by", "paid_by"),
    ],
)
def test_a_row_that_says_nothing_true_is_refused(cli: Cli, desk: Desk, tmp_path: Path, old: str, new: str) -> None:
    ran = amended(cli, tmp_path, ROW.replace(old, new))
    assert ran.status == 1 and ran.json["error"]["code"].startswith("law_")
    assert desk.law.supports == ()


def test_a_procedure_that_the_catalogue_does_not_hold_is_refused(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    ran = amended(cli, tmp_path, ROW.replace("permanent-residence", "khong-co"))
    assert ran.status == 1 and ran.json["error"]["code"] == "procedure_unknown" and "khong-co" in ran.err + ran.out
    assert desk.law.supports == ()


def test_a_procedure_may_be_named_by_its_national_code(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    known = desk.law.find("permanent-residence")
    assert known is not None and known.code
    assert amended(cli, tmp_path, ROW.replace("permanent-residence", known.code)).status == 0
    assert sent(cli, desk)["payer"] == "support"


def test_the_receipt_says_who_pays(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    amended(cli, tmp_path, ROW)
    take_in(desk, return_by="post", at=NOW)
    take_in(desk, return_by="counter", at=NOW)
    said = [cli("letter", code, "receipt", "--format", "text", "--as", "tmd").out for code in ("0001", "0002")]
    assert ["theo QĐ 812" in " ".join(paper.split()) for paper in said] == [True, False], said[0]


async def test_the_officer_is_told_at_intake(office: Office, cli: Cli, tmp_path: Path) -> None:
    amended(cli, tmp_path, ROW + FOR_POOR)
    async with workstation(office) as desktop:
        desktop.app.take_in("permanent-residence")
        await desktop.settle()
        form = desktop.one("IntakeForm")
        form.put({"return_by": "post"})
        desktop.app.screen._changed("return_by")
        await desktop.until(lambda: "UBND quận Hải Châu" in desktop.says("#law"))
        assert DECISION in desktop.says("#law") and "hộ nghèo" in desktop.says("#law")


def test_what_changed_is_told_in_words(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    amended(cli, tmp_path, ROW)
    told = [line.text for line in unread_lines(desk, officer(desk, "hoa"))]
    assert any("UBND quận Hải Châu" in one and "31/12/2026" in one for one in told), told
