"""The invented people: consistent, varied, the same for a seed."""

from datetime import date
from random import Random

import pytest

from core.identity import check_number, parse_card
from core.text import clean_line, parse_phone
from storage.demo_people import People, card_qr

TODAY = date(2026, 11, 23)


def people(seed: int = 7) -> People:
    return People(Random(seed), TODAY)


def test_the_same_seed_gives_the_same_people():
    first, second, other = people(), people(), people(8)
    drawn = [first.person() for _ in range(50)]
    assert drawn == [second.person() for _ in range(50)]
    assert drawn != [other.person() for _ in range(50)]
    assert (first.family(), first.foreigner(), first.organisation()) == (
        second.family(),
        second.foreigner(),
        second.organisation(),
    )


def test_every_number_agrees_with_its_person():
    source = people()
    drawn = [source.person() for _ in range(1500)]
    for person in drawn:
        check = check_number(person.number, person.birth, person.sex, today=TODAY)
        assert check.valid
        assert check.warnings == ()
        assert parse_phone(person.phone) == person.phone
        assert clean_line(person.name) == person.name
        assert person.issued <= TODAY.isoformat()
    assert len({person.number for person in drawn}) == len(drawn)


def test_every_card_reads_back_without_a_warning():
    source = people()
    for _ in range(300):
        person = source.person()
        reading = parse_card(card_qr(person), today=TODAY)
        assert reading.status == "ok", reading
        fields = reading.fields
        assert (fields.name, fields.birth, fields.sex) == (person.name, person.birth, person.sex)
        assert (fields.old_number, fields.address) == (person.old_number, person.address)


def test_names_are_as_varied_as_the_city():
    source = people()
    names = [source.person().name for _ in range(2000)]
    assert 0.2 < sum(name.startswith("Nguyễn ") for name in names) / len(names) < 0.4
    assert len(set(names)) > 1200
    assert any(name.startswith(("Y ", "H’", "Alăng ")) for name in names)


def test_a_family_is_three_children_of_one_parent():
    for seed in range(40):
        family = people(seed).family()
        assert {child.address for child in family.children} == {family.parent.address}
        assert len({child.name.split()[0] for child in family.children}) == 1
        if family.parent.sex == "male":
            assert family.children[0].name.split()[0] == family.parent.name.split()[0]
        for child in family.children:
            assert int(family.parent.birth[:4]) + 18 <= int(child.birth[:4])
            assert child.birth < TODAY.isoformat()


def test_foreigners_carry_a_passport_and_firms_a_code():
    source = people()
    guests = [source.foreigner() for _ in range(100)]
    assert len({guest.passport for guest in guests}) == 100
    assert all(len(guest.passport) == 9 and guest.nationality for guest in guests)
    firms = [source.organisation() for _ in range(100)]
    assert all(len(firm.code) == 10 and firm.code.isdigit() for firm in firms)
    assert all(parse_phone(firm.phone) == firm.phone for firm in firms)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_any_day_can_be_today(today):
    source = People(Random(1), today)
    assert all(source.family().parent.birth < today.isoformat() for _ in range(50))


def test_addresses_have_two_levels():
    source = people()
    addresses = [source.address() for _ in range(200)]
    assert all(address.endswith(", thành phố Đà Nẵng") for address in addresses)
    assert not any("quận" in address or "huyện" in address for address in addresses)
