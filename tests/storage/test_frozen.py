"""Reports that were sent: the same bytes through a rebuild, and what came out since is named in the next one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.answers import InvalidInput, Refusal
from core.decisions import TakeIn
from core.freezing import FreezeReport, adjustments, digest
from core.moments import LEGAL_TIME
from storage.database import transaction
from storage.desk import Desk, Done
from storage.frozen import Sent, find_sent, freeze, same_period, sent
from storage.settled import settled
from tests.conftest import act, officer, take_in
from tests.storage.sync_desks import Station, officer_of
from tui.reports import ii06a

MAY, JUNE = (date(2026, 5, 1), date(2026, 5, 31)), (date(2026, 6, 1), date(2026, 6, 30))


def at(desk: Desk, text: str) -> datetime:
    """Go on at this moment."""
    moment = datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)
    desk.now = lambda: moment
    return moment


def send(desk: Desk, period: tuple[date, date] = MAY) -> Sent:
    found = freeze(desk, officer(desk), ii06a.document(desk, settled(desk, *period)), period, None, "CV 12")
    assert isinstance(found, Sent)
    return found


def adjusted(desk: Desk) -> dict[str, tuple[list[int], list[int], str]]:
    told = ii06a.document(desk, settled(desk, *JUNE))["adjustments"]
    return {one["id"]: (one["was"], one["now"], one["why"]) for one in told["dossiers"]}


def test_what_was_sent_stays_byte_for_byte(desk: Desk) -> None:
    dossier = take_in(desk)
    at(desk, "2026-06-02T09:00")
    kept = send(desk)
    text = kept.text()
    act(desk, dossier, "withdrawn", at=desk.now())
    with transaction(desk.connection):
        desk.projection.rebuild()
    (found,) = sent(desk)
    assert (found.text(), found.sha256, found.note) == (text, digest(text), "CV 12")
    assert found.document()["dossiers"][0]["columns"] == [3, 10]
    assert find_sent(desk, kept.id[:20]) == found == same_period(desk, "ii06a", MAY, None, "ours")
    assert isinstance(find_sent(desk, ""), Refusal) and isinstance(find_sent(desk, "zz"), Refusal)


def test_what_came_out_since_is_named_in_the_next_one(desk: Desk) -> None:
    """Of the month that was sent: one untouched, one reopened, one voided, one corrected, one entered late."""
    same, again, void, other = (take_in(desk) for _ in range(4))
    act(desk, again, "withdrawn")
    at(desk, "2026-06-01T09:00")
    send(desk)
    assert adjusted(desk) == {}
    moment = at(desk, "2026-06-03T09:00")
    act(desk, again, "reopened", at=moment, reason="x")
    act(desk, void, "voided", at=moment, reason="x")
    act(desk, other, "corrected", at=moment, field="channel", new="online", reason="x")
    act(desk, same, "result_ready", at=moment)
    late: dict[str, Any] = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    done = desk.do(TakeIn(desk.new_id(), "received", moment - timedelta(days=5), late), officer(desk))
    assert isinstance(done, Done)
    assert adjusted(desk) == {
        again: ([3, 6], [3, 10], "reopened"),
        void: ([3, 10], [], "voided"),
        other: ([3, 10], [2, 10], "corrected"),
        done.dossiers[0]: ([], [3, 10], "entered_late"),
    }
    assert settled(desk, *JUNE, None, "portal").before is None, "another reading was not sent"


def test_what_happened_in_the_rest_of_the_period_is_told_so(desk: Desk) -> None:
    dossier = take_in(desk)
    send(desk)
    moment = at(desk, "2026-05-25T09:00")
    act(desk, dossier, "result_ready", at=moment)
    at(desk, "2026-06-02T09:00")
    assert adjusted(desk) == {dossier: ([3, 10], [3, 6], "later_in_period")}


def test_only_who_leads_sends_and_only_what_has_begun(desk: Desk) -> None:
    document = ii06a.document(desk, settled(desk, *MAY))
    refused = freeze(desk, officer(desk, "hoa"), document, MAY, None)
    assert isinstance(refused, Refusal) and refused.code == "role_missing"
    early = freeze(desk, officer(desk), document, JUNE, None)
    assert isinstance(early, Refusal) and early.code == "report_not_begun"
    assert sent(desk) == []


def test_one_that_is_not_what_its_hash_says_is_never_shown(desk: Desk) -> None:
    kept = send(desk)
    for packed in (kept.packed[:-80], "no base64 at all", kept.packed[:40] + kept.packed[44:]):
        broken = FreezeReport("ii06a", *MAY, None, "ours", 1, packed, kept.sha256, desk.now())
        assert isinstance(desk.do(broken, officer(desk)), Done)
        with pytest.raises(InvalidInput) as error:
            sent(desk)[0].text()
        assert error.value.code == "report_broken"


def test_another_desk_knows_what_was_sent(station: Station) -> None:
    one, other = station.desks[:2]
    kept = freeze(one, officer_of(one), ii06a.document(one, settled(one, *MAY)), MAY, None)
    assert isinstance(kept, Sent)
    station.sync(0, 1)
    (found,) = sent(other)
    assert (found.text(), found.id) == (kept.text(), kept.id)


def test_time_that_passes_is_no_adjustment() -> None:
    sent_then = {"a": (3, 10), "b": (3, 10), "c": (4, 11)}
    now = {"a": (3, 11), "b": (3, 8), "c": (4, 11)}
    assert [one.id for one in adjustments(sent_then, now, frozenset({10, 11}))] == ["b"]
    assert [one.id for one in adjustments(sent_then, now, frozenset())] == ["a", "b"]
