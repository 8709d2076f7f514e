"""How a paper that is handed over at once comes: on which paper, in which languages, how large."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

HANDED_OUT = frozenset({"receipt", "checklist"})
"""The letters that come in other manners than as a sheet in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Manner:
    """`roll`: 80 mm in place of a sheet; `bilingual`: English before Vietnamese; `large`: in 16 points."""

    roll: bool = False
    bilingual: bool = False
    large: bool = False

    def __str__(self) -> str:
        """As it is kept: the names of what is so, a blank between them."""
        return " ".join(one.name for one in fields(self) if getattr(self, one.name))

    @classmethod
    def read(cls, kept: str) -> Self:
        """What `str` has made."""
        return cls(**dict.fromkeys(kept.split(), True))


SHEET = Manner()
"""As every paper comes where nothing else is meant."""
