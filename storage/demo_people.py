"""Believable people for the demo and the tests: drawn from published name frequencies, none of them real.

Everything comes from the `random.Random` that is handed in, so the same seed gives the same people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from core.text import fold
from storage import demo_names as names


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen; dates in ISO, `sex` is `male` or `female`."""

    name: str
    sex: str
    birth: str
    number: str
    old_number: str | None
    address: str
    phone: str
    email: str | None
    issued: str


@dataclass(frozen=True, slots=True)
class Foreigner:
    """A guest from abroad; the passport is what identifies them."""

    name: str
    sex: str
    birth: str
    passport: str
    nationality: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """A firm or school, with the person who signs for it."""

    name: str
    code: str
    address: str
    phone: str
    representative: Person


@dataclass(frozen=True, slots=True)
class Family:
    """A parent who brings three children's papers."""

    parent: Person
    children: tuple[Person, Person, Person]


def card_qr(person: Person) -> str:
    """What a scanner types for this person's card."""
    birth, issued = (date.fromisoformat(day).strftime("%d%m%Y") for day in (person.birth, person.issued))
    sex = "Nam" if person.sex == "male" else "Nữ"
    parts = (person.number, person.old_number or "", person.name, birth, sex, person.address, issued)
    return "|".join(parts)


def citizen_number(place: str, birth: date, sex: str, serial: int) -> str:
    """The twelve digits of place code, century and sex, year, and six digits (0–999999)."""
    century_and_sex = (birth.year - 1900) // 100 * 2 + (sex == "female")
    return f"{place}{century_and_sex}{birth.year % 100:02}{serial:06}"


@dataclass(slots=True)
class People:
    """Draws people as of `today`; most live in `ward`. No number or passport is drawn twice."""

    random: Random
    today: date
    ward: str = "phường Hải Châu"
    _taken: set[str] = field(default_factory=set)

    def person(self) -> Person:
        """An adult of 16 to 88."""
        return self._person(self._birth(16, 88), self._sex(), None)

    def family(self) -> Family:
        """A parent of 34 to 50 with three children under 16 at one address, named after the father."""
        name = self._pick(names.FAMILIES)
        parent = self._person(self._birth(34, 50), self._sex(), name)
        father = name if parent.sex == "male" else self._pick(names.FAMILIES)
        first, second, third = (self._child(parent, father) for _ in range(3))
        return Family(parent, (first, second, third))

    def person_between(self, youngest: int, oldest: int) -> Person:
        """A person of an age in years."""
        return self._person(self._birth(youngest, oldest), self._sex(), None)

    def foreigner(self) -> Foreigner:
        """A foreigner of 20 to 65 from a country that the city's counters see often."""
        nation = self._pick({name: row[0] for name, row in names.NATIONS.items()})
        _, letters, families, men, women = names.NATIONS[nation]
        sex = self._sex()
        given = self.random.choice((men if sex == "male" else women).split())
        name = f"{self.random.choice(families.split())} {given}"
        digits = 9 - len(letters)
        passport = self._fresh(lambda: f"{letters}{self.random.randrange(10**digits):0{digits}}")
        return Foreigner(name, sex, self._birth(20, 65).isoformat(), passport, nation, self.address(), self._phone())

    def organisation(self) -> Organisation:
        """A local firm, hotel or school with a business code of ten digits."""
        form = self.random.choice(names.FIRMS).format(self.random.choice(names.TRADES))
        name = form + self.random.choice(names.FIRM_NAMES)
        code = self._fresh(lambda: f"0400{self.random.randrange(10**6):06}")
        representative = self.person_between(30, 65)
        landline = f"0236{self.random.randrange(3_000_000, 3_010_000)}"
        return Organisation(name, code, self.address(), landline, representative)

    def address(self) -> str:
        """House, street or hamlet, ward or commune, city: two levels, as since 7-2025."""
        ward = self.ward if self.random.random() < 0.7 else self.random.choice(names.WARDS)
        house = self.random.randrange(1, 380)
        if ward.startswith("xã"):
            place = f"Tổ {1 + house % 14}, thôn {self.random.choice(names.HAMLETS)}"
        else:
            lane = f"K{house}/{self.random.randrange(2, 60)}" if self.random.random() < 0.3 else f"{house}"
            place = f"{lane} {self.random.choice(names.STREETS)}"
        return f"{place}, {ward}, thành phố Đà Nẵng"

    def _child(self, parent: Person, family: str) -> Person:
        child = self._person(self._birth(0, 15), self._sex(), family)
        return replace(child, address=parent.address, phone=parent.phone, email=None)

    def _person(self, birth: date, sex: str, family: str | None) -> Person:
        place = self._pick(names.BIRTH_PLACES)
        number = self._fresh(lambda: citizen_number(place, birth, sex, self.random.randrange(10**6)))
        name = self._name(sex, birth, family)
        issued = self._issued(birth).isoformat()
        old_number = self._old_number(place, birth)
        email = self._email(name, birth) if self.random.random() < 0.25 else None
        return Person(name, sex, birth.isoformat(), number, old_number, self.address(), self._phone(), email, issued)

    def _issued(self, birth: date) -> date:
        first = max(birth + timedelta(days=30), date(2021, 1, 1))
        return min(self.today, first + timedelta(days=self.random.randrange(max(1, (self.today - first).days))))

    @staticmethod
    def _email(name: str, birth: date) -> str:
        words = fold(name).replace("'", "").split()
        return f"{words[-1]}.{words[0]}{birth.year % 100:02}@example.com"

    def _name(self, sex: str, birth: date, family: str | None) -> str:
        if family is None and self.random.random() < 0.02:
            return self._minority_name(sex)
        words = [family or self._pick(names.FAMILIES)]
        young = birth.year >= 1995
        if sex == "female" and self.random.random() < (0.45 if young else 0.85):
            words.append("Thị")
        if len(words) == 1 or self.random.random() < (0.55 if sex == "female" else 0.2):
            words.append(self._pick(names.MIDDLE[sex]))
        given = self._pick(names.GIVEN[sex])
        words.append(given if given != words[-1] else "An")
        return " ".join(words)

    def _minority_name(self, sex: str) -> str:
        if self.random.random() < 0.5:
            return f"{self.random.choice(names.CLAN_GIVEN[sex])} {self.random.choice(names.CLANS)}"
        return f"{self.random.choice(names.CO_TU)} {self.random.choice(names.CO_TU_GIVEN[sex])}"

    def _birth(self, youngest: int, oldest: int) -> date:
        """A day of birth, middle ages likelier; `oldest` years at most."""
        first = self.today.replace(year=self.today.year - oldest, day=1)
        last = self.today.replace(year=self.today.year - youngest, day=1) - timedelta(days=1)
        span = (last - first).days
        return first + timedelta(days=int(self.random.triangular(0, span, span * 0.7)))

    def _old_number(self, place: str, birth: date) -> str | None:
        prefixes = names.OLD_CARD_PREFIXES.get(place)
        if prefixes is None or birth.year > 2002 or self.random.random() < 0.4:
            return None
        return self._fresh(lambda: f"{self.random.choice(prefixes)}{self.random.randrange(10**6):06}")

    def _phone(self) -> str:
        """Two zeros after the prefix mark every invented number."""
        return f"{self._pick(names.PHONE_PREFIXES)}00{self.random.randrange(10**4):04}"

    def _sex(self) -> str:
        return self.random.choice(("male", "female"))

    def _pick(self, weights: dict[str, int]) -> str:
        return self.random.choices(tuple(weights), tuple(weights.values()))[0]

    def _fresh(self, draw: Callable[[], str]) -> str:
        while (drawn := draw()) in self._taken:
            pass
        self._taken.add(drawn)
        return drawn
