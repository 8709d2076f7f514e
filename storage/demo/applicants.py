"""Who asks for what at a ward's counter: procedures by how often they come, with the people who bring them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from core.answers import Refusal
from core.catalogue import ProcedureVersion, Variant
from core.law import Law
from storage.demo_people import Foreigner, Organisation, People, Person

_WEIGHTS = {
    "temporary-residence": 240, "permanent-residence": 150, "residence-confirmation": 140,
    "identity-card": 90, "electronic-identity": 80, "temporary-residence-extension": 70,
    "residence-adjustment": 50, "vehicle-first-registration": 45, "foreigner-stay-declaration": 40,
    "household-split": 30, "permanent-residence-removal": 30, "stay-notice": 25, "population-data-adjustment": 20,
    "temporary-residence-removal": 20, "absence-declaration": 20, "vehicle-transfer": 20,
    "driving-licence-exchange": 15, "residence-declaration": 8, "vehicle-deregistration": 8,
    "vehicle-temporary-registration": 6, "security-conditions-certificate": 6, "vehicle-certificate-reissue": 4,
}  # fmt: skip
_CHANNELS = {"counter": 64, "online": 28, "post": 8}
_LAST_VISITORS = 400
_GROUNDS = ("Đăng ký thường trú nơi khác", "Ra nước ngoài định cư", "Đã chết theo giấy chứng tử", "Chấm dứt thuê nhà")
_PURPOSES = ("Nhập học cho con", "Mua bán nhà đất", "Vay vốn ngân hàng", "Bổ túc hồ sơ xin việc", "Đăng ký kết hôn")
_VEHICLES = ("Xe mô tô", "Xe ô tô con", "Xe gắn máy", "Xe máy điện")
_BUSINESS = ("Dịch vụ cầm đồ", "Dịch vụ lưu trú", "Dịch vụ bảo vệ", "Sản xuất con dấu")


@dataclass(frozen=True, slots=True)
class Request:
    """One dossier as it comes in: its law and its facts (the body of the event that takes it in)."""

    version: ProcedureVersion
    variant: Variant
    facts: dict[str, Any]

    @property
    def channel(self) -> str:
        return str(self.facts["channel"])


@dataclass(slots=True)
class Requests:
    """Draws requests; some people come again."""

    law: Law
    people: People
    random: Random
    _known: deque[Person] = field(default_factory=lambda: deque(maxlen=_LAST_VISITORS))
    _pools: dict[date, tuple[list[str], list[int]]] = field(default_factory=dict)

    def visit(self, day: date, at_most: int) -> Iterator[Request]:
        """What one visitor or family brings: mostly one dossier, at most the given number."""
        drawn = self.random.random()
        if drawn < 0.05 and at_most >= 2:
            yield from self._family(day, min(at_most, self.random.choice((2, 2, 3))))
        elif drawn < 0.08 and at_most >= 2:
            person = self.citizen()
            yield self.request(day, applicant=person)
            yield self.request(day, applicant=person)
        else:
            yield self.request(day)

    def request(self, day: date, procedure: str | None = None, **chosen: Any) -> Request:
        """One request in force on the day. `chosen`: `applicant` (a Person), `channel`, `return_by`, `variant`."""
        name = self._procedure(day) if procedure is None else self._in_force(procedure, day)
        found = self._version(name, day)
        channel = chosen.get("channel") or self._channel(found, day)
        wanted = chosen.get("variant") or self._variant(found, channel)
        variant = found.variant(wanted) or found.variants[0]
        facts: dict[str, Any] = {"procedure": name, "variant": variant.code}
        facts |= self._parties(name, chosen.get("applicant"))
        facts |= {"channel": channel, "return_by": chosen.get("return_by") or self._return_by(channel)}
        facts["papers"] = [paper.code for paper in found.papers if paper.required or self.random.random() < 0.5]
        if matter := self._matter(found, day, facts):
            facts["matter"] = matter
        fee = next((one.amount for one in found.fees if one.channel == channel and one.in_force(day)), None)
        if fee and channel == "counter" and variant.starts_on == "received":
            facts["fee_paid"] = str(fee)
        return Request(found, variant, facts)

    def citizen(self) -> Person:
        """A new visitor, or one who was here before."""
        if self._known and self.random.random() < 0.18:
            return self.random.choice(self._known)
        person = self.people.person()
        self._known.append(person)
        return person

    def _family(self, day: date, size: int) -> Iterator[Request]:
        family = self.people.family()
        bringer = {"name": family.parent.name, "number": family.parent.number, "capacity": "parent"}
        name = self.random.choice(("identity-card", "permanent-residence", "temporary-residence"))
        for child in family.children[:size]:
            made = self.request(day, name, applicant=child, channel="counter")
            made.facts["bringer"] = bringer
            yield made

    def _procedure(self, day: date) -> str:
        if day not in self._pools:
            known = [name for name in _WEIGHTS if not isinstance(self.law.version_on(name, day), Refusal)]
            every = [one.name for one in self.law.procedures if any(v.in_force(day) for v in one.versions)]
            names = known or every or [one.name for one in self.law.procedures]
            self._pools = {day: (names, list(accumulate(_WEIGHTS.get(name, 1) for name in names)))}
        names, weights = self._pools[day]
        return self.random.choices(names, cum_weights=weights)[0]

    def _in_force(self, procedure: str, day: date) -> str:
        return self._procedure(day) if isinstance(self.law.version_on(procedure, day), Refusal) else procedure

    def _version(self, procedure: str, day: date) -> ProcedureVersion:
        """The version in force; before the first law that the station knows, the earliest one stands in."""
        found = self.law.version_on(procedure, day)
        if not isinstance(found, Refusal):
            return found
        known = self.law.find(procedure)
        assert known is not None
        return known.versions[0]

    def _channel(self, version: ProcedureVersion, day: date) -> str:
        if version.service_on(day) is None:
            return "counter"
        return self.random.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0]

    def _return_by(self, channel: str) -> str:
        if channel == "counter":
            return "post" if self.random.random() < 0.06 else "counter"
        return channel

    def _variant(self, version: ProcedureVersion, channel: str) -> str:
        codes = [variant.code for variant in version.variants]
        if channel == "online" and "online" in codes:
            return "online"
        later = [code for code in codes[1:] if code != "online"]
        return self.random.choice(later) if later and self.random.random() < 0.25 else codes[0]

    def _parties(self, procedure: str, chosen: Person | None) -> dict[str, Any]:
        if chosen is not None:
            return {"applicant": citizen_facts(chosen)}
        if procedure in ("foreigner-stay-declaration", "foreigner-visa"):
            host = self.people.organisation() if self.random.random() < 0.6 else None
            return {"applicant": foreigner_facts(self.people.foreigner()), **_brought_by(host)}
        firm = procedure == "security-conditions-certificate" or (
            procedure.startswith("vehicle") and self.random.random() < 0.12
        )
        if firm:
            organisation = self.people.organisation()
            return {"applicant": organisation_facts(organisation), **_brought_by(organisation)}
        facts: dict[str, Any] = {"applicant": citizen_facts(self.citizen())}
        if self.random.random() < 0.05:
            agent = self.citizen()
            facts["bringer"] = {"name": agent.name, "number": agent.number, "capacity": "authorised"}
        return facts

    def _matter(self, version: ProcedureVersion, day: date, facts: dict[str, Any]) -> dict[str, str]:
        return {name: _MATTER[name](self, day, facts) for name in version.matter_fields if name in _MATTER}

    def plate(self) -> str:
        """A plate with two zeros after the dash: a mark of the invented ones."""
        return f"43{self.random.choice('ABCDEFGH')}{self.random.randrange(1, 9)}-00{self.random.randrange(1000):03}"


def citizen_facts(person: Person) -> dict[str, Any]:
    """The applicant of an event's body, as intake writes it."""
    facts: dict[str, Any] = {
        "kind": "citizen",
        "name": person.name,
        "birth": person.birth,
        "sex": person.sex,
        "number": person.number,
        "id_type": "citizen_number",
        "phone": person.phone,
        "address": person.address,
    }
    return facts | ({"email": person.email} if person.email else {})


def foreigner_facts(guest: Foreigner) -> dict[str, Any]:
    return {
        "kind": "foreigner",
        "name": guest.name,
        "birth": guest.birth,
        "sex": guest.sex,
        "id_type": "passport",
        "id_number": guest.passport,
        "nationality": guest.nationality,
        "phone": guest.phone,
        "address": guest.address,
    }


def organisation_facts(organisation: Organisation) -> dict[str, Any]:
    return {
        "kind": "organisation",
        "name": organisation.name,
        "id_type": "business_code",
        "id_number": organisation.code,
        "phone": organisation.phone,
        "address": organisation.address,
    }


def _brought_by(organisation: Organisation | None) -> dict[str, Any]:
    if organisation is None:
        return {}
    signer = organisation.representative
    return {"bringer": {"name": signer.name, "number": signer.number, "capacity": "legal_representative"}}


def _in_days(low: int, high: int) -> Callable[[Requests, date, dict[str, Any]], str]:
    def drawn(requests: Requests, day: date, facts: dict[str, Any]) -> str:
        return f"{day + timedelta(days=requests.random.randrange(low, high)):%d/%m/%Y}"

    return drawn


def _digits(prefix: str, count: int) -> Callable[[Requests, date, dict[str, Any]], str]:
    return lambda requests, day, facts: f"{prefix}{requests.random.randrange(10**count):0{count}}"


def _one_of(words: tuple[str, ...]) -> Callable[[Requests, date, dict[str, Any]], str]:
    return lambda requests, day, facts: requests.random.choice(words)


_MATTER: dict[str, Callable[[Requests, date, dict[str, Any]], str]] = {
    "new_address": lambda requests, day, facts: requests.people.address(),
    "current_address": lambda requests, day, facts: str(facts["applicant"]["address"]),
    "premises": lambda requests, day, facts: requests.people.address(),
    "household_head": lambda requests, day, facts: requests.citizen().name,
    "stay_from": _in_days(0, 2),
    "stay_until": _in_days(3, 720),
    "absent_from": _in_days(1, 4),
    "absent_until": _in_days(20, 180),
    "adjusted_field": _one_of(("Họ tên", "Ngày sinh", "Nơi đăng ký khai sinh", "Quan hệ với chủ hộ", "Số điện thoại")),
    "removal_ground": _one_of(_GROUNDS),
    "purpose": _one_of(_PURPOSES),
    "phone_for_account": lambda requests, day, facts: str(facts["applicant"]["phone"]),
    "plate": lambda requests, day, facts: requests.plate(),
    "chassis": _digits("RLHJC00", 8),
    "engine": _digits("JC00E", 7),
    "vehicle_kind": _one_of(_VEHICLES),
    "licence_number": _digits("4800", 8),
    "licence_class": _one_of(("A1", "A", "B", "C1")),
    "business_line": _one_of(_BUSINESS),
}
