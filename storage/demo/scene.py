"""What stories have in common: the live moment, hours, requests, and the usual moves at a counter."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from core.answers import Refusal
from core.deadline import deadline
from core.dossier import Dossier
from core.law import Law
from core.standing import standing
from storage.demo.applicants import Request, Requests
from storage.demo.hours import Hours
from storage.demo.world import ADMIN, CLERK_1, CLERK_2, LEADER, WORKER, Step

Moves = Generator[Step, Dossier, Dossier]
"""Part of a story; answers the dossier after it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`at` is the live moment and `today` its day (an ordinal); `unit` the station's code, `officers` ids.

    `chance` is for what was added to stories that were told before: it leaves the draws of `random` as they were.
    """

    at: datetime
    today: int
    unit: str
    officers: tuple[str, ...]
    law: Law
    hours: Hours
    requests: Requests
    random: Random
    chance: Random

    def past(self, days: int) -> int:
        """The working day so many working days before today."""
        return self.hours.days_before(self.today, days)

    def clerk(self, desk: int) -> int:
        """Who sits at the counter: the first officer helps out at the first desk."""
        if desk == 1:
            return CLERK_2
        return ADMIN if self.random.random() < 0.3 else CLERK_1

    def due(self, dossier: Dossier) -> datetime | None:
        return standing(dossier, self.law).due_at

    def request(self, day: int, procedure: str, **chosen: Any) -> Request:
        return self.requests.request(date.fromordinal(day), procedure, **chosen)

    def received_for(self, procedure: str, due: int) -> int:
        """The latest working day whose receipts under the procedure fall due by the day `due`."""
        calendar = self.hours.calendar
        day = calendar.previous_working(due)
        for _ in range(60):
            version = self.law.version_on(procedure, date.fromordinal(day))
            if isinstance(version, Refusal):
                return self.hours.days_before(due, 3)
            rules = self.law.clock_rules(version, None, self.unit, date.fromordinal(day))
            found = deadline(self.hours.at_share(day, 0.5), rules, (), calendar).due_date
            if found is not None and found.toordinal() <= due:
                return day
            day = calendar.previous_working(day - 1)
        return day


Along = tuple[tuple[str, Mapping[str, Any]], ...]


def take_in(
    scene: Scene, desk: int, request: Request, at: datetime, *, who: int | None = None, along: Along = ()
) -> Moves:
    """Receive the dossier; at the counter a slip is printed."""
    clerk = scene.clerk(desk) if who is None else who
    dossier = yield Step(at, "received", clerk, request.facts, along=along)
    now = at
    if request.variant.starts_on == "payment_received":
        now = scene.hours.later(at, scene.random.uniform(3, 12))
        fee = {"amount": str(scene.random.choice((100_000, 150_000, 500_000))), "method": "transfer"}
        dossier = yield Step(now, "payment_received", clerk, fee)
    if request.channel == "counter":
        dossier = yield from slip(scene, dossier, now, clerk)
    return dossier


def slip(
    scene: Scene, dossier: Dossier, now: datetime, who: int, letter: str = "receipt", *, out: bool = True
) -> Moves:
    """Issue a paper with the appointment as it is now; `out`: somebody confirmed that it was printed."""
    stands = standing(dossier, scene.law)
    body: dict[str, Any] = {"letter": letter}
    if letter in ("receipt", "apology") and stands.due_at is not None:
        body["promised_at"] = stands.due_at.isoformat(timespec="seconds")
        if stands.deadline is not None and stands.deadline.unverified:
            body["confirmed"] = True
    now = scene.hours.later(now, 1)
    dossier = yield Step(now, "letter_issued", who, body)
    if out:
        printed = {"letter": letter, "issue": dossier.events[-1].event_id}
        dossier = yield Step(scene.hours.later(now, 0.5), "letter_printed", who, printed)
    return dossier


def last_at(dossier: Dossier) -> datetime:
    """When the dossier was last worked on."""
    return max(event.at for event in dossier.events)


def last_command(dossier: Dossier) -> str:
    """The first event of the last command on the dossier: what `undone` names."""
    last = dossier.events[-1]
    return next(event.event_id for event in dossier.events if event.group_key == last.group_key)


def finish(scene: Scene, dossier: Dossier, at: datetime) -> Moves:
    """The result is there, after the leader's approval where the matter asks for a decision."""
    if scene.random.random() < 0.25:
        approved = scene.hours.between(last_at(dossier), at)
        dossier = yield Step(approved, "approved", LEADER)
        at = max(at, approved)
    shelf = f"{scene.random.choice('ABC')}{scene.random.randrange(1, 13)}"
    dossier = yield Step(at, "result_ready", WORKER, {"shelf": shelf})
    return dossier


def hand_out(scene: Scene, desk: int, dossier: Dossier, at: datetime) -> Moves:
    """The result goes to the citizen, over the counter, online or by post."""
    clerk, way = scene.clerk(desk), str(dossier.facts.get("return_by", "counter"))
    if way == "post":
        afternoon = scene.hours.at_share(scene.hours.days_after(at, 0), 0.9)
        if afternoon <= at:
            afternoon = scene.hours.at_share(scene.hours.days_after(at, 1), 0.9)
        dossier = yield Step(afternoon, "handed_to_post", clerk, posted(scene, desk, afternoon, dossier.applicant))
        at = scene.hours.on(scene.hours.days_after(afternoon, scene.random.randrange(2, 5)))
    to = {} if way == "post" else taker(dossier)
    if way == "online":
        to["reference"] = f"DT-{dossier.receipt_number}"
    dossier = yield Step(at, "result_returned", clerk, {"channel": way, **to})
    return dossier


def posted(scene: Scene, desk: int, at: datetime, applicant: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a hand-over to the post, in the batch of that desk and day."""
    return {
        "carrier": "Bưu điện Hòa Hải",
        "tracking": f"EB{scene.random.randrange(10**9):09}VN",
        "batch": f"BC-{at:%y%m%d}-{desk + 1}",
        "address": applicant.get("address", ""),
    }


def taker(dossier: Dossier) -> dict[str, str]:
    """Who takes the result at the counter: whoever brought the dossier."""
    bringer, applicant = dossier.bringer, dossier.applicant
    person = bringer or applicant
    number = person.get("number") or person.get("id_number")
    known = {"taker": str(person["name"]), "capacity": str(bringer.get("capacity", "self"))}
    return known | ({"taker_number": str(number)} if number else {})
