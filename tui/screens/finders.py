"""What a field offers for a few letters: procedures in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.answers import Refusal
from core.moments import legal_day
from storage.desk import Desk
from tui.dossier_words import title_of
from tui.widgets.choice import Choice


def procedure_finder(desk: Desk) -> Callable[[str], Sequence[Choice]]:
    """Procedures that are in force today, by what people call them; none for no letters."""

    def find(text: str) -> Sequence[Choice]:
        if not text.strip():
            return []
        law, day = desk.law, legal_day(desk.now())
        found = [(one, law.version_on(one, day)) for one in law.suggest(text, day=day)]
        return [
            Choice(one.name, title_of(version, one.name)) for one, version in found if not isinstance(version, Refusal)
        ]

    return find
