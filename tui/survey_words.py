"""The box of surveys in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.survey import OVERALL
from core.text import fold
from storage.surveys import Box
from tui.i18n import in_language, tr


def box_words(found: Box) -> list[str]:
    """What waits, whether the box may be opened, and what would be left out now."""
    key = "survey.box.ready" if found.may_open else "survey.box.waits"
    told = [tr(key, count=found.waiting, least=found.least)]
    if found.may_open and found.procedures_lost + found.officers_lost:
        told.append(tr("survey.box.lost", procedures=found.procedures_lost, officers=found.officers_lost))
    return told


def in_steps(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose `overall` may be the words of the paper form («Hài lòng»)."""
    with in_language("vi"):
        steps = {fold(tr(f"survey.step.{step}")): step for step in OVERALL}
    overall = row.get("overall")
    return {**row, "overall": steps.get(fold(str(overall).strip()), overall)} if overall is not None else dict(row)
