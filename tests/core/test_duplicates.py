"""The same request twice is told; a second child, a second vehicle or another dossier of a company is not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.duplicates import Case, Likeness, duplicates

DAO = Case("new", "permanent-residence", "citizen", "Nguyễn Thị Hồng Đào", "001185012345", "1985-01-01")


def found(new: Case, *others: Case) -> list[tuple[str, Likeness]]:
    return [(one.case.dossier, one.likeness) for one in duplicates(new, others)]


def test_the_same_person_with_the_same_procedure_is_a_repeat_and_comes_first() -> None:
    other = replace(DAO, dossier="a", procedure="household-split")
    same = replace(DAO, dossier="b")
    assert found(DAO, other, same) == [("b", Likeness.REPEAT), ("a", Likeness.SAME_PERSON)]


def test_a_person_is_known_by_name_and_birth_where_a_number_is_missing() -> None:
    typed = replace(DAO, number=None, name="nguyen thi hong dao")
    assert found(typed, replace(DAO, dossier="a")) == [("a", Likeness.REPEAT)]
    assert found(typed, replace(DAO, dossier="a", birth="1990-01-01")) == []
    assert found(replace(typed, birth=None), replace(DAO, dossier="a", birth=None)) == []


def test_another_child_of_the_same_parent_is_no_repeat() -> None:
    an = Case("new", "permanent-residence", "citizen", "Lê An", None, "2023-05-01")
    assert found(an, replace(an, dossier="a", name="Lê Bình", birth="2021-02-03")) == []
    under_the_parents_number = replace(an, number="001185012345")
    sibling = replace(under_the_parents_number, dossier="a", name="Lê Bình", birth="2021-02-03")
    assert found(under_the_parents_number, sibling) == []


def test_organisations_hand_in_many_dossiers_of_one_kind() -> None:
    company = replace(DAO, kind="organisation", number="0312345678", birth=None)
    assert found(company, replace(company, dossier="a")) == []


def test_a_second_vehicle_is_another_matter() -> None:
    car = replace(DAO, procedure="vehicle-transfer", matter={"plate": "43A-123.45"})
    assert found(car, replace(car, dossier="a", matter={"plate": "43A-999.99"})) == [("a", Likeness.SAME_PERSON)]
    assert found(car, replace(car, dossier="a", matter={})) == [("a", Likeness.REPEAT)]


@given(st.lists(st.sampled_from(["permanent-residence", "household-split"]), max_size=6))
def test_every_open_case_of_the_person_is_told_once_repeats_first(procedures: list[str]) -> None:
    others = [replace(DAO, dossier=str(place), procedure=name) for place, name in enumerate(procedures)]
    told = duplicates(DAO, [*others, DAO])
    assert sorted(one.case.dossier for one in told) == sorted(other.dossier for other in others)
    assert [one.likeness for one in told] == sorted((one.likeness for one in told), reverse=True)
