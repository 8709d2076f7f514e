"""A dossier driven past its date, day by day: each step of the regime for lateness, and no alarm before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from core.answers import Refusal
from core.decisions import Act, TakeIn
from core.moments import LEGAL_TIME
from core.queue import Urgency, Worklist
from core.record import Event
from storage.desk import Desk, Done
from storage.queries import QueueFilter
from storage.regime import DUTIES, Meant, carry_out, count_duties, duty_filter, foresee
from storage.sheet import sheet_now
from tests.conftest import Office, officer

FACTS = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "Nguyễn Thị Hồng Đào"}}
LISTS = (
    "apology_owed",
    "overdue",
    "today",
    "next_day",
    "apologise_now",
    "to_sign",
    "remind",
    "stop_proposed",
    "waiting",
)


@dataclass(slots=True)
class Story:
    """One dossier at one desk whose clock the story sets."""

    desk: Desk
    dossier: str

    def at(self, day: int, hour: int, minute: int = 0, month: int = 5) -> None:
        moment = datetime(2026, month, day, hour, minute, tzinfo=LEGAL_TIME)
        self.desk.now = lambda: moment

    def act(self, kind: str, by: str = "khai", **fields: Any) -> Event:
        done = self.ask(kind, by, **fields)
        assert isinstance(done, Done), done
        return done.events[0]

    def ask(self, kind: str, by: str = "khai", **fields: Any) -> Done | Refusal:
        return self.desk.do(Act(self.dossier, kind, self.desk.now(), fields), officer(self.desk, by))

    def refused(self, kind: str, by: str = "khai", **fields: Any) -> str:
        answer = self.ask(kind, by, **fields)
        assert isinstance(answer, Refusal)
        return answer.code

    def shows(self) -> tuple[Urgency, set[str]]:
        """The dossier's word, and the lists on which it stands: alike in the queue, the handover and the duties."""
        row, at = self.desk.row(self.dossier), self.desk.bounds()
        assert row is not None
        sheet = {section["name"]: section["items"] for section in sheet_now(self.desk, None).sections}
        on_sheet = {name for name in LISTS if any(item["id"] == self.dossier for item in sheet[name])}
        for worklist in Worklist:
            rows = self.desk.queries.after(None, at, 10, QueueFilter(worklist=worklist))
            assert [one.id for one in rows] == ([self.dossier] if worklist.value in on_sheet else [])
            assert sum(self.desk.queries.count(at, QueueFilter(worklist=worklist)).values()) == len(rows)
        counts = count_duties(self.desk.queries, at)
        for duty in DUTIES:
            listed = [one.id for one in self.desk.queries.after(None, at, 10, duty_filter(duty))]
            assert counts[duty.value] == len(listed) == (duty.value in on_sheet), duty
        assert (row.urgency is Urgency.APOLOGY_OWED) == ("apology_owed" in on_sheet)
        return row.urgency, on_sheet

    def next_action(self, section: str) -> str:
        sheet = {one["name"]: one["items"] for one in sheet_now(self.desk, None).sections}
        return str(sheet[section][0]["next_action"])

    def due(self) -> str:
        row = self.desk.row(self.dossier)
        assert row is not None and row["due_at"] is not None
        return f"{datetime.fromtimestamp(row['due_at'], LEGAL_TIME):%d/%m %H:%M}"


@pytest.fixture
def story(office: Office, desk: Desk) -> Story:
    """Received on Thursday 21/5 at nine: seven working days, due on Monday 1/6 at 17:00."""
    found = Story(desk, desk.new_id())
    found.at(21, 9)
    assert isinstance(desk.do(TakeIn(found.dossier, "received", desk.now(), FACTS), officer(desk, "hoa")), Done)
    assert found.due() == "01/06 17:00"
    return found


def test_from_receipt_to_the_second_missed_date(story: Story) -> None:
    for day in (21, 22, 25, 26):
        story.at(day, 16)
        assert story.shows() == (Urgency.NORMAL, set())
    for day in (27, 28):
        story.at(day, 16)
        assert story.shows() == (Urgency.SOON, set())

    story.at(29, 8)  # Friday: the last day on which a delay is announced in time
    assert story.shows() == (Urgency.NEXT_DAY, {"next_day", "apologise_now"})
    assert story.next_action("apologise_now") == "apologise_if_late"
    story.at(1, 16, 59, month=6)
    assert story.shows() == (Urgency.TODAY, {"today", "apologise_now"})
    story.at(1, 23, 59, month=6)
    assert story.shows() == (Urgency.TODAY, {"today", "apologise_now"})

    story.at(2, 0, month=6)  # the date has passed: the debt begins, and the warning is over
    assert story.shows() == (Urgency.APOLOGY_OWED, {"apology_owed"})
    assert story.next_action("apology_owed") == "apologise"

    story.at(2, 8, month=6)
    assert story.refused("rescheduled", code="awaiting_partner", days=3) == "role_missing"
    assert story.refused("apology_proposed", by="tra", code="awaiting_partner", days=3) == "role_missing"
    story.act("apology_proposed", code="awaiting_partner", days=3, reason="chờ Công an nơi ở cũ")
    assert story.shows() == (Urgency.APOLOGY_OWED, {"apology_owed", "to_sign"})
    assert story.next_action("to_sign") == "sign_apology"

    story.at(2, 10, month=6)
    lead = officer(story.desk, "lanh")
    (seen,) = foresee(story.desk, lead, [story.dossier], Meant(sign=True, signed_as="deputy"))
    assert seen.after is not None and f"{seen.after:%d/%m %H:%M}" == "04/06 17:00" and seen.announced_late
    (done,) = carry_out(story.desk, lead, [seen])
    assert isinstance(done, Done)
    body = done.events[0].body
    assert (body["signer"], body["signed_as"], body["announced_late"]) == (lead.name, "deputy", True)
    assert body["reason"].endswith(": chờ Công an nơi ở cũ")
    assert story.due() == "04/06 17:00"
    assert story.shows() == (Urgency.APOLOGY_OWED, {"apology_owed"})
    assert story.next_action("apology_owed") == "issue_apology"

    promised = {"promised_at": body["due_at"], "confirmed": True}
    story.act("letter_issued", letter="apology", **promised)
    assert story.shows() == (Urgency.SOON, set())
    assert story.refused("rescheduled", by="lanh", code="overload", days=2) == "already_rescheduled"
    assert story.refused("apology_proposed", code="overload", days=2) == "already_rescheduled"
    again = story.ask("rescheduled", by="lanh", code="overload", days=2)
    assert isinstance(again, Refusal) and again.basis is not None

    story.at(4, 9, month=6)  # the new date's day: no second warning, for there is no second apology
    assert story.shows() == (Urgency.TODAY, {"today"})
    story.at(5, 9, month=6)
    assert story.shows() == (Urgency.OVERDUE, {"overdue"})
    story.act("result_ready")
    assert story.shows() == (Urgency.DONE, set())
    dossier = story.desk.dossier(story.dossier)
    assert dossier is not None and dossier.ending is not None and dossier.ending.judged == "late"


def test_announced_in_time_it_is_never_a_debt_but_until_its_letter(story: Story) -> None:
    story.at(29, 9)
    story.act("delay_declared", reason="thiếu người")
    assert story.shows() == (Urgency.APOLOGY_OWED, {"apology_owed"})
    event = story.act("rescheduled", by="lanh", code="understaffed", days=2)
    assert "announced_late" not in event.body and story.due() == "03/06 17:00"
    story.act("letter_issued", letter="apology", promised_at=event.body["due_at"], confirmed=True)
    assert story.shows() == (Urgency.SOON, set())


def test_what_is_ready_in_time_owes_nothing(story: Story) -> None:
    story.at(29, 9)
    story.act("apology_proposed", code="overload", days=2)
    assert story.shows() == (Urgency.NEXT_DAY, {"next_day", "apologise_now", "to_sign"})
    story.at(1, 17, 30, month=6)
    story.act("result_ready")
    story.at(5, 9, month=6)
    assert story.shows() == (Urgency.DONE, set())


def test_an_excuse_is_the_leaders_cited_decision(story: Story) -> None:
    story.at(2, 9, month=6)
    assert story.refused("delay_excused", by="khai", reason="bão", basis="QĐ 15") == "role_missing"
    assert story.refused("delay_excused", by="lanh", reason="bão") == "excuse_without_basis"
    assert story.shows()[0] is Urgency.APOLOGY_OWED
    story.act("delay_excused", by="lanh", code="force_majeure", basis="QĐ 15/QĐ-CAP")
    assert story.shows() == (Urgency.OVERDUE, {"overdue"})


def test_the_leader_sends_a_proposal_back(story: Story) -> None:
    story.at(29, 9)
    assert story.refused("apology_declined", by="lanh", reason="kịp") == "nothing_proposed"
    story.act("apology_proposed", code="overload", days=2)
    story.act("apology_declined", by="lanh", reason="còn kịp")
    assert story.shows() == (Urgency.NEXT_DAY, {"next_day", "apologise_now"})


def test_the_citizens_days_run_to_a_proposal_and_never_to_a_stop(story: Story) -> None:
    story.at(25, 10)
    story.act("supplement_requested", items=["CT01"])
    assert story.refused("rescheduled", by="lanh", code="overload", days=2) == "reschedule_without_due"
    story.at(16, 23, month=6)
    assert story.shows() == (Urgency.PAUSED, {"waiting"})
    story.at(17, 0, month=6)  # seven days before the thirtieth
    assert story.shows() == (Urgency.PAUSED, {"waiting", "remind"})
    story.at(17, 9, month=6)
    story.act("citizen_reminded", channel="counter")
    assert story.shows() == (Urgency.PAUSED, {"waiting"})
    story.at(24, 23, month=6)
    assert story.shows() == (Urgency.PAUSED, {"waiting"})
    story.at(25, 0, month=6)
    assert story.shows() == (Urgency.PAUSED, {"waiting", "stop_proposed"})
    story.at(20, 9, month=7)
    assert story.shows() == (Urgency.PAUSED, {"waiting", "stop_proposed"})
    assert story.refused("stopped", by="khai", code="not_supplemented") == "role_missing"
    event = story.act("stopped", by="lanh", code="not_supplemented")
    assert event.body["basis"] == "Mẫu số 05, Phụ lục I Thông tư 03/2025/TT-VPCP"
    assert story.shows() == (Urgency.DONE, set())


def test_a_debt_is_not_shed_by_asking_for_papers(story: Story) -> None:
    story.at(2, 9, month=6)
    story.act("supplement_requested", items=["CT01"])
    assert story.shows() == (Urgency.PAUSED, {"waiting"})
    story.at(3, 9, month=6)
    story.act("supplement_received", papers=["CT01"])
    assert story.due() == "12/06 17:00"
    assert story.shows() == (Urgency.APOLOGY_OWED, {"apology_owed"})


def test_one_storm_gives_each_dossier_its_own_date_and_names_who_gets_none(story: Story) -> None:
    desk, lead = story.desk, officer(story.desk, "lanh")
    others: list[str] = []
    for day in (21, 22, 22, 25, 25):
        story.at(day, 10)
        others.append(desk.new_id())
        desk.do(TakeIn(others[-1], "received", desk.now(), FACTS), officer(desk, "hoa"))
    story.at(26, 9)
    for dossier, kind, by, fields in (
        (others[0], "rescheduled", "lanh", {"code": "overload", "days": 1}),
        (others[1], "supplement_requested", "hoa", {}),
        (others[2], "withdrawn", "hoa", {}),
    ):
        assert isinstance(desk.do(Act(dossier, kind, desk.now(), fields), officer(desk, by)), Done)
    before = len(list(desk.log.events_of(story.dossier)))
    found = foresee(desk, lead, [story.dossier, *others], Meant(sign=True, code="storm_flood", days=2))
    refusals = [one.refused.code for one in found if one.refused is not None]
    assert [one.dossier for one in found[:3]] == others[:3], "who may not stands first"
    assert refusals == ["already_rescheduled", "reschedule_without_due", "not_from_state"]
    assert [f"{one.after:%d/%m}" for one in found if one.after is not None] == ["03/06", "05/06", "05/06"]
    assert len(list(desk.log.events_of(story.dossier))) == before, "nothing is written by looking"
    answers = carry_out(desk, lead, found)
    assert len(answers) == 3 and all(isinstance(one, Done) for one in answers)
    assert count_duties(desk.queries, desk.bounds())["apology_owed"] == 4, "each owes its letter now"
