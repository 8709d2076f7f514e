"""Which procedure an officer means by a few letters: «dktt», «tam tru», «gia han»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.catalogue import Procedure
from core.text import fold

_EXACT, _INITIALS, _BEGINS, _CLUSTERS, _WORDS, _INSIDE = 100, 90, 80, 70, 60, 30


def phrases(procedure: Procedure) -> tuple[str, ...]:
    """Everything that the procedure may be called, folded."""
    titles = [title for version in procedure.versions for title in (version.title_vi, version.title_en)]
    names = [procedure.name, procedure.name.replace("-", " "), procedure.code or procedure.name]
    return tuple(dict.fromkeys(fold(phrase) for phrase in [*procedure.aliases, *titles, *names]))


def ranked(text: str, called: Mapping[str, Sequence[str]]) -> list[str]:
    """The names whose phrases fit, best first; equals keep their order. Nothing typed: all of them."""
    wanted = fold(text)
    if not wanted:
        return list(called)
    scored = [(max(_score(wanted, phrase) for phrase in known), name) for name, known in called.items()]
    return [name for score, name in sorted(scored, key=lambda pair: -pair[0]) if score]


def _score(wanted: str, phrase: str) -> int:
    """Exact, initials, beginning, «ttr» for «tạm trú», words by their beginnings, anywhere.

    A shorter phrase is the better fit.
    """
    words = phrase.split()
    if wanted == phrase:
        return _EXACT
    if len(wanted) > 1 and "".join(word[0] for word in words).startswith(wanted):
        return _INITIALS - min(len(words), 9)
    if phrase.startswith(wanted):
        return _BEGINS - min(len(words), 19)
    if len(wanted) > 1 and _of_beginnings(wanted, words):
        return _CLUSTERS - min(len(words), 9)
    if all(any(word.startswith(part) for word in words) for part in wanted.split()):
        return _WORDS - min(len(words), 29)
    return _INSIDE - min(len(words), 29) if len(wanted) > 2 and wanted in phrase else 0


def _of_beginnings(wanted: str, words: Sequence[str]) -> bool:
    """Whether `wanted` is made of beginnings of the words, one after another, from the first one on."""
    if not wanted or not words:
        return not wanted
    longest = next((n for n, pair in enumerate(zip(wanted, words[0], strict=False)) if pair[0] != pair[1]), None)
    reach = min(len(wanted), len(words[0])) if longest is None else longest
    return any(_of_beginnings(wanted[length:], words[1:]) for length in range(reach, 0, -1))
