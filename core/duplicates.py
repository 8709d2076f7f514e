"""Whether what is being taken in lies at the desk already: the same person with the same matter, still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from core.text import fold


class Likeness(IntEnum):
    """How alike: `REPEAT` is most likely the same request once more, `SAME_PERSON` only worth a look."""

    SAME_PERSON = 1
    REPEAT = 2


@dataclass(frozen=True, slots=True)
class Case:
    """What of a dossier says whose it is and what for; `birth` in ISO, `number` of card, passport or business."""

    dossier: str
    procedure: str
    kind: str
    name: str
    number: str | None = None
    birth: str | None = None
    matter: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An open dossier that is like the new one."""

    case: Case
    likeness: Likeness


def person_key(kind: str | None, name: str, birth: str | None) -> str | None:
    """Equal for dossiers that `duplicates` takes for one person's by name and birth; None where it never would."""
    folded = fold(name)
    return f"{folded} {birth}" if folded and birth and kind != "organisation" else None


def duplicates(new: Case, open_cases: Iterable[Case]) -> tuple[Duplicate, ...]:
    """The open cases of the same person, repeats first, otherwise in the order given.

    An organisation hands in many dossiers of one kind, and a parent one for each child: neither is a repeat.
    """
    found = [
        Duplicate(case, Likeness.REPEAT if _same_matter(new, case) else Likeness.SAME_PERSON)
        for case in open_cases
        if case.dossier != new.dossier and _same_person(new, case)
    ]
    return tuple(sorted(found, key=lambda one: -one.likeness))


def _same_person(one: Case, other: Case) -> bool:
    if "organisation" in (one.kind, other.kind):
        return False
    same_name, same_birth = fold(one.name) == fold(other.name), one.birth == other.birth
    if one.number and other.number:
        stranger = bool(one.name) and not same_name and None not in (one.birth, other.birth) and not same_birth
        return one.number == other.number and not stranger
    return bool(one.name) and same_name and one.birth is not None and same_birth


def _same_matter(one: Case, other: Case) -> bool:
    """The same procedure, unless a matter field that both give differs (two vehicles of one owner)."""
    shared = one.matter.keys() & other.matter.keys()
    return one.procedure == other.procedure and all(
        fold(one.matter[name]) == fold(other.matter[name]) for name in shared
    )
