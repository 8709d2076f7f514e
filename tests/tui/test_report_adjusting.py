"""What was sent stays; what has come out since is named, figure by figure and dossier by dossier, in the next one."""

from __future__ import annotations

import csv
import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.decisions import TakeIn
from core.freezing import FreezeReport, digest
from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.desk import Desk, Done
from storage.fines import NewFine, enter, pay
from storage.frozen import Sent, freeze
from storage.sync.exchange import exchange
from storage.sync.joining import start_desk
from tests.conftest import NOW, Office, Ran, act, officer, take_in
from tests.schema_check import check
from tests.storage.sync_desks import START, Station, new_desk, officer_of
from tests.storage.sync_desks import act as act_there
from tests.storage.sync_desks import take_in as take_in_there
from tests.tui.workstation import NARROW, painted, workstation
from tui.handover import procedure_title
from tui.reports import REPORTS, Asked, not_sent, read, report
from tui.reports.adjusting import adjusting, sendable

Cli = Callable[..., Ran]
MAY, JUNE = ("--from", "2026-05-01", "--to", "2026-05-31"), ("--from", "2026-06-01", "--to", "2026-06-30")
LEADER = ("--as", "lanh")
COMPARED = [name for name in REPORTS if not_sent(report(name)) is None and getattr(report(name), "IS_COMPARED", True)]


@pytest.fixture
def later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """Go on at this moment, in the desk that is open and in commands."""

    def go(text: str) -> datetime:
        moment = datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)
        desk.now = lambda: moment  # type: ignore[method-assign]
        monkeypatch.setenv("MOTCUA_NOW", moment.isoformat())
        return moment

    return go


def figures(told: dict[str, Any]) -> set[tuple[str, str, object, object]]:
    return {(one["line"], one["figure"], one["was"], one["now"]) for one in told["figures"]}


@pytest.mark.parametrize("name", COMPARED)
def test_nothing_that_came_out_is_nothing_to_adjust(cli: Cli, desk: Desk, later: Any, name: str) -> None:
    """Also where time has passed: three are open, and past their date by the time of the second look."""
    for _ in range(3):
        take_in(desk)
    later("2026-06-01T08:00")
    assert cli("report", name, *JUNE, "--json").json["adjustments"] is None, "none was sent"
    assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    told = cli("report", name, *JUNE, "--json")
    check(told.json, f"report-{name}")
    assert (told.json["adjustments"]["figures"], told.json["adjustments"]["dossiers"]) == ([], [])
    assert "01/05/2026–31/05/2026" in cli("report", name, *JUNE).out, "it says that it was compared"


@pytest.mark.parametrize("name", COMPARED)
def test_time_that_passes_is_nothing_to_adjust(cli: Cli, desk: Desk, later: Any, name: str) -> None:
    """In May: an open one past its limit, one that will be, a letter under way, a fine. Then seven weeks go by."""
    take_in(desk, at=NOW - timedelta(days=30))
    take_in(desk)
    posted = take_in(desk)
    act(desk, posted, "result_ready")
    act(desk, posted, "handed_to_post", carrier="VNPost")
    enter(desk, officer(desk), NewFine("QĐ 1", "Vũ Đình Khánh", "4000000", held=[("GPLX", "")]))
    later("2026-06-01T08:00")
    assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    later("2026-07-20T09:00")
    told = cli("report", name, *JUNE, "--json").json["adjustments"]
    assert (told["figures"], told["dossiers"]) == ([], [])


@pytest.mark.parametrize("name", ["apologies", "late", "post", "fines"])
def test_what_is_not_of_the_sent_period_is_nothing_to_adjust_in_it(cli: Cli, desk: Desk, later: Any, name: str) -> None:
    """Owed, out too long and open at both looks or at one of them, but of June or of April; and a note about May's."""
    later("2026-04-20T09:00")
    enter(desk, officer(desk), NewFine("QĐ 1", "Vũ Đình Khánh", "4000000"))
    later("2026-05-21T09:00")
    first = take_in(desk, at=NOW - timedelta(days=30))  # its limit is May's
    june, april = take_in(desk, at=NOW), take_in(desk, at=NOW - timedelta(days=40))
    act(desk, april, "result_ready", at=NOW - timedelta(days=38))
    act(desk, april, "handed_to_post", at=NOW - timedelta(days=35), carrier="VNPost")
    fine = desk.connection.execute("SELECT dossier FROM fine").fetchone()[0]
    later("2026-06-15T08:00")
    assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    moment = later("2026-07-10T09:00")
    act(desk, first, "noted", at=moment, text="đã gọi")
    act(desk, june, "result_ready", at=moment)
    act(desk, april, "post_returned", at=moment, reason="đi vắng", next="counter")
    pay(desk, officer(desk), fine, channel="online", proof="DVC 1")
    told = cli("report", name, *JUNE, "--json").json["adjustments"]
    assert (told["figures"], told["dossiers"]) == ([], [])


def test_what_becomes_of_a_debt_of_the_sent_period_is_named(cli: Cli, desk: Desk, later: Any) -> None:
    dossier = take_in(desk, at=NOW - timedelta(days=30))
    later("2026-06-01T08:00")
    for name in ("apologies", "late"):
        assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    act(desk, dossier, "result_ready", at=later("2026-06-10T09:00"))
    for name in ("apologies", "late"):
        told = cli("report", name, *JUNE, "--json").json["adjustments"]["dossiers"]
        assert [(one["id"], one["was"], one["now"], one["why"]) for one in told] == [
            (dossier, True, True, "entered_late")
        ]


def test_a_limit_that_passes_in_the_rest_of_the_period_was_not_written(cli: Cli, desk: Desk, later: Any) -> None:
    dossier = take_in(desk, at=NOW - timedelta(days=8))
    later("2026-05-21T10:00")
    for name in ("apologies", "late"):
        assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    later("2026-06-03T09:00")
    for name in ("apologies", "late"):
        assert cli("report", name, *MAY, "--json").json["period" if name == "apologies" else "rows"] != []
        assert cli("report", name, *JUNE, "--json").json["adjustments"]["dossiers"] == []
    act(desk, dossier, "result_ready", at=later("2026-06-03T10:00"))
    for name in ("apologies", "late"):
        told = cli("report", name, *JUNE, "--json").json["adjustments"]["dossiers"]
        assert [(one["id"], one["was"], one["now"], one["why"]) for one in told] == [
            (dossier, False, True, "later_in_period")
        ]


def test_what_another_desk_wrote_before_and_sent_after_is_named(station: Station) -> None:
    """By its clock it is older than the report; it came later than that."""
    one, other = station.desks[:2]
    known = take_in_there(one)
    station.sync(0, 1)
    station.sync(0, 1)
    act_there(other, known, "corrected", field="channel", new="online", reason="x")
    missed = take_in_there(other)
    one.now = lambda: START + timedelta(days=14)
    found, leader = report("commune"), officer_of(one)
    november = Asked(date(2026, 11, 1), date(2026, 11, 30))
    told = adjusting(found, one, leader, november)
    document = sendable(told, one, read(told, one, leader, november))
    assert isinstance(freeze(one, leader, document, (november.first, november.last), None), Sent)
    station.sync(1, 0)
    december = Asked(date(2026, 12, 1), date(2026, 12, 31))
    again = adjusting(found, one, leader, december)
    rows = again.document(one, read(again, one, leader, december))["adjustments"]["dossiers"]
    assert {(row["id"], row["was"], row["now"]) for row in rows} == {(known, True, True), (missed, False, True)}


def test_a_desk_without_the_stations_key_tells_what_it_knows_and_that_there_is_more(
    station: Station, tmp_path: Path
) -> None:
    one, leader = station.desks[0], officer_of(station.desks[0])
    take_in_there(one)
    november = Asked(date(2026, 11, 1), date(2026, 11, 30))
    found = adjusting(report("ii06a"), one, leader, november)
    document = sendable(found, one, read(found, one, leader, november))
    assert isinstance(freeze(one, leader, document, (november.first, november.last), None), Sent)
    station.sync(0)
    new = start_desk(tmp_path / "d4", new_desk(4), [station.hub]).desk
    exchange(new, station.hub)
    for desk, is_told in ((one, False), (new, True)):
        for name in [*COMPARED, "ii06a", "register"]:
            told = adjusting(report(name), desk, leader, november)
            sheet = told.sheet(desk, read(told, desk, leader, november))
            assert any("chưa mở được" in line for line in sheet.about) is is_told, name
            told.document(desk, read(told, desk, leader, november))
    new.close()


def test_late_entries_and_corrections_are_named(cli: Cli, desk: Desk, later: Any, tmp_path: Path) -> None:
    same, void, other = (take_in(desk) for _ in range(3))
    later("2026-06-01T08:00")
    sent = cli("report", "commune", *MAY, "--send", *LEADER, "--json").json
    text = cli("report", "--sent", sent["id"]).out
    moment = later("2026-06-03T09:00")
    act(desk, void, "voided", by="lanh", at=moment, reason="x")
    act(desk, other, "corrected", at=moment, field="channel", new="online", reason="x")
    act(desk, same, "result_ready", at=moment)
    body = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    done = desk.do(TakeIn(desk.new_id(), "received", moment - timedelta(days=5), body), officer(desk))
    assert isinstance(done, Done)
    told = cli("report", "commune", *JUNE, "--json").json["adjustments"]
    assert told["of"] == sent["id"]
    assert {(one["id"], one["was"], one["now"], one["why"]) for one in told["dossiers"]} == {
        (void, True, False, "voided"),
        (other, True, True, "corrected"),
        (done.dossiers[0], False, True, "entered_late"),
    }, "one that ended in June is not otherwise in May"
    assert {one for one in figures(told) if one[0] == "all"} == {
        ("all", "received_direct", 3, 2),
        ("all", "received_online", 0, 1),
        ("all", "pending_direct", 3, 2),
        ("all", "pending_online", 0, 1),
    }
    assert cli("report", "--sent", sent["id"]).out == text, "what was sent stays"
    path = tmp_path / "a.xlsx"
    assert cli("report", "commune", *JUNE, "--out", path, "--lang", "vi").status == 0
    page = openpyxl.load_workbook(path)["Điều chỉnh số liệu kỳ trước"]
    rows = [row for row in page.iter_rows(values_only=True) if row[0] == "Tổng cộng"]
    assert ("Tổng cộng", "Tiếp nhận trực tiếp", 3, 2) in rows


@pytest.mark.parametrize("name", ["commune", "units", "years", "qd766"])
def test_each_report_of_the_form_names_its_dossiers(cli: Cli, desk: Desk, later: Any, name: str) -> None:
    """One voided, one reopened, two corrected, two entered late; and one that is as it was."""
    void, again, *other, _ = (take_in(desk) for _ in range(5))
    act(desk, again, "result_ready")
    later("2026-06-01T08:00")
    assert cli("report", name, *MAY, "--send", *LEADER).status == 0
    moment = later("2026-06-03T09:00")
    act(desk, void, "voided", by="lanh", at=moment, reason="x")
    act(desk, again, "reopened", by="lanh", at=moment, reason="x")
    for one in other:
        act(desk, one, "corrected", at=moment, field="channel", new="online", reason="x")
    late = [take_in(desk, at=moment - timedelta(days=5)) for _ in range(2)]
    told = cli("report", name, *JUNE, "--json")
    check(told.json, f"report-{name}")
    assert {(one["id"], one["was"], one["now"], one["why"]) for one in told.json["adjustments"]["dossiers"]} == {
        (void, True, False, "voided"),
        (again, True, True, "reopened"),
        *((one, True, True, "corrected") for one in other),
        *((one, False, True, "entered_late") for one in late),
    }


@pytest.mark.parametrize("name", ["units", "years", "qd766"])
def test_one_that_an_earlier_version_sent_names_none(cli: Cli, desk: Desk, later: Any, name: str) -> None:
    """It kept figures, and no dossiers: which ones they were of is not known."""
    void, _ = take_in(desk), take_in(desk)
    later("2026-06-01T08:00")
    document = cli("report", name, *MAY, "--send", *LEADER, "--json").json
    older = json.loads(cli("report", "--sent", document["id"]).out)
    del older["dossiers"]
    assert isinstance(freeze(desk, officer(desk, "lanh"), older, (date(2026, 5, 1), date(2026, 5, 31)), None), Sent)
    act(desk, void, "voided", by="lanh", at=later("2026-06-03T09:00"), reason="x")
    told = cli("report", name, *JUNE, "--json")
    check(told.json, f"report-{name}")
    assert told.json["adjustments"]["dossiers"] == [] and told.json["adjustments"]["figures"] != []
    assert "0 hồ sơ khác đi" in cli("report", name, *JUNE).out


def test_one_that_came_back_by_post_since_changes_the_letters(cli: Cli, desk: Desk, later: Any) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "result_ready")
    act(desk, dossier, "handed_to_post", carrier="VNPost", tracking="EA1")
    later("2026-06-01T08:00")
    assert cli("report", "post", *MAY, "--send", *LEADER).status == 0
    moment = later("2026-06-03T09:00")
    act(desk, dossier, "post_returned", at=moment, reason="đi vắng", next="counter")
    told = cli("report", "post", *JUNE, "--json").json["adjustments"]
    assert {("all", "out", 1, 0), ("all", "returned", 0, 1)} <= {
        ("all" if line not in ("permanent-residence",) else line, *rest) for line, *rest in figures(told)
    }
    assert [(one["id"], one["was"], one["now"]) for one in told["dossiers"]] == [(dossier, True, True)]


def test_another_reading_and_another_unit_have_adjustments_of_their_own(cli: Cli, desk: Desk, later: Any) -> None:
    take_in(desk)
    later("2026-06-01T08:00")
    assert cli("report", "units", *MAY, "--send", *LEADER).status == 0
    assert cli("report", "units", *JUNE, "--json").json["adjustments"] is not None
    assert cli("report", "units", *JUNE, "--reading", "ours", "--json").json["adjustments"] is not None
    assert cli("report", "units", *JUNE, "--reading", "portal", "--json").json["adjustments"] is None
    assert cli("report", "units", *JUNE, "--unit", "H30-001", "--json").json["adjustments"] is None


@pytest.mark.parametrize("name", ["ii06a", "post"])
async def test_one_that_is_broken_is_told_and_stops_nothing(office: Office, monkeypatch: Any, name: str) -> None:
    """Another desk wrote it: neither a wrong hash nor no JSON at all may close F7."""
    desk = office.open()
    for text in ("[]", "not JSON", '{"figures": {"all": {}}, "dossiers": null}'):
        packed = b64encode(zlib.compress(text.encode())).decode()
        reading = "ours" if name == "ii06a" else ""
        for known in (digest(text), "0" * 64):  # whole, and not what its hash says
            days = (date(2026, 1, 1), date(2026, 3, 31))
            command = FreezeReport(name, *days, None, reading, 1, packed, known, desk.now())
            assert isinstance(desk.do(command, officer(desk)), Done)
            monkeypatch.setenv("MOTCUA_NOW", "2026-06-03T08:00:00+07:00")
            async with workstation(office, "reports", size=NARROW) as desktop:
                desktop.app.switch(desktop.app.make("reports", name))
                await desktop.pilot.pause()
                assert "So với báo cáo kỳ" in painted(desktop.app)
    desk.close()


async def test_the_screen_names_them_whole_and_opens_the_dossier(
    office: Office, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office.open()
    void = take_in(desk)
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-01T08:00:00+07:00")
    assert cli("report", "channels", *MAY, "--send", *LEADER).status == 0
    act(desk, void, "voided", by="lanh", at=NOW, reason="x")
    desk.close()
    async with workstation(office, "reports", size=NARROW) as desktop:
        desktop.app.switch(desktop.app.make("reports", "channels"))
        await desktop.pilot.pause()
        assert "1 hồ sơ khác đi" in painted(desktop.app)
        await desktop.press("end")
        assert "None" not in painted(desktop.app) and "permanent-residence" not in painted(desktop.app)
        assert "Vì sao: đã hủy · Đã gửi: có · Nay: không" in painted(desktop.app)
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


HEADS = ("Mã hồ sơ", "Vì sao", "Đã gửi", "Nay", "Thủ tục")
SPRING = ("--from", "2026-04-01", "--to", "2026-06-30")
"""The form's own period on F7: a quarter."""


@pytest.fixture
def adjusted(cli: Cli, desk: Desk, later: Any) -> set[tuple[str, ...]]:
    """Form II.06a's rows of adjustments: one voided, one corrected, one reopened."""
    winter = datetime(2026, 3, 20, 9, tzinfo=LEGAL_TIME)
    names = void, other, again = [take_in(desk, at=winter) for _ in range(3)]
    act(desk, again, "withdrawn", at=winter)
    later("2026-04-01T08:00")
    assert cli("report", "ii06a", "--from", "2026-01-01", "--to", "2026-03-31", "--send", *LEADER).status == 0
    moment = later("2026-06-03T09:00")
    act(desk, void, "voided", by="lanh", at=moment, reason="x")
    act(desk, other, "corrected", at=moment, field="channel", new="online", reason="x")
    act(desk, again, "reopened", by="lanh", at=moment, reason="x")
    told = [("đã hủy", "(3), (11)", "–"), ("đã sửa", "(3), (11)", "(2), (11)"), ("mở lại", "(3), (6)", "(3), (11)")]
    numbers = [str(one.receipt_number) for name in names if (one := desk.dossier(name)) is not None]
    title = procedure_title(desk, "permanent-residence")
    return {(number, *row, title) for number, row in zip(numbers, told, strict=True)}


def test_the_form_names_its_dossiers_under_heads_of_their_own(
    cli: Cli, adjusted: set[tuple[str, ...]], tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    assert cli("report", "ii06a", *SPRING, "--out", path, "--lang", "vi").status == 0
    rows = list(openpyxl.load_workbook(path)["Điều chỉnh kỳ trước"].iter_rows(values_only=True))
    assert set(rows[rows.index(HEADS) + 1 :]) == adjusted
    assert cli("report", "ii06a", *SPRING, "--out", path.with_suffix(".csv"), "--lang", "vi").status == 0
    text = path.with_suffix(".csv").read_text("utf-8-sig")
    assert adjusted | {HEADS} <= {tuple(line) for line in csv.reader(text.splitlines())}
    assert cli("report", "ii06a", *SPRING, "--out", path.with_suffix(".pdf"), "--lang", "vi").status == 0


async def test_the_screen_tells_them_with_their_procedure(
    office: Office, desk: Desk, adjusted: set[tuple[str, ...]]
) -> None:
    desk.close()
    async with workstation(office, "reports", size=NARROW) as desktop:
        desktop.app.switch(desktop.app.make("reports", "ii06a"))
        await desktop.pilot.pause()
        await desktop.counted()
        await desktop.press("end")
        seen = painted(desktop.app)
        for number, why, was, now, _ in adjusted:
            assert f"{number[8:]} · Vì sao: {why} · Đã gửi: {was} · Nay: {now}" in seen


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_the_same_after_a_rebuild(desk: Desk, name: str) -> None:
    """Withdrawn, refused, reopened, voided, paid, posted and corrected: nothing is counted from another path."""
    dossiers = [take_in(desk) for _ in range(9)]
    lives: tuple[tuple[tuple[str, dict[str, object]], ...], ...] = (
        (("withdrawn", {}),),
        (("refused", {"reason": "không đủ"}),),
        (("result_ready", {}), ("reopened", {"by": "lanh", "reason": "x"})),
        (("voided", {"by": "lanh", "reason": "x"}),),
        (("result_ready", {}), ("handed_to_post", {"carrier": "VNPost"}), ("post_returned", {"reason": "đi vắng"})),
        (("payment_received", {"amount": "10000", "method": "portal"}), ("result_ready", {})),
        (("corrected", {"field": "channel", "new": "online"}), ("supplement_requested", {"reason": "thiếu"})),
        (("delay_excused", {"by": "lanh", "reason": "bão", "basis": "QĐ 15"}),),
    )
    for dossier, life in zip(dossiers, lives, strict=False):
        for kind, fields in life:
            act(desk, dossier, kind, **fields)  # type: ignore[arg-type]
    found, days = report(name), (date(2026, 5, 1), date(2026, 6, 30))
    asked = Asked(*days)
    before = found.document(desk, read(found, desk, officer(desk, "lanh"), asked))
    with transaction(desk.connection):
        desk.projection.rebuild()
    assert found.document(desk, read(found, desk, officer(desk, "lanh"), asked)) == before
