"""A year of a station for what counts over it: every dossier has its events, decided by the house's own rules.

The acts are appended day by day, each at its hour, so that record time is spread over the year; then all is projected,
as the demo does it. Of a hundred dossiers forty came online, six are late (half of them with a new appointment
beforehand), six went by post, four are fines, four lacked a paper, three were corrected, one was voided or undone. What
citizens say (surveys, meetings, feedback) are rows, written straight.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from core.answers import Refusal
from core.deadline import deadline
from core.dossier import Dossier
from core.fines import PROCEDURE
from core.moments import LEGAL_TIME
from core.station import AddOfficer
from storage.database import roomy, transaction
from storage.demo.applicants import citizen_facts
from storage.demo.founding import hold
from storage.demo.hours import Hours
from storage.demo.scene import last_command
from storage.demo.world import ADMIN, CLERK_1, CLERK_2, LEADER, WORKER, Step, Story, World
from storage.demo_people import People
from storage.desk import Desk
from storage.founding import NewDesk, found
from storage.keys import DEMO_MEMORY_KIB

UNIT = "H30-001"
PIN = "135790"
CODES = ("c1", "c2", "c3", "c4")
"""The clerks, who works on dossiers and the leader, by their places in the demo's `World`; its first is the founder."""
PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")
WEIGHTS = (45, 25, 20, 10)
_STEPS = ("Thẩm tra hồ sơ", "Xác minh nơi cư trú", "Trình lãnh đạo ký")
_WAYS = ("handled", "posted", "fined", "lacking", "corrected", "undone", "voided", "late", "moved")
_SHARES = (0, 6, 4, 4, 3, 0.5, 0.5, 3, 3)
_FIELDS = ("applicant.phone", "applicant.name", "matter.address", "return_by")
_ANSWERS = ("took", "next_time", "no")
_OVERALL = ("very_satisfied", "satisfied", "normal", "dissatisfied", "very_dissatisfied")


def found_station(folder: Path, now: datetime) -> Desk:
    """The station with its founder, three clerks and a leader."""
    desk = found(folder, NewDesk(UNIT, "Công an phường Hải Châu", 1, "Trần Minh", PIN, now, test=True))
    hold(desk, now)
    founder = desk.officers.all()[0]
    for code, role in zip(CODES, ("front_desk", "front_desk", "processing", "leader"), strict=True):
        verifier = desk.sealed_verifier(PIN, memory_kib=DEMO_MEMORY_KIB)
        desk.do(AddOfficer(desk.new_id(), code, f"Lê Văn {code}", (role,), verifier, now), founder)
    return desk


def live(desk: Desk, dossiers: int, year: int) -> int:
    """Take in that many dossiers over the year's working days and do all there is to do; answers how many acts the
    rules refused. Nothing is projected: `settle` does that."""
    told = _Year(desk, Random(7), date(year, 1, 1), date(year, 12, 31))
    desk.connection.execute("PRAGMA synchronous = OFF")
    told.run(dossiers)
    return len(told.world.refused)


def settle(desk: Desk, dossiers: int, year: int) -> None:
    """Project all that happened, and write down what citizens say."""
    with transaction(desk.connection), roomy(desk.connection):
        desk.projection.rebuild()
        _say(desk, Random(9), date(year, 1, 1), dossiers)
    desk.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@dataclass
class _Year:
    desk: Desk
    drawn: Random
    first: date
    last: date

    def __post_init__(self) -> None:
        self.hours = Hours(self.desk.law.calendar(UNIT), self.drawn)
        self.people = People(self.drawn, self.last)
        by_code = {one.code: one for one in self.desk.officers.all()}
        staff = [one for code, one in by_code.items() if code not in CODES]
        officers = (*staff, *(by_code[code] for code in CODES))
        self.world = World((self.desk, self.desk), officers, self.desk.law)
        self.limit = cache(self._limit)

    def run(self, dossiers: int) -> None:
        days = [n for n in range(self.first.toordinal(), self.last.toordinal() + 1) if self.hours.weight(n)]
        for place, day in enumerate(days):
            come = dossiers * (place + 1) // len(days) - dossiers * place // len(days)
            for at in sorted(self.hours.arrival(day) for _ in range(come)):
                self.world.tell(self._story(at), 0)
            with transaction(self.desk.connection):
                self.world.run(self.hours.calendar.ending(day))

    @property
    def _clerk(self) -> int:
        return self.drawn.choice((ADMIN, CLERK_1, CLERK_2))

    def _limit(self, procedure: str, day: int) -> int:
        """The day on which what comes on this one is due."""
        version = self.desk.law.version_on(procedure, date.fromordinal(day))
        assert not isinstance(version, Refusal)
        rules = self.desk.law.clock_rules(version, None, UNIT, date.fromordinal(day))
        due = deadline(self.hours.at_share(day, 0.5), rules, (), self.hours.calendar).due_date
        return day + 7 if due is None else due.toordinal()

    def _story(self, at: datetime) -> Story:
        way = self.drawn.choices(_WAYS, (100 - sum(_SHARES), *_SHARES[1:]))[0]
        yield from self._fined(at) if way == "fined" else self._usual(at, way)

    def _usual(self, at: datetime, way: str) -> Story:
        drawn, hours = self.drawn, self.hours
        online = drawn.random() < 0.4
        facts = {
            "procedure": drawn.choices(PROCEDURES, WEIGHTS)[0],
            "applicant": citizen_facts(self.people.person()),
            "channel": "online" if online else "counter",
            "return_by": "post" if way == "posted" else "online" if online else "counter",
        }
        if online and drawn.random() < 0.5:
            yield Step(at, "submitted", self._clerk, facts)
            at = hours.later(at, drawn.uniform(10, 900))
        dossier = yield Step(at, "received", self._clerk, facts, along=self._along(online))
        if way in ("undone", "voided"):
            body = {"reason": "Nhập trùng hồ sơ"} if way == "voided" else {"group": last_command(dossier)}
            kind, by = (way, LEADER) if way == "voided" else (way, _by(dossier, self.world))
            yield Step(hours.later(at, 5), kind, by, body)
            return
        if way == "corrected":
            at = hours.later(at, 30)
            body = {"field": drawn.choice(_FIELDS), "old": "0905000000", "new": "0905123456"}
            yield Step(at, "corrected", self._clerk, body)
        at = hours.later(at, 60)
        yield Step(at, "step_completed", WORKER, {"step": drawn.choice(_STEPS)})
        if way == "lacking":
            at = hours.later(at, 30)
            asked = {"items": [drawn.choice(("CT01", "lawful-dwelling"))], "reason": "Giấy tờ chưa đủ"}
            yield Step(at, "supplement_requested", WORKER, asked)
            at = hours.on(hours.days_after(at, drawn.randrange(1, 5)))
            yield Step(at, "supplement_received", self._clerk, {"papers": asked["items"]})
        at = yield from self._decided(at, self.limit(str(facts["procedure"]), hours.day_of(at)), way)
        yield from self._handed_out(at, str(facts["return_by"]))

    def _decided(self, at: datetime, due: int, way: str) -> Generator[Step, Dossier, datetime]:
        """The result: in time, or some days late, perhaps with a new appointment before that."""
        drawn, hours = self.drawn, self.hours
        if way == "moved":
            at = max(hours.later(at, 5), hours.at_share(hours.days_before(due, 1), 0.6))
            body = {"days": 3, "code": "awaiting_partner", "reason": "Chưa có kết quả xác minh"}
            yield Step(at, "rescheduled", LEADER, body)
        if way in ("late", "moved"):
            at = hours.on(hours.calendar.nth_after(due, drawn.randrange(1, 6)), at)
        else:
            day = max(hours.day_of(at), due - drawn.randrange(6))
            at = hours.between(at, hours.calendar.ending(hours.calendar.previous_working(day)))
        yield Step(at, "result_ready", WORKER, {"shelf": "A1"})
        return at

    def _along(self, online: bool) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        drawn = self.drawn
        if online:
            fee = {"amount": "10000", "method": "portal", "channel": "online"}
            return (("payment_received", fee),) if drawn.random() < 0.6 else ()
        if drawn.random() < 0.4:
            answer = drawn.choice(_ANSWERS)
            return (("service_offered", {"answer": answer} | ({"reason": "no_account"} if answer == "no" else {})),)
        return (("payment_received", {"amount": "20000", "method": "cash", "channel": "counter"}),)

    def _handed_out(self, at: datetime, way: str) -> Story:
        drawn, hours, clerk = self.drawn, self.hours, self._clerk
        at = hours.on(hours.days_after(at, drawn.choice((0, 0, 1, 2))), at)
        if way != "post":
            body = {"channel": way} | ({"reference": f"DT{at:%y%m%d}"} if way == "online" else {})
            yield Step(at, "result_returned", clerk, body)
            return
        letter = {"carrier": "Bưu điện", "tracking": f"EB{drawn.randrange(10**9):09}VN", "batch": f"BC-{at:%y%m%d}"}
        yield Step(at, "handed_to_post", clerk, {**letter, "fee": "30000", "payer": "citizen"})
        at = hours.on(hours.days_after(at, drawn.randrange(2, 6)), at)
        came_back = drawn.random() < 0.1
        reason = {"reason": drawn.choice(("Không có người nhận", "Sai số nhà"))}
        if came_back:
            yield Step(at, "post_returned", clerk, reason)
        else:
            yield Step(at, "result_returned", clerk, {"channel": "post"})

    def _fined(self, at: datetime) -> Story:
        drawn, hours, clerk = self.drawn, self.hours, self._clerk
        number, day = f"{drawn.randrange(10**6)}/QĐ-XPHC", at.date().isoformat()
        facts = {
            "procedure": PROCEDURE,
            "variant": "papers",
            "channel": "counter",
            "applicant": citizen_facts(self.people.person()),
            "matter": {"decision_number": number, "seized_item": "Giấy phép lái xe"},
        }
        decided = {"decision": number, "amount": "4000000", "decided_on": day, "handed_on": day}
        taken = {"paper": "Giấy phép lái xe", "number": "480000000001", "decision": number, "shelf": "K1"}
        yield Step(at, "received", clerk, facts, along=(("fine_decided", decided), ("original_taken", taken)))
        if drawn.random() < 0.15:
            return
        at = hours.on(hours.days_after(at, drawn.randrange(1, 12)), at)
        paid = {"amount": "4000000", "channel": drawn.choice(("counter", "online")), "purpose": "fine"}
        yield Step(at, "payment_received", clerk, {**paid, "receipt": f"{drawn.randrange(10**9):09}"})
        at = hours.later(at, 10)
        yield Step(at, "original_released", clerk, {"paper": "Giấy phép lái xe", "to": "Trần Thị Hồng"})
        at = hours.later(at, 2)
        yield Step(at, "result_ready", WORKER, {})
        yield Step(hours.later(at, 2), "result_returned", clerk, {"channel": "counter"})


def _by(dossier: Dossier, world: World) -> int:
    """Who took it in: nobody else takes that back."""
    return next(place for place, one in enumerate(world.officers) if one.id == dossier.events[0].by)


def _say(desk: Desk, drawn: Random, first: date, dossiers: int) -> None:
    """A quarter of the citizens answer a survey, one in a hundred writes, forty meetings are held."""
    officer = desk.officers.all()[0].id
    for place in range(dossiers // 4):
        day = (first + timedelta(days=drawn.randrange(365))).isoformat()
        marks = [drawn.choice((2, 2, 2, 1, 0)) for _ in range(9)]
        told = (drawn.choice(PROCEDURES), officer, "paper", drawn.choice(_OVERALL))
        values = (f"s{place:08}", f"survey:{place // 40}", day, UNIT, *told, sum(marks), *marks)
        desk.connection.execute(f"INSERT INTO survey_answer VALUES ({', '.join('?' * 18)})", values)
    for place in range(dossiers // 100):
        at = datetime(first.year, 1, 1, 9, tzinfo=LEGAL_TIME) + timedelta(days=drawn.randrange(360))
        answered = None if drawn.random() < 0.1 else int((at + timedelta(days=drawn.randrange(12))).timestamp())
        due = (at + timedelta(days=7)).date().isoformat()
        values = (f"f{place:08}", drawn.choice(("question", "suggestion", "complaint")), int(at.timestamp()), due)
        meeting = f"o{place % 40:08}" if place % 5 == 0 else None
        rest = (answered, None, meeting, drawn.choice(PROCEDURES), officer, UNIT, 0)
        desk.connection.execute(f"INSERT INTO feedback VALUES ({', '.join('?' * 11)})", (*values, *rest))
    for place in range(40):
        day = (first + timedelta(days=30 + 8 * place)).isoformat()
        about = (
            f"o{place:08}",
            "meeting",
            day,
            day,
            f"Buổi {place}",
            None,
            None,
            80,
            '["temporary-residence", "identity-card"]',
        )
        desk.connection.execute(f"INSERT INTO outreach VALUES ({', '.join('?' * 11)})", (*about, UNIT, officer))
