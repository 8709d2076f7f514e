"""The box of surveys in words."""

from __future__ import annotations

from storage.surveys import Box
from tui.i18n import tr


def box_words(found: Box) -> list[str]:
    """What waits, whether the box may be opened, and what would be left out now."""
    key = "survey.box.ready" if found.may_open else "survey.box.waits"
    told = [tr(key, count=found.waiting, least=found.least)]
    if found.may_open and found.procedures_lost + found.officers_lost:
        told.append(tr("survey.box.lost", procedures=found.procedures_lost, officers=found.officers_lost))
    return told
