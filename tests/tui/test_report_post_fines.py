"""The reports of the post and of fines: counted again from the events, as lines, JSON and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.fines import FIELD
from storage.desk import Desk
from storage.fines import NewFine, enter, pay
from tests.conftest import NOW, Office, Ran, act, officer, take_in, written_earlier
from tests.schema_check import check
from tests.tui.workstation import painted, workstation

Cli = Callable[..., Ran]
MAY = ("--from", "2026-05-01", "--to", "2026-05-31")


@pytest.fixture
def posted(desk: Desk) -> Desk:
    """Five letters: one before May that is still out, then delivered with and without proof, returned, and out."""
    begun, before = NOW - timedelta(days=60), NOW - timedelta(days=30)
    costs: list[dict[str, str]] = [
        {"payer": "citizen"}, {"payer": "support", "decision": "QĐ 812", "fee": "26000"}, {},
        {"payer": "support", "decision": "QĐ 812", "fee": "26000"}, {"payer": "citizen", "fee": "30000"},
    ]  # fmt: skip
    names = []
    for place, cost in enumerate(costs):
        at = before if place == 0 else NOW - timedelta(days=2)
        name = take_in(desk, return_by="post", at=begun)
        act(desk, name, "result_ready", at=at)
        act(desk, name, "handed_to_post", at=at, carrier="VNPost", **cost)
        names.append(name)
    act(desk, names[1], "result_returned", channel="post", delivered_on="2026-05-20", proof="ký nhận")
    act(desk, names[2], "result_returned", channel="post")
    act(desk, names[3], "post_returned", reason="đi vắng", next="counter")
    return desk


def recounted(desk: Desk) -> dict[str, int]:
    """The same from the raw events, letter by letter, without the tables."""
    counts = dict.fromkeys(("sent", "delivered", "returned", "out"), 0)
    for (entity,) in desk.connection.execute("SELECT DISTINCT entity FROM event WHERE kind = 'handed_to_post'"):
        stands, inside = "", False
        for event in desk.log.events_of(entity):
            if event.kind == "handed_to_post":
                stands, inside = "out", event.at.date().isoformat() >= "2026-05-01"
            elif event.kind == "post_returned":
                stands = "returned"
            elif event.kind == "result_returned":
                stands = "delivered"
        if inside:
            counts["sent"] += 1
            counts[stands] += 1
    return counts


def test_the_post_is_counted_as_its_events_say(cli: Cli, posted: Desk) -> None:
    ran = cli("report", "post", *MAY, "--json")
    check(ran.json, "report-post")
    totals = ran.json["totals"]
    assert {name: totals[name] for name in ("sent", "delivered", "returned", "out")} == recounted(posted)
    assert (totals["unproved"], totals["long"], totals["fee"], totals["unpriced"]) == (1, 1, "82000", 1)
    payers = [(one["payer"], one["decision"], one["sent"], one["fee"]) for one in ran.json["payers"]]
    assert payers == [(None, None, 1, None), ("citizen", None, 1, "30000"), ("support", "QĐ 812", 2, "52000")]
    assert ran.json["reasons"] == [{"reason": "đi vắng", "count": 1}]
    assert sum(one["sent"] for one in ran.json["procedures"]) == totals["sent"]
    assert [one["stands"] for one in ran.json["out_long"]] == ["out"]


def test_a_month_without_letters_says_nothing_but_noughts(cli: Cli, posted: Desk) -> None:
    ran = cli("report", "post", "--from", "2025-01-01", "--to", "2025-01-31", "--json")
    check(ran.json, "report-post")
    assert ran.json["totals"]["sent"] == 0 and ran.json["payers"] == []
    assert "chưa có số liệu" in cli("report", "post", *MAY).out


@pytest.fixture
def fined(desk: Desk) -> Desk:
    """Three decisions: paid on the portal, half paid at the counter, its payment taken back."""
    by = officer(desk)
    for place, amount in enumerate(("4000000", "1000000", "500000"), 1):
        enter(desk, by, NewFine(f"QĐ {place}", "Vũ Đình Khánh", amount, held=[("GPLX", "")]))
    names = [name for (name,) in desk.connection.execute("SELECT dossier FROM fine ORDER BY decision")]
    pay(desk, by, names[0], channel="online", proof="DVC 1")
    pay(desk, by, names[1], amount="400000", proof="BL 1")
    pay(desk, by, names[2], channel="post", proof="CT 1")
    act(desk, names[2], "payment_reversed", amount="500000", reason="nhầm hồ sơ")
    take_in(desk)
    return desk


def test_fines_are_counted_by_channel(cli: Cli, fined: Desk) -> None:
    ran = cli("report", "fines", *MAY, "--json")
    check(ran.json, "report-fines")
    found: dict[str, Any] = ran.json
    assert found["decisions"] == {"count": 3, "amount": "5500000"}
    assert [(one["channel"], one["count"], one["amount"]) for one in found["channels"]] == [
        ("counter", 1, "400000"), ("post", 0, "0"), ("online", 1, "4000000"),
    ]  # fmt: skip
    assert found["payments"]["amount"] == f"{sum(Decimal(one['amount']) for one in found['paid']):f}" == "4400000"
    assert (found["owed"], found["held"]) == ({"count": 2, "amount": "1100000"}, 3)


def test_payments_that_were_taken_back_are_not_counted(cli: Cli, desk: Desk) -> None:
    by = officer(desk)
    enter(desk, by, NewFine("QĐ 7", "Vũ Đình Khánh", "700000"))
    ((name,),) = desk.connection.execute("SELECT dossier FROM fine").fetchall()
    pay(desk, by, name, channel="online", proof="DVC 1")
    act(desk, name, "payment_reversed", amount="700000", reason="nhầm hồ sơ")
    pay(desk, by, name, channel="online", amount="500000", proof="DVC 2")
    pay(desk, by, name, channel="online", amount="200000", proof="DVC 3")
    act(desk, name, "payment_reversed", amount="100000", reason="thu thừa")
    found: dict[str, Any] = cli("report", "fines", *MAY, "--json").json
    assert found["payments"] == {"count": 2, "amount": "600000"} and len(found["paid"]) == 5
    act(desk, name, "payment_reversed", amount="100000", reason="thu thừa")
    assert cli("report", "fines", *MAY, "--json").json["payments"] == {"count": 1, "amount": "500000"}


def test_fines_are_counted_by_what_they_were_paid_with(cli: Cli, fined: Desk) -> None:
    """What is taken back goes off the way by which it came; an officer's own word stands as it was written."""
    by = officer(fined)
    for place, method in enumerate(("cash", "card", "cash", "transfer"), 11):
        enter(fined, by, NewFine(f"QĐ {place}", "Vũ Đình Khánh", f"{place}00000", held=[("GPLX", "")]))
        (name,) = fined.connection.execute("SELECT dossier FROM fine WHERE decision = ?", (f"QĐ {place}",)).fetchone()
        pay(fined, by, name, method=method, proof=f"BL {place}")
        if method == "card":
            act(fined, name, "payment_reversed", amount="1200000", reason="nhầm hồ sơ")
            paid = {"amount": "5", "purpose": "fine", "channel": "counter", "method": "ví điện tử"}
            written_earlier(fined, name, "payment_received", **paid)
    found: dict[str, Any] = cli("report", "fines", *MAY, "--json").json
    check(found, "report-fines")
    counter = next(one for one in found["channels"] if one["channel"] == "counter")
    assert [(one["method"], one["count"], one["amount"]) for one in counter["methods"]] == [
        ("cash", 2, "2400000"), ("transfer", 1, "1400000"), ("card", 0, "0"), ("ví điện tử", 1, "5"),
        (None, 1, "400000"),
    ]  # fmt: skip
    assert (counter["count"], counter["amount"]) == (5, "4200005")
    assert [one["methods"] for one in found["channels"] if one["channel"] == "post"] == [
        [{"method": None, "count": 0, "amount": "0"}]
    ]
    lines = [line.split() for line in cli("report", "fines", *MAY).out.splitlines()]
    assert ["tại", "quầy,", "tiền", "mặt", "2", "2.400.000"] in lines
    assert ["tại", "quầy,", "không", "ghi", "1", "400.000"] in lines
    before = fined.connection.execute("SELECT id, method FROM fine_payment ORDER BY id").fetchall()
    fined.projection.rebuild()
    assert fined.connection.execute("SELECT id, method FROM fine_payment ORDER BY id").fetchall() == before


def test_dossiers_of_fines_are_told_apart_by_their_field(fined: Desk) -> None:
    """What form II.06a leaves out: every dossier of a procedure in this field, and no other."""
    outside = {one.name for one in fined.law.procedures if one.field == FIELD}
    rows = fined.connection.execute("SELECT procedure, count(*) FROM dossier GROUP BY procedure").fetchall()
    assert {name: count for name, count in rows if name in outside} == {"seized-item-return": 3}
    assert {name: count for name, count in rows if name not in outside} == {"permanent-residence": 1}


@pytest.mark.parametrize("name", ["post", "fines"])
def test_both_go_into_every_file(cli: Cli, posted: Desk, fined: Desk, tmp_path: Path, name: str) -> None:
    for ending in (".xlsx", ".csv", ".pdf"):
        assert cli("report", name, *MAY, "--out", str(tmp_path / f"r{ending}")).status == 0
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert len(book.sheetnames) == len(set(book.sheetnames)) >= 3
    numbers = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if isinstance(cell.value, int)]
    assert numbers, "figures are numbers"
    assert "Khánh" not in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["post", "fines"])
async def test_a_figure_opens_into_its_dossiers(office: Office, posted: Desk, fined: Desk, name: str) -> None:
    async with workstation(office, "reports") as desktop:
        desktop.app.switch(desktop.app.make("reports", name))
        await desktop.until(lambda: desktop.app.screen._name == name and desktop.app.screen.stands)
        await desktop.settle()
        desktop.app.screen.set_focus(desktop.one("#totals"))
        await desktop.press("down", "enter", "down", "enter")
        await desktop.settle()
        assert type(desktop.app.screen).__name__ == "DossierScreen", painted(desktop.app)
