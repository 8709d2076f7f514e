"""An appointment earlier than the law's, as it is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.moments import legal_day
from core.text import fold
from tui.screens.what_if_asked import closing, read_when

_WORDS = {"hom nay": 0, "today": 0, "ngay mai": 1, "mai": 1, "tomorrow": 1, "ngay kia": 2, "mot": 2}
_SAID = re.compile("|".join(rf"\b{words}\b" for words in sorted(_WORDS, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was promised; both empty: no promise of its own."""

    due_at: str = ""
    reason: str = ""

    @property
    def content(self) -> dict[str, str]:
        return {"due_at": self.due_at, "reason": self.reason} if self.due_at else {}


def read_promise(text: str, now: datetime, calendar: WorkCalendar) -> datetime:
    """«15h hôm nay», «mai», «25/11», «25/11 16h30»; a day alone is its closing.

    Raises InvalidInput `moment_unread`, `out_of_range`.
    """
    today = legal_day(now)
    folded = _SAID.sub(lambda found: f"{today + timedelta(days=_WORDS[found[0]]):%d/%m/%Y}", fold(text))
    try:
        return read_when(" ".join(folded.split()), now, closing(calendar))
    except InvalidInput as error:
        raise InvalidInput(error.code, **(error.params | {"value": text})) from None
