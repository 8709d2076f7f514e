"""`motcua letter` on an 80 mm printer: the rules of issuing and copying are those of the PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.answers import Refusal
from storage.desk import Desk
from storage.spool import Spool
from storage.thermal import render_thermal
from tests.conftest import Ran, officer, take_in
from tests.storage.test_thermal import printed, scanned
from tui.slips import receipt_slip

Cli = Callable[..., Ran]


def receipt(cli: Cli, dossier: str, path: Path, paper: str = "thermal") -> bytes:
    ran = cli("letter", dossier, "receipt", "--format", paper, "--out", path, "--as", "tmd")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    return path.read_bytes()


def test_the_slip_is_issued_once_whatever_the_paper(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    dossier = take_in(desk)
    first = receipt(cli, dossier, tmp_path / "first")
    assert receipt(cli, dossier, tmp_path / "again") == first
    (job,) = Spool(desk).jobs()
    assert receipt(cli, dossier, tmp_path / "pdf", "pdf") == job.pdf
    after = desk.dossier(dossier)
    assert after is not None
    assert list(after.letters) == [job.issue]
    assert scanned(printed(first)) == [after.receipt_number]


def test_after_a_confirmed_print_it_is_a_marked_copy_that_nobody_signs_for(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = take_in(desk)
    first = receipt(cli, dossier, tmp_path / "first")
    (job,) = Spool(desk).jobs()
    assert not isinstance(Spool(desk).confirm(officer(desk), job), Refusal)
    monkeypatch.delenv("MOTCUA_PIN")
    copy = receipt(cli, dossier, tmp_path / "copy")
    after = desk.dossier(dossier)
    assert after is not None
    assert copy == render_thermal(receipt_slip(desk, after, copy_mark=True)) != first
    assert Spool(desk).jobs() == []


def test_a_wrong_pin_issues_and_writes_nothing(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = take_in(desk)
    monkeypatch.setenv("MOTCUA_PIN", "000000")
    path = tmp_path / "slip"
    assert cli("letter", dossier, "receipt", "--format", "thermal", "--out", path, "--as", "tmd").status == 1
    assert not path.exists()
    assert Spool(desk).jobs() == []
